/** Mappings of OpenIDM and PingIDM, translated: what they are here, and what became of each part. */
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { importSyncJson, managedObjectSets } from '../../mapping/sync-json.ts';
import { needs } from '../authentication.ts';
import type { ApiEnv } from '../request.ts';
import { mappingImportRequestSchema, mappingImportSchema } from '../schemas/mapping-imports.ts';
import { type MappingRoutes, mappingPath, mappingTags as tags } from './mapping-parts.ts';
import { ok, problems } from './route-parts.ts';

export function addMappingImports(app: OpenAPIHono<ApiEnv>, { sql }: Pick<MappingRoutes, 'sql'>): void {
  const translate = createRoute({
    ...needs(sql, '/Syncline/Mappings/Query'),
    method: 'post',
    path: `${mappingPath}/import`,
    tags,
    summary: 'Translate mappings of OpenIDM or PingIDM; nothing is saved',
    description:
      'The managed users and groups are the identities here unless `objectSets` says otherwise. What is to be saved is created like any other mapping.',
    request: {
      body: { required: true, content: { 'application/json': { schema: mappingImportRequestSchema } } },
    },
    responses: {
      200: ok('The mappings, and a line for each part of the document.', mappingImportSchema),
      ...problems(),
    },
  });
  app.openapi(translate, (c) => {
    const { document, objectSets } = c.req.valid('json');
    const named = Object.entries(objectSets).map(([name, { attributes, ...objectSet }]) => [
      name,
      { objectSet, attributes },
    ]);
    const { mappings, report } = importSyncJson(document, {
      ...managedObjectSets,
      ...Object.fromEntries(named),
    });
    return c.json(
      {
        mappings: mappings.map(({ missing, ...mapping }) => ({ ...mapping, missing: [...missing] })),
        report: [...report],
      },
      200,
    );
  });
}
