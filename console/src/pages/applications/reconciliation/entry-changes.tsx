/** What an entry changes in the target: each attribute before and after. */
import type { ReconciliationEntryDetails } from '../../../../../src/http/schemas/reconciliations.ts';
import { ScrollRegion } from '../../../kit/scroll-region.tsx';
import { t } from '../../../texts/reconciliation.ts';
import { AttributeValue } from '../../directory/attribute-value.tsx';
import { Section } from './entry-section.tsx';

export function EntryChanges({
  entry: { changes, rows },
  isDryRun,
}: Readonly<{ entry: ReconciliationEntryDetails; isDryRun: boolean }>) {
  if (changes === null) return null;
  const names = [...new Set([...Object.keys(changes.before), ...Object.keys(changes.after)])].sort();
  if (names.length === 0) return null;
  const title = t(isDryRun ? 'changes.titleWould' : 'changes.title');
  return (
    <Section title={title}>
      <ScrollRegion label={title}>
        <table className="grid-table" aria-label={title}>
          <thead>
            <tr>
              <th scope="col">{t('changes.attribute')}</th>
              <th scope="col">{t('changes.before')}</th>
              <th scope="col">{t(isDryRun ? 'changes.afterWould' : 'changes.after')}</th>
            </tr>
          </thead>
          <tbody>
            {names.map((name) => (
              <tr key={name}>
                <td className="whitespace-normal!">
                  {name}
                  <span className="block break-all font-mono text-2xs text-muted">
                    {rows.find(({ target }) => target === name)?.source ?? ''}
                  </span>
                </td>
                <td className="whitespace-normal!">
                  <Value value={changes.before[name]} />
                </td>
                <td className="whitespace-normal!">
                  <Value value={changes.after[name]} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </Section>
  );
}

/** A value, or that there is none. */
export function Value({ value }: Readonly<{ value: unknown }>) {
  if (value === undefined || value === null) return <span className="text-muted">{t('changes.none')}</span>;
  return <AttributeValue value={value} />;
}
