// The relationships that can be read from an object, whichever side stores the link.
import type { Directory } from '../../tenant/directory.ts';
import {
  type DirectoryObject,
  isLive,
  type LinkKind,
  type ObjectType,
  sourcesOf,
  targetsOf,
} from '../../tenant/directory-object.ts';

export interface Relation {
  /** Graph's navigation name. */
  readonly name: string;
  readonly from: readonly ObjectType[];
  readonly isSingle: boolean;
  /** Contained collections hold one type of their own and are not directory objects. */
  readonly contained: ObjectType | undefined;
  /** Stable places to page through; undefined where an object left. */
  placesOf(object: DirectoryObject, directory: Directory): readonly (DirectoryObject | undefined)[];
  /** Number of the last transaction that changed what a page of it shows; undefined where that is not known. */
  changedTx(object: DirectoryObject): number | undefined;
}

export const relations: readonly Relation[] = [
  outgoing('members', ['group', 'directoryRole', 'administrativeUnit'], 'members'),
  outgoing('owners', ['group', 'application', 'servicePrincipal'], 'owners'),
  { ...outgoing('manager', ['user', 'orgContact'], 'manager'), isSingle: true },
  outgoing('registeredOwners', ['device'], 'registeredOwners'),
  outgoing('registeredUsers', ['device'], 'registeredUsers'),
  incoming('memberOf', ['user', 'group', 'device', 'servicePrincipal', 'orgContact'], 'members'),
  incoming('directReports', ['user', 'orgContact'], 'manager'),
  incoming('ownedObjects', ['user', 'servicePrincipal'], 'owners'),
  incoming('ownedDevices', ['user'], 'registeredOwners'),
  incoming('registeredDevices', ['user'], 'registeredUsers'),
  computed('transitiveMembers', ['group'], transitiveMembers),
  computed(
    'transitiveMemberOf',
    ['user', 'group', 'device', 'servicePrincipal', 'orgContact'],
    transitiveMemberOf,
  ),
  contained(
    'appRoleAssignments',
    ['user', 'group', 'servicePrincipal'],
    'appRoleAssignments',
    'appRoleAssignment',
  ),
  contained('appRoleAssignedTo', ['servicePrincipal'], 'appRoleAssignedTo', 'appRoleAssignment'),
  contained(
    'oauth2PermissionGrants',
    ['servicePrincipal', 'user'],
    'oauth2PermissionGrants',
    'oAuth2PermissionGrant',
  ),
  contained('extensionProperties', ['application'], 'extensionProperties', 'extensionProperty'),
  contained(
    'federatedIdentityCredentials',
    ['application'],
    'federatedIdentityCredentials',
    'federatedIdentityCredential',
  ),
];

/** The relation of a type by its name in any case. */
export function relationOf(type: ObjectType, name: string): Relation | undefined {
  const wanted = name.toLowerCase();
  return relations.find((relation) => relation.name.toLowerCase() === wanted && relation.from.includes(type));
}

/** Live targets, in order. */
export function* related(
  relation: Relation,
  object: DirectoryObject,
  directory: Directory,
): Iterable<DirectoryObject> {
  for (const target of relation.placesOf(object, directory)) if (target && isLive(target)) yield target;
}

/** Every live group, role and unit that holds the object directly or through groups; a loop is walked once. */
export function transitiveMemberOf(object: DirectoryObject): DirectoryObject[] {
  return walk(object, (node) => sourcesOf(node, 'members'));
}

/** Every live member of the group and of the groups inside it. */
export function transitiveMembers(object: DirectoryObject): DirectoryObject[] {
  return walk(object, (node) => targetsOf(node, 'members'));
}

function walk(
  start: DirectoryObject,
  next: (node: DirectoryObject) => Iterable<DirectoryObject>,
): DirectoryObject[] {
  const reached = new Set<DirectoryObject>();
  const open = [start];
  for (let node = open.pop(); node; node = open.pop()) {
    for (const neighbour of next(node)) {
      if (!isLive(neighbour) || reached.has(neighbour) || neighbour === start) continue;
      reached.add(neighbour);
      if (neighbour.type === 'group') open.push(neighbour);
    }
  }
  return [...reached];
}

function outgoing(name: string, from: readonly ObjectType[], kind: LinkKind): Relation {
  return {
    name,
    from,
    isSingle: false,
    contained: undefined,
    placesOf: (object) => targetsOf(object, kind).places,
    changedTx: (object) => targetsOf(object, kind).changedTx,
  };
}

function contained(name: string, from: readonly ObjectType[], kind: LinkKind, type: ObjectType): Relation {
  return { ...outgoing(name, from, kind), contained: type };
}

function incoming(name: string, from: readonly ObjectType[], kind: LinkKind): Relation {
  return {
    name,
    from,
    isSingle: false,
    contained: undefined,
    placesOf: (object) => sourcesOf(object, kind),
    changedTx: () => undefined,
  };
}

/** Walks are remembered for the last few objects: each page of a long list would repeat the whole walk otherwise. */
function computed(
  name: string,
  from: readonly ObjectType[],
  compute: (object: DirectoryObject) => DirectoryObject[],
): Relation {
  const recent = new Map<DirectoryObject, { readonly tx: number; readonly found: DirectoryObject[] }>();
  const remembered = 8;
  return {
    name,
    from,
    isSingle: false,
    contained: undefined,
    placesOf(object, directory) {
      const known = recent.get(object);
      if (known?.tx === directory.tx) return known.found;
      const found = compute(object);
      recent.delete(object);
      recent.set(object, { tx: directory.tx, found });
      const oldest = recent.size > remembered ? recent.keys().next().value : undefined;
      if (oldest) recent.delete(oldest);
      return found;
    },
    changedTx: () => undefined,
  };
}
