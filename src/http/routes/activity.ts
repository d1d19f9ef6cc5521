/** What happened to a tenant: its runs and what people changed of it, in one list. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { findActivityNames, readActivity } from '../../store/sync-history-details.ts';
import { needs } from '../authentication.ts';
import type { ApiEnv } from '../request.ts';
import { activitySchema } from '../schemas/sync-history.ts';
import { nameInPath, ok, problems, text } from './route-parts.ts';
import { type HistoryRoutes, requireHistory } from './sync-history.ts';

export function addActivityRoute(
  app: OpenAPIHono<ApiEnv>,
  { now, ...routes }: HistoryRoutes & Readonly<{ now: () => Date }>,
): void {
  const { sql } = routes;
  const route = createRoute({
    ...needs(sql, '/Syncline/Integrations/Query'),
    method: 'get',
    path: '/api/integrations/entra-id/{name}/activity',
    tags: ['Sync history'],
    summary: 'List what happened to a tenant',
    description:
      'Runs, changes of its settings and credentials, requests for a full scan, and deployments of a configuration, the newest first.',
    request: {
      params: z.object({ name: nameInPath('name', 'contoso.onmicrosoft.com') }),
      query: z.strictObject({
        before: z.iso
          .datetime({ offset: true, error: 'write a time such as 2026-11-29T06:30:00Z' })
          .optional()
          .openapi({ description: 'Only what is older: `nextBefore` of the page before.' }),
        limit: z.coerce.number().int().min(1).max(200).default(50),
      }),
    },
    responses: { 200: ok('A page of what happened.', activitySchema), ...problems(404) },
  });
  app.openapi(route, async (c) => {
    const { before, limit } = c.req.valid('query');
    const { connectionId, name } = await requireHistory(routes, c.req.valid('param').name);
    const items = await readActivity(sql, {
      connectionId,
      names: await findActivityNames(sql, name),
      // What is begun this moment belongs to it, whatever the clocks of two machines say.
      before: before === undefined ? new Date(now().getTime() + 86_400_000) : new Date(before),
      limit,
    });
    const last = items.length === limit ? items.at(-1) : undefined;
    return c.json(
      {
        items: items.map(({ at, state, ...item }) => ({ ...item, at: text(at), status: state })),
        nextBefore: last === undefined ? null : text(last.at),
      },
      200,
    );
  });
}
