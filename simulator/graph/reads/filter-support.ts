// Which filter a property takes with and without the index, per the public support table for directory objects.
// Source: Microsoft Graph "Support for filter by properties of Microsoft Entra ID (directory) objects".
import type { PathUse } from '../../../src/odata/filter-paths.ts';
import { traitsOf } from '../../csdl/property-traits.ts';
import type { Property } from '../../csdl/schema.ts';
import type { Directory } from '../../tenant/directory.ts';
import type { ObjectType } from '../../tenant/directory-object.ts';
import { badRequest, type GraphError, unsupportedQuery } from '../graph-error.ts';
import { findProperty } from '../property-value.ts';
import { findNavigation, unknownProperty } from '../rendering/selection.ts';

/**
 * Per type: four marks for `eq`, `startsWith`, `ge`/`le` and `eq null`, then the properties they hold for.
 * D works by default, A only as an advanced query, x not at all, · does not exist for the property's type.
 */
const support: Partial<Record<ObjectType, Readonly<Record<string, string>>>> = {
  user: {
    'D D · A':
      'city country department displayName givenName jobTitle mail mailNickname state surname usageLocation',
    'D D · x': 'onPremisesUserPrincipalName userPrincipalName',
    'D D · ·': 'imAddresses infoCatalogs otherMails proxyAddresses',
    'D x · D': 'identities/issuer',
    'D · D A': 'createdDateTime',
    'D · D x': 'manager/deletedDateTime onPremisesLastSyncDateTime',
    'D · · A': 'employeeId onPremisesSecurityIdentifier onPremisesSyncEnabled userType',
    'D · · x':
      'accountEnabled ageGroup assignedLicenses/skuId consentProvidedForMinor creationType externalUserState isResourceAccount manager/id onPremisesImmutableId onPremisesProvisioningErrors/category onPremisesProvisioningErrors/propertyCausingError',
    'A A · A': 'companyName faxNumber mobilePhone officeLocation postalCode preferredLanguage streetAddress',
    'A A · x': 'onPremisesSamAccountName',
    'A A · ·': 'businessPhones',
    'A x · A':
      'onPremisesExtensionAttributes/extensionAttribute1 onPremisesExtensionAttributes/extensionAttribute2 onPremisesExtensionAttributes/extensionAttribute3 onPremisesExtensionAttributes/extensionAttribute4 onPremisesExtensionAttributes/extensionAttribute5 onPremisesExtensionAttributes/extensionAttribute6 onPremisesExtensionAttributes/extensionAttribute7 onPremisesExtensionAttributes/extensionAttribute8 onPremisesExtensionAttributes/extensionAttribute9 onPremisesExtensionAttributes/extensionAttribute10 onPremisesExtensionAttributes/extensionAttribute11 onPremisesExtensionAttributes/extensionAttribute12 onPremisesExtensionAttributes/extensionAttribute13 onPremisesExtensionAttributes/extensionAttribute14 onPremisesExtensionAttributes/extensionAttribute15',
    'A x · x':
      'assignedPlans/service employeeOrgData/costCenter employeeOrgData/division provisionedPlans/service',
    'A · A x': 'employeeHireDate',
    'A · · A':
      'passwordProfile/forceChangePasswordNextSignIn passwordProfile/forceChangePasswordNextSignInWithMfa',
    'A · · x':
      'assignedPlans/capabilityStatus assignedPlans/servicePlanId createdObjects/id employeeType provisionedPlans/provisioningStatus showInAddressList',
    'x x · A': 'passwordPolicies',
  },
  group: {
    'D D · A': 'displayName mail mailNickname',
    'D D · x': 'classification membershipRule',
    'D D · ·': 'infoCatalogs proxyAddresses resourceBehaviorOptions resourceProvisioningOptions',
    'D · D x': 'createdOnBehalfOf/deletedDateTime onPremisesLastSyncDateTime renewedDateTime',
    'D · · A': 'onPremisesSecurityIdentifier onPremisesSyncEnabled',
    'D · · D': 'hasMembersWithLicenseErrors',
    'D · · x':
      'assignedLicenses/skuId createdByAppId createdOnBehalfOf/id isAssignableToRole mailEnabled onPremisesProvisioningErrors/category onPremisesProvisioningErrors/propertyCausingError securityEnabled',
    'A A · A': 'preferredLanguage',
    'A A · x': 'description onPremisesSamAccountName',
    'A · A x': 'expirationDateTime',
  },
  application: {
    'D D · A': 'displayName',
    'D D · x': 'publisherDomain uniqueName',
    'D D · ·': 'identifierUris tags',
    'D · D A': 'createdDateTime',
    'D · D x': 'createdOnBehalfOf/deletedDateTime',
    'D · · x': 'appId createdOnBehalfOf/id disabledByMicrosoftStatus signInAudience',
    'A A · A': 'serviceManagementReference',
    'A A · x': 'description',
    'A A · ·': 'publicClient/redirectUris spa/redirectUris web/redirectUris',
    'A x · A': 'verifiedPublisher/displayName web/homePageUrl',
    'A x · x': 'info/termsOfServiceUrl',
    'A · · x': 'requiredResourceAccess/resourceAppId',
    'x x · A': 'info/logoUrl',
  },
  servicePrincipal: {
    'D D · A': 'displayName',
    'D D · x': 'publisherName',
    'D D · ·': 'alternativeNames servicePrincipalNames tags',
    'D · D x': 'preferredTokenSigningKeyEndDateTime',
    'D · · x': 'accountEnabled appId applicationTemplateId',
    'A A · A': 'homepage',
    'A A · x': 'description',
    'A x · x': 'info/termsOfServiceUrl',
    'A · · x': 'appOwnerOrganizationId appRoleAssignmentRequired createdObjects/id',
    'x x · A': 'info/logoUrl',
  },
  device: {
    'D D · A': 'displayName operatingSystem operatingSystemVersion',
    'D D · ·': 'hostnames',
    'D · A x': 'alternativeSecurityIds/type',
    'D · D A': 'approximateLastSignInDateTime',
    'D · D x': 'onPremisesLastSyncDateTime',
    'D · · A': 'mdmAppId onPremisesSyncEnabled',
    'D · · x': 'accountEnabled deviceId isCompliant isManaged',
    'D · · ·': 'physicalIds',
    'A x · A':
      'extensionAttributes/extensionAttribute1 extensionAttributes/extensionAttribute2 extensionAttributes/extensionAttribute3 extensionAttributes/extensionAttribute4 extensionAttributes/extensionAttribute5 extensionAttributes/extensionAttribute6 extensionAttributes/extensionAttribute7 extensionAttributes/extensionAttribute8 extensionAttributes/extensionAttribute9 extensionAttributes/extensionAttribute10 extensionAttributes/extensionAttribute11 extensionAttributes/extensionAttribute12 extensionAttributes/extensionAttribute13 extensionAttributes/extensionAttribute14 extensionAttributes/extensionAttribute15',
    'A x · x': 'alternativeSecurityIds/identityProvider',
    'A · A x': 'registrationDateTime',
  },
  administrativeUnit: {
    'D D · A': 'displayName',
    'D · · x': 'isMemberManagementRestricted',
    'A A · x': 'description',
  },
  orgContact: {
    'D D · A': 'department displayName givenName jobTitle mail mailNickname surname',
    'D D · ·': 'proxyAddresses',
    'D · D x': 'onPremisesLastSyncDateTime',
    'D · · A': 'onPremisesSyncEnabled',
    'D · · x':
      'manager/id onPremisesProvisioningErrors/category onPremisesProvisioningErrors/propertyCausingError',
    'A A · A': 'companyName',
  },
};

type Mark = 'D' | 'A' | 'x' | '·';
interface Support {
  readonly equal: Mark;
  readonly startsWith: Mark;
  readonly range: Mark;
  readonly null: Mark;
}

const supportByProperty = new Map<string, Support>();
for (const [type, rows] of Object.entries(support)) {
  for (const [marks, properties] of Object.entries(rows)) {
    const [equal, startsWith, range, isNull] = marks.split(' ') as [Mark, Mark, Mark, Mark];
    for (const property of properties.split(' ')) {
      supportByProperty.set(`${type}/${property}`.toLowerCase(), { equal, startsWith, range, null: isNull });
    }
  }
}

const always: Support = { equal: 'D', startsWith: 'D', range: 'D', null: 'A' };
const identifier: Support = { equal: 'D', startsWith: 'x', range: 'x', null: 'x' };

/** Limits of the default engine; the index is bounded by the length of the URL instead. */
const maximumListLength = 15;
const maximumLiteralLength = 120;

export interface FilterContext {
  readonly directory: Directory;
  readonly types: readonly ObjectType[];
  readonly isAdvanced: boolean;
}

/** Throws Graph's refusal when one of the uses is not possible in this query. */
export function requireSupported(uses: readonly PathUse[], context: FilterContext): void {
  for (const use of uses) requireSupportedUse(use, context);
}

function requireSupportedUse(use: PathUse, context: FilterContext): void {
  const { isAdvanced } = context;
  if (!isAdvanced) {
    if (use.isCounted || use.isNegated || use.operator === 'ne' || use.operator === 'endswith')
      throw unsupportedQuery();
    if (use.operator === 'in' && use.values.length > maximumListLength) {
      throw unsupportedQuery(
        `Too many child clauses specified in search filter expression containing 'OR' operators: ${use.values.length}. Max allowed: ${maximumListLength}.`,
      );
    }
    if (
      use.values.some((value) => value.type === 'string' && String(value.value).length > maximumLiteralLength)
    ) {
      throw unsupportedQuery();
    }
  }
  const refusals = context.types.map((type) => refusalFor(use, type, context));
  if (refusals.every((refusal) => refusal !== undefined)) throw refusals[0] ?? unsupportedQuery();
}

function refusalFor(use: PathUse, type: ObjectType, context: FilterContext): GraphError | undefined {
  const [first = '', ...rest] = use.segments;
  const isCast = first.toLowerCase() === `microsoft.graph.${type}`.toLowerCase();
  const segments = isCast ? rest : use.segments;
  const path = segments.join('/');
  const invalidClause = () =>
    unsupportedQuery(
      `Unsupported or invalid query filter clause specified for property '${path}' of resource '${capitalised(type)}'.`,
    );
  const marks = supportOf(type, segments, context.directory);
  if (marks === 'unknown') return unknownProperty(type, segments[0] ?? '');
  if (marks === undefined) return invalidClause();
  if (use.isCounted) return undefined;
  if (segments.length === 1) {
    const property = findProperty(context.directory, type, segments[0] ?? '');
    if (property?.isCollection && use.lambda === null) return invalidClause();
    if (property) {
      const mismatch = typeMismatch(use, property);
      if (mismatch) return mismatch;
    }
  }
  if (use.operator === 'endswith' && !endsWithProperties[type]?.includes(path)) return invalidClause();
  const mark = markFor(use, marks);
  if (mark === 'D' || (mark === 'A' && context.isAdvanced)) return undefined;
  if (mark === 'A') {
    return unsupportedQuery('The request uses a filter property that is not indexed.');
  }
  return invalidClause();
}

/** Properties that `endsWith` is documented for. */
const endsWithProperties: Partial<Record<ObjectType, readonly string[]>> = {
  user: ['mail', 'otherMails', 'proxyAddresses', 'userPrincipalName'],
  group: ['proxyAddresses'],
};

/** Kinds of literal that fit the types for which a wrong one is refused instead of matching nothing. */
const literalKinds: Readonly<Record<string, readonly string[]>> = {
  'Edm.Boolean': ['boolean', 'null'],
  'Edm.DateTimeOffset': ['date', 'null'],
  'Edm.String': ['string', 'null', 'guid'],
};

function typeMismatch(use: PathUse, property: Property): GraphError | undefined {
  const allowed = literalKinds[property.type];
  const wrong = allowed && use.values.find((value) => !allowed.includes(value.type));
  if (!wrong) return undefined;
  const kinds: Readonly<Record<string, string>> = {
    string: 'String',
    boolean: 'Boolean',
    number: 'Int32',
    guid: 'Guid',
    date: 'DateTimeOffset',
  };
  return badRequest(
    `A binary operator with incompatible types was detected. Found operand types '${property.type}' and 'Edm.${kinds[wrong.type] ?? 'Null'}' for operator kind 'Equal'.`,
  );
}

function markFor(use: PathUse, marks: Support): Mark {
  if (use.functions.length > 0) return 'x';
  if (use.hasNull) return marks.null;
  switch (use.operator) {
    case 'eq':
    case 'ne':
    case 'in':
    case 'value':
    case 'any':
    case 'all':
    case 'isof':
      return marks.equal;
    case 'startswith':
      return marks.startsWith;
    case 'endswith':
      return marks.startsWith === 'D' ? 'A' : marks.startsWith;
    case 'ge':
    case 'le':
    case 'gt':
    case 'lt':
      return marks.range;
    default:
      return 'x';
  }
}

function supportOf(
  type: ObjectType,
  segments: readonly string[],
  directory: Directory,
): Support | 'unknown' | undefined {
  const path = segments.join('/').toLowerCase();
  const listed = supportByProperty.get(`${type}/${path}`.toLowerCase());
  if (listed) return listed;
  if (path === 'id') return identifier;
  const [name = ''] = segments;
  const property = findProperty(directory, type, name);
  if (!property) return findNavigation(type, name) ? undefined : 'unknown';
  if (/^extension_/.test(property.name)) return always;
  return traitsOf(type, property.name).isFilterable ? always : undefined;
}

function capitalised(type: ObjectType): string {
  return `${type.charAt(0).toUpperCase()}${type.slice(1)}`;
}
