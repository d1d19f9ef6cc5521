/** A run as it comes along: server-sent events (WHATWG HTML, section 9.2) until its end. */
import { setTimeout as delay } from 'node:timers/promises';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import type { Sql } from 'postgres';
import { isFinal } from '../../model/job.ts';
import { readJobRun } from '../../store/job-runs.ts';
import { needs, requireGranted } from '../authentication.ts';
import { Refusal } from '../problem.ts';
import { type ApiContext, type ApiEnv, type Caller, keyOfCaller } from '../request.ts';
import { numberInPath, problems } from './route-parts.ts';
import { renderRun } from './run-rendering.ts';
import { requireRun } from './runs.ts';

export type RunEvents = Readonly<{
  sql: Sql;
  /** The caller as things are now. Throws a `Refusal` when the token or the session has ended. */
  recheck: (c: ApiContext) => Promise<Caller>;
  /** How often the run is looked at. */
  pollMs: number;
  /** Ends every stream when the server is to end. */
  closing: AbortSignal;
}>;

/** Something has to pass now and then, or proxies take the connection for dead. */
const heartbeatMs = 15_000;
/** Streams that one caller may have open at once. */
const streamsOfClient = 10;

export function addRunEvents(app: OpenAPIHono<ApiEnv>, events: RunEvents): void {
  const open = new Map<string, number>();
  const route = createRoute({
    ...needs(events.sql, '/Jobs/JobInstance/Query'),
    method: 'get',
    path: '/api/runs/{jobRunId}/events',
    tags: ['Runs'],
    summary: 'Follow a run',
    description:
      'Server-sent events: `progress` with the run whenever it has changed, and `end` with the run when it has ended, which is the last one. The stream also ends with the access token or the session.',
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
    const caller = c.get('caller');
    const key = keyOfCaller(caller);
    await requireRun(events.sql, jobRunId);
    // Nobody would read it.
    if (c.req.method === 'HEAD') return c.body(null, 200, { 'Content-Type': 'text/event-stream' });
    const count = open.get(key) ?? 0;
    if (count >= streamsOfClient) {
      throw new Refusal(
        'too-many-streams',
        `You follow ${count} runs already, which is the most: close one.`,
        {
          headers: { 'Retry-After': '5' },
        },
      );
    }
    open.set(key, count + 1);
    return streamSSE(c, async (stream) => {
      const leaving = new AbortController();
      stream.onAbort(() => leaving.abort());
      try {
        await follow(stream, jobRunId, () => isWelcome(c, events), {
          ...events,
          closing: AbortSignal.any([events.closing, leaving.signal]),
        });
      } finally {
        const left = (open.get(key) ?? 1) - 1;
        if (left > 0) open.set(key, left);
        else open.delete(key);
      }
    });
  });
}

/** Whether whoever follows a run could begin to do so now. */
async function isWelcome(c: ApiContext, { recheck }: RunEvents): Promise<boolean> {
  try {
    requireGranted(await recheck(c), '/Jobs/JobInstance/Query');
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

async function follow(
  stream: SSEStreamingApi,
  jobRunId: number,
  isStillWelcome: () => Promise<boolean>,
  { sql, pollMs, closing }: RunEvents,
): Promise<void> {
  let told = '';
  let toldAtMs = 0;
  while (!closing.aborted && (await isStillWelcome())) {
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
