// Activating directory roles, and giving and taking them as role assignments. The two ways write the same memberships.
import { randomUUID } from 'node:crypto';
import type { Directory } from '../../tenant/directory.ts';
import { targetsOf, type Values } from '../../tenant/directory-object.ts';
import { findAnyObject, findTarget } from '../addressing.ts';
import { type GraphRequest, readBody } from '../exchange.ts';
import { resourceNotFound } from '../graph-error.ts';
import { json, noContent } from '../json-reply.ts';
import { permissionsFor } from '../permissions.ts';
import type { Route } from '../route.ts';
import { requiredText, textArgument } from './arguments.ts';
import { createdReply } from './created-reply.ts';
import { addLink, insertLinked, removeLink } from './link-rules.ts';
import { roleAssignment, roleAssignmentId } from './role-assignment.ts';
import { conflictingObject, invalidValue } from './write-errors.ts';

/** Values of the role that a template stands for. Throws when there is no such template. */
function roleValues(directory: Directory, roleTemplateId: string): Values {
  const template = findTarget(directory, 'directoryRoleTemplate', roleTemplateId);
  const { description, displayName } = template.values;
  return { description, displayName, roleTemplateId: template.id };
}

function activateRole(request: GraphRequest) {
  const { directory } = request;
  const roleTemplateId = requiredText(readBody(request), 'directoryRole', 'roleTemplateId');
  if (directory.findBy('directoryRole', 'roleTemplateId', roleTemplateId)) throw conflictingObject();
  const values = roleValues(directory, roleTemplateId);
  return createdReply(request, directory.insert('directoryRole', randomUUID(), values));
}

function createAssignment(request: GraphRequest) {
  const { directory } = request;
  const type = 'unifiedRoleAssignment';
  const body = readBody(request);
  const roleDefinitionId = requiredText(body, type, 'roleDefinitionId');
  const principalId = requiredText(body, type, 'principalId');
  // Built-in roles at the scope of the tenant are what directory roles can hold.
  if ((textArgument(body, 'directoryScopeId') ?? '/') !== '/') throw invalidValue(type, 'directoryScopeId');
  const values = roleValues(directory, roleDefinitionId);
  const principal = findAnyObject(directory, principalId);
  const roleTemplateId = String(values.roleTemplateId);
  const active = directory.findBy('directoryRole', 'roleTemplateId', roleTemplateId);
  if (!active) insertLinked(request, 'directoryRole', values, new Map([['members', [principal]]]));
  else if (targetsOf(active, 'members').has(principal)) throw conflictingObject();
  else addLink(request, active, 'members', principal);
  return json(201, {
    '@odata.context': `${request.root}/$metadata#roleManagement/directory/roleAssignments/$entity`,
    ...roleAssignment(roleTemplateId, principal.id),
  });
}

function removeAssignment(request: GraphRequest) {
  const { directory } = request;
  const key = request.parameters.id ?? '';
  for (const role of directory.list('directoryRole').places) {
    if (!role) continue;
    const roleTemplateId = String(role.values.roleTemplateId);
    for (const principal of targetsOf(role, 'members')) {
      if (roleAssignmentId(roleTemplateId, principal.id) !== key) continue;
      removeLink(request, role, 'members', principal.id);
      return noContent;
    }
  }
  throw resourceNotFound(key);
}

export const roleWrites: readonly Route[] = [
  {
    method: 'POST',
    path: '/directoryRoles',
    permissions: permissionsFor('POST /directoryRoles'),
    cost: 1,
    run: activateRole,
  },
  {
    method: 'POST',
    path: '/roleManagement/directory/roleAssignments',
    permissions: permissionsFor('POST /roleManagement/directory/roleAssignments'),
    cost: 1,
    run: createAssignment,
  },
  {
    method: 'DELETE',
    path: '/roleManagement/directory/roleAssignments/{id}',
    permissions: permissionsFor('POST /roleManagement/directory/roleAssignments'),
    cost: 1,
    run: removeAssignment,
  },
];
