/** Tenants of Microsoft Entra as they are added in the console: where each is, and the name that its connection gets. */

export const tenantClouds = ['Global', 'USGovL4', 'USGovL5', 'China', 'Custom', 'Simulated'] as const;
/** A cloud of Microsoft; or addresses that somebody typed; or the simulated tenant that this machine runs. */
export type TenantCloud = (typeof tenantClouds)[number];

/** Where a tenant of the cloud `Custom` is. */
export type TenantEndpoints = Readonly<{
  /** Of the sign-in, with or without the tenant at its end. */
  authority: string;
  /** Of Microsoft Graph, with its version at the end. */
  graph: string;
  /** Certificates in PEM to trust besides those of the machine. */
  trustedCertificates: string | null;
}>;

/** How to reach a tenant, before it is known who signs in. */
export type TenantPlace = Readonly<{
  tenant: string;
  cloud: TenantCloud;
  endpoints: TenantEndpoints | null;
}>;

const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const domain = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/;

/** A tenant as it is kept: a domain or an id, in small letters; undefined for a text that is neither. */
export function readTenantName(text: string): string | undefined {
  const tenant = text.trim().toLowerCase();
  return tenant.length <= 253 && (guid.test(tenant) || domain.test(tenant)) ? tenant : undefined;
}

/** The name of a tenant's connection. Names of connections begin with no digit, as file names are made of them. */
export function connectionNameOf(tenant: string): string {
  return /^\d/.test(tenant) ? `tenant-${tenant}` : tenant;
}

/** The pauses between two runs that a tenant gets where nobody says otherwise, in seconds. */
export const usualPace = { floorSeconds: 15, ceilingSeconds: 900 };

/** Somebody who wants to ask less than once a day has a schedule for it. */
export const longestPauseSeconds = 86_400;
