/** The workers that take runs. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Sql } from 'postgres';
import { readWorkers } from '../../store/workers.ts';
import { needs } from '../authentication.ts';
import type { ApiEnv } from '../request.ts';
import { workerSchema } from '../schemas/workers.ts';
import { ok, problems, text } from './route-parts.ts';

export function addWorkerRoutes(app: OpenAPIHono<ApiEnv>, sql: Sql): void {
  const list = createRoute({
    ...needs(sql, '/Syncline/Workers'),
    method: 'get',
    path: '/api/workers',
    tags: ['Workers'],
    summary: 'List the workers that are alive',
    responses: {
      200: ok('The workers, by name.', z.object({ workers: z.array(workerSchema) })),
      ...problems(),
    },
  });
  app.openapi(list, async (c) => {
    const workers = (await readWorkers(sql)).map(({ startedAt, heartbeatAt, ...worker }) => ({
      ...worker,
      startedAt: text(startedAt),
      heartbeatAt: text(heartbeatAt),
    }));
    return c.json({ workers }, 200);
  });
}
