/** The API clients of a deployment, with the hashes of the settings where those have some. Pure. */
import type { NewApiClient } from '../store/api-clients.ts';
import type { EngineConfiguration } from './engine-configuration.ts';

/** By client. */
type HashedSecrets = ReadonlyMap<string, string>;

/** The clients as they are stored. */
export function clientsOf(
  { clients, permissions }: EngineConfiguration,
  hashedSecrets: HashedSecrets = new Map(),
): readonly NewApiClient[] {
  const overrides = new Map([...hashedSecrets].map(([name, hash]) => [name.toLowerCase(), hash]));
  return clients.map(({ clientId, displayName, hashedSecret, profile, expiresAt }) => ({
    identifier: clientId,
    displayName,
    hashedSecret: overrides.get(clientId.toLowerCase()) ?? hashedSecret,
    profile,
    permissions: permissions[profile] ?? [],
    expiresAt: expiresAt === undefined ? null : new Date(expiresAt),
  }));
}

/** Names of the settings that no client has: a misspelt one would leave the hash of the configuration in force unnoticed. */
export function strangers(
  { clients }: EngineConfiguration,
  hashedSecrets: HashedSecrets = new Map(),
): readonly string[] {
  const known = new Set(clients.map(({ clientId }) => clientId.toLowerCase()));
  return [...hashedSecrets.keys()].filter((name) => !known.has(name.toLowerCase()));
}
