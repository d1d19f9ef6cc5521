import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AttributeMapping, MappingDefinition, ValueSource } from '../model/mapping.ts';
import type { MappingContext } from './compile-attributes.ts';
import { type CompiledMapping, compileMapping } from './compile-mapping.ts';
import { applyChanges } from './evaluate-rows.ts';
import type { MappedSide } from './mapping-side.ts';
import { microsoftEntraMapping } from './microsoft-entra-template.ts';

const seed = microsoftEntraMapping('m', {
  source: { connection: 'Contoso', type: 'user' },
  target: { connection: 'Identities', type: 'alpha_user' },
});
const context: MappingContext = { now: () => new Date('2026-11-30T08:00:00Z'), random: () => 0.5 };
const sam = {
  key: '7',
  attributes: {
    givenName: 'Sam',
    surname: 'Carter',
    mail: 'scarter@example.com',
    userPrincipalName: 'scarter@contoso.com',
    accountEnabled: true,
    proxyAddresses: ['SMTP:sam@x.org', 'smtp:s@x.org'],
    none: null,
  },
};

type Row = Partial<AttributeMapping> & Pick<AttributeMapping, 'target'>;

function row({ target, ...rest }: Row): AttributeMapping {
  return { target, source: { kind: 'attribute', name: 'mail' }, apply: 'always', ifEmpty: 'clear', ...rest };
}

const expression = (text: string): ValueSource => ({ kind: 'expression', text });
const constant = (value: unknown): ValueSource => ({ kind: 'constant', value });

function compile(changes: Partial<MappingDefinition>, side?: MappedSide): CompiledMapping {
  const outcome = compileMapping({ ...seed, correlation: [], ...changes }, side);
  if (outcome.kind === 'compiled') return outcome.mapping;
  throw new Error(outcome.mistakes.map(({ path, message }) => `${path}: ${message}`).join('\n'));
}

function mistakesOf(changes: Partial<MappingDefinition>) {
  const outcome = compileMapping({ ...seed, correlation: [], ...changes });
  return outcome.kind === 'mistakes' ? outcome.mistakes : [];
}

function evaluate(rows: readonly Row[], target: Readonly<Record<string, unknown>> | null, side?: MappedSide) {
  return compile({ attributes: rows.map(row) }, side).evaluate(sam, target, 'default', context);
}

const unchanged = { kind: 'evaluated', before: {}, after: {} };

describe('attributes', () => {
  test('of the seed make an identity out of a user', () => {
    expect(compile({}).evaluate(sam, null, 'default', context)).toEqual({
      kind: 'evaluated',
      before: {},
      after: {
        givenName: 'Sam',
        mail: 'scarter@example.com',
        sn: 'Carter',
        userName: 'scarter@contoso.com',
      },
    });
  });

  test('tell only what differs, and leave alone what is not mapped', () => {
    const target = {
      givenName: 'Samuel',
      sn: 'Carter',
      mail: 'scarter@example.com',
      userName: 'scarter@contoso.com',
      telephoneNumber: '1',
    };
    expect(compile({}).evaluate(sam, target, 'default', context)).toEqual({
      kind: 'evaluated',
      before: { givenName: 'Samuel' },
      after: { givenName: 'Sam' },
    });
  });

  test.each<[string, unknown, unknown]>([
    ['nothing and null', null, undefined],
    ['nothing and an empty list', [], undefined],
    ['the same list in another order', ['a', 'b', 2], [2, 'b', 'a']],
    ['objects with other nulls', { a: 1, b: null }, { a: 1 }],
    ['the same object in another order', { a: 1, b: [{ c: 2 }] }, { b: [{ c: 2 }], a: 1 }],
  ])('do not differ: %s', (_case, value, old) => {
    expect(evaluate([{ target: 't', source: constant(value) }], { t: old })).toEqual(unchanged);
  });

  test.each<[string, unknown, unknown]>([
    ['a text and a number', '1', 1],
    ['other case', 'a', 'A'],
    ['a list with one more of the same', ['a', 'a'], ['a']],
    ['lists of objects in another order', [{ a: 1 }, { a: 2 }], [{ a: 2 }, { a: 1 }]],
    ['an empty text and nothing', '', undefined],
    ['a list and its value', ['a'], 'a'],
  ])('differ: %s', (_case, value, old) => {
    expect(evaluate([{ target: 't', source: constant(value) }], { t: old })).toMatchObject({
      after: { t: value },
    });
  });

  test('clear or keep where there is no value, and take a default before', () => {
    const source: ValueSource = { kind: 'attribute', name: 'none' };
    expect(evaluate([{ target: 't', source }], { t: 'x' })).toEqual({
      kind: 'evaluated',
      before: { t: 'x' },
      after: { t: null },
    });
    expect(evaluate([{ target: 't', source, ifEmpty: 'keep' }], { t: 'x' })).toEqual(unchanged);
    expect(evaluate([{ target: 't', source, default: 'y' }], { t: 'x' })).toMatchObject({
      after: { t: 'y' },
    });
    expect(evaluate([{ target: 't', source }], null)).toEqual(unchanged);
  });

  test('on creation only are not written later', () => {
    const rows: readonly Row[] = [{ target: 't', source: constant('x'), apply: 'on-create' }];
    expect(evaluate(rows, null)).toMatchObject({ after: { t: 'x' } });
    expect(evaluate(rows, { t: 'y' })).toEqual(unchanged);
  });

  test('are written under a condition on object, target and link qualifier', () => {
    const given = (condition: string) => evaluate([{ target: 't', condition }], { a: 'x' });
    expect(given('/object/givenName eq "sam"')).toMatchObject({ after: { t: sam.attributes.mail } });
    expect(given('object/givenName eq "jo"')).toEqual(unchanged);
    expect(given('target/a eq "x" and linkQualifier eq "default"')).toMatchObject({
      after: { t: sam.attributes.mail },
    });
    expect(given('linkQualifier eq "other"')).toEqual(unchanged);
  });

  test('stay as they are where an expression ignores the flow', () => {
    const source = expression('IgnoreFlowIfNullOrEmpty([none])');
    expect(evaluate([{ target: 't', source, default: 'z' }], { t: 'x' })).toEqual(unchanged);
  });

  test('inside others leave alone what lies beside them, and take away what is empty', () => {
    const rows: readonly Row[] = [{ target: 'address/city', source: constant('Oslo') }];
    expect(evaluate(rows, { address: { zip: '1' } })).toEqual({
      kind: 'evaluated',
      before: { address: { zip: '1' } },
      after: { address: { zip: '1', city: 'Oslo' } },
    });
    expect(evaluate(rows, null)).toMatchObject({ after: { address: { city: 'Oslo' } } });
    const clearing: readonly Row[] = [{ target: '/address/city', source: constant(null) }];
    expect(evaluate(clearing, { address: { city: 'Oslo' } })).toMatchObject({ after: { address: null } });
    expect(evaluate(clearing, { address: { city: 'Oslo', zip: '1' } })).toMatchObject({
      after: { address: { zip: '1' } },
    });
    expect(evaluate(clearing, { address: 'Oslo' })).toEqual(unchanged);
  });

  test('that stand twice: the last one counts', () => {
    const rows: readonly Row[] = [
      { target: 't', source: constant('a') },
      { target: 't', source: constant('b'), condition: 'object/givenName pr' },
    ];
    expect(evaluate(rows, { t: 'b' })).toEqual(unchanged);
    expect(evaluate(rows, { t: 'a' })).toMatchObject({ after: { t: 'b' } });
  });

  test('can take the key of the source', () => {
    expect(evaluate([{ target: 't', source: { kind: 'attribute', name: 'id' } }], null)).toMatchObject({
      after: { t: '7' },
    });
    expect(evaluate([{ target: 't', source: expression('Join("-", "E", [_id])') }], null)).toMatchObject({
      after: { t: 'E-7' },
    });
  });

  test('get the type of the attribute that they are meant for', () => {
    const attribute = (name: string, type: string, isMultiValued = false) => ({
      name,
      type,
      isMultiValued,
      isRequired: false,
      isUnique: false,
    });
    const side: MappedSide = {
      attributes: [
        attribute('flag', 'boolean'),
        attribute('count', 'integer'),
        attribute('text', 'string'),
        attribute('list', 'string', true),
        attribute('one', 'string'),
      ],
      links: [],
    };
    const rows: readonly Row[] = [
      { target: 'flag', source: expression('CBool("True")') },
      { target: 'count', source: constant('42') },
      { target: 'text', source: { kind: 'attribute', name: 'accountEnabled' } },
      { target: 'list', source: { kind: 'attribute', name: 'mail' } },
      { target: 'one', source: constant(['x']) },
    ];
    expect(evaluate(rows, null, side)).toMatchObject({
      after: { flag: true, count: 42, text: 'true', list: ['scarter@example.com'], one: 'x' },
    });
    expect(evaluate([{ target: 'count', source: constant('007') }], null, side)).toMatchObject({
      after: { count: '007' },
    });
  });

  test('that fail say which one and why', () => {
    const failed = evaluate([{ target: 't', source: expression('CDate([mail])') }], {});
    expect(failed).toMatchObject({
      kind: 'failed',
      attribute: 't',
      message: expect.stringMatching(/^t has no value: /),
    });
  });

  test('whose conditions go round in a circle are refused, and do not hang', () => {
    const rows: readonly Row[] = [
      { target: 'a', source: constant('1'), condition: '!(target/b eq "1")' },
      { target: 'a', source: constant('2'), condition: 'target/b eq "1"' },
      { target: 'b', source: constant('1'), condition: 'target/a eq "1"' },
      { target: 'b', source: constant('2'), condition: 'target/a eq "2"' },
    ];
    expect(evaluate(rows, {})).toMatchObject({
      kind: 'failed',
      message: expect.stringMatching(/comes to rest/),
    });
  });

  test('of Redact are known', () => {
    const mapping = compile({
      attributes: [row({ target: 't', source: expression('Redact([mail])') }), row({ target: 'u' })],
    });
    const evaluated = mapping.evaluate(sam, { t: 'old', u: 'old' }, 'default', context);
    expect(evaluated).toMatchObject({ after: { t: 'scarter@example.com' } });
    expect(mapping.redactedAttributes).toEqual(['t']);
  });

  test('are known: what is read, written, correlated, and whether it comes to the same again', () => {
    const mapping = compile({
      attributes: [
        row({ target: 'a/b', source: expression('Join("", [givenName], [surname])') }),
        row({ target: 'c', condition: 'object/jobTitle pr' }),
        row({ target: 'managers', source: { kind: 'reference', link: 'manager' } }),
      ],
      scope: { queryFilter: 'department eq "Sales"' },
      filterSource: 'country eq "NO"',
      sourceCondition: 'city pr',
      correlation: [{ attribute: 'x', expression: 'ToLower([employeeId])' }, { match: 'c' }],
    });
    expect([...mapping.sourceAttributes].sort()).toEqual(
      ['city', 'country', 'department', 'employeeId', 'givenName', 'jobTitle', 'mail', 'surname'].sort(),
    );
    expect(mapping.targetAttributes).toEqual(['a', 'c']);
    expect(mapping.correlatedAttributes).toEqual(['x', 'c']);
    expect(mapping.references).toEqual([{ index: 2, target: 'managers', link: 'manager', mapping: null }]);
    expect(mapping.isDeterministic).toBe(true);
    expect(
      compile({ attributes: [row({ target: 't', source: expression('Guid()') })] }).isDeterministic,
    ).toBe(false);
    expect(
      compile({ attributes: [row({ target: 't', source: expression('Guid()'), apply: 'on-create' })] })
        .isDeterministic,
    ).toBe(true);
  });
});

describe('unique values', () => {
  const text =
    'SelectUniqueValue(Join(".", [givenName], [surname]), Join(".", Mid([givenName], 1, 1), [surname]))';
  const mapping = compile({
    attributes: [row({ target: 'userName', source: expression(text), apply: 'on-create' })],
  });

  test('have candidates to ask the target about', () => {
    expect(mapping.uniqueAttributes).toEqual(['userName']);
    expect(mapping.uniqueCandidates(sam, context)).toEqual([
      { attribute: 'userName', values: ['Sam.Carter', 'S.Carter'] },
    ]);
  });

  test('are the first that is free', () => {
    const isFree = (attribute: string, value: string) => attribute === 'userName' && value !== 'Sam.Carter';
    expect(mapping.evaluate(sam, null, 'default', { ...context, isFree })).toMatchObject({
      after: { userName: 'S.Carter' },
    });
    expect(mapping.evaluate(sam, null, 'default', { ...context, isFree: () => false }).kind).toBe('failed');
  });
});

describe('scope', () => {
  const qualify = (scope: MappingDefinition['scope']) => compile({ scope }).qualify(sam, context);

  test('everybody qualifies where there is none', () => {
    expect(qualify({})).toEqual({ kind: 'qualified' });
  });

  test('names the part of a query filter that is not met', () => {
    expect(qualify({ queryFilter: 'mail pr and surname eq "Carter"' })).toEqual({ kind: 'qualified' });
    expect(qualify({ queryFilter: 'mail pr and surname eq "Jones" and x pr' })).toEqual({
      kind: 'unqualified',
      reason: expect.stringContaining('surname eq "Jones".'),
    });
  });

  test('names the clauses of a scoping filter that are not met', () => {
    const clause = (sourceOperandName: string, value: string) => ({
      operatorName: 'EQUALS',
      sourceOperandName,
      targetOperand: { values: [value] },
    });
    const groups = [{ name: 'Sales', clauses: [clause('givenName', 'Sam'), clause('surname', 'Jones')] }];
    expect(qualify({ scopingFilter: { groups } })).toEqual({
      kind: 'unqualified',
      reason: 'It is not in the scope of the mapping: surname EQUALS "Jones" (Sales).',
    });
  });

  test('is met where an expression is True, and cannot be told where it fails', () => {
    expect(qualify({ expression: 'IsPresent([mail])' })).toEqual({ kind: 'qualified' });
    expect(qualify({ expression: '[accountEnabled]' })).toEqual({ kind: 'qualified' });
    expect(qualify({ expression: 'IsNull([mail])' }).kind).toBe('unqualified');
    expect(qualify({ expression: 'CDate([mail])' }).kind).toBe('failed');
  });

  test('is met only with all of its parts', () => {
    expect(qualify({ queryFilter: 'mail pr', expression: 'IsNull([mail])' }).kind).toBe('unqualified');
  });

  test('is asked apart from the source condition', () => {
    const mapping = compile({ sourceCondition: '_id eq "8"' });
    expect(mapping.qualify(sam, context).kind).toBe('qualified');
    expect(mapping.meetsSourceCondition(sam)).toMatchObject({ kind: 'unqualified' });
    expect(mapping.meetsSourceCondition({ ...sam, key: '8' })).toEqual({ kind: 'qualified' });
  });

  test('valid targets and filters are asked of objects', () => {
    const mapping = compile({
      validTarget: 'accountStatus eq "active"',
      filterSource: 'mail eq "scarter@example.com"',
    });
    expect(mapping.isValidTarget({ accountStatus: 'active' })).toBe(true);
    expect(mapping.isValidTarget({})).toBe(false);
    expect(mapping.meetsFilterSource(sam)).toBe(true);
  });

  test('link qualifiers belong to the resources that meet their conditions', () => {
    const mapping = compile({
      linkQualifiers: [{ name: 'user' }, { name: 'admin', condition: 'surname eq "Jones"' }],
    });
    expect(mapping.qualifiers).toEqual(['user', 'admin']);
    expect(mapping.qualifiersOf(sam)).toEqual(['user']);
    expect(compile({}).qualifiersOf(sam)).toEqual(['default']);
  });

  test('sets of a scoping filter that a mapping has no use for are refused', () => {
    const groups = [
      { name: '', clauses: [{ operatorName: 'IS NULL', sourceOperandName: 'mail', targetOperand: null }] },
    ];
    expect(mistakesOf({ scope: { scopingFilter: { groups: [], inputFilterGroups: groups } } })).toMatchObject(
      [{ path: 'scope/scopingFilter/inputFilterGroups' }],
    );
  });
});

describe('correlation', () => {
  const seek = (correlation: MappingDefinition['correlation'], rows: readonly Row[], qualifier = 'default') =>
    compile({ correlation, attributes: rows.map(row) }).seek(sam, qualifier, context);
  const rows: readonly Row[] = [
    { target: 'mail' },
    { target: 'userName', source: expression('ToUpper([userPrincipalName])') },
    { target: 'sn', source: { kind: 'attribute', name: 'surname' } },
    { target: 'empty', source: { kind: 'attribute', name: 'none' } },
    { target: 'aliases', source: { kind: 'attribute', name: 'proxyAddresses' } },
  ];

  test('any and all become alternatives of attributes with the values that the mapping gives', () => {
    expect(seek([{ match: { any: ['mail', { all: ['userName', 'sn'] }] } }], rows)).toEqual({
      kind: 'sought',
      conjunctions: [
        { rule: 1, conjunction: 0, attributes: [{ attribute: 'mail', values: ['scarter@example.com'] }] },
        {
          rule: 1,
          conjunction: 1,
          attributes: [
            { attribute: 'userName', values: ['SCARTER@CONTOSO.COM'] },
            { attribute: 'sn', values: ['Carter'] },
          ],
        },
      ],
    });
  });

  test('all of any is multiplied out', () => {
    const match = { all: [{ any: ['a', 'b'] }, { any: ['c', 'a'] }] };
    const mapping = compile({
      correlation: [{ match }],
      attributes: ['a', 'b', 'c'].map((target) => row({ target })),
    });
    expect(mapping.correlation).toEqual([
      { rule: 1, qualifier: null, conjunctions: [['a', 'c'], ['a'], ['b', 'c'], ['b', 'a']] },
    ]);
  });

  test('what has no value is not looked for', () => {
    expect(seek([{ match: { any: ['empty', { all: ['mail', 'empty'] }] } }], rows)).toEqual({
      kind: 'sought',
      conjunctions: [],
    });
  });

  test('any value of a list is looked for', () => {
    expect(seek([{ match: 'aliases' }], rows)).toMatchObject({
      conjunctions: [{ attributes: [{ values: ['SMTP:sam@x.org', 'smtp:s@x.org'] }] }],
    });
  });

  test('a rule may be an expression, and of one link qualifier', () => {
    const correlation = [
      { attribute: 'userName', expression: 'ToLower([mail])', qualifier: 'other' },
      { attribute: 'sn', expression: '[surname]' },
    ];
    expect(seek(correlation, rows)).toMatchObject({ conjunctions: [{ rule: 2 }] });
    expect(seek(correlation, rows, 'other')).toMatchObject({ conjunctions: [{ rule: 1 }, { rule: 2 }] });
  });

  test('the first row of an attribute gives the value, if its condition is met', () => {
    const twice: readonly Row[] = [
      { target: 't', source: constant('a'), condition: 'linkQualifier eq "other"' },
      { target: 't', source: constant('b') },
    ];
    expect(seek([{ match: 't' }], twice)).toEqual({ kind: 'sought', conjunctions: [] });
    expect(seek([{ match: 't' }], twice, 'other')).toMatchObject({
      conjunctions: [{ attributes: [{ attribute: 't', values: ['a'] }] }],
    });
  });

  test('a value that cannot be told is a failure, and no lack of a match', () => {
    expect(seek([{ match: 't' }], [{ target: 't', source: expression('CDate([mail])') }])).toMatchObject({
      kind: 'failed',
      attribute: 't',
    });
  });

  test.each<[string, MappingDefinition['correlation'], string]>([
    ['an attribute that is not mapped', [{ match: { all: ['title'] } }], 'Nothing is mapped to title'],
    ['an empty group', [{ match: { any: [] } }], 'empty'],
    ['an expression that does not parse', [{ attribute: 'sn', expression: 'Tolower(' }], ''],
  ])('is refused: %s', (_case, correlation, message) => {
    const found = mistakesOf({ correlation, attributes: rows.map(row) });
    expect(found).toHaveLength(1);
    expect(found[0]?.path).toMatch(/^correlation\/0/);
    expect(found[0]?.message).toContain(message);
  });

  test('is refused where written out it has more than 64 alternatives', () => {
    const names = Array.from({ length: 14 }, (_, index) => `a${index}`);
    const all = Array.from({ length: 7 }, (_, index) => ({ any: names.slice(index * 2, index * 2 + 2) }));
    expect(
      mistakesOf({ correlation: [{ match: { all } }], attributes: names.map((target) => row({ target })) }),
    ).toMatchObject([{ path: 'correlation/0/match', message: expect.stringContaining('64') }]);
  });
});

test('an expression that does not parse is a mistake at its place, with what was meant', () => {
  expect(
    mistakesOf({ attributes: [row({ target: 't', source: expression('ToLowr([mail])') })] }),
  ).toMatchObject([{ path: 'attributes/0/source/text', position: 0, suggestion: 'ToLower' }]);
});

describe('any mapping', () => {
  const name = fc.constantFrom('a', 'b', 'c');
  const value = fc.oneof(
    fc.constantFrom(null, '', 'x', 'y', 'True', 3, true, [], ['x', 'y'], ['y', 'x'], { b: 'x' }),
    fc.jsonValue({ maxDepth: 3 }),
  );
  const attributes = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), value);
  const source: fc.Arbitrary<ValueSource> = fc.oneof(
    name.map((attribute): ValueSource => ({ kind: 'attribute', name: attribute })),
    value.map(constant),
    fc
      .constantFrom(
        'Join("-", [a], [b])',
        'IgnoreFlowIfNullOrEmpty([a])',
        'Switch([a], "z", "x", "y")',
        'IIF([a]="x",[b],[c])',
        'Split([b], ",")',
        'CDate([a])',
        'ToUpper([a])',
      )
      .map(expression),
  );
  const rows = fc.array(
    fc
      .record({
        target: fc.constantFrom('a', 'b', 'c', 'a/b', 'a/b/c'),
        source,
        apply: fc.constantFrom('always', 'on-create'),
        ifEmpty: fc.constantFrom('clear', 'keep'),
        condition: fc.option(
          fc.constantFrom(
            'object/a pr',
            'target/a pr',
            '!(target/b pr)',
            'target/c eq "x"',
            'target/a/b eq "x"',
          ),
          { nil: undefined },
        ),
        default: fc.option(value, { nil: undefined }),
      })
      .map(
        ({ condition, default: fallback, ...rest }): AttributeMapping => ({
          ...rest,
          ...(condition === undefined ? {} : { condition }),
          ...(fallback === undefined ? {} : { default: fallback }),
        }),
      ),
    { maxLength: 6 },
  );

  test('evaluated on its own result finds no difference, and never throws', () => {
    fc.assert(
      fc.property(rows, attributes, fc.option(attributes), (mapped, from, target) => {
        const mapping = compile({ attributes: mapped });
        const resource = { key: 'k', attributes: from };
        const first = mapping.evaluate(resource, target, 'default', context);
        if (first.kind === 'failed') return;
        const result = applyChanges(target, first);
        expect(mapping.evaluate(resource, result, 'default', context)).toEqual(unchanged);
      }),
      { numRuns: 2000 },
    );
  });

  test('looks for texts that are not empty', () => {
    fc.assert(
      fc.property(rows, attributes, (mapped, from) => {
        const names = [...new Set(mapped.map(({ target }) => target))].filter(
          (target) => !target.includes('/'),
        );
        const mapping = compile({ attributes: mapped, correlation: names.map((match) => ({ match })) });
        const sought = mapping.seek({ key: 'k', attributes: from }, 'default', context);
        if (sought.kind === 'failed') return;
        const texts = sought.conjunctions.flatMap((conjunction) =>
          conjunction.attributes.flatMap(({ values }) => values),
        );
        expect(texts.every((text) => typeof text === 'string' && text !== '')).toBe(true);
      }),
    );
  });
});
