// Applications and service principals: their life and secrets, app role assignments, delegated permission grants.

import { absent, anyString, type Case, containing, guid, instant, lacking, type Step } from './case.ts';
import {
  member,
  missing,
  nobody,
  readOnly,
  refusal,
  requiredValue,
  type Scene,
  servicePrincipal,
  staged,
} from './stage.ts';

const applications = 'application: create, update, delete';
const principals = 'servicePrincipal: create, update, delete';
const upsert = 'Upsert application and servicePrincipal';
const secrets = 'application: addPassword and removePassword';
const assignments = 'appRoleAssignment';
const grants = 'oAuth2PermissionGrant';

const graphAppId = '00000003-0000-0000-c000-000000000000';
const defaultAccess = '00000000-0000-0000-0000-000000000000';
const roleId = '5b2c9f0e-0d8b-4f6e-9f3d-6a0d1c2b3e4f';
const role = {
  id: roleId,
  allowedMemberTypes: ['User', 'Application'],
  displayName: 'Navigator',
  description: 'Sets the course',
  value: 'Course.Set',
  isEnabled: true,
};
const scope = {
  id: '7d1f4c3b-2a19-4e08-8c57-0f6e5d4c3b2a',
  type: 'User',
  value: 'Chart.Read',
  adminConsentDisplayName: 'Read charts',
  adminConsentDescription: 'Reads charts',
  isEnabled: true,
};

const graphPrincipal: Step = {
  url: `/servicePrincipals(appId='${graphAppId}')`,
  capture: { graph: 'id' },
};
/** Assigns a role of `{resource}` to an object made before. */
const assigned = (path: string, principal: string, appRoleId = defaultAccess): Step => ({
  method: 'POST',
  url: path,
  body: { principalId: `{${principal}}`, resourceId: '{resource}', appRoleId },
  status: 201,
  capture: { assignment: 'id' },
});

const applicationLife: readonly Scene[] = [
  {
    section: applications,
    rule: 'a created application is given its appId',
    steps: (given) => [
      {
        method: 'POST',
        url: '/applications',
        body: { displayName: given.named('app') },
        status: 201,
        reply: {
          '@odata.context': /\/v1\.0\/\$metadata#applications\/\$entity$/,
          id: guid,
          appId: guid,
          displayName: given.named('app'),
          createdDateTime: instant,
          signInAudience: anyString,
          publisherDomain: 'nordlicht.example',
          identifierUris: [],
          appRoles: [],
          passwordCredentials: [],
          keyCredentials: [],
        },
      },
    ],
  },
  {
    section: applications,
    rule: 'displayName is required',
    steps: () => [
      {
        method: 'POST',
        url: '/applications',
        body: { signInAudience: 'AzureADMyOrg' },
        status: 400,
        reply: requiredValue('displayName', 'Application'),
      },
    ],
  },
  {
    section: applications,
    rule: 'appId is given by the service',
    steps: (given) => [
      given.application('app'),
      {
        method: 'PATCH',
        url: '/applications/{app}',
        body: { appId: nobody },
        status: 400,
        reply: readOnly('appId'),
      },
    ],
  },
  {
    section: applications,
    rule: 'an application is changed by its id and by its appId',
    steps: (given) => [
      given.application('app'),
      { method: 'PATCH', url: '/applications/{app}', body: { description: 'Charts' }, status: 204 },
      { method: 'PATCH', url: "/applications(appId='{appAppId}')", body: { tags: ['sea'] }, status: 204 },
      { url: '/applications/{app}', reply: { description: 'Charts', tags: ['sea'] } },
    ],
  },
  {
    section: applications,
    rule: 'an identifier URI belongs to one application',
    steps: (given) => [
      given.application('app', { identifierUris: [`https://nordlicht.example/${given.named('charts')}`] }),
      {
        method: 'POST',
        url: '/applications',
        body: {
          displayName: given.named('other'),
          identifierUris: [`https://nordlicht.example/${given.named('charts')}`],
        },
        status: 409,
        reply: refusal('Request_MultipleObjectsWithSameKeyValue'),
      },
    ],
  },
  {
    section: applications,
    rule: 'a role is disabled before it is taken away',
    steps: (given) => [
      given.application('app', { appRoles: [role] }),
      {
        method: 'PATCH',
        url: '/applications/{app}',
        body: { appRoles: [] },
        status: 400,
        reply: {
          error: {
            message: 'Permission (scope or role) cannot be deleted or updated unless disabled first.',
          },
        },
      },
      {
        method: 'PATCH',
        url: '/applications/{app}',
        body: { appRoles: [{ ...role, isEnabled: false }] },
        status: 204,
      },
      { method: 'PATCH', url: '/applications/{app}', body: { appRoles: [] }, status: 204 },
      { url: '/applications/{app}', reply: { appRoles: [] } },
    ],
  },
  {
    section: applications,
    rule: 'a scope is disabled before it is taken away',
    steps: (given) => [
      given.application('app', { api: { oauth2PermissionScopes: [scope] } }),
      {
        method: 'PATCH',
        url: '/applications/{app}',
        body: { api: { oauth2PermissionScopes: [] } },
        status: 400,
        reply: {
          error: {
            message: 'Permission (scope or role) cannot be deleted or updated unless disabled first.',
          },
        },
      },
    ],
  },
  {
    section: applications,
    rule: 'a deleted application can be restored, its service principal is an item of its own',
    steps: (given) => [
      given.application('app'),
      servicePrincipal('principal', 'app'),
      { method: 'DELETE', url: '/applications/{app}', status: 204 },
      { url: '/applications/{app}', status: 404, reply: missing('{app}') },
      {
        url: '/directory/deletedItems/{app}',
        reply: { '@odata.type': '#microsoft.graph.application', deletedDateTime: instant },
      },
      { url: '/servicePrincipals/{principal}', status: 404 },
      { method: 'POST', url: '/directory/deletedItems/{app}/restore', status: 200 },
      { url: '/applications/{app}', reply: { appId: '{appAppId}' } },
      { url: '/servicePrincipals/{principal}', status: 404 },
      { method: 'POST', url: '/directory/deletedItems/{principal}/restore', status: 200 },
      { url: '/servicePrincipals/{principal}', reply: { appId: '{appAppId}' } },
    ],
  },
  {
    section: 'Application owners',
    rule: 'an owner is added and taken away',
    steps: (given) => [
      given.user('ada'),
      given.application('app'),
      {
        method: 'POST',
        url: '/applications/{app}/owners/$ref',
        body: { '@odata.id': '{root}/directoryObjects/{ada}' },
        status: 204,
      },
      { url: '/applications/{app}/owners?$select=id', reply: { value: containing({ id: '{ada}' }) } },
      { method: 'DELETE', url: '/applications/{app}/owners/{ada}/$ref', status: 204 },
      { url: '/applications/{app}/owners?$select=id', reply: { value: lacking({ id: '{ada}' }) } },
    ],
  },
];

const principalLife: readonly Scene[] = [
  {
    section: principals,
    rule: 'a service principal takes its name and keys from the application',
    steps: (given) => [
      given.application('app'),
      {
        method: 'POST',
        url: '/servicePrincipals',
        body: { appId: '{appAppId}' },
        status: 201,
        reply: {
          id: guid,
          appId: '{appAppId}',
          displayName: given.named('app'),
          appDisplayName: given.named('app'),
          accountEnabled: true,
          appRoleAssignmentRequired: false,
          servicePrincipalType: 'Application',
          servicePrincipalNames: containing('{appAppId}'),
          appOwnerOrganizationId: '{tenantId}',
        },
      },
    ],
  },
  {
    section: principals,
    rule: 'a service principal needs an application',
    steps: () => [
      {
        method: 'POST',
        url: '/servicePrincipals',
        body: { appId: nobody },
        status: 400,
        reply: refusal(
          'Request_BadRequest',
          `The appId '${nobody}' of the service principal does not reference a valid application object.`,
          containing({ code: 'NoBackingApplicationObject', target: 'appId' }),
        ),
      },
    ],
  },
  {
    section: principals,
    rule: 'an application has one service principal in the tenant',
    steps: (given) => [
      given.application('app'),
      servicePrincipal('principal', 'app'),
      {
        method: 'POST',
        url: '/servicePrincipals',
        body: { appId: '{appAppId}' },
        status: 409,
        reply: refusal(
          'Request_MultipleObjectsWithSameKeyValue',
          /^The service principal cannot be created, updated, or restored because the service principal name .+ is already in use\.$/,
        ),
      },
    ],
  },
  {
    section: principals,
    rule: 'a service principal is changed and found by its appId',
    steps: (given) => [
      given.application('app'),
      servicePrincipal('principal', 'app'),
      {
        method: 'PATCH',
        url: '/servicePrincipals/{principal}',
        body: { appRoleAssignmentRequired: true, tags: ['HideApp'] },
        status: 204,
      },
      {
        url: "/servicePrincipals(appId='{appAppId}')",
        reply: { id: '{principal}', appRoleAssignmentRequired: true, tags: ['HideApp'] },
      },
    ],
  },
  {
    section: principals,
    rule: 'a deleted service principal leaves its application alone',
    steps: (given) => [
      given.application('app'),
      servicePrincipal('principal', 'app'),
      { method: 'DELETE', url: '/servicePrincipals/{principal}', status: 204 },
      { url: '/servicePrincipals/{principal}', status: 404, reply: missing('{principal}') },
      { url: '/applications/{app}', status: 200 },
    ],
  },
  {
    section: 'Resources of a tenant: Microsoft Graph',
    rule: 'the service principal of Microsoft Graph tells the permissions by name and id',
    steps: () => [
      {
        url: `/servicePrincipals(appId='${graphAppId}')`,
        reply: {
          appId: graphAppId,
          appRoles: containing(
            { value: 'User.Read.All', id: 'df021288-bdef-4463-88db-98f22de89214' },
            { value: 'Directory.Read.All', id: '7ab1d382-f21e-4acd-a863-ba3e13f7da61' },
            { value: 'Group.Read.All', id: '5b567255-7703-4780-807c-7be8301ae99b' },
            { value: 'User.ReadWrite.All', id: '741f803b-c850-494e-b5df-cde7c675a1ca' },
            { value: 'Group.ReadWrite.All', id: '62a82d76-70ea-41e2-9197-370581804d09' },
          ),
        },
      },
    ],
  },
];

const upserts: readonly Scene[] = [
  {
    section: upsert,
    rule: 'an application is created by its uniqueName when the request asks for it, and updated afterwards',
    steps: (given) => [
      {
        method: 'PATCH',
        url: `/applications(uniqueName='${given.named('key')}')`,
        headers: { Prefer: 'create-if-missing' },
        body: { displayName: given.named('app') },
        status: 201,
        reply: { uniqueName: given.named('key'), displayName: given.named('app'), appId: guid },
        capture: { app: 'id' },
      },
      {
        method: 'PATCH',
        url: `/applications(uniqueName='${given.named('key')}')`,
        headers: { Prefer: 'create-if-missing' },
        body: { displayName: given.named('again') },
        status: 204,
      },
      { url: '/applications/{app}', reply: { displayName: given.named('again') } },
    ],
  },
  {
    section: upsert,
    rule: 'a service principal is created by its appId when the request asks for it',
    steps: (given) => [
      given.application('app'),
      {
        method: 'PATCH',
        url: "/servicePrincipals(appId='{appAppId}')",
        headers: { Prefer: 'create-if-missing' },
        body: { displayName: given.named('app') },
        status: 201,
        reply: { appId: '{appAppId}' },
        capture: { principal: 'id' },
      },
      {
        method: 'PATCH',
        url: "/servicePrincipals(appId='{appAppId}')",
        headers: { Prefer: 'create-if-missing' },
        body: { notes: 'Kept' },
        status: 204,
      },
      { url: '/servicePrincipals/{principal}', reply: { notes: 'Kept' } },
    ],
  },
  {
    section: upsert,
    rule: 'without the preference an unknown key is not found',
    steps: (given) => [
      {
        method: 'PATCH',
        url: `/applications(uniqueName='${given.named('key')}')`,
        body: { displayName: given.named('app') },
        status: 404,
        reply: { error: { code: 'Request_ResourceNotFound' } },
      },
    ],
  },
];

const credentials: readonly Scene[] = [
  {
    section: secrets,
    rule: 'a secret is told once, at its creation',
    steps: (given) => [
      given.application('app'),
      {
        method: 'POST',
        url: '/applications/{app}/addPassword',
        body: { passwordCredential: { displayName: 'first' } },
        status: 200,
        reply: {
          secretText: anyString,
          keyId: guid,
          hint: /^...$/,
          displayName: 'first',
          startDateTime: instant,
          endDateTime: instant,
        },
        capture: { key: 'keyId', hint: 'hint' },
      },
      {
        url: '/applications/{app}',
        reply: {
          passwordCredentials: [{ keyId: '{key}', hint: '{hint}', displayName: 'first', secretText: null }],
        },
      },
    ],
  },
  {
    section: secrets,
    rule: 'a secret is removed by its key',
    steps: (given) => [
      given.application('app'),
      {
        method: 'POST',
        url: '/applications/{app}/addPassword',
        body: { passwordCredential: { displayName: 'first' } },
        capture: { key: 'keyId' },
      },
      { method: 'POST', url: '/applications/{app}/removePassword', body: { keyId: '{key}' }, status: 204 },
      { url: '/applications/{app}', reply: { passwordCredentials: [] } },
    ],
  },
];

const assigning: readonly Scene[] = [
  ...(
    [
      ['the resource', '/servicePrincipals/{resource}/appRoleAssignedTo'],
      ['the user', '/users/{ada}/appRoleAssignments'],
    ] as const
  ).map(
    ([side, path]): Scene => ({
      section: assignments,
      rule: `a role is assigned to a user on the side of ${side}`,
      steps: (given) => [
        given.user('ada'),
        given.application('app', { appRoles: [role] }),
        servicePrincipal('resource', 'app'),
        {
          ...assigned(path, 'ada', roleId),
          reply: {
            id: /^[A-Za-z0-9_-]{43}$/,
            deletedDateTime: null,
            appRoleId: roleId,
            createdDateTime: instant,
            principalDisplayName: given.named('ada'),
            principalId: '{ada}',
            principalType: 'User',
            resourceDisplayName: given.named('app'),
            resourceId: '{resource}',
          },
        },
        {
          url: '/servicePrincipals/{resource}/appRoleAssignedTo',
          reply: { value: [{ id: '{assignment}', principalId: '{ada}' }] },
        },
        {
          url: '/users/{ada}/appRoleAssignments',
          reply: { value: [{ id: '{assignment}', resourceId: '{resource}' }] },
        },
      ],
    }),
  ),
  {
    section: assignments,
    rule: 'a role is assigned to a group',
    steps: (given) => [
      given.user('ada'),
      given.group('club'),
      member('club', 'ada'),
      given.application('app'),
      servicePrincipal('resource', 'app'),
      {
        ...assigned('/groups/{club}/appRoleAssignments', 'club'),
        reply: { principalType: 'Group', principalId: '{club}', appRoleId: defaultAccess },
      },
      { url: '/users/{ada}/appRoleAssignments', reply: { value: lacking({ resourceId: '{resource}' }) } },
    ],
  },
  {
    section: assignments,
    rule: 'a permission of Microsoft Graph is assigned to a service principal',
    steps: (given) => [
      graphPrincipal,
      given.application('app'),
      servicePrincipal('client', 'app'),
      {
        method: 'POST',
        url: '/servicePrincipals/{client}/appRoleAssignments',
        body: {
          principalId: '{client}',
          resourceId: '{graph}',
          appRoleId: 'df021288-bdef-4463-88db-98f22de89214',
        },
        status: 201,
        reply: { principalType: 'ServicePrincipal', resourceId: '{graph}' },
      },
      {
        url: '/servicePrincipals/{client}/appRoleAssignments',
        reply: { value: [{ appRoleId: 'df021288-bdef-4463-88db-98f22de89214' }] },
      },
    ],
  },
  {
    section: assignments,
    rule: 'the context of an assignment names the relationship',
    steps: (given) => [
      given.user('ada'),
      given.application('app'),
      servicePrincipal('resource', 'app'),
      {
        ...assigned('/servicePrincipals/{resource}/appRoleAssignedTo', 'ada'),
        reply: {
          '@odata.context': /\/\$metadata#servicePrincipals\('{resource}'\)\/appRoleAssignedTo\/\$entity$/,
        },
      },
    ],
  },
  {
    section: assignments,
    rule: 'a role is assigned once',
    steps: (given) => [
      given.user('ada'),
      given.application('app'),
      servicePrincipal('resource', 'app'),
      assigned('/servicePrincipals/{resource}/appRoleAssignedTo', 'ada'),
      {
        method: 'POST',
        url: '/servicePrincipals/{resource}/appRoleAssignedTo',
        body: { principalId: '{ada}', resourceId: '{resource}', appRoleId: defaultAccess },
        status: 400,
        reply: refusal('Request_BadRequest', /^Permission being assigned already exists on the object/),
      },
    ],
  },
  {
    section: assignments,
    rule: 'a role that the resource does not declare is refused',
    steps: (given) => [
      given.user('ada'),
      given.application('app', { appRoles: [role] }),
      servicePrincipal('resource', 'app'),
      {
        method: 'POST',
        url: '/servicePrincipals/{resource}/appRoleAssignedTo',
        body: { principalId: '{ada}', resourceId: '{resource}', appRoleId: nobody },
        status: 400,
      },
    ],
  },
  {
    section: assignments,
    rule: 'an assignment is taken away by its own id only',
    steps: (given) => [
      given.user('ada'),
      given.application('app'),
      servicePrincipal('resource', 'app'),
      assigned('/servicePrincipals/{resource}/appRoleAssignedTo', 'ada'),
      {
        method: 'DELETE',
        url: `/servicePrincipals/{resource}/appRoleAssignedTo/${'A'.repeat(43)}`,
        status: 404,
      },
      { method: 'DELETE', url: '/servicePrincipals/{resource}/appRoleAssignedTo/{assignment}', status: 204 },
      { url: '/servicePrincipals/{resource}/appRoleAssignedTo', reply: { value: [] } },
    ],
  },
  {
    section: assignments,
    rule: 'an assignment is taken away on the side of the user as well',
    steps: (given) => [
      given.user('ada'),
      given.application('app'),
      servicePrincipal('resource', 'app'),
      assigned('/users/{ada}/appRoleAssignments', 'ada'),
      { method: 'DELETE', url: '/users/{ada}/appRoleAssignments/{assignment}', status: 204 },
      { url: '/servicePrincipals/{resource}/appRoleAssignedTo', reply: { value: [] } },
    ],
  },
  {
    section: assignments,
    rule: 'a principal or resource that does not exist is refused',
    steps: (given) => [
      given.user('ada'),
      given.application('app'),
      servicePrincipal('resource', 'app'),
      {
        method: 'POST',
        url: '/servicePrincipals/{resource}/appRoleAssignedTo',
        body: { principalId: nobody, resourceId: '{resource}', appRoleId: defaultAccess },
        status: 404,
      },
      {
        method: 'POST',
        url: '/users/{ada}/appRoleAssignments',
        body: { principalId: '{ada}', resourceId: nobody, appRoleId: defaultAccess },
        status: 404,
      },
    ],
  },
  {
    section: assignments,
    rule: 'a purged principal holds no role',
    steps: (given) => [
      given.user('ada'),
      given.application('app'),
      servicePrincipal('resource', 'app'),
      assigned('/users/{ada}/appRoleAssignments', 'ada'),
      { method: 'DELETE', url: '/users/{ada}', status: 204 },
      { method: 'DELETE', url: '/directory/deletedItems/{ada}', status: 204 },
      { url: '/servicePrincipals/{resource}/appRoleAssignedTo', reply: { value: [] } },
    ],
  },
];

const granting: readonly Scene[] = [
  {
    section: grants,
    rule: 'a grant for everybody has an id made of client and resource',
    steps: (given) => [
      graphPrincipal,
      given.application('app'),
      servicePrincipal('client', 'app'),
      {
        method: 'POST',
        url: '/oauth2PermissionGrants',
        body: {
          clientId: '{client}',
          consentType: 'AllPrincipals',
          resourceId: '{graph}',
          scope: 'User.Read openid',
        },
        status: 201,
        reply: {
          id: /^[A-Za-z0-9_-]{43}$/,
          clientId: '{client}',
          consentType: 'AllPrincipals',
          principalId: null,
          resourceId: '{graph}',
          scope: 'User.Read openid',
        },
        capture: { grant: 'id' },
      },
      {
        url: '/servicePrincipals/{client}/oauth2PermissionGrants',
        reply: { value: [{ id: '{grant}' }] },
      },
    ],
  },
  {
    section: grants,
    rule: 'a grant for one user has an id made of client, resource and user',
    steps: (given) => [
      graphPrincipal,
      given.user('ada'),
      given.application('app'),
      servicePrincipal('client', 'app'),
      {
        method: 'POST',
        url: '/oauth2PermissionGrants',
        body: {
          clientId: '{client}',
          consentType: 'Principal',
          principalId: '{ada}',
          resourceId: '{graph}',
          scope: 'User.Read',
        },
        status: 201,
        reply: { id: /^[A-Za-z0-9_-]{64}$/, principalId: '{ada}' },
      },
      { url: '/users/{ada}/oauth2PermissionGrants', reply: { value: [{ clientId: '{client}' }] } },
    ],
  },
  {
    section: grants,
    rule: 'a grant for one user names the user',
    steps: (given) => [
      graphPrincipal,
      given.application('app'),
      servicePrincipal('client', 'app'),
      {
        method: 'POST',
        url: '/oauth2PermissionGrants',
        body: { clientId: '{client}', consentType: 'Principal', resourceId: '{graph}', scope: 'User.Read' },
        status: 400,
      },
    ],
  },
  {
    section: grants,
    rule: 'the scope of a grant is changed, and the grant deleted for good',
    steps: (given) => [
      graphPrincipal,
      given.application('app'),
      servicePrincipal('client', 'app'),
      {
        method: 'POST',
        url: '/oauth2PermissionGrants',
        body: {
          clientId: '{client}',
          consentType: 'AllPrincipals',
          resourceId: '{graph}',
          scope: 'User.Read',
        },
        status: 201,
        capture: { grant: 'id' },
      },
      {
        method: 'PATCH',
        url: '/oauth2PermissionGrants/{grant}',
        body: { scope: 'User.Read Group.Read.All' },
        status: 204,
      },
      { url: '/oauth2PermissionGrants/{grant}', reply: { scope: 'User.Read Group.Read.All' } },
      { method: 'DELETE', url: '/oauth2PermissionGrants/{grant}', status: 204 },
      { url: '/oauth2PermissionGrants/{grant}', status: 404 },
    ],
  },
  {
    section: grants,
    rule: 'a grant carries no deletedDateTime',
    steps: (given) => [
      graphPrincipal,
      given.application('app'),
      servicePrincipal('client', 'app'),
      {
        method: 'POST',
        url: '/oauth2PermissionGrants',
        body: {
          clientId: '{client}',
          consentType: 'AllPrincipals',
          resourceId: '{graph}',
          scope: 'User.Read',
        },
        status: 201,
        reply: { deletedDateTime: absent },
      },
    ],
  },
];

export const cases: readonly Case[] = staged('a', [
  ...applicationLife,
  ...principalLife,
  ...upserts,
  ...credentials,
  ...assigning,
  ...granting,
]);
