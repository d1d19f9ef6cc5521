// Paging: page sizes of every collection, next links, and what a client has to send again on the next page.

import { absent, anyNumber, anyString, type Case, containing, counting, lacking, type Step } from './case.ts';
import { advanced, givenGroup, givenUser, link, patch, rule, setManager } from './given.ts';

/** More users than one page of the largest size takes. */
export const tenant = { users: 1_100, seed: 7 };

const sizes = 'Paging: page size';
const links = 'Paging: next link';
const counts = 'Paging: $count';
const conditions = 'Paging: conditions of a page token';
const whole = 'Paging: collections without pages';
const expanded = 'Paging: $expand';

const pageSizeError = (size: string) => ({
  error: {
    code: 'Request_UnsupportedQuery',
    message: `Invalid page size specified: '${size}'. Must be between 1 and 999 inclusive.`,
  },
});

const bounded = [
  '/users',
  '/groups',
  '/devices',
  '/applications',
  '/servicePrincipals',
  '/contacts',
  '/directory/administrativeUnits',
  '/directory/deletedItems/microsoft.graph.user',
  '/directory/deletedItems/microsoft.graph.group',
  '/oauth2PermissionGrants',
];

const relationships = ['members', 'owners', 'transitiveMembers', 'memberOf'];

/** `{g}` with 120 of the generated users as members, more than the default page. */
const names = Array.from({ length: 120 }, (_, index) => `m${index}`);
const givenMembers = (alias: string): readonly Step[] => [
  givenGroup('g', alias),
  {
    url: '/users?$select=id&$top=120',
    capture: Object.fromEntries(names.map((name, index) => [name, `value.${index}.id`])),
  },
  ...Array.from({ length: 6 }, (_, batch) =>
    patch('/groups/{g}', {
      'members@odata.bind': names
        .slice(batch * 20, batch * 20 + 20)
        .map((name) => `{root}/directoryObjects/{${name}}`),
    }),
  ),
];

/** Five users of one department, found by that department alone. */
const givenDepartment = (department: string): readonly Step[] =>
  ['a', 'b', 'c', 'd', 'e'].map((name) => givenUser(name, `${department}-${name}`, { department }));

const sizeCases: readonly Case[] = [
  rule(sizes, 'users come 100 at a time by default', {
    url: '/users',
    status: 200,
    reply: { value: counting(100), '@odata.nextLink': anyString },
  }),
  rule(sizes, '$top sets the page size', {
    url: '/users?$top=7',
    status: 200,
    reply: { value: counting(7), '@odata.nextLink': anyString },
  }),
  rule(sizes, '$top=1 is the smallest page', {
    url: '/users?$top=1',
    status: 200,
    reply: { value: counting(1), '@odata.nextLink': anyString },
  }),
  rule(sizes, '$top=999 is the largest page', {
    url: '/users?$top=999&$select=id',
    status: 200,
    reply: { value: counting(999), '@odata.nextLink': anyString },
  }),
  ...bounded.map((collection) =>
    rule(sizes, `a page of ${collection} holds at most 999`, {
      url: `${collection}?$top=1000`,
      status: 400,
      reply: pageSizeError('1000'),
    }),
  ),
  ...bounded.slice(0, 8).map((collection) =>
    rule(sizes, `${collection} takes $top=999`, {
      url: `${collection}?$top=999&$select=id`,
      status: 200,
      reply: { value: counting(0, 999) },
    }),
  ),
  ...relationships.map((relationship) =>
    rule(
      sizes,
      `a page of a group's ${relationship} holds at most 999`,
      givenGroup('g', `paging-${relationship}`),
      {
        url: `/groups/{g}/${relationship}?$top=1000`,
        status: 400,
        reply: pageSizeError('1000'),
      },
    ),
  ),
  rule(sizes, '$top=0 is refused', { url: '/users?$top=0', status: 400, reply: pageSizeError('0') }),
  rule(sizes, 'a negative $top is refused', { url: '/users?$top=-1', status: 400 }),
  rule(sizes, 'a $top that is no number is refused', { url: '/users?$top=many', status: 400 }),
  rule(sizes, 'members of a group come 100 at a time by default', ...givenMembers('paging-members-1'), {
    url: '/groups/{g}/members?$select=id',
    status: 200,
    reply: { value: counting(100), '@odata.nextLink': /^{root}\/groups\/{g}\/members\?/ },
  }),
  rule(
    sizes,
    'transitive members of a group come 100 at a time by default',
    ...givenMembers('paging-members-2'),
    {
      url: '/groups/{g}/transitiveMembers?$select=id',
      status: 200,
      reply: { value: counting(100), '@odata.nextLink': anyString },
    },
  ),
  rule(sizes, '$top sets the page size of members', ...givenMembers('paging-members-3'), {
    url: '/groups/{g}/members?$top=50',
    followed: true,
    status: 200,
    reply: { value: counting(120), pages: 3 },
  }),
  rule(sizes, 'signInActivity makes pages of at most 500', {
    url: '/users?$select=id,signInActivity&$top=999',
    status: 200,
    reply: { value: counting(1, 500) },
  }),
];

const linkCases: readonly Case[] = [
  rule(links, 'the next link is absolute and keeps the options of the request', {
    url: '/users?$select=id,displayName&$top=10',
    status: 200,
    reply: {
      '@odata.nextLink': /^{root}\/users\?(?=.*\$select=id,displayName)(?=.*\$top=10)(?=.*\$skiptoken=RFNwd)/,
    },
  }),
  rule(links, 'the last page has no next link', ...givenDepartment('paging-links-1'), {
    url: "/users?$filter=department eq 'paging-links-1'",
    status: 200,
    reply: { value: counting(5), '@odata.nextLink': absent },
  }),
  rule(
    links,
    'following next links gives every object once',
    ...givenDepartment('paging-links-2'),
    {
      url: "/users?$filter=department eq 'paging-links-2'&$top=2&$select=id",
      followed: true,
      status: 200,
      reply: {
        value: containing({ id: '{a}' }, { id: '{b}' }, { id: '{c}' }, { id: '{d}' }, { id: '{e}' }),
        '@odata.nextLink': absent,
      },
    },
    {
      url: "/users?$filter=department eq 'paging-links-2'&$top=2",
      followed: true,
      reply: { value: counting(5) },
    },
  ),
  rule(
    links,
    'the next page keeps the filter and the selected properties',
    ...givenDepartment('paging-links-3'),
    {
      url: "/users?$filter=department eq 'paging-links-3'&$top=4&$select=id,department",
      status: 200,
      capture: { next: '@odata.nextLink' },
    },
    {
      url: '{next}',
      status: 200,
      reply: {
        value: [{ department: 'paging-links-3', displayName: absent }],
        '@odata.context': '{root}/$metadata#users(id,department)',
      },
    },
  ),
  rule(
    links,
    'options repeated on the next link are tolerated',
    ...givenDepartment('paging-links-4'),
    {
      url: "/users?$filter=department eq 'paging-links-4'&$top=4&$select=id",
      status: 200,
      capture: { next: '@odata.nextLink' },
    },
    {
      url: '{next}&$top=4&$select=id',
      status: 200,
      reply: { value: counting(1) },
    },
  ),
  rule(links, 'the name of the token parameter is matched in any case', {
    url: '/users?$top=1&$skipToken=garbage',
    status: 400,
  }),
  rule(links, 'a token that was never issued is refused', {
    url: '/users?$skiptoken=garbage',
    status: 400,
    reply: { error: { code: anyString } },
  }),
  rule(
    links,
    'a next link can be asked again',
    { url: '/users?$top=3&$select=id', capture: { next: '@odata.nextLink' } },
    { url: '{next}', status: 200, reply: { value: counting(3) }, capture: { first: 'value.0.id' } },
    { url: '{next}', status: 200, reply: { value: containing({ id: '{first}' }) } },
  ),
  rule(links, 'links begin with the version that was asked', {
    url: '//beta/users?$top=1',
    status: 200,
    reply: { '@odata.nextLink': /^{origin}\/beta\/users\?/ },
  }),
  rule(
    links,
    'a list grows by an object that is created between pages without losing another',
    ...givenDepartment('paging-links-5'),
    {
      url: "/users?$filter=department eq 'paging-links-5'&$top=5&$select=id",
      status: 200,
      reply: { value: counting(5) },
    },
    givenUser('f', 'paging-links-5-f', { department: 'paging-links-5' }),
    {
      url: "/users?$filter=department eq 'paging-links-5'&$top=5&$select=id",
      followed: true,
      reply: { value: counting(6), pages: 2 },
    },
  ),
  rule(links, 'pages follow $orderby', ...givenDepartment('paging-links-6'), {
    url: "/users?$filter=startsWith(displayName,'paging-links-6-')&$orderby=displayName&$count=true&$top=2&$select=id,displayName",
    headers: advanced,
    followed: true,
    status: 200,
    reply: {
      value: ['a', 'b', 'c', 'd', 'e'].map((name) => ({ displayName: `paging-links-6-${name}` })),
      pages: 3,
    },
  }),
];

const skiptoken = /\$skiptoken=([^&]+)/;

const tokenCases: readonly Case[] = [
  rule(
    links,
    'the token alone, without the other options of the link, leads to the same page',
    ...givenDepartment('paging-token-1'),
    {
      url: "/users?$filter=department eq 'paging-token-1'&$top=4&$select=id,department",
      status: 200,
      capture: { token: ['@odata.nextLink', skiptoken] },
    },
    {
      url: '/users?$skiptoken={token}',
      status: 200,
      reply: { value: [{ department: 'paging-token-1', displayName: absent }], '@odata.nextLink': absent },
    },
  ),
  rule(
    links,
    'a token that was tampered with is refused',
    { url: '/users?$top=2', status: 200, capture: { token: ['@odata.nextLink', skiptoken] } },
    { url: '/users?$top=2&$skiptoken={token}AAAA', status: 400 },
  ),
  rule(
    links,
    'a token of another collection is refused',
    { url: '/users?$top=2', status: 200, capture: { token: ['@odata.nextLink', skiptoken] } },
    { url: '/groups?$top=2&$skiptoken={token}', status: 400 },
  ),
];

const stability = 'Paging: changes between pages';
const pageOne = (department: string, more = ''): Step => ({
  url: `/users?$filter=department eq '${department}'&$top=2&$select=id${more}`,
  status: 200,
  reply: { value: counting(2) },
  capture: { next: '@odata.nextLink', first: 'value.0.id', second: 'value.1.id' },
});

const stabilityCases: readonly Case[] = [
  rule(
    stability,
    'a deletion on a page that was read does not push another object out',
    ...givenDepartment('paging-stable-1'),
    pageOne('paging-stable-1'),
    { method: 'DELETE', url: '/users/{first}', status: 204 },
    {
      url: '{next}',
      followed: true,
      status: 200,
      reply: { value: counting(3) },
    },
  ),
  rule(
    stability,
    'both objects of a page that was read may be deleted',
    ...givenDepartment('paging-stable-2'),
    pageOne('paging-stable-2'),
    { method: 'DELETE', url: '/users/{first}', status: 204 },
    { method: 'DELETE', url: '/users/{second}', status: 204 },
    {
      url: '{next}',
      followed: true,
      status: 200,
      reply: { value: counting(3) },
    },
  ),
  rule(
    stability,
    'an object that is created meanwhile does not make another come twice',
    ...givenDepartment('paging-stable-3'),
    pageOne('paging-stable-3'),
    givenUser('f', '0-paging-stable-3-f', { department: 'paging-stable-3' }),
    {
      url: '{next}',
      followed: true,
      status: 200,
      reply: { value: lacking({ id: '{first}' }) },
    },
    { url: '{next}', followed: true, reply: { value: lacking({ id: '{second}' }) } },
    { url: '{next}', followed: true, reply: { value: counting(3, 4) } },
  ),
  rule(
    stability,
    'in a sorted list an object created before the place that was reached is not repeated',
    ...givenDepartment('paging-stable-4'),
    {
      url: "/users?$filter=department eq 'paging-stable-4'&$orderby=displayName&$count=true&$top=2&$select=id,displayName",
      headers: advanced,
      status: 200,
      reply: { value: [{ id: '{a}' }, { id: '{b}' }] },
      capture: { next: '@odata.nextLink' },
    },
    givenUser('f', '0-paging-stable-4-f', { department: 'paging-stable-4' }),
    {
      url: '{next}',
      headers: advanced,
      followed: true,
      status: 200,
      reply: { value: [{ id: '{c}' }, { id: '{d}' }, { id: '{e}' }] },
    },
  ),
  rule(
    stability,
    'a member that is removed does not push another out',
    ...givenDepartment('paging-stable-5'),
    givenGroup('g', 'paging-stable-5'),
    ...['a', 'b', 'c', 'd', 'e'].map((name) => link('/groups/{g}/members', name)),
    {
      url: '/groups/{g}/members?$top=2&$select=id',
      status: 200,
      capture: { next: '@odata.nextLink', first: 'value.0.id' },
    },
    { method: 'DELETE', url: '/groups/{g}/members/{first}/$ref', status: 204 },
    { url: '{next}', followed: true, status: 200, reply: { value: counting(3) } },
  ),
  rule(
    stability,
    'a member that is added does not make another come twice',
    ...givenDepartment('paging-stable-6'),
    givenGroup('g', 'paging-stable-6'),
    ...['a', 'b', 'c', 'd'].map((name) => link('/groups/{g}/members', name)),
    {
      url: '/groups/{g}/members?$top=2&$select=id',
      status: 200,
      capture: { next: '@odata.nextLink', first: 'value.0.id', second: 'value.1.id' },
    },
    link('/groups/{g}/members', 'e'),
    { url: '{next}', followed: true, status: 200, reply: { value: lacking({ id: '{first}' }) } },
    { url: '{next}', followed: true, reply: { value: lacking({ id: '{second}' }) } },
  ),
];

const emptyPageCases: readonly Case[] = [
  rule(
    links,
    'an empty page with a next link is not the end',
    ...givenDepartment('paging-empty-1'),
    { method: 'POST', url: '//simulator/faults', body: { kind: 'emptyPage' } },
    {
      url: "/users?$filter=department eq 'paging-empty-1'&$top=5",
      status: 200,
      reply: { value: [], '@odata.nextLink': anyString },
      capture: { next: '@odata.nextLink' },
    },
    { url: '{next}', followed: true, status: 200, reply: { value: counting(5) } },
  ),
];

const countCases: readonly Case[] = [
  rule(counts, 'the first page carries the count', ...givenDepartment('paging-count-1'), {
    url: "/users?$filter=department eq 'paging-count-1'&$count=true&$top=2",
    headers: advanced,
    status: 200,
    reply: { '@odata.count': 5, value: counting(2) },
  }),
  rule(
    counts,
    'later pages carry no count',
    {
      url: '/users?$count=true&$top=2&$select=id',
      headers: advanced,
      status: 200,
      reply: { '@odata.count': anyNumber },
      capture: { next: '@odata.nextLink' },
    },
    {
      url: '{next}',
      headers: advanced,
      status: 200,
      reply: { '@odata.count': absent, value: counting(2) },
    },
  ),
  rule(counts, '$count=true without ConsistencyLevel is ignored', {
    url: '/users?$count=true&$top=2',
    status: 200,
    reply: { '@odata.count': absent, value: counting(2) },
  }),
  rule(counts, '$count=false carries no count', {
    url: '/users?$count=false&$top=2',
    headers: advanced,
    status: 200,
    reply: { '@odata.count': absent },
  }),
];

const conditionCases: readonly Case[] = [
  rule(
    conditions,
    'a next link of an advanced query without ConsistencyLevel is refused',
    {
      url: '/users?$count=true&$top=2&$select=id',
      headers: advanced,
      status: 200,
      capture: { next: '@odata.nextLink' },
    },
    {
      url: '{next}',
      status: 400,
      reply: { error: { code: 'Directory_ExpiredPageToken', message: anyString } },
    },
  ),
  rule(
    conditions,
    'a next link of an advanced query with ConsistencyLevel is answered',
    {
      url: '/users?$count=true&$top=2&$select=id',
      headers: advanced,
      status: 200,
      capture: { next: '@odata.nextLink' },
    },
    {
      url: '{next}',
      headers: advanced,
      status: 200,
      reply: { value: counting(2) },
    },
  ),
  rule(conditions, '$skip is not supported for users', {
    url: '/users?$skip=10',
    status: 400,
    reply: { error: { code: 'Request_BadRequest', message: "'$skip' is not supported by the service." } },
  }),
  rule(conditions, '$skip is not supported for groups', {
    url: '/groups?$skip=10',
    status: 400,
    reply: { error: { code: 'Request_BadRequest', message: "'$skip' is not supported by the service." } },
  }),
];

const wholeCases: readonly Case[] = [
  rule(whole, 'directory roles come without next link', {
    url: '/directoryRoles',
    status: 200,
    reply: { value: containing({ displayName: 'Global Administrator' }), '@odata.nextLink': absent },
  }),
  rule(whole, 'directory role templates come without next link', {
    url: '/directoryRoleTemplates',
    status: 200,
    reply: { value: containing({ id: '62e90394-69f5-4237-9190-012177145e10' }), '@odata.nextLink': absent },
  }),
  rule(whole, 'the organization is a collection of one', {
    url: '/organization',
    status: 200,
    reply: { value: [{ id: '{tenantId}' }], '@odata.nextLink': absent },
  }),
  rule(whole, 'domains come without next link', {
    url: '/domains',
    status: 200,
    reply: {
      value: containing({ id: 'nordlicht.example', isDefault: true, isVerified: true }),
      '@odata.nextLink': absent,
    },
  }),
  rule(whole, 'subscribed SKUs come without next link', {
    url: '/subscribedSkus',
    status: 200,
    reply: { '@odata.nextLink': absent },
  }),
];

const expandedCases: readonly Case[] = [
  rule(expanded, 'a page with an expanded relationship holds at most 100', {
    url: '/users?$expand=manager&$top=999&$select=id',
    status: 200,
    reply: { value: counting(100), '@odata.nextLink': anyString },
  }),
  rule(
    expanded,
    'at most 20 objects of an expanded relationship come, without a link to the rest',
    ...givenMembers('paging-expand-1'),
    {
      url: '/groups/{g}?$expand=members',
      status: 200,
      reply: { id: '{g}', members: counting(20), 'members@odata.nextLink': absent },
    },
  ),
  rule(
    expanded,
    'an expanded list pages to its end',
    ...givenDepartment('paging-expand-2'),
    givenUser('boss', 'paging-expand-boss'),
    setManager('a', 'boss'),
    {
      url: "/users?$filter=department eq 'paging-expand-2'&$expand=manager&$top=2&$select=id",
      followed: true,
      status: 200,
      reply: { value: containing({ id: '{a}', manager: { id: '{boss}' } }, { id: '{e}' }) },
    },
  ),
  rule(
    expanded,
    'expanded members are complete when there are few',
    givenGroup('g', 'paging-expand-3'),
    givenUser('u', 'paging-expand-u'),
    link('/groups/{g}/members', 'u'),
    {
      url: '/groups/{g}?$expand=members',
      status: 200,
      reply: { members: [{ '@odata.type': '#microsoft.graph.user', id: '{u}' }] },
    },
  ),
];

export const cases: readonly Case[] = [
  ...sizeCases,
  ...tokenCases,
  ...stabilityCases,
  ...emptyPageCases,
  ...linkCases,
  ...countCases,
  ...conditionCases,
  ...wholeCases,
  ...expandedCases,
];
