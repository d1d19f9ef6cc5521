// Only the screenshots: they are written for the documentation, and are no tests.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/browser/screenshots/*.shots.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
