// Creating, updating and deleting applications and service principals.
import { randomUUID } from 'node:crypto';
import { graphInstant } from '../../clock.ts';
import type { DirectoryObject, ObjectType, Values } from '../../tenant/directory-object.ts';
import { applicationValues, servicePrincipalValues } from '../../tenant/first-objects.ts';
import { findTarget } from '../addressing.ts';
import { type GraphRequest, readBody } from '../exchange.ts';
import { noContent } from '../json-reply.ts';
import { permissionsFor } from '../permissions.ts';
import type { Route } from '../route.ts';
import {
  carryToPrincipal,
  checkApplicationValues,
  checkOwnership,
  checkPermissionChange,
  mirroredValues,
  writesOwnedOnly,
} from './application-rules.ts';
import { createdReply } from './created-reply.ts';
import { storedCredentials } from './credentials.ts';
import { addBindings, checkBindings, insertLinked } from './link-rules.ts';
import { defaultDomainOf } from './mail-addresses.ts';
import { readProperties } from './property-input.ts';
import { type Bindings, resolveBindings } from './references.ts';
import { bodyWithKey, upsertTarget } from './upsert.ts';
import {
  foreignApplication,
  noBackingApplication,
  principalTaken,
  readOnlyProperty,
} from './write-errors.ts';

function createApplication(request: GraphRequest, body: Record<string, unknown>): DirectoryObject {
  const { directory } = request;
  const type = 'application';
  const { values, bindings } = readProperties(body, { directory, type, required: ['displayName'] });
  checkApplicationValues(directory, values);
  checkPermissions(type, values);
  return insertLinked(
    request,
    type,
    {
      ...applicationValues({
        appId: randomUUID(),
        displayName: String(values.displayName),
        createdDateTime: graphInstant(directory.clock.now()),
        createdByAppId: request.caller.appId,
        publisherDomain: defaultDomainOf(directory),
      }),
      ...values,
      ...storedCredentials(type, values, undefined),
    },
    withCreator(request, resolveBindings(request, bindings, ['owners'])),
  );
}

/** An application that may write only what it owns becomes the owner of what it creates. */
function withCreator(request: GraphRequest, bindings: Bindings): Bindings {
  const creator = request.directory.find(request.caller.servicePrincipalId);
  const owners = bindings.get('owners') ?? [];
  if (!creator || !writesOwnedOnly(request) || owners.includes(creator)) return bindings;
  return new Map([...bindings, ['owners', [...owners, creator]]]);
}

function checkPermissions(type: ObjectType, values: Values, before: Values = {}): void {
  checkPermissionChange(type, 'appRoles', before.appRoles, values.appRoles);
  if (type === 'application') {
    const scopesOf = (of: Values) => (of.api as Values | null | undefined)?.oauth2PermissionScopes;
    checkPermissionChange(type, 'api', scopesOf(before), scopesOf(values));
  } else {
    const property = 'oauth2PermissionScopes';
    checkPermissionChange(type, property, before[property], values[property]);
  }
}

function updateApplication(request: GraphRequest, application: DirectoryObject): void {
  const { directory } = request;
  checkOwnership(request, application);
  const rules = { directory, type: 'application', object: application } as const;
  const { values, bindings } = readProperties(readBody(request), rules);
  checkApplicationValues(directory, values, application);
  checkPermissions('application', values, application.values);
  const { uniqueName } = application.values;
  if (typeof uniqueName === 'string' && (values.uniqueName ?? uniqueName) !== uniqueName)
    throw readOnlyProperty('uniqueName');
  const owners = resolveBindings(request, bindings, ['owners']);
  checkBindings(request, application, owners);
  const before = mirroredValues(application);
  directory.update(application, {
    ...values,
    ...storedCredentials('application', values, application.values),
  });
  addBindings(request, application, owners);
  carryToPrincipal(directory, application, before);
}

/** In the tenant that owns it, an application takes its service principal along; each is an item of its own. */
function deleteApplication(request: GraphRequest): void {
  const { directory } = request;
  const application = findTarget(directory, 'application', request.parameters.id ?? '');
  checkOwnership(request, application);
  const principal = directory.findBy('servicePrincipal', 'appId', String(application.values.appId));
  directory.softDelete(application);
  if (principal) directory.softDelete(principal);
}

function createPrincipal(request: GraphRequest, body: Record<string, unknown>): DirectoryObject {
  const { directory } = request;
  const type = 'servicePrincipal';
  const { values, bindings } = readProperties(body, { directory, type, required: ['appId'] });
  const appId = String(values.appId).toLowerCase();
  const application = directory.findBy('application', 'appId', appId);
  if (directory.findBy(type, 'appId', appId)) throw principalTaken(appId);
  if (!application) throw writesOwnedOnly(request) ? foreignApplication() : noBackingApplication(appId);
  checkOwnership(request, application);
  return insertLinked(
    request,
    type,
    {
      ...servicePrincipalValues({
        appId,
        displayName: String(application.values.displayName),
        appOwnerOrganizationId: directory.tenantId,
        tags: [],
      }),
      createdByAppId: request.caller.appId,
      ...mirroredValues(application),
      ...values,
      appId,
      ...storedCredentials(type, values, undefined),
    },
    withCreator(request, resolveBindings(request, bindings, ['owners'])),
  );
}

function updatePrincipal(request: GraphRequest, principal: DirectoryObject): void {
  const { directory } = request;
  checkOwnership(request, principal);
  const rules = { directory, type: 'servicePrincipal', object: principal } as const;
  const { values, bindings } = readProperties(readBody(request), rules);
  checkPermissions('servicePrincipal', values, principal.values);
  const owners = resolveBindings(request, bindings, ['owners']);
  checkBindings(request, principal, owners);
  directory.update(principal, {
    ...values,
    ...storedCredentials('servicePrincipal', values, principal.values),
  });
  addBindings(request, principal, owners);
}

function deletePrincipal(request: GraphRequest): void {
  const principal = findTarget(request.directory, 'servicePrincipal', request.parameters.id ?? '');
  checkOwnership(request, principal);
  request.directory.softDelete(principal);
}

interface Life {
  readonly type: ObjectType;
  readonly set: string;
  readonly create: (request: GraphRequest, body: Record<string, unknown>) => DirectoryObject;
  readonly update: (request: GraphRequest, object: DirectoryObject) => void;
  readonly remove: (request: GraphRequest) => void;
}

const lives: readonly Life[] = [
  {
    type: 'application',
    set: '/applications',
    create: createApplication,
    update: updateApplication,
    remove: deleteApplication,
  },
  {
    type: 'servicePrincipal',
    set: '/servicePrincipals',
    create: createPrincipal,
    update: updatePrincipal,
    remove: deletePrincipal,
  },
];

export const applicationWrites: readonly Route[] = lives.flatMap(
  ({ type, set, create, update, remove }): Route[] => [
    {
      method: 'POST',
      path: set,
      permissions: permissionsFor(`POST ${set}`),
      cost: 1,
      run: (request) => createdReply(request, create(request, readBody(request))),
    },
    {
      method: 'PATCH',
      path: `${set}/{id}`,
      permissions: permissionsFor(`PATCH ${set}/{id}`),
      cost: 1,
      run: (request) => {
        const object = upsertTarget(request, type);
        if (object === undefined) return createdReply(request, create(request, bodyWithKey(request)));
        update(request, object);
        return noContent;
      },
    },
    {
      method: 'DELETE',
      path: `${set}/{id}`,
      permissions: permissionsFor(`DELETE ${set}/{id}`),
      cost: 1,
      run: (request) => {
        remove(request);
        return noContent;
      },
    },
  ],
);
