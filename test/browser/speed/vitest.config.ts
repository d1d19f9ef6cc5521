// Only what is measured in the browser: figures that are printed, and no tests.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/browser/speed/*.speed.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
