/** A query filter as a condition of PostgreSQL decides as `meetsQueryFilter` does, whatever stands in it and in the attributes. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { useOwnDatabase } from '../../test/fixtures/own-database.ts';
import {
  meetsQueryFilter,
  parseQueryFilter,
  type QueryFilter,
  queryFilterOperators,
} from '../mapping/query-filter.ts';
import { foldLetters } from '../mapping/text-folding.ts';
import { foldedAttribute, foldedList, queryFilterCondition } from './query-filter-sql.ts';

const own = useOwnDatabase();

type Attributes = Readonly<Record<string, unknown>>;

/** What PostgreSQL decides about each object, which is given as JSON text. */
async function decide(filter: QueryFilter, objects: readonly string[]): Promise<unknown[]> {
  const { sql } = own().database;
  const rows = await sql<{ verdict: unknown }[]>`
    select ${queryFilterCondition(sql, filter, sql`object.attributes::jsonb`)} as verdict
    from unnest(${objects}::text[]) with ordinality as object (attributes, place)
    order by place`;
  return rows.map(({ verdict }) => verdict);
}

async function expectSame(filter: QueryFilter, objects: readonly string[]): Promise<void> {
  const expected = objects.map((object) => meetsQueryFilter(filter, JSON.parse(object)));
  expect(await decide(filter, objects)).toEqual(expected);
}

function parse(text: string): QueryFilter {
  const outcome = parseQueryFilter(text);
  if (outcome.kind === 'mistake') throw new Error(`${text}: ${outcome.mistake.message}`);
  return outcome.filter;
}

const letters = [
  ...[
    'a',
    'A',
    'b',
    'B',
    'i',
    'I',
    'k',
    'K',
    's',
    'z',
    '1',
    ' ',
    '%',
    '_',
    '\\',
    "'",
    '"',
    '[',
    ']',
    '{}',
    '\n',
  ],
  ...[
    'ä',
    'Ä',
    'å',
    'Å',
    '\u212b',
    '\u212a',
    '\u2126',
    'ω',
    'Ω',
    'ß',
    'ẞ',
    'İ',
    'ı',
    'i\u0307',
    'ŉ',
    'ﬁ',
    'ſ',
    'µ',
    'μ',
  ],
  ...[
    'σ',
    'ς',
    'Σ',
    'ǅ',
    'ǆ',
    'Ǆ',
    'Ⱥ',
    'ⱥ',
    'ж',
    'Ж',
    'Ӏ',
    'ӏ',
    'Ա',
    'ա',
    'Ố',
    'ố',
    'ა',
    'Ა',
    'Ꭰ',
    'ꭰ',
    'Ａ',
    'ａ',
  ],
  ...['𐐀', '𐐨', '中', '😀', '\ud7ff', '\ue000', '\uffff', '\ufeff', '\u00a0', '\u0001', '\u007f'],
];
const text = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.array(fc.constantFrom(...letters), { maxLength: 3 }).map((parts) => parts.join('')),
  },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 4 }).filter((one) => !one.includes('\0')) },
  fc.constantFrom('true', '5', 'null', foldedList, foldedList.toLowerCase()),
);
const number = fc.oneof(
  fc.constantFrom(
    -1,
    0,
    1,
    5,
    5.5,
    0.1,
    1e21,
    1e-7,
    5e-324,
    Number.MAX_VALUE,
    -Number.MAX_VALUE,
    2 ** 53,
    2 ** 63,
  ),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((one) => (one === 0 ? 0 : one)),
);
const names = [
  'a',
  'b',
  'größe',
  'list',
  '0',
  '1',
  '01',
  '-1',
  '+1',
  '',
  ' 1',
  "it's",
  '\\',
  'a.b',
  'x/y',
  '~',
];
const name = fc.oneof({ weight: 4, arbitrary: fc.constantFrom('a', 'b', 'list') }, fc.constantFrom(...names));

/** Also what no object of JavaScript is printed as. */
const scalar = fc.oneof(
  { weight: 4, arbitrary: text.map((one) => JSON.stringify(one)) },
  { weight: 2, arbitrary: number.map((one) => JSON.stringify(one)) },
  fc.constantFrom('true', 'false', 'null', '5.0', '9007199254740993', '1e400', '-1e400', '1e-400', '1.5e300'),
);
const json: fc.Arbitrary<string> = fc.letrec<{ value: string; object: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    { weight: 6, arbitrary: scalar },
    { weight: 2, arbitrary: fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join(',')}]`) },
    tie('object'),
  ),
  object: fc.dictionary(name, tie('value'), { maxKeys: 4 }).map(
    (members) =>
      `{${Object.entries(members)
        .map(([key, value]) => `${JSON.stringify(key)}:${value}`)
        .join(',')}}`,
  ),
})).object;

const literal = fc.oneof({ weight: 4, arbitrary: text }, { weight: 2, arbitrary: number }, fc.boolean());
const pointer = fc.array(name, { minLength: 1, maxLength: 3 });
const { filter } = fc.letrec<{ filter: QueryFilter }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small' },
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('comparison' as const),
        pointer,
        operator: fc.constantFrom(
          ...(Object.keys(queryFilterOperators) as (keyof typeof queryFilterOperators)[]),
        ),
        literal,
      }),
    },
    fc.record({ kind: fc.constant('presence' as const), pointer }),
    fc.record({ kind: fc.constant('constant' as const), value: fc.boolean() }),
    tie('filter').map((operand): QueryFilter => ({ kind: 'not', operand })),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      operands: fc.array(tie('filter'), { minLength: 2, maxLength: 3 }),
    }),
  ),
}));

test('every filter decides as it does in memory, about every object', async () => {
  await fc.assert(fc.asyncProperty(filter, fc.array(json, { minLength: 4, maxLength: 12 }), expectSame), {
    numRuns: 1500,
  });
});

test('every operator decides so about every letter, against every letter', async () => {
  const objects = letters.map((letter) => JSON.stringify({ a: letter, list: ['', `${letter}a`] }));
  for (const one of letters) {
    for (const operator of ['eq', 'co', 'sw', 'lt', 'ge'] as const) {
      const operands = ['a', 'list'].map(
        (attribute): QueryFilter => ({ kind: 'comparison', pointer: [attribute], operator, literal: one }),
      );
      for (const operand of operands) await expectSame(operand, objects);
    }
  }
});

test('an attribute is folded as in memory, and what is no text apart from texts', async () => {
  const { sql } = own().database;
  const objects: Attributes[] = [
    ...letters.map((a) => ({ a })),
    { a: ['x'] },
    { a: [] },
    { a: 5 },
    { a: null },
    {},
  ];
  const rows = await sql<{ folded: unknown }[]>`
    select ${foldedAttribute(sql, sql`object.attributes`, 'a')} as folded
    from jsonb_array_elements(${JSON.stringify(objects)}::text::jsonb) with ordinality as object (attributes, place)
    order by place`;
  expect(rows.map(({ folded }) => folded)).toEqual([
    ...letters.map(foldLetters),
    foldedList,
    foldedList,
    null,
    null,
    null,
  ]);
});

test.each(['mail', "it's", '\\', "\\'; drop table pg_class; --", 'größe'])(
  'the attribute %j can be indexed, and the index finds texts and lists',
  async (attribute) => {
    const { sql } = own().database;
    await sql.begin(async (transaction) => {
      await transaction`create temporary table entry (attributes jsonb not null) on commit drop`;
      const objects = Array.from({ length: 2000 }, (_, index) => ({ [attribute]: `Person${index}@x.org` }));
      const all: Attributes[] = [...objects, { [attribute]: ['q', 'PERSON7@X.ORG'] }, {}];
      await transaction`insert into entry select value from jsonb_array_elements(${JSON.stringify(all)}::text::jsonb)`;
      await transaction`
        create index entry_folded on entry (${foldedAttribute(transaction, transaction`attributes`, attribute)})`;
      await transaction`analyze entry`;
      const comparison: QueryFilter = {
        kind: 'comparison',
        pointer: [attribute],
        operator: 'eq',
        literal: 'person7@x.org',
      };
      for (const condition of [
        comparison,
        { kind: 'and', operands: [comparison, parse('!(x pr)')] } as const,
      ]) {
        const where = queryFilterCondition(transaction, condition, transaction`entry.attributes`);
        const plan = await transaction`explain (format json) select * from entry where ${where}`;
        expect(JSON.stringify(plan)).toContain('entry_folded');
        const found = await transaction`select attributes from entry where ${where}`;
        expect(found.map(({ attributes }) => JSON.stringify(attributes)).sort()).toEqual([
          JSON.stringify({ [attribute]: 'Person7@x.org' }),
          JSON.stringify({ [attribute]: ['q', 'PERSON7@X.ORG'] }),
        ]);
      }
    });
  },
);

describe('a filter as long as any', () => {
  const objects = [JSON.stringify({ a: ['B'], n: 1 }), JSON.stringify({})];
  test.each([
    ['with many conditions', Array.from({ length: 990 }, () => 'a eq 1').join(' or ')],
    [
      'with many texts',
      `a in '${JSON.stringify(Array.from({ length: 1800 }, (_, index) => index.toString(36)))}'`,
    ],
    ['with deep parentheses', `${'!('.repeat(128)}a eq "b"${')'.repeat(128)}`],
    ['with a deep path', `${'a/'.repeat(4000)}a pr`],
  ])('is decided %s', async (_what, filterText) => {
    await expectSame(parse(filterText), objects);
  });
});
