// Reading relationships: members, owners, managers, memberships direct and transitive, and the membership functions.

import { absent, anyString, type Case, containing, counting, exactKeys, lacking, type Step } from './case.ts';
import {
  advanced,
  givenDevice,
  givenGroup,
  givenServicePrincipal,
  givenUnit,
  givenUser,
  link,
  microsoft365,
  remove,
  rule,
  setManager,
  unlink,
} from './given.ts';

const members = 'List members';
const transitiveMembers = 'List transitive members';
const memberOf = 'List memberOf';
const owners = 'List owners';
const managers = 'Manager and direct reports';
const memberGroups = 'getMemberGroups and getMemberObjects';
const check = 'checkMemberGroups and checkMemberObjects';
const limited = 'Limited information for inaccessible member types';
const devices = 'Registered owners and users of devices';
const units = 'Members of administrative units and roles';

const globalAdministrator: Step = {
  url: "/directoryRoles(roleTemplateId='62e90394-69f5-4237-9190-012177145e10')",
  status: 200,
  capture: { role: 'id' },
};

/** `{outer}` ∋ `{inner}` ∋ `{u}`. */
const givenNesting = (alias: string): readonly Step[] => [
  givenGroup('outer', `${alias}-outer`),
  givenGroup('inner', `${alias}-inner`),
  givenUser('u', `${alias}-u`),
  link('/groups/{outer}/members', 'inner'),
  link('/groups/{inner}/members', 'u'),
];

const memberCases: readonly Case[] = [
  rule(
    members,
    'members come with their type and default properties',
    givenGroup('g', 'members-1'),
    givenUser('u', 'members-2'),
    link('/groups/{g}/members', 'u'),
    {
      url: '/groups/{g}/members',
      status: 200,
      reply: {
        '@odata.context': '{root}/$metadata#directoryObjects',
        value: [
          {
            '@odata.type': '#microsoft.graph.user',
            id: '{u}',
            displayName: 'members-2',
            userPrincipalName: 'members-2@nordlicht.example',
          },
        ],
      },
    },
  ),
  rule(members, 'a group without members has an empty list', givenGroup('g', 'members-3'), {
    url: '/groups/{g}/members',
    status: 200,
    reply: { value: [], '@odata.nextLink': absent },
  }),
  rule(
    members,
    'members of every type',
    givenGroup('g', 'members-4'),
    givenUser('u', 'members-5'),
    givenGroup('inner', 'members-6'),
    givenDevice('device', 'members-7', '4c299165-6e8f-4b45-a5ba-000000000701'),
    ...givenServicePrincipal('sp', 'members-8'),
    link('/groups/{g}/members', 'u'),
    link('/groups/{g}/members', 'inner'),
    link('/groups/{g}/members', 'device'),
    link('/groups/{g}/members', 'sp'),
    {
      url: '/groups/{g}/members',
      status: 200,
      reply: {
        value: containing(
          { '@odata.type': '#microsoft.graph.user', id: '{u}' },
          { '@odata.type': '#microsoft.graph.group', id: '{inner}' },
          { '@odata.type': '#microsoft.graph.device', id: '{device}' },
          { '@odata.type': '#microsoft.graph.servicePrincipal', id: '{sp}' },
        ),
      },
    },
  ),
  rule(members, 'only direct members are listed', ...givenNesting('members-9'), {
    url: '/groups/{outer}/members',
    status: 200,
    reply: { value: [{ id: '{inner}' }] },
  }),
  rule(
    members,
    '$select reduces members',
    givenGroup('g', 'members-10'),
    givenUser('u', 'members-11'),
    link('/groups/{g}/members', 'u'),
    {
      url: '/groups/{g}/members?$select=id,displayName',
      status: 200,
      reply: { value: [{ id: '{u}', displayName: 'members-11', userPrincipalName: absent }] },
    },
  ),
  rule(
    members,
    'a deleted user is no member',
    givenGroup('g', 'members-12'),
    givenUser('u', 'members-13'),
    link('/groups/{g}/members', 'u'),
    remove('/users/{u}'),
    { url: '/groups/{g}/members', status: 200, reply: { value: [] } },
  ),
  rule(
    members,
    'a removed member is no member',
    givenGroup('g', 'members-14'),
    givenUser('u', 'members-15'),
    link('/groups/{g}/members', 'u'),
    unlink('/groups/{g}/members', 'u'),
    { url: '/groups/{g}/members', status: 200, reply: { value: [] } },
  ),
  rule(
    members,
    'members come in pages',
    givenGroup('g', 'members-16'),
    givenUser('a', 'members-17'),
    givenUser('b', 'members-18'),
    givenUser('c', 'members-19'),
    link('/groups/{g}/members', 'a'),
    link('/groups/{g}/members', 'b'),
    link('/groups/{g}/members', 'c'),
    {
      url: '/groups/{g}/members?$top=2',
      followed: true,
      status: 200,
      reply: { value: containing({ id: '{a}' }, { id: '{b}' }, { id: '{c}' }), pages: 2 },
    },
  ),
];

const transitiveCases: readonly Case[] = [
  rule(transitiveMembers, 'members of nested groups are listed', ...givenNesting('transitive-1'), {
    url: '/groups/{outer}/transitiveMembers',
    status: 200,
    reply: {
      '@odata.context': '{root}/$metadata#directoryObjects',
      value: containing(
        { '@odata.type': '#microsoft.graph.group', id: '{inner}' },
        { '@odata.type': '#microsoft.graph.user', id: '{u}' },
      ),
    },
  }),
  rule(
    transitiveMembers,
    'a member on two ways is listed once',
    ...givenNesting('transitive-2'),
    link('/groups/{outer}/members', 'u'),
    { url: '/groups/{outer}/transitiveMembers', status: 200, reply: { value: counting(2) } },
  ),
  rule(
    transitiveMembers,
    'groups that contain each other come to an end',
    ...givenNesting('transitive-3'),
    link('/groups/{inner}/members', 'outer'),
    {
      url: '/groups/{outer}/transitiveMembers',
      status: 200,
      reply: { value: containing({ id: '{inner}' }, { id: '{u}' }) },
    },
  ),
  rule(transitiveMembers, 'memberships of a user through nested groups', ...givenNesting('transitive-4'), {
    url: '/users/{u}/transitiveMemberOf',
    status: 200,
    reply: {
      '@odata.context': '{root}/$metadata#directoryObjects',
      value: containing({ '@odata.type': '#microsoft.graph.group', id: '{inner}' }, { id: '{outer}' }),
    },
  }),
  rule(
    transitiveMembers,
    'memberships of a group through nested groups',
    ...givenNesting('transitive-5'),
    givenGroup('top', 'transitive-5-top'),
    link('/groups/{top}/members', 'outer'),
    {
      url: '/groups/{inner}/transitiveMemberOf',
      status: 200,
      reply: { value: containing({ id: '{outer}' }, { id: '{top}' }) },
    },
  ),
];

const memberOfCases: readonly Case[] = [
  rule(
    memberOf,
    'groups, roles and administrative units of a user',
    givenUser('u', 'member-of-1'),
    givenGroup('g', 'member-of-2'),
    givenUnit('unit', 'member-of-3'),
    globalAdministrator,
    link('/groups/{g}/members', 'u'),
    link('/directory/administrativeUnits/{unit}/members', 'u'),
    link('/directoryRoles/{role}/members', 'u'),
    {
      url: '/users/{u}/memberOf',
      status: 200,
      reply: {
        '@odata.context': '{root}/$metadata#directoryObjects',
        value: containing(
          { '@odata.type': '#microsoft.graph.group', id: '{g}', displayName: 'member-of-2' },
          { '@odata.type': '#microsoft.graph.administrativeUnit', id: '{unit}' },
          { '@odata.type': '#microsoft.graph.directoryRole', id: '{role}' },
        ),
      },
    },
  ),
  rule(memberOf, 'only direct memberships are listed', ...givenNesting('member-of-4'), {
    url: '/users/{u}/memberOf',
    status: 200,
    reply: { value: [{ id: '{inner}' }] },
  }),
  rule(memberOf, 'memberships of a group', ...givenNesting('member-of-5'), {
    url: '/groups/{inner}/memberOf',
    status: 200,
    reply: { value: [{ id: '{outer}' }] },
  }),
  rule(
    memberOf,
    'memberships of a service principal',
    ...givenServicePrincipal('sp', 'member-of-6'),
    givenGroup('g', 'member-of-7'),
    link('/groups/{g}/members', 'sp'),
    { url: '/servicePrincipals/{sp}/memberOf', status: 200, reply: { value: [{ id: '{g}' }] } },
  ),
  rule(
    memberOf,
    'memberships of a device',
    givenDevice('device', 'member-of-8', '4c299165-6e8f-4b45-a5ba-000000000702'),
    givenGroup('g', 'member-of-9'),
    link('/groups/{g}/members', 'device'),
    { url: '/devices/{device}/memberOf', status: 200, reply: { value: [{ id: '{g}' }] } },
  ),
  rule(memberOf, 'a user without memberships has an empty list', givenUser('u', 'member-of-10'), {
    url: '/users/{u}/memberOf',
    status: 200,
    reply: { value: [] },
  }),
  rule(memberOf, 'the number of memberships', ...givenNesting('member-of-11'), {
    url: '/users/{u}/memberOf/$count',
    headers: advanced,
    status: 200,
    reply: '1',
  }),
  rule(memberOf, 'a filter works as advanced query', ...givenNesting('member-of-13'), {
    url: "/users/{u}/memberOf/microsoft.graph.group?$filter=startsWith(displayName,'member-of-13')&$count=true",
    headers: advanced,
    status: 200,
    reply: { '@odata.count': 1, value: [{ id: '{inner}' }] },
  }),
  rule(
    memberOf,
    'a group that was deleted is no membership',
    givenUser('u', 'member-of-14'),
    givenGroup('g', 'member-of-15'),
    link('/groups/{g}/members', 'u'),
    remove('/groups/{g}'),
    { url: '/users/{u}/memberOf', status: 200, reply: { value: [] } },
  ),
  rule(memberOf, 'a filter needs an advanced query', ...givenNesting('member-of-12'), {
    url: "/users/{u}/memberOf?$filter=displayName eq 'x'",
    status: 400,
    reply: { error: { code: 'Request_UnsupportedQuery' } },
  }),
];

const ownerCases: readonly Case[] = [
  rule(
    owners,
    'owners are listed apart from members',
    givenGroup('g', 'owners-1'),
    givenUser('a', 'owners-2'),
    givenUser('b', 'owners-3'),
    link('/groups/{g}/owners', 'a'),
    link('/groups/{g}/members', 'b'),
    {
      url: '/groups/{g}/owners',
      status: 200,
      reply: {
        '@odata.context': '{root}/$metadata#directoryObjects',
        value: [{ '@odata.type': '#microsoft.graph.user', id: '{a}' }],
      },
    },
    { url: '/groups/{g}/members', reply: { value: [{ id: '{b}' }] } },
  ),
  rule(
    owners,
    'objects that a user owns',
    givenGroup('g', 'owners-4'),
    givenUser('u', 'owners-5'),
    link('/groups/{g}/owners', 'u'),
    {
      url: '/users/{u}/ownedObjects',
      status: 200,
      reply: { value: [{ '@odata.type': '#microsoft.graph.group', id: '{g}' }] },
    },
  ),
  rule(
    owners,
    'owners of an application',
    ...givenServicePrincipal('sp', 'owners-6'),
    givenUser('u', 'owners-7'),
    link('/applications/{sp-app}/owners', 'u'),
    {
      url: '/applications/{sp-app}/owners',
      status: 200,
      reply: { value: containing({ '@odata.type': '#microsoft.graph.user', id: '{u}' }) },
    },
  ),
  rule(owners, 'a group created without owners has none', givenGroup('g', 'owners-8', microsoft365), {
    url: '/groups/{g}/owners',
    status: 200,
    reply: { value: [] },
  }),
];

const managerCases: readonly Case[] = [
  rule(
    managers,
    'the manager comes with its type',
    givenUser('u', 'managers-1'),
    givenUser('boss', 'managers-2'),
    setManager('u', 'boss'),
    {
      url: '/users/{u}/manager',
      status: 200,
      reply: { '@odata.type': '#microsoft.graph.user', id: '{boss}', displayName: 'managers-2' },
    },
  ),
  rule(managers, 'a user without manager', givenUser('u', 'managers-3'), {
    url: '/users/{u}/manager',
    status: 404,
    reply: {
      error: {
        code: 'Request_ResourceNotFound',
        message:
          "Resource 'manager' does not exist or one of its queried reference-property objects are not present.",
      },
    },
  }),
  rule(
    managers,
    'direct reports are listed',
    givenUser('a', 'managers-4'),
    givenUser('b', 'managers-5'),
    givenUser('boss', 'managers-6'),
    setManager('a', 'boss'),
    setManager('b', 'boss'),
    {
      url: '/users/{boss}/directReports',
      status: 200,
      reply: {
        '@odata.context': '{root}/$metadata#directoryObjects',
        value: containing({ '@odata.type': '#microsoft.graph.user', id: '{a}' }, { id: '{b}' }),
      },
    },
  ),
  rule(
    managers,
    'reports of reports are not listed',
    givenUser('a', 'managers-7'),
    givenUser('b', 'managers-8'),
    givenUser('boss', 'managers-9'),
    setManager('a', 'b'),
    setManager('b', 'boss'),
    { url: '/users/{boss}/directReports', status: 200, reply: { value: [{ id: '{b}' }] } },
  ),
  rule(
    managers,
    'a manager that is taken away is gone',
    givenUser('u', 'managers-10'),
    givenUser('boss', 'managers-11'),
    setManager('u', 'boss'),
    remove('/users/{u}/manager/$ref'),
    { url: '/users/{u}/manager', status: 404 },
    { url: '/users/{boss}/directReports', reply: { value: [] } },
  ),
  rule(
    managers,
    'a manager that is set again replaces the former',
    givenUser('u', 'managers-12'),
    givenUser('a', 'managers-13'),
    givenUser('b', 'managers-14'),
    setManager('u', 'a'),
    setManager('u', 'b'),
    { url: '/users/{u}/manager', status: 200, reply: { id: '{b}' } },
  ),
  rule(
    managers,
    '$select reduces the manager',
    givenUser('u', 'managers-15'),
    givenUser('boss', 'managers-16'),
    setManager('u', 'boss'),
    {
      url: '/users/{u}/manager?$select=id,displayName',
      status: 200,
      reply: { id: '{boss}', displayName: 'managers-16', userPrincipalName: absent },
    },
  ),
];

const call = (path: string, body: object): Step => ({ method: 'POST', url: path, body, status: 200 });

const memberGroupCases: readonly Case[] = [
  rule(
    memberGroups,
    'getMemberGroups gives ids of direct and nested groups',
    ...givenNesting('member-groups-1'),
    {
      ...call('/users/{u}/getMemberGroups', { securityEnabledOnly: false }),
      reply: {
        '@odata.context': '{root}/$metadata#Collection(Edm.String)',
        value: containing('{inner}', '{outer}'),
      },
    },
  ),
  rule(
    memberGroups,
    'getMemberGroups gives each group once',
    ...givenNesting('member-groups-2'),
    link('/groups/{outer}/members', 'u'),
    { ...call('/users/{u}/getMemberGroups', { securityEnabledOnly: false }), reply: { value: counting(2) } },
  ),
  rule(
    memberGroups,
    'getMemberGroups with securityEnabledOnly leaves other groups out',
    givenUser('u', 'member-groups-3'),
    givenGroup('g', 'member-groups-4'),
    givenGroup('team', 'member-groups-5', microsoft365),
    link('/groups/{g}/members', 'u'),
    link('/groups/{team}/members', 'u'),
    { ...call('/users/{u}/getMemberGroups', { securityEnabledOnly: true }), reply: { value: ['{g}'] } },
  ),
  rule(memberGroups, 'getMemberGroups of a group', ...givenNesting('member-groups-6'), {
    ...call('/groups/{inner}/getMemberGroups', { securityEnabledOnly: false }),
    reply: { value: ['{outer}'] },
  }),
  rule(
    memberGroups,
    'getMemberObjects gives roles and administrative units as well',
    givenUser('u', 'member-groups-7'),
    givenGroup('g', 'member-groups-8'),
    givenUnit('unit', 'member-groups-9'),
    globalAdministrator,
    link('/groups/{g}/members', 'u'),
    link('/directory/administrativeUnits/{unit}/members', 'u'),
    link('/directoryRoles/{role}/members', 'u'),
    {
      ...call('/users/{u}/getMemberObjects', { securityEnabledOnly: false }),
      reply: {
        '@odata.context': '{root}/$metadata#Collection(Edm.String)',
        value: containing('{g}', '{unit}', '{role}'),
      },
    },
  ),
  rule(
    memberGroups,
    'getMemberGroups leaves roles out',
    givenUser('u', 'member-groups-10'),
    globalAdministrator,
    link('/directoryRoles/{role}/members', 'u'),
    { ...call('/users/{u}/getMemberGroups', { securityEnabledOnly: false }), reply: { value: [] } },
  ),
];

const twentyOne = Array.from(
  { length: 21 },
  (_, index) => `0b6c7c0e-54a0-4f0e-9f0c-${String(index).padStart(12, '0')}`,
);

const checkCases: readonly Case[] = [
  rule(
    check,
    'checkMemberGroups gives those groups of which it is a member, nested ones too',
    ...givenNesting('check-1'),
    givenGroup('other', 'check-2'),
    {
      ...call('/users/{u}/checkMemberGroups', { groupIds: ['{inner}', '{outer}', '{other}'] }),
      reply: {
        '@odata.context': '{root}/$metadata#Collection(Edm.String)',
        value: containing('{inner}', '{outer}'),
      },
    },
    {
      ...call('/users/{u}/checkMemberGroups', { groupIds: ['{inner}', '{outer}', '{other}'] }),
      reply: { value: lacking('{other}') },
    },
  ),
  rule(
    check,
    'checkMemberGroups of no membership gives an empty list',
    givenUser('u', 'check-3'),
    givenGroup('g', 'check-4'),
    { ...call('/users/{u}/checkMemberGroups', { groupIds: ['{g}'] }), reply: { value: [] } },
  ),
  rule(check, 'checkMemberGroups takes 20 ids', givenUser('u', 'check-5'), {
    ...call('/users/{u}/checkMemberGroups', { groupIds: twentyOne.slice(0, 20) }),
    reply: { value: [] },
  }),
  rule(check, 'checkMemberGroups takes no more than 20 ids', givenUser('u', 'check-6'), {
    method: 'POST',
    url: '/users/{u}/checkMemberGroups',
    body: { groupIds: twentyOne },
    status: 400,
  }),
  rule(
    check,
    'checkMemberObjects knows roles',
    givenUser('u', 'check-7'),
    globalAdministrator,
    link('/directoryRoles/{role}/members', 'u'),
    { ...call('/users/{u}/checkMemberObjects', { ids: ['{role}'] }), reply: { value: ['{role}'] } },
  ),
  rule(check, 'checkMemberObjects takes no more than 20 ids', givenUser('u', 'check-8'), {
    method: 'POST',
    url: '/users/{u}/checkMemberObjects',
    body: { ids: twentyOne },
    status: 400,
  }),
];

const limitedCases: readonly Case[] = [
  rule(
    limited,
    'a device is listed by type and id to an app that may not read devices',
    givenGroup('g', 'limited-1'),
    givenDevice('device', 'limited-2', '4c299165-6e8f-4b45-a5ba-000000000703'),
    link('/groups/{g}/members', 'device'),
    {
      url: '/groups/{g}/members',
      as: ['GroupMember.Read.All', 'User.Read.All'],
      status: 200,
      reply: { value: [{ '@odata.type': '#microsoft.graph.device', id: '{device}', displayName: null }] },
    },
  ),
  rule(
    limited,
    'users beside it come in full',
    givenGroup('g', 'limited-3'),
    givenUser('u', 'limited-4'),
    givenDevice('device', 'limited-5', '4c299165-6e8f-4b45-a5ba-000000000704'),
    link('/groups/{g}/members', 'device'),
    link('/groups/{g}/members', 'u'),
    {
      url: '/groups/{g}/members',
      as: ['GroupMember.Read.All', 'User.Read.All'],
      status: 200,
      reply: {
        value: containing({ id: '{u}', displayName: 'limited-4' }, { id: '{device}', displayName: null }),
      },
    },
  ),
  rule(
    limited,
    'users are limited to an app that may read memberships only',
    givenGroup('g', 'limited-6'),
    givenUser('u', 'limited-7'),
    link('/groups/{g}/members', 'u'),
    {
      url: '/groups/{g}/members',
      as: ['GroupMember.Read.All'],
      status: 200,
      reply: { value: [{ '@odata.type': '#microsoft.graph.user', id: '{u}', displayName: null }] },
    },
  ),
  rule(
    limited,
    'an app that may read everything gets everything',
    givenGroup('g', 'limited-8'),
    givenDevice('device', 'limited-9', '4c299165-6e8f-4b45-a5ba-000000000705'),
    link('/groups/{g}/members', 'device'),
    {
      url: '/groups/{g}/members',
      as: ['Directory.Read.All'],
      status: 200,
      reply: { value: [{ id: '{device}', displayName: 'limited-9' }] },
    },
  ),
];

const deviceCases: readonly Case[] = [
  rule(
    devices,
    'registered owners and the devices they own',
    givenDevice('device', 'devices-1', '4c299165-6e8f-4b45-a5ba-000000000706'),
    givenUser('u', 'devices-2'),
    link('/devices/{device}/registeredOwners', 'u'),
    {
      url: '/devices/{device}/registeredOwners',
      status: 200,
      reply: {
        '@odata.context': '{root}/$metadata#directoryObjects',
        value: [{ '@odata.type': '#microsoft.graph.user', id: '{u}' }],
      },
    },
    {
      url: '/users/{u}/ownedDevices',
      status: 200,
      reply: { value: [{ '@odata.type': '#microsoft.graph.device', id: '{device}' }] },
    },
  ),
  rule(
    devices,
    'registered users and their devices',
    givenDevice('device', 'devices-3', '4c299165-6e8f-4b45-a5ba-000000000707'),
    givenUser('u', 'devices-4'),
    link('/devices/{device}/registeredUsers', 'u'),
    { url: '/devices/{device}/registeredUsers', status: 200, reply: { value: [{ id: '{u}' }] } },
    { url: '/users/{u}/registeredDevices', status: 200, reply: { value: [{ id: '{device}' }] } },
  ),
];

const unitCases: readonly Case[] = [
  rule(
    units,
    'members of an administrative unit',
    givenUnit('unit', 'units-1'),
    givenUser('u', 'units-2'),
    givenGroup('g', 'units-3'),
    link('/directory/administrativeUnits/{unit}/members', 'u'),
    link('/directory/administrativeUnits/{unit}/members', 'g'),
    {
      url: '/directory/administrativeUnits/{unit}/members',
      status: 200,
      reply: {
        value: containing(
          { '@odata.type': '#microsoft.graph.user', id: '{u}' },
          { '@odata.type': '#microsoft.graph.group', id: '{g}' },
        ),
      },
    },
  ),
  rule(
    units,
    'users of an administrative unit',
    givenUnit('unit', 'units-4'),
    givenUser('u', 'units-5'),
    givenGroup('g', 'units-6'),
    link('/directory/administrativeUnits/{unit}/members', 'u'),
    link('/directory/administrativeUnits/{unit}/members', 'g'),
    {
      url: '/directory/administrativeUnits/{unit}/members/microsoft.graph.user',
      status: 200,
      reply: { value: [{ id: '{u}' }] },
    },
  ),
  rule(
    units,
    'members of a directory role',
    givenUser('u', 'units-7'),
    globalAdministrator,
    link('/directoryRoles/{role}/members', 'u'),
    {
      url: '/directoryRoles/{role}/members',
      status: 200,
      reply: { value: containing({ '@odata.type': '#microsoft.graph.user', id: '{u}' }) },
    },
  ),
  rule(
    units,
    'links to members carry nothing else',
    givenUnit('unit', 'units-8'),
    givenUser('u', 'units-9'),
    link('/directory/administrativeUnits/{unit}/members', 'u'),
    {
      url: '/directory/administrativeUnits/{unit}/members/$ref',
      status: 200,
      reply: { value: [exactKeys('@odata.id')] },
    },
  ),
  rule(
    units,
    'a member reads its role by name',
    givenUser('u', 'units-10'),
    globalAdministrator,
    link('/directoryRoles/{role}/members', 'u'),
    {
      url: '/users/{u}/memberOf/microsoft.graph.directoryRole',
      status: 200,
      reply: { value: [{ id: '{role}', displayName: anyString }] },
    },
  ),
];

export const cases: readonly Case[] = [
  ...memberCases,
  ...transitiveCases,
  ...memberOfCases,
  ...ownerCases,
  ...managerCases,
  ...memberGroupCases,
  ...checkCases,
  ...limitedCases,
  ...deviceCases,
  ...unitCases,
];
