import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Item } from '../model/item.ts';
import { encodeItems, joinPages } from './set-page.ts';

const awkward = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.constantFrom(
        '\0',
        '\ud800',
        '\udfff',
        '\ud83d\ude00',
        '\\',
        'u',
        '0000',
        'd83d',
        '"',
        '\n',
        '\u2028',
        'a',
      ),
    )
    .map((signs) => signs.join('')),
);
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 2 },
    awkward,
    fc.boolean(),
    fc.integer(),
    fc.constant(null),
    tie('list'),
    tie('object'),
  ),
  list: fc.array(tie('any'), { maxLength: 3 }),
  object: fc.dictionary(awkward, tie('any'), { maxKeys: 3 }),
})).any;
const targets = fc.dictionary(awkward, fc.array(awkward, { maxLength: 3 }), { maxKeys: 2 });
const typedTargets = fc.dictionary(awkward, targets, { maxKeys: 2 });
const items: fc.Arbitrary<Item[]> = fc.array(
  fc.record(
    {
      key: awkward,
      removed: fc.constantFrom('restorable', 'forever'),
      attributes: fc.dictionary(awkward, value, { maxKeys: 3 }),
      linked: typedTargets,
      unlinked: targets,
    },
    { requiredKeys: ['key'] },
  ),
  { maxLength: 4 },
);

/** What PostgreSQL can store of a value. */
function storable(whole: unknown): unknown {
  if (typeof whole === 'string') return whole.toWellFormed().replaceAll('\0', '\ufffd');
  if (Array.isArray(whole)) return whole.map(storable);
  if (typeof whole !== 'object' || whole === null) return whole;
  return Object.fromEntries(Object.entries(whole).map(([name, part]) => [storable(name), storable(part)]));
}

test('a page says everything that its items say, with a replacement character for what cannot be stored', () => {
  fc.assert(
    fc.property(items, (page) => {
      const rows = page.map(({ key, removed, attributes, linked, unlinked }) => ({
        k: key,
        ...(attributes === undefined ? {} : { a: attributes }),
        ...(removed === undefined ? {} : { x: removed }),
        ...(linked === undefined ? {} : { l: linked }),
        ...(unlinked === undefined ? {} : { u: unlinked }),
      }));
      // JSON has one zero.
      expect(JSON.parse(encodeItems(page).text)).toEqual(storable(JSON.parse(JSON.stringify(rows))));
    }),
    { numRuns: 500 },
  );
});

test('pages that are joined are the page of all their items', () => {
  fc.assert(
    fc.property(fc.array(items, { maxLength: 4 }), (pages) => {
      expect(joinPages(pages.map(encodeItems))).toEqual(encodeItems(pages.flat()));
    }),
  );
});

test('a page tells whether anything on it is removed or unlinked', () => {
  fc.assert(
    fc.property(items, (page) => {
      const { hasRemovals, hasUnlinks } = encodeItems(page);
      expect(hasRemovals).toBe(page.some(({ removed }) => removed !== undefined));
      expect(hasUnlinks).toBe(page.some(({ unlinked }) => unlinked !== undefined));
    }),
  );
});

test.each([
  ['a\0b', 'a\ufffdb'],
  ['\\u0000', '\\u0000'],
  ['\\\0', '\\\ufffd'],
  ['\ud83d', '\ufffd'],
  ['\ud83d\ude00', '\ud83d\ude00'],
  ['C:\\users\\ud83d', 'C:\\users\\ud83d'],
])('%j is stored as %j', (told, stored) => {
  const { text } = encodeItems([{ key: 'x', attributes: { name: told } }]);
  expect(JSON.parse(text)).toEqual([{ k: 'x', a: { name: stored } }]);
});
