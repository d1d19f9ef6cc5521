// Administrative units: creating, updating, deleting, and creating objects inside them.

import type { DirectoryObject, Values } from '../../tenant/directory-object.ts';
import { findTarget } from '../addressing.ts';
import { type GraphRequest, readBody } from '../exchange.ts';
import { noContent } from '../json-reply.ts';
import { permissionsFor } from '../permissions.ts';
import type { Route } from '../route.ts';
import { argumentOf } from './arguments.ts';
import { createdReply } from './created-reply.ts';
import { createDevice } from './device-writes.ts';
import { isDynamic } from './group-kinds.ts';
import { createGroup } from './group-writes.ts';
import { addBindings, addLink, checkBindings, insertLinked } from './link-rules.ts';
import { checkRule } from './membership-rules.ts';
import { readProperties } from './property-input.ts';
import { resolveBindings } from './references.ts';
import { createUser } from './user-writes.ts';
import { invalidValue, linkRefused, valueRequired } from './write-errors.ts';

const type = 'administrativeUnit';

function checkUnitValues(values: Values): void {
  const { membershipRule, membershipRuleProcessingState, membershipType, visibility } = values;
  const isOneOf = (value: unknown, ...names: string[]) =>
    value === undefined || value === null || names.includes(String(value));
  if (!isOneOf(membershipType, 'Assigned', 'Dynamic')) throw invalidValue(type, 'membershipType');
  if (!isOneOf(membershipRuleProcessingState, 'On', 'Paused'))
    throw invalidValue(type, 'membershipRuleProcessingState');
  if (!isOneOf(visibility, 'HiddenMembership', 'Public')) throw invalidValue(type, 'visibility');
  if (typeof membershipRule === 'string') checkRule(membershipRule);
  else if (isDynamic(values)) throw valueRequired(type, 'membershipRule');
}

function createUnit(request: GraphRequest) {
  const { directory } = request;
  const { values, bindings } = readProperties(readBody(request), {
    directory,
    type,
    required: ['displayName'],
  });
  checkUnitValues(values);
  const members = resolveBindings(request, bindings, ['members']);
  const all: Values = {
    isMemberManagementRestricted: false,
    ...(isDynamic(values) ? { membershipRuleProcessingState: 'On' } : {}),
    ...values,
  };
  return createdReply(request, insertLinked(request, type, all, members));
}

function updateUnit(request: GraphRequest) {
  const { directory } = request;
  const unit = findTarget(directory, type, request.parameters.id ?? '');
  const { values, bindings } = readProperties(readBody(request), { directory, type, object: unit });
  checkUnitValues({ ...unit.values, ...values });
  const members = resolveBindings(request, bindings, ['members']);
  checkBindings(request, unit, members);
  directory.update(unit, values);
  addBindings(request, unit, members);
  return noContent;
}

const creators: Readonly<
  Record<string, (request: GraphRequest, body: Record<string, unknown>) => DirectoryObject>
> = { user: createUser, group: createGroup, device: createDevice };

/** The object is created in the tenant and becomes a member of the unit. */
function createInside(request: GraphRequest) {
  const unit = findTarget(request.directory, type, request.parameters.id ?? '');
  const body = readBody(request);
  const typeName = /^#?(?:microsoft\.)?graph\.(\w+)$/i.exec(String(argumentOf(body, '@odata.type')))?.[1];
  const create = typeName && Object.hasOwn(creators, typeName) ? creators[typeName] : undefined;
  if (!create) throw valueRequired('directoryObject', '@odata.type');
  if (isDynamic(unit.values)) throw linkRefused('members');
  const object = create(request, body);
  addLink(request, unit, 'members', object);
  return createdReply(request, object);
}

export const unitWrites: readonly Route[] = [
  '/directory/administrativeUnits',
  '/administrativeUnits',
].flatMap((path): Route[] => [
  {
    method: 'POST',
    path,
    permissions: permissionsFor('POST /directory/administrativeUnits'),
    cost: 1,
    run: createUnit,
  },
  {
    method: 'PATCH',
    path: `${path}/{id}`,
    permissions: permissionsFor('PATCH /directory/administrativeUnits/{id}'),
    cost: 1,
    run: updateUnit,
  },
  {
    method: 'DELETE',
    path: `${path}/{id}`,
    permissions: permissionsFor('DELETE /directory/administrativeUnits/{id}'),
    cost: 1,
    run: (request) => {
      request.directory.softDelete(findTarget(request.directory, type, request.parameters.id ?? ''));
      return noContent;
    },
  },
  {
    method: 'POST',
    path: `${path}/{id}/members`,
    permissions: permissionsFor('POST /directory/administrativeUnits/{id}/members/$ref'),
    cost: 1,
    run: createInside,
  },
]);
