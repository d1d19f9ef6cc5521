// Jobs with a long history of runs, a task with a long log, and a long list of what a guard holds back, made by SQL.
import type { Sql } from 'postgres';

/** What there is to look at by itself. */
export type FilledJobs = Readonly<{ jobRunId: number; taskRunId: number }>;

/** Adds jobs, and so many runs of them. */
export async function fillJobs(sql: Sql, connection: string, runs: number): Promise<FilledJobs> {
  await sql`
    insert into job (identifier, display_name, schedule, defined_schedule, next_run_at, origin)
    select 'Synchronization_' || n, 'Synchronize department ' || n, '*/15 * * * *', '*/15 * * * *', now() + interval '1 year',
      'configuration'
    from generate_series(1, 200) as n`;
  await sql`
    insert into job_run (job_id, job_identifier, state, trigger, started_by, message, is_full, queued_at, started_at, ended_at)
    select job_id, identifier, case when n % 50 = 0 then 'failed' when n % 333 = 0 then 'blocked' else 'succeeded' end::job_run_state,
      'schedule', 'the schedule', case when n % 50 = 0 then 'Microsoft Graph answered 503 five times.' else n % 97 || ' changes.' end,
      n % 100 = 0, at, at, at + make_interval(secs => n % 300)
    from generate_series(1, ${runs}::int) as n
      join (select job_id, identifier, row_number() over (order by job_id) - 1 as place from job where origin = 'configuration') as job
        on place = n % 200
      cross join lateral (select now() - (${runs}::int - n) * interval '1 minute' as at) as times
    order by n`;
  await sql`
    insert into task_run (job_run_id, place, identifier, definition, state, started_at, ended_at)
    select job_run_id, place, 'Task_' || place,
      jsonb_build_object('kind', 'synchronize', 'displayName', 'Task ' || place, 'level', place, 'connections', jsonb_build_array(${connection}::text)),
      state, started_at, ended_at
    from job_run cross join generate_series(0, 2) as place`;
  const [logged] = await sql<FilledJobs[]>`
    select job_run_id, task_run_id from task_run join job_run using (job_run_id)
    where job_run.state = 'blocked' order by job_run_id desc limit 1`;
  if (!logged) throw new Error('No run is blocked: fill in more of them.');
  await sql`
    insert into task_run_log (task_run_id, level, message)
    select ${logged.taskRunId}, case when n % 1000 = 0 then 'error' when n % 50 = 0 then 'warning' else 'information' end::log_level,
      'group: page ' || n || ' was stored'
    from generate_series(1, 100000) as n`;
  await fillBlocked(sql, connection);
  await sql`vacuum analyze job, job_run, task_run, task_run_log, blocked_change`;
  return logged;
}

async function fillBlocked(sql: Sql, connection: string): Promise<void> {
  const [run] = await sql<{ runId: number; connectionId: number }[]>`
    insert into run (connection_id, kind, state) select connection_id, 'synchronize', 'blocked' from connection
    where name = ${connection} returning run_id, connection_id`;
  if (!run) throw new Error(`There is no connection ${connection}.`);
  await sql`
    insert into connection_block (connection_id, run_id, reasons)
    values (${run.connectionId}, ${run.runId}, '["100,000 objects would be changed"]')`;
  await sql`
    with made as (
      insert into export_set (run_id, entity_type_id, kind, is_full, state, mapping)
      select ${run.runId}, entity_type_id, 'synchronize', false, 'blocked', '{}' from entity_type
      where connection_id = ${run.connectionId} and name = 'user' returning set_id, entity_type_id)
    insert into blocked_change (set_id, kind, entity_type_id, key, before, after)
    select set_id, case when n % 3 = 0 then 'delete' else 'update' end::change_kind, entity_type_id, 'key-' || n,
      jsonb_build_object('displayName', 'Person ' || n, 'mail', 'person' || n || '@contoso.com'),
      case when n % 3 <> 0 then jsonb_build_object('displayName', 'Persona ' || n) end
    from made cross join generate_series(1, 100000) as n`;
}
