// The directory's applications as the identity platform sees them.

import type { AppRegistry, RegisteredApp, RegisteredUser } from './identity/app-registry.ts';
import type { Directory } from './tenant/directory.ts';
import { type DirectoryObject, isLive, sourcesOf, targetsOf } from './tenant/directory-object.ts';
import { graphAppId } from './tenant/graph-permissions.ts';
import type { MachineIdentities } from './tenant/machine-identities.ts';

/** Reads applications from the directory at the moment they are asked for, so that a new secret works at once. */
export function createAppRegistry(directory: Directory, machine?: MachineIdentities): AppRegistry {
  /** Every request asks for its caller; the answer holds until anything changes. */
  let known = new Map<string, RegisteredApp | undefined>();
  let knownTx = -1;
  const registry: AppRegistry = {
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
    findMachineIdentity(clientId) {
      const wanted = clientId?.toLowerCase() ?? machine?.systemAssigned;
      const isThere = wanted !== undefined && Object.values(machine ?? {}).includes(wanted);
      return isThere ? registry.findApp(wanted) : undefined;
    },
    findUser(name) {
      const user = directory.findBy('user', 'userPrincipalName', name);
      return user && isLive(user) ? registeredUser(user) : undefined;
    },
  };
  return registry;
}

function lookUp(directory: Directory, appId: string): RegisteredApp | undefined {
  const application = directory.findBy('application', 'appId', appId);
  const servicePrincipal = directory.findBy('servicePrincipal', 'appId', appId);
  if (!servicePrincipal) return undefined;
  const isManaged = servicePrincipal.values.servicePrincipalType === 'ManagedIdentity';
  return application || isManaged ? registeredApp(directory, application, servicePrincipal) : undefined;
}

function registeredUser({ id, values }: DirectoryObject): RegisteredUser {
  return {
    id,
    userPrincipalName: String(values.userPrincipalName),
    displayName: String(values.displayName ?? ''),
    isEnabled: values.accountEnabled !== false,
  };
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
  /** A managed identity has none. */
  application: DirectoryObject | undefined,
  servicePrincipal: DirectoryObject,
): RegisteredApp {
  const values = application?.values ?? {};
  const passwords = credentials(values.passwordCredentials);
  const keys = credentials(values.keyCredentials);
  return {
    appId: String(servicePrincipal.values.appId),
    displayName: String((application ?? servicePrincipal).values.displayName ?? ''),
    servicePrincipalId: servicePrincipal.id,
    isEnabled: servicePrincipal.values.accountEnabled !== false && values.isDisabled !== true,
    secrets: passwords.flatMap((credential) =>
      credential.secretText ? [{ value: credential.secretText, ...validity(credential) }] : [],
    ),
    certificates: keys.flatMap((credential) =>
      credential.key ? [{ der: Buffer.from(credential.key, 'base64'), ...validity(credential) }] : [],
    ),
    federated: (application ? [...targetsOf(application, 'federatedIdentityCredentials')] : []).map(
      ({ values }) => ({
        issuer: String(values.issuer),
        subject: String(values.subject),
        audiences: (values.audiences as readonly string[] | undefined) ?? [],
      }),
    ),
    isPublicClient: values.isFallbackPublicClient === true,
    delegated: delegatedPermissions(directory, servicePrincipal),
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

/** What users, or one of them, let the application do on Microsoft Graph in their name. */
function delegatedPermissions(
  directory: Directory,
  servicePrincipal: DirectoryObject,
): RegisteredApp['delegated'] {
  const graph = directory.findBy('servicePrincipal', 'appId', graphAppId);
  return [...targetsOf(servicePrincipal, 'oauth2PermissionGrants')].flatMap(({ values }) => {
    if (values.resourceId !== graph?.id) return [];
    const userId = values.consentType === 'AllPrincipals' ? undefined : String(values.principalId);
    return {
      userId,
      scopes: String(values.scope ?? '')
        .split(' ')
        .filter(Boolean),
    };
  });
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
