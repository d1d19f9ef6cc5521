// $filter and $search: the operators each property supports, lambdas, literals, and how searched text is cut into words.

import { absent, anyString, type Case, containing, counting, lacking } from './case.ts';
import {
  advanced,
  givenApplication,
  givenDevice,
  givenGroup,
  givenServicePrincipal,
  givenUser,
  microsoft365,
  patch,
  rule,
  setManager,
} from './given.ts';

const operators = '$filter: operators';
const literals = '$filter: literals';
const lambdas = '$filter: collections';
const users = '$filter: user properties';
const groups = '$filter: group properties';
const others = '$filter: properties of other objects';
const refused = '$filter: unsupported operators';
const search = '$search: matching';
const searching = '$search: syntax';

const unsupported = { error: { code: 'Request_UnsupportedQuery', message: anyString } };

/** A user found by this filter, which the other user is not. */
const finds = (filter: string) => ({
  url: `/users?$filter=${filter}&$select=id`,
  status: 200,
  reply: { value: [{ id: '{u}' }] },
});
const findsAdvanced = (filter: string) => ({
  url: `/users?$filter=${filter}&$count=true&$select=id`,
  headers: advanced,
  status: 200,
  reply: { '@odata.count': 1, value: [{ id: '{u}' }] },
});

const operatorCases: readonly Case[] = [
  rule(operators, 'eq', givenUser('u', 'filter-operators-1'), finds("displayName eq 'filter-operators-1'")),
  rule(
    operators,
    'text is compared without regard to case',
    givenUser('u', 'filter-operators-2'),
    finds("displayName eq 'FILTER-Operators-2'"),
  ),
  rule(
    operators,
    'startsWith',
    givenUser('u', 'filter-operators-3-one'),
    finds("startsWith(displayName,'filter-operators-3')"),
  ),
  rule(
    operators,
    'startswith may be written small',
    givenUser('u', 'filter-operators-4-one'),
    finds("startswith(displayName,'filter-operators-4')"),
  ),
  rule(
    operators,
    'in',
    givenUser('u', 'filter-operators-5'),
    finds("displayName in ('filter-operators-5','filter-operators-none')"),
  ),
  rule(operators, 'in takes 15 values', {
    url: `/users?$filter=displayName in (${Array.from({ length: 15 }, (_, index) => `'v${index}'`).join(',')})`,
    status: 200,
    reply: { value: [] },
  }),
  rule(operators, 'in takes no more than 15 values', {
    url: `/users?$filter=displayName in (${Array.from({ length: 16 }, (_, index) => `'v${index}'`).join(',')})`,
    status: 400,
  }),
  rule(operators, 'in takes more values as advanced query', {
    url: `/users?$filter=displayName in (${Array.from({ length: 16 }, (_, index) => `'v${index}'`).join(',')})&$count=true`,
    headers: advanced,
    status: 200,
    reply: { value: [] },
  }),
  rule(
    operators,
    'in with not',
    givenUser('u', 'filter-operators-23-a'),
    givenUser('v', 'filter-operators-23-b'),
    findsAdvanced(
      "startsWith(displayName,'filter-operators-23-') and not(displayName in ('filter-operators-23-b'))",
    ),
  ),
  rule(
    operators,
    'not of a group of conditions',
    givenUser('u', 'filter-operators-24-a'),
    givenUser('v', 'filter-operators-24-b', { department: 'Sales' }),
    findsAdvanced(
      "startsWith(displayName,'filter-operators-24-') and not(department eq 'Sales' or department eq 'Process')",
    ),
  ),
  rule(
    operators,
    'and',
    givenUser('u', 'filter-operators-6', { department: 'Process' }),
    givenUser('other', 'filter-operators-6b'),
    finds("department eq 'Process' and startsWith(displayName,'filter-operators-6')"),
  ),
  rule(operators, 'or', givenUser('u', 'filter-operators-7'), givenUser('v', 'filter-operators-8'), {
    url: "/users?$filter=displayName eq 'filter-operators-7' or displayName eq 'filter-operators-8'",
    status: 200,
    reply: { value: containing({ id: '{u}' }, { id: '{v}' }) },
  }),
  rule(
    operators,
    'and binds closer than or',
    givenUser('u', 'filter-operators-9'),
    givenUser('v', 'filter-operators-10', { department: 'Sales' }),
    {
      url: "/users?$filter=displayName eq 'filter-operators-9' or displayName eq 'filter-operators-10' and department eq 'Process'",
      status: 200,
      reply: { value: [{ id: '{u}' }] },
    },
  ),
  rule(
    operators,
    'parentheses group',
    givenUser('u', 'filter-operators-11', { department: 'Process' }),
    givenUser('v', 'filter-operators-12', { department: 'Sales' }),
    finds(
      "(displayName eq 'filter-operators-11' or displayName eq 'filter-operators-12') and department eq 'Process'",
    ),
  ),
  rule(
    operators,
    'ne',
    givenUser('u', 'filter-operators-13', { department: 'Process' }),
    givenUser('v', 'filter-operators-13b', { department: 'Sales' }),
    findsAdvanced("startsWith(displayName,'filter-operators-13') and department ne 'Sales'"),
  ),
  rule(
    operators,
    'ne finds objects without a value',
    givenUser('u', 'filter-operators-14'),
    findsAdvanced("startsWith(displayName,'filter-operators-14') and department ne 'Sales'"),
  ),
  rule(
    operators,
    'not',
    givenUser('u', 'filter-operators-15'),
    givenUser('v', 'filter-operators-15b', { department: 'Sales' }),
    findsAdvanced("startsWith(displayName,'filter-operators-15') and not(department eq 'Sales')"),
  ),
  rule(
    operators,
    'not of startsWith',
    givenUser('u', 'filter-operators-16-a'),
    givenUser('v', 'filter-operators-16-b'),
    findsAdvanced(
      "startsWith(displayName,'filter-operators-16') and not(startsWith(displayName,'filter-operators-16-b'))",
    ),
  ),
  rule(
    operators,
    'endsWith',
    givenUser('u', 'filter-operators-17-tail'),
    findsAdvanced("endsWith(userPrincipalName,'17-tail@nordlicht.example')"),
  ),
  rule(
    operators,
    'eq null',
    givenUser('u', 'filter-operators-18'),
    givenUser('v', 'filter-operators-18b', { department: 'Sales' }),
    findsAdvanced("startsWith(displayName,'filter-operators-18') and department eq null"),
  ),
  rule(
    operators,
    'ne null',
    givenUser('v', 'filter-operators-19'),
    givenUser('u', 'filter-operators-19b', { department: 'Sales' }),
    findsAdvanced("startsWith(displayName,'filter-operators-19') and department ne null"),
  ),
  rule(
    operators,
    'ge and le on times',
    givenUser('u', 'filter-operators-20'),
    finds(
      "displayName eq 'filter-operators-20' and createdDateTime ge 2000-01-01T00:00:00Z and createdDateTime le 2100-01-01T00:00:00Z",
    ),
    {
      url: "/users?$filter=displayName eq 'filter-operators-20' and createdDateTime le 2000-01-01T00:00:00Z",
      status: 200,
      reply: { value: [] },
    },
  ),
  rule(operators, 'a filter that matches nothing gives an empty list', {
    url: "/users?$filter=displayName eq 'nobody at all'",
    status: 200,
    reply: { value: [], '@odata.nextLink': absent },
  }),
  rule(
    operators,
    'deleted users are not found',
    givenUser('u', 'filter-operators-21'),
    { method: 'DELETE', url: '/users/{u}', status: 204 },
    { url: "/users?$filter=displayName eq 'filter-operators-21'", status: 200, reply: { value: [] } },
  ),
  rule(
    operators,
    'a changed value is found and the old one no more',
    givenUser('u', 'filter-operators-22', { department: 'Sales' }),
    patch('/users/{u}', { department: 'filter-operators-22' }),
    finds("department eq 'filter-operators-22'"),
    {
      url: "/users?$filter=displayName eq 'filter-operators-22' and department eq 'Sales'",
      status: 200,
      reply: { value: [] },
    },
  ),
];

const literalCases: readonly Case[] = [
  rule(
    literals,
    'booleans are written without quotes',
    givenUser('u', 'filter-literals-1', { accountEnabled: false }),
    finds("displayName eq 'filter-literals-1' and accountEnabled eq false"),
  ),
  rule(literals, 'a boolean in quotes is refused', {
    url: "/users?$filter=accountEnabled eq 'false'",
    status: 400,
  }),
  rule(literals, 'a time is written without quotes', {
    url: '/users?$filter=createdDateTime ge 2100-01-01T00:00:00Z',
    status: 200,
    reply: { value: [] },
  }),
  rule(literals, 'a time in quotes is refused', {
    url: "/users?$filter=createdDateTime ge '2100-01-01T00:00:00Z'",
    status: 400,
  }),
  rule(literals, 'a text without quotes is refused', {
    url: '/users?$filter=displayName eq ada',
    status: 400,
  }),
  rule(literals, 'a GUID property takes a GUID without quotes', {
    url: '/servicePrincipals?$filter=appOwnerOrganizationId eq {tenantId}&$count=true&$top=1',
    headers: advanced,
    status: 200,
    reply: { value: counting(1) },
  }),
  rule(literals, 'appId of a service principal is text in quotes', {
    url: "/servicePrincipals?$filter=appId eq '00000003-0000-0000-c000-000000000000'",
    status: 200,
    reply: { value: [{ appId: '00000003-0000-0000-c000-000000000000' }] },
  }),
  rule(
    literals,
    'letters beyond ASCII are compared',
    givenUser('u', 'filter-literals-2', { displayName: 'Jörg Größe filter-literals-2' }),
    finds("displayName eq 'Jörg Größe filter-literals-2'"),
  ),
  rule(
    literals,
    'a percent-encoded ampersand belongs to the text',
    givenUser('u', 'filter-literals-3', { displayName: 'filter-literals-3 R&D' }),
    finds("displayName eq 'filter-literals-3 R%26D'"),
  ),
  rule(
    literals,
    'a percent-encoded plus sign belongs to the text',
    givenUser('u', 'filter-literals-4', { displayName: 'filter-literals-4 C+' }),
    finds("displayName eq 'filter-literals-4 C%2B'"),
  ),
  rule(
    literals,
    'parentheses and keywords inside a text are text',
    givenUser('u', 'filter-literals-5', { displayName: 'filter-literals-5 (a or b) and not c' }),
    finds("displayName eq 'filter-literals-5 (a or b) and not c'"),
  ),
  rule(literals, 'an advanced query takes longer texts', {
    url: `/users?$filter=displayName eq '${'x'.repeat(121)}'&$count=true`,
    headers: advanced,
    status: 200,
    reply: { value: [] },
  }),
  rule(literals, 'a text of an eq may have 120 characters', {
    url: `/users?$filter=displayName eq '${'x'.repeat(120)}'`,
    status: 200,
    reply: { value: [] },
  }),
  rule(literals, 'a text of an eq may not have more than 120 characters', {
    url: `/users?$filter=displayName eq '${'x'.repeat(121)}'`,
    status: 400,
  }),
];

const lambdaCases: readonly Case[] = [
  rule(
    lambdas,
    'any with eq on a collection of texts',
    givenUser('u', 'filter-lambdas-1', { otherMails: ['filter-lambdas-1@fabrik.example'] }),
    finds("otherMails/any(p:p eq 'filter-lambdas-1@fabrik.example')"),
  ),
  rule(
    lambdas,
    'any with startsWith on a collection of texts',
    givenUser('u', 'filter-lambdas-2', { otherMails: ['filter-lambdas-2@fabrik.example'] }),
    finds("otherMails/any(p:startsWith(p,'filter-lambdas-2'))"),
  ),
  rule(lambdas, 'any on proxy addresses', givenGroup('g', 'filter-lambdas-3', microsoft365), {
    url: "/groups?$filter=proxyAddresses/any(p:startsWith(p,'SMTP:filter-lambdas-3'))",
    status: 200,
    reply: { value: [{ id: '{g}' }] },
  }),
  rule(lambdas, 'any on group types', givenGroup('g', 'filter-lambdas-4', microsoft365), {
    url: "/groups?$filter=groupTypes/any(c:c eq 'Unified') and displayName eq 'filter-lambdas-4'",
    status: 200,
    reply: { value: [{ id: '{g}' }] },
  }),
  rule(lambdas, 'any on a property of a complex value', {
    url: '/users?$filter=assignedLicenses/any(a:a/skuId eq 00000000-0000-0000-0000-00000000abcd)',
    status: 200,
    reply: { value: [] },
  }),
  rule(
    lambdas,
    'identities are found by issuer and assigned id',
    givenUser('u', 'filter-lambdas-5'),
    finds(
      "identities/any(i:i/issuer eq 'nordlicht.onmicrosoft.example' and i/issuerAssignedId eq 'filter-lambdas-5@nordlicht.example')",
    ),
  ),
  rule(
    lambdas,
    'the name of the variable does not matter',
    givenUser('u', 'filter-lambdas-6', { otherMails: ['filter-lambdas-6@fabrik.example'] }),
    finds("otherMails/any(address:address eq 'filter-lambdas-6@fabrik.example')"),
  ),
  rule(
    lambdas,
    'endsWith on a collection of texts',
    givenUser('u', 'filter-lambdas-7', { otherMails: ['x@filter-lambdas-7.example'] }),
    findsAdvanced("otherMails/any(p:endsWith(p,'@filter-lambdas-7.example'))"),
  ),
  rule(
    lambdas,
    'the count of a collection',
    givenUser('u', 'filter-lambdas-8', { otherMails: ['a@filter-lambdas-8.example'] }),
    givenUser('v', 'filter-lambdas-8b'),
    findsAdvanced("startsWith(displayName,'filter-lambdas-8') and otherMails/$count ne 0"),
  ),
  rule(
    lambdas,
    'the count of proxy addresses',
    givenGroup('g', 'filter-lambdas-11', microsoft365),
    givenGroup('plain', 'filter-lambdas-11b'),
    {
      url: "/groups?$filter=startsWith(displayName,'filter-lambdas-11') and proxyAddresses/$count ne 0&$count=true",
      headers: advanced,
      status: 200,
      reply: { '@odata.count': 1, value: [{ id: '{g}' }] },
    },
  ),
  rule(
    lambdas,
    'the count of licences',
    givenUser('u', 'filter-lambdas-12'),
    findsAdvanced("displayName eq 'filter-lambdas-12' and assignedLicenses/$count eq 0"),
  ),
  rule(
    lambdas,
    'not any',
    givenUser('u', 'filter-lambdas-13'),
    givenUser('v', 'filter-lambdas-13b', { otherMails: ['x@filter-lambdas-13.example'] }),
    findsAdvanced(
      "startsWith(displayName,'filter-lambdas-13') and not(otherMails/any(p:p eq 'x@filter-lambdas-13.example'))",
    ),
  ),
  rule(
    lambdas,
    'tags of an application',
    givenApplication('app', 'filter-lambdas-9', { tags: ['filter-lambdas-9'] }),
    {
      url: "/applications?$filter=tags/any(t:t eq 'filter-lambdas-9')",
      status: 200,
      reply: { value: [{ id: '{app}' }] },
    },
  ),
  rule(lambdas, 'service principal names', ...givenServicePrincipal('sp', 'filter-lambdas-10'), {
    url: "/servicePrincipals?$filter=servicePrincipalNames/any(n:n eq '{sp-appId}')",
    status: 200,
    reply: { value: [{ id: '{sp}' }] },
  }),
];

/** A user property with a value, and the filters that find it by default and as advanced query only. */
const byDefault: readonly (readonly [property: string, value: string | boolean])[] = [
  ['city', 'Kiel'],
  ['country', 'Germany'],
  ['department', 'Process'],
  ['givenName', 'Ada'],
  ['jobTitle', 'Engineer'],
  ['mailNickname', 'filter-users-mailNickname'],
  ['state', 'Holstein'],
  ['surname', 'Lindqvist'],
  ['usageLocation', 'DE'],
  ['employeeId', '10042'],
  ['userType', 'Guest'],
];
const byIndex: readonly (readonly [property: string, value: string])[] = [
  ['companyName', 'Nordlicht'],
  ['mobilePhone', '+49 40 555'],
  ['officeLocation', 'HH-3/112'],
  ['postalCode', '24103'],
  ['preferredLanguage', 'de-DE'],
  ['streetAddress', 'Hafenstrasse 1'],
  ['employeeType', 'Contractor'],
];

const literal = (value: string | boolean) =>
  typeof value === 'string' ? encodeURIComponent(`'${value}'`) : String(value);

const userCases: readonly Case[] = [
  ...byDefault.map(([property, value]) =>
    rule(
      users,
      `${property} eq works by default`,
      givenUser('u', `filter-users-${property}`, { [property]: value }),
      finds(`displayName eq 'filter-users-${property}' and ${property} eq ${literal(value)}`),
    ),
  ),
  ...byIndex.map(([property, value]) =>
    rule(
      users,
      `${property} eq works as advanced query`,
      givenUser('u', `filter-users-${property}`, { [property]: value }),
      findsAdvanced(`displayName eq 'filter-users-${property}' and ${property} eq ${literal(value)}`),
    ),
  ),
  ...byIndex.map(([property, value]) =>
    rule(users, `${property} eq is refused by default`, {
      url: `/users?$filter=${property} eq ${literal(value)}`,
      status: 400,
      reply: unsupported,
    }),
  ),
  rule(
    users,
    'userPrincipalName eq',
    givenUser('u', 'filter-users-upn'),
    finds("userPrincipalName eq 'filter-users-upn@nordlicht.example'"),
  ),
  rule(
    users,
    'manager/id eq works by default',
    givenUser('u', 'filter-users-report'),
    givenUser('boss', 'filter-users-boss'),
    setManager('u', 'boss'),
    finds("manager/id eq '{boss}'"),
  ),
  rule(users, 'id eq', givenUser('u', 'filter-users-id'), finds("id eq '{u}'")),
  rule(users, 'id in', givenUser('u', 'filter-users-id-in'), finds("id in ('{u}')")),
  rule(users, 'onPremisesSyncEnabled eq true', givenUser('u', 'filter-users-cloud'), {
    url: "/users?$filter=onPremisesSyncEnabled eq true and displayName eq 'filter-users-cloud'",
    status: 200,
    reply: { value: [] },
  }),
];

const groupCases: readonly Case[] = [
  rule(groups, 'displayName startsWith', givenGroup('g', 'filter-groups-1'), {
    url: "/groups?$filter=startsWith(displayName,'filter-groups-1')",
    status: 200,
    reply: { value: [{ id: '{g}' }] },
  }),
  rule(groups, 'mailNickname eq', givenGroup('g', 'filter-groups-2'), {
    url: "/groups?$filter=mailNickname eq 'filter-groups-2'",
    status: 200,
    reply: { value: [{ id: '{g}' }] },
  }),
  rule(groups, 'securityEnabled eq', givenGroup('g', 'filter-groups-3'), {
    url: "/groups?$filter=securityEnabled eq true and displayName eq 'filter-groups-3'",
    status: 200,
    reply: { value: [{ id: '{g}' }] },
  }),
  rule(groups, 'mailEnabled eq', givenGroup('g', 'filter-groups-4', microsoft365), {
    url: "/groups?$filter=mailEnabled eq true and displayName eq 'filter-groups-4'",
    status: 200,
    reply: { value: [{ id: '{g}' }] },
  }),
  rule(groups, 'description startsWith is refused by default', {
    url: "/groups?$filter=startsWith(description,'x')",
    status: 400,
    reply: unsupported,
  }),
  rule(
    groups,
    'description startsWith works as advanced query',
    givenGroup('g', 'filter-groups-5', { description: 'filter-groups-5 and more' }),
    {
      url: "/groups?$filter=startsWith(description,'filter-groups-5')&$count=true",
      headers: advanced,
      status: 200,
      reply: { '@odata.count': 1, value: [{ id: '{g}' }] },
    },
  ),
  rule(
    groups,
    'groups that are not of a type',
    givenGroup('g', 'filter-groups-6'),
    givenGroup('team', 'filter-groups-6b', microsoft365),
    {
      url: "/groups?$filter=startsWith(displayName,'filter-groups-6') and not(groupTypes/any(c:c eq 'Unified'))&$count=true",
      headers: advanced,
      status: 200,
      reply: { '@odata.count': 1, value: [{ id: '{g}' }] },
    },
  ),
  rule(
    groups,
    'hasMembersWithLicenseErrors can be filtered and is not returned',
    givenGroup('g', 'filter-groups-7'),
    {
      url: '/groups?$filter=hasMembersWithLicenseErrors eq true',
      status: 200,
      reply: { value: lacking({ id: '{g}' }) },
    },
  ),
];

const otherCases: readonly Case[] = [
  rule(others, 'applications by appId', givenApplication('app', 'filter-others-1'), {
    url: "/applications?$filter=appId eq '{app-appId}'",
    status: 200,
    reply: { value: [{ id: '{app}', appId: '{app-appId}' }] },
  }),
  rule(others, 'applications by displayName startsWith', givenApplication('app', 'filter-others-2'), {
    url: "/applications?$filter=startsWith(displayName,'filter-others-2')",
    status: 200,
    reply: { value: [{ id: '{app}' }] },
  }),
  rule(others, 'service principals by displayName', ...givenServicePrincipal('sp', 'filter-others-3'), {
    url: "/servicePrincipals?$filter=displayName eq 'filter-others-3'",
    status: 200,
    reply: { value: [{ id: '{sp}' }] },
  }),
  rule(others, 'service principals by accountEnabled', ...givenServicePrincipal('sp', 'filter-others-4'), {
    url: "/servicePrincipals?$filter=accountEnabled eq true and displayName eq 'filter-others-4'",
    status: 200,
    reply: { value: [{ id: '{sp}' }] },
  }),
  rule(
    others,
    'devices by deviceId',
    givenDevice('device', 'filter-others-5', '4c299165-6e8f-4b45-a5ba-000000000305'),
    {
      url: "/devices?$filter=deviceId eq '4c299165-6e8f-4b45-a5ba-000000000305'",
      status: 200,
      reply: { value: [{ id: '{device}' }] },
    },
  ),
  rule(
    others,
    'devices by operating system',
    givenDevice('device', 'filter-others-6', '4c299165-6e8f-4b45-a5ba-000000000306'),
    {
      url: "/devices?$filter=operatingSystem eq 'Windows' and displayName eq 'filter-others-6'",
      status: 200,
      reply: { value: [{ id: '{device}' }] },
    },
  ),
  rule(others, 'contacts by companyName is refused by default', {
    url: "/contacts?$filter=companyName eq 'Fabrik AG'",
    status: 400,
    reply: unsupported,
  }),
  rule(others, 'directory roles by template', {
    url: "/directoryRoles?$filter=roleTemplateId eq '62e90394-69f5-4237-9190-012177145e10'",
    status: 200,
    reply: { value: [{ displayName: 'Global Administrator' }] },
  }),
  rule(others, 'administrative units by description is refused by default', {
    url: "/directory/administrativeUnits?$filter=description eq 'x'",
    status: 400,
    reply: unsupported,
  }),
];

const refusedCases: readonly Case[] = [
  rule(refused, 'passwordPolicies knows no eq', {
    url: "/users?$filter=passwordPolicies eq 'None'&$count=true",
    headers: advanced,
    status: 400,
    reply: unsupported,
  }),
  rule(refused, 'userPrincipalName knows no null', {
    url: '/users?$filter=userPrincipalName eq null&$count=true',
    headers: advanced,
    status: 400,
    reply: unsupported,
  }),
  rule(refused, 'extension attributes know no startsWith', {
    url: "/users?$filter=startsWith(onPremisesExtensionAttributes/extensionAttribute1,'A')&$count=true",
    headers: advanced,
    status: 400,
    reply: unsupported,
  }),
  rule(refused, 'a property that is not indexed is refused', {
    url: "/users?$filter=aboutMe eq 'x'",
    status: 400,
    reply: unsupported,
  }),
  rule(refused, 'displayName knows no endsWith', {
    url: "/users?$filter=endsWith(displayName,'x')&$count=true",
    headers: advanced,
    status: 400,
    reply: unsupported,
  }),
  rule(refused, 'a collection is not compared like a single value', {
    url: "/users?$filter=proxyAddresses eq 'x'&$count=true",
    headers: advanced,
    status: 400,
  }),
  rule(refused, 'a function that does not exist is refused', {
    url: "/users?$filter=soundsLike(displayName,'x')",
    status: 400,
  }),
];

const found = (query: string, reply: Case['steps'][number]['reply'], collection = 'users') => ({
  url: `/${collection}?$search=${encodeURIComponent(query)}&$select=id`,
  headers: advanced,
  status: 200,
  ...(reply === undefined ? {} : { reply }),
});
const one = { value: [{ id: '{u}' }] };
const none = { value: [] };

const searchCases: readonly Case[] = [
  rule(
    search,
    'display names are matched word by word',
    givenUser('u', 'search-1', { displayName: 'Wilhelmine Ottokar' }),
    found('"displayName:ottokar"', one),
  ),
  rule(
    search,
    'a word is matched by its beginning',
    givenUser('u', 'search-2', { displayName: 'Theodolinde Quint' }),
    found('"displayName:theod"', one),
  ),
  rule(
    search,
    'a word is not matched by its middle',
    givenUser('u', 'search-3', { displayName: 'Xanthippe Zorn' }),
    found('"displayName:thippe"', none),
  ),
  rule(
    search,
    'every word must match',
    givenUser('u', 'search-4', { displayName: 'Balduin Fesenmair' }),
    found('"displayName:balduin fesen"', one),
    found('"displayName:balduin none"', none),
  ),
  rule(
    search,
    'the order of the words does not matter',
    givenUser('u', 'search-5', { displayName: 'Gundula Hastenrath' }),
    found('"displayName:hasten gund"', one),
  ),
  rule(
    search,
    'case does not matter',
    givenUser('u', 'search-6', { displayName: 'Kunigunde Traut' }),
    found('"displayName:KUNIGUNDE"', one),
  ),
  rule(
    search,
    'words are split at punctuation',
    givenUser('u', 'search-7', { displayName: 'vesuv-krater_rand' }),
    found('"displayName:krater"', one),
  ),
  rule(
    search,
    'words are split where case changes',
    givenUser('u', 'search-8', { displayName: 'PlutoNeptun' }),
    found('"displayName:neptun"', one),
  ),
  rule(
    search,
    'words are split at digits',
    givenUser('u', 'search-9', { displayName: 'Saturn4711' }),
    found('"displayName:4711"', one),
  ),
  rule(
    search,
    'other properties are matched by their beginning',
    givenUser('u', 'search-10-upn'),
    found('"userPrincipalName:search-10"', one),
    found('"userPrincipalName:upn"', none),
  ),
  rule(
    search,
    'descriptions of groups are matched word by word',
    givenGroup('u', 'search-11', { description: 'Freunde des Leuchtturms' }),
    found('"description:leuchtturm"', one, 'groups'),
  ),
  rule(search, 'nothing found is an empty list', found('"displayName:qqqqqq"', none)),
];

const searchingCases: readonly Case[] = [
  rule(
    searching,
    'clauses are joined by OR',
    givenUser('u', 'search-20', { displayName: 'Ottilie Merkur' }),
    found('"displayName:qqqqqq" OR "displayName:ottilie"', one),
  ),
  rule(
    searching,
    'clauses are joined by AND',
    givenUser('u', 'search-21', { displayName: 'Amalie Uranus' }),
    found('"displayName:amalie" AND "displayName:uranus"', one),
    found('"displayName:amalie" AND "displayName:qqqqqq"', none),
  ),
  rule(searching, 'a clause without quotes is refused', {
    url: '/users?$search=displayName:ada',
    headers: advanced,
    status: 400,
  }),
  rule(
    searching,
    '$search needs no $count=true',
    givenUser('u', 'search-22', { displayName: 'Leopoldine Ceres' }),
    found('"displayName:leopoldine"', one),
  ),
  rule(
    searching,
    '$search with $count=true counts what is found',
    givenUser('u', 'search-23', { displayName: 'Hannibal Pallas' }),
    {
      url: '/users?$search="displayName:hannibal"&$count=true',
      headers: advanced,
      status: 200,
      reply: { '@odata.count': 1, value: [{ id: '{u}' }] },
    },
  ),
  rule(
    searching,
    '$search and $filter must both hold',
    givenUser('u', 'search-24', { displayName: 'Isolde Juno', department: 'Process' }),
    givenUser('v', 'search-25', { displayName: 'Isolde Vesta', department: 'Sales' }),
    {
      url: '/users?$search="displayName:isolde"&$filter=department eq \'Process\'',
      headers: advanced,
      status: 200,
      reply: { value: [{ id: '{u}' }] },
    },
  ),
  rule(
    searching,
    '$search with $orderby',
    givenUser('b', 'search-26', { displayName: 'Tristan B' }),
    givenUser('a', 'search-27', { displayName: 'Tristan A' }),
    {
      url: '/users?$search="displayName:tristan"&$orderby=displayName&$count=true&$select=id',
      headers: advanced,
      status: 200,
      reply: { value: [{ id: '{a}' }, { id: '{b}' }] },
    },
  ),
  rule(
    searching,
    'what is found comes in pages',
    ...['a', 'b', 'c'].map((name) =>
      givenUser(name, `search-30-${name}`, { displayName: `Eduard Oberon ${name}` }),
    ),
    {
      url: '/users?$search="displayName:oberon"&$top=2&$select=id',
      headers: advanced,
      followed: true,
      status: 200,
      reply: { value: containing({ id: '{a}' }, { id: '{b}' }, { id: '{c}' }), pages: 2 },
    },
  ),
  rule(
    searching,
    'the number of what is found',
    givenUser('u', 'search-31', { displayName: 'Philippine Titania' }),
    { url: '/users/$count?$search="displayName:titania"', headers: advanced, status: 200, reply: '1' },
  ),
  rule(
    searching,
    'members of a group can be searched',
    givenGroup('g', 'search-28'),
    givenUser('u', 'search-29', { displayName: 'Rosamunde Ariel' }),
    {
      method: 'POST',
      url: '/groups/{g}/members/$ref',
      body: { '@odata.id': '{root}/directoryObjects/{u}' },
      status: 204,
    },
    {
      url: '/groups/{g}/members?$search="displayName:rosamunde"&$count=true',
      headers: advanced,
      status: 200,
      reply: { value: [{ id: '{u}' }] },
    },
  ),
];

export const cases: readonly Case[] = [
  ...operatorCases,
  ...literalCases,
  ...lambdaCases,
  ...userCases,
  ...groupCases,
  ...otherCases,
  ...refusedCases,
  ...searchCases,
  ...searchingCases,
];
