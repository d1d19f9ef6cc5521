/** The synchronization history as CSV: the columns of the table, with the words that it shows. */
import { describeObjectClass, historyStateWords } from '../../model/history-words.ts';
import type { HistoryRow } from '../../store/sync-history.ts';
import { isoInZone } from '../zoned-times.ts';

export const historyColumns = [
  'Start Time',
  'End Time',
  'Type',
  'Total Objects',
  'Objects Changed',
  'Objects Deleted',
  'Objects Filtered',
  'Status',
] as const;

export function toHistoryRecord(row: HistoryRow, timeZone: string): readonly string[] {
  const { startedAt, endedAt, objectClass, total, inserted, updated, deleted, filtered, state } = row;
  return [
    isoInZone(startedAt, timeZone),
    endedAt === null ? '' : isoInZone(endedAt, timeZone),
    describeObjectClass(objectClass),
    String(total),
    String(inserted + updated),
    String(deleted),
    String(filtered),
    historyStateWords[state],
  ];
}
