/**
 * One run of a job in the hands of a worker: its tasks in their order, each with an end that says what happened. What is done stays
 * done: whoever takes the run next goes on with the tasks that have not ended, and those with the pages that are stored.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Sql } from 'postgres';
import { Fault, type FaultCode } from '../errors.ts';
import type { RunState, TaskDefinition } from '../model/job.ts';
import { count } from '../model/number-words.ts';
import { cancelledMessage, claimJobRun, endJobRun, type JobRun } from '../store/job-runs.ts';
import { isConnectionLoss } from '../store/queue-access.ts';
import { beginTaskRun, endTaskRun, readTaskDefinitions } from '../store/task-runs.ts';
import { readClockLead } from '../store/workers.ts';
import { isBlockedFault } from '../sync/blocked.ts';
import { portionsOf, reasonToSkip, stateOfRun } from './task-order.ts';
import { runTask, sentenceOf, type TaskSurroundings } from './task-registry.ts';
import { openTaskReport } from './task-report.ts';

export type JobExecution = Readonly<{
  jobRunId: number;
  worker: string;
  /** The run is to end: a person has cancelled it. */
  cancelling: AbortSignal;
  /** The run is to be left as it is: this worker stops, or has lost it. */
  leaving: AbortSignal;
  /** How long to wait before each new attempt at a task that failed for a reason that may pass, in seconds. */
  retryPausesSeconds: readonly number[];
  /** How many tasks of a level run side by side. */
  mostTasksAtOnce: number;
}>;

export type JobExecutionOutcome =
  | Readonly<{
      kind: 'ended';
      run: JobRun;
      state: RunState;
      message: string | null;
      changes: number;
      /** Those that it worked on. */
      connections: readonly string[];
      fault?: Fault;
    }>
  /** Another run is working on a connection; this one has to come again. */
  | Readonly<{ kind: 'busy'; reason: string }>
  /** Left for another worker. */
  | Readonly<{ kind: 'left' }>
  /** Somebody else has it, or it has ended. */
  | Readonly<{ kind: 'not-ours' }>;

type Ending = Readonly<{
  state: RunState;
  isIdle: boolean;
  message: string | null;
  changes: number;
  fault?: Fault;
}>;

/** What may be otherwise in a moment. */
const passingFaults: ReadonlySet<FaultCode> = new Set<FaultCode>([
  'source-unreachable',
  'source-failed',
  'database-unavailable',
]);

/** Takes a run and brings it to its end, as far as that is up to this worker. */
export async function executeJobRun(
  surroundings: TaskSurroundings,
  execution: JobExecution,
): Promise<JobExecutionOutcome> {
  const { sql } = surroundings;
  const { jobRunId, worker, leaving } = execution;
  const run = await claimJobRun(sql, jobRunId, worker);
  if (!run) return { kind: 'not-ours' };
  // Cancelled while it was in nobody's hands.
  const cancelling = run.isCancelRequested ? AbortSignal.abort() : execution.cancelling;
  const definitions = await readTaskDefinitions(sql, jobRunId);
  const endings = new Map<string, Ending>(
    run.tasks
      .filter(({ state }) => state !== 'queued' && state !== 'running')
      .map(({ identifier, kind, state, message }) => [
        identifier,
        { state, isIdle: kind === 'none', message, changes: 0 },
      ]),
  );
  const open = run.tasks.filter(({ identifier }) => !endings.has(identifier));
  for (const portion of portionsOf(open, execution.mostTasksAtOnce)) {
    if (cancelling.aborted || leaving.aborted || isStopped(endings)) break;
    // All of them, whatever becomes of one: a run that is given up must not be worked on any more.
    const results = await Promise.allSettled(
      portion.map(async ({ taskRunId, identifier }) => {
        const task = definitions.get(taskRunId);
        if (!task) throw new Error(`The task run ${taskRunId} has no definition.`);
        return [
          identifier,
          await executeTask(surroundings, { ...execution, cancelling }, run, task, taskRunId, endings),
        ] as const;
      }),
    );
    const came = results.map((result) => {
      if (result.status === 'rejected') throw result.reason;
      return result.value;
    });
    for (const [, ending] of came) if ('kind' in ending) return ending;
    for (const [identifier, ending] of came) if (!('kind' in ending)) endings.set(identifier, ending);
  }
  if (leaving.aborted && !cancelling.aborted && !isStopped(endings) && endings.size < run.tasks.length) {
    return { kind: 'left' };
  }
  const all = [...endings.values()];
  const state = cancelling.aborted ? 'cancelled' : stateOfRun(all.map((ending) => ending.state));
  const message = messageOf(state, all);
  if (!(await endJobRun(sql, jobRunId, worker, state, message))) return { kind: 'not-ours' };
  const fault = all.find((ending) => ending.fault !== undefined)?.fault;
  return {
    kind: 'ended',
    run,
    state,
    message,
    changes: sumOf(all),
    connections: [...new Set([...definitions.values()].flatMap((task) => task.connections))],
    ...(fault === undefined ? {} : { fault }),
  };
}

/** A job stops at the first task that failed or is blocked; tasks beside it have come to their ends by then. */
function isStopped(endings: ReadonlyMap<string, Ending>): boolean {
  return endings
    .values()
    .some(({ state }) => state === 'failed' || state === 'blocked' || state === 'cancelled');
}

type TaskEnd = Ending | Extract<JobExecutionOutcome, { kind: 'busy' | 'left' }>;

async function executeTask(
  surroundings: TaskSurroundings,
  { worker, cancelling, leaving, retryPausesSeconds }: JobExecution,
  { startedBy }: JobRun,
  task: TaskDefinition,
  taskRunId: number,
  endings: ReadonlyMap<string, Ending>,
): Promise<TaskEnd> {
  const { sql } = surroundings;
  const reason = reasonToSkip(task, endings);
  if (reason !== undefined) {
    if (!(await endTaskRun(sql, taskRunId, 'skipped', reason, worker))) return { kind: 'left' };
    return { state: 'skipped', isIdle: task.kind === 'none', message: reason, changes: 0 };
  }
  const report = openTaskReport(sql, taskRunId, worker);
  const signal = AbortSignal.any([cancelling, leaving]);
  const end = async (state: RunState, message: string, more: Partial<Ending> = {}): Promise<TaskEnd> => {
    await report.flush();
    if (!(await endTaskRun(sql, taskRunId, state, message, worker))) return { kind: 'left' };
    return { state, isIdle: false, message, changes: 0, ...more };
  };
  if (!(await beginTaskRun(sql, taskRunId, worker))) return { kind: 'left' };
  for (let attempt = 0; ; attempt++) {
    try {
      signal.throwIfAborted();
      const { message, changes, isWarned } = await runTask(surroundings, {
        task,
        taskRunId,
        startedBy,
        signal,
        leaving,
        report,
      });
      return await end(isWarned ? 'succeeded-with-warnings' : 'succeeded', message, { changes });
    } catch (error) {
      if (cancelling.aborted) return await end('cancelled', cancelledWords(task));
      if (leaving.aborted) {
        await report.flush();
        return { kind: 'left' };
      }
      const fault = surroundings.explain(error);
      if (!(fault instanceof Fault)) {
        report.log('error', error instanceof Error ? (error.stack ?? error.message) : String(error));
        return await end('failed', `This is a defect of Syncline; please report it: ${sentenceOf(error)}`);
      }
      const { code, message } = fault;
      if (code === 'connection-busy' || code === 'mapping-busy') {
        await report.flush();
        return { kind: 'busy', reason: message };
      }
      report.log(isBlockedFault(fault) ? 'warning' : 'error', message);
      if (isBlockedFault(fault)) return await end('blocked', message, { fault });
      const pauseSeconds = retryPausesSeconds[attempt];
      if (pauseSeconds === undefined || !passingFaults.has(code)) {
        return await end(task.continuesOnError ? 'succeeded-with-warnings' : 'failed', message, { fault });
      }
      if (code === 'database-unavailable') {
        await untilDatabaseAnswers(sql, signal);
        report.log('warning', 'The database is there again: goes on.');
        continue;
      }
      report.log('warning', `Tries again in ${pauseSeconds} s.`);
      await delay(pauseSeconds * 1000, undefined, { signal }).catch(() => undefined);
    }
  }
}

function cancelledWords({ kind }: TaskDefinition): string {
  return kind === 'reconcile' ? 'Cancelled: what was done stays done.' : 'Cancelled: what was read is kept.';
}

const databasePauseMs = 1000;

/** However long that takes: nothing can be done meanwhile, and nothing can be said. */
async function untilDatabaseAnswers(sql: Sql, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await delay(databasePauseMs, undefined, { signal }).catch(() => undefined);
    try {
      await readClockLead(sql);
      return;
    } catch (error) {
      if (!isConnectionLoss(error)) throw error;
    }
  }
}

/** What a person should know of how the run ended: the words of the task that decided. */
function messageOf(state: RunState, endings: Iterable<Ending>): string | null {
  if (state === 'cancelled') return cancelledMessage;
  const all = [...endings];
  if (state !== 'succeeded') return all.find((ending) => ending.state === state)?.message ?? null;
  const changes = sumOf(all);
  return changes === 0 ? 'Nothing has changed.' : `${count(changes, 'change')}.`;
}

function sumOf(endings: readonly Ending[]): number {
  return endings.reduce((sum, { changes }) => sum + changes, 0);
}
