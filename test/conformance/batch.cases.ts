// JSON batching: the envelope, the parts, dependencies between them and what refuses the whole.

import { absent, anyString, type Case, containing, counting, guid, type Pattern, type Step } from './case.ts';
import { advanced, givenGroup, givenUser, rule } from './given.ts';

/** Enough users for a part to have a next link. */
export const tenant = { users: 250, seed: 7 };

const envelope = 'JSON batching: envelope';
const parts = 'JSON batching: parts';
const dependencies = 'JSON batching: dependsOn';
const refusal = 'JSON batching: refusal';

type Part = Readonly<Record<string, unknown>>;

const get = (id: string, url: string, more: Part = {}): Part => ({ id, method: 'GET', url, ...more });
const json = { 'Content-Type': 'application/json' };

function batch(requests: readonly Part[], reply: Pattern): Step {
  return { method: 'POST', url: '/$batch', body: { requests }, status: 200, reply };
}

function refused(requests: readonly Part[], reply: Pattern): Step {
  return { method: 'POST', url: '/$batch', body: { requests }, status: 400, reply };
}

const newUser = (alias: string) => ({
  accountEnabled: true,
  displayName: alias,
  mailNickname: alias,
  userPrincipalName: `${alias}@nordlicht.example`,
  passwordProfile: { password: 'Vq7-winter-harbour' },
});

const twenty = Array.from({ length: 20 }, (_, index) => get(String(index + 1), '/users?$top=1&$select=id'));

const envelopeCases: readonly Case[] = [
  rule(
    envelope,
    'each part is answered under its id',
    givenUser('u', 'batch-1'),
    givenGroup('g', 'batch-2'),
    batch([get('1', '/users/{u}'), get('2', '/groups/{g}')], {
      responses: containing(
        { id: '1', status: 200, body: { id: '{u}' } },
        { id: '2', status: 200, body: { id: '{g}' } },
      ),
    }),
  ),
  rule(
    envelope,
    'there are as many answers as parts',
    batch([get('a', '/users?$top=1'), get('b', '/groups?$top=1'), get('c', '/organization')], {
      responses: counting(3),
    }),
  ),
  rule(envelope, 'twenty parts are taken', batch(twenty, { responses: counting(20) })),
  rule(
    envelope,
    'the url of a part may lack its leading slash',
    givenUser('u', 'batch-3'),
    batch([get('1', 'users/{u}')], { responses: [{ id: '1', status: 200, body: { id: '{u}' } }] }),
  ),
  rule(
    envelope,
    'atomicityGroup is ignored',
    batch(
      [
        get('1', '/users?$top=1', { atomicityGroup: 'g1' }),
        get('2', '/users/nobody@nordlicht.example', { atomicityGroup: 'g1' }),
      ],
      { responses: containing({ id: '1', status: 200 }, { id: '2', status: 404 }) },
    ),
  ),
  rule(envelope, 'Prefer respond-async is ignored', {
    method: 'POST',
    url: '/$batch',
    headers: { Prefer: 'respond-async' },
    body: { requests: [get('1', '/users?$top=1')] },
    status: 200,
    reply: { responses: [{ id: '1', status: 200 }] },
  }),
  rule(envelope, 'beta has its own', {
    method: 'POST',
    url: '//beta/$batch',
    body: { requests: [get('1', '/users?$top=1')] },
    status: 200,
    reply: {
      responses: [{ id: '1', status: 200, body: { '@odata.context': /^{origin}\/beta\/\$metadata#users/ } }],
    },
  }),
];

const partCases: readonly Case[] = [
  rule(
    parts,
    'a failed part does not fail the whole',
    batch([get('1', '/users/nobody@nordlicht.example'), get('2', '/users?$top=1')], {
      responses: containing(
        { id: '1', status: 404, body: { error: { code: 'Request_ResourceNotFound' } } },
        { id: '2', status: 200 },
      ),
    }),
  ),
  rule(
    parts,
    'a part carries its own headers',
    batch([get('1', '/users?$top=1')], {
      responses: [{ id: '1', headers: { 'Content-Type': /^application\/json/ } }],
    }),
  ),
  rule(
    parts,
    'a part creates an object',
    batch([{ id: '1', method: 'POST', url: '/users', headers: json, body: newUser('batch-4') }], {
      responses: [
        {
          id: '1',
          status: 201,
          headers: { Location: anyString },
          body: { id: guid, displayName: 'batch-4' },
        },
      ],
    }),
    { url: '/users/batch-4@nordlicht.example', status: 200 },
  ),
  rule(
    parts,
    'a part without answer body has none',
    givenUser('u', 'batch-5'),
    batch([{ id: '1', method: 'PATCH', url: '/users/{u}', headers: json, body: { jobTitle: 'Smith' } }], {
      responses: [{ id: '1', status: 204 }],
    }),
    { url: '/users/{u}', reply: { jobTitle: 'Smith' } },
  ),
  rule(
    parts,
    'a part deletes an object',
    givenUser('u', 'batch-6'),
    batch([{ id: '1', method: 'DELETE', url: '/users/{u}' }], { responses: [{ id: '1', status: 204 }] }),
    { url: '/users/{u}', status: 404 },
  ),
  rule(
    parts,
    'a part adds a member',
    givenUser('u', 'batch-7'),
    givenGroup('g', 'batch-8'),
    batch(
      [
        {
          id: '1',
          method: 'POST',
          url: '/groups/{g}/members/$ref',
          headers: json,
          body: { '@odata.id': '{root}/directoryObjects/{u}' },
        },
      ],
      { responses: [{ id: '1', status: 204 }] },
    ),
    { url: '/groups/{g}/members', reply: { value: [{ id: '{u}' }] } },
  ),
  rule(
    parts,
    'a part has its own ConsistencyLevel',
    batch(
      [
        get('1', '/users?$filter=department ne null&$count=true&$top=1', { headers: advanced }),
        get('2', '/users?$filter=department ne null&$count=true&$top=1'),
      ],
      {
        responses: containing(
          { id: '1', status: 200 },
          { id: '2', status: 400, body: { error: { code: 'Request_UnsupportedQuery' } } },
        ),
      },
    ),
  ),
  rule(parts, 'a header of the envelope is no header of its parts', {
    method: 'POST',
    url: '/$batch',
    headers: advanced,
    body: { requests: [get('1', '/users?$filter=department ne null&$count=true&$top=1')] },
    status: 200,
    reply: { responses: [{ id: '1', status: 400 }] },
  }),
  rule(
    parts,
    'a next link of a part is absolute',
    batch([get('1', '/users?$top=5&$select=id')], {
      responses: [
        { id: '1', status: 200, body: { value: counting(5), '@odata.nextLink': /^{root}\/users\?/ } },
      ],
    }),
  ),
  rule(
    parts,
    'a next link of a part is followed outside',
    {
      method: 'POST',
      url: '/$batch',
      body: { requests: [get('1', '/users?$top=5&$select=id')] },
      status: 200,
      capture: { next: 'responses.0.body.@odata.nextLink' },
    },
    { url: '{next}', status: 200, reply: { value: counting(5) } },
  ),
  rule(
    parts,
    'a part reads a delta',
    batch([get('1', '/users/delta?$deltatoken=latest')], {
      responses: [
        { id: '1', status: 200, body: { value: [], '@odata.deltaLink': /^{root}\/users\/delta\?/ } },
      ],
    }),
  ),
  rule(parts, 'a part that is not permitted is denied alone', {
    method: 'POST',
    url: '/$batch',
    as: ['User.Read.All'],
    body: { requests: [get('1', '/users?$top=1'), get('2', '/applications')] },
    status: 200,
    reply: {
      responses: containing(
        { id: '1', status: 200 },
        { id: '2', status: 403, body: { error: { code: 'Authorization_RequestDenied' } } },
      ),
    },
  }),
  rule(
    parts,
    'a part with an unknown path is refused alone',
    batch([get('1', '/fooBar')], {
      responses: [{ id: '1', status: 400, body: { error: { code: 'BadRequest' } } }],
    }),
  ),
  rule(
    parts,
    'query options of a part may be percent-encoded',
    givenUser('u', 'batch-9'),
    batch([get('1', "/users?%24filter=displayName%20eq%20'batch-9'&%24select=id")], {
      responses: [{ status: 200, body: { value: [{ id: '{u}', displayName: absent }] } }],
    }),
  ),
];

const headerCases: readonly Case[] = [
  rule(
    parts,
    'a part tells its cost, protocol version and media type',
    batch([get('1', '/users?$top=1')], {
      responses: [
        {
          headers: {
            'Cache-Control': 'no-cache',
            'x-ms-resource-unit': anyString,
            'OData-Version': '4.0',
            'Content-Type': /odata\.metadata=minimal/,
          },
        },
      ],
    }),
  ),
  rule(
    parts,
    'a part calls an action',
    givenUser('u', 'batch-14'),
    batch(
      [
        {
          id: '1',
          method: 'POST',
          url: '/directoryObjects/getByIds',
          headers: json,
          body: { ids: ['{u}'], types: ['user'] },
        },
      ],
      {
        responses: [
          { id: '1', status: 200, body: { value: [{ '@odata.type': '#microsoft.graph.user', id: '{u}' }] } },
        ],
      },
    ),
  ),
  rule(
    parts,
    'a part with a body that breaks a rule is refused alone',
    batch(
      [
        { id: '1', method: 'POST', url: '/users', headers: json, body: { displayName: 'batch-15' } },
        get('2', '/users?$top=1'),
      ],
      {
        responses: containing(
          { id: '1', status: 400, body: { error: { code: 'Request_BadRequest' } } },
          { id: '2', status: 200 },
        ),
      },
    ),
  ),
];

const dependencyCases: readonly Case[] = [
  rule(
    dependencies,
    'a part runs after the part that it depends on',
    batch(
      [
        get('2', '/users/batch-10@nordlicht.example', { dependsOn: ['1'] }),
        { id: '1', method: 'POST', url: '/users', headers: json, body: newUser('batch-10') },
      ],
      {
        responses: containing(
          { id: '1', status: 201 },
          { id: '2', status: 200, body: { displayName: 'batch-10' } },
        ),
      },
    ),
  ),
  rule(
    dependencies,
    'a part whose dependency failed is not run',
    givenUser('u', 'batch-11'),
    batch(
      [
        get('1', '/users/nobody@nordlicht.example'),
        {
          id: '2',
          method: 'PATCH',
          url: '/users/{u}',
          headers: json,
          body: { jobTitle: 'Smith' },
          dependsOn: ['1'],
        },
      ],
      { responses: containing({ id: '1', status: 404 }, { id: '2', status: 424 }) },
    ),
    { url: '/users/{u}', reply: { jobTitle: null } },
  ),
  rule(
    dependencies,
    'a failure runs down the chain',
    batch(
      [
        get('1', '/users/nobody@nordlicht.example'),
        get('2', '/users?$top=1', { dependsOn: ['1'] }),
        get('3', '/users?$top=1', { dependsOn: ['2'] }),
      ],
      { responses: containing({ id: '2', status: 424 }, { id: '3', status: 424 }) },
    ),
  ),
  rule(
    dependencies,
    'several parts may depend on the same one',
    batch(
      [
        get('1', '/users?$top=1'),
        get('2', '/users?$top=1', { dependsOn: ['1'] }),
        get('3', '/users?$top=1', { dependsOn: ['1'] }),
      ],
      { responses: containing({ id: '1', status: 200 }, { id: '2', status: 200 }, { id: '3', status: 200 }) },
    ),
  ),
  rule(
    dependencies,
    'a chain is run in order',
    givenGroup('g', 'batch-12'),
    batch(
      [
        { id: '1', method: 'PATCH', url: '/groups/{g}', headers: json, body: { description: 'first' } },
        {
          id: '2',
          method: 'PATCH',
          url: '/groups/{g}',
          headers: json,
          body: { description: 'second' },
          dependsOn: ['1'],
        },
        {
          id: '3',
          method: 'PATCH',
          url: '/groups/{g}',
          headers: json,
          body: { description: 'third' },
          dependsOn: ['2'],
        },
      ],
      { responses: counting(3) },
    ),
    { url: '/groups/{g}', reply: { description: 'third' } },
  ),
  rule(
    dependencies,
    'independent parts are run although another failed',
    givenUser('u', 'batch-13'),
    batch([get('1', '/users/nobody@nordlicht.example'), get('2', '/users/{u}')], {
      responses: containing({ id: '2', status: 200, body: { id: '{u}' } }),
    }),
  ),
];

const refusalCases: readonly Case[] = [
  rule(
    refusal,
    'more than twenty parts',
    refused([...twenty, get('21', '/users?$top=1')], {
      error: {
        code: 'MaximumValueExceeded',
        message: 'Number of batch request steps exceeds the maximum value of 20.',
      },
    }),
  ),
  rule(
    refusal,
    'two parts with one id',
    refused([get('1', '/users?$top=1'), get('1', '/groups?$top=1')], {
      error: { code: anyString, message: anyString },
    }),
  ),
  rule(
    refusal,
    'ids are compared without regard to case',
    refused([get('a', '/users?$top=1'), get('A', '/groups?$top=1')], { error: { code: anyString } }),
  ),
  rule(
    refusal,
    'a part without id',
    refused([{ method: 'GET', url: '/users?$top=1' }], { error: { code: anyString } }),
  ),
  rule(refusal, 'a body that is not JSON', {
    method: 'POST',
    url: '/$batch',
    headers: json,
    body: '{"requests": [',
    status: 400,
    reply: { error: { code: 'BadRequest' } },
  }),
  rule(refusal, 'a body without requests', {
    method: 'POST',
    url: '/$batch',
    body: {},
    status: 400,
    reply: { error: { code: anyString } },
  }),
  rule(refusal, 'a call without token', {
    method: 'POST',
    url: '/$batch',
    as: 'none',
    body: { requests: [get('1', '/users?$top=1')] },
    status: 401,
    reply: { error: { code: 'InvalidAuthenticationToken' } },
  }),
];

export const cases: readonly Case[] = [
  ...envelopeCases,
  ...partCases,
  ...headerCases,
  ...dependencyCases,
  ...refusalCases,
];
