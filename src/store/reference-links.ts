/**
 * References: links of source resources as links of the target objects that they are paired with, each end as the account links of a
 * mapping pair it. Everything is found and written in the database, whatever the number of members.
 */
import type { TransactionSql } from 'postgres';
import { changeIdentityLinks, findIdentityAssociation } from './identity-links.ts';
import { linkColumns, type PairingPlan, resourceByKey } from './pairing-plan.ts';
import type { ReferencePath } from './reconciliation-pairing.ts';
import { steerPlanner } from './staging.ts';

/** A part of the pairs that a run found as they should be, or brought there. */
export type ReferencePortion =
  | Readonly<{ kind: 'unchanged'; firstChunk: number; lastChunk: number }>
  | Readonly<{ kind: 'entries'; first: number; last: number }>;

export type ReferencePortions = Readonly<{ chunks: number; lastEntry: number }>;

/** How far the two kinds of portions go. */
export async function readReferencePortions(
  sql: TransactionSql,
  reconciliationId: number,
): Promise<ReferencePortions> {
  const [row] = await sql<ReferencePortions[]>`
    select (select coalesce(max(chunk_number) + 1, 0) from reconciliation_unchanged where reconciliation_id = ${reconciliationId})::int as chunks,
      (select coalesce(max(entry_number), 0) from reconciliation_entry where reconciliation_id = ${reconciliationId})::float8 as last_entry`;
  if (!row) throw new Error('An aggregate gave no row.');
  return row;
}

/** Makes `reference_scope (near_key, far_key)` of the pairs of a portion. */
export async function collectReferenceScope(
  sql: TransactionSql,
  plan: PairingPlan,
  portion: ReferencePortion,
): Promise<void> {
  const { near, far } = linkColumns(sql, plan);
  await steerPlanner(sql, false);
  const pairs =
    portion.kind === 'unchanged'
      ? sql`
        select account_link.${near} as near_key, account_link.${far} as far_key
        from reconciliation_unchanged cross join lateral unnest(link_numbers) as one (link_number)
          join account_link using (link_number)
        where reconciliation_unchanged.reconciliation_id = ${plan.reconciliationId} and chunk_number between ${portion.firstChunk} and ${portion.lastChunk}`
      : sql`
        select account_link.${near}, account_link.${far}
        from reconciliation_entry as entry
          join account_link on mapping_id = ${plan.ownerId} and account_link.qualifier = entry.qualifier and account_link.${near} = entry.source_key
        where entry.reconciliation_id = ${plan.reconciliationId} and entry_number between ${portion.first} and ${portion.last}
          and status = 'proposed' and action in ('CREATE', 'UPDATE')`;
  await sql`drop table if exists pg_temp.reference_scope`;
  await sql`create temporary table reference_scope (near_key text collate "C", far_key text collate "C") on commit drop`;
  await sql`insert into reference_scope select * from (${pairs}) as pair`;
  await sql`analyze reference_scope`;
}

export type ReferenceCounts = Readonly<{ added: number; removed: number }>;

/** Makes `reference_difference`: what the links of one kind lack, and what they have too much, in the scope. */
export async function findReferenceDifference(
  sql: TransactionSql,
  reference: ReferencePath & Readonly<{ targetAssociationId: number }>,
): Promise<ReferenceCounts> {
  const { near, far } = linkColumns(sql, reference);
  await sql`drop table if exists pg_temp.reference_difference`;
  await sql`
    create temporary table reference_difference on commit drop as
    with wanted as (
      select distinct scope.far_key as source_key, paired.${far} as target_key
      from reference_scope as scope
        join resource_link as link on link.association_id = ${reference.associationId} and link.source_key = scope.near_key
          and link.is_live and link.target_type_id = ${reference.nearTypeId}
        join account_link as paired on paired.mapping_id = ${reference.ownerId} and paired.${near} = link.target_key
        cross join ${resourceByKey(sql, reference.farTypeId, sql`paired.${far}`)} as target_end
    ),
    present as (
      select link.source_key, link.target_key
      from reference_scope as scope
        join resource_link as link on link.association_id = ${reference.targetAssociationId} and link.source_key = scope.far_key
          and link.target_type_id = ${reference.farTypeId}
    )
    select source_key, target_key, true as is_added from (select * from wanted except select * from present) as lacking
    union all
    select source_key, target_key, false from (select * from present except select * from wanted) as superfluous`;
  const [counts] = await sql<ReferenceCounts[]>`
    select count(*) filter (where is_added)::float8 as added, count(*) filter (where not is_added)::float8 as removed
    from reference_difference`;
  if (!counts) throw new Error('An aggregate gave no row.');
  return counts;
}

/** Whether links of this kind can be written; those of the identities directory can. */
export async function canWriteReference(
  sql: TransactionSql,
  entityType: string,
  link: string,
  associationId: number,
): Promise<boolean> {
  const association = await findIdentityAssociation(sql, entityType, link);
  return association?.associationId === associationId;
}

/** Brings the links up to what was found. Orders in the same transaction come before. */
export async function writeReferenceDifference(
  sql: TransactionSql,
  workId: number,
  association: Readonly<{ associationId: number; entityTypeId: number }>,
  targetTypeId: number,
): Promise<ReferenceCounts> {
  const { inserted, deleted } = await changeIdentityLinks(sql, {
    runId: workId,
    association,
    added: sql`select source_key, target_key, ${targetTypeId}::int as target_type_id from reference_difference where is_added`,
    removed: sql`select source_key, target_key from reference_difference where not is_added`,
  });
  return { added: inserted, removed: deleted };
}
