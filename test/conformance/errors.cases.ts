// Errors and headers: the envelope, the codes of the gateway and of the directory, and the order in which rules are checked.

import { absent, type Case, guid, type Step } from './case.ts';
import { denied, missing, nobody, refusal, type Scene, staged } from './stage.ts';

const envelope = 'Error responses and resource types';
const headers = 'Response headers';
const bodies = 'Calling the API: request bodies';
const paths = 'Calling the API: resource paths';
const order = 'Order of checks';

const requestId = '5e7d1b9c-3f2a-4c68-9d10-7a6b5c4d3e2f';
const json = { 'Content-Type': 'application/json' };
const emptyPayload = refusal('BadRequest', 'Empty Payload. JSON content expected.');
const unreadable = refusal(
  'BadRequest',
  /^Unable to read JSON request payload\. Please ensure Content-Type header is set and payload is of valid JSON format\.$/,
);
const noSuchMethod = refusal(
  'Request_BadRequest',
  'Specified HTTP method is not allowed for the request target.',
);
const noSegment = (segment: string) =>
  refusal('BadRequest', `Resource not found for the segment '${segment}'.`);

const envelopes: readonly Scene[] = [
  {
    section: envelope,
    rule: 'an error names its code, its message, its time and the request',
    steps: () => [
      {
        url: `/users/${nobody}`,
        status: 404,
        reply: {
          '@odata.context': absent,
          error: {
            code: 'Request_ResourceNotFound',
            message: `Resource '${nobody}' does not exist or one of its queried reference-property objects are not present.`,
            innerError: {
              date: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/,
              'request-id': guid,
              'client-request-id': guid,
            },
          },
        },
      },
    ],
  },
  {
    section: envelope,
    rule: 'the request ids of the body are those of the headers',
    steps: () => [
      {
        url: `/users/${nobody}`,
        headers: { 'client-request-id': requestId },
        status: 404,
        replyHeaders: { 'request-id': /^[0-9a-f-]{36}$/, 'client-request-id': requestId },
        reply: { error: { innerError: { 'client-request-id': requestId } } },
      },
    ],
  },
  {
    section: envelope,
    rule: 'an error is JSON',
    steps: () => [
      { url: `/groups/${nobody}`, status: 404, replyHeaders: { 'Content-Type': /^application\/json/ } },
    ],
  },
  {
    section: headers,
    rule: 'every answer names the request, the place it was served, and the version of OData',
    steps: () => [
      {
        url: '/users?$top=1',
        status: 200,
        replyHeaders: {
          'request-id': /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
          'client-request-id': /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
          'x-ms-ags-diagnostic': /^\{"ServerInfo":\{"DataCenter":"[^"]+"/,
          'OData-Version': '4.0',
          'Content-Type':
            /^application\/json; ?odata\.metadata=minimal; ?odata\.streaming=true; ?IEEE754Compatible=false; ?charset=utf-8$/,
          'Cache-Control': 'no-cache',
          'Strict-Transport-Security': 'max-age=31536000',
          Vary: /Accept-Encoding/i,
          Date: /GMT$/,
          'x-ms-resource-unit': /^\d+$/,
        },
      },
    ],
  },
  {
    section: headers,
    rule: 'the client may name its request',
    steps: () => [
      {
        url: '/users?$top=1',
        headers: { 'client-request-id': requestId },
        replyHeaders: { 'client-request-id': requestId, 'request-id': new RegExp(`^(?!${requestId}$)`) },
      },
    ],
  },
  {
    section: headers,
    rule: 'an answer without content says nothing about its type',
    steps: (given) => [
      given.user('ada'),
      {
        method: 'PATCH',
        url: '/users/{ada}',
        body: { jobTitle: 'Engineer' },
        status: 204,
        replyHeaders: { 'Content-Type': null, 'request-id': /./ },
      },
    ],
  },
];

const requestBodies: readonly Scene[] = [
  ...(
    [
      ['POST', '/users'],
      ['POST', '/groups'],
      ['POST', '/groups/{club}/members/$ref'],
      ['PATCH', '/groups/{club}'],
      ['PUT', '/users/{ada}/manager/$ref'],
    ] as const
  ).map(
    ([method, url]): Scene => ({
      section: bodies,
      rule: `${method} ${url.replaceAll(/\{\w+\}/g, 'ID')} without a body is refused`,
      steps: (given) => [
        given.user('ada'),
        given.group('club'),
        { method, url, headers: json, body: '', status: 400, reply: emptyPayload },
      ],
    }),
  ),
  {
    section: bodies,
    rule: 'a body that breaks off is refused',
    steps: () => [
      {
        method: 'POST',
        url: '/users',
        headers: json,
        body: '{"displayName":"Ada",',
        status: 400,
        reply: unreadable,
      },
    ],
  },
  {
    section: bodies,
    rule: 'a body of another type is refused',
    steps: () => [
      {
        method: 'POST',
        url: '/users',
        headers: { 'Content-Type': 'text/plain' },
        body: '{"displayName":"Ada"}',
        status: 400,
        reply: unreadable,
      },
    ],
  },
  {
    section: bodies,
    rule: 'a body that is no object is refused',
    steps: () => [{ method: 'POST', url: '/users', headers: json, body: '[]', status: 400 }],
  },
  {
    section: bodies,
    rule: 'JSON may name its character set',
    steps: (given) => [
      {
        method: 'POST',
        url: '/groups',
        headers: { 'Content-Type': 'application/json; charset=utf-8' },
        body: JSON.stringify(given.groupBody('club')),
        status: 201,
      },
    ],
  },
  {
    section: bodies,
    rule: 'an unknown property of a type that is not open is refused',
    steps: () => [
      {
        method: 'POST',
        url: '/oauth2PermissionGrants',
        body: {
          clientId: nobody,
          consentType: 'AllPrincipals',
          resourceId: nobody,
          scope: 'User.Read',
          colour: 'red',
        },
        status: 400,
        reply: { error: { message: /colour/ } },
      },
    ],
  },
];

const requestPaths: readonly Scene[] = [
  {
    section: paths,
    rule: 'a segment that is unknown is told',
    steps: () => [
      { url: '/ships', status: 400, reply: noSegment('ships') },
      { url: `/users/${nobody}/ships`, status: 400, reply: noSegment('ships') },
    ],
  },
  {
    section: paths,
    rule: 'segments are the same whatever their case',
    steps: (given) => [
      given.group('club'),
      { url: '/Groups/{club}', reply: { id: '{club}' } },
      { url: '/GROUPS/{club}/MEMBERS', reply: { value: [] } },
    ],
  },
  {
    section: paths,
    rule: 'a name that is no id and no user principal name is not found',
    steps: () => [
      { url: '/users/nobody@nordlicht.example', status: 404, reply: missing('nobody@nordlicht.example') },
    ],
  },
  {
    section: paths,
    rule: 'a group is addressed by an id only',
    steps: () => [
      {
        url: '/groups/xyz',
        status: 400,
        reply: refusal('Request_BadRequest', "Invalid object identifier 'xyz'."),
      },
    ],
  },
  {
    section: paths,
    rule: 'an object of another type is not found',
    steps: (given) => [given.user('ada'), { url: '/groups/{ada}', status: 404, reply: missing('{ada}') }],
  },
  ...(
    [
      ['DELETE', '/users'],
      ['PATCH', '/groups'],
      ['PUT', '/groups'],
      ['POST', '/groups/{club}'],
      ['DELETE', '/organization'],
      ['POST', '/directoryRoleTemplates'],
    ] as const
  ).map(
    ([method, url]): Scene => ({
      section: 'Error responses: 405',
      rule: `${method} is not allowed on ${url.replaceAll(/\{\w+\}/g, 'ID')}`,
      steps: (given) => [
        given.group('club'),
        {
          method,
          url,
          ...(method === 'DELETE' ? {} : { body: { displayName: 'x' } }),
          status: 405,
          reply: noSuchMethod,
        },
      ],
    }),
  ),
];

const invalidUser = { accountEnabled: true };
const readers = ['Domain.Read.All'];
const checks: readonly Scene[] = [
  {
    section: order,
    rule: 'the token is looked at before the path',
    steps: () => [{ url: '/ships', as: 'none', status: 401, reply: refusal('InvalidAuthenticationToken') }],
  },
  {
    section: order,
    rule: 'the path is looked at before the permission',
    steps: () => [{ url: '/ships', as: readers, status: 400, reply: noSegment('ships') }],
  },
  {
    section: order,
    rule: 'the permission is looked at before the object',
    steps: () => [{ url: `/users/${nobody}`, as: readers, status: 403, reply: denied }],
  },
  {
    section: order,
    rule: 'the permission is looked at before the body',
    steps: () => [
      { method: 'POST', url: '/users', as: readers, body: invalidUser, status: 403, reply: denied },
    ],
  },
  {
    section: order,
    rule: 'the object is looked at before the body',
    steps: () => [
      {
        method: 'PATCH',
        url: `/users/${nobody}`,
        body: { accountEnabled: 'perhaps' },
        status: 404,
        reply: missing(nobody),
      },
    ],
  },
  {
    section: order,
    rule: 'the permission to read is not the permission to write',
    steps: (given) => [
      given.user('ada'),
      {
        method: 'PATCH',
        url: '/users/{ada}',
        as: ['User.Read.All', 'Directory.Read.All'],
        body: { jobTitle: 'Engineer' },
        status: 403,
        reply: denied,
      },
    ],
  },
];

const limited: readonly Scene[] = [
  {
    section: 'Limited information for inaccessible member types',
    rule: 'members of a type that may not be read come with type and id only',
    steps: (given): readonly Step[] => [
      given.user('ada', { jobTitle: 'Engineer' }),
      given.group('club', { 'members@odata.bind': ['{root}/users/{ada}'] }),
      {
        url: '/groups/{club}/members',
        as: ['GroupMember.ReadBasic.All'],
        status: 200,
        reply: {
          value: [{ '@odata.type': '#microsoft.graph.user', id: '{ada}', displayName: null, jobTitle: null }],
        },
      },
    ],
  },
];

export const cases: readonly Case[] = staged('f', [
  ...envelopes,
  ...requestBodies,
  ...requestPaths,
  ...checks,
  ...limited,
]);
