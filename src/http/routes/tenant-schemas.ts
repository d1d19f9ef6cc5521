/** What a tenant offers to export: its own schema, how attributes are filled, and a few of its objects as they would be exported. */
import { createRoute, type OpenAPIHono, type z } from '@hono/zod-openapi';
import type { Sql } from 'postgres';
import {
  type AttributeSample,
  readTenantSchema,
  type StoredTenantSchema,
  sampleAttributes,
  writeTenantSchema,
} from '../../store/tenant-schemas.ts';
import { transact } from '../../store/transaction.ts';
import { needs, requireGranted } from '../authentication.ts';
import { isGranted } from '../permissions.ts';
import { Refusal } from '../problem.ts';
import { type ApiContext, type ApiEnv, actorOf } from '../request.ts';
import {
  previewRequestSchema,
  previewSchema,
  type SchemaAttribute,
  type TenantSchemaAnswer,
  tenantSchemaSchema,
} from '../schemas/entity-types.ts';
import {
  connectionParams,
  type EntityTypesDoor,
  type MappedConnection,
  orRefuse,
  requireMapped,
} from './entity-types.ts';
import { audit, nameInPath, ok, problems, textOrNull } from './route-parts.ts';

const tags = ['Entity types'];
const previewedObjects = 10;
/** What objects hold is for those who may see them. */
const seesObjects = '/Syncline/Directory/Query';

export function addTenantSchemaRoutes(app: OpenAPIHono<ApiEnv>, sql: Sql, door: EntityTypesDoor): void {
  const read = createRoute({
    ...needs(sql, '/Connectors/Connector/Query'),
    method: 'get',
    path: '/api/integrations/entra-id/{name}/schema',
    tags,
    summary: 'Get what a tenant offers to export',
    description: `Sample values are for callers with ${seesObjects}.`,
    request: { params: connectionParams },
    responses: {
      200: ok('Its entity types with their attributes.', tenantSchemaSchema),
      ...problems(404, 409),
    },
  });
  app.openapi(read, async (c) => {
    const mapped = await requireMapped(door, c.req.valid('param').name);
    return c.json(await answer(c, sql, door, mapped), 200);
  });

  const refresh = createRoute({
    ...needs(sql, '/Connectors/Connector/Update'),
    method: 'post',
    path: '/api/integrations/entra-id/{name}/schema/refresh',
    tags,
    summary: "Read a tenant's schema anew",
    request: { params: connectionParams },
    responses: { 200: ok('The same, as it is now.', tenantSchemaSchema), ...problems(404, 409) },
  });
  app.openapi(refresh, async (c) => {
    const mapped = await requireMapped(door, c.req.valid('param').name);
    const content = await orRefuse(door.readSchema(mapped.name, c.req.raw.signal));
    await transact(sql, async (transaction) => {
      await writeTenantSchema(transaction, mapped.name, content, actorOf(c.get('caller')));
      await audit(c, transaction, { action: 'tenant-schema.refresh', subject: mapped.name, outcome: 'done' });
    });
    return c.json(await answer(c, sql, door, mapped), 200);
  });

  const preview = createRoute({
    ...needs(sql, '/Connectors/Connector/Update'),
    method: 'post',
    path: '/api/integrations/entra-id/{name}/entity-types/{type}/preview',
    tags,
    summary: 'See ten objects of the tenant as they would be exported; nothing is changed',
    description: `The caller needs ${seesObjects}, too.`,
    request: {
      params: connectionParams.extend({ type: nameInPath('type', 'user') }),
      body: { required: true, content: { 'application/json': { schema: previewRequestSchema } } },
    },
    responses: { 200: ok('The objects.', previewSchema), ...problems(404, 409) },
  });
  app.openapi(preview, async (c) => {
    const { name, type } = c.req.valid('param');
    const { attributes, filter } = c.req.valid('json');
    const mapped = await requireMapped(door, name);
    requireGranted(c.get('caller'), seesObjects);
    const entityType = { name: type, attributes, links: [], ...(filter?.trim() ? { filter } : {}) };
    const [mistake] = door.findMistakes([entityType]);
    if (mistake) {
      const field = mistake.part === 'filter' ? 'body.filter' : 'body.attributes';
      throw new Refusal('request-invalid', mistake.message, { field });
    }
    const found = await orRefuse(door.preview(mapped.name, entityType, previewedObjects, c.req.raw.signal));
    return c.json(
      { objects: found.map((object) => ({ ...object, attributes: { ...object.attributes } })) },
      200,
    );
  });
}

async function answer(
  c: ApiContext,
  sql: Sql,
  door: EntityTypesDoor,
  mapped: MappedConnection,
): Promise<z.input<typeof tenantSchemaSchema>> {
  const stored = await readTenantSchema(sql, mapped.name);
  const samples = await sampleAttributes(sql, mapped.name);
  const isOpen = isGranted(c.get('caller').permissions, seesObjects);
  return {
    readAt: textOrNull(stored?.readAt ?? null),
    readBy: stored?.readBy ?? null,
    extensionsProblem: stored?.content.extensionsProblem ?? null,
    types: door.catalog.map((offered) => {
      const own = samples.filter(({ entityType }) => entityType === offered.name);
      return {
        name: offered.name,
        plural: offered.plural,
        permission: offered.permission,
        links: [...offered.links],
        attributes: attributesOf(offered, mapped, stored?.content).map((attribute) =>
          withSample(attribute, own, isOpen),
        ),
      };
    }),
  };
}

type Attribute = Omit<SchemaAttribute, 'filled' | 'sampled' | 'values'>;

/** What Syncline knows of a type, what the tenant says, and what is mapped, put together by name. */
function attributesOf(
  { name: typeName, attributes: known }: EntityTypesDoor['catalog'][number],
  { entityTypes }: MappedConnection,
  content: StoredTenantSchema['content'] | undefined,
): readonly Attribute[] {
  const mapped = entityTypes.find(({ name }) => name === typeName)?.attributes ?? [];
  const own = content?.types.find(({ name }) => name === typeName)?.attributes;
  const extensions =
    content?.extensions.filter((extension) => extension.entityTypes.includes(typeName)) ?? [];
  const areExtensionsKnown = content !== undefined && content.extensionsProblem === null;
  const ofTenant = new Map([...(own ?? []), ...extensions].map((attribute) => [attribute.name, attribute]));
  const names = new Set([...(own === undefined ? known.keys() : ofTenant.keys()), ...mapped]);
  for (const { name } of extensions) names.add(name);
  names.delete('id');
  const isExtension = new Set([
    ...extensions.map(({ name }) => name),
    ...mapped.filter((name) => !known.has(name)),
  ]);
  const applications = new Map(extensions.map(({ name, application }) => [name, application]));
  return [...names].sort(byName).map((name) => {
    const said = ofTenant.get(name);
    const canBeMissing = isExtension.has(name) ? areExtensionsKnown : own !== undefined;
    const isMapped = mapped.includes(name);
    return {
      name,
      type: said?.type ?? null,
      isCollection: said?.isCollection ?? false,
      isExtension: isExtension.has(name),
      application: applications.get(name) ?? null,
      availability: isExtension.has(name) ? 'exported' : (known.get(name) ?? 'unknown'),
      isMapped,
      isMissing: isMapped && canBeMissing && said === undefined,
    };
  });
}

function byName(one: string, other: string): number {
  return Number(one.toLowerCase() > other.toLowerCase()) - Number(one.toLowerCase() < other.toLowerCase());
}

/** Of attributes that are not exported nothing is stored. */
function withSample(
  attribute: Attribute,
  samples: readonly AttributeSample[],
  isOpen: boolean,
): TenantSchemaAnswer['types'][number]['attributes'][number] {
  const [any] = samples;
  if (any === undefined || !attribute.isMapped) {
    return { ...attribute, filled: null, sampled: null, values: [] };
  }
  const sample = samples.find(({ name }) => name === attribute.name);
  return {
    ...attribute,
    filled: sample?.filled ?? 0,
    sampled: any.sampled,
    values: isOpen ? [...(sample?.values ?? [])] : [],
  };
}
