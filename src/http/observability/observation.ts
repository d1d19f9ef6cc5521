/** Every request is measured, traced and logged, also when it is refused on its way. */
import { SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import type { MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';
import type { Logger } from 'pino';
import type { ApiContext, ApiEnv } from '../request.ts';
import type { Metrics } from './metrics.ts';
import { parentOf } from './tracing.ts';

export type Observers = Readonly<{ log: Logger; tracer: Tracer; metrics: Metrics }>;

/** Probes come every few seconds and say nothing as long as all is well. */
const quietRoutes: ReadonlySet<string> = new Set(['/health', '/ready', '/metrics']);

export function observe({ log, tracer, metrics }: Observers): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const startedAtMs = performance.now();
    const { method } = c.req;
    const span = tracer.startSpan(method, { kind: SpanKind.SERVER }, parentOf(c.req.header('traceparent')));
    c.set('span', span);
    await next();
    const route = routeOf(c);
    const { status } = c.res;
    const seconds = (performance.now() - startedAtMs) / 1000;
    metrics.recordRequest({ method, route, status, seconds });
    span.updateName(`${method} ${route}`);
    span.setAttributes({
      'http.request.method': method,
      'http.route': route,
      'http.response.status_code': status,
      'client.address': c.get('address'),
      'syncline.request_id': c.get('requestId'),
    });
    if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
    const level = quietRoutes.has(route) && status < 400 ? 'debug' : 'info';
    log[level](
      {
        requestId: c.get('requestId'),
        traceId: span.isRecording() ? span.spanContext().traceId : undefined,
        method,
        route,
        path: c.req.path,
        status,
        milliseconds: Math.round(seconds * 1000),
        address: c.get('address'),
        client: c.get('caller')?.identifier,
      },
      'request',
    );
  };
}

/** The pattern of the address, such as `/api/jobs/:identifier`. */
function routeOf(c: ApiContext): string {
  return matchedRoutes(c).findLast(({ path }) => !path.includes('*'))?.path ?? 'unmatched';
}
