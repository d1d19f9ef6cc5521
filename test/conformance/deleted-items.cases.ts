// Deleted items: what the recycle bin lists, restore, permanent deletion and the thirty days.

import { absent, anyNumber, anyString, type Case, containing, instant, lacking } from './case.ts';
import {
  advanceDays,
  advanced,
  givenApplication,
  givenDevice,
  givenGroup,
  givenServicePrincipal,
  givenUnit,
  givenUser,
  link,
  microsoft365,
  purge,
  remove,
  restore,
  rule,
  setManager,
} from './given.ts';

const listing = 'Deleted items: list';
const single = 'Deleted items: get';
const restoring = 'Deleted items: restore';
const purging = 'Deleted items: permanent deletion';
const ageing = 'Deleted items: thirty days';

const bin = '/directory/deletedItems/microsoft.graph';

const listingCases: readonly Case[] = [
  rule(listing, 'a deleted user is listed', givenUser('u', 'deleted-list-1'), remove('/users/{u}'), {
    url: `${bin}.user?$filter=id eq '{u}'`,
    status: 200,
    reply: { value: [{ id: '{u}', displayName: 'deleted-list-1' }] },
  }),
  rule(listing, 'a live user is not listed', givenUser('u', 'deleted-list-2'), {
    url: `${bin}.user?$top=999`,
    followed: true,
    status: 200,
    reply: { value: lacking({ id: '{u}' }) },
  }),
  rule(listing, 'the context names the type', {
    url: `${bin}.user`,
    status: 200,
    reply: { '@odata.context': '{root}/$metadata#users' },
  }),
  rule(listing, 'the context of groups names groups', {
    url: `${bin}.group`,
    status: 200,
    reply: { '@odata.context': '{root}/$metadata#groups' },
  }),
  rule(listing, 'without a type nothing is listed', { url: '/directory/deletedItems', status: 400 }),
  rule(
    listing,
    'a deleted security group is listed',
    givenGroup('g', 'deleted-list-3'),
    remove('/groups/{g}'),
    {
      url: `${bin}.group?$top=999`,
      followed: true,
      status: 200,
      reply: { value: containing({ id: '{g}' }) },
    },
  ),
  rule(
    listing,
    'a deleted Microsoft 365 group is listed',
    givenGroup('g', 'deleted-list-4', microsoft365),
    remove('/groups/{g}'),
    {
      url: `${bin}.group?$top=999`,
      followed: true,
      status: 200,
      reply: { value: containing({ id: '{g}', displayName: 'deleted-list-4' }) },
    },
  ),
  rule(
    listing,
    'a deleted application is listed',
    givenApplication('app', 'deleted-list-5'),
    remove('/applications/{app}'),
    {
      url: `${bin}.application?$top=999`,
      followed: true,
      status: 200,
      reply: { value: containing({ id: '{app}' }) },
    },
  ),
  rule(
    listing,
    'a deleted service principal is listed',
    ...givenServicePrincipal('sp', 'deleted-list-6'),
    remove('/servicePrincipals/{sp}'),
    {
      url: `${bin}.servicePrincipal?$top=999`,
      followed: true,
      status: 200,
      reply: { value: containing({ id: '{sp}' }) },
    },
  ),
  rule(
    listing,
    'a deleted administrative unit is listed',
    givenUnit('unit', 'deleted-list-7'),
    remove('/directory/administrativeUnits/{unit}'),
    {
      url: `${bin}.administrativeUnit?$top=999`,
      followed: true,
      status: 200,
      reply: { value: containing({ id: '{unit}' }) },
    },
  ),
  rule(
    listing,
    'a deleted device is gone at once',
    givenDevice('device', 'deleted-list-8', '4c299165-6e8f-4b45-a5ba-000000000601'),
    remove('/devices/{device}'),
    { url: '/directory/deletedItems/{device}', status: 404 },
  ),
  rule(
    listing,
    'the moment of deletion comes on $select',
    givenUser('u', 'deleted-list-9'),
    remove('/users/{u}'),
    {
      url: `${bin}.user?$filter=id eq '{u}'&$select=id,displayName,deletedDateTime`,
      status: 200,
      reply: { value: [{ id: '{u}', deletedDateTime: instant, mail: absent }] },
    },
  ),
  rule(listing, 'deleted users can be filtered', givenUser('u', 'deleted-list-10'), remove('/users/{u}'), {
    url: `${bin}.user?$filter=startsWith(displayName,'deleted-list-10')`,
    status: 200,
    reply: { value: [{ id: '{u}' }] },
  }),
  rule(listing, 'deleted users can be counted', givenUser('u', 'deleted-list-11'), remove('/users/{u}'), {
    url: `${bin}.user?$count=true`,
    headers: advanced,
    status: 200,
    reply: { '@odata.count': anyNumber },
  }),
  rule(listing, 'deleted users are sorted by display name', {
    url: `${bin}.user?$orderby=displayName&$count=true`,
    headers: advanced,
    status: 200,
  }),
  rule(
    listing,
    'deleted users are sorted by the moment of deletion as advanced query',
    givenUser('a', 'deleted-list-12'),
    remove('/users/{a}'),
    {
      url: `${bin}.user?$orderby=deletedDateTime&$count=true`,
      headers: advanced,
      status: 200,
      reply: { '@odata.count': anyNumber },
    },
  ),
  rule(
    listing,
    'deleted users can be searched',
    givenUser('u', 'deleted-list-15', { displayName: 'Erdmute Deimos' }),
    remove('/users/{u}'),
    {
      url: `${bin}.user?$search="displayName:deimos"`,
      headers: advanced,
      status: 200,
      reply: { value: [{ id: '{u}' }] },
    },
  ),
  rule(
    listing,
    'users that were deleted are not listed among groups',
    givenUser('u', 'deleted-list-16'),
    remove('/users/{u}'),
    { url: `${bin}.group?$top=999`, followed: true, status: 200, reply: { value: lacking({ id: '{u}' }) } },
  ),
  rule(listing, 'devices have a list, which is empty', {
    url: `${bin}.device`,
    status: 200,
    reply: { value: [] },
  }),
  rule(
    listing,
    'deleted users come in pages',
    givenUser('a', 'deleted-list-13'),
    givenUser('b', 'deleted-list-14'),
    remove('/users/{a}'),
    remove('/users/{b}'),
    {
      url: `${bin}.user?$top=1`,
      followed: true,
      status: 200,
      reply: { value: containing({ id: '{a}' }, { id: '{b}' }) },
    },
  ),
];

const singleCases: readonly Case[] = [
  rule(
    single,
    'a deleted object comes with its type',
    givenUser('u', 'deleted-get-1'),
    remove('/users/{u}'),
    {
      url: '/directory/deletedItems/{u}',
      status: 200,
      reply: {
        '@odata.context': '{root}/$metadata#directoryObjects/$entity',
        '@odata.type': '#microsoft.graph.user',
        id: '{u}',
      },
    },
  ),
  rule(single, 'a live object is not found', givenUser('u', 'deleted-get-2'), {
    url: '/directory/deletedItems/{u}',
    status: 404,
    reply: { error: { code: 'Request_ResourceNotFound' } },
  }),
  rule(
    single,
    'a deleted user is not found among users',
    givenUser('u', 'deleted-get-3'),
    remove('/users/{u}'),
    { url: '/users/{u}', status: 404, reply: { error: { code: 'Request_ResourceNotFound' } } },
  ),
  rule(
    single,
    'the name of a deleted user begins with its id',
    givenUser('u', 'deleted-get-5'),
    remove('/users/{u}'),
    {
      url: '/directory/deletedItems/{u}',
      status: 200,
      reply: { userPrincipalName: /^[0-9a-f]{32}deleted-get-5@nordlicht\.example$/ },
    },
  ),
  rule(
    single,
    'a deleted group shows when it was deleted',
    givenGroup('g', 'deleted-get-4', microsoft365),
    remove('/groups/{g}'),
    {
      url: '/directory/deletedItems/{g}',
      status: 200,
      reply: { '@odata.type': '#microsoft.graph.group', id: '{g}', deletedDateTime: instant },
    },
  ),
];

const restoringCases: readonly Case[] = [
  rule(
    restoring,
    'the answer is the object with its type',
    givenUser('u', 'deleted-restore-1'),
    remove('/users/{u}'),
    {
      ...restore('u'),
      reply: {
        '@odata.context': '{root}/$metadata#directoryObjects/$entity',
        '@odata.type': '#microsoft.graph.user',
        id: '{u}',
        displayName: 'deleted-restore-1',
      },
    },
  ),
  rule(
    restoring,
    'a restored user is found again under its name',
    givenUser('u', 'deleted-restore-2'),
    remove('/users/{u}'),
    restore('u'),
    {
      url: '/users/deleted-restore-2@nordlicht.example?$select=id,deletedDateTime',
      status: 200,
      reply: { id: '{u}', deletedDateTime: null },
    },
  ),
  rule(
    restoring,
    'a restored object has left the deleted items',
    givenUser('u', 'deleted-restore-3'),
    remove('/users/{u}'),
    restore('u'),
    { url: '/directory/deletedItems/{u}', status: 404 },
  ),
  rule(
    restoring,
    'memberships come back',
    givenUser('u', 'deleted-restore-4'),
    givenGroup('g', 'deleted-restore-5'),
    link('/groups/{g}/members', 'u'),
    remove('/users/{u}'),
    { url: '/groups/{g}/members', reply: { value: [] } },
    restore('u'),
    { url: '/groups/{g}/members', reply: { value: [{ id: '{u}' }] } },
  ),
  rule(
    restoring,
    'members of a restored group come back',
    givenUser('u', 'deleted-restore-6'),
    givenGroup('g', 'deleted-restore-7', microsoft365),
    link('/groups/{g}/members', 'u'),
    remove('/groups/{g}'),
    { url: '/users/{u}/memberOf', reply: { value: [] } },
    restore('g'),
    { url: '/users/{u}/memberOf', reply: { value: [{ id: '{g}' }] } },
  ),
  rule(
    restoring,
    'the manager comes back',
    givenUser('u', 'deleted-restore-8'),
    givenUser('boss', 'deleted-restore-9'),
    setManager('u', 'boss'),
    remove('/users/{u}'),
    restore('u'),
    { url: '/users/{u}/manager', status: 200, reply: { id: '{boss}' } },
  ),
  rule(
    restoring,
    'a restored application leaves its service principal deleted',
    ...givenServicePrincipal('sp', 'deleted-restore-10'),
    remove('/servicePrincipals/{sp}'),
    remove('/applications/{sp-app}'),
    restore('sp-app'),
    { url: '/applications/{sp-app}', status: 200 },
    { url: '/servicePrincipals/{sp}', status: 404 },
  ),
  rule(
    restoring,
    'a user whose name was taken meanwhile is not restored',
    givenUser('u', 'deleted-restore-11'),
    remove('/users/{u}'),
    givenUser('v', 'deleted-restore-11'),
    {
      method: 'POST',
      url: '/directory/deletedItems/{u}/restore',
      status: 400,
      reply: { error: { code: 'Request_BadRequest', message: anyString } },
    },
  ),
  rule(
    restoring,
    'a user whose name was taken is restored under a new name',
    givenUser('u', 'deleted-restore-12'),
    remove('/users/{u}'),
    givenUser('v', 'deleted-restore-12'),
    {
      method: 'POST',
      url: '/directory/deletedItems/{u}/restore',
      body: {
        autoReconcileProxyConflict: true,
        newUserPrincipalName: 'deleted-restore-12b@nordlicht.example',
      },
      status: 200,
      reply: { id: '{u}', userPrincipalName: 'deleted-restore-12b@nordlicht.example' },
    },
  ),
  rule(restoring, 'what was never deleted cannot be restored', givenUser('u', 'deleted-restore-13'), {
    method: 'POST',
    url: '/directory/deletedItems/{u}/restore',
    status: 404,
  }),
];

const purgingCases: readonly Case[] = [
  rule(
    purging,
    'a purged user is gone for good',
    givenUser('u', 'deleted-purge-1'),
    remove('/users/{u}'),
    purge('u'),
    { url: '/directory/deletedItems/{u}', status: 404 },
    { url: '/users/{u}', status: 404 },
  ),
  rule(
    purging,
    'a purged user cannot be restored',
    givenUser('u', 'deleted-purge-2'),
    remove('/users/{u}'),
    purge('u'),
    { method: 'POST', url: '/directory/deletedItems/{u}/restore', status: 404 },
  ),
  rule(
    purging,
    'a live user is not purged',
    givenUser('u', 'deleted-purge-3'),
    { method: 'DELETE', url: '/directory/deletedItems/{u}', status: 404 },
    { url: '/users/{u}', status: 200 },
  ),
  rule(
    purging,
    'the name of a deleted user can be used again',
    givenUser('u', 'deleted-purge-4'),
    remove('/users/{u}'),
    givenUser('v', 'deleted-purge-4'),
    { url: '/users/deleted-purge-4@nordlicht.example', status: 200, reply: { id: '{v}' } },
  ),
  rule(
    purging,
    'a purged group leaves the memberships of its members',
    givenUser('u', 'deleted-purge-5'),
    givenGroup('g', 'deleted-purge-6', microsoft365),
    link('/groups/{g}/members', 'u'),
    remove('/groups/{g}'),
    purge('g'),
    { url: '/users/{u}/memberOf', status: 200, reply: { value: [] } },
  ),
];

const ageingCases: readonly Case[] = [
  rule(
    ageing,
    'a deleted user can be restored after 29 days',
    givenUser('u', 'deleted-age-1'),
    remove('/users/{u}'),
    advanceDays(29),
    restore('u'),
    { url: '/users/{u}', status: 200 },
  ),
  rule(
    ageing,
    'a deleted user is gone after 30 days',
    givenUser('u', 'deleted-age-2'),
    remove('/users/{u}'),
    advanceDays(31),
    { url: '/directory/deletedItems/{u}', status: 404 },
    { url: `${bin}.user?$filter=id eq '{u}'`, status: 200, reply: { value: [] } },
  ),
  rule(
    ageing,
    'a deleted group is gone after 30 days',
    givenGroup('g', 'deleted-age-3', microsoft365),
    remove('/groups/{g}'),
    advanceDays(31),
    { method: 'POST', url: '/directory/deletedItems/{g}/restore', status: 404 },
  ),
];

export const cases: readonly Case[] = [
  ...listingCases,
  ...singleCases,
  ...restoringCases,
  ...purgingCases,
  ...ageingCases,
];
