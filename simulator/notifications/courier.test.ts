import fc from 'fast-check';
import { expect, test } from 'vitest';
import { manualClock } from '../clock.ts';
import { createCourier, retryDelayMs } from './courier.ts';
import { createEndpointClient } from './endpoint-client.ts';

test('retries wait longer each time, from ten seconds to half an hour', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), (attempts) => {
      const delayMs = retryDelayMs(attempts);
      expect(delayMs).toBeGreaterThanOrEqual(10_000);
      expect(delayMs).toBeLessThanOrEqual(1_800_000);
      expect(retryDelayMs(attempts + 1)).toBe(Math.min(delayMs * 2, 1_800_000));
    }),
  );
});

test('what waits for a dead endpoint is bounded', async () => {
  const client = createEndpointClient('');
  const courier = createCourier({ clock: manualClock(0), client, answerTimeoutMs: 100, isOff: () => false });
  courier.send('http://127.0.0.1:9/', Array(100_070).fill({}));
  expect(courier.counts).toMatchObject({ waiting: 100_000, dropped: 70, delivered: 0 });
  courier.stop();
  await client.stop();
});
