/** Runs of tasks: how far each is, what it did, and how it ended. Only the worker that has the run of the job writes them. */
import type { JSONValue, Sql, TransactionSql } from 'postgres';
import type { RunState, TaskDefinition, TaskKind } from '../model/job.ts';
import { isApplied, type ObjectClassCounts } from './runs.ts';

/** What the class of objects or links of a task is at, while it runs. */
export type ClassProgress = Readonly<{
  objectClass: string;
  stage: 'reading' | 'waiting' | 'applying' | 'applied' | 'blocked' | 'comparing' | 'failed';
  objects: number;
  links: number;
  /** Why it waits, or how it failed. */
  detail?: string;
}>;

export type TaskRun = Readonly<{
  taskRunId: number;
  identifier: string;
  displayName: string;
  kind: TaskKind;
  level: number;
  state: RunState;
  message: string | null;
  progress: readonly ClassProgress[] | null;
  attempt: number;
  startedAt: Date | null;
  endedAt: Date | null;
  /** What it did so far, by connection and class. */
  counts: readonly TaskCounts[];
}>;

/** What a run on a connection did to one class for a task. */
export type TaskCounts = ObjectClassCounts & Readonly<{ connection: string; runId: number }>;

/** Notes the beginning of a task, while the worker has the run. Says whether it had. */
export async function beginTaskRun(sql: Sql, taskRunId: number, worker: string): Promise<boolean> {
  const begun = await sql`
    update task_run set state = 'running', attempt = attempt + 1, started_at = coalesce(started_at, now()), message = null,
      progress = null
    where task_run_id = ${taskRunId} and ${isHad(sql, worker)}`;
  return begun.count === 1;
}

/** Notes how far a task is, while the worker has the run. */
export async function recordTaskProgress(
  sql: Sql,
  taskRunId: number,
  progress: readonly ClassProgress[],
  worker: string,
): Promise<void> {
  await sql`
    update task_run set progress = ${sql.json(progress as unknown as JSONValue)}
    where task_run_id = ${taskRunId} and ${isHad(sql, worker)}`;
}

/** Ends a task, or says why it is not begun, while the worker has the run. Says whether it had. */
export async function endTaskRun(
  sql: Sql,
  taskRunId: number,
  state: RunState,
  message: string | null,
  worker: string,
): Promise<boolean> {
  const ended = await sql`
    update task_run set state = ${state}, message = ${message}, ended_at = now()
    where task_run_id = ${taskRunId} and ${isHad(sql, worker)}`;
  return ended.count === 1;
}

/** What a worker that only slept has lost meanwhile is not its to write any more. */
function isHad(sql: Sql, worker: string) {
  return sql`exists (
    select from job_run where job_run.job_run_id = task_run.job_run_id and job_run.state = 'running' and worker = ${worker})`;
}

/** Whatever of a run has not ended by now never will. */
export async function endTasks(sql: TransactionSql, jobRunId: number): Promise<void> {
  await sql`
    update task_run set state = case when state = 'running' then 'cancelled' else 'skipped' end::job_run_state, ended_at = now()
    where job_run_id = ${jobRunId} and state in ('queued', 'running')`;
}

/** The tasks of a run in the order of the job, with what they did. */
export async function readTaskRuns(sql: Sql, jobRunId: number): Promise<TaskRun[]> {
  const rows = await sql<
    (Omit<TaskRun, 'counts' | 'displayName' | 'kind' | 'level'> & { definition: TaskDefinition })[]
  >`
    select task_run_id, identifier, definition, state, message, progress, attempt, started_at, ended_at
    from task_run where job_run_id = ${jobRunId} order by place`;
  const counts = await sql<(TaskCounts & { taskRunId: number })[]>`
    select task_run_id, run_id, connection.name as connection, object_class, is_full, reason, total::float8 as total,
      inserted::float8 as inserted, updated::float8 as updated, deleted::float8 as deleted, filtered::float8 as filtered,
      run_object_class.started_at
    from run join run_object_class using (run_id) join connection on connection.connection_id = run.connection_id
    where task_run_id = any(${rows.map(({ taskRunId }) => taskRunId)}::int[]) and ${isApplied(sql)}
    order by run_id, object_class`;
  return rows.map(({ definition: { displayName, kind, level }, ...row }) => ({
    ...row,
    displayName,
    kind,
    level,
    counts: counts
      .filter(({ taskRunId }) => taskRunId === row.taskRunId)
      .map(({ taskRunId: _, ...count }) => count),
  }));
}

/** What the tasks of a run are to do, as the job was when it was asked for. */
export async function readTaskDefinitions(sql: Sql, jobRunId: number): Promise<Map<number, TaskDefinition>> {
  const rows = await sql<{ taskRunId: number; definition: TaskDefinition }[]>`
    select task_run_id, definition from task_run where job_run_id = ${jobRunId}`;
  return new Map(rows.map(({ taskRunId, definition }) => [taskRunId, definition]));
}
