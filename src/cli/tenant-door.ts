// What the server has to know of tenants: how to reach them, whether they can be used, and which ones the settings file has.
import type { Sql } from 'postgres';
import type { Config } from '../config.ts';
import { cloudAddresses, cloudNames, cloudOfGraph, refuseLiteral } from '../connectors/entra/addresses.ts';
import type { EntraCredential } from '../connectors/entra/entra-connection.ts';
import { discoverTenant, discoveryOrder } from '../connectors/entra/tenant-discovery.ts';
import { Fault } from '../errors.ts';
import type { Check, CheckReport } from '../http/schemas/checks.ts';
import type {
  CloudChoice,
  Discovery,
  DiscoveryRequest,
  PlaceMistake,
  TenantDoor,
} from '../http/tenant-door.ts';
import type { Sealing } from '../model/sealing.ts';
import type { TenantPlace } from '../model/tenant.ts';
import { readProfileForUse } from '../secrets/profile-for-use.ts';
import type { ConnectionSettings } from '../settings/connection-settings.ts';
import { loadSettings } from '../settings/settings.ts';
import { readCertificates } from '../settings/settings-file.ts';
import type { ConfiguredConnection } from '../store/tenant-overviews.ts';
import { runChecks } from './connection-checks.ts';
import { findConnection } from './open-connection.ts';
import { findSimulatedTenant, simulatedName } from './simulated-tenant-file.ts';
import { draftConnection } from './tenant-connections.ts';

export type TenantDoorOptions = Readonly<{
  config: Config;
  sql: Sql;
  sealing: Sealing;
  onRemovalRequested: () => void;
}>;

export function openTenantDoor({ config, sql, sealing, onRemovalRequested }: TenantDoorOptions): TenantDoor {
  return {
    readClouds: () => readClouds(config),
    checkPlace: (place) => checkPlace(config, place),
    discover: (request, signal) => discover(config, request, signal),
    testPlace: (place, profileId, signal) =>
      asReport(async () => {
        const profile = await readProfileForUse(sql, sealing, profileId);
        if (!profile)
          throw new Fault('invalid-setting', 'The credential profile is gone: choose another one.');
        const { clientId, credentials } = profile;
        return draftConnection(config, place, { clientId, credentials });
      }, signal),
    testIdentity: (place, { clientId, clientSecret }, signal) =>
      asReport(async () => {
        const credential: EntraCredential =
          clientSecret === null
            ? { kind: 'managed-identity', clientId: clientId === '' ? undefined : clientId }
            : { kind: 'secret', secret: clientSecret };
        return draftConnection(config, place, { clientId, credentials: [credential] });
      }, signal),
    testNamed: (name, signal) => asReport(() => findConnection(config, { sql }, name), signal),
    readConfigured: () => readConfigured(config),
    onRemovalRequested,
  };
}

function readClouds({ dataDirectory }: Config): readonly CloudChoice[] {
  const microsoft = cloudNames.map((cloud): CloudChoice => {
    const { authority, graph } = cloudAddresses(cloud, '');
    return { cloud, authority: new URL(authority).origin, graph, suggestion: null };
  });
  const access = findSimulatedTenant(dataDirectory);
  const simulated: CloudChoice[] =
    access === undefined
      ? []
      : [
          {
            cloud: 'Simulated',
            authority: new URL(access.authority).origin,
            graph: access.graph,
            suggestion: { tenant: access.tenantId, clientId: access.clientId },
          },
        ];
  return [...microsoft, { cloud: 'Custom', authority: null, graph: null, suggestion: null }, ...simulated];
}

/** Nobody signs in to find out whether a place can be used. */
const nobody = { clientId: '', credentials: [] };

function checkPlace(config: Config, place: TenantPlace): PlaceMistake | undefined {
  const { endpoints } = place;
  const trusted = endpoints?.trustedCertificates;
  if (trusted != null) {
    const pem = readCertificates(trusted);
    if (pem.kind === 'unusable') {
      return { field: 'endpoints.trustedCertificates', message: `The trusted certificate ${pem.reason}.` };
    }
  }
  try {
    const { addresses, reach } = draftConnection(config, place, nobody).entra;
    for (const field of ['authority', 'graph'] as const) {
      const refused = refuseLiteral(reach, new URL(addresses[field]).origin);
      if (refused) return { field: `endpoints.${field}`, message: `${refused.message}.` };
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return mistakeOf(error);
  }
}

/** The settings behind the fields of a form, and what people know those by. */
const fields: readonly (readonly [setting: string, field: string, words: string])[] = [
  ['MicrosoftAuthorityPath', 'endpoints.authority', 'The address of the sign-in'],
  ['MicrosoftGraphPathApi', 'endpoints.graph', 'The address of Microsoft Graph'],
  ['TenantId', 'tenant', 'The tenant'],
];

function mistakeOf({ message }: Fault): PlaceMistake {
  for (const [setting, field, words] of fields) {
    const [, what] = new RegExp(`> ${setting} (.*)`, 's').exec(message) ?? [];
    if (what !== undefined) return { field, message: `${words} ${what}` };
  }
  return { field: 'cloud', message };
}

/** Asks where the tenant is said to be, or else in one cloud after the other. */
async function discover(
  config: Config,
  { tenant, cloud, endpoints }: DiscoveryRequest,
  signal: AbortSignal,
): Promise<Discovery> {
  const unanswered: string[] = [];
  let host = '';
  for (const asked of cloud === undefined ? discoveryOrder : [cloud]) {
    try {
      const { entra } = draftConnection(config, { tenant, cloud: asked, endpoints }, nobody);
      host = new URL(entra.addresses.authority).host;
      const found = await discoverTenant(entra, signal);
      if (found.kind === 'found') return found;
      if (found.kind === 'unanswered') unanswered.push(found.reason);
    } catch (error) {
      if (signal.aborted) return { kind: 'unanswered', message: `${host} did not answer in time.` };
      if (!(error instanceof Fault)) throw error;
      unanswered.push(error.message.replace(/\.$/, ''));
    }
  }
  if (unanswered.length > 0) return { kind: 'unanswered', message: `${unanswered.join('; ')}.` };
  const where = cloud === undefined ? 'No sign-in of Microsoft' : host;
  return {
    kind: 'unknown',
    message: `${where} knows ${cloud === undefined ? 'a' : 'no'} tenant ${tenant}: correct it, or choose another cloud.`,
  };
}

/** Tries a connection out; what keeps it from being one at all is a step that failed. */
async function asReport(find: () => Promise<ConnectionSettings>, signal: AbortSignal): Promise<CheckReport> {
  try {
    const { entra, entityTypes } = await find();
    return await runChecks(entra, entityTypes, signal);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const check: Check = {
      step: 'settings',
      title: 'Settings',
      outcome: 'failed',
      message: error.message,
      remedy: null,
    };
    return { checks: [check], isSuccessful: false };
  }
}

/** Settings that cannot be read have no connections; whoever reads them for work says so. */
function readConfigured(config: Config): readonly ConfiguredConnection[] {
  const access = findSimulatedTenant(config.dataDirectory);
  const simulated: ConfiguredConnection[] =
    access === undefined
      ? []
      : [{ name: simulatedName, tenant: access.tenantId, cloud: 'Simulated', profileName: null }];
  try {
    const { connections } = loadSettings(config.settingsFile, config.environment);
    const written = [...connections.values()].map(
      ({ name, entra }): ConfiguredConnection => ({
        name,
        tenant: entra.tenantId,
        cloud: cloudOfGraph(new URL(entra.addresses.graph).host) ?? null,
        profileName: null,
      }),
    );
    return written.length > 0 ? written : simulated;
  } catch (error) {
    if (error instanceof Fault) return simulated;
    throw error;
  }
}
