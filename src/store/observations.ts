/** What metrics and probes ask of the database: how many runs are in which state, what waits, and what was applied. */
import type { Sql } from 'postgres';
import type { RunState } from '../model/job.ts';
import { type AppliedMigration, planMigrations, readMigrations } from './migrations.ts';

export type Observations = Readonly<{
  /** Runs that the database still knows, by state. */
  jobRuns: readonly Readonly<{ state: RunState; count: number }>[];
  /** Classes of objects that running tasks wait for, because the source asked for it. */
  waits: number;
  /** Objects in the store. */
  resources: readonly Readonly<{ connection: string; entityType: string; count: number }>[];
}>;

/** How things stand at this moment. */
export async function readObservations(sql: Sql): Promise<Observations> {
  const jobRuns = await sql<{ state: RunState; count: number }[]>`
    select state, count(*)::float8 as count from job_run group by state`;
  const [waiting] = await sql<{ count: number }[]>`
    select count(*)::float8 as count
    from task_run cross join lateral jsonb_array_elements(
      case when jsonb_typeof(progress) = 'array' then progress else '[]' end) as class
    where state = 'running' and class ->> 'stage' = 'waiting'`;
  const resources = await sql<{ connection: string; entityType: string; count: number }[]>`
    select connection.name as connection, entity_type.name as entity_type, resource_count::float8 as count
    from entity_type join connection using (connection_id)`;
  return { jobRuns, waits: waiting?.count ?? 0, resources };
}

export type AppliedCounts = Readonly<{
  runId: number;
  connection: string;
  objectClass: string;
  inserted: number;
  updated: number;
  deleted: number;
}>;

/** What runs applied that ended in the last so many seconds. */
export async function readAppliedLately(sql: Sql, seconds: number): Promise<AppliedCounts[]> {
  return await sql<AppliedCounts[]>`
    select run_id, connection.name as connection, object_class, inserted::float8 as inserted, updated::float8 as updated,
      deleted::float8 as deleted
    from run join run_object_class using (run_id) join connection on connection.connection_id = run.connection_id
    where run.ended_at > now() - make_interval(secs => ${seconds}) and kind = 'synchronize'`;
}

/** Whether the database has exactly the migrations of this program. */
export async function isMigrated(sql: Sql): Promise<boolean> {
  const applied = await sql<AppliedMigration[]>`select number, name, checksum from migration order by number`;
  const plan = planMigrations(readMigrations(), applied);
  return plan.kind === 'pending' && plan.migrations.length === 0;
}
