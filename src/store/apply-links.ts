/** The links of a staged set against the stored ones, and which of them count after what was removed and came back. */
import type { TransactionSql } from 'postgres';
import type { StoredAssociation } from './connections.ts';
import { linkedIn, type StagedSet, steerPlanner, unlinkedIn } from './staging.ts';

/** Live links that came and went. */
export type LinkCounts = Readonly<{ associationId: number; inserted: number; deleted: number }>;

/** What `applyLinks` did; links of a first load are all settled, and need no second look. */
export type AppliedLinks = LinkCounts & Readonly<{ isFirstLoad: boolean }>;

/** Brings the stored links of one association up to the set. The resources are up to it already. */
export async function applyLinks(
  sql: TransactionSql,
  set: StagedSet,
  connectionId: number,
  association: StoredAssociation,
): Promise<AppliedLinks> {
  const { associationId } = association;
  const [partition] = await sql<{ exists: boolean }[]>`
    select to_regclass(${partitionName(associationId)}) is not null as exists`;
  if (!partition?.exists) return await loadLinks(sql, set, connectionId, association);
  await (set.isFull ? compareAll(sql, set, association) : compareTold(sql, set, association));
  const links = sql`select distinct source_key, target_key from link_difference where is_linked`;
  const inserted = await sql`
    with fresh as (
      insert into resource_link (association_id, source_key, target_key, is_live)
      ${judgedLinks(sql, set, connectionId, associationId, links)}
      on conflict do nothing
      returning source_key, target_key, is_live
    )
    insert into change (set_id, kind, entity_type_id, association_id, key, target_key)
    select ${set.setId}, 'insert', ${set.entityTypeId}, ${associationId}, source_key, target_key from fresh where is_live`;
  const deleted = await sql`
    with gone as (
      delete from resource_link as link using link_difference as difference
      where link.association_id = ${associationId} and link.source_key = difference.source_key
        and link.target_key = difference.target_key and not difference.is_linked
      returning link.source_key, link.target_key, link.is_live
    )
    insert into change (set_id, kind, entity_type_id, association_id, key, target_key)
    select ${set.setId}, 'delete', ${set.entityTypeId}, ${associationId}, source_key, target_key from gone where is_live`;
  await sql`drop table link_difference`;
  return { associationId, inserted: inserted.count, deleted: deleted.count, isFirstLoad: false };
}

/** `link_difference (source_key, target_key, is_linked)` of a full set: what is new, and what it does not have. */
async function compareAll(
  sql: TransactionSql,
  set: StagedSet,
  { associationId, name }: StoredAssociation,
): Promise<void> {
  await steerPlanner(sql, undefined);
  await sql`create temporary table link_told on commit drop as ${linkedIn(sql, set, name)}`;
  await steerPlanner(sql, true);
  await sql`
    create temporary table link_difference on commit drop as
    select source_key, target_key, is_told is not null as is_linked
    from (select source_key, target_key, true as is_told from link_told) as told
      full join (select source_key, target_key, true as is_stored from resource_link where association_id = ${associationId}) as stored
        using (source_key, target_key)
    where is_told is null or is_stored is null`;
  await sql`drop table link_told`;
}

/** The same of an incremental set: what it links, what it unlinks, and all links of objects it removes. */
async function compareTold(
  sql: TransactionSql,
  set: StagedSet,
  { associationId, name }: StoredAssociation,
): Promise<void> {
  await steerPlanner(sql, undefined);
  await sql`
    create temporary table link_difference on commit drop as
    select source_key, target_key, true as is_linked from (${linkedIn(sql, set, name)}) as linked
    union all
    select source_key, target_key, false from (${unlinkedIn(sql, set, name)}) as unlinked`;
  await steerPlanner(sql, false);
  if (set.hasRemovals) {
    await sql`
      insert into link_difference (source_key, target_key, is_linked)
      select link.source_key, link.target_key, false
      from removal
        join resource_link as link on link.association_id = ${associationId} and link.source_key = removal.key
      where (link.source_key, link.target_key) not in (select source_key, target_key from link_difference where is_linked)`;
  }
}

/**
 * The first links of an association make its partition: there is nothing to compare with, and an index that is built over
 * rows that are there costs a third of one that grows with them.
 */
async function loadLinks(
  sql: TransactionSql,
  set: StagedSet,
  connectionId: number,
  { associationId, name }: StoredAssociation,
): Promise<AppliedLinks> {
  const partition = sql(partitionName(associationId));
  const told = sql`select distinct source_key, target_key from (${linkedIn(sql, set, name)}) as told`;
  await steerPlanner(sql, undefined);
  await sql`create table ${partition} (like resource_link)`;
  await sql`insert into ${partition} ${judgedLinks(sql, set, connectionId, associationId, told)}`;
  await sql`alter table ${partition} add primary key (source_key, target_key, association_id)`;
  await sql`create index on ${partition} (target_key)`;
  await sql`alter table resource_link attach partition ${partition} for values in (${sql.unsafe(String(associationId))})`;
  const inserted = await sql`
    insert into change (set_id, kind, entity_type_id, association_id, key, target_key)
    select ${set.setId}, 'insert', ${set.entityTypeId}, ${associationId}, source_key, target_key from ${partition} where is_live`;
  return { associationId, inserted: inserted.count, deleted: 0, isFirstLoad: true };
}

function partitionName(associationId: number): string {
  return `resource_link_${associationId}`;
}

/** Links as rows of `resource_link`: each is live when its source is stored and its target is not gone. */
function judgedLinks(
  sql: TransactionSql,
  set: StagedSet,
  connectionId: number,
  associationId: number,
  links: ReturnType<typeof linkedIn>,
) {
  return sql`
    select ${associationId}::integer, link.source_key, link.target_key, source.key is not null and gone.key is null
    from (${links}) as link
      left join resource as source on source.entity_type_id = ${set.entityTypeId} and source.key = link.source_key
      left join removed_resource as gone on gone.connection_id = ${connectionId} and gone.key = link.target_key`;
}

/**
 * Looks again at every link, of any type of the connection, whose target was toggled or whose source entered or left the
 * store. `written` are the associations of this set as they were just written.
 */
export async function settleLinks(
  sql: TransactionSql,
  set: StagedSet,
  connectionId: number,
  applied: readonly AppliedLinks[],
): Promise<LinkCounts[]> {
  await steerPlanner(sql, false);
  const known = await sql<{ associationId: number }[]>`
    select association_id from association join entity_type using (entity_type_id) where connection_id = ${connectionId}`;
  const all = known.map(({ associationId }) => associationId);
  const own = applied.filter(({ isFirstLoad }) => !isFirstLoad).map(({ associationId }) => associationId);
  const rows = await sql<{ associationId: number; isLive: boolean; count: number }[]>`
    with candidate as (
      select link.association_id, link.source_key, link.target_key, association.entity_type_id
      from toggled
        join resource_link as link on link.target_key = toggled.key and link.association_id = any(${all}::int[])
        join association using (association_id)
      union
      select link.association_id, link.source_key, link.target_key, association.entity_type_id
      from difference
        join resource_link as link on link.association_id = any(${own}::int[]) and link.source_key = difference.key
        join association using (association_id)
      where (before is null) <> (after is null)
    ),
    judged as (
      select candidate.*,
        exists (select from resource as source
                where source.entity_type_id = candidate.entity_type_id and source.key = candidate.source_key)
        and not exists (select from removed_resource as gone
                        where gone.connection_id = ${connectionId} and gone.key = candidate.target_key) as is_live
      from candidate
    ),
    settled as (
      update resource_link as link set is_live = judged.is_live from judged
      where link.association_id = judged.association_id and link.source_key = judged.source_key
        and link.target_key = judged.target_key and link.is_live <> judged.is_live
      returning link.association_id, judged.entity_type_id, link.source_key, link.target_key, link.is_live
    ),
    logged as (
      insert into change (set_id, kind, entity_type_id, association_id, key, target_key)
      select ${set.setId}, case when is_live then 'insert' else 'delete' end::change_kind, entity_type_id, association_id, source_key, target_key
      from settled
    )
    select association_id, is_live, count(*)::float8 as count from settled group by association_id, is_live`;
  return rows.map(({ associationId, isLive, count }) => ({
    associationId,
    inserted: isLive ? count : 0,
    deleted: isLive ? 0 : count,
  }));
}
