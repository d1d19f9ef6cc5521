import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  compileScopingFilter,
  readScopingFilter,
  type ScopingClause,
  type ScopingFilter,
  scopingOperators,
} from './scoping-filter.ts';
import type { ScopingOperator } from './scoping-operators.ts';

type Attributes = Readonly<Record<string, unknown>>;

function read(json: unknown): ScopingFilter {
  const outcome = readScopingFilter(json);
  if (outcome.kind === 'mistake') throw new Error(`${outcome.path}: ${outcome.message}`);
  return outcome.filter;
}

function compile(json: unknown) {
  const outcome = compileScopingFilter(read(json));
  if (outcome.kind === 'mistake') throw new Error(`${outcome.path}: ${outcome.message}`);
  return { ...outcome.compiled, warnings: outcome.warnings };
}

/** A filter of one clause on `a`. */
function clause(operatorName: string, ...values: string[]) {
  const targetOperand = values.length === 0 ? null : { values };
  return { operatorName, sourceOperandName: 'a', targetOperand };
}

function only(one: unknown) {
  return { groups: [{ name: 'only', clauses: [one] }] };
}

/** ("graph-synchronization-api.md", D, test table). */
describe('vectors of the scoping filter', () => {
  test.each<[value: unknown, operator: string, operand: string | undefined, isMet: boolean]>([
    ['sales', 'EQUALS', 'Sales', false],
    [null, 'NOT EQUALS', 'Sales', false],
    [null, 'IS NULL', undefined, true],
    ['', 'NOT REGEX MATCH', 'x', false],
    ['a@domain.com', 'REGEX MATCH', '.*\\@domain.com', true],
    [12, 'Greater_Than', '12', false],
    [12, 'Greater_Than_OR_EQUALS', '12', true],
    ['12', 'Greater_Than', '12', false],
    ['12', 'Greater_Than_OR_EQUALS', '12', true],
    ['Sales EMEA', 'Includes', 'EMEA', true],
  ])('%j %s %j is %s', (a, operator, operand, isMet) => {
    const filter = clause(operator, ...(operand === undefined ? [] : [operand]));
    expect(compile(only(filter)).meets({ a })).toBe(isMet);
  });
});

describe('every operator', () => {
  /** By operator: its value, values that meet it, values that do not, values of a type that it cannot use. */
  const cases: Readonly<
    Record<
      ScopingOperator,
      readonly [operand: string | undefined, met: unknown[], unmet: unknown[], strange: unknown[]]
    >
  > = {
    EQUALS: ['Sales', ['Sales'], ['sales', 'Sales ', 'Sale'], [5, true, {}, { Sales: 'Sales' }]],
    'NOT EQUALS': ['Sales', ['sales', 'Sale', 5], ['Sales'], [{}, { a: 1 }]],
    'IS TRUE': [undefined, [true], [false], ['True', 'true', 1, {}]],
    'IS FALSE': [undefined, [false], [true], ['False', 'false', 0, {}]],
    'IS NULL': [undefined, [], [' ', 0, false, 'x'], [{}]],
    'IS NOT NULL': [undefined, [' ', 0, false, 'x', {}], [], []],
    'REGEX MATCH': ['^1[0-9]$', ['12', 12], ['112', '1', 'x'], [{}, true]],
    'NOT REGEX MATCH': ['^1[0-9]$', ['112', 1, 'x'], ['12', 12], [{}]],
    Greater_Than: [
      '12',
      [13, '13', '+13', '0013', '99999999999999999999'],
      [12, '12', 11, -13],
      ['x', '13.0', 12.5, 13.5, ' 13', true, {}, '9'.repeat(31)],
    ],
    Greater_Than_OR_EQUALS: ['12', [12, '12', 13], [11, '-12'], ['x', '', 12.5, {}]],
    Includes: ['EMEA', ['Sales EMEA', 'EMEA'], ['emea', 'EME'], [5, true, {}]],
    ENDS_WITH: ['@x.org', ['a@x.org', '@x.org'], ['a@X.org', 'a@x.org '], [5, {}]],
    '&': [
      'Sales and Marketing',
      ['Sales', 'Sales and Marketing', ' '],
      ['sales', 'Sales and Marketing!'],
      [5, {}],
    ],
    '!&': ['Sales and Marketing', ['sales', 'Sales and Marketing!', 5], ['Sales', ' '], [{}]],
  };
  const empty = [undefined, null, '', [], [null, '']];

  test.each(Object.entries(cases))('%s', (operator, [operand, met, unmet, strange]) => {
    const { meets } = compile(only(clause(operator, ...(operand === undefined ? [] : [operand]))));
    expect(met.filter((a) => !meets({ a }))).toEqual([]);
    expect([...unmet, ...strange].filter((a) => meets({ a }))).toEqual([]);
    expect(empty.filter((a) => meets({ a }))).toEqual(operator === 'IS NULL' ? empty : []);
    expect(meets({})).toBe(operator === 'IS NULL');
  });

  test('is described, and takes a value or none', () => {
    expect(scopingOperators.map(({ name }) => name)).toEqual(Object.keys(cases));
    for (const { name, arity, label, description, types } of scopingOperators) {
      expect(arity).toBe(cases[name][0] === undefined ? 'unary' : 'binary');
      expect(label).not.toBe('');
      expect(description).toMatch(/\.$/);
      expect(types).not.toEqual([]);
    }
  });

  test('stands in the documentation', () => {
    const page = readFileSync(new URL('../../docs/filters.md', import.meta.url), 'utf8');
    const rows = [...page.matchAll(/^\| `(\S.*?)` \| (yes|no) \|/gm)].map(([, name, value]) => [name, value]);
    expect(rows).toEqual(
      scopingOperators.map(({ name, arity }) => [name, arity === 'binary' ? 'yes' : 'no']),
    );
    const example = /```json\n([^`]+)```/.exec(page)?.[1] ?? '';
    expect(compile(JSON.parse(example)).attributes).toEqual(['state', 'department', 'jobTitle']);
  });

  test('compares truth values without regard to case', () => {
    const { meets } = compile(only(clause('EQUALS', 'true')));
    expect([true, false, 'True', 'true'].map((a) => meets({ a }))).toEqual([true, false, false, true]);
    expect(compile(only(clause('NOT EQUALS', 'TRUE'))).meets({ a: true })).toBe(false);
  });

  test('is read in any case, with blanks or underscores, and kept in its own spelling', () => {
    const names = [
      'equals',
      'is_not_null',
      'GREATER THAN',
      'greater_than_or_equals',
      'INCLUDES',
      'Ends With',
      ' !& ',
    ];
    const operands = (name: string) => (name === 'is_not_null' ? [] : ['1']);
    const clauses = names.map((name) => clause(name, ...operands(name)));
    const [group] = read({ groups: [{ name: 'g', clauses }] }).groups;
    expect(group?.clauses.map(({ operatorName }) => operatorName)).toEqual([
      'EQUALS',
      'IS NOT NULL',
      'Greater_Than',
      'Greater_Than_OR_EQUALS',
      'Includes',
      'ENDS_WITH',
      '!&',
    ]);
  });

  test('finds a regular expression anywhere, unless it is anchored', () => {
    const { meets } = compile(only(clause('REGEX MATCH', '[1-9][0-9]')));
    expect([5, 12, 123, 'room 12'].map((a) => meets({ a }))).toEqual([false, true, true, true]);
  });
});

describe('lists', () => {
  test.each<
    [
      operator: string,
      operand: string,
      comparison: 'All' | 'Any' | null,
      met: unknown[][],
      unmet: unknown[][],
    ]
  >([
    ['EQUALS', 'x', null, [['x'], ['x', 'x']], [['x', 'y'], [], [null], ['x', null]]],
    ['EQUALS', 'x', 'All', [['x']], [['x', 'y']]],
    [
      'EQUALS',
      'x',
      'Any',
      [
        ['x', 'y'],
        ['x', null],
      ],
      [['y'], []],
    ],
    [
      'NOT EQUALS',
      'x',
      'All',
      [['y', 'z']],
      [
        ['x', 'y'],
        ['y', ''],
      ],
    ],
    ['NOT EQUALS', 'x', 'Any', [['x', 'y']], [['x'], ['', null]]],
    ['REGEX MATCH', '^smtp:', 'Any', [['SMTP:a', 'smtp:b']], [['SMTP:a']]],
    ['ENDS_WITH', '@x.org', 'All', [['a@x.org', 'b@x.org']], [['a@x.org', 'b@y.org']]],
  ])('%s %s (%s)', (operator, operand, comparison, met, unmet) => {
    const { meets } = compile(only({ ...clause(operator, operand), multivaluedComparisonType: comparison }));
    expect(met.filter((a) => !meets({ a }))).toEqual([]);
    expect(unmet.filter((a) => meets({ a }))).toEqual([]);
  });
});

describe('several values', () => {
  test.each<[operator: string, operands: string[], met: unknown[], unmet: unknown[]]>([
    ['EQUALS', ['x', 'y'], ['x', 'y'], ['z', null]],
    ['NOT EQUALS', ['x', 'y'], ['z'], ['x', 'y', null]],
    ['NOT REGEX MATCH', ['^x$', '^y$'], ['z'], ['x', 'y', null]],
    ['!&', ['xa', 'ya'], ['z'], ['x', 'y', 'a', null]],
    ['Greater_Than', ['20', '10'], [15], [10]],
  ])('%s %j', (operator, operands, met, unmet) => {
    const { meets, warnings } = compile(only(clause(operator, ...operands)));
    expect(met.filter((a) => !meets({ a }))).toEqual([]);
    expect(unmet.filter((a) => meets({ a }))).toEqual([]);
    expect(warnings).toEqual([
      {
        path: 'groups/0/clauses/0',
        message: `The clause on "a" has several values: it is met when ${operator.startsWith('N') || operator === '!&' ? 'none' : 'one'} of them applies, which Microsoft does not promise.`,
      },
    ]);
  });
});

describe('groups', () => {
  const sales = {
    groups: [
      {
        name: 'NY sales',
        clauses: [
          { operatorName: 'EQUALS', sourceOperandName: 'state', targetOperand: { values: ['New York'] } },
          { operatorName: 'EQUALS', sourceOperandName: 'department', targetOperand: { values: ['Sales'] } },
          { operatorName: 'IS NOT NULL', sourceOperandName: 'jobTitle', targetOperand: null },
        ],
      },
      { name: 'Bosses', clauses: [clause('IS TRUE')] },
    ],
    inputFilterGroups: [],
    categoryFilterGroups: [],
  };
  const seller = { state: 'New York', department: 'Sales', jobTitle: 'Clerk' };

  test('are alternatives, and the clauses of one hold together', () => {
    const { meets, attributes } = compile(sales);
    expect(meets(seller)).toBe(true);
    expect(meets({ ...seller, jobTitle: '' })).toBe(false);
    expect(meets({ a: true })).toBe(true);
    expect(attributes).toEqual(['state', 'department', 'jobTitle', 'a']);
  });

  test('say clause by clause why', () => {
    const explanation = compile(sales).explain({ ...seller, state: 'Texas' });
    expect(
      explanation.map(({ group, clause: { sourceOperandName }, isMet }) => [group, sourceOperandName, isMet]),
    ).toEqual([
      ['NY sales', 'state', false],
      ['NY sales', 'department', true],
      ['NY sales', 'jobTitle', true],
      ['Bosses', 'a', false],
    ]);
  });

  test.each([[null], [{}], [{ groups: [] }], [{ groups: null, '@odata.type': '#microsoft.graph.filter' }]])(
    'are not needed: with %j everything is in scope',
    (json) => {
      const { meets, meetsInput, meetsCategory, explain } = compile(json);
      expect([meets({}), meetsInput({}), meetsCategory({})]).toEqual([true, true, true]);
      expect(explain({})).toEqual([]);
    },
  );

  test('of the other sets are kept and asked apart', () => {
    const one = (value: string) => [{ name: value, clauses: [clause('EQUALS', value)] }];
    const json = { groups: one('x'), inputFilterGroups: one('y'), categoryFilterGroups: one('z') };
    expect(read(json)).toEqual(json);
    const { meets, meetsInput, meetsCategory } = compile(json);
    const verdicts = (a: string) => [meets({ a }), meetsInput({ a }), meetsCategory({ a })];
    expect(['x', 'y', 'z'].map(verdicts)).toEqual([
      [true, false, false],
      [false, true, false],
      [false, false, true],
    ]);
  });

  test('read attributes by path', () => {
    const json = only({
      operatorName: 'EQUALS',
      sourceOperandName: 'manager.city',
      targetOperand: { values: ['Oslo'] },
    });
    expect(compile(json).meets({ manager: { city: 'Oslo' } })).toBe(true);
    expect(compile(json).meets({ 'manager.city': 'Oslo', manager: { city: 'Rome' } })).toBe(true);
  });
});

describe('what is wrong with a filter is said with its place and a remedy', () => {
  const first = 'groups/0/clauses/0';
  test.each<[what: string, json: unknown, path: string, message: string]>([
    [
      'no object',
      [],
      '',
      'A scoping filter has to be a JSON object with "groups", "inputFilterGroups" and "categoryFilterGroups".',
    ],
    [
      'a misspelled part',
      { group: [] },
      '',
      'A scoping filter has no part "group": it has "groups", "inputFilterGroups" and "categoryFilterGroups".',
    ],
    ['groups that are no list', { groups: {} }, 'groups', '"groups" has to be a list.'],
    [
      'a group without clauses',
      { groups: [{ name: 'All', clauses: [] }] },
      'groups/0/clauses',
      'The group "All" has no clauses, so everything would be in scope: add a clause or remove the group.',
    ],
    [
      'clauses that are no list',
      { groups: [{ name: 'All' }] },
      'groups/0/clauses',
      '"clauses" has to be a list.',
    ],
    [
      'a clause that is no object',
      only('a'),
      first,
      'A clause has to be a JSON object with "operatorName", "sourceOperandName", "targetOperand" and "multivaluedComparisonType".',
    ],
    [
      'a misspelled operator',
      only(clause('EQUAL', 'x')),
      `${first}/operatorName`,
      'There is no operator "EQUAL": did you mean "EQUALS".',
    ],
    [
      'an unknown operator',
      only(clause('=', 'x')),
      `${first}/operatorName`,
      `There is no operator "=": write one of ${scopingOperators.map(({ name }) => name).join(', ')}.`,
    ],
    [
      'IsMemberOf',
      only(clause('IsMemberOf', 'x')),
      `${first}/operatorName`,
      'The operator "IsMemberOf" is not supported, neither here nor by Microsoft: test an attribute of the object instead.',
    ],
    [
      'no operator',
      only({ sourceOperandName: 'a' }),
      `${first}/operatorName`,
      '"operatorName" has to be a text.',
    ],
    [
      'no attribute',
      only({ ...clause('IS NULL'), sourceOperandName: '' }),
      `${first}/sourceOperandName`,
      'A clause names no attribute: write one as "sourceOperandName".',
    ],
    [
      'a value too many',
      only(clause('IS NULL', 'x')),
      `${first}/targetOperand`,
      'IS NULL takes no value, but the clause on "a" has one: leave "targetOperand" null.',
    ],
    [
      'no value',
      only(clause('EQUALS')),
      `${first}/targetOperand`,
      'EQUALS needs a value, but the clause on "a" has none: write it in the "values" of "targetOperand".',
    ],
    [
      'an empty value',
      only(clause('NOT EQUALS', 'x', '')),
      `${first}/targetOperand/values/1`,
      'The clause on "a" has an empty value: to test whether there is a value, use IS NULL or IS NOT NULL.',
    ],
    [
      'a value that is no text',
      only({ ...clause('EQUALS'), targetOperand: { values: [5] } }),
      `${first}/targetOperand/values/0`,
      'A value has to be a text.',
    ],
    [
      'an unknown way to compare lists',
      only({ ...clause('EQUALS', 'x'), multivaluedComparisonType: 'Some' }),
      `${first}/multivaluedComparisonType`,
      '"multivaluedComparisonType" is "some": write All or Any.',
    ],
    [
      'too many groups',
      { groups: Array.from({ length: 101 }, () => ({})) },
      'groups',
      '"groups" has 101 entries, and the most are 100: remove some.',
    ],
    [
      'a name that is too long',
      only({ ...clause('IS NULL'), sourceOperandName: 'x'.repeat(10_001) }),
      `${first}/sourceOperandName`,
      '"sourceOperandName" has 10001 characters, and the most are 10000: shorten it.',
    ],
  ])('%s', (_what, json, path, message) => {
    expect(readScopingFilter(json)).toEqual({ kind: 'mistake', path, message });
  });

  test.each<[what: string, operator: string, operand: string, message: string]>([
    [
      'a number that is none',
      'Greater_Than',
      '1.5',
      'The value "1.5" of the clause on "a" is no whole number: Greater_Than compares whole numbers, such as 12.',
    ],
    [
      'a regular expression with a mistake',
      'REGEX MATCH',
      '(x',
      'In the clause on "a": The regular expression cannot be used. It has a "(" without a ")".',
    ],
  ])('%s', (_what, operator, operand, message) => {
    expect(compileScopingFilter(read(only(clause(operator, operand))))).toEqual({
      kind: 'mistake',
      path: `${first}/targetOperand/values`,
      message,
    });
  });

  test('a regular expression with look-around', () => {
    const outcome = compileScopingFilter(read(only(clause('NOT REGEX MATCH', '(?!x)'))));
    expect(outcome.kind).toBe('mistake');
  });

  test.each<[pattern: string, isWarned: boolean]>([
    ['([1-9][0-9])', true],
    ['.*\\@domain.com', true],
    ['^1[0-9]', true],
    ['^a|b$', true],
    ['^a\\$', true],
    ['^[|]$', false],
    ['^(a|b)$', false],
    ['(?i)^a$', false],
    ['\\Aa\\z', false],
    ['^a\\\\$', false],
    ['.*sales.*', false],
    ['^sales.*', false],
    ['^a\\.*', true],
  ])('a regular expression that may match a part: %s (%s)', (pattern, isWarned) => {
    const { warnings } = compile(only(clause('REGEX MATCH', pattern)));
    expect(warnings).toEqual(
      isWarned
        ? [
            {
              path: first,
              message: `The regular expression "${pattern}" of the clause on "a" may match a part of the value: write ^(${pattern})$ if it is to match the whole.`,
            },
          ]
        : [],
    );
  });
});

describe('any filter', () => {
  const operand = fc.oneof(fc.constantFrom('1', 'x', 'True'), fc.string({ minLength: 1, maxLength: 3 }));
  const clauses: fc.Arbitrary<ScopingClause> = fc
    .record({
      operator: fc.constantFrom(...scopingOperators),
      attribute: fc.constantFrom('a', 'b', 'c.d'),
      values: fc.array(operand, { minLength: 1, maxLength: 2 }),
      comparison: fc.constantFrom('All' as const, 'Any' as const, undefined),
    })
    .map(({ operator: { name, arity }, attribute, values, comparison }) => ({
      operatorName: name,
      sourceOperandName: attribute,
      targetOperand: arity === 'unary' ? null : { values },
      ...(comparison !== undefined && { multivaluedComparisonType: comparison }),
    }));
  const groups = fc.array(
    fc.record({
      name: fc.string({ maxLength: 3 }),
      clauses: fc.array(clauses, { minLength: 1, maxLength: 3 }),
    }),
    { maxLength: 3 },
  );

  test('is read as it was written, and decides as its explanation does, whatever the object', () => {
    fc.assert(
      fc.property(
        groups,
        fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.anything()),
        (some, attributes: Attributes) => {
          const filter: ScopingFilter = { groups: some };
          expect(read(JSON.parse(JSON.stringify(filter)))).toEqual(filter);
          const outcome = compileScopingFilter(filter);
          if (outcome.kind === 'mistake') return;
          const { meets, explain } = outcome.compiled;
          const explanation = explain(attributes).map(({ isMet }) => isMet);
          const isMet = some.map(({ clauses: { length } }) => !explanation.splice(0, length).includes(false));
          expect(meets(attributes)).toBe(some.length === 0 || isMet.includes(true));
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('is read or refused, whatever it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        const outcome = readScopingFilter({ groups: [{ name: 'g', clauses: [json] }] });
        expect(outcome.kind).toBe('mistake');
        expect(['read', 'mistake']).toContain(readScopingFilter(json).kind);
      }),
    );
  });
});
