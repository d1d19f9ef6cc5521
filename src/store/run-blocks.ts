/** What of a blocked run of a job waits for a person now: the lists of the connections that it stands at. */
import type { ISql } from 'postgres';
import type { Block } from './blocks.ts';
import type { JobRun } from './job-runs.ts';

export type StoredBlock = Pick<Block, 'runId' | 'reasons' | 'blockedAt'> &
  Readonly<{
    connection: string;
    /** Objects and links that applying the list would delete, and all that it would change. */
    deletions: number;
    changes: number;
  }>;

/** The blocks at which a run stands, as far as nobody has decided about them. */
export async function readBlocksOfRun(
  sql: ISql,
  { jobRunId, state }: Pick<JobRun, 'jobRunId' | 'state'>,
): Promise<StoredBlock[]> {
  if (state !== 'blocked') return [];
  return await sql<StoredBlock[]>`
    select connection.name as connection, connection_block.run_id, reasons, blocked_at, deletions, changes
    from connection_block join connection using (connection_id)
      cross join lateral (
        select count(*)::float8 as changes, (count(*) filter (where kind = 'delete'))::float8 as deletions
        from blocked_change join entity_type using (entity_type_id)
        where entity_type.connection_id = connection.connection_id) as counted
    where lower(connection.name) in (
      select lower(jsonb_array_elements_text(definition->'connections')) from task_run
      where job_run_id = ${jobRunId} and state = 'blocked')
    order by connection.name`;
}
