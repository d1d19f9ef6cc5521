// Limits: what each request costs, the read bucket and the write quota of an application in a tenant, and how a 429 looks.

import { type Case, containing, guid, lacking, type Pattern, type Step } from './case.ts';
import { advanceClock, nobody, type Scene, type Stage, servicePrincipal, staged } from './stage.ts';

export const limits = 'small';

const costs = 'Throttling limits: resource units of identity and access requests';
const buckets = 'Throttling limits: identity and access service limits';
const batches = 'JSON batching: throttling';

const graphAppId = '00000003-0000-0000-c000-000000000000';

interface Price {
  readonly units: number;
  readonly method?: string;
  readonly url: string;
  readonly body?: unknown;
  /** How the request is written in the documentation, where the url does not tell. */
  readonly as?: string;
}

const ids = { ids: [nobody] };
const groupIds = { groupIds: [nobody] };
const prices: readonly Price[] = [
  { units: 2, url: '/users' },
  { units: 1, url: '/users?$select=id' },
  { units: 1, url: '/users?$top=5' },
  { units: 2, url: '/users?$top=20' },
  { units: 1, url: '/users?$top=5&$select=id' },
  { units: 3, url: '/users?$expand=manager' },
  { units: 2, url: '/users?$select=id&$expand=manager' },
  { units: 2, url: '/users?$top=999' },
  { units: 1, url: '/users/{ada}' },
  { units: 1, url: '/users/{ada}?$select=id' },
  { units: 2, url: '/users/{ada}/memberOf' },
  { units: 2, url: '/users/{ada}/transitiveMemberOf' },
  { units: 2, url: '/users/{ada}/ownedObjects' },
  { units: 1, url: '/users/{ada}/directReports' },
  { units: 1, url: '/users/delta?$deltatoken=latest' },
  { units: 1, url: '/groups' },
  { units: 1, url: '/groups?$select=id&$expand=members' },
  { units: 1, url: '/groups/{club}' },
  { units: 3, url: '/groups/{club}/members' },
  { units: 2, url: '/groups/{club}/members?$select=id' },
  { units: 2, url: '/groups/{club}/members?$select=id&$top=999' },
  { units: 5, url: '/groups/{club}/transitiveMembers' },
  { units: 1, url: '/groups/{club}/owners' },
  { units: 1, url: '/groups/delta?$deltatoken=latest' },
  { units: 2, url: '/applications' },
  { units: 2, url: '/applications/{app}/extensionProperties' },
  { units: 1, url: '/servicePrincipals' },
  { units: 2, url: '/servicePrincipals/{principal}/appRoleAssignments' },
  { units: 2, url: '/oauth2PermissionGrants' },
  { units: 3, url: '/subscribedSkus' },
  { units: 2, url: '/users/{ada}/licenseDetails' },
  { units: 1, url: '/directoryRoles' },
  { units: 1, url: '/organization' },
  { units: 1, url: '/devices' },
  { units: 5, method: 'POST', url: '/directoryObjects/getByIds', body: ids },
  { units: 2, method: 'POST', url: '/directoryObjects/getByIds?$select=id', body: ids },
  { units: 4, method: 'POST', url: '/users/{ada}/checkMemberGroups', body: groupIds },
  { units: 4, method: 'POST', url: '/users/{ada}/checkMemberObjects', body: ids },
  { units: 2, method: 'POST', url: '/users/{ada}/getMemberGroups', body: { securityEnabledOnly: false } },
  { units: 2, method: 'POST', url: '/users/{ada}/getMemberObjects', body: { securityEnabledOnly: false } },
  { units: 1, method: 'PATCH', url: '/users/{ada}', body: { jobTitle: 'Engineer' } },
  {
    units: 1,
    method: 'PATCH',
    url: '/groups/{club}',
    body: { 'members@odata.bind': ['{root}/users/{ada}'] },
    as: 'PATCH /groups/ID with members',
  },
  { units: 1, method: 'DELETE', url: '/users/{ada}' },
];

const priced: readonly Scene[] = prices.map(({ units, method = 'GET', url, body, as }) => {
  const name = as ?? `${method} ${url.replaceAll(/\{\w+\}/g, 'ID')}`;
  return {
    section: costs,
    rule: `${name} costs ${units}`,
    steps: (given) => [
      ...(url.includes('{ada}') || as ? [given.user('ada')] : []),
      ...(url.includes('{club}') ? [given.group('club')] : []),
      ...(url.includes('{app}') || url.includes('{principal}') ? [given.application('app')] : []),
      ...(url.includes('{principal}') ? [servicePrincipal('principal', 'app')] : []),
      {
        method,
        url,
        ...(body === undefined ? {} : { body }),
        replyHeaders: { 'x-ms-resource-unit': String(units) },
      },
    ],
  };
});

/** An application of its own, so that what it spends is nobody else's; its token is kept as `{token}`. */
function spender(given: Stage, ...appRoleIds: string[]): readonly Step[] {
  return [
    given.application('app'),
    servicePrincipal('principal', 'app'),
    {
      method: 'POST',
      url: '/applications/{app}/addPassword',
      body: { passwordCredential: { displayName: 'first' } },
      capture: { secret: 'secretText' },
    },
    { url: `/servicePrincipals(appId='${graphAppId}')?$select=id`, capture: { graph: 'id' } },
    ...appRoleIds.map((appRoleId) => ({
      method: 'POST',
      url: '/servicePrincipals/{principal}/appRoleAssignments',
      body: { principalId: '{principal}', resourceId: '{graph}', appRoleId },
      status: 201,
    })),
    {
      method: 'POST',
      url: '//tenant/oauth2/v2.0/token',
      as: 'none',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'grant_type=client_credentials&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default&client_id={appAppId}&client_secret={secret}',
      capture: { token: 'access_token' },
    },
  ];
}
const readAll = '7ab1d382-f21e-4acd-a863-ba3e13f7da61';
const writeUsers = '741f803b-c850-494e-b5df-cde7c675a1ca';
const asSpender: Partial<Step> = { as: 'none', headers: { Authorization: 'Bearer {token}' } };
/** Twice the bucket of a small tenant and more, so that what flows in meanwhile does not fill it. */
const overspending = 80;
const times = (count: number, step: Step): readonly Step[] => Array.from({ length: count }, () => step);

/** A batch of twenty requests that cost 5 each, 100 units. */
const dearBatch: Step = {
  ...asSpender,
  method: 'POST',
  url: '/$batch',
  body: {
    requests: Array.from({ length: 20 }, (_, n) => ({
      id: String(n),
      method: 'POST',
      url: '/directoryObjects/getByIds',
      headers: { 'Content-Type': 'application/json' },
      body: ids,
    })),
  },
  status: 200,
};
/** A batch of twenty writes: 150 of them spend the quota. */
const writingBatch: Step = {
  ...asSpender,
  method: 'POST',
  url: '/$batch',
  body: {
    requests: Array.from({ length: 20 }, (_, n) => ({
      id: String(n),
      method: 'PATCH',
      url: '/users/{ada}',
      headers: { 'Content-Type': 'application/json' },
      body: { jobTitle: `Engineer ${n}` },
    })),
  },
  status: 200,
};
const tooMany: Pattern = {
  error: {
    code: 'TooManyRequests',
    message: 'Please retry again later.',
    innerError: { code: '429', status: '429', message: 'Please retry after', 'request-id': guid },
  },
};
const throttled = (limit: string, information: string): Partial<Step> => ({
  status: 429,
  replyHeaders: {
    'Retry-After': /^[1-9]\d*$/,
    'x-ms-throttle-scope': new RegExp(`^Tenant_Application/${limit}/{appAppId}/{tenantId}$`),
    'x-ms-throttle-information': information,
    'x-ms-throttle-limit-percentage': /^(0\.[89]|1)/,
  },
  reply: tooMany,
});

const spent: readonly Scene[] = [
  {
    section: buckets,
    rule: 'far below the limit nothing is said about it',
    steps: (given) => [
      ...spender(given, readAll),
      {
        ...asSpender,
        url: '/users?$top=1',
        status: 200,
        replyHeaders: { 'x-ms-throttle-limit-percentage': null, 'Retry-After': null },
      },
    ],
  },
  {
    section: buckets,
    rule: 'above 3,500 units in ten seconds a small tenant reads no more, until Retry-After has passed',
    steps: (given) => [
      ...spender(given, readAll),
      ...times(overspending, dearBatch),
      {
        ...asSpender,
        url: '/groups?$top=999',
        ...throttled('(Read|ReadWrite)', 'ResourceUnitLimitExceeded'),
      },
      advanceClock(30),
      { ...asSpender, url: '/groups?$top=999', status: 200 },
    ],
  },
  ...(
    [
      ['small', 'under 50 users', 3_500],
      ['medium', 'of 50 to 500 users', 5_000],
      ['large', 'of more than 500 users', 8_000],
    ] as const
  ).map(
    ([size, users, units]): Scene => ({
      section: buckets,
      rule: `a tenant ${users} reads ${units} units at once but not twice as many`,
      steps: (given) => [
        { method: 'PUT', url: '//simulator/limits', body: { size } },
        ...spender(given, readAll),
        ...times(units / 100, { ...dearBatch, reply: { responses: lacking({ status: 429 }) } }),
        ...times(units / 100, dearBatch),
        { ...asSpender, url: '/users', status: 429 },
        { method: 'PUT', url: '//simulator/limits', body: { size: limits } },
      ],
    }),
  ),
  {
    section: buckets,
    rule: 'one application does not spend what another has',
    steps: (given) => [
      ...spender(given, readAll),
      ...times(overspending, dearBatch),
      { ...asSpender, url: '/users', status: 429 },
      { url: '/users', status: 200 },
    ],
  },
  {
    section: batches,
    rule: 'the requests of a batch are throttled one by one, the batch itself is not',
    steps: (given) => [
      ...spender(given, readAll),
      ...times(overspending, dearBatch),
      {
        ...dearBatch,
        reply: {
          responses: containing({
            status: 429,
            headers: { 'Retry-After': /^[1-9]\d*$/ },
            body: { error: { code: 'TooManyRequests' } },
          }),
        },
      },
    ],
  },
  {
    section: batches,
    rule: 'each request of a batch names its own cost',
    steps: () => [
      {
        method: 'POST',
        url: '/$batch',
        body: {
          requests: [
            { id: '1', method: 'GET', url: '/users' },
            { id: '2', method: 'GET', url: '/users?$select=id' },
          ],
        },
        reply: {
          responses: containing(
            { id: '1', headers: { 'x-ms-resource-unit': '2' } },
            { id: '2', headers: { 'x-ms-resource-unit': '1' } },
          ),
        },
      },
    ],
  },
  {
    section: buckets,
    rule: 'above 3,000 writes in 150 seconds an application writes no more but still reads',
    steps: (given) => [
      given.user('ada'),
      ...spender(given, readAll, writeUsers),
      ...times(170, writingBatch),
      {
        ...asSpender,
        method: 'PATCH',
        url: '/users/{ada}',
        headers: { Authorization: 'Bearer {token}', 'Content-Type': 'application/json' },
        body: { jobTitle: 'Engineer' },
        ...throttled('(Write|ReadWrite)', 'WriteLimitExceeded'),
      },
      advanceClock(15),
      { ...asSpender, url: '/users/{ada}', status: 200 },
      advanceClock(150),
      {
        ...asSpender,
        method: 'PATCH',
        url: '/users/{ada}',
        headers: { Authorization: 'Bearer {token}', 'Content-Type': 'application/json' },
        body: { jobTitle: 'Engineer' },
        status: 204,
      },
    ],
  },
  {
    section: 'Throttling: request priority',
    rule: 'a request may say how urgent it is',
    steps: () =>
      ['Low', 'Normal', 'High'].map((priority) => ({
        url: '/users?$top=1',
        headers: { 'x-ms-throttle-priority': priority },
        status: 200,
      })),
  },
];

export const cases: readonly Case[] = staged('l', [...priced, ...spent]);
