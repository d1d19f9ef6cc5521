/** Runs of jobs: asked for, taken by a worker, and ended in a state that says what happened. */
import type { ISql, JSONValue, Sql, TransactionSql } from 'postgres';
import type { RunState, TaskDefinition } from '../model/job.ts';
import { endTasks, readTaskRuns, type TaskRun } from './task-runs.ts';
import { transact } from './transaction.ts';

export type Trigger = 'schedule' | 'api' | 'command' | 'console' | 'follow' | 'resume';

export type JobRunSummary = Readonly<{
  jobRunId: number;
  jobId: number | null;
  jobIdentifier: string;
  state: RunState;
  trigger: Trigger;
  startedBy: string;
  message: string | null;
  worker: string | null;
  isCancelRequested: boolean;
  resumesJobRunId: number | null;
  /** Asked to read everything, whatever its tasks say. */
  isFull: boolean;
  /** Asked to apply past the guards. */
  isForced: boolean;
  /** Why it was launched, in the words of who did it. */
  reason: string | null;
  queuedAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
}>;

export type JobRun = JobRunSummary & Readonly<{ tasks: readonly TaskRun[] }>;

export type NewJobRun = Readonly<{
  jobId: number;
  jobIdentifier: string;
  trigger: Trigger;
  startedBy: string;
  tasks: readonly TaskDefinition[];
  isFull?: boolean;
  isForced?: boolean;
  reason?: string | undefined;
  /** Names the launch among those of who started it. */
  idempotencyKey?: string | undefined;
  /** The blocked run that this one goes on with; its first tasks count as done. */
  resumes?: Readonly<{ jobRunId: number; doneTasks: ReadonlySet<string> }>;
}>;

export type JobRunCreation =
  | Readonly<{ kind: 'created'; jobRunId: number }>
  /** The job is queued or running already; a job never runs twice at once. */
  | Readonly<{ kind: 'under-way'; jobRunId: number }>;

/** Makes a run with its tasks, queued. */
export async function createJobRun(sql: TransactionSql, run: NewJobRun): Promise<JobRunCreation> {
  const [created] = await sql<{ jobRunId: number }[]>`
    insert into job_run (job_id, job_identifier, trigger, started_by, resumes_job_run_id, is_full, is_forced, reason, idempotency_key)
    values (${run.jobId}, ${run.jobIdentifier}, ${run.trigger}, ${run.startedBy}, ${run.resumes?.jobRunId ?? null},
      ${run.isFull === true}, ${run.isForced === true}, ${run.reason ?? null}, ${run.idempotencyKey ?? null})
    on conflict (job_id) where state in ('queued', 'running') do nothing
    returning job_run_id`;
  if (!created) {
    const [other] = await sql<{ jobRunId: number }[]>`
      select job_run_id from job_run where job_id = ${run.jobId} and state in ('queued', 'running')`;
    // It ended between the two statements: one more try finds the way free.
    return other ? { kind: 'under-way', jobRunId: other.jobRunId } : await createJobRun(sql, run);
  }
  const { jobRunId } = created;
  for (const [place, task] of run.tasks.entries()) {
    const isDone = run.resumes?.doneTasks.has(task.identifier) === true;
    await sql`
      insert into task_run (job_run_id, place, identifier, definition, state, message)
      values (${jobRunId}, ${place}, ${task.identifier}, ${sql.json(task as unknown as JSONValue)},
        ${isDone ? 'succeeded' : 'queued'}, ${isDone ? `Done in run ${run.resumes?.jobRunId}.` : null})`;
  }
  return { kind: 'created', jobRunId };
}

/**
 * The run that somebody has launched under a name before. Held to the end of the transaction, so that nobody launches under the
 * same name meanwhile.
 */
export async function findLaunched(
  sql: TransactionSql,
  startedBy: string,
  idempotencyKey: string,
): Promise<Pick<JobRunSummary, 'jobRunId' | 'jobIdentifier'> | undefined> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${startedBy}\n${idempotencyKey}`}, 0))`;
  const [run] = await sql<Pick<JobRunSummary, 'jobRunId' | 'jobIdentifier'>[]>`
    select job_run_id, job_identifier from job_run
    where started_by = ${startedBy} and idempotency_key = ${idempotencyKey}`;
  return run;
}

/** A run with its tasks. */
export async function readJobRun(sql: Sql, jobRunId: number): Promise<JobRun | undefined> {
  const [run] = await sql<
    JobRunSummary[]
  >`select ${summaryColumns(sql)} from job_run where job_run_id = ${jobRunId}`;
  if (!run) return undefined;
  return { ...run, tasks: await readTaskRuns(sql, jobRunId) };
}

/** Runs, the newest first; `before` is the number of the last one of the page before. */
export async function listJobRuns(
  sql: Sql,
  {
    jobIdentifier,
    state,
    before,
    limit,
  }: Readonly<{ jobIdentifier?: string; state?: RunState; before?: number; limit: number }>,
): Promise<JobRunSummary[]> {
  return await sql<JobRunSummary[]>`
    select ${summaryColumns(sql)} from job_run
    where ${jobIdentifier === undefined ? sql`true` : sql`lower(job_identifier) = lower(${jobIdentifier})`}
      and ${state === undefined ? sql`true` : sql`state = ${state}`}
      and ${before === undefined ? sql`true` : sql`job_run_id < ${before}`}
    order by job_run_id desc limit ${limit}`;
}

/**
 * Asks for the end of a run. One that nobody has taken yet ends at once. Says whether there was anything to end; `record` writes
 * that down in the same transaction.
 */
export async function requestCancel(
  sql: Sql,
  jobRunId: number,
  record: (transaction: TransactionSql, isCancelled: boolean) => Promise<void> = async () => {},
): Promise<boolean> {
  return await transact(sql, async (transaction) => {
    const isCancelled = await cancelJobRun(transaction, jobRunId);
    await record(transaction, isCancelled);
    return isCancelled;
  });
}

/** The same in a transaction that has more to do. */
export async function cancelJobRun(sql: TransactionSql, jobRunId: number): Promise<boolean> {
  const [run] = await sql<{ state: RunState; startedAt: Date | null }[]>`
    update job_run set is_cancel_requested = true
    where job_run_id = ${jobRunId} and state in ('queued', 'running') returning state, started_at`;
  if (!run) return false;
  if (run.state === 'queued') {
    const message = run.startedAt === null ? 'Cancelled before it began.' : cancelledMessage;
    await endTasks(sql, jobRunId);
    await sql`
      update job_run set state = 'cancelled', ended_at = now(), message = ${message} where job_run_id = ${jobRunId}`;
  }
  return true;
}

/** What is said of a run that was cancelled after it had begun. */
export const cancelledMessage = 'Cancelled: what was done is kept, and the next run goes on from there.';

/** Takes a queued run for a worker. Gives undefined where it has ended, or another worker has it. */
export async function claimJobRun(sql: Sql, jobRunId: number, worker: string): Promise<JobRun | undefined> {
  const claimed = await sql`
    update job_run set state = 'running', worker = ${worker}, heartbeat_at = now(), started_at = coalesce(started_at, now()),
      message = null
    where job_run_id = ${jobRunId} and state = 'queued'`;
  return claimed.count === 1 ? await readJobRun(sql, jobRunId) : undefined;
}

/** Says that a worker is still at its runs; gives those that it is to cancel and those that it has lost to another worker. */
export async function beatJobRuns(
  sql: Sql,
  worker: string,
  jobRunIds: readonly number[],
): Promise<Readonly<{ cancelled: readonly number[]; lost: readonly number[] }>> {
  const rows = await sql<{ jobRunId: number; isCancelRequested: boolean }[]>`
    update job_run set heartbeat_at = now()
    where job_run_id = any(${[...jobRunIds]}::int[]) and worker = ${worker} and state = 'running'
    returning job_run_id, is_cancel_requested`;
  return {
    cancelled: rows.filter(({ isCancelRequested }) => isCancelRequested).map(({ jobRunId }) => jobRunId),
    lost: jobRunIds.filter((jobRunId) => !rows.some((row) => row.jobRunId === jobRunId)),
  };
}

/** A worker that was silent for so long has lost its runs. */
export const lostSeconds = 8;

/**
 * Puts runs back that are in nobody's hands: of workers that are silent, where `judgesOthers`, and of `worker` itself, which knows
 * only of those it has `inHand`. The logs of their tasks say so. Gives them; they are not in the queue yet.
 */
export async function recoverJobRuns(
  sql: TransactionSql,
  worker: string,
  { inHand, judgesOthers }: Readonly<{ inHand: readonly number[]; judgesOthers: boolean }>,
): Promise<number[]> {
  const rows = await sql<{ jobRunId: number }[]>`
    with lost as (
      select job_run_id, format('The worker %s has lost this run: another one goes on with what is stored.', worker) as message
      from job_run
      where state = 'running' and (
        (${judgesOthers} and heartbeat_at < now() - make_interval(secs => ${lostSeconds}))
        or (worker = ${worker} and job_run_id <> all(${[...inHand]}::int[])
          and heartbeat_at < now() - make_interval(secs => ${settledSeconds})))
      for update skip locked
    ), returned as (
      update job_run set state = 'queued', heartbeat_at = now(), message = lost.message
      from lost where job_run.job_run_id = lost.job_run_id
    ), interrupted as (
      update task_run set state = 'queued', message = lost.message
      from lost where task_run.job_run_id = lost.job_run_id and state = 'running'
      returning task_run_id, lost.message
    ), told as (
      insert into task_run_log (task_run_id, level, message) select task_run_id, 'warning', message from interrupted
    )
    select job_run_id from lost order by job_run_id`;
  return rows.map(({ jobRunId }) => jobRunId);
}

/** A run that was taken so long ago is in the hands of its worker, or in nobody's. */
const settledSeconds = 4;

/**
 * Queued runs that nobody has looked at for so long, those that wait the longest first: their connection was busy, or the queue has
 * lost them. They count as looked at now, so that one of all who ask gets each.
 */
export async function takeWaitingJobRuns(
  sql: TransactionSql,
  afterSeconds: number,
  limit: number,
): Promise<number[]> {
  const rows = await sql<{ jobRunId: number }[]>`
    update job_run set heartbeat_at = now()
    where job_run_id in (
      select job_run_id from job_run
      where state = 'queued' and coalesce(heartbeat_at, queued_at) < now() - make_interval(secs => ${afterSeconds})
      order by coalesce(heartbeat_at, queued_at), job_run_id limit ${limit} for update skip locked)
    returning job_run_id`;
  return rows.map(({ jobRunId }) => jobRunId).sort((one, other) => one - other);
}

/** For each of these connections, in any case, the run that has waited for it the longest. */
export async function findNextWaiting(sql: ISql, connections: readonly string[]): Promise<number[]> {
  const rows = await sql<{ jobRunId: number }[]>`
    select distinct job_run_id from (
      select distinct on (lower(wanted)) job_run_id
      from job_run join task_run using (job_run_id)
        cross join lateral jsonb_array_elements_text(definition->'connections') as wanted
      where job_run.state = 'queued' and job_run.started_at is not null and task_run.state = 'queued'
        and lower(wanted) = any(${connections.map((name) => name.toLowerCase())}::text[])
      order by lower(wanted), queued_at, job_run_id) as next
    order by job_run_id`;
  return rows.map(({ jobRunId }) => jobRunId);
}

/**
 * Gives a run back: what its tasks have done stays, and what is under way is begun anew by whoever takes it. `left` by a worker
 * that stops is told in the logs of its tasks; that it has found a connection `busy` counts as no attempt. Says whether the worker
 * still had it. It is not in the queue yet.
 */
export async function releaseJobRun(
  sql: TransactionSql,
  jobRunId: number,
  worker: string,
  { why, message }: Readonly<{ why: 'left' | 'busy'; message: string }>,
): Promise<boolean> {
  const released = await sql`
    update job_run set state = 'queued', message = ${message}, heartbeat_at = now()
    where job_run_id = ${jobRunId} and worker = ${worker} and state = 'running'`;
  if (released.count === 0) return false;
  const isBusy = why === 'busy';
  await sql`
    with returned as (
      update task_run set state = 'queued', message = ${message}, attempt = attempt - ${isBusy ? 1 : 0}
      where job_run_id = ${jobRunId} and state = 'running' returning task_run_id
    )
    insert into task_run_log (task_run_id, level, message)
    select task_run_id, 'information', ${message} from returned where not ${isBusy}`;
  return true;
}

/** Ends a run that a worker has. Says whether the worker still had it. */
export async function endJobRun(
  sql: Sql,
  jobRunId: number,
  worker: string,
  state: RunState,
  message: string | null,
): Promise<boolean> {
  return await transact(sql, async (transaction) => {
    const ended = await transaction`
      update job_run set state = ${state}, message = ${message}, ended_at = now()
      where job_run_id = ${jobRunId} and worker = ${worker} and state = 'running'`;
    if (ended.count === 0) return false;
    await endTasks(transaction, jobRunId);
    return true;
  });
}

/** Deletes runs that ended before `before`, with their tasks and logs. Gives how many there were. */
export async function deleteOldJobRuns(sql: Sql, before: Date): Promise<number> {
  const deleted = await sql`delete from job_run where ended_at < ${before}`;
  return deleted.count;
}

/** The columns of a summary. */
export function summaryColumns(sql: ISql) {
  return sql`job_run_id, job_id, job_identifier, state, trigger, started_by, message, worker, is_cancel_requested,
    resumes_job_run_id, is_full, is_forced, reason, queued_at, started_at, ended_at`;
}
