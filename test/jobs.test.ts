// Jobs in the hands of workers: launched, ordered, cancelled, handed over, retried.
import { afterEach, describe, expect, test } from 'vitest';
import { Fault } from '../src/errors.ts';
import { requestCancel } from '../src/store/job-runs.ts';
import { readTaskRunLog } from '../src/store/task-run-log.ts';
import { readWorkers } from '../src/store/workers.ts';
import {
  type HeldWork,
  type HeldWorker,
  heldTask,
  jobOf,
  recordJobs,
  runIn,
  startHeldWorker,
} from './fixtures/job-processing.ts';
import { useOwnDatabase } from './fixtures/own-database.ts';

const own = useOwnDatabase();
const workers: HeldWorker[] = [];

afterEach(async () => {
  await Promise.all(workers.splice(0).map(({ stop }) => stop()));
});

async function startWorkerWith(
  work: HeldWork,
  { name = 'one', pauses = [] }: { name?: string; pauses?: number[] } = {},
): Promise<HeldWorker> {
  const worker = await startHeldWorker(own().database.sql, name, work, pauses);
  workers.push(worker);
  return worker;
}

async function launch(worker: HeldWorker, jobIdentifier: string, options = {}): Promise<number> {
  const outcome = await worker.queue.launch({
    jobIdentifier,
    trigger: 'command',
    startedBy: 'a test',
    options,
  });
  if (outcome.kind !== 'launched') throw new Error(`The job was not launched: ${JSON.stringify(outcome)}`);
  return outcome.jobRunId;
}

test('a launched job runs its tasks level by level and says who started it and what it came to', async () => {
  const { sql } = own().database;
  const done: string[] = [];
  const worker = await startWorkerWith(async (directory) => {
    done.push(directory);
    return `Did ${directory}.`;
  });
  await recordJobs(sql, [
    jobOf('Levels', [
      heldTask('last', { level: 2, dependsOn: ['first'] }),
      heldTask('first'),
      heldTask('nothing', { kind: 'none', level: 1 }),
    ]),
  ]);
  const run = await runIn(sql, await launch(worker, 'levels'), 'succeeded');
  expect(done).toEqual(['first', 'last']);
  expect(run).toMatchObject({
    jobIdentifier: 'Levels',
    startedBy: 'a test',
    trigger: 'command',
    worker: 'one',
  });
  expect(run.tasks.map(({ identifier, state, message }) => [identifier, state, message])).toEqual([
    ['last', 'succeeded', 'Did last.'],
    ['first', 'succeeded', 'Did first.'],
    ['nothing', 'skipped', 'It has nothing to do here.'],
  ]);
});

test('a job never runs twice at once, is found whatever the case, and a near name is offered', async () => {
  const { sql } = own().database;
  const gate = Promise.withResolvers<string>();
  const worker = await startWorkerWith(() => gate.promise);
  await recordJobs(sql, [
    jobOf('OnlyOnce', [heldTask('held')]),
    jobOf('ForTheSchedule', [], { isUserStartDenied: true }),
  ]);
  const jobRunId = await launch(worker, 'ONLYONCE');
  const again = { trigger: 'command', startedBy: 'another' } as const;
  expect(await worker.queue.launch({ jobIdentifier: 'OnlyOnce', ...again })).toEqual({
    kind: 'under-way',
    jobRunId,
  });
  expect(await worker.queue.launch({ jobIdentifier: 'OnlyOne', ...again })).toEqual({
    kind: 'unknown-job',
    nearest: 'OnlyOnce',
  });
  expect(await worker.queue.launch({ jobIdentifier: 'ForTheSchedule', ...again })).toEqual({
    kind: 'start-denied',
  });
  gate.resolve('Done.');
  await runIn(sql, jobRunId, 'succeeded');
  await runIn(sql, await launch(worker, 'OnlyOnce'), 'succeeded');
});

describe('a task that fails', () => {
  test('ends the job, what depends on it is passed over, and the reason stands at the run', async () => {
    const { sql } = own().database;
    const worker = await startWorkerWith(async () => {
      throw new Fault('credential-refused', 'Contoso refuses the secret: renew it.');
    });
    await recordJobs(sql, [
      jobOf('Failing', [heldTask('breaks'), heldTask('after', { level: 1, dependsOn: ['breaks'] })]),
    ]);
    const run = await runIn(sql, await launch(worker, 'Failing'), 'failed');
    expect(run.message).toBe('Contoso refuses the secret: renew it.');
    expect(run.tasks.map(({ state }) => state)).toEqual(['failed', 'skipped']);
    const log = await readTaskRunLog(sql, run.tasks[0]?.taskRunId ?? 0, { after: 0, limit: 10 });
    expect(log.map(({ level, message }) => [level, message])).toEqual([
      ['error', 'Contoso refuses the secret: renew it.'],
    ]);
  });

  test('is a warning where the job can do without it, and only its dependents are passed over', async () => {
    const { sql } = own().database;
    const worker = await startWorkerWith(async (directory) => {
      if (directory === 'breaks') throw new Fault('credential-refused', 'Refused: renew it.');
      return 'Done.';
    });
    await recordJobs(sql, [
      jobOf('Warning', [
        heldTask('breaks', { continuesOnError: true }),
        heldTask('after', { level: 1, dependsOn: ['breaks'] }),
        heldTask('besides', { level: 1 }),
      ]),
    ]);
    const run = await runIn(sql, await launch(worker, 'Warning'), 'succeeded-with-warnings');
    expect(run.tasks.map(({ state }) => state)).toEqual(['succeeded-with-warnings', 'skipped', 'succeeded']);
  });

  test('for a reason that may pass is tried again after a pause', async () => {
    const { sql } = own().database;
    let attempts = 0;
    const worker = await startWorkerWith(
      async () => {
        attempts += 1;
        if (attempts < 3) throw new Fault('source-unreachable', 'Nobody answers: look at the network.');
        return 'At last.';
      },
      { pauses: [0.01, 0.02] },
    );
    await recordJobs(sql, [jobOf('Patient', [heldTask('tries')])]);
    const run = await runIn(sql, await launch(worker, 'Patient'), 'succeeded');
    expect(attempts).toBe(3);
    expect(run.tasks[0]?.message).toBe('At last.');
  });

  test('with a defect ends the job with a sentence, and not for ever again', async () => {
    const { sql } = own().database;
    const worker = await startWorkerWith(async () => {
      throw new TypeError('undefined is not a function');
    });
    await recordJobs(sql, [jobOf('Defective', [heldTask('breaks')])]);
    const run = await runIn(sql, await launch(worker, 'Defective'), 'failed');
    expect(run.message).toBe('This is a defect of Syncline; please report it: undefined is not a function');
  });
});

describe('a cancelled run', () => {
  test('that was not taken yet ends at once', async () => {
    const { sql } = own().database;
    const gate = Promise.withResolvers<string>();
    const worker = await startWorkerWith(() => gate.promise);
    const jobs = ['Busy1', 'Busy2', 'Busy3', 'Busy4', 'Waits'];
    await recordJobs(
      sql,
      jobs.map((name) => jobOf(name, [heldTask(name)])),
    );
    const ids: number[] = [];
    for (const name of jobs) ids.push(await launch(worker, name));
    const [first = 0] = ids;
    await runIn(sql, first, 'running');
    const last = ids.at(-1) ?? 0;
    expect(await requestCancel(sql, last)).toBe(true);
    expect(await runIn(sql, last, 'cancelled')).toMatchObject({ message: 'Cancelled before it began.' });
    expect(await requestCancel(sql, last)).toBe(false);
    gate.resolve('Done.');
    for (const id of ids.slice(0, -1)) await runIn(sql, id, 'succeeded');
  });

  test('lets the task that is under way end, and begins no other', async () => {
    const { sql } = own().database;
    const begun = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<string>();
    const worker = await startWorkerWith(() => {
      begun.resolve();
      return gate.promise;
    });
    await recordJobs(sql, [jobOf('Cancelled', [heldTask('under way'), heldTask('never', { level: 1 })])]);
    const jobRunId = await launch(worker, 'Cancelled');
    await begun.promise;
    await requestCancel(sql, jobRunId);
    // The worker hears of it with its next beat.
    const [{ now: askedAt }] = await sql<[{ now: Date }]>`select now()`;
    await expect
      .poll(async () => (await readWorkers(sql))[0]?.heartbeatAt, { timeout: 20_000 })
      .toSatisfy((beatAt: Date) => beatAt > askedAt);
    gate.resolve('Done.');
    const run = await runIn(sql, jobRunId, 'cancelled');
    expect(run.tasks.map(({ state }) => state)).toEqual(['succeeded', 'skipped']);
  });
});

test('a worker that stops leaves its run to another, which does not repeat what is done', async () => {
  const { sql } = own().database;
  const done: string[] = [];
  const reached = Promise.withResolvers<void>();
  const stopped = Promise.withResolvers<string>();
  const first = await startWorkerWith(async (directory) => {
    done.push(`first ${directory}`);
    if (directory === 'a') return 'Done.';
    reached.resolve();
    return await stopped.promise;
  });
  await recordJobs(sql, [jobOf('HandedOver', [heldTask('a'), heldTask('b', { level: 1 })])]);
  const jobRunId = await launch(first, 'HandedOver');
  await reached.promise;
  const leaving = first.stop();
  workers.splice(workers.indexOf(first), 1);
  stopped.reject(new Error('The task was told to leave.'));
  await leaving;
  const second = await startWorkerWith(
    async (directory) => {
      done.push(`second ${directory}`);
      return 'Done.';
    },
    { name: 'two' },
  );
  const run = await runIn(sql, jobRunId, 'succeeded');
  expect(run.worker).toBe('two');
  expect(done).toEqual(['first a', 'first b', 'second b']);
  expect((await readWorkers(sql)).map(({ worker }) => worker)).toEqual(['two']);
  expect(second.events.map(({ kind }) => kind)).toEqual(['began', 'came-to']);
});

describe('a launch of some tasks', () => {
  test.each([
    [{ taskIdentifier: 'B' }, ['b']],
    [{ beginStep: 'b' }, ['b', 'c']],
    [{ endStep: 'b' }, ['a', 'b']],
    [{ taskContains: 'C' }, ['c']],
    [{ taskType: 'DeployConfiguration' }, ['a']],
  ])('%j', async (options, tasks) => {
    const { sql } = own().database;
    const worker = await startWorkerWith(async () => 'Done.');
    await recordJobs(sql, [
      jobOf('Parts', [heldTask('a'), heldTask('b', { dependsOn: ['a'] }), heldTask('c')]),
    ]);
    const run = await runIn(sql, await launch(worker, 'Parts', options), 'succeeded');
    expect(run.tasks.map(({ identifier }) => identifier)).toEqual(tasks);
  });

  test('that the job does not have is refused with those that it has', async () => {
    const worker = await startWorkerWith(async () => 'Done.');
    await recordJobs(own().database.sql, [jobOf('Parts', [heldTask('a'), heldTask('b')])]);
    const outcome = await worker.queue.launch({
      jobIdentifier: 'Parts',
      trigger: 'command',
      startedBy: 'a test',
      options: { taskIdentifier: 'x' },
    });
    expect(outcome).toEqual({
      kind: 'refused',
      reason: 'The job has no task "x", given as the task: choose from a, b.',
    });
  });
});
