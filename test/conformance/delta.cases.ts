// Delta query, the rounds: the first one, links and tokens, options, changes meanwhile, the end of a token's life.

import { absent, anyString, type Case, containing, counting, exactKeys, lacking, type Step } from './case.ts';
import {
  advanceDays,
  changed,
  fromNow,
  givenUser,
  idFilter,
  nextRound,
  patch,
  remove,
  rule,
  setManager,
} from './given.ts';

/** Enough users for three pages of 200. */
export const tenant = { users: 450, seed: 7 };

const initial = 'Delta query: initial request';
const links = 'Delta query: state tokens';
const rounds = 'Delta query: rounds';
const options = 'Delta query: query parameters';
const life = 'Delta query: token duration';
const resync = 'Delta query: resynchronization';

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
    url: `/users/delta?$filter=${idFilter(50)}`,
    status: 200,
    reply: { value: [] },
  }),
  rule(options, 'an id filter takes no more than 50 ids', {
    url: `/users/delta?$filter=${idFilter(51)}`,
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

export const cases: readonly Case[] = [
  ...initialCases,
  ...linkCases,
  ...roundCases,
  ...concurrentCases,
  ...optionCases,
  ...lifeCases,
  ...resyncCases,
];
