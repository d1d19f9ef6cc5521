/**
 * One run of a job in the hands of a worker: its tasks in their order, each with an end that says what happened. What is done stays
 * done: whoever takes the run next goes on with the tasks that have not ended, and those with the pages that are stored.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Fault, type FaultCode } from '../errors.ts';
import type { RunState, TaskDefinition } from '../model/job.ts';
import { count } from '../model/number-words.ts';
import {
  beginTaskRun,
  claimJobRun,
  endJobRun,
  endTaskRun,
  type JobRun,
  readTaskDefinitions,
} from '../store/job-runs.ts';
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
  const { jobRunId, worker, cancelling, leaving } = execution;
  const run = await claimJobRun(sql, jobRunId, worker);
  if (!run) return { kind: 'not-ours' };
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
    const results = await Promise.all(
      portion.map(async ({ taskRunId, identifier }) => {
        const task = definitions.get(taskRunId);
        if (!task) throw new Error(`The task run ${taskRunId} has no definition.`);
        return [
          identifier,
          await executeTask(surroundings, execution, run, task, taskRunId, endings),
        ] as const;
      }),
    );
    for (const [, ending] of results) if ('kind' in ending) return ending;
    for (const [identifier, ending] of results) if (!('kind' in ending)) endings.set(identifier, ending);
  }
  if (leaving.aborted) return { kind: 'left' };
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
    ...(fault === undefined ? {} : { fault }),
  };
}

/** A job stops at the first task that failed or is blocked; tasks beside it have come to their ends by then. */
function isStopped(endings: ReadonlyMap<string, Ending>): boolean {
  return endings
    .values()
    .some(({ state }) => state === 'failed' || state === 'blocked' || state === 'cancelled');
}

async function executeTask(
  surroundings: TaskSurroundings,
  { cancelling, leaving, retryPausesSeconds }: JobExecution,
  { startedBy }: JobRun,
  task: TaskDefinition,
  taskRunId: number,
  endings: ReadonlyMap<string, Ending>,
): Promise<Ending | Extract<JobExecutionOutcome, { kind: 'busy' | 'left' }>> {
  const { sql } = surroundings;
  const reason = reasonToSkip(task, endings);
  if (reason !== undefined) {
    await endTaskRun(sql, taskRunId, 'skipped', reason);
    return { state: 'skipped', isIdle: task.kind === 'none', message: reason, changes: 0 };
  }
  const report = openTaskReport(sql, taskRunId);
  const signal = AbortSignal.any([cancelling, leaving]);
  const end = async (state: RunState, message: string, more: Partial<Ending> = {}): Promise<Ending> => {
    await report.flush();
    await endTaskRun(sql, taskRunId, state, message);
    return { state, isIdle: false, message, changes: 0, ...more };
  };
  await beginTaskRun(sql, taskRunId);
  for (let attempt = 0; ; attempt++) {
    try {
      const { message, changes } = await runTask(surroundings, {
        task,
        taskRunId,
        startedBy,
        signal,
        report,
      });
      return await end('succeeded', message, { changes });
    } catch (error) {
      if (leaving.aborted) {
        await report.flush();
        return { kind: 'left' };
      }
      if (cancelling.aborted) return await end('cancelled', 'Cancelled: what was read is kept.');
      const fault = surroundings.explain(error);
      if (!(fault instanceof Fault)) {
        report.log('error', error instanceof Error ? (error.stack ?? error.message) : String(error));
        return await end('failed', `This is a defect of Syncline; please report it: ${sentenceOf(error)}`);
      }
      const { code, message } = fault;
      if (code === 'connection-busy') {
        await report.flush();
        return { kind: 'busy', reason: message };
      }
      report.log(isBlockedFault(fault) ? 'warning' : 'error', message);
      if (isBlockedFault(fault)) return await end('blocked', message, { fault });
      const pauseSeconds = retryPausesSeconds[attempt];
      if (pauseSeconds === undefined || !passingFaults.has(code)) {
        return await end(task.continuesOnError ? 'succeeded-with-warnings' : 'failed', message, { fault });
      }
      report.log('warning', `Tries again in ${pauseSeconds} s.`);
      await delay(pauseSeconds * 1000, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** What a person should know of how the run ended: the words of the task that decided. */
function messageOf(state: RunState, endings: Iterable<Ending>): string | null {
  if (state === 'cancelled') return 'Cancelled: what was done is kept, and the next run goes on from there.';
  const all = [...endings];
  if (state !== 'succeeded') return all.find((ending) => ending.state === state)?.message ?? null;
  const changes = sumOf(all);
  return changes === 0 ? 'Nothing has changed.' : `${count(changes, 'change')}.`;
}

function sumOf(endings: readonly Ending[]): number {
  return endings.reduce((sum, { changes }) => sum + changes, 0);
}
