/**
 * The queue of job runs. A run is a row that people see; what the queue library carries is its number, to whichever worker is
 * free, on any machine.
 */
import { type Job, PgBoss } from 'pg-boss';
import type { Sql, TransactionSql } from 'postgres';
import { editDistance } from '../model/edit-distance.ts';
import type { TaskDefinition } from '../model/job.ts';
import {
  createJobRun,
  type JobRun,
  readJobRun,
  readTaskDefinitions,
  type Trigger,
} from '../store/job-runs.ts';
import { findJob, readJobs } from '../store/jobs.ts';
import { asQueueDatabase, isConnectionLoss, queueServerOf } from '../store/queue-access.ts';
import { transact } from '../store/transaction.ts';
import { selectTasks, type TaskSelection } from './task-selection.ts';

export type LaunchOptions = TaskSelection & Readonly<{ isForced?: boolean; isFull?: boolean }>;

export type Launch = Readonly<{
  jobIdentifier: string;
  trigger: Trigger;
  /** Who asks, in words. */
  startedBy: string;
  options?: LaunchOptions;
}>;

export type LaunchOutcome =
  | Readonly<{ kind: 'launched'; jobRunId: number }>
  /** A job never runs twice at once; this is the run that is under way. */
  | Readonly<{ kind: 'under-way'; jobRunId: number }>
  | Readonly<{ kind: 'unknown-job'; nearest: string | undefined }>
  /** The job is for its schedule only. */
  | Readonly<{ kind: 'start-denied' }>
  | Readonly<{ kind: 'refused'; reason: string }>;

export type ResumeOutcome =
  | Readonly<{ kind: 'launched'; jobRunId: number }>
  | Readonly<{ kind: 'under-way'; jobRunId: number }>
  /** There is no such run, it is not blocked, or its job is gone. */
  | Readonly<{ kind: 'not-blocked' }>;

export type Queue = Readonly<{
  launch: (launch: Launch) => Promise<LaunchOutcome>;
  /** Makes a run that applies what a blocked one holds back, and goes on with the tasks after it. */
  resume: (jobRunId: number, startedBy: string) => Promise<ResumeOutcome>;
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
    launch: ({ jobIdentifier, trigger, startedBy, options = {} }) =>
      transact(sql, async (transaction): Promise<LaunchOutcome> => {
        const job = await findJob(transaction, jobIdentifier);
        if (!job)
          return { kind: 'unknown-job', nearest: nearestTo(jobIdentifier, await readJobs(transaction)) };
        if (job.isUserStartDenied) return { kind: 'start-denied' };
        const selected = selectTasks(job.tasks, options);
        if (selected.kind === 'refused') return selected;
        const tasks = selected.tasks.map((task) => ({
          ...task,
          isForced: task.isForced || options.isForced === true,
          isFull: task.isFull || options.isFull === true,
        }));
        return await createAndSend(transaction, {
          ...job,
          jobIdentifier: job.identifier,
          trigger,
          startedBy,
          tasks,
        });
      }),
    resume: async (jobRunId, startedBy) => {
      const run = await readJobRun(sql, jobRunId);
      if (run?.state !== 'blocked' || run.jobId === null) return { kind: 'not-blocked' };
      const { jobId, jobIdentifier } = run;
      const definitions = await readTaskDefinitions(sql, jobRunId);
      const tasks = run.tasks.flatMap((task) => resumedTask(task, definitions.get(task.taskRunId)) ?? []);
      const doneTasks = new Set(
        run.tasks.filter(({ state }) => isDone(state)).map(({ identifier }) => identifier),
      );
      const resumes = { jobRunId, doneTasks };
      return await transact(sql, (transaction) =>
        createAndSend(transaction, { jobId, jobIdentifier, trigger: 'resume', startedBy, tasks, resumes }),
      );
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
