import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  absent,
  anyNumber,
  anyString,
  containing,
  counting,
  exactKeys,
  guid,
  instant,
  lacking,
  type Pattern,
  present,
} from './case.ts';
import { differences } from './match.ts';

const matches: readonly (readonly [string, Pattern, unknown])[] = [
  ['a text', 'a', 'a'],
  ['null', null, null],
  ['an object with more keys than named', { a: 1 }, { a: 1, b: 2 }],
  ['a list item by item', [1, { a: 2 }], [1, { a: 2, b: 3 }]],
  ['a text by its form', /^https:/, 'https://x'],
  ['an absent key', { a: absent }, {}],
  ['a key that is there and null', { a: present }, { a: null }],
  ['a GUID', guid, '0b6c7c0e-54a0-4f0e-9f0c-0d6f2d7a9a11'],
  ['an instant with fraction', instant, '2026-02-15T16:14:59.8643039Z'],
  ['any text', anyString, 'x'],
  ['any number', anyNumber, 0],
  ['items in another order', containing({ id: 2 }, { id: 1 }), [{ id: 1 }, { id: 3 }, { id: 2 }]],
  ['the lack of an item', lacking({ id: 9 }), [{ id: 1 }]],
  ['a count', counting(2), [1, 2]],
  ['a count within bounds', counting(1, 3), [1, 2]],
  ['keys in order', exactKeys('a', 'b'), { a: 1, b: 2 }],
];

const fails: readonly (readonly [string, Pattern, unknown])[] = [
  ['another text', 'a', 'b'],
  ['a number written as text', 1, '1'],
  ['null where a key is absent', { a: null }, {}],
  ['a key that is there although it must not be', { a: absent }, { a: null }],
  ['a key that is not there', { a: present }, {}],
  ['an inherited name', { toString: present }, {}],
  ['a shorter list', [1, 2], [1]],
  ['a longer list', [1], [1, 2]],
  ['a list in another order', [1, 2], [2, 1]],
  ['a text of another form', /^https:/, 'http://x'],
  ['a form asked of a number', /1/, 1],
  ['an object where a list is expected', [], {}],
  ['a list where an object is expected', {}, []],
  ['null where an object is expected', { a: 1 }, null],
  ['upper-case digits in a GUID', guid, '0B6C7C0E-54A0-4F0E-9F0C-0D6F2D7A9A11'],
  ['an instant without zone', instant, '2026-02-15T16:14:59'],
  ['the empty text', anyString, ''],
  ['a number as text', anyNumber, '1'],
  ['a missing item', containing({ id: 1 }, { id: 4 }), [{ id: 1 }]],
  ['one item for two equal patterns', containing({ id: 1 }, { id: 1 }), [{ id: 1 }]],
  ['an item that must not be there', lacking({ id: 1 }), [{ id: 1, name: 'x' }]],
  ['lacking asked of no list', lacking({ id: 1 }), undefined],
  ['too few items', counting(2), [1]],
  ['too many items', counting(1, 2), [1, 2, 3]],
  ['a key too many', exactKeys('a'), { a: 1, b: 2 }],
  ['keys in another order', exactKeys('a', 'b'), { b: 1, a: 2 }],
];

describe('a pattern', () => {
  test.each(matches)('matches %s', (_what, pattern, actual) => {
    expect(differences(pattern, actual)).toEqual([]);
  });

  test.each(fails)('does not match %s', (_what, pattern, actual) => {
    expect(differences(pattern, actual)).not.toEqual([]);
  });

  test('says where the difference is and what stands there', () => {
    expect(differences({ value: [{ id: 'a' }] }, { value: [{ id: 'b' }] })).toEqual([
      'value.0.id: expected "a", there is "b"',
    ]);
  });

  test('matches every JSON value that it equals', () => {
    fc.assert(fc.property(fc.json(), (text) => differences(JSON.parse(text), JSON.parse(text)).length === 0));
  });
});
