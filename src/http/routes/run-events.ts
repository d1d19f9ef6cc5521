/** A run as it comes along: server-sent events (WHATWG HTML, section 9.2) until its end. */
import { setTimeout as delay } from 'node:timers/promises';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import type { Sql } from 'postgres';
import { isFinal } from '../../model/job.ts';
import { readJobRun } from '../../store/job-runs.ts';
import { needs } from '../authentication.ts';
import { Refusal } from '../problem.ts';
import type { ApiEnv } from '../request.ts';
import { numberInPath, problems } from './route-parts.ts';
import { renderRun } from './run-schema.ts';
import { requireRun } from './runs.ts';

export type RunEvents = Readonly<{
  sql: Sql;
  now: () => Date;
  /** How often the run is looked at. */
  pollMs: number;
  /** Ends every stream when the server is to end. */
  closing: AbortSignal;
}>;

/** Something has to pass now and then, or proxies take the connection for dead. */
const heartbeatMs = 15_000;
/** Streams that one client may have open at once. */
const streamsOfClient = 10;

export function addRunEvents(app: OpenAPIHono<ApiEnv>, events: RunEvents): void {
  const open = new Map<number, number>();
  const route = createRoute({
    ...needs(events.sql, '/Jobs/JobInstance/Query'),
    method: 'get',
    path: '/api/runs/{jobRunId}/events',
    tags: ['Runs'],
    summary: 'Follow a run',
    description:
      'Server-sent events: `progress` with the run whenever it has changed, and `end` with the run when it has ended, which is the last one. The stream also ends with the access token.',
    request: { params: z.object({ jobRunId: numberInPath('jobRunId') }) },
    responses: {
      200: {
        description: 'The events. `data` is a run with its tasks, as JSON.',
        content: { 'text/event-stream': { schema: z.string() } },
      },
      ...problems(404),
    },
  });
  app.openapi(route, async (c) => {
    const { jobRunId } = c.req.valid('param');
    const { apiClientId, expiresAt } = c.get('caller');
    await requireRun(events.sql, jobRunId);
    // Nobody would read it.
    if (c.req.method === 'HEAD') return c.body(null, 200, { 'Content-Type': 'text/event-stream' });
    const count = open.get(apiClientId) ?? 0;
    if (count >= streamsOfClient) {
      throw new Refusal(
        'too-many-streams',
        `The client follows ${count} runs already, which is the most: close one.`,
        {
          headers: { 'Retry-After': '5' },
        },
      );
    }
    open.set(apiClientId, count + 1);
    return streamSSE(c, async (stream) => {
      const leaving = new AbortController();
      stream.onAbort(() => leaving.abort());
      try {
        await follow(stream, jobRunId, expiresAt, {
          ...events,
          closing: AbortSignal.any([events.closing, leaving.signal]),
        });
      } finally {
        const left = (open.get(apiClientId) ?? 1) - 1;
        if (left > 0) open.set(apiClientId, left);
        else open.delete(apiClientId);
      }
    });
  });
}

async function follow(
  stream: SSEStreamingApi,
  jobRunId: number,
  expiresAt: Date,
  { sql, now, pollMs, closing }: RunEvents,
): Promise<void> {
  let told = '';
  let toldAtMs = 0;
  while (!closing.aborted && now() < expiresAt) {
    const run = await readJobRun(sql, jobRunId);
    // Deleted while somebody looked on.
    if (!run) return;
    const data = JSON.stringify(renderRun(run));
    if (isFinal(run.state)) {
      await stream.writeSSE({ event: 'end', data });
      return;
    }
    if (data !== told) {
      await stream.writeSSE({ event: 'progress', data });
      told = data;
      toldAtMs = performance.now();
    } else if (performance.now() - toldAtMs > heartbeatMs) {
      await stream.write(': nothing new\n\n');
      toldAtMs = performance.now();
    }
    await delay(pollMs, undefined, { signal: closing }).catch(() => undefined);
  }
}
