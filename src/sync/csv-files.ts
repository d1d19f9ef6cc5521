/** The CSV files of a connection: which there are, their columns, and how rows of the store become their records. */
import { join } from 'node:path';
import type { TransactionSql } from 'postgres';
import {
  type LinkRow,
  type ObjectRow,
  type RowCommand,
  readLinkRows,
  readObjectRows,
} from '../store/export-rows.ts';
import { csvCell, csvText } from './csv-text.ts';
import { type PreparedFile, prepareFile } from './placed-files.ts';
import { type Run, type RunTarget, storedEntityType } from './run.ts';

/** A file: its header, and what gives its records, of everything or of what changed after a change. */
export type CsvFile = Readonly<{
  path: string;
  header: readonly string[];
  records: (snapshot: TransactionSql, afterChange: number | undefined) => AsyncIterable<CsvRecords>;
}>;

export type RowCounts = Readonly<Record<RowCommand, number>>;

export type CsvWriting = Readonly<{
  /** The last change that is known already; undefined where everything is written. */
  afterChange: number | undefined;
  /** Put an apostrophe before cells that a spreadsheet would calculate. */
  neutralizesFormulas: boolean;
  signal: AbortSignal;
}>;

/** Records with the command of each. */
type CsvRecords = readonly (readonly [command: RowCommand, ...cells: readonly string[]])[];

/** The file of all objects, and one for every mapped link, which is there without rows, too: nobody reads an older one. */
export function csvFilesOf(
  { name: connection, entityTypes }: RunTarget,
  run: Run,
  outputDirectory: string,
  columns: readonly string[],
): readonly CsvFile[] {
  const pathOf = (table: string) => join(outputDirectory, `${connection}_${table}.csv`);
  const objects: CsvFile = {
    path: pathOf('directoryobjects'),
    header: ['Command', '@odata.type', ...columns],
    async *records(snapshot, afterChange) {
      for (const entityType of entityTypes) {
        const { entityTypeId, name } = storedEntityType(run, entityType);
        for await (const rows of await readObjectRows(snapshot, entityTypeId, afterChange)) {
          yield rows.map((row) => objectRecord(row, name, columns));
        }
      }
    },
  };
  const links = entityTypes.flatMap((entityType) => {
    const { entityTypeId, name, associations } = storedEntityType(run, entityType);
    return entityType.links.map((link): CsvFile => {
      const associationId = associations.find((association) => association.name === link)?.associationId;
      if (associationId === undefined) throw new Error(`The link ${link} of ${name} was not recorded.`);
      return {
        path: pathOf(`${link}_${name}`),
        header: ['Command', `${name}Id`, 'id'],
        async *records(snapshot, afterChange) {
          for await (const rows of await readLinkRows(snapshot, entityTypeId, associationId, afterChange)) {
            yield rows.map(({ command, sourceKey, targetKey }: LinkRow) => [command, sourceKey, targetKey]);
          }
        },
      };
    });
  });
  return [objects, ...links];
}

function objectRecord(
  { command, key, attributes }: ObjectRow,
  entityType: string,
  columns: readonly string[],
): CsvRecords[number] {
  const cells = columns.map((column) => (column === 'id' ? key : csvCell(attributes?.[column])));
  return [command, entityType, ...cells];
}

/** Writes a file beside its place, and counts its rows by command. */
export async function writeCsvFile(
  snapshot: TransactionSql,
  { path, header, records }: CsvFile,
  { afterChange, neutralizesFormulas, signal }: CsvWriting,
): Promise<Readonly<{ prepared: PreparedFile; rows: RowCounts }>> {
  const rows = { insert: 0, update: 0, delete: 0 };
  const prepared = await prepareFile(path, async (append) => {
    // The name @odata.type looks like a formula, and is what consumers look for.
    await append(csvText([header], false));
    for await (const portion of records(snapshot, afterChange)) {
      signal.throwIfAborted();
      for (const [command] of portion) rows[command]++;
      await append(csvText(portion, neutralizesFormulas));
    }
  });
  return { prepared, rows };
}
