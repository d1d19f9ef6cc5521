/** What mappings have to do with an identity: its accounts in other systems, and which run of which mapping wrote a value. */
import type { ISql } from 'postgres';
import { identitiesSource } from '../model/identity-schema.ts';
import type { MappingDefinition, ObjectSet } from '../model/mapping.ts';
import { nameIn } from './directory-links.ts';

/** A resource of another system that an account link pairs with an identity. */
export type IdentityAccount = Readonly<{
  /** The mapping that keeps the link. */
  mapping: string;
  isMappingEnabled: boolean;
  linkNumber: number;
  qualifier: string;
  connection: string;
  type: string;
  key: string;
  /** Null where it is not stored any more. */
  name: string | null;
  /** Whether the identity is what the mapping writes, or what it reads. */
  side: 'target' | 'source';
  matchedOn: Readonly<{ rule: number; attributes: Readonly<Record<string, string>> }> | null;
  linkedAt: Date;
  linkedBy: string | null;
  reconciliationId: number | null;
}>;

/** The accounts of an identity, by mapping. */
export async function readIdentityAccounts(
  sql: ISql,
  type: string,
  key: string,
): Promise<readonly IdentityAccount[]> {
  const side = (own: 'source' | 'target') => {
    const other = own === 'source' ? 'target' : 'source';
    // Qualifiers are named, so that the index on all of them and the key is used.
    return sql`
      select mapping.name as mapping, mapping.is_enabled as is_mapping_enabled, link_number::float8 as link_number, qualifier,
        definition->${other}->>'connection' as connection, definition->${other}->>'type' as type,
        ${sql(`${other}_key`)} as key, ${own} as side, matched_on, linked_at, linked_by, reconciliation_id
      from mapping cross join lateral (
          select array(select value->>'name' from jsonb_array_elements(definition->'linkQualifiers')) as names) as qualifiers
        join account_link on account_link.mapping_id = mapping.mapping_id and ${sql(`${own}_key`)} = ${key}
          and qualifier = any(case when names = '{}' then '{default}' else names end)
      where lower(definition->${own}->>'connection') = (select lower(name) from connection where source = ${identitiesSource})
        and definition->${own}->>'type' = ${type}`;
  };
  return await sql<IdentityAccount[]>`
    select link.*, ${nameIn(sql, sql`resource.attributes`)} as name
    from (${side('target')} union all ${side('source')}) as link
      left join connection on lower(connection.name) = lower(link.connection)
      left join entity_type on entity_type.connection_id = connection.connection_id and entity_type.name = link.type
      left join resource on resource.entity_type_id = entity_type.entity_type_id and resource.key = link.key
    order by lower(link.mapping), link.qualifier`;
}

/** The run of a mapping behind a run of the identities directory. */
export type WritingRun = Readonly<{
  runId: number;
  reconciliationId: number;
  mapping: string;
  /** As it was then. */
  definition: MappingDefinition;
}>;

export async function readWritingRuns(sql: ISql, runIds: readonly number[]): Promise<readonly WritingRun[]> {
  if (runIds.length === 0) return [];
  return await sql<WritingRun[]>`
    select distinct on (run_id) run_id, reconciliation_id, mapping_name as mapping, definition
    from reconciliation where run_id = any(${[...runIds]}::int[]) order by run_id, reconciliation_id desc`;
}

/** Enabled mappings that write identities of a type, as they are now. */
export async function readMappingsInto(sql: ISql, type: string): Promise<readonly MappingDefinition[]> {
  const rows = await sql<{ definition: MappingDefinition }[]>`
    select definition from mapping
    where is_enabled and definition->'target'->>'type' = ${type}
      and lower(definition->'target'->>'connection') = (select lower(name) from connection where source = ${identitiesSource})
    order by lower(name)`;
  return rows.map(({ definition }) => definition);
}

export type RemovalImpact = Readonly<{
  /** Account links, by the mapping that keeps them: they stay, and the next reconciliation finds the identity missing. */
  accounts: readonly Readonly<{ mapping: string; other: ObjectSet; count: number }>[];
  /** Links that go with it, by kind and direction. */
  links: readonly Readonly<{ association: string; direction: 'from' | 'to'; count: number }>[];
  /** Applications that it owns. */
  applications: readonly string[];
}>;

/** What hangs on an identity. */
export async function readIdentityImpact(
  sql: ISql,
  type: Readonly<{ entityTypeId: number; name: string }>,
  key: string,
): Promise<RemovalImpact> {
  const accounts = await readIdentityAccounts(sql, type.name, key);
  const byMapping = Map.groupBy(accounts, ({ mapping }) => mapping);
  const links = await sql<{ association: string; direction: 'from' | 'to'; count: number }[]>`
    select entity_type.name || '.' || association.name as association, side.direction, found.count
    from association join entity_type using (entity_type_id) join connection using (connection_id)
      cross join (values ('from'), ('to')) as side (direction)
      cross join lateral (
        select count(*)::float8 as count from resource_link as link
        where link.association_id = association.association_id and link.is_live
          and case side.direction
            when 'from' then entity_type.entity_type_id = ${type.entityTypeId} and link.source_key = ${key}
            else link.target_type_id = ${type.entityTypeId} and link.target_key = ${key} end) as found
    where source = ${identitiesSource} and found.count > 0
    order by 1, 2`;
  const applications = await sql<{ name: string }[]>`
    select name from application where ${type.name} = 'alpha_user' and ${key} = any(owners) order by lower(name)`;
  return {
    accounts: [...byMapping].map(([mapping, own]) => ({
      mapping,
      other: { connection: own[0]?.connection ?? '', type: own[0]?.type ?? '' },
      count: own.length,
    })),
    links,
    applications: applications.map(({ name }) => name),
  };
}

/** The version of an identity: a number that is another one when its attributes are; undefined where it is not there. */
export async function readIdentityVersion(
  sql: ISql,
  entityTypeId: number,
  key: string,
): Promise<number | undefined> {
  const [row] = await sql<{ version: number }[]>`
    select jsonb_hash(attributes) & 536870911 as version from resource where entity_type_id = ${entityTypeId} and key = ${key}`;
  return row?.version;
}
