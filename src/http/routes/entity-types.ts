/** Which entity types a tenant's connection exports, with which attributes and links: looked at, planned, and changed. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Sql, TransactionSql } from 'postgres';
import { Fault } from '../../errors.ts';
import { describeMapping, type EntityType } from '../../model/entity-type.ts';
import type { TenantSchema } from '../../model/tenant-schema.ts';
import { findStoredConnection, type StoredConnection } from '../../store/connections.ts';
import type { TenantUpdate } from '../../store/tenants.ts';
import { transact } from '../../store/transaction.ts';
import { needs } from '../authentication.ts';
import { etagOf, ifMatchHeader, refuseChanged, requireVersion } from '../etag.ts';
import { Refusal } from '../problem.ts';
import { type ApiEnv, actorOf } from '../request.ts';
import {
  type EntityTypesAnswer,
  type EntityTypesChange,
  type EntityTypesPlan,
  entityTypesChangeSchema,
  entityTypesPlanSchema,
  entityTypesSchema,
} from '../schemas/entity-types.ts';
import { audit, nameInPath, ok, problems, textOrNull } from './route-parts.ts';

/** What is known of entity types and tenants on the other side of the server. */
export type EntityTypesDoor = Readonly<{
  /** Everything that can be exported, and what cannot. */
  catalog: readonly OfferedType[];
  /** What is exported where nobody says what. */
  usual: readonly EntityType[];
  isExtensionName: (name: string) => boolean;
  findMistakes: (entityTypes: readonly EntityType[]) => readonly EntityTypesPlan['mistakes'][number][];
  /** How a connection is mapped; undefined where there is none of the name. Throws a `Fault` for one that cannot be read. */
  read: (name: string) => Promise<MappedConnection | undefined>;
  /** Only for mappings without mistakes; null for what is usual. */
  save: (
    transaction: TransactionSql,
    change: Readonly<{
      name: string;
      version: number;
      entityTypes: readonly EntityType[] | null;
      changedBy: string;
    }>,
  ) => Promise<TenantUpdate>;
  /** Asks the tenant. Both throw a `Fault` where it does not answer as it should. */
  readSchema: (name: string, signal: AbortSignal) => Promise<TenantSchema>;
  preview: (
    name: string,
    entityType: EntityType,
    count: number,
    signal: AbortSignal,
  ) => Promise<readonly Readonly<{ key: string; attributes: EntityTypeValues; isFiltered: boolean }>[]>;
}>;

type EntityTypeValues = Readonly<Record<string, unknown>>;

/** An entity type that Entra exports. */
type OfferedType = Readonly<{
  name: string;
  plural: string;
  permission: string;
  links: readonly string[];
  attributes: ReadonlyMap<string, 'exported' | 'singleOnly' | 'untracked' | 'neverReturned'>;
}>;

export type MappedConnection = Readonly<{
  name: string;
  origin: EntityTypesAnswer['origin'];
  /** Null where it cannot be changed here. */
  version: number | null;
  isUsual: boolean;
  entityTypes: readonly EntityType[];
}>;

const tags = ['Entity types'];
export const connectionParams = z.object({ name: nameInPath('name', 'contoso.onmicrosoft.com') });

export function addEntityTypeRoutes(app: OpenAPIHono<ApiEnv>, sql: Sql, door: EntityTypesDoor): void {
  const read = createRoute({
    ...needs(sql, '/Connectors/Connector/Query'),
    method: 'get',
    path: '/api/integrations/entra-id/{name}/entity-types',
    tags,
    summary: 'Get what a tenant exports',
    request: { params: connectionParams },
    responses: { 200: ok('Its entity types.', entityTypesSchema), ...problems(404, 409) },
  });
  app.openapi(read, async (c) => {
    const mapped = await requireMapped(door, c.req.valid('param').name);
    if (mapped.version !== null) c.header('ETag', etagOf(mapped.version));
    return c.json(render(mapped, await findStoredConnection(sql, mapped.name)), 200);
  });

  const plan = createRoute({
    ...needs(sql, '/Connectors/Connector/Update'),
    method: 'post',
    path: '/api/integrations/entra-id/{name}/entity-types/plan',
    tags,
    summary: 'See what is wrong with a change, and what would be read in full after it; nothing is changed',
    request: {
      params: connectionParams,
      body: { required: true, content: { 'application/json': { schema: entityTypesChangeSchema } } },
    },
    responses: { 200: ok('What would happen.', entityTypesPlanSchema), ...problems(404, 409) },
  });
  app.openapi(plan, async (c) => {
    const mapped = await requireMapped(door, c.req.valid('param').name);
    const wanted = entityTypesOf(c.req.valid('json'));
    const stored = await findStoredConnection(sql, mapped.name);
    return c.json(
      { mistakes: mistakesIn(door, wanted ?? []), ...compare(wanted ?? door.usual, stored) },
      200,
    );
  });

  addChanging(app, sql, door);
}

function addChanging(app: OpenAPIHono<ApiEnv>, sql: Sql, door: EntityTypesDoor): void {
  const change = createRoute({
    ...needs(sql, '/Connectors/Connector/Update'),
    method: 'put',
    path: '/api/integrations/entra-id/{name}/entity-types',
    tags,
    summary: 'Change what a tenant exports',
    description: 'What is mapped otherwise than before is read in full next time.',
    request: {
      params: connectionParams,
      headers: ifMatchHeader,
      body: { required: true, content: { 'application/json': { schema: entityTypesChangeSchema } } },
    },
    responses: { 200: ok('What it exports now.', entityTypesSchema), ...problems(404, 409, 412, 428) },
  });
  app.openapi(change, async (c) => {
    const mapped = await requireMapped(door, c.req.valid('param').name);
    const { name } = mapped;
    if (mapped.version === null) throw refuseFixed(mapped);
    const version = requireVersion(c);
    const entityTypes = entityTypesOf(c.req.valid('json'));
    const [mistake] = mistakesIn(door, entityTypes ?? []);
    if (mistake) throw new Refusal('request-invalid', mistake.message, { field: 'body.entityTypes' });
    const changedBy = actorOf(c.get('caller'));
    const outcome = await transact(sql, async (transaction) => {
      const update = await door.save(transaction, { name, version, entityTypes, changedBy });
      await audit(c, transaction, {
        action: 'entity-types.change',
        subject: name,
        outcome: update.kind === 'updated' ? 'done' : 'refused',
        detail: { entityTypes: entityTypes === null ? 'the usual ones' : entityTypes.map(describe) },
      });
      return update;
    });
    if (outcome.kind === 'unknown') throw refuseUnknown(name);
    if (outcome.kind === 'stale') throw refuseChanged(`The tenant ${name}`, outcome.tenant);
    const now = await requireMapped(door, name);
    c.header('ETag', etagOf(outcome.tenant.version));
    return c.json(render(now, await findStoredConnection(sql, name)), 200);
  });
}

/** Throws a `Refusal` where there is no such connection, or it cannot be read. */
export async function requireMapped(door: EntityTypesDoor, name: string): Promise<MappedConnection> {
  const mapped = await orRefuse(door.read(name));
  if (mapped) return mapped;
  throw refuseUnknown(name);
}

function refuseUnknown(name: string): Refusal {
  return new Refusal('connection-unknown', `There is no tenant ${JSON.stringify(name)}.`);
}

function refuseFixed({ name, origin }: MappedConnection): Refusal {
  const place = origin === 'settings' ? 'the settings file' : 'the deployed configuration';
  return new Refusal('connection-state', `What ${name} exports stands in ${place}: change it there.`);
}

/** A fault of a tenant or of settings as a refusal with the same sentence. */
export async function orRefuse<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Fault) throw new Refusal('connection-state', error.message);
    throw error;
  }
}

function entityTypesOf({ entityTypes }: EntityTypesChange): readonly EntityType[] | null {
  return (
    entityTypes?.map(({ name, attributes, links, filter }) => ({
      name,
      attributes,
      links,
      ...(filter === null || filter.trim() === '' ? {} : { filter: filter.trim() }),
    })) ?? null
  );
}

function mistakesIn(door: EntityTypesDoor, entityTypes: readonly EntityType[]): EntityTypesPlan['mistakes'] {
  const empty = entityTypes
    .filter(({ attributes }) => attributes.length === 0)
    .map(({ name }) => ({
      entityType: name,
      part: 'entityType' as const,
      name,
      message: `Entity type ${name} has no attributes: choose at least one, or leave the entity type out.`,
    }));
  return [...empty, ...door.findMistakes(entityTypes)];
}

function compare(
  wanted: readonly EntityType[],
  stored: StoredConnection | undefined,
): Pick<EntityTypesPlan, 'rereads' | 'left'> {
  const rows = stored?.entityTypes ?? [];
  const rereads = wanted.flatMap((entityType) => {
    const row = rows.find(({ name }) => name === entityType.name);
    return row !== undefined && row.mapping === describeMapping(entityType, wanted)
      ? []
      : { name: entityType.name, resourceCount: row === undefined ? null : row.resourceCount };
  });
  const left = rows
    .filter(({ name, resourceCount }) => resourceCount > 0 && !wanted.some((type) => type.name === name))
    .map(({ name, resourceCount }) => ({ name, resourceCount }));
  return { rereads, left };
}

function render(
  { name, origin, version, isUsual, entityTypes }: MappedConnection,
  stored: StoredConnection | undefined,
): EntityTypesAnswer {
  return {
    name,
    origin,
    version,
    isUsual,
    entityTypes: entityTypes.map((entityType) => {
      const row = stored?.entityTypes.find((type) => type.name === entityType.name);
      const isCurrent = row?.mapping === describeMapping(entityType, entityTypes);
      return {
        name: entityType.name,
        attributes: [...entityType.attributes],
        links: [...entityType.links],
        filter: entityType.filter ?? null,
        resourceCount: row === undefined || row.mapping === null ? null : row.resourceCount,
        readAt: textOrNull(row?.cookieAt ?? null),
        isFullReadNext: !isCurrent || row?.cookie === null || row?.fullReason !== null,
      };
    }),
  };
}

function describe({ name, attributes, links, filter }: EntityType): string {
  const condition = filter === undefined ? '' : ` where ${filter}`;
  return `${name}: ${[...attributes, ...links].join(', ')}${condition}`;
}
