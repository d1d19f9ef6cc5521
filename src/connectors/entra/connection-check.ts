/**
 * Tries a connection out, from the names of its hosts to the first object of each entity type, so that a person learns
 * which step is wrong and how to mend it. Nothing in the tenant is changed.
 */
import type { EntityType } from '../../model/entity-type.ts';
import { type Clock, systemClock } from './clock.ts';
import { checkEntityType, checkOrganization } from './connection-check-graph.ts';
import { type Ask, checkName, checkWire, createAsk, placesOf } from './connection-check-network.ts';
import { checkConsent, checkPermission, readGrants, remarkExcess } from './connection-check-permissions.ts';
import { checkAuthority, checkCredential } from './connection-check-sign-in.ts';
import type { EntraConnection } from './entra-connection.ts';
import type { GraphWait } from './graph-client.ts';
import { type HttpTransport, openTransport } from './http-transport.ts';

export type CheckStep = 'dns' | 'tls' | 'authority' | 'secret' | 'consent' | 'permission' | 'graph';

export type CheckResult = Readonly<{
  step: CheckStep;
  /** What was tried, in words. */
  name: string;
  outcome: 'ok' | 'failed' | 'skipped';
  /** What came of it, or why it was not tried. Holds no secret. */
  detail: string;
  /** What to do, where it failed. */
  remedy?: string;
  /** Of the step `consent`: the permissions that were granted. */
  granted?: readonly string[];
}>;

export type CheckOptions = Readonly<{
  clock?: Clock;
  /** Told of every wait, as it begins. */
  onWait?: (wait: GraphWait) => void;
}>;

/**
 * Brings each result as soon as it is known. A step that cannot be tried because an earlier one failed is skipped, with the
 * reason. A wrong connection never throws; the signal's reason does.
 */
export async function* checkConnection(
  connection: EntraConnection,
  entityTypes: readonly EntityType[],
  signal: AbortSignal,
  { clock = systemClock, onWait = () => {} }: CheckOptions = {},
): AsyncGenerator<CheckResult> {
  const transport = openTransport(connection);
  const attempt = {
    connection,
    entityTypes,
    transport,
    clock,
    signal,
    ask: createAsk(transport, clock, signal, onWait),
  };
  try {
    const unreached = yield* checkHosts(attempt);
    const token = yield* checkSignIn(attempt, unreached);
    const readable = yield* checkGrants(attempt, token);
    yield* checkReading(attempt, unreached, token, readable);
  } finally {
    await transport.close();
  }
}

type Attempt = Readonly<{
  connection: EntraConnection;
  entityTypes: readonly EntityType[];
  transport: HttpTransport;
  ask: Ask;
  clock: Clock;
  signal: AbortSignal;
}>;

type Steps<T> = AsyncGenerator<CheckResult, T>;

/** Names, connections and certificates. Returns the origins that cannot be reached. */
async function* checkHosts({ connection, transport, signal }: Attempt): Steps<ReadonlySet<string>> {
  const nameless = new Set<string>();
  const unreached = new Set<string>();
  const places = placesOf(connection);
  for (const place of places) {
    const result = await checkName(place, connection, signal);
    if (result.outcome === 'failed') for (const origin of place.origins) nameless.add(origin);
    yield result;
  }
  for (const origin of new Set(places.flatMap((place) => place.origins))) {
    const result = nameless.has(origin)
      ? skipped('tls', `Connection to ${new URL(origin).host}`, 'a name that leads there is not known')
      : await checkWire(origin, transport, connection, signal);
    if (result.outcome !== 'ok') unreached.add(origin);
    yield result;
  }
  return unreached;
}

/** The tenant and every credential. Returns the token that the first good one brings. */
async function* checkSignIn(
  { connection, ask, clock, signal }: Attempt,
  unreached: ReadonlySet<string>,
): Steps<string | undefined> {
  const { origin, host } = new URL(connection.addresses.authority);
  const authority = unreached.has(origin)
    ? skipped('authority', `Tenant ${connection.tenantId}`, `${host} cannot be reached`)
    : await checkAuthority(connection, ask);
  yield authority;
  if (authority.outcome !== 'ok') {
    const reason =
      authority.outcome === 'failed' ? 'the tenant is not where it is looked for' : authority.detail;
    yield skipped('secret', connection.credentials.length === 1 ? 'Credential' : 'Credentials', reason);
    return undefined;
  }
  let token: string | undefined;
  for (const index of connection.credentials.keys()) {
    const tried = await checkCredential(connection, index, { clock, ask, signal });
    token ??= tried.token;
    yield tried.result;
  }
  return token;
}

/** Consent and permissions. Returns the entity types that may be read, as far as a token tells. */
async function* checkGrants(
  { entityTypes }: Attempt,
  token: string | undefined,
): Steps<ReadonlySet<EntityType>> {
  if (token === undefined) {
    yield skipped('consent', 'Consent of the tenant', 'there is no access token');
    yield skipped('permission', 'Permissions', 'there is no access token');
    return new Set();
  }
  const grants = readGrants(token);
  if (grants === undefined) {
    yield skipped('consent', 'Consent of the tenant', 'the access token cannot be looked into');
    yield skipped('permission', 'Permissions', 'the access token cannot be looked into');
    return new Set(entityTypes);
  }
  yield { ...checkConsent(grants), granted: grants.permissions };
  if (grants.permissions.length === 0) {
    yield skipped('permission', 'Permissions', 'there is not a single one');
    return new Set();
  }
  const readable = new Set<EntityType>();
  for (const entityType of entityTypes) {
    const result = checkPermission(entityType, grants);
    if (result.outcome === 'ok') readable.add(entityType);
    yield result;
  }
  yield* remarkExcess(entityTypes, grants);
  return readable;
}

/** What Microsoft Graph itself says. */
async function* checkReading(
  { connection, entityTypes, ask }: Attempt,
  unreached: ReadonlySet<string>,
  token: string | undefined,
  readable: ReadonlySet<EntityType>,
): Steps<void> {
  const { origin, host } = new URL(connection.addresses.graph);
  if (unreached.has(origin) || token === undefined) {
    const reason = unreached.has(origin) ? `${host} cannot be reached` : 'there is no access token';
    yield skipped('graph', `Microsoft Graph at ${host}`, reason);
    return;
  }
  const organization = await checkOrganization(connection, token, ask);
  yield organization;
  for (const entityType of entityTypes) {
    const name = `Reading ${entityType.name}`;
    if (organization.outcome !== 'ok')
      yield skipped('graph', name, 'Microsoft Graph does not answer as it should');
    else if (!readable.has(entityType)) yield skipped('graph', name, 'the permission is missing');
    else yield await checkEntityType(connection, entityType, token, ask);
  }
}

function skipped(step: CheckStep, name: string, detail: string): CheckResult {
  return { step, name, outcome: 'skipped', detail };
}
