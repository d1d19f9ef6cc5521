/** Jobs as they are defined now: their tasks, and when each runs next. */
import type { ISql, JSONValue, Sql, TransactionSql } from 'postgres';
import type { Follow, JobDefinition, RunState, TaskDefinition } from '../model/job.ts';
import { transact } from './transaction.ts';

export type JobOrigin = 'configuration' | 'settings' | 'console';

export type StoredJob = JobDefinition &
  Readonly<{
    jobId: number;
    origin: JobOrigin;
    isEnabled: boolean;
    /** Grows with every change of when it runs. */
    version: number;
    nextRunAt: Date | null;
    /** Of a job that follows its connection: the pause between two runs now. */
    followPauseSeconds: number | null;
    /** When its definition would have it run, where a person has said otherwise; null where that is in force. */
    definedTiming: JobTiming | null;
    /** Who last changed when it runs; null for a deployment or the settings. */
    timingChangedBy: string | null;
    timingChangedAt: Date | null;
    lastRun: Readonly<{ jobRunId: number; state: RunState; endedAt: Date | null }> | null;
  }>;

/** When a job runs: by a cron expression, by following its connection, or only when somebody launches it. */
export type JobTiming = Readonly<{ schedule: string | null; timeZone: string; follow: Follow | null }>;

/** A job with the instant of its first run, which its schedule says. */
export type PlannedJob = JobDefinition & Readonly<{ nextRunAt: Date | null }>;

type JobRow = Readonly<{
  jobId: number;
  identifier: string;
  displayName: string;
  schedule: string | null;
  timeZone: string;
  nextRunAt: Date | null;
  isIncremental: boolean;
  isUserStartDenied: boolean;
  isEnabled: boolean;
  version: number;
  followFloorSeconds: number | null;
  followCeilingSeconds: number | null;
  followPauseSeconds: number | null;
  isScheduleOverridden: boolean;
  definedSchedule: string | null;
  definedTimeZone: string;
  definedFloorSeconds: number | null;
  definedCeilingSeconds: number | null;
  timingChangedBy: string | null;
  timingChangedAt: Date | null;
  origin: JobOrigin;
  tasks: readonly TaskDefinition[];
  lastRun: Readonly<{ jobRunId: number; state: RunState; endedAt: string | null }> | null;
}>;

/** All jobs, by identifier. */
export async function readJobs(sql: ISql): Promise<StoredJob[]> {
  return (await selectJobs(sql, sql``)).map(storedJob);
}

/** The job of this identifier, whatever the case. */
export async function findJob(sql: ISql, identifier: string): Promise<StoredJob | undefined> {
  const [row] = await selectJobs(sql, sql`where lower(identifier) = lower(${identifier})`);
  return row && storedJob(row);
}

/**
 * Makes the jobs of an origin these ones and no others. A job keeps its number and its runs as long as its identifier stays; its
 * next run is that of the plan when the schedule has changed, and stays otherwise. What a person has said of when it runs stays in
 * force, as long as it stays of the same kind. Gives identifiers that another origin has.
 */
export async function replaceJobs(
  sql: TransactionSql,
  origin: JobOrigin,
  jobs: readonly PlannedJob[],
): Promise<readonly string[]> {
  const identifiers = jobs.map(({ identifier }) => identifier.toLowerCase());
  await sql`delete from job where origin = ${origin} and lower(identifier) <> all(${identifiers}::text[])`;
  const taken: string[] = [];
  for (const job of jobs) if (!(await recordJob(sql, origin, job))) taken.push(job.identifier);
  return taken;
}

/** Connections that deployed jobs work on are not followed by jobs of their own any more. */
export async function dropConnectionJobs(sql: TransactionSql, connections: readonly string[]): Promise<void> {
  await sql`
    delete from job where origin = 'settings' and exists (
      select from task cross join lateral unnest(connections) as worked_on
      where task.job_id = job.job_id and lower(worked_on) = any(${connections.map((name) => name.toLowerCase())}::text[]))`;
}

/** Adds a job, or makes it what it is to be. Says whether it could: its identifier may be that of a job of another origin. */
export async function recordJob(sql: TransactionSql, origin: JobOrigin, job: PlannedJob): Promise<boolean> {
  const { floorSeconds = null, ceilingSeconds = null } = job.follow ?? {};
  // Of a job that began or ceased to follow a connection, what a person had said means nothing any more; nor does what is defined by now.
  const isKept = sql`(job.is_schedule_overridden
    and (job.defined_floor_seconds is null) = (excluded.defined_floor_seconds is null)
    and (job.schedule, job.time_zone, job.follow_floor_seconds, job.follow_ceiling_seconds) is distinct from
      (excluded.schedule, excluded.time_zone, excluded.follow_floor_seconds, excluded.follow_ceiling_seconds))`;
  const kept = (column: string) =>
    sql`case when ${isKept} then job.${sql(column)} else excluded.${sql(column)} end`;
  const isSame = sql`(job.defined_schedule, job.defined_time_zone, job.defined_floor_seconds, job.defined_ceiling_seconds)
    is not distinct from (excluded.defined_schedule, excluded.defined_time_zone, excluded.defined_floor_seconds, excluded.defined_ceiling_seconds)`;
  const [row] = await sql<{ jobId: number }[]>`
    insert into job (identifier, display_name, schedule, time_zone, next_run_at, is_incremental, is_user_start_denied,
      follow_floor_seconds, follow_ceiling_seconds, follow_interval_seconds, origin, defined_schedule, defined_time_zone,
      defined_floor_seconds, defined_ceiling_seconds)
    values (${job.identifier}, ${job.displayName}, ${job.schedule}, ${job.timeZone}, ${job.nextRunAt}, ${job.isIncremental},
      ${job.isUserStartDenied}, ${floorSeconds}, ${ceilingSeconds}, ${floorSeconds}, ${origin}, ${job.schedule}, ${job.timeZone},
      ${floorSeconds}, ${ceilingSeconds})
    on conflict (lower(identifier)) do update
    set identifier = excluded.identifier, display_name = excluded.display_name, schedule = ${kept('schedule')},
        time_zone = ${kept('time_zone')}, is_incremental = excluded.is_incremental,
        is_user_start_denied = excluded.is_user_start_denied, follow_floor_seconds = ${kept('follow_floor_seconds')},
        follow_ceiling_seconds = ${kept('follow_ceiling_seconds')},
        follow_interval_seconds = greatest(${kept('follow_floor_seconds')}, least(job.follow_interval_seconds, ${kept('follow_ceiling_seconds')})),
        next_run_at = case
          when ${isKept} or (job.schedule, job.time_zone, job.follow_floor_seconds is null)
            is not distinct from (excluded.schedule, excluded.time_zone, excluded.follow_floor_seconds is null)
          then job.next_run_at else excluded.next_run_at end,
        is_schedule_overridden = ${isKept},
        version = job.version + case when ${isKept} or ${isSame} then 0 else 1 end,
        schedule_changed_by = case when ${isKept} or ${isSame} then job.schedule_changed_by end,
        schedule_changed_at = case when ${isKept} or ${isSame} then job.schedule_changed_at else now() end,
        defined_schedule = excluded.defined_schedule, defined_time_zone = excluded.defined_time_zone,
        defined_floor_seconds = excluded.defined_floor_seconds, defined_ceiling_seconds = excluded.defined_ceiling_seconds
    where job.origin = ${origin}
    returning job_id`;
  if (!row) return false;
  await sql`delete from task where job_id = ${row.jobId}`;
  for (const [place, task] of job.tasks.entries()) {
    await sql`
      insert into task (job_id, identifier, display_name, kind, level, place, connections, is_full, is_forced,
        continues_on_error, depends_on, options)
      values (${row.jobId}, ${task.identifier}, ${task.displayName}, ${task.kind}, ${task.level}, ${place},
        ${[...task.connections]}::text[], ${task.isFull}, ${task.isForced}, ${task.continuesOnError},
        ${[...task.dependsOn]}::text[], ${sql.json(task.options as JSONValue)})`;
  }
  return true;
}

/** A job whose time has come. */
export type DueJob = Readonly<{
  jobId: number;
  identifier: string;
  schedule: string | null;
  timeZone: string;
  dueAt: Date;
  follow: Readonly<{ floorSeconds: number; ceilingSeconds: number; intervalSeconds: number }> | null;
}>;

/**
 * Takes one job that is due at `now`, if there is one that no other process has in hand, and does with it what `work` says, in one
 * transaction; `work` gives the instant of the next run, and whether one was begun, which sees all news up to now. Says whether
 * there was a job.
 */
export async function withDueJob(
  sql: Sql,
  now: Date,
  work: (
    transaction: TransactionSql,
    job: DueJob,
  ) => Promise<Readonly<{ nextRunAt: Date | null; isBegun: boolean }>>,
): Promise<boolean> {
  return await transact(sql, async (transaction) => {
    const [row] = await transaction<
      (Omit<DueJob, 'follow'> &
        Record<'floorSeconds' | 'ceilingSeconds' | 'intervalSeconds', number | null>)[]
    >`
      select job_id, identifier, schedule, time_zone, next_run_at as due_at, follow_floor_seconds as floor_seconds,
        follow_ceiling_seconds as ceiling_seconds, follow_interval_seconds as interval_seconds
      from job where is_enabled and next_run_at <= ${now}
      order by next_run_at limit 1 for update skip locked`;
    if (!row) return false;
    const { floorSeconds, ceilingSeconds, intervalSeconds, ...job } = row;
    const follow =
      floorSeconds === null || ceilingSeconds === null
        ? null
        : { floorSeconds, ceilingSeconds, intervalSeconds: intervalSeconds ?? floorSeconds };
    const { nextRunAt, isBegun } = await work(transaction, { ...job, follow });
    await transaction`
      update job set next_run_at = ${nextRunAt}, wake_at = case when not ${isBegun} then wake_at end
      where job_id = ${row.jobId}`;
    return true;
  });
}

/** When the next job is due; undefined where none is. */
export async function readNextDue(sql: Sql): Promise<Date | undefined> {
  const [row] = await sql<{ nextRunAt: Date | null }[]>`
    select min(next_run_at) as next_run_at from job where is_enabled and next_run_at is not null`;
  return row?.nextRunAt ?? undefined;
}

/**
 * The pause that a followed connection has come to, and with it its next run, which news that came meanwhile brings forward.
 * Nothing where the job does not follow.
 */
export async function recordFollowed(
  sql: Sql,
  jobId: number,
  intervalSeconds: number,
  nextRunAt: Date,
): Promise<void> {
  await sql`
    update job set follow_interval_seconds = ${intervalSeconds}, next_run_at = least(${nextRunAt}, wake_at)
    where job_id = ${jobId} and follow_floor_seconds is not null`;
}

/**
 * Has the jobs that follow a connection, in any case, look at it at `at`, or at the end of the run that is under way then. Nothing
 * where news has them look at it sooner. Gives how many were woken.
 */
export async function wakeFollowers(sql: Sql, connection: string, at: Date): Promise<number> {
  const woken = await sql`
    update job
    set next_run_at = least(next_run_at, ${at}), wake_at = least(wake_at, ${at}),
        follow_interval_seconds = follow_floor_seconds
    where follow_floor_seconds is not null and is_enabled and (wake_at is null or wake_at > ${at})
      and exists (
        select from task cross join lateral unnest(connections) as followed
        where task.job_id = job.job_id and lower(followed) = lower(${connection}))`;
  return woken.count;
}

/** The connections that jobs follow now, each once, in small letters. */
export async function readFollowedConnections(sql: ISql): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select distinct lower(followed) as name
    from job join task using (job_id) cross join lateral unnest(connections) as followed
    where is_enabled and follow_floor_seconds is not null`;
  return rows.map(({ name }) => name);
}

/** Jobs of these numbers, in that order. */
export async function readJobsOf(sql: ISql, jobIds: readonly number[]): Promise<StoredJob[]> {
  const rows = await selectJobs(sql, sql`where job_id = any(${[...jobIds]}::int[])`);
  const byId = new Map(rows.map((row) => [row.jobId, storedJob(row)]));
  return jobIds.flatMap((jobId) => byId.get(jobId) ?? []);
}

/** Jobs of an origin that run at other times than their definitions say. */
export async function readOverriddenJobs(sql: ISql, origin: JobOrigin): Promise<StoredJob[]> {
  return (await selectJobs(sql, sql`where origin = ${origin} and is_schedule_overridden`)).map(storedJob);
}

async function selectJobs(sql: ISql, condition: ReturnType<ISql>): Promise<readonly JobRow[]> {
  return await sql<JobRow[]>`
    select job_id, identifier, display_name, schedule, time_zone, next_run_at, is_incremental, is_user_start_denied,
      is_enabled, version, follow_floor_seconds, follow_ceiling_seconds, follow_interval_seconds as follow_pause_seconds, origin,
      is_schedule_overridden, defined_schedule, defined_time_zone, defined_floor_seconds, defined_ceiling_seconds,
      schedule_changed_by as timing_changed_by, schedule_changed_at as timing_changed_at,
      (select coalesce(jsonb_agg(jsonb_build_object(
          'identifier', task.identifier, 'displayName', task.display_name, 'kind', kind, 'level', level,
          'connections', to_jsonb(connections), 'isFull', is_full, 'isForced', is_forced,
          'continuesOnError', continues_on_error, 'dependsOn', to_jsonb(depends_on), 'options', options) order by place), '[]')
       from task where task.job_id = job.job_id) as tasks,
      (select jsonb_build_object('jobRunId', job_run_id, 'state', state, 'endedAt', ended_at)
       from job_run where job_run.job_id = job.job_id order by job_run_id desc limit 1) as last_run
    from job ${condition} order by lower(identifier)`;
}

function storedJob({
  followFloorSeconds,
  followCeilingSeconds,
  isScheduleOverridden,
  definedSchedule,
  definedTimeZone,
  definedFloorSeconds,
  definedCeilingSeconds,
  lastRun,
  ...row
}: JobRow): StoredJob {
  const follow = followOf(followFloorSeconds, followCeilingSeconds);
  return {
    ...row,
    ...(follow === null ? {} : { follow }),
    definedTiming: isScheduleOverridden
      ? {
          schedule: definedSchedule,
          timeZone: definedTimeZone,
          follow: followOf(definedFloorSeconds, definedCeilingSeconds),
        }
      : null,
    lastRun: lastRun && { ...lastRun, endedAt: lastRun.endedAt === null ? null : new Date(lastRun.endedAt) },
  };
}

function followOf(floorSeconds: number | null, ceilingSeconds: number | null): Follow | null {
  return floorSeconds === null || ceilingSeconds === null ? null : { floorSeconds, ceilingSeconds };
}
