import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextPause } from './follow-pace.ts';

const follow = { floorSeconds: 15, ceilingSeconds: 900 };

test('a quiet connection is looked at less and less, down to the ceiling', () => {
  let pause = 15;
  const pauses = Array.from({ length: 12 }, () => (pause = nextPause(follow, pause, 0)));
  expect(pauses[0]).toBe(23);
  expect(pauses.at(-1)).toBe(900);
});

test('changes halve the pause, many bring it to the floor at once', () => {
  expect(nextPause(follow, 400, 1)).toBe(200);
  expect(nextPause(follow, 400, 49)).toBe(200);
  expect(nextPause(follow, 400, 50)).toBe(15);
  expect(nextPause(follow, 20, 3)).toBe(15);
});

test('the pause never leaves the bounds', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1000 }),
      fc.integer({ min: 0, max: 10_000 }),
      fc.integer({ min: 1, max: 100_000 }),
      fc.nat(),
      (floorSeconds, more, pause, changes) => {
        const bounds = { floorSeconds, ceilingSeconds: floorSeconds + more };
        const next = nextPause(bounds, pause, changes);
        expect(next).toBeGreaterThanOrEqual(bounds.floorSeconds);
        expect(next).toBeLessThanOrEqual(bounds.ceilingSeconds);
      },
    ),
  );
});
