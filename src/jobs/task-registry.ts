/** What each kind of task does. A task works on its connections one after the other, and on all of them, whatever becomes of one. */
import type { Sql } from 'postgres';
import { Fault } from '../errors.ts';
import type { TaskDefinition, TaskKind } from '../model/job.ts';
import { group } from '../model/number-words.ts';
import type { ReconciliationSurroundings } from '../reconciliation/mapping-run.ts';
import type { ReconciliationProgress } from '../reconciliation/progress.ts';
import { isBlockedFault } from '../sync/blocked.ts';
import { exportFiles } from '../sync/export-files.ts';
import { synchronize } from '../sync/flow.ts';
import type { Progress } from '../sync/progress.ts';
import { resumeBlocked } from '../sync/resumption.ts';
import type { RunTarget } from '../sync/run.ts';
import { applyExported, exportOnly } from '../sync/stages.ts';
import { verify } from '../sync/verify.ts';
import { runReconcileTask } from './reconcile-task.ts';
import type { TaskReport } from './task-report.ts';

/** A connection that is open for a task. */
export type OpenTarget = Readonly<{
  target: RunTarget;
  /** Of its CSV files. */
  columns: readonly string[];
  /** Where its CSV files and cookies go where nobody says otherwise. */
  folders: Readonly<{ exportOutput: string; exportCookies: string }>;
  close: () => Promise<void>;
}>;

/** What tasks need from the outside. */
export type TaskSurroundings = Readonly<{
  sql: Sql;
  /** Opens a connection by its name. Throws a `Fault` for one that is not there or cannot be used. */
  openTarget: (connection: string) => Promise<OpenTarget>;
  /** Opens what a connection is as a target of mappings; undefined where this version cannot write to it. */
  openOrderTarget: ReconciliationSurroundings['openOrderTarget'];
  /** Deploys a configuration directory; gives what was done in a sentence. Throws a `Fault`. */
  deploy: (directory: string, startedBy: string) => Promise<string>;
  /** The fault behind an error of the database, else the error as it is. */
  explain: (error: unknown) => unknown;
  /** Hears what is done on connections, as it happens. */
  onProgress: (connection: string, progress: Progress) => void;
  /** Hears how far mappings are reconciled. */
  onReconciling?: (progress: ReconciliationProgress) => void;
}>;

export type TaskContext = Readonly<{
  task: TaskDefinition;
  taskRunId: number;
  startedBy: string;
  signal: AbortSignal;
  /** Says that the work is to be left as it is, for another worker to go on with. */
  leaving: AbortSignal;
  report: TaskReport;
}>;

export type TaskOutcome = Readonly<{
  /** In a sentence what it came to. */
  message: string;
  /** Inserted, updated and deleted objects and links. */
  changes: number;
  /** Whether a part of it failed that the rest can do without. */
  isWarned?: boolean;
}>;

type TaskWork = (surroundings: TaskSurroundings, context: TaskContext) => Promise<TaskOutcome>;

const works: Readonly<Record<TaskKind, TaskWork>> = {
  synchronize: (surroundings, context) =>
    onEachConnection(surroundings, context, async ({ target }, settings) => {
      return changesOf((await synchronize(target, settings)).counts);
    }),
  export: (surroundings, context) =>
    onEachConnection(surroundings, context, async ({ target }, settings) => {
      await exportOnly(target, settings);
      return 0;
    }),
  apply: (surroundings, context) =>
    onEachConnection(surroundings, context, async ({ target }, settings) => {
      return changesOf((await applyExported(target, settings)).counts);
    }),
  verify: (surroundings, context) =>
    onEachConnection(surroundings, context, async ({ target }, settings) => {
      const { isEqual, classes } = await verify(target, settings);
      if (isEqual) return 0;
      const differing = classes.filter(
        ({ missing, changed, superfluous }) => missing + changed + superfluous > 0,
      );
      throw new Fault(
        'store-differs',
        `The store of ${target.name} differs from its source in ${differing.map(({ objectClass }) => objectClass).join(', ')}: run "syncline verify ${target.name}" to see how.`,
      );
    }),
  reconcile: ({ sql, openOrderTarget, onReconciling = () => {} }, context) =>
    runReconcileTask(
      { sql, openOrderTarget, now: () => new Date() },
      { ...context, onProgress: onReconciling },
    ),
  'write-files': (surroundings, context) =>
    onEachConnection(surroundings, context, async ({ target, columns, folders }, settings) => {
      const { outputDirectory = folders.exportOutput, cookieDirectory = folders.exportCookies } =
        context.task.options;
      const { files } = await exportFiles(target, {
        ...settings,
        outputDirectory,
        cookieDirectory,
        ignoresCookies: settings.isFull,
        neutralizesFormulas: false,
        columns,
      });
      for (const { path } of files) context.report.log('information', `Written: ${path}`);
      return 0;
    }),
  'deploy-configuration': async ({ deploy }, { task, startedBy }) => {
    const { directory } = task.options;
    if (directory === undefined) {
      throw new Fault(
        'invalid-setting',
        `The task ${task.identifier} names no ConfigurationDirectory: add it.`,
      );
    }
    return { message: await deploy(directory, startedBy), changes: 0 };
  },
  none: async () => ({ message: 'It has nothing to do here.', changes: 0 }),
};

/** Does what a task is for. Throws a `Fault` when it could not be done. */
export async function runTask(surroundings: TaskSurroundings, context: TaskContext): Promise<TaskOutcome> {
  return await works[context.task.kind](surroundings, context);
}

type Settings = Readonly<{
  isFull: boolean;
  isForced: boolean;
  signal: AbortSignal;
  report: ReturnType<TaskReport['reportOf']>;
}>;

async function onEachConnection(
  { openTarget, onProgress }: TaskSurroundings,
  { task, taskRunId, signal, report }: TaskContext,
  work: (opened: OpenTarget, settings: Settings) => Promise<number>,
): Promise<TaskOutcome> {
  let changes = 0;
  const failures: unknown[] = [];
  for (const connection of task.connections) {
    try {
      signal.throwIfAborted();
      const opened = await openTarget(connection);
      try {
        const record = report.reportOf(connection);
        const settings = {
          isFull: task.isFull,
          isForced: task.isForced,
          signal,
          report: (progress: Progress) => {
            record(progress);
            onProgress(connection, progress);
          },
        };
        const target = { ...opened.target, taskRunId };
        const resumed = task.options.resumes ? await resumeIfBlocked(target, settings) : undefined;
        changes += resumed ?? 0;
        // Where a task applies, what was held back is all that was asked for.
        if (resumed === undefined || !applyingKinds.has(task.kind)) {
          changes += await work({ ...opened, target }, settings);
        }
      } finally {
        await opened.close();
      }
    } catch (error) {
      if (signal.aborted) throw error;
      if (task.connections.length > 1) report.log('error', sentenceOf(error));
      failures.push(error);
    }
  }
  // What a person has to decide says more than what may pass.
  const gravest = failures.find(isBlockedFault) ?? failures[0];
  if (gravest !== undefined) throw gravest;
  return { message: changes === 0 ? 'Nothing has changed.' : `${group(changes)} changes.`, changes };
}

const applyingKinds: ReadonlySet<TaskKind> = new Set<TaskKind>(['synchronize', 'apply']);

/** Applies what is held back of a connection; undefined where somebody has decided on it already. */
async function resumeIfBlocked(target: RunTarget, settings: Settings): Promise<number | undefined> {
  try {
    return changesOf((await resumeBlocked(target, settings)).counts);
  } catch (error) {
    if (error instanceof Fault && error.code === 'connection-not-blocked') return undefined;
    throw error;
  }
}

export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function changesOf(
  counts: readonly Readonly<{ inserted: number; updated: number; deleted: number }>[],
): number {
  return counts.reduce((sum, { inserted, updated, deleted }) => sum + inserted + updated + deleted, 0);
}
