/** Identities: their types with the attributes that people add, and lists of them, searched and in pages or as a file. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Sql } from 'postgres';
import { notAlwaysActive, typedWords } from '../../model/search-words.ts';
import { type SearchCursor, searchDirectory } from '../../store/directory-search.ts';
import {
  changeCustomAttributes,
  readIdentityTypes,
  type StoredIdentityType,
} from '../../store/identity-types.ts';
import { readResourcesByKey } from '../../store/mapping-samples.ts';
import { needs } from '../authentication.ts';
import { csvDownload } from '../csv-download.ts';
import { etagOf, ifMatchHeader, refuseChanged, requireVersion } from '../etag.ts';
import { Refusal } from '../problem.ts';
import { type ApiEnv, actorOf } from '../request.ts';
import {
  type Identity,
  identityFilterSchema,
  identityPageSchema,
  identityQuerySchema,
  identityTypeDetailsSchema,
  identityTypeInputSchema,
  identityTypesSchema,
} from '../schemas/identities.ts';
import { doAudited } from './audited-work.ts';
import { readSearchCursor, writeCursor } from './directory-cursors.ts';
import { addIdentityChanges } from './identity-changes.ts';
import { addIdentityDetails } from './identity-details.ts';
import {
  type IdentityRoutes,
  identityTags,
  queryPermission,
  requireType,
  typeParams,
  updatePermission,
} from './identity-parts.ts';
import { renderIdentity, renderType } from './identity-rendering.ts';
import { ok, problems } from './route-parts.ts';

export function addIdentityRoutes(app: OpenAPIHono<ApiEnv>, routes: IdentityRoutes): void {
  // Before what has a type in its place.
  addTypes(app, routes.sql);
  addList(app, routes);
  addIdentityDetails(app, routes);
  addIdentityChanges(app, routes);
}

function addTypes(app: OpenAPIHono<ApiEnv>, sql: Sql): void {
  const list = createRoute({
    ...needs(sql, queryPermission),
    method: 'get',
    path: '/api/identities/types',
    tags: identityTags,
    summary: 'List the types of identities with their attributes',
    responses: { 200: ok('The types.', identityTypesSchema), ...problems() },
  });
  app.openapi(list, async (c) => c.json({ types: (await readIdentityTypes(sql)).map(renderType) }, 200));

  const change = createRoute({
    ...needs(sql, updatePermission),
    method: 'put',
    path: '/api/identities/types/{type}',
    tags: identityTags,
    summary: 'Change the attributes that were added to a type',
    description: 'An attribute that identities have values of neither goes nor becomes of another kind.',
    request: {
      params: typeParams,
      headers: ifMatchHeader,
      body: { required: true, content: { 'application/json': { schema: identityTypeInputSchema } } },
    },
    responses: { 200: ok('The type.', identityTypeDetailsSchema), ...problems(404, 409, 412, 428) },
  });
  app.openapi(change, async (c) => {
    const before = await requireType(sql, c.req.valid('param').type);
    const { customAttributes } = c.req.valid('json');
    const version = requireVersion(c);
    const names = customAttributes.map(({ name }) => name);
    const entry = { action: 'identity-type.update', subject: before.name, detail: { attributes: names } };
    const type = await doAudited(c, sql, entry, async (transaction) => {
      const by = actorOf(c.get('caller'));
      const outcome = await changeCustomAttributes(transaction, before, customAttributes, { version, by });
      if (outcome.kind === 'stale') throw refuseChanged(`The type ${before.name}`, outcome.type);
      if (outcome.kind === 'in-use') throw refuseLoss(outcome.attributes);
      return outcome.type;
    });
    return c.json(renderType(type), 200, { ETag: etagOf(type.version) });
  });
}

function refuseLoss(used: readonly Readonly<{ name: string; identities: number }>[]): Refusal {
  const what = used.map(({ name, identities }) => `${identities} have a value of ${name}`).join(', ');
  return new Refusal(
    'identity-state',
    `Of the identities, ${what}: take the values away first, or leave the attributes as they are.`,
    { field: 'body.customAttributes' },
  );
}

type Filter = z.output<typeof identityFilterSchema>;
type Page = Readonly<{
  items: readonly Identity[];
  next: SearchCursor | null;
  total: number | null;
  isTotalExact: boolean;
}>;

/** A page of what is found. Where a status is asked for, a page may have fewer than its limit, and others behind it all the same. */
async function findPage(
  { sql, now }: IdentityRoutes,
  type: StoredIdentityType,
  { q, tag, status }: Filter,
  {
    limit,
    after,
    isCounted = true,
  }: Readonly<{ limit: number; after?: SearchCursor | undefined; isCounted?: boolean }>,
): Promise<Page> {
  const words = typedWords(q);
  const isHopeless = q !== '' && words.length === 0;
  const found = await searchDirectory(sql, {
    words,
    tagId: tag,
    mark: status === 'inactive' ? notAlwaysActive : undefined,
    entityTypeIds: isHopeless ? [] : [type.entityTypeId],
    isDeleted: false,
    limit,
    after,
    isCounted,
  });
  const keys = found.items.map(({ key }) => key);
  const stored = new Map(
    (await readResourcesByKey(sql, type, keys)).map(({ key, attributes }) => [key, attributes]),
  );
  const at = now();
  const items = found.items.flatMap(({ key, name, tags }) => {
    const attributes = stored.get(key);
    return attributes === undefined ? [] : [renderIdentity(type, { key, name, attributes, tags }, at)];
  });
  const isMeant = ({ status: one }: Identity) =>
    status === undefined || ((one?.state ?? 'active') === 'active') === (status === 'active');
  const { next, total, isTotalExact } = found;
  return status === undefined
    ? { items, next, total, isTotalExact }
    : { items: items.filter(isMeant), next, total: null, isTotalExact: false };
}

function addList(app: OpenAPIHono<ApiEnv>, routes: IdentityRoutes): void {
  const { sql } = routes;
  const list = createRoute({
    ...needs(sql, queryPermission),
    method: 'get',
    path: '/api/identities/{type}',
    tags: identityTags,
    summary: 'Search identities of a type',
    description:
      'Every word of `q` has to be the beginning of a word of a name, an address or an identifier. A page may have fewer identities than its size, even none, and others behind it all the same: `next` says so.',
    request: { params: typeParams, query: identityQuerySchema },
    responses: { 200: ok('A page of what was found.', identityPageSchema), ...problems(404) },
  });
  app.openapi(list, async (c) => {
    const { page, pageSize, after, ...filter } = c.req.valid('query');
    const type = await requireType(sql, c.req.valid('param').type);
    const cursor = after === undefined ? undefined : readSearchCursor(after);
    const { items, next, ...totals } = await findPage(routes, type, filter, {
      limit: pageSize,
      after: cursor,
    });
    return c.json({ items: [...items], next: next && writeCursor(next), page, pageSize, ...totals }, 200);
  });

  const csv = createRoute({
    ...needs(sql, queryPermission),
    method: 'get',
    path: '/api/identities/types/{type}/identities.csv',
    tags: identityTags,
    summary: 'Download all identities of a type that match a search',
    request: { params: typeParams, query: identityFilterSchema },
    responses: {
      200: { description: 'A line for each.', content: { 'text/csv': { schema: z.string() } } },
      ...problems(404),
    },
  });
  app.openapi(csv, async (c) => {
    const type = await requireType(sql, c.req.valid('param').type);
    const names = type.schema.attributes.map(({ name }) => name);
    return csvDownload(c, {
      fileName: `identities-${type.name}.csv`,
      columns: ['id', 'effectiveStatus', ...names],
      portions: streamCells(routes, type, c.req.valid('query')),
    });
  });
}

const csvPortion = 500;

async function* streamCells(
  routes: IdentityRoutes,
  type: StoredIdentityType,
  filter: Filter,
): AsyncGenerator<readonly (readonly string[])[]> {
  const names = type.schema.attributes.map(({ name }) => name);
  let after: SearchCursor | undefined;
  do {
    const page: Page = await findPage(routes, type, filter, { limit: csvPortion, after, isCounted: false });
    yield page.items.map(({ key, status, attributes }) => [
      key,
      status?.state ?? '',
      ...names.map((name) => cellOf(attributes[name])),
    ]);
    after = page.next ?? undefined;
  } while (after !== undefined);
}

function cellOf(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
