/** What is to be done about the subscriptions of a connection, and when: arithmetic and decisions. Pure. */
import type { KeptSubscription } from '../store/graph-subscriptions.ts';

/** How a subscription should be. */
export type WantedSubscription = Readonly<{ resource: string; notificationUrl: string }>;

export type SubscriptionStep =
  /** `replaces` is a subscription that leads elsewhere. */
  | Readonly<{ kind: 'subscribe'; wanted: WantedSubscription; replaces: string | null; failures: number }>
  | Readonly<{ kind: 'renew'; wanted: WantedSubscription; subscriptionId: string; failures: number }>
  /** It is not wanted any more. */
  | Readonly<{ kind: 'unsubscribe'; kept: KeptSubscription; subscriptionId: string }>
  /** Nothing is left of it. */
  | Readonly<{ kind: 'forget'; resource: string }>;

/**
 * Graph allows 41,760 minutes. A subscription that ends without a word is missed when it is renewed, which a day brings about in
 * half of one; and two requests in that time are nothing.
 */
const lifetimeMs = 24 * 3_600_000;

const firstRetryMs = 60_000;
const longestRetryMs = 3_600_000;

/** How long a subscription is asked for that is made or renewed now. */
export function endOf(now: Date): Date {
  return new Date(now.getTime() + lifetimeMs);
}

/** When to renew it: after half of its life, so that the other half is left to mend what is in the way. */
export function renewalAt(now: Date, expiresAt: Date): Date {
  return new Date(now.getTime() + (expiresAt.getTime() - now.getTime()) / 2);
}

/** When to try again after so many failures in a row: a minute, twice as long each time, and an hour at the most. */
export function retryAt(now: Date, failures: number): Date {
  const pauseMs = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(failures - 1, 10));
  return new Date(now.getTime() + pauseMs);
}

/**
 * The steps of a connection that are due. `wanted` is undefined where the settings do not know the connection: then nothing can be
 * asked of its tenant, and what is kept is forgotten when it has ended.
 */
export function planSteps(
  wanted: readonly WantedSubscription[] | undefined,
  kept: readonly KeptSubscription[],
  now: Date,
): readonly SubscriptionStep[] {
  const superfluous = kept.filter(({ resource }) => !wanted?.some((one) => one.resource === resource));
  return [
    ...superfluous.flatMap((one) => removalOf(one, wanted !== undefined, now)),
    ...(wanted ?? []).flatMap((one) => {
      const own = kept.find(({ resource }) => resource === one.resource);
      return own === undefined
        ? [{ kind: 'subscribe', wanted: one, replaces: null, failures: 0 } as const]
        : upkeepOf(one, own, now);
    }),
  ];
}

function removalOf(kept: KeptSubscription, isKnown: boolean, now: Date): readonly SubscriptionStep[] {
  const { resource, failures, actAt } = kept;
  const subscriptionId = liveId(kept, now);
  if (subscriptionId === null) return [{ kind: 'forget', resource }];
  const isDue = isKnown && (failures === 0 || actAt <= now);
  return isDue ? [{ kind: 'unsubscribe', kept, subscriptionId }] : [];
}

function upkeepOf(
  wanted: WantedSubscription,
  kept: KeptSubscription,
  now: Date,
): readonly SubscriptionStep[] {
  const subscriptionId = liveId(kept, now);
  if (kept.notificationUrl !== wanted.notificationUrl)
    return [{ kind: 'subscribe', wanted, replaces: subscriptionId, failures: 0 }];
  const { failures } = kept;
  if (kept.actAt > now) return [];
  return subscriptionId === null
    ? [{ kind: 'subscribe', wanted, replaces: null, failures }]
    : [{ kind: 'renew', wanted, subscriptionId, failures }];
}

/** The id of a subscription that has not ended. */
function liveId({ subscriptionId, expiresAt }: KeptSubscription, now: Date): string | null {
  return expiresAt !== null && expiresAt > now ? subscriptionId : null;
}
