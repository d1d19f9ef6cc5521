// Delta query over every type that has it, and over several types at once through directoryObjects.

import { absent, type Case, containing, guid, lacking } from './case.ts';
import {
  changed,
  deleted,
  fromNow,
  givenApplication,
  givenDevice,
  givenGroup,
  givenServicePrincipal,
  givenUnit,
  givenUser,
  idFilter,
  link,
  nextRound,
  patch,
  purge,
  remove,
  rule,
  unlink,
} from './given.ts';

const types = 'Delta query: supported resources';
const directoryObjects = 'Delta query: directoryObject';

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
    url: `/directoryObjects/delta?$filter=${idFilter(51)}`,
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

const permissionCases: readonly Case[] = [
  rule(directoryObjects, 'the permissions of all types that are asked for are needed at once', {
    url: `/directoryObjects/delta?${usersAndGroups}&$deltatoken=latest`,
    as: ['User.Read.All'],
    status: 403,
    reply: { error: { code: 'Authorization_RequestDenied' } },
  }),
  rule(directoryObjects, 'the permissions of all types together suffice', {
    url: `/directoryObjects/delta?${usersAndGroups}&$deltatoken=latest`,
    as: ['User.Read.All', 'Group.Read.All'],
    status: 200,
    reply: { value: [] },
  }),
  rule(directoryObjects, 'the permission of one type suffices for that type', {
    url: "/directoryObjects/delta?$filter=isof('microsoft.graph.group')&$deltatoken=latest",
    as: ['Group.Read.All'],
    status: 200,
    reply: { value: [] },
  }),
  rule(directoryObjects, 'Directory.Read.All suffices for every type', {
    url: `/directoryObjects/delta?${usersAndGroups} or isof('microsoft.graph.device') or isof('microsoft.graph.application')&$deltatoken=latest`,
    as: ['Directory.Read.All'],
    status: 200,
    reply: { value: [] },
  }),
  rule(
    types,
    'members come by type and id to an app that may not read their type',
    givenGroup('g', 'delta-types-12'),
    givenUser('u', 'delta-types-13'),
    link('/groups/{g}/members', 'u'),
    {
      url: "/groups/delta?$filter=id eq '{g}'",
      as: ['GroupMember.Read.All'],
      followed: true,
      status: 200,
      reply: {
        value: [{ id: '{g}', 'members@delta': [{ '@odata.type': '#microsoft.graph.user', id: '{u}' }] }],
      },
    },
  ),
];

export const cases: readonly Case[] = [...typeCases, ...directoryObjectCases, ...permissionCases];
