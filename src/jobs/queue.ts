/**
 * The queue of job runs. A run is a row that people see; what the queue library carries is its number, to whichever worker is
 * free, on any machine.
 */
import { type Job, PgBoss } from 'pg-boss';
import type { Sql, TransactionSql } from 'postgres';
import { editDistance } from '../model/edit-distance.ts';
import type { TaskDefinition, TaskKind } from '../model/job.ts';
import { createJobRun, findLaunched, type JobRun, readJobRun, type Trigger } from '../store/job-runs.ts';
import { findJob, readJobs } from '../store/jobs.ts';
import { asQueueDatabase, isConnectionLoss, queueServerOf } from '../store/queue-access.ts';
import { readTaskDefinitions } from '../store/task-runs.ts';
import { transact } from '../store/transaction.ts';
import { selectTasks, type TaskSelection } from './task-selection.ts';

export type LaunchOptions = TaskSelection &
  Readonly<{
    isForced?: boolean;
    isFull?: boolean;
    /** Options that the tasks of a kind have in this run, over those of the job. */
    taskOptions?: Readonly<Partial<Record<TaskKind, Readonly<Record<string, string>>>>>;
  }>;

export type Launch = Readonly<{
  jobIdentifier: string;
  trigger: Trigger;
  /** Who asks, in words. */
  startedBy: string;
  options?: LaunchOptions;
}> &
  LaunchNotes<LaunchOutcome>;

/** What goes with a launch besides what it is to do. */
export type LaunchNotes<Outcome> = Readonly<{
  /** Why, in the words of who asks. */
  reason?: string | undefined;
  /** A name of the launch: who sends it a second time under the same name gets the run of the first time. */
  idempotencyKey?: string | undefined;
  /** Writes down what it came to, in the transaction that did it; not where it was sent a second time. */
  record?: (transaction: TransactionSql, outcome: Outcome) => Promise<void>;
}>;

export type LaunchOutcome =
  | Readonly<{ kind: 'launched'; jobRunId: number }>
  /** A job never runs twice at once; this is the run that is under way. */
  | Readonly<{ kind: 'under-way'; jobRunId: number }>
  | Readonly<{ kind: 'unknown-job'; nearest: string | undefined }>
  /** The job is for its schedule only. */
  | Readonly<{ kind: 'start-denied' }>
  /** Its tenant is switched off in the console, so that nothing reads it. */
  | Readonly<{ kind: 'tenant-disabled' }>
  | RefusedLaunch;

/** `part` is what of the launch is wrong; the selection of tasks, where it is not said. */
type RefusedLaunch = Readonly<{ kind: 'refused'; reason: string; part?: 'idempotency-key' }>;

export type ResumeOutcome =
  | Readonly<{ kind: 'launched'; jobRunId: number }>
  | Readonly<{ kind: 'under-way'; jobRunId: number }>
  /** There is no such run, it is not blocked, or its job is gone. */
  | Readonly<{ kind: 'not-blocked' }>
  | RefusedLaunch;

export type Queue = Readonly<{
  launch: (launch: Launch) => Promise<LaunchOutcome>;
  /** Makes a run that applies what a blocked one holds back, and goes on with the tasks after it. */
  resume: (jobRunId: number, startedBy: string, notes?: LaunchNotes<ResumeOutcome>) => Promise<ResumeOutcome>;
  /** Makes and enqueues a run in a transaction of the caller's; undefined when the job is under way. */
  enqueue: (transaction: TransactionSql, run: EnqueuedRun) => Promise<number | undefined>;
  /** Puts a run that is queued into the queue again; nothing where it is there. */
  requeue: (transaction: TransactionSql, jobRunId: number) => Promise<void>;
  /** Gives runs to `handle`, so many at once; `signal` says that the run is somebody else's by now. */
  work: (slots: number, handle: (jobRunId: number, signal: AbortSignal) => Promise<void>) => Promise<void>;
  /** Takes no more runs; resolves when all are out of hand. */
  rest: () => Promise<void>;
  close: () => Promise<void>;
}>;

export type EnqueuedRun = Readonly<{ jobIdentifier: string; trigger: Trigger; startedBy: string }>;

const queueName = 'job-runs';
/** The longest that the library allows; a run that takes longer goes on in another worker. */
const expireSeconds = 24 * 3600 - 1;
/** Messages that did their work say nothing that their runs do not. */
const keepSeconds = 600;
const cleanUpSeconds = 600;

/**
 * Opens the queue on the database that `sql` is connected to. The library carries numbers, no more: whether a worker lives, and
 * whether a run is lost, is told by the rows of runs (`recoverJobRuns`), so that there is one truth. A run is in the queue once
 * at most (`short`). `onError` hears of broken connections, which the library mends by itself; not of a worker's, which notices
 * by itself that the database is gone.
 */
export async function openQueue(
  sql: Sql,
  { isWorker, onError }: Readonly<{ isWorker: boolean; onError: (error: Error) => void }>,
): Promise<Queue> {
  const boss = new PgBoss({
    ...queueServerOf(sql),
    application_name: 'syncline queue',
    schema: 'queue',
    max: isWorker ? 4 : 1,
    supervise: isWorker,
    maintenanceIntervalSeconds: cleanUpSeconds,
    schedule: false,
    useListenNotify: isWorker,
  });
  boss.on('error', (error) => {
    // The library hands on copies of errors.
    if (!isWorker || !isConnectionLoss(error)) onError(Object.assign(new Error(error.message), error));
  });
  await boss.start();
  await boss.createQueue(queueName, {
    policy: 'short',
    retryLimit: 0,
    expireInSeconds: expireSeconds,
    deleteAfterSeconds: keepSeconds,
    notify: true,
  });

  const send = async (transaction: TransactionSql, jobRunId: number): Promise<void> => {
    const options = { singletonKey: String(jobRunId), db: asQueueDatabase(transaction) };
    await boss.send(queueName, { jobRunId }, options);
  };

  async function createAndSend(
    transaction: TransactionSql,
    run: Parameters<typeof createJobRun>[1],
  ): Promise<Readonly<{ kind: 'launched' | 'under-way'; jobRunId: number }>> {
    const creation = await createJobRun(transaction, run);
    if (creation.kind === 'under-way') return creation;
    await send(transaction, creation.jobRunId);
    return { kind: 'launched', jobRunId: creation.jobRunId };
  }

  return {
    launch: ({ jobIdentifier, trigger, startedBy, options = {}, ...notes }) =>
      once<LaunchOutcome>(sql, startedBy, jobIdentifier, notes, async (transaction) => {
        const job = await findJob(transaction, jobIdentifier);
        if (!job)
          return { kind: 'unknown-job', nearest: nearestTo(jobIdentifier, await readJobs(transaction)) };
        if (job.isUserStartDenied) return { kind: 'start-denied' };
        // The job of a mapping rests, too, when its schedule is switched off, and is launched all the same.
        if (job.origin === 'console' && job.follow !== undefined && !job.isEnabled)
          return { kind: 'tenant-disabled' };
        const selected = selectTasks(job.tasks, options);
        if (selected.kind === 'refused') return selected;
        const [isForced, isFull] = [options.isForced === true, options.isFull === true];
        const tasks = selected.tasks.map((task) => ({
          ...task,
          isForced: task.isForced || isForced,
          isFull: task.isFull || isFull,
          options: { ...task.options, ...options.taskOptions?.[task.kind] },
        }));
        const { jobId, identifier } = job;
        const { reason, idempotencyKey } = notes;
        const run = { jobId, jobIdentifier: identifier, trigger, startedBy, tasks };
        return await createAndSend(transaction, { ...run, isForced, isFull, reason, idempotencyKey });
      }),
    resume: async (jobRunId, startedBy, notes = {}) => {
      const run = await readJobRun(sql, jobRunId);
      const definitions = await readTaskDefinitions(sql, jobRunId);
      return await once<ResumeOutcome>(sql, startedBy, run?.jobIdentifier, notes, async (transaction) => {
        if (run?.state !== 'blocked' || run.jobId === null) return { kind: 'not-blocked' };
        const { jobId, jobIdentifier } = run;
        const tasks = run.tasks.flatMap((task) => resumedTask(task, definitions.get(task.taskRunId)) ?? []);
        const doneTasks = new Set(
          run.tasks.filter(({ state }) => isDone(state)).map(({ identifier }) => identifier),
        );
        const { reason, idempotencyKey } = notes;
        const resumed = { jobId, jobIdentifier, trigger: 'resume' as const, startedBy, tasks };
        const resumes = { jobRunId, doneTasks };
        return await createAndSend(transaction, { ...resumed, resumes, reason, idempotencyKey });
      });
    },
    enqueue: async (transaction, { jobIdentifier, trigger, startedBy }) => {
      const job = await findJob(transaction, jobIdentifier);
      if (!job) return undefined;
      const { jobId, identifier, tasks } = job;
      const run = { jobId, jobIdentifier: identifier, trigger, startedBy, tasks };
      const outcome = await createAndSend(transaction, run);
      return outcome.kind === 'launched' ? outcome.jobRunId : undefined;
    },
    requeue: send,
    work: async (slots, handle) => {
      for (let slot = 0; slot < slots; slot++) {
        const slotId = await boss.work<{ jobRunId: number }>(
          queueName,
          { pollingIntervalSeconds: 1, notifyPollingIntervalSeconds: 5 },
          async ([job]: Job<{ jobRunId: number }>[]) => {
            if (job) await handle(job.data.jobRunId, job.signal);
            // The library would pause now, however many runs are waiting.
            boss.notifyWorker(slotId);
          },
        );
      }
    },
    rest: () => boss.offWork(queueName),
    close: () => boss.stop({ graceful: false }),
  };
}

/**
 * Launches in a transaction, and records what it came to. A launch of that name that was there before is all that there is of it.
 */
async function once<Outcome extends LaunchOutcome | ResumeOutcome>(
  sql: Sql,
  startedBy: string,
  jobIdentifier: string | undefined,
  { idempotencyKey, record }: LaunchNotes<Outcome>,
  launch: (transaction: TransactionSql) => Promise<Outcome>,
): Promise<Outcome | Readonly<{ kind: 'launched'; jobRunId: number }> | RefusedLaunch> {
  return await transact(sql, async (transaction) => {
    const before =
      idempotencyKey === undefined ? undefined : await findLaunched(transaction, startedBy, idempotencyKey);
    if (before !== undefined) {
      const isSame = before.jobIdentifier.toLowerCase() === jobIdentifier?.toLowerCase();
      return isSame
        ? ({ kind: 'launched', jobRunId: before.jobRunId } as const)
        : ({ kind: 'refused', reason: usedBefore(idempotencyKey, before), part: 'idempotency-key' } as const);
    }
    const outcome = await launch(transaction);
    await record?.(transaction, outcome);
    return outcome;
  });
}

function usedBefore(
  idempotencyKey: string | undefined,
  { jobRunId, jobIdentifier }: Readonly<{ jobRunId: number; jobIdentifier: string }>,
): string {
  return `The Idempotency-Key ${JSON.stringify(idempotencyKey)} has launched run ${jobRunId} of the job ${jobIdentifier} before: send another one for another launch.`;
}

function isDone(state: JobRun['state']): boolean {
  return state === 'succeeded' || state === 'succeeded-with-warnings';
}

/** A blocked task applies what it holds back; the others are as they were. */
function resumedTask(
  { state }: JobRun['tasks'][number],
  definition: TaskDefinition | undefined,
): TaskDefinition | undefined {
  if (definition === undefined || state !== 'blocked') return definition;
  return { ...definition, options: { ...definition.options, resumes: 'true' } };
}

function nearestTo(
  identifier: string,
  jobs: readonly Readonly<{ identifier: string }>[],
): string | undefined {
  const [nearest] = jobs
    .map((job) => ({
      identifier: job.identifier,
      distance: editDistance(job.identifier.toLowerCase(), identifier.toLowerCase()),
    }))
    .sort((one, other) => one.distance - other.distance);
  return nearest && nearest.distance <= Math.max(3, identifier.length / 3) ? nearest.identifier : undefined;
}
