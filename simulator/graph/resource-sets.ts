// The collections that Graph offers at its root and what each allows: their type, how they are named in links and
// contexts, how far a page may go, and who may read them.
import type { ObjectType } from '../tenant/directory-object.ts';

export interface ResourceSet {
  readonly type: ObjectType;
  /** Below the version root, without the leading slash. */
  readonly path: string;
  /** Older spellings that clients still use. */
  readonly aliases: readonly string[];
  /** In `@odata.context`. */
  readonly context: string;
  /** Undefined where `$top` is not supported and the whole collection is one page. */
  readonly maximumTop: number | undefined;
  readonly hasDelta: boolean;
  readonly hasAdvancedQueries: boolean;
  /** Resource units of a list (published throttling limits). */
  readonly listCost: number;
  /** Any one lets an application see the type's properties, also as members of something else. */
  readonly readPermissions: readonly string[];
}

/** Let an application see everything. */
export const readEverything: readonly string[] = ['Directory.Read.All', 'Directory.ReadWrite.All'];

export const resourceSets: readonly ResourceSet[] = [
  set('user', 'users', 2, ['User.ReadBasic.All', 'User.Read.All', 'User.ReadWrite.All']),
  set('group', 'groups', 1, [
    'Group.ReadBasic.All',
    'Group.Read.All',
    'Group.ReadWrite.All',
    'GroupMember.Read.All',
    'GroupMember.ReadWrite.All',
  ]),
  set('application', 'applications', 2, [
    'Application.Read.All',
    'Application.ReadWrite.All',
    'Application.ReadWrite.OwnedBy',
  ]),
  set('servicePrincipal', 'servicePrincipals', 1, [
    'Application.Read.All',
    'Application.ReadWrite.All',
    'Application.ReadWrite.OwnedBy',
  ]),
  set('device', 'devices', 1, ['Device.Read.All', 'Device.ReadWrite.All']),
  {
    ...set('directoryRole', 'directoryRoles', 1, [
      'RoleManagement.Read.Directory',
      'RoleManagement.ReadWrite.Directory',
    ]),
    maximumTop: undefined,
    hasAdvancedQueries: false,
  },
  {
    ...set('administrativeUnit', 'directory/administrativeUnits', 1, [
      'AdministrativeUnit.Read.All',
      'AdministrativeUnit.ReadWrite.All',
    ]),
    aliases: ['administrativeUnits'],
    context: 'administrativeUnits',
  },
  set('orgContact', 'contacts', 1, ['OrgContact.Read.All']),
  {
    ...set('directoryRoleTemplate', 'directoryRoleTemplates', 1, [
      'RoleManagement.Read.Directory',
      'RoleManagement.ReadWrite.Directory',
    ]),
    maximumTop: undefined,
    hasDelta: false,
    hasAdvancedQueries: false,
  },
  {
    ...set('oAuth2PermissionGrant', 'oauth2PermissionGrants', 2, ['DelegatedPermissionGrant.ReadWrite.All']),
    hasAdvancedQueries: false,
  },
  small('organization', 'organization', [
    'Organization.Read.All',
    'Organization.ReadWrite.All',
    'User.Read.All',
  ]),
  small('domain', 'domains', ['Domain.Read.All', 'Domain.ReadWrite.All']),
  {
    ...small('subscribedSku', 'subscribedSkus', [
      'LicenseAssignment.Read.All',
      'Organization.Read.All',
      'Organization.ReadWrite.All',
    ]),
    listCost: 3,
  },
];

/** Types whose objects are directory objects with an identity of their own, in the order used for scans. */
export const directoryObjectTypes: readonly ObjectType[] = [
  'user',
  'group',
  'servicePrincipal',
  'application',
  'device',
  'orgContact',
  'administrativeUnit',
  'directoryRole',
];

const byType = new Map(resourceSets.map((resourceSet) => [resourceSet.type, resourceSet]));

export function setOf(type: ObjectType): ResourceSet | undefined {
  return byType.get(type);
}

/** True when the permissions let an application see more than the id of objects of this type. */
export function canReadType(roles: ReadonlySet<string>, type: ObjectType): boolean {
  if (readEverything.some((permission) => roles.has(permission))) return true;
  return setOf(type)?.readPermissions.some((permission) => roles.has(permission)) ?? true;
}

function set(
  type: ObjectType,
  path: string,
  listCost: number,
  readPermissions: readonly string[],
): ResourceSet {
  return {
    type,
    path,
    aliases: [],
    context: path,
    maximumTop: 999,
    hasDelta: true,
    hasAdvancedQueries: true,
    listCost,
    readPermissions,
  };
}

function small(type: ObjectType, path: string, readPermissions: readonly string[]): ResourceSet {
  return {
    ...set(type, path, 1, readPermissions),
    maximumTop: undefined,
    hasDelta: false,
    hasAdvancedQueries: false,
  };
}
