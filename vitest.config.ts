import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'simulator/**/*.test.ts', 'test/**/*.test.ts'],
    // Most tests wait for others more than they work: on two cores, one at a time would take twice as long.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // A guard against a test that hangs, not a measure: property tests on the database take a third of this on a quiet machine.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
