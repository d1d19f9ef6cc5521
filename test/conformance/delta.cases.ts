// Delta query over users and over every other type that has it: rounds, links, tokens, what an item holds, deletions.

import {
  absent,
  anyString,
  type Case,
  containing,
  counting,
  exactKeys,
  guid,
  lacking,
  type Step,
} from './case.ts';
import {
  advanceDays,
  fromNow,
  givenApplication,
  givenDevice,
  givenGroup,
  givenServicePrincipal,
  givenUnit,
  givenUser,
  link,
  nextRound,
  patch,
  remove,
  rule,
  setManager,
  unlink,
} from './given.ts';

/** Enough users for three pages of 200. */
export const tenant = { users: 450, seed: 7 };

const initial = 'Delta query: initial request';
const links = 'Delta query: state tokens';
const rounds = 'Delta query: rounds';
const options = 'Delta query: query parameters';
const content = 'Delta query: properties of an item';
const minimal = 'Delta query: Prefer return=minimal';
const deletion = 'Delta query: deleted objects';
const relations = 'Delta query: relationships';
const extensions = 'Delta query: extensions';
const life = 'Delta query: token duration';
const resync = 'Delta query: resynchronization';
const types = 'Delta query: supported resources';
const directoryObjects = 'Delta query: directoryObject';

const minimalReturn = { Prefer: 'return=minimal' };
const changed = { '@removed': { reason: 'changed' } };
const deleted = { '@removed': { reason: 'deleted' } };

const initialCases: readonly Case[] = [
  rule(initial, 'reads the current objects and ends with a delta link', givenUser('ada', 'delta-initial-1'), {
    url: '/users/delta',
    followed: true,
    status: 200,
    reply: {
      value: containing({ id: '{ada}', displayName: 'delta-initial-1' }),
      '@odata.deltaLink': /^{root}\/users\/delta\?.*\$deltatoken=.+/,
      '@odata.nextLink': absent,
    },
  }),
  rule(initial, 'a page that is not the last carries a next link and no delta link', {
    url: '/users/delta',
    status: 200,
    reply: { '@odata.nextLink': /^{root}\/users\/delta\?.*\$skiptoken=.+/, '@odata.deltaLink': absent },
  }),
  rule(initial, 'a page of users holds 200 objects', {
    url: '/users/delta',
    status: 200,
    reply: { value: counting(200) },
  }),
  rule(initial, 'a large tenant takes several pages', {
    url: '/users/delta?$select=id',
    followed: true,
    status: 200,
    reply: { value: counting(450, 2_000), '@odata.deltaLink': anyString },
  }),
  rule(initial, 'the context of users names the entity set', {
    url: '/users/delta',
    status: 200,
    reply: { '@odata.context': '{root}/$metadata#users' },
  }),
  rule(initial, 'the context names the selected properties', {
    url: '/users/delta?$select=displayName,jobTitle',
    status: 200,
    reply: { '@odata.context': '{root}/$metadata#users(displayName,jobTitle)' },
  }),
  rule(
    initial,
    'without $select an item holds the default properties only',
    givenUser('u', 'delta-initial-2', { city: 'Kiel' }),
    {
      url: "/users/delta?$filter=id eq '{u}'",
      followed: true,
      status: 200,
      reply: {
        value: [
          {
            id: '{u}',
            displayName: 'delta-initial-2',
            userPrincipalName: 'delta-initial-2@nordlicht.example',
            accountEnabled: absent,
            city: absent,
            mailNickname: absent,
            '@removed': absent,
          },
        ],
      },
    },
  ),
  rule(
    initial,
    'a default user item carries no manager',
    givenUser('u', 'delta-initial-3'),
    givenUser('boss', 'delta-initial-4'),
    setManager('u', 'boss'),
    {
      url: "/users/delta?$filter=id eq '{u}'",
      followed: true,
      reply: { value: [{ id: '{u}', 'manager@delta': absent, manager: absent }] },
    },
  ),
];

const spellings = [
  '/users/delta()',
  '/users/microsoft.graph.delta',
  '/users/microsoft.graph.delta()',
  '/Users/Delta',
];

const linkCases: readonly Case[] = [
  ...spellings.map((spelling) =>
    rule(initial, `the function may be written ${spelling}`, {
      url: `${spelling}?$deltatoken=latest`,
      status: 200,
      reply: { value: [], '@odata.deltaLink': /\$deltatoken=/ },
    }),
  ),
  rule(links, '$deltatoken=latest answers no data and a delta link', {
    url: '/users/delta?$deltatoken=latest',
    status: 200,
    reply: {
      '@odata.context': '{root}/$metadata#users',
      value: [],
      '@odata.deltaLink': /^{root}\/users\/delta\?.*\$deltatoken=.+/,
      '@odata.nextLink': absent,
    },
  }),
  rule(links, 'the name of the token parameter is matched in any case', {
    url: '/users/delta?$deltaToken=latest',
    status: 200,
    reply: { value: [], '@odata.deltaLink': anyString },
  }),
  rule(links, 'the dollar sign of the token parameter may be percent-encoded', {
    url: '/users/delta?%24deltatoken=latest',
    status: 200,
    reply: { value: [], '@odata.deltaLink': anyString },
  }),
  rule(
    links,
    '$deltatoken=latest leaves out what was there and sees what comes after',
    givenUser('old', 'delta-links-1'),
    fromNow('users'),
    givenUser('new', 'delta-links-2'),
    nextRound(lacking({ id: '{old}' })),
    {
      url: '/users/delta',
      followed: true,
      reply: { value: containing({ id: '{new}' }) },
    },
  ),
  rule(
    links,
    'an object created after $deltatoken=latest comes with the next round',
    fromNow('users'),
    givenUser('new', 'delta-links-3'),
    nextRound(containing({ id: '{new}', displayName: 'delta-links-3' })),
  ),
  rule(
    links,
    '$select beside $deltatoken=latest is kept by the delta link',
    givenUser('u', 'delta-links-4'),
    fromNow('users', '$select=jobTitle'),
    patch('/users/{u}', { jobTitle: 'Smith' }),
    nextRound(containing({ id: '{u}', jobTitle: 'Smith', displayName: absent, userPrincipalName: absent })),
  ),
  rule(
    links,
    '$filter beside $deltatoken=latest is kept by the delta link',
    givenUser('a', 'delta-links-5'),
    givenUser('b', 'delta-links-6'),
    fromNow('users', "$filter=id eq '{a}'"),
    patch('/users/{a}', { jobTitle: 'Smith' }),
    patch('/users/{b}', { jobTitle: 'Smith' }),
    nextRound([{ id: '{a}', jobTitle: 'Smith' }]),
  ),
  rule(
    links,
    'options of the first request are kept by the next link',
    { url: '/users/delta?$select=displayName', status: 200, capture: { next: '@odata.nextLink' } },
    {
      url: '{next}',
      status: 200,
      reply: {
        '@odata.context': '{root}/$metadata#users(displayName)',
        value: lacking({ userPrincipalName: anyString }),
      },
    },
  ),
  rule(
    links,
    'options repeated on a next link are tolerated',
    { url: '/users/delta?$select=displayName', status: 200, capture: { next: '@odata.nextLink' } },
    {
      url: '{next}&$select=displayName',
      status: 200,
      reply: { value: lacking({ userPrincipalName: anyString }) },
    },
  ),
  rule(
    links,
    'options repeated on a delta link are tolerated',
    givenUser('u', 'delta-links-7'),
    fromNow('users', '$select=jobTitle'),
    patch('/users/{u}', { jobTitle: 'Smith' }),
    {
      url: '{link}&$select=jobTitle',
      followed: true,
      status: 200,
      reply: { value: containing({ id: '{u}', jobTitle: 'Smith' }) },
    },
  ),
  rule(
    links,
    'a property added by $select on a delta link is tracked from then on',
    givenUser('u', 'delta-links-8'),
    fromNow('users', '$select=displayName'),
    {
      url: '{link}&$select=displayName,jobTitle',
      followed: true,
      status: 200,
      capture: { link: '@odata.deltaLink' },
    },
    patch('/users/{u}', { jobTitle: 'Smith' }),
    nextRound(containing({ id: '{u}', jobTitle: 'Smith', displayName: 'delta-links-8' })),
  ),
  rule(
    links,
    'a delta link can be asked again after its answer was lost',
    givenUser('u', 'delta-links-9'),
    fromNow('users'),
    patch('/users/{u}', { jobTitle: 'Smith' }),
    {
      url: '{link}',
      followed: true,
      reply: { value: containing({ id: '{u}', jobTitle: 'Smith' }) },
    },
    nextRound(containing({ id: '{u}', jobTitle: 'Smith' })),
  ),
  rule(
    links,
    'a next link can be asked again after its answer was lost',
    { url: '/users/delta?$select=id', capture: { next: '@odata.nextLink' } },
    {
      url: '{next}',
      status: 200,
      reply: { value: counting(200) },
      capture: { first: 'value.0.id' },
    },
    { url: '{next}', status: 200, reply: { value: containing({ id: '{first}' }) } },
  ),
  rule(links, 'a token that was never issued is refused', {
    url: '/users/delta?$deltatoken=garbage',
    status: 400,
    reply: { error: { code: 'BadRequest', message: anyString } },
  }),
  rule(links, 'a skip token that was never issued is refused', {
    url: '/users/delta?$skiptoken=garbage',
    status: 400,
  }),
  rule(
    links,
    'the token alone, without the rest of the link, tells the same changes',
    givenUser('u', 'delta-links-10'),
    {
      url: '/users/delta?$deltatoken=latest&$select=jobTitle',
      status: 200,
      capture: { token: ['@odata.deltaLink', /\$deltatoken=([^&]+)/] },
    },
    patch('/users/{u}', { jobTitle: 'Smith' }),
    {
      url: '/users/delta?$deltatoken={token}',
      followed: true,
      status: 200,
      reply: { value: containing({ id: '{u}', jobTitle: 'Smith', displayName: absent }) },
    },
  ),
  rule(
    links,
    'a token of another resource is refused',
    {
      url: '/users/delta?$deltatoken=latest',
      status: 200,
      capture: { token: ['@odata.deltaLink', /\$deltatoken=([^&]+)/] },
    },
    { url: '/groups/delta?$deltatoken={token}', status: 400 },
  ),
  rule(
    links,
    'a token that was tampered with is refused',
    {
      url: '/users/delta?$deltatoken=latest',
      status: 200,
      capture: { token: ['@odata.deltaLink', /\$deltatoken=([^&]+)/] },
    },
    { url: '/users/delta?$deltatoken={token}AAAA', status: 400 },
  ),
  rule(
    links,
    'links begin with the version that was asked',
    {
      url: '//beta/users/delta',
      status: 200,
      reply: { '@odata.nextLink': /^{origin}\/beta\/users\/delta\?/ },
    },
    {
      url: '//beta/users/delta?$deltatoken=latest',
      status: 200,
      reply: {
        '@odata.context': /^{origin}\/beta\/\$metadata#users/,
        '@odata.deltaLink': /^{origin}\/beta\/users\/delta\?/,
      },
    },
  ),
];

const roundCases: readonly Case[] = [
  rule(rounds, 'nothing changed: an empty value and a delta link', fromNow('users'), nextRound([])),
  rule(
    rounds,
    'a change is told once and not in the round after',
    givenUser('u', 'delta-rounds-1'),
    fromNow('users'),
    patch('/users/{u}', { jobTitle: 'Smith' }),
    nextRound(containing({ id: '{u}' })),
    nextRound(lacking({ id: '{u}' })),
  ),
  rule(
    rounds,
    'two changes of one object end in its last state',
    givenUser('u', 'delta-rounds-2'),
    fromNow('users', "$filter=id eq '{u}'"),
    patch('/users/{u}', { jobTitle: 'First' }),
    patch('/users/{u}', { jobTitle: 'Second' }),
    {
      url: '{link}',
      followed: true,
      reply: { value: containing({ id: '{u}', jobTitle: 'Second' }) },
    },
  ),
  rule(
    rounds,
    'changes of different rounds are told in their own round',
    givenUser('a', 'delta-rounds-3'),
    givenUser('b', 'delta-rounds-4'),
    fromNow('users'),
    patch('/users/{a}', { jobTitle: 'Smith' }),
    nextRound(lacking({ id: '{b}' })),
    patch('/users/{b}', { jobTitle: 'Smith' }),
    nextRound(lacking({ id: '{a}' })),
    patch('/users/{a}', { jobTitle: 'Baker' }),
    nextRound([{ id: '{a}', jobTitle: 'Baker' }]),
  ),
  rule(
    rounds,
    'a round from an initial round tells what changed since',
    givenUser('u', 'delta-rounds-5'),
    {
      url: "/users/delta?$filter=id eq '{u}'",
      followed: true,
      capture: { link: '@odata.deltaLink' },
    },
    nextRound([]),
    patch('/users/{u}', { givenName: 'Ada' }),
    nextRound([{ id: '{u}', givenName: 'Ada' }]),
  ),
  rule(rounds, 'a delta answer has its items in value and is typed as JSON', {
    url: '/users/delta?$deltatoken=latest',
    status: 200,
    replyHeaders: { 'Content-Type': /^application\/json/ },
    reply: exactKeys('@odata.context', '@odata.deltaLink', 'value'),
  }),
];

const concurrent = 'Delta query: changes while a round is read';
const firstPage: Step = {
  url: '/users/delta?$select=displayName,jobTitle',
  status: 200,
  capture: { next: '@odata.nextLink', delivered: 'value.0.id' },
};
const rest: Step = { url: '{next}', followed: true, status: 200, capture: { link: '@odata.deltaLink' } };

const concurrentCases: readonly Case[] = [
  rule(
    concurrent,
    'a change of an object that was delivered before comes with the next round',
    firstPage,
    patch('/users/{delivered}', { jobTitle: 'concurrent-1' }),
    rest,
    nextRound(containing({ id: '{delivered}', jobTitle: 'concurrent-1' })),
  ),
  rule(
    concurrent,
    'the deletion of an object that was delivered before comes with the next round',
    givenUser('u', '000-delta-concurrent-2'),
    firstPage,
    remove('/users/{u}'),
    rest,
    nextRound(containing({ id: '{u}', ...changed })),
  ),
  rule(
    concurrent,
    'an object created meanwhile is there after the next round',
    firstPage,
    givenUser('u', 'delta-concurrent-3'),
    rest,
    nextRound(containing({ id: '{u}', displayName: 'delta-concurrent-3' })),
  ),
  rule(
    concurrent,
    'a change between two pages of a later round comes with the round after',
    fromNow('users', '$select=displayName,jobTitle'),
    givenUser('a', 'delta-concurrent-4'),
    {
      url: '{link}',
      followed: true,
      status: 200,
      reply: { value: containing({ id: '{a}', jobTitle: absent }) },
      capture: { link: '@odata.deltaLink' },
    },
    patch('/users/{a}', { jobTitle: 'concurrent-4' }),
    nextRound([{ id: '{a}', jobTitle: 'concurrent-4' }]),
  ),
];

const fiftyIds = (count: number) =>
  Array.from(
    { length: count },
    (_, index) => `id eq '0b6c7c0e-54a0-4f0e-9f0c-${String(index).padStart(12, '0')}'`,
  ).join(' or ');

const optionCases: readonly Case[] = [
  rule(
    options,
    'an id filter tracks one object',
    givenUser('a', 'delta-options-1'),
    givenUser('b', 'delta-options-2'),
    {
      url: "/users/delta?$filter=id eq '{a}'",
      followed: true,
      status: 200,
      reply: { value: [{ id: '{a}' }], '@odata.deltaLink': anyString },
    },
  ),
  rule(
    options,
    'an id filter tracks several objects joined by or',
    givenUser('a', 'delta-options-3'),
    givenUser('b', 'delta-options-4'),
    {
      url: "/users/delta?$filter=id eq '{a}' or id eq '{b}'",
      followed: true,
      status: 200,
      reply: { value: containing({ id: '{a}' }, { id: '{b}' }) },
    },
    { url: "/users/delta?$filter=id eq '{a}' or id eq '{b}'", followed: true, reply: { value: counting(2) } },
  ),
  rule(options, 'an id filter takes 50 ids', {
    url: `/users/delta?$filter=${fiftyIds(50)}`,
    status: 200,
    reply: { value: [] },
  }),
  rule(options, 'an id filter takes no more than 50 ids', {
    url: `/users/delta?$filter=${fiftyIds(51)}`,
    status: 400,
  }),
  rule(options, 'a filter on anything but the id is refused', {
    url: "/users/delta?$filter=department eq 'Process'",
    status: 400,
  }),
  rule(options, 'the dollar sign of $filter may be missing', givenUser('a', 'delta-options-5'), {
    url: "/users/delta?filter=id eq '{a}'",
    followed: true,
    status: 200,
    reply: { value: [{ id: '{a}' }] },
  }),
  rule(options, '$top does not change the page size', {
    url: '/users/delta?$top=5',
    status: 200,
    reply: { value: counting(200) },
  }),
  rule(options, '$select may be percent-encoded', givenUser('a', 'delta-options-6'), {
    url: "/users/delta?%24select=displayName&%24filter=id%20eq%20'{a}'",
    followed: true,
    status: 200,
    reply: { value: [exactKeys('id', 'displayName')] },
  }),
  rule(options, '$select with a property that does not exist is refused', {
    url: '/users/delta?$select=displayName,fooBar',
    status: 400,
  }),
  rule(options, 'id is returned although $select does not name it', givenUser('a', 'delta-options-7'), {
    url: "/users/delta?$select=displayName&$filter=id eq '{a}'",
    followed: true,
    reply: { value: [{ id: '{a}', displayName: 'delta-options-7', userPrincipalName: absent }] },
  }),
  rule(
    options,
    'only selected properties are tracked',
    givenUser('u', 'delta-options-8'),
    fromNow('users', '$select=displayName'),
    patch('/users/{u}', { jobTitle: 'Smith' }),
    nextRound(lacking({ id: '{u}' })),
    patch('/users/{u}', { displayName: 'delta-options-8b' }),
    nextRound(containing({ id: '{u}', displayName: 'delta-options-8b', jobTitle: absent })),
  ),
  rule(
    options,
    'without $select a property outside the default set is not tracked',
    givenUser('u', 'delta-options-9'),
    fromNow('users'),
    patch('/users/{u}', { streetAddress: 'Hafenstrasse 1' }),
    nextRound(lacking({ id: '{u}' })),
  ),
  rule(
    options,
    'a property outside the default set is tracked when it is selected',
    givenUser('u', 'delta-options-10'),
    fromNow('users', '$select=accountEnabled,streetAddress'),
    patch('/users/{u}', { streetAddress: 'Hafenstrasse 1' }),
    nextRound(containing({ id: '{u}', streetAddress: 'Hafenstrasse 1', accountEnabled: true })),
  ),
];

const contentCases: readonly Case[] = [
  rule(
    content,
    'a new object comes with all its selected properties',
    fromNow('users', '$select=displayName,department,accountEnabled'),
    givenUser('u', 'delta-content-1', { department: 'Process' }),
    nextRound(
      containing({ id: '{u}', displayName: 'delta-content-1', department: 'Process', accountEnabled: true }),
    ),
  ),
  rule(
    content,
    'a changed object comes with unchanged properties too',
    givenUser('u', 'delta-content-2', { department: 'Process' }),
    fromNow('users', '$select=displayName,department,jobTitle'),
    patch('/users/{u}', { jobTitle: 'Smith' }),
    nextRound(
      containing({ id: '{u}', displayName: 'delta-content-2', department: 'Process', jobTitle: 'Smith' }),
    ),
  ),
  rule(
    content,
    'a property that was never set is left out',
    givenUser('u', 'delta-content-3'),
    fromNow('users', '$select=displayName,department,jobTitle'),
    patch('/users/{u}', { jobTitle: 'Smith' }),
    nextRound(containing({ id: '{u}', jobTitle: 'Smith', department: absent })),
  ),
  rule(
    content,
    'a property that was cleared is null',
    givenUser('u', 'delta-content-4', { department: 'Process' }),
    fromNow('users', '$select=displayName,department'),
    patch('/users/{u}', { department: null }),
    nextRound(containing({ id: '{u}', displayName: 'delta-content-4', department: null })),
  ),
  rule(
    content,
    'a collection comes whole',
    givenUser('u', 'delta-content-6'),
    fromNow('users', "$select=otherMails&$filter=id eq '{u}'"),
    patch('/users/{u}', { otherMails: ['a@fabrik.example', 'b@fabrik.example'] }),
    nextRound([{ id: '{u}', otherMails: ['a@fabrik.example', 'b@fabrik.example'] }]),
  ),
  rule(
    content,
    'a complex property comes whole',
    givenUser('u', 'delta-content-7', { employeeOrgData: { division: 'R+D', costCenter: '1' } }),
    fromNow('users', "$select=employeeOrgData&$filter=id eq '{u}'"),
    patch('/users/{u}', { employeeOrgData: { division: 'R+D', costCenter: '2' } }),
    nextRound([{ id: '{u}', employeeOrgData: { division: 'R+D', costCenter: '2' } }]),
  ),
  rule(
    minimal,
    'only changed properties and the id come',
    givenUser('u', 'delta-minimal-1', { department: 'Process' }),
    fromNow('users', "$select=displayName,department,jobTitle&$filter=id eq '{u}'"),
    patch('/users/{u}', { jobTitle: 'Smith' }),
    nextRound([exactKeys('id', 'jobTitle')], minimalReturn),
  ),
  rule(
    minimal,
    'the changed property carries its new value',
    givenUser('u', 'delta-minimal-2', { department: 'Process' }),
    fromNow('users', "$select=displayName,department&$filter=id eq '{u}'"),
    patch('/users/{u}', { department: 'Sales' }),
    nextRound([{ id: '{u}', department: 'Sales', displayName: absent }], minimalReturn),
  ),
  rule(
    minimal,
    'a cleared property is null',
    givenUser('u', 'delta-minimal-3', { department: 'Process' }),
    fromNow('users', "$select=displayName,department&$filter=id eq '{u}'"),
    patch('/users/{u}', { department: null }),
    nextRound([{ id: '{u}', department: null, displayName: absent }], minimalReturn),
  ),
  rule(
    minimal,
    'a new object still comes with all its selected properties',
    fromNow('users', '$select=displayName,department'),
    givenUser('u', 'delta-minimal-4', { department: 'Process' }),
    nextRound(
      containing({ id: '{u}', displayName: 'delta-minimal-4', department: 'Process' }),
      minimalReturn,
    ),
  ),
  rule(
    minimal,
    'changes of several writes come together',
    givenUser('u', 'delta-minimal-5', { department: 'Process' }),
    fromNow('users', "$select=displayName,department,jobTitle,city&$filter=id eq '{u}'"),
    patch('/users/{u}', { jobTitle: 'Smith' }),
    patch('/users/{u}', { city: 'Kiel' }),
    nextRound(
      [{ id: '{u}', jobTitle: 'Smith', city: 'Kiel', displayName: absent, department: absent }],
      minimalReturn,
    ),
  ),
];

const purge = (name: string) => remove(`/directory/deletedItems/{${name}}`);
const restore = (name: string) => ({
  method: 'POST',
  url: `/directory/deletedItems/{${name}}/restore`,
  status: 200,
});

const deletionCases: readonly Case[] = [
  rule(
    deletion,
    'a soft-deleted user is removed with reason changed',
    givenUser('u', 'delta-deletion-1'),
    fromNow('users'),
    remove('/users/{u}'),
    nextRound(containing({ id: '{u}', ...changed })),
  ),
  rule(
    deletion,
    'a removed item carries no properties',
    givenUser('u', 'delta-deletion-2'),
    fromNow('users', "$filter=id eq '{u}'"),
    remove('/users/{u}'),
    nextRound([exactKeys('id', '@removed')]),
  ),
  rule(
    deletion,
    'a purged user is removed with reason deleted',
    givenUser('u', 'delta-deletion-3'),
    remove('/users/{u}'),
    fromNow('users'),
    purge('u'),
    nextRound(containing({ id: '{u}', ...deleted })),
  ),
  rule(
    deletion,
    'a user deleted and purged within one round ends as deleted',
    givenUser('u', 'delta-deletion-4'),
    fromNow('users'),
    remove('/users/{u}'),
    purge('u'),
    nextRound(containing({ id: '{u}', ...deleted })),
  ),
  rule(
    deletion,
    'deletion and purge in two rounds come as changed, then deleted',
    givenUser('u', 'delta-deletion-5'),
    fromNow('users', "$filter=id eq '{u}'"),
    remove('/users/{u}'),
    nextRound([{ id: '{u}', ...changed }]),
    purge('u'),
    nextRound([{ id: '{u}', ...deleted }]),
  ),
  rule(
    deletion,
    'a restored user comes like a new object without a mark',
    givenUser('u', 'delta-deletion-6', { jobTitle: 'Smith' }),
    remove('/users/{u}'),
    fromNow('users', "$filter=id eq '{u}'"),
    restore('u'),
    nextRound([{ id: '{u}', displayName: 'delta-deletion-6', jobTitle: 'Smith', '@removed': absent }]),
  ),
  rule(
    deletion,
    'a user deleted and restored within one round is not removed at its end',
    givenUser('u', 'delta-deletion-7'),
    fromNow('users', "$filter=id eq '{u}'"),
    remove('/users/{u}'),
    restore('u'),
    nextRound(lacking({ id: '{u}', ...deleted })),
    {
      url: "/users/delta?$filter=id eq '{u}'",
      followed: true,
      reply: { value: [{ id: '{u}', displayName: 'delta-deletion-7' }] },
    },
  ),
  rule(
    deletion,
    'deletions are told although only other properties are selected',
    givenUser('u', 'delta-deletion-8'),
    fromNow('users', '$select=jobTitle'),
    remove('/users/{u}'),
    nextRound(containing({ id: '{u}', ...changed })),
  ),
  rule(
    deletion,
    'deletions come in minimal rounds as well',
    givenUser('u', 'delta-deletion-9'),
    fromNow('users'),
    remove('/users/{u}'),
    nextRound(containing({ id: '{u}', ...changed }), minimalReturn),
  ),
  rule(
    deletion,
    'a user that ages out after 30 days is removed with reason deleted',
    givenUser('u', 'delta-deletion-10'),
    remove('/users/{u}'),
    advanceDays(26),
    fromNow('users'),
    advanceDays(5),
    nextRound(containing({ id: '{u}', ...deleted })),
  ),
  rule(
    deletion,
    'a deleted application is removed with reason changed, a purged one with deleted',
    givenApplication('app', 'delta-deletion-11'),
    fromNow('applications'),
    remove('/applications/{app}'),
    nextRound(containing({ id: '{app}', ...changed })),
    purge('app'),
    nextRound(containing({ id: '{app}', ...deleted })),
  ),
  rule(
    deletion,
    'a deleted service principal is removed with reason changed',
    ...givenServicePrincipal('sp', 'delta-deletion-12'),
    fromNow('servicePrincipals'),
    remove('/servicePrincipals/{sp}'),
    nextRound(containing({ id: '{sp}', ...changed })),
  ),
  rule(
    deletion,
    'a deleted device goes straight to deleted',
    givenDevice('device', 'delta-deletion-13', '4c299165-6e8f-4b45-a5ba-000000000013'),
    fromNow('devices'),
    remove('/devices/{device}'),
    nextRound(containing({ id: '{device}', ...deleted })),
  ),
];

const relationCases: readonly Case[] = [
  rule(
    relations,
    'a selected manager comes as one element of type and id',
    givenUser('u', 'delta-manager-1'),
    givenUser('boss', 'delta-manager-2'),
    setManager('u', 'boss'),
    {
      url: "/users/delta?$select=displayName,manager&$filter=id eq '{u}'",
      followed: true,
      status: 200,
      reply: {
        value: [{ id: '{u}', 'manager@delta': [{ '@odata.type': '#microsoft.graph.user', id: '{boss}' }] }],
      },
    },
  ),
  rule(
    relations,
    'a related object carries its type and id only',
    givenUser('u', 'delta-manager-3'),
    givenUser('boss', 'delta-manager-4'),
    setManager('u', 'boss'),
    {
      url: "/users/delta?$select=displayName,manager&$filter=id eq '{u}'",
      followed: true,
      reply: { value: [{ 'manager@delta': [exactKeys('@odata.type', 'id')] }] },
    },
  ),
  rule(relations, 'a user without manager has no manager key', givenUser('u', 'delta-manager-5'), {
    url: "/users/delta?$select=displayName,manager&$filter=id eq '{u}'",
    followed: true,
    reply: { value: [{ id: '{u}', 'manager@delta': absent }] },
  }),
  rule(
    relations,
    'a manager that is set comes with the next round',
    givenUser('u', 'delta-manager-6'),
    givenUser('boss', 'delta-manager-7'),
    fromNow('users', '$select=displayName,manager'),
    setManager('u', 'boss'),
    nextRound(
      containing({
        id: '{u}',
        'manager@delta': [{ '@odata.type': '#microsoft.graph.user', id: '{boss}', '@removed': absent }],
      }),
    ),
  ),
  rule(
    relations,
    'a manager that is taken away comes as a removed element',
    givenUser('u', 'delta-manager-8'),
    givenUser('boss', 'delta-manager-9'),
    setManager('u', 'boss'),
    fromNow('users', '$select=displayName,manager'),
    remove('/users/{u}/manager/$ref'),
    nextRound(containing({ id: '{u}', 'manager@delta': containing({ id: '{boss}', ...deleted }) })),
  ),
  rule(
    relations,
    'a change of the manager itself does not touch its reports',
    givenUser('u', 'delta-manager-10'),
    givenUser('boss', 'delta-manager-11'),
    setManager('u', 'boss'),
    fromNow('users', '$select=displayName,manager'),
    patch('/users/{boss}', { displayName: 'delta-manager-11b' }),
    nextRound(lacking({ id: '{u}' })),
  ),
  rule(
    relations,
    'a manager that is set is no change when it is not selected',
    givenUser('u', 'delta-manager-12'),
    givenUser('boss', 'delta-manager-13'),
    fromNow('users', '$select=displayName'),
    setManager('u', 'boss'),
    nextRound(lacking({ id: '{u}' })),
  ),
];

const givenExtension = (name: string, property: string) => ({
  method: 'POST',
  url: '/applications/{app}/extensionProperties',
  body: { name: property, dataType: 'String', targetObjects: ['User'] },
  status: 201,
  capture: { [name]: 'name' },
});

const extensionCases: readonly Case[] = [
  rule(
    extensions,
    'a directory extension is tracked when it is selected',
    givenApplication('app', 'delta-extension-1'),
    givenExtension('badge', 'badge'),
    givenUser('u', 'delta-extension-2'),
    fromNow('users', '$select=displayName,{badge}'),
    patch('/users/{u}', { '{badge}': 'blue' }),
    nextRound(containing({ id: '{u}', '{badge}': 'blue' })),
  ),
  rule(
    extensions,
    'a directory extension of the same type comes along although it did not change',
    givenApplication('app', 'delta-extension-3'),
    givenExtension('badge', 'badge'),
    givenExtension('locker', 'locker'),
    givenUser('u', 'delta-extension-4'),
    patch('/users/{u}', { '{badge}': 'blue', '{locker}': '17' }),
    fromNow('users', "$select=displayName,{badge},{locker}&$filter=id eq '{u}'"),
    patch('/users/{u}', { '{badge}': 'red' }),
    nextRound([{ id: '{u}', '{badge}': 'red', '{locker}': '17', displayName: absent }], minimalReturn),
  ),
  rule(
    extensions,
    'a cleared directory extension is null',
    givenApplication('app', 'delta-extension-5'),
    givenExtension('badge', 'badge'),
    givenUser('u', 'delta-extension-6'),
    patch('/users/{u}', { '{badge}': 'blue' }),
    fromNow('users', '$select=displayName,{badge}'),
    patch('/users/{u}', { '{badge}': null }),
    nextRound(containing({ id: '{u}', '{badge}': null })),
  ),
  rule(
    extensions,
    'an open extension is not tracked',
    givenUser('u', 'delta-extension-7'),
    fromNow('users'),
    {
      method: 'POST',
      url: '/users/{u}/extensions',
      body: {
        '@odata.type': '#microsoft.graph.openTypeExtension',
        extensionName: 'example.nordlicht.desk',
        desk: '12',
      },
      status: 201,
    },
    nextRound(lacking({ id: '{u}' })),
  ),
];

const lifeCases: readonly Case[] = [
  rule(
    life,
    'a delta link lives for less than seven days of silence',
    givenUser('u', 'delta-life-1'),
    fromNow('users'),
    patch('/users/{u}', { jobTitle: 'Smith' }),
    advanceDays(6),
    nextRound(containing({ id: '{u}', jobTitle: 'Smith' })),
  ),
  rule(
    life,
    'a delta link older than seven days is refused with syncStateNotFound',
    fromNow('users'),
    advanceDays(8),
    {
      url: '{link}',
      status: 400,
      reply: { error: { code: 'syncStateNotFound', message: anyString } },
    },
  ),
  rule(
    life,
    'each round renews the life of the link',
    fromNow('users'),
    advanceDays(5),
    nextRound(lacking({ id: 'none' })),
    advanceDays(5),
    nextRound(lacking({ id: 'none' })),
  ),
  rule(
    life,
    'after an expired link a full round is answered',
    fromNow('groups'),
    advanceDays(8),
    { url: '{link}', status: 400 },
    {
      url: '/groups/delta?$select=displayName',
      followed: true,
      status: 200,
      reply: { '@odata.deltaLink': anyString },
    },
  ),
];

const nextFault = (fault: object): Step => ({ method: 'POST', url: '//simulator/faults', body: fault });

const resyncCases: readonly Case[] = [
  rule(resync, 'an empty token starts a full round', givenUser('u', 'delta-resync-1'), {
    url: '/users/delta?$deltatoken=',
    followed: true,
    status: 200,
    reply: { value: containing({ id: '{u}', displayName: 'delta-resync-1' }), '@odata.deltaLink': anyString },
  }),
  rule(
    resync,
    '410 names the place where a full round starts, with an empty token and the options kept',
    fromNow('users', '$select=displayName'),
    nextFault({ kind: 'expireDeltaLink', as: 'gone' }),
    {
      url: '{link}',
      status: 410,
      replyHeaders: { Location: /^{root}\/users\/delta\?(?=.*\$select=displayName).*\$deltatoken=(&|$)/ },
    },
  ),
  rule(
    resync,
    'the place that 410 names answers a full round',
    givenUser('u', 'delta-resync-2'),
    fromNow('users', '$select=displayName'),
    nextFault({ kind: 'expireDeltaLink', as: 'gone' }),
    { url: '{link}', status: 410, capture: { restart: 'header:Location' } },
    {
      url: '{restart}',
      followed: true,
      status: 200,
      reply: { value: containing(exactKeys('id', 'displayName')), '@odata.deltaLink': anyString },
    },
  ),
  rule(
    resync,
    'a lost state is told as syncStateNotFound',
    fromNow('groups'),
    nextFault({ kind: 'expireDeltaLink', as: 'syncStateNotFound' }),
    { url: '{link}', status: 400, reply: { error: { code: 'syncStateNotFound', message: anyString } } },
  ),
  rule(
    resync,
    'a state that is no longer valid is told as resyncRequired',
    fromNow('groups'),
    nextFault({ kind: 'expireDeltaLink', as: 'resyncRequired' }),
    { url: '{link}', status: 410, reply: { error: { code: 'resyncRequired', message: anyString } } },
  ),
];

const contexts: readonly (readonly [resource: string, context: string])[] = [
  ['groups', 'groups'],
  ['applications', 'applications'],
  ['servicePrincipals', 'servicePrincipals'],
  ['devices', 'devices'],
  ['directoryRoles', 'directoryRoles'],
  ['directory/administrativeUnits', 'administrativeUnits'],
  ['administrativeUnits', 'administrativeUnits'],
  ['contacts', 'contacts'],
  ['oauth2PermissionGrants', 'oauth2permissiongrants'],
];

const grantBody = (client: string, resource: string) => ({
  clientId: `{${client}}`,
  consentType: 'AllPrincipals',
  resourceId: `{${resource}}`,
  scope: 'User.Read',
});

const typeCases: readonly Case[] = [
  ...contexts.map(([resource, context]) =>
    rule(types, `${resource} can be tracked`, {
      url: `/${resource}/delta?$deltatoken=latest`,
      status: 200,
      reply: {
        '@odata.context': `{root}/$metadata#${context}`,
        value: [],
        '@odata.deltaLink': /\$deltatoken=.+/,
      },
    }),
  ),
  rule(
    types,
    'an application that is created and changed is told',
    fromNow('applications'),
    givenApplication('app', 'delta-types-1'),
    nextRound(containing({ id: '{app}', appId: '{app-appId}', displayName: 'delta-types-1' })),
    patch('/applications/{app}', { displayName: 'delta-types-1b' }),
    nextRound(containing({ id: '{app}', displayName: 'delta-types-1b' })),
  ),
  rule(
    types,
    'a service principal that is created is told',
    fromNow('servicePrincipals'),
    ...givenServicePrincipal('sp', 'delta-types-2'),
    nextRound(containing({ id: '{sp}', appId: '{sp-appId}' })),
  ),
  rule(types, 'a service principal can be tracked by id', ...givenServicePrincipal('sp', 'delta-types-3'), {
    url: "/servicePrincipals/delta?$select=displayName&$filter=id eq '{sp}'",
    followed: true,
    reply: { value: [{ id: '{sp}', displayName: 'delta-types-3' }] },
  }),
  rule(
    types,
    'a device that is created and changed is told',
    fromNow('devices', '$select=displayName,accountEnabled'),
    givenDevice('device', 'delta-types-4', '4c299165-6e8f-4b45-a5ba-000000000004'),
    nextRound(containing({ id: '{device}', displayName: 'delta-types-4' })),
    patch('/devices/{device}', { accountEnabled: false }),
    nextRound(containing({ id: '{device}', accountEnabled: false })),
  ),
  rule(
    types,
    'an administrative unit that is created is told',
    fromNow('directory/administrativeUnits'),
    givenUnit('unit', 'delta-types-5'),
    nextRound(containing({ id: '{unit}', displayName: 'delta-types-5' })),
  ),
  rule(types, 'applications can be tracked by id', givenApplication('app', 'delta-types-10'), {
    url: "/applications/delta?$select=displayName&$filter=id eq '{app}'",
    followed: true,
    status: 200,
    reply: { value: [{ id: '{app}', displayName: 'delta-types-10' }] },
  }),
  rule(
    types,
    'directory roles can be tracked by id',
    {
      url: "/directoryRoles(roleTemplateId='62e90394-69f5-4237-9190-012177145e10')",
      capture: { role: 'id' },
    },
    {
      url: "/directoryRoles/delta?$select=displayName&$filter=id eq '{role}'",
      followed: true,
      status: 200,
      reply: { value: [{ id: '{role}', displayName: 'Global Administrator' }] },
    },
  ),
  rule(
    types,
    'a purged object does not come with a full round',
    givenUser('u', 'delta-types-11'),
    remove('/users/{u}'),
    purge('u'),
    {
      url: '/users/delta?$select=displayName',
      followed: true,
      status: 200,
      reply: { value: lacking({ id: '{u}', displayName: 'delta-types-11' }) },
    },
  ),
  rule(types, 'contacts are read in full', {
    url: '/contacts/delta',
    followed: true,
    status: 200,
    reply: { '@odata.deltaLink': /\/contacts\/delta\?/ },
  }),
  rule(
    types,
    'a directory role tells its members',
    givenUser('u', 'delta-types-6'),
    {
      url: "/directoryRoles(roleTemplateId='62e90394-69f5-4237-9190-012177145e10')",
      capture: { role: 'id' },
    },
    link('/directoryRoles/{role}/members', 'u'),
    {
      url: '/directoryRoles/delta',
      followed: true,
      reply: {
        value: containing({
          id: '{role}',
          'members@delta': containing({ '@odata.type': '#microsoft.graph.user', id: '{u}' }),
        }),
      },
    },
  ),
  rule(
    types,
    'a directory role tells added and removed members',
    givenUser('u', 'delta-types-7'),
    {
      url: "/directoryRoles(roleTemplateId='62e90394-69f5-4237-9190-012177145e10')",
      capture: { role: 'id' },
    },
    fromNow('directoryRoles'),
    link('/directoryRoles/{role}/members', 'u'),
    nextRound(containing({ id: '{role}', 'members@delta': [{ id: '{u}', '@removed': absent }] })),
    unlink('/directoryRoles/{role}/members', 'u'),
    nextRound(containing({ id: '{role}', 'members@delta': [{ id: '{u}', ...deleted }] })),
  ),
  rule(
    types,
    'a permission grant is told, and its deletion goes straight to deleted',
    ...givenServicePrincipal('client', 'delta-types-8'),
    ...givenServicePrincipal('resource', 'delta-types-9'),
    fromNow('oauth2PermissionGrants'),
    {
      method: 'POST',
      url: '/oauth2PermissionGrants',
      body: grantBody('client', 'resource'),
      status: 201,
      capture: { grant: 'id' },
    },
    nextRound(containing({ id: '{grant}', clientId: '{client}', scope: 'User.Read' })),
    remove('/oauth2PermissionGrants/{grant}'),
    nextRound(containing({ id: '{grant}', ...deleted })),
  ),
];

const usersAndGroups = "$filter=isof('microsoft.graph.user') or isof('microsoft.graph.group')";

const directoryObjectCases: readonly Case[] = [
  rule(
    directoryObjects,
    'an isof filter gives one stream of several types, each item with its type',
    fromNow('directoryObjects', usersAndGroups),
    givenUser('u', 'delta-objects-1'),
    givenGroup('g', 'delta-objects-2'),
    givenApplication('app', 'delta-objects-3'),
    {
      url: '{link}',
      followed: true,
      status: 200,
      reply: {
        value: containing(
          { '@odata.type': '#microsoft.graph.user', id: '{u}' },
          { '@odata.type': '#microsoft.graph.group', id: '{g}' },
        ),
      },
    },
    nextRound(lacking({ id: '{app}' })),
  ),
  rule(directoryObjects, 'the context is that of directory objects', {
    url: `/directoryObjects/delta?${usersAndGroups}&$deltatoken=latest`,
    status: 200,
    reply: {
      '@odata.context': '{root}/$metadata#directoryObjects',
      value: [],
      '@odata.deltaLink': /^{root}\/directoryObjects\/delta\?/,
    },
  }),
  rule(
    directoryObjects,
    'a removed item carries its type as well',
    givenUser('u', 'delta-objects-4'),
    fromNow('directoryObjects', "$filter=isof('microsoft.graph.user')"),
    remove('/users/{u}'),
    nextRound(
      containing({ '@odata.type': '#microsoft.graph.user', id: '{u}', ...changed, displayName: absent }),
    ),
  ),
  rule(
    directoryObjects,
    'an id filter takes ids of several types',
    givenUser('u', 'delta-objects-5'),
    givenGroup('g', 'delta-objects-6'),
    {
      url: "/directoryObjects/delta?$filter=id eq '{u}' or id eq '{g}'",
      followed: true,
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
    directoryObjects,
    'isof and id filters give what both hold',
    givenUser('u', 'delta-objects-7'),
    givenGroup('g', 'delta-objects-8'),
    {
      url: "/directoryObjects/delta?$filter=isof('microsoft.graph.group') and (id eq '{u}' or id eq '{g}')",
      followed: true,
      status: 200,
      reply: { value: [{ '@odata.type': '#microsoft.graph.group', id: '{g}' }] },
    },
  ),
  rule(directoryObjects, 'an id filter takes no more than 50 ids', {
    url: `/directoryObjects/delta?$filter=${fiftyIds(51)}`,
    status: 400,
  }),
  rule(
    directoryObjects,
    '$select names its type',
    givenUser('u', 'delta-objects-9', { surname: 'Berg' }),
    givenGroup('g', 'delta-objects-10'),
    {
      url: "/directoryObjects/delta?$select=microsoft.graph.user/surname,microsoft.graph.group/displayName&$filter=id eq '{u}' or id eq '{g}'",
      followed: true,
      status: 200,
      reply: {
        value: containing(
          { id: '{u}', surname: 'Berg', displayName: absent },
          { id: '{g}', displayName: 'delta-objects-10', description: absent },
        ),
      },
    },
  ),
  rule(
    directoryObjects,
    'app role assignments are tracked together with users',
    givenUser('u', 'delta-objects-11'),
    ...givenServicePrincipal('sp', 'delta-objects-12'),
    fromNow(
      'directoryObjects',
      "$filter=isof('microsoft.graph.appRoleAssignment') or isof('microsoft.graph.user')",
    ),
    {
      method: 'POST',
      url: '/users/{u}/appRoleAssignments',
      body: { principalId: '{u}', resourceId: '{sp}', appRoleId: '00000000-0000-0000-0000-000000000000' },
      status: 201,
      capture: { assignment: 'id' },
    },
    nextRound(
      containing({
        '@odata.type': '#microsoft.graph.appRoleAssignment',
        id: '{assignment}',
        principalId: '{u}',
        resourceId: '{sp}',
      }),
    ),
  ),
  rule(
    directoryObjects,
    'an app role assignment that is taken away is told as removed',
    givenUser('u', 'delta-objects-13'),
    ...givenServicePrincipal('sp', 'delta-objects-14'),
    {
      method: 'POST',
      url: '/users/{u}/appRoleAssignments',
      body: { principalId: '{u}', resourceId: '{sp}', appRoleId: '00000000-0000-0000-0000-000000000000' },
      status: 201,
      capture: { assignment: 'id' },
    },
    fromNow(
      'directoryObjects',
      "$filter=isof('microsoft.graph.appRoleAssignment') or isof('microsoft.graph.user')",
    ),
    remove('/users/{u}/appRoleAssignments/{assignment}'),
    nextRound(
      containing({ '@odata.type': '#microsoft.graph.appRoleAssignment', id: '{assignment}', ...deleted }),
    ),
  ),
  rule(
    directoryObjects,
    'a purged object is told with its type and reason deleted',
    givenUser('u', 'delta-objects-15'),
    remove('/users/{u}'),
    fromNow('directoryObjects', "$filter=isof('microsoft.graph.user')"),
    purge('u'),
    nextRound(containing({ '@odata.type': '#microsoft.graph.user', id: '{u}', ...deleted })),
  ),
  rule(directoryObjects, 'items of an initial stream have a GUID and a type', {
    url: "/directoryObjects/delta?$filter=isof('microsoft.graph.directoryRole')",
    followed: true,
    status: 200,
    reply: { value: containing({ '@odata.type': '#microsoft.graph.directoryRole', id: guid }) },
  }),
];

export const cases: readonly Case[] = [
  ...initialCases,
  ...linkCases,
  ...roundCases,
  ...concurrentCases,
  ...optionCases,
  ...contentCases,
  ...deletionCases,
  ...relationCases,
  ...extensionCases,
  ...lifeCases,
  ...resyncCases,
  ...typeCases,
  ...directoryObjectCases,
];
