// The campaign of dying workers: `node test/faults/worker-campaign.ts [--seconds 300] [--workers 3] [--connections 20]`. Ends with 1
// when a run does not end, a connection is ever worked on twice at once, or a store differs from its tenant.
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { makeScratch } from '../fixtures/held-database.ts';
import { liveThroughChaos } from './worker-chaos.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '300' },
    workers: { type: 'string', default: '3' },
    connections: { type: 'string', default: '20' },
  },
});
const say = (line: string) => void process.stdout.write(`${line}\n`);
const scratch = makeScratch();
try {
  const { problems, kills, stops, runs } = await liveThroughChaos({
    scratch,
    workers: Number(values.workers),
    connections: Number(values.connections),
    seconds: Number(values.seconds),
    tell: say,
  });
  for (const problem of problems.slice(0, 30)) say(`  ! ${problem}`);
  say(
    `${runs} runs, ${kills} kills and ${stops} stops: ${problems.length === 0 ? 'nothing is wrong' : `${problems.length} problems`}.`,
  );
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
