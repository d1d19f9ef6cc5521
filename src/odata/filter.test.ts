import { describe, expect, test } from 'vitest';
import { parseFilter, printFilter } from './filter.ts';
import { pathsOf } from './filter-paths.ts';
import { ODataSyntaxError } from './syntax-error.ts';

describe('a filter is read as clients write it', () => {
  const spellings: readonly [written: string, canonical: string][] = [
    ["displayName eq 'Ada'", "displayName eq 'Ada'"],
    ["displayName EQ 'O''Brien'", "displayName eq 'O''Brien'"],
    ["mail eq ''", "mail eq ''"],
    ["surname eq ''''", "surname eq ''''"],
    ["surname eq 'Müller 😀 (and or)'", "surname eq 'Müller 😀 (and or)'"],
    ["  startsWith( displayName , 'x' )  ", "startswith(displayName,'x')"],
    ["STARTSWITH(mail,'a')", "startswith(mail,'a')"],
    ["NOT endsWith(mail,'.com')", "not endswith(mail,'.com')"],
    ["not(companyName eq 'x')", "not (companyName eq 'x')"],
    ['accountEnabled', 'accountEnabled'],
    ['not accountEnabled', 'not accountEnabled'],
    ['not accountEnabled eq True', 'not accountEnabled eq true'],
    ["startswith(mail,'a') eq FALSE", "startswith(mail,'a') eq false"],
    ['manager eq NULL', 'manager eq null'],
    ["manager/id eq 'b'", "manager/id eq 'b'"],
    ["microsoft.graph.user/surname eq 'b'", "microsoft.graph.user/surname eq 'b'"],
    ["extension_0a1b_costCenter eq 'b'", "extension_0a1b_costCenter eq 'b'"],
    ["'b' eq mail", "'b' eq mail"],
    ["id in ('a', 'b' ,'c')", "id in ('a','b','c')"],
    ["id IN('a')", "id in ('a')"],
    ['count in (1,-2,3.5)', 'count in (1,-2,3.5)'],
    ['skuId eq 3F3C0000-AAAA-bbbb-cccc-0123456789AB', 'skuId eq 3f3c0000-aaaa-bbbb-cccc-0123456789ab'],
    ['createdDateTime ge 2024-02-29T23:59:59.1234567Z', 'createdDateTime ge 2024-02-29T23:59:59.1234567Z'],
    ['createdDateTime le 2024-02-29t10:00z', 'createdDateTime le 2024-02-29T10:00Z'],
    ['createdDateTime lt 2024-01-01T00:00:00+05:30', 'createdDateTime lt 2024-01-01T00:00:00+05:30'],
    ['createdDateTime gt 0001-01-01', 'createdDateTime gt 0001-01-01'],
    ['x eq -1.5e3', 'x eq -1.5e3'],
    ["isof('microsoft.graph.user')", "isof('microsoft.graph.user')"],
    [
      'isof(microsoft.graph.user) OR isof(manager,microsoft.graph.user)',
      "isof('microsoft.graph.user') or isof(manager,'microsoft.graph.user')",
    ],
    ['assignedLicenses/$count ne 0', 'assignedLicenses/$count ne 0'],
    ['proxyAddresses/any()', 'proxyAddresses/any()'],
    ["proxyAddresses/ANY( p : startsWith(p, 'smtp:') )", "proxyAddresses/any(p:startswith(p,'smtp:'))"],
    ["web/redirectUris/all(u:u ne 'x')", "web/redirectUris/all(u:u ne 'x')"],
    ['a/any(x:x/b/any(y:y eq x/c))', 'a/any(x:x/b/any(y:y eq x/c))'],
    ["toLower(mail) eq 'x' and length(trim(mail)) gt 3", "tolower(mail) eq 'x' and length(trim(mail)) gt 3"],
    ["indexof(concat(a,b),'x') eq -1", "indexof(concat(a,b),'x') eq -1"],
    ["((a eq 'x'))", "a eq 'x'"],
    ["(a eq 'x') eq true", "(a eq 'x') eq true"],
    ["a eq 'x' or b eq 'y' and c eq 'z'", "a eq 'x' or b eq 'y' and c eq 'z'"],
    ["(a eq 'x' or b eq 'y') and c eq 'z'", "(a eq 'x' or b eq 'y') and c eq 'z'"],
    ["a eq 'x' and (b eq 'y' and c eq 'z')", "a eq 'x' and b eq 'y' and c eq 'z'"],
    ["not (a eq 'x' and b eq 'y')", "not (a eq 'x' and b eq 'y')"],
    ["any eq 'x' and null/any(t:t eq 'in')", "any eq 'x' and null/any(t:t eq 'in')"],
  ];
  test.each(spellings)('%s', (written, canonical) => {
    const tree = parseFilter(written);
    expect(printFilter(tree)).toBe(canonical);
    expect(parseFilter(canonical)).toEqual(tree);
  });

  test('and binds tighter than or, and equal operators make one list', () => {
    expect(parseFilter('a or b and c and (d and e) or (f or g)')).toMatchObject({
      kind: 'or',
      operands: [
        { segments: ['a'] },
        {
          kind: 'and',
          operands: [{ segments: ['b'] }, { segments: ['c'] }, { segments: ['d'] }, { segments: ['e'] }],
        },
        { segments: ['f'] },
        { segments: ['g'] },
      ],
    });
  });
});

describe('what is no filter is refused with its place', () => {
  const mistakes: readonly [text: string, position: number, problem: string][] = [
    ['', 0, 'expected a property or a value, found the end'],
    ['a eq', 4, 'expected a property or a value, found the end'],
    ["a eq 'x", 5, "expected a closing ' for this string"],
    ["a eq 'x''", 5, "expected a closing ' for this string"],
    ['a eq 1 b', 7, 'expected an operator or the end, found "b"'],
    ["a eq 'x' eq 'y'", 9, 'expected an operator or the end, found "eq"'],
    ["(a eq 'x'", 9, 'expected ")", found the end'],
    ["a eq 'x')", 8, 'expected an operator or the end, found ")"'],
    ['a eq 2024-02-30', 5, 'expected a date with its zone, found "2024-02-30"'],
    ['a eq 2024-01-01T24:00:00Z', 5, 'expected a date with its zone, found "2024-01-01T24:00:00Z"'],
    [
      'a eq 2024-01-01T00:00:00',
      5,
      'expected a number, a date with its zone or a GUID, found "2024-01-01T00:00:00"',
    ],
    [
      'a eq 2024-01-01T00:00:00.12345678Z',
      5,
      'expected a date with its zone, found "2024-01-01T00:00:00.12345678Z"',
    ],
    ['a eq 12abc', 5, 'expected a number, a date with its zone or a GUID, found "12abc"'],
    ['a = 1', 2, 'expected a name, a value or a parenthesis, found "="'],
    ['a eq “x”', 5, 'expected a name, a value or a parenthesis, found "“"'],
    ['foo(a)', 0, 'expected a known function, found "foo"'],
    ['startswith(a)', 0, 'expected 2 arguments for "startswith", found "startswith"'],
    ['isof()', 0, 'expected 1 or 2 arguments for "isof", found "isof"'],
    ['isof(5)', 0, 'expected a type name as last argument of "isof", found "isof"'],
    ['a in ()', 6, 'expected a value, found ")"'],
    ["a in 'x'", 5, `expected "(", found "'x'"`],
    ["'x' in ('x')", 0, `expected a property before "in", found "'x'"`],
    ["'x'", 0, `expected a condition, found "'x'"`],
    ['a and length(b)', 6, 'expected a condition, found "length"'],
    ['not 5', 4, 'expected a condition, found "5"'],
    ["not displayName eq 'x'", 19, `expected true or false to compare a condition with, found "'x'"`],
    ['a/all()', 6, 'expected a variable, found ")"'],
    ['a/any(x x eq 1)', 8, 'expected ":", found "x"'],
    ['$count gt 1', 0, 'expected a property before "/$count", found "$count"'],
    ['a/$count/b eq 1', 8, 'expected an operator or the end, found "/"'],
    ['a//b', 2, 'expected a property, found "/"'],
  ];
  test.each(mistakes)('%s', (text, position, problem) => {
    const thrown = errorOf(() => parseFilter(text));
    expect(thrown).toMatchObject({ option: 'filter', position });
    expect(thrown.message).toBe(`Invalid filter at position ${position}: ${problem}.`);
  });

  const heavy: readonly [name: string, text: string][] = [
    ['101 parentheses', `${'('.repeat(101)}a${')'.repeat(101)}`],
    ['101 times not', `${'not '.repeat(101)}a`],
    ['30,000 parentheses', '('.repeat(30_000)],
    ['30,001 quotes', "'".repeat(30_001)],
    ['60,000 digits', `a eq ${'1'.repeat(60_000)}x`],
    ['60,000 letters and a dot', `${'a'.repeat(60_000)}.`],
    ['a time of 60,000 digits', `a eq 2024-01-01T${'1'.repeat(60_000)}`],
    ['60,000 spaces', `a${' '.repeat(60_000)}eq`],
    ['nested lambdas', 'a/any(a:'.repeat(8_000)],
    ['70,000 characters', `a eq '${'x'.repeat(70_000)}'`],
  ];
  test.each(heavy)('%s', (_, text) => {
    errorOf(() => parseFilter(text));
  });

  test('100 nestings and thousands of alternatives are fine', () => {
    expect(parseFilter(`${'('.repeat(99)}a${')'.repeat(99)}`)).toEqual({ kind: 'path', segments: ['a'] });
    const wide = Array.from({ length: 4_000 }, (_, index) => `id eq '${index}'`).join(' or ');
    expect(parseFilter(wide)).toMatchObject({ kind: 'or', operands: { length: 4_000 } });
    expect(printFilter(parseFilter(wide))).toBe(wide);
  });
});

function errorOf(action: () => unknown): ODataSyntaxError {
  try {
    action();
  } catch (error) {
    if (error instanceof ODataSyntaxError) return error;
    throw error;
  }
  throw new Error('expected a syntax error');
}

describe('the properties a filter uses', () => {
  const plain = { functions: [], hasNull: false, isCounted: false, isNegated: false, lambda: null };
  const cases: readonly [text: string, uses: readonly object[]][] = [
    [
      "displayName eq 'x'",
      [{ ...plain, segments: ['displayName'], operator: 'eq', values: [{ value: 'x' }] }],
    ],
    ['mail ne null', [{ ...plain, segments: ['mail'], operator: 'ne', hasNull: true }]],
    [
      "mail in ('a',null)",
      [{ ...plain, segments: ['mail'], operator: 'in', hasNull: true, values: { length: 2 } }],
    ],
    ['5 le a/b', [{ ...plain, segments: ['a', 'b'], operator: 'le', values: [{ value: 5 }] }]],
    [
      'accountEnabled and not a eq true',
      [
        { ...plain, segments: ['accountEnabled'], operator: 'value' },
        { ...plain, segments: ['a'], operator: 'value', isNegated: true },
      ],
    ],
    [
      "not (startswith(a,'x') or endswith(b,'y'))",
      [
        { ...plain, segments: ['a'], operator: 'startswith', values: [{ value: 'x' }], isNegated: true },
        { ...plain, segments: ['b'], operator: 'endswith', values: [{ value: 'y' }], isNegated: true },
      ],
    ],
    [
      'a eq b',
      [
        { ...plain, segments: ['a'], operator: 'eq', values: [] },
        { ...plain, segments: ['b'], operator: 'eq', values: [] },
      ],
    ],
    ['licenses/$count gt 2', [{ ...plain, segments: ['licenses'], operator: 'gt', isCounted: true }]],
    ['licenses/any()', [{ ...plain, segments: ['licenses'], operator: 'any', values: [] }]],
    [
      "licenses/any(a:a/skuId eq 'x' and mail eq 'y')",
      [
        { ...plain, segments: ['licenses', 'skuId'], operator: 'eq', lambda: 'any' },
        { ...plain, segments: ['mail'], operator: 'eq', lambda: 'any' },
      ],
    ],
    ["tags/all(t:t ne 'x')", [{ ...plain, segments: ['tags'], operator: 'ne', lambda: 'all' }]],
    [
      'a/any(x:x/b/all(y:y/c eq x/d) and x/e/$count eq 0)',
      [
        { ...plain, segments: ['a', 'b', 'c'], operator: 'eq', lambda: 'all' },
        { ...plain, segments: ['a', 'd'], operator: 'eq', lambda: 'all' },
        { ...plain, segments: ['a', 'e'], operator: 'eq', lambda: 'any', isCounted: true },
      ],
    ],
    [
      'length(tolower(mail)) gt 2',
      [{ ...plain, segments: ['mail'], operator: 'gt', functions: ['tolower', 'length'] }],
    ],
    [
      "licenses/any(a:concat(mail,b) eq 'x')",
      [
        { ...plain, segments: ['licenses'], operator: 'any', values: [] },
        { ...plain, segments: ['mail'], operator: 'eq', functions: ['concat'], lambda: 'any' },
        { ...plain, segments: ['b'], operator: 'eq', functions: ['concat'], lambda: 'any' },
      ],
    ],
    [
      "isof('microsoft.graph.user') and isof(manager,'microsoft.graph.user')",
      [
        {
          ...plain,
          segments: ['@odata.type'],
          operator: 'isof',
          values: [{ value: 'microsoft.graph.user' }],
        },
        { ...plain, segments: ['manager', '@odata.type'], operator: 'isof' },
      ],
    ],
    ["true eq (mail eq 'x')", [{ ...plain, segments: ['mail'], operator: 'eq', values: [{ value: 'x' }] }]],
    ['true', []],
  ];
  test.each(cases)('%s', (text, uses) => {
    const found = pathsOf(parseFilter(text));
    expect(found).toMatchObject(uses);
    expect(found).toHaveLength(uses.length);
  });
});
