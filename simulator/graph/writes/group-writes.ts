// Creating, updating and deleting groups, with the rules of each kind of group.
import { graphInstant } from '../../clock.ts';
import type { Directory } from '../../tenant/directory.ts';
import type { DirectoryObject, Values } from '../../tenant/directory-object.ts';
import { findTarget } from '../addressing.ts';
import { type GraphRequest, readBody } from '../exchange.ts';
import { accessDenied, refusedRequest } from '../graph-error.ts';
import { noContent } from '../json-reply.ts';
import { permissionsFor } from '../permissions.ts';
import type { Route } from '../route.ts';
import { createdReply } from './created-reply.ts';
import { groupTypes, isDynamic, isMailGroup, isUnified } from './group-kinds.ts';
import { addBindings, checkBindings, checkGroupMayChange, insertLinked } from './link-rules.ts';
import { defaultDomainOf, findAddressHolder, initialDomainOf } from './mail-addresses.ts';
import { checkRule } from './membership-rules.ts';
import { readProperties } from './property-input.ts';
import { resolveBindings } from './references.ts';
import { bodyWithKey, upsertTarget } from './upsert.ts';
import {
  demandPermission,
  invalidValue,
  mailGroupRefused,
  readOnlyProperty,
  valueRequired,
  valueTaken,
} from './write-errors.ts';

const required = ['displayName', 'mailEnabled', 'mailNickname', 'securityEnabled'];
const updatePermissions = permissionsFor('PATCH /groups/{id}');
const visibilities = ['Private', 'Public', 'HiddenMembership'];

/** Exchange keeps these; only a signed-in user writes them, in a request of their own. */
const exchangeProperties = [
  'accessType',
  'allowExternalSenders',
  'autoSubscribeNewMembers',
  'hideFromAddressLists',
  'hideFromOutlookClients',
  'isFavorite',
  'isSubscribedByMail',
  'unseenConversationsCount',
  'unseenCount',
  'unseenMessagesCount',
];

/** Creates the group that a body describes, with its owners and members. Throws before anything is changed. */
export function createGroup(request: GraphRequest, body: Record<string, unknown>): DirectoryObject {
  const { directory } = request;
  const { values, bindings } = readProperties(body, { directory, type: 'group', required });
  const given: Values = { groupTypes: [], ...values };
  const exchange = exchangeProperties.find((name) => name in values);
  if (exchange) throw invalidValue('group', exchange);
  checkKind(given);
  checkGroupValues(directory, given);
  if (given.isAssignableToRole === true)
    demandPermission(request.caller.roles, 'RoleManagement.ReadWrite.Directory');
  const links = resolveBindings(request, bindings, ['members', 'owners']);
  const now = graphInstant(directory.clock.now());
  const all: Values = {
    assignedLabels: [],
    assignedLicenses: [],
    createdDateTime: now,
    renewedDateTime: now,
    visibility: isUnified(given) ? 'Public' : 'Private',
    ...(isDynamic(given) ? { membershipRuleProcessingState: 'On' } : {}),
    ...given,
    ...(isUnified(given) ? mailValues(directory, String(given.mailNickname)) : {}),
  };
  return insertLinked(request, 'group', all, links);
}

/** A creation names its kind completely. */
function checkKind(values: Values): void {
  if (isMailGroup(values)) throw mailGroupRefused();
  if (isUnified(values) && values.mailEnabled !== true) throw invalidValue('group', 'mailEnabled');
  if (!isUnified(values) && values.securityEnabled !== true) throw invalidValue('group', 'securityEnabled');
  if (values.visibility === 'HiddenMembership' && !isUnified(values))
    throw invalidValue('group', 'visibility');
  if (values.isAssignableToRole === true && (values.securityEnabled !== true || isDynamic(values)))
    throw invalidValue('group', 'isAssignableToRole');
}

/** Characters that a group's mailNickname never holds: controls, space, anything beyond ASCII, and these. */
const nicknameCharacters = /^[!#-'*+./0-9=?A-Z^-z{-~-]+$/;

/** What holds for the values of a group whether it is new or changed. */
function checkGroupValues(directory: Directory, values: Values, group?: DirectoryObject): void {
  const types = values.groupTypes as readonly string[];
  const areKnown = types.every((type) => (groupTypes as readonly string[]).includes(type));
  if (!areKnown || new Set(types).size < types.length) throw invalidValue('group', 'groupTypes');
  if (!nicknameCharacters.test(String(values.mailNickname))) throw invalidValue('group', 'mailNickname');
  if (isSet(values.visibility) && !visibilities.includes(String(values.visibility)))
    throw invalidValue('group', 'visibility');
  if (isSet(values.membershipRuleProcessingState)) {
    if (!['On', 'Paused'].includes(String(values.membershipRuleProcessingState)))
      throw invalidValue('group', 'membershipRuleProcessingState');
  }
  if (isDynamic(values) && !isSet(values.membershipRule)) throw valueRequired('group', 'membershipRule');
  if (!isDynamic(values) && isSet(values.membershipRule)) throw invalidValue('group', 'membershipRule');
  if (isSet(values.membershipRule)) checkRule(String(values.membershipRule));
  checkUnique(directory, 'uniqueName', values, group);
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function checkUnique(directory: Directory, property: string, values: Values, group?: DirectoryObject): void {
  if (!isSet(values[property])) return;
  const holder = directory.findBy('group', property, String(values[property]));
  if (holder && holder !== group) throw valueTaken(property, holder);
}

/** Mail of a Microsoft 365 group follows from its mailNickname; the nickname must be free among mail-enabled groups. */
function mailValues(directory: Directory, mailNickname: string, group?: DirectoryObject): Values {
  const mail = `${mailNickname}@${defaultDomainOf(directory)}`;
  const proxyAddresses = [`SMTP:${mail}`, `smtp:${mailNickname}@${initialDomainOf(directory)}`];
  const holder = findAddressHolder(directory, proxyAddresses, group);
  if (holder) throw valueTaken(holder.type === 'group' ? 'mailNickname' : 'proxyAddresses', holder);
  return { mail, proxyAddresses };
}

/** Changes a group. Throws before anything is changed. */
function updateGroup(request: GraphRequest, group: DirectoryObject): void {
  const { directory } = request;
  const { values, bindings } = readProperties(readBody(request), { directory, type: 'group', object: group });
  checkGroupMayChange(request, group);
  if (Object.keys(values).length > 0) demandPermission(request.caller.roles, ...updatePermissions);
  if (exchangeProperties.some((name) => name in values)) throw accessDenied();
  const merged: Values = {
    ...group.values,
    ...values,
    groupTypes: values.groupTypes ?? group.values.groupTypes ?? [],
  };
  checkKindStays(group.values, merged);
  if (isDynamic(group.values) && !isDynamic(merged)) {
    const cleared = { membershipRule: null, membershipRuleProcessingState: null };
    Object.assign(values, cleared);
    Object.assign(merged, cleared);
  } else if (!isDynamic(group.values) && isDynamic(merged)) {
    values.membershipRuleProcessingState ??= 'On';
  }
  checkGroupValues(directory, merged, group);
  if (values.mailNickname !== undefined && isUnified(merged))
    mailValues(directory, String(values.mailNickname), group);
  const links = resolveBindings(request, bindings, ['members', 'owners']);
  checkBindings(request, { ...group, values: merged }, links);
  directory.update(group, values);
  addBindings(request, group, links);
}

/** What an update cannot turn into something else: the kind, hidden membership, a unique name once given. */
function checkKindStays(before: Values, after: Values): void {
  if (isUnified(before) !== isUnified(after)) throw invalidValue('group', 'groupTypes');
  if (before.mailEnabled !== after.mailEnabled) throw invalidValue('group', 'mailEnabled');
  if (!isUnified(after) && after.securityEnabled !== true) throw invalidValue('group', 'securityEnabled');
  if (isDynamic(after) && after.isAssignableToRole === true) throw invalidValue('group', 'groupTypes');
  if (before.visibility !== after.visibility) {
    if ([before.visibility, after.visibility].includes('HiddenMembership'))
      throw invalidValue('group', 'visibility');
  }
  if (isSet(before.uniqueName) && before.uniqueName !== after.uniqueName)
    throw readOnlyProperty('uniqueName');
}

function deleteGroup(request: GraphRequest): void {
  const group = findTarget(request.directory, 'group', request.parameters.id ?? '');
  if (group.values.isAssignableToRole === true)
    demandPermission(request.caller.roles, 'RoleManagement.ReadWrite.Directory');
  if (isMailGroup(group.values)) {
    request.directory.purge(group);
    return;
  }
  // A known issue of Graph: among the deleted items a security group says that it is none.
  if (!isUnified(group.values)) request.directory.update(group, { securityEnabled: false });
  request.directory.softDelete(group);
}

export const groupWrites: readonly Route[] = [
  {
    method: 'POST',
    path: '/groups',
    permissions: permissionsFor('POST /groups'),
    cost: 1,
    run: (request) => createdReply(request, createGroup(request, readBody(request))),
  },
  {
    method: 'PATCH',
    path: '/groups/{id}',
    // Members alone may be bound with the permission for memberships ("Add members").
    permissions: [...updatePermissions, 'GroupMember.ReadWrite.All'],
    cost: 1,
    run: (request) => {
      const group = upsertTarget(request, 'group');
      if (group === undefined) {
        demandPermission(request.caller.roles, ...updatePermissions);
        return createdReply(request, createGroup(request, bodyWithKey(request)));
      }
      updateGroup(request, group);
      return noContent;
    },
  },
  {
    method: 'DELETE',
    path: '/groups/{id}',
    permissions: permissionsFor('DELETE /groups/{id}'),
    cost: 1,
    run: (request) => {
      deleteGroup(request);
      return noContent;
    },
  },
  {
    method: 'POST',
    path: '/groups/{id}/renew',
    permissions: updatePermissions,
    cost: 1,
    run: (request) => {
      const group = findTarget(request.directory, 'group', request.parameters.id ?? '');
      if (!isUnified(group.values)) throw refusedRequest('Only Microsoft 365 groups can be renewed.');
      request.directory.update(group, { renewedDateTime: graphInstant(request.directory.clock.now()) });
      return noContent;
    },
  },
];
