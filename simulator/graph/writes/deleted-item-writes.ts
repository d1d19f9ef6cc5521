// Restoring deleted objects and deleting them for good. Source: Microsoft Graph, "Restore deleted item".
import type { Directory } from '../../tenant/directory.ts';
import { type DirectoryObject, isLive, type ObjectType, type Values } from '../../tenant/directory-object.ts';
import { isGuid } from '../addressing.ts';
import { type GraphRequest, readBody } from '../exchange.ts';
import { invalidIdentifier, resourceNotFound } from '../graph-error.ts';
import { noContent } from '../json-reply.ts';
import { permissionsFor } from '../permissions.ts';
import type { Route } from '../route.ts';
import { checkOwnership } from './application-rules.ts';
import { directoryObjectReply } from './created-reply.ts';
import { isUnified } from './group-kinds.ts';
import { checkIdentities, identitiesFor } from './identities.ts';
import { checkPrincipalName, findAddressHolder } from './mail-addresses.ts';
import { checkSensitiveAction } from './user-rules.ts';
import { formerPrincipalName } from './user-writes.ts';
import {
  demandPermission,
  identifierTaken,
  invalidValue,
  principalTaken,
  valueTaken,
} from './write-errors.ts';

/** The routes accept the permissions of every type; which of them count depends on the item. */
const permissions: Partial<Record<ObjectType, readonly string[]>> = {
  user: ['User.DeleteRestore.All', 'User.ReadWrite.All', 'User.ReadWrite.CrossCloud'],
  group: ['Group.ReadWrite.All'],
  application: ['Application.ReadWrite.OwnedBy', 'Application.ReadWrite.All'],
  servicePrincipal: ['Application.ReadWrite.OwnedBy', 'Application.ReadWrite.All'],
  administrativeUnit: ['AdministrativeUnit.ReadWrite.All'],
};

function findDeleted(request: GraphRequest): DirectoryObject {
  const id = request.parameters.id ?? '';
  if (!isGuid(id)) throw invalidIdentifier(id);
  const item = request.directory.find(id);
  if (!item || isLive(item)) throw resourceNotFound(id);
  demandPermission(request.caller.roles, ...(permissions[item.type] ?? []));
  if (item.type === 'user') checkSensitiveAction(request, item);
  if (item.type === 'application' || item.type === 'servicePrincipal') checkOwnership(request, item);
  if (item.values.isAssignableToRole === true)
    demandPermission(request.caller.roles, 'RoleManagement.ReadWrite.Directory');
  return item;
}

function restore(request: GraphRequest): DirectoryObject {
  const { directory } = request;
  const item = findDeleted(request);
  const options = request.http.body.length === 0 ? {} : readBody(request);
  const values: Values = {
    ...restoredAddresses(directory, item, options.autoReconcileProxyConflict === true),
  };
  if (item.type === 'user')
    Object.assign(values, restoredName(directory, item, options.newUserPrincipalName));
  if (item.type === 'group' && !isUnified(item.values)) values.securityEnabled = true;
  checkKeys(directory, item);
  directory.update(item, values);
  directory.restore(item);
  return item;
}

function restoredName(directory: Directory, user: DirectoryObject, newName: unknown): Values {
  if (newName !== undefined && newName !== null && typeof newName !== 'string')
    throw invalidValue('user', 'userPrincipalName');
  const userPrincipalName = newName ?? formerPrincipalName(user);
  checkPrincipalName(directory, userPrincipalName, user);
  checkIdentities(directory, user.values.identities, user);
  if (typeof newName !== 'string') return { userPrincipalName };
  const identities = identitiesFor(directory, newName, { before: user.values.identities });
  return { userPrincipalName, identities };
}

/** Addresses that went to somebody else meanwhile are left to them when the request allows it; else they are a conflict. */
function restoredAddresses(directory: Directory, item: DirectoryObject, yieldsAddresses: boolean): Values {
  const { proxyAddresses } = item.values;
  if (!Array.isArray(proxyAddresses)) return {};
  const free = proxyAddresses.filter((address) => !findAddressHolder(directory, [address], item));
  if (free.length === proxyAddresses.length) return {};
  const holder = findAddressHolder(directory, proxyAddresses, item);
  if (holder && !yieldsAddresses) throw valueTaken('proxyAddresses', holder);
  return { proxyAddresses: free };
}

/** Keys that the deleted object gave free and somebody else took. */
function checkKeys(directory: Directory, item: DirectoryObject): void {
  const holderOf = (property: string) => {
    const value = item.values[property];
    return typeof value === 'string' ? directory.findBy(item.type, property, value) : undefined;
  };
  if (item.type === 'servicePrincipal' && holderOf('appId')) throw principalTaken(String(item.values.appId));
  const unique = holderOf('uniqueName');
  if (unique) throw valueTaken('uniqueName', unique);
  if (item.type !== 'application') return;
  for (const uri of (item.values.identifierUris ?? []) as readonly string[]) {
    if (directory.findBy('application', 'identifierUris', uri)) throw identifierTaken();
  }
}

export const deletedItemWrites: readonly Route[] = [
  {
    method: 'POST',
    path: '/directory/deletedItems/{id}/restore',
    permissions: permissionsFor('POST /directory/deletedItems/{id}/restore'),
    cost: 1,
    run: (request) => directoryObjectReply(request, restore(request)),
  },
  {
    method: 'DELETE',
    path: '/directory/deletedItems/{id}',
    permissions: permissionsFor('DELETE /directory/deletedItems/{id}'),
    cost: 1,
    run: (request) => {
      request.directory.purge(findDeleted(request));
      return noContent;
    },
  },
];
