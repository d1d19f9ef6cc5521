// Directory roles and administrative units: activation, members, life, and what is refused.

import { absent, type Case, containing, guid, lacking, type Step } from './case.ts';
import {
  links,
  missing,
  reference,
  refusal,
  requiredValue,
  type Scene,
  servicePrincipal,
  staged,
} from './stage.ts';

export const tenant = { users: 250, seed: 7 };

const activate = 'Activate directoryRole';
const roleMembers = 'Directory role members';
const units = 'administrativeUnit: create, update, delete';
const unitMembers = 'Administrative unit members';

const globalAdministrator = '62e90394-69f5-4237-9190-012177145e10';
const directoryReaders = '88d8e3e3-8f55-4a1e-953a-9b9898b8876b';

const alreadyActive = refusal(
  'Request_BadRequest',
  'A conflicting object with one or more of the specified property values is present in the directory.',
);

/** Keeps the id of a role that is active in every tenant as `{role}`. */
const aRole: Step = {
  url: `/directoryRoles(roleTemplateId='${globalAdministrator}')`,
  capture: { role: 'id' },
};
const aDevice: Step = { url: '/devices?$top=1&$select=id', capture: { device: 'value.0.id' } };
const intoUnit = (name: string): Step => ({
  method: 'POST',
  url: '/directory/administrativeUnits/{unit}/members/$ref',
  body: reference(name),
  status: 204,
});

const roles: readonly Scene[] = [
  {
    section: activate,
    rule: 'a role is activated from its template, with the names of the template',
    steps: () => [
      {
        url: `/directoryRoleTemplates/${directoryReaders}`,
        capture: { name: 'displayName', text: 'description' },
      },
      {
        method: 'POST',
        url: '/directoryRoles',
        body: { roleTemplateId: directoryReaders },
        reply: {
          id: guid,
          roleTemplateId: directoryReaders,
          displayName: '{name}',
          description: '{text}',
          deletedDateTime: null,
        },
        status: 201,
        capture: { role: 'id' },
      },
      { url: '/directoryRoles', reply: { value: containing({ id: '{role}' }), '@odata.nextLink': absent } },
    ],
  },
  {
    section: activate,
    rule: 'a role is activated once',
    steps: () => [
      {
        method: 'POST',
        url: '/directoryRoles',
        body: { roleTemplateId: globalAdministrator },
        status: 400,
        reply: alreadyActive,
      },
    ],
  },
  {
    section: activate,
    rule: 'a role is activated by the id of its template only',
    steps: () => [{ method: 'POST', url: '/directoryRoles', body: {}, status: 400 }],
  },
  {
    section: 'Get directoryRole',
    rule: 'a role answers to its id and to its template, and the two differ',
    steps: () => [
      aRole,
      { url: '/directoryRoles/{role}', reply: { id: '{role}', roleTemplateId: globalAdministrator } },
      { url: `/directoryRoles/${globalAdministrator}`, status: 404 },
    ],
  },
  {
    section: 'Get directoryRole',
    rule: 'the older spelling of the key is understood',
    steps: () => [
      {
        url: `/directoryRoles/roleTemplateId=${globalAdministrator}`,
        reply: { roleTemplateId: globalAdministrator },
      },
    ],
  },
  {
    section: roleMembers,
    rule: 'a role is given and taken away',
    steps: (given) => [
      aRole,
      given.user('ada'),
      { method: 'POST', url: '/directoryRoles/{role}/members/$ref', body: reference('ada'), status: 204 },
      {
        url: '/directoryRoles/{role}/members?$select=id',
        reply: { value: containing({ '@odata.type': '#microsoft.graph.user', id: '{ada}' }) },
      },
      { url: '/users/{ada}/memberOf?$select=id', reply: { value: containing({ id: '{role}' }) } },
      { method: 'DELETE', url: '/directoryRoles/{role}/members/{ada}/$ref', status: 204 },
      { url: '/directoryRoles/{role}/members?$select=id', reply: { value: lacking({ id: '{ada}' }) } },
    ],
  },
  {
    section: roleMembers,
    rule: 'members are added by the template as well',
    steps: (given) => [
      given.application('app'),
      servicePrincipal('principal', 'app'),
      {
        method: 'POST',
        url: `/directoryRoles(roleTemplateId='${globalAdministrator}')/members/$ref`,
        body: reference('principal'),
        status: 204,
      },
      {
        url: `/directoryRoles(roleTemplateId='${globalAdministrator}')/members?$select=id`,
        reply: {
          value: containing({ '@odata.type': '#microsoft.graph.servicePrincipal', id: '{principal}' }),
        },
      },
    ],
  },
  {
    section: roleMembers,
    rule: 'a role is given once',
    steps: (given) => [
      aRole,
      given.user('ada'),
      { method: 'POST', url: '/directoryRoles/{role}/members/$ref', body: reference('ada'), status: 204 },
      {
        method: 'POST',
        url: '/directoryRoles/{role}/members/$ref',
        body: reference('ada'),
        status: 400,
        reply: refusal(
          'Request_BadRequest',
          "One or more added object references already exist for the following modified properties: 'members'.",
        ),
      },
    ],
  },
  {
    section: roleMembers,
    rule: 'a group takes a role only if it is role-assignable',
    steps: (given) => [
      aRole,
      given.group('plain'),
      given.group('trusted', { isAssignableToRole: true }),
      { method: 'POST', url: '/directoryRoles/{role}/members/$ref', body: reference('plain'), status: 400 },
      { method: 'POST', url: '/directoryRoles/{role}/members/$ref', body: reference('trusted'), status: 204 },
    ],
  },
  {
    section: roleMembers,
    rule: 'who does not hold the role is not found',
    steps: (given) => [
      aRole,
      given.user('ada'),
      {
        method: 'DELETE',
        url: '/directoryRoles/{role}/members/{ada}/$ref',
        status: 404,
        reply: missing('{ada}'),
      },
    ],
  },
];

const administrativeUnits: readonly Scene[] = [
  {
    section: units,
    rule: 'a unit is created, changed and deleted',
    steps: (given) => [
      {
        method: 'POST',
        url: '/directory/administrativeUnits',
        body: { displayName: given.named('Hamburg'), description: 'The port' },
        status: 201,
        reply: {
          id: guid,
          displayName: given.named('Hamburg'),
          description: 'The port',
          deletedDateTime: null,
          visibility: null,
        },
        capture: { unit: 'id' },
      },
      {
        method: 'PATCH',
        url: '/directory/administrativeUnits/{unit}',
        body: { description: null },
        status: 204,
      },
      { url: '/directory/administrativeUnits/{unit}', reply: { description: null } },
      { method: 'DELETE', url: '/directory/administrativeUnits/{unit}', status: 204 },
      { url: '/directory/administrativeUnits/{unit}', status: 404, reply: missing('{unit}') },
    ],
  },
  {
    section: units,
    rule: 'displayName is required',
    steps: () => [
      {
        method: 'POST',
        url: '/directory/administrativeUnits',
        body: { description: 'The port' },
        status: 400,
        reply: requiredValue('displayName', 'AdministrativeUnit'),
      },
    ],
  },
  {
    section: units,
    rule: 'the older path without /directory is understood',
    steps: (given) => [
      given.administrativeUnit('unit'),
      { url: '/administrativeUnits/{unit}', reply: { id: '{unit}' } },
    ],
  },
  {
    section: units,
    rule: 'isMemberManagementRestricted is given at creation and stays',
    steps: (given) => [
      given.administrativeUnit('unit', { isMemberManagementRestricted: true }),
      { url: '/directory/administrativeUnits/{unit}', reply: { isMemberManagementRestricted: true } },
      {
        method: 'PATCH',
        url: '/directory/administrativeUnits/{unit}',
        body: { isMemberManagementRestricted: false },
        status: 400,
      },
    ],
  },
  {
    section: units,
    rule: 'a unit may hide its members',
    steps: (given) => [
      given.administrativeUnit('unit', { visibility: 'HiddenMembership' }),
      { url: '/directory/administrativeUnits/{unit}', reply: { visibility: 'HiddenMembership' } },
    ],
  },
  {
    section: units,
    rule: 'a unit may take its members by a rule',
    steps: (given) => {
      const rule = {
        membershipType: 'Dynamic',
        membershipRule: '(user.country -eq "Nowhere at all")',
        membershipRuleProcessingState: 'On',
      };
      return [
        given.administrativeUnit('unit', rule),
        { url: '/directory/administrativeUnits/{unit}', reply: rule },
      ];
    },
  },
  {
    section: unitMembers,
    rule: 'users, groups and devices are members',
    steps: (given) => [
      given.user('ada'),
      given.group('club'),
      aDevice,
      given.administrativeUnit('unit'),
      {
        method: 'POST',
        url: '/directory/administrativeUnits/{unit}/members/$ref',
        body: { '@odata.id': '{root}/users/{ada}' },
        status: 204,
      },
      intoUnit('club'),
      intoUnit('device'),
      {
        url: '/directory/administrativeUnits/{unit}/members?$select=id',
        reply: { value: containing({ id: '{ada}' }, { id: '{club}' }, { id: '{device}' }) },
      },
      { method: 'DELETE', url: '/directory/administrativeUnits/{unit}/members/{ada}/$ref', status: 204 },
      {
        url: '/directory/administrativeUnits/{unit}/members?$select=id',
        reply: { value: lacking({ id: '{ada}' }) },
      },
    ],
  },
  {
    section: unitMembers,
    rule: 'service principals are no members',
    steps: (given) => [
      given.application('app'),
      servicePrincipal('principal', 'app'),
      given.administrativeUnit('unit'),
      { ...intoUnit('principal'), status: 400 },
    ],
  },
  {
    section: unitMembers,
    rule: 'being in a group of the unit is not being in the unit',
    steps: (given) => [
      given.user('ada'),
      given.group('club', { 'members@odata.bind': links('ada') }),
      given.administrativeUnit('unit'),
      intoUnit('club'),
      {
        url: '/directory/administrativeUnits/{unit}/members?$select=id',
        reply: { value: [{ id: '{club}' }] },
      },
    ],
  },
  {
    section: unitMembers,
    rule: 'a member is added once and, when it is none, not found',
    steps: (given) => [
      given.user('ada'),
      given.user('bo'),
      given.administrativeUnit('unit'),
      intoUnit('ada'),
      {
        ...intoUnit('ada'),
        status: 400,
        reply: refusal(
          'Request_BadRequest',
          "One or more added object references already exist for the following modified properties: 'members'.",
        ),
      },
      {
        method: 'DELETE',
        url: '/directory/administrativeUnits/{unit}/members/{bo}/$ref',
        status: 404,
        reply: missing('{bo}'),
      },
    ],
  },
  {
    section: unitMembers,
    rule: 'a group is created inside a unit',
    steps: (given) => [
      given.administrativeUnit('unit'),
      {
        method: 'POST',
        url: '/directory/administrativeUnits/{unit}/members',
        body: { '@odata.type': '#microsoft.graph.group', ...given.groupBody('club') },
        status: 201,
        reply: { id: guid, displayName: given.named('club') },
        capture: { club: 'id' },
      },
      {
        url: '/directory/administrativeUnits/{unit}/members?$select=id',
        reply: { value: [{ id: '{club}' }] },
      },
      { url: '/groups/{club}', status: 200 },
    ],
  },
  {
    section: unitMembers,
    rule: 'members outlive their unit',
    steps: (given) => [
      given.user('ada'),
      given.administrativeUnit('unit'),
      intoUnit('ada'),
      { method: 'DELETE', url: '/directory/administrativeUnits/{unit}', status: 204 },
      { url: '/users/{ada}', status: 200 },
      { url: '/users/{ada}/memberOf?$select=id', reply: { value: lacking({ id: '{unit}' }) } },
    ],
  },
];

export const cases: readonly Case[] = staged('d', [...roles, ...administrativeUnits]);
