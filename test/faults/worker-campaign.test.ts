// In short what `npm run test:workers` does for minutes: workers die, and every run ends all the same.
import { rmSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { makeScratch, untilNothingRuns } from '../fixtures/held-database.ts';
import { liveThroughChaos } from './worker-chaos.ts';

const scratch = makeScratch();

afterAll(async () => {
  await untilNothingRuns(scratch);
  rmSync(scratch, { recursive: true, force: true });
});

test('workers that are killed and stopped at random lose no run, overlap nowhere, and leave no difference', async () => {
  const { problems, runs } = await liveThroughChaos({
    scratch,
    workers: 3,
    connections: 6,
    seconds: 15,
    tell: () => {},
  });
  expect(problems).toEqual([]);
  expect(runs).toBeGreaterThan(6);
}, 240_000);
