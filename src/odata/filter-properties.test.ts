// What must hold for every filter, on generated trees and arbitrary text.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileFilter } from './evaluate.ts';
import { type Call, type Expression, type Literal, type Path, parseFilter, printFilter } from './filter.ts';
import { pathsOf } from './filter-paths.ts';
import { parseCount, parseQueryOptions, parseTop } from './query-options.ts';
import { matchesTokens, parseSearch, tokenize } from './search.ts';
import { parseExpand, parseOrderBy, parseSelect } from './select.ts';
import { ODataSyntaxError } from './syntax-error.ts';

type Item = Readonly<Record<string, unknown>>;

const words = ['', 'a', 'A', 'ab', 'AB', 'b', 'ς', 'Σ', "o'Neil", 'İ', 'true', '5'];
const dates = [
  '2024-03-01T10:00:00Z',
  '2024-03-01T10:00:00.0000001Z',
  '2024-03-01T11:00:00+01:00',
  '2024-03-01',
];

const stringLiteral = fc.constantFrom(...words).map(
  (value): Literal => ({
    kind: 'literal',
    type: 'string',
    value,
    text: `'${value.replaceAll("'", "''")}'`,
  }),
);
const booleanLiteral = fc
  .boolean()
  .map((value): Literal => ({ kind: 'literal', type: 'boolean', value, text: String(value) }));
const literal: fc.Arbitrary<Literal> = fc.oneof(
  stringLiteral,
  booleanLiteral,
  fc.string({ unit: 'grapheme' }).map(
    (value): Literal => ({
      kind: 'literal',
      type: 'string',
      value,
      text: `'${value.replaceAll("'", "''")}'`,
    }),
  ),
  fc.constant<Literal>({ kind: 'literal', type: 'null', value: null, text: 'null' }),
  fc
    .constantFrom(-1, 0, 1, 2.5, 5)
    .map((value): Literal => ({ kind: 'literal', type: 'number', value, text: String(value) })),
  fc.uuid().map((value): Literal => ({ kind: 'literal', type: 'guid', value, text: value })),
  fc.constantFrom(...dates).map((value): Literal => ({ kind: 'literal', type: 'date', value, text: value })),
);

const scalarNames = ['text', 'mail', 'enabled', 'size', 'createdAt', 'absent'];
const path = (...segments: string[]): Path => ({ kind: 'path', segments });

/** Trees as the parser gives them, `variables` being the lambda variables in scope. */
function conditions(depth: number, variables: readonly string[]): fc.Arbitrary<Expression> {
  const paths = fc.oneof(
    fc.constantFrom(...scalarNames).map((name) => path(name)),
    fc.constantFrom(path('manager', 'id'), path('tags', '$count'), path('absent', '$count')),
    ...variables.map((variable) =>
      fc.constantFrom(path(variable), path(variable, 'id'), path(variable, 'tags', '$count')),
    ),
  );
  const values: fc.Arbitrary<Path | Call> = fc.oneof(
    { weight: 3, arbitrary: paths },
    fc
      .record({ name: fc.constantFrom('tolower', 'toupper', 'trim', 'length'), argument: paths })
      .map(({ name, argument }): Call => ({ kind: 'call', name, arguments: [argument] })),
    fc
      .record({
        name: fc.constantFrom('concat', 'indexof'),
        argument: paths,
        other: fc.oneof(paths, stringLiteral),
      })
      .map(({ name, argument, other }): Call => ({ kind: 'call', name, arguments: [argument, other] })),
  );
  const operators = fc.constantFrom('eq', 'ne', 'gt', 'ge', 'lt', 'le');
  const leaves: fc.Arbitrary<Expression>[] = [
    paths,
    booleanLiteral,
    fc
      .record({ operator: operators, left: fc.oneof(values, literal), right: fc.oneof(values, literal) })
      .map((parts) => ({ kind: 'comparison', ...parts })),
    fc
      .record({ left: values, values: fc.array(literal, { minLength: 1, maxLength: 4 }) })
      .map((parts) => ({ kind: 'in', ...parts })),
    fc
      .record({
        name: fc.constantFrom('startswith', 'endswith', 'contains'),
        arguments: fc.tuple(values, fc.oneof(values, literal)),
      })
      .map((parts) => ({ kind: 'call', ...parts })),
  ];
  if (depth === 0) return fc.oneof(...leaves);
  const inner = conditions(depth - 1, variables);
  const variable = `v${variables.length}`;
  const collections = fc.constantFrom(
    path('tags'),
    path('parts'),
    path('absent'),
    ...variables.map((outer) => path(outer, 'tags')),
  );
  return fc.oneof(
    ...leaves,
    inner.map((operand): Expression => ({ kind: 'not', operand })),
    fc
      .record({
        kind: fc.constantFrom('and', 'or'),
        operands: fc.array(inner, { minLength: 2, maxLength: 3 }),
      })
      .map(({ kind, operands }): Expression => {
        const flat = operands.flatMap((operand) => (operand.kind === kind ? operand.operands : [operand]));
        return { kind, operands: flat };
      }),
    fc
      .record({ operator: operators, left: inner, right: booleanLiteral })
      .map((parts): Expression => ({ kind: 'comparison', ...parts })),
    collections.map(
      (collection): Expression => ({ kind: 'any', path: collection, variable: null, predicate: null }),
    ),
    fc
      .record({
        kind: fc.constantFrom('any', 'all'),
        path: collections,
        predicate: conditions(depth - 1, [...variables, variable]),
      })
      .map((parts): Expression => ({ ...parts, variable })),
  );
}
const filters = conditions(3, []);

const scalar = fc.oneof(
  fc.constantFrom(...words, ...dates),
  fc.boolean(),
  fc.constantFrom(0, 1, 5),
  fc.constant(null),
);
const tags = fc.array(scalar, { maxLength: 3 });
const items: fc.Arbitrary<Item> = fc.record(
  {
    text: scalar,
    mail: scalar,
    enabled: scalar,
    size: scalar,
    createdAt: scalar,
    manager: fc.oneof(fc.record({ id: scalar }), fc.constant(null)),
    tags,
    parts: fc.array(fc.record({ id: scalar, tags }, { requiredKeys: [] }), { maxLength: 3 }),
  },
  { requiredKeys: [] },
);

function read(item: unknown, segments: readonly string[]): unknown {
  return segments.reduce((value, segment) => (value as Item | null | undefined)?.[segment], item);
}

/** The meaning of a filter, told as plainly as possible. */
function interpret(tree: Expression, item: Item, variables: Readonly<Record<string, unknown>>): unknown {
  const meaningOf = (inner: Expression) => interpret(inner, item, variables);
  switch (tree.kind) {
    case 'literal':
      return tree.value;
    case 'path': {
      const [first = '', ...rest] = tree.segments;
      const isCount = tree.segments.at(-1) === '$count';
      if (isCount) {
        const collection = interpret(path(...tree.segments.slice(0, -1)), item, variables);
        return Array.isArray(collection) ? collection.length : 0;
      }
      return first in variables ? read(variables[first], rest) : read(item, tree.segments);
    }
    case 'and':
      return tree.operands.every((operand) => meaningOf(operand) === true);
    case 'or':
      return tree.operands.some((operand) => meaningOf(operand) === true);
    case 'not':
      return meaningOf(tree.operand) !== true;
    case 'in':
      return tree.values.some((value) => compare('eq', tree.left, value, meaningOf));
    case 'comparison':
      return compare(tree.operator, tree.left, tree.right, meaningOf);
    case 'any':
    case 'all': {
      const collection = meaningOf(tree.path);
      const elements: unknown[] = Array.isArray(collection) ? collection : [];
      const { predicate, variable } = tree;
      if (predicate === null || variable === null) return elements.length > 0;
      const results = elements.map((element) =>
        interpret(predicate, item, { ...variables, [variable]: element }),
      );
      return tree.kind === 'any' ? results.includes(true) : results.every((result) => result === true);
    }
    case 'call': {
      const [text, other] = [...tree.arguments.map(meaningOf), ''];
      const isCondition = ['startswith', 'endswith', 'contains'].includes(tree.name);
      if (typeof text !== 'string' || typeof other !== 'string') return isCondition ? false : null;
      if (tree.name === 'startswith') return fold(text).startsWith(fold(other));
      if (tree.name === 'endswith') return fold(text).endsWith(fold(other));
      if (tree.name === 'contains') return fold(text).includes(fold(other));
      if (tree.name === 'tolower') return text.toLowerCase();
      if (tree.name === 'toupper') return text.toUpperCase();
      if (tree.name === 'trim') return text.trim();
      if (tree.name === 'length') return text.length;
      return tree.name === 'concat' ? text + other : text.indexOf(other);
    }
  }
}

function fold(text: string): string {
  return text.toLowerCase().replaceAll('ς', 'σ');
}

function compare(
  operator: string,
  left: Expression,
  right: Expression,
  meaningOf: (tree: Expression) => unknown,
) {
  const isDated = [left, right].some((side) => side.kind === 'literal' && side.type === 'date');
  // A constant on the left gives way to one on the right when it comes to what is compared.
  const constant = right.kind === 'literal' ? right : left;
  const isDate = isDated && constant.kind === 'literal' && constant.type === 'date';
  const [one, other] = [left, right].map((side) => comparable(meaningOf(side), isDate));
  if (one === null || other === null) return operator === (one === other ? 'eq' : 'ne') || isBothNull();
  if (typeof one !== typeof other || one === undefined || other === undefined) return operator === 'ne';
  return {
    eq: one === other,
    ne: one !== other,
    gt: one > other,
    ge: one >= other,
    lt: one < other,
    le: one <= other,
  }[operator];

  function isBothNull() {
    return one === other && (operator === 'ge' || operator === 'le');
  }
}

/** Instants as steps of 100 nanoseconds; undefined for what is no date where one is needed. */
function comparable(value: unknown, isDate: boolean): unknown {
  if (value === null || value === undefined) return isDate ? undefined : null;
  if (!isDate) return typeof value === 'string' ? fold(value) : value;
  if (typeof value === 'number') return BigInt(Math.floor(value)) * 10_000n;
  if (typeof value !== 'string' || !dates.includes(value)) return undefined;
  const ticks = /\.\d{3}(\d{4})/.exec(value)?.[1] ?? '0';
  return BigInt(Date.parse(value)) * 10_000n + BigInt(ticks);
}

test('a printed filter reads as the same tree', () => {
  fc.assert(
    fc.property(filters, (tree) => {
      expect(parseFilter(printFilter(tree))).toEqual(tree);
    }),
    { numRuns: 500 },
  );
});

test('the case of operators and functions and the spaces between words do not matter', () => {
  const words = /('(?:[^']|'')*')|\b(?:eq|ne|gt|ge|lt|le|in|and|or|not|true|false|null|[a-z]+(?=\())\b| /g;
  fc.assert(
    fc.property(filters, (tree) => {
      const written = printFilter(tree).replace(words, (word, quoted) => {
        if (quoted !== undefined) return quoted;
        return word === ' ' ? ' \t ' : word.toUpperCase();
      });
      expect(parseFilter(` ${written}  `)).toEqual(tree);
    }),
  );
});

test('a compiled filter decides as its meaning says', () => {
  fc.assert(
    fc.property(filters, fc.array(items, { minLength: 1, maxLength: 5 }), (tree, batch) => {
      const test = compileFilter(tree, read);
      for (const item of batch) expect(test(item)).toBe(interpret(tree, item, {}) === true);
    }),
    { numRuns: 2_000 },
  );
});

test('every property a filter reads of an object is among its paths', () => {
  fc.assert(
    fc.property(filters, items, (tree, item) => {
      const used = pathsOf(tree).map((use) => use.segments.join('/'));
      const isUsed = (name: string) => used.some((path) => path === name || path.startsWith(`${name}/`));
      const test = compileFilter<Item>(tree, (current, segments) => {
        expect(segments.join('/')).toSatisfy(isUsed);
        return read(current, segments);
      });
      test(item);
    }),
  );
});

const fragments = fc.constantFrom(
  ...[
    "'",
    '"',
    '(',
    ')',
    ',',
    ':',
    ';',
    '/',
    '=',
    ' ',
    '-',
    '.',
    '\\',
    '%',
    '+',
    '&',
    '$',
    '*',
    'not',
    'and',
    'or',
    'in',
  ],
  ...[
    'eq',
    'ne',
    'any',
    'all',
    'null',
    'true',
    'a',
    'b.c',
    '$count',
    'isof',
    'startswith',
    'length',
    '5',
    "'x'",
    'AND',
  ],
  ...[
    'NOT',
    'OR',
    '"a:b"',
    '2024-01-01',
    'T00:00:00Z',
    '3f3c0000-aaaa-bbbb-cccc-0123456789ab',
    '$select',
    'desc',
    '\ud800',
  ],
);
const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fragments, { maxLength: 30 }).map((parts) => parts.join('')),
  fc.array(fragments, { maxLength: 30 }).map((parts) => parts.join(' ')),
);

test.each([
  ['filter', (text: string) => [parseFilter(text)].map((tree) => [printFilter(tree), pathsOf(tree)])],
  ['select', parseSelect],
  ['orderby', parseOrderBy],
  ['expand', parseExpand],
  ['search', parseSearch],
  ['top', parseTop],
  ['count', parseCount],
  ['query', parseQueryOptions],
  ['words', (text: string) => tokenize(text)],
])('arbitrary text is read or refused as a syntax error: %s', (_, parse: (text: string) => unknown) => {
  fc.assert(
    fc.property(texts, (text) => {
      try {
        parse(text);
      } catch (error) {
        expect(error).toBeInstanceOf(ODataSyntaxError);
        expect((error as ODataSyntaxError).position).toBeGreaterThanOrEqual(0);
        expect((error as ODataSyntaxError).position).toBeLessThanOrEqual(text.length);
      }
    }),
    { numRuns: 1_000 },
  );
});

test('query options survive encoding, with or without their dollar sign', () => {
  const values = fc.string({ unit: 'grapheme' });
  fc.assert(
    fc.property(values, values, fc.constantFrom('$', '%24', ''), (filter, search, dollar) => {
      const query = `?${dollar}filter=${encodeURIComponent(filter)}&x=1&${dollar}search=${encodeURIComponent(search)}`;
      expect([...parseQueryOptions(query)]).toEqual([
        ['filter', filter],
        ['x', '1'],
        ['search', search],
      ]);
    }),
  );
});

test('a text is found by the beginnings of its own words, in any order', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 4 }), (text, length) => {
      const words = tokenize(text);
      expect(matchesTokens(words, words.map((word) => word.slice(0, length)).toReversed())).toBe(true);
    }),
  );
});
