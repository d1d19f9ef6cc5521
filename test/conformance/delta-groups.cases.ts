// Delta query over groups: memberships and ownerships as changes of the group, split groups, deletion and restore.

import { absent, anyString, type Case, containing, counting, exactKeys, lacking, type Step } from './case.ts';
import {
  changed,
  deleted,
  fromNow,
  givenDevice,
  givenGroup,
  givenServicePrincipal,
  givenUser,
  link,
  microsoft365,
  minimalReturn,
  nextRound,
  patch,
  purge,
  remove,
  restore,
  rule,
  unlink,
} from './given.ts';

/** Enough users for a group that does not fit one page. */
export const tenant = { users: 1_300, seed: 7 };

const initial = 'Delta query: members of groups';
const changes = 'Delta query: membership changes';
const selecting = 'Delta query: selecting relationships';
const nested = 'Delta query: nested groups';
const large = 'Delta query: large groups';
const deletion = 'Delta query: deleted groups and members';
const properties = 'Delta query: group properties';

const members = '/groups/{g}/members';
const owners = '/groups/{g}/owners';

function initialRound(query: string, reply: Step['reply']): Step {
  const url = `/groups/delta?$filter=id eq '{g}'${query === '' ? '' : `&${query}`}`;
  return {
    url,
    followed: true,
    status: 200,
    ...(reply === undefined ? {} : { reply }),
    capture: { link: '@odata.deltaLink' },
  };
}

const initialCases: readonly Case[] = [
  rule(
    initial,
    'a group comes with its members by default',
    givenGroup('g', 'delta-groups-1'),
    givenUser('u', 'delta-groups-2'),
    link(members, 'u'),
    initialRound('', {
      value: [
        {
          id: '{g}',
          displayName: 'delta-groups-1',
          'members@delta': [{ '@odata.type': '#microsoft.graph.user', id: '{u}' }],
        },
      ],
    }),
  ),
  rule(
    initial,
    'a member carries its type and id only',
    givenGroup('g', 'delta-groups-3'),
    givenUser('u', 'delta-groups-4'),
    link(members, 'u'),
    initialRound('', { value: [{ 'members@delta': [exactKeys('@odata.type', 'id')] }] }),
  ),
  rule(
    initial,
    'a group without members has no members key',
    givenGroup('g', 'delta-groups-5'),
    initialRound('', { value: [{ id: '{g}', 'members@delta': absent, members: absent }] }),
  ),
  rule(
    initial,
    'members of every type carry their type',
    givenGroup('g', 'delta-groups-6'),
    givenUser('u', 'delta-groups-7'),
    givenGroup('inner', 'delta-groups-8'),
    givenDevice('device', 'delta-groups-9', '4c299165-6e8f-4b45-a5ba-000000000106'),
    ...givenServicePrincipal('sp', 'delta-groups-10'),
    link(members, 'u'),
    link(members, 'inner'),
    link(members, 'device'),
    link(members, 'sp'),
    initialRound('', {
      value: [
        {
          'members@delta': containing(
            { '@odata.type': '#microsoft.graph.user', id: '{u}' },
            { '@odata.type': '#microsoft.graph.group', id: '{inner}' },
            { '@odata.type': '#microsoft.graph.device', id: '{device}' },
            { '@odata.type': '#microsoft.graph.servicePrincipal', id: '{sp}' },
          ),
        },
      ],
    }),
  ),
  rule(
    initial,
    'owners do not come by default',
    givenGroup('g', 'delta-groups-11'),
    givenUser('u', 'delta-groups-12'),
    link(owners, 'u'),
    initialRound('', { value: [{ id: '{g}', 'owners@delta': absent }] }),
  ),
  rule(initial, 'a full round of groups ends with a delta link', givenGroup('g', 'delta-groups-13'), {
    url: '/groups/delta',
    followed: true,
    status: 200,
    reply: {
      value: containing({ id: '{g}' }),
      '@odata.deltaLink': /^{root}\/groups\/delta\?.*\$deltatoken=.+/,
      '@odata.nextLink': absent,
    },
  }),
  rule(initial, 'a page of groups holds at most 200 objects', {
    url: '/groups/delta?$select=displayName',
    status: 200,
    reply: { value: counting(1, 200) },
  }),
];

const changeCases: readonly Case[] = [
  rule(
    changes,
    'a member that is added makes the group a change',
    givenGroup('g', 'delta-groups-20'),
    givenUser('u', 'delta-groups-21'),
    fromNow('groups'),
    link(members, 'u'),
    nextRound(
      containing({
        id: '{g}',
        'members@delta': [{ '@odata.type': '#microsoft.graph.user', id: '{u}', '@removed': absent }],
      }),
    ),
  ),
  rule(
    changes,
    'a member that is removed comes with reason deleted',
    givenGroup('g', 'delta-groups-22'),
    givenUser('u', 'delta-groups-23'),
    link(members, 'u'),
    fromNow('groups'),
    unlink(members, 'u'),
    nextRound(
      containing({
        id: '{g}',
        'members@delta': [{ '@odata.type': '#microsoft.graph.user', id: '{u}', ...deleted }],
      }),
    ),
  ),
  rule(
    changes,
    'members that did not change are not repeated',
    givenGroup('g', 'delta-groups-24'),
    givenUser('a', 'delta-groups-25'),
    givenUser('b', 'delta-groups-26'),
    link(members, 'a'),
    fromNow('groups'),
    link(members, 'b'),
    nextRound(containing({ id: '{g}', 'members@delta': [{ id: '{b}' }] })),
  ),
  rule(
    changes,
    'additions and removals of one round come together',
    givenGroup('g', 'delta-groups-27'),
    givenUser('a', 'delta-groups-28'),
    givenUser('b', 'delta-groups-29'),
    link(members, 'a'),
    fromNow('groups', "$filter=id eq '{g}'"),
    link(members, 'b'),
    unlink(members, 'a'),
    nextRound([
      {
        id: '{g}',
        'members@delta': containing({ id: '{b}', '@removed': absent }, { id: '{a}', ...deleted }),
      },
    ]),
  ),
  rule(
    changes,
    'a round tells the changes since the link, not since the beginning',
    givenGroup('g', 'delta-groups-30'),
    givenUser('a', 'delta-groups-31'),
    givenUser('b', 'delta-groups-32'),
    fromNow('groups', "$filter=id eq '{g}'"),
    link(members, 'a'),
    nextRound([{ 'members@delta': [{ id: '{a}' }] }]),
    link(members, 'b'),
    nextRound([{ 'members@delta': [{ id: '{b}' }] }]),
    nextRound([]),
  ),
  rule(
    changes,
    'a change of a property comes without members',
    givenGroup('g', 'delta-groups-33'),
    givenUser('u', 'delta-groups-34'),
    link(members, 'u'),
    fromNow('groups'),
    patch('/groups/{g}', { description: 'Guests of the canteen' }),
    nextRound(containing({ id: '{g}', description: 'Guests of the canteen', 'members@delta': absent })),
  ),
  rule(
    changes,
    'with a membership change the properties of the group come too',
    givenGroup('g', 'delta-groups-35', { description: 'VPN users' }),
    givenUser('u', 'delta-groups-36'),
    fromNow('groups', '$select=displayName,description,members'),
    link(members, 'u'),
    nextRound(
      containing({
        id: '{g}',
        displayName: 'delta-groups-35',
        description: 'VPN users',
        'members@delta': [{ id: '{u}' }],
      }),
    ),
  ),
  rule(
    changes,
    'with return=minimal a membership change comes without properties',
    givenGroup('g', 'delta-groups-37', { description: 'VPN users' }),
    givenUser('u', 'delta-groups-38'),
    fromNow('groups', '$select=displayName,description,members'),
    link(members, 'u'),
    nextRound(
      containing({ id: '{g}', displayName: absent, description: absent, 'members@delta': [{ id: '{u}' }] }),
      minimalReturn,
    ),
  ),
  rule(
    changes,
    'a member added with the group comes with the new group',
    fromNow('groups'),
    givenUser('u', 'delta-groups-39'),
    givenGroup('g', 'delta-groups-40', { 'members@odata.bind': ['{root}/directoryObjects/{u}'] }),
    nextRound(
      containing({
        id: '{g}',
        displayName: 'delta-groups-40',
        'members@delta': [{ '@odata.type': '#microsoft.graph.user', id: '{u}' }],
      }),
    ),
  ),
  rule(
    changes,
    'a change of a member itself does not touch its group',
    givenGroup('g', 'delta-groups-41'),
    givenUser('u', 'delta-groups-42'),
    link(members, 'u'),
    fromNow('groups'),
    patch('/users/{u}', { jobTitle: 'Smith' }),
    nextRound(lacking({ id: '{g}' })),
  ),
  rule(
    changes,
    'a membership is no change of the member',
    givenGroup('g', 'delta-groups-43'),
    givenUser('u', 'delta-groups-44'),
    fromNow('users'),
    link(members, 'u'),
    nextRound(lacking({ id: '{u}' })),
  ),
  rule(
    changes,
    'twenty members bound at once come in one round',
    ...Array.from({ length: 20 }, (_, index) => givenUser(`u${index}`, `delta-groups-45-${index}`)),
    givenGroup('g', 'delta-groups-46'),
    fromNow('groups', "$filter=id eq '{g}'"),
    patch('/groups/{g}', {
      'members@odata.bind': Array.from({ length: 20 }, (_, index) => `{root}/directoryObjects/{u${index}}`),
    }),
    nextRound([
      {
        id: '{g}',
        'members@delta': containing(...Array.from({ length: 20 }, (_, index) => ({ id: `{u${index}}` }))),
      },
    ]),
  ),
];

const selectingCases: readonly Case[] = [
  rule(
    selecting,
    '$select without members leaves them out',
    givenGroup('g', 'delta-groups-60'),
    givenUser('u', 'delta-groups-61'),
    link(members, 'u'),
    initialRound('$select=displayName', {
      value: [{ id: '{g}', displayName: 'delta-groups-60', 'members@delta': absent }],
    }),
  ),
  rule(
    selecting,
    'a membership is no change when members are not selected',
    givenGroup('g', 'delta-groups-62'),
    givenUser('u', 'delta-groups-63'),
    fromNow('groups', '$select=displayName'),
    link(members, 'u'),
    nextRound(lacking({ id: '{g}' })),
  ),
  rule(
    selecting,
    'members may be selected alone',
    givenGroup('g', 'delta-groups-64'),
    givenUser('u', 'delta-groups-65'),
    link(members, 'u'),
    initialRound('$select=members', {
      value: [{ id: '{g}', displayName: absent, 'members@delta': [{ id: '{u}' }] }],
    }),
  ),
  rule(
    selecting,
    'a change of a property is no change when members are selected alone',
    givenGroup('g', 'delta-groups-66'),
    fromNow('groups', '$select=members'),
    patch('/groups/{g}', { description: 'VPN users' }),
    nextRound(lacking({ id: '{g}' })),
  ),
  rule(
    selecting,
    'owners come when they are selected',
    givenGroup('g', 'delta-groups-67'),
    givenUser('u', 'delta-groups-68'),
    link(owners, 'u'),
    initialRound('$select=displayName,members,owners', {
      value: [
        {
          id: '{g}',
          'owners@delta': [{ '@odata.type': '#microsoft.graph.user', id: '{u}' }],
          'members@delta': absent,
        },
      ],
    }),
  ),
  rule(
    selecting,
    'owners that are added and removed come as changes',
    givenGroup('g', 'delta-groups-69'),
    givenUser('a', 'delta-groups-70'),
    givenUser('b', 'delta-groups-71'),
    link(owners, 'a'),
    fromNow('groups', "$select=displayName,owners&$filter=id eq '{g}'"),
    link(owners, 'b'),
    nextRound([{ id: '{g}', 'owners@delta': [{ id: '{b}', '@removed': absent }] }]),
    unlink(owners, 'a'),
    nextRound([{ id: '{g}', 'owners@delta': [{ id: '{a}', ...deleted }] }]),
  ),
  rule(
    selecting,
    'an owner is no change when owners are not selected',
    givenGroup('g', 'delta-groups-72'),
    givenUser('u', 'delta-groups-73'),
    fromNow('groups'),
    link(owners, 'u'),
    nextRound(lacking({ id: '{g}', 'owners@delta': containing() })),
  ),
  rule(selecting, 'the context lists the selected properties and no relationships', {
    url: '/groups/delta?$select=displayName,description,members',
    status: 200,
    reply: { '@odata.context': '{root}/$metadata#groups(displayName,description)' },
  }),
  rule(selecting, 'without $select the context names the entity set', {
    url: '/groups/delta',
    status: 200,
    reply: { '@odata.context': '{root}/$metadata#groups' },
  }),
];

const nestedCases: readonly Case[] = [
  rule(
    nested,
    'only direct members are told',
    givenGroup('g', 'delta-groups-80'),
    givenGroup('inner', 'delta-groups-81'),
    givenUser('u', 'delta-groups-82'),
    link('/groups/{inner}/members', 'u'),
    link(members, 'inner'),
    initialRound('', {
      value: [{ id: '{g}', 'members@delta': [{ '@odata.type': '#microsoft.graph.group', id: '{inner}' }] }],
    }),
  ),
  rule(
    nested,
    'a change in a nested group does not touch the outer one',
    givenGroup('g', 'delta-groups-83'),
    givenGroup('inner', 'delta-groups-84'),
    givenUser('u', 'delta-groups-85'),
    link(members, 'inner'),
    fromNow('groups'),
    link('/groups/{inner}/members', 'u'),
    {
      url: '{link}',
      followed: true,
      reply: { value: containing({ id: '{inner}', 'members@delta': [{ id: '{u}' }] }) },
    },
    nextRound(lacking({ id: '{g}' })),
  ),
];

const manyMembers = 600;
const manyNames = Array.from({ length: manyMembers }, (_, index) => `m${index}`);

/** The group `{g}` with 600 of the generated users. */
const givenLargeGroup = (alias: string): readonly Step[] => [
  givenGroup('g', alias),
  {
    url: '/users?$select=id&$top=999',
    status: 200,
    capture: Object.fromEntries(manyNames.map((name, index) => [name, `value.${index}.id`])),
  },
  ...Array.from({ length: manyMembers / 20 }, (_, batch) =>
    patch('/groups/{g}', {
      'members@odata.bind': manyNames
        .slice(batch * 20, batch * 20 + 20)
        .map((name) => `{root}/directoryObjects/{${name}}`),
    }),
  ),
];

const largeCases: readonly Case[] = [
  rule(
    large,
    'a group with more members than one item holds comes in several items',
    ...givenLargeGroup('delta-groups-90'),
    initialRound('', {
      value: containing(
        { id: '{g}', displayName: 'delta-groups-90', 'members@delta': counting(1, 500) },
        { id: '{g}', displayName: 'delta-groups-90', 'members@delta': counting(1, 500) },
      ),
    }),
  ),
  rule(
    large,
    'no item holds more than 500 members',
    ...givenLargeGroup('delta-groups-91'),
    initialRound('', { value: lacking({ 'members@delta': counting(501, 100_000) }) }),
  ),
  rule(
    large,
    'the first page of a split group has a next link and part of the members',
    ...givenLargeGroup('delta-groups-92'),
    {
      url: "/groups/delta?$filter=id eq '{g}'",
      status: 200,
      reply: {
        value: containing({ id: '{g}', 'members@delta': counting(1, 500) }),
        '@odata.nextLink': anyString,
        '@odata.deltaLink': absent,
      },
    },
  ),
  rule(
    large,
    'many members that are added within one round come in several items',
    givenGroup('other', 'delta-groups-93'),
    fromNow('groups'),
    ...givenLargeGroup('delta-groups-94'),
    nextRound(
      containing(
        { id: '{g}', 'members@delta': counting(1, 500) },
        { id: '{g}', 'members@delta': counting(1, 500) },
      ),
    ),
  ),
  rule(
    large,
    'the members of all items together are those of the group',
    ...givenLargeGroup('delta-groups-95'),
    {
      url: '/groups/{g}/members/$count',
      headers: { ConsistencyLevel: 'eventual' },
      status: 200,
      reply: String(manyMembers),
    },
    initialRound('$select=members', { value: counting(2, 20) }),
    nextRound([]),
  ),
];

const deletionCases: readonly Case[] = [
  rule(
    deletion,
    'a deleted security group is removed with reason changed',
    givenGroup('g', 'delta-groups-100'),
    fromNow('groups'),
    remove('/groups/{g}'),
    nextRound(containing({ id: '{g}', ...changed })),
  ),
  rule(
    deletion,
    'a deleted Microsoft 365 group is removed with reason changed, a purged one with deleted',
    givenGroup('g', 'delta-groups-101', microsoft365),
    fromNow('groups'),
    remove('/groups/{g}'),
    nextRound(containing({ id: '{g}', ...changed })),
    purge('g'),
    nextRound(containing({ id: '{g}', ...deleted })),
  ),
  rule(
    deletion,
    'a removed group carries neither properties nor members',
    givenGroup('g', 'delta-groups-102'),
    givenUser('u', 'delta-groups-103'),
    link(members, 'u'),
    fromNow('groups', "$filter=id eq '{g}'"),
    remove('/groups/{g}'),
    nextRound([exactKeys('id', '@removed')]),
  ),
  rule(
    deletion,
    'a restored group comes like a new one, with its members',
    givenGroup('g', 'delta-groups-104', microsoft365),
    givenUser('u', 'delta-groups-105'),
    link(members, 'u'),
    remove('/groups/{g}'),
    fromNow('groups'),
    restore('g'),
    nextRound(
      containing({
        id: '{g}',
        displayName: 'delta-groups-104',
        '@removed': absent,
        'members@delta': [{ id: '{u}' }],
      }),
    ),
  ),
  rule(
    deletion,
    'a soft-deleted member does not leave its group',
    givenGroup('g', 'delta-groups-106'),
    givenUser('u', 'delta-groups-107'),
    link(members, 'u'),
    fromNow('groups'),
    remove('/users/{u}'),
    nextRound(lacking({ id: '{g}' })),
  ),
  rule(
    deletion,
    'a purged member leaves its group',
    givenGroup('g', 'delta-groups-108'),
    givenUser('u', 'delta-groups-109'),
    link(members, 'u'),
    remove('/users/{u}'),
    fromNow('groups'),
    purge('u'),
    nextRound(
      containing({
        id: '{g}',
        'members@delta': [{ '@odata.type': '#microsoft.graph.user', id: '{u}', ...deleted }],
      }),
    ),
  ),
  rule(
    deletion,
    'a member deleted and restored within one round does not leave its group',
    givenGroup('g', 'delta-groups-110'),
    givenUser('u', 'delta-groups-111'),
    link(members, 'u'),
    fromNow('groups'),
    remove('/users/{u}'),
    restore('u'),
    nextRound(lacking({ id: '{g}', 'members@delta': containing(deleted) })),
  ),
];

const propertyCases: readonly Case[] = [
  rule(
    properties,
    'without $select the default properties come',
    givenGroup('g', 'delta-groups-120', { description: 'VPN users' }),
    initialRound('', {
      value: [
        {
          id: '{g}',
          displayName: 'delta-groups-120',
          description: 'VPN users',
          mailNickname: 'delta-groups-120',
          mailEnabled: false,
          securityEnabled: true,
          groupTypes: [],
        },
      ],
    }),
  ),
  rule(
    properties,
    'a property kept in the mailbox is never tracked',
    givenGroup('g', 'delta-groups-121', microsoft365),
    initialRound('', {
      value: [{ id: '{g}', allowExternalSenders: absent, isSubscribedByMail: absent, unseenCount: absent }],
    }),
  ),
  rule(
    properties,
    'with return=minimal only the changed property comes',
    givenGroup('g', 'delta-groups-122'),
    fromNow('groups', "$filter=id eq '{g}'"),
    patch('/groups/{g}', { description: 'VPN users' }),
    nextRound([exactKeys('id', 'description')], minimalReturn),
  ),
  rule(
    properties,
    'a cleared description is null',
    givenGroup('g', 'delta-groups-123', { description: 'VPN users' }),
    fromNow('groups', "$select=displayName,description&$filter=id eq '{g}'"),
    patch('/groups/{g}', { description: null }),
    nextRound([{ id: '{g}', displayName: 'delta-groups-123', description: null }]),
  ),
];

export const cases: readonly Case[] = [
  ...initialCases,
  ...changeCases,
  ...selectingCases,
  ...nestedCases,
  ...largeCases,
  ...deletionCases,
  ...propertyCases,
];
