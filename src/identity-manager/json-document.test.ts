import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readJson } from './json-document.ts';

test('reads exactly what JSON.parse reads', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.json(), fc.string(), fc.string({ unit: fc.constantFrom(...'{}[]",:0-1.e\\u\n tnf') })),
      (text) => {
        const reading = readJson(text);
        const parsed = parse(text);
        if (reading.kind === 'json') expect(parsed).toEqual({ value: reading.document.value });
        else if (parsed !== undefined) expect(reading.reason).toMatch(/twice/);
      },
    ),
  );
});

function parse(text: string): Readonly<{ value: unknown }> | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

test('every value of every text is found where it stands', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
      const text = JSON.stringify(value, null, 2);
      const reading = readJson(text);
      if (reading.kind !== 'json') return;
      const { offsetOf } = reading.document;
      const visit = (inner: unknown, path: string): void => {
        const start = JSON.stringify(inner, null, 2).slice(0, 1);
        expect(text.slice(offsetOf(path), offsetOf(path) + 1)).toBe(start);
        if (typeof inner !== 'object' || inner === null) return;
        for (const [name, one] of Object.entries(inner)) {
          if (name !== '' && !name.includes('/')) visit(one, path === '' ? name : `${path}/${name}`);
        }
      };
      visit(value, '');
    }),
  );
});

test('a character of a text is found behind what is written with a backslash', () => {
  const text = '{"a": ["x\\n\\u0041\\"b"]}';
  const reading = readJson(text);
  if (reading.kind !== 'json') throw new Error(reading.reason);
  const { offsetOf } = reading.document;
  expect([0, 1, 2, 3, 4].map((position) => text[offsetOf('a/0', position)])).toEqual([
    'x',
    '\\',
    '\\',
    '\\',
    'b',
  ]);
  expect(offsetOf('a/0', 4)).toBe(text.indexOf('b'));
  expect(offsetOf('a/7/nowhere')).toBe(text.indexOf('['));
});

test.each([
  ['', 0, 'has its end where a value is due'],
  ['{"a": 1,}', 8, 'has "}" where a name in double quotes is due'],
  ['{"a" 1}', 5, 'has "1" where a colon is due'],
  ['[1 2]', 3, 'has "2" where a comma or ] is due'],
  ['{"a": 1, "a": 2}', 9, 'has the name "a" twice in one object'],
  ["{'a': 1}", 1, 'has "\'" where a name in double quotes is due'],
  ['{} x', 3, 'has "x" after its end'],
  ['"a\nb"', 0, 'has a text that does not end, or holds a line break or a backslash that stands alone'],
  ['['.repeat(200_000), 101, 'is nested deeper than 100 levels'],
])('of %j the first mistake is told', (text, at, reason) => {
  expect(readJson(text)).toEqual({ kind: 'refused', at, reason });
});
