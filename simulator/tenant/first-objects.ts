// What every tenant has before anybody adds anything: the organization and its domains, Microsoft Graph's service
// principal, roles, licences, and one application, "owner", that holds every permission.
import { createAppRoleAssignmentId, guidOfName } from './derived-ids.ts';
import type { Directory } from './directory.ts';
import type { DirectoryObject } from './directory-object.ts';
import { graphAppId, graphPermissions } from './graph-permissions.ts';
import type { Random } from './random.ts';
import { roleTemplates } from './role-templates.ts';
import { skus } from './skus.ts';

export const defaultDomain = 'nordlicht.example';
export const initialDomain = 'nordlicht.onmicrosoft.example';
export const companyName = 'Nordlicht GmbH';

/** Tenants were made, and the owner's secret became valid, long before any clock a test may set. */
const tenantCreatedAt = '2018-01-08T08:00:00Z';
const ownerSecretEndsAt = '2099-12-31T23:59:59Z';
/** The tenant that Microsoft's own applications belong to. */
const microsoftServicesTenantId = 'f8cdef31-a31e-4b4a-93e4-5f571e91255a';

interface FirstObjectsOptions {
  random: Random;
  /** Application id of the owner; drawn when absent. */
  clientId?: string;
  /** Client secret of the owner; drawn when absent. */
  clientSecret?: string;
}

export interface FirstObjects {
  tenantId: string;
  clientId: string;
  clientSecret: string;
  organization: DirectoryObject;
  graphServicePrincipal: DirectoryObject;
  application: DirectoryObject;
  servicePrincipal: DirectoryObject;
  globalAdministrator: DirectoryObject;
  userAdministrator: DirectoryObject;
}

/** The id of the tenant that a seed stands for. */
export function tenantIdOf(random: Random): string {
  return random.stream('tenant').guid();
}

/** Fills an empty directory with what every tenant has. Nothing of it is logged as a change. */
export function createFirstObjects(directory: Directory, options: FirstObjectsOptions): FirstObjects {
  const random = options.random.stream('first-objects');
  const clientId = options.clientId ?? random.guid();
  const clientSecret = options.clientSecret ?? createSecret(random);
  let made: FirstObjects | undefined;

  directory.load(() => {
    const { tenantId } = directory;
    const organization = directory.insert('organization', tenantId, organizationValues());
    directory.insert('domain', defaultDomain, domainValues({ isDefault: true }));
    directory.insert('domain', initialDomain, domainValues({ isDefault: false }));
    for (const sku of skus) directory.insert('subscribedSku', `${tenantId}_${sku.skuId}`, skuValues(sku));
    for (const { id, displayName, description } of roleTemplates) {
      directory.insert('directoryRoleTemplate', id, { displayName, description });
    }
    const graphServicePrincipal = directory.insert('servicePrincipal', random.guid(), graphValues());
    const application = directory.insert(
      'application',
      random.guid(),
      applicationValues({
        appId: clientId,
        displayName: 'Owner',
        createdDateTime: tenantCreatedAt,
        passwordCredentials: [
          passwordCredential(random, clientSecret, 'owner', tenantCreatedAt, ownerSecretEndsAt),
        ],
        requiredResourceAccess: [
          {
            resourceAppId: graphAppId,
            resourceAccess: [...graphPermissions.values()].map((id) => ({ id, type: 'Role' })),
          },
        ],
      }),
    );
    const servicePrincipal = directory.insert(
      'servicePrincipal',
      random.guid(),
      servicePrincipalValues({ appId: clientId, displayName: 'Owner', appOwnerOrganizationId: tenantId }),
    );
    for (const appRoleId of graphPermissions.values()) {
      assignAppRole(directory, random, servicePrincipal, graphServicePrincipal, appRoleId, tenantCreatedAt);
    }
    firstObjects.add(graphServicePrincipal).add(application).add(servicePrincipal);
    made = {
      tenantId,
      clientId,
      clientSecret,
      organization,
      graphServicePrincipal,
      application,
      servicePrincipal,
      globalAdministrator: activateRole(directory, random, 'Global Administrator'),
      userAdministrator: activateRole(directory, random, 'User Administrator'),
    };
  });
  return made!;
}

/** True for what `createFirstObjects` made: the tenant cannot be used without it. */
export function isFirstObject(object: DirectoryObject): boolean {
  return firstObjects.has(object);
}

const firstObjects = new WeakSet<DirectoryObject>();

/** Makes a built-in role appear among the directory roles. */
export function activateRole(directory: Directory, random: Random, displayName: string): DirectoryObject {
  const template = roleTemplates.find((role) => role.displayName === displayName);
  if (!template) throw new RangeError(`There is no built-in role named ${displayName}.`);
  return directory.insert('directoryRole', random.guid(), {
    description: template.description,
    displayName,
    roleTemplateId: template.id,
  });
}

/** Gives a role of the resource's application to a user, group or service principal. */
export function assignAppRole(
  directory: Directory,
  random: Random,
  principal: DirectoryObject,
  resource: DirectoryObject,
  appRoleId: string,
  createdDateTime: string,
): DirectoryObject {
  const assignment = directory.insert('appRoleAssignment', createAppRoleAssignmentId(principal.id, random), {
    appRoleId,
    createdDateTime,
    principalDisplayName: principal.values.displayName,
    principalId: principal.id,
    principalType: principalTypes[principal.type],
    resourceDisplayName: resource.values.displayName,
    resourceId: resource.id,
  });
  directory.link(principal, 'appRoleAssignments', assignment);
  directory.link(resource, 'appRoleAssignedTo', assignment);
  return assignment;
}

const principalTypes: Partial<Record<DirectoryObject['type'], string>> = {
  user: 'User',
  group: 'Group',
  servicePrincipal: 'ServicePrincipal',
};

/** A password credential as it is stored: with its secret, which no answer of the API shows. */
export function passwordCredential(
  random: Random,
  secretText: string,
  displayName: string,
  startDateTime: string,
  endDateTime: string,
) {
  const hint = secretText.slice(0, 3);
  return {
    customKeyIdentifier: null,
    displayName,
    endDateTime,
    hint,
    keyId: random.guid(),
    secretText,
    startDateTime,
  };
}

/** Values of a new application: what is given on top of what the portal sets. */
export function applicationValues(given: {
  appId: string;
  displayName: string;
  createdDateTime: string;
  [property: string]: unknown;
}) {
  return {
    signInAudience: 'AzureADMyOrg',
    publisherDomain: defaultDomain,
    oauth2RequirePostResponse: false,
    api: {
      acceptMappedClaims: null,
      knownClientApplications: [],
      oauth2PermissionScopes: [],
      preAuthorizedApplications: [],
      requestedAccessTokenVersion: null,
    },
    publicClient: { redirectUris: [] },
    spa: { redirectUris: [] },
    web: {
      homePageUrl: null,
      implicitGrantSettings: { enableAccessTokenIssuance: false, enableIdTokenIssuance: false },
      logoutUrl: null,
      redirectUris: [],
      redirectUriSettings: [],
    },
    ...given,
  };
}

/** Values of a new service principal: what is given on top of what the portal sets. */
export function servicePrincipalValues(given: {
  appId: string;
  displayName: string;
  appOwnerOrganizationId: string;
  [property: string]: unknown;
}) {
  return {
    accountEnabled: true,
    appDisplayName: given.displayName,
    appRoleAssignmentRequired: false,
    servicePrincipalNames: [given.appId],
    servicePrincipalType: 'Application',
    signInAudience: 'AzureADMyOrg',
    tags: ['WindowsAzureActiveDirectoryIntegratedApp'],
    ...given,
  };
}

/** 40 characters of the kind that Entra ID draws for client secrets. */
export function createSecret(random: Random): string {
  const text = random.bytes(30).toString('base64url');
  return `${text.slice(0, 3)}8Q~${text.slice(6)}`;
}

function graphValues() {
  return servicePrincipalValues({
    appId: graphAppId,
    displayName: 'Microsoft Graph',
    appOwnerOrganizationId: microsoftServicesTenantId,
    signInAudience: 'AzureADMultipleOrgs',
    servicePrincipalNames: [graphAppId, 'https://graph.microsoft.com', 'https://graph.microsoft.com/'],
    tags: [],
    appRoles: [...graphPermissions].map(([value, id]) => ({
      allowedMemberTypes: ['Application'],
      description: `Lets the app use ${value} without a signed-in user.`,
      displayName: value,
      id,
      isEnabled: true,
      origin: 'Application',
      value,
    })),
    oauth2PermissionScopes: ['User.Read', 'openid', 'profile', 'email', 'offline_access'].map((value) => ({
      adminConsentDescription: `Lets the app use ${value} for the signed-in user.`,
      adminConsentDisplayName: value,
      id: value === 'User.Read' ? 'e1fe6dd8-ba31-4d61-89e7-88639da4683d' : guidOfName(`scope ${value}`),
      isEnabled: true,
      origin: 'Application',
      type: 'User',
      userConsentDescription: `Lets the app use ${value} for you.`,
      userConsentDisplayName: value,
      value,
    })),
  });
}

function organizationValues() {
  return {
    city: 'Hamburg',
    country: 'Germany',
    countryLetterCode: 'DE',
    createdDateTime: tenantCreatedAt,
    defaultUsageLocation: 'DE',
    displayName: companyName,
    mobileDeviceManagementAuthority: 'intune',
    onPremisesSyncEnabled: null,
    postalCode: '20457',
    preferredLanguage: 'de',
    street: 'Am Sandtorkai 12',
    technicalNotificationMails: [`it@${defaultDomain}`],
    tenantType: 'AAD',
    verifiedDomains: [
      verifiedDomain(defaultDomain, { isDefault: true, isInitial: false }),
      verifiedDomain(initialDomain, { isDefault: false, isInitial: true }),
    ],
  };
}

function verifiedDomain(name: string, flags: { isDefault: boolean; isInitial: boolean }) {
  return { capabilities: 'Email, OfficeCommunicationsOnline', ...flags, name, type: 'Managed' };
}

function domainValues({ isDefault }: { isDefault: boolean }) {
  return {
    authenticationType: 'Managed',
    isAdminManaged: true,
    isDefault,
    isInitial: !isDefault,
    isRoot: true,
    isVerified: true,
    passwordNotificationWindowInDays: 14,
    passwordValidityPeriodInDays: 2147483647,
    supportedServices: ['Email', 'OfficeCommunicationsOnline'],
  };
}

function skuValues(sku: (typeof skus)[number]) {
  return {
    accountName: companyName,
    appliesTo: 'User',
    capabilityStatus: 'Enabled',
    consumedUnits: 0,
    prepaidUnits: { enabled: 100, lockedOut: 0, suspended: 0, warning: 0 },
    servicePlans: sku.servicePlans.map(([servicePlanName, servicePlanId]) => ({
      appliesTo: 'User',
      provisioningStatus: 'Success',
      servicePlanId,
      servicePlanName,
    })),
    skuId: sku.skuId,
    skuPartNumber: sku.skuPartNumber,
    subscriptionIds: [guidOfName(`subscription ${sku.skuPartNumber}`)],
  };
}
