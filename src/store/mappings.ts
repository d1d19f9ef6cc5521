/** Mappings as they are stored: reading, making, changing with the version that was seen, and deleting with their account links. */
import type { ISql, Sql, TransactionSql } from 'postgres';
import { affectsResult } from '../mapping/mapping-revision.ts';
import type { MappingDefinition } from '../model/mapping.ts';
import type { Fragment } from './sql-text.ts';

export const mappingOrigins = ['console', 'configuration', 'api', 'command'] as const;
export type MappingOrigin = (typeof mappingOrigins)[number];

export type StoredMapping = Readonly<{
  mappingId: number;
  name: string;
  application: Readonly<{ applicationId: number; name: string; isEnabled: boolean }> | null;
  origin: MappingOrigin;
  isEnabled: boolean;
  definition: MappingDefinition;
  /** Grows with every change that may give another result. */
  revision: number;
  /** Of fingerprints: a 64-bit number as text. */
  seed: string;
  /** Everything in the log of changes up to this number has been reconciled; null before the first full run. */
  changePosition: number | null;
  /** Account links up to this number were there when it was last reconciled. */
  linkPosition: number;
  version: number;
  createdAt: Date;
  createdBy: string;
  changedAt: Date;
  changedBy: string;
}>;

export type NewMapping = Readonly<{
  definition: MappingDefinition;
  applicationId: number | null;
  origin: MappingOrigin;
  createdBy: string;
}>;

export type MappingUpdate =
  | Readonly<{ kind: 'updated'; mapping: StoredMapping }>
  /** Somebody else has changed it since; this is what it is now. */
  | Readonly<{ kind: 'stale'; mapping: StoredMapping }>
  /** Another mapping has the name that this one was to get. */
  | Readonly<{ kind: 'name-taken' }>
  | Readonly<{ kind: 'unknown' }>;

export type MappingDeletion =
  /** With so many account links; nothing of source and target has changed. */
  | Readonly<{ kind: 'deleted'; links: number }>
  | Readonly<{ kind: 'stale'; mapping: StoredMapping }>
  /** These mappings use its account links. */
  | Readonly<{ kind: 'in-use'; mappings: readonly string[] }>
  | Readonly<{ kind: 'unknown' }>;

/** The mapping of this name, in any case. */
export async function readMapping(sql: ISql, name: string): Promise<StoredMapping | undefined> {
  const [mapping] = await selectMappings(sql, sql`lower(mapping.name) = lower(${name})`);
  return mapping;
}

/** All mappings by name, or those of an application; those of none where that is null. */
export async function readMappings(
  sql: ISql,
  { applicationId }: Readonly<{ applicationId?: number | null }> = {},
): Promise<StoredMapping[]> {
  return await selectMappings(
    sql,
    applicationId === undefined
      ? sql`true`
      : sql`mapping.application_id is not distinct from ${applicationId}::int`,
  );
}

/** How many account links a mapping keeps. One that uses those of another keeps none. */
export async function countLinks(sql: ISql, mappingId: number): Promise<number> {
  const [row] = await sql<{ links: number }[]>`
    select count(*)::float8 as links from account_link where mapping_id = ${mappingId}`;
  return row?.links ?? 0;
}

/** Names of other mappings that use the account links of this one, as their own or to follow references. */
export async function findDependents(sql: ISql, name: string): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select mapping.name from mapping
    where lower(mapping.name) <> lower(${name})
      and (lower(definition->>'linksOf') = lower(${name})
           or exists (select from jsonb_array_elements(definition->'attributes') as attribute (value)
                      where lower(value->'source'->>'mapping') = lower(${name})))
    order by lower(mapping.name)`;
  return rows.map((row) => row.name);
}

/** Adds a mapping; undefined where there is one of the name. */
export async function createMapping(
  sql: TransactionSql,
  { definition, applicationId, origin, createdBy }: NewMapping,
): Promise<StoredMapping | undefined> {
  const added = await sql`
    insert into mapping (name, application_id, origin, is_enabled, definition, created_by, changed_by)
    values (${definition.name}, ${applicationId}, ${origin}, ${definition.isEnabled},
      ${JSON.stringify(definition)}::text::jsonb, ${createdBy}, ${createdBy})
    on conflict do nothing`;
  return added.count === 1 ? await readMapping(sql, definition.name) : undefined;
}

/**
 * Makes a mapping what it is to be, if it still has the version that was seen. Account links stay as they are; where `linksOf` has
 * changed, those that it had before are kept and not looked at.
 */
export async function updateMapping(
  sql: TransactionSql,
  name: string,
  version: number,
  { definition, changedBy }: Readonly<{ definition: MappingDefinition; changedBy: string }>,
): Promise<MappingUpdate> {
  const [locked] = await sql`select from mapping where lower(name) = lower(${name}) for update`;
  const before = locked && (await readMapping(sql, name));
  if (!before) return { kind: 'unknown' };
  if (before.version !== version) return { kind: 'stale', mapping: before };
  const isTaken =
    definition.name.toLowerCase() !== before.name.toLowerCase() &&
    (await readMapping(sql, definition.name)) !== undefined;
  if (isTaken) return { kind: 'name-taken' };
  const growth = affectsResult(before.definition, definition) ? 1 : 0;
  await sql`
    update mapping
    set name = ${definition.name}, is_enabled = ${definition.isEnabled}, definition = ${JSON.stringify(definition)}::text::jsonb,
        revision = revision + ${growth}, version = version + 1, changed_at = now(), changed_by = ${changedBy}
    where mapping_id = ${before.mappingId}`;
  const mapping = await readMapping(sql, definition.name);
  if (!mapping) throw new Error('A mapping was changed and cannot be found.');
  return { kind: 'updated', mapping };
}

/** Deletes a mapping that still has the version that was seen, and its account links. What was reconciled stays on both sides. */
export async function deleteMapping(
  sql: TransactionSql,
  name: string,
  version: number,
): Promise<MappingDeletion> {
  const [locked] = await sql`select from mapping where lower(name) = lower(${name}) for update`;
  const mapping = locked && (await readMapping(sql, name));
  if (!mapping) return { kind: 'unknown' };
  if (mapping.version !== version) return { kind: 'stale', mapping };
  const mappings = await findDependents(sql, name);
  if (mappings.length > 0) return { kind: 'in-use', mappings };
  const links = await countLinks(sql, mapping.mappingId);
  await sql`delete from mapping where mapping_id = ${mapping.mappingId}`;
  return { kind: 'deleted', links };
}

/** Has the next incremental run of a mapping look at everything. Says whether there is such a mapping. */
export async function resetChangePosition(sql: Sql | TransactionSql, name: string): Promise<boolean> {
  const reset = await sql`update mapping set change_position = null where lower(name) = lower(${name})`;
  return reset.count === 1;
}

async function selectMappings(sql: ISql, condition: Fragment): Promise<StoredMapping[]> {
  return await sql<StoredMapping[]>`
    select mapping_id, mapping.name,
      case when application_id is not null then jsonb_build_object('applicationId', application_id, 'name', application.name,
        'isEnabled', application.is_enabled) end as application,
      origin, mapping.is_enabled, definition, revision, seed::text as seed, change_position::float8 as change_position,
      link_position::float8 as link_position,      mapping.version, mapping.created_at, mapping.created_by, mapping.changed_at, mapping.changed_by
    from mapping left join application using (application_id)
    where ${condition} order by lower(mapping.name)`;
}
