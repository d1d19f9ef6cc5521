import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addFailure, createBackOff, type Failures, freeFailures, secondsToWait } from './back-off.ts';

const failTimes = (count: number, atMs = 0): Failures | undefined =>
  Array.from({ length: count }).reduce<Failures | undefined>(
    (failures) => addFailure(failures, atMs),
    undefined,
  );

describe('the wait', () => {
  test('is none before the free failures are used up, then doubles, up to a quarter of an hour', () => {
    const waits = Array.from({ length: 20 }, (_, count) => secondsToWait(failTimes(count), 5, 0));
    expect(waits.slice(0, 9)).toEqual([0, 0, 0, 0, 0, 1, 2, 4, 8]);
    expect(waits.at(-1)).toBe(900);
  });

  test('is over after the seconds that it says, and never longer than a quarter of an hour', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.nat(10 ** 9), (count, nowMs) => {
        const failures: Failures = { count, lastAtMs: 0 };
        const seconds = secondsToWait(failures, freeFailures.client, nowMs);
        expect(seconds).toBeGreaterThanOrEqual(0);
        expect(seconds).toBeLessThanOrEqual(900);
        expect(secondsToWait(failures, freeFailures.client, nowMs + seconds * 1000)).toBe(0);
      }),
    );
  });

  test('is forgotten after a quarter of an hour without a failure', () => {
    const failures = failTimes(30);
    expect(addFailure(failures, 900_000)).toMatchObject({ count: 31 });
    expect(addFailure(failures, 900_001)).toMatchObject({ count: 1 });
  });
});

test('a success forgives the client, and not the address', () => {
  const backOff = createBackOff(() => 0);
  for (let count = 0; count < 19; count += 1) backOff.recordFailure('Job', '192.0.2.1');
  expect(backOff.secondsToWait('job', '192.0.2.1')).toBeGreaterThan(0);
  expect(backOff.secondsToWait('Job', '192.0.2.2')).toBe(0);
  backOff.recordSuccess('JOB', '192.0.2.1');
  expect(backOff.secondsToWait('Job', '192.0.2.1')).toBe(0);
  backOff.recordFailure('other', '192.0.2.1');
  expect(backOff.secondsToWait('Job', '192.0.2.1')).toBe(1);
});
