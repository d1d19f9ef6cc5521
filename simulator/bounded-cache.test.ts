import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createBoundedCache } from './bounded-cache.ts';

test('a cache holds no more than its capacity, and always what was set last', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 8 }),
      fc.array(fc.tuple(fc.nat(12), fc.nat())),
      (capacity, entries) => {
        const cache = createBoundedCache<number, number>(capacity);
        for (const [key, value] of entries) {
          cache.set(key, value);
          expect(cache.get(key)).toBe(value);
          expect(cache.size).toBeLessThanOrEqual(capacity);
        }
      },
    ),
  );
});
