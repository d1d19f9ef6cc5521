/** What machines ask of the server itself: whether it is alive, whether it is ready, and its metrics. */
import { setTimeout as delay } from 'node:timers/promises';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Sql } from 'postgres';
import { isMigrated } from '../store/observations.ts';
import { readWorkers } from '../store/workers.ts';
import { type Authentication, readCaller, requireGranted } from './authentication.ts';
import { isLoopback } from './client-address.ts';
import type { Metrics } from './observability/metrics.ts';
import type { ApiEnv } from './request.ts';
import { ok, problems } from './routes/route-parts.ts';

export type Probes = Readonly<{
  sql: Sql;
  authentication: Authentication;
  metrics: Metrics;
  /** Behind a proxy everybody may look local. */
  isBehindProxy: boolean;
  closing: AbortSignal;
}>;

/** A database that answers no sooner is of no use to a request either. */
const patienceMs = 2000;

const healthSchema = z.object({ status: z.literal('alive') }).openapi('Health');

const readinessSchema = z
  .object({
    status: z.enum(['ready', 'not-ready']),
    database: z.enum(['reachable', 'unreachable']),
    migrations: z.enum(['current', 'different', 'unknown']),
    workers: z
      .int()
      .nullable()
      .openapi({ description: 'How many are alive. Without one, runs wait; the API works.' }),
    isEnding: z.boolean(),
  })
  .openapi('Readiness');

const tags = ['Server'];

export function addProbes(app: OpenAPIHono<ApiEnv>, probes: Probes): void {
  const health = createRoute({
    method: 'get',
    path: '/health',
    tags,
    summary: 'Whether the process answers',
    security: [],
    responses: { 200: ok('It does.', healthSchema) },
  });
  app.openapi(health, (c) => c.json({ status: 'alive' as const }, 200));

  const ready = createRoute({
    method: 'get',
    path: '/ready',
    tags,
    summary: 'Whether requests can be answered',
    security: [],
    responses: { 200: ok('They can.', readinessSchema), 503: ok('They cannot.', readinessSchema) },
  });
  app.openapi(ready, async (c) => {
    const isEnding = probes.closing.aborted;
    const standing = await look(probes.sql);
    const isReady = !isEnding && standing.database === 'reachable' && standing.migrations === 'current';
    const status = isReady ? 'ready' : 'not-ready';
    return c.json({ status, ...standing, isEnding } as const, isReady ? 200 : 503);
  });

  const metrics = createRoute({
    method: 'get',
    path: '/metrics',
    tags,
    summary: 'Metrics for Prometheus',
    description:
      'Open to this machine itself, unless the server stands behind a proxy; to others with a token.',
    security: [{}, { oauth: ['syncline_api'] }],
    'x-permission': '/Syncline/Metrics',
    responses: {
      200: { description: 'The metrics.', content: { 'text/plain': { schema: z.string() } } },
      ...problems(),
    },
  });
  app.openapi(metrics, async (c) => {
    if (probes.isBehindProxy || !isLoopback(c.get('address'))) {
      requireGranted(await readCaller(c, probes.authentication), '/Syncline/Metrics');
    }
    return c.text(await probes.metrics.render(), 200, { 'Content-Type': probes.metrics.contentType });
  });
}

type Standing = Pick<z.input<typeof readinessSchema>, 'database' | 'migrations' | 'workers'>;

async function look(sql: Sql): Promise<Standing> {
  const looking = (async (): Promise<Standing> => {
    const isCurrent = await isMigrated(sql);
    const workers = (await readWorkers(sql)).length;
    return { database: 'reachable', migrations: isCurrent ? 'current' : 'different', workers };
  })();
  const unreachable: Standing = { database: 'unreachable', migrations: 'unknown', workers: null };
  const giveUp = new AbortController();
  const late = delay(patienceMs, unreachable, { signal: giveUp.signal }).catch(() => unreachable);
  const standing = await Promise.race([looking.catch(() => unreachable), late]);
  giveUp.abort();
  return standing;
}
