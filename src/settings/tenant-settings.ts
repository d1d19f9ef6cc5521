// A tenant of the console as a connection: it is written as the section that the settings file would have, and read by the same
// rules.
import type { Environment } from '../config.ts';
import { cloudAddresses } from '../connectors/entra/addresses.ts';
import type { EntraConnection, Reach } from '../connectors/entra/entra-connection.ts';
import type { TenantCloud } from '../model/tenant.ts';
import { readCommentedJson } from './commented-json.ts';
import {
  buildConnection,
  type ConnectionIdentity,
  type ConnectionSettings,
  connectionSection,
} from './connection-settings.ts';
import { readSection } from './section.ts';

/** Where a tenant is: a cloud of Microsoft, or addresses of its own. */
export type TenantLocation = Readonly<{
  tenant: string;
  cloud: TenantCloud;
  /** Where the cloud is none of Microsoft's. */
  endpoints: Readonly<{ authority: string; graph: string; trustedCertificates: string | null }> | null;
}>;

/** What is exported of a tenant and how it is followed; what is left out is as usual. */
export type TenantExport = Readonly<{
  floorSeconds?: number;
  ceilingSeconds?: number;
  /** The sections of these names, as JSON. */
  entityTypes?: unknown;
  guards?: unknown;
}>;

export type TenantSurroundings = Readonly<{
  identity: ConnectionIdentity;
  reach: Reach | undefined;
  /** Where the proxy of the machine comes from. */
  environment: Environment;
}>;

/** The connection to a tenant. Throws a `Fault` with code `invalid-setting` for the first thing that is wrong. */
export function readTenantConnection(
  name: string,
  location: TenantLocation,
  { floorSeconds, ceilingSeconds, entityTypes, guards }: TenantExport,
  { identity, reach, environment }: TenantSurroundings,
): ConnectionSettings {
  const { tenant, cloud, endpoints } = location;
  const section = {
    TenantId: tenant,
    ...(endpoints === null
      ? { Cloud: cloud }
      : {
          MicrosoftAuthorityPath: endpoints.authority,
          MicrosoftGraphPathApi: endpoints.graph,
          MicrosoftGraphPath: scopeOf(endpoints.graph),
        }),
    Follow: { FloorSeconds: floorSeconds, CeilingSeconds: ceilingSeconds },
    EntityTypes: entityTypes ?? null,
    Guards: guards ?? null,
  };
  const place = { sourceOf: () => 'The console', path: [name] };
  const value = readCommentedJson(JSON.stringify(section), name);
  // Whoever types into the console does not get at the environment of the server: ${NAME} names nothing there.
  const settings = readSection(connectionSection({ environment: {}, directory: '.' }), value, place);
  const connection = buildConnection(name, { settings, identity, environment, place });
  const trusted = endpoints?.trustedCertificates;
  const entra: EntraConnection = {
    ...connection.entra,
    ...(trusted == null ? {} : { trustedCertificates: trusted }),
    ...(reach === undefined ? {} : { reach }),
  };
  return { ...connection, entra };
}

/** Of whatever stands in for Graph, the token is one for Graph; of Graph itself in a cloud, one for that Graph. */
function scopeOf(graph: string): string {
  const origin = URL.parse(graph)?.origin ?? '';
  const ofCloud = (['Global', 'USGovL4', 'USGovL5', 'China'] as const)
    .map((cloud) => cloudAddresses(cloud, 'tenant'))
    .find((addresses) => new URL(addresses.graph).origin === origin);
  return ofCloud?.scope ?? cloudAddresses('Global', 'tenant').scope;
}
