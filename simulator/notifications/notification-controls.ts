// What the control endpoint can do with subscriptions: disturb their notifications, send lifecycle events, end them.
import { z } from 'zod';
import { graphInstant } from '../clock.ts';
import { type ControlEndpoints, readControlBody } from '../control.ts';
import { jsonReply } from '../http.ts';
import { UnusableInput } from '../unusable-input.ts';
import { deliveryModes, usualMode } from './delivery-mode.ts';
import { lifecycleEvents, type PostOffice } from './post-office.ts';
import type { Subscription } from './subscription.ts';

const maxDelaySeconds = 86_400;

const modeSchema = z.strictObject({
  mode: z.enum(deliveryModes),
  delaySeconds: z.int().min(1).max(maxDelaySeconds).default(usualMode.delaySeconds),
});
const eventSchema = z.strictObject({
  event: z.enum(lifecycleEvents).default('reauthorizationRequired'),
  /** All that have an address for lifecycle events when it is absent. */
  subscriptionId: z.string().optional(),
});
const removalSchema = z.strictObject({
  /** All of them when it is absent. */
  subscriptionId: z.string().optional(),
});

/** Below the root of the control endpoint. */
export function notificationControls(office: PostOffice): ControlEndpoints {
  const state = () => jsonReply(200, { ...office.mode, ...office.counts });
  const list = () => jsonReply(200, { subscriptions: office.subscriptions.all().map(described) });
  const named = (subscriptionId: string | undefined): readonly Subscription[] => {
    if (subscriptionId === undefined) return office.subscriptions.all();
    const found = office.subscriptions.find(subscriptionId);
    if (found) return [found];
    throw new UnusableInput(
      `There is no subscription "${subscriptionId}": GET /simulator/subscriptions lists them.`,
    );
  };

  return {
    '/notifications': {
      GET: state,
      PUT(request) {
        office.mode = readControlBody(request, modeSchema);
        return state();
      },
    },
    '/subscriptions': { GET: list },
    '/subscriptions/lifecycle': {
      POST(request) {
        const { event, subscriptionId } = readControlBody(request, eventSchema);
        const sent = named(subscriptionId).filter((subscription) => office.tell(subscription, event));
        if (sent.length === 0 && subscriptionId !== undefined) {
          throw new UnusableInput(
            `The subscription "${subscriptionId}" has no lifecycleNotificationUrl: create one that has.`,
          );
        }
        return jsonReply(200, { event, sent: sent.length });
      },
    },
    '/subscriptions/removal': {
      POST(request) {
        const { subscriptionId } = readControlBody(request, removalSchema);
        const removed = named(subscriptionId).filter(({ id }) => office.cancel(id));
        return jsonReply(200, { removed: removed.length });
      },
    },
  };
}

/** Without clientState: that is between the subscriber and Graph. */
function described(subscription: Subscription): object {
  const { id, applicationId, resource, changeType, notificationUrl, lifecycleNotificationUrl } = subscription;
  return {
    id,
    applicationId,
    resource,
    changeType,
    notificationUrl,
    lifecycleNotificationUrl,
    expirationDateTime: graphInstant(subscription.expiresAtMs),
  };
}
