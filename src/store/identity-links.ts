/** Links between identities: members and owners of groups, and managers. Every one that comes or goes is in the log of changes. */
import type { ISql, TransactionSql } from 'postgres';
import { identityTypeIds } from './identity-types.ts';
import { countLinks, setOfWork } from './identity-work.ts';
import type { Fragment } from './sql-text.ts';

export type IdentityAssociation = Readonly<{
  associationId: number;
  /** The type that its links lead from. */
  entityTypeId: number;
}>;

/** An association by the names of its type and its links, such as `alpha_group` and `members`; undefined where there is none. */
export async function findIdentityAssociation(
  sql: ISql,
  entityType: string,
  link: string,
): Promise<IdentityAssociation | undefined> {
  const [association] = await sql<IdentityAssociation[]>`
    select association_id, entity_type_id from association join entity_type using (entity_type_id)
    where entity_type_id in ${identityTypeIds(sql)} and entity_type.name = ${entityType} and association.name = ${link}`;
  return association;
}

export type LinkCounts = Readonly<{ inserted: number; deleted: number }>;

export type LinkChange = Readonly<{
  runId: number;
  association: IdentityAssociation;
  /** A query of (source_key text, target_key text, target_type_id integer): links that are to be there. Those that are, stay. */
  added?: Fragment;
  /** A query of (source_key text, target_key text): links that are to go. */
  removed?: Fragment;
}>;

/**
 * Adds and takes away links in two statements, however many they are; links whose ends are not there are left out. Belongs behind
 * `lockIdentities` or orders in the same transaction, so that no end goes meanwhile.
 */
export async function changeIdentityLinks(
  sql: TransactionSql,
  { runId, association, added, removed }: LinkChange,
): Promise<LinkCounts> {
  const { associationId, entityTypeId } = association;
  const setId = await setOfWork(sql, runId, entityTypeId);
  await ensurePartition(sql, associationId);
  const deleted = removed === undefined ? 0 : await removeLinks(sql, { setId, association, removed });
  const inserted = added === undefined ? 0 : await addLinks(sql, { setId, association, added });
  if (inserted > 0 || deleted > 0) await countLinks(sql, runId, associationId, { inserted, deleted });
  return { inserted, deleted };
}

async function removeLinks(
  sql: TransactionSql,
  { setId, association, removed }: Pick<Required<LinkChange>, 'association' | 'removed'> & { setId: number },
): Promise<number> {
  const { associationId, entityTypeId } = association;
  const logged = await sql`
    with gone as (
      delete from resource_link using (${removed}) as wanted (source_key, target_key)
      where association_id = ${associationId} and resource_link.source_key = wanted.source_key
        and resource_link.target_key = wanted.target_key
      returning resource_link.source_key, resource_link.target_key
    )
    insert into change (set_id, kind, entity_type_id, association_id, key, target_key)
    select ${setId}::int, 'delete', ${entityTypeId}::int, ${associationId}::int, source_key, target_key from gone`;
  return logged.count;
}

async function addLinks(
  sql: TransactionSql,
  { setId, association, added }: Pick<Required<LinkChange>, 'association' | 'added'> & { setId: number },
): Promise<number> {
  const { associationId, entityTypeId } = association;
  const logged = await sql`
    with come as (
      insert into resource_link (association_id, source_key, target_key, target_type_id, is_live)
      select distinct ${associationId}::int, wanted.source_key, wanted.target_key, wanted.target_type_id, true
      from (${added}) as wanted (source_key, target_key, target_type_id)
        join resource as source on source.entity_type_id = ${entityTypeId} and source.key = wanted.source_key
        join resource as target on target.entity_type_id = wanted.target_type_id and target.key = wanted.target_key
      on conflict do nothing
      returning source_key, target_key
    )
    insert into change (set_id, kind, entity_type_id, association_id, key, target_key)
    select ${setId}::int, 'insert', ${entityTypeId}::int, ${associationId}::int, source_key, target_key from come`;
  return logged.count;
}

/** A partition is made for the first link of an association, and attached, which nobody who reads has to wait for. */
async function ensurePartition(sql: TransactionSql, associationId: number): Promise<void> {
  const name = `resource_link_${associationId}`;
  const [table] = await sql<{ exists: boolean }[]>`select to_regclass(${name}) is not null as exists`;
  if (table?.exists) return;
  const partition = sql(name);
  await sql`create table ${partition} (like resource_link)`;
  await sql`alter table ${partition} add primary key (source_key, target_key, association_id)`;
  await sql`create index on ${partition} (target_key)`;
  await sql`alter table resource_link attach partition ${partition} for values in (${sql.unsafe(String(associationId))})`;
}

/** Takes away all links from and to identities of a type that go. */
export async function dropLinksOf(
  sql: TransactionSql,
  {
    runId,
    setId,
    entityTypeId,
    keys,
  }: Readonly<{ runId: number; setId: number; entityTypeId: number; keys: readonly string[] }>,
): Promise<void> {
  const associations = await sql<IdentityAssociation[]>`
    select association_id, entity_type_id from association
    where entity_type_id in ${identityTypeIds(sql)} and link_count > 0 order by association_id`;
  for (const { associationId, entityTypeId: sourceTypeId } of associations) {
    const isFrom = sourceTypeId === entityTypeId ? sql`source_key = any(${[...keys]}::text[]) or` : sql``;
    const logged = await sql`
      with gone as (
        delete from resource_link
        where association_id = ${associationId}
          and (${isFrom} target_type_id = ${entityTypeId} and target_key = any(${[...keys]}::text[]))
        returning source_key, target_key
      )
      insert into change (set_id, kind, entity_type_id, association_id, key, target_key)
      select ${setId}::int, 'delete', ${sourceTypeId}::int, ${associationId}::int, source_key, target_key from gone`;
    if (logged.count > 0) await countLinks(sql, runId, associationId, { inserted: 0, deleted: logged.count });
  }
}
