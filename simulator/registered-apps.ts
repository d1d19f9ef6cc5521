// The directory's applications as the identity platform sees them.

import type { AppRegistry, RegisteredApp } from './identity/app-registry.ts';
import type { Directory } from './tenant/directory.ts';
import { type DirectoryObject, isLive, sourcesOf, targetsOf } from './tenant/directory-object.ts';
import { graphAppId } from './tenant/graph-permissions.ts';

/** Reads applications from the directory at the moment they are asked for, so that a new secret works at once. */
export function createAppRegistry(directory: Directory): AppRegistry {
  /** Every request asks for its caller; the answer holds until anything changes. */
  let known = new Map<string, RegisteredApp | undefined>();
  let knownTx = -1;
  return {
    tenantId: directory.tenantId,
    tenantName: String(directory.find(directory.tenantId)?.values.displayName ?? ''),
    domains: () =>
      [...liveObjects(directory, 'domain')]
        .filter((domain) => domain.values.isVerified === true)
        .map((domain) => domain.id),
    findApp(appId) {
      if (knownTx !== directory.tx) {
        known = new Map();
        knownTx = directory.tx;
      }
      if (known.has(appId)) return known.get(appId);
      const app = lookUp(directory, appId);
      known.set(appId, app);
      return app;
    },
  };
}

function lookUp(directory: Directory, appId: string): RegisteredApp | undefined {
  const application = directory.findBy('application', 'appId', appId);
  const servicePrincipal = directory.findBy('servicePrincipal', 'appId', appId);
  return application && servicePrincipal
    ? registeredApp(directory, application, servicePrincipal)
    : undefined;
}

function* liveObjects(directory: Directory, type: 'domain'): Iterable<DirectoryObject> {
  for (const object of directory.list(type).places) if (object && isLive(object)) yield object;
}

interface Credential {
  readonly secretText?: string;
  readonly key?: string;
  readonly startDateTime?: string | null;
  readonly endDateTime?: string | null;
}

function registeredApp(
  directory: Directory,
  application: DirectoryObject,
  servicePrincipal: DirectoryObject,
): RegisteredApp {
  const passwords = credentials(application.values.passwordCredentials);
  const keys = credentials(application.values.keyCredentials);
  return {
    appId: String(application.values.appId),
    displayName: String(application.values.displayName ?? ''),
    servicePrincipalId: servicePrincipal.id,
    isEnabled: servicePrincipal.values.accountEnabled !== false && application.values.isDisabled !== true,
    secrets: passwords.flatMap((credential) =>
      credential.secretText ? [{ value: credential.secretText, ...validity(credential) }] : [],
    ),
    certificates: keys.flatMap((credential) =>
      credential.key ? [{ der: Buffer.from(credential.key, 'base64'), ...validity(credential) }] : [],
    ),
    federated: [...targetsOf(application, 'federatedIdentityCredentials')].map(({ values }) => ({
      issuer: String(values.issuer),
      subject: String(values.subject),
      audiences: (values.audiences as readonly string[] | undefined) ?? [],
    })),
    roles: grantedRoles(directory, servicePrincipal),
    directoryRoleTemplateIds: sourcesOf(servicePrincipal, 'members')
      .filter((holder) => holder.type === 'directoryRole')
      .map((role) => String(role.values.roleTemplateId)),
  };
}

function credentials(value: unknown): readonly Credential[] {
  return Array.isArray(value) ? (value as readonly Credential[]) : [];
}

function validity(credential: Credential): { startMs: number; endMs: number } {
  return {
    startMs: credential.startDateTime ? Date.parse(credential.startDateTime) : Number.NEGATIVE_INFINITY,
    endMs: credential.endDateTime ? Date.parse(credential.endDateTime) : Number.POSITIVE_INFINITY,
  };
}

/** Values of the Microsoft Graph app roles that were assigned to the service principal. */
function grantedRoles(directory: Directory, servicePrincipal: DirectoryObject): readonly string[] {
  const graph = directory.findBy('servicePrincipal', 'appId', graphAppId);
  if (!graph) return [];
  const appRoles = (graph.values.appRoles ?? []) as readonly {
    readonly id: string;
    readonly value: string;
  }[];
  const names = new Map(appRoles.map((role) => [role.id.toLowerCase(), role.value]));
  return [...targetsOf(servicePrincipal, 'appRoleAssignments')].flatMap(({ values }) => {
    if (values.resourceId !== graph.id) return [];
    return names.get(String(values.appRoleId).toLowerCase()) ?? [];
  });
}
