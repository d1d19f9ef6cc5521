/** What an application has: the types of its objects with their properties, and the objects themselves as they were last read. */
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { typedWords } from '../../model/search-words.ts';
import { type AccountCursor, readAccounts } from '../../store/application-accounts.ts';
import { type ConnectionFacts, readConnectionFacts } from '../../store/application-connections.ts';
import { readMappings } from '../../store/mappings.ts';
import { readTenantSchema } from '../../store/tenant-schemas.ts';
import { needs } from '../authentication.ts';
import type { ApiEnv } from '../request.ts';
import {
  type ApplicationData,
  type ApplicationObjectTypes,
  type ApplicationSummary,
  dataQuerySchema,
  dataSchema,
  objectTypesSchema,
} from '../schemas/applications.ts';
import {
  type ApplicationRoutes,
  applicationParams,
  applicationPath,
  applicationTags,
  readTimeOf,
  renderSummaries,
  requireApplication,
} from './application-parts.ts';
import { readAccountCursor, writeCursor } from './directory-cursors.ts';
import { orRefuse } from './entity-types.ts';
import { ok, problems } from './route-parts.ts';

const query = '/Syncline/Applications/Query';
/** Whose objects are the accounts of people, in Microsoft Entra. */
const accountType = 'user';

export function addApplicationAccounts(app: OpenAPIHono<ApiEnv>, routes: ApplicationRoutes): void {
  addObjectTypes(app, routes);
  addData(app, routes);
}

function addObjectTypes(app: OpenAPIHono<ApiEnv>, routes: ApplicationRoutes): void {
  const { sql, door, entityTypes } = routes;
  const types = createRoute({
    ...needs(sql, query),
    method: 'get',
    path: `${applicationPath}/{applicationId}/object-types`,
    tags: applicationTags,
    summary: 'List the types of objects that an application has, with their properties',
    request: { params: applicationParams },
    responses: {
      200: ok('The types; none before it is connected.', objectTypesSchema),
      ...problems(404, 409),
    },
  });
  app.openapi(types, async (c) => {
    const { applicationId, connectionName } = await requireApplication(
      sql,
      c.req.valid('param').applicationId,
    );
    const mapped = connectionName === null ? undefined : await orRefuse(entityTypes.read(connectionName));
    if (connectionName === null || mapped === undefined) return c.json({ items: [] }, 200);
    const [[facts], schema, mappings] = await Promise.all([
      readConnectionFacts(sql, [connectionName]),
      readTenantSchema(sql, connectionName),
      readMappings(sql, { applicationId }),
    ]);
    const read = (type: string) =>
      mappings
        .filter(({ definition }) => definition.source.type === type)
        .flatMap(({ definition }) => door.readsOf(definition).attributes);
    const items = mapped.entityTypes.map(({ name, attributes }): ApplicationObjectTypes['items'][number] => {
      const reads = new Set(read(name));
      const known = schema?.content.types.find((type) => type.name === name)?.attributes ?? [];
      return {
        type: name,
        label: entityTypes.catalog.find((type) => type.name === name)?.plural ?? name,
        isAccount: name === accountType,
        count: facts?.entityTypes.find((type) => type.name === name)?.count ?? 0,
        readAt: readTimeOf(facts, name),
        properties: attributes.map((attribute) => {
          const described = known.find((one) => one.name === attribute);
          return {
            name: attribute,
            type: described?.type ?? null,
            isMultiValued: described?.isCollection ?? false,
            isMapped: reads.has(attribute),
          };
        }),
      };
    });
    return c.json({ items }, 200);
  });
}

function addData(app: OpenAPIHono<ApiEnv>, routes: ApplicationRoutes): void {
  const { sql } = routes;
  const data = createRoute({
    ...needs(sql, query),
    method: 'get',
    path: `${applicationPath}/{applicationId}/data`,
    tags: applicationTags,
    summary: 'List the objects of an application as they were last read',
    description:
      'In the order of names. A page may have fewer objects than its limit, even none, and others behind it all the same: `next` says so.',
    request: { params: applicationParams, query: dataQuerySchema },
    responses: { 200: ok('A page of objects.', dataSchema), ...problems(404) },
  });
  app.openapi(data, async (c) => {
    const { type, q, limit, after } = c.req.valid('query');
    const application = await requireApplication(sql, c.req.valid('param').applicationId);
    const [summary] = await renderSummaries(routes, [application]);
    const [facts] = await readConnectionFacts(sql, [application.connectionName ?? '']);
    const found = facts?.entityTypes.find(({ name }) => name === type);
    const standing = standOf(summary?.connection, facts, type);
    const words = typedWords(q);
    // What has no letter and no digit is found nowhere.
    if (found === undefined || standing.readAt === null || (q !== '' && words.length === 0)) {
      return c.json({ items: [], next: null, total: 0, isTotalExact: true, ...standing }, 200);
    }
    const cursor: AccountCursor | undefined = after === undefined ? undefined : readAccountCursor(after);
    const { entityTypeId, count } = found;
    const page = await readAccounts(sql, { entityTypeId, count, words, limit, after: cursor });
    const items = page.items.map(({ attributes, ...account }) => ({
      ...account,
      attributes: { ...attributes },
    }));
    return c.json({ ...page, items, next: page.next && writeCursor(page.next), ...standing }, 200);
  });
}

type Standing = Pick<ApplicationData, 'state' | 'message' | 'readAt' | 'objectsRead'>;

/** How far the reading of a type is, in words that a table without rows can show. */
function standOf(
  connection: ApplicationSummary['connection'] | undefined,
  facts: ConnectionFacts | undefined,
  type: string,
): Standing {
  const readAt = readTimeOf(facts, type);
  const message = connection?.message ?? null;
  const none = { message, readAt, objectsRead: null };
  if (readAt !== null) return { ...none, state: 'read' };
  if (connection === undefined || connection.state === 'not-set-up') return { ...none, state: 'not-set-up' };
  if (connection.state === 'failed') return { ...none, state: 'failed' };
  if (connection.runningJobRunId === null) return { ...none, state: 'waiting' };
  return { ...none, state: 'reading', objectsRead: facts?.objectsUnderWay ?? 0 };
}
