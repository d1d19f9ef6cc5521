/** Connections as a person sees them: how far each has come, how its last run ended, and whether a guard holds something back. */
import type { Sql } from 'postgres';
import { identitiesSource } from '../model/identity-schema.ts';
import type { RunKind } from './runs.ts';

export type ConnectionOverview = Readonly<{
  connectionId: number;
  name: string;
  /** Which system it is, such as a tenant id. */
  source: string;
  createdAt: Date;
  entityTypes: readonly Readonly<{
    name: string;
    resourceCount: number;
    /** When the source was last read up to; null before the first set was applied. */
    readAt: string | null;
  }>[];
  /** What a guard holds back until a person decides; null where nothing is. */
  block: Readonly<{ reasons: readonly string[]; blockedAt: string; runId: number }> | null;
  lastRun: Readonly<{
    runId: number;
    kind: RunKind;
    state: 'running' | 'succeeded' | 'failed' | 'blocked' | 'cancelled' | 'interrupted';
    message: string | null;
    startedAt: string;
    endedAt: string | null;
  }> | null;
}>;

/** All connections that were ever run, without the identities directory, or the one of a name. */
export async function readConnectionOverviews(sql: Sql, name?: string): Promise<ConnectionOverview[]> {
  return await sql<ConnectionOverview[]>`
    select connection.connection_id, connection.name, source, connection.created_at,
      (select coalesce(jsonb_agg(jsonb_build_object(
          'name', entity_type.name, 'resourceCount', resource_count, 'readAt', cookie_at)
          order by entity_type.name), '[]')
       from entity_type where entity_type.connection_id = connection.connection_id) as entity_types,
      (select jsonb_build_object('runId', run_id, 'kind', kind, 'state', state, 'message', message,
          'startedAt', started_at, 'endedAt', ended_at)
       from run where run.connection_id = connection.connection_id order by run_id desc limit 1) as last_run,
      (select jsonb_build_object('reasons', reasons, 'blockedAt', blocked_at, 'runId', run_id)
       from connection_block where connection_block.connection_id = connection.connection_id) as block
    from connection
    where ${name === undefined ? sql`source <> ${identitiesSource}` : sql`connection.name = ${name}`}
    order by connection.name`;
}
