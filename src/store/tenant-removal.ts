/**
 * Removing a connection with all that is stored of it. First it goes out of sight, in one transaction; what is left belongs to nobody
 * then, and is deleted portion by portion by whoever is alive. A row of `connection_removal` stands for it until nothing is left.
 */
import type { ISql, Sql, TransactionSql } from 'postgres';
import { lockConnection } from './connection-lock.ts';
import { recordDirectoryViews } from './directory-views.ts';
import { transact } from './transaction.ts';

/** What would go with a connection. */
export type RemovalImpact = Readonly<{
  objects: number;
  links: number;
  /** Runs, and their rows of the history. */
  runs: number;
  historyRows: number;
  /** Resources that people have tagged. */
  tags: number;
}>;

export type Removal = Readonly<{
  connection: string;
  requestedAt: Date;
  requestedBy: string;
  /** Whether it still waits for the end of a run, with everything in its place. */
  isWaiting: boolean;
  /** How much of it is done, from 0 to 1. */
  share: number;
}>;

export async function readRemovalImpact(sql: ISql, connection: string): Promise<RemovalImpact> {
  const [impact] = await sql<RemovalImpact[]>`
    with owned as (select connection_id from connection where lower(name) = lower(${connection})),
      owned_type as (select entity_type_id, resource_count from entity_type join owned using (connection_id))
    select (select coalesce(sum(resource_count), 0)::float8 from owned_type) as objects,
      (select coalesce(sum(link_count), 0)::float8 from association join owned_type using (entity_type_id)) as links,
      (select count(*)::float8 from run join owned using (connection_id)) as runs,
      (select count(*)::float8 from run_object_class join owned using (connection_id) where not is_link) as history_rows,
      (select count(*)::float8 from resource_tag join owned_type using (entity_type_id)) as tags`;
  if (!impact) throw new Error('A query of single values gave no row.');
  return impact;
}

/** Has everything of a connection removed. */
export async function requestRemoval(
  sql: TransactionSql,
  connection: string,
  requestedBy: string,
): Promise<void> {
  await sql`
    insert into connection_removal (connection, connection_id, requested_by)
    values (${connection}, (select connection_id from connection where lower(name) = lower(${connection})), ${requestedBy})`;
}

/** Whether a connection of this name is still to go out of sight: nobody can have the name until then. */
export async function isBeingRemoved(sql: ISql, connection: string): Promise<boolean> {
  const [found] = await sql`
    select from connection_removal where lower(connection) = lower(${connection}) and connection_id is not null limit 1`;
  return found !== undefined;
}

/** What is being removed, the oldest first. */
export async function readRemovals(sql: ISql): Promise<Removal[]> {
  return await sql<Removal[]>`
    select connection, requested_at, requested_by, connection_id is not null as is_waiting,
      case when total = 0 then 0 else least(1, done::float8 / total) end as share
    from connection_removal order by removal_id`;
}

/**
 * Does one more piece of removing. `waiting` where all that is to be removed is still worked on by runs, or by other processes;
 * `nothing` where nothing is to be removed.
 */
export async function removeSome(sql: Sql): Promise<'removed' | 'waiting' | 'nothing'> {
  if (await deletePortion(sql)) return 'removed';
  const waiting = await sql<{ removalId: number; connectionId: number }[]>`
    select removal_id, connection_id from connection_removal where connection_id is not null order by removal_id`;
  for (const { removalId, connectionId } of waiting) {
    // A run that is under way was asked to end, and lets go of the connection then.
    const lock = await lockConnection(sql, connectionId);
    if (!lock) continue;
    try {
      await transact(sql, (transaction) => putOutOfSight(transaction, removalId));
    } finally {
      await lock.release().catch(() => {});
    }
    return 'removed';
  }
  const [left] = await sql`select from connection_removal limit 1`;
  return left === undefined ? 'nothing' : 'waiting';
}

/** Deletes what a connection is known by, and all that is not much. */
async function putOutOfSight(sql: TransactionSql, removalId: number): Promise<void> {
  const [removal] = await sql<{ connection: string; connectionId: number; requestedAt: Date }[]>`
    select connection, connection_id, requested_at from connection_removal
    where removal_id = ${removalId} and connection_id is not null for update`;
  if (!removal) return;
  const { connection: name, connectionId, requestedAt } = removal;
  await sql`
    update connection_removal
    set entity_type_ids = coalesce(owned.entity_type_ids, '{}'), association_ids = coalesce(owned.association_ids, '{}'),
        last_change = owned.last_change, total = coalesce(owned.resources, 0) + owned.last_change
    from (
      select array_agg(entity_type_id) as entity_type_ids, sum(resource_count) as resources,
        (select array_agg(association_id) from association join entity_type using (entity_type_id)
         where connection_id = ${connectionId}) as association_ids,
        (select coalesce(max(change_number), 0) from change) as last_change
      from entity_type where connection_id = ${connectionId}) as owned
    where removal_id = ${removalId}`;
  await recordDirectoryViews(sql, { connectionId, name }, []);
  const types = sql`(select entity_type_id from entity_type where connection_id = ${connectionId})`;
  const sets = sql`(select set_id from export_set where entity_type_id in ${types})`;
  await sql`delete from connection_block where connection_id = ${connectionId}`;
  await sql`delete from blocked_change where set_id in ${sets}`;
  await sql`delete from set_page where set_id in ${sets}`;
  await sql`delete from export_set where entity_type_id in ${types}`;
  await sql`delete from exported_cookie where entity_type_id in ${types}`;
  await sql`delete from run_object_class where connection_id = ${connectionId}`;
  await sql`delete from run where connection_id = ${connectionId}`;
  await sql`delete from association where entity_type_id in ${types}`;
  await sql`delete from entity_type where connection_id = ${connectionId}`;
  await sql`delete from connection where connection_id = ${connectionId}`;
  await sql`delete from tenant_schema where lower(connection_name) = lower(${name})`;
  // Runs of the job that the connection had; another one of the name may have come since.
  await sql`
    delete from job_run
    where lower(job_identifier) = lower(${name}) and job_id is null and ended_at is not null and queued_at <= ${requestedAt}`;
  await sql`update connection_removal set connection_id = null where removal_id = ${removalId}`;
}

/** How many rows are deleted, or looked at, in one transaction. */
const portionRows = 20_000;

type Rest = Readonly<{
  removalId: number;
  entityTypeIds: readonly number[];
  associationIds: readonly number[];
  keyPosition: string;
  changePosition: number;
  lastChange: number;
}>;

/** Deletes a portion of what belongs to nobody. Says whether there was anything that nobody else is deleting. */
async function deletePortion(sql: Sql): Promise<boolean> {
  return await transact(sql, async (transaction) => {
    const [rest] = await transaction<Rest[]>`
      select removal_id, to_jsonb(entity_type_ids) as entity_type_ids, to_jsonb(association_ids) as association_ids,
        key_position, change_position::float8 as change_position, last_change::float8 as last_change
      from connection_removal where connection_id is null order by removal_id limit 1 for update skip locked`;
    if (!rest) return false;
    if (rest.associationIds.length > 0) await dropLinks(transaction, rest);
    else if (rest.changePosition < rest.lastChange) await deleteChanges(transaction, rest);
    else if (rest.entityTypeIds.length > 0) await deleteResources(transaction, rest);
    else await transaction`delete from connection_removal where removal_id = ${rest.removalId}`;
    return true;
  });
}

/** A partition at a time. Dropping one has to wait for who writes links of any connection, so it gives up soon and is tried again. */
async function dropLinks(sql: TransactionSql, { removalId, associationIds }: Rest): Promise<void> {
  const [associationId = 0] = associationIds;
  await sql`set local lock_timeout = '1s'`;
  await sql`drop table if exists ${sql(`resource_link_${associationId}`)}`;
  await sql`
    update connection_removal set association_ids = association_ids[2:] where removal_id = ${removalId}`;
}

async function deleteChanges(sql: TransactionSql, rest: Rest): Promise<void> {
  const { removalId, entityTypeIds, changePosition, lastChange } = rest;
  const until = Math.min(lastChange, changePosition + portionRows);
  await sql`
    delete from change
    where change_number > ${changePosition} and change_number <= ${until}
      and entity_type_id = any(${[...entityTypeIds]}::int[])`;
  await sql`
    update connection_removal set change_position = ${until}, done = done + ${until - changePosition}
    where removal_id = ${removalId}`;
}

async function deleteResources(sql: TransactionSql, rest: Rest): Promise<void> {
  const { removalId, entityTypeIds, keyPosition } = rest;
  const [entityTypeId = 0] = entityTypeIds;
  const [deleted] = await sql<{ count: number; lastKey: string | null }[]>`
    with portion as (
      select key from resource where entity_type_id = ${entityTypeId} and key > ${keyPosition} order by key limit ${portionRows}
    ), gone as (
      delete from resource using portion where entity_type_id = ${entityTypeId} and resource.key = portion.key
    )
    select count(*)::int as count, max(key) as last_key from portion`;
  if (deleted?.lastKey != null) {
    await sql`
      update connection_removal set key_position = ${deleted.lastKey}, done = done + ${deleted.count}
      where removal_id = ${removalId}`;
    return;
  }
  const filtered = await sql`
    delete from filtered_resource where ctid = any(array(
      select ctid from filtered_resource where entity_type_id = ${entityTypeId} limit ${portionRows}))`;
  if (filtered.count > 0) return;
  await sql`
    update connection_removal set entity_type_ids = entity_type_ids[2:], key_position = '' where removal_id = ${removalId}`;
}
