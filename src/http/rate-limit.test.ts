import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Bucket, createRateLimit, takeToken } from './rate-limit.ts';

const rates = fc.record({
  burst: fc.integer({ min: 1, max: 100 }),
  perSecond: fc.double({ min: 0.01, max: 100, noNaN: true }),
});

describe('a bucket', () => {
  test('never lets more through than the burst and what time brings', () => {
    fc.assert(
      fc.property(rates, fc.array(fc.nat(2000), { maxLength: 200 }), (rate, gapsMs) => {
        let bucket: Bucket | undefined;
        let nowMs = 0;
        let taken = 0;
        for (const gap of gapsMs) {
          nowMs += gap;
          const taking = takeToken(bucket, rate, nowMs);
          bucket = taking.bucket;
          if (taking.isTaken) taken += 1;
          expect(bucket.tokens).toBeGreaterThanOrEqual(0);
        }
        const startMs = gapsMs[0] ?? 0;
        expect(taken).toBeLessThanOrEqual(rate.burst + ((nowMs - startMs) / 1000) * rate.perSecond + 1e-6);
      }),
    );
  });

  test('lets the next one through after exactly the seconds that it says', () => {
    fc.assert(
      fc.property(rates, fc.nat(500), (rate, extra) => {
        let bucket: Bucket | undefined;
        let taking = takeToken(bucket, rate, 0);
        for (let count = 0; taking.isTaken; count += 1) {
          bucket = taking.bucket;
          taking = takeToken(bucket, rate, 0);
          expect(count).toBeLessThanOrEqual(rate.burst);
        }
        const afterMs = taking.retryAfterSeconds * 1000 + extra;
        expect(takeToken(taking.bucket, rate, afterMs).isTaken).toBe(true);
      }),
    );
  });

  test('is not filled by a clock that is set back', () => {
    const rate = { burst: 1, perSecond: 1 };
    const { bucket } = takeToken(undefined, rate, 10_000);
    expect(takeToken(bucket, rate, 0).isTaken).toBe(false);
    expect(takeToken(takeToken(bucket, rate, 0).bucket, rate, 10_500).isTaken).toBe(false);
  });
});

test('a limit keeps keys apart', () => {
  const limit = createRateLimit({ burst: 1, perSecond: 1 }, () => 0);
  expect([limit('a'), limit('a'), limit('b')]).toEqual([undefined, 1, undefined]);
});
