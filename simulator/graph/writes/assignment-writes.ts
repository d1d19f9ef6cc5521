// App role assignments and delegated permission grants: objects that tie a principal to a resource.
import { randomBytes } from 'node:crypto';
import { graphInstant } from '../../clock.ts';
import { guidToBytes, permissionGrantId } from '../../tenant/derived-ids.ts';
import {
  type DirectoryObject,
  type LinkKind,
  type ObjectType,
  targetsOf,
} from '../../tenant/directory-object.ts';
import { findAnyObject, findTarget } from '../addressing.ts';
import { type GraphRequest, readBody } from '../exchange.ts';
import { refusedRequest, resourceNotFound } from '../graph-error.ts';
import { noContent } from '../json-reply.ts';
import type { Route } from '../route.ts';
import { containedReply, createdReply } from './created-reply.ts';
import { readProperties } from './property-input.ts';
import { invalidValue, keyTaken, linkRefused, readOnlyProperty, valueRequired } from './write-errors.ts';

/** Default access, where the resource has no role for the principal. */
const defaultAccess = '00000000-0000-0000-0000-000000000000';

interface Side {
  readonly type: ObjectType;
  readonly set: string;
  readonly kind: Extract<LinkKind, 'appRoleAssignments' | 'appRoleAssignedTo'>;
}

const sides: readonly Side[] = [
  { type: 'user', set: 'users', kind: 'appRoleAssignments' },
  { type: 'group', set: 'groups', kind: 'appRoleAssignments' },
  { type: 'servicePrincipal', set: 'servicePrincipals', kind: 'appRoleAssignments' },
  { type: 'servicePrincipal', set: 'servicePrincipals', kind: 'appRoleAssignedTo' },
];

const principalTypes: Partial<Record<ObjectType, string>> = {
  user: 'User',
  group: 'Group',
  servicePrincipal: 'ServicePrincipal',
};

function createAssignment(request: GraphRequest, side: Side) {
  const { directory } = request;
  const type = 'appRoleAssignment';
  const owner = findTarget(directory, side.type, request.parameters.id ?? '');
  const { values } = readProperties(readBody(request), {
    directory,
    type,
    required: ['principalId', 'resourceId', 'appRoleId'],
  });
  const named = side.kind === 'appRoleAssignments' ? 'principalId' : 'resourceId';
  if (values[named] !== owner.id) throw invalidValue(type, named);
  const principal = findAnyObject(directory, String(values.principalId));
  const resource = findTarget(directory, 'servicePrincipal', String(values.resourceId));
  const principalType = principalTypes[principal.type];
  if (!principalType) throw invalidValue(type, 'principalId');
  checkRole(principal, resource, String(values.appRoleId));
  // The id begins with the principal's; the rest only has to differ.
  const id = Buffer.concat([guidToBytes(principal.id), randomBytes(16)]).toString('base64url');
  const assignment = directory.insert(type, id, {
    appRoleId: values.appRoleId,
    createdDateTime: graphInstant(directory.clock.now()),
    principalDisplayName: principal.values.displayName,
    principalId: principal.id,
    principalType,
    resourceDisplayName: resource.values.displayName,
    resourceId: resource.id,
  });
  directory.link(principal, 'appRoleAssignments', assignment);
  directory.link(resource, 'appRoleAssignedTo', assignment);
  return containedReply(request, assignment, { set: side.set, owner, name: side.kind });
}

interface AppRole {
  readonly id?: unknown;
  readonly isEnabled?: unknown;
  readonly allowedMemberTypes?: unknown;
}

/** Throws for a role that the resource does not offer to such a principal, and for one that the principal has. */
function checkRole(principal: DirectoryObject, resource: DirectoryObject, appRoleId: string): void {
  const memberType = principal.type === 'servicePrincipal' ? 'Application' : 'User';
  const declared = (resource.values.appRoles ?? []) as readonly AppRole[];
  const offered = declared.filter(
    ({ isEnabled, allowedMemberTypes }) =>
      isEnabled === true && Array.isArray(allowedMemberTypes) && allowedMemberTypes.includes(memberType),
  );
  const isOffered =
    appRoleId === defaultAccess ? offered.length === 0 : offered.some((role) => role.id === appRoleId);
  if (!isOffered) throw refusedRequest('Permission being assigned was not found on application');
  for (const assignment of targetsOf(principal, 'appRoleAssignments')) {
    if (assignment.values.resourceId === resource.id && assignment.values.appRoleId === appRoleId)
      throw refusedRequest('Permission being assigned already exists on the object');
  }
}

function removeAssignment(request: GraphRequest, side: Side) {
  const owner = findTarget(request.directory, side.type, request.parameters.id ?? '');
  const key = request.parameters.target ?? '';
  const assignment = request.directory.find(key);
  if (!assignment || !targetsOf(owner, side.kind).has(assignment)) throw resourceNotFound(key);
  request.directory.purge(assignment);
  return noContent;
}

function createGrant(request: GraphRequest) {
  const { directory } = request;
  const type = 'oAuth2PermissionGrant';
  const { values } = readProperties(readBody(request), {
    directory,
    type,
    required: ['clientId', 'consentType', 'resourceId'],
  });
  const isForAll = values.consentType === 'AllPrincipals';
  const principalId = values.principalId ?? null;
  if (!isForAll && values.consentType !== 'Principal') throw invalidValue(type, 'consentType');
  if (!isForAll && principalId === null) throw valueRequired(type, 'principalId');
  if (isForAll && principalId !== null) throw invalidValue(type, 'principalId');
  const client = findTarget(directory, 'servicePrincipal', String(values.clientId));
  const resource = findTarget(directory, 'servicePrincipal', String(values.resourceId));
  const principal = isForAll ? undefined : findTarget(directory, 'user', String(principalId));
  const id = permissionGrantId(client.id, resource.id, principal?.id ?? null);
  if (directory.find(id)) throw keyTaken('Permission entry already exists.');
  const grant = directory.insert(type, id, {
    clientId: client.id,
    consentType: values.consentType,
    principalId: principal?.id ?? null,
    resourceId: resource.id,
    scope: values.scope ?? null,
  });
  directory.link(client, 'oauth2PermissionGrants', grant);
  if (principal) directory.link(principal, 'oauth2PermissionGrants', grant);
  return createdReply(request, grant);
}

function updateGrant(request: GraphRequest) {
  const { directory } = request;
  const grant = findTarget(directory, 'oAuth2PermissionGrant', request.parameters.id ?? '');
  const rules = { directory, type: 'oAuth2PermissionGrant', object: grant } as const;
  const { values, bindings } = readProperties(readBody(request), rules);
  const fixed = Object.keys(values).find((name) => name !== 'scope' && values[name] !== grant.values[name]);
  if (fixed) throw readOnlyProperty(fixed);
  if (bindings.size > 0) throw linkRefused([...bindings.keys()].join());
  directory.update(grant, values);
  return noContent;
}

// The published table also lists permissions to read applications for these; they are asked for in addition, not instead.
const assign = ['AppRoleAssignment.ReadWrite.All'];
const grantPermissions = ['DelegatedPermissionGrant.ReadWrite.All', 'Directory.ReadWrite.All'];

export const assignmentWrites: readonly Route[] = [
  ...sides.flatMap((side): Route[] => [
    {
      method: 'POST',
      path: `/${side.set}/{id}/${side.kind}`,
      permissions: assign,
      cost: 1,
      run: (request) => createAssignment(request, side),
    },
    {
      method: 'DELETE',
      path: `/${side.set}/{id}/${side.kind}/{target}`,
      permissions: assign,
      cost: 1,
      run: (request) => removeAssignment(request, side),
    },
  ]),
  {
    method: 'POST',
    path: '/oauth2PermissionGrants',
    permissions: grantPermissions,
    cost: 1,
    run: createGrant,
  },
  {
    method: 'PATCH',
    path: '/oauth2PermissionGrants/{id}',
    permissions: grantPermissions,
    cost: 1,
    run: updateGrant,
  },
  {
    method: 'DELETE',
    path: '/oauth2PermissionGrants/{id}',
    permissions: grantPermissions,
    cost: 1,
    run: (request) => {
      const { directory, parameters } = request;
      directory.purge(findTarget(directory, 'oAuth2PermissionGrant', parameters.id ?? ''));
      return noContent;
    },
  },
];
