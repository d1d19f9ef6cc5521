/** What stands behind a row of the history: its run, the links beside it, and what went wrong on the way. */
import type { Sql } from 'postgres';
import type { HistoryState } from '../model/history-words.ts';
import type { RunState } from '../model/job.ts';
import type { Trigger } from './job-runs.ts';
import type { RunKind } from './runs.ts';

export type HistoryRun = Readonly<{
  runId: number;
  kind: RunKind;
  state: HistoryState;
  message: string | null;
  startedAt: Date;
  endedAt: Date | null;
  /** The execution of a job that it belongs to; null for a command on one connection, or where the run was forgotten. */
  job: Readonly<{
    jobRunId: number;
    taskRunId: number;
    identifier: string;
    state: RunState;
    trigger: Trigger;
    startedBy: string;
  }> | null;
  /** Whether what it brought waits for a person. */
  isBlocking: boolean;
}>;

export type LinkCounts = Readonly<{
  objectClass: string;
  total: number;
  inserted: number;
  deleted: number;
}>;

export type TroubleLine = Readonly<{ level: 'warning' | 'error'; message: string; loggedAt: Date }>;

const mostLines = 20;

/** The run of a row. */
export async function readHistoryRun(sql: Sql, runId: number): Promise<HistoryRun | undefined> {
  const [run] = await sql<HistoryRun[]>`
    select run_id, kind, run.state, run.message, run.started_at, run.ended_at,
      case when job_run_id is null then null else jsonb_build_object('jobRunId', job_run_id, 'taskRunId', task_run_id,
        'identifier', job_identifier, 'state', job_run.state, 'trigger', trigger, 'startedBy', started_by) end as job,
      exists (select from connection_block where connection_block.run_id = run.run_id) as is_blocking
    from run left join task_run using (task_run_id) left join job_run using (job_run_id)
    where run_id = ${runId}`;
  return run;
}

/** What became of the links that lead from a class. */
export async function readLinkCounts(sql: Sql, runId: number, objectClass: string): Promise<LinkCounts[]> {
  return await sql<LinkCounts[]>`
    select object_class, total::float8 as total, inserted::float8 as inserted, deleted::float8 as deleted
    from run_object_class
    where run_id = ${runId} and is_link and split_part(object_class, '.', 1) = ${objectClass} order by object_class`;
}

/** The first warnings and errors that the task told of a class, or of all. */
export async function readTrouble(
  sql: Sql,
  taskRunId: number,
  connection: string,
  objectClass: string,
): Promise<TroubleLine[]> {
  return await sql<TroubleLine[]>`
    select level, message, logged_at from task_run_log
    where task_run_id = ${taskRunId} and level in ('warning', 'error')
      and (starts_with(message, ${`${connection} ${objectClass}: `}) or not starts_with(message, ${`${connection} `}))
    order by line_number limit ${mostLines}`;
}

/** Something that happened to a connection: a run, or what somebody did. */
export type ActivityItem = Readonly<{
  at: Date;
  kind: 'run' | 'change';
  /** The number of the run or of the audit entry. */
  id: number;
  actor: string | null;
  /** Of a change: as in the audit. */
  action: string | null;
  detail: Readonly<Record<string, unknown>> | null;
  state: HistoryState | null;
  message: string | null;
  /** Of a run: whether something was read in full. */
  isFull: boolean | null;
  changes: number | null;
  jobRunId: number | null;
}>;

/** What was done to the connection itself, and not merely started or looked at. */
const changingActions =
  '^(tenant|connection|credential|profile|entity-type|connector|configuration|schedule|job)[.-]|full-scan|schedule';

/**
 * What happened to a connection, the newest first. `names` are what the audit calls it: its own name, its job, its credential
 * profile; deployments of a configuration belong to all.
 */
export async function readActivity(
  sql: Sql,
  {
    connectionId,
    names,
    before,
    limit,
  }: Readonly<{
    connectionId: number | null;
    names: readonly string[];
    before: Date;
    limit: number;
  }>,
): Promise<ActivityItem[]> {
  const lower = names.map((name) => name.toLowerCase());
  return await sql<ActivityItem[]>`
    (select run.started_at as at, 'run' as kind, run_id as id, job_run.started_by as actor, null as action, null::jsonb as detail,
       run.state, run.message,
       (select bool_or(is_full) from run_object_class where run_object_class.run_id = run.run_id) as is_full,
       (select sum(inserted + updated + deleted)::float8 from run_object_class where run_object_class.run_id = run.run_id) as changes,
       job_run_id
     from run left join task_run using (task_run_id) left join job_run using (job_run_id)
     where connection_id = ${connectionId}::int and kind <> 'verify' and run.started_at < ${before}
     order by run_id desc limit ${limit})
    union all
    (select recorded_at, 'change', audit_id::float8, actor, action, detail, null, null, null, null, null
     from (
       select * from audit_entry where lower(subject) = any(${lower}::text[]) and outcome = 'done'
       union all
       select * from audit_entry where action = 'configuration.deploy' and outcome = 'done'
     ) as entry
     where action ~ ${changingActions} and action !~ '[.]test$' and recorded_at < ${before} order by recorded_at desc limit ${limit})
    order by at desc limit ${limit}`;
}

/** What the audit calls what belongs to a connection: itself, the jobs that work on it, and its credential profile. */
export async function findActivityNames(sql: Sql, name: string): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select ${name}::text as name
    union
    select job.identifier from task join job using (job_id)
    where exists (select from unnest(connections) as wanted where lower(wanted) = lower(${name}))
    union
    select credential_profile.name from tenant join credential_profile using (credential_profile_id)
    where lower(tenant.name) = lower(${name})`;
  return rows.map((row) => row.name);
}
