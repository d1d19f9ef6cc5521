/** Connections as what they are made of: entity types with their cookies, jobs that work on them, what past runs changed, and what is held back. */
import type { Sql } from 'postgres';

export type ConnectorOverview = Readonly<{
  /** As it was asked for. */
  name: string;
  entityTypes: readonly Readonly<{
    name: string;
    resourceCount: number;
    linkCount: number;
    cookieAt: string | null;
    mapping: string | null;
    hasCookie: boolean;
    fullReason: string | null;
  }>[];
  jobs: readonly ConnectionJob[];
  /** The last runs that ended well, the newest first: what each changed, class by class. */
  runs: readonly (readonly ChangedClass[])[];
  block: Readonly<{ reasons: readonly string[]; blockedAt: string; runId: number }> | null;
  lastRun: Readonly<{
    state: string;
    message: string | null;
    startedAt: string;
    endedAt: string | null;
  }> | null;
}>;

export type ConnectionJob = Readonly<{
  identifier: string;
  displayName: string;
  isEnabled: boolean;
  isIncremental: boolean;
  nextRunAt: string | null;
}>;

/** `total` is what is stored after the run. */
export type ChangedClass = Readonly<{
  objectClass: string;
  total: number;
  inserted: number;
  updated: number;
  deleted: number;
}>;

/** How many past runs limits are held against. */
const measuredRuns = 30;

/** One for each name, in their order; empty where nothing of a connection is stored. */
export async function readConnectorOverviews(
  sql: Sql,
  names: readonly string[],
): Promise<ConnectorOverview[]> {
  return await sql<ConnectorOverview[]>`
    select wanted.name,
      (select coalesce(jsonb_agg(jsonb_build_object(
          'name', entity_type.name, 'resourceCount', resource_count, 'cookieAt', cookie_at, 'mapping', mapping,
          'hasCookie', cookie is not null, 'fullReason', full_reason,
          'linkCount', (select coalesce(sum(link_count), 0) from association
                        where association.entity_type_id = entity_type.entity_type_id))
          order by entity_type_id), '[]')
       from entity_type where entity_type.connection_id = connection.connection_id) as entity_types,
      (select coalesce(jsonb_agg(jsonb_build_object(
          'identifier', identifier, 'displayName', display_name, 'isEnabled', is_enabled,
          'isIncremental', is_incremental, 'nextRunAt', next_run_at) order by lower(identifier)), '[]')
       from job where exists (
         select from task where task.job_id = job.job_id
           and lower(wanted.name) in (select lower(named) from unnest(task.connections) as named))) as jobs,
      (select coalesce(jsonb_agg(classes order by run_id desc), '[]') from (
          select run_id, jsonb_agg(jsonb_build_object('objectClass', object_class, 'total', total, 'inserted', inserted,
              'updated', updated, 'deleted', deleted)) as classes
          from (select run_id from run
                where run.connection_id = connection.connection_id and kind = 'synchronize' and state = 'succeeded'
                order by run_id desc limit ${measuredRuns}) as last
          join run_object_class using (run_id)
          group by run_id) as run) as runs,
      (select jsonb_build_object('state', state, 'message', message, 'startedAt', started_at, 'endedAt', ended_at)
       from run where run.connection_id = connection.connection_id order by run_id desc limit 1) as last_run,
      (select jsonb_build_object('reasons', reasons, 'blockedAt', blocked_at, 'runId', run_id)
       from connection_block where connection_block.connection_id = connection.connection_id) as block
    from unnest(${names}::text[]) with ordinality as wanted (name, place)
    left join connection on lower(connection.name) = lower(wanted.name)
    order by place`;
}
