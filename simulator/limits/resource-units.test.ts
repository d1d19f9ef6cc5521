import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { costOf } from './resource-units.ts';

describe('the cost of a request', () => {
  test.each([
    ['a list of users', 2, {}, 2],
    ['with $select', 2, { select: 'id' }, 1],
    ['with $expand', 2, { expand: 'manager' }, 3],
    ['with $select and $expand', 2, { select: 'id', expand: 'manager' }, 2],
    ['with a small page', 3, { top: '19' }, 2],
    ['with a page of 20', 3, { top: '20' }, 3],
    ['with a full page', 3, { top: '999' }, 3],
    ['with a $top that is no number', 3, { top: 'ten' }, 3],
    ['with everything that makes it cheaper', 5, { select: 'id', top: '1' }, 3],
    ['never below one unit', 1, { select: 'id', top: '1' }, 1],
    ['options that cost nothing', 2, { filter: 'x', count: 'true' }, 2],
  ])('%s', (_, base, options, expected) => {
    expect(costOf(base, new Map(Object.entries(options)))).toBe(expected);
  });

  test('is a whole number of units, at least one, whatever is asked', () => {
    const options = fc.dictionary(fc.constantFrom('select', 'expand', 'top', 'filter'), fc.string());
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), options, (base, asked) => {
        const cost = costOf(base, new Map(Object.entries(asked)));
        expect(Number.isInteger(cost) && cost >= 1 && cost <= base + 1).toBe(true);
      }),
    );
  });
});
