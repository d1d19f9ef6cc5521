import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes minutes comes first, so that nobody waits for it in the end. */
const long = [/\/test\/browser\//, /\/test\/faults\//, /-(?:command|processes|kills|properties)\.test\.ts$/];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const placeOf = ({ moduleId }: TestSpecification) => (long.some((form) => form.test(moduleId)) ? 0 : 1);
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => placeOf(one) - placeOf(other));
  }
}

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'simulator/**/*.test.ts', 'test/**/*.test.ts'],
    sequence: { sequencer: LongestFirst },
    // Most tests wait for others more than they work: on two cores, two at a time leave a third of the time unused.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    // A guard against a test that hangs, not a measure: property tests on the database take a third of this on a quiet machine.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // A condition that is waited for comes when it comes, on a busy machine as well.
    expect: { poll: { timeout: 30_000 } },
  },
});
