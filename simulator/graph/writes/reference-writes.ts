// Adding and removing links one by one: members, owners, managers, registered owners and users.
import { isLive, type LinkKind, type ObjectType, targetsOf } from '../../tenant/directory-object.ts';
import { findTarget } from '../addressing.ts';
import type { GraphRequest } from '../exchange.ts';
import { resourceNotFound } from '../graph-error.ts';
import { noContent } from '../json-reply.ts';
import { permissionsFor } from '../permissions.ts';
import type { Route } from '../route.ts';
import { addLink, removeLink } from './link-rules.ts';
import { referencedObject, removedId } from './references.ts';
import { onlyContainedEntities } from './write-errors.ts';

interface Relationship {
  readonly type: ObjectType;
  readonly path: string;
  readonly kind: LinkKind;
  readonly addPermissions: readonly string[];
  readonly removePermissions: readonly string[];
}

const applicationPermissions = permissionsFor('PATCH /applications/{id}');
const servicePrincipalPermissions = permissionsFor('PATCH /servicePrincipals/{id}');
const devicePermissions = permissionsFor('PATCH /devices/{id}');
const unitAdd = permissionsFor('POST /directory/administrativeUnits/{id}/members/$ref');
const unitRemove = permissionsFor('DELETE /directory/administrativeUnits/{id}/members/{target}/$ref');

/** Relationships of applications, service principals and devices have no row of their own: those of their updates serve. */
const relationships: readonly Relationship[] = [
  {
    type: 'group',
    path: '/groups/{id}/members',
    kind: 'members',
    addPermissions: permissionsFor('POST /groups/{id}/members/$ref'),
    removePermissions: permissionsFor('DELETE /groups/{id}/members/{target}/$ref'),
  },
  {
    type: 'group',
    path: '/groups/{id}/owners',
    kind: 'owners',
    addPermissions: permissionsFor('POST /groups/{id}/owners/$ref'),
    removePermissions: permissionsFor('DELETE /groups/{id}/owners/{target}/$ref'),
  },
  {
    type: 'directoryRole',
    path: '/directoryRoles/{id}/members',
    kind: 'members',
    addPermissions: permissionsFor('POST /directoryRoles/{id}/members/$ref'),
    removePermissions: permissionsFor('DELETE /directoryRoles/{id}/members/{target}/$ref'),
  },
  ...['/directory/administrativeUnits', '/administrativeUnits'].map(
    (path): Relationship => ({
      type: 'administrativeUnit',
      path: `${path}/{id}/members`,
      kind: 'members',
      addPermissions: unitAdd,
      removePermissions: unitRemove,
    }),
  ),
  relationship('application', 'applications', 'owners', applicationPermissions),
  relationship('servicePrincipal', 'servicePrincipals', 'owners', servicePrincipalPermissions),
  relationship('device', 'devices', 'registeredOwners', devicePermissions),
  relationship('device', 'devices', 'registeredUsers', devicePermissions),
];

function relationship(
  type: ObjectType,
  set: string,
  kind: LinkKind,
  permissions: readonly string[],
): Relationship {
  return {
    type,
    path: `/${set}/{id}/${kind}`,
    kind,
    addPermissions: permissions,
    removePermissions: permissions,
  };
}

function routesOf({ type, path, kind, addPermissions, removePermissions }: Relationship): Route[] {
  const remove = (request: GraphRequest) => {
    const source = findTarget(request.directory, type, request.parameters.id ?? '');
    removeLink(request, source, kind, removedId(request, kind));
    return noContent;
  };
  return [
    {
      method: 'POST',
      path: `${path}/$ref`,
      permissions: addPermissions,
      cost: 1,
      run: (request) => {
        const source = findTarget(request.directory, type, request.parameters.id ?? '');
        addLink(request, source, kind, referencedObject(request, kind));
        return noContent;
      },
    },
    { method: 'DELETE', path: `${path}/{target}/$ref`, permissions: removePermissions, cost: 1, run: remove },
    { method: 'DELETE', path: `${path}/$ref`, permissions: removePermissions, cost: 1, run: remove },
    {
      // Graph would delete the member itself for an application that may; a simulator had better not.
      method: 'DELETE',
      path: `${path}/{target}`,
      permissions: removePermissions,
      cost: 1,
      run: () => {
        throw onlyContainedEntities();
      },
    },
  ];
}

const managerWrites: readonly Route[] = [
  {
    method: 'PUT',
    path: '/users/{id}/manager/$ref',
    permissions: permissionsFor('PUT /users/{id}/manager/$ref'),
    cost: 1,
    run: (request) => {
      const user = findTarget(request.directory, 'user', request.parameters.id ?? '');
      addLink(request, user, 'manager', referencedObject(request, 'manager'));
      return noContent;
    },
  },
  {
    method: 'DELETE',
    path: '/users/{id}/manager/$ref',
    permissions: permissionsFor('DELETE /users/{id}/manager/$ref'),
    cost: 1,
    run: (request) => {
      const user = findTarget(request.directory, 'user', request.parameters.id ?? '');
      const manager = [...targetsOf(user, 'manager')].find(isLive);
      if (!manager) throw resourceNotFound('manager');
      removeLink(request, user, 'manager', manager.id);
      return noContent;
    },
  },
];

export const referenceWrites: readonly Route[] = [...relationships.flatMap(routesOf), ...managerWrites];
