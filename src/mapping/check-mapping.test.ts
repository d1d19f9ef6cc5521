import { describe, expect, test } from 'vitest';
import type { AttributeMapping, MappingDefinition, ValueSource } from '../model/mapping.ts';
import { checkMapping, type MappingSurroundings } from './check-mapping.ts';
import { defaultGuards, defaultSettings } from './mapping-defaults.ts';
import type { MappedAttribute, MappedSide } from './mapping-side.ts';
import { microsoftEntraMapping } from './microsoft-entra-template.ts';

const users = { connection: 'Contoso', type: 'user' };
const groups = { connection: 'Contoso', type: 'group' };
const identities = { connection: 'Identities', type: 'alpha_user' };
const identityGroups = { connection: 'Identities', type: 'alpha_group' };
const seed = microsoftEntraMapping('Users', { source: users, target: identities });

function attribute(name: string, changes: Partial<MappedAttribute> = {}): MappedAttribute {
  return { name, type: 'string', isMultiValued: false, isRequired: false, isUnique: false, ...changes };
}

const source: MappedSide = {
  attributes: [
    ...['givenName', 'surname', 'mail', 'userPrincipalName', 'department'].map((name) => attribute(name)),
    attribute('accountEnabled', { type: 'boolean' }),
    attribute('proxyAddresses', { isMultiValued: true }),
    attribute('onPremisesExtensionAttributes', { type: 'onPremisesExtensionAttributes' }),
  ],
  links: [{ name: 'manager' }, { name: 'members' }],
};
const target: MappedSide = {
  attributes: [
    attribute('userName', { isRequired: true, isUnique: true }),
    ...['givenName', 'sn', 'mail'].map((name) => attribute(name, { isRequired: true })),
    attribute('accountStatus', { choices: ['active', 'inactive'] }),
    attribute('activeDate', { type: 'date' }),
    attribute('count', { type: 'integer' }),
    attribute('aliases', { isMultiValued: true }),
  ],
  links: [
    { name: 'manager', targets: ['alpha_user'] },
    { name: 'members', targets: ['alpha_user'] },
  ],
};

function check(changes: Partial<MappingDefinition>, surroundings: Partial<MappingSurroundings> = {}) {
  return checkMapping(
    { ...seed, ...changes },
    {
      source: { kind: 'known', side: source },
      target: { kind: 'known', side: target },
      saved: [],
      ...surroundings,
    },
  );
}

function withRow(changes: Partial<AttributeMapping> & Pick<AttributeMapping, 'target'>) {
  const row: AttributeMapping = {
    source: { kind: 'attribute', name: 'mail' },
    apply: 'always',
    ifEmpty: 'clear',
    ...changes,
  };
  return { attributes: [...seed.attributes, row] };
}

const expression = (text: string): ValueSource => ({ kind: 'expression', text });
const reference = (link: string, mapping?: string): ValueSource => ({
  kind: 'reference',
  link,
  ...(mapping === undefined ? {} : { mapping }),
});

function other(name: string, changes: Partial<MappingDefinition> = {}): MappingDefinition {
  return { ...seed, name, ...changes };
}

type Expected = Readonly<{
  path: string;
  message: RegExp;
  position?: number;
  length?: number;
  suggestion?: string;
}>;

describe('a mapping is refused', () => {
  test.each<[string, Partial<MappingDefinition>, Expected]>([
    [
      'with an attribute that the source has not',
      withRow({ target: 'accountStatus', source: { kind: 'attribute', name: 'departmen' } }),
      {
        path: 'attributes/4/source/name',
        message: /no attribute departmen:.*Did you mean department\?/,
        suggestion: 'department',
      },
    ],
    [
      'with one in an expression, at its place',
      withRow({ target: 'accountStatus', source: expression('Join(" ", [givenName], [surnam])') }),
      { path: 'attributes/4/source/text', message: /surnam/, position: 23, length: 8, suggestion: 'surname' },
    ],
    [
      'with an expression that does not parse, at its place',
      withRow({ target: 'accountStatus', source: expression('Jion(" ", [givenName])') }),
      { path: 'attributes/4/source/text', message: /Jion/, position: 0, length: 4, suggestion: 'Join' },
    ],
    [
      'with one in a condition',
      withRow({ target: 'accountStatus', condition: 'object/city pr' }),
      { path: 'attributes/4/condition', message: /no attribute city/ },
    ],
    [
      'with a link read as an attribute',
      withRow({ target: 'accountStatus', source: { kind: 'attribute', name: 'manager.id' } }),
      { path: 'attributes/4/source/name', message: /manager is a link of the source/ },
    ],
    [
      'with an attribute that the target has not',
      withRow({ target: 'accountstatus' }),
      {
        path: 'attributes/4/target',
        message: /no attribute accountstatus\. Did you mean accountStatus\?/,
        suggestion: 'accountStatus',
      },
    ],
    [
      'with a row for the key',
      withRow({ target: '_id' }),
      { path: 'attributes/4/target', message: /key of the target/ },
    ],
    [
      'with a link written as an attribute',
      withRow({ target: 'manager' }),
      { path: 'attributes/4/target', message: /kind reference/ },
    ],
    [
      'with two sources for one attribute',
      withRow({ target: 'mail', source: { kind: 'attribute', name: 'userPrincipalName' } }),
      { path: 'attributes/4/target', message: /from row 2/ },
    ],
    [
      'without what the target requires',
      { attributes: seed.attributes.slice(1) },
      { path: 'attributes', message: /requires givenName/ },
    ],
    [
      'with a constant of the wrong type',
      withRow({ target: 'count', source: { kind: 'constant', value: 'many' } }),
      { path: 'attributes/4/source/value', message: /whole number/ },
    ],
    [
      'with a constant that is none of the choices',
      withRow({ target: 'accountStatus', source: { kind: 'constant', value: 'on' } }),
      { path: 'attributes/4/source/value', message: /choose active, inactive/ },
    ],
    [
      'with a list for one value',
      withRow({ target: 'accountStatus', source: { kind: 'constant', value: ['active', 'inactive'] } }),
      { path: 'attributes/4/source/value', message: /single value/ },
    ],
    [
      'with a default that is no date',
      withRow({ target: 'activeDate', default: 'soon' }),
      { path: 'attributes/4/default', message: /a date/ },
    ],
    [
      'with SelectUniqueValue anywhere but on creation',
      withRow({ target: 'accountStatus', source: expression('SelectUniqueValue([mail], [surname])') }),
      { path: 'attributes/4/apply', message: /on-create/ },
    ],
    ['with the same source and target', { target: users }, { path: 'target', message: /both Contoso\/user/ }],
    [
      'with a filter on what the source has not',
      { filterSource: 'city eq "Oslo"' },
      { path: 'filterSource', message: /city/ },
    ],
    [
      'with a filter on the key',
      { filterSource: '_id eq "1"' },
      { path: 'filterSource', message: /key of the source/ },
    ],
    [
      'with a filter that does not parse',
      { filterSource: 'mail eq' },
      { path: 'filterSource', message: /./, position: 7 },
    ],
    [
      'with a scope on what the source has not',
      { scope: { queryFilter: 'mial pr' } },
      { path: 'scope/queryFilter', message: /mial/, suggestion: 'mail' },
    ],
    [
      'with a scoping filter on what the source has not',
      {
        scope: {
          scopingFilter: {
            groups: [
              {
                name: '',
                clauses: [{ operatorName: 'IS NULL', sourceOperandName: 'city', targetOperand: null }],
              },
            ],
          },
        },
      },
      { path: 'scope/scopingFilter', message: /city/ },
    ],
    [
      'with a scope of an expression on what the source has not',
      { scope: { expression: 'IsNull([city])' } },
      { path: 'scope/expression', message: /city/, position: 7 },
    ],
    [
      'with valid targets by what the target has not',
      { validTarget: 'status pr' },
      { path: 'validTarget', message: /status/ },
    ],
    [
      'with correlation on what is not mapped',
      { correlation: [{ match: { all: ['accountStatus'] } }] },
      { path: 'correlation/0/match', message: /Nothing is mapped to accountStatus/ },
    ],
    [
      'with correlation on what the target has not',
      { correlation: [{ attribute: 'username', expression: '[mail]' }] },
      { path: 'correlation/0/attribute', message: /username/, suggestion: 'userName' },
    ],
    [
      'with a link qualifier twice',
      { linkQualifiers: [{ name: 'a' }, { name: 'a' }] },
      { path: 'linkQualifiers/1/name', message: /twice/ },
    ],
    [
      'with a link qualifier that is not there',
      { correlation: [{ match: 'userName', qualifier: 'defalt' }] },
      { path: 'correlation/0/qualifier', message: /defalt/, suggestion: 'default' },
    ],
    [
      'with a policy that asks what is not there',
      { policies: [{ situation: 'ABSENT', action: 'CREATE', condition: 'mail pr' }] },
      { path: 'policies/0/condition', message: /object\/mail/, suggestion: 'object/mail' },
    ],
    [
      'with a policy on what the source has not',
      { policies: [{ situation: 'ABSENT', action: 'CREATE', condition: 'object/city pr' }] },
      { path: 'policies/0/condition', message: /city/ },
    ],
  ])('%s', (_case, changes, expected) => {
    const { mistakes } = check(changes);
    expect(mistakes.map(({ path }) => path)).toEqual([expected.path]);
    expect(mistakes[0]).toMatchObject({ ...expected, message: expect.stringMatching(expected.message) });
  });

  test('between sides that are not there', () => {
    const message = 'There is no connection Contos.';
    const { mistakes } = check({}, { source: { kind: 'unknown', message, suggestion: 'Contoso' } });
    expect(mistakes).toEqual([{ path: 'source', message, suggestion: 'Contoso' }]);
  });

  test('but not for names of a side that nobody knows', () => {
    const { mistakes } = check(withRow({ target: 'x', source: { kind: 'attribute', name: 'y' } }), {
      source: { kind: 'unspecified' },
      target: { kind: 'unspecified' },
    });
    expect(mistakes).toEqual([]);
  });
});

describe('names', () => {
  test.each([
    'onPremisesExtensionAttributes.extensionAttribute1',
    'onPremisesExtensionAttributes/extensionAttribute1',
    'id',
    '_id',
  ])('%s can be read', (name) => {
    const { mistakes, reads } = check(withRow({ target: 'aliases', source: { kind: 'attribute', name } }));
    expect(mistakes).toEqual([]);
    expect(reads).toContain(name);
  });
});

describe('account links of another mapping', () => {
  const linksOf = (saved: readonly MappingDefinition[], changes: Partial<MappingDefinition> = {}) =>
    check({ linksOf: 'Owner', ...changes }, { saved }).mistakes;

  test('may be those of the same pair, and of the swapped one', () => {
    expect(linksOf([other('owner')])).toEqual([]);
    expect(linksOf([other('Owner', { source: identities, target: users })])).toEqual([]);
  });

  test.each<[string, readonly MappingDefinition[], Partial<MappingDefinition>, RegExp]>([
    ['of nobody', [other('Ownr')], {}, /no mapping Owner\. Did you mean Ownr\?/],
    ['its own', [], { linksOf: 'users' }, /its own account links anyway/],
    ['of other objects', [other('Owner', { source: groups })], {}, /Contoso\/group/],
    ['of one that uses its own', [other('Owner', { linksOf: 'Users' })], {}, /neither would have any/],
    [
      'of one that uses a third one’s',
      [other('Owner', { linksOf: 'Third' }), other('Third')],
      {},
      /name Third/,
    ],
    [
      'while others use its own',
      [other('Owner'), other('User', { linksOf: 'Users' })],
      {},
      /User uses the account links/,
    ],
    [
      'without linking',
      [other('Owner')],
      { settings: { ...defaultSettings, isLinking: false } },
      /Without linking/,
    ],
  ])('must not be %s', (_case, saved, changes, message) => {
    const mistakes = linksOf(saved, changes);
    expect(mistakes).toMatchObject([{ path: 'linksOf', message: expect.stringMatching(message) }]);
  });

  test('keep the pair of their owner as it is', () => {
    const saved = [other('User', { linksOf: 'Users', source: groups })];
    expect(check({}, { saved }).mistakes).toMatchObject([
      { path: 'source', message: expect.stringMatching(/User uses/) },
    ]);
  });
});

describe('references', () => {
  const follow = (
    row: Partial<AttributeMapping> & Pick<AttributeMapping, 'target'>,
    saved: readonly MappingDefinition[] = [],
  ) => check(withRow(row), { saved }).mistakes;

  test('follow this mapping, or another between the same systems', () => {
    expect(follow({ target: 'manager', source: reference('manager') })).toEqual([]);
    expect(follow({ target: 'manager', source: reference('manager', 'users') })).toEqual([]);
    expect(follow({ target: 'members', source: reference('members', 'People') }, [other('People')])).toEqual(
      [],
    );
  });

  test.each<
    [
      string,
      Partial<AttributeMapping> & Pick<AttributeMapping, 'target'>,
      readonly MappingDefinition[],
      string,
      RegExp,
    ]
  >([
    [
      'a link that the source has not',
      { target: 'manager', source: reference('managr') },
      [],
      'attributes/4/source/link',
      /managr.*Did you mean manager/,
    ],
    [
      'a link that the target has not',
      { target: 'boss', source: reference('manager') },
      [],
      'attributes/4/target',
      /no link boss/,
    ],
    [
      'an attribute',
      { target: 'aliases', source: reference('manager') },
      [],
      'attributes/4/target',
      /is an attribute/,
    ],
    [
      'an unknown mapping',
      { target: 'manager', source: reference('manager', 'Peple') },
      [other('People')],
      'attributes/4/source/mapping',
      /no mapping Peple/,
    ],
    [
      'a mapping of the other direction',
      { target: 'manager', source: reference('manager', 'Back') },
      [other('Back', { source: identities, target: users })],
      'attributes/4/source/mapping',
      /need one from Contoso to Identities/,
    ],
    [
      'a mapping of another type',
      { target: 'manager', source: reference('manager', 'Groups') },
      [other('Groups', { source: groups, target: identityGroups })],
      'attributes/4/source/mapping',
      /manager leads to alpha_user, and Groups makes alpha_group/,
    ],
    [
      'a condition',
      { target: 'manager', source: reference('manager'), condition: 'object/mail pr' },
      [],
      'attributes/4',
      /always kept/,
    ],
  ])('are refused with %s', (_case, row, saved, path, message) => {
    expect(follow(row, saved)).toMatchObject([{ path, message: expect.stringMatching(message) }]);
  });

  test('must not go round in a circle', () => {
    const rowTo = (mapping: string): AttributeMapping => ({
      target: 'members',
      source: reference('members', mapping),
      apply: 'always',
      ifEmpty: 'clear',
    });
    const saved = [other('B', { attributes: [rowTo('C')] }), other('C', { attributes: [rowTo('Users')] })];
    expect(follow(rowTo('B'), saved)).toMatchObject([
      { path: 'attributes/4/source/mapping', message: expect.stringMatching(/Users → B → C → Users/) },
    ]);
  });
});

describe('a mapping is saved with a warning', () => {
  const policies = (...list: MappingDefinition['policies']) => ({ policies: list });

  test.each<[string, Partial<MappingDefinition>, string, RegExp]>([
    [
      'where it can delete any number of objects',
      {
        ...policies(
          { situation: 'SOURCE_MISSING', action: 'DELETE' },
          { situation: 'UNQUALIFIED', action: 'IGNORE' },
        ),
        guards: { ...defaultGuards, DELETE: { count: 0, percent: 0 } },
      },
      'guards/DELETE',
      /Source Missing can delete/,
    ],
    [
      'where leaving the scope deletes',
      { scope: { queryFilter: 'mail pr' }, policies: [] },
      'policies',
      /usual action of Unqualified/,
    ],
    [
      'where an expression never comes to the same',
      withRow({ target: 'accountStatus', source: expression('Guid()') }),
      'attributes/4/source',
      /every run writes it again/,
    ],
    [
      'where a list goes to a single value',
      withRow({ target: 'accountStatus', source: { kind: 'attribute', name: 'proxyAddresses' } }),
      'attributes/4/source',
      /Item\(\[proxyAddresses\], 1\)/,
    ],
    ['where nothing is matched', { correlation: [] }, 'correlation', /Nothing is matched/],
    [
      'where a policy is never asked',
      policies({ situation: 'FOUND', action: 'UPDATE' }, { situation: 'FOUND', action: 'LINK' }),
      'policies/1',
      /never asked/,
    ],
    [
      'where an action always fails',
      policies({ situation: 'FOUND', action: 'CREATE' }),
      'policies/0/action',
      /CREATE fails in the situation Found/,
    ],
    [
      'where a condition asks for an unknown link qualifier',
      policies({ situation: 'FOUND', action: 'LINK', condition: 'linkQualifier eq "x"' }),
      'policies/0/condition',
      /no link qualifier x/,
    ],
    [
      'where what the target requires is not set, as long as it is not in use',
      { attributes: seed.attributes.slice(1), isEnabled: false },
      'attributes',
      /requires givenName/,
    ],
  ])('%s', (_case, changes, path, message) => {
    const { mistakes, warnings } = check(changes);
    expect(mistakes).toEqual([]);
    expect(warnings).toMatchObject([{ path, message: expect.stringMatching(message) }]);
  });

  test('where another mapping makes the same objects out of another source', () => {
    const saved = [other('Fabrikam', { source: { connection: 'Fabrikam', type: 'user' } })];
    expect(check({}, { saved }).warnings).toMatchObject([
      { path: 'target', message: expect.stringMatching(/Fabrikam also makes alpha_user and sets userName/) },
    ]);
    expect(check({}, { saved: saved.map((one) => ({ ...one, isEnabled: false })) }).warnings).toEqual([]);
  });
});
