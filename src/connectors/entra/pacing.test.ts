import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  correct,
  learnTenantSize,
  type Pacing,
  pause,
  slowDown,
  speedUp,
  startPacing,
  take,
  waitMsFor,
} from './pacing.ts';

/** Graph's side of the bargain, counted on its own: a bucket of ten seconds' units whose last tenth is not for us. */
function graphBucket(unitsPerSecond: number) {
  const capacity = unitsPerSecond * 10;
  let left = capacity;
  let atMs = 0;
  return {
    /** False is a 429. */
    charge(units: number, nowMs: number): boolean {
      left = Math.min(capacity, left + ((nowMs - atMs) / 1000) * unitsPerSecond);
      atMs = nowMs;
      if (left - units < capacity / 10) return false;
      left -= units;
      return true;
    },
    usedShare: () => 1 - left / capacity,
  };
}

const sizes = [
  { users: 49, unitsPerSecond: 350 },
  { users: 500, unitsPerSecond: 500 },
  { users: 100_000, unitsPerSecond: 800 },
] as const;

/** Sends requests as fast as pacing allows; each takes as long as `latencyMs` says to arrive, and to be answered. */
function drain(users: number, requests: readonly Readonly<{ units: number; latencyMs: number }>[]) {
  let nowMs = 0;
  let pacing = learnTenantSize(startPacing(nowMs), users, nowMs);
  const sent = requests.map(({ units, latencyMs }) => {
    nowMs += waitMsFor(pacing, units, nowMs);
    pacing = take(pacing, units, nowMs);
    return { units, arrivesAtMs: nowMs + latencyMs };
  });
  return { sent, endMs: nowMs };
}

const request = fc.record({ units: fc.integer({ min: 1, max: 100 }), latencyMs: fc.nat(900) });

describe('the quota', () => {
  test.each(sizes)('of a tenant with $users users is never exceeded', ({ users, unitsPerSecond }) => {
    fc.assert(
      fc.property(fc.array(request, { minLength: 1, maxLength: 600 }), (requests) => {
        const bucket = graphBucket(unitsPerSecond);
        const { sent } = drain(users, requests);
        for (const { units, arrivesAtMs } of sent.toSorted((a, b) => a.arrivesAtMs - b.arrivesAtMs))
          expect(bucket.charge(units, arrivesAtMs)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test.each(sizes)('of a tenant with $users users is used to the full', ({ users, unitsPerSecond }) => {
    fc.assert(
      fc.property(fc.array(request, { minLength: 1, maxLength: 600 }), (requests) => {
        const total = requests.reduce((sum, { units }) => sum + units, 0);
        const beyondBurst = Math.max(0, total - 8 * unitsPerSecond);
        // Each wait is rounded up to a whole millisecond.
        expect(drain(users, requests).endMs).toBeLessThanOrEqual(
          (beyondBurst / unitsPerSecond) * 1000 + requests.length,
        );
      }),
      { numRuns: 60 },
    );
  });

  test('is taken for the smallest until more is known, and what is used stays used', () => {
    const pacing = take(startPacing(0), 2_800, 0);
    expect(waitMsFor(pacing, 350, 0)).toBe(1_000);
    const large = learnTenantSize(pacing, 501, 0);
    expect(waitMsFor(large, 3_600, 0)).toBe(0);
    expect(waitMsFor(large, 4_400, 0)).toBe(1_000);
    expect(waitMsFor(learnTenantSize(large, 20, 0), 350, 0)).toBe(1_000);
  });

  test('of a request that needs more than all of it is waited for until it is full', () => {
    expect(waitMsFor(startPacing(0), 1_000_000, 0)).toBe(0);
    expect(waitMsFor(take(startPacing(0), 350, 0), 1_000_000, 0)).toBe(1_000);
  });

  test('follows what Graph has charged, and what others have used', () => {
    const pacing = take(startPacing(0), 2_800, 0);
    const cheap = correct(pacing, { expected: 2_800, charged: 2_100, usedShare: undefined }, 0);
    expect(waitMsFor(cheap, 700, 0)).toBe(0);
    expect(waitMsFor(cheap, 1_050, 0)).toBe(1_000);
    const crowded = correct(startPacing(0), { expected: 1, charged: 1, usedShare: 0.9 }, 0);
    expect(waitMsFor(crowded, 350, 0)).toBe(2_000);
    const roomy = correct(startPacing(0), { expected: 1, charged: 1, usedShare: 0.5 }, 0);
    expect(waitMsFor(roomy, 2_800, 0)).toBe(0);
  });
});

test('a pause holds to the millisecond and is never shortened', () => {
  const pacing = pause(pause(startPacing(0), 5_000), 2_000);
  expect(waitMsFor(pacing, 1, 0)).toBe(5_000);
  expect(waitMsFor(pacing, 1, 4_999)).toBe(1);
  expect(waitMsFor(pacing, 1, 5_000)).toBe(0);
});

describe('how many may be in flight', () => {
  function afterAnswers(pacing: Pacing, answers: number, everyMs: number, fromMs = 0): Pacing {
    let current = pacing;
    for (let n = 1; n <= answers; n++) current = speedUp(current, fromMs + n * everyMs);
    return current;
  }

  test('begins with 8, grows with every answer, and ends at 128', () => {
    expect(startPacing(0).mostInFlight).toBe(8);
    expect(afterAnswers(startPacing(0), 50, 1).mostInFlight).toBe(58);
    expect(afterAnswers(startPacing(0), 1_000, 1).mostInFlight).toBe(128);
  });

  test('is halved by throttling, once for all that was under way, and then grows by one a second', () => {
    const cut = slowDown(afterAnswers(startPacing(0), 92, 1), 100, 200);
    expect(cut.mostInFlight).toBe(50);
    expect(slowDown(cut, 150, 250).mostInFlight).toBe(50);
    expect(slowDown(cut, 201, 250).mostInFlight).toBe(25);
    expect(afterAnswers(cut, 1_000, 10, 200).mostInFlight).toBe(60);
  });

  test('is never less than one', () => {
    let pacing = startPacing(0);
    for (let nowMs = 1; nowMs < 20; nowMs++) pacing = slowDown(pacing, nowMs, nowMs);
    expect(pacing.mostInFlight).toBe(1);
  });
});
