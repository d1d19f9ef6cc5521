/**
 * What files are written from: everything that is stored, or what became of it since some change, as rows in the order of
 * their keys. A transaction that sees one state of the store asks for all of them.
 */
import type { Sql, TransactionSql } from 'postgres';
import type { Attributes } from '../model/entity-type.ts';
import { steerPlanner } from './staging.ts';
import { transact } from './transaction.ts';

export type RowCommand = 'insert' | 'update' | 'delete';

/** An object; without attributes when it is gone. */
export type ObjectRow = Readonly<{ command: RowCommand; key: string; attributes: Attributes | null }>;

/** A link that counts, or no longer does. */
export type LinkRow = Readonly<{ command: 'insert' | 'delete'; sourceKey: string; targetKey: string }>;

/** Where the store stands: the number of its last change, and the cookie of each entity type. */
export type StoreState = Readonly<{
  changeNumber: number;
  cookies: readonly Readonly<{ entityTypeId: number; cookie: string }>[];
}>;

/** Rows in portions that fit into memory. */
type Portions<Row> = AsyncIterable<readonly Row[]>;

const portionRows = 500;

/** Does something with one state of the store, whatever is written to it meanwhile. */
export async function withSnapshot<T>(sql: Sql, work: (snapshot: TransactionSql) => Promise<T>): Promise<T> {
  return await transact(sql, work, 'isolation level repeatable read read only');
}

/** The state that a snapshot shows, of entity types that were all read at least once. */
export async function readStoreState(
  sql: TransactionSql,
  entityTypeIds: readonly number[],
): Promise<StoreState> {
  const [last] = await sql<{ changeNumber: number }[]>`
    select coalesce(max(change_number), 0)::float8 as change_number from change`;
  const cookies = await sql<{ entityTypeId: number; cookie: string }[]>`
    select entity_type_id, cookie from entity_type
    where entity_type_id = any(${[...entityTypeIds]}::int[]) and cookie is not null`;
  return { changeNumber: last?.changeNumber ?? 0, cookies };
}

/** Every stored object of an entity type, as an insert; or, with a change number, what became of those that changed after it. */
export async function readObjectRows(
  sql: TransactionSql,
  entityTypeId: number,
  afterChange: number | undefined,
): Promise<Portions<ObjectRow>> {
  if (afterChange === undefined) {
    await steerPlanner(sql, undefined);
    return sql<ObjectRow[]>`
      select 'insert' as command, key, attributes from resource where entity_type_id = ${entityTypeId} order by key
    `.cursor(portionRows);
  }
  await steerPlanner(sql, false);
  // An object was there before its first change unless that is an insert, and is there now when it is stored.
  return sql<ObjectRow[]>`
    with touched as materialized (
      select distinct on (key) key, kind = 'insert' as is_new
      from change
      where change_number > ${afterChange} and entity_type_id = ${entityTypeId} and association_id is null
      order by key, change_number
    )
    select case when resource.key is null then 'delete' when is_new then 'insert' else 'update' end as command,
      touched.key, resource.attributes
    from touched left join resource on resource.entity_type_id = ${entityTypeId} and resource.key = touched.key
    where resource.key is not null or not is_new
    order by touched.key
  `.cursor(portionRows);
}

/** The same of the links of one association. A link that went and came back is none of the rows. */
export async function readLinkRows(
  sql: TransactionSql,
  entityTypeId: number,
  associationId: number,
  afterChange: number | undefined,
): Promise<Portions<LinkRow>> {
  if (afterChange === undefined) {
    await steerPlanner(sql, undefined);
    return sql<LinkRow[]>`
      select 'insert' as command, source_key, target_key from resource_link
      where association_id = ${associationId} and is_live order by source_key, target_key
    `.cursor(portionRows);
  }
  await steerPlanner(sql, false);
  return sql<LinkRow[]>`
    with touched as materialized (
      select distinct on (key, target_key) key as source_key, target_key, kind = 'insert' as is_new
      from change
      where change_number > ${afterChange} and entity_type_id = ${entityTypeId} and association_id = ${associationId}
      order by key, target_key, change_number
    )
    select case when is_new then 'insert' else 'delete' end as command, touched.source_key, touched.target_key
    from touched left join resource_link as link on link.association_id = ${associationId}
      and link.source_key = touched.source_key and link.target_key = touched.target_key
    where is_new = coalesce(link.is_live, false)
    order by touched.source_key, touched.target_key
  `.cursor(portionRows);
}
