// Directory extensions: definition, values on objects, filters, and the end of a definition.

import { type Case, containing, guid, lacking, type Step } from './case.ts';
import { refusal, requiredValue, type Scene, staged } from './stage.ts';

const definition = 'extensionProperty: create';
const values = 'Directory extension values';
const available = 'directoryObject: getAvailableExtensionProperties';

/** Defines an extension on `{app}`; its full name is kept as `{extension}`, its id as `{definition}`. */
const defined = (properties: object = {}): Step => ({
  method: 'POST',
  url: '/applications/{app}/extensionProperties',
  body: { name: 'hrStatus', dataType: 'String', targetObjects: ['User', 'Group'], ...properties },
  status: 201,
  capture: { extension: 'name', definition: 'id' },
});
const refusedDefinition = (properties: object): Step => ({
  method: 'POST',
  url: '/applications/{app}/extensionProperties',
  body: { name: 'hrStatus', dataType: 'String', targetObjects: ['User'], ...properties },
  status: 400,
});
/** Lists the users of this case whose extension has this value. */
const usersWith = (filter: string, ...names: string[]): Step => ({
  url: `/users?$filter={extension} eq ${filter}&$select=id`,
  reply: { value: names.map((name) => ({ id: `{${name}}` })) },
});

const definitions: readonly Scene[] = [
  {
    section: definition,
    rule: 'the name of an extension holds the appId without dashes',
    steps: (given) => [
      given.application('app'),
      {
        ...defined(),
        reply: {
          '@odata.context': /\/\$metadata#applications\('{app}'\)\/extensionProperties\/\$entity$/,
          id: guid,
          deletedDateTime: null,
          name: /^extension_[0-9a-f]{32}_hrStatus$/,
          appDisplayName: given.named('app'),
          dataType: 'String',
          isMultiValued: false,
          isSyncedFromOnPremises: false,
          targetObjects: ['User', 'Group'],
        },
      },
      {
        url: '/applications/{app}/extensionProperties',
        reply: { value: [{ id: '{definition}', name: '{extension}' }] },
      },
    ],
  },
  ...['Binary', 'Boolean', 'DateTime', 'Integer', 'LargeInteger', 'String'].map(
    (dataType): Scene => ({
      section: definition,
      rule: `${dataType} is a type of extensions`,
      steps: (given) => [given.application('app'), { ...defined({ dataType }), reply: { dataType } }],
    }),
  ),
  {
    section: definition,
    rule: 'there are no other types',
    steps: (given) => [given.application('app'), refusedDefinition({ dataType: 'Decimal' })],
  },
  {
    section: definition,
    rule: 'extensions belong to users, groups, devices, organizations, applications and administrative units',
    steps: (given) => [
      given.application('app'),
      defined({
        targetObjects: ['User', 'Group', 'Device', 'Organization', 'Application', 'AdministrativeUnit'],
      }),
      refusedDefinition({ name: 'other', targetObjects: ['Mailbox'] }),
    ],
  },
  ...['name', 'dataType', 'targetObjects'].map(
    (property): Scene => ({
      section: definition,
      rule: `${property} is required`,
      steps: (given) => [
        given.application('app'),
        {
          ...refusedDefinition({ [property]: undefined }),
          reply: requiredValue(property, 'ExtensionProperty'),
        },
      ],
    }),
  ),
  {
    section: definition,
    rule: 'a name is given once in an application',
    steps: (given) => [given.application('app'), defined(), refusedDefinition({})],
  },
  {
    section: definition,
    rule: 'two applications may use the same name',
    steps: (given) => [
      given.application('app'),
      defined(),
      given.application('other'),
      {
        method: 'POST',
        url: '/applications/{other}/extensionProperties',
        body: { name: 'hrStatus', dataType: 'Integer', targetObjects: ['User'] },
        status: 201,
      },
    ],
  },
  {
    section: available,
    rule: 'every extension of the tenant is told',
    steps: (given) => [
      given.application('app'),
      defined(),
      {
        method: 'POST',
        url: '/directoryObjects/getAvailableExtensionProperties',
        body: {},
        status: 200,
        reply: {
          value: containing({ name: '{extension}', dataType: 'String', appDisplayName: given.named('app') }),
        },
      },
      {
        method: 'POST',
        url: '/directoryObjects/getAvailableExtensionProperties',
        body: { isSyncedFromOnPremises: true },
        status: 200,
        reply: { value: lacking({ name: '{extension}' }) },
      },
    ],
  },
  {
    section: 'extensionProperty: delete',
    rule: 'a deleted extension is no property any more',
    steps: (given) => [
      given.application('app'),
      defined(),
      given.user('ada'),
      { method: 'PATCH', url: '/users/{ada}', body: { '{extension}': 'active' }, status: 204 },
      { method: 'DELETE', url: '/applications/{app}/extensionProperties/{definition}', status: 204 },
      { url: '/applications/{app}/extensionProperties', reply: { value: [] } },
      { method: 'PATCH', url: '/users/{ada}', body: { '{extension}': 'active' }, status: 400 },
    ],
  },
  {
    section: 'extensionProperty: delete',
    rule: 'the extensions of a deleted application are not told',
    steps: (given) => [
      given.application('app'),
      defined(),
      { method: 'DELETE', url: '/applications/{app}', status: 204 },
      {
        method: 'POST',
        url: '/directoryObjects/getAvailableExtensionProperties',
        body: {},
        status: 200,
        reply: { value: lacking({ name: '{extension}' }) },
      },
    ],
  },
];

/** A value that fits the type, how a filter writes it, and one that does not fit. */
const typed: readonly (readonly [dataType: string, value: unknown, literal: string, wrong: unknown])[] = [
  ['String', 'active', "'active'", 7],
  ['Boolean', true, 'true', 'yes'],
  ['Integer', 4711, '4711', 'many'],
  ['LargeInteger', 47_110_000_000, '47110000000', 'many'],
  ['DateTime', '2026-02-01T00:00:00Z', '2026-02-01T00:00:00Z', 'first of May'],
];

const valuesOnObjects: readonly Scene[] = [
  ...typed.map(
    ([dataType, value, literal, wrong]): Scene => ({
      section: values,
      rule: `a value of type ${dataType} is written, found, and checked`,
      steps: (given) => [
        given.application('app'),
        defined({ dataType }),
        given.user('ada'),
        given.user('bo'),
        { method: 'PATCH', url: '/users/{ada}', body: { '{extension}': value }, status: 204 },
        usersWith(literal, 'ada'),
        { method: 'PATCH', url: '/users/{bo}', body: { '{extension}': wrong }, status: 400 },
      ],
    }),
  ),
  {
    section: values,
    rule: 'a value is given at creation',
    steps: (given) => [
      given.application('app'),
      defined(),
      given.user('ada', { '{extension}': 'active' }),
      usersWith("'active'", 'ada'),
    ],
  },
  {
    section: values,
    rule: 'null takes a value away',
    steps: (given) => [
      given.application('app'),
      defined(),
      given.user('ada', { '{extension}': 'active' }),
      { method: 'PATCH', url: '/users/{ada}', body: { '{extension}': null }, status: 204 },
      usersWith("'active'"),
    ],
  },
  {
    section: values,
    rule: 'a text holds 256 characters and no more',
    steps: (given) => [
      given.application('app'),
      defined(),
      given.user('ada'),
      { method: 'PATCH', url: '/users/{ada}', body: { '{extension}': 'x'.repeat(256) }, status: 204 },
      { method: 'PATCH', url: '/users/{ada}', body: { '{extension}': 'x'.repeat(257) }, status: 400 },
    ],
  },
  {
    section: values,
    rule: 'an extension with several values holds a list',
    steps: (given) => [
      given.application('app'),
      { ...defined({ isMultiValued: true }), reply: { isMultiValued: true } },
      given.user('ada'),
      { method: 'PATCH', url: '/users/{ada}', body: { '{extension}': ['sea', 'sky'] }, status: 204 },
      { method: 'PATCH', url: '/users/{ada}', body: { '{extension}': 'sea' }, status: 400 },
    ],
  },
  {
    section: values,
    rule: 'a group holds values of its own',
    steps: (given) => [
      given.application('app'),
      defined(),
      given.group('club', { '{extension}': 'active' }),
      { url: "/groups?$filter={extension} eq 'active'&$select=id", reply: { value: [{ id: '{club}' }] } },
    ],
  },
  {
    section: values,
    rule: 'applications and administrative units hold values of their own',
    steps: (given) => [
      given.application('app'),
      defined({ targetObjects: ['Application', 'AdministrativeUnit'] }),
      given.administrativeUnit('unit'),
      {
        method: 'PATCH',
        url: '/directory/administrativeUnits/{unit}',
        body: { '{extension}': 'active' },
        status: 204,
      },
      { method: 'PATCH', url: '/applications/{app}', body: { '{extension}': 'active' }, status: 204 },
      {
        url: "/applications?$filter={extension} eq 'active'&$select=id",
        reply: { value: [{ id: '{app}' }] },
      },
    ],
  },
  {
    section: values,
    rule: 'an object holds 100 values of extensions and no more',
    steps: (given) => {
      const numbers = Array.from({ length: 101 }, (_, n) => n);
      return [
        given.application('app'),
        given.user('ada'),
        ...numbers.map((n) => ({ ...defined({ name: `field${n}` }), capture: { [`field${n}`]: 'name' } })),
        {
          method: 'PATCH',
          url: '/users/{ada}',
          body: Object.fromEntries(numbers.slice(1).map((n) => [`{field${n}}`, 'x'])),
          status: 204,
        },
        {
          method: 'PATCH',
          url: '/users/{ada}',
          body: { '{field0}': 'x' },
          status: 403,
          reply: { error: { code: 'Directory_QuotaExceeded' } },
        },
      ];
    },
  },
  {
    section: values,
    rule: 'an extension does not belong to objects that its definition leaves out',
    steps: (given) => [
      given.application('app'),
      defined({ targetObjects: ['User'] }),
      given.group('club'),
      { method: 'PATCH', url: '/groups/{club}', body: { '{extension}': 'active' }, status: 400 },
    ],
  },
  {
    section: values,
    rule: 'an extension that nobody defined is an unknown property',
    steps: (given) => [
      given.user('ada'),
      {
        method: 'PATCH',
        url: '/users/{ada}',
        body: { extension_0badc0de000040008000000000000000_hrStatus: 'active' },
        status: 400,
        reply: refusal('Request_BadRequest'),
      },
    ],
  },
  {
    section: values,
    rule: 'a value is tracked by delta',
    steps: (given) => [
      given.application('app'),
      defined(),
      given.user('ada'),
      { url: '/users/delta?$deltatoken=latest&$select={extension}', capture: { link: '@odata.deltaLink' } },
      { method: 'PATCH', url: '/users/{ada}', body: { '{extension}': 'active' }, status: 204 },
      { url: '{link}', followed: true, reply: { value: [{ id: '{ada}' }] } },
    ],
  },
];

export const cases: readonly Case[] = staged('e', [...definitions, ...valuesOnObjects]);
