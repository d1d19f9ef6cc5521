/** Blocked changes as a CSV file, for people who look through them elsewhere. */
import type { Sql } from 'postgres';
import { Fault } from '../errors.ts';
import { type BlockedChange, type BlockedSelection, streamBlockedChanges } from '../store/blocked-changes.ts';
import { csvCell, csvText } from './csv-text.ts';
import { placeFiles, prepareFile } from './placed-files.ts';

export type BlockedFile = Readonly<{
  selection: BlockedSelection;
  /** Replaced when the new file is complete. */
  path: string;
  /** Put an apostrophe before cells that a spreadsheet would calculate. */
  neutralizesFormulas: boolean;
  signal: AbortSignal;
}>;

const header = ['kind', 'class', 'key', 'targetKey', 'before', 'after'];

/**
 * Writes one row for each change, with the attributes before and after it as JSON, and gives their number. Throws a `Fault` when
 * the file cannot be written; the last one is still there then.
 */
export async function writeBlockedFile(
  sql: Sql,
  { selection, path, neutralizesFormulas, signal }: BlockedFile,
): Promise<number> {
  let changes = 0;
  try {
    const prepared = await prepareFile(path, async (append) => {
      await append(csvText([header], neutralizesFormulas));
      for await (const portion of streamBlockedChanges(sql, selection)) {
        signal.throwIfAborted();
        changes += portion.length;
        await append(csvText(portion.map(recordOf), neutralizesFormulas));
      }
    });
    await placeFiles([prepared]);
  } catch (error) {
    if (error instanceof Fault && error.code === 'output-unusable') throw unwritable(path, error);
    throw error;
  }
  return changes;
}

function recordOf({ kind, objectClass, key, targetKey, before, after }: BlockedChange): string[] {
  return [kind, objectClass, key, targetKey ?? '', csvCell(before), csvCell(after)];
}

function unwritable(path: string, { cause }: Fault): Fault {
  const code = cause instanceof Error && 'code' in cause ? ` (${cause.code})` : '';
  return new Fault(
    'output-unusable',
    `The changes cannot be written to ${path}${code}: name another file with --csv, or put it right.`,
    { cause },
  );
}
