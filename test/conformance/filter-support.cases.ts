// Which filter operators each property supports by default, as advanced query only, or never: the published table, row by row.

import { anyString, type Case, type Step } from './case.ts';
import { advanced, rule } from './given.ts';

/** `default` works without further ado, `advanced` needs the index, `never` is refused in both modes. */
type Support = 'default' | 'advanced' | 'never';

/** What the operators of a row can do; a missing operator does not exist for the type of the property. */
interface Row {
  readonly properties: readonly string[];
  readonly literal: string;
  readonly eq: Support;
  readonly startsWith?: Support;
  readonly ge?: Support;
  readonly null?: Support;
}

const text = "'x'";
const time = '2020-01-01T00:00:00Z';
const guid = '00000000-0000-0000-0000-00000000abcd';

const users: readonly Row[] = [
  {
    properties: [
      'city',
      'country',
      'department',
      'displayName',
      'givenName',
      'jobTitle',
      'mail',
      'mailNickname',
      'state',
      'surname',
      'usageLocation',
    ],
    literal: text,
    eq: 'default',
    startsWith: 'default',
    null: 'advanced',
  },
  {
    properties: ['onPremisesUserPrincipalName', 'userPrincipalName'],
    literal: text,
    eq: 'default',
    startsWith: 'default',
    null: 'never',
  },
  {
    properties: ['imAddresses/any', 'otherMails/any', 'proxyAddresses/any'],
    literal: text,
    eq: 'default',
    startsWith: 'default',
  },
  {
    properties: ['identities/any/issuer'],
    literal: text,
    eq: 'default',
    startsWith: 'never',
    null: 'default',
  },
  { properties: ['createdDateTime'], literal: time, eq: 'default', ge: 'default', null: 'advanced' },
  {
    properties: ['manager/deletedDateTime', 'onPremisesLastSyncDateTime'],
    literal: time,
    eq: 'default',
    ge: 'default',
    null: 'never',
  },
  {
    properties: ['employeeId', 'onPremisesSecurityIdentifier', 'userType'],
    literal: text,
    eq: 'default',
    null: 'advanced',
  },
  { properties: ['onPremisesSyncEnabled'], literal: 'true', eq: 'default', null: 'advanced' },
  { properties: ['accountEnabled', 'isResourceAccount'], literal: 'true', eq: 'default', null: 'never' },
  {
    properties: [
      'ageGroup',
      'consentProvidedForMinor',
      'creationType',
      'externalUserState',
      'manager/id',
      'onPremisesImmutableId',
      'onPremisesProvisioningErrors/any/category',
      'onPremisesProvisioningErrors/any/propertyCausingError',
    ],
    literal: text,
    eq: 'default',
    null: 'never',
  },
  { properties: ['assignedLicenses/any/skuId'], literal: guid, eq: 'default', null: 'never' },
  {
    properties: [
      'companyName',
      'faxNumber',
      'mobilePhone',
      'officeLocation',
      'postalCode',
      'preferredLanguage',
      'streetAddress',
    ],
    literal: text,
    eq: 'advanced',
    startsWith: 'advanced',
    null: 'advanced',
  },
  {
    properties: ['onPremisesSamAccountName'],
    literal: text,
    eq: 'advanced',
    startsWith: 'advanced',
    null: 'never',
  },
  { properties: ['businessPhones/any'], literal: text, eq: 'advanced', startsWith: 'advanced' },
  {
    properties: [
      'onPremisesExtensionAttributes/extensionAttribute1',
      'onPremisesExtensionAttributes/extensionAttribute15',
    ],
    literal: text,
    eq: 'advanced',
    startsWith: 'never',
    null: 'advanced',
  },
  {
    properties: [
      'assignedPlans/any/service',
      'employeeOrgData/costCenter',
      'employeeOrgData/division',
      'provisionedPlans/any/service',
    ],
    literal: text,
    eq: 'advanced',
    startsWith: 'never',
    null: 'never',
  },
  { properties: ['employeeHireDate'], literal: time, eq: 'advanced', ge: 'advanced', null: 'never' },
  {
    properties: [
      'passwordProfile/forceChangePasswordNextSignIn',
      'passwordProfile/forceChangePasswordNextSignInWithMfa',
    ],
    literal: 'true',
    eq: 'advanced',
    null: 'advanced',
  },
  {
    properties: [
      'assignedPlans/any/capabilityStatus',
      'employeeType',
      'provisionedPlans/any/provisioningStatus',
    ],
    literal: text,
    eq: 'advanced',
    null: 'never',
  },
  { properties: ['assignedPlans/any/servicePlanId'], literal: guid, eq: 'advanced', null: 'never' },
  { properties: ['showInAddressList'], literal: 'true', eq: 'advanced', null: 'never' },
  { properties: ['passwordPolicies'], literal: text, eq: 'never', startsWith: 'never', null: 'advanced' },
];

const groups: readonly Row[] = [
  { properties: ['createdOnBehalfOf/id'], literal: text, eq: 'default', null: 'never' },
  {
    properties: ['createdOnBehalfOf/deletedDateTime'],
    literal: time,
    eq: 'default',
    ge: 'default',
    null: 'never',
  },
  {
    properties: ['displayName', 'mail', 'mailNickname'],
    literal: text,
    eq: 'default',
    startsWith: 'default',
    null: 'advanced',
  },
  {
    properties: ['classification', 'membershipRule'],
    literal: text,
    eq: 'default',
    startsWith: 'default',
    null: 'never',
  },
  {
    properties: [
      'infoCatalogs/any',
      'proxyAddresses/any',
      'resourceBehaviorOptions/any',
      'resourceProvisioningOptions/any',
    ],
    literal: text,
    eq: 'default',
    startsWith: 'default',
  },
  {
    properties: ['onPremisesLastSyncDateTime', 'renewedDateTime'],
    literal: time,
    eq: 'default',
    ge: 'default',
    null: 'never',
  },
  { properties: ['onPremisesSecurityIdentifier'], literal: text, eq: 'default', null: 'advanced' },
  { properties: ['onPremisesSyncEnabled'], literal: 'true', eq: 'default', null: 'advanced' },
  { properties: ['hasMembersWithLicenseErrors'], literal: 'true', eq: 'default', null: 'default' },
  {
    properties: ['isAssignableToRole', 'mailEnabled', 'securityEnabled'],
    literal: 'true',
    eq: 'default',
    null: 'never',
  },
  { properties: ['assignedLicenses/any/skuId'], literal: guid, eq: 'default', null: 'never' },
  {
    properties: ['preferredLanguage'],
    literal: text,
    eq: 'advanced',
    startsWith: 'advanced',
    null: 'advanced',
  },
  {
    properties: ['description', 'onPremisesSamAccountName'],
    literal: text,
    eq: 'advanced',
    startsWith: 'advanced',
    null: 'never',
  },
  { properties: ['expirationDateTime'], literal: time, eq: 'advanced', ge: 'advanced', null: 'never' },
];

const applications: readonly Row[] = [
  { properties: ['createdOnBehalfOf/id'], literal: text, eq: 'default', null: 'never' },
  {
    properties: ['createdOnBehalfOf/deletedDateTime'],
    literal: time,
    eq: 'default',
    ge: 'default',
    null: 'never',
  },
  { properties: ['displayName'], literal: text, eq: 'default', startsWith: 'default', null: 'advanced' },
  {
    properties: ['publisherDomain', 'uniqueName'],
    literal: text,
    eq: 'default',
    startsWith: 'default',
    null: 'never',
  },
  { properties: ['identifierUris/any', 'tags/any'], literal: text, eq: 'default', startsWith: 'default' },
  { properties: ['createdDateTime'], literal: time, eq: 'default', ge: 'default', null: 'advanced' },
  {
    properties: ['appId', 'disabledByMicrosoftStatus', 'signInAudience'],
    literal: text,
    eq: 'default',
    null: 'never',
  },
  {
    properties: ['serviceManagementReference'],
    literal: text,
    eq: 'advanced',
    startsWith: 'advanced',
    null: 'advanced',
  },
  { properties: ['description'], literal: text, eq: 'advanced', startsWith: 'advanced', null: 'never' },
  {
    properties: ['publicClient/redirectUris/any', 'spa/redirectUris/any', 'web/redirectUris/any'],
    literal: text,
    eq: 'advanced',
    startsWith: 'advanced',
  },
  {
    properties: ['verifiedPublisher/displayName', 'web/homePageUrl'],
    literal: text,
    eq: 'advanced',
    startsWith: 'never',
    null: 'advanced',
  },
  {
    properties: ['info/termsOfServiceUrl'],
    literal: text,
    eq: 'advanced',
    startsWith: 'never',
    null: 'never',
  },
  { properties: ['requiredResourceAccess/any/resourceAppId'], literal: text, eq: 'advanced', null: 'never' },
  { properties: ['info/logoUrl'], literal: text, eq: 'never', startsWith: 'never', null: 'advanced' },
];

const servicePrincipals: readonly Row[] = [
  { properties: ['createdObjects/any/id'], literal: text, eq: 'advanced', null: 'never' },
  { properties: ['displayName'], literal: text, eq: 'default', startsWith: 'default', null: 'advanced' },
  {
    properties: ['alternativeNames/any', 'servicePrincipalNames/any', 'tags/any'],
    literal: text,
    eq: 'default',
    startsWith: 'default',
  },
  { properties: ['accountEnabled'], literal: 'true', eq: 'default', null: 'never' },
  { properties: ['appId', 'applicationTemplateId'], literal: text, eq: 'default', null: 'never' },
  { properties: ['homepage'], literal: text, eq: 'advanced', startsWith: 'advanced', null: 'advanced' },
  { properties: ['description'], literal: text, eq: 'advanced', startsWith: 'advanced', null: 'never' },
  {
    properties: ['info/termsOfServiceUrl'],
    literal: text,
    eq: 'advanced',
    startsWith: 'never',
    null: 'never',
  },
  { properties: ['appOwnerOrganizationId'], literal: guid, eq: 'advanced', null: 'never' },
  { properties: ['appRoleAssignmentRequired'], literal: 'true', eq: 'advanced', null: 'never' },
  { properties: ['info/logoUrl'], literal: text, eq: 'never', startsWith: 'never', null: 'advanced' },
];

const devices: readonly Row[] = [
  {
    properties: ['displayName', 'operatingSystem', 'operatingSystemVersion'],
    literal: text,
    eq: 'default',
    startsWith: 'default',
    null: 'advanced',
  },
  {
    properties: ['alternativeSecurityIds/any/type'],
    literal: '2',
    eq: 'default',
    ge: 'advanced',
    null: 'never',
  },
  {
    properties: ['approximateLastSignInDateTime'],
    literal: time,
    eq: 'default',
    ge: 'default',
    null: 'advanced',
  },
  { properties: ['onPremisesLastSyncDateTime'], literal: time, eq: 'default', ge: 'default', null: 'never' },
  { properties: ['mdmAppId'], literal: text, eq: 'default', null: 'advanced' },
  { properties: ['onPremisesSyncEnabled'], literal: 'true', eq: 'default', null: 'advanced' },
  {
    properties: ['accountEnabled', 'isCompliant', 'isManaged'],
    literal: 'true',
    eq: 'default',
    null: 'never',
  },
  { properties: ['deviceId'], literal: text, eq: 'default', null: 'never' },
  { properties: ['physicalIds/any'], literal: text, eq: 'default' },
  {
    properties: ['extensionAttributes/extensionAttribute1'],
    literal: text,
    eq: 'advanced',
    startsWith: 'never',
    null: 'advanced',
  },
  {
    properties: ['alternativeSecurityIds/any/identityProvider'],
    literal: text,
    eq: 'advanced',
    startsWith: 'never',
    null: 'never',
  },
  { properties: ['registrationDateTime'], literal: time, eq: 'advanced', ge: 'advanced', null: 'never' },
];

const units: readonly Row[] = [
  { properties: ['displayName'], literal: text, eq: 'default', startsWith: 'default', null: 'advanced' },
  { properties: ['isMemberManagementRestricted'], literal: 'true', eq: 'default', null: 'never' },
  { properties: ['description'], literal: text, eq: 'advanced', startsWith: 'advanced', null: 'never' },
];

const contacts: readonly Row[] = [
  {
    properties: ['department', 'displayName', 'givenName', 'jobTitle', 'mail', 'mailNickname', 'surname'],
    literal: text,
    eq: 'default',
    startsWith: 'default',
    null: 'advanced',
  },
  { properties: ['proxyAddresses/any'], literal: text, eq: 'default', startsWith: 'default' },
  { properties: ['onPremisesLastSyncDateTime'], literal: time, eq: 'default', ge: 'default', null: 'never' },
  { properties: ['onPremisesSyncEnabled'], literal: 'true', eq: 'default', null: 'advanced' },
  {
    properties: [
      'manager/id',
      'onPremisesProvisioningErrors/any/category',
      'onPremisesProvisioningErrors/any/propertyCausingError',
    ],
    literal: text,
    eq: 'default',
    null: 'never',
  },
  { properties: ['companyName'], literal: text, eq: 'advanced', startsWith: 'advanced', null: 'advanced' },
];

const unsupported = { error: { code: 'Request_UnsupportedQuery', message: anyString } };

/** The filter that asks `condition` of a property; `tags/any` and `identities/any/issuer` stand for lambda expressions. */
function filterOf(property: string, condition: (operand: string) => string): string {
  const [collection, member] = property.split('/any');
  if (collection === undefined || member === undefined) return condition(property);
  return `${collection}/any(x:${condition(`x${member}`)})`;
}

/** Asks the filter in both modes. */
function asked(collection: string, filter: string, support: Support): readonly Step[] {
  const query = `/${collection}?$filter=${filter}&$top=1`;
  return [
    support === 'default' ? { url: query, status: 200 } : { url: query, status: 400, reply: unsupported },
    support === 'never'
      ? { url: `${query}&$count=true`, headers: advanced, status: 400, reply: unsupported }
      : { url: `${query}&$count=true`, headers: advanced, status: 200 },
  ];
}

function stepsOf(collection: string, property: string, row: Row): readonly Step[] {
  const equal = filterOf(property, (operand) => `${operand} eq ${row.literal}`);
  return [
    ...asked(collection, equal, row.eq),
    ...(row.eq === 'never' ? [] : asked(collection, `not(${equal})`, 'advanced')),
    ...(row.startsWith
      ? asked(
          collection,
          filterOf(property, (operand) => `startsWith(${operand},'x')`),
          row.startsWith,
        )
      : []),
    ...(row.ge
      ? asked(
          collection,
          filterOf(property, (operand) => `${operand} ge ${row.literal}`),
          row.ge,
        )
      : []),
    ...(row.null
      ? asked(
          collection,
          filterOf(property, (operand) => `${operand} eq null`),
          row.null,
        )
      : []),
  ];
}

const tables: Readonly<Record<string, readonly Row[]>> = {
  users,
  groups,
  applications,
  servicePrincipals,
  devices,
  'directory/administrativeUnits': units,
  contacts,
};

export const cases: readonly Case[] = Object.entries(tables).flatMap(([collection, rows]) =>
  rows.flatMap((row) =>
    row.properties.map((property) =>
      rule(
        '$filter: support per property',
        `${collection}: ${property}`,
        ...stepsOf(collection, property, row),
      ),
    ),
  ),
);
