/** Live updates: server-sent events (WHATWG HTML, section 9.2) that say what has changed, for whoever shows it to ask again. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import type { Topic } from '../../model/topics.ts';
import { isGranted, type Permission } from '../permissions.ts';
import { Refusal } from '../problem.ts';
import { type ApiContext, type ApiEnv, type Caller, keyOfCaller } from '../request.ts';
import type { TopicWatch } from '../topic-watch.ts';
import { problems } from './route-parts.ts';

export type Events = Readonly<{
  watch: TopicWatch;
  now: () => Date;
  /** The caller as things are now. Throws when the session or the token has ended. Does not count as a sign of life. */
  recheck: (c: ApiContext) => Promise<Caller>;
  /** How soon that it has ended is noticed. */
  recheckMs: number;
  /** Something has to pass so often, or proxies take the connection for dead, and browsers do not notice that it is. */
  heartbeatMs: number;
  /** Ends every stream when the server is to end. */
  closing: AbortSignal;
}>;

/** Streams that one caller may have open at once: one a browser tab. */
const streamsOfCaller = 20;
/** How long a browser waits before it connects again. */
const retryMs = 2000;

/** Who may see a topic may know that it has changed. */
const permissionOf: Readonly<Record<Topic, Permission>> = {
  runs: '/Jobs/JobInstance/Query',
  jobs: '/Jobs/Job/Query',
  integrations: '/Syncline/Integrations/Query',
  profiles: '/Syncline/CredentialProfiles/Query',
  directory: '/Syncline/Directory/Query',
  workers: '/Syncline/Workers',
  audit: '/Syncline/Audit',
  users: '/Syncline/Users',
  configuration: '/Syncline/Configuration/Query',
  applications: '/Syncline/Applications/Query',
  mappings: '/Syncline/Mappings/Query',
  reconciliations: '/Syncline/Reconciliation/Query',
};

export function addEvents(app: OpenAPIHono<ApiEnv>, events: Events): void {
  const open = new Map<string, number>();
  const route = createRoute({
    method: 'get',
    path: '/api/events',
    tags: ['Events'],
    summary: 'Hear what has changed',
    description:
      'Server-sent events: `changed` with the topics of which something has changed, at most once a second, and only topics that the caller may see; `heartbeat` while there is no news. What is asked for after the answer has begun is never older than what is told. The stream ends with the access token or the session.',
    security: [{ oauth: ['syncline_api'] }],
    responses: {
      200: {
        description: 'The events. `data` is JSON, such as `{"topics":["runs"]}`.',
        content: { 'text/event-stream': { schema: z.string() } },
      },
      ...problems(),
    },
  });
  app.openapi(route, async (c) => {
    // Nobody would read it.
    if (c.req.method === 'HEAD') return c.body(null, 200, { 'Content-Type': 'text/event-stream' });
    const caller = c.get('caller');
    const key = keyOfCaller(caller);
    const count = open.get(key) ?? 0;
    if (count >= streamsOfCaller) {
      throw new Refusal(
        'too-many-streams',
        `You listen ${count} times already, which is the most: close a window.`,
        { headers: { 'Retry-After': '5' } },
      );
    }
    open.set(key, count + 1);
    const pending = new Set<Topic>();
    let wake = () => {};
    let stop: () => void;
    const leave = () => {
      const left = (open.get(key) ?? 1) - 1;
      if (left > 0) open.set(key, left);
      else open.delete(key);
    };
    try {
      stop = await events.watch.listen((changed) => {
        for (const topic of changed) pending.add(topic);
        wake();
      });
    } catch (error) {
      leave();
      throw error;
    }
    return streamSSE(c, async (stream) => {
      const leaving = new AbortController();
      stream.onAbort(() => leaving.abort());
      const ending = AbortSignal.any([events.closing, leaving.signal]);
      ending.addEventListener('abort', () => wake());
      const untilWoken = (ms: number) =>
        new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
          if (pending.size > 0 || ending.aborted) wake();
        });
      try {
        await tell(stream, { c, caller, pending, untilWoken, ending, events });
      } finally {
        stop();
        leave();
      }
    });
  });
}

type Telling = Readonly<{
  c: ApiContext;
  caller: Caller;
  pending: Set<Topic>;
  untilWoken: (ms: number) => Promise<void>;
  ending: AbortSignal;
  events: Events;
}>;

async function tell(
  stream: SSEStreamingApi,
  { c, caller: first, pending, untilWoken, ending, events }: Telling,
): Promise<void> {
  let caller = first;
  let checkedAtMs = performance.now();
  let toldAtMs = checkedAtMs;
  await stream.write(`retry: ${retryMs}\n: listening\n\n`);
  while (!ending.aborted && events.now() < caller.expiresAt) {
    await untilWoken(events.recheckMs);
    if (ending.aborted) return;
    if (performance.now() - checkedAtMs >= events.recheckMs) {
      const checked = await events.recheck(c).catch(() => undefined);
      if (checked === undefined) return;
      caller = checked;
      checkedAtMs = performance.now();
    }
    const topics = [...pending].filter((topic) => isGranted(caller.permissions, permissionOf[topic]));
    pending.clear();
    if (topics.length > 0) {
      await stream.writeSSE({ event: 'changed', data: JSON.stringify({ topics }) });
      toldAtMs = performance.now();
    } else if (performance.now() - toldAtMs >= events.heartbeatMs) {
      await stream.writeSSE({ event: 'heartbeat', data: '{}' });
      toldAtMs = performance.now();
    }
  }
}
