// The fault campaign: `node test/faults/campaign.ts --seeds N [--first S] [--minutes M] [--verbose]`. Lives through one seed after
// the other and ends with 1 when any of them leaves a difference, after printing its seed, what happened, and what differs.
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { makeScratch } from '../fixtures/held-database.ts';
import { live } from './life.ts';
import { makeTemplate } from './world.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    first: { type: 'string', default: '1' },
    minutes: { type: 'string', default: 'Infinity' },
    verbose: { type: 'boolean', default: false },
  },
});
const first = Number(values.first);
const seeds = Number(values.seeds);
const endAtMs = Date.now() + Number(values.minutes) * 60_000;
const shownProblems = 30;

const scratch = makeScratch();
const failed: number[] = [];
let lived = 0;
try {
  await makeTemplate(scratch);
  for (let seed = first; seed < first + seeds && Date.now() < endAtMs; seed++) {
    const startedMs = performance.now();
    const { script, problems } = await live(seed, scratch, (sentence) => {
      if (values.verbose) say(`  ${sentence}`);
    });
    lived++;
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    say(
      `Seed ${seed}: ${problems.length === 0 ? 'equal' : `${problems.length} problems`} after ${seconds} s.`,
    );
    if (problems.length === 0) continue;
    failed.push(seed);
    if (!values.verbose) for (const sentence of script) say(`  ${sentence}`);
    for (const problem of problems.slice(0, shownProblems)) say(`  ! ${problem}`);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
say(
  failed.length === 0
    ? `${lived} seeds, and not one difference.`
    : `${lived} seeds, of which ${failed.join(', ')} left differences.`,
);
process.exitCode = failed.length === 0 ? 0 : 1;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
