/** Identities in the order in which they are exported, and what the log of changes tells of them. */
import type { ISql, Sql } from 'postgres';
import type { Attributes } from '../model/entity-type.ts';
import { identitiesSource } from '../model/identity-schema.ts';
import { lockIdentities } from './identity-writes.ts';
import { transact } from './transaction.ts';

/**
 * The last change of the log behind which no change of an identity will still come: numbers are given away before they are
 * committed, so this waits for who writes identities at this moment.
 */
export async function readSettledChange(sql: Sql): Promise<number> {
  return await transact(sql, async (transaction) => {
    await lockIdentities(transaction);
    const [last] = await transaction<{ changeNumber: number }[]>`
      select case when is_called then last_value else 0 end::float8 as change_number from change_change_number_seq`;
    return last?.changeNumber ?? 0;
  });
}

export async function countIdentities(sql: ISql, type: string): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select resource_count::float8 as count from entity_type where entity_type_id = ${typeId(sql, type)}`;
  return row?.count ?? 0;
}

export async function readIdentitiesInOrder(
  sql: ISql,
  type: string,
  after: string | null,
  limit: number,
): Promise<readonly Readonly<{ key: string; attributes: Attributes }>[]> {
  return await sql<{ key: string; attributes: Attributes }[]>`
    select key, attributes from resource
    where entity_type_id = ${typeId(sql, type)} and ${after === null ? sql`true` : sql`key > ${after}`}
    order by key limit ${limit}`;
}

type LinkRow = Readonly<{ source: string; target: string; targetType: string }>;

export async function readIdentityLinks(
  sql: ISql,
  type: string,
  link: string,
  after: Readonly<{ source: string; target: string }> | null,
  limit: number,
): Promise<readonly LinkRow[]> {
  const beyond =
    after === null ? sql`true` : sql`(source_key, target_key) > (${after.source}, ${after.target})`;
  return await sql<LinkRow[]>`
    select source_key as source, target_key as target, entity_type.name as target_type
    from resource_link join entity_type on entity_type.entity_type_id = target_type_id
    where association_id = (select association_id from association where entity_type_id = ${typeId(sql, type)} and name = ${link})
      and is_live and ${beyond}
    order by source_key, target_key limit ${limit}`;
}

type ChangeRow = Readonly<{
  changeNumber: number;
  key: string;
  attributes: Attributes | null;
  link: Readonly<{ name: string; target: string; targetType: string | null }> | null;
}>;

/** Changes in their order, each with what has become by now of the identity or the link that it is about. */
export async function readIdentityChanges(
  sql: ISql,
  type: string,
  after: number,
  upTo: number,
  limit: number,
): Promise<readonly ChangeRow[]> {
  return await sql<ChangeRow[]>`
    select change_number::float8 as change_number, told.key, resource.attributes,
      case when told.association_id is not null then jsonb_build_object('name', association.name, 'target', told.target_key,
        'targetType', target_type.name) end as link
    from (
      select change_number, entity_type_id, association_id, key, target_key from change
      where change_number > ${after} and change_number <= ${upTo} and entity_type_id = ${typeId(sql, type)}
      order by change_number limit ${limit}) as told
      left join resource using (entity_type_id, key)
      left join association using (association_id)
      left join resource_link as link on link.association_id = told.association_id and link.source_key = told.key
        and link.target_key = told.target_key and link.is_live
      left join entity_type as target_type on target_type.entity_type_id = link.target_type_id
    order by change_number`;
}

function typeId(sql: ISql, type: string) {
  return sql`(select entity_type_id from entity_type join connection using (connection_id)
    where source = ${identitiesSource} and entity_type.name = ${type})`;
}
