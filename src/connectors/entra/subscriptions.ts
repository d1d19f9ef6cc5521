/**
 * Subscriptions to Microsoft Graph's change notifications: what can be watched, and what Graph's answers mean for a person
 * (Microsoft Graph: resource type subscription; change notifications through webhooks).
 */
import { Fault } from '../../errors.ts';
import type { EntityType } from '../../model/entity-type.ts';
import type { ChangeNotifications, SubscribeOutcome, SubscriptionRequest } from '../connector.ts';
import { findCatalogType } from './catalog.ts';
import type { GraphAnswer, GraphClient, GraphRequestOptions } from './graph-client.ts';

/** The resources of a tenant that can be watched as a whole, by entity type. Groups tell of their members and owners, too. */
const resources: ReadonlyMap<string, string> = new Map([
  ['user', 'users'],
  ['group', 'groups'],
]);

/** For users and groups, `updated` tells of creations, soft deletions and restores as well, `deleted` of what is gone for good. */
const changeTypes = 'updated,deleted';

const meanwhile = 'until then Syncline goes on asking for changes';

type Refusal = Extract<GraphAnswer, { kind: 'refusal' }>;

/** What is to be watched for these entity types; changes of the others are found by asking. */
export function watchedResources(entityTypes: readonly Pick<EntityType, 'name'>[]): readonly string[] {
  return entityTypes.flatMap(({ name }) => resources.get(name) ?? []);
}

/** Subscriptions of the application that a client signs in as. */
export function createNotifications(client: GraphClient): ChangeNotifications {
  return {
    async subscribe(request) {
      const first = await create(client, request);
      if (first.kind !== 'refusal' || first.status !== 409) return readCreated(first, request);
      // Of a Syncline that has lost its database, or whose answer was lost. Nobody knows its secret, so it cannot be taken over.
      await removeLike(client, request);
      return readCreated(await create(client, request), request);
    },
    async renew(subscriptionId, until, signal) {
      const target = `/subscriptions/${encodeURIComponent(subscriptionId)}`;
      const body = { expirationDateTime: until.toISOString() };
      const answer = await client.send({ method: 'PATCH', target, body }, options(signal));
      if (answer.kind === 'answer')
        return { kind: 'renewed', expiresAt: readSubscription(answer.body).expiresAt };
      if (answer.status === 404) return { kind: 'gone' };
      return {
        kind: 'refused',
        reason: `Microsoft Graph does not renew a subscription (${wordsOf(answer)}): check the permissions of the application; ${meanwhile}.`,
      };
    },
    async unsubscribe(subscriptionId, signal) {
      const target = `/subscriptions/${encodeURIComponent(subscriptionId)}`;
      const answer = await client.send({ method: 'DELETE', target }, options(signal));
      if (answer.kind === 'answer' || answer.status === 404) return;
      throw new Fault(
        'source-failed',
        `Microsoft Graph does not end a subscription (${wordsOf(answer)}): it ends by itself when it is not renewed.`,
      );
    },
  };
}

async function create(client: GraphClient, request: SubscriptionRequest): Promise<GraphAnswer> {
  const { resource, address, lifecycleAddress, clientState, until, signal } = request;
  const body = {
    changeType: changeTypes,
    resource,
    notificationUrl: address,
    lifecycleNotificationUrl: lifecycleAddress,
    clientState,
    expirationDateTime: until.toISOString(),
  };
  return await client.send({ method: 'POST', target: '/subscriptions', body }, options(signal));
}

/** Removes the application's subscriptions to the same resource at the same address. */
async function removeLike(
  client: GraphClient,
  { resource, address, signal }: SubscriptionRequest,
): Promise<void> {
  for (let target: string | undefined = '/subscriptions'; target !== undefined; ) {
    const answer: GraphAnswer = await client.get(target, options(signal));
    if (answer.kind === 'refusal') return;
    const page = (answer.body ?? {}) as { value?: unknown; '@odata.nextLink'?: unknown };
    const next = page['@odata.nextLink'];
    const listed: readonly Record<string, unknown>[] = Array.isArray(page.value) ? page.value : [];
    const alike = listed.filter(
      (one) =>
        String(one.resource).replace(/^\//, '').toLowerCase() === resource && one.notificationUrl === address,
    );
    for (const { id } of alike) {
      const removal = `/subscriptions/${encodeURIComponent(String(id))}`;
      await client.send({ method: 'DELETE', target: removal }, options(signal));
    }
    target = typeof next === 'string' ? next : undefined;
  }
}

function readCreated(answer: GraphAnswer, request: SubscriptionRequest): SubscribeOutcome {
  if (answer.kind === 'answer') return { kind: 'subscribed', ...readSubscription(answer.body) };
  if (isAboutAddress(answer)) {
    return {
      kind: 'unreachable',
      reason: `Microsoft Graph gets no valid answer from ${request.address}: lead Follow > NotificationUrl to a running "syncline serve", with a certificate that is publicly trusted, or leave it out; ${meanwhile}.`,
    };
  }
  return { kind: 'refused', reason: refusalSentence(answer, request.resource) };
}

/** The validation of an address is refused with different codes, and always with this word. */
function isAboutAddress({ status, code, message }: Refusal): boolean {
  return status === 400 && (code === 'ValidationError' || /\bvalidation\b/i.test(message));
}

function refusalSentence(answer: Refusal, resource: string): string {
  const refused = `Microsoft Graph does not tell of changes of ${resource}`;
  if (answer.status === 403 && /\b(?:limit|quota)\b/i.test(answer.message)) {
    return `${refused}, because there are as many subscriptions as there may be (${wordsOf(answer)}): remove those that nobody needs; ${meanwhile}.`;
  }
  if (answer.status === 403) {
    const type = [...resources].find(([, name]) => name === resource)?.[0] ?? '';
    const permission = findCatalogType(type)?.permission ?? 'Directory.Read.All';
    return `${refused} (${wordsOf(answer)}): grant the application ${permission}; ${meanwhile}.`;
  }
  return `${refused} (${wordsOf(answer)}): check Follow > NotificationUrl and whether the cloud of the tenant has change notifications; ${meanwhile}.`;
}

/** Graph's words in short: of texts from elsewhere, a sentence takes no more. */
function wordsOf({ status, code, message }: Refusal): string {
  const words = message.replace(/\s+/g, ' ').trim().replace(/\.$/, '').slice(0, 160);
  return [`${status} ${code}`.trim(), words].filter((part) => part !== '').join(', ');
}

function readSubscription(body: unknown): Readonly<{ subscriptionId: string; expiresAt: Date }> {
  const { id, expirationDateTime } = (body ?? {}) as Record<string, unknown>;
  const expiresAt = new Date(typeof expirationDateTime === 'string' ? expirationDateTime : Number.NaN);
  if (typeof id === 'string' && id !== '' && !Number.isNaN(expiresAt.getTime()))
    return { subscriptionId: id, expiresAt };
  throw new Fault(
    'source-failed',
    'Microsoft Graph has answered with a subscription that lacks its id or its end: check the address of Microsoft Graph and what stands between.',
  );
}

/** These requests are few, and the quota of resource units is not theirs. Their waits are nobody's business. */
function options(signal: AbortSignal): GraphRequestOptions {
  return { signal, cost: 1, onWait: () => {} };
}
