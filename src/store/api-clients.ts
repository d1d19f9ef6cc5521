/** API clients: who may ask for access tokens, with the hash of the secret, the permissions, and when it ends. */
import type { ISql, Sql } from 'postgres';

export type ApiClientOrigin = 'configuration' | 'command' | 'api';

export type ApiClient = Readonly<{
  apiClientId: number;
  /** The client id, without a domain. */
  identifier: string;
  displayName: string;
  origin: ApiClientOrigin;
  /** The profile of the configuration, or the role, that the permissions come from; null where they were named one by one. */
  profile: string | null;
  /** Paths such as `/Jobs/RunJob`; each grants what is below it, too. */
  permissions: readonly string[];
  createdAt: Date;
  createdBy: string;
  expiresAt: Date | null;
  revokedAt: Date | null;
  lastUsedAt: Date | null;
  /** Until when the secret before the last exchange is taken as well. */
  previousUntil: Date | null;
}>;

export type NewApiClient = Readonly<{
  identifier: string;
  displayName: string;
  /** Base64 of the SHA-256 of the secret's UTF-8 (Identity Manager, OpenIdClient: HashedSecret). */
  hashedSecret: string;
  profile: string | null;
  permissions: readonly string[];
  expiresAt: Date | null;
}>;

/** A client with the hash that its secret has to have, and the one that it may have until `previousUntil`. */
export type ApiClientWithHashes = ApiClient &
  Readonly<{ hashedSecret: string; previousHashedSecret: string | null }>;

/** The client of this identifier that is not revoked, whatever the case. */
export async function findApiClient(sql: ISql, identifier: string): Promise<ApiClientWithHashes | undefined> {
  const [client] = await sql<ApiClientWithHashes[]>`
    select ${columns(sql)}, hashed_secret, previous_hashed_secret from api_client
    where lower(identifier) = lower(${identifier}) and revoked_at is null`;
  return client;
}

/** A client as it is now, revoked or not. */
export async function readApiClient(sql: ISql, apiClientId: number): Promise<ApiClient | undefined> {
  const [client] = await sql<ApiClient[]>`
    select ${columns(sql)} from api_client where api_client_id = ${apiClientId}`;
  return client;
}

/** The clients that are not revoked, by identifier. */
export async function readApiClients(sql: Sql): Promise<ApiClient[]> {
  return await sql<ApiClient[]>`
    select ${columns(sql)} from api_client where revoked_at is null order by lower(identifier)`;
}

/** Adds a client; undefined when there is one of this identifier that is not revoked. */
export async function createApiClient(
  sql: ISql,
  client: NewApiClient,
  { origin, createdBy }: Readonly<{ origin: ApiClientOrigin; createdBy: string }>,
): Promise<ApiClient | undefined> {
  const { identifier, displayName, hashedSecret, profile, permissions, expiresAt } = client;
  const [created] = await sql<ApiClient[]>`
    insert into api_client (identifier, display_name, origin, hashed_secret, profile, permissions, created_by, expires_at)
    values (${identifier}, ${displayName}, ${origin}, ${hashedSecret}, ${profile}, ${permissions}::text[], ${createdBy}, ${expiresAt})
    on conflict (lower(identifier)) where revoked_at is null do nothing
    returning ${columns(sql)}`;
  return created;
}

/** Takes a client's access away for good, tokens it has included; undefined when there is none of this identifier. */
export async function revokeApiClient(
  sql: ISql,
  identifier: string,
  revokedBy: string,
): Promise<ApiClient | undefined> {
  const [revoked] = await sql<ApiClient[]>`
    update api_client set revoked_at = now(), revoked_by = ${revokedBy}
    where lower(identifier) = lower(${identifier}) and revoked_at is null
    returning ${columns(sql)}`;
  return revoked;
}

/** Gives a client that was made by hand another secret; the one before is taken as well until then. Undefined when there is none. */
export async function exchangeSecret(
  sql: ISql,
  identifier: string,
  { hashedSecret, previousUntil }: Readonly<{ hashedSecret: string; previousUntil: Date }>,
): Promise<ApiClient | undefined> {
  const [client] = await sql<ApiClient[]>`
    update api_client
    set previous_hashed_secret = hashed_secret, previous_until = ${previousUntil}, hashed_secret = ${hashedSecret}
    where lower(identifier) = lower(${identifier}) and revoked_at is null and origin <> 'configuration'
    returning ${columns(sql)}`;
  return client;
}

/** Notes that a client got an access token. */
export async function recordApiClientUse(sql: Sql, apiClientId: number): Promise<void> {
  await sql`update api_client set last_used_at = now() where api_client_id = ${apiClientId}`;
}

/** What became of the clients of a configuration. */
export type ConfiguredClients = Readonly<{
  /** Identifiers of new clients, and of those whose secret, permissions, profile, name or end changed. */
  written: readonly string[];
  /** Identifiers of those that the configuration does not name any more. */
  revoked: readonly string[];
  /** Identifiers that stayed somebody else's, because a client made by hand has them. */
  taken: readonly string[];
}>;

/**
 * Makes the clients that come from the configuration those that are given, in the caller's transaction. One that stays keeps its
 * number, and with it its tokens, whose permissions are looked up anew with each request.
 */
export async function replaceConfiguredClients(
  sql: ISql,
  clients: readonly NewApiClient[],
  by: string,
): Promise<ConfiguredClients> {
  const identifiers = clients.map(({ identifier }) => identifier.toLowerCase());
  const revoked = await sql<{ identifier: string }[]>`
    update api_client set revoked_at = now(), revoked_by = ${by}
    where origin = 'configuration' and revoked_at is null and not lower(identifier) = any (${identifiers}::text[])
    returning identifier`;
  const written: string[] = [];
  const taken: string[] = [];
  for (const client of clients) {
    const { identifier, displayName, hashedSecret, profile, permissions, expiresAt } = client;
    if (await createApiClient(sql, client, { origin: 'configuration', createdBy: by })) {
      written.push(identifier);
      continue;
    }
    const [changed] = await sql`
      update api_client
      set identifier = ${identifier}, display_name = ${displayName}, hashed_secret = ${hashedSecret}, profile = ${profile},
        permissions = ${permissions}::text[], expires_at = ${expiresAt}
      where lower(identifier) = lower(${identifier}) and revoked_at is null and origin = 'configuration'
        and (identifier, display_name, hashed_secret, profile, permissions, expires_at) is distinct from
          (${identifier}, ${displayName}, ${hashedSecret}, ${profile}::text, ${permissions}::text[], ${expiresAt}::timestamptz)
      returning api_client_id`;
    if (changed) written.push(identifier);
    else if ((await findApiClient(sql, identifier))?.origin !== 'configuration') taken.push(identifier);
  }
  return { written, revoked: revoked.map(({ identifier }) => identifier), taken };
}

function columns(sql: ISql) {
  return sql`api_client_id, identifier, display_name, origin, profile, to_jsonb(permissions) as permissions, created_at, created_by,
    expires_at, revoked_at, last_used_at, previous_until`;
}
