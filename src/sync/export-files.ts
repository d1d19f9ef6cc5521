/**
 * The export to CSV files: the store is brought up to the source as every synchronization does it, and then written out, either
 * all of it or what has changed since the files that the cookie files belong to.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readStoreState, withSnapshot } from '../store/export-rows.ts';
import { findExportedChange, recordExportedChange } from '../store/exported-cookies.ts';
import { csvFilesOf, type RowCounts, writeCsvFile } from './csv-files.ts';
import { bringUp } from './flow.ts';
import {
  discard,
  explainingFiles,
  type PreparedFile,
  placeFiles,
  prepareDirectory,
  prepareFile,
} from './placed-files.ts';
import type { Report } from './progress.ts';
import { asRun, type RunTarget } from './run.ts';

export type FileExport = Readonly<{
  /** Where the CSV files go; made when it is not there. */
  outputDirectory: string;
  /** Where the cookie files are. */
  cookieDirectory: string;
  /** Read everything from the source and write everything, whatever the cookie files say. */
  ignoresCookies: boolean;
  /** Bring the store up to the source whatever the guards say. */
  isForced: boolean;
  /** Put an apostrophe before cells that a spreadsheet would calculate. */
  neutralizesFormulas: boolean;
  /** The columns of the objects behind `Command` and `@odata.type`; `id` is one of them. */
  columns: readonly string[];
  signal: AbortSignal;
  report: Report;
}>;

export type FileExportResult = Readonly<{
  runId: number;
  /** Why the files hold everything; null when they hold changes. */
  completeReason: string | null;
  files: readonly ExportedFile[];
  cookieFiles: readonly string[];
}>;

/** A file, and how many rows of each command are in it. */
export type ExportedFile = Readonly<{ path: string; rows: RowCounts }>;

/**
 * Exports a connection. The new files replace the last ones when all are written, the CSV files before the cookie files, so
 * that no cookie is ever ahead of them: a run that was interrupted there is simply done again. Throws a `Fault` when that
 * cannot be done; the last files are still there then, except where it failed between the replacements.
 */
export async function exportFiles(target: RunTarget, task: FileExport): Promise<FileExportResult> {
  const { outputDirectory, cookieDirectory, ignoresCookies, isForced, signal, report } = task;
  return await asRun(target, 'export', signal, async (run) => {
    const { entityTypes } = run.connection;
    const csvFiles = csvFilesOf(target, run, outputDirectory, task.columns);
    const cookiePaths = entityTypes.map(({ entityTypeId, name }) => ({
      entityTypeId,
      path: join(cookieDirectory, `${target.name}_cookie_${name}.bin`),
    }));
    await prepareDirectory(
      outputDirectory,
      csvFiles.map(({ path }) => path),
    );
    await prepareDirectory(
      cookieDirectory,
      cookiePaths.map(({ path }) => path),
    );
    const start = await findStart(target, cookiePaths, ignoresCookies);
    await bringUp(target, run, { isFull: ignoresCookies, isForced, signal, report });

    const ready: PreparedFile[] = [];
    try {
      const { files, state } = await withSnapshot(target.sql, async (snapshot) => {
        const files: ExportedFile[] = [];
        for (const file of csvFiles) {
          const { prepared, rows } = await writeCsvFile(snapshot, file, { ...task, ...start });
          ready.push(prepared);
          files.push({ path: file.path, rows });
        }
        const ids = entityTypes.map(({ entityTypeId }) => entityTypeId);
        return { files, state: await readStoreState(snapshot, ids) };
      });
      const cookies = cookiePaths.map(({ entityTypeId, path }) => {
        const cookie = state.cookies.find((each) => each.entityTypeId === entityTypeId)?.cookie;
        if (cookie === undefined) throw new Error(`There is no cookie for ${path}, and all types were read.`);
        return { entityTypeId, path, content: cookie };
      });
      for (const { path, content } of cookies) {
        ready.push(await prepareFile(path, (append) => append(content)));
      }
      await placeFiles(ready.slice(0, csvFiles.length));
      await recordExportedChange(target.sql, cookies, state.changeNumber);
      await placeFiles(ready.slice(csvFiles.length));
      const cookieFiles = cookies.map(({ path }) => path);
      return { runId: run.runId, completeReason: start.completeReason, files, cookieFiles };
    } catch (error) {
      await Promise.all(ready.map(discard));
      throw error;
    }
  });
}

/** From where on changes are told, or why everything is. */
type Start = Readonly<
  { afterChange: number; completeReason: null } | { afterChange: undefined; completeReason: string }
>;

/**
 * Cookie files of different exports are found where one was interrupted, or where somebody put old ones back. The oldest of them
 * decides; all or nothing, because nobody could use files that are complete for some entity types only.
 */
async function findStart(
  { sql }: RunTarget,
  cookiePaths: readonly Readonly<{ entityTypeId: number; path: string }>[],
  ignoresCookies: boolean,
): Promise<Start> {
  const complete = (completeReason: string): Start => ({ afterChange: undefined, completeReason });
  if (ignoresCookies) return complete('it was asked for');
  let afterChange = Number.POSITIVE_INFINITY;
  for (const { entityTypeId, path } of cookiePaths) {
    const content = await readIfThere(path);
    if (content === undefined) return complete(`there is no ${path}`);
    const change = await findExportedChange(sql, { entityTypeId, content });
    if (change === undefined) return complete(`${path} is not as an export from this database wrote it`);
    afterChange = Math.min(afterChange, change);
  }
  return { afterChange, completeReason: null };
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  return await explainingFiles(path, async () => {
    try {
      return await readFile(path);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
  });
}
