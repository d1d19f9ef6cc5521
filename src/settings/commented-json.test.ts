import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Fault } from '../errors.ts';
import { findMember, isJsonObject, type Json, readCommentedJson } from './commented-json.ts';

/** The value as JSON.parse would give it. */
function plain(value: Json): unknown {
  if (isJsonObject(value)) return Object.fromEntries([...value].map(([name, inner]) => [name, plain(inner)]));
  return Array.isArray(value) ? value.map(plain) : value;
}

function mistakeOf(text: string): string {
  try {
    readCommentedJson(text, 'a.json');
  } catch (error) {
    if (error instanceof Fault && error.code === 'invalid-setting') return error.message;
    throw error;
  }
  return 'none';
}

/** Values whose objects have no two names that differ in case only. */
const anyJson = fc.jsonValue({ maxDepth: 4 }).filter((value) => mistakeOf(JSON.stringify(value)) === 'none');

test('reads what JSON.stringify writes', () => {
  fc.assert(
    fc.property(anyJson, fc.constantFrom(undefined, 2, '\t'), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      expect(plain(readCommentedJson(text, 'a.json'))).toEqual(JSON.parse(text));
    }),
  );
});

test('reads comments and trailing commas wherever they may be', () => {
  const noise = fc.constantFrom('', ' ', '\r\n', '// "a": {\n', '/* } , */', '/**/ // x\r');
  fc.assert(
    fc.property(noise, noise, noise, (a, b, c) => {
      const text = `${a}{${b}"x"${c}:${a}[${b}1${c},${a}]${b},${c}"y":${a}null${b},${c}}${a}`;
      expect(plain(readCommentedJson(text, 'a.json'))).toEqual({ x: [1], y: null });
    }),
  );
});

test('no text makes it fail otherwise than with a place', () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '"',
    '\\',
    '1',
    '-',
    '.',
    'true',
    '/*',
    '//',
    '\n',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      expect(mistakeOf(pieces.join(''))).toMatch(/^none$|^a\.json, line \d+, column \d+: .+\.$/s);
    }),
  );
});

test('finds names in any case', () => {
  const object = readCommentedJson('{"TenantId": 1}', 'a.json');
  expect(isJsonObject(object) && findMember(object, 'tenantid')).toEqual(['TenantId', 1]);
  expect(isJsonObject(object) && findMember(object, 'tenant')).toBeUndefined();
});

describe('a mistake is named with its place', () => {
  test.each([
    ['', 'line 1, column 1: the file ends where a value is due.'],
    ['{"a": 1', 'line 1, column 8: the file ends where a comma or } is due.'],
    ['{\n  "a": 1\n  "b": 2\n}', 'line 3, column 3: "\\"" stands where a comma or } is due.'],
    ['{\n  a: 1\n}', 'line 2, column 3: "a" stands where a name in double quotes or } is due.'],
    ['{"a" 1}', 'line 1, column 6: "1" stands where a colon is due after a name.'],
    ['{"a": tru}', 'line 1, column 7: "t" stands where a value is due.'],
    ['{"a": 01}', 'line 1, column 7: "0" stands where a value is due.'],
    ['{,}', 'line 1, column 2: "," stands where a name in double quotes or } is due.'],
    ['[1,,]', 'line 1, column 4: "," stands where a value is due.'],
    ['{} x', 'line 1, column 4: "x" stands after the end of the value.'],
    [
      '{"é😀": "C:\\certs"}',
      'line 1, column 11: this backslash begins no known escape: write each backslash as \\\\.',
    ],
    ['{"a": "b\n"}', 'line 1, column 7: a text has no end on its line: close it with ".'],
    ['{} /* x', 'line 1, column 4: this comment has no end: close it with */.'],
    [
      '{"A": 1,\r\n"a": 2}',
      'line 2, column 1: the name "a" is there twice (case does not count): remove one.',
    ],
    ['['.repeat(70), 'line 1, column 66: values are nested deeper than 64 levels.'],
  ])('%j', (text, mistake) => {
    expect(mistakeOf(text)).toBe(`a.json, ${mistake}`);
  });
});
