// The campaign of killed reconciliations: `node test/faults/reconcile-campaign.ts --seeds N [--first S]`. Ends with 1 when any seed leaves
// something wrong, after printing what.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openDatabase } from '../../src/store/database.ts';
import { urlOf } from '../fixtures/database-url.ts';
import { makeScratch } from '../fixtures/held-database.ts';
import { liveThroughKills } from '../fixtures/reconciliation-life.ts';

const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '20' }, first: { type: 'string', default: '1' } },
});
const first = Number(values.first);
const failed: number[] = [];
const scratch = makeScratch();
const dataDirectory = join(scratch, 'data');
const database = await openDatabase({ dataDirectory, databaseUrl: undefined }, () => {});
try {
  for (let seed = first; seed < first + Number(values.seeds); seed++) {
    const startedMs = performance.now();
    const { kills, problems } = await liveThroughKills(
      { database, dataDirectory, url: urlOf(database) },
      seed,
    );
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    process.stdout.write(`Seed ${seed}: ${kills} kills, ${problems.length} problems after ${seconds} s.\n`);
    for (const problem of problems) process.stdout.write(`  ! ${problem}\n`);
    if (problems.length > 0) failed.push(seed);
  }
} finally {
  await database.close();
  rmSync(scratch, { recursive: true, force: true });
}
process.exitCode = failed.length === 0 ? 0 : 1;
