// Subscriptions as Graph operations. An application sees its own ones only.
// Source: Microsoft Graph v1.0 reference, "subscription resource type" and its methods.
import { randomUUID } from 'node:crypto';
import { type AnyOperation, type GraphRequest, readBody } from '../graph/exchange.ts';
import { unsupportedQuery } from '../graph/graph-error.ts';
import { json, noContent } from '../graph/json-reply.ts';
import type { Route } from '../graph/route.ts';
import type { EndpointClient } from './endpoint-client.ts';
import { validateEndpoint } from './handshake.ts';
import type { PostOffice } from './post-office.ts';
import { type Subscription, subscriptionEntity } from './subscription.ts';
import { readCreation, readRenewal, requireMayWatch } from './subscription-body.ts';
import { subscriptionNotFound } from './subscription-errors.ts';

export interface SubscriptionRouteParts {
  readonly office: PostOffice;
  readonly client: Pick<EndpointClient, 'post'>;
  readonly allowedHosts: readonly string[];
  /** Milliseconds that an endpoint has for its first answer. */
  readonly validationTimeoutMs: number;
}

/** Which permission it takes depends on what is watched, so the operations ask for it themselves. */
const row = { permissions: null, cost: 1 } as const;

export function subscriptionRoutes(parts: SubscriptionRouteParts): readonly Route<AnyOperation>[] {
  const { office, client, allowedHosts, validationTimeoutMs } = parts;
  const validate = (url: string) => validateEndpoint(client, url, validationTimeoutMs);

  const own = ({ parameters, caller }: GraphRequest): Subscription => {
    const found = office.subscriptions.find(parameters.id ?? '');
    if (found?.applicationId !== caller.appId) throw subscriptionNotFound();
    return found;
  };

  return [
    {
      ...row,
      method: 'POST',
      path: '/subscriptions',
      run: async (request) => {
        const { caller, directory } = request;
        const wanted = {
          ...readCreation(readBody(request), { directory, caller, allowedHosts }),
          applicationId: caller.appId,
          creatorId: caller.servicePrincipalId,
        };
        office.subscriptions.requireRoom(wanted);
        await validate(wanted.notificationUrl);
        if (wanted.lifecycleNotificationUrl !== null) await validate(wanted.lifecycleNotificationUrl);
        // Somebody else may have been quicker meanwhile.
        office.subscriptions.requireRoom(wanted);
        const subscription: Subscription = { ...wanted, id: randomUUID(), sinceTx: directory.tx };
        office.serve(subscription);
        return entityReply(request, subscription, 201);
      },
    },
    {
      ...row,
      method: 'GET',
      path: '/subscriptions',
      run: (request) => {
        requireNoOptions(request);
        const { appId } = request.caller;
        const visible = office.subscriptions.all().filter(({ applicationId }) => applicationId === appId);
        return json(200, {
          '@odata.context': `${request.root}/$metadata#subscriptions`,
          value: visible.map(subscriptionEntity),
        });
      },
    },
    {
      ...row,
      method: 'GET',
      path: '/subscriptions/{id}',
      run: (request) => entityReply(request, own(request)),
    },
    {
      ...row,
      method: 'PATCH',
      path: '/subscriptions/{id}',
      run: async (request) => {
        const { caller, directory } = request;
        const before = own(request);
        requireMayWatch(before.watched, request);
        const changes = readRenewal(readBody(request), { directory, caller, allowedHosts });
        const isMoved =
          changes.notificationUrl !== undefined && changes.notificationUrl !== before.notificationUrl;
        if (isMoved) await validate(changes.notificationUrl ?? '');
        // It may have ended, or been changed, while the endpoint was asked.
        const renewed: Subscription = { ...own(request), ...changes };
        office.serve(renewed);
        return entityReply(request, renewed);
      },
    },
    {
      ...row,
      method: 'DELETE',
      path: '/subscriptions/{id}',
      run: (request) => {
        office.cancel(own(request).id);
        return noContent;
      },
    },
    {
      ...row,
      method: 'POST',
      path: '/subscriptions/{id}/reauthorize',
      run: (request) => {
        const subscription = own(request);
        requireMayWatch(subscription.watched, request);
        office.reauthorize(subscription);
        return noContent;
      },
    },
  ];
}

function entityReply(request: GraphRequest, subscription: Subscription, status: 200 | 201 = 200) {
  const { root } = request;
  return json(
    status,
    { '@odata.context': `${root}/$metadata#subscriptions/$entity`, ...subscriptionEntity(subscription) },
    status === 201 ? { Location: `${root}/subscriptions/${subscription.id}` } : {},
  );
}

/** The schema declares that the collection can neither be filtered nor paged. */
function requireNoOptions({ options }: GraphRequest): void {
  const option = ['top', 'skip', 'filter', 'select', 'count'].find((name) => options.has(name));
  if (option === undefined) return;
  throw unsupportedQuery(`The query specified in the URI is not valid. '$${option}' is not supported.`);
}
