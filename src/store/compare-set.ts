/** A complete full set against the store, without changing anything. */
import type { ISql, Sql, TransactionSql } from 'postgres';
import { findDifference } from './apply-objects.ts';
import type { StoredAssociation, StoredEntityType } from './connections.ts';
import { lostSet, type UnfinishedSet } from './sets.ts';
import { linkedIn, meetsFilter, type StagedSet, stageObjects, stageSet, steerPlanner } from './staging.ts';
import { transact } from './transaction.ts';

export type StoreDifference = Readonly<{
  /** `user`, or `group.members` for a link. */
  objectClass: string;
  /** In the source and not in the store, in both with other values, in the store and not in the source. */
  kind: 'missing' | 'changed' | 'superfluous';
  key: string;
  /** Of a link. */
  targetKey?: string;
  /** Of a changed object: the attributes that differ. */
  attributes?: readonly string[];
}>;

export type ObjectClassComparison = Readonly<{
  objectClass: string;
  /** Objects or links in the source. */
  compared: number;
  missing: number;
  changed: number;
  superfluous: number;
}>;

export type Comparison = Readonly<{
  classes: readonly ObjectClassComparison[];
  /** The first of each class. */
  differences: readonly StoreDifference[];
}>;

/** How many differences of one class are listed; all are counted. */
const listedDifferences = 1000;

/** Compares a complete full set with what is stored of its entity type. Throws a `Fault` when another run has taken it over. */
export async function compareSet(
  sql: Sql,
  set: UnfinishedSet,
  entityType: StoredEntityType,
  filter: string | undefined,
): Promise<Comparison> {
  return await transact(
    sql,
    async (transaction) => {
      const staged = await stageSet(transaction, set.setId, set.runId, []);
      if (!staged) throw lostSet();
      await steerPlanner(transaction, undefined);
      await stageObjects(transaction, staged);
      await steerPlanner(transaction, true);
      await findDifference(transaction, staged, filter);
      const parts = [await compareObjects(transaction, entityType, filter)];
      for (const association of entityType.associations) {
        parts.push(await compareLinks(transaction, staged, entityType, association, filter));
      }
      return {
        classes: parts.map(({ counts }) => counts),
        differences: parts.flatMap(({ differences }) => differences),
      };
    },
    'isolation level repeatable read',
  );
}

/** Which of these keys an incremental set says something of, as an object or as a link's target. */
export async function findToldKeys(sql: ISql, setId: number, keys: readonly string[]): Promise<string[]> {
  const rows = await sql<{ key: string }[]>`
    with told as (
      select item->>'k' as key, item from set_page cross join lateral jsonb_array_elements(items) as item where set_id = ${setId}
    )
    select key from told where key = any(${keys}::text[])
    union
    select target.key
    from told
      cross join lateral (select jsonb_path_query(item, '$.l.*.*[*]') union all select jsonb_path_query(item, '$.u.*[*]'))
        as element (value)
      cross join lateral (select value #>> '{}' as key) as target
    where target.key = any(${keys}::text[])`;
  return rows.map(({ key }) => key);
}

type Part = Readonly<{ counts: ObjectClassComparison; differences: StoreDifference[] }>;
type Kinds = Pick<ObjectClassComparison, 'missing' | 'changed' | 'superfluous'>;

async function compareObjects(
  sql: TransactionSql,
  { name: objectClass }: StoredEntityType,
  filter: string | undefined,
): Promise<Part> {
  const [all] = await sql<{ compared: number }[]>`
    select count(*)::float8 as compared from staged where ${meetsFilter(sql, filter, sql`attributes`)}`;
  const [kinds] = await sql<Kinds[]>`
    select count(*) filter (where before is null)::float8 as missing,
      count(*) filter (where before is not null and after is not null)::float8 as changed,
      count(*) filter (where after is null)::float8 as superfluous
    from difference`;
  const rows = await sql<{ key: string; kind: StoreDifference['kind']; attributes: string[] | null }[]>`
    select key,
      case when before is null then 'missing' when after is null then 'superfluous' else 'changed' end as kind,
      (select jsonb_agg(name order by name) from jsonb_object_keys(before || after) as attribute (name)
       where before->name is distinct from after->name) as attributes
    from difference order by key limit ${listedDifferences}`;
  return {
    counts: { objectClass, ...one(all), ...one(kinds) },
    differences: rows.map(({ key, kind, attributes }) => ({
      objectClass,
      kind,
      key,
      ...(kind === 'changed' && attributes ? { attributes } : {}),
    })),
  };
}

/** Links of the source whose object is to be stored, against stored links that count. */
async function compareLinks(
  sql: TransactionSql,
  set: StagedSet,
  entityType: StoredEntityType,
  { associationId, name }: StoredAssociation,
  filter: string | undefined,
): Promise<Part> {
  const objectClass = `${entityType.name}.${name}`;
  await steerPlanner(sql, undefined);
  await sql`
    create temporary table link_told on commit drop as
    select source_key, target_key from (${linkedIn(sql, set, name)}) as told
    where source_key in (select key from staged where ${meetsFilter(sql, filter, sql`attributes`)})`;
  await steerPlanner(sql, true);
  await sql`
    create temporary table link_difference on commit drop as
    select source_key, target_key, is_told is not null as is_told
    from (select source_key, target_key, true as is_told from link_told) as told
      full join (select source_key, target_key, true as is_stored from resource_link
                 where association_id = ${associationId} and is_live) as stored using (source_key, target_key)
    where is_told is null or is_stored is null`;
  const [all] = await sql<{ compared: number }[]>`select count(*)::float8 as compared from link_told`;
  const [kinds] = await sql<Kinds[]>`
    select count(*) filter (where is_told)::float8 as missing, 0::float8 as changed,
      count(*) filter (where not is_told)::float8 as superfluous
    from link_difference`;
  const rows = await sql<{ sourceKey: string; targetKey: string; isTold: boolean }[]>`
    select source_key, target_key, is_told from link_difference order by 1, 2 limit ${listedDifferences}`;
  await sql`drop table link_told, link_difference`;
  return {
    counts: { objectClass, ...one(all), ...one(kinds) },
    differences: rows.map(({ sourceKey, targetKey, isTold }) => ({
      objectClass,
      kind: isTold ? 'missing' : 'superfluous',
      key: sourceKey,
      targetKey,
    })),
  };
}

function one<T>(row: T | undefined): T {
  if (row === undefined) throw new Error('An aggregate gave no row.');
  return row;
}
