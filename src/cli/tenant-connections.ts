// Tenants of the console as connections: out of the database with the credentials of their profiles, and out of a form that nobody
// has stored yet.
import type { Sql } from 'postgres';
import type { Config } from '../config.ts';
import type { Reach, SignInEvent } from '../connectors/entra/entra-connection.ts';
import { Fault } from '../errors.ts';
import type { TenantPlace } from '../model/tenant.ts';
import { openSealing } from '../secrets/open-sealing.ts';
import { readProfileForUse } from '../secrets/profile-for-use.ts';
import type { ConnectionIdentity, ConnectionSettings } from '../settings/connection-settings.ts';
import { readTenantConnection, type TenantExport, type TenantLocation } from '../settings/tenant-settings.ts';
import { readTenant, type StoredTenant } from '../store/tenants.ts';
import { findSimulatedTenant } from './simulated-tenant-file.ts';

/** A connection, with who wants to hear how its sign-ins end. */
export type UsableConnection = ConnectionSettings & Readonly<{ onSignIn?: (event: SignInEvent) => void }>;

type TenantConfig = Pick<
  Config,
  'dataDirectory' | 'sealingKeyFile' | 'allowsPrivateEndpoints' | 'environment'
>;

/**
 * The tenant of this name, in any case; undefined where there is none. Throws a `Fault` for one that cannot be used, such as when the
 * key of its credentials is missing.
 */
export async function findTenantConnection(
  config: TenantConfig,
  sql: Sql,
  name: string,
): Promise<UsableConnection | undefined> {
  const tenant = await readTenant(sql, name);
  return tenant && (await openTenant(config, sql, tenant));
}

async function openTenant(config: TenantConfig, sql: Sql, tenant: StoredTenant): Promise<UsableConnection> {
  const profile = await readProfileForUse(sql, await openSealing(config, sql), tenant.profile.profileId);
  if (!profile) {
    throw new Fault(
      'invalid-setting',
      `The credential profile of ${tenant.name} is gone: choose another one on the page of the tenant.`,
    );
  }
  const { clientId, credentials, onSignIn } = profile;
  return { ...readConnection(config, tenant.name, tenant, tenant, { clientId, credentials }), onSignIn };
}

/** The connection of a tenant that is not stored, with what is usually exported. Throws a `Fault` for what cannot be. */
export function draftConnection(
  config: TenantConfig,
  place: TenantPlace,
  identity: ConnectionIdentity,
): ConnectionSettings {
  return readConnection(config, place.tenant, place, {}, identity);
}

function readConnection(
  config: TenantConfig,
  name: string,
  place: TenantPlace,
  wanted: TenantExport,
  identity: ConnectionIdentity,
): ConnectionSettings {
  // A simulated tenant is there to be changed, and begins anew with every start.
  const guards = wanted.guards ?? (place.cloud === 'Simulated' ? 'Off' : null);
  const surroundings = { identity, reach: reachOf(config), environment: config.environment };
  return readTenantConnection(name, locate(config, place), { ...wanted, guards }, surroundings);
}

/** Where a tenant is now: the simulated one has another port with every start. */
function locate({ dataDirectory }: TenantConfig, place: TenantPlace): TenantLocation {
  if (place.cloud !== 'Simulated') return place;
  const access = findSimulatedTenant(dataDirectory);
  if (access === undefined) {
    throw new Fault(
      'source-unreachable',
      `No simulated tenant is running on ${dataDirectory}: start one there with "syncline start", and keep it running.`,
    );
  }
  const { authority, graph, caPem } = access;
  // Without the tenant's id: what was typed may be one of its domains.
  const endpoints = { authority: new URL(authority).origin, graph, trustedCertificates: caPem };
  return { ...place, endpoints };
}

/** Where tenants of the console may be: public addresses, and the simulated tenant of this machine. */
export function reachOf({ dataDirectory, allowsPrivateEndpoints }: TenantConfig): Reach | undefined {
  if (allowsPrivateEndpoints) return undefined;
  const access = findSimulatedTenant(dataDirectory);
  const origins = access === undefined ? [] : [access.authority, access.graph];
  return { exceptOrigins: origins.map((address) => new URL(address).origin) };
}
