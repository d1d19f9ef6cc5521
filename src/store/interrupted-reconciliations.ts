/** Runs of mappings that nobody has ended, and nobody is about to go on with. */
import type { Sql } from 'postgres';
import { lockMapping } from './connection-lock.ts';

/**
 * Marks runs as interrupted whose process is gone and that nobody is about to go on with: nobody holds the mapping, and no run of a job
 * that is under way has the task. Gives how many.
 */
export async function markInterrupted(sql: Sql): Promise<number> {
  const left = await sql<{ reconciliationId: number; mappingId: number | null }[]>`
    select reconciliation_id, mapping_id from reconciliation left join task_run using (task_run_id)
      left join job_run using (job_run_id)
    where reconciliation.state = 'running' and coalesce(job_run.state, 'failed') not in ('queued', 'running')
    order by reconciliation_id`;
  let marked = 0;
  for (const { reconciliationId, mappingId } of left) {
    const lock = mappingId === null ? undefined : await lockMapping(sql, mappingId);
    if (mappingId !== null && !lock) continue;
    try {
      const ended = await sql`
        update reconciliation set state = 'interrupted', ended_at = now(), message = 'Ended without a word: the process or its database was stopped.'
        where reconciliation_id = ${reconciliationId} and state = 'running'`;
      marked += ended.count;
    } finally {
      await lock?.release().catch(() => {});
    }
  }
  return marked;
}
