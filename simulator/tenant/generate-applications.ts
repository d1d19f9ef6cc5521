// The applications of a generated tenant with their service principals, the roles they give out and the permissions
// they were granted.
import { permissionGrantId } from './derived-ids.ts';
import type { Directory } from './directory.ts';
import type { DirectoryObject } from './directory-object.ts';
import {
  applicationValues,
  assignAppRole,
  createSecret,
  defaultDomain,
  passwordCredential,
  servicePrincipalValues,
} from './first-objects.ts';
import { daysAgo, workingHour } from './generate-dates.ts';
import type { ExtensionNames } from './generate-people.ts';
import { graphAppId, graphPermissions } from './graph-permissions.ts';
import { applicationNames } from './names.ts';
import type { Random } from './random.ts';

const graphReadPermissions = ['User.Read.All', 'Group.Read.All', 'Directory.Read.All'] as const;

export interface Application {
  readonly application: DirectoryObject;
  readonly servicePrincipal: DirectoryObject;
}

/** The application whose directory extensions users have values of. Must run inside `directory.load`. */
export function generateExtensions(directory: Directory, random: Random): ExtensionNames {
  const { application } = insertApplication(directory, random, 'Personnel Attributes', 0);
  const define = (name: string, dataType: 'String' | 'Boolean' | 'DateTime') => {
    const fullName = `extension_${String(application.values.appId).replaceAll('-', '')}_${name}`;
    const property = directory.insert('extensionProperty', random.guid(), {
      appDisplayName: application.values.displayName,
      dataType,
      isMultiValued: false,
      isSyncedFromOnPremises: false,
      name: fullName,
      targetObjects: ['User'],
    });
    directory.link(application, 'extensionProperties', property);
    return fullName;
  };
  return {
    hrStatus: define('hrStatus', 'String'),
    isContractor: define('isContractor', 'Boolean'),
    badgeIssuedAt: define('badgeIssuedAt', 'DateTime'),
  };
}

/** Must run inside `directory.load`. */
export function generateApplications(
  directory: Directory,
  random: Random,
  count: number,
  members: readonly DirectoryObject[],
): readonly Application[] {
  const applications: Application[] = [];
  for (let number = 1; number <= count; number++) {
    const name = applicationNames[(number - 1) % applicationNames.length]!;
    const round = Math.floor((number - 1) / applicationNames.length);
    const made = insertApplication(directory, random, round === 0 ? name : `${name} ${round + 1}`, number);
    if (number % 5 !== 0) {
      const owner = random.pick(members);
      directory.link(made.application, 'owners', owner);
      directory.link(made.servicePrincipal, 'owners', owner);
    }
    applications.push(made);
  }
  const first = applications[0];
  if (first) {
    const credential = directory.insert('federatedIdentityCredential', random.guid(), {
      audiences: ['api://AzureADTokenExchange'],
      description: 'Deployment without a secret.',
      issuer: 'https://token.actions.githubusercontent.com',
      name: 'deployment',
      subject: 'repo:nordlicht/hr-sync:ref:refs/heads/main',
    });
    directory.link(first.application, 'federatedIdentityCredentials', credential);
  }
  return applications;
}

/** Who may use which application: users and groups through roles, service principals through Graph permissions. */
export function generateAssignments(
  directory: Directory,
  random: Random,
  applications: readonly Application[],
  members: readonly DirectoryObject[],
  groups: readonly DirectoryObject[],
): void {
  const graph = directory.findBy('servicePrincipal', 'appId', graphAppId);
  const assignable = groups.filter((group) => group.values.securityEnabled === true);
  for (const [place, { servicePrincipal }] of applications.entries()) {
    const roles = servicePrincipal.values.appRoles as readonly { id: string }[] | undefined;
    const assign = (principal: DirectoryObject) =>
      assignAppRole(
        directory,
        random,
        principal,
        servicePrincipal,
        roles ? random.pick(roles).id : '00000000-0000-0000-0000-000000000000',
        workingHour(random, random.below(300)),
      );
    for (const user of pickSome(random, members, 3)) assign(user);
    for (const group of pickSome(random, assignable, 2)) assign(group);
    if (!graph) continue;
    if (place % 4 === 0) {
      const permission = random.pick(graphReadPermissions);
      const roleId = graphPermissions.get(permission);
      if (roleId)
        assignAppRole(
          directory,
          random,
          servicePrincipal,
          graph,
          roleId,
          workingHour(random, random.below(300)),
        );
    }
    if (place % 2 === 0) grant(directory, servicePrincipal, graph, null, 'User.Read openid profile');
    else {
      const user = random.pick(members);
      grant(directory, servicePrincipal, graph, user, 'User.Read openid offline_access');
    }
  }
}

/** Consents to delegated permissions for everybody (`principal` null) or for one user. */
function grant(
  directory: Directory,
  client: DirectoryObject,
  resource: DirectoryObject,
  principal: DirectoryObject | null,
  scope: string,
): void {
  const principalId = principal?.id ?? null;
  const made = directory.insert(
    'oAuth2PermissionGrant',
    permissionGrantId(client.id, resource.id, principalId),
    {
      clientId: client.id,
      consentType: principal ? 'Principal' : 'AllPrincipals',
      principalId,
      resourceId: resource.id,
      scope,
    },
  );
  directory.link(client, 'oauth2PermissionGrants', made);
  if (principal) directory.link(principal, 'oauth2PermissionGrants', made);
}

/** An application and its service principal. Every third gives out roles, every second has a secret. */
export function insertApplication(
  directory: Directory,
  random: Random,
  displayName: string,
  number: number,
): Application {
  const appId = random.guid();
  const appRoles = number % 3 === 0 && number > 0 ? { appRoles: rolesOf(random) } : {};
  const createdDaysAgo = 30 + random.below(1500);
  const application = directory.insert(
    'application',
    random.guid(),
    applicationValues({
      appId,
      displayName,
      createdDateTime: workingHour(random, createdDaysAgo),
      identifierUris: [`api://${appId}`],
      requiredResourceAccess: [
        { resourceAppId: graphAppId, resourceAccess: [{ id: userReadScopeId, type: 'Scope' }] },
      ],
      tags: [],
      web: {
        homePageUrl: `https://app${number}.${defaultDomain}`,
        implicitGrantSettings: { enableAccessTokenIssuance: false, enableIdTokenIssuance: false },
        logoutUrl: null,
        redirectUris: [`https://app${number}.${defaultDomain}/signin`],
        redirectUriSettings: [{ index: null, uri: `https://app${number}.${defaultDomain}/signin` }],
      },
      ...appRoles,
      ...(number % 2 === 1
        ? {
            passwordCredentials: [
              passwordCredential(random, createSecret(random), 'server', daysAgo(25), secretEndsAt),
            ],
          }
        : {}),
    }),
  );
  const servicePrincipal = directory.insert(
    'servicePrincipal',
    random.guid(),
    servicePrincipalValues({
      appId,
      displayName,
      appOwnerOrganizationId: directory.tenantId,
      appRoleAssignmentRequired: number % 3 === 0,
      homepage: `https://app${number}.${defaultDomain}`,
      replyUrls: [`https://app${number}.${defaultDomain}/signin`],
      servicePrincipalNames: [appId, `api://${appId}`],
      ...appRoles,
    }),
  );
  return { application, servicePrincipal };
}

/** The delegated permission User.Read of Microsoft Graph. */
const userReadScopeId = 'e1fe6dd8-ba31-4d61-89e7-88639da4683d';
const secretEndsAt = '2027-12-31T00:00:00Z';

function rolesOf(random: Random) {
  return ['Reader', 'Editor', 'Administrator'].map((value) => ({
    allowedMemberTypes: ['User', 'Application'],
    description: `${value}s of the application.`,
    displayName: value,
    id: random.guid(),
    isEnabled: true,
    origin: 'Application',
    value,
  }));
}

function pickSome<T>(random: Random, items: readonly T[], most: number): ReadonlySet<T> {
  const picked = new Set<T>();
  if (items.length > 0)
    for (let draws = random.below(most + 1); draws > 0; draws--) picked.add(random.pick(items));
  return picked;
}
