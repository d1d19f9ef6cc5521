// Keeps subscriptions, watches the directory's change log for them, and hands what they are told to the courier.
// While nobody subscribes, a change costs nothing here.
import type { Directory } from '../tenant/directory.ts';
import { type CourierCounts, createCourier } from './courier.ts';
import { type DeliveryMode, usualMode } from './delivery-mode.ts';
import type { EndpointClient } from './endpoint-client.ts';
import { notificationsOf, offsetInstant } from './notification.ts';
import { createReminders } from './reauthorization.ts';
import type { Subscription } from './subscription.ts';
import { createSubscriptionRegister, type SubscriptionRegister } from './subscription-register.ts';

export const lifecycleEvents = ['reauthorizationRequired', 'subscriptionRemoved', 'missed'] as const;
export type LifecycleEvent = (typeof lifecycleEvents)[number];

export interface PostOffice {
  readonly subscriptions: Pick<SubscriptionRegister, 'all' | 'find' | 'requireRoom'>;
  readonly counts: CourierCounts;
  mode: DeliveryMode;
  /** Begins to serve a subscription, or goes on with its new state. */
  serve(subscription: Subscription): void;
  /** The subscriber has shown that it may still read: it is reminded no more. */
  reauthorize(subscription: Subscription): void;
  /** False when there is none of this id. */
  cancel(subscriptionId: string): boolean;
  /** Sends a lifecycle event now; false when the subscription has no address for it. */
  tell(subscription: Subscription, event: LifecycleEvent): boolean;
  stop(): void;
}

export interface PostOfficeParts {
  readonly directory: Directory;
  readonly client: Pick<EndpointClient, 'post'>;
  /** From the first change until notifications are sent, milliseconds of the tenant's time. */
  readonly latencyMs: number;
  readonly answerTimeoutMs: number;
}

export function createPostOffice({
  directory,
  client,
  latencyMs,
  answerTimeoutMs,
}: PostOfficeParts): PostOffice {
  const { clock, log, tenantId } = directory;
  const register = createSubscriptionRegister(clock);
  let mode = usualMode;
  const courier = createCourier({ clock, client, answerTimeoutMs, isOff: () => mode.mode === 'off' });
  let isWatching = false;
  /** Changes up to this transaction have been told. */
  let toldTx = 0;
  let callOffCollection = () => {};

  const send = (url: string, notifications: readonly object[]) =>
    courier.send(url, notifications, {
      ...(mode.mode === 'delayed' ? { delayMs: mode.delaySeconds * 1000 } : {}),
      ...(mode.mode === 'duplicated' ? { copies: 2 } : {}),
    });

  const collectSoon = () => {
    callOffCollection = clock.alarm(clock.now() + latencyMs, collect);
  };
  const collect = () => {
    const changes = log.between(toldTx, directory.tx);
    const told = notificationsOf(changes, register.everyone(), tenantId);
    toldTx = directory.tx;
    for (const [url, addressed] of Map.groupBy(told, (item) => item.url)) {
      send(
        url,
        addressed.map(({ notification }) => notification),
      );
    }
    register.dropExpired();
    if (register.size === 0) rest();
    else log.watchNext(collectSoon);
  };
  const watch = () => {
    if (isWatching) return;
    isWatching = true;
    toldTx = directory.tx;
    log.watchNext(collectSoon);
  };
  const rest = () => {
    isWatching = false;
    callOffCollection();
    log.unwatch();
  };

  const tell = (subscription: Subscription, event: LifecycleEvent): boolean => {
    if (subscription.lifecycleNotificationUrl === null) return false;
    send(subscription.lifecycleNotificationUrl, [
      {
        lifecycleEvent: event,
        subscriptionId: subscription.id,
        subscriptionExpirationDateTime: offsetInstant(subscription.expiresAtMs),
        tenantId,
        clientState: subscription.clientState,
      },
    ]);
    return true;
  };
  const reminders = createReminders(clock, (id) => {
    const subscription = register.find(id);
    if (subscription) tell(subscription, 'reauthorizationRequired');
  });

  return {
    subscriptions: register,
    counts: courier.counts,
    get mode() {
      return mode;
    },
    set mode(next) {
      mode = next;
    },
    serve(subscription) {
      register.keep(subscription);
      reminders.begin(subscription);
      watch();
    },
    reauthorize: ({ id }) => reminders.end(id),
    cancel(id) {
      reminders.end(id);
      const isGone = register.remove(id);
      if (register.size === 0) rest();
      return isGone;
    },
    tell,
    stop() {
      rest();
      reminders.stop();
      courier.stop();
    },
  };
}
