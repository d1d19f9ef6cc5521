/** Object sets: the entity types that mappings can lie between, each with its attributes and links. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { needs } from '../authentication.ts';
import type { ApiEnv } from '../request.ts';
import { objectSetListSchema, sideSchema } from '../schemas/mappings.ts';
import { type MappingRoutes, requireSide, mappingTags as tags } from './mapping-parts.ts';
import { nameInPath, ok, problems } from './route-parts.ts';

export function addObjectSetRoutes(
  app: OpenAPIHono<ApiEnv>,
  { sql, door }: Pick<MappingRoutes, 'sql' | 'door'>,
): void {
  const list = createRoute({
    ...needs(sql, '/Syncline/Mappings/Query'),
    method: 'get',
    path: '/api/object-sets',
    tags,
    summary: 'List the entity types that a mapping can lie between',
    responses: { 200: ok('Connections with their entity types.', objectSetListSchema), ...problems() },
  });
  app.openapi(list, async (c) => {
    const sets = await door.listSets();
    const connections = sets.map(({ connection, types, isWritable }) => ({
      connection,
      types: [...types],
      isWritable,
    }));
    return c.json({ connections }, 200);
  });

  const one = createRoute({
    ...needs(sql, '/Syncline/Mappings/Query'),
    method: 'get',
    path: '/api/object-sets/{connection}/{type}',
    tags,
    summary: 'Get the attributes and links of an entity type',
    request: {
      params: z.object({
        connection: nameInPath('connection', 'contoso.onmicrosoft.com'),
        type: nameInPath('type', 'user'),
      }),
    },
    responses: { 200: ok('What mappings can read or set.', sideSchema), ...problems(404) },
  });
  app.openapi(one, async (c) => {
    const { connection, type, isWritable, attributes, links } = await requireSide(door, c.req.valid('param'));
    return c.json(
      {
        connection,
        type,
        isWritable,
        attributes: attributes.map(({ name, type: kind, isMultiValued, isRequired, isUnique }) => ({
          name,
          type: kind,
          isMultiValued,
          isRequired,
          isUnique,
        })),
        links: links.map(({ name }) => name),
      },
      200,
    );
  });
}
