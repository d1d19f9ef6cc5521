// I5, in short: a few lives of the fault campaign, which `npm run test:faults -- --seeds N` lives through by the hundred.
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeScratch, untilNothingRuns } from '../fixtures/held-database.ts';
import { live } from './life.ts';
import { makeTemplate } from './world.ts';

const scratch = makeScratch();

beforeAll(() => makeTemplate(scratch));
afterAll(async () => {
  await untilNothingRuns(scratch);
  rmSync(scratch, { recursive: true, force: true });
});

test.each([1, 4, 11])('I5 whatever happens, the store is the tenant in the end: seed %i', async (seed) => {
  const { script, problems } = await live(seed, scratch, () => {});
  expect(problems, script.join('\n')).toEqual([]);
});
