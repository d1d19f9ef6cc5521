/** What a run of a mapping looks at, as statements need it: both sides, the links between them, and how they are narrowed. */
import type { ISql, TransactionSql } from 'postgres';
import { keyNames } from '../mapping/mapped-resource.ts';
import { attributesOfQueryFilter, type QueryFilter } from '../mapping/query-filter.ts';
import { queryFilterCondition } from './query-filter-sql.ts';
import type { Fragment } from './sql-text.ts';

export type PairingPlan = Readonly<{
  reconciliationId: number;
  mappingId: number;
  /** The mapping whose account links are used, and whether it leads the other way round. */
  ownerId: number;
  isSwapped: boolean;
  /** Without links, nothing is linked. */
  isLinking: boolean;
  /** Never empty. */
  qualifiers: readonly string[];
  sourceTypeId: number;
  targetTypeId: number;
  /** Of fingerprints: a 64-bit number as text. */
  seed: string;
  revision: number;
  /** Whether pairs that were found as they should be are passed over as long as neither side changes. */
  isSettling: boolean;
  filterSource: QueryFilter | null;
  filterTarget: QueryFilter | null;
  runsTargetPhase: boolean;
  /** Whether the target phase looks at pairs whose source `filterSource` leaves out. */
  updatesOutsideFilter: boolean;
  isSourceKeyCaseSensitive: boolean;
  isTargetKeyCaseSensitive: boolean;
}>;

/** The fingerprint of attributes: `attributes` is SQL of type jsonb; null stays null. */
export function printOf(sql: ISql, { seed }: Pick<PairingPlan, 'seed'>, attributes: Fragment): Fragment {
  return sql`jsonb_hash_extended(${attributes}, ${seed}::text::bigint)`;
}

/**
 * The resource with a key, as a lateral query of (key, attributes) in a join. By itself, so that it is looked up by its key: of a type that
 * the planner takes for empty, it would rather look at all resources than at one.
 */
export function resourceByKey(sql: ISql, entityTypeId: number, key: Fragment): Fragment {
  return sql`lateral (select key, attributes from resource where entity_type_id = ${entityTypeId} and key = ${key} limit 1)`;
}

/** Whether a resource meets a filter; the key can be asked for where there is no attribute of that name. */
export function meetsQuery(
  sql: ISql,
  filter: QueryFilter | null,
  { key, attributes }: Readonly<{ key: Fragment; attributes: Fragment }>,
): Fragment {
  if (filter === null) return sql`true`;
  const isKeyAsked = attributesOfQueryFilter(filter).some((name) => keyNames.includes(name));
  const object = isKeyAsked
    ? sql`(jsonb_build_object('id', ${key}, '_id', ${key}) || ${attributes})`
    : attributes;
  return queryFilterCondition(sql, filter, object);
}

/** The number of an entity type as a word of the statement, so that indexes on one type are used. */
export function typeNumber(sql: ISql, entityTypeId: number): Fragment {
  return sql`${sql.unsafe(String(Math.trunc(entityTypeId)))}` as unknown as Fragment;
}

/** Columns of `account_link` that hold the key on the side of the mapping's source, and of its target. */
export function linkColumns(sql: ISql, { isSwapped }: Pick<PairingPlan, 'isSwapped'>) {
  return isSwapped
    ? { near: sql`target_key`, far: sql`source_key` }
    : { near: sql`source_key`, far: sql`target_key` };
}

/**
 * Account links with the spelling that their keys have on either side now, as a query of (link_number, qualifier, near_key, far_key,
 * settled_source, settled_target, settled_revision). Call `spellLinks` first.
 */
export function linksOf(sql: ISql, plan: PairingPlan): Fragment {
  if (isSpelled(plan)) return sql`(select * from spelled_link)`;
  const { near, far } = linkColumns(sql, plan);
  return sql`(
    select link_number, qualifier, ${near} as near_key, ${far} as far_key, settled_source, settled_target, settled_revision
    from account_link where mapping_id = ${plan.ownerId} and ${plan.isLinking})`;
}

function isSpelled({ isLinking, isSourceKeyCaseSensitive, isTargetKeyCaseSensitive }: PairingPlan): boolean {
  return isLinking && !(isSourceKeyCaseSensitive && isTargetKeyCaseSensitive);
}

/**
 * Where keys are compared whatever their case: `spelled_link`, the links with the spelling that is stored on each side, as far as there
 * is one. The case of letters beyond ASCII counts: keys are made by programs. Looks at all links of the mapping.
 */
export async function spellLinks(sql: TransactionSql, plan: PairingPlan): Promise<void> {
  if (!isSpelled(plan)) return;
  const { near, far } = linkColumns(sql, plan);
  const join = (name: Fragment, entityTypeId: number, key: Fragment, isSensitive: boolean) =>
    isSensitive
      ? sql``
      : sql`left join resource as ${name} on ${name}.entity_type_id = ${entityTypeId} and lower(${name}.key) = lower(${key})`;
  const spelled = (name: Fragment, key: Fragment, isSensitive: boolean) =>
    isSensitive ? key : sql`coalesce(${name}.key, ${key})`;
  const { sourceTypeId, targetTypeId, isSourceKeyCaseSensitive, isTargetKeyCaseSensitive } = plan;
  const nearKey = spelled(sql`source`, near, isSourceKeyCaseSensitive);
  const farKey = spelled(sql`target`, far, isTargetKeyCaseSensitive);
  await sql`
    create temporary table spelled_link on commit drop as
    select distinct on (link_number) link_number, qualifier, ${nearKey} as near_key, ${farKey} as far_key,
      settled_source, settled_target, settled_revision
    from account_link
      ${join(sql`source`, sourceTypeId, near, isSourceKeyCaseSensitive)}
      ${join(sql`target`, targetTypeId, far, isTargetKeyCaseSensitive)}
    where mapping_id = ${plan.ownerId}
    order by link_number, ${nearKey} = ${near} desc, ${farKey} = ${far} desc`;
  await sql`create index on spelled_link (near_key)`;
  await sql`create index on spelled_link (far_key)`;
  await sql`analyze spelled_link`;
}
