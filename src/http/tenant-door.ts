/** What the server has to know of tenants that it cannot find out by itself: how to reach them, and what the settings file says. */
import type { TenantCloud, TenantEndpoints, TenantPlace } from '../model/tenant.ts';
import type { ConfiguredConnection } from '../store/tenant-overviews.ts';
import type { CheckReport } from './schemas/checks.ts';

export type CloudChoice = Readonly<{
  cloud: TenantCloud;
  /** Of the sign-in and of Microsoft Graph; null where they are typed. */
  authority: string | null;
  graph: string | null;
  /** What a form may begin with. */
  suggestion: Readonly<{ tenant: string; clientId: string }> | null;
}>;

/** What is wrong with where a tenant is said to be; `field` is the one of `TenantPlace` that has to be another. */
export type PlaceMistake = Readonly<{ field: string; message: string }>;

export type Discovery =
  | Readonly<{ kind: 'found'; tenantId: string | null; cloud: TenantCloud | null }>
  | Readonly<{ kind: 'unknown'; message: string }>
  | Readonly<{ kind: 'unanswered'; message: string }>;

/** A tenant to look for; without a cloud, in all of Microsoft's. */
export type DiscoveryRequest = Readonly<{
  tenant: string;
  cloud: TenantCloud | undefined;
  endpoints: TenantEndpoints | null;
}>;

export type TenantDoor = Readonly<{
  /** The clouds that may be chosen now. */
  readClouds: () => readonly CloudChoice[];
  /** Undefined where a place can be used. Asks nobody. */
  checkPlace: (place: TenantPlace) => PlaceMistake | undefined;
  /** Asks the sign-in, and sends it no credential. */
  discover: (request: DiscoveryRequest, signal: AbortSignal) => Promise<Discovery>;
  /** Tries a tenant out that is not stored, with the credentials of a profile. */
  testPlace: (place: TenantPlace, profileId: number, signal: AbortSignal) => Promise<CheckReport>;
  /** The same with an application whose credentials are not stored either; without a secret, the managed identity of the machine. */
  testIdentity: (
    place: TenantPlace,
    identity: Readonly<{ clientId: string; clientSecret: string | null }>,
    signal: AbortSignal,
  ) => Promise<CheckReport>;
  /** Tries a connection out that is, of the console or of the settings file, with its own credentials. */
  testNamed: (name: string, signal: AbortSignal) => Promise<CheckReport>;
  /** The connections of the settings file as it is now. */
  readConfigured: () => readonly ConfiguredConnection[];
  /** Says that something is to be removed. */
  onRemovalRequested: () => void;
}>;
