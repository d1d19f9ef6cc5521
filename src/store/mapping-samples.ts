/** What mappings are tried out on: stored resources of an entity type, a few of them or all, and what they are linked to. */
import type { ISql, Sql } from 'postgres';
import type { ObjectSet } from '../model/mapping.ts';
import type { LinkOwner } from './account-links.ts';
import type { Fragment } from './sql-text.ts';

/** An entity type that was read, or can be written. */
export type StoredSet = Readonly<{ entityTypeId: number; connectionId: number; count: number }>;

export type SampleResource = Readonly<{ key: string; attributes: Readonly<Record<string, unknown>> }>;

const portionRows = 1000;

/** Finds the entity type of a connection, whose name may be written in any case; undefined where nothing of it is stored. */
export async function findStoredSet(sql: ISql, set: ObjectSet): Promise<StoredSet | undefined> {
  const [row] = await sql<StoredSet[]>`
    select entity_type_id, connection_id, resource_count::float8 as count
    from entity_type join connection using (connection_id)
    where lower(connection.name) = lower(${set.connection}) and entity_type.name = ${set.type}
    order by connection.name = ${set.connection} desc, connection_id limit 1`;
  return row;
}

/** Resources by their keys, in the order of these; keys of what is not stored are left out. */
export async function readResourcesByKey(
  sql: ISql,
  { entityTypeId }: StoredSet,
  keys: readonly string[],
): Promise<readonly SampleResource[]> {
  const rows = await sql<SampleResource[]>`
    select key, attributes from resource
    where entity_type_id = ${entityTypeId} and key = any(${[...keys]}::text[])`;
  const found = new Map(rows.map((row) => [row.key, row]));
  return keys.flatMap((key) => found.get(key) ?? []);
}

/** The first resources in the order of their keys. */
export async function readFirstResources(
  sql: ISql,
  { entityTypeId }: StoredSet,
  count: number,
): Promise<readonly SampleResource[]> {
  return await sql<SampleResource[]>`
    select key, attributes from resource where entity_type_id = ${entityTypeId} order by key limit ${count}`;
}

/** All resources, some at a time, however many there are. */
export function streamResources(
  sql: Sql,
  { entityTypeId }: StoredSet,
): AsyncIterable<readonly SampleResource[]> {
  return sql<SampleResource[]>`
    select key, attributes from resource where entity_type_id = ${entityTypeId}
  `.cursor(portionRows);
}

export type SampleLinks = Readonly<{ sourceKey: string; count: number; keys: readonly string[] }>;

const mostLinks = 1000;
const shownLinks = 5;

/** What links of a kind, such as `members`, lead to from some resources: how many, up to a thousand, and the first keys. */
export async function readSampleLinks(
  sql: ISql,
  { entityTypeId }: StoredSet,
  link: string,
  sourceKeys: readonly string[],
): Promise<readonly SampleLinks[]> {
  return await sql<SampleLinks[]>`
    select wanted.key as source_key, found.count, to_jsonb(found.keys) as keys
    from unnest(${[...sourceKeys]}::text[]) as wanted (key)
      cross join lateral (
        select count(*)::int as count, coalesce((array_agg(target_key))[1:${shownLinks}], '{}') as keys
        from (
          select target_key from resource_link join association using (association_id)
          where association.entity_type_id = ${entityTypeId} and association.name = ${link}
            and source_key = wanted.key and is_live
          limit ${mostLinks}) as one
      ) as found`;
}

/** What some resources of a mapping's source are linked to. */
export type LinkedTarget = Readonly<{
  sourceKey: string;
  qualifier: string;
  targetKey: string;
  /** Null where the target is not there any more. */
  attributes: SampleResource['attributes'] | null;
}>;

/** The account links that lead from some resources of a mapping's source, each with its target as it is now. */
export async function readLinkedTargets(
  sql: ISql,
  { mappingId, isSwapped }: LinkOwner,
  target: StoredSet | undefined,
  sourceKeys: readonly string[],
): Promise<readonly LinkedTarget[]> {
  const [near, far] = isSwapped ? ['target_key', 'source_key'] : ['source_key', 'target_key'];
  return await sql<LinkedTarget[]>`
    select link.${sql(near)} as source_key, link.qualifier, link.${sql(far)} as target_key, resource.attributes
    from account_link as link
      left join resource on resource.entity_type_id = ${target?.entityTypeId ?? null}::int and resource.key = link.${sql(far)}
    where link.mapping_id = ${mappingId} and link.${sql(near)} = any(${[...sourceKeys]}::text[])
    order by link.qualifier`;
}

/** How many resources meet a condition on `attributes`, and the first of them. */
export async function countResources(
  sql: ISql,
  { entityTypeId }: StoredSet,
  condition: Fragment,
  sampled: number,
): Promise<Readonly<{ count: number; sample: readonly SampleResource[] }>> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::float8 as count from resource where entity_type_id = ${entityTypeId} and ${condition}`;
  const sample = await sql<SampleResource[]>`
    select key, attributes from resource where entity_type_id = ${entityTypeId} and ${condition} limit ${sampled}`;
  return { count: row?.count ?? 0, sample };
}
