/**
 * What the Microsoft Graph v1.0 schema and reference say of each exported entity type: where it is, what it links to,
 * and how its attributes can be had. Plain data; `catalog.ts` is how it is asked.
 */

/** Facts about one type. Attribute names stand in one text, separated by spaces. */
export type SchemaFacts = Readonly<{
  path: string;
  /** Its name in the plural, for sentences. */
  plural: string;
  links: string;
  /** Whether `/$count` exists. */
  isCounted: boolean;
  /** Whether directory extensions can be defined for it. */
  hasExtensions: boolean;
  /** The least permission that shows the type to an application; Directory.Read.All shows every type. */
  permission: string;
  /** In lists, in deltas, and tracked by them. */
  exported: string;
  /** Answered only when one object is asked for by its id. */
  singleOnly: string;
  /** Kept outside the directory, or not known to be followed by delta query: changes would be missed. */
  untracked: string;
  /** No GET returns them. */
  neverReturned: string;
}>;

/** Source: Microsoft Graph v1.0 schema (CSDL), and the reference page of each resource. */
export const directorySchema = {
  user: {
    path: '/users',
    plural: 'users',
    links: '',
    isCounted: true,
    hasExtensions: true,
    permission: 'User.Read.All',
    exported:
      'accountEnabled ageGroup assignedLicenses assignedPlans authorizationInfo businessPhones city companyName ' +
      'consentProvidedForMinor country createdDateTime creationType deletedDateTime department displayName ' +
      'employeeHireDate employeeId employeeLeaveDateTime employeeOrgData employeeType externalUserState ' +
      'externalUserStateChangeDateTime faxNumber givenName identities identityParentId imAddresses ' +
      'isManagementRestricted isResourceAccount jobTitle lastPasswordChangeDateTime legalAgeGroupClassification ' +
      'licenseAssignmentStates mail mailNickname mobilePhone officeLocation onPremisesDistinguishedName ' +
      'onPremisesDomainName onPremisesExtensionAttributes onPremisesImmutableId onPremisesLastSyncDateTime ' +
      'onPremisesProvisioningErrors onPremisesSamAccountName onPremisesSecurityIdentifier onPremisesSyncEnabled ' +
      'onPremisesUserPrincipalName otherMails passwordPolicies passwordProfile postalCode preferredDataLocation ' +
      'preferredLanguage provisionedPlans proxyAddresses securityIdentifier serviceProvisioningErrors ' +
      'showInAddressList signInSessionsValidFromDateTime state streetAddress surname usageLocation ' +
      'userPrincipalName userType',
    singleOnly:
      'aboutMe birthday hireDate interests mailboxSettings mySite pastProjects preferredName responsibilities ' +
      'schools skills',
    untracked: 'customSecurityAttributes deviceEnrollmentLimit print signInActivity',
    neverReturned: '',
  },
  group: {
    path: '/groups',
    plural: 'groups',
    links: 'members owners',
    isCounted: true,
    hasExtensions: true,
    permission: 'Group.Read.All',
    exported:
      'assignedLabels assignedLicenses classification createdDateTime deletedDateTime description displayName ' +
      'expirationDateTime groupTypes infoCatalogs isAssignableToRole isManagementRestricted ' +
      'licenseProcessingState mail mailEnabled mailNickname membershipRule membershipRuleProcessingState ' +
      'onPremisesDomainName onPremisesExtensionAttributes onPremisesLastSyncDateTime onPremisesNetBiosName ' +
      'onPremisesProvisioningErrors onPremisesSamAccountName onPremisesSecurityIdentifier onPremisesSyncEnabled ' +
      'organizationId preferredDataLocation preferredLanguage proxyAddresses renewedDateTime ' +
      'resourceBehaviorOptions resourceProvisioningOptions securityEnabled securityIdentifier ' +
      'serviceProvisioningErrors theme uniqueName visibility',
    singleOnly:
      'accessType allowExternalSenders autoSubscribeNewMembers hideFromAddressLists hideFromOutlookClients ' +
      'isFavorite isSubscribedByMail unseenConversationsCount unseenCount unseenMessagesCount',
    untracked: 'welcomeMessageEnabled',
    neverReturned: 'hasMembersWithLicenseErrors isArchived',
  },
  application: {
    path: '/applications',
    plural: 'applications',
    links: 'owners',
    isCounted: true,
    hasExtensions: true,
    permission: 'Application.Read.All',
    exported:
      'addIns api appId applicationTemplateId appRoles authenticationBehaviors certification createdByAppId ' +
      'createdDateTime defaultRedirectUri deletedDateTime description disabledByMicrosoftStatus displayName ' +
      'groupMembershipClaims identifierUris info isDeviceOnlyAuthSupported isDisabled isFallbackPublicClient ' +
      'keyCredentials managerApplications nativeAuthenticationApisEnabled notes oauth2RequirePostResponse ' +
      'optionalClaims parentalControlSettings passwordCredentials publicClient publisherDomain ' +
      'requestSignatureVerification requiredResourceAccess samlMetadataUrl serviceManagementReference ' +
      'servicePrincipalLockConfiguration signInAudience spa tags tokenEncryptionKeyId uniqueName ' +
      'verifiedPublisher web',
    singleOnly: '',
    untracked: '',
    neverReturned: 'logo',
  },
  servicePrincipal: {
    path: '/servicePrincipals',
    plural: 'service principals',
    links: 'owners',
    isCounted: true,
    hasExtensions: false,
    permission: 'Application.Read.All',
    exported:
      'accountEnabled addIns alternativeNames appDescription appDisplayName appId applicationTemplateId ' +
      'appOwnerOrganizationId appRoleAssignmentRequired appRoles createdByAppId deletedDateTime description ' +
      'disabledByMicrosoftStatus displayName homepage info isDisabled keyCredentials loginUrl logoutUrl notes ' +
      'notificationEmailAddresses oauth2PermissionScopes passwordCredentials preferredSingleSignOnMode ' +
      'preferredTokenSigningKeyThumbprint replyUrls resourceSpecificApplicationPermissions ' +
      'samlSingleSignOnSettings servicePrincipalNames servicePrincipalType signInAudience tags ' +
      'tokenEncryptionKeyId verifiedPublisher',
    singleOnly: '',
    untracked: 'customSecurityAttributes',
    neverReturned: '',
  },
  device: {
    path: '/devices',
    plural: 'devices',
    links: '',
    isCounted: true,
    hasExtensions: true,
    permission: 'Device.Read.All',
    exported:
      'accountEnabled alternativeSecurityIds approximateLastSignInDateTime complianceExpirationDateTime ' +
      'deletedDateTime deviceCategory deviceId deviceMetadata deviceOwnership deviceVersion displayName ' +
      'enrollmentProfileName enrollmentType extensionAttributes isCompliant isManaged isManagementRestricted ' +
      'isRooted managementType manufacturer mdmAppId model onPremisesLastSyncDateTime ' +
      'onPremisesSecurityIdentifier onPremisesSyncEnabled operatingSystem operatingSystemVersion physicalIds ' +
      'profileType registrationDateTime systemLabels trustType',
    singleOnly: '',
    untracked: '',
    neverReturned: '',
  },
  directoryRole: {
    path: '/directoryRoles',
    plural: 'directory roles',
    links: 'members',
    isCounted: false,
    hasExtensions: false,
    permission: 'RoleManagement.Read.Directory',
    exported: 'deletedDateTime description displayName roleTemplateId',
    singleOnly: '',
    untracked: '',
    neverReturned: '',
  },
  administrativeUnit: {
    path: '/directory/administrativeUnits',
    plural: 'administrative units',
    links: 'members',
    isCounted: true,
    hasExtensions: true,
    permission: 'AdministrativeUnit.Read.All',
    exported:
      'deletedDateTime description displayName isMemberManagementRestricted membershipRule ' +
      'membershipRuleProcessingState membershipType visibility',
    singleOnly: '',
    untracked: '',
    neverReturned: '',
  },
  orgContact: {
    path: '/contacts',
    plural: 'contacts',
    links: '',
    isCounted: true,
    hasExtensions: false,
    permission: 'OrgContact.Read.All',
    exported:
      'addresses companyName deletedDateTime department displayName givenName jobTitle mail mailNickname ' +
      'onPremisesLastSyncDateTime onPremisesProvisioningErrors onPremisesSyncEnabled phones proxyAddresses ' +
      'serviceProvisioningErrors surname',
    singleOnly: '',
    untracked: '',
    neverReturned: '',
  },
  oAuth2PermissionGrant: {
    path: '/oauth2PermissionGrants',
    plural: 'permission grants',
    links: '',
    isCounted: false,
    hasExtensions: false,
    permission: 'Directory.Read.All',
    exported: 'clientId consentType principalId resourceId scope',
    singleOnly: '',
    untracked: '',
    neverReturned: '',
  },
} as const satisfies Readonly<Record<string, SchemaFacts>>;

/** Relationships of these types that are no attributes, though they are often taken for some. */
export const relationshipNames =
  'appRoleAssignedTo appRoleAssignments createdObjects createdOnBehalfOf directReports extensionProperties ' +
  'extensions federatedIdentityCredentials licenseDetails manager memberOf members oauth2PermissionGrants ' +
  'ownedDevices ownedObjects owners photo registeredDevices registeredOwners registeredUsers scopedMembers ' +
  'sponsors transitiveMemberOf transitiveMembers';
