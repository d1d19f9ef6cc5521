// Links between objects: members and owners of groups one by one and twenty at a time, managers, and what is refused.

import { type Case, containing, counting, lacking, type Step } from './case.ts';
import {
  advanceClock,
  links,
  member,
  missing,
  nobody,
  owner,
  reference,
  refusal,
  type Scene,
  servicePrincipal,
  staged,
} from './stage.ts';

export const tenant = { users: 250, seed: 7 };

const addMember = 'Add members';
const addMembers = 'Add members: several at once';
const removeMember = 'Remove member';
const addOwner = 'Add owners';
const removeOwner = 'Remove owner';
const assignManager = 'Assign manager';

const alreadyLinked = (relationship: string) =>
  refusal(
    'Request_BadRequest',
    `One or more added object references already exist for the following modified properties: '${relationship}'.`,
  );
const mailGroupRefused = refusal(
  'Request_BadRequest',
  'Cannot Update a mail-enabled security groups and or distribution list.',
);
const noManager = refusal(
  'Request_ResourceNotFound',
  "Resource 'manager' does not exist or one of its queried reference-property objects are not present.",
);

/** Keeps the ids of the first users of the tenant as u0, u1, …. */
const firstUsers = (count: number): Step => ({
  url: `/users?$top=${count}&$select=id`,
  capture: Object.fromEntries(numbers(count).map((n) => [`u${n}`, `value.${n}.id`])),
});
const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, n) => n);
const users = (from: number, count: number): readonly string[] =>
  links(...numbers(count).map((n) => `u${from + n}`));

const aDevice: Step = { url: '/devices?$top=1&$select=id', capture: { device: 'value.0.id' } };
const aContact: Step = { url: '/contacts?$top=1&$select=id', capture: { contact: 'value.0.id' } };
const mailGroups: Step = {
  url: "/groups?$filter=mailEnabled eq true and securityEnabled eq false and not groupTypes/any(t:t eq 'Unified')&$count=true&$top=1&$select=id",
  headers: { ConsistencyLevel: 'eventual' },
  capture: { list: 'value.0.id' },
};
const mailSecurityGroups: Step = {
  url: "/groups?$filter=mailEnabled eq true and securityEnabled eq true and not groupTypes/any(t:t eq 'Unified')&$count=true&$top=1&$select=id",
  headers: { ConsistencyLevel: 'eventual' },
  capture: { list: 'value.0.id' },
};
const dynamic = {
  groupTypes: ['DynamicMembership'],
  membershipRule: 'user.department -eq "Nowhere at all"',
  membershipRuleProcessingState: 'On',
};
const membersOf = (group: string, ...names: string[]): Step => ({
  url: `/groups/{${group}}/members?$select=id`,
  reply: { value: names.length === 0 ? [] : containing(...names.map((name) => ({ id: `{${name}}` }))) },
});

const addingOne: readonly Scene[] = [
  {
    section: addMember,
    rule: 'a member is added with 204 and then listed',
    steps: (given) => [
      given.user('ada'),
      given.group('club'),
      member('club', 'ada'),
      {
        url: '/groups/{club}/members',
        reply: {
          value: [{ '@odata.type': '#microsoft.graph.user', id: '{ada}', displayName: given.named('ada') }],
        },
      },
      { url: '/users/{ada}/memberOf?$select=id', reply: { value: containing({ id: '{club}' }) } },
    ],
  },
  ...(
    [
      ['/users of the version root', '{root}/users/{ada}'],
      [
        'a host and version that a library has built in',
        'https://graph.microsoft.com/v1.0/directoryObjects/{ada}',
      ],
      ['the beta version', 'https://graph.microsoft.com/beta/users/{ada}'],
    ] as const
  ).map(
    ([text, link]): Scene => ({
      section: addMember,
      rule: `the new member may be named by ${text}`,
      steps: (given) => [
        given.user('ada'),
        given.group('club'),
        { method: 'POST', url: '/groups/{club}/members/$ref', body: { '@odata.id': link }, status: 204 },
        membersOf('club', 'ada'),
      ],
    }),
  ),
  {
    section: addMember,
    rule: 'a member is added once',
    steps: (given) => [
      given.user('ada'),
      given.group('club'),
      member('club', 'ada'),
      { ...member('club', 'ada'), status: 400, reply: alreadyLinked('members') },
    ],
  },
  {
    section: addMember,
    rule: 'nobody cannot be added',
    steps: (given) => [
      given.group('club'),
      {
        method: 'POST',
        url: '/groups/{club}/members/$ref',
        body: { '@odata.id': `{root}/directoryObjects/${nobody}` },
        status: 404,
        reply: missing(nobody),
      },
    ],
  },
  {
    section: addMember,
    rule: 'a deleted user cannot be added',
    steps: (given) => [
      given.user('ada'),
      given.group('club'),
      { method: 'DELETE', url: '/users/{ada}', status: 204 },
      { ...member('club', 'ada'), status: 404, reply: missing('{ada}') },
    ],
  },
  {
    section: addMember,
    rule: 'a group that does not exist takes no members',
    steps: (given) => [
      given.user('ada'),
      {
        method: 'POST',
        url: `/groups/${nobody}/members/$ref`,
        body: reference('ada'),
        status: 404,
        reply: missing(nobody),
      },
    ],
  },
  {
    section: addMember,
    rule: 'a malformed group id is refused',
    steps: (given) => [
      given.user('ada'),
      {
        method: 'POST',
        url: '/groups/xyz/members/$ref',
        body: reference('ada'),
        status: 400,
        reply: refusal('Request_BadRequest', "Invalid object identifier 'xyz'."),
      },
    ],
  },
  {
    section: addMember,
    rule: 'a malformed member id is refused',
    steps: (given) => [
      given.group('club'),
      {
        method: 'POST',
        url: '/groups/{club}/members/$ref',
        body: { '@odata.id': '{root}/directoryObjects/xyz' },
        status: 400,
        reply: refusal(
          'Request_UnsupportedQuery',
          "Unsupported referenced-object resource identifier for link property 'members'.",
        ),
      },
    ],
  },
  {
    section: addMember,
    rule: 'a body without a link to a directory object is refused',
    steps: (given) => [
      given.group('club'),
      {
        method: 'POST',
        url: '/groups/{club}/members/$ref',
        body: { '@odata.id': 'https://graph.microsoft.com/v1.0/me/messages/1' },
        status: 400,
        reply: { error: { code: /^(Request_)?BadRequest$/, message: /^Not a valid reference update/ } },
      },
    ],
  },
  {
    section: 'Group members: types',
    rule: 'a security group takes users, groups, devices, service principals and contacts',
    steps: (given) => [
      given.user('ada'),
      given.group('inner'),
      given.application('app'),
      servicePrincipal('principal', 'app'),
      aDevice,
      aContact,
      given.group('club'),
      ...['ada', 'inner', 'principal', 'device', 'contact'].map((name) => member('club', name)),
      {
        url: '/groups/{club}/members?$select=id',
        reply: {
          value: containing(
            { '@odata.type': '#microsoft.graph.user', id: '{ada}' },
            { '@odata.type': '#microsoft.graph.group', id: '{inner}' },
            { '@odata.type': '#microsoft.graph.servicePrincipal', id: '{principal}' },
            { '@odata.type': '#microsoft.graph.device', id: '{device}' },
            { '@odata.type': '#microsoft.graph.orgContact', id: '{contact}' },
          ),
        },
      },
    ],
  },
  {
    section: 'Group members: types',
    rule: 'a Microsoft 365 group takes users',
    steps: (given) => [
      given.user('ada'),
      given.team('club'),
      member('club', 'ada'),
      membersOf('club', 'ada'),
    ],
  },
  {
    section: 'Group members: types',
    rule: 'a Microsoft 365 group takes no groups, devices, contacts or service principals',
    steps: (given) => [
      given.group('inner'),
      given.application('app'),
      servicePrincipal('principal', 'app'),
      aDevice,
      aContact,
      given.team('club'),
      ...['inner', 'principal', 'device', 'contact'].map((name) => ({
        ...member('club', name),
        status: 400,
      })),
      membersOf('club'),
    ],
  },
  {
    section: 'Group members: types',
    rule: 'a security group takes no Microsoft 365 group',
    steps: (given) => [given.team('inner'), given.group('club'), { ...member('club', 'inner'), status: 400 }],
  },
  {
    section: 'Group members: types',
    rule: 'a group that roles are assigned to takes users and service principals but no groups',
    steps: (given) => [
      given.user('ada'),
      given.application('app'),
      servicePrincipal('principal', 'app'),
      given.group('inner'),
      given.group('club', { isAssignableToRole: true }),
      member('club', 'ada'),
      member('club', 'principal'),
      { ...member('club', 'inner'), status: 400 },
    ],
  },
  {
    section: 'Group members: types',
    rule: 'an application object is no member of a group',
    steps: (given) => [
      given.application('app'),
      given.group('club'),
      { ...member('club', 'app'), status: 400 },
    ],
  },
  {
    section: 'Group members: types',
    rule: 'groups may be members of each other',
    steps: (given) => [
      given.group('one'),
      given.group('two'),
      member('one', 'two'),
      member('two', 'one'),
      { url: '/groups/{one}/transitiveMembers?$select=id', reply: { value: containing({ id: '{two}' }) } },
    ],
  },
  {
    section: addMember,
    rule: 'a distribution group takes no members through Graph',
    steps: (given) => [
      given.user('ada'),
      mailGroups,
      { ...member('list', 'ada'), status: 400, reply: mailGroupRefused },
    ],
  },
  {
    section: addMember,
    rule: 'a mail-enabled security group takes no members through Graph',
    steps: (given) => [
      given.user('ada'),
      mailSecurityGroups,
      { ...member('list', 'ada'), status: 400, reply: mailGroupRefused },
    ],
  },
  {
    section: addMember,
    rule: 'a dynamic group takes members by its rule only',
    steps: (given) => [
      given.user('ada'),
      given.group('club', dynamic),
      { ...member('club', 'ada'), status: 400, reply: refusal('Request_BadRequest') },
      {
        method: 'PATCH',
        url: '/groups/{club}',
        body: { 'members@odata.bind': links('ada') },
        status: 400,
        reply: refusal('Request_BadRequest'),
      },
    ],
  },
  {
    section: 'Dynamic membership groups',
    rule: 'a rule brings users in and takes them out again',
    steps: (given) => [
      given.user('ada', { department: given.named('Deck') }),
      given.user('bo', { department: given.named('Engine') }),
      given.group('club', { ...dynamic, membershipRule: `user.department -eq "${given.named('Deck')}"` }),
      advanceClock(3_600),
      { url: '/groups/{club}/members?$select=id', reply: { value: [{ id: '{ada}' }] } },
      { method: 'PATCH', url: '/users/{ada}', body: { department: 'Elsewhere' }, status: 204 },
      { method: 'PATCH', url: '/users/{bo}', body: { department: given.named('Deck') }, status: 204 },
      advanceClock(3_600),
      { url: '/groups/{club}/members?$select=id', reply: { value: [{ id: '{bo}' }] } },
    ],
  },
  {
    section: addMember,
    rule: 'a group mastered on premises takes no members through Graph',
    steps: (given) => [
      given.user('ada'),
      {
        url: '/groups?$filter=onPremisesSyncEnabled eq true and mailEnabled eq false&$count=true&$top=1&$select=id',
        headers: { ConsistencyLevel: 'eventual' },
        capture: { synced: 'value.0.id' },
      },
      {
        ...member('synced', 'ada'),
        status: 400,
        reply: refusal(
          'Request_BadRequest',
          'Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.',
        ),
      },
    ],
  },
  {
    section: 'Role-assignable groups',
    rule: 'members of a group that roles are assigned to need the permission to manage roles',
    steps: (given) => [
      given.user('ada'),
      given.group('club', { isAssignableToRole: true }),
      {
        ...member('club', 'ada'),
        as: ['Group.ReadWrite.All'],
        status: 403,
        reply: refusal('Authorization_RequestDenied'),
      },
      { ...member('club', 'ada'), as: ['Group.ReadWrite.All', 'RoleManagement.ReadWrite.Directory'] },
    ],
  },
];

const addingSeveral: readonly Scene[] = [
  {
    section: addMembers,
    rule: 'twenty members are added by one update',
    steps: (given) => [
      firstUsers(20),
      given.group('club'),
      { method: 'PATCH', url: '/groups/{club}', body: { 'members@odata.bind': users(0, 20) }, status: 204 },
      { url: '/groups/{club}/members?$select=id', reply: { value: counting(20) } },
    ],
  },
  {
    section: addMembers,
    rule: 'twenty-one are refused, and none is added',
    steps: (given) => [
      firstUsers(21),
      given.group('club'),
      { method: 'PATCH', url: '/groups/{club}', body: { 'members@odata.bind': users(0, 21) }, status: 400 },
      membersOf('club'),
    ],
  },
  {
    section: addMembers,
    rule: 'a member among the twenty keeps the others out',
    steps: (given) => [
      firstUsers(3),
      given.group('club'),
      member('club', 'u1'),
      {
        method: 'PATCH',
        url: '/groups/{club}',
        body: { 'members@odata.bind': users(0, 3) },
        status: 400,
        reply: alreadyLinked('members'),
      },
      { url: '/groups/{club}/members?$select=id', reply: { value: [{ id: '{u1}' }] } },
    ],
  },
  {
    section: addMembers,
    rule: 'nobody among the twenty keeps the others out',
    steps: (given) => [
      firstUsers(2),
      given.group('club'),
      {
        method: 'PATCH',
        url: '/groups/{club}',
        body: { 'members@odata.bind': [...users(0, 2), `{root}/directoryObjects/${nobody}`] },
        status: 404,
        reply: missing(nobody),
      },
      membersOf('club'),
    ],
  },
  {
    section: addMembers,
    rule: 'a member of a type that the group does not take keeps the others out',
    steps: (given) => [
      firstUsers(2),
      given.group('inner'),
      given.team('club'),
      {
        method: 'PATCH',
        url: '/groups/{club}',
        body: { 'members@odata.bind': [...users(0, 2), ...links('inner')] },
        status: 400,
      },
      membersOf('club'),
    ],
  },
  {
    section: addMembers,
    rule: 'a link may be relative',
    steps: (given) => [
      firstUsers(1),
      given.group('club'),
      {
        method: 'PATCH',
        url: '/groups/{club}',
        body: { 'members@odata.bind': ['directoryObjects/{u0}'] },
        status: 204,
      },
      membersOf('club', 'u0'),
    ],
  },
  {
    section: addMembers,
    rule: 'a malformed link is refused',
    steps: (given) => [
      given.group('club'),
      {
        method: 'PATCH',
        url: '/groups/{club}',
        body: { 'members@odata.bind': ['{root}/directoryObjects/xyz'] },
        status: 400,
      },
    ],
  },
  {
    section: 'Add owners: several at once',
    rule: 'owners are bound by an update',
    steps: (given) => [
      firstUsers(2),
      given.group('club'),
      { method: 'PATCH', url: '/groups/{club}', body: { 'owners@odata.bind': users(0, 2) }, status: 204 },
      { url: '/groups/{club}/owners?$select=id', reply: { value: counting(2) } },
    ],
  },
];

const removing: readonly Scene[] = [
  {
    section: removeMember,
    rule: 'a member is removed with 204 and lives on',
    steps: (given) => [
      given.user('ada'),
      given.group('club'),
      member('club', 'ada'),
      { method: 'DELETE', url: '/groups/{club}/members/{ada}/$ref', status: 204 },
      membersOf('club'),
      { url: '/users/{ada}', status: 200 },
    ],
  },
  {
    section: removeMember,
    rule: 'the member may be named by a link in the query',
    steps: (given) => [
      given.user('ada'),
      given.group('club'),
      member('club', 'ada'),
      {
        method: 'DELETE',
        url: '/groups/{club}/members/$ref?@id={root}/directoryObjects/{ada}',
        status: 204,
      },
      membersOf('club'),
    ],
  },
  {
    section: removeMember,
    rule: 'who is no member is not found',
    steps: (given) => [
      given.user('ada'),
      given.group('club'),
      {
        method: 'DELETE',
        url: '/groups/{club}/members/{ada}/$ref',
        status: 404,
        reply: missing('{ada}'),
      },
    ],
  },
  {
    section: removeMember,
    rule: 'a group that does not exist is not found',
    steps: (given) => [
      given.user('ada'),
      {
        method: 'DELETE',
        url: `/groups/${nobody}/members/{ada}/$ref`,
        status: 404,
        reply: missing(nobody),
      },
    ],
  },
  {
    section: removeMember,
    rule: 'a malformed member id is refused',
    steps: (given) => [
      given.group('club'),
      {
        method: 'DELETE',
        url: '/groups/{club}/members/xyz/$ref',
        status: 400,
        reply: refusal(
          'Request_UnsupportedQuery',
          "Unsupported referenced-object resource identifier for link property 'members'.",
        ),
      },
    ],
  },
  {
    section: removeMember,
    rule: 'without $ref nothing is unlinked and nobody is deleted',
    steps: (given) => [
      given.user('ada'),
      given.group('club'),
      member('club', 'ada'),
      { method: 'DELETE', url: '/groups/{club}/members/{ada}', status: 400 },
      { url: '/users/{ada}', status: 200 },
      membersOf('club', 'ada'),
    ],
  },
  {
    section: removeMember,
    rule: 'a distribution group gives no members away through Graph',
    steps: () => [
      mailGroups,
      { url: '/groups/{list}/members?$select=id&$top=1', capture: { one: 'value.0.id' } },
      {
        method: 'DELETE',
        url: '/groups/{list}/members/{one}/$ref',
        status: 400,
        reply: mailGroupRefused,
      },
    ],
  },
];

const owning: readonly Scene[] = [
  {
    section: addOwner,
    rule: 'users and service principals own groups',
    steps: (given) => [
      given.user('ada'),
      given.application('app'),
      servicePrincipal('principal', 'app'),
      given.group('club'),
      owner('club', 'ada'),
      owner('club', 'principal'),
      {
        url: '/groups/{club}/owners?$select=id',
        reply: { value: containing({ id: '{ada}' }, { id: '{principal}' }) },
      },
    ],
  },
  {
    section: addOwner,
    rule: 'a group owns no group',
    steps: (given) => [given.group('inner'), given.group('club'), { ...owner('club', 'inner'), status: 400 }],
  },
  {
    section: addOwner,
    rule: 'an owner is added once',
    steps: (given) => [
      given.user('ada'),
      given.group('club'),
      owner('club', 'ada'),
      { ...owner('club', 'ada'), status: 400, reply: alreadyLinked('owners') },
    ],
  },
  {
    section: addOwner,
    rule: 'owning is not being a member',
    steps: (given) => [given.user('ada'), given.group('club'), owner('club', 'ada'), membersOf('club')],
  },
  {
    section: addOwner,
    rule: 'a group has 100 owners at most',
    steps: (given) => [
      firstUsers(101),
      given.group('club'),
      ...numbers(5).map((n) => ({
        method: 'PATCH',
        url: '/groups/{club}',
        body: { 'owners@odata.bind': users(20 * n, 20) },
        status: 204,
      })),
      {
        ...owner('club', 'u100'),
        status: 403,
        reply: refusal(
          'Directory_QuotaExceeded',
          "Unable to perform operation as '101' would exceed the maximum quota count '100' for forward-link 'owners'.",
        ),
      },
    ],
  },
  {
    section: removeOwner,
    rule: 'an owner is removed while another one stays',
    steps: (given) => [
      given.user('ada'),
      given.user('bo'),
      given.group('club'),
      owner('club', 'ada'),
      owner('club', 'bo'),
      { method: 'DELETE', url: '/groups/{club}/owners/{ada}/$ref', status: 204 },
      { url: '/groups/{club}/owners?$select=id', reply: { value: [{ id: '{bo}' }] } },
    ],
  },
  {
    section: removeOwner,
    rule: 'the last owner stays',
    steps: (given) => [
      given.user('ada'),
      given.group('club'),
      owner('club', 'ada'),
      {
        method: 'DELETE',
        url: '/groups/{club}/owners/{ada}/$ref',
        status: 400,
        reply: refusal(
          'Request_BadRequest',
          'The group must have at least one owner, hence this owner cannot be removed.',
        ),
      },
    ],
  },
  {
    section: removeOwner,
    rule: 'who is no owner is not found',
    steps: (given) => [
      given.user('ada'),
      given.group('club'),
      { method: 'DELETE', url: '/groups/{club}/owners/{ada}/$ref', status: 404, reply: missing('{ada}') },
    ],
  },
];

const managing: readonly Scene[] = [
  {
    section: assignManager,
    rule: 'a manager is assigned, listed from both sides, and taken away',
    steps: (given) => [
      given.user('ada'),
      given.user('boss'),
      {
        method: 'PUT',
        url: '/users/{ada}/manager/$ref',
        body: { '@odata.id': '{root}/users/{boss}' },
        status: 204,
      },
      {
        url: '/users/{ada}/manager',
        reply: { '@odata.type': '#microsoft.graph.user', id: '{boss}', displayName: given.named('boss') },
      },
      { url: '/users/{boss}/directReports?$select=id', reply: { value: [{ id: '{ada}' }] } },
      { method: 'DELETE', url: '/users/{ada}/manager/$ref', status: 204 },
      { url: '/users/{ada}/manager', status: 404, reply: noManager },
    ],
  },
  {
    section: assignManager,
    rule: 'a user without a manager is told so',
    steps: (given) => [given.user('ada'), { url: '/users/{ada}/manager', status: 404, reply: noManager }],
  },
  {
    section: assignManager,
    rule: 'a new manager takes the place of the old one',
    steps: (given) => [
      given.user('ada'),
      given.user('old'),
      given.user('new'),
      { method: 'PUT', url: '/users/{ada}/manager/$ref', body: reference('old'), status: 204 },
      { method: 'PUT', url: '/users/{ada}/manager/$ref', body: reference('new'), status: 204 },
      { url: '/users/{ada}/manager?$select=id', reply: { id: '{new}' } },
      { url: '/users/{old}/directReports?$select=id', reply: { value: lacking({ id: '{ada}' }) } },
    ],
  },
  ...(
    [
      ['an address that a library has built in', 'https://graph.microsoft.com/v1.0/users/{boss}'],
      ['/directoryObjects', 'https://graph.microsoft.com/beta/directoryObjects/{boss}'],
      ['a relative link', 'users/{boss}'],
    ] as const
  ).map(
    ([text, link]): Scene => ({
      section: assignManager,
      rule: `the manager may be named by ${text}`,
      steps: (given) => [
        given.user('ada'),
        given.user('boss'),
        { method: 'PUT', url: '/users/{ada}/manager/$ref', body: { '@odata.id': link }, status: 204 },
        { url: '/users/{ada}/manager?$select=id', reply: { id: '{boss}' } },
      ],
    }),
  ),
  {
    section: assignManager,
    rule: 'a contact may be a manager',
    steps: (given) => [
      given.user('ada'),
      aContact,
      { method: 'PUT', url: '/users/{ada}/manager/$ref', body: reference('contact'), status: 204 },
      {
        url: '/users/{ada}/manager',
        reply: { '@odata.type': '#microsoft.graph.orgContact', id: '{contact}' },
      },
    ],
  },
  {
    section: assignManager,
    rule: "a group is nobody's manager",
    steps: (given) => [
      given.user('ada'),
      given.group('club'),
      { method: 'PUT', url: '/users/{ada}/manager/$ref', body: reference('club'), status: 400 },
    ],
  },
  {
    section: assignManager,
    rule: "nobody is nobody's manager",
    steps: (given) => [
      given.user('ada'),
      {
        method: 'PUT',
        url: '/users/{ada}/manager/$ref',
        body: { '@odata.id': `{root}/users/${nobody}` },
        status: 404,
        reply: missing(nobody),
      },
    ],
  },
  {
    section: assignManager,
    rule: 'an unknown user has no manager to assign',
    steps: (given) => [
      given.user('boss'),
      {
        method: 'PUT',
        url: `/users/${nobody}/manager/$ref`,
        body: reference('boss'),
        status: 404,
        reply: missing(nobody),
      },
    ],
  },
];

export const cases: readonly Case[] = staged('r', [
  ...addingOne,
  ...addingSeveral,
  ...removing,
  ...owning,
  ...managing,
]);
