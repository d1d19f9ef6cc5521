/**
 * Subscriptions to Microsoft Graph's change notifications: what is kept of each, for those who look after them, for those who check
 * what comes in, and for those who want to know whether a connection is told of changes.
 */
import type { ISql } from 'postgres';

/** A resource that is watched, or should be. There is a subscription where `subscriptionId` and `expiresAt` are said. */
export type KeptSubscription = Readonly<{
  connection: string;
  resource: string;
  /** The setting with which it was made, or was last tried to be. */
  notificationUrl: string;
  subscriptionId: string | null;
  expiresAt: Date | null;
  /** When it is renewed, or tried again. */
  actAt: Date;
  /** Attempts in a row that came to nothing. */
  failures: number;
  problem: string | null;
}>;

/** Everything that is kept, by connection and resource. */
export async function readSubscriptions(sql: ISql): Promise<KeptSubscription[]> {
  return await sql<KeptSubscription[]>`
    select connection, resource, notification_url, subscription_id, expires_at, act_at, failures, problem
    from graph_subscription order by lower(connection), resource`;
}

export type NewSubscription = Readonly<{
  connection: string;
  resource: string;
  notificationUrl: string;
  subscriptionId: string;
  /** SHA-256. */
  clientStateHash: Uint8Array;
  expiresAt: Date;
  createdAt: Date;
  /** When it is to be renewed. */
  actAt: Date;
}>;

/** Keeps a subscription that was made, in the place of what was kept of this resource. */
export async function recordSubscription(sql: ISql, subscription: NewSubscription): Promise<void> {
  const { connection, resource, notificationUrl, subscriptionId, expiresAt, createdAt, actAt } = subscription;
  const hash = Buffer.from(subscription.clientStateHash);
  await sql`
    insert into graph_subscription (connection, resource, notification_url, subscription_id, client_state_hash, expires_at,
      created_at, act_at)
    values (${connection}, ${resource}, ${notificationUrl}, ${subscriptionId}, ${hash}, ${expiresAt}, ${createdAt}, ${actAt})
    on conflict (lower(connection), resource) do update
    set connection = excluded.connection, notification_url = excluded.notification_url,
        subscription_id = excluded.subscription_id, client_state_hash = excluded.client_state_hash,
        expires_at = excluded.expires_at, created_at = excluded.created_at, act_at = excluded.act_at, failures = 0,
        problem = null, last_notified_at = null`;
}

/** Keeps the new end of a subscription. */
export async function recordRenewal(
  sql: ISql,
  subscriptionId: string,
  { expiresAt, actAt }: Readonly<{ expiresAt: Date; actAt: Date }>,
): Promise<void> {
  await sql`
    update graph_subscription set expires_at = ${expiresAt}, act_at = ${actAt}, failures = 0, problem = null
    where subscription_id = ${subscriptionId}`;
}

export type SubscriptionProblem = Readonly<
  Pick<KeptSubscription, 'connection' | 'resource' | 'notificationUrl'> & {
    /** In a sentence. */
    problem: string;
    failures: number;
    /** When to try again. */
    actAt: Date;
    /** Whether a subscription that was there before still is. */
    isKept: boolean;
  }
>;

/** Keeps what an attempt failed for. */
export async function recordSubscriptionProblem(
  sql: ISql,
  { connection, resource, notificationUrl, problem, failures, actAt, isKept }: SubscriptionProblem,
): Promise<void> {
  await sql`
    insert into graph_subscription (connection, resource, notification_url, problem, failures, act_at)
    values (${connection}, ${resource}, ${notificationUrl}, ${problem}, ${failures}, ${actAt})
    on conflict (lower(connection), resource) do update
    set connection = excluded.connection, notification_url = excluded.notification_url, problem = excluded.problem,
        failures = excluded.failures, act_at = excluded.act_at,
        subscription_id = case when ${isKept} then graph_subscription.subscription_id end,
        client_state_hash = case when ${isKept} then graph_subscription.client_state_hash end,
        expires_at = case when ${isKept} then graph_subscription.expires_at end`;
}

/** Keeps nothing more of a resource. */
export async function forgetSubscription(sql: ISql, connection: string, resource: string): Promise<void> {
  await sql`
    delete from graph_subscription where lower(connection) = lower(${connection}) and resource = ${resource}`;
}

export type ClientState = Readonly<{
  subscriptionId: string;
  connection: string;
  clientStateHash: Uint8Array;
}>;

/** What notifications of these subscriptions have to bring with them, as far as there are such. */
export async function readClientStates(
  sql: ISql,
  subscriptionIds: readonly string[],
): Promise<ClientState[]> {
  return await sql<ClientState[]>`
    select subscription_id, connection, client_state_hash from graph_subscription
    where subscription_id = any(${[...subscriptionIds]}::text[])`;
}

/** Keeps that Graph told of changes; within a second once is enough, so that bursts cost nothing. */
export async function recordNotified(sql: ISql, subscriptionIds: readonly string[], at: Date): Promise<void> {
  const lately = new Date(at.getTime() - 1000);
  await sql`
    update graph_subscription set last_notified_at = ${at}
    where subscription_id = any(${[...subscriptionIds]}::text[])
      and (last_notified_at is null or last_notified_at < ${lately})`;
}

/** Has these subscriptions renewed at once. */
export async function requestRenewal(
  sql: ISql,
  subscriptionIds: readonly string[],
  now: Date,
): Promise<void> {
  await sql`
    update graph_subscription set act_at = least(act_at, ${now})
    where subscription_id = any(${[...subscriptionIds]}::text[])`;
}

/** Keeps that Graph has ended these subscriptions: they are made anew at once. */
export async function recordRemoved(sql: ISql, subscriptionIds: readonly string[], now: Date): Promise<void> {
  await sql`
    update graph_subscription
    set subscription_id = null, client_state_hash = null, expires_at = null, act_at = ${now}
    where subscription_id = any(${[...subscriptionIds]}::text[])`;
}

/** Whether Graph tells of changes in each of these connections, as far as is known: all that should be watched is. */
export async function areNotified(sql: ISql, connections: readonly string[], now: Date): Promise<boolean> {
  const names = [...new Set(connections.map((name) => name.toLowerCase()))];
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count from (
      select from graph_subscription where lower(connection) = any(${names}::text[])
      group by lower(connection)
      having bool_and(subscription_id is not null and expires_at > ${now} and problem is null)) as notified`;
  return names.length > 0 && row?.count === names.length;
}
