/** The directory: searching resources of all connections, and one resource with its attributes, links and history. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Sql } from 'postgres';
import { typedWords } from '../../model/search-words.ts';
import { readIndexState } from '../../store/directory-index.ts';
import { findAssociation, type LinkPage, readDirectLinks } from '../../store/directory-links.ts';
import { readAllMembers, readInherited } from '../../store/directory-nesting.ts';
import { findResource, type KnownResource, type ResourceAddress } from '../../store/directory-resources.ts';
import { readScopes } from '../../store/directory-scopes.ts';
import { type SearchCursor, searchDirectory } from '../../store/directory-search.ts';
import { readHistory } from '../../store/resource-history.ts';
import { needs } from '../authentication.ts';
import { csvDownload } from '../csv-download.ts';
import { Refusal } from '../problem.ts';
import type { ApiEnv } from '../request.ts';
import {
  directoryFilterSchema,
  directoryPageSchema,
  directoryQuerySchema,
  directoryTypesSchema,
  historyPageSchema,
  historyQuerySchema,
  linkPageSchema,
  linksQuerySchema,
  resourceDetailsSchema,
} from '../schemas/directory.ts';
import { readLinkCursor, readNumber, readSearchCursor, writeCursor } from './directory-cursors.ts';
import {
  cellsOf,
  csvColumns,
  type Found,
  renderDetails,
  renderFound,
  renderHistory,
  renderLinks,
} from './directory-rendering.ts';
import { nameInPath, ok, problems, text } from './route-parts.ts';

const tags = ['Directory'];
const permission = '/Syncline/Directory/Query';

export const addressParams = z.object({
  connection: nameInPath('connection', 'contoso.onmicrosoft.com'),
  type: nameInPath('type', 'user'),
  key: nameInPath('key', '9f2c1d3e-0000-4000-8000-000000000001'),
});

export function addDirectoryRoutes(app: OpenAPIHono<ApiEnv>, sql: Sql): void {
  addSearch(app, sql);
  addResource(app, sql);
}

function addSearch(app: OpenAPIHono<ApiEnv>, sql: Sql): void {
  const types = createRoute({
    ...needs(sql, permission),
    method: 'get',
    path: '/api/directory/types',
    tags,
    summary: 'List the entity types of all connections, with how many resources each has',
    responses: { 200: ok('The types, by connection and name.', directoryTypesSchema), ...problems() },
  });
  app.openapi(types, async (c) => {
    const [scopes, index] = await Promise.all([readScopes(sql), readIndexState(sql)]);
    const rows = scopes.map(({ connection, source, type, count }) => ({ connection, source, type, count }));
    return c.json({ types: rows, index: { behind: index.behind, followedAt: text(index.followedAt) } }, 200);
  });

  const search = createRoute({
    ...needs(sql, permission),
    method: 'get',
    path: '/api/directory/resources',
    tags,
    summary: 'Search resources',
    description:
      'Every word of `q` has to be the beginning of a word of a name, an address or an identifier. A page may have fewer resources than its limit, even none, and others behind it all the same: `next` says so.',
    request: { query: directoryQuerySchema },
    responses: { 200: ok('A page of what was found.', directoryPageSchema), ...problems() },
  });
  app.openapi(search, async (c) => {
    const { limit, after, ...filter } = c.req.valid('query');
    const page = await findPage(
      sql,
      filter,
      limit,
      after === undefined ? undefined : readSearchCursor(after),
    );
    const { items, next, total, isTotalExact } = page;
    return c.json(
      { items: items.map(renderFound), next: next && writeCursor(next), total, isTotalExact },
      200,
    );
  });

  const csv = createRoute({
    ...needs(sql, permission),
    method: 'get',
    path: '/api/directory/resources.csv',
    tags,
    summary: 'Download all resources that match a search',
    request: { query: directoryFilterSchema },
    responses: {
      200: { description: 'A line for each.', content: { 'text/csv': { schema: z.string() } } },
      ...problems(),
    },
  });
  app.openapi(csv, (c) => {
    const filter = c.req.valid('query');
    return csvDownload(c, {
      fileName: `directory-${filter.type ?? 'resources'}.csv`,
      columns: csvColumns,
      portions: streamCells(sql, filter),
    });
  });
}

/** Members of groups, among which are groups. */
const containing = ['group.members', 'alpha_group.members'];

type Filter = z.output<typeof directoryFilterSchema>;

async function findPage(
  sql: Sql,
  filter: Filter,
  limit: number,
  after: SearchCursor | undefined,
  isCounted = true,
) {
  const { q, connection, type, tag, deleted } = filter;
  const scopes = await readScopes(sql, { connection, type });
  const words = typedWords(q);
  // What has no letter and no digit is found nowhere.
  const isHopeless = q !== '' && words.length === 0;
  const page = await searchDirectory(sql, {
    words,
    tagId: tag,
    entityTypeIds: isHopeless ? [] : scopes.map(({ entityTypeId }) => entityTypeId),
    isDeleted: deleted,
    limit,
    after,
    isCounted,
  });
  const items = page.items.flatMap((resource): Found[] => {
    const scope = scopes.find(({ entityTypeId }) => entityTypeId === resource.entityTypeId);
    return scope === undefined ? [] : [{ ...resource, scope }];
  });
  return { ...page, items };
}

const csvPortion = 500;

async function* streamCells(sql: Sql, filter: Filter): AsyncGenerator<readonly (readonly string[])[]> {
  let after: SearchCursor | undefined;
  do {
    const page: Awaited<ReturnType<typeof findPage>> = await findPage(sql, filter, csvPortion, after, false);
    yield page.items.map((resource) => cellsOf(renderFound(resource)));
    after = page.next ?? undefined;
  } while (after !== undefined);
}

function addResource(app: OpenAPIHono<ApiEnv>, sql: Sql): void {
  const path = '/api/directory/resources/{connection}/{type}/{key}';
  const details = createRoute({
    ...needs(sql, permission),
    method: 'get',
    path,
    tags,
    summary: 'Get a resource with its attributes, what it is linked to in numbers, and its tags',
    request: { params: addressParams },
    responses: {
      200: ok('The resource, as it is or as it last was.', resourceDetailsSchema),
      ...problems(404),
    },
  });
  app.openapi(details, async (c) => {
    const resource = await requireResource(sql, c.req.valid('param'));
    return c.json(await renderDetails(sql, resource), 200);
  });

  const links = createRoute({
    ...needs(sql, permission),
    method: 'get',
    path: `${path}/links`,
    tags,
    summary: 'List what a resource is linked to, directly or through groups',
    request: { params: addressParams, query: linksQuerySchema },
    responses: { 200: ok('A page of it.', linkPageSchema), ...problems(404) },
  });
  app.openapi(links, async (c) => {
    const query = c.req.valid('query');
    const resource = await requireResource(sql, c.req.valid('param'));
    return c.json(renderLinks(await readLinks(sql, resource, query), writeCursor), 200);
  });

  const history = createRoute({
    ...needs(sql, permission),
    method: 'get',
    path: `${path}/history`,
    tags,
    summary: 'List what happened to a resource and its links, newest first',
    request: { params: addressParams, query: historyQuerySchema },
    responses: { 200: ok('A page of it.', historyPageSchema), ...problems(404) },
  });
  app.openapi(history, async (c) => {
    const { what, after, limit } = c.req.valid('query');
    const resource = await requireResource(sql, c.req.valid('param'));
    const before = after === undefined ? undefined : readNumber(after);
    const { entries, next } = await readHistory(sql, resource, { what, before, limit });
    return c.json({ items: entries.map(renderHistory), next: next === null ? null : String(next) }, 200);
  });
}

/** Throws a `Refusal` where the connection has no such links, or they are not asked for in that way. */
export async function readLinks(
  sql: Sql,
  resource: KnownResource,
  query: z.output<typeof linksQuerySchema>,
): Promise<LinkPage> {
  const { association, direction, kind, limit, after } = query;
  const associationId = await findAssociation(sql, resource.connectionId, association);
  if (associationId === undefined) {
    throw new Refusal(
      'not-found',
      `The connection ${resource.connection} has no links ${JSON.stringify(association)}.`,
    );
  }
  const cursor = after === undefined ? undefined : readLinkCursor(after);
  const selection = { resource, associationId, direction, limit, after: cursor };
  if (kind === 'direct') return await readDirectLinks(sql, selection);
  if (kind === 'indirect' && direction === 'to') return await readInherited(sql, selection);
  if (kind === 'all' && direction === 'from' && containing.includes(association))
    return await readAllMembers(sql, selection);
  throw new Refusal(
    'request-invalid',
    'The field query.kind does not go with the others: indirect is for links to a resource, and all for the members of a group.',
    { field: 'query.kind' },
  );
}

/** Throws a `Refusal` where there is and was no such resource. */
export async function requireResource(sql: Sql, address: ResourceAddress): Promise<KnownResource> {
  const resource = await findResource(sql, address);
  if (resource) return resource;
  const { connection, type, key } = address;
  throw new Refusal('resource-unknown', `${connection} has no ${type} with the id ${JSON.stringify(key)}.`);
}
