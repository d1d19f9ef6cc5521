// One life of a store: a tenant that changes and misbehaves, runs that are killed at any moment, and in the end the proof that
// nothing is missing. Everything but the exact moments follows from the seed.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startSimulator } from '../../simulator/simulator.ts';
import { createRandom, type Random } from '../../simulator/tenant/random.ts';
import type { BulkThresholds } from '../../src/connectors/entra/full-export.ts';
import type { EngineStep } from '../fixtures/engine-program.ts';
import { crash, serverPid } from '../fixtures/held-database.ts';
import { groupNamed, openClient } from '../fixtures/simulator-client.ts';
import { findContradictions } from '../fixtures/store-contents.ts';
import { drawFault } from './drawn-faults.ts';
import { drawMapping } from './drawn-mapping.ts';
import { prove } from './proof.ts';
import {
  connection,
  copyTemplate,
  describeEnd,
  openSharedStore,
  start,
  untilAnswered,
  type World,
} from './world.ts';

export type Life = Readonly<{
  seed: number;
  /** What happened, one sentence each. */
  script: readonly string[];
  /** Everything that is wrong in the end; nothing when the store is what it should be. */
  problems: readonly string[];
}>;

const hourSeconds = 3600;
const daySeconds = 24 * hourSeconds;

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
    const isCommand = random.chance(0.4);
    tell(isCommand ? 'Runs are started as commands.' : 'Runs are started by the engine itself.');
    const life: World = {
      isCommand,
      simulator,
      controls,
      store,
      expected: drawMapping(random.stream('mapping')),
      bulkThresholds: drawThresholds(random.stream('thresholds')),
      tell,
    };
    const problems = await passTime(life, random);
    return { seed, script, problems };
  } catch (error) {
    return {
      seed,
      script,
      problems: [`The campaign broke off: ${error instanceof Error ? error.stack : error}`],
    };
  } finally {
    await controls.close();
    await simulator.stop();
    await store.database?.close();
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}

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

/** All that happens, and what is wrong in the end. Stops at the first thing that may not be at any time. */
async function passTime(beginning: World, random: Random): Promise<string[]> {
  let world = beginning;
  const steps = 3 + random.below(6);
  for (let step = 1; step <= steps; step++) {
    const chance = random.stream(`step ${step}`);
    world.tell(`Step ${step} of ${steps}.`);
    await untilAnswered(world.store.database);
    world = await changeWorld(world, chance);
    const problems = await disturbedRun(world, chance);
    if (problems.length > 0) return problems;
  }
  return await prove(world);
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
  if (faults.length > 0) tell(`Faults: ${faults.map((fault) => JSON.stringify(fault)).join(' ')}.`);
  if (random.chance(0.3)) await createLaggingGroup(world, random);
  for (const fault of faults) await controls.control('POST /faults', fault);
  const step: EngineStep = random.pick(['sync', 'sync', 'sync', 'sync', 'full', 'verify']);
  const engines = random.chance(0.1) && store.database ? 2 : 1;
  const running = Array.from({ length: engines }, () => start(world, step));
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
    const killMs = random.below(1600);
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
  return await findContradictions(store.database.sql, connection, []);
}

/** A group that lists and deltas may know before it can be asked for. */
async function createLaggingGroup({ controls, tell }: World, random: Random): Promise<void> {
  await controls.stage({ kind: 'replicationLag', seconds: 1 + random.below(4) });
  const members = (await controls.page('/users?$top=3')).value.map(({ id }) => `users/${id}`);
  const group = { ...groupNamed(`made-${random.below(1e9)}`), 'members@odata.bind': members };
  const answer = await controls.send('POST /groups', group);
  const { id } = JSON.parse(answer.text) as { id: string };
  tell(
    `The group ${id} is created through Graph, with ${members.length} members, and cannot be found for a moment.`,
  );
}

function crashServer(dataDirectory: string): void {
  try {
    crash(serverPid(dataDirectory));
  } catch {
    // It was not up yet.
  }
}
