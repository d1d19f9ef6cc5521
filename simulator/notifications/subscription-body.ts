// Reads the bodies that create and renew subscriptions, and says what is wrong with them.
// Source: Microsoft Graph resource type subscription, "Create subscription" and "Update subscription".

import { findTarget } from '../graph/addressing.ts';
import type { Caller } from '../graph/exchange.ts';
import { accessDenied } from '../graph/graph-error.ts';
import type { Directory } from '../tenant/directory.ts';
import { addressRefusal } from './endpoint-address.ts';
import type { ChangeType, Subscription, SubscriptionDetails } from './subscription.ts';
import { changeTypes } from './subscription.ts';
import {
  expirationPast,
  expirationTooFar,
  fixedProperty,
  invalidProperty,
  missingProperty,
  resourceDataRefused,
  unreadablePayload,
  unsupportedChangeType,
  unsupportedResource,
} from './subscription-errors.ts';
import { parseResource, permissionsToWatch, type WatchedResource } from './watched-resource.ts';

const minuteMs = 60_000;
/** What is shorter is raised to it. */
const shortestLifeMinutes = 45;
/** Just under 29 days, for users and groups. */
const longestLifeMinutes = 41_760;
const longestClientState = 128;
const tlsVersions = ['v1_0', 'v1_1', 'v1_2', 'v1_3'];

/** Properties of the schema; what is true may be written. */
const isWritable: Readonly<Record<string, boolean>> = {
  id: false,
  applicationId: false,
  changeType: true,
  clientState: true,
  creatorId: false,
  encryptionCertificate: true,
  encryptionCertificateId: true,
  expirationDateTime: true,
  includeResourceData: true,
  latestSupportedTlsVersion: true,
  lifecycleNotificationUrl: true,
  notificationQueryOptions: true,
  notificationUrl: true,
  notificationUrlAppId: true,
  resource: true,
};
const nameByLowerCase = new Map(Object.keys(isWritable).map((name) => [name.toLowerCase(), name]));

export interface BodyContext {
  readonly directory: Directory;
  readonly caller: Caller;
  /** Hosts beside this machine that notifications may go to. */
  readonly allowedHosts: readonly string[];
}

type Body = Readonly<Record<string, unknown>>;

/** The subscription that a body asks for. Throws Graph's refusal. */
export function readCreation(
  body: Body,
  context: BodyContext,
): Omit<Subscription, 'id' | 'applicationId' | 'creatorId' | 'sinceTx'> {
  const values = knownProperties(body, 'Create');
  const resource = requiredText(values, 'resource');
  const watched = readResource(resource, context);
  const changeType = requiredText(values, 'changeType');
  if (values.includeResourceData === true) throw resourceDataRefused();
  return {
    resource,
    watched,
    changeType,
    changeTypes: readChangeTypes(changeType),
    notificationUrl: readAddress('notificationUrl', requiredText(values, 'notificationUrl'), context),
    expiresAtMs: readExpiration(requiredText(values, 'expirationDateTime'), context.directory),
    ...readDetails(values, context),
  };
}

/** What a body changes of a subscription: its end, its address or both. Throws Graph's refusal. */
export function readRenewal(
  body: Body,
  context: BodyContext,
): Partial<Pick<Subscription, 'expiresAtMs' | 'notificationUrl'>> {
  const values = knownProperties(body, 'Update');
  const fixed = Object.keys(values).find(
    (name) => name !== 'expirationDateTime' && name !== 'notificationUrl',
  );
  if (fixed !== undefined) throw fixedProperty(fixed);
  const expiration = optionalText(values, 'expirationDateTime');
  const address = optionalText(values, 'notificationUrl');
  if (expiration === null && address === null) throw missingProperty('expirationDateTime');
  return {
    ...(expiration === null ? {} : { expiresAtMs: readExpiration(expiration, context.directory) }),
    ...(address === null ? {} : { notificationUrl: readAddress('notificationUrl', address, context) }),
  };
}

/** Throws 403 unless the application may read what it watches. */
export function requireMayWatch(watched: WatchedResource, { caller }: Pick<BodyContext, 'caller'>): void {
  if (!permissionsToWatch(watched).some((permission) => caller.roles.has(permission))) throw accessDenied();
}

/** Properties under their schema's names; annotations and what only the service writes are passed over. */
function knownProperties(body: Body, operation: 'Create' | 'Update'): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [written, value] of Object.entries(body)) {
    if (written.includes('@')) continue;
    const name = nameByLowerCase.get(written.toLowerCase());
    if (name === undefined || name in values) throw unreadablePayload(operation);
    if (isWritable[name]) values[name] = value;
  }
  return values;
}

function requiredText(values: Body, name: string): string {
  const text = optionalText(values, name);
  if (text === null || text.trim() === '') throw missingProperty(name);
  return text;
}

function optionalText(values: Body, name: string): string | null {
  const value = values[name] ?? null;
  if (value !== null && typeof value !== 'string') throw invalidProperty(name, 'must be a text');
  return value;
}

function readResource(text: string, context: BodyContext): WatchedResource {
  const watched = parseResource(text);
  if (!watched) throw unsupportedResource(text);
  requireMayWatch(watched, context);
  if (watched.id === undefined) return watched;
  return { ...watched, id: findTarget(context.directory, watched.type, watched.id).id };
}

function readChangeTypes(text: string): ReadonlySet<ChangeType> {
  return new Set(
    text.split(',').map((part) => {
      const found = changeTypes.find((type) => type === part.trim().toLowerCase());
      if (!found) throw unsupportedChangeType(part.trim());
      return found;
    }),
  );
}

function readAddress(name: string, text: string, { allowedHosts }: BodyContext): string {
  const refusal = addressRefusal(text, allowedHosts);
  if (refusal !== undefined) throw invalidProperty(name, refusal);
  return text;
}

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/i;

function readExpiration(text: string, { clock }: Directory): number {
  const asked = instant.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(asked)) {
    throw invalidProperty('expirationDateTime', 'must be an instant such as 2026-12-18T00:00:00Z');
  }
  const now = clock.now();
  if (asked <= now) throw expirationPast();
  if (asked > now + longestLifeMinutes * minuteMs) throw expirationTooFar(longestLifeMinutes);
  return Math.max(asked, now + shortestLifeMinutes * minuteMs);
}

function readDetails(values: Body, context: BodyContext): SubscriptionDetails {
  const clientState = optionalText(values, 'clientState');
  if (clientState !== null && clientState.length > longestClientState) {
    throw invalidProperty('clientState', `must not be longer than ${longestClientState} characters`);
  }
  const latestSupportedTlsVersion = optionalText(values, 'latestSupportedTlsVersion') ?? 'v1_2';
  if (!tlsVersions.includes(latestSupportedTlsVersion)) {
    throw invalidProperty('latestSupportedTlsVersion', `must be one of ${tlsVersions.join(', ')}`);
  }
  const lifecycle = optionalText(values, 'lifecycleNotificationUrl');
  return {
    clientState,
    encryptionCertificate: optionalText(values, 'encryptionCertificate'),
    encryptionCertificateId: optionalText(values, 'encryptionCertificateId'),
    latestSupportedTlsVersion,
    lifecycleNotificationUrl:
      lifecycle === null ? null : readAddress('lifecycleNotificationUrl', lifecycle, context),
    notificationQueryOptions: optionalText(values, 'notificationQueryOptions'),
    notificationUrlAppId: optionalText(values, 'notificationUrlAppId'),
  };
}
