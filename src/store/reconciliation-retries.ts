/** Entries that failed: they are looked at again by every run until they succeed or are gone. */
import type { TransactionSql } from 'postgres';
import type { ReconciliationMode } from '../model/reconciliation.ts';

export type EndedRun = Readonly<{
  mappingId: number;
  reconciliationId: number;
  mode: ReconciliationMode;
  /** Those that a run of keys was asked for. */
  keys: readonly string[];
}>;

/**
 * Brings the list up to what a run came to: what failed is on it, with one more attempt, and what the run has looked at without that is
 * not on it any more. Entries that no link and no source leads to are looked at again by full runs only.
 */
export async function recordRetries(sql: TransactionSql, ended: EndedRun): Promise<void> {
  const { mappingId, reconciliationId, mode, keys } = ended;
  const isFailedNow = sql`exists (
    select from reconciliation_entry as entry
    where entry.reconciliation_id = ${reconciliationId} and entry.status = 'failed' and entry.qualifier = retry.qualifier
      and case retry.phase when 'source' then entry.source_key = retry.key
        else entry.source_key is null and entry.target_key = retry.key end)`;
  const isLookedAt = {
    full: sql`true`,
    incremental: sql`retry.phase = 'source'`,
    query: sql`retry.phase = 'source' and exists (
      select from reconciliation_entry as entry
      where entry.reconciliation_id = ${reconciliationId} and entry.source_key = retry.key and entry.qualifier = retry.qualifier)`,
    keys: sql`retry.phase = 'source' and retry.key = any(${[...keys]}::text[])`,
  } satisfies Record<ReconciliationMode, unknown>;
  const [any] = await sql`select from reconciliation_retry where mapping_id = ${mappingId} limit 1`;
  if (any) {
    await sql`
      delete from reconciliation_retry as retry where mapping_id = ${mappingId} and ${isLookedAt[mode]} and not ${isFailedNow}`;
  }
  await recordFailures(sql, ended);
}

/** Only adds what failed: of a run that did not come to its end. */
export async function recordFailures(
  sql: TransactionSql,
  { mappingId, reconciliationId }: EndedRun,
): Promise<void> {
  await sql`
    insert into reconciliation_retry as retry (mapping_id, qualifier, phase, key, message)
    select distinct on (entry.qualifier, place.phase, place.key)
      ${mappingId}::int, entry.qualifier, place.phase, place.key, coalesce(entry.message, '')
    from reconciliation_entry as entry
      cross join lateral (
        select case when source_key is null then 'target' else 'source' end::entry_phase as phase, coalesce(source_key, target_key) as key
      ) as place
    where reconciliation_id = ${reconciliationId} and status = 'failed' and place.key is not null
      and (situation is not null or source_print is not null or target_print is not null)
    order by entry.qualifier, place.phase, place.key, entry_number
    on conflict (mapping_id, qualifier, phase, key) do update
    set attempts = retry.attempts + 1, message = excluded.message, last_failed_at = now()`;
}
