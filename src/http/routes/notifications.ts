/**
 * Microsoft Graph's door: the validation of the address, change notifications and lifecycle events. Nobody signs in here; what comes
 * counts when it brings the secret of its subscription, and is passed over otherwise (Microsoft Graph: receive change notifications
 * through webhooks; reduce missing subscriptions and change notifications). It is no part of the API and of its document.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Sql } from 'postgres';
import { wakeAt } from '../../jobs/follow-pace.ts';
import {
  readClientStates,
  recordNotified,
  recordRemoved,
  requestRenewal,
} from '../../store/graph-subscriptions.ts';
import { wakeFollowers } from '../../store/jobs.ts';
import { limitAddress, limitSizeTo } from '../entrance.ts';
import type { Metrics } from '../observability/metrics.ts';
import { Refusal } from '../problem.ts';
import { createRateLimit, type Rate } from '../rate-limit.ts';
import type { ApiContext, ApiEnv } from '../request.ts';

export type NotificationDoor = Readonly<{
  sql: Sql;
  metrics: Pick<Metrics, 'countNotifications'>;
  now: () => Date;
}>;

/** Several notifications travel in one body, with up to hundreds of links each. */
const largestBodyBytes = 1024 * 1024;
/** Per address: a tenant with much to tell sends many requests at once, and what is refused comes again for hours. */
const rate: Rate = { burst: 2000, perSecond: 200 };

/** What Graph has given back to it: a sentence with an id, or anything else that cannot do harm as plain text. */
const validationToken = /^[\x20-\x7e]{1,2048}$/;

const bodySchema = z.object({ value: z.array(z.unknown()) });
const notificationSchema = z.object({
  subscriptionId: z.string().max(200),
  clientState: z.string().max(200),
  /** Only of lifecycle events. */
  lifecycleEvent: z.string().optional(),
});
type Notification = z.infer<typeof notificationSchema>;

/** Adds the door. What is limited for everybody else is limited here by measures of its own, so it has to stand before. */
export function addNotifications(app: OpenAPIHono<ApiEnv>, door: NotificationDoor): void {
  const { sql, now } = door;
  const path = '/notifications/:connection';
  app.use(
    `${path}/*`,
    limitAddress(createRateLimit(rate, () => now().getTime())),
    limitSizeTo(largestBodyBytes),
  );

  app.post(path, async (c) => {
    const token = c.req.query('validationToken');
    if (token !== undefined) return confirm(c, token);
    const accepted = await accept(c, door);
    if (accepted.length > 0) {
      await wakeFollowers(sql, connectionOf(c), wakeAt(now()));
      await recordNotified(sql, idsOf(accepted), now());
    }
    return c.body(null, 202);
  });

  app.post(`${path}/lifecycle`, async (c) => {
    const token = c.req.query('validationToken');
    if (token !== undefined) return confirm(c, token);
    const accepted = await accept(c, door);
    const told = (event: string) => idsOf(accepted.filter(({ lifecycleEvent }) => lifecycleEvent === event));
    const [expiring, removed, missed] = ['reauthorizationRequired', 'subscriptionRemoved', 'missed'].map(
      told,
    );
    if (expiring?.length) await requestRenewal(sql, expiring, now());
    if (removed?.length) await recordRemoved(sql, removed, now());
    if (missed?.length) await wakeFollowers(sql, connectionOf(c), wakeAt(now()));
    return c.body(null, 202);
  });
}

function confirm(c: ApiContext, token: string): Response {
  if (validationToken.test(token)) return c.text(token, 200);
  throw new Refusal(
    'request-invalid',
    'The validationToken is empty, longer than 2048 characters, or not of printable characters alone.',
    { field: 'query.validationToken' },
  );
}

/** The notifications in a body that are what they claim to be; whatever else it holds is counted and gets the same answer. */
async function accept(c: ApiContext, { sql, metrics }: NotificationDoor): Promise<readonly Notification[]> {
  const sent = readBody(await c.req.text());
  const notifications = sent.flatMap((one) => notificationSchema.safeParse(one).data ?? []);
  const connection = connectionOf(c).toLowerCase();
  const states = notifications.length === 0 ? [] : await readClientStates(sql, idsOf(notifications));
  const hashes = new Map(
    states
      .filter((state) => state.connection.toLowerCase() === connection)
      .map(({ subscriptionId, clientStateHash }) => [subscriptionId, clientStateHash]),
  );
  const accepted = notifications.filter(({ subscriptionId, clientState }) => {
    const expected = hashes.get(subscriptionId);
    if (expected === undefined) return false;
    return timingSafeEqual(createHash('sha256').update(clientState).digest(), expected);
  });
  metrics.countNotifications({ accepted: accepted.length, ignored: sent.length - accepted.length });
  return accepted;
}

function readBody(text: string): readonly unknown[] {
  try {
    return bodySchema.parse(JSON.parse(text)).value;
  } catch {
    return [undefined];
  }
}

function connectionOf(c: ApiContext): string {
  return c.req.param('connection') ?? '';
}

function idsOf(notifications: readonly Notification[]): readonly string[] {
  return [...new Set(notifications.map(({ subscriptionId }) => subscriptionId))];
}
