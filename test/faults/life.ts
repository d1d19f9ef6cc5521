// One life of a store: a tenant that changes and misbehaves, runs that are killed at any moment, and in the end the proof that
// nothing is missing. Everything but the exact moments follows from the seed.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Simulator, startSimulator } from '../../simulator/simulator.ts';
import { createRandom, type Random } from '../../simulator/tenant/random.ts';
import { readConfig } from '../../src/config.ts';
import type { BulkThresholds } from '../../src/connectors/entra/full-export.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { type EngineEnd, type EngineStore, startEngine } from '../fixtures/engine-process.ts';
import type { EngineStep, EngineTask } from '../fixtures/engine-program.ts';
import { connectionTo } from '../fixtures/entra-on-simulator.ts';
import { crash, serverPid } from '../fixtures/held-database.ts';
import { groupNamed, openClient, type SimulatorClient } from '../fixtures/simulator-client.ts';
import { differencesBetween, findContradictions, readContents } from '../fixtures/store-contents.ts';
import { type ExpectedType, readTenant } from '../fixtures/tenant-contents.ts';
import { drawFault } from './drawn-faults.ts';
import { drawMapping } from './drawn-mapping.ts';

export type Life = Readonly<{
  seed: number;
  /** What happened, one sentence each. */
  script: readonly string[];
  /** Everything that is wrong in the end; nothing when the store is what it should be. */
  problems: readonly string[];
}>;

const connection = 'campaign';
const hourSeconds = 3600;
const daySeconds = 24 * hourSeconds;

/** Makes the empty database that every life begins with, in a directory that all accounts can enter. */
export async function makeTemplate(scratch: string): Promise<void> {
  const database = await openDatabase(configOf({ dataDirectory: join(scratch, 'template') }), () => {});
  await database.close();
}

/** Lives through everything that a seed brings; `say` is told of it as it happens. */
export async function live(seed: number, scratch: string, say: (sentence: string) => void): Promise<Life> {
  const random = createRandom(`life ${seed}`);
  const script: string[] = [];
  const tell = (sentence: string) => {
    script.push(sentence);
    say(sentence);
  };
  const tenant = drawTenant(random.stream('tenant'), seed);
  tell(`A tenant of ${JSON.stringify(tenant)}.`);
  const simulator = await startSimulator(tenant);
  const controls = await openClient(simulator);
  const dataDirectory = join(scratch, `life ${seed}`);
  copyTemplate(scratch, dataDirectory);
  const store = random.chance(0.6)
    ? await openSharedStore(dataDirectory)
    : { place: { dataDirectory }, database: undefined };
  tell(store.database ? 'The database outlives the processes.' : 'Each process has the database started.');
  try {
    const life: World = {
      simulator,
      controls,
      store,
      expected: drawMapping(random.stream('mapping')),
      bulkThresholds: drawThresholds(random.stream('thresholds')),
      tell,
    };
    const problems = await passTime(life, random);
    return { seed, script, problems };
  } finally {
    await controls.close();
    await simulator.stop();
    await store.database?.close();
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}

type World = Readonly<{
  simulator: Simulator;
  controls: SimulatorClient;
  store: Readonly<{ place: EngineStore; database: Database | undefined }>;
  expected: readonly ExpectedType[];
  bulkThresholds: BulkThresholds | undefined;
  tell: (sentence: string) => void;
}>;

function drawTenant(random: Random, seed: number) {
  const users = random.pick([0, 1, 12, 60, 250, 600]);
  if (users < 12) return { users, seed };
  const largestGroup = random.chance(0.3) ? { largestGroup: Math.floor(users * 0.9) } : {};
  const groups = 8 + random.below(60);
  return { users, seed, groups, memberships: users * (1 + random.below(6)), ...largestGroup };
}

function drawThresholds(random: Random): BulkThresholds | undefined {
  if (random.chance(0.4)) return undefined;
  return random.pick([
    { otherwise: 0 },
    { user: 100, group: 10, otherwise: 50 },
    { user: 1, otherwise: 1e9 },
  ]);
}

function copyTemplate(scratch: string, dataDirectory: string): void {
  mkdirSync(dataDirectory, { mode: 0o711 });
  const parts = ['database', 'connection.conf'].map((name) => join(scratch, 'template', name));
  execFileSync('cp', ['-pR', ...parts, dataDirectory]);
}

function configOf({ dataDirectory, databaseUrl }: EngineStore) {
  const place = { workingDirectory: '/', isRoot: process.getuid?.() === 0, isReachableByOthers: true };
  return readConfig({ SYNCLINE_DATA: dataDirectory, DATABASE_URL: databaseUrl }, {}, place);
}

async function openSharedStore(dataDirectory: string): Promise<World['store']> {
  const database = await openDatabase(configOf({ dataDirectory }), () => {});
  const { host, port, user, pass, database: name } = database.sql.options;
  const databaseUrl = `postgres://${user}:${pass}@${host[0]}:${port[0]}/${name}`;
  return { place: { dataDirectory, databaseUrl }, database };
}

/** All that happens, and what is wrong in the end. Stops at the first thing that may not be at any time. */
async function passTime(start: World, random: Random): Promise<string[]> {
  let world = start;
  const steps = 3 + random.below(6);
  for (let step = 1; step <= steps; step++) {
    const chance = random.stream(`step ${step}`);
    world.tell(`Step ${step} of ${steps}.`);
    world = await changeWorld(world, chance);
    const problems = await disturbedRun(world, chance);
    if (problems.length > 0) return problems;
  }
  return await finalProof(world);
}

/** Changes in the tenant and in what is wanted of it. */
async function changeWorld(world: World, random: Random): Promise<World> {
  const { controls, tell } = world;
  await controls.control('DELETE /faults');
  if (random.chance(0.8)) {
    const changes = random.pick([1, 5, 30, 150]);
    const answer = await controls.control('POST /churn', { changes });
    tell(`In the tenant: ${answer.text}.`);
  }
  if (random.chance(0.15)) {
    const advanceSeconds = random.pick([2 * hourSeconds, 8 * daySeconds, 31 * daySeconds]);
    await controls.control('POST /clock', { advanceSeconds });
    controls.use(await controls.signIn());
    tell(`${advanceSeconds} seconds pass.`);
  }
  if (!random.chance(0.12)) return world;
  tell('Another mapping is wanted.');
  return { ...world, expected: drawMapping(random.stream('mapping')) };
}

/** One run under faults that may be killed, together with its database or without; what is wrong with the store afterwards. */
async function disturbedRun(world: World, random: Random): Promise<string[]> {
  const { controls, store, tell } = world;
  const faults = random.chance(0.75)
    ? Array.from({ length: 1 + random.below(4) }, () => drawFault(random))
    : [];
  await controls.stage(...faults);
  if (faults.length > 0) tell(`Faults: ${faults.map((fault) => JSON.stringify(fault)).join(' ')}.`);
  // With replicationLag staged, what is created here cannot be found for a while.
  if (random.chance(0.2)) {
    const answer = await controls.send('POST /groups', groupNamed(`made-${random.below(1e9)}`));
    tell(`A group is created through Graph: ${answer.status}.`);
  }
  const step: EngineStep = random.chance(0.2) ? 'full' : 'sync';
  const engines = random.chance(0.1) && store.database ? 2 : 1;
  const running = Array.from({ length: engines }, () => startEngine(store.place, taskOf(world, [step])));
  const [engine] = running;
  if (engine === undefined) throw new Error('Nothing was started.');
  const lines = 1 + random.below(30);
  if (random.chance(0.3)) {
    await engine.told(lines);
    const changes = random.pick([1, 20, 100]);
    const answer = await controls.control('POST /churn', { changes });
    tell(`After ${lines} lines, in the tenant: ${answer.text}.`);
  }
  const isKilled = random.chance(0.5);
  let isServerKilled = false;
  if (isKilled) {
    const byLines = random.chance(0.6);
    const killLines = 1 + random.below(25);
    const killMs = random.below(2500);
    await (byLines ? engine.told(killLines) : Promise.race([delay(killMs), engine.ended]));
    isServerKilled = random.chance(0.35);
    const victim = isServerKilled ? 'PostgreSQL' : random.pick(['SIGKILL', 'SIGTERM'] as const);
    tell(
      `${victim === 'PostgreSQL' ? 'kill -9 of PostgreSQL' : victim} after ${byLines ? `${killLines} lines` : `${killMs} ms`}.`,
    );
    if (victim === 'PostgreSQL') crashServer(store.place.dataDirectory);
    else engine.kill(victim);
  }
  const ends = await Promise.all(running.map(({ ended }) => ended));
  for (const end of ends) tell(`${step}: ${describeEnd(end)}.`);
  const defects = ends.filter(({ code, complaint }) => code === 70 || /^ +at \S/m.test(complaint));
  if (defects.length > 0) return defects.map(({ complaint }) => `A defect: ${complaint}`);
  if (isServerKilled || store.database === undefined) return [];
  return await findContradictions(store.database.sql, connection, false);
}

function crashServer(dataDirectory: string): void {
  try {
    crash(serverPid(dataDirectory));
  } catch {
    // It was not up yet.
  }
}

function taskOf(world: World, steps: readonly EngineStep[]): EngineTask {
  const { simulator, expected, bulkThresholds } = world;
  return {
    connection: connectionTo(simulator),
    name: connection,
    entityTypes: expected.map(({ entityType }) => entityType),
    steps,
    ...(bulkThresholds === undefined ? {} : { bulkThresholds }),
  };
}

function describeEnd({ code, signal, complaint, synchronized }: EngineEnd): string {
  const counts = synchronized.flatMap(({ counts }) =>
    counts.map(
      ({ objectClass, inserted, updated, deleted, isFull }) =>
        `${objectClass}${isFull ? ' (full)' : ''} +${inserted} ~${updated} -${deleted}`,
    ),
  );
  return [`ended with ${code ?? signal}`, ...counts, complaint.trim()]
    .filter((part) => part !== '')
    .join(', ');
}

/** Without any fault: one run, and then everything has to be equal, and to stay as it is. */
async function finalProof(world: World): Promise<string[]> {
  const { controls, store, simulator, expected, tell } = world;
  await controls.control('DELETE /faults');
  await untilAnswered(store.database);
  const end = await startEngine(store.place, taskOf(world, ['sync', 'verify'])).ended;
  tell(`In the end: ${describeEnd(end)}.`);
  if (end.code !== 0) return [`The last run ended with ${end.code ?? end.signal}: ${end.complaint}`];
  const problems = end.verified.flatMap(({ isEqual, differences }) => [
    ...(isEqual ? [] : ['verify says that the store is not equal.']),
    ...differences.map((difference) => `verify: ${JSON.stringify(difference)}`),
  ]);
  const checks = async () => {
    const database = store.database ?? (await openDatabase(configOf(store.place), () => {}));
    try {
      const { sql } = database;
      const [log] = await sql<{ changes: number }[]>`select count(*)::float8 as changes from change`;
      const types = new Set(expected.map(({ entityType }) => entityType.name));
      return {
        changes: log?.changes ?? 0,
        found: [
          ...differencesBetween(
            { name: 'the tenant', contents: readTenant(simulator, expected) },
            { name: 'the store', contents: await readMapped(database, types, expected) },
          ),
          ...(await findContradictions(sql, connection, true)),
        ],
      };
    } finally {
      if (database !== store.database) await database.close();
    }
  };
  const before = await checks();
  problems.push(...before.found);
  if (problems.length > 0) return problems;
  const again = await startEngine(store.place, taskOf(world, ['full', 'sync'])).ended;
  if (again.code !== 0)
    return [`A full run afterwards ended with ${again.code ?? again.signal}: ${again.complaint}`];
  const after = await checks();
  if (after.changes !== before.changes)
    problems.push(`A full run of what is known made ${after.changes - before.changes} changes.`);
  return [...problems, ...after.found];
}

/** What is stored of the types and links that are mapped now; what an earlier mapping brought stays as it was. */
async function readMapped(
  { sql }: Database,
  types: ReadonlySet<string>,
  expected: readonly ExpectedType[],
): Promise<Map<string, string>> {
  const links = new Set(
    expected.flatMap(({ entityType }) => entityType.links.map((link) => `${entityType.name}.${link}`)),
  );
  const contents = await readContents(sql, connection);
  return new Map(
    [...contents].filter(([place]) => {
      const objectClass = place.slice(0, place.indexOf(' '));
      return types.has(objectClass) || links.has(objectClass);
    }),
  );
}

/** A server that was killed is back in a moment. */
async function untilAnswered(database: Database | undefined): Promise<void> {
  while (database) {
    try {
      await database.sql`select 1`;
      return;
    } catch {
      await delay(50);
    }
  }
}
