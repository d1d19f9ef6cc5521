// What lives and dies with an application: the directory extensions it defines and the external identities it trusts.
import { randomUUID } from 'node:crypto';
import {
  type DirectoryObject,
  type LinkKind,
  targetsOf,
  type Values,
} from '../../tenant/directory-object.ts';
import { findTarget } from '../addressing.ts';
import { type GraphRequest, readBody } from '../exchange.ts';
import { resourceNotFound } from '../graph-error.ts';
import { noContent } from '../json-reply.ts';
import { permissionsFor } from '../permissions.ts';
import type { Route } from '../route.ts';
import { checkOwnership } from './application-rules.ts';
import { containedReply } from './created-reply.ts';
import { readProperties } from './property-input.ts';
import { conflictingObject, invalidValue, keyTaken, linkQuotaExceeded } from './write-errors.ts';

/** Microsoft Graph, "Directory extensions". */
const dataTypes = ['Binary', 'Boolean', 'DateTime', 'Integer', 'LargeInteger', 'String'];
const targetTypes = ['User', 'Group', 'Organization', 'Device', 'Application', 'AdministrativeUnit'];
/** Microsoft Entra, "Workload identity federation": federated credentials of one application. */
const maximumFederated = 20;

function findApplication(request: GraphRequest): DirectoryObject {
  const application = findTarget(request.directory, 'application', request.parameters.id ?? '');
  checkOwnership(request, application);
  return application;
}

function findPart(request: GraphRequest, application: DirectoryObject, kind: LinkKind): DirectoryObject {
  const key = request.parameters.target ?? '';
  const parts = [...targetsOf(application, kind)];
  const name = key.replace(/^name=/i, '');
  const part = parts.find((item) => item.id === key.toLowerCase() || item.values.name === name);
  if (!part) throw resourceNotFound(key);
  return part;
}

function addPart(
  request: GraphRequest,
  application: DirectoryObject,
  part: {
    readonly kind: LinkKind;
    readonly type: 'extensionProperty' | 'federatedIdentityCredential';
    readonly values: Values;
  },
) {
  const object = request.directory.insert(part.type, randomUUID(), part.values);
  request.directory.link(application, part.kind, object);
  return containedReply(request, object, { set: 'applications', owner: application, name: part.kind });
}

function createExtension(request: GraphRequest) {
  const { directory } = request;
  const application = findApplication(request);
  const type = 'extensionProperty';
  const required = ['name', 'dataType', 'targetObjects'];
  const { values } = readProperties(readBody(request), { directory, type, required });
  const targets = values.targetObjects as readonly string[];
  if (!/^[a-z]\w*$/i.test(String(values.name))) throw invalidValue(type, 'name');
  if (!dataTypes.includes(String(values.dataType))) throw invalidValue(type, 'dataType');
  if (targets.length === 0 || !targets.every((target) => targetTypes.includes(target)))
    throw invalidValue(type, 'targetObjects');
  const name = `extension_${String(application.values.appId).replaceAll('-', '')}_${String(values.name)}`;
  if (directory.findBy(type, 'name', name)) throw conflictingObject();
  return addPart(request, application, {
    kind: 'extensionProperties',
    type,
    values: {
      isMultiValued: false,
      ...values,
      name,
      appDisplayName: application.values.displayName,
      isSyncedFromOnPremises: false,
    },
  });
}

function checkFederated(application: DirectoryObject, values: Values, own?: DirectoryObject): void {
  const type = 'federatedIdentityCredential';
  const audiences = values.audiences as readonly string[];
  if (audiences.length !== 1) throw invalidValue(type, 'audiences');
  if (!URL.canParse(String(values.issuer))) throw invalidValue(type, 'issuer');
  if (!/^[\w-]{1,120}$/.test(String(values.name))) throw invalidValue(type, 'name');
  for (const other of targetsOf(application, 'federatedIdentityCredentials')) {
    if (other === own) continue;
    if (other.values.name === values.name)
      throw keyTaken(`FederatedIdentityCredential with name ${String(values.name)} already exists.`);
    if (other.values.issuer === values.issuer && other.values.subject === values.subject)
      throw keyTaken('FederatedIdentityCredential with the same issuer and subject already exists.');
  }
}

function createFederated(request: GraphRequest) {
  const application = findApplication(request);
  const type = 'federatedIdentityCredential';
  const required = ['audiences', 'issuer', 'name', 'subject'];
  const { values } = readProperties(readBody(request), { directory: request.directory, type, required });
  checkFederated(application, values);
  const kind = 'federatedIdentityCredentials';
  const count = targetsOf(application, kind).size + 1;
  if (count > maximumFederated) throw linkQuotaExceeded(kind, count, maximumFederated);
  return addPart(request, application, { kind, type, values });
}

function updateFederated(request: GraphRequest) {
  const application = findApplication(request);
  const credential = findPart(request, application, 'federatedIdentityCredentials');
  const { values } = readProperties(readBody(request), {
    directory: request.directory,
    type: 'federatedIdentityCredential',
    object: credential,
  });
  checkFederated(application, { ...credential.values, ...values }, credential);
  request.directory.update(credential, values);
  return noContent;
}

const removePart = (kind: LinkKind) => (request: GraphRequest) => {
  request.directory.purge(findPart(request, findApplication(request), kind));
  return noContent;
};

const extensionPath = '/applications/{id}/extensionProperties';
const extensionPermissions = permissionsFor('POST /applications/{id}/extensionProperties');
const federatedPath = '/applications/{id}/federatedIdentityCredentials';
const federatedPermissions = permissionsFor('PATCH /applications/{id}');

export const applicationPartWrites: readonly Route[] = [
  { method: 'POST', path: extensionPath, permissions: extensionPermissions, cost: 1, run: createExtension },
  {
    method: 'DELETE',
    path: `${extensionPath}/{target}`,
    permissions: extensionPermissions,
    cost: 1,
    run: removePart('extensionProperties'),
  },
  { method: 'POST', path: federatedPath, permissions: federatedPermissions, cost: 1, run: createFederated },
  {
    method: 'PATCH',
    path: `${federatedPath}/{target}`,
    permissions: federatedPermissions,
    cost: 1,
    run: updateFederated,
  },
  {
    method: 'DELETE',
    path: `${federatedPath}/{target}`,
    permissions: federatedPermissions,
    cost: 1,
    run: removePart('federatedIdentityCredentials'),
  },
];
