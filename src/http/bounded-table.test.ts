import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createBoundedTable } from './bounded-table.ts';

test('it keeps what was written last, and never more than it may', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.constantFrom(...'abcdefgh')),
      (capacity, keys) => {
        const table = createBoundedTable<number>(capacity);
        for (const [index, key] of keys.entries()) table.set(key, index);
        const kept = [...new Set(keys.toReversed())].slice(0, capacity);
        for (const key of 'abcdefgh') {
          expect(table.get(key)).toBe(kept.includes(key) ? keys.lastIndexOf(key) : undefined);
        }
      },
    ),
  );
});
