// One object of the directory: its type, the values that were ever set, and its links to other objects.
// A million of them live in memory, so nothing is allocated that an object does not use.
import { LinkSet } from './link-set.ts';

/** Types that have a collection of their own in the directory. Names are those of the Graph schema. */
export const objectTypes = [
  'user',
  'group',
  'application',
  'servicePrincipal',
  'device',
  'directoryRole',
  'administrativeUnit',
  'orgContact',
  'directoryRoleTemplate',
  'appRoleAssignment',
  'oAuth2PermissionGrant',
  'extensionProperty',
  'federatedIdentityCredential',
  'organization',
  'domain',
  'subscribedSku',
] as const;
export type ObjectType = (typeof objectTypes)[number];

/** A link is stored once, at its source, under Graph's name for the navigation from there. */
export const linkKinds = [
  'members',
  'owners',
  'manager',
  'registeredOwners',
  'registeredUsers',
  'appRoleAssignments',
  'appRoleAssignedTo',
  'oauth2PermissionGrants',
  'extensionProperties',
  'federatedIdentityCredentials',
] as const;
export type LinkKind = (typeof linkKinds)[number];

export type Values = Record<string, unknown>;

export type Links = LinkSet<DirectoryObject>;

export interface DirectoryObject {
  readonly id: string;
  readonly type: ObjectType;
  /** Only what was set; an absent key is Graph's "never set", null is "cleared". */
  values: Values;
  /** Instant of the soft deletion in milliseconds, 0 while the object is live. */
  deletedAt: number;
  /** Place in its type's list; -1 when it is in no list (purged). */
  slot: number;
  outgoing: Partial<Record<LinkKind, Links>> | undefined;
  incoming: Partial<Record<LinkKind, DirectoryObject[]>> | undefined;
}

export function createObject(id: string, type: ObjectType, values: Values): DirectoryObject {
  return { id, type, values, deletedAt: 0, slot: -1, outgoing: undefined, incoming: undefined };
}

const nobody: Links = new LinkSet();
const none: readonly DirectoryObject[] = [];

/** The targets of an object's links of one kind, soft-deleted ones included. Never write to it. */
export function targetsOf(object: DirectoryObject, kind: LinkKind): Links {
  return object.outgoing?.[kind] ?? nobody;
}

/** The objects whose links of this kind lead to the object, soft-deleted ones included. */
export function sourcesOf(object: DirectoryObject, kind: LinkKind): readonly DirectoryObject[] {
  return object.incoming?.[kind] ?? none;
}

export function isLive(object: DirectoryObject): boolean {
  return object.deletedAt === 0 && object.slot !== -1;
}
