/** Mappings: listed, read, given as files, and checked before anything is saved. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { writeMapping } from '../../mapping/mapping-document.ts';
import { readMappings } from '../../store/mappings.ts';
import { needs } from '../authentication.ts';
import { etagOf } from '../etag.ts';
import type { ApiEnv } from '../request.ts';
import { listQueryShape } from '../schemas/list.ts';
import {
  mappingCheckRequestSchema,
  mappingCheckSchema,
  mappingListSchema,
  mappingSchema,
} from '../schemas/mappings.ts';
import {
  examine,
  isSameName,
  type MappingRoutes,
  mappingParams,
  mappingPath,
  renderMapping,
  renderSummary,
  requireMapping,
  mappingTags as tags,
  takenSentence,
} from './mapping-parts.ts';
import { ok, problems } from './route-parts.ts';

export function addMappingRoutes(app: OpenAPIHono<ApiEnv>, routes: MappingRoutes): void {
  addReading(app, routes);
  addFile(app, routes);
  addCheck(app, routes);
}

const { page, pageSize, q } = listQueryShape(['name'], 'name');
const applicationQuery = z
  .union([z.literal('none'), z.coerce.number().int().positive()])
  .optional()
  .openapi({
    type: 'string',
    description: 'The number of an application, or `none` for mappings that belong to none.',
  });

function addReading(app: OpenAPIHono<ApiEnv>, routes: MappingRoutes): void {
  const { sql } = routes;
  const list = createRoute({
    ...needs(sql, '/Syncline/Mappings/Query'),
    method: 'get',
    path: mappingPath,
    tags,
    summary: 'List mappings',
    request: { query: z.strictObject({ page, pageSize, q, application: applicationQuery }) },
    responses: { 200: ok('A page of mappings, by name.', mappingListSchema), ...problems() },
  });
  app.openapi(list, async (c) => {
    const query = c.req.valid('query');
    const { application } = query;
    const all = await readMappings(
      sql,
      application === undefined ? {} : { applicationId: application === 'none' ? null : application },
    );
    const wanted = query.q?.toLowerCase() ?? '';
    // There are as many as people have thought of.
    const found = all.filter(({ name, definition }) =>
      `${name}\n${definition.displayName}`.toLowerCase().includes(wanted),
    );
    const begin = (query.page - 1) * query.pageSize;
    const items = found.slice(begin, begin + query.pageSize).map(renderSummary);
    const counted = { total: found.length, isTotalExact: true };
    return c.json({ items, page: query.page, pageSize: query.pageSize, ...counted }, 200);
  });

  const one = createRoute({
    ...needs(sql, '/Syncline/Mappings/Query'),
    method: 'get',
    path: `${mappingPath}/{name}`,
    tags,
    summary: 'Get a mapping',
    request: { params: mappingParams },
    responses: { 200: ok('The mapping.', mappingSchema), ...problems(404) },
  });
  app.openapi(one, async (c) => {
    const mapping = await requireMapping(sql, c.req.valid('param').name);
    return c.json(await renderMapping(routes, mapping), 200, { ETag: etagOf(mapping.version) });
  });
}

function addFile(app: OpenAPIHono<ApiEnv>, { sql }: MappingRoutes): void {
  const file = createRoute({
    ...needs(sql, '/Syncline/Mappings/Query'),
    method: 'get',
    path: `${mappingPath}/{name}/export`,
    tags,
    summary: 'Download a mapping as a file',
    request: { params: mappingParams },
    responses: {
      200: {
        description: 'The file; deploying it, or sending it as a definition, gives the same mapping.',
        content: { 'application/json': { schema: z.record(z.string(), z.unknown()) } },
      },
      ...problems(404),
    },
  });
  app.openapi(file, async (c) => {
    const { name, definition } = await requireMapping(sql, c.req.valid('param').name);
    return c.body(writeMapping(definition), 200, {
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Disposition': `attachment; filename="${name.replace(/[^A-Za-z0-9._ -]/g, '-')}.json"`,
    }) as never;
  });
}

function addCheck(app: OpenAPIHono<ApiEnv>, routes: MappingRoutes): void {
  const { sql } = routes;
  const check = createRoute({
    ...needs(sql, '/Syncline/Mappings/Query'),
    method: 'post',
    path: `${mappingPath}/check`,
    tags,
    summary: 'See what is wrong with a mapping; nothing is saved',
    request: {
      body: { required: true, content: { 'application/json': { schema: mappingCheckRequestSchema } } },
    },
    responses: {
      200: ok('What is wrong with it, and what may be a surprise.', mappingCheckSchema),
      ...problems(),
    },
  });
  app.openapi(check, async (c) => {
    const { definition, isNew } = c.req.valid('json');
    const found = await examine(routes, definition);
    const name = found.definition?.name ?? '';
    const isTaken = isNew && (await readMappings(sql)).some((one) => isSameName(one.name, name));
    const taken = isTaken ? [{ path: 'name', message: takenSentence(name) }] : [];
    return c.json({ ...found, mistakes: [...taken, ...found.mistakes] }, 200);
  });
}
