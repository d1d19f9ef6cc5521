import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  attributesOfQueryFilter,
  joinFilters,
  maximumFilterLength,
  meetsQueryFilter,
  parseQueryFilter,
  printQueryFilter,
  type QueryFilter,
  queryFilterOperators,
} from './query-filter.ts';

function parse(text: string): QueryFilter {
  const outcome = parseQueryFilter(text);
  if (outcome.kind === 'mistake') throw new Error(`${text}: ${outcome.mistake.message}`);
  return outcome.filter;
}

/** The sentence about a filter that cannot be read, with what it is about in square brackets. */
function mistakeIn(text: string): string {
  const outcome = parseQueryFilter(text);
  if (outcome.kind === 'parsed') throw new Error(`${text} was read.`);
  const { message, position, length } = outcome.mistake;
  return `[${text.slice(position, position + length)}]@${position} ${message}`;
}

/** ("reconciliation.md", G.4). */
describe('vectors of the query filter', () => {
  const object = { mail: 'Sam@x.org', n: 5, on: true, tags: ['a', 'B'], e: '', o: { p: 'q' } };

  test.each<[vector: string, isMet: boolean]>([
    ['mail eq "Sam@x.org"', true],
    ['mail eq "sam@x.org"', true],
    ['mail co "SAM"', true],
    ['/mail sw "sam"', true],
    ['n eq 5', true],
    ['n eq 5.0', true],
    ['n eq "5"', false],
    ['n ge 5', true],
    ['n gt 5.0', false],
    ['on eq true', true],
    ['on eq "true"', false],
    ['tags eq "a"', true],
    ['tags eq "b"', true],
    ['tags eq "c"', false],
    ['tags co "b"', true],
    ['e pr', true],
    ['x pr', false],
    ['!(x pr)', true],
    ['!(x eq "1")', true],
    ["o/p eq 'q'", true],
    ['n eq 5 or n eq 6 and on eq false', true],
    ['(n eq 5 or n eq 6) and on eq false', false],
    ['mail EQ "Sam@x.org" AND true', true],
  ])('%s is %s', (text, isMet) => {
    expect(meetsQueryFilter(parse(text), object)).toBe(isMet);
  });

  test.each(['mail eq Sam', 'mail eq', '(n eq 5', 'n eq 5)', ''])('"%s" is refused', (text) => {
    expect(parseQueryFilter(text).kind).toBe('mistake');
  });
});

const operators = Object.keys(queryFilterOperators) as (keyof typeof queryFilterOperators)[];

describe('what the operators mean', () => {
  const below = ['lt', 'le'];
  const same = ['eq', 'co', 'sw', 'le', 'ge'];
  const above = ['gt', 'ge'];

  test.each<[literal: string, value: unknown, met: string[]]>([
    ['"m"', 'a', below],
    ['"m"', 'M', same],
    ['"m"', 'z', above],
    ['"m"', 'mm', ['co', 'sw', 'gt', 'ge']],
    ['"m"', 'am', ['co', 'lt', 'le']],
    ['"m"', '', below],
    ['""', '', same],
    ['""', 'a', ['co', 'sw', 'gt', 'ge']],
    ['5', 4.5, below],
    ['5', 5, same],
    ['5', 6, above],
    ['true', false, below],
    ['true', true, same],
    ['false', true, above],
    ['"5"', 5, []],
    ['5', '5', []],
    ['"true"', true, []],
    ['true', 'true', []],
    ['1', true, []],
    ['"m"', null, []],
    ['"m"', undefined, []],
    ['"m"', { m: 'm' }, []],
    ['"m"', ['a', 'M'], [...below, ...same]],
    ['"m"', [['m']], []],
    ['"m"', [null, 5], []],
    ['"m"', [], []],
    ['"Straße"', 'STRAẞE', same],
    ['"müller"', 'MÜLLER', same],
    ['"σς"', 'Σσ', same],
    ['"k"', '\u212a', same],
    ['"\ue000"', '😀', above],
  ])('of %s for %j: %j', (literal, value, met) => {
    const isMet = (operator: string) => meetsQueryFilter(parse(`a ${operator} ${literal}`), { a: value });
    expect(operators.filter(isMet).sort()).toEqual([...new Set(met)].sort());
  });

  test('a value is present unless it is null: an empty text or list is', () => {
    const present = parse('a pr');
    expect([[], '', {}, 0, false, [null]].map((a) => meetsQueryFilter(present, { a }))).not.toContain(false);
    expect(
      [{ a: null }, { a: undefined }, {}, null, 'a', 5, []].map((one) => meetsQueryFilter(present, one)),
    ).not.toContain(true);
  });

  test('a list of texts means one of them', () => {
    const filter = parse(`mail in '["a@x","B@x"]'`);
    expect(printQueryFilter(filter)).toBe('mail eq "a@x" or mail eq "B@x"');
    expect(['A@X', 'b@x', 'c@x'].map((mail) => meetsQueryFilter(filter, { mail }))).toEqual([
      true,
      true,
      false,
    ]);
    expect(parse("mail in '[]'")).toEqual({ kind: 'constant', value: false });
  });
});

describe('pointers', () => {
  const object = {
    list: ['x', { y: 'z' }],
    'a/b': 1,
    'a~b': 2,
    '0': 3,
    '01': 4,
    o: { '1': 5 },
    true: 6,
    '!x': 7,
    '': { '': 8 },
    or: 9,
  };

  test.each([
    'list/0 eq "X"',
    '/list/1/y eq "z"',
    'a~1b eq 1',
    'a~0b eq 2',
    '0 eq 3',
    '01 eq 4',
    'o/1 eq 5',
    '/true eq 6',
    '/!x eq 7',
    '// eq 8',
    'or eq 9 and or eq 9 or or eq 10',
  ])('%s leads to a value', (text) => {
    expect(meetsQueryFilter(parse(text), object)).toBe(true);
  });

  test.each([
    'list/00 pr',
    'list/-1 pr',
    'list/+0 pr',
    'list/2 pr',
    'list/length pr',
    'List pr',
    'list/0/0 pr',
    'constructor pr',
    'o/toString pr',
  ])('%s leads nowhere', (text) => {
    expect(meetsQueryFilter(parse(text), object)).toBe(false);
  });

  test('are told by their first names', () => {
    const filter = parse('a/b eq 1 and !(/c pr or a~1b pr) and a/c sw "x" or true');
    expect(attributesOfQueryFilter(filter)).toEqual(['a', 'c', 'a/b']);
  });
});

test('the examples of the documentation are filters', () => {
  const page = readFileSync(new URL('../../docs/filters.md', import.meta.url), 'utf8');
  const table = /### Examples\n\n\|.*\n\|.*\n((?:\|.*\n)+)/.exec(page)?.[1] ?? '';
  const examples = [...table.matchAll(/^\| `(.+?)` \|/gm)].map(([, text = '']) => text);
  expect(examples.length).toBeGreaterThan(4);
  expect(examples.map((text) => printQueryFilter(parse(text)))).toEqual(examples);
});

describe('what cannot be read is refused with its place and a remedy', () => {
  test.each<[filter: string, sentence: string]>([
    ['  ', '[  ]@0 The filter is empty: write a condition such as mail sw "sam", or true for everything.'],
    ['mail eq Sam', '[Sam]@8 "Sam" is no value: put text in quotes, as in "Sam".'],
    ['mail eq', '[]@7 After "eq" a value is missing: write text in quotes, a number, true or false.'],
    ['mail eq )', '[)]@8 After "eq" a value is missing: write text in quotes, a number, true or false.'],
    [
      'mail',
      '[]@4 After the attribute "mail" an operator is missing: write one of eq, co, sw, lt, le, gt, ge, in and pr.',
    ],
    [
      'mail "x"',
      '["x"]@5 After the attribute "mail" an operator is missing: write one of eq, co, sw, lt, le, gt, ge, in and pr.',
    ],
    ['mail ew "x"', '[ew]@5 "ew" is no operator: write one of eq, co, sw, lt, le, gt, ge, in and pr.'],
    ['mail ca "x"', '[ca]@5 "ca" is no operator: write one of eq, co, sw, lt, le, gt, ge, in and pr.'],
    [
      'mail ne "x"',
      '[ne]@5 There is no operator "ne": write !(mail eq …), which is also true where there is no value.',
    ],
    ['mail eq null', '[null]@8 There is no null: write !(attribute pr) for an attribute without a value.'],
    [
      'n eq 1e3',
      '[1e3]@5 "1e3" is no number: with an exponent there has to be a point before it, as in 1.0e3.',
    ],
    ['n eq 1.0e400', '[1.0e400]@5 The number 1.0e400 is too large.'],
    [
      'n eq 9223372036854775808',
      '[9223372036854775808]@5 The whole number 9223372036854775808 is too large: it has to be between -9223372036854775808 and 9223372036854775807.',
    ],
    ['mail eq "x', '["x]@8 The text that begins here has no end: close it with ".'],
    ['mail eq "x\\"', '["x\\"]@8 The text that begins here has no end: close it with ".'],
    [
      '"mail" eq "x"',
      '["mail"]@0 The text "mail" stands where an attribute belongs: write it without quotes.',
    ],
    ['(n eq 5', '[(]@0 This parenthesis is not closed: write ) where its condition ends.'],
    ['n eq 5)', '[)]@6 This closing parenthesis has no opening one: remove it.'],
    ['n eq 5 n eq 6', '[n]@7 The condition is complete before "n": join conditions with "and" or "or".'],
    ['(n eq 5 n eq 6)', '[n]@8 The condition is complete before "n": join conditions with "and" or "or".'],
    ['n eq 5 and', '[]@10 A condition is missing here: write one such as mail sw "sam".'],
    ['()', '[)]@1 A condition is missing here: write one such as mail sw "sam".'],
    [
      '!mail pr',
      '[!mail]@0 "!mail" would be an attribute of that name: write !(mail …) to negate, or /!mail for the attribute.',
    ],
    ['! ! mail pr', '[!]@2 A negation of a negation takes parentheses: write !(! …).'],
    ['/ pr', '[/]@0 "/" is the whole object: name one of its attributes.'],
    ['a~2 pr', '[a~2]@0 In the attribute "a~2" the sign ~ has to be written as ~0.'],
    [
      'emails[type eq "work"] pr',
      '[emails[type]@0 Conditions on the parts of a list, as in "emails[type", cannot be used: name an attribute, a path such as name/part, or one place such as list/0.',
    ],
    [
      'mail in "a"',
      `["a"]@8 After "in" a list of texts belongs, in quotes and as JSON, such as '["a","b"]'.`,
    ],
    [
      "mail in '[1]'",
      `['[1]']@8 After "in" a list of texts belongs, in quotes and as JSON, such as '["a","b"]'.`,
    ],
    [
      `mail in '["\\\\u0000"]'`,
      `['["\\\\u0000"]']@8 After "in" a list of texts belongs, in quotes and as JSON, such as '["a","b"]'.`,
    ],
    ['mail eq "\0"', '[\0]@9 No stored text has such a character: remove it.'],
    ['mail eq "\ud800"', '[\ud800]@9 No stored text has such a character: remove it.'],
  ])('%j', (text, sentence) => {
    expect(mistakeIn(text)).toBe(sentence);
  });

  test('more than 256 parentheses and negations in each other', () => {
    const nest = (depth: number) => `${'('.repeat(depth)}n eq 5${')'.repeat(depth)}`;
    expect(parseQueryFilter(nest(256)).kind).toBe('parsed');
    expect(mistakeIn(nest(257))).toContain('more than 256 deep');
    expect(mistakeIn('!('.repeat(129))).toContain('more than 256 deep');
    expect(mistakeIn('('.repeat(maximumFilterLength))).toContain('more than 256 deep');
  });

  test('a filter that is too long', () => {
    const long = (length: number) => `a eq "${'x'.repeat(length - 7)}"`;
    expect(parseQueryFilter(long(maximumFilterLength)).kind).toBe('parsed');
    expect(mistakeIn(long(maximumFilterLength + 1))).toBe(
      `["]@${maximumFilterLength} The filter has 10001 characters, and the most are 10000: shorten it.`,
    );
  });
});

describe('a filter as text', () => {
  test.each([
    ['a eq"x"', 'a eq "x"'],
    ["a eq 'it''s'", null],
    ["a eq 'it\\'s \\\\ \"n\\ow\"'", 'a eq "it\'s \\\\ \\"now\\""'],
    ['((a pr))and(b pr or !(c pr))', 'a pr and (b pr or !(c pr))'],
    ['a pr and (b pr and c pr) or (d pr or e pr)', 'a pr and b pr and c pr or d pr or e pr'],
    ['n eq 5.0', 'n eq 5'],
    ['n eq -0.0', 'n eq 0'],
    ['n eq +007', 'n eq 7'],
    ['n eq .5', 'n eq 0.5'],
    ['n eq 1.0e-7', 'n eq 1.0e-7'],
    ['n eq 9223372036854775807', 'n eq 9223372036854776000.0'],
    ['TRUE\tor\n! False', 'true or !(false)'],
    ['/TRUE pr', '/TRUE pr'],
    ['a LT "x"', 'a lt "x"'],
  ])('%j is written %j', (text, canonical) => {
    const outcome = parseQueryFilter(text);
    expect(outcome.kind === 'parsed' ? printQueryFilter(outcome.filter) : null).toBe(canonical);
  });

  const segment = fc.oneof(
    fc.constantFrom('mail', 'true', 'False', 'or', '!', '!x', '~', '/', '~1', '0', 'größe', 'pr', '.', 'a=b'),
    fc.string({ minLength: 1, maxLength: 4 }).filter((one) => !/[\s()"'[]/.test(one)),
  );
  const pointer = fc
    .array(fc.oneof({ weight: 9, arbitrary: segment }, fc.constant('')), { minLength: 1, maxLength: 3 })
    .filter((segments) => segments.length > 1 || segments[0] !== '');
  const literal = fc.oneof(
    fc.string({ unit: 'binary' }).filter((one) => !one.includes('\0')),
    fc.constantFrom('"', "'", '\\', '\\"', 'true', '5', ')'),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((one) => (one === 0 ? 0 : one)),
    fc.integer(),
    fc.boolean(),
  );
  const { filter } = fc.letrec<{ filter: QueryFilter }>((tie) => ({
    filter: fc.oneof(
      { depthSize: 'small' },
      fc.record({
        kind: fc.constant('comparison' as const),
        pointer,
        operator: fc.constantFrom(...operators),
        literal,
      }),
      fc.record({ kind: fc.constant('presence' as const), pointer }),
      fc.record({ kind: fc.constant('constant' as const), value: fc.boolean() }),
      tie('filter').map((operand): QueryFilter => ({ kind: 'not', operand })),
      fc
        .tuple(
          fc.constantFrom('and' as const, 'or' as const),
          fc.array(tie('filter'), { minLength: 2, maxLength: 4 }),
        )
        .map(([kind, operands]) => joinFilters(kind, operands)),
    ),
  }));

  test('is read as the tree that it was written from', () => {
    fc.assert(
      fc.property(filter, (tree) => {
        expect(parse(printQueryFilter(tree))).toEqual(tree);
      }),
      { numRuns: 2000 },
    );
  });

  test('is read or refused, whatever stands in it, and every tree decides about everything', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'mail',
        'eq',
        'pr',
        '(',
        ')',
        '!',
        'and',
        'or',
        '"x"',
        "'",
        '"',
        '\\',
        '5',
        '.5',
        'true',
        '~',
        '/',
        ' ',
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    );
    const anything = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(' '));
    fc.assert(
      fc.property(anything, fc.anything(), (text, object) => {
        const outcome = parseQueryFilter(text);
        if (outcome.kind === 'parsed') {
          expect(meetsQueryFilter({ kind: 'not', operand: outcome.filter }, object)).toBe(
            !meetsQueryFilter(outcome.filter, object),
          );
          return;
        }
        const { position, length } = outcome.mistake;
        expect(position).toBeGreaterThanOrEqual(0);
        expect(position + length).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 2000 },
    );
  });
});
