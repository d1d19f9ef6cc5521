// From changes of the directory to notifications: who is told of which change, and in which words.
// Source: Microsoft Graph resource type changeNotification, and "Get notified of changes" for users and groups.
import type { Change } from '../tenant/change-log.ts';
import type { ChangeType, Subscription } from './subscription.ts';
import type { WatchedLink, WatchedType } from './watched-resource.ts';

export interface Notification {
  readonly changeType: ChangeType;
  readonly clientState: string | null;
  readonly resource: string;
  readonly subscriptionId: string;
  readonly subscriptionExpirationDateTime: string;
  readonly tenantId: string;
  readonly resourceData: Readonly<Record<string, unknown>>;
}

export interface AddressedNotification {
  readonly url: string;
  readonly notification: Notification;
}

/** A group of half a million new members is told in parts. */
const longestLinkList = 100;

/** What a change says to subscribers; undefined when nobody can subscribe to it. */
interface Event {
  readonly type: WatchedType;
  readonly id: string;
  readonly changeType: ChangeType;
  readonly link:
    | { readonly name: WatchedLink; readonly targetId: string; readonly isGone: boolean }
    | undefined;
  readonly change: Change;
}

interface Draft {
  readonly subscription: Subscription;
  event: Event;
  /** Target → whether it is gone; the last word counts. */
  readonly links: Record<WatchedLink, Map<string, boolean>>;
}

/**
 * The notifications about changes, in order. What happened to one object several times is told once, with the number of
 * the last change; the changes of before a subscription and of after its end are not told to it.
 */
export function notificationsOf(
  changes: Iterable<Change>,
  subscriptions: readonly Subscription[],
  tenantId: string,
): AddressedNotification[] {
  const watchersOf = indexSubscriptions(subscriptions);
  const drafts: Draft[] = [];
  const open = new Map<string, Draft>();
  for (const change of changes) {
    const event = eventOf(change);
    if (!event) continue;
    for (const subscription of watchersOf(event)) {
      if (!isTold(subscription, event)) continue;
      const key = `${subscription.id} ${event.id} ${event.changeType}`;
      let draft = open.get(key);
      if (!draft || isFull(draft)) {
        draft = { subscription, event, links: { members: new Map(), owners: new Map() } };
        open.set(key, draft);
        drafts.push(draft);
      }
      draft.event = event;
      if (event.link) draft.links[event.link.name].set(event.link.targetId, event.link.isGone);
    }
  }
  return drafts.map((draft) => ({
    url: draft.subscription.notificationUrl,
    notification: writeNotification(draft, tenantId),
  }));
}

function eventOf(change: Change): Event | undefined {
  const { object, kind } = change;
  const { type, id } = object;
  if (type !== 'user' && type !== 'group') return undefined;
  if (kind === 'purged') return { type, id, changeType: 'deleted', link: undefined, change };
  const event: Event = { type, id, changeType: 'updated', link: undefined, change };
  if (kind !== 'linked' && kind !== 'unlinked') return event;
  const name = change.link;
  if (type === 'user') return name === 'manager' ? event : undefined;
  if (name !== 'members' && name !== 'owners') return undefined;
  return { ...event, link: { name, targetId: change.target.id, isGone: kind === 'unlinked' } };
}

/** Finds the subscriptions that concern an event without asking each of them. */
function indexSubscriptions(subscriptions: readonly Subscription[]) {
  const byWatched = Map.groupBy(subscriptions, ({ watched }) => watched.id ?? watched.type);
  return ({ type, id }: Event) => [...(byWatched.get(type) ?? []), ...(byWatched.get(id) ?? [])];
}

function isTold(subscription: Subscription, { changeType, link, change }: Event): boolean {
  const { watched, changeTypes, sinceTx, expiresAtMs } = subscription;
  if (!changeTypes.has(changeType) || change.tx <= sinceTx || change.at >= expiresAtMs) return false;
  // Who watches the members of a group is told of them, and of the end of the group.
  return watched.link === undefined || changeType === 'deleted' || watched.link === link?.name;
}

function isFull({ links }: Draft): boolean {
  return links.members.size + links.owners.size >= longestLinkList;
}

const typeNames: Readonly<Record<WatchedType, string>> = { user: 'User', group: 'Group' };

function writeNotification({ subscription, event, links }: Draft, tenantId: string): Notification {
  const name = typeNames[event.type];
  const resource = `${name}s/${event.id}`;
  return {
    changeType: event.changeType,
    clientState: subscription.clientState,
    resource,
    subscriptionId: subscription.id,
    subscriptionExpirationDateTime: offsetInstant(subscription.expiresAtMs),
    tenantId,
    resourceData: {
      '@odata.type': `#Microsoft.Graph.${name}`,
      '@odata.id': resource,
      id: event.id,
      organizationId: tenantId,
      sequenceNumber: sequenceNumberOf(event.change.at),
      ...writeLinks('members@delta', links.members),
      ...writeLinks('owners@delta', links.owners),
    },
  };
}

function writeLinks(name: string, links: ReadonlyMap<string, boolean>): object {
  if (links.size === 0) return {};
  return { [name]: [...links].map(([id, isGone]) => (isGone ? { id, '@removed': 'deleted' } : { id })) };
}

/** Notifications write UTC as an offset. */
export function offsetInstant(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19)}+00:00`;
}

/** Steps of 100 ns since the year 1, as .NET counts time. */
function sequenceNumberOf(timeMs: number): number {
  const epochTicks = 621_355_968_000_000_000;
  return epochTicks + timeMs * 10_000;
}
