/**
 * A worker: takes job runs from the queue, so many at once, and watches over them. It says that it is alive; when it is asked to
 * stop, it leaves its runs to others where they are; when it dies, others find that out.
 */
import type { Sql } from 'postgres';
import { areNotified } from '../store/graph-subscriptions.ts';
import { beatJobRuns, releaseJobRun } from '../store/job-runs.ts';
import { findJob, recordFollowed } from '../store/jobs.ts';
import { transact } from '../store/transaction.ts';
import { forgetWorker, recordWorker } from '../store/workers.ts';
import { nextPause } from './follow-pace.ts';
import { executeJobRun, type JobExecutionOutcome } from './job-execution.ts';
import type { Queue } from './queue.ts';
import type { TaskSurroundings } from './task-registry.ts';

export type WorkerOptions = Readonly<{
  queue: Queue;
  surroundings: TaskSurroundings;
  /** Unique among all workers. */
  name: string;
  host: string;
  version: string;
  /** How many runs it works on at once. */
  slots: number;
  now: () => Date;
  retryPausesSeconds: readonly number[];
  mostTasksAtOnce: number;
  /** Told of the beginning and the end of every run. */
  onRun: (event: WorkerEvent) => void;
  onError: (error: unknown) => void;
}>;

export type WorkerEvent =
  | Readonly<{ kind: 'began'; jobRunId: number }>
  | Readonly<{ kind: 'came-to'; jobRunId: number; outcome: JobExecutionOutcome }>;

export type Worker = Readonly<{
  /** Leaves what is under way to other workers and forgets this one. */
  stop: () => Promise<void>;
}>;

const beatMs = 2000;
/** How long a run that found its connection busy stays in the queue before it tries again. */
const busyPauseSeconds = 1;

type Hold = Readonly<{ cancelling: AbortController; leaving: AbortController; done: Promise<void> }>;

/** Starts a worker. */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const { queue, surroundings, name, slots, onError } = options;
  const { sql } = surroundings;
  const held = new Map<number, Hold>();
  let isStopping = false;

  const beat = async (): Promise<void> => {
    try {
      const { cancelled, lost } = await beatJobRuns(sql, name, [...held.keys()]);
      for (const jobRunId of cancelled) held.get(jobRunId)?.cancelling.abort();
      for (const jobRunId of lost) held.get(jobRunId)?.leaving.abort();
      await recordWorker(sql, { worker: name, host: options.host, version: options.version, slots });
    } catch (error) {
      onError(error);
    }
  };
  await beat();
  const timer = setInterval(beat, beatMs);

  await queue.work(slots, async (jobRunId, signal) => {
    if (isStopping) {
      await transact(sql, (transaction) => queue.requeue(transaction, jobRunId, 0));
      return;
    }
    if (held.has(jobRunId)) return;
    const done = Promise.withResolvers<void>();
    const cancelling = new AbortController();
    const leaving = new AbortController();
    signal.addEventListener('abort', () => leaving.abort(), { once: true });
    held.set(jobRunId, { cancelling, leaving, done: done.promise });
    try {
      await handle(options, { jobRunId, cancelling: cancelling.signal, leaving: leaving.signal });
    } catch (error) {
      onError(error);
    } finally {
      held.delete(jobRunId);
      done.resolve();
    }
  });

  return {
    async stop() {
      isStopping = true;
      await queue.rest();
      for (const { leaving } of held.values()) leaving.abort();
      await Promise.all([...held.values()].map(({ done }) => done));
      clearInterval(timer);
      await forgetWorker(sql, name).catch(onError);
    },
  };
}

async function handle(
  { queue, surroundings, name, now, retryPausesSeconds, mostTasksAtOnce, onRun }: WorkerOptions,
  {
    jobRunId,
    cancelling,
    leaving,
  }: Readonly<{ jobRunId: number; cancelling: AbortSignal; leaving: AbortSignal }>,
): Promise<void> {
  const { sql } = surroundings;
  onRun({ kind: 'began', jobRunId });
  const execution = { jobRunId, worker: name, cancelling, leaving, retryPausesSeconds, mostTasksAtOnce };
  const outcome = await executeJobRun(surroundings, execution);
  if (outcome.kind === 'busy')
    await giveBack(sql, queue, { jobRunId, name, pauseSeconds: busyPauseSeconds }, outcome.reason);
  if (outcome.kind === 'left') {
    await giveBack(
      sql,
      queue,
      { jobRunId, name, pauseSeconds: 0 },
      'Its worker has stopped; another one goes on.',
    );
  }
  if (outcome.kind === 'ended') await followOn(sql, outcome, now());
  onRun({ kind: 'came-to', jobRunId, outcome });
}

async function giveBack(
  sql: Sql,
  queue: Queue,
  { jobRunId, name, pauseSeconds }: Readonly<{ jobRunId: number; name: string; pauseSeconds: number }>,
  message: string,
): Promise<void> {
  await transact(sql, async (transaction) => {
    if (await releaseJobRun(transaction, jobRunId, name, message)) {
      await queue.requeue(transaction, jobRunId, pauseSeconds);
    }
  });
}

/**
 * A followed connection is looked at again the sooner the more has changed. While its source tells of changes by itself, news wakes
 * it, and to look without news is for what nobody told.
 */
async function followOn(
  sql: Sql,
  { run, changes }: Extract<JobExecutionOutcome, { kind: 'ended' }>,
  now: Date,
): Promise<void> {
  const job = await findJob(sql, run.jobIdentifier);
  if (job?.follow === undefined) return;
  const connections = job.tasks.flatMap((task) => task.connections);
  const pauseSeconds = (await areNotified(sql, connections, now))
    ? job.follow.ceilingSeconds
    : nextPause(job.follow, job.followPauseSeconds ?? job.follow.floorSeconds, changes);
  await recordFollowed(sql, job.jobId, pauseSeconds, new Date(now.getTime() + pauseSeconds * 1000));
}
