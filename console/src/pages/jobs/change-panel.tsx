/** One change that waits, with every value before and after it. */
import type { BlockedChange } from '../../../../src/http/schemas/runs.ts';
import { KeyValueList } from '../../kit/key-value-list.tsx';
import { SidePanel } from '../../kit/side-panel.tsx';
import { t } from '../../texts/jobs.ts';

/** A value as a text for people; nothing where there is none. */
function written(value: unknown): string {
  if (value === null || value === undefined) return t('blocked.noValue');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function namesIn({ before, after }: BlockedChange): string[] {
  return [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])].sort();
}

/** What an update changes; of others, how much there is. */
export function whatChanges(change: BlockedChange): string {
  const names = namesIn(change);
  if (change.kind !== 'update') {
    return change.targetKey === null ? t('blocked.what.attributes', { count: names.length }) : '';
  }
  return names
    .map((name) => `${name}: ${written(change.before?.[name])} → ${written(change.after?.[name])}`)
    .join(', ');
}

export function ChangePanel({
  change,
  onClose,
}: Readonly<{ change: BlockedChange | undefined; onClose: () => void }>) {
  return (
    <SidePanel
      isOpen={change !== undefined}
      onClose={onClose}
      title={change ? (change.name ?? change.key) : ''}
      subtitle={change?.objectClass}
    >
      {change && (
        <div className="grid gap-4">
          <KeyValueList
            items={[
              [t('blocked.key'), change.key],
              ...(change.targetKey === null
                ? []
                : [[t('blocked.target'), `${change.targetName ?? ''} ${change.targetKey}`.trim()] as const]),
            ]}
          />
          <ValueTable change={change} />
        </div>
      )}
    </SidePanel>
  );
}

function ValueTable({ change }: Readonly<{ change: BlockedChange }>) {
  const names = namesIn(change);
  if (names.length === 0) return null;
  return (
    <table className="w-full table-fixed text-[.8667rem]">
      <thead>
        <tr className="text-muted">
          {(['attribute', 'before', 'after'] as const).map((column) => (
            <th key={column} scope="col" className="border-b border-line py-1 pe-3 text-start font-medium">
              {t(`blocked.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {names.map((name) => (
          <tr key={name} className="align-top">
            <th scope="row" className="break-words border-b border-line py-1.5 pe-3 text-start font-medium">
              {name}
            </th>
            <td className="break-words border-b border-line py-1.5 pe-3">
              {change.kind === 'insert' ? '' : written(change.before?.[name])}
            </td>
            <td className="break-words border-b border-line py-1.5">
              {change.kind === 'delete' ? '' : written(change.after?.[name])}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
