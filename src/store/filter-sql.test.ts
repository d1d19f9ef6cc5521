/** A filter as a condition of PostgreSQL decides as `compileFilter` does, whatever stands in it and in the attributes. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeScratch } from '../../test/fixtures/held-database.ts';
import { Fault } from '../errors.ts';
import { compileFilter } from '../odata/evaluate.ts';
import { type Call, type Expression, type Literal, type Path, parseFilter } from '../odata/filter.ts';
import { type Database, openDatabase } from './database.ts';
import { filterCondition, requireExpressible } from './filter-sql.ts';

type Attributes = Readonly<Record<string, unknown>>;

const scratch = makeScratch();
let database: Database;

beforeAll(async () => {
  const dataDirectory = join(scratch, 'data');
  mkdirSync(dataDirectory, { mode: 0o711 });
  database = await openDatabase({ dataDirectory, databaseUrl: undefined }, () => {});
});

afterAll(async () => {
  await database.close();
  rmSync(scratch, { recursive: true, force: true });
});

/** What PostgreSQL decides about each of the objects. */
async function decide(
  tree: Expression,
  objects: readonly Attributes[],
  { sql } = database,
): Promise<unknown[]> {
  const rows = await sql<{ verdict: unknown }[]>`
    select ${filterCondition(sql, tree, sql`object.attributes`)} as verdict
    from jsonb_array_elements(${JSON.stringify(objects)}::text::jsonb) with ordinality as object (attributes, place)
    order by place`;
  return rows.map(({ verdict }) => verdict);
}

/** What the evaluator decides about each of the objects. */
function evaluate(tree: Expression, objects: readonly Attributes[]): boolean[] {
  const meets = compileFilter(tree, (object: Attributes, segments) => {
    let value: unknown = object;
    for (const segment of segments) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) return undefined;
      value = (value as Attributes)[segment];
    }
    return value;
  });
  return objects.map((object) => meets(object));
}

async function expectSame(tree: Expression, objects: readonly Attributes[]): Promise<void> {
  expect(await decide(tree, objects)).toEqual(evaluate(tree, objects));
}

const letters = [
  ...['a', 'A', 'b', 'i', 'I', 'k', 's', 'S', 'ss', 'SS', 'fi', 'FI', 'n', 'ʼ', 'z', 'Z', '1'],
  ...[
    'ä',
    'Ä',
    'å',
    'Å',
    '\u212b',
    '\u212a',
    'ß',
    'ẞ',
    'İ',
    'ı',
    'i\u0307',
    '\u0307',
    'ŉ',
    'ﬁ',
    'ſ',
    'ſt',
    'µ',
    'μ',
  ],
  ...['σ', 'ς', 'Σ', 'ǅ', 'ǆ', 'Ǆ', 'ΐ', 'ι', '\u0345', 'ж', 'Ж', 'ა', 'Ა', 'ꭰ', 'Ꭰ', '𐐀', '𐐨', '中', 'ﾊ'],
  ...[
    '😀',
    '\ue000',
    '\uffff',
    '\ufeff',
    '\u00a0',
    '\u2003',
    '\u180e',
    '\u200b',
    '\t',
    '\n',
    ' ',
    '%',
    '_',
    '\\',
  ],
  ...["'", '"', '$1', '${', ';', '--', '*', '.', '{}', '[0]'],
];
const instants = [
  ...[
    '2024-03-01',
    '2024-02-30',
    '2023-02-29T00:00:00Z',
    '2024-03-01T10:00:00Z',
    '2024-03-01T11:00:00+01:00',
  ],
  ...[
    '2024-03-01T10:00:00.0000001Z',
    '2024-03-01T10:00:00.1Z',
    '2024-03-01T10:00:00.1234567Z',
    '2024-03-01T24:00Z',
  ],
  ...['2024-02-29T24:00:00.000Z', '2024-02-29T24:00:00.0000001Z', '2024-03-01T24:01Z', '2024-03-01T10:00Z'],
  ...[
    '2024-03-01T23:59:60Z',
    '2024-03-01T09:00:00-01:00',
    '2024-03-01T10:00:00+23:59',
    '2024-03-01T10:00:00+24:00',
  ],
  ...[
    '0000-01-01',
    '0000-02-29',
    '0001-01-01T00:00:00Z',
    '9999-12-31T23:59:59.9999999Z',
    '1900-02-29',
    '2000-02-29',
  ],
  ...[
    '2024-13-01',
    '2024-00-10',
    '2024-03-32',
    '2024-03-01t10:00:00z',
    '2024-03-01T10:00:00',
    '2024-3-1',
    '٢٠٢٤-03-01',
  ],
  ...['2024-03-01T10:00:00Z\n', ' 2024-03-01'],
];
const dates = instants.slice(0, 8).filter((date) => !date.includes('02-30') && !date.includes('2023-02-29'));
const guid = '6ea91a8d-e32e-41a1-b7bd-d2d185eed0e0';

const storable = fc.string({ unit: 'binary', maxLength: 4 }).filter((text) => !text.includes('\0'));
const text = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.array(fc.constantFrom(...letters), { maxLength: 3 }).map((parts) => parts.join('')),
  },
  { weight: 2, arbitrary: storable },
  { weight: 2, arbitrary: fc.constantFrom(...instants) },
  fc.constantFrom(guid, guid.toUpperCase(), 'true', 'null', '5', 'length'),
);
const number = fc.oneof(
  fc.constantFrom(-1, 0, 1, 2, 2.5, 5, 1709287200000, 1709287200000.5, 0.1, 1e21, 1e-7, -0, 1e300),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const scalar = fc.oneof(
  { weight: 4, arbitrary: text },
  { weight: 2, arbitrary: number },
  fc.boolean(),
  fc.constant(null),
);
const names = ['a', 'b', 'accountEnabled', 'größe', 'extension_0_x'];
const part = fc.dictionary(
  fc.constantFrom(...names, 'tags'),
  fc.oneof({ weight: 3, arbitrary: scalar }, fc.array(scalar, { maxLength: 2 })),
  { maxKeys: 3 },
);
const object: fc.Arbitrary<Attributes> = fc.dictionary(
  fc.constantFrom(...names, 'tags', 'parts'),
  fc.oneof(
    { weight: 4, arbitrary: scalar },
    { weight: 2, arbitrary: fc.array(scalar, { maxLength: 3 }) },
    { weight: 2, arbitrary: fc.array(part, { maxLength: 3 }) },
    part,
  ),
  { maxKeys: 6 },
);

function stringLiteral(value: string): Literal {
  return { kind: 'literal', type: 'string', value, text: `'${value.replaceAll("'", "''")}'` };
}
const literal: fc.Arbitrary<Literal> = fc.oneof(
  { weight: 5, arbitrary: text.map(stringLiteral) },
  {
    weight: 2,
    arbitrary: number.map(
      (value): Literal => ({ kind: 'literal', type: 'number', value, text: String(value) }),
    ),
  },
  fc.boolean().map((value): Literal => ({ kind: 'literal', type: 'boolean', value, text: String(value) })),
  fc.constant<Literal>({ kind: 'literal', type: 'null', value: null, text: 'null' }),
  fc.constant<Literal>({ kind: 'literal', type: 'guid', value: guid, text: guid }),
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(...dates)
      .map((value): Literal => ({ kind: 'literal', type: 'date', value, text: value })),
  },
);

function path(...segments: string[]): Path {
  return { kind: 'path', segments };
}

/** Trees as the parser gives them, `variables` being the lambda variables in scope. */
function conditions(depth: number, variables: readonly string[]): fc.Arbitrary<Expression> {
  const name = fc.constantFrom(...names, 'tags', 'parts');
  const paths = fc.oneof(
    name.map((one) => path(one)),
    fc.tuple(name, name).map(([one, other]) => path(one, other)),
    name.map((one) => path(one, '$count')),
    ...variables.map((variable) =>
      fc.oneof(
        fc.constant(path(variable)),
        name.map((one) => path(variable, one)),
        name.map((one) => path(variable, one, '$count')),
      ),
    ),
  );
  const { value: values } = fc.letrec<{ value: Expression; operand: Expression }>((tie) => ({
    operand: fc.oneof({ weight: 4, arbitrary: tie('value') }, text.map(stringLiteral), literal),
    value: fc.oneof(
      { depthSize: 'small' },
      { weight: 5, arbitrary: paths },
      fc
        .tuple(fc.constantFrom('tolower', 'toupper', 'trim', 'length'), tie('operand'))
        .map(([function_, operand]): Call => ({ kind: 'call', name: function_, arguments: [operand] })),
      fc
        .tuple(fc.constantFrom('concat', 'indexof'), tie('operand'), tie('operand'))
        .map(([function_, ...operands]): Call => ({ kind: 'call', name: function_, arguments: operands })),
    ),
  }));
  const operators = fc.constantFrom('eq', 'ne', 'gt', 'ge', 'lt', 'le');
  const leaves: fc.Arbitrary<Expression>[] = [
    paths,
    fc
      .record({ operator: operators, left: values, right: fc.oneof(literal, values) })
      .map((parts) => ({ kind: 'comparison', ...parts })),
    fc
      .record({ operator: operators, left: fc.oneof(literal, values), right: values })
      .map((parts) => ({ kind: 'comparison', ...parts })),
    fc
      .record({ left: paths, values: fc.array(literal, { minLength: 1, maxLength: 12 }) })
      .map((parts) => ({ kind: 'in', ...parts })),
    fc
      .record({
        name: fc.constantFrom('startswith', 'endswith', 'contains'),
        arguments: fc.tuple(fc.oneof(values, literal), fc.oneof(values, literal)),
      })
      .map((parts) => ({ kind: 'call', ...parts })),
  ];
  if (depth === 0) return fc.oneof(...leaves);
  const inner = conditions(depth - 1, variables);
  const collections = fc.oneof(
    fc.constantFrom('tags', 'parts', 'a').map((one) => path(one)),
    ...variables.map((variable) => fc.constantFrom(path(variable), path(variable, 'tags'))),
  );
  // Also a name that hides another variable, or an attribute.
  const variable = fc.constantFrom(`v${variables.length}`, 'v0', 'a');
  return fc.oneof(
    ...leaves,
    inner.map((operand): Expression => ({ kind: 'not', operand })),
    fc
      .record({
        kind: fc.constantFrom('and', 'or'),
        operands: fc.array(inner, { minLength: 2, maxLength: 3 }),
      })
      .map((parts): Expression => parts),
    fc
      .record({ operator: operators, left: inner, right: fc.oneof(inner, paths) })
      .map((parts): Expression => ({ kind: 'comparison', ...parts })),
    collections.map(
      (collection): Expression => ({ kind: 'any', path: collection, variable: null, predicate: null }),
    ),
    variable.chain((name_) =>
      fc
        .record({
          kind: fc.constantFrom('any', 'all'),
          path: collections,
          predicate: conditions(depth - 1, [...variables, name_]),
        })
        .map((parts): Expression => ({ ...parts, variable: name_ })),
    ),
  );
}

function isExpressible(tree: Expression): boolean {
  try {
    requireExpressible(tree);
    return true;
  } catch (error) {
    if (error instanceof Fault) return false;
    throw error;
  }
}

const objects = fc.array(object, { minLength: 4, maxLength: 12 });

test('every filter decides as the evaluator does', async () => {
  await fc.assert(
    fc.asyncProperty(conditions(2, []), objects, async (tree, some) => {
      fc.pre(isExpressible(tree));
      await expectSame(tree, some);
    }),
    { numRuns: 800 },
  );
});

describe('text', () => {
  const texts = [
    ...letters,
    ...letters.map((letter) => `${letter}a`),
    ...letters.map((letter) => `Σ${letter}`),
    '',
  ];
  const quote = (constant: string) => `'${constant.replaceAll("'", "''")}'`;

  test.each([
    'a eq $',
    'a lt $',
    'a ge $',
    'startswith(a,$)',
    'endswith(a,$)',
    'contains(a,$)',
    'startswith($,a)',
    'toupper(a) eq $',
    'toupper(tolower(a)) le $',
    "a in ($,'ss','FI')",
    'trim(a) eq $',
    'indexof(a,$) gt 0',
  ])('%s with every letter for every other', async (filter) => {
    const stored = texts.map((a) => ({ a }));
    for (const letter of letters) {
      await expectSame(parseFilter(filter.replace('$', () => quote(letter))), stored);
    }
  });

  test.each([
    'a eq b',
    'a lt b',
    'a ge b',
    'startswith(a,b)',
    'endswith(a,b)',
    'contains(a,b)',
    'toupper(a) eq b',
    "concat(toupper(a),'ß') gt concat(b,'ß')",
    'indexof(concat(b,a),a) eq length(b)',
  ])('%s for every two texts', async (filter) => {
    await expectSame(
      parseFilter(filter),
      texts.flatMap((a) => letters.map((b) => ({ a, b }))),
    );
  });

  test('every character equals its lower and upper case as in JavaScript', async () => {
    const characters = Array.from({ length: 0x1ffff }, (_, index) => String.fromCodePoint(index + 1));
    const stored = characters
      .filter((character) => character.isWellFormed() && /[\p{L}\p{M}\p{N}\p{S}]/u.test(character))
      .map((a) => ({ a, lower: a.toLowerCase(), upper: a.toUpperCase() }))
      .filter(({ a, lower, upper }) => a !== lower || a !== upper);
    expect(stored.length).toBeGreaterThan(2_000);
    for (const filter of [
      'a eq lower',
      'a eq upper',
      'toupper(a) eq upper',
      'toupper(lower) eq tolower(upper)',
    ]) {
      await expectSame(parseFilter(filter), stored);
    }
  });

  test('neither collation nor language of the database make a difference', async () => {
    const { sql } = database;
    await sql`create database turkish template template0 locale_provider icu icu_locale 'tr-TR'`;
    const { user, pass, host, port } = sql.options;
    const turkish = await openDatabase(
      {
        dataDirectory: join(scratch, 'none'),
        databaseUrl: `postgres://${user}:${pass}@${host[0]}:${port[0]}/turkish`,
      },
      () => {},
    );
    try {
      const [row] = await turkish.sql`select lower('I') as lower, 'ç' < 'd' as is_sorted`;
      expect(row).toEqual({ lower: 'ı', isSorted: true });
      const stored = letters.flatMap((a) => letters.map((b) => ({ a, b, tags: [a, b] })));
      for (const filter of [
        "a eq 'i' or b eq 'I'",
        "contains(a,'İ') or startswith(b,'ı')",
        "a lt 'd' and b ge 'Z'",
        'a lt b',
        'a eq toupper(b)',
        "tags/any(t:t in ('ISS','ss','i'))",
      ]) {
        const tree = parseFilter(filter);
        expect(await decide(tree, stored, turkish)).toEqual(evaluate(tree, stored));
      }
    } finally {
      await turkish.close();
    }
  });

  test('letters are told apart by what they are, not by how a language sorts them', async () => {
    const stored = ['STRASSE', 'Straße', 'straSSe', 'istanbul', 'ISTANBUL', 'İstanbul', 'ıstanbul'].map(
      (a) => ({ a }),
    );
    expect(await decide(parseFilter("a eq 'strasse'"), stored)).toEqual([
      true,
      false,
      true,
      false,
      false,
      false,
      false,
    ]);
    expect(await decide(parseFilter("startswith(a,'IS')"), stored)).toEqual([
      false,
      false,
      false,
      true,
      true,
      false,
      false,
    ]);
    expect(await decide(parseFilter("a eq 'ΟΔΟΣ'"), [{ a: 'οδος' }, { a: 'οδοσ' }, { a: 'Οδός' }])).toEqual([
      true,
      true,
      false,
    ]);
  });

  test('length and indexof count as JavaScript does', async () => {
    const stored = ['', 'a', '😀', '😀a', 'aa😀a', '中a'].map((a) => ({ a }));
    for (const count of [-1, 0, 1, 2, 3, 4, 5]) {
      await expectSame(parseFilter(`length(a) eq ${count}`), stored);
      await expectSame(parseFilter(`indexof(a,'a') eq ${count}`), stored);
      await expectSame(parseFilter(`indexof(a,'') eq ${count}`), stored);
    }
  });
});

test('every instant stands to every other as the evaluator has it', async () => {
  const stored = [...instants, 1709287200000, 1709287199999.5, 1709287200000.5, true].map((a) => ({ a }));
  for (const date of dates) {
    for (const operator of ['eq', 'ne', 'lt', 'le', 'gt', 'ge']) {
      await expectSame(parseFilter(`a ${operator} ${date}`), stored);
      await expectSame(parseFilter(`${date} ${operator} a`), stored);
    }
  }
});

test('a kind of value is never taken for another', async () => {
  const stored = [
    {},
    ...[null, '5', 5, 5.0, '5.0', true, 'true', 1, '', [], [5], {}, { a: 5 }].map((a) => ({ a })),
  ];
  const constants = ['5', "'5'", 'true', "'true'", 'null', "''", '1', '0', '5.0', '5e0', '-1'];
  for (const constant of constants) {
    for (const operator of ['eq', 'ne', 'lt', 'le', 'gt', 'ge']) {
      await expectSame(parseFilter(`a ${operator} ${constant}`), stored);
      await expectSame(parseFilter(`${constant} ${operator} a`), stored);
      await expectSame(parseFilter(`a/a ${operator} ${constant}`), stored);
      await expectSame(parseFilter(`a/$count ${operator} ${constant}`), stored);
      await expectSame(parseFilter(`a/any(x:x ${operator} ${constant})`), stored);
    }
  }
});

test('a variable may hide another one and an attribute', async () => {
  const stored = [
    { a: [{ b: [{ a: ['x', 'y'] }], c: 'y' }] },
    { a: [{ b: [{ a: ['x'], c: 'x' }] }] },
    { a: [{ b: [{ a: ['x'], c: 'y' }], c: 'x' }], c: 'x' },
  ];
  for (const filter of [
    'a/any(v:v/b/any(v:v/a/any(w:w eq v/c)))',
    'a/any(a:a/b/any(a:a/a/all(b:b eq a/c)))',
    "a/any(c:c/c eq 'x') and c eq 'x'",
    "a/any(v:v/b/any(w:w/a/any(v:v eq 'x') and v/c eq 'y'))",
  ]) {
    await expectSame(parseFilter(filter), stored);
  }
});

describe('text that would be SQL is only text', () => {
  const hostile = [
    "'; drop table installation; --",
    "') or true --",
    '$1',
    '%',
    '_%',
    '\\',
    '"a"',
    '{a,b}',
    '}',
    ',',
    '*/',
  ];

  test('in constants', async () => {
    const stored = [...hostile, 'a', ''].map((a) => ({ a }));
    for (const constant of hostile.map(stringLiteral)) {
      for (const name of ['startswith', 'endswith', 'contains'] as const) {
        await expectSame({ kind: 'call', name, arguments: [path('a'), constant] }, stored);
      }
      await expectSame({ kind: 'in', left: path('a'), values: [constant, stringLiteral('\\"{')] }, stored);
    }
  });

  test('in names', async () => {
    const stored = hostile.map((name) => ({ [name]: 'x', a: { [name]: 'x' }, tags: [{ [name]: 'x' }] }));
    const isX = (tested: Path): Expression => ({
      kind: 'comparison',
      operator: 'eq',
      left: tested,
      right: stringLiteral('x'),
    });
    for (const name of hostile) {
      await expectSame(isX(path(name)), stored);
      await expectSame(isX(path('a', name)), stored);
      const [variable, predicate] = [name, isX(path(name, name))];
      await expectSame({ kind: 'any', path: path('tags'), variable, predicate }, stored);
    }
  });
});

test('a long list of values decides as fast as the evaluator wants it', async () => {
  const values = Array.from({ length: 3_000 }, (_, index) => `'U${index}'`).join();
  const stored = [{ a: 'u0' }, { a: 'U2999' }, { a: 'u3000' }];
  expect(await decide(parseFilter(`a in (${values})`), stored)).toEqual([true, true, false]);
});

describe('what PostgreSQL cannot decide exactly is refused without a database', () => {
  test.each([
    ["isof('microsoft.graph.user') and a eq 1", "isof('microsoft.graph.user')", 'type'],
    ["a eq 1 or microsoft.graph.user/surname eq 'x'", 'microsoft.graph.user/surname', 'is a type'],
    ["indexof(tolower(a),'x') eq 0", 'tolower(a)', 'as it is stored'],
    ['tags/any(t:length(toupper(t)) eq 1)', 'toupper(t)', 'as it is stored'],
    ['businessPhones/length eq 1', 'businessPhones/length', '$count'],
    ['a eq 1e999', '1e999', 'that large'],
    ["a eq 'x\0'", "'x\0'", 'such a character'],
    ["contains(a,'\ud800')", "'\ud800'", 'such a character'],
    ["a in ('x','\udc00')", "'\udc00'", 'such a character'],
  ])('%j', (filter, expression, reason) => {
    const refusal = refusalOf(parseFilter(filter));
    expect(refusal.code).toBe('invalid-setting');
    expect(refusal.message).toContain(`The filter expression "${expression}" cannot be used, because `);
    expect(refusal.message).toContain(reason);
    expect(refusal.message).toMatch(/^[^\n]+: [^\n]+\.$/);
  });

  test('a filter with more constants than a query can have', () => {
    const tree = parseFilter(Array.from({ length: 6_000 }, () => 'a eq b').join(' or '));
    expect(refusalOf(tree).message).toMatch(/is too long for one query: shorten it\.$/);
  });
});

function refusalOf(tree: Expression): Fault {
  try {
    requireExpressible(tree);
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error('The filter was not refused.');
}
