// Permissions: for each operation, the least privileged application permission opens it and an unrelated one does not.

import type { Case, Step } from './case.ts';
import {
  denied,
  nobody,
  reference,
  refusal,
  type Scene,
  type Stage,
  servicePrincipal,
  staged,
} from './stage.ts';

export const tenant = { users: 250, seed: 7 };

const section = 'Microsoft Graph permissions reference';
const graphAppId = '00000003-0000-0000-c000-000000000000';
const globalAdministrator = '62e90394-69f5-4237-9190-012177145e10';

/** A permission that opens none of the operations below. */
const unrelated = ['AuditLog.Read.All'];

interface Operation {
  readonly method?: string;
  readonly url: string;
  readonly body?: (given: Stage) => unknown;
  readonly least: readonly string[];
  readonly status?: number;
  /** What the operation is done to. */
  readonly before?: (given: Stage) => readonly Step[];
  /** How the operation is written in the documentation, where the url does not tell. */
  readonly as?: string;
}

const ada = (given: Stage): readonly Step[] => [given.user('ada')];
const club = (given: Stage): readonly Step[] => [given.group('club')];
const clubAndAda = (given: Stage): readonly Step[] => [given.group('club'), given.user('ada')];
const clubOfAda = (given: Stage): readonly Step[] => [
  given.user('ada'),
  given.group('club', { 'members@odata.bind': ['{root}/users/{ada}'] }),
];
const app = (given: Stage): readonly Step[] => [given.application('app')];
const principal = (given: Stage): readonly Step[] => [
  given.application('app'),
  servicePrincipal('principal', 'app'),
];
const unit = (given: Stage): readonly Step[] => [given.administrativeUnit('unit')];
const device: Step = { url: '/devices?$top=1&$select=id', capture: { device: 'value.0.id' } };
const role: Step = {
  url: `/directoryRoles(roleTemplateId='${globalAdministrator}')`,
  capture: { role: 'id' },
};
const deleted = (given: Stage): readonly Step[] => [
  given.user('ada'),
  { method: 'DELETE', url: '/users/{ada}', status: 204 },
];
const rename = (given: Stage) => ({ displayName: given.named('new') });
const assignment = (principalName: string) => () => ({
  principalId: `{${principalName}}`,
  resourceId: '{principal}',
  appRoleId: '00000000-0000-0000-0000-000000000000',
});
const assigners = ['AppRoleAssignment.ReadWrite.All', 'Application.Read.All'];

const reading: readonly Operation[] = [
  { url: '/users?$top=1', least: ['User.ReadBasic.All'] },
  { url: '/users/{ada}', least: ['User.ReadBasic.All'], before: ada },
  { url: '/users/delta?$deltatoken=latest', least: ['User.Read.All'] },
  { url: '/users/{ada}/manager', least: ['User.Read.All'], status: 404, before: ada },
  { url: '/users/{ada}/directReports', least: ['User.Read.All'], before: ada },
  { url: '/users/{ada}/memberOf', least: ['Directory.Read.All'], before: ada },
  { url: '/users/{ada}/transitiveMemberOf', least: ['User.Read.All'], before: ada },
  { url: '/users/{ada}/appRoleAssignments', least: ['Directory.Read.All'], before: ada },
  { url: '/groups?$top=1', least: ['Group.ReadBasic.All'] },
  { url: '/groups/{club}', least: ['Group.ReadBasic.All'], before: club },
  { url: '/groups/delta?$deltatoken=latest', least: ['Group.ReadBasic.All'] },
  { url: '/groups/{club}/members', least: ['GroupMember.ReadBasic.All'], before: club },
  { url: '/groups/{club}/transitiveMembers', least: ['GroupMember.ReadBasic.All'], before: club },
  { url: '/groups/{club}/owners', least: ['GroupMember.Read.All'], before: club },
  { url: '/devices?$top=1', least: ['Device.Read.All'] },
  { url: '/devices/delta?$deltatoken=latest', least: ['Device.Read.All'] },
  { url: '/directoryRoles', least: ['RoleManagement.Read.Directory'] },
  { url: '/directoryRoles/delta?$deltatoken=latest', least: ['RoleManagement.Read.Directory'] },
  { url: '/directoryRoles/{role}/members', least: ['RoleManagement.Read.Directory'], before: () => [role] },
  { url: '/directoryRoleTemplates', least: ['RoleManagement.Read.Directory'] },
  { url: '/servicePrincipals?$top=1', least: ['Application.Read.All'] },
  { url: '/servicePrincipals/delta?$deltatoken=latest', least: ['Application.Read.All'] },
  {
    url: '/servicePrincipals/{principal}/appRoleAssignedTo',
    least: ['Application.Read.All'],
    before: principal,
  },
  {
    url: '/servicePrincipals/{principal}/appRoleAssignments',
    least: ['Application.Read.All'],
    before: principal,
  },
  { url: '/applications?$top=1', least: ['Application.Read.All'] },
  { url: '/applications/delta?$deltatoken=latest', least: ['Application.Read.All'] },
  { url: '/applications/{app}/owners', least: ['Application.Read.All'], before: app },
  { url: '/directory/administrativeUnits?$top=1', least: ['AdministrativeUnit.Read.All'] },
  { url: '/directory/administrativeUnits/delta?$deltatoken=latest', least: ['AdministrativeUnit.Read.All'] },
  {
    url: '/directory/administrativeUnits/{unit}/members',
    least: ['AdministrativeUnit.Read.All'],
    before: unit,
  },
  { url: '/contacts?$top=1', least: ['OrgContact.Read.All'] },
  { url: '/contacts/delta?$deltatoken=latest', least: ['OrgContact.Read.All'] },
  {
    method: 'POST',
    url: '/directoryObjects/getByIds',
    body: () => ({ ids: [nobody] }),
    least: ['Directory.Read.All'],
    status: 200,
  },
  { url: '/directoryObjects/{ada}', least: ['Directory.Read.All'], before: ada },
  {
    url: "/directoryObjects/delta?$filter=isof('microsoft.graph.user')&$deltatoken=latest",
    least: ['User.Read.All'],
  },
  { url: '/oauth2PermissionGrants', least: ['Directory.Read.All'] },
  { url: '/oauth2PermissionGrants/delta?$deltatoken=latest', least: ['Directory.Read.All'] },
  { url: '/organization', least: ['Organization.Read.All'] },
  { url: '/domains', least: ['Domain.Read.All'] },
  { url: '/subscribedSkus', least: ['LicenseAssignment.Read.All'] },
  { url: '/directory/deletedItems/microsoft.graph.user?$top=1', least: ['User.Read.All'] },
  { url: '/directory/deletedItems/microsoft.graph.group?$top=1', least: ['Group.Read.All'] },
  { url: '/directory/deletedItems/microsoft.graph.application?$top=1', least: ['Application.Read.All'] },
  { url: '/directory/deletedItems/{ada}', least: ['User.Read.All'], before: deleted },
  {
    method: 'POST',
    url: '/directoryObjects/getAvailableExtensionProperties',
    body: () => ({}),
    least: ['Directory.Read.All'],
    status: 200,
  },
];

const writing: readonly Operation[] = [
  {
    method: 'POST',
    url: '/users',
    body: (given) => given.userBody('ada'),
    least: ['User.ReadWrite.All'],
    status: 201,
  },
  { method: 'PATCH', url: '/users/{ada}', body: rename, least: ['User.ReadWrite.All'], before: ada },
  {
    method: 'PATCH',
    url: '/users/{ada}',
    as: 'passwordProfile by PATCH /users/ID',
    body: () => ({ passwordProfile: { password: 'Neu-Brandung.88' } }),
    least: ['User-PasswordProfile.ReadWrite.All'],
    before: ada,
  },
  {
    method: 'PATCH',
    url: '/users/{ada}',
    as: 'accountEnabled by PATCH /users/ID',
    body: () => ({ accountEnabled: false }),
    least: ['User.EnableDisableAccount.All', 'User.Read.All'],
    before: ada,
  },
  {
    method: 'PATCH',
    url: '/users/{ada}',
    as: 'mobilePhone by PATCH /users/ID',
    body: () => ({ mobilePhone: '+49 170 5550110' }),
    least: ['User-Phone.ReadWrite.All'],
    before: ada,
  },
  { method: 'DELETE', url: '/users/{ada}', least: ['User.DeleteRestore.All'], before: ada },
  {
    method: 'POST',
    url: '/directory/deletedItems/{ada}/restore',
    least: ['User.DeleteRestore.All'],
    status: 200,
    before: deleted,
  },
  {
    method: 'DELETE',
    url: '/directory/deletedItems/{ada}',
    least: ['User.DeleteRestore.All'],
    before: deleted,
  },
  {
    method: 'PUT',
    url: '/users/{ada}/manager/$ref',
    body: () => reference('boss'),
    least: ['User.ReadWrite.All'],
    before: (given) => [given.user('ada'), given.user('boss')],
  },
  {
    method: 'DELETE',
    url: '/users/{ada}/manager/$ref',
    least: ['User.ReadWrite.All'],
    before: (given) => [
      given.user('ada'),
      given.user('boss'),
      { method: 'PUT', url: '/users/{ada}/manager/$ref', body: reference('boss'), status: 204 },
    ],
  },
  {
    method: 'POST',
    url: '/users/{ada}/revokeSignInSessions',
    least: ['User.RevokeSessions.All'],
    status: 200,
    before: ada,
  },
  {
    method: 'POST',
    url: '/users/{ada}/appRoleAssignments',
    body: assignment('ada'),
    least: ['AppRoleAssignment.ReadWrite.All'],
    status: 201,
    before: (given) => [...ada(given), ...principal(given)],
  },
  {
    method: 'POST',
    url: '/groups',
    body: (given) => given.groupBody('club'),
    least: ['Group.Create'],
    status: 201,
  },
  { method: 'PATCH', url: '/groups/{club}', body: rename, least: ['Group.ReadWrite.All'], before: club },
  { method: 'DELETE', url: '/groups/{club}', least: ['Group.ReadWrite.All'], before: club },
  {
    method: 'POST',
    url: '/groups/{club}/members/$ref',
    body: () => reference('ada'),
    least: ['GroupMember.ReadWrite.All'],
    before: clubAndAda,
  },
  {
    method: 'DELETE',
    url: '/groups/{club}/members/{ada}/$ref',
    least: ['GroupMember.ReadWrite.All'],
    before: clubOfAda,
  },
  {
    method: 'POST',
    url: '/groups/{club}/owners/$ref',
    body: () => reference('ada'),
    least: ['Group.ReadWrite.All'],
    before: clubAndAda,
  },
  {
    method: 'DELETE',
    url: '/groups/{club}/owners/{ada}/$ref',
    least: ['Group.ReadWrite.All'],
    before: (given) => [
      given.user('ada'),
      given.user('bo'),
      given.group('club', { 'owners@odata.bind': ['{root}/users/{ada}', '{root}/users/{bo}'] }),
    ],
  },
  {
    method: 'POST',
    url: '/groups/{club}/appRoleAssignments',
    body: assignment('club'),
    least: ['AppRoleAssignment.ReadWrite.All'],
    status: 201,
    before: (given) => [...club(given), ...principal(given)],
  },
  {
    method: 'POST',
    url: '/directory/deletedItems/{club}/restore',
    least: ['Group.ReadWrite.All'],
    status: 200,
    before: (given) => [given.group('club'), { method: 'DELETE', url: '/groups/{club}', status: 204 }],
  },
  {
    method: 'POST',
    url: '/directoryRoles',
    // Activating what is active already is refused only after the permission was found.
    body: () => ({ roleTemplateId: globalAdministrator }),
    least: ['RoleManagement.ReadWrite.Directory'],
    status: 400,
  },
  {
    method: 'POST',
    url: '/directoryRoles/{role}/members/$ref',
    body: () => reference('ada'),
    least: ['RoleManagement.ReadWrite.Directory'],
    before: (given) => [...ada(given), role],
  },
  {
    method: 'DELETE',
    url: '/directoryRoles/{role}/members/{ada}/$ref',
    least: ['RoleManagement.ReadWrite.Directory'],
    before: (given) => [
      ...ada(given),
      role,
      { method: 'POST', url: '/directoryRoles/{role}/members/$ref', body: reference('ada'), status: 204 },
    ],
  },
  {
    method: 'POST',
    url: '/directory/administrativeUnits',
    body: (given) => ({ displayName: given.named('unit') }),
    least: ['AdministrativeUnit.ReadWrite.All'],
    status: 201,
  },
  {
    method: 'PATCH',
    url: '/directory/administrativeUnits/{unit}',
    body: rename,
    least: ['AdministrativeUnit.ReadWrite.All'],
    before: unit,
  },
  {
    method: 'DELETE',
    url: '/directory/administrativeUnits/{unit}',
    least: ['AdministrativeUnit.ReadWrite.All'],
    before: unit,
  },
  {
    method: 'POST',
    url: '/directory/administrativeUnits/{unit}/members/$ref',
    body: () => reference('ada'),
    least: ['AdministrativeUnit.ReadWrite.All'],
    before: (given) => [...unit(given), ...ada(given)],
  },
  {
    method: 'DELETE',
    url: '/directory/administrativeUnits/{unit}/members/{ada}/$ref',
    least: ['AdministrativeUnit.ReadWrite.All'],
    before: (given) => [
      ...unit(given),
      ...ada(given),
      {
        method: 'POST',
        url: '/directory/administrativeUnits/{unit}/members/$ref',
        body: reference('ada'),
        status: 204,
      },
    ],
  },
  {
    method: 'POST',
    url: '/applications',
    body: (given) => ({ displayName: given.named('app') }),
    least: ['Application.ReadWrite.OwnedBy'],
    status: 201,
  },
  {
    method: 'PATCH',
    url: '/applications/{app}',
    body: rename,
    least: ['Application.ReadWrite.All'],
    before: app,
  },
  { method: 'DELETE', url: '/applications/{app}', least: ['Application.ReadWrite.All'], before: app },
  {
    method: 'POST',
    url: '/applications/{app}/extensionProperties',
    body: () => ({ name: 'hrStatus', dataType: 'String', targetObjects: ['User'] }),
    least: ['Application.ReadWrite.All'],
    status: 201,
    before: app,
  },
  {
    method: 'POST',
    url: '/servicePrincipals',
    body: () => ({ appId: '{appAppId}' }),
    least: ['Application.ReadWrite.All'],
    status: 201,
    before: app,
  },
  {
    method: 'PATCH',
    url: '/servicePrincipals/{principal}',
    body: () => ({ notes: 'Kept' }),
    least: ['Application.ReadWrite.All'],
    before: principal,
  },
  {
    method: 'DELETE',
    url: '/servicePrincipals/{principal}',
    least: ['Application.ReadWrite.All'],
    before: principal,
  },
  {
    method: 'POST',
    url: '/servicePrincipals/{principal}/appRoleAssignedTo',
    body: assignment('ada'),
    least: assigners,
    status: 201,
    before: (given) => [...ada(given), ...principal(given)],
  },
  {
    method: 'POST',
    url: '/servicePrincipals/{client}/appRoleAssignments',
    body: assignment('client'),
    least: assigners,
    status: 201,
    before: (given) => [...principal(given), given.application('other'), servicePrincipal('client', 'other')],
  },
  {
    method: 'DELETE',
    url: '/servicePrincipals/{principal}/appRoleAssignedTo/{assignment}',
    least: ['AppRoleAssignment.ReadWrite.All'],
    before: (given) => [
      ...ada(given),
      ...principal(given),
      {
        method: 'POST',
        url: '/servicePrincipals/{principal}/appRoleAssignedTo',
        body: assignment('ada')(),
        status: 201,
        capture: { assignment: 'id' },
      },
    ],
  },
  {
    method: 'POST',
    url: '/oauth2PermissionGrants',
    body: () => ({
      clientId: '{principal}',
      consentType: 'AllPrincipals',
      resourceId: '{graph}',
      scope: 'User.Read',
    }),
    least: ['DelegatedPermissionGrant.ReadWrite.All'],
    status: 201,
    before: (given) => [
      ...principal(given),
      { url: `/servicePrincipals(appId='${graphAppId}')?$select=id`, capture: { graph: 'id' } },
    ],
  },
  {
    method: 'PATCH',
    url: '/devices/{device}',
    body: () => ({ accountEnabled: true }),
    least: ['Device.ReadWrite.All'],
    before: () => [device],
  },
  { method: 'DELETE', url: '/devices/{device}', least: ['Device.ReadWrite.All'], before: () => [device] },
];

const operations: readonly Scene[] = [...reading, ...writing].map((operation) => {
  const { method = 'GET', url, body, least, before, as } = operation;
  const name = as ?? `${method} ${url.replace(/\?.*/, '').replaceAll(/\{\w+\}/g, 'ID')}`;
  return {
    section,
    rule: `${name} needs ${least.join(' and ')}`,
    steps: (given) => {
      const step: Step = { method, url, ...(body === undefined ? {} : { body: body(given) }) };
      return [
        ...(before?.(given) ?? []),
        { ...step, as: unrelated, status: 403, reply: denied },
        { ...step, as: least, status: operation.status ?? (method === 'GET' ? 200 : 204) },
      ];
    },
  };
});

const more: readonly Scene[] = [
  {
    section,
    rule: 'an application without permissions reads nothing',
    steps: () => [
      { url: '/users', as: [], status: 403, reply: denied },
      { url: '/organization', as: [], status: 403, reply: denied },
    ],
  },
  {
    section,
    rule: 'Directory.Read.All opens every kind of object to readers',
    steps: () =>
      [
        '/users',
        '/groups',
        '/directoryRoles',
        '/servicePrincipals',
        '/applications',
        '/devices',
        '/directory/administrativeUnits',
        '/contacts',
        '/organization',
        '/subscribedSkus',
        '/oauth2PermissionGrants',
      ].map((url) => ({ url, as: ['Directory.Read.All'], status: 200 })),
  },
  {
    section: 'Permissions: Application.ReadWrite.OwnedBy',
    rule: 'an application manages the applications it made, and no others',
    steps: (given) => [
      given.application('foreign'),
      { ...given.application('own'), as: ['Application.ReadWrite.OwnedBy'] },
      {
        method: 'PATCH',
        url: '/applications/{own}',
        as: ['Application.ReadWrite.OwnedBy'],
        body: rename(given),
        status: 204,
      },
      {
        method: 'PATCH',
        url: '/applications/{foreign}',
        as: ['Application.ReadWrite.OwnedBy'],
        body: rename(given),
        status: 403,
        reply: refusal('Authorization_RequestDenied'),
      },
      {
        method: 'DELETE',
        url: '/applications/{foreign}',
        as: ['Application.ReadWrite.OwnedBy'],
        status: 403,
        reply: refusal('Authorization_RequestDenied'),
      },
    ],
  },
  {
    section: 'Permissions: per-property writes',
    rule: 'the permission for phones writes no names',
    steps: (given) => [
      given.user('ada'),
      {
        method: 'PATCH',
        url: '/users/{ada}',
        as: ['User-Phone.ReadWrite.All'],
        body: rename(given),
        status: 403,
        reply: denied,
      },
    ],
  },
  {
    section: 'JSON batching: permissions',
    rule: 'each request of a batch needs its own permission',
    steps: () => [
      {
        method: 'POST',
        url: '/$batch',
        as: ['User.ReadBasic.All'],
        body: {
          requests: [
            { id: '1', method: 'GET', url: '/users?$top=1' },
            { id: '2', method: 'GET', url: '/groups?$top=1' },
          ],
        },
        status: 200,
        reply: {
          responses: {
            $match: 'containing',
            items: [
              { id: '1', status: 200 },
              { id: '2', status: 403, body: denied },
            ],
          },
        },
      },
    ],
  },
  {
    section: 'Delta query: directoryObjects',
    rule: 'every type of the stream needs its permission',
    steps: () => {
      const url =
        "/directoryObjects/delta?$filter=isof('microsoft.graph.user') or isof('microsoft.graph.group')&$deltatoken=latest";
      return [
        { url, as: ['User.Read.All'], status: 403, reply: denied },
        { url, as: ['Group.Read.All', 'User.Read.All'], status: 200 },
      ];
    },
  },
];

export const cases: readonly Case[] = staged('p', [...operations, ...more]);
