/** What becomes of old runs of mappings: their entries go, so that a mapping that runs every minute does not fill the database. */
import type { Sql } from 'postgres';

/**
 * Of how many runs of a mapping the entries are kept: of full runs, of all others in earnest, and of simulations. Runs that found nothing
 * are not counted: there may be one every few seconds.
 */
const keptRuns = { full: 10, other: 10, simulated: 3 };
/** Rows in a transaction, so that nobody waits for it. */
const portionRows = 5000;
/** Runs that found nothing are forgotten whole after so many days. */
const emptyRunDays = 1;

/** Removes a portion of what is not kept. Gives whether there was any. */
export async function removeOldEntries(sql: Sql): Promise<'removed' | 'nothing'> {
  const [old] = await sql<{ reconciliationId: number }[]>`
    select reconciliation_id from (
      select reconciliation_id, state, kind,
        row_number() over (partition by mapping_id, mapping_name, kind order by reconciliation_id desc) as place
      from (
        select *, case when is_dry_run then 'simulated' when mode = 'full' then 'full' else 'other' end as kind
        from reconciliation where entries_removed_at is null) as kept
      where ${foundSomething(sql)}) as ranked
    where state not in ('running', 'blocked')
      and place > case kind when 'full' then ${keptRuns.full}::int when 'other' then ${keptRuns.other}::int else ${keptRuns.simulated}::int end
    order by reconciliation_id limit 1`;
  if (old) {
    await removeEntries(sql, old.reconciliationId);
    return 'removed';
  }
  const empty = await sql`
    delete from reconciliation where reconciliation_id in (
      select reconciliation_id from reconciliation
      where state = 'succeeded' and ended_at < now() - make_interval(days => ${emptyRunDays}) and mode <> 'full'
        and not ${foundSomething(sql)}
      order by reconciliation_id limit ${portionRows})`;
  return empty.count > 0 ? 'removed' : 'nothing';
}

async function removeEntries(sql: Sql, reconciliationId: number): Promise<void> {
  const entries = await sql`
    delete from reconciliation_entry where reconciliation_id = ${reconciliationId} and entry_number in (
      select entry_number from reconciliation_entry where reconciliation_id = ${reconciliationId}
      order by entry_number limit ${portionRows})`;
  if (entries.count === portionRows) return;
  await sql`delete from reconciliation_unchanged where reconciliation_id = ${reconciliationId}`;
  await sql`update reconciliation set entries_removed_at = now() where reconciliation_id = ${reconciliationId}`;
}

function foundSomething(sql: Sql) {
  return sql`(state <> 'succeeded' or coalesce((counts->'source'->>'processed')::float8, 0) > 0
    or coalesce((counts->'target'->>'processed')::float8, 0) > 0)`;
}
