// kill -9 at any moment of a run: whoever goes on brings it to its end, with nothing lost and nothing doubled. A longer campaign:
// `npm run test:reconcile -- --seeds N`.
import { expect, test } from 'vitest';
import { useOwnDatabase } from './fixtures/own-database.ts';
import { liveThroughKills } from './fixtures/reconciliation-life.ts';

const own = useOwnDatabase();

test.each([1, 2])('seed %i: killed processes cost nothing but time', async (seed) => {
  const { kills, problems } = await liveThroughKills(own(), seed);
  expect(problems).toEqual([]);
  expect(kills).toBeGreaterThan(0);
});
