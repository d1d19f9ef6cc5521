// Query options and advanced queries: spelling of options, what needs the index, unknown names, $orderby, $expand.

import { absent, anyNumber, anyString, type Case, containing, counting, exactKeys } from './case.ts';
import {
  advanced,
  givenApplication,
  givenDevice,
  givenGroup,
  givenServicePrincipal,
  givenUnit,
  givenUser,
  link,
  rule,
  setManager,
} from './given.ts';

const spelling = 'Query parameters: spelling';
const unknown = 'Query parameters: unknown properties';
const select = 'Query parameters: $select';
const order = 'Query parameters: $orderby';
const expand = 'Query parameters: $expand';
const count = 'Advanced queries: $count';
const needs = 'Advanced queries: what needs ConsistencyLevel';
const works = 'Advanced queries: with ConsistencyLevel';

const unsupported = { error: { code: 'Request_UnsupportedQuery', message: anyString } };

const spellingCases: readonly Case[] = [
  rule(spelling, 'options may be percent-encoded', givenUser('u', 'query-spelling-1'), {
    url: '/users/{u}?%24select=id%2CdisplayName',
    status: 200,
    reply: { id: '{u}', displayName: 'query-spelling-1', mail: absent },
  }),
  rule(spelling, 'the dollar sign of an option may be missing', givenUser('u', 'query-spelling-2'), {
    url: "/users?filter=displayName eq 'query-spelling-2'&select=id&top=5",
    status: 200,
    reply: { value: [{ id: '{u}', displayName: absent }] },
  }),
  rule(spelling, 'names of options are matched in any case', givenUser('u', 'query-spelling-3'), {
    url: "/users?$FILTER=displayName eq 'query-spelling-3'&$Select=id&$Top=5",
    status: 200,
    reply: { value: [{ id: '{u}', displayName: absent }] },
  }),
  rule(spelling, 'a plus sign stands for a space', givenUser('u', 'query-spelling-4'), {
    url: "/users?$filter=displayName+eq+'query-spelling-4'",
    status: 200,
    reply: { value: [{ id: '{u}' }] },
  }),
  rule(spelling, 'a percent-encoded filter is decoded', givenUser('u', 'query-spelling-5'), {
    url: '/users?$filter=displayName%20eq%20%27query-spelling-5%27',
    status: 200,
    reply: { value: [{ id: '{u}' }] },
  }),
  rule(spelling, 'spaces after commas of $select are tolerated', givenUser('u', 'query-spelling-6'), {
    url: '/users/{u}?$select=id, displayName',
    status: 200,
    reply: { id: '{u}', displayName: 'query-spelling-6' },
  }),
  rule(
    spelling,
    'the quote inside a literal is doubled',
    givenUser('u', 'query-spelling-7', { surname: "O'Brien" }),
    {
      url: "/users?$filter=surname eq 'O''Brien' and displayName eq 'query-spelling-7'",
      status: 200,
      reply: { value: [{ id: '{u}', surname: "O'Brien" }] },
    },
  ),
  rule(spelling, 'a filter that cannot be read is refused', {
    url: '/users?$filter=displayName eq',
    status: 400,
    reply: { error: { message: anyString } },
  }),
  rule(spelling, 'a literal without its closing quote is refused', {
    url: "/users?$filter=displayName eq 'x",
    status: 400,
  }),
];

const missingProperty = {
  error: {
    code: 'Request_UnsupportedQuery',
    message: "Property 'fooBar' does not exist as a declared property or extension property.",
  },
};
const openTypes = [
  'users',
  'groups',
  'applications',
  'servicePrincipals',
  'devices',
  'contacts',
  'directory/administrativeUnits',
];

const unknownCases: readonly Case[] = [
  ...openTypes.map((collection) =>
    rule(unknown, `$select of ${collection} names the property that does not exist`, {
      url: `/${collection}?$select=id,fooBar`,
      status: 400,
      reply: missingProperty,
    }),
  ),
  rule(unknown, '$filter names the property that does not exist', {
    url: "/users?$filter=fooBar eq 'x'",
    status: 400,
    reply: missingProperty,
  }),
  rule(unknown, '$filter on groups names the property that does not exist', {
    url: "/groups?$filter=fooBar eq 'x'",
    status: 400,
    reply: missingProperty,
  }),
  rule(
    unknown,
    '$select of a single object names the property that does not exist',
    givenUser('u', 'query-unknown-1'),
    { url: '/users/{u}?$select=fooBar', status: 400, reply: missingProperty },
  ),
  rule(
    unknown,
    '$select of a closed type is refused by the gateway',
    ...givenServicePrincipal('sp', 'query-unknown-2'),
    {
      url: '/servicePrincipals/{sp}/appRoleAssignedTo?$select=fooBar',
      status: 400,
      reply: {
        error: {
          code: 'BadRequest',
          message:
            "Parsing OData Select and Expand failed: Could not find a property named 'fooBar' on type 'microsoft.graph.appRoleAssignment'.",
        },
      },
    },
  ),
];

const selectCases: readonly Case[] = [
  rule(
    select,
    'a list returns the selected properties only',
    givenUser('u', 'query-select-1', { department: 'Process' }),
    {
      url: "/users?$filter=displayName eq 'query-select-1'&$select=id,department",
      status: 200,
      reply: { value: [exactKeys('id', 'department')] },
    },
    {
      url: "/users?$filter=displayName eq 'query-select-1'&$select=id,department",
      reply: {
        '@odata.context': '{root}/$metadata#users(id,department)',
        value: [{ id: '{u}', department: 'Process' }],
      },
    },
  ),
  rule(select, 'a single object returns the selected properties only', givenUser('u', 'query-select-2'), {
    url: '/users/{u}?$select=displayName',
    status: 200,
    reply: {
      '@odata.context': '{root}/$metadata#users(displayName)/$entity',
      displayName: 'query-select-2',
      userPrincipalName: absent,
    },
  }),
  rule(select, 'a selected property without value is null', givenUser('u', 'query-select-3'), {
    url: '/users/{u}?$select=id,department,employeeId',
    status: 200,
    reply: { id: '{u}', department: null, employeeId: null },
  }),
  rule(select, 'a selected collection without values is empty', givenUser('u', 'query-select-4'), {
    url: '/users/{u}?$select=id,otherMails,assignedLicenses',
    status: 200,
    reply: { otherMails: [], assignedLicenses: [] },
  }),
];

const orderCases: readonly Case[] = [
  rule(
    order,
    'users are sorted by display name',
    givenUser('b', '0-query-order-b'),
    givenUser('a', '0-query-order-a'),
    {
      url: '/users?$orderby=displayName&$top=2&$select=id',
      status: 200,
      reply: { value: [{ id: '{a}' }, { id: '{b}' }] },
    },
  ),
  rule(
    order,
    'desc turns the order round',
    givenUser('a', 'zzz-query-order-a'),
    givenUser('b', 'zzz-query-order-b'),
    {
      url: '/users?$orderby=displayName desc&$top=2&$select=id',
      status: 200,
      reply: { value: [{ id: '{b}' }, { id: '{a}' }] },
    },
  ),
  rule(order, 'asc may be written', {
    url: '/users?$orderby=displayName asc&$top=2&$select=id',
    status: 200,
  }),
  rule(order, 'users are sorted by user principal name', {
    url: '/users?$orderby=userPrincipalName&$top=2&$select=id',
    status: 200,
  }),
  rule(
    order,
    'groups are sorted by display name',
    givenGroup('b', '0-query-order-gb'),
    givenGroup('a', '0-query-order-ga'),
    {
      url: '/groups?$orderby=displayName&$top=2&$select=id',
      status: 200,
      reply: { value: [{ id: '{a}' }, { id: '{b}' }] },
    },
  ),
  ...['applications', 'servicePrincipals', 'devices', 'contacts', 'directory/administrativeUnits'].map(
    (collection) =>
      rule(order, `${collection} are sorted by display name`, {
        url: `/${collection}?$orderby=displayName&$top=2&$select=id`,
        status: 200,
        reply: { value: counting(0, 2) },
      }),
  ),
  rule(order, 'applications are sorted by creation time', {
    url: '/applications?$orderby=createdDateTime&$top=2&$select=id',
    status: 200,
  }),
  rule(order, 'devices are sorted by last sign-in', {
    url: '/devices?$orderby=approximateLastSignInDateTime&$top=2&$select=id',
    status: 200,
  }),
  rule(order, 'an order by a property that cannot be sorted is refused', {
    url: '/users?$orderby=city',
    status: 400,
    reply: unsupported,
  }),
  rule(order, 'a filter with an order is refused without ConsistencyLevel', {
    url: "/users?$filter=startsWith(displayName,'a')&$orderby=displayName",
    status: 400,
    reply: unsupported,
  }),
  rule(
    order,
    'a filter with an order works as advanced query',
    givenUser('b', 'query-order-1-b'),
    givenUser('a', 'query-order-1-a'),
    {
      url: "/users?$filter=startsWith(displayName,'query-order-1-')&$orderby=displayName desc&$count=true&$select=id",
      headers: advanced,
      status: 200,
      reply: { '@odata.count': 2, value: [{ id: '{b}' }, { id: '{a}' }] },
    },
  ),
  rule(
    order,
    'an order on a relationship list is refused without ConsistencyLevel',
    givenGroup('g', 'query-order-2'),
    {
      url: '/groups/{g}/members?$orderby=displayName',
      status: 400,
      reply: {
        error: { code: 'Request_UnsupportedQuery', message: 'Sorting not supported for current query.' },
      },
    },
  ),
  rule(
    order,
    'an order on a relationship list works as advanced query',
    givenGroup('g', 'query-order-3'),
    givenUser('b', 'query-order-3-b'),
    givenUser('a', 'query-order-3-a'),
    link('/groups/{g}/members', 'b'),
    link('/groups/{g}/members', 'a'),
    {
      url: '/groups/{g}/members?$orderby=displayName&$count=true&$select=id',
      headers: advanced,
      status: 200,
      reply: { '@odata.count': 2, value: [{ id: '{a}' }, { id: '{b}' }] },
    },
  ),
];

const expandCases: readonly Case[] = [
  rule(
    expand,
    'the manager of a user can be expanded',
    givenUser('u', 'query-expand-1'),
    givenUser('boss', 'query-expand-2'),
    setManager('u', 'boss'),
    {
      url: '/users/{u}?$expand=manager',
      status: 200,
      reply: {
        id: '{u}',
        manager: { '@odata.type': '#microsoft.graph.user', id: '{boss}', displayName: 'query-expand-2' },
      },
    },
  ),
  rule(
    expand,
    'the expanded object can be reduced by an inner $select',
    givenUser('u', 'query-expand-3'),
    givenUser('boss', 'query-expand-4'),
    setManager('u', 'boss'),
    {
      url: '/users/{u}?$select=id&$expand=manager($select=id,displayName)',
      status: 200,
      reply: { id: '{u}', manager: { id: '{boss}', displayName: 'query-expand-4', mail: absent } },
    },
  ),
  rule(expand, 'a user without manager has no manager after expansion', givenUser('u', 'query-expand-5'), {
    url: '/users/{u}?$select=id&$expand=manager',
    status: 200,
    reply: { id: '{u}', manager: absent },
  }),
  rule(
    expand,
    'memberships of a user can be expanded',
    givenUser('u', 'query-expand-6'),
    givenGroup('g', 'query-expand-7'),
    link('/groups/{g}/members', 'u'),
    {
      url: '/users/{u}?$expand=memberOf',
      status: 200,
      reply: { memberOf: [{ '@odata.type': '#microsoft.graph.group', id: '{g}' }] },
    },
  ),
  rule(
    expand,
    'owners of a group can be expanded',
    givenUser('u', 'query-expand-8'),
    givenGroup('g', 'query-expand-9'),
    link('/groups/{g}/owners', 'u'),
    { url: '/groups/{g}?$expand=owners', status: 200, reply: { owners: [{ id: '{u}' }] } },
  ),
  rule(expand, 'an empty relationship expands to an empty list', givenGroup('g', 'query-expand-10'), {
    url: '/groups/{g}?$expand=members',
    status: 200,
    reply: { members: [] },
  }),
  rule(
    expand,
    'a list can be expanded',
    givenUser('u', 'query-expand-11'),
    givenUser('boss', 'query-expand-12'),
    setManager('u', 'boss'),
    {
      url: "/users?$filter=displayName eq 'query-expand-11'&$expand=manager",
      status: 200,
      reply: { value: [{ id: '{u}', manager: { id: '{boss}' } }] },
    },
  ),
  rule(expand, 'two relationships in one query are refused', {
    url: '/groups?$expand=members,owners',
    status: 400,
  }),
  rule(expand, 'a second level is refused', {
    url: '/groups?$expand=members($expand=memberOf)',
    status: 400,
  }),
  rule(expand, 'a filter inside is refused', {
    url: "/groups?$expand=members($filter=displayName eq 'x')",
    status: 400,
  }),
  ...[
    ['users', 'joinedTeams'],
    ['users', 'chats'],
    ['users', 'onPremisesSyncBehavior'],
    ['groups', 'onPremisesSyncBehavior'],
  ].map(([collection, property]) =>
    rule(expand, `${property} of ${collection} cannot be expanded`, {
      url: `/${collection}?$expand=${property}`,
      status: 400,
      reply: {
        error: {
          code: 'ExpandNotSupported',
          message: /^Expand is not allowed for property '.+' according to the entity schema\.$/,
        },
      },
    }),
  ),
  rule(expand, 'a relationship that does not exist is refused', {
    url: '/users?$expand=fooBar',
    status: 400,
  }),
];

const countCases: readonly Case[] = [
  rule(count, 'the number of a collection is plain text', {
    url: '/users/$count',
    headers: advanced,
    status: 200,
    replyHeaders: { 'Content-Type': /^text\/plain/ },
    reply: /^\d+$/,
  }),
  ...[
    'groups',
    'devices',
    'applications',
    'servicePrincipals',
    'contacts',
    'directory/administrativeUnits',
  ].map((collection) =>
    rule(count, `/${collection}/$count counts with ConsistencyLevel`, {
      url: `/${collection}/$count`,
      headers: advanced,
      status: 200,
      reply: /^\d+$/,
    }),
  ),
  rule(count, 'without ConsistencyLevel the number is refused', {
    url: '/users/$count',
    status: 400,
    reply: { error: { code: 'Request_BadRequest', message: '$count is not currently supported.' } },
  }),
  rule(
    count,
    'the number of a filtered collection',
    givenUser('a', 'query-count-1', { department: 'query-count' }),
    givenUser('b', 'query-count-2', { department: 'query-count' }),
    { url: "/users/$count?$filter=department eq 'query-count'", headers: advanced, status: 200, reply: '2' },
  ),
  rule(
    count,
    'the number of members',
    givenGroup('g', 'query-count-3'),
    givenUser('u', 'query-count-4'),
    link('/groups/{g}/members', 'u'),
    { url: '/groups/{g}/members/$count', headers: advanced, status: 200, reply: '1' },
  ),
  rule(
    count,
    'the number of transitive members',
    givenGroup('g', 'query-count-5'),
    givenGroup('inner', 'query-count-6'),
    givenUser('u', 'query-count-7'),
    link('/groups/{g}/members', 'inner'),
    link('/groups/{inner}/members', 'u'),
    { url: '/groups/{g}/transitiveMembers/$count', headers: advanced, status: 200, reply: '2' },
  ),
  rule(
    count,
    'the number of members of one type',
    givenGroup('g', 'query-count-8'),
    givenGroup('inner', 'query-count-9'),
    givenUser('u', 'query-count-10'),
    link('/groups/{g}/members', 'inner'),
    link('/groups/{g}/members', 'u'),
    { url: '/groups/{g}/members/microsoft.graph.user/$count', headers: advanced, status: 200, reply: '1' },
  ),
  rule(count, '$count=true adds the number of all objects that match', givenUnit('a', 'query-count-11'), {
    url: "/directory/administrativeUnits?$filter=displayName eq 'query-count-11'&$count=true",
    headers: advanced,
    status: 200,
    reply: { '@odata.count': 1, value: [{ id: '{a}' }] },
  }),
  rule(
    count,
    '$count=true on members',
    givenGroup('g', 'query-count-12'),
    givenUser('u', 'query-count-13'),
    link('/groups/{g}/members', 'u'),
    {
      url: '/groups/{g}/members?$count=true',
      headers: advanced,
      status: 200,
      reply: { '@odata.count': 1, value: [{ id: '{u}' }] },
    },
  ),
];

/** Each filter that only the index answers, with users it is asked of. */
const indexed: readonly (readonly [rule: string, filter: string])[] = [
  ['ne', "displayName ne 'x'"],
  ['not', "not(displayName eq 'x')"],
  ['endsWith', "endsWith(mail,'@nordlicht.example')"],
  ['eq null', 'mail eq null'],
  ['a count of a collection', 'assignedLicenses/$count eq 0'],
  ['companyName', "companyName eq 'Nordlicht GmbH'"],
  ['officeLocation with startsWith', "startsWith(officeLocation,'HH')"],
  ['mobilePhone', "mobilePhone eq '+49 40 1'"],
  ['businessPhones', "businessPhones/any(p:p eq '+49 40 5550110')"],
  ['employeeHireDate', 'employeeHireDate ge 2023-01-01T00:00:00Z'],
  ['employeeType', "employeeType eq 'Employee'"],
  ['onPremisesExtensionAttributes', "onPremisesExtensionAttributes/extensionAttribute1 eq 'A-17'"],
  ['employeeOrgData', "employeeOrgData/costCenter eq '4711'"],
];

const needsCases: readonly Case[] = [
  ...indexed.flatMap(([what, filter]) => [
    rule(needs, `${what} is refused without`, {
      url: `/users?$filter=${filter}`,
      status: 400,
      reply: unsupported,
    }),
    rule(works, `${what} is answered`, {
      url: `/users?$filter=${filter}&$count=true&$top=1`,
      headers: advanced,
      status: 200,
      reply: { '@odata.count': anyNumber },
    }),
  ]),
  rule(needs, '$search is refused without', {
    url: '/users?$search="displayName:ada"',
    status: 400,
    reply: {
      error: {
        code: 'Request_UnsupportedQuery',
        message:
          "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'",
      },
    },
  }),
  rule(needs, 'a filter on a relationship list is refused without', givenGroup('g', 'query-needs-1'), {
    url: "/groups/{g}/members?$filter=displayName eq 'x'",
    status: 400,
    reply: {
      error: {
        code: 'Request_UnsupportedQuery',
        message: 'The specified filter to the reference property query is currently not supported.',
      },
    },
  }),
  rule(needs, 'the header without $count=true does not make a filter an advanced query', {
    url: "/users?$filter=displayName ne 'x'",
    headers: advanced,
    status: 400,
    reply: unsupported,
  }),
  rule(needs, '$count=true without the header does not make a filter an advanced query', {
    url: "/users?$filter=displayName ne 'x'&$count=true",
    status: 400,
    reply: unsupported,
  }),
  rule(needs, 'the description of groups is refused without', {
    url: "/groups?$filter=description eq 'x'",
    status: 400,
    reply: unsupported,
  }),
  rule(
    works,
    'the description of groups is answered',
    givenGroup('g', 'query-works-1', { description: 'query-works' }),
    {
      url: "/groups?$filter=description eq 'query-works'&$count=true",
      headers: advanced,
      status: 200,
      reply: { '@odata.count': 1, value: [{ id: '{g}' }] },
    },
  ),
  rule(works, 'the header name is matched in any case', givenUser('u', 'query-works-2'), {
    url: "/users?$filter=startsWith(displayName,'query-works-2') and userType ne 'Guest'&$count=true",
    headers: { consistencylevel: 'eventual' },
    status: 200,
    reply: { value: [{ id: '{u}' }] },
  }),
  rule(
    works,
    'a filter on a relationship list',
    givenGroup('g', 'query-works-3'),
    givenUser('a', 'query-works-4'),
    givenUser('b', 'query-works-5'),
    link('/groups/{g}/members', 'a'),
    link('/groups/{g}/members', 'b'),
    {
      url: "/groups/{g}/members?$filter=startsWith(displayName,'query-works-4')&$count=true",
      headers: advanced,
      status: 200,
      reply: { '@odata.count': 1, value: containing({ id: '{a}' }) },
    },
  ),
  rule(works, 'applications without a given property', givenApplication('app', 'query-works-6'), {
    url: "/applications?$filter=displayName eq 'query-works-6' and serviceManagementReference eq null&$count=true",
    headers: advanced,
    status: 200,
    reply: { '@odata.count': 1, value: [{ id: '{app}' }] },
  }),
  rule(
    works,
    'devices whose name is another',
    givenDevice('device', 'query-works-7', '4c299165-6e8f-4b45-a5ba-000000000201'),
    {
      url: "/devices?$filter=startsWith(displayName,'query-works-7') and operatingSystem ne 'Linux'&$count=true",
      headers: advanced,
      status: 200,
      reply: { '@odata.count': 1, value: [{ id: '{device}' }] },
    },
  ),
];

export const cases: readonly Case[] = [
  ...spellingCases,
  ...unknownCases,
  ...selectCases,
  ...orderCases,
  ...expandCases,
  ...countCases,
  ...needsCases,
];
