/** The links of a staged set against the stored ones, and which of them count after what has come and gone. */
import type { TransactionSql } from 'postgres';
import type { StoredAssociation } from './connections.ts';
import { linkedIn, type StagedSet, steerPlanner, unlinkedIn } from './staging.ts';

/** Live links that came and went. */
export type LinkCounts = Readonly<{ associationId: number; inserted: number; deleted: number }>;

/** What `applyLinks` did, and which of the association's links have to be looked at again. */
export type AppliedLinks = LinkCounts & Readonly<{ toSettle: 'none' | 'toggled' | 'all' }>;

/** Brings the stored links of one association up to the set. The resources are up to it already. */
export async function applyLinks(
  sql: TransactionSql,
  set: StagedSet,
  association: StoredAssociation,
): Promise<AppliedLinks> {
  const { associationId } = association;
  const [partition] = await sql<{ exists: boolean }[]>`
    select to_regclass(${partitionName(associationId)}) is not null as exists`;
  if (!partition?.exists) return await loadLinks(sql, set, association);
  await (set.isFull ? compareAll(sql, set, association) : compareTold(sql, set, association));
  const retyped = await sql`
    update resource_link as link set target_type_id = difference.target_type_id from link_difference as difference
    where link.association_id = ${associationId} and link.source_key = difference.source_key
      and link.target_key = difference.target_key and difference.is_linked
      and link.target_type_id is distinct from difference.target_type_id`;
  const links = sql`select source_key, target_key, target_type_id from link_difference where is_linked`;
  const inserted = await sql`
    with fresh as (
      insert into resource_link (association_id, source_key, target_key, target_type_id, is_live)
      ${judgedLinks(sql, set, associationId, links)}
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
  return {
    associationId,
    inserted: inserted.count,
    deleted: deleted.count,
    toSettle: retyped.count > 0 ? 'all' : 'toggled',
  };
}

/**
 * `link_difference (source_key, target_key, target_type_id, is_linked)` of a full set: what is new or leads to another type than
 * it was known to, and what the set does not have.
 */
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
    select source_key, target_key, told.target_type_id, is_told is not null as is_linked
    from (select *, true as is_told from link_told) as told
      full join (select source_key, target_key, target_type_id, true as is_stored
                 from resource_link where association_id = ${associationId}) as stored using (source_key, target_key)
    where is_told is null or is_stored is null or told.target_type_id is distinct from stored.target_type_id`;
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
    select source_key, target_key, target_type_id, true as is_linked from (${linkedIn(sql, set, name)}) as linked
    union all
    select source_key, target_key, null, false from (${unlinkedIn(sql, set, name)}) as unlinked`;
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
  { associationId, name }: StoredAssociation,
): Promise<AppliedLinks> {
  const partition = sql(partitionName(associationId));
  await steerPlanner(sql, true);
  await sql`create table ${partition} (like resource_link)`;
  await sql`insert into ${partition} ${judgedLinks(sql, set, associationId, linkedIn(sql, set, name))}`;
  await sql`alter table ${partition} add primary key (source_key, target_key, association_id)`;
  await sql`create index on ${partition} (target_key)`;
  await sql`alter table resource_link attach partition ${partition} for values in (${sql.unsafe(String(associationId))})`;
  const inserted = await sql`
    insert into change (set_id, kind, entity_type_id, association_id, key, target_key)
    select ${set.setId}, 'insert', ${set.entityTypeId}, ${associationId}, source_key, target_key from ${partition} where is_live`;
  return { associationId, inserted: inserted.count, deleted: 0, toSettle: 'none' };
}

function partitionName(associationId: number): string {
  return `resource_link_${associationId}`;
}

/**
 * Links as rows of `resource_link`. A link is live when its source is stored and its target is there: stored, or filtered out.
 * Of a type that was never synchronized nobody knows; its first set decides. Of a type that is not exported nobody ever knows.
 */
function judgedLinks(
  sql: TransactionSql,
  set: StagedSet,
  associationId: number,
  links: ReturnType<typeof linkedIn>,
) {
  return sql`
    select ${associationId}::integer, link.source_key, link.target_key, link.target_type_id,
      source.key is not null
      and (link.target_type_id is null or target.key is not null or filtered.key is not null or unknown.entity_type_id is not null)
    from (${links}) as link
      left join resource as source on source.entity_type_id = ${set.entityTypeId} and source.key = link.source_key
      left join resource as target on target.entity_type_id = link.target_type_id and target.key = link.target_key
      left join filtered_resource as filtered
        on filtered.entity_type_id = link.target_type_id and filtered.key = link.target_key
      left join entity_type as unknown on unknown.entity_type_id = link.target_type_id
        and unknown.cookie is null and unknown.entity_type_id <> ${set.entityTypeId}`;
}

/** What `settleLinks` has to know besides the staged set. */
export type Settling = Readonly<{
  /** All associations of the connection. */
  associationIds: readonly number[];
  applied: readonly AppliedLinks[];
  /** The objects of this type were not known before: links to them were taken for live until now. */
  isFirstSet: boolean;
}>;

/**
 * Looks again at every link, of any type of the connection, whose target or source has come or gone. `toggled` of a first set is
 * everything there is; then only links that lead nowhere are of interest.
 */
export async function settleLinks(
  sql: TransactionSql,
  set: StagedSet,
  { associationIds, applied, isFirstSet }: Settling,
): Promise<LinkCounts[]> {
  const own = (toSettle: AppliedLinks['toSettle']) =>
    applied.filter((links) => links.toSettle === toSettle).map(({ associationId }) => associationId);
  const columns = sql`link.association_id, link.source_key, link.target_key, link.target_type_id`;
  await steerPlanner(sql, isFirstSet);
  await sql`
    create temporary table candidate on commit drop as
    ${
      isFirstSet
        ? sql`
          select ${columns}
          from resource_link as link
            left join resource as target on target.entity_type_id = ${set.entityTypeId} and target.key = link.target_key
          where link.association_id = any(${associationIds}::int[]) and link.association_id <> all(${own('none')}::int[])
            and link.target_type_id = ${set.entityTypeId} and link.is_live and target.key is null`
        : sql`
          select ${columns}
          from toggled
            join resource_link as link on link.target_key = toggled.key
              and link.association_id = any(${associationIds}::int[]) and link.target_type_id = ${set.entityTypeId}
          union
          select ${columns}
          from difference
            join association on association.entity_type_id = ${set.entityTypeId}
              and association_id <> all(${own('none')}::int[])
            join resource_link as link using (association_id)
          where link.source_key = difference.key and (before is null) <> (after is null)
          union
          select ${columns} from resource_link as link where link.association_id = any(${own('all')}::int[])`
    }`;
  await steerPlanner(sql, false);
  const rows = await sql<{ associationId: number; isLive: boolean; count: number }[]>`
    with judged as (
      select candidate.*, association.entity_type_id,
        exists (select from resource as source
                where source.entity_type_id = association.entity_type_id and source.key = candidate.source_key)
        and (target_type_id is null
             or exists (select from resource as target
                        where target.entity_type_id = target_type_id and target.key = candidate.target_key)
             or exists (select from filtered_resource as filtered
                        where filtered.entity_type_id = target_type_id and filtered.key = candidate.target_key)
             or exists (select from entity_type as unknown
                        where unknown.entity_type_id = target_type_id and unknown.cookie is null
                          and unknown.entity_type_id <> ${set.entityTypeId})) as is_live
      from candidate join association using (association_id)
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
