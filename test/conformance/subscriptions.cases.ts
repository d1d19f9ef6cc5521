// Subscriptions to change notifications: what may be watched, by whom, for how long, and the proof that an endpoint listens.
// `{listener}` is a webhook that answers its validation, but for the paths below `/wrong`.

import {
  absent,
  type Case,
  containing,
  counting,
  guid,
  instant,
  lacking,
  type Pattern,
  type Step,
} from './case.ts';
import { advanceClock, denied, missing, nobody, refusal, type Scene, staged } from './stage.ts';

export const tenant = { users: 0 };
export const needsListener = true;

const create = 'Create subscription';
const update = 'Update subscription';
const remove = 'Delete subscription';
const get = 'Get subscription';
const list = 'List subscriptions';
const reauthorize = 'subscription: reauthorize';
const entity = 'subscription resource type';
const lifetime = 'subscription resource type: maximum length of subscription per resource type';
const validation = 'Receive change notifications through webhooks: notificationUrl validation';
const resources = 'Change notifications: supported resources';
const limits = 'Change notifications: Azure AD resource limitations';

/** So far in the future that the tenant's clock never comes there, and so near that it is allowed. */
const soon = (days = 20): string => new Date(Date.now() + days * 86_400_000).toISOString();

type Properties = Readonly<Record<string, unknown>>;

/** A body with an address of its own; a property that is undefined here is left out. */
const bodyOf = (mark: string, properties: Properties = {}): Properties => ({
  changeType: 'updated,deleted',
  notificationUrl: `{listener}/${mark}`,
  resource: 'users',
  expirationDateTime: soon(),
  ...properties,
});

const subscribe = (mark: string, properties?: Properties, more: Partial<Step> = {}): Step => ({
  method: 'POST',
  url: '/subscriptions',
  body: bodyOf(mark, properties),
  status: 201,
  capture: { subscription: 'id' },
  ...more,
});

const refused = (mark: string, properties: Properties, status: number, reply: Pattern): Step => ({
  method: 'POST',
  url: '/subscriptions',
  body: bodyOf(mark, properties),
  status,
  reply,
});

const notFound = refusal('ResourceNotFound', 'The object was not found.');
const invalid = (message: RegExp): Pattern => refusal('InvalidRequest', message);

const creation: readonly Scene[] = [
  {
    section: create,
    rule: 'a subscription comes back with who made it and all that it says',
    steps: ({ named }) => [
      {
        ...subscribe(named('whole'), {
          clientState: 'between you and me',
          lifecycleNotificationUrl: `{listener}/${named('life')}`,
        }),
        replyHeaders: { Location: /\/v1\.0\/subscriptions\/[0-9a-f-]{36}$/ },
        reply: {
          '@odata.context': '{root}/$metadata#subscriptions/$entity',
          id: guid,
          applicationId: '{clientId}',
          creatorId: guid,
          resource: 'users',
          changeType: 'updated,deleted',
          clientState: 'between you and me',
          notificationUrl: `{listener}/${named('whole')}`,
          lifecycleNotificationUrl: `{listener}/${named('life')}`,
          expirationDateTime: instant,
          latestSupportedTlsVersion: 'v1_2',
          includeResourceData: false,
          encryptionCertificate: null,
          encryptionCertificateId: null,
          notificationQueryOptions: null,
          notificationUrlAppId: null,
        },
      },
    ],
  },
  {
    section: create,
    rule: 'clientState and lifecycleNotificationUrl are optional',
    steps: ({ named }) => [
      {
        ...subscribe(named('plain')),
        reply: { clientState: null, lifecycleNotificationUrl: null },
      },
    ],
  },
  {
    section: create,
    rule: 'beta takes the same bodies',
    steps: ({ named }) => [
      {
        ...subscribe(named('beta')),
        url: '//beta/subscriptions',
        reply: { '@odata.context': '{origin}/beta/$metadata#subscriptions/$entity', id: guid },
      },
      { url: '//beta/subscriptions/{subscription}', status: 200, reply: { id: '{subscription}' } },
      { url: '/subscriptions/{subscription}', status: 200 },
    ],
  },
  ...['changeType', 'notificationUrl', 'resource', 'expirationDateTime'].map(
    (property): Scene => ({
      section: entity,
      rule: `${property} is required`,
      steps: ({ named }) => [
        refused(
          named('less'),
          { [property]: undefined },
          400,
          invalid(new RegExp(`'${property}'.*required`)),
        ),
        refused(named('less'), { [property]: null }, 400, invalid(new RegExp(`'${property}'.*required`))),
      ],
    }),
  ),
  {
    section: create,
    rule: 'an unknown property is refused',
    steps: ({ named }) => [
      refused(
        named('odd'),
        { colour: 'red' },
        400,
        refusal(
          'InvalidRequest',
          'Could not process subscription creation payload. Are all property names spelled and camelCased properly?',
        ),
      ),
    ],
  },
  {
    section: create,
    rule: 'a body that is no JSON is refused',
    steps: () => [
      {
        method: 'POST',
        url: '/subscriptions',
        body: '{"resource":',
        headers: { 'Content-Type': 'application/json' },
        status: 400,
        reply: { error: { code: 'BadRequest' } },
      },
    ],
  },
  {
    section: entity,
    rule: 'clientState takes 128 characters',
    steps: ({ named }) => [
      subscribe(named('state'), { clientState: 'x'.repeat(128) }),
      refused(named('long'), { clientState: 'x'.repeat(129) }, 400, invalid(/clientState.*128/)),
    ],
  },
  {
    section: entity,
    rule: 'latestSupportedTlsVersion takes its documented values only',
    steps: ({ named }) => [
      {
        ...subscribe(named('tls'), { latestSupportedTlsVersion: 'v1_3' }),
        reply: { latestSupportedTlsVersion: 'v1_3' },
      },
      refused(named('ssl'), { latestSupportedTlsVersion: 'v0_9' }, 400, invalid(/latestSupportedTlsVersion/)),
    ],
  },
  {
    section: create,
    rule: 'a second one for the same resource, changes and address is a conflict that names the first',
    steps: ({ named }) => [
      subscribe(named('twin')),
      refused(
        named('twin'),
        { resource: '/Users', changeType: 'Deleted, updated' },
        409,
        refusal(
          'ExtensionError',
          /Conflict.*Subscription Id {subscription} already exists for the requested combination/,
        ),
      ),
      subscribe(named('twin'), { resource: 'groups' }),
      subscribe(named('twin'), { changeType: 'deleted' }),
      subscribe(named('other')),
    ],
  },
];

const watched: readonly Scene[] = [
  ...['users', '/users', 'groups', 'Groups/'].map(
    (resource): Scene => ({
      section: resources,
      rule: `${resource} can be watched`,
      steps: ({ named }) => [{ ...subscribe(named('set'), { resource }), reply: { resource } }],
    }),
  ),
  {
    section: resources,
    rule: 'a single user can be watched',
    steps: (given) => [
      given.user('ada'),
      { ...subscribe(given.named('one'), { resource: 'users/{ada}' }), reply: { resource: 'users/{ada}' } },
    ],
  },
  {
    section: resources,
    rule: 'a single group, its members and its owners can be watched',
    steps: (given) => [
      given.group('club'),
      ...['groups/{club}', 'groups/{club}/members', '/groups/{club}/owners'].map((resource) =>
        subscribe(given.named('part'), { resource }),
      ),
    ],
  },
  {
    section: resources,
    rule: 'what does not exist cannot be watched',
    steps: ({ named }) => [
      refused(named('nobody'), { resource: `users/${nobody}` }, 404, missing(nobody)),
      refused(named('nobody'), { resource: `groups/${nobody}/members` }, 404, missing(nobody)),
    ],
  },
  ...[
    'devices',
    'servicePrincipals',
    'applications',
    'directoryRoles',
    'users?$filter=accountEnabled eq true',
    `users/${nobody}/manager`,
    `groups/${nobody}/transitiveMembers`,
    'https://graph.microsoft.com/v1.0/users',
    'constructor',
    '/',
  ].map(
    (resource): Scene => ({
      section: resources,
      rule: `${resource} cannot be watched`,
      steps: ({ named }) => [
        refused(named('no'), { resource }, 400, refusal('ExtensionError', /does not support subscriptions/)),
      ],
    }),
  ),
  ...['updated', 'deleted', 'updated,deleted', 'Updated, Deleted'].map(
    (changeType): Scene => ({
      section: entity,
      rule: `changeType takes ${changeType}`,
      steps: ({ named }) => [{ ...subscribe(named('kind'), { changeType }), reply: { changeType } }],
    }),
  ),
  ...['created', 'updated,created', 'renamed', 'updated,', 'updated;deleted'].map(
    (changeType): Scene => ({
      section: entity,
      rule: `changeType of users and groups takes no ${changeType}`,
      steps: ({ named }) => [
        refused(named('kind'), { changeType }, 400, refusal('ExtensionError', /'updated' and 'deleted'/)),
      ],
    }),
  ),
  {
    section: 'Change notifications that include resource data',
    rule: 'users and groups do not support them',
    steps: ({ named }) => [
      refused(named('rich'), { includeResourceData: true }, 400, refusal('ExtensionError', /BadRequest/)),
    ],
  },
];

const minutesFromNow = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString();

const lifetimes: readonly Scene[] = [
  {
    section: lifetime,
    rule: '41,760 minutes are allowed, a day more is not',
    steps: ({ named }) => [
      subscribe(named('long'), { expirationDateTime: minutesFromNow(41_755) }),
      refused(
        named('longer'),
        { expirationDateTime: minutesFromNow(41_760 + 1440) },
        400,
        refusal('ExtensionError', 'Subscription expiration can only be 41760 minutes in the future.'),
      ),
    ],
  },
  {
    section: lifetime,
    rule: 'less than 45 minutes are raised to 45',
    steps: ({ named }) => [
      { ...subscribe(named('short'), { expirationDateTime: minutesFromNow(2) }), reply: { id: guid } },
      advanceClock(44 * 60),
      { url: '/subscriptions/{subscription}', status: 200 },
      advanceClock(2 * 60),
      { url: '/subscriptions/{subscription}', status: 404, reply: notFound },
    ],
  },
  {
    section: lifetime,
    rule: 'the past is refused',
    steps: ({ named }) => [
      refused(
        named('past'),
        { expirationDateTime: '2020-01-01T00:00:00Z' },
        400,
        refusal('ExtensionError', /has to be in the future/),
      ),
    ],
  },
  ...['tomorrow', '2026-12-18', '2026-13-45T00:00:00Z', 1_766_016_000].map(
    (expirationDateTime): Scene => ({
      section: entity,
      rule: `expirationDateTime takes no ${expirationDateTime}`,
      steps: ({ named }) => [
        refused(named('when'), { expirationDateTime }, 400, invalid(/expirationDateTime/)),
      ],
    }),
  ),
];

const endpoints: readonly Scene[] = [
  ...(
    [
      ['status', 'that answers another status than 200', /must respond with 200 OK to validation request\.$/],
      ['redirect', 'that redirects', /must respond with 200 OK to validation request\.$/],
      ['text', 'that answers another text', /must exactly match validationToken query parameter\.$/],
      ['type', 'that does not answer plain text', /must exactly match validationToken query parameter\.$/],
      [
        'undecoded',
        'that does not decode the token',
        /must exactly match validationToken query parameter\.$/,
      ],
    ] as const
  ).map(
    ([path, what, message]): Scene => ({
      section: validation,
      rule: `an endpoint ${what} is refused`,
      steps: () => [refused(`wrong/${path}`, {}, 400, refusal('ValidationError', message))],
    }),
  ),
  {
    section: validation,
    rule: 'an endpoint that is not there is refused',
    steps: ({ named }) => [
      refused(
        named('gone'),
        { notificationUrl: 'http://127.0.0.1:9/hook' },
        400,
        refusal(
          'ValidationError',
          'Subscription validation request failed. Notification endpoint must respond with 200 OK to validation request.',
        ),
      ),
    ],
  },
  {
    section: validation,
    rule: 'the endpoint for lifecycle events is validated as well',
    steps: ({ named }) => [
      refused(
        named('life'),
        { lifecycleNotificationUrl: '{listener}/wrong/text' },
        400,
        refusal('ValidationError', /must exactly match/),
      ),
      {
        url: '/subscriptions',
        status: 200,
        reply: { value: lacking({ notificationUrl: `{listener}/${named('life')}` }) },
      },
    ],
  },
  {
    section: validation,
    rule: 'the query of an address goes along',
    steps: ({ named }) => [
      {
        ...subscribe(named('query'), { notificationUrl: `{listener}/${named('query')}?code=a%20b` }),
        reply: { notificationUrl: `{listener}/${named('query')}?code=a%20b` },
      },
    ],
  },
  ...[
    ['is no address', 'hook'],
    ['is no web address', 'ftp://localhost/hook'],
    ['is plain HTTP to another machine', 'http://example.com/hook'],
    ['leads to a host that was not allowed', 'https://example.com/hook'],
    ['leads into the network of the machine', 'http://169.254.169.254/metadata'],
    ['holds a password', 'https://user:secret@localhost/hook'],
    ['leads to Event Hubs', 'EventHub:https://vault.example/secrets/hub?tenantId=example.com'],
  ].map(
    ([what, notificationUrl]): Scene => ({
      section: entity,
      rule: `notificationUrl that ${what} is refused`,
      steps: ({ named }) => [refused(named('where'), { notificationUrl }, 400, invalid(/notificationUrl/))],
    }),
  ),
];

const reader = ['User.Read.All', 'Device.Read.All'];
const otherReader = ['User.Read.All', 'OrgContact.Read.All'];
const hidden = (method: string, path = '', body?: object): Step => ({
  method,
  url: `/subscriptions/{subscription}${path}`,
  as: otherReader,
  ...(body ? { body } : {}),
  status: 404,
  reply: notFound,
});

const permissions: readonly Scene[] = [
  {
    section: create,
    rule: 'watching users takes a permission to read them',
    steps: ({ named }) => [
      { ...refused(named('blind'), {}, 403, denied), as: ['Group.Read.All'] },
      subscribe(named('seeing'), {}, { as: ['User.Read.All'] }),
    ],
  },
  {
    section: create,
    rule: 'watching groups and members takes a permission to read groups',
    steps: (given) => [
      given.group('club'),
      { ...refused(given.named('blind'), { resource: 'groups' }, 403, denied), as: ['User.Read.All'] },
      {
        ...refused(given.named('blind'), { resource: 'groups/{club}/members' }, 403, denied),
        as: ['User.Read.All'],
      },
      subscribe(given.named('seeing'), { resource: 'groups/{club}' }, { as: ['Group.Read.All'] }),
      subscribe(given.named('seeing'), { resource: 'groups' }, { as: ['GroupMember.Read.All'] }),
    ],
  },
  {
    section: create,
    rule: 'the permission is asked for before the object',
    steps: ({ named }) => [
      { ...refused(named('who'), { resource: `groups/${nobody}` }, 403, denied), as: ['User.Read.All'] },
    ],
  },
  {
    section: create,
    rule: 'no token, no subscription',
    steps: ({ named }) => [
      { ...refused(named('stranger'), {}, 401, refusal('InvalidAuthenticationToken')), as: 'none' },
    ],
  },
  {
    section: get,
    rule: 'a subscription of another application is not there',
    steps: ({ named }) => [
      subscribe(named('mine'), {}, { as: reader }),
      hidden('GET'),
      hidden('PATCH', '', { expirationDateTime: soon(1) }),
      hidden('POST', '/reauthorize'),
      hidden('DELETE'),
      { url: '/subscriptions/{subscription}', as: reader, status: 200 },
    ],
  },
  {
    section: list,
    rule: 'an application sees its own subscriptions',
    steps: ({ named }) => [
      subscribe(named('mine'), {}, { as: reader }),
      {
        url: '/subscriptions',
        as: reader,
        status: 200,
        reply: {
          '@odata.context': '{root}/$metadata#subscriptions',
          '@odata.nextLink': absent,
          value: containing({ id: '{subscription}', resource: 'users', '@odata.context': absent }),
        },
      },
      { url: '/subscriptions', as: otherReader, status: 200, reply: { value: counting(0) } },
    ],
  },
  {
    section: list,
    rule: 'the collection is neither paged nor filtered',
    steps: () =>
      ['$top=1', '$skip=1', "$filter=resource eq 'users'", '$select=id', '$count=true'].map((option) => ({
        url: `/subscriptions?${option}`,
        status: 400,
        reply: refusal('Request_UnsupportedQuery'),
      })),
  },
];

const lives: readonly Scene[] = [
  {
    section: update,
    rule: 'a new end comes back with the subscription',
    steps: ({ named }) => [
      subscribe(named('renewed'), { expirationDateTime: soon(1) }),
      {
        method: 'PATCH',
        url: '/subscriptions/{subscription}',
        body: { expirationDateTime: '2099-01-01T00:00:00Z' },
        status: 400,
        reply: refusal('ExtensionError', /41760 minutes/),
      },
      {
        method: 'PATCH',
        url: '/subscriptions/{subscription}',
        body: { expirationDateTime: soon(9) },
        status: 200,
        reply: {
          '@odata.context': '{root}/$metadata#subscriptions/$entity',
          id: '{subscription}',
          expirationDateTime: new RegExp(`^${soon(9).slice(0, 13)}`),
        },
      },
      advanceClock(2 * 86_400),
      { url: '/subscriptions/{subscription}', status: 200 },
    ],
  },
  {
    section: update,
    rule: 'a new address has to answer its validation first',
    steps: ({ named }) => [
      subscribe(named('before')),
      {
        method: 'PATCH',
        url: '/subscriptions/{subscription}',
        body: { notificationUrl: '{listener}/wrong/status' },
        status: 400,
        reply: refusal('ValidationError'),
      },
      {
        method: 'PATCH',
        url: '/subscriptions/{subscription}',
        body: { notificationUrl: `{listener}/${named('after')}` },
        status: 200,
        reply: { notificationUrl: `{listener}/${named('after')}` },
      },
    ],
  },
  {
    section: update,
    rule: 'lifecycleNotificationUrl and the rest stay as they were made',
    steps: ({ named }) => [
      subscribe(named('fixed')),
      ...[
        { lifecycleNotificationUrl: `{listener}/${named('life')}` },
        { resource: 'groups' },
        { changeType: 'deleted' },
        { clientState: 'new' },
      ].map((body) => ({
        method: 'PATCH',
        url: '/subscriptions/{subscription}',
        body: { ...body, expirationDateTime: soon(2) },
        status: 400,
        reply: invalid(/cannot be updated/),
      })),
      {
        method: 'PATCH',
        url: '/subscriptions/{subscription}',
        body: {},
        status: 400,
        reply: invalid(/required/),
      },
    ],
  },
  {
    section: reauthorize,
    rule: 'it changes nothing that can be seen',
    steps: ({ named }) => [
      subscribe(named('again'), {}, { capture: { subscription: 'id', end: 'expirationDateTime' } }),
      { method: 'POST', url: '/subscriptions/{subscription}/reauthorize', status: 204 },
      { url: '/subscriptions/{subscription}', status: 200, reply: { expirationDateTime: '{end}' } },
    ],
  },
  {
    section: remove,
    rule: 'a deleted subscription is gone, and makes room for the same again',
    steps: ({ named }) => [
      subscribe(named('brief')),
      { method: 'DELETE', url: '/subscriptions/{subscription}', status: 204 },
      { method: 'DELETE', url: '/subscriptions/{subscription}', status: 404, reply: notFound },
      { url: '/subscriptions/{subscription}', status: 404, reply: notFound },
      { method: 'POST', url: '/subscriptions/{subscription}/reauthorize', status: 404, reply: notFound },
      subscribe(named('brief')),
    ],
  },
  {
    section: 'Combine multiple HTTP requests using JSON batching',
    rule: 'a subscription may be made within a batch, and used by a later step',
    steps: ({ named }) => [
      {
        method: 'POST',
        url: '/$batch',
        body: {
          requests: [
            {
              id: 'made',
              method: 'POST',
              url: '/subscriptions',
              headers: { 'Content-Type': 'application/json' },
              body: bodyOf(named('batch')),
            },
            {
              id: 'wrong',
              method: 'POST',
              url: '/subscriptions',
              headers: { 'Content-Type': 'application/json' },
              body: bodyOf('wrong/text'),
            },
            { id: 'seen', method: 'GET', url: '/subscriptions', dependsOn: ['made'] },
          ],
        },
        status: 200,
        reply: {
          responses: containing(
            { id: 'made', status: 201, body: { id: guid } },
            { id: 'wrong', status: 400, body: { error: { code: 'ValidationError' } } },
            {
              id: 'seen',
              status: 200,
              body: { value: containing({ notificationUrl: `{listener}/${named('batch')}` }) },
            },
          ),
        },
      },
    ],
  },
  {
    section: limits,
    rule: 'an application has 100 subscriptions in a tenant',
    steps: ({ named }) => [
      ...Array.from({ length: 100 }, (_, place) =>
        subscribe(named(`many-${place}`), {}, { as: ['User.Read.All', 'Domain.Read.All'] }),
      ),
      {
        ...refused(
          named('many-100'),
          {},
          403,
          refusal('ExtensionError', /Forbidden.*limit of 100 subscriptions/),
        ),
        as: ['User.Read.All', 'Domain.Read.All'],
      },
      {
        method: 'DELETE',
        url: '/subscriptions/{subscription}',
        as: ['User.Read.All', 'Domain.Read.All'],
        status: 204,
      },
      subscribe(named('many-100'), {}, { as: ['User.Read.All', 'Domain.Read.All'] }),
    ],
  },
];

export const cases: readonly Case[] = staged('sub', [
  ...creation,
  ...watched,
  ...lifetimes,
  ...endpoints,
  ...permissions,
  ...lives,
]);
