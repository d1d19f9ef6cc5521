// Who may be linked to whom: the types that each relationship takes, its quota, and the objects whose links the API
// does not change. Source: Microsoft Graph, "Add members", "Add owners", "Assign manager", "Add a member to a role".
import { randomUUID } from 'node:crypto';
import {
  createObject,
  type DirectoryObject,
  isLive,
  type LinkKind,
  type ObjectType,
  targetsOf,
  type Values,
} from '../../tenant/directory-object.ts';
import type { GraphRequest } from '../exchange.ts';
import { resourceNotFound } from '../graph-error.ts';
import { isDynamic, isMailGroup, isUnified } from './group-kinds.ts';
import type { Bindings } from './references.ts';
import {
  demandPermission,
  duplicateValues,
  lastOwner,
  linkExists,
  linkQuotaExceeded,
  linkRefused,
  mailGroupRefused,
  masteredOnPremises,
} from './write-errors.ts';

/** Microsoft Entra service limits: owners of one object. */
const maximumOwners = 100;

const takes =
  (...types: readonly ObjectType[]) =>
  (_source: DirectoryObject, target: DirectoryObject) =>
    types.includes(target.type);

const accepted: Partial<
  Record<`${ObjectType}/${LinkKind}`, (source: DirectoryObject, target: DirectoryObject) => boolean>
> = {
  'group/members': groupTakes,
  'group/owners': takes('user', 'servicePrincipal'),
  'application/owners': takes('user', 'servicePrincipal'),
  'servicePrincipal/owners': takes('user', 'servicePrincipal'),
  'administrativeUnit/members': takes('user', 'group', 'device'),
  'directoryRole/members': (_source, target) =>
    target.type === 'group'
      ? target.values.isAssignableToRole === true
      : takes('user', 'servicePrincipal')(_source, target),
  'user/manager': takes('user', 'orgContact'),
  'device/registeredOwners': takes('user', 'servicePrincipal'),
  'device/registeredUsers': takes('user'),
};

function groupTakes(group: DirectoryObject, target: DirectoryObject): boolean {
  if (isUnified(group.values)) return target.type === 'user';
  if (group.values.isAssignableToRole === true) return ['user', 'servicePrincipal'].includes(target.type);
  if (target.type === 'group') return target.values.securityEnabled === true && !isUnified(target.values);
  return ['user', 'device', 'servicePrincipal', 'orgContact'].includes(target.type);
}

/** Throws unless all of the targets can be linked. */
function checkLinks(
  request: GraphRequest,
  source: DirectoryObject,
  kind: LinkKind,
  targets: readonly DirectoryObject[],
): void {
  checkLinksMayChange(request, source, kind);
  if (new Set(targets).size < targets.length) throw duplicateValues();
  const takesTarget = accepted[`${source.type}/${kind}`];
  if (!targets.every((target) => takesTarget?.(source, target))) throw linkRefused(kind);
  const existing = targetsOf(source, kind);
  if (kind !== 'manager' && targets.some((target) => existing.has(target))) throw linkExists(kind);
  const count = existing.size + targets.length;
  if (kind === 'owners' && count > maximumOwners) throw linkQuotaExceeded(kind, count, maximumOwners);
}

/** Links one target. */
export function addLink(
  request: GraphRequest,
  source: DirectoryObject,
  kind: LinkKind,
  target: DirectoryObject,
): void {
  checkLinks(request, source, kind, [target]);
  linkAll(request, source, kind, [target]);
}

/** A single-valued link replaces the one before. */
function linkAll(
  request: GraphRequest,
  source: DirectoryObject,
  kind: LinkKind,
  targets: readonly DirectoryObject[],
): void {
  if (kind === 'manager') {
    for (const before of [...targetsOf(source, kind)])
      if (!targets.includes(before)) request.directory.unlink(source, kind, before);
  }
  for (const target of targets) request.directory.link(source, kind, target);
}

/** Checks what bindings name. A source that does not exist yet, or not yet so, is given as it will be. */
export function checkBindings(request: GraphRequest, source: DirectoryObject, bindings: Bindings): void {
  for (const [kind, targets] of bindings) checkLinks(request, source, kind, targets);
}

/** Links what bindings name; they were checked before anything was changed. */
export function addBindings(request: GraphRequest, source: DirectoryObject, bindings: Bindings): void {
  for (const [kind, targets] of bindings) linkAll(request, source, kind, targets);
}

/** A new object with its links. A refused link leaves no object behind. */
export function insertLinked(
  request: GraphRequest,
  type: ObjectType,
  values: Values,
  bindings: Bindings,
): DirectoryObject {
  const id = randomUUID();
  checkBindings(request, createObject(id, type, values), bindings);
  const object = request.directory.insert(type, id, values);
  addBindings(request, object, bindings);
  return object;
}

/** Removes one link. Throws "does not exist" with the target's id when it is not linked. */
export function removeLink(
  request: GraphRequest,
  source: DirectoryObject,
  kind: LinkKind,
  targetId: string,
): void {
  checkLinksMayChange(request, source, kind);
  const target = request.directory.find(targetId);
  if (!target || !isLive(target) || !targetsOf(source, kind).has(target)) throw resourceNotFound(targetId);
  if (source.type === 'group' && kind === 'owners' && isLastUserOwner(source, target)) throw lastOwner();
  request.directory.unlink(source, kind, target);
}

function isLastUserOwner(group: DirectoryObject, owner: DirectoryObject): boolean {
  const users = [...targetsOf(group, 'owners')].filter((target) => target.type === 'user' && isLive(target));
  return users.length === 1 && users[0] === owner;
}

/** Throws when the links of this object are changed elsewhere: by a rule, on premises, by Exchange, by a stronger role. */
function checkLinksMayChange(request: GraphRequest, source: DirectoryObject, kind: LinkKind): void {
  if (source.type === 'group') checkGroupMayChange(request, source);
  if (kind === 'members' && isDynamic(source.values)) throw linkRefused(kind);
  if (kind === 'manager' && source.values.onPremisesSyncEnabled === true) throw masteredOnPremises();
}

/** Throws when Graph does not write this group, or not for this caller. */
export function checkGroupMayChange(request: GraphRequest, group: DirectoryObject): void {
  if (group.values.isAssignableToRole === true)
    demandPermission(request.caller.roles, 'RoleManagement.ReadWrite.Directory');
  if (isMailGroup(group.values)) throw mailGroupRefused();
  if (group.values.onPremisesSyncEnabled === true) throw masteredOnPremises();
}
