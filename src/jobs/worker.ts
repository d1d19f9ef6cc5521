/**
 * A worker: takes job runs from the queue, so many at once, and watches over them. It says that it is alive; when it is asked to
 * stop, it leaves its runs to others where they are; when it dies, the others find that out, and put its runs back into the queue.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Sql } from 'postgres';
import { areNotified } from '../store/graph-subscriptions.ts';
import {
  beatJobRuns,
  findNextWaiting,
  lostSeconds,
  recoverJobRuns,
  releaseJobRun,
  takeWaitingJobRuns,
} from '../store/job-runs.ts';
import { findJob, recordFollowed } from '../store/jobs.ts';
import { isConnectionLoss, openSideLine } from '../store/queue-access.ts';
import { transact } from '../store/transaction.ts';
import { forgetWorker, readClockLead, recordWorker } from '../store/workers.ts';
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
  /** The time of this machine; pauses go by the clock of the database, whatever this one shows. */
  now: () => Date;
  retryPausesSeconds: readonly number[];
  mostTasksAtOnce: number;
  /** Told of the beginning and the end of every run. */
  onRun: (event: WorkerEvent) => void;
  /** Hears of defects, and once each time that the database is gone. */
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
/** A queued run that nobody has looked at for so long is sent again: its connection was busy, or the queue has lost it. */
const waitingSeconds = 10;
/** So many at once, so that a beat stays short. */
const mostSentAtOnce = 100;

type Hold = Readonly<{ cancelling: AbortController; leaving: AbortController }>;

/** Starts a worker. */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const { queue, surroundings, name, slots } = options;
  const { sql } = surroundings;
  const held = new Map<number, Hold>();
  const stopped = new AbortController();
  let isStopping = false;
  /** That the database is gone is told once, until it is there again. */
  let isCutOff = false;
  const complain = (error: unknown): void => {
    const isLoss = isConnectionLoss(error);
    if (!isLoss || !isCutOff) options.onError(surroundings.explain(error));
    isCutOff ||= isLoss;
  };

  // Signs of life must not wait until the work of this worker gives connections back.
  const line = openSideLine(sql, 'worker');
  const judge = openJudge();
  const beat = async (): Promise<void> => {
    const { cancelled, lost } = await beatJobRuns(line, name, [...held.keys()]);
    for (const jobRunId of cancelled) held.get(jobRunId)?.cancelling.abort();
    for (const jobRunId of lost) held.get(jobRunId)?.leaving.abort();
    const at = await recordWorker(line, {
      worker: name,
      host: options.host,
      version: options.version,
      slots,
    });
    isCutOff = false;
    if (isStopping) return;
    await transact(line, async (transaction) => {
      const [inHand, judgesOthers] = [[...held.keys()], judge.hears(at)];
      const recovered = await recoverJobRuns(transaction, name, { inHand, judgesOthers });
      const waiting = await takeWaitingJobRuns(transaction, waitingSeconds, mostSentAtOnce);
      for (const jobRunId of [...recovered, ...waiting]) await queue.requeue(transaction, jobRunId);
    });
  };
  const keepBeating = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      await beat().catch(complain);
      await delay(beatMs, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  };
  const beating = keepBeating();

  await queue.work(slots, async (jobRunId, signal) => {
    if (isStopping) {
      await transact(sql, (transaction) => queue.requeue(transaction, jobRunId));
      return;
    }
    // What this worker has lost and still has in hand is sent again in a while.
    if (held.has(jobRunId)) return;
    const cancelling = new AbortController();
    const leaving = new AbortController();
    signal.addEventListener('abort', () => leaving.abort(), { once: true });
    held.set(jobRunId, { cancelling, leaving });
    try {
      await handle(options, { jobRunId, cancelling: cancelling.signal, leaving: leaving.signal });
    } catch (error) {
      complain(error);
    } finally {
      held.delete(jobRunId);
    }
  });

  return {
    async stop() {
      isStopping = true;
      const resting = queue.rest();
      for (const { leaving } of held.values()) leaving.abort();
      await resting;
      stopped.abort();
      await beating;
      await forgetWorker(line, name).catch(complain);
      await line.end({ timeout: 1 });
    },
  };
}

/**
 * Whether a worker may say of others that they are silent: not before it has listened for as long as they may be silent itself. One
 * that was cut off from the database, or asleep, would take their runs from workers that were cut off as well. Hears the database's
 * time with every beat.
 */
function openJudge(): Readonly<{ hears: (at: Date) => boolean }> {
  const lostMs = lostSeconds * 1000;
  let sinceMs = Number.POSITIVE_INFINITY;
  let lastMs = Number.NEGATIVE_INFINITY;
  return {
    hears(at) {
      const atMs = at.getTime();
      if (atMs - lastMs > lostMs) sinceMs = atMs;
      lastMs = atMs;
      return atMs - sinceMs >= lostMs;
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
  if (outcome.kind === 'busy') {
    // It is sent again when the connection is free (`sendNext`), or after a while.
    const release = { why: 'busy', message: outcome.reason } as const;
    await transact(sql, (transaction) => releaseJobRun(transaction, jobRunId, name, release));
  }
  if (outcome.kind === 'left') {
    const message = `The worker ${name} has stopped: another one goes on with what is stored.`;
    await transact(sql, async (transaction) => {
      const isReleased = await releaseJobRun(transaction, jobRunId, name, { why: 'left', message });
      if (isReleased) await queue.requeue(transaction, jobRunId);
    });
  }
  if (outcome.kind === 'ended') {
    await followOn(sql, outcome, now());
    await sendNext(sql, queue, outcome);
  }
  onRun({ kind: 'came-to', jobRunId, outcome });
}

/** Those that have waited for the connections of a run the longest are next. */
async function sendNext(
  sql: Sql,
  queue: Queue,
  { connections }: Extract<JobExecutionOutcome, { kind: 'ended' }>,
): Promise<void> {
  if (connections.length === 0) return;
  await transact(sql, async (transaction) => {
    for (const jobRunId of await findNextWaiting(transaction, connections)) {
      await queue.requeue(transaction, jobRunId);
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
  const nowMs = now.getTime() + (await readClockLead(sql));
  await recordFollowed(sql, job.jobId, pauseSeconds, new Date(nowMs + pauseSeconds * 1000));
}
