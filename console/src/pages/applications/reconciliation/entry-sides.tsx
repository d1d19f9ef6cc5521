/** Both objects of an entry side by side as they are now: what a mapping compares first, and of that what differs before the rest. */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { ReconciliationEntryDetails } from '../../../../../src/http/schemas/reconciliations.ts';
import { ScrollRegion } from '../../../kit/scroll-region.tsx';
import { Badge } from '../../../kit/status-badge.tsx';
import { t } from '../../../texts/reconciliation.ts';
import { Value } from './entry-changes.tsx';
import { Section } from './entry-section.tsx';
import type { Sides } from './words.ts';

type Row = Readonly<{
  key: string;
  sourceName: string;
  /** Undefined for what the mapping does not set. */
  targetName: string | undefined;
  sourceValue: unknown;
  targetValue: unknown;
  /** Undefined where only the mapping knows. */
  differs: boolean | undefined;
}>;

export function EntrySides({ entry, sides }: Readonly<{ entry: ReconciliationEntryDetails; sides: Sides }>) {
  const { sourceSide, targetSide } = entry;
  if (sourceSide === null && targetSide === null) return null;
  const rows = rowsOf(entry);
  const title = t('sides.title');
  return (
    <Section title={title}>
      <p className="text-muted">{t('sides.hint')}</p>
      <ScrollRegion label={title}>
        <table className="grid-table" aria-label={title}>
          <thead>
            <tr>
              <th scope="col">
                <SideHeading label={sides.application} set={entry.sourceSet} side={sourceSide} />
              </th>
              <th scope="col">
                <SideHeading label={sides.targets} set={entry.targetSet} side={targetSide} />
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ key, sourceName, targetName, sourceValue, targetValue, differs }) => (
              <tr key={key} data-selected={differs || undefined}>
                <td className="whitespace-normal">
                  <span className="block text-2xs text-muted">{sourceName}</span>
                  <Value value={sourceValue} />
                </td>
                <td className="whitespace-normal">
                  {targetName === undefined ? (
                    <span className="text-2xs text-muted">{t('sides.notMapped')}</span>
                  ) : (
                    <>
                      <span className="flex items-center gap-2 text-2xs text-muted">
                        {targetName}
                        {differs && <Badge kind="warning">{t('sides.differs')}</Badge>}
                      </span>
                      <Value value={targetValue} />
                    </>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </Section>
  );
}

function SideHeading({
  label,
  set,
  side,
}: Readonly<{
  label: string;
  set: ReconciliationEntryDetails['sourceSet'];
  side: ReconciliationEntryDetails['sourceSide'];
}>) {
  return (
    <span className="grid">
      <span className="first-letter:uppercase">{label}</span>
      {side === null ? (
        <span className="font-normal">{t('sides.none')}</span>
      ) : side.attributes === null ? (
        <span className="font-normal">{t('sides.gone', { name: side.name ?? side.key })}</span>
      ) : (
        <SideLink set={set} objectKey={side.key}>
          {side.name ?? side.key}
        </SideLink>
      )}
    </span>
  );
}

/** The way to the page of an object. */
export function SideLink({
  set: { connection, type },
  objectKey,
  children,
}: Readonly<{
  set: ReconciliationEntryDetails['sourceSet'];
  objectKey: string;
  children: ReactNode;
}>) {
  if (connection === 'Identities') {
    return (
      <Link to="/identities/$type/$key" params={{ type, key: objectKey }} className="link">
        {children}
      </Link>
    );
  }
  return (
    <Link
      to="/directory/$connection/$type/$key"
      params={{ connection, type, key: objectKey }}
      className="link"
    >
      {children}
    </Link>
  );
}

/** Attributes that the mapping sets, those that differ first; then what else the source has. */
function rowsOf({ rows, sourceSide, targetSide }: ReconciliationEntryDetails): readonly Row[] {
  const source = sourceSide?.attributes ?? {};
  const target = targetSide?.attributes ?? {};
  const areBoth = sourceSide?.attributes != null && targetSide?.attributes != null;
  const mapped = rows.map(({ target: targetName, source: words, sourceAttribute }): Row => {
    const sourceValue = sourceAttribute === null ? undefined : source[sourceAttribute];
    const targetValue = target[targetName];
    return {
      key: `mapped ${targetName}`,
      sourceName: words,
      targetName,
      sourceValue,
      targetValue,
      differs: sourceAttribute === null || !areBoth ? undefined : !isSame(sourceValue, targetValue),
    };
  });
  const used = new Set(rows.map(({ sourceAttribute }) => sourceAttribute));
  const others = Object.keys(source)
    .filter((name) => !used.has(name))
    .sort()
    .map(
      (name): Row => ({
        key: `other ${name}`,
        sourceName: name,
        targetName: undefined,
        sourceValue: source[name],
        targetValue: undefined,
        differs: undefined,
      }),
    );
  const first = (differs: Row['differs']) => (differs ? 0 : 1);
  return [...mapped.toSorted((one, other) => first(one.differs) - first(other.differs)), ...others];
}

/** As the mapping compares: no value in whatever form is the same. */
function isSame(one: unknown, other: unknown): boolean {
  const plain = (value: unknown) =>
    value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
      ? null
      : value;
  return JSON.stringify(plain(one)) === JSON.stringify(plain(other));
}
