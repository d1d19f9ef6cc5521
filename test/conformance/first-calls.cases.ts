// What shipping Graph clients really send: their requests, spelled as they spell them, must be answered.

import { anyNumber, anyString, type Case, containing, counting, type Step } from './case.ts';
import {
  advanced,
  fromNow,
  givenApplication,
  givenDevice,
  givenGroup,
  givenServicePrincipal,
  givenUnit,
  givenUser,
  link,
  nextRound,
  patch,
  rule,
  setManager,
} from './given.ts';

export const tenant = { users: 250, seed: 7 };

const azureHound = 'Requests of clients: AzureHound';
const airbyte = 'Requests of clients: Airbyte';
const firezone = 'Requests of clients: Firezone';
const bitwarden = 'Requests of clients: Bitwarden Directory Connector';
const azureCli = 'Requests of clients: Azure CLI';
const terraform = 'Requests of clients: Terraform azuread';
const n8n = 'Requests of clients: n8n';
const midPoint = 'Requests of clients: midPoint connector';
const connId = 'Requests of clients: ConnId Azure bundle';
const scimGateway = 'Requests of clients: SCIM Gateway';
const kiota = 'Requests of clients: Kiota';

const globalAdministrator = '62e90394-69f5-4237-9190-012177145e10';

const azureHoundCases: readonly Case[] = [
  rule(azureHound, 'users with their select', {
    url: '/users?$select=accountEnabled,createdDateTime,displayName,jobTitle,lastPasswordChangeDateTime,mail,onPremisesSecurityIdentifier,onPremisesSyncEnabled,userPrincipalName,userType,id&$top=999',
    status: 200,
    reply: { value: counting(200, 999) },
  }),
  rule(azureHound, 'users with their sign-in activity', {
    url: '/users?$select=userPrincipalName,id,signInActivity&$top=999',
    status: 200,
    reply: { value: counting(100, 500) },
  }),
  rule(azureHound, 'security groups by 99', {
    url: '/groups?$filter=securityEnabled eq true&$top=99',
    status: 200,
    reply: { value: containing({ securityEnabled: true }) },
  }),
  rule(
    azureHound,
    'options added again to a next link',
    { url: '/users?$select=id&$top=99', status: 200, capture: { next: '@odata.nextLink' } },
    { url: '{next}&$select=id&$top=99', status: 200, reply: { value: counting(99) } },
  ),
  rule(
    azureHound,
    'owners and members of a group in beta',
    givenGroup('g', 'calls-hound-1'),
    givenUser('u', 'calls-hound-2'),
    link('/groups/{g}/owners', 'u'),
    link('/groups/{g}/members', 'u'),
    { url: '//beta/groups/{g}/owners?$top=99', status: 200, reply: { value: [{ id: '{u}' }] } },
    {
      url: '//beta/groups/{g}/members?$select=id,displayName,createdDateTime',
      status: 200,
      reply: { value: [{ '@odata.type': '#microsoft.graph.user', id: '{u}', displayName: 'calls-hound-2' }] },
    },
  ),
  rule(
    azureHound,
    'owners and federated credentials of an application in beta',
    givenApplication('app', 'calls-hound-3'),
    { url: '//beta/applications/{app}/owners', status: 200, reply: { value: counting(0, 1) } },
    { url: '//beta/applications/{app}/federatedIdentityCredentials', status: 200, reply: { value: [] } },
  ),
  rule(
    azureHound,
    'service principals and their assignments',
    ...givenServicePrincipal('sp', 'calls-hound-4'),
    { url: '/servicePrincipals?$top=999', status: 200, reply: { value: containing({ id: '{sp}' }) } },
    { url: '/servicePrincipals/{sp}/appRoleAssignedTo?$top=999', status: 200, reply: { value: [] } },
    { url: '//beta/servicePrincipals/{sp}/owners', status: 200 },
  ),
  rule(
    azureHound,
    'registered owners of a device in beta',
    givenDevice('device', 'calls-hound-5', '4c299165-6e8f-4b45-a5ba-000000000801'),
    givenUser('u', 'calls-hound-6'),
    link('/devices/{device}/registeredOwners', 'u'),
    { url: '//beta/devices/{device}/registeredOwners', status: 200, reply: { value: [{ id: '{u}' }] } },
  ),
  rule(azureHound, 'role definitions', {
    url: '/roleManagement/directory/roleDefinitions',
    status: 200,
    reply: { value: containing({ id: globalAdministrator, isBuiltIn: true }) },
  }),
  rule(azureHound, 'role assignments of a definition', {
    url: `/roleManagement/directory/roleAssignments?$filter=roleDefinitionId eq '${globalAdministrator}'&$expand=directoryScope&$top=999`,
    status: 200,
    reply: { value: counting(0, 999) },
  }),
];

const exporterCases: readonly Case[] = [
  rule(airbyte, 'directory roles in lower case', {
    url: '/directoryroles',
    status: 200,
    reply: { value: containing({ roleTemplateId: globalAdministrator }) },
  }),
  rule(
    airbyte,
    'the token alone, cut out of the next link, beside its own options',
    { url: '/users?$top=100', status: 200, capture: { token: ['@odata.nextLink', /\$skiptoken=([^&]+)/] } },
    { url: '/users?$top=100&$skiptoken={token}', status: 200, reply: { value: counting(100) } },
  ),
  rule(
    firezone,
    'a service principal by appId, percent-encoded',
    ...givenServicePrincipal('sp', 'calls-firezone-1'),
    {
      url: '/servicePrincipals?%24filter=appId+eq+%27{sp-appId}%27&%24select=id%2CappId',
      status: 200,
      reply: { value: [{ id: '{sp}', appId: '{sp-appId}' }] },
    },
  ),
  rule(
    firezone,
    'assignments with their select',
    ...givenServicePrincipal('sp', 'calls-firezone-2'),
    givenUser('u', 'calls-firezone-3'),
    {
      method: 'POST',
      url: '/servicePrincipals/{sp}/appRoleAssignedTo',
      body: { principalId: '{u}', resourceId: '{sp}', appRoleId: '00000000-0000-0000-0000-000000000000' },
      status: 201,
    },
    {
      url: '/servicePrincipals/{sp}/appRoleAssignedTo?%24top=999&%24select=id%2CprincipalId%2CprincipalType%2CprincipalDisplayName',
      status: 200,
      reply: {
        value: [{ principalId: '{u}', principalType: 'User', principalDisplayName: 'calls-firezone-3' }],
      },
    },
  ),
  rule(
    firezone,
    'enabled transitive members',
    givenGroup('g', 'calls-firezone-4'),
    givenGroup('inner', 'calls-firezone-5'),
    givenUser('u', 'calls-firezone-6'),
    givenUser('off', 'calls-firezone-7', { accountEnabled: false }),
    link('/groups/{g}/members', 'inner'),
    link('/groups/{inner}/members', 'u'),
    link('/groups/{inner}/members', 'off'),
    {
      url: '/groups/{g}/transitiveMembers/microsoft.graph.user?%24count=true&%24filter=accountEnabled+eq+true&%24select=id%2CdisplayName',
      headers: advanced,
      status: 200,
      reply: { '@odata.count': 1, value: [{ id: '{u}' }] },
    },
  ),
  rule(firezone, 'a batch of single users', givenUser('u', 'calls-firezone-8'), {
    method: 'POST',
    url: '/$batch',
    body: { requests: [{ id: '1', method: 'GET', url: '/users/{u}?%24select=id%2CdisplayName' }] },
    status: 200,
    reply: { responses: [{ id: '1', status: 200, body: { id: '{u}' } }] },
  }),
  rule(bitwarden, 'a delta of five properties', givenUser('u', 'calls-bitwarden-1'), {
    url: '/users/delta?$select=id,mail,userPrincipalName,displayName,accountEnabled',
    followed: true,
    status: 200,
    reply: { value: containing({ id: '{u}', accountEnabled: true }), '@odata.deltaLink': anyString },
  }),
  rule(
    bitwarden,
    'members of a group with all transitive ones, and of an administrative unit',
    givenGroup('g', 'calls-bitwarden-2'),
    givenUser('u', 'calls-bitwarden-3'),
    givenUnit('unit', 'calls-bitwarden-4'),
    link('/groups/{g}/members', 'u'),
    link('/directory/administrativeUnits/{unit}/members', 'u'),
    ...[
      '/groups/{g}/members',
      '/groups/{g}/transitiveMembers',
      '/directory/administrativeUnits/{unit}/members',
    ].map(
      (url): Step => ({
        url,
        status: 200,
        reply: { value: [{ '@odata.type': '#microsoft.graph.user', id: '{u}' }] },
      }),
    ),
  ),
];

const managementCases: readonly Case[] = [
  rule(azureCli, 'users by the beginning of their name', givenUser('u', 'calls-cli-1'), {
    url: '/users?%24filter=startswith%28displayName%2C%27calls-cli-1%27%29',
    status: 200,
    reply: { value: [{ id: '{u}' }] },
  }),
  rule(
    azureCli,
    'membership is asked of the directory object',
    givenUser('u', 'calls-cli-2'),
    givenGroup('g', 'calls-cli-3'),
    link('/groups/{g}/members', 'u'),
    {
      method: 'POST',
      url: '/directoryObjects/{u}/checkMemberGroups',
      body: { groupIds: ['{g}'] },
      status: 200,
      reply: { value: ['{g}'] },
    },
  ),
  rule(terraform, 'its headers', givenUser('u', 'calls-terraform-1'), {
    url: '/users/{u}',
    headers: {
      Accept: 'application/json; charset=utf-8; IEEE754Compatible=false',
      'OData-Version': '4.0',
      'OData-MaxVersion': '4.0',
    },
    status: 200,
    reply: { id: '{u}' },
  }),
  rule(
    terraform,
    'a group is made in beta with its owner, and renamed twice',
    givenUser('u', 'calls-terraform-2'),
    {
      method: 'POST',
      url: '//beta/groups',
      headers: { 'Content-Type': 'application/json; charset=utf-8' },
      body: {
        displayName: 'calls-terraform-3',
        mailNickname: 'calls-terraform-3',
        mailEnabled: false,
        securityEnabled: true,
        'owners@odata.bind': ['https://graph.microsoft.com/v1.0/directoryObjects/{u}'],
      },
      status: 201,
      capture: { g: 'id' },
    },
    patch('//beta/groups/{g}', { displayName: 'TERRAFORM_UPDATE_1' }),
    { url: '//beta/groups/{g}', status: 200, reply: { displayName: 'TERRAFORM_UPDATE_1' } },
    patch('//beta/groups/{g}', { displayName: 'calls-terraform-3' }),
    { url: '//beta/groups/{g}/owners', status: 200, reply: { value: [{ id: '{u}' }] } },
  ),
  rule(n8n, 'the metadata of groups with a token', {
    url: '/$metadata#groups',
    status: 200,
    replyHeaders: { 'Content-Type': /^application\/xml/ },
    reply: /<EntityType[^>]*Name="group"/,
  }),
  rule(kiota, 'options percent-encoded, JSON asked for', givenUser('u', 'calls-kiota-1'), {
    url: '/users/delta()?%24select=displayName&%24deltatoken=latest',
    headers: { Accept: 'application/json' },
    status: 200,
    reply: { value: [], '@odata.deltaLink': anyString },
  }),
];

const connectorCases: readonly Case[] = [
  rule(
    midPoint,
    'a token of the v1 endpoint, sent without Bearer',
    givenUser('u', 'calls-midpoint-1'),
    {
      method: 'POST',
      url: '//tenant/oauth2/token',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'grant_type=client_credentials&client_id={clientId}&client_secret={clientSecret}&resource=https://graph.microsoft.com',
      status: 200,
      capture: { token: 'access_token' },
    },
    {
      url: '/users/{u}',
      as: 'none',
      headers: { Authorization: '{token}', ConsistencyLevel: 'eventual' },
      status: 200,
      reply: { id: '{u}' },
    },
  ),
  rule(
    midPoint,
    'live synchronization with ConsistencyLevel and the select appended to every link',
    givenUser('u', 'calls-midpoint-2'),
    {
      url: '/users/microsoft.graph.delta?$deltaToken=latest',
      headers: advanced,
      status: 200,
      capture: { link: '@odata.deltaLink' },
    },
    patch('/users/{u}', { jobTitle: 'Smith' }),
    {
      url: '{link}&$select=id,displayName,jobTitle',
      headers: advanced,
      followed: true,
      status: 200,
      reply: { value: containing({ id: '{u}', jobTitle: 'Smith' }) },
      capture: { link: '@odata.deltaLink' },
    },
  ),
  rule(
    midPoint,
    'live synchronization of groups with members',
    givenGroup('g', 'calls-midpoint-3'),
    givenUser('u', 'calls-midpoint-4'),
    fromNow('groups', '$select=displayName,members'),
    link('/groups/{g}/members', 'u'),
    nextRound(containing({ id: '{g}', 'members@delta': [{ id: '{u}' }] }), advanced),
  ),
  rule(midPoint, 'writes with ConsistencyLevel', givenUser('u', 'calls-midpoint-5'), {
    method: 'PATCH',
    url: '/users/{u}',
    headers: advanced,
    body: { jobTitle: 'Smith' },
    status: 204,
  }),
  rule(connId, 'a sorted list with a select and no header', {
    url: '/users?$select=id,displayName&$top=10&$orderby=displayName',
    status: 200,
    reply: { value: counting(10), '@odata.nextLink': anyString },
  }),
  rule(
    connId,
    'a member added by an address on the public host',
    givenGroup('g', 'calls-connid-1'),
    givenUser('u', 'calls-connid-2'),
    {
      method: 'POST',
      url: '/groups/{g}/members/$ref',
      body: { '@odata.id': 'https://graph.microsoft.com/v1.0/directoryObjects/{u}' },
      status: 204,
    },
    { url: '/groups/{g}/members', reply: { value: [{ id: '{u}' }] } },
  ),
  rule(
    connId,
    'memberships asked of the directory object',
    givenGroup('g', 'calls-connid-3'),
    givenUser('u', 'calls-connid-4'),
    link('/groups/{g}/members', 'u'),
    {
      method: 'POST',
      url: '/directoryObjects/{u}/getMemberGroups',
      body: { securityEnabledOnly: false },
      status: 200,
      reply: { value: ['{g}'] },
    },
    {
      method: 'POST',
      url: '/directoryObjects/{u}/getMemberObjects',
      body: { securityEnabledOnly: false },
      status: 200,
      reply: { value: ['{g}'] },
    },
  ),
  rule(
    connId,
    'a filter by name with ConsistencyLevel and without $count',
    givenUser('u', 'calls-connid-5'),
    {
      url: "/users?$filter=displayName eq 'calls-connid-5'",
      headers: advanced,
      status: 200,
      reply: { value: [{ id: '{u}' }] },
    },
  ),
  rule(scimGateway, 'users counted', {
    url: '/users?$top=10&$count=true&$select=id,userPrincipalName',
    headers: advanced,
    status: 200,
    reply: { '@odata.count': anyNumber, value: counting(10) },
  }),
  rule(scimGateway, 'users that have licences', {
    url: '/users?$top=10&$count=true&$select=id&$filter=assignedLicenses/$count ne 0',
    headers: advanced,
    status: 200,
    reply: { '@odata.count': anyNumber },
  }),
  rule(
    scimGateway,
    'a user with the name of its manager',
    givenUser('u', 'calls-scim-1'),
    givenUser('boss', 'calls-scim-2'),
    setManager('u', 'boss'),
    {
      url: '/users/{u}?$select=id&$expand=manager($select=userPrincipalName)',
      headers: advanced,
      status: 200,
      reply: { manager: { userPrincipalName: 'calls-scim-2@nordlicht.example' } },
    },
  ),
  rule(scimGateway, 'groups counted, with their members expanded', {
    url: '/groups?$top=10&$count=true&$select=id,displayName&$expand=members($select=id,displayName)',
    headers: advanced,
    status: 200,
    reply: { '@odata.count': anyNumber, value: containing({ members: counting(0, 20) }) },
  }),
  rule(
    scimGateway,
    'transitive groups of a user, with a select that lacks its dollar sign',
    givenGroup('g', 'calls-scim-5'),
    givenUser('u', 'calls-scim-6'),
    link('/groups/{g}/members', 'u'),
    {
      url: '/users/{u}/transitiveMemberOf/microsoft.graph.group?$top=10&$count=true&select=id,displayName',
      headers: advanced,
      status: 200,
      reply: { '@odata.count': 1, value: [{ id: '{g}', displayName: 'calls-scim-5' }] },
    },
  ),
  rule(
    scimGateway,
    'paths and property names in capitals',
    givenUser('u', 'calls-scim-7'),
    { method: 'PATCH', url: '/Users/{u}', body: { mailNickName: 'calls-scim-7b' }, status: 204 },
    { url: '/Users/{u}?$select=mailNickname', status: 200, reply: { mailNickname: 'calls-scim-7b' } },
  ),
];

export const cases: readonly Case[] = [
  ...azureHoundCases,
  ...exporterCases,
  ...managementCases,
  ...connectorCases,
];
