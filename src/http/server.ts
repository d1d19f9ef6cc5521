/**
 * The HTTP server, put together: from ports to an app that answers requests. What a request passes stands here in its order, one
 * line a step; `listener.ts` gives the app a port.
 */
import { OpenAPIHono } from '@hono/zod-openapi';
import type { Tracer } from '@opentelemetry/api';
import { methodNotAllowed } from 'hono/method-not-allowed';
import type { Logger } from 'pino';
import type { Sql } from 'postgres';
import { Fault } from '../errors.ts';
import type { Queue } from '../jobs/queue.ts';
import { authenticate } from './authentication.ts';
import { describeApi, documentationRoutes } from './documentation/openapi.ts';
import { pagePolicy, renderPage } from './documentation/page.ts';
import { identify, limitAddress, limitClient, limitSize, secureHeaders } from './entrance.ts';
import { addDiscovery } from './oauth/discovery.ts';
import { openSigningKeys } from './oauth/signing-keys.ts';
import { addTokenEndpoint } from './oauth/token-endpoint.ts';
import { createMetrics } from './observability/metrics.ts';
import { observe } from './observability/observation.ts';
import { addProbes } from './probes.ts';
import { Refusal, refusalOf, refuseInvalid, renderProblem } from './problem.ts';
import { createRateLimit, type Rate } from './rate-limit.ts';
import type { ApiContext, ApiEnv } from './request.ts';
import { addApiClientRoutes } from './routes/api-clients.ts';
import { addAuditRoutes } from './routes/audit.ts';
import { addConnectionRoutes } from './routes/connections.ts';
import { addDiscarding, type Discard } from './routes/discarding.ts';
import { addJobRoutes } from './routes/jobs.ts';
import { addNotifications } from './routes/notifications.ts';
import { addRunEvents } from './routes/run-events.ts';
import { addRunRoutes } from './routes/runs.ts';
import { addWorkerRoutes } from './routes/workers.ts';

export type ServerOptions = Readonly<{
  sql: Sql;
  queue: Pick<Queue, 'launch' | 'resume'>;
  /** Drops what guards hold back of a connection. */
  discard: Discard;
  /** The fault behind a failed query where the database is what failed, else the error as it is. */
  explain: (error: unknown) => unknown;
  /** Where clients reach the server, without a slash at the end; also the issuer of its tokens. */
  publicUrl: string;
  /** Whether a proxy stands before it, which writes `X-Forwarded-For`. */
  isBehindProxy: boolean;
  log: Logger;
  tracer: Tracer;
  version: string;
  now: () => Date;
  rates: Readonly<{ address: Rate; client: Rate }>;
  /** How often a followed run is looked at. */
  pollMs: number;
  /** Aborted when the server is to end: it is not ready any more, and streams end. */
  closing: AbortSignal;
}>;

/** What a person or a program sends in earnest, with room; a token costs more than most requests. */
export const defaultRates: ServerOptions['rates'] = {
  address: { burst: 200, perSecond: 20 },
  client: { burst: 400, perSecond: 40 },
};

/** Makes the app. */
export function createServer(options: ServerOptions): OpenAPIHono<ApiEnv> {
  const { sql, queue, publicUrl, isBehindProxy, log, tracer, now, rates, closing } = options;
  const app = new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid });
  const metrics = createMetrics(sql, now);
  const keys = openSigningKeys(sql, now);
  const authentication = { sql, keys, issuer: publicUrl, now };
  const nowMs = () => now().getTime();

  app.use(identify(isBehindProxy));
  app.use(observe({ log, tracer, metrics }));
  app.use(secureHeaders(publicUrl.startsWith('https:')));
  // Microsoft Graph's, by measures of its own.
  addNotifications(app, { sql, metrics, now });
  app.use(limitSize);
  app.use(limitAddress(createRateLimit(rates.address, nowMs)));
  app.use(methodNotAllowed({ app, onMethodNotAllowed: refuseMethod }));

  // Open to everybody.
  addProbes(app, { sql, authentication, metrics, isBehindProxy, closing });
  addDiscovery(app, publicUrl, keys);
  addTokenEndpoint(app, { ...authentication, log });
  addDocumentation(app, options);

  // Only with a token, whatever it is.
  app.use('/api/*', authenticate(authentication));
  app.use('/api/*', limitClient(createRateLimit(rates.client, nowMs)));
  addJobRoutes(app, { sql, queue, now });
  addRunRoutes(app, { sql, queue });
  addRunEvents(app, { sql, now, pollMs: options.pollMs, closing });
  addConnectionRoutes(app, sql);
  addDiscarding(app, sql, options.discard);
  addApiClientRoutes(app, sql, now);
  addAuditRoutes(app, sql);
  addWorkerRoutes(app, sql);

  app.notFound((c) =>
    renderProblem(
      c,
      new Refusal('not-found', `There is nothing at ${c.req.path}: GET /api shows what there is.`),
    ),
  );
  app.onError((error, c) => renderError(error, c, options));
  return app;
}

/** The document and the page are made when they are first asked for, when all routes are there. */
function addDocumentation(app: OpenAPIHono<ApiEnv>, { publicUrl, version }: ServerOptions): void {
  let made: Readonly<{ document: string; page: string }> | undefined;
  const make = () => {
    if (made) return made;
    const document = describeApi(app, publicUrl, version);
    made = { document: JSON.stringify(document), page: renderPage(document) };
    return made;
  };
  for (const route of documentationRoutes) app.openAPIRegistry.registerPath(route);
  app.get('/api/openapi.json', (c) => c.body(make().document, 200, { 'Content-Type': 'application/json' }));
  app.get('/api', (c) => c.html(make().page, 200, { 'Content-Security-Policy': pagePolicy }));
}

function refuseMethod(c: ApiContext, allowed: readonly string[]): Response {
  const headers = { Allow: allowed.join(', ') };
  const message = `${c.req.method} is not what ${c.req.path} takes: use ${allowed.join(' or ')}.`;
  return renderProblem(c, new Refusal('method-not-allowed', message, { headers }));
}

function renderError(error: Error, c: ApiContext, { explain, log }: ServerOptions): Response {
  const refusal = refusalOf(error);
  if (refusal) return renderProblem(c, refusal);
  const requestId = c.get('requestId');
  const explained = explain(error);
  if (explained instanceof Fault) {
    log.error({ requestId, code: explained.code, reason: explained.message }, 'the database failed');
    const headers = { 'Retry-After': '5' };
    return renderProblem(
      c,
      new Refusal('database-unavailable', 'The database cannot be used at the moment: try again later.', {
        headers,
      }),
    );
  }
  log.error({ requestId, stack: error.stack }, 'a request failed: this is a defect of Syncline');
  return renderProblem(
    c,
    new Refusal(
      'internal-error',
      'This is a defect of Syncline: the log has more under the id of the request.',
    ),
  );
}
