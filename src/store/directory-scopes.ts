/** Where resources are: the entity types of connections, and the one that an address names. */
import type { ISql } from 'postgres';

/** An entity type of a connection. */
export type DirectoryScope = Readonly<{
  entityTypeId: number;
  connectionId: number;
  connection: string;
  /** Which system the connection reads, such as a tenant id. */
  source: string;
  type: string;
  /** How many resources it has. */
  count: number;
}>;

/** The entity types that were ever synchronized, or those of a connection or of a name; by connection and name. */
export async function readScopes(
  sql: ISql,
  { connection, type }: Readonly<{ connection?: string | undefined; type?: string | undefined }> = {},
): Promise<DirectoryScope[]> {
  return await sql<DirectoryScope[]>`
    select entity_type_id, connection_id, connection.name as connection, source, entity_type.name as type, resource_count::float8 as count
    from entity_type join connection using (connection_id)
    where ${connection === undefined ? sql`true` : sql`connection.name = ${connection}`}
      and ${type === undefined ? sql`true` : sql`entity_type.name = ${type}`}
    order by connection.name, entity_type.name`;
}

/** What lists show of a resource beside its name: the attributes by which people tell resources from each other. */
export const summaryAttributes = [
  'userPrincipalName',
  'userName',
  'mail',
  'accountStatus',
  'activeDate',
  'inactiveDate',
  'jobTitle',
  'department',
  'companyName',
  'employeeId',
  'accountEnabled',
  'userType',
  'description',
  'groupTypes',
  'securityEnabled',
  'mailEnabled',
  'isAssignableToRole',
  'visibility',
  'appId',
  'servicePrincipalType',
  'roleTemplateId',
  'operatingSystem',
  'operatingSystemVersion',
  'onPremisesSyncEnabled',
] as const;

export type SummaryAttributes = Readonly<Record<string, unknown>>;

/** The summary of a JSON value of attributes, which is null where that is null. */
export function summaryOf(sql: ISql, attributes: ReturnType<ISql>) {
  return sql`(select coalesce(jsonb_object_agg(name, value), '{}')
    from (select name, ${attributes}->name as value from unnest(${[...summaryAttributes]}::text[]) as summary (name)) as one
    where value is not null)`;
}

/** The tags of a resource, by name, as a JSON list. */
export function tagsOf(sql: ISql, entityTypeId: ReturnType<ISql>, key: ReturnType<ISql>) {
  return sql`(select coalesce(jsonb_agg(jsonb_build_object('tagId', tag_id, 'name', tag.name) order by lower(tag.name)), '[]')
    from resource_tag join tag using (tag_id)
    where resource_tag.entity_type_id = ${entityTypeId} and resource_tag.key = ${key})`;
}

export type TagLabel = Readonly<{ tagId: number; name: string }>;
