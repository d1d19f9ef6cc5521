// What an object looks like: default and selected properties of each type, contexts, nulls, ids made of other ids.

import {
  absent,
  anyString,
  type Case,
  containing,
  counting,
  exactKeys,
  guid,
  instant,
  lacking,
  present,
} from './case.ts';
import {
  advanced,
  givenApplication,
  givenDevice,
  givenGroup,
  givenServicePrincipal,
  givenUnit,
  givenUser,
  link,
  microsoft365,
  patch,
  rule,
} from './given.ts';

/** Contacts cannot be created through Graph; the generated tenant has some. */
export const tenant = { users: 250, seed: 7 };

const user = 'Properties: user';
const group = 'Properties: group';
const others = 'Properties: other directory objects';
const contexts = 'Context URLs';
const composite = 'Properties: composite ids';
const beta = 'Versions: beta';
const extensions = 'Properties: directory extensions';

const userKeys = [
  'businessPhones',
  'displayName',
  'givenName',
  'jobTitle',
  'mail',
  'mobilePhone',
  'officeLocation',
  'preferredLanguage',
  'surname',
  'userPrincipalName',
  'id',
];

const every = (names: readonly string[], what: typeof present) =>
  Object.fromEntries(names.map((name) => [name, what]));

const userCases: readonly Case[] = [
  rule(user, 'a single user has the default properties in their order', givenUser('u', 'shapes-user-1'), {
    url: '/users/{u}',
    status: 200,
    reply: exactKeys('@odata.context', ...userKeys),
  }),
  rule(user, 'a listed user has the default properties in their order', {
    url: '/users?$top=1',
    status: 200,
    reply: { value: [exactKeys(...userKeys)] },
  }),
  rule(
    user,
    'default properties without value are null, collections are empty',
    givenUser('u', 'shapes-user-2'),
    {
      url: '/users/{u}',
      status: 200,
      reply: {
        id: '{u}',
        businessPhones: [],
        givenName: null,
        jobTitle: null,
        mobilePhone: null,
        officeLocation: null,
        preferredLanguage: null,
        surname: null,
      },
    },
  ),
  rule(user, 'a created user is answered with the default properties', {
    method: 'POST',
    url: '/users',
    body: {
      accountEnabled: true,
      displayName: 'shapes-user-3',
      mailNickname: 'shapes-user-3',
      userPrincipalName: 'shapes-user-3@nordlicht.example',
      department: 'Process',
      passwordProfile: { password: 'Vq7-winter-harbour' },
    },
    status: 201,
    reply: { id: guid, displayName: 'shapes-user-3', department: absent, passwordProfile: absent },
  }),
  rule(
    user,
    'the synchronization select returns what it names',
    givenUser('u', 'shapes-user-4', {
      department: 'Process',
      employeeId: '10042',
      usageLocation: 'DE',
      employeeOrgData: { division: 'R+D', costCenter: '4711' },
    }),
    {
      url: '/users/{u}?$select=id,accountEnabled,userType,createdDateTime,creationType,externalUserState,employeeId,employeeOrgData,department,usageLocation,otherMails,identities,onPremisesSyncEnabled,assignedLicenses,deletedDateTime',
      status: 200,
      reply: {
        id: '{u}',
        accountEnabled: true,
        userType: 'Member',
        createdDateTime: instant,
        creationType: null,
        externalUserState: null,
        employeeId: '10042',
        employeeOrgData: { division: 'R+D', costCenter: '4711' },
        department: 'Process',
        usageLocation: 'DE',
        otherMails: [],
        identities: [
          {
            signInType: 'userPrincipalName',
            issuer: 'nordlicht.onmicrosoft.example',
            issuerAssignedId: 'shapes-user-4@nordlicht.example',
          },
        ],
        onPremisesSyncEnabled: null,
        assignedLicenses: [],
        deletedDateTime: null,
      },
    },
  ),
  rule(
    user,
    'selected extension attributes come with all their names',
    givenUser('u', 'shapes-user-5', { onPremisesExtensionAttributes: { extensionAttribute1: 'A-17' } }),
    {
      url: '/users/{u}?$select=onPremisesExtensionAttributes',
      status: 200,
      reply: {
        onPremisesExtensionAttributes: {
          extensionAttribute1: 'A-17',
          extensionAttribute2: null,
          extensionAttribute15: null,
        },
      },
    },
  ),
  rule(user, 'securityIdentifier comes on $select', givenUser('u', 'shapes-user-6'), {
    url: '/users/{u}?$select=securityIdentifier',
    status: 200,
    reply: { securityIdentifier: /^S-1-12-1-\d+-\d+-\d+-\d+$/ },
  }),
  rule(user, 'a property kept outside the directory cannot be listed', {
    url: '/users?$select=id,aboutMe',
    status: 501,
    reply: { error: { code: 'NotImplemented', message: anyString } },
  }),
  rule(user, 'skills cannot be listed', { url: '/users?$select=id,skills', status: 501 }),
  rule(
    user,
    'a property kept outside the directory can be read of one user',
    givenUser('u', 'shapes-user-7'),
    { url: '/users/{u}?$select=id,aboutMe', status: 200, reply: { id: '{u}', aboutMe: present } },
  ),
  rule(user, 'signInActivity is not returned by default', givenUser('u', 'shapes-user-8'), {
    url: '/users/{u}',
    status: 200,
    reply: { signInActivity: absent, accountEnabled: absent },
  }),
  rule(user, '$select names are matched in any case', givenUser('u', 'shapes-user-9'), {
    url: '/users/{u}?$select=ID,DisplayName',
    status: 200,
    reply: { displayName: 'shapes-user-9' },
  }),
];

const groupDefaults = [
  'id',
  'deletedDateTime',
  'classification',
  'createdDateTime',
  'description',
  'displayName',
  'expirationDateTime',
  'groupTypes',
  'isAssignableToRole',
  'mail',
  'mailEnabled',
  'mailNickname',
  'membershipRule',
  'membershipRuleProcessingState',
  'onPremisesDomainName',
  'onPremisesLastSyncDateTime',
  'onPremisesNetBiosName',
  'onPremisesProvisioningErrors',
  'onPremisesSamAccountName',
  'onPremisesSecurityIdentifier',
  'onPremisesSyncEnabled',
  'preferredDataLocation',
  'preferredLanguage',
  'proxyAddresses',
  'renewedDateTime',
  'resourceBehaviorOptions',
  'resourceProvisioningOptions',
  'securityEnabled',
  'securityIdentifier',
  'serviceProvisioningErrors',
  'theme',
  'uniqueName',
  'visibility',
];
const groupSelected = [
  'assignedLabels',
  'assignedLicenses',
  'licenseProcessingState',
  'isManagementRestricted',
];
const groupOnlyGet = [
  'allowExternalSenders',
  'autoSubscribeNewMembers',
  'hideFromAddressLists',
  'hideFromOutlookClients',
  'isSubscribedByMail',
  'unseenCount',
];

const groupCases: readonly Case[] = [
  rule(group, 'a group has all its default properties', givenGroup('g', 'shapes-group-1'), {
    url: '/groups/{g}',
    status: 200,
    reply: every(groupDefaults, present),
  }),
  rule(group, 'a listed group has all its default properties', givenGroup('g', 'shapes-group-2'), {
    url: "/groups?$filter=displayName eq 'shapes-group-2'",
    status: 200,
    reply: { value: [every(groupDefaults, present)] },
  }),
  rule(group, 'properties that need $select do not come by default', givenGroup('g', 'shapes-group-3'), {
    url: '/groups/{g}',
    status: 200,
    reply: every(
      [...groupSelected, ...groupOnlyGet, 'members', 'owners', 'hasMembersWithLicenseErrors', 'isArchived'],
      absent,
    ),
  }),
  rule(group, 'properties that need $select come on $select', givenGroup('g', 'shapes-group-4'), {
    url: `/groups/{g}?$select=id,assignedLabels,assignedLicenses`,
    status: 200,
    reply: { id: '{g}', assignedLabels: present, assignedLicenses: present },
  }),
  rule(
    group,
    'the shape of a security group',
    givenGroup('g', 'shapes-group-5', { description: 'VPN users' }),
    {
      url: '/groups/{g}',
      status: 200,
      reply: {
        '@odata.context': '{root}/$metadata#groups/$entity',
        id: '{g}',
        deletedDateTime: null,
        createdDateTime: instant,
        description: 'VPN users',
        displayName: 'shapes-group-5',
        groupTypes: [],
        mail: null,
        mailEnabled: false,
        mailNickname: 'shapes-group-5',
        membershipRule: null,
        onPremisesSyncEnabled: null,
        proxyAddresses: [],
        renewedDateTime: instant,
        securityEnabled: true,
        securityIdentifier: /^S-1-12-1-/,
      },
    },
  ),
  rule(group, 'the shape of a Microsoft 365 group', givenGroup('g', 'shapes-group-6', microsoft365), {
    url: '/groups/{g}',
    status: 200,
    reply: {
      groupTypes: ['Unified'],
      mailEnabled: true,
      securityEnabled: false,
      mail: 'shapes-group-6@nordlicht.example',
      proxyAddresses: containing('SMTP:shapes-group-6@nordlicht.example'),
    },
  }),
  ...groupOnlyGet.map((property) =>
    rule(
      group,
      `${property} has no value in lists`,
      givenGroup('g', `shapes-group-${property}`, microsoft365),
      {
        url: `/groups?$filter=displayName eq 'shapes-group-${property}'&$select=id,${property}`,
        status: 200,
        reply: { value: lacking({ [property]: true }) },
      },
      {
        url: `/groups?$filter=displayName eq 'shapes-group-${property}'&$select=id,${property}`,
        reply: { value: lacking({ [property]: false }) },
      },
    ),
  ),
];

const otherCases: readonly Case[] = [
  rule(others, 'an application', givenApplication('app', 'shapes-application'), {
    url: '/applications/{app}',
    status: 200,
    reply: {
      '@odata.context': '{root}/$metadata#applications/$entity',
      id: '{app}',
      appId: guid,
      displayName: 'shapes-application',
      signInAudience: anyString,
      createdDateTime: instant,
      deletedDateTime: null,
      identifierUris: [],
      publisherDomain: anyString,
      tags: [],
      appRoles: [],
      passwordCredentials: [],
      keyCredentials: [],
      requiredResourceAccess: [],
      web: { redirectUris: [] },
      spa: { redirectUris: [] },
      publicClient: { redirectUris: [] },
      api: { oauth2PermissionScopes: [] },
    },
  }),
  rule(
    others,
    'a password of an application never shows its secret again',
    givenApplication('app', 'shapes-password'),
    {
      method: 'POST',
      url: '/applications/{app}/addPassword',
      body: { passwordCredential: { displayName: '2026' } },
      status: 200,
      reply: { secretText: anyString, keyId: guid },
    },
    {
      url: '/applications/{app}',
      status: 200,
      reply: {
        passwordCredentials: [{ displayName: '2026', secretText: null, keyId: guid, endDateTime: instant }],
      },
    },
  ),
  rule(others, 'a service principal', ...givenServicePrincipal('sp', 'shapes-principal'), {
    url: '/servicePrincipals/{sp}',
    status: 200,
    reply: {
      '@odata.context': '{root}/$metadata#servicePrincipals/$entity',
      id: '{sp}',
      appId: '{sp-appId}',
      displayName: 'shapes-principal',
      appDisplayName: 'shapes-principal',
      accountEnabled: true,
      appOwnerOrganizationId: '{tenantId}',
      appRoleAssignmentRequired: false,
      servicePrincipalType: 'Application',
      servicePrincipalNames: containing('{sp-appId}'),
      replyUrls: [],
      appRoles: [],
      customSecurityAttributes: absent,
    },
  }),
  rule(others, 'the service principal of Microsoft Graph declares its application permissions', {
    url: "/servicePrincipals(appId='00000003-0000-0000-c000-000000000000')",
    status: 200,
    reply: {
      appRoles: containing(
        { id: 'df021288-bdef-4463-88db-98f22de89214', value: 'User.Read.All' },
        { id: '7ab1d382-f21e-4acd-a863-ba3e13f7da61', value: 'Directory.Read.All' },
        { id: '5b567255-7703-4780-807c-7be8301ae99b', value: 'Group.Read.All' },
        { id: '741f803b-c850-494e-b5df-cde7c675a1ca', value: 'User.ReadWrite.All' },
        { id: '62a82d76-70ea-41e2-9197-370581804d09', value: 'Group.ReadWrite.All' },
      ),
    },
  }),
  rule(others, 'a device', givenDevice('device', 'shapes-device', '4c299165-6e8f-4b45-a5ba-000000000401'), {
    url: '/devices/{device}',
    status: 200,
    reply: {
      '@odata.context': '{root}/$metadata#devices/$entity',
      id: '{device}',
      deviceId: '4c299165-6e8f-4b45-a5ba-000000000401',
      displayName: 'shapes-device',
      accountEnabled: true,
      operatingSystem: 'Windows',
      operatingSystemVersion: '10.0.26100.2033',
      physicalIds: present,
      systemLabels: [],
      extensionAttributes: present,
    },
  }),
  rule(others, 'an administrative unit', givenUnit('unit', 'shapes-unit'), {
    url: '/directory/administrativeUnits/{unit}',
    status: 200,
    reply: {
      id: '{unit}',
      displayName: 'shapes-unit',
      description: null,
      deletedDateTime: null,
      visibility: null,
      membershipRule: null,
      isMemberManagementRestricted: false,
    },
  }),
  rule(others, 'a contact', {
    url: '/contacts?$top=1',
    status: 200,
    reply: {
      '@odata.context': '{root}/$metadata#contacts',
      value: [
        {
          id: guid,
          displayName: anyString,
          deletedDateTime: null,
          companyName: present,
          mail: present,
          onPremisesSyncEnabled: present,
          proxyAddresses: present,
          addresses: present,
          phones: present,
          surname: present,
        },
      ],
    },
  }),
  rule(others, 'a directory role', {
    url: "/directoryRoles(roleTemplateId='62e90394-69f5-4237-9190-012177145e10')",
    status: 200,
    reply: {
      '@odata.context': '{root}/$metadata#directoryRoles/$entity',
      id: guid,
      deletedDateTime: null,
      description: anyString,
      displayName: 'Global Administrator',
      roleTemplateId: '62e90394-69f5-4237-9190-012177145e10',
    },
  }),
  rule(others, 'a directory role template', {
    url: '/directoryRoleTemplates/fe930be7-5e62-47db-91af-98c3a49a38b1',
    status: 200,
    reply: {
      id: 'fe930be7-5e62-47db-91af-98c3a49a38b1',
      displayName: 'User Administrator',
      description: anyString,
      deletedDateTime: null,
    },
  }),
  rule(others, 'the organization with its verified domains', {
    url: '/organization',
    status: 200,
    reply: {
      value: [
        {
          id: '{tenantId}',
          displayName: anyString,
          tenantType: 'AAD',
          verifiedDomains: containing(
            { name: 'nordlicht.example', isDefault: true, isInitial: false, type: 'Managed' },
            { name: 'nordlicht.onmicrosoft.example', isDefault: false, isInitial: true },
          ),
        },
      ],
    },
  }),
  rule(others, 'a domain', {
    url: '/domains/nordlicht.example',
    status: 200,
    reply: {
      id: 'nordlicht.example',
      authenticationType: 'Managed',
      isDefault: true,
      isInitial: false,
      isVerified: true,
      supportedServices: present,
    },
  }),
];

const contextCases: readonly Case[] = [
  rule(contexts, 'a list', {
    url: '/groups?$top=1',
    status: 200,
    reply: { '@odata.context': '{root}/$metadata#groups' },
  }),
  rule(contexts, 'a list with $select', {
    url: '/groups?$select=id,displayName',
    status: 200,
    reply: { '@odata.context': '{root}/$metadata#groups(id,displayName)' },
  }),
  rule(contexts, 'a single object', givenUser('u', 'shapes-context-1'), {
    url: '/users/{u}',
    status: 200,
    reply: { '@odata.context': '{root}/$metadata#users/$entity' },
  }),
  rule(contexts, 'a single object with $select', givenUser('u', 'shapes-context-2'), {
    url: '/users/{u}?$select=id,displayName',
    status: 200,
    reply: { '@odata.context': '{root}/$metadata#users(id,displayName)/$entity' },
  }),
  rule(contexts, 'directory roles', {
    url: '/directoryRoles',
    status: 200,
    reply: { '@odata.context': '{root}/$metadata#directoryRoles' },
  }),
  rule(contexts, 'role assignments', {
    url: '/roleManagement/directory/roleAssignments',
    status: 200,
    reply: { '@odata.context': '{root}/$metadata#roleManagement/directory/roleAssignments' },
  }),
  rule(contexts, 'a directory object by its id', givenUser('u', 'shapes-context-3'), {
    url: '/directoryObjects/{u}',
    status: 200,
    reply: {
      '@odata.context': '{root}/$metadata#directoryObjects/$entity',
      '@odata.type': '#microsoft.graph.user',
      id: '{u}',
    },
  }),
  rule(
    contexts,
    'a manager',
    givenUser('u', 'shapes-context-4'),
    givenUser('boss', 'shapes-context-5'),
    {
      method: 'PUT',
      url: '/users/{u}/manager/$ref',
      body: { '@odata.id': '{root}/users/{boss}' },
      status: 204,
    },
    {
      url: '/users/{u}/manager',
      status: 200,
      reply: {
        '@odata.context': '{root}/$metadata#directoryObjects/$entity',
        '@odata.type': '#microsoft.graph.user',
        id: '{boss}',
      },
    },
  ),
  rule(contexts, 'members with a cast and $select', givenGroup('g', 'shapes-context-6'), {
    url: '/groups/{g}/members/microsoft.graph.user?$select=id,displayName&$count=true',
    headers: advanced,
    status: 200,
    reply: { '@odata.context': '{root}/$metadata#users(id,displayName)', '@odata.count': 0, value: [] },
  }),
  rule(
    contexts,
    'a created app role assignment',
    ...givenServicePrincipal('sp', 'shapes-context-7'),
    givenUser('u', 'shapes-context-8'),
    {
      method: 'POST',
      url: '/servicePrincipals/{sp}/appRoleAssignedTo',
      body: { principalId: '{u}', resourceId: '{sp}', appRoleId: '00000000-0000-0000-0000-000000000000' },
      status: 201,
      reply: {
        '@odata.context': "{root}/$metadata#servicePrincipals('{sp}')/appRoleAssignedTo/$entity",
        principalId: '{u}',
      },
    },
  ),
  rule(contexts, 'a created extension property', givenApplication('app', 'shapes-context-9'), {
    method: 'POST',
    url: '/applications/{app}/extensionProperties',
    body: { name: 'badge', dataType: 'String', targetObjects: ['User'] },
    status: 201,
    reply: {
      '@odata.context': "{root}/$metadata#applications('{app}')/extensionProperties/$entity",
      id: guid,
    },
  }),
  rule(contexts, 'beta answers name beta', {
    url: '//beta/users?$top=1',
    status: 200,
    reply: { '@odata.context': /^{origin}\/beta\/\$metadata#users/ },
  }),
];

const compositeCases: readonly Case[] = [
  rule(
    composite,
    'a grant for everybody is named by client and resource',
    ...givenServicePrincipal('client', 'shapes-composite-1'),
    ...givenServicePrincipal('resource', 'shapes-composite-2'),
    {
      method: 'POST',
      url: '/oauth2PermissionGrants',
      body: {
        clientId: '{client}',
        consentType: 'AllPrincipals',
        resourceId: '{resource}',
        scope: 'User.Read',
      },
      status: 201,
      reply: {
        id: /^[\w-]{43}$/,
        clientId: '{client}',
        resourceId: '{resource}',
        principalId: null,
        consentType: 'AllPrincipals',
      },
    },
  ),
  rule(
    composite,
    'a grant for one user is named by client, resource and user',
    ...givenServicePrincipal('client', 'shapes-composite-3'),
    ...givenServicePrincipal('resource', 'shapes-composite-4'),
    givenUser('u', 'shapes-composite-5'),
    {
      method: 'POST',
      url: '/oauth2PermissionGrants',
      body: {
        clientId: '{client}',
        consentType: 'Principal',
        principalId: '{u}',
        resourceId: '{resource}',
        scope: 'User.Read',
      },
      status: 201,
      reply: { id: /^[\w-]{64}$/, principalId: '{u}' },
      capture: { grant: 'id' },
    },
    { url: '/oauth2PermissionGrants/{grant}', status: 200, reply: { id: '{grant}', scope: 'User.Read' } },
  ),
  rule(
    composite,
    'an app role assignment has an opaque id of 43 characters',
    ...givenServicePrincipal('sp', 'shapes-composite-6'),
    givenUser('u', 'shapes-composite-7'),
    {
      method: 'POST',
      url: '/users/{u}/appRoleAssignments',
      body: { principalId: '{u}', resourceId: '{sp}', appRoleId: '00000000-0000-0000-0000-000000000000' },
      status: 201,
      reply: {
        id: /^[\w-]{43}$/,
        principalType: 'User',
        principalDisplayName: 'shapes-composite-7',
        resourceDisplayName: 'shapes-composite-6',
      },
    },
  ),
  rule(composite, 'a role definition that is built in has the id of its template', {
    url: '/roleManagement/directory/roleDefinitions/62e90394-69f5-4237-9190-012177145e10',
    status: 200,
    reply: {
      id: '62e90394-69f5-4237-9190-012177145e10',
      displayName: 'Global Administrator',
      isBuiltIn: true,
    },
  }),
];

const betaCases: readonly Case[] = [
  rule(
    beta,
    'a user comes with nearly all properties',
    givenUser('u', 'shapes-beta-1', { department: 'Process' }),
    {
      url: '//beta/users/{u}',
      status: 200,
      reply: {
        id: '{u}',
        accountEnabled: true,
        department: 'Process',
        userType: 'Member',
        createdDateTime: instant,
        mailNickname: 'shapes-beta-1',
        usageLocation: null,
      },
    },
  ),
  rule(beta, 'a list works as in v1.0', {
    url: '//beta/groups?$top=3',
    status: 200,
    reply: { value: counting(3), '@odata.nextLink': /^{origin}\/beta\/groups\?/ },
  }),
  rule(beta, '$select reduces as in v1.0', givenUser('u', 'shapes-beta-2'), {
    url: '//beta/users/{u}?$select=id,displayName',
    status: 200,
    reply: { id: '{u}', displayName: 'shapes-beta-2', department: absent },
  }),
];

const givenExtension = {
  method: 'POST',
  url: '/applications/{app}/extensionProperties',
  body: { name: 'badge', dataType: 'String', targetObjects: ['User'] },
  status: 201,
  capture: { badge: 'name' },
};

const extensionCases: readonly Case[] = [
  rule(
    extensions,
    'the value does not come by default',
    givenApplication('app', 'shapes-extension-1'),
    givenExtension,
    givenUser('u', 'shapes-extension-2'),
    patch('/users/{u}', { '{badge}': 'blue' }),
    { url: '/users/{u}', status: 200, reply: { id: '{u}', '{badge}': absent } },
  ),
  rule(
    extensions,
    'the value comes on $select',
    givenApplication('app', 'shapes-extension-3'),
    givenExtension,
    givenUser('u', 'shapes-extension-4'),
    patch('/users/{u}', { '{badge}': 'blue' }),
    { url: '/users/{u}?$select=id,{badge}', status: 200, reply: { id: '{u}', '{badge}': 'blue' } },
  ),
  rule(
    extensions,
    'in beta the value comes by default',
    givenApplication('app', 'shapes-extension-5'),
    givenExtension,
    givenUser('u', 'shapes-extension-6'),
    patch('/users/{u}', { '{badge}': 'blue' }),
    { url: '//beta/users/{u}', status: 200, reply: { id: '{u}', '{badge}': 'blue' } },
  ),
  rule(
    extensions,
    'the value can be filtered',
    givenApplication('app', 'shapes-extension-7'),
    givenExtension,
    givenUser('u', 'shapes-extension-8'),
    patch('/users/{u}', { '{badge}': 'green-8' }),
    { url: "/users?$filter={badge} eq 'green-8'&$select=id", status: 200, reply: { value: [{ id: '{u}' }] } },
  ),
  rule(
    extensions,
    'the name carries the appId without dashes',
    givenApplication('app', 'shapes-extension-9'),
    {
      ...givenExtension,
      reply: { name: /^extension_[0-9a-f]{32}_badge$/, dataType: 'String', targetObjects: ['User'] },
    },
  ),
];

const linkCases: readonly Case[] = [
  rule(
    others,
    'members of an administrative unit are no property of it',
    givenUnit('unit', 'shapes-unit-2'),
    givenUser('u', 'shapes-unit-3'),
    link('/directory/administrativeUnits/{unit}/members', 'u'),
    { url: '/directory/administrativeUnits/{unit}', status: 200, reply: { members: absent } },
  ),
];

export const cases: readonly Case[] = [
  ...userCases,
  ...groupCases,
  ...otherCases,
  ...contextCases,
  ...compositeCases,
  ...betaCases,
  ...extensionCases,
  ...linkCases,
];
