/**
 * Which objects are gone. A source goes on naming an object that can be restored as a member without saying that it is gone,
 * and names it again without saying that it is back; so what is gone is noted beside the links, and decides which count.
 */
import type { TransactionSql } from 'postgres';
import { meetsFilter, type StagedSet } from './staging.ts';

/**
 * Makes `toggled (key, is_removed)`: objects that were not known to be gone and are, and the other way round. Says whether there
 * are any. Leaving the store because of a filter is not being gone.
 */
export async function findRemovals(
  sql: TransactionSql,
  set: StagedSet,
  connectionId: number,
): Promise<boolean> {
  const missing = set.isFull
    ? sql`
      union select key from difference where after is null and not is_filtered
      union select key from filtered_resource as filtered where entity_type_id = ${set.entityTypeId}
        and not exists (select from staged where staged.key = filtered.key)`
    : sql``;
  const toggled = await sql`
    create temporary table toggled on commit drop as
    select key, true as is_removed
    from (select key from removal where not exists (select from staged where staged.key = removal.key) ${missing}) as gone
    where not exists (
      select from removed_resource as known where known.connection_id = ${connectionId} and known.key = gone.key)
    union all
    select staged.key, false
    from staged join removed_resource as known on known.connection_id = ${connectionId} and known.key = staged.key`;
  return toggled.count > 0;
}

/** Notes what `findRemovals` found. */
export async function recordRemovals(sql: TransactionSql, connectionId: number): Promise<void> {
  await sql`
    insert into removed_resource (connection_id, key)
    select ${connectionId}, key from toggled where is_removed on conflict do nothing`;
  await sql`
    delete from removed_resource using toggled
    where connection_id = ${connectionId} and removed_resource.key = toggled.key and not is_removed`;
}

/** Notes which objects of the set do not meet the filter, after `findRemovals` has looked at those of before; gives how many. */
export async function recordFiltered(
  sql: TransactionSql,
  set: StagedSet,
  filter: string | undefined,
): Promise<number> {
  const { entityTypeId } = set;
  const told = set.isFull
    ? sql``
    : sql`and (exists (select from staged where staged.key = filtered.key) or exists (select from removal where removal.key = filtered.key))`;
  await sql`delete from filtered_resource as filtered where entity_type_id = ${entityTypeId} ${told}`;
  if (filter === undefined) return 0;
  const unmet = set.isFull
    ? sql`select key from staged where not ${meetsFilter(sql, filter, sql`attributes`)}`
    : sql`select key from difference where is_filtered`;
  const noted = await sql`
    insert into filtered_resource (entity_type_id, key) select ${entityTypeId}::integer, key from (${unmet}) as unmet`;
  return noted.count;
}
