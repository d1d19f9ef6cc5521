/** What the store knows of connections: their entity types and associations, with the cookie each has come to. */
import type { ISql, Sql } from 'postgres';
import { Fault } from '../errors.ts';
import type { EntityType } from '../model/entity-type.ts';
import { recordDirectoryViews } from './directory-views.ts';
import { transact } from './transaction.ts';

export type StoredConnection = Readonly<{
  connectionId: number;
  name: string;
  entityTypes: readonly StoredEntityType[];
}>;

export type StoredEntityType = Readonly<{
  entityTypeId: number;
  name: string;
  /** The mapping that the stored resources were exported with; null before the first set was applied. */
  mapping: string | null;
  cookie: string | null;
  cookieAt: Date | null;
  /** Why the next set has to be a full one, whatever the cookie says. */
  fullReason: string | null;
  resourceCount: number;
  associations: readonly StoredAssociation[];
}>;

export type StoredAssociation = Readonly<{ associationId: number; name: string; linkCount: number }>;

/**
 * Finds or makes the rows of a connection with these entity types, and the views of them, and gives the rows in the order of
 * `entityTypes`.
 * Throws a `Fault` when the connection has data of another source: that data would be compared with a stranger's.
 */
export async function recordConnection(
  sql: Sql,
  name: string,
  source: string,
  entityTypes: readonly EntityType[],
): Promise<StoredConnection> {
  return await transact(sql, async (transaction) => {
    await transaction`insert into connection (name, source) values (${name}, ${source}) on conflict do nothing`;
    const [connection] = await transaction<{ connectionId: number; source: string }[]>`
      select connection_id, source from connection where name = ${name}`;
    if (!connection) throw new Error(`The connection ${name} was made and cannot be found.`);
    if (connection.source !== source) {
      throw new Fault(
        'invalid-setting',
        `The connection ${name} has data of ${connection.source} and now leads to ${source}: give the other system a connection with a name of its own.`,
      );
    }
    const { connectionId } = connection;
    const names = entityTypes.map((entityType) => entityType.name);
    await transaction`
      insert into entity_type (connection_id, name)
      select ${connectionId}, name from unnest(${names}::text[]) as wanted (name)
      on conflict do nothing`;
    const links = entityTypes.flatMap((entityType) =>
      entityType.links.map((link) => [entityType.name, link] as const),
    );
    await transaction`
      insert into association (entity_type_id, name)
      select entity_type_id, wanted.link
      from unnest(${links.map(([owner]) => owner)}::text[], ${links.map(([, link]) => link)}::text[]) as wanted (owner, link)
      join entity_type on connection_id = ${connectionId} and name = wanted.owner
      on conflict do nothing`;
    const recorded = await readEntityTypes(transaction, connectionId, entityTypes);
    const viewed = recorded.flatMap(({ entityTypeId }, index) => {
      const entityType = entityTypes[index];
      return entityType === undefined ? [] : { ...entityType, entityTypeId };
    });
    await recordDirectoryViews(transaction, { connectionId, name }, viewed);
    return { connectionId, name, entityTypes: recorded };
  });
}

/**
 * A connection as it is stored, with all its entity types and associations, whether they are still mapped or not; undefined when
 * nothing of it is. Its name may be written in any case, as in settings.
 */
export async function findStoredConnection(sql: Sql, name: string): Promise<StoredConnection | undefined> {
  const [connection] = await sql<{ connectionId: number; name: string }[]>`
    select connection_id, name from connection
    where lower(name) = lower(${name}) order by name = ${name} desc, connection_id limit 1`;
  if (!connection) return undefined;
  const { connectionId } = connection;
  const rows = await sql<Omit<StoredEntityType, 'associations'>[]>`
    select ${entityTypeColumns(sql)} from entity_type where connection_id = ${connectionId} order by entity_type_id`;
  const associations = await readAssociations(sql, connectionId);
  const entityTypes = rows.map((row) => ({
    ...row,
    associations: associations.filter(({ entityTypeId }) => entityTypeId === row.entityTypeId),
  }));
  return { ...connection, entityTypes };
}

/** How far the store has followed an entity type. */
export async function readEntityType(
  sql: Sql,
  entityTypeId: number,
): Promise<Omit<StoredEntityType, 'associations'>> {
  const [row] = await sql<Omit<StoredEntityType, 'associations'>[]>`
    select ${entityTypeColumns(sql)} from entity_type where entity_type_id = ${entityTypeId}`;
  if (!row) throw new Error(`The entity type ${entityTypeId} cannot be found.`);
  return row;
}

/** All associations of a connection, whether they are still mapped or not. */
export async function readAssociationIds(sql: ISql, connectionId: number): Promise<number[]> {
  const rows = await sql<{ associationId: number }[]>`
    select association_id from association join entity_type using (entity_type_id) where connection_id = ${connectionId}`;
  return rows.map(({ associationId }) => associationId);
}

function entityTypeColumns(sql: ISql) {
  return sql`entity_type_id, name, mapping, cookie, cookie_at, full_reason, resource_count::float8 as resource_count`;
}

async function readEntityTypes(
  sql: ISql,
  connectionId: number,
  wanted: readonly EntityType[],
): Promise<StoredEntityType[]> {
  const rows = await sql<Omit<StoredEntityType, 'associations'>[]>`
    select ${entityTypeColumns(sql)} from entity_type where connection_id = ${connectionId}`;
  const associations = await readAssociations(sql, connectionId);
  return wanted.map((entityType) => {
    const row = rows.find(({ name }) => name === entityType.name);
    if (!row) throw new Error(`The entity type ${entityType.name} was made and cannot be found.`);
    const own = entityType.links.flatMap((link) =>
      associations.filter(({ entityTypeId, name }) => entityTypeId === row.entityTypeId && name === link),
    );
    return { ...row, associations: own };
  });
}

async function readAssociations(
  sql: ISql,
  connectionId: number,
): Promise<(StoredAssociation & { entityTypeId: number })[]> {
  return await sql<(StoredAssociation & { entityTypeId: number })[]>`
    select association_id, entity_type_id, association.name, link_count::float8 as link_count
    from association join entity_type using (entity_type_id)
    where connection_id = ${connectionId} order by association_id`;
}
