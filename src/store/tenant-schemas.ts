/** What tenants say of their schema, and what the values look like that are stored of them. */
import type { ISql, JSONValue, Sql } from 'postgres';
import type { TenantSchema } from '../model/tenant-schema.ts';

export type StoredTenantSchema = Readonly<{ content: TenantSchema; readAt: Date; readBy: string }>;

/** The schema of a connection as it was last read; undefined before that. */
export async function readTenantSchema(
  sql: ISql,
  connectionName: string,
): Promise<StoredTenantSchema | undefined> {
  const [row] = await sql<StoredTenantSchema[]>`
    select content, read_at, read_by from tenant_schema where lower(connection_name) = lower(${connectionName})`;
  return row;
}

/** Keeps the schema of a connection in the place of the one before. */
export async function writeTenantSchema(
  sql: ISql,
  connectionName: string,
  content: TenantSchema,
  readBy: string,
): Promise<void> {
  await sql`
    insert into tenant_schema (connection_name, content, read_by)
    values (${connectionName}, ${sql.json(content as unknown as JSONValue)}, ${readBy})
    on conflict (lower(connection_name)) do update
    set connection_name = excluded.connection_name, content = excluded.content, read_at = now(), read_by = excluded.read_by`;
}

/** How an attribute is filled among some objects of its type. */
export type AttributeSample = Readonly<{
  entityType: string;
  name: string;
  /** How many of the objects that were looked at have a value. */
  filled: number;
  /** Of `filled`: how many objects were looked at. */
  sampled: number;
  /** A few different values, as texts. */
  values: readonly string[];
}>;

/** So many objects of a type tell enough, and are read in a moment, whatever its size. */
const sampledObjects = 250;
const shownValues = 3;

/** The attributes that objects of a connection have values of, from the first objects of each type in the order of their keys. */
export async function sampleAttributes(sql: Sql, connectionName: string): Promise<AttributeSample[]> {
  return await sql<AttributeSample[]>`
    with type as (
      select entity_type_id, entity_type.name from entity_type join connection using (connection_id)
      where lower(connection.name) = lower(${connectionName})
    ),
    sample as (
      select type.name as entity_type, entity_type_id, attributes
      from type cross join lateral (
        select attributes from resource where resource.entity_type_id = type.entity_type_id
        order by entity_type_id, key limit ${sampledObjects}
      ) as object
    ),
    size as (select entity_type, count(*) as sampled from sample group by entity_type)
    select entity_type, attribute.key as name, count(*)::int as filled, min(size.sampled)::int as sampled,
      to_jsonb((array_agg(distinct left(case jsonb_typeof(attribute.value)
        when 'string' then attribute.value #>> '{}' else attribute.value::text end, 120)))[1:${shownValues}]) as values
    from sample join size using (entity_type) cross join lateral jsonb_each(attributes) as attribute
    group by entity_type, attribute.key
    order by entity_type, attribute.key`;
}
