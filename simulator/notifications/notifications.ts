// Change notifications of a tenant: the operations on subscriptions, their controls, and what is behind both.
// Read this page first.
import type { ControlEndpoints } from '../control.ts';
import type { AnyOperation } from '../graph/exchange.ts';
import type { Route } from '../graph/route.ts';
import type { Directory } from '../tenant/directory.ts';
import { createEndpointClient } from './endpoint-client.ts';
import { notificationControls } from './notification-controls.ts';
import { createPostOffice } from './post-office.ts';
import { subscriptionRoutes } from './subscription-routes.ts';

export interface NotificationOptions {
  /** From a change until its notification is sent, milliseconds of the tenant's time. 50 by default. */
  readonly latencyMs?: number;
  /** Hosts beside this machine that notifications may go to; a leading `*.` stands for one label. */
  readonly allowedHosts?: readonly string[];
  /** Milliseconds that an endpoint has to answer its validation. 10,000 by default, as in Graph. */
  readonly validationTimeoutMs?: number;
  /** Milliseconds that an endpoint has to accept notifications. 3,000 by default, as in Graph. */
  readonly answerTimeoutMs?: number;
}

export interface Notifications {
  readonly routes: readonly Route<AnyOperation>[];
  readonly controls: ControlEndpoints;
  /** Ends all deliveries at once. */
  stop(): Promise<void>;
}

/** `caPem` is an authority that endpoints may be certified by, besides the public ones. */
export function createNotifications(
  directory: Directory,
  caPem: string,
  options: NotificationOptions,
): Notifications {
  const {
    latencyMs = 50,
    allowedHosts = [],
    validationTimeoutMs = 10_000,
    answerTimeoutMs = 3_000,
  } = options;
  const client = createEndpointClient(caPem);
  const office = createPostOffice({ directory, client, latencyMs, answerTimeoutMs });
  return {
    routes: subscriptionRoutes({ office, client, allowedHosts, validationTimeoutMs }),
    controls: notificationControls(office),
    async stop() {
      office.stop();
      await client.stop();
    },
  };
}
