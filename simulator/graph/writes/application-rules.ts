// What is true of applications and service principals: who may write them, what a service principal takes from its
// application, and the order in which permissions they declare are taken away.
import type { Directory } from '../../tenant/directory.ts';
import { type DirectoryObject, targetsOf, type Values } from '../../tenant/directory-object.ts';
import type { GraphRequest } from '../exchange.ts';
import { accessDenied } from '../graph-error.ts';
import { enabledPermission, identifierTaken, invalidValue, valueTaken } from './write-errors.ts';

const broadPermissions = ['Application.ReadWrite.All', 'Directory.ReadWrite.All'];

/** True when the caller may write applications only that it owns. */
export function writesOwnedOnly(request: GraphRequest): boolean {
  return !broadPermissions.some((permission) => request.caller.roles.has(permission));
}

/** Throws 403 when the caller may write what it owns and does not own this, nor the application behind it. */
export function checkOwnership(request: GraphRequest, object: DirectoryObject): void {
  if (!writesOwnedOnly(request)) return;
  const caller = request.directory.find(request.caller.servicePrincipalId);
  const owned = [object, backingApplication(request.directory, object)];
  const isOwner = owned.some((item) => item && caller && targetsOf(item, 'owners').has(caller));
  if (!isOwner) throw accessDenied();
}

function backingApplication(directory: Directory, object: DirectoryObject): DirectoryObject | undefined {
  return directory.findBy('application', 'appId', String(object.values.appId));
}

const signInAudiences = [
  'AzureADMyOrg',
  'AzureADMultipleOrgs',
  'AzureADandPersonalMicrosoftAccount',
  'PersonalMicrosoftAccount',
];

/** What holds for an application's values whether it is new or changed. */
export function checkApplicationValues(
  directory: Directory,
  values: Values,
  application?: DirectoryObject,
): void {
  if (values.signInAudience !== undefined && !signInAudiences.includes(String(values.signInAudience)))
    throw invalidValue('application', 'signInAudience');
  for (const uri of (values.identifierUris ?? []) as readonly string[]) {
    if (!/^[a-z][a-z\d+.-]*:.+/i.test(uri)) throw invalidValue('application', 'identifierUris');
    const holder = directory.findBy('application', 'identifierUris', uri);
    if (holder && holder !== application) throw identifierTaken();
  }
  if (typeof values.uniqueName === 'string') {
    const holder = directory.findBy('application', 'uniqueName', values.uniqueName);
    if (holder && holder !== application) throw valueTaken('uniqueName', holder);
  }
}

interface Permission {
  readonly id?: unknown;
  readonly value?: unknown;
  readonly isEnabled?: unknown;
}

/** Throws when a role or scope that is still enabled would go or get another value; also for one without an id. */
export function checkPermissionChange(type: string, property: string, before: unknown, after: unknown): void {
  if (after === undefined) return;
  const kept = permissionsIn(after);
  const ids = kept.map((permission) => permission.id);
  if (ids.includes(undefined) || new Set(ids).size < ids.length) throw invalidValue(type, property);
  for (const permission of permissionsIn(before)) {
    const match = kept.find((candidate) => candidate.id === permission.id);
    if (permission.isEnabled === true && match?.value !== permission.value) throw enabledPermission(property);
  }
}

function permissionsIn(value: unknown): readonly Permission[] {
  return Array.isArray(value) ? value : [];
}

/** What a service principal takes from its application. */
export function mirroredValues(application: DirectoryObject): Values {
  const { values } = application;
  const api = (values.api ?? {}) as Values;
  const web = (values.web ?? {}) as Values;
  const identifierUris = (values.identifierUris ?? []) as readonly string[];
  return {
    appDescription: values.description ?? null,
    appDisplayName: values.displayName,
    appRoles: values.appRoles ?? [],
    displayName: values.displayName,
    homepage: web.homePageUrl ?? null,
    info: values.info ?? null,
    logoutUrl: web.logoutUrl ?? null,
    oauth2PermissionScopes: api.oauth2PermissionScopes ?? [],
    replyUrls: web.redirectUris ?? [],
    servicePrincipalNames: [values.appId, ...identifierUris],
    signInAudience: values.signInAudience,
  };
}

/** Carries to the service principal what a write changed in its application. */
export function carryToPrincipal(directory: Directory, application: DirectoryObject, before: Values): void {
  const principal = directory.findBy('servicePrincipal', 'appId', String(application.values.appId));
  if (!principal) return;
  const after = mirroredValues(application);
  const changed = Object.keys(after).filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );
  directory.update(principal, Object.fromEntries(changed.map((name) => [name, after[name]])));
}
