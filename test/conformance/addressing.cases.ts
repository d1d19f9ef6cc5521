// How an object or a collection is addressed: keys, alternate keys, casts, segments in any case, getByIds, $metadata.

import { absent, anyString, type Case, containing, counting, lacking } from './case.ts';
import {
  advanced,
  givenApplication,
  givenDevice,
  givenGroup,
  givenServicePrincipal,
  givenUser,
  link,
  rule,
} from './given.ts';

const keys = 'Addressing: keys';
const alternate = 'Addressing: alternate keys';
const casts = 'Addressing: casts';
const segments = 'Addressing: segments';
const missing = 'Addressing: objects that do not exist';
const byIds = 'directoryObject: getByIds';
const references = 'Addressing: $ref';
const metadata = 'Service metadata';

const nobody = '0b6c7c0e-54a0-4f0e-9f0c-00000000dead';
const notFound = (key: string) => ({
  error: {
    code: 'Request_ResourceNotFound',
    message: `Resource '${key}' does not exist or one of its queried reference-property objects are not present.`,
  },
});

const keyCases: readonly Case[] = [
  rule(keys, 'a user by its id', givenUser('u', 'addressing-keys-1'), {
    url: '/users/{u}',
    status: 200,
    reply: { id: '{u}' },
  }),
  rule(keys, 'a user by its user principal name', givenUser('u', 'addressing-keys-2'), {
    url: '/users/addressing-keys-2@nordlicht.example',
    status: 200,
    reply: { id: '{u}' },
  }),
  rule(keys, 'a user in parentheses', givenUser('u', 'addressing-keys-3'), {
    url: "/users('{u}')",
    status: 200,
    reply: { id: '{u}' },
  }),
  rule(keys, 'a user principal name in parentheses', givenUser('u', 'addressing-keys-4'), {
    url: "/users('addressing-keys-4@nordlicht.example')",
    status: 200,
    reply: { id: '{u}' },
  }),
  rule(
    keys,
    'a guest, with its number signs percent-encoded',
    givenUser('u', 'addressing-keys-5', {
      userPrincipalName: 'addressing_fabrik.example#EXT#@nordlicht.example',
    }),
    { url: '/users/addressing_fabrik.example%23EXT%23@nordlicht.example', status: 200, reply: { id: '{u}' } },
  ),
  rule(keys, 'a percent-encoded at sign', givenUser('u', 'addressing-keys-6'), {
    url: '/users/addressing-keys-6%40nordlicht.example',
    status: 200,
    reply: { id: '{u}' },
  }),
  rule(keys, 'a group in parentheses', givenGroup('g', 'addressing-keys-7'), {
    url: "/groups('{g}')",
    status: 200,
    reply: { id: '{g}' },
  }),
  rule(keys, 'a relationship after parentheses', givenGroup('g', 'addressing-keys-8'), {
    url: "/groups('{g}')/members",
    status: 200,
    reply: { value: [] },
  }),
  rule(keys, 'a relationship of a user principal name', givenUser('u', 'addressing-keys-9'), {
    url: '/users/addressing-keys-9@nordlicht.example/memberOf',
    status: 200,
    reply: { value: [] },
  }),
];

const alternateCases: readonly Case[] = [
  rule(alternate, 'a service principal by appId', ...givenServicePrincipal('sp', 'addressing-alternate-1'), {
    url: "/servicePrincipals(appId='{sp-appId}')",
    status: 200,
    reply: { id: '{sp}', appId: '{sp-appId}' },
  }),
  rule(alternate, 'an application by appId', givenApplication('app', 'addressing-alternate-2'), {
    url: "/applications(appId='{app-appId}')",
    status: 200,
    reply: { id: '{app}' },
  }),
  rule(
    alternate,
    'an application by uniqueName',
    givenApplication('app', 'addressing-alternate-3', { uniqueName: 'addressing-alternate-3' }),
    { url: "/applications(uniqueName='addressing-alternate-3')", status: 200, reply: { id: '{app}' } },
  ),
  rule(
    alternate,
    'a group by uniqueName',
    givenGroup('g', 'addressing-alternate-4', { uniqueName: 'addressing-alternate-4' }),
    {
      url: "/groups(uniqueName='addressing-alternate-4')",
      status: 200,
      reply: { id: '{g}', uniqueName: 'addressing-alternate-4' },
    },
  ),
  rule(
    alternate,
    'a device by deviceId',
    givenDevice('device', 'addressing-alternate-5', '4c299165-6e8f-4b45-a5ba-000000000501'),
    {
      url: "/devices(deviceId='4c299165-6e8f-4b45-a5ba-000000000501')",
      status: 200,
      reply: { id: '{device}' },
    },
  ),
  rule(alternate, 'a directory role by its template', {
    url: "/directoryRoles(roleTemplateId='62e90394-69f5-4237-9190-012177145e10')",
    status: 200,
    reply: { roleTemplateId: '62e90394-69f5-4237-9190-012177145e10' },
  }),
  rule(alternate, 'a user by userPrincipalName', givenUser('u', 'addressing-alternate-6'), {
    url: "/users(userPrincipalName='addressing-alternate-6@nordlicht.example')",
    status: 200,
    reply: { id: '{u}' },
  }),
  rule(alternate, 'a directory role by its template, in the older form', {
    url: '/directoryRoles/roleTemplateId=62e90394-69f5-4237-9190-012177145e10',
    status: 200,
    reply: { roleTemplateId: '62e90394-69f5-4237-9190-012177145e10' },
  }),
  rule(
    alternate,
    'a relationship after an alternate key',
    ...givenServicePrincipal('sp', 'addressing-alternate-7'),
    { url: "/servicePrincipals(appId='{sp-appId}')/appRoleAssignedTo", status: 200, reply: { value: [] } },
  ),
  rule(alternate, 'an alternate key that nothing has', {
    url: "/applications(appId='0b6c7c0e-54a0-4f0e-9f0c-00000000dead')",
    status: 404,
    reply: { error: { code: 'Request_ResourceNotFound' } },
  }),
];

const castCases: readonly Case[] = [
  rule(
    casts,
    'members of one type',
    givenGroup('g', 'addressing-casts-1'),
    givenGroup('inner', 'addressing-casts-2'),
    givenUser('u', 'addressing-casts-3'),
    link('/groups/{g}/members', 'inner'),
    link('/groups/{g}/members', 'u'),
    {
      url: '/groups/{g}/members/microsoft.graph.user',
      status: 200,
      reply: { '@odata.context': '{root}/$metadata#users', value: [{ id: '{u}' }] },
    },
  ),
  rule(
    casts,
    'members that are groups',
    givenGroup('g', 'addressing-casts-4'),
    givenGroup('inner', 'addressing-casts-5'),
    givenUser('u', 'addressing-casts-6'),
    link('/groups/{g}/members', 'inner'),
    link('/groups/{g}/members', 'u'),
    {
      url: '/groups/{g}/members/microsoft.graph.group?$select=displayName,id',
      status: 200,
      reply: { '@odata.context': '{root}/$metadata#groups(displayName,id)', value: [{ id: '{inner}' }] },
    },
  ),
  rule(
    casts,
    'memberships in groups',
    givenGroup('g', 'addressing-casts-7'),
    givenUser('u', 'addressing-casts-8'),
    link('/groups/{g}/members', 'u'),
    {
      url: '/users/{u}/memberOf/microsoft.graph.group',
      status: 200,
      reply: { '@odata.context': '{root}/$metadata#groups', value: [{ id: '{g}' }] },
    },
  ),
  rule(
    casts,
    'memberships in directory roles leave groups out',
    givenGroup('g', 'addressing-casts-9'),
    givenUser('u', 'addressing-casts-10'),
    link('/groups/{g}/members', 'u'),
    { url: '/users/{u}/memberOf/microsoft.graph.directoryRole', status: 200, reply: { value: [] } },
  ),
  rule(
    casts,
    'owners of one type',
    givenGroup('g', 'addressing-casts-11'),
    givenUser('u', 'addressing-casts-12'),
    link('/groups/{g}/owners', 'u'),
    { url: '/groups/{g}/owners/microsoft.graph.user', status: 200, reply: { value: [{ id: '{u}' }] } },
  ),
  rule(
    casts,
    'transitive members of one type',
    givenGroup('g', 'addressing-casts-13'),
    givenGroup('inner', 'addressing-casts-14'),
    givenUser('u', 'addressing-casts-15'),
    link('/groups/{g}/members', 'inner'),
    link('/groups/{inner}/members', 'u'),
    {
      url: '/groups/{g}/transitiveMembers/microsoft.graph.user?$count=true',
      headers: advanced,
      status: 200,
      reply: { '@odata.count': 1, value: [{ id: '{u}' }] },
    },
  ),
];

const segmentCases: readonly Case[] = [
  rule(segments, 'collections are matched in any case', givenUser('u', 'addressing-segments-1'), {
    url: '/Users/{u}',
    status: 200,
    reply: { id: '{u}' },
  }),
  rule(segments, 'relationships are matched in any case', givenGroup('g', 'addressing-segments-2'), {
    url: '/Groups/{g}/Members',
    status: 200,
    reply: { value: [] },
  }),
  rule(segments, 'an unknown collection', {
    url: '/fooBar',
    status: 400,
    reply: { error: { code: 'BadRequest', message: "Resource not found for the segment 'fooBar'." } },
  }),
  rule(segments, 'an unknown segment behind an object', givenUser('u', 'addressing-segments-3'), {
    url: '/users/{u}/fooBar',
    status: 400,
    reply: { error: { code: 'BadRequest', message: "Resource not found for the segment 'fooBar'." } },
  }),
  rule(segments, 'administrative units have a legacy alias', {
    url: '/administrativeUnits',
    status: 200,
    reply: { value: counting(0, 100) },
  }),
  rule(segments, 'an answer names its protocol version and media type', {
    url: '/users?$top=1',
    status: 200,
    replyHeaders: { 'OData-Version': '4.0', 'Content-Type': /^application\/json;odata\.metadata=minimal/ },
  }),
];

const missingCases: readonly Case[] = [
  rule(missing, 'a user', { url: `/users/${nobody}`, status: 404, reply: notFound(nobody) }),
  rule(missing, 'a user principal name', {
    url: '/users/nobody@nordlicht.example',
    status: 404,
    reply: notFound('nobody@nordlicht.example'),
  }),
  rule(missing, 'a group', { url: `/groups/${nobody}`, status: 404, reply: notFound(nobody) }),
  rule(missing, 'an object of another type', givenUser('u', 'addressing-missing-1'), {
    url: '/groups/{u}',
    status: 404,
    reply: notFound('{u}'),
  }),
  rule(missing, 'the members of a group', {
    url: `/groups/${nobody}/members`,
    status: 404,
    reply: notFound(nobody),
  }),
  rule(missing, 'a malformed group id', {
    url: '/groups/xyz',
    status: 400,
    reply: { error: { code: 'Request_BadRequest', message: "Invalid object identifier 'xyz'." } },
  }),
  rule(missing, 'a directory object', {
    url: `/directoryObjects/${nobody}`,
    status: 404,
    reply: notFound(nobody),
  }),
  rule(
    missing,
    'a deleted user',
    givenUser('u', 'addressing-missing-2'),
    { method: 'DELETE', url: '/users/{u}', status: 204 },
    { url: '/users/{u}', status: 404, reply: notFound('{u}') },
  ),
];

const ask = (ids: readonly string[], types?: readonly string[]) => ({
  method: 'POST',
  url: '/directoryObjects/getByIds',
  body: types === undefined ? { ids } : { ids, types },
  status: 200,
});

const byIdCases: readonly Case[] = [
  rule(
    byIds,
    'objects of several types come with their type',
    givenUser('u', 'addressing-ids-1'),
    givenGroup('g', 'addressing-ids-2'),
    {
      ...ask(['{u}', '{g}'], ['user', 'group']),
      reply: {
        value: containing(
          { '@odata.type': '#microsoft.graph.user', id: '{u}' },
          { '@odata.type': '#microsoft.graph.group', id: '{g}', displayName: 'addressing-ids-2' },
        ),
      },
    },
  ),
  rule(byIds, 'types are optional', givenUser('u', 'addressing-ids-3'), {
    ...ask(['{u}']),
    reply: { value: [{ '@odata.type': '#microsoft.graph.user', id: '{u}' }] },
  }),
  rule(byIds, 'unknown ids are left out', givenUser('u', 'addressing-ids-4'), {
    ...ask(['{u}', nobody]),
    reply: { value: [{ id: '{u}' }] },
  }),
  rule(
    byIds,
    'objects of other types are left out',
    givenUser('u', 'addressing-ids-5'),
    givenGroup('g', 'addressing-ids-6'),
    { ...ask(['{u}', '{g}'], ['group']), reply: { value: [{ id: '{g}' }] } },
  ),
  rule(byIds, 'more than 1000 ids are refused', {
    ...ask(
      Array.from(
        { length: 1001 },
        (_, index) => `0b6c7c0e-54a0-4f0e-9f0c-${String(index).padStart(12, '0')}`,
      ),
    ),
    status: 400,
  }),
  rule(byIds, '1000 ids are taken', {
    ...ask(
      Array.from(
        { length: 1000 },
        (_, index) => `0b6c7c0e-54a0-4f0e-9f0c-${String(index).padStart(12, '0')}`,
      ),
    ),
    reply: { value: [] },
  }),
  rule(
    byIds,
    'deleted objects are left out',
    givenUser('u', 'addressing-ids-7'),
    { method: 'DELETE', url: '/users/{u}', status: 204 },
    { ...ask(['{u}']), reply: { value: lacking({ id: '{u}' }) } },
  ),
  rule(byIds, '$select reduces the objects', givenUser('u', 'addressing-ids-8', { department: 'Process' }), {
    ...ask(['{u}'], ['user']),
    url: '/directoryObjects/getByIds?$select=id,department',
    reply: { value: [{ id: '{u}', department: 'Process', displayName: absent }] },
  }),
];

const referenceCases: readonly Case[] = [
  rule(
    references,
    'members as links',
    givenGroup('g', 'addressing-ref-1'),
    givenUser('u', 'addressing-ref-2'),
    link('/groups/{g}/members', 'u'),
    {
      url: '/groups/{g}/members/$ref',
      status: 200,
      reply: { value: [{ '@odata.id': /\/directoryObjects\/{u}|\/users\/{u}/ }] },
    },
  ),
  rule(
    references,
    'the manager as a link',
    givenUser('u', 'addressing-ref-3'),
    givenUser('boss', 'addressing-ref-4'),
    {
      method: 'PUT',
      url: '/users/{u}/manager/$ref',
      body: { '@odata.id': '{root}/users/{boss}' },
      status: 204,
    },
    { url: '/users/{u}/manager/$ref', status: 200, reply: { '@odata.id': /{boss}/ } },
  ),
];

const metadataCases: readonly Case[] = [
  rule(metadata, '$metadata is served without a token, as XML', {
    url: '/$metadata',
    as: 'none',
    status: 200,
    replyHeaders: { 'Content-Type': /^application\/xml/ },
    reply: /<edmx:Edmx[\s\S]*<Schema[^>]*Namespace="microsoft\.graph"/,
  }),
  rule(metadata, '$metadata has at least two schemas', {
    url: '/$metadata',
    as: 'none',
    status: 200,
    reply: /<Schema[\s\S]*<Schema/,
  }),
  rule(metadata, '$metadata declares entity types with their properties', {
    url: '/$metadata',
    as: 'none',
    status: 200,
    reply: /<EntityType[^>]*Name="user"[\s\S]*<Property[^>]*Name="userPrincipalName"/,
  }),
  rule(metadata, '$metadata is served for beta', {
    url: '//beta/$metadata',
    as: 'none',
    status: 200,
    reply: /<Schema/,
  }),
  rule(metadata, 'the service document lists the entity sets', {
    url: '/',
    status: 200,
    reply: {
      '@odata.context': '{root}/$metadata',
      value: containing(
        { name: 'users', kind: 'EntitySet', url: 'users' },
        { name: 'groups', url: 'groups', kind: anyString },
      ),
    },
  }),
];

export const cases: readonly Case[] = [
  ...keyCases,
  ...alternateCases,
  ...castCases,
  ...segmentCases,
  ...missingCases,
  ...byIdCases,
  ...referenceCases,
  ...metadataCases,
];
