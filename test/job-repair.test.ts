// A job whose run a guard has blocked: it is gone on with, whichever of its runs met the block and at which task.
import { afterEach, expect, test } from 'vitest';
import { openQueue } from '../src/jobs/queue.ts';
import { startWorker } from '../src/jobs/worker.ts';
import { fewDeletions, setUpGuardBench } from './fixtures/guard-bench.ts';
import { heldTask, jobOf, recordJobs, runIn } from './fixtures/job-processing.ts';
import { useOwnDatabase } from './fixtures/own-database.ts';
import { people, user } from './fixtures/sync-bench.ts';

const own = useOwnDatabase();
const stops: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

async function setUp() {
  const { sql } = own().database;
  const bench = setUpGuardBench(own());
  const onError = (error: unknown) => {
    throw error;
  };
  const queue = await openQueue(sql, { isWorker: true, onError });
  stops.push(queue.close);
  const worker = await startWorker({
    queue,
    surroundings: {
      sql,
      openTarget: async (name) => ({
        target: { sql, connector: bench.source.connector(), name, entityTypes: [user], guards: fewDeletions },
        columns: [],
        folders: { exportOutput: '', exportCookies: '' },
        close: async () => {},
      }),
      openOrderTarget: async () => undefined,
      deploy: async (directory) => `Deployed ${directory}.`,
      explain: (error) => error,
      onProgress: () => {},
    },
    name: 'one',
    host: 'test',
    version: '0',
    slots: 2,
    now: () => new Date(),
    retryPausesSeconds: [],
    mostTasksAtOnce: 5,
    onRun: () => {},
    onError,
  });
  stops.push(worker.stop);
  const connections = [bench.name];
  await recordJobs(sql, [
    jobOf('Guarded', [
      heldTask('Export', { kind: 'export', connections }),
      heldTask('Apply', { kind: 'apply', level: 1, connections, dependsOn: ['Export'] }),
      heldTask('After', { level: 2, dependsOn: ['Apply'] }),
    ]),
  ]);
  const launch = async (): Promise<number> => {
    const outcome = await queue.launch({ jobIdentifier: 'Guarded', trigger: 'command', startedBy: 'a test' });
    if (outcome.kind !== 'launched') throw new Error(outcome.kind);
    return outcome.jobRunId;
  };
  const users = (count: number) => bench.source.offer('user', { pages: [people(count)] });
  users(100);
  await runIn(sql, await launch(), 'succeeded');
  bench.source.offer('user', {
    pages: [[1, 2, 3].map((number) => ({ key: `u${number}`, removed: 'forever' as const }))],
  });
  const blockedId = await launch();
  const blocked = await runIn(sql, blockedId, 'blocked');
  expect(blocked.tasks.map(({ state }) => state)).toEqual(['succeeded', 'blocked', 'skipped']);
  return { sql, bench, queue, launch, blockedId };
}

const resume = async (queue: Awaited<ReturnType<typeof openQueue>>, jobRunId: number): Promise<number> => {
  const outcome = await queue.resume(jobRunId, 'a person');
  if (outcome.kind !== 'launched') throw new Error(outcome.kind);
  return outcome.jobRunId;
};

test('the run that was blocked is resumed: what is held back is applied, and the tasks after it run', async () => {
  const { sql, bench, queue, blockedId } = await setUp();
  const run = await runIn(sql, await resume(queue, blockedId), 'succeeded');
  expect(run.resumesJobRunId).toBe(blockedId);
  expect(run.tasks.map(({ state }) => state)).toEqual(['succeeded', 'succeeded', 'succeeded']);
  expect(await bench.places()).toHaveLength(97);
});

test('a later run that met the block before it had read anything is resumed as well', async () => {
  const { sql, bench, queue, launch } = await setUp();
  const laterId = await launch();
  const later = await runIn(sql, laterId, 'blocked');
  expect(later.tasks.map(({ state }) => state)).toEqual(['blocked', 'skipped', 'skipped']);
  bench.source.offer('user', { pages: [[{ key: 'u4', attributes: { name: 'Renamed' } }]] });
  const run = await runIn(sql, await resume(queue, laterId), 'succeeded');
  expect(run.tasks.map(({ state }) => state)).toEqual(['succeeded', 'succeeded', 'succeeded']);
  expect(await bench.places()).toHaveLength(97);
});

test('a run whose changes were discarded meanwhile goes on as any other run', async () => {
  const { sql, bench, queue, blockedId } = await setUp();
  await bench.discard();
  bench.source.offer('user', { pages: [people(100)] });
  await runIn(sql, await resume(queue, blockedId), 'succeeded');
  expect(await bench.places()).toHaveLength(100);
});
