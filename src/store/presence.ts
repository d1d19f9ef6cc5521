/**
 * Which objects are there. A source goes on naming an object that can be restored as a member, and does not say when it is
 * back; so whether a link counts is decided by what is known of the object it leads to. An object that does not meet the
 * filter is there, though it is not stored.
 */
import type { TransactionSql } from 'postgres';
import { meetsFilter, type StagedSet } from './staging.ts';

export type PresenceChanges = Readonly<{
  /** Objects of the set that do not meet the filter. */
  filtered: number;
  /** Whether any object has come or gone. */
  isAnyToggled: boolean;
}>;

/**
 * Notes which objects of the set do not meet the filter, and makes `toggled (key)`: objects that have come or gone, to and from
 * the store or the filter.
 */
export async function recordPresence(
  sql: TransactionSql,
  set: StagedSet,
  filter: string | undefined,
): Promise<PresenceChanges> {
  const { entityTypeId } = set;
  const toggled = await sql`
    create temporary table toggled on commit drop as
    select key from difference where (before is null) <> (after is null)`;
  const unmet =
    filter === undefined
      ? sql`select null::text as key where false`
      : set.isFull
        ? sql`select key from staged where not ${meetsFilter(sql, filter, sql`attributes`)}`
        : sql`select key from difference where is_filtered`;
  const filtered = await sql`create temporary table unmet on commit drop as ${unmet}`;
  const told = set.isFull
    ? sql``
    : sql`and (exists (select from staged where staged.key = known.key) or exists (select from removal where removal.key = known.key))`;
  const crossed = await sql`
    with gone as (
      delete from filtered_resource as known
      where entity_type_id = ${entityTypeId} and not exists (select from unmet where unmet.key = known.key) ${told}
      returning key
    ),
    fresh as (
      insert into filtered_resource (entity_type_id, key)
      select ${entityTypeId}::integer, key from unmet on conflict do nothing returning key
    )
    insert into toggled (key) select key from gone union all select key from fresh`;
  return { filtered: filtered.count, isAnyToggled: toggled.count + crossed.count > 0 };
}
