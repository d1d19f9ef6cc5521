/** Entries of a reconciliation as CSV. */
import type { ReconciliationEntry } from '../schemas/reconciliations.ts';

export const entryColumns = [
  'Source',
  'Source Key',
  'Situation',
  'Action',
  'Result',
  'Target',
  'Target Key',
  'Candidates',
  'Changed Attributes',
  'Message',
  'Phase',
  'Link Qualifier',
] as const;

export function toEntryRecord(entry: ReconciliationEntry): readonly string[] {
  const { source, target, candidates, candidateCount } = entry;
  const named = candidates.map(({ key, name }) => name ?? key);
  const more = candidateCount - named.length;
  return [
    source?.name ?? '',
    source?.key ?? '',
    entry.situation ?? '',
    entry.action ?? '',
    entry.status,
    target?.name ?? '',
    target?.key ?? '',
    [...named, ...(more > 0 ? [`${more} more`] : [])].join('; '),
    entry.changedAttributes.join('; '),
    entry.message ?? '',
    entry.phase,
    entry.qualifier,
  ];
}
