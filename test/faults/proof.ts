// The proof at the end of a life: without any fault, one run, and then everything is equal, and stays as it is.
import type { EngineStep } from '../fixtures/engine-program.ts';
import {
  type Contents,
  differencesBetween,
  findContradictions,
  readContents,
} from '../fixtures/store-contents.ts';
import { readTenant } from '../fixtures/tenant-contents.ts';
import { connection, describeEnd, openStore, start, untilAnswered, type World } from './world.ts';

/** What a command ends with when something waits for a person. */
const blockedCode = 3;

/** Everything that is wrong; nothing when the store is what it should be. */
export async function prove(world: World): Promise<string[]> {
  const { controls, store, tell } = world;
  await controls.control('DELETE /faults');
  await untilAnswered(store.database);
  const problems: string[] = [];
  const run = async (step: EngineStep): Promise<void> => {
    const end = await start(world, step).ended;
    tell(`In the end, ${step}: ${describeEnd(end)}.`);
    for (const { isEqual, differences } of end.verified) {
      if (!isEqual) problems.push('verify says that the store is not equal.');
      problems.push(...differences.map((difference) => `verify: ${JSON.stringify(difference)}`));
    }
    // What came under faults may have been blocked; now that nothing disturbs, everything that comes is true.
    if (end.code === blockedCode && step === 'sync') return await run('full, forced');
    if (end.code !== 0) problems.push(`${step} ended with ${end.code ?? end.signal}: ${end.complaint}`);
  };
  await run('sync');
  await run('verify');
  const before = await inspect(world);
  problems.push(...before.found);
  if (problems.length > 0) return problems;
  await run('full');
  await run('sync');
  const after = await inspect(world);
  const changes = after.changes - before.changes;
  if (changes !== 0) problems.push(`Reading everything again has made ${changes} changes.`);
  return [...problems, ...after.found];
}

/** How long the log is, and what is wrong with the store as it is. */
async function inspect({ store, simulator, expected }: World): Promise<{ changes: number; found: string[] }> {
  const database = store.database ?? (await openStore(store.place));
  try {
    const { sql } = database;
    const [log] = await sql<{ changes: number }[]>`select count(*)::float8 as changes from change`;
    const types = expected.map(({ entityType }) => entityType);
    const classes = types.flatMap(({ name, links }) => [name, ...links.map((link) => `${name}.${link}`)]);
    const contents = onlyOf(classes, await readContents(sql, connection));
    return {
      changes: log?.changes ?? 0,
      found: [
        ...differencesBetween(
          { name: 'the tenant', contents: readTenant(simulator, expected) },
          { name: 'the store', contents },
        ),
        ...(await findContradictions(
          sql,
          connection,
          types.map(({ name }) => name),
        )),
      ],
    };
  } finally {
    if (database !== store.database) await database.close();
  }
}

/** What is stored of the classes that are mapped now; what an earlier mapping brought stays as it was. */
function onlyOf(classes: readonly string[], contents: Contents): Contents {
  return new Map([...contents].filter(([place]) => classes.includes(place.slice(0, place.indexOf(' ')))));
}
