// Writing groups: the kinds, what creation asks for, what may change later, deletion, and creation by alternate key.

import { absent, type Case, counting, guid, instant, lacking, type Pattern } from './case.ts';
import {
  invalidValue,
  links,
  microsoft365,
  missing,
  nobody,
  owner,
  readOnly,
  refusal,
  requiredValue,
  type Scene,
  staged,
} from './stage.ts';

export const tenant = { users: 250, seed: 7 };

const create = 'Create group';
const update = 'Update group';
const remove = 'Delete group';
const resource = 'group resource type: properties';
const kinds = 'group resource type: group types';
const rules = 'Dynamic membership groups';

const rule = {
  membershipRule: 'user.department -eq "Process"',
  membershipRuleProcessingState: 'On',
};
const mailGroupRefused = refusal(
  'Request_BadRequest',
  'Cannot Update a mail-enabled security groups and or distribution list.',
);

const required: readonly Scene[] = ['displayName', 'mailEnabled', 'mailNickname', 'securityEnabled'].map(
  (property) => ({
    section: create,
    rule: `${property} is required`,
    steps: (given) => [
      {
        method: 'POST',
        url: '/groups',
        body: given.groupBody('club', { [property]: null }),
        status: 400,
        reply: requiredValue(property, 'Group'),
      },
    ],
  }),
);

/** Bodies of creation that are refused. */
const refusedBodies: readonly (readonly [rule: string, properties: object, reply?: Pattern])[] = [
  [
    'displayName takes 256 characters',
    { displayName: 'x'.repeat(257) },
    invalidValue('displayName', 'Group'),
  ],
  ['displayName takes no empty text', { displayName: '' }, invalidValue('displayName', 'Group')],
  [
    'mailNickname takes 64 characters',
    { mailNickname: 'x'.repeat(65) },
    invalidValue('mailNickname', 'Group'),
  ],
  ...['a b', 'a@b', 'a(b', 'a)b', 'a\\b', 'a[b', 'a]b', 'a"b', 'a;b', 'a:b', 'a<b', 'a>b', 'a,b', 'aäb'].map(
    (alias) =>
      [
        `mailNickname takes no ${alias.slice(1, -1) === ' ' ? 'space' : alias.slice(1, -1)}`,
        { mailNickname: alias },
        invalidValue('mailNickname', 'Group'),
      ] as const,
  ),
  [
    'a mail-enabled security group is not made through Graph',
    { mailEnabled: true, securityEnabled: true },
    mailGroupRefused,
  ],
  [
    'a distribution group is not made through Graph',
    { mailEnabled: true, securityEnabled: false },
    mailGroupRefused,
  ],
  ['a Microsoft 365 group is mail-enabled', { groupTypes: ['Unified'], mailEnabled: false }],
  ['groupTypes takes its documented values only', { groupTypes: ['Crowd'] }],
  [
    'a group that is neither mail-enabled nor security-enabled is refused',
    { mailEnabled: false, securityEnabled: false },
  ],
  ['visibility takes its documented values only', { visibility: 'Secret' }],
  ['hidden membership is for Microsoft 365 groups', { visibility: 'HiddenMembership' }],
  ['a dynamic group needs its rule', { groupTypes: ['DynamicMembership'] }],
  [
    'a rule needs a dynamic group',
    { membershipRule: rule.membershipRule, membershipRuleProcessingState: 'On' },
  ],
  [
    'a rule that cannot be read is refused',
    { groupTypes: ['DynamicMembership'], ...rule, membershipRule: 'user.department equals Process' },
  ],
  [
    'the processing state of a rule is On or Paused',
    { groupTypes: ['DynamicMembership'], ...rule, membershipRuleProcessingState: 'Sometimes' },
  ],
  [
    'a group that roles are assigned to is a security group',
    { ...microsoft365, securityEnabled: false, isAssignableToRole: true },
  ],
  [
    'a group that roles are assigned to is not dynamic',
    { groupTypes: ['DynamicMembership'], ...rule, isAssignableToRole: true },
  ],
  ['an unknown property is refused', { shoeSize: 43 }],
];

const refusals: readonly Scene[] = refusedBodies.map(
  ([text, properties, reply = { error: { code: /^(Request_)?BadRequest$/, message: /.+/ } }]) => ({
    section: create,
    rule: text,
    steps: (given) => [
      {
        method: 'POST',
        url: '/groups',
        body: given.groupBody('club', { ...properties }),
        status: 400,
        reply,
      },
    ],
  }),
);

const creation: readonly Scene[] = [
  {
    section: kinds,
    rule: 'a security group is answered with its default properties',
    steps: (given) => [
      {
        method: 'POST',
        url: '/groups',
        body: given.groupBody('club', { description: 'Those who sail' }),
        status: 201,
        reply: {
          '@odata.context': /\/v1\.0\/\$metadata#groups\/\$entity$/,
          id: guid,
          createdDateTime: instant,
          deletedDateTime: null,
          description: 'Those who sail',
          displayName: given.named('club'),
          groupTypes: [],
          mail: null,
          mailEnabled: false,
          mailNickname: given.named('club'),
          membershipRule: null,
          onPremisesSyncEnabled: null,
          proxyAddresses: [],
          renewedDateTime: instant,
          securityEnabled: true,
          securityIdentifier: /^S-1-12-1-\d+-\d+-\d+-\d+$/,
          members: absent,
          owners: absent,
          assignedLabels: absent,
        },
      },
    ],
  },
  {
    section: kinds,
    rule: 'a Microsoft 365 group gets its mail address and is public by default',
    steps: (given) => [
      {
        method: 'POST',
        url: '/groups',
        body: given.groupBody('club', microsoft365),
        status: 201,
        reply: {
          groupTypes: ['Unified'],
          mailEnabled: true,
          securityEnabled: false,
          mail: new RegExp(`^${given.named('club')}@`),
          proxyAddresses: counting(1, 3),
          visibility: 'Public',
        },
      },
    ],
  },
  {
    section: kinds,
    rule: 'a Microsoft 365 group may be security-enabled',
    steps: (given) => [
      given.team('club', { securityEnabled: true, visibility: 'Private' }),
      { url: '/groups/{club}', reply: { securityEnabled: true, mailEnabled: true, visibility: 'Private' } },
    ],
  },
  {
    section: resource,
    rule: 'the behaviour of a Microsoft 365 group is chosen at its creation',
    steps: (given) => [
      given.team('club', { resourceBehaviorOptions: ['WelcomeEmailDisabled'] }),
      { url: '/groups/{club}', reply: { resourceBehaviorOptions: ['WelcomeEmailDisabled'] } },
      {
        method: 'PATCH',
        url: '/groups/{club}',
        body: { resourceBehaviorOptions: [] },
        status: 400,
      },
    ],
  },
  {
    section: kinds,
    rule: 'hidden membership is given to a Microsoft 365 group at its creation',
    steps: (given) => [
      given.team('club', { visibility: 'HiddenMembership' }),
      { url: '/groups/{club}', reply: { visibility: 'HiddenMembership' } },
    ],
  },
  {
    section: rules,
    rule: 'a dynamic group is created with its rule',
    steps: (given) => [
      given.group('club', { groupTypes: ['DynamicMembership'], ...rule }),
      { url: '/groups/{club}', reply: { groupTypes: ['DynamicMembership'], ...rule } },
    ],
  },
  {
    section: create,
    rule: 'a group is created with owners and members',
    steps: (given) => [
      given.user('ada'),
      given.user('bo'),
      given.group('club', {
        'owners@odata.bind': links('ada'),
        'members@odata.bind': links('ada', 'bo'),
      }),
      { url: '/groups/{club}/owners?$select=id', reply: { value: [{ id: '{ada}' }] } },
      { url: '/groups/{club}/members?$select=id', reply: { value: counting(2) } },
    ],
  },
  {
    section: create,
    rule: 'links at creation may name users by /users',
    steps: (given) => [
      given.user('ada'),
      given.group('club', { 'members@odata.bind': ['{root}/users/{ada}'] }),
      { url: '/groups/{club}/members?$select=id', reply: { value: [{ id: '{ada}' }] } },
    ],
  },
  {
    section: create,
    rule: 'owners and members together are 20 relationships at most',
    steps: (given) => [
      {
        url: '/users?$top=21&$select=id',
        capture: Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`u${n}`, `value.${n}.id`])),
      },
      {
        method: 'POST',
        url: '/groups',
        body: given.groupBody('club', {
          'owners@odata.bind': links('u0'),
          'members@odata.bind': links(...Array.from({ length: 20 }, (_, n) => `u${n + 1}`)),
        }),
        status: 400,
      },
      given.group('other', {
        'owners@odata.bind': links('u0'),
        'members@odata.bind': links(...Array.from({ length: 19 }, (_, n) => `u${n + 1}`)),
      }),
    ],
  },
  {
    section: create,
    rule: 'a link is named once in a request',
    steps: (given) => [
      given.user('ada'),
      {
        method: 'POST',
        url: '/groups',
        body: given.groupBody('club', { 'members@odata.bind': links('ada', 'ada') }),
        status: 400,
        reply: refusal('Request_BadRequest', /^Request contains a property with duplicate values/),
      },
    ],
  },
  {
    section: create,
    rule: 'a link to nobody leaves no group behind',
    steps: (given) => [
      {
        method: 'POST',
        url: '/groups',
        body: given.groupBody('club', { 'members@odata.bind': [`{root}/directoryObjects/${nobody}`] }),
        status: 404,
        reply: missing(nobody),
      },
      {
        url: `/groups?$filter=displayName eq '${given.named('club')}'&$select=id`,
        reply: { value: [] },
      },
    ],
  },
  {
    section: create,
    rule: 'created by an application alone, a group has no owners',
    steps: (given) => [
      given.group('club'),
      { url: '/groups/{club}/owners?$select=id', reply: { value: [] } },
    ],
  },
  {
    section: 'Calling the API: versions',
    rule: 'a group made through beta is the same in v1.0',
    steps: (given) => [
      { ...given.group('club', { 'members@odata.bind': [] }), url: '//beta/groups' },
      { url: '/groups/{club}', reply: { displayName: given.named('club') } },
    ],
  },
  {
    section: 'Advanced queries: ConsistencyLevel',
    rule: 'the header of advanced queries does not disturb a write',
    steps: (given) => [
      { ...given.group('club'), headers: { ConsistencyLevel: 'eventual' } },
      {
        method: 'PATCH',
        url: '/groups/{club}',
        headers: { ConsistencyLevel: 'eventual' },
        body: { description: 'Those who sail' },
        status: 204,
      },
    ],
  },
  {
    section: 'Conflicts: mailNickname',
    rule: 'security groups may share a mailNickname',
    steps: (given) => [given.group('club'), given.group('other', { mailNickname: given.named('club') })],
  },
  {
    section: 'Conflicts: mailNickname',
    rule: 'mail-enabled groups do not share a mailNickname',
    steps: (given) => [
      given.team('club'),
      {
        method: 'POST',
        url: '/groups',
        body: given.groupBody('other', { ...microsoft365, mailNickname: given.named('club') }),
        status: 400,
        reply: refusal(
          'Request_BadRequest',
          'Another object with the same value for property mailNickname already exists.',
        ),
      },
    ],
  },
  {
    section: 'Role-assignable groups',
    rule: 'a group that roles are assigned to needs the permission to manage roles',
    steps: (given) => [
      {
        method: 'POST',
        url: '/groups',
        as: ['Group.ReadWrite.All'],
        body: given.groupBody('club', { isAssignableToRole: true }),
        status: 403,
        reply: refusal('Authorization_RequestDenied'),
      },
      {
        method: 'POST',
        url: '/groups',
        as: ['Group.ReadWrite.All', 'RoleManagement.ReadWrite.Directory'],
        body: given.groupBody('club', { isAssignableToRole: true }),
        status: 201,
        reply: { isAssignableToRole: true },
      },
    ],
  },
  {
    section: 'Role-assignable groups',
    rule: 'isAssignableToRole does not change after creation',
    steps: (given) => [
      given.group('club'),
      { method: 'PATCH', url: '/groups/{club}', body: { isAssignableToRole: true }, status: 400 },
    ],
  },
  {
    section: 'Upsert group',
    rule: 'a group is created by its uniqueName when the request asks for it, and updated afterwards',
    steps: (given) => [
      {
        method: 'PATCH',
        url: `/groups(uniqueName='${given.named('key')}')`,
        headers: { Prefer: 'create-if-missing' },
        body: given.groupBody('club'),
        status: 201,
        reply: { uniqueName: given.named('key'), displayName: given.named('club') },
        capture: { club: 'id' },
      },
      {
        method: 'PATCH',
        url: `/groups(uniqueName='${given.named('key')}')`,
        headers: { Prefer: 'create-if-missing' },
        body: { description: 'Again' },
        status: 204,
      },
      {
        url: `/groups(uniqueName='${given.named('key')}')`,
        reply: { id: '{club}', description: 'Again' },
      },
    ],
  },
  {
    section: 'Upsert group',
    rule: 'without the preference an unknown key is not found',
    steps: (given) => [
      {
        method: 'PATCH',
        url: `/groups(uniqueName='${given.named('key')}')`,
        body: given.groupBody('club'),
        status: 404,
        reply: { error: { code: 'Request_ResourceNotFound' } },
      },
    ],
  },
  {
    section: 'Upsert group',
    rule: 'uniqueName is given once and belongs to one group',
    steps: (given) => [
      given.group('club', { uniqueName: given.named('key') }),
      { method: 'PATCH', url: '/groups/{club}', body: { uniqueName: given.named('other') }, status: 400 },
      {
        method: 'POST',
        url: '/groups',
        body: given.groupBody('other', { uniqueName: given.named('key') }),
        status: 400,
        reply: { error: { code: 'Request_BadRequest', message: /already exists|conflicting object/ } },
      },
    ],
  },
];

const updates: readonly Scene[] = [
  {
    section: update,
    rule: 'an update is answered with 204 and leaves other properties as they are',
    steps: (given) => [
      given.group('club', { description: 'Those who sail' }),
      { method: 'PATCH', url: '/groups/{club}', body: { displayName: given.named('new') }, status: 204 },
      { url: '/groups/{club}', reply: { displayName: given.named('new'), description: 'Those who sail' } },
    ],
  },
  {
    section: update,
    rule: 'null clears the description, an empty text is refused',
    steps: (given) => [
      given.group('club', { description: 'Those who sail' }),
      {
        method: 'PATCH',
        url: '/groups/{club}',
        body: { description: '' },
        status: 400,
        reply: invalidValue('description', 'Group'),
      },
      { method: 'PATCH', url: '/groups/{club}', body: { description: null }, status: 204 },
      { url: '/groups/{club}', reply: { description: null } },
    ],
  },
  ...(
    ['mail', 'proxyAddresses', 'createdDateTime', 'securityIdentifier', 'onPremisesSyncEnabled'] as const
  ).map(
    (property): Scene => ({
      section: resource,
      rule: `${property} is read-only`,
      steps: (given) => [
        given.group('club'),
        {
          method: 'PATCH',
          url: '/groups/{club}',
          body: {
            [property]:
              property === 'proxyAddresses'
                ? []
                : property === 'onPremisesSyncEnabled'
                  ? true
                  : '2020-01-01T00:00:00Z',
          },
          status: 400,
          reply: readOnly(property),
        },
      ],
    }),
  ),
  {
    section: kinds,
    rule: 'a security group does not become a Microsoft 365 group',
    steps: (given) => [
      given.group('club'),
      { method: 'PATCH', url: '/groups/{club}', body: { groupTypes: ['Unified'] }, status: 400 },
      { url: '/groups/{club}', reply: { groupTypes: [] } },
    ],
  },
  {
    section: kinds,
    rule: 'a Microsoft 365 group does not become a security group',
    steps: (given) => [
      given.team('club'),
      { method: 'PATCH', url: '/groups/{club}', body: { groupTypes: [] }, status: 400 },
      { url: '/groups/{club}', reply: { groupTypes: ['Unified'] } },
    ],
  },
  {
    section: rules,
    rule: 'a static group is made dynamic and static again',
    steps: (given) => [
      given.group('club'),
      {
        method: 'PATCH',
        url: '/groups/{club}',
        body: { groupTypes: ['DynamicMembership'], ...rule },
        status: 204,
      },
      { url: '/groups/{club}', reply: { groupTypes: ['DynamicMembership'], ...rule } },
      {
        method: 'PATCH',
        url: '/groups/{club}',
        body: { groupTypes: [], membershipRule: null, membershipRuleProcessingState: null },
        status: 204,
      },
      { url: '/groups/{club}', reply: { groupTypes: [], membershipRule: null } },
    ],
  },
  {
    section: rules,
    rule: 'a rule can be changed and paused',
    steps: (given) => [
      given.group('club', { groupTypes: ['DynamicMembership'], ...rule }),
      {
        method: 'PATCH',
        url: '/groups/{club}',
        body: { membershipRule: 'user.department -eq "Sales"', membershipRuleProcessingState: 'Paused' },
        status: 204,
      },
      {
        url: '/groups/{club}',
        reply: { membershipRule: 'user.department -eq "Sales"', membershipRuleProcessingState: 'Paused' },
      },
    ],
  },
  {
    section: resource,
    rule: 'hidden membership is not given later',
    steps: (given) => [
      given.team('club'),
      { method: 'PATCH', url: '/groups/{club}', body: { visibility: 'HiddenMembership' }, status: 400 },
    ],
  },
  {
    section: update,
    rule: 'a distribution group is read-only',
    steps: () => [
      {
        url: "/groups?$filter=mailEnabled eq true and securityEnabled eq false and not groupTypes/any(t:t eq 'Unified')&$count=true&$top=1&$select=id",
        headers: { ConsistencyLevel: 'eventual' },
        capture: { list: 'value.0.id' },
      },
      {
        method: 'PATCH',
        url: '/groups/{list}',
        body: { displayName: 'Another name' },
        status: 400,
        reply: mailGroupRefused,
      },
    ],
  },
  {
    section: update,
    rule: 'an unknown group cannot be updated',
    steps: () => [
      {
        method: 'PATCH',
        url: `/groups/${nobody}`,
        body: { description: 'x' },
        status: 404,
        reply: missing(nobody),
      },
    ],
  },
  {
    section: update,
    rule: 'a group is not addressed by anything but an id',
    steps: () => [
      {
        method: 'PATCH',
        url: '/groups/xyz',
        body: { description: 'x' },
        status: 400,
        reply: refusal('Request_BadRequest', "Invalid object identifier 'xyz'."),
      },
    ],
  },
];

const deletion: readonly Scene[] = [
  {
    section: remove,
    rule: 'a deleted Microsoft 365 group can be restored with owners and members',
    steps: (given) => [
      given.user('ada'),
      given.team('club', { 'members@odata.bind': links('ada') }),
      owner('club', 'ada'),
      { method: 'DELETE', url: '/groups/{club}', status: 204 },
      { url: '/groups/{club}', status: 404, reply: missing('{club}') },
      {
        url: '/directory/deletedItems/{club}',
        reply: { '@odata.type': '#microsoft.graph.group', id: '{club}', deletedDateTime: instant },
      },
      {
        method: 'POST',
        url: '/directory/deletedItems/{club}/restore',
        status: 200,
        reply: { '@odata.type': '#microsoft.graph.group', id: '{club}' },
      },
      { url: '/groups/{club}', reply: { displayName: given.named('club'), deletedDateTime: null } },
      { url: '/groups/{club}/members?$select=id', reply: { value: [{ id: '{ada}' }] } },
      { url: '/groups/{club}/owners?$select=id', reply: { value: [{ id: '{ada}' }] } },
    ],
  },
  {
    section: remove,
    rule: 'a deleted security group is found among the deleted items',
    steps: (given) => [
      given.group('club'),
      { method: 'DELETE', url: '/groups/{club}', status: 204 },
      {
        url: `/directory/deletedItems/microsoft.graph.group?$filter=displayName eq '${given.named('club')}'&$select=id`,
        reply: { value: [{ id: '{club}' }] },
      },
    ],
  },
  {
    section: 'Known issues: deleted groups',
    rule: 'a deleted security group says that it is not security-enabled',
    steps: (given) => [
      given.group('club'),
      { method: 'DELETE', url: '/groups/{club}', status: 204 },
      {
        url: `/directory/deletedItems/microsoft.graph.group?$filter=displayName eq '${given.named('club')}'&$select=securityEnabled`,
        reply: { value: [{ securityEnabled: false }] },
      },
      { method: 'POST', url: '/directory/deletedItems/{club}/restore', status: 200 },
      { url: '/groups/{club}?$select=securityEnabled', reply: { securityEnabled: true } },
    ],
  },
  {
    section: remove,
    rule: 'a deleted group is listed nowhere',
    steps: (given) => [
      given.user('ada'),
      given.group('club', { 'members@odata.bind': links('ada') }),
      { method: 'DELETE', url: '/groups/{club}', status: 204 },
      { url: '/users/{ada}/memberOf?$select=id', reply: { value: lacking({ id: '{club}' }) } },
      { url: `/groups?$filter=displayName eq '${given.named('club')}'&$select=id`, reply: { value: [] } },
    ],
  },
  {
    section: remove,
    rule: 'a distribution group is deleted for good',
    steps: () => [
      {
        url: "/groups?$filter=mailEnabled eq true and securityEnabled eq false and not groupTypes/any(t:t eq 'Unified')&$count=true&$top=1&$select=id",
        headers: { ConsistencyLevel: 'eventual' },
        capture: { list: 'value.0.id' },
      },
      { method: 'DELETE', url: '/groups/{list}', status: 204 },
      { url: '/directory/deletedItems/{list}', status: 404, reply: missing('{list}') },
    ],
  },
  {
    section: remove,
    rule: 'the address of a deleted group may be taken, its restore is then a conflict',
    steps: (given) => [
      given.team('club'),
      { method: 'DELETE', url: '/groups/{club}', status: 204 },
      given.team('heir', { mailNickname: given.named('club') }),
      { method: 'POST', url: '/directory/deletedItems/{club}/restore', status: 400 },
    ],
  },
  {
    section: 'Permanently delete item',
    rule: 'a purged group cannot be restored',
    steps: (given) => [
      given.group('club'),
      { method: 'DELETE', url: '/groups/{club}', status: 204 },
      { method: 'DELETE', url: '/directory/deletedItems/{club}', status: 204 },
      {
        method: 'POST',
        url: '/directory/deletedItems/{club}/restore',
        status: 404,
        reply: missing('{club}'),
      },
    ],
  },
];

export const cases: readonly Case[] = staged('g', [
  ...creation,
  ...required,
  ...refusals,
  ...updates,
  ...deletion,
]);
