// The subscriptions of the tenant, with what holds among them: no two for the same thing, and not too many.
import type { Clock } from '../clock.ts';
import type { Subscription } from './subscription.ts';
import { duplicateSubscription, tooManySubscriptions } from './subscription-errors.ts';
import { resourceKey } from './watched-resource.ts';

/**
 * Microsoft Graph "Azure AD resource limitations" for users and groups. The 50,000 of an application in all tenants
 * together cannot be met in one.
 */
const applicationLimit = 100;
const tenantLimit = 1000;

export interface SubscriptionRegister {
  /** Expired ones included until `dropExpired`. */
  readonly size: number;
  /** In the order of their creation. */
  all(): readonly Subscription[];
  /** With those that have expired since the last `dropExpired`: they are still owed what happened before. */
  everyone(): readonly Subscription[];
  find(id: string): Subscription | undefined;
  /** Throws Graph's refusal when there is one for the same thing already, or no room for another one. */
  requireRoom(wanted: Omit<Subscription, 'id' | 'sinceTx'>): void;
  /** Adds the subscription, or puts it in the place of an earlier state of it. */
  keep(subscription: Subscription): void;
  /** False when there is none of this id. */
  remove(id: string): boolean;
  dropExpired(): void;
}

export function createSubscriptionRegister(clock: Clock): SubscriptionRegister {
  const byId = new Map<string, Subscription>();
  const isOver = ({ expiresAtMs }: Subscription) => expiresAtMs <= clock.now();
  const current = () => [...byId.values()].filter((subscription) => !isOver(subscription));
  return {
    get size() {
      return byId.size;
    },
    all: current,
    everyone: () => [...byId.values()],
    find(id) {
      const found = byId.get(id.toLowerCase());
      return found && !isOver(found) ? found : undefined;
    },
    requireRoom(wanted) {
      const others = current();
      const twin = others.find((other) => combinationOf(other) === combinationOf(wanted));
      if (twin) throw duplicateSubscription(twin.id);
      const own = others.filter(({ applicationId }) => applicationId === wanted.applicationId);
      if (own.length >= applicationLimit) throw tooManySubscriptions(applicationLimit, 'of an application');
      if (others.length >= tenantLimit) throw tooManySubscriptions(tenantLimit, 'in a tenant');
    },
    keep(subscription) {
      byId.set(subscription.id, subscription);
    },
    remove: (id) => byId.delete(id.toLowerCase()),
    dropExpired() {
      for (const subscription of byId.values()) if (isOver(subscription)) byId.delete(subscription.id);
    },
  };
}

function combinationOf(subscription: Omit<Subscription, 'id' | 'sinceTx'>): string {
  const { applicationId, watched, changeTypes, notificationUrl } = subscription;
  return JSON.stringify([
    applicationId,
    resourceKey(watched),
    [...changeTypes].sort(),
    new URL(notificationUrl).href,
  ]);
}
