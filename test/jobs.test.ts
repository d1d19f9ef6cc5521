// Jobs in the hands of workers: launched, ordered, cancelled, handed over, retried.
import { afterEach, describe, expect, test } from 'vitest';
import { Fault } from '../src/errors.ts';
import { openQueue } from '../src/jobs/queue.ts';
import { type ConnectionLock, lockConnection } from '../src/store/connection-lock.ts';
import { readJobRun, requestCancel } from '../src/store/job-runs.ts';
import { readTaskRunLog } from '../src/store/task-run-log.ts';
import { endTaskRun } from '../src/store/task-runs.ts';
import { transact } from '../src/store/transaction.ts';
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
const patience = { timeout: 15_000 };

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

describe('a run is cancelled', () => {
  test('while its task waits to be tried again', async () => {
    const { sql } = own().database;
    let attempts = 0;
    const worker = await startWorkerWith(
      async () => {
        attempts += 1;
        throw new Fault('source-unreachable', 'Nobody answers: look at the network.');
      },
      { pauses: [3600] },
    );
    await recordJobs(sql, [jobOf('Pausing', [heldTask('tries')])]);
    const jobRunId = await launch(worker, 'Pausing');
    await expect.poll(() => logOf(jobRunId), patience).toContain('Tries again in 3600 s.');
    await requestCancel(sql, jobRunId);
    const run = await runIn(sql, jobRunId, 'cancelled');
    expect(run.tasks.map(({ state }) => state)).toEqual(['cancelled']);
    expect(attempts).toBe(1);
  });

  test('while it waits for its connection', async () => {
    const { sql } = own().database;
    const worker = await startWorkerWith(async () => {
      throw busy();
    });
    await recordJobs(sql, [jobOf('WaitingInVain', [heldTask('a', { connections: ['Contoso'] })])]);
    const jobRunId = await launch(worker, 'WaitingInVain');
    await expect
      .poll(async () => (await readJobRun(sql, jobRunId))?.message, patience)
      .toBe('Another run is working on the connection Contoso: wait for its end, or stop it.');
    expect(await requestCancel(sql, jobRunId)).toBe(true);
    expect(await readJobRun(sql, jobRunId)).toMatchObject({
      state: 'cancelled',
      message: 'Cancelled: what was done is kept, and the next run goes on from there.',
      tasks: [{ state: 'skipped', attempt: 0 }],
    });
  });

  test('after its worker has died, and nobody begins with it again', async () => {
    const { sql } = own().database;
    const done: string[] = [];
    const worker = await startWorkerWith(async (directory) => {
      done.push(directory);
      return 'Done.';
    });
    await worker.stop();
    workers.splice(workers.indexOf(worker), 1);
    await recordJobs(sql, [jobOf('Orphaned', [heldTask('never')])]);
    const launcher = await openQueue(sql, { isWorker: false, onError: () => {} });
    const outcome = await launcher.launch({ jobIdentifier: 'Orphaned', trigger: 'api', startedBy: 'a test' });
    await launcher.close();
    const jobRunId = outcome.kind === 'launched' ? outcome.jobRunId : 0;
    await sql`
      update job_run set state = 'running', worker = 'gone', heartbeat_at = now() - interval '1 minute' where job_run_id = ${jobRunId}`;
    expect(await requestCancel(sql, jobRunId)).toBe(true);
    await startWorkerWith(async (directory) => {
      done.push(directory);
      return 'Done.';
    });
    const run = await runIn(sql, jobRunId, 'cancelled');
    expect(run.tasks.map(({ state }) => state)).toEqual(['skipped']);
    expect(done).toEqual([]);
  }, 30_000);
});

describe('of several at the same instant', () => {
  test('one launch wins, and the others are told of its run', async () => {
    const { sql } = own().database;
    const gate = Promise.withResolvers<string>();
    const worker = await startWorkerWith(() => gate.promise);
    await recordJobs(sql, [jobOf('Contested', [heldTask('a')])]);
    const launchAgain = () =>
      worker.queue.launch({ jobIdentifier: 'Contested', trigger: 'api', startedBy: 'a test' });
    const outcomes = await Promise.all(Array.from({ length: 8 }, launchAgain));
    const [won, ...more] = outcomes.filter(({ kind }) => kind === 'launched');
    expect(more).toEqual([]);
    const jobRunId = won?.kind === 'launched' ? won.jobRunId : 0;
    expect(outcomes.filter(({ kind }) => kind === 'under-way')).toEqual(
      Array.from({ length: 7 }, () => ({ kind: 'under-way', jobRunId })),
    );
    gate.resolve('Done.');
    await runIn(sql, jobRunId, 'succeeded');
  });

  test('one resumption of a blocked run wins, and the other is told of it', async () => {
    const { sql } = own().database;
    const gate = Promise.withResolvers<string>();
    let isBlocked = true;
    const worker = await startWorkerWith(async () => {
      if (!isBlocked) return await gate.promise;
      isBlocked = false;
      throw new Fault('guard-exceeded', 'Too much would be deleted: look at it.');
    });
    await recordJobs(sql, [jobOf('Guarded', [heldTask('a')])]);
    const jobRunId = await launch(worker, 'Guarded');
    await runIn(sql, jobRunId, 'blocked');
    const outcomes = await Promise.all([1, 2].map(() => worker.queue.resume(jobRunId, 'a test')));
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['launched', 'under-way']);
    const resumed = outcomes.map((outcome) => ('jobRunId' in outcome ? outcome.jobRunId : 0));
    expect(new Set(resumed).size).toBe(1);
    gate.resolve('Done.');
    await runIn(sql, resumed[0] ?? 0, 'succeeded');
  });
});

describe('the queue', () => {
  test('does a run once, however often it is sent', async () => {
    const { sql } = own().database;
    const begun = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<string>();
    let times = 0;
    const worker = await startWorkerWith(() => {
      times += 1;
      begun.resolve();
      return gate.promise;
    });
    await startWorkerWith(
      () => {
        times += 1;
        begun.resolve();
        return gate.promise;
      },
      { name: 'two' },
    );
    await recordJobs(sql, [jobOf('SentOften', [heldTask('a')])]);
    const jobRunId = await launch(worker, 'SentOften');
    const sendAgain = () => transact(sql, (transaction) => worker.queue.requeue(transaction, jobRunId));
    const untilTaken = async (...states: string[]) => {
      const open = async () =>
        await sql`
          select from queue.job
          where state::text = any(${states}::text[]) and data->>'jobRunId' = ${String(jobRunId)}`;
      await expect.poll(async () => (await open()).length, patience).toBe(0);
    };
    await begun.promise.then(sendAgain);
    await untilTaken('created');
    await sendAgain();
    gate.resolve('Done.');
    await runIn(sql, jobRunId, 'succeeded');
    await sendAgain();
    await untilTaken('created', 'active');
    expect(times).toBe(1);
    expect(await readJobRun(sql, jobRunId)).toMatchObject({ state: 'succeeded', tasks: [{ attempt: 1 }] });
  });

  test('may lose a run: it is sent again within half a minute', async () => {
    const { sql } = own().database;
    const launcher = await openQueue(sql, { isWorker: false, onError: () => {} });
    await recordJobs(sql, [jobOf('Lost', [heldTask('a')])]);
    const outcome = await launcher.launch({ jobIdentifier: 'Lost', trigger: 'api', startedBy: 'a test' });
    await launcher.close();
    expect((await sql`delete from queue.job where state = 'created'`).count).toBe(1);
    const lostAtMs = performance.now();
    await startWorkerWith(async () => 'Done.');
    await runIn(sql, outcome.kind === 'launched' ? outcome.jobRunId : 0, 'succeeded');
    expect(performance.now() - lostAtMs).toBeLessThan(30_000);
  }, 40_000);

  test('gives one short run after the other, without a pause', async () => {
    const { sql } = own().database;
    const worker = await startWorkerWith(async () => 'Done.');
    const names = Array.from({ length: 40 }, (_, index) => `Short${index}`);
    await recordJobs(
      sql,
      names.map((name) => jobOf(name, [heldTask('a')])),
    );
    const startedAtMs = performance.now();
    for (const jobRunId of await Promise.all(names.map((name) => launch(worker, name))))
      await runIn(sql, jobRunId, 'succeeded');
    expect(performance.now() - startedAtMs).toBeLessThan(10_000);
  }, 30_000);
});

test('many runs of one connection wait in their order, and hold up no other', async () => {
  const { sql } = own().database;
  const gate = Promise.withResolvers<void>();
  const order: string[] = [];
  let isFree = true;
  let tries = 0;
  const worker = await startWorkerWith(async (directory) => {
    if (directory === 'elsewhere') return 'Done.';
    tries += 1;
    if (!isFree) throw busy();
    isFree = false;
    if (order.length === 0) await gate.promise;
    order.push(directory);
    isFree = true;
    return 'Done.';
  });
  const names = Array.from({ length: 30 }, (_, index) => `Contends${index}`);
  await recordJobs(sql, [
    ...names.map((name) => jobOf(name, [heldTask(name, { connections: ['Contoso'] })])),
    jobOf('Elsewhere', [heldTask('elsewhere', { connections: ['Fabrikam'] })]),
  ]);
  const jobRunIds: number[] = [];
  for (const name of names) {
    jobRunIds.push(await launch(worker, name));
    if (jobRunIds.length === 1) await expect.poll(() => tries, patience).toBe(1);
  }
  await runIn(sql, await launch(worker, 'Elsewhere'), 'succeeded');
  await expect.poll(() => tries, patience).toBe(30);
  gate.resolve();
  for (const jobRunId of jobRunIds) await runIn(sql, jobRunId, 'succeeded');
  expect(order).toEqual(names);
  // Each was tried when it came and when it was its turn; waiting is no work.
  expect(tries).toBeLessThan(100);
}, 60_000);

test('a run whose job is deleted meanwhile comes to its end', async () => {
  const { sql } = own().database;
  const begun = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<string>();
  const worker = await startWorkerWith(() => {
    begun.resolve();
    return gate.promise;
  });
  await recordJobs(sql, [jobOf('Deleted', [heldTask('a')])]);
  const jobRunId = await launch(worker, 'Deleted');
  await begun.promise;
  await recordJobs(sql, []);
  gate.resolve('Done.');
  expect(await runIn(sql, jobRunId, 'succeeded')).toMatchObject({ jobId: null, jobIdentifier: 'Deleted' });
});

test('a job without tasks is refused when a person launches it, and has nothing to do on its schedule', async () => {
  const { sql } = own().database;
  const worker = await startWorkerWith(async () => 'Done.');
  await recordJobs(sql, [jobOf('Empty', [])]);
  const launched = { jobIdentifier: 'Empty', startedBy: 'a test' };
  expect(await worker.queue.launch({ ...launched, trigger: 'api' })).toEqual({
    kind: 'refused',
    reason: 'The job has no tasks: add some to it and deploy it again.',
  });
  const jobRunId = await transact(sql, (transaction) =>
    worker.queue.enqueue(transaction, { ...launched, trigger: 'schedule' }),
  );
  expect(await runIn(sql, jobRunId ?? 0, 'succeeded')).toMatchObject({ message: 'Nothing has changed.' });
});

test('a connection that this worker does not know fails its task in one sentence', async () => {
  const { sql } = own().database;
  const worker = await startWorkerWith(async () => 'Done.');
  const task = heldTask('a', { kind: 'synchronize', connections: ['Nowhere'] });
  await recordJobs(sql, [jobOf('Unknown', [task])]);
  expect(await runIn(sql, await launch(worker, 'Unknown'), 'failed')).toMatchObject({
    message: 'There is no connection Nowhere: this test has none.',
  });
});

test('what a worker has lost meanwhile, it does not write any more', async () => {
  const { sql } = own().database;
  const begun = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<string>();
  const worker = await startWorkerWith(() => {
    begun.resolve();
    return gate.promise;
  });
  await recordJobs(sql, [jobOf('TakenOver', [heldTask('a')])]);
  const jobRunId = await launch(worker, 'TakenOver');
  await begun.promise;
  await sql`update job_run set worker = 'another' where job_run_id = ${jobRunId}`;
  gate.resolve('Done by who has lost it.');
  await expect
    .poll(() => worker.events.at(-1), patience)
    .toMatchObject({ kind: 'came-to', outcome: { kind: 'left' } });
  const run = await readJobRun(sql, jobRunId);
  expect(run).toMatchObject({
    state: 'running',
    worker: 'another',
    tasks: [{ state: 'running', message: null }],
  });
  expect(await endTaskRun(sql, run?.tasks[0]?.taskRunId ?? 0, 'succeeded', 'Done.', 'another')).toBe(true);
  await sql`delete from job_run where job_run_id = ${jobRunId}`;
});

describe('the lock of a connection', () => {
  const endSession = () => own().database.sql`
    select pg_terminate_backend(pid, 5000) from pg_locks where locktype = 'advisory' and classid = 7962 and objid = 1000`;

  test('takes no connection away from the work of runs, however many there are', async () => {
    const { sql } = own().database;
    const locks = await Promise.all(Array.from({ length: 30 }, (_, index) => lockConnection(sql, index)));
    expect(locks.every((lock) => lock !== undefined)).toBe(true);
    expect(await Promise.all(Array.from({ length: 20 }, () => sql`select`))).toHaveLength(20);
    await Promise.all(locks.map((lock) => lock?.release()));
    const again = await lockConnection(sql, 7);
    expect(again).toBeDefined();
    await again?.release();
  });

  test('is free when the database has ended its session, and the one after is not taken away by who had it', async () => {
    const { sql } = own().database;
    const lost = await lockConnection(sql, 1000);
    expect(await lockConnection(sql, 1000)).toBeUndefined();
    expect(await endSession()).toHaveLength(1);
    let next: ConnectionLock | undefined;
    await expect
      .poll(
        async () => {
          next = await lockConnection(sql, 1000).catch(() => undefined);
          return next;
        },
        { timeout: 10_000 },
      )
      .toBeDefined();
    await lost?.release();
    expect(await lockConnection(sql, 1000)).toBeUndefined();
    await next?.release();
    const last = await lockConnection(sql, 1000);
    expect(last).toBeDefined();
    await last?.release();
  }, 20_000);
});

function busy(): Fault {
  return new Fault(
    'connection-busy',
    'Another run is working on the connection Contoso: wait for its end, or stop it.',
  );
}

async function logOf(jobRunId: number): Promise<string[]> {
  const { sql } = own().database;
  const run = await readJobRun(sql, jobRunId);
  const log = await readTaskRunLog(sql, run?.tasks[0]?.taskRunId ?? 0, { after: 0, limit: 100 });
  return log.map(({ message }) => message);
}

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
