// Workers as processes of their own that are killed, stopped, put to sleep, or lose their database in the middle of a long export.
import { rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import { openQueue, type Queue } from '../src/jobs/queue.ts';
import { listJobRuns, readJobRun } from '../src/store/job-runs.ts';
import { findJob } from '../src/store/jobs.ts';
import { readTaskRunLog } from '../src/store/task-run-log.ts';
import { crash, makeScratch, serverPid } from './fixtures/held-database.ts';
import { heldTask, jobOf, recordJobs, runIn } from './fixtures/job-processing.ts';
import { useOwnDatabase } from './fixtures/own-database.ts';
import { writeSettings } from './fixtures/settings-file.ts';
import { createClient, type SimulatorClient } from './fixtures/simulator-client.ts';
import { type RunningCommand, runSyncline } from './fixtures/syncline-command.ts';

const own = useOwnDatabase();
const scratch = makeScratch();
/** What a worker may take to notice that another one is gone. */
const noticeMs = 30_000;

let simulator: Simulator;
let controls: SimulatorClient;
let queue: Queue;
let name = '';
let count = 0;
const workers = new Set<RunningCommand>();

beforeAll(async () => {
  // Slow enough that an export of some pages can be interrupted anywhere.
  simulator = await startSimulator({ users: 1500, groups: 1, memberships: 1, latencyMs: 250 });
  controls = createClient(simulator);
  queue = await openQueue(own().database.sql, { isWorker: false, onError: () => {} });
});
beforeEach(() => {
  count += 1;
  name = `Contoso${count}`;
});
afterEach(async () => {
  for (const worker of workers) worker.stop('SIGKILL');
  await Promise.all([...workers].map(({ ended }) => ended));
  workers.clear();
});
afterAll(async () => {
  await queue.close();
  await controls.close();
  await simulator.stop();
  rmSync(scratch, { recursive: true, force: true });
});

/** A worker that is ready, on the database at `url`. */
async function startWorker(
  url = own().url,
  environment: Readonly<Record<string, string>> = {},
): Promise<RunningCommand & Readonly<{ name: string }>> {
  const settings = writeSettings(scratch, simulator, name, {
    C0: 'user',
    Attributes: ['id', 'displayName'],
    Guards: 'Off',
  });
  const worker = runSyncline(['worker', '--settings', settings], { DATABASE_URL: url, ...environment });
  workers.add(worker);
  const ready = await worker.line(/ is ready /);
  return { ...worker, name: /^Worker (\S+) is ready/.exec(ready)?.[1] ?? '' };
}

/** One more worker, that is ready before the run of the first has come much further, however long it takes to start. */
async function startAnother(): ReturnType<typeof startWorker> {
  await controls.control('PUT /faults', { faults: [{ kind: 'slowPage', times: 'always', delayMs: 60_000 }] });
  const worker = await startWorker();
  await controls.control('PUT /faults', { faults: [] });
  return worker;
}

async function launch(): Promise<number> {
  const task = heldTask('Synchronize', { kind: 'synchronize', connections: [name] });
  await recordJobs(own().database.sql, [jobOf(name, [task])]);
  const outcome = await queue.launch({ jobIdentifier: name, trigger: 'command', startedBy: 'a test' });
  if (outcome.kind !== 'launched') throw new Error(`The job was not launched: ${outcome.kind}`);
  return outcome.jobRunId;
}

/** Waits until so many objects of the export are stored. */
async function untilStored(objects: number): Promise<void> {
  await expect
    .poll(
      async () => {
        const [row] = await own().database.sql<{ items: number }[]>`
          select coalesce(max(item_count), 0)::int as items from export_set
          join entity_type using (entity_type_id) join connection using (connection_id) where connection.name = ${name}`;
        return row?.items ?? 0;
      },
      { timeout: 60_000, interval: 20 },
    )
    .toBeGreaterThanOrEqual(objects);
}

/** Waits until a worker has the run, and works on its connection. */
async function untilWorkedOnBy(worker: string, jobRunId: number, runs: number): Promise<void> {
  await expect
    .poll(
      async () => {
        const run = await readJobRun(own().database.sql, jobRunId);
        return [run?.state === 'queued' ? undefined : run?.worker, (await statesOfRuns()).length];
      },
      { timeout: 60_000, interval: 50 },
    )
    .toEqual([worker, runs]);
}

/** How the runs on the connection ended, in their order. */
async function statesOfRuns(): Promise<string[]> {
  const rows = await own().database.sql<{ state: string }[]>`
    select state from run join connection using (connection_id) where name = ${name} order by run_id`;
  return rows.map(({ state }) => state);
}

/** Runs on the connection that began before the one before had ended. */
async function overlaps(): Promise<number> {
  const rows = await own().database.sql`
    select from (
      select started_at, lag(ended_at) over (order by run_id) as before
      from run join connection using (connection_id) where name = ${name}) as each
    where started_at < before`;
  return rows.length;
}

/** The pages that were asked for since a mark, and how many of them for the second time. */
async function readPages(since: number): Promise<Readonly<{ asked: number; repeated: number }>> {
  const answer = await controls.control('GET /requests?last=10000');
  const { total, requests } = JSON.parse(answer.text) as {
    total: number;
    requests: { method: string; path: string; query: string }[];
  };
  const pages = requests
    .slice(requests.length - (total - since))
    .filter(({ path, query }) => path.includes('/users') && query.includes('token='))
    .map(({ path, query }) => `${path}?${query}`);
  return { asked: pages.length, repeated: pages.length - new Set(pages).size };
}

async function mark(): Promise<number> {
  return (JSON.parse((await controls.control('GET /state')).text) as { requests: number }).requests;
}

async function logOf(jobRunId: number): Promise<string[]> {
  const { sql } = own().database;
  const run = await readJobRun(sql, jobRunId);
  const log = await readTaskRunLog(sql, run?.tasks[0]?.taskRunId ?? 0, { after: 0, limit: 1000 });
  return log.map(({ message }) => message);
}

test('a worker that is killed is noticed, and another one goes on with the pages after the last that was stored', async () => {
  const since = await mark();
  const first = await startWorker();
  const jobRunId = await launch();
  await untilStored(500);
  const second = await startAnother();
  await first.stop('SIGKILL');
  const killedAtMs = performance.now();
  await untilWorkedOnBy(second.name, jobRunId, 2);
  expect(performance.now() - killedAtMs).toBeLessThan(noticeMs);
  const run = await runIn(own().database.sql, jobRunId, 'succeeded');
  expect(run).toMatchObject({ worker: second.name, tasks: [{ attempt: 2 }] });
  expect(await statesOfRuns()).toEqual(['interrupted', 'succeeded']);
  expect(await logOf(jobRunId)).toContainEqual(
    `The worker ${first.name} has lost this run: another one goes on with what is stored.`,
  );
  const { asked, repeated } = await readPages(since);
  expect(asked).toBeGreaterThan(5);
  // What had come and was not stored yet, and what was on its way.
  expect(repeated).toBeLessThanOrEqual(2);
}, 90_000);

test('a worker that is stopped hands its run over in a moment, and no page is read twice', async () => {
  const since = await mark();
  const first = await startWorker();
  const jobRunId = await launch();
  await untilStored(300);
  const second = await startAnother();
  const stoppedAtMs = performance.now();
  expect(await first.stop('SIGTERM')).toMatchObject({ code: 0, complaint: '' });
  await untilWorkedOnBy(second.name, jobRunId, 2);
  expect(performance.now() - stoppedAtMs).toBeLessThan(5000);
  const run = await runIn(own().database.sql, jobRunId, 'succeeded');
  expect(run.worker).toBe(second.name);
  expect(await statesOfRuns()).toEqual(['cancelled', 'succeeded']);
  expect(await logOf(jobRunId)).toContainEqual(
    `The worker ${first.name} has stopped: another one goes on with what is stored.`,
  );
  const { repeated } = await readPages(since);
  // What was on its way when it stopped.
  expect(repeated).toBeLessThanOrEqual(1);
}, 60_000);

test('a worker that was only asleep finds that another one has its run, leaves it alone, and takes new ones', async () => {
  const { sql } = own().database;
  const sleeper = await startWorker();
  const jobRunId = await launch();
  await untilStored(300);
  const other = await startAnother();
  process.kill(sleeper.pid, 'SIGSTOP');
  const asleepAtMs = performance.now();
  await untilWorkedOnBy(other.name, jobRunId, 2);
  expect(performance.now() - asleepAtMs).toBeLessThan(noticeMs);
  process.kill(sleeper.pid, 'SIGCONT');
  await sleeper.line(new RegExp(`Run ${jobRunId} is left to another worker`));
  const run = await runIn(sql, jobRunId, 'succeeded');
  expect(run.worker).toBe(other.name);
  expect(await statesOfRuns()).toEqual(['interrupted', 'succeeded']);
  expect(await overlaps()).toBe(0);
  await other.stop();
  const next = await launch();
  expect(await runIn(sql, next, 'succeeded')).toMatchObject({ worker: sleeper.name });
}, 90_000);

test('PostgreSQL that is killed costs no worker its life: it goes on with its run, and with the schedule', async () => {
  const { database, dataDirectory } = own();
  const { sql } = database;
  const worker = await startWorker();
  const jobRunId = await launch();
  await untilStored(300);
  crash(serverPid(dataDirectory));
  await expect
    .poll(() => runIn(sql, jobRunId, 'succeeded').catch(() => undefined), { timeout: 60_000 })
    .toBeTruthy();
  const killed = jobOf(name, [heldTask('Nothing', { kind: 'none' })], {
    schedule: '* * * * * ?',
    nextRunAt: new Date(),
  });
  await recordJobs(sql, [killed]);
  await expect
    .poll(
      async () => (await listJobRuns(sql, { jobIdentifier: name, state: 'succeeded', limit: 10 })).length,
      {
        timeout: 20_000,
      },
    )
    .toBeGreaterThan(1);
  await recordJobs(sql, []);
  expect(await worker.stop()).toMatchObject({ code: 0, complaint: '' });
}, 90_000);

test('a worker whose database is gone for a while says so once, waits, and goes on with its run', async () => {
  const { sql } = own().database;
  const gate = await openGate();
  const worker = await startWorker(gate.url);
  const jobRunId = await launch();
  await untilStored(300);
  await gate.close();
  await worker.line(/^DATABASE_URL is /);
  // Longer than it may be silent.
  await expect
    .poll(
      async () => {
        const [run] = await sql<{ isSilent: boolean }[]>`
        select heartbeat_at < now() - interval '12 s' as is_silent from job_run where job_run_id = ${jobRunId}`;
        return run?.isSilent;
      },
      { timeout: 30_000 },
    )
    .toBe(true);
  await gate.open();
  const run = await runIn(sql, jobRunId, 'succeeded');
  expect(run.worker).toBe(worker.name);
  expect(worker.printed().match(/^DATABASE_URL is /gm)).toHaveLength(1);
  expect(await worker.stop()).toMatchObject({ code: 0, complaint: '' });
  await gate.close();
}, 120_000);

test('a worker whose clock is ten minutes fast starts no job before its time', async () => {
  const { sql } = own().database;
  const fast =
    'data:text/javascript,' +
    encodeURIComponent(`
    const aheadMs = 600_000, True = Date;
    globalThis.Date = class extends True {
      constructor(...parts) { if (parts.length === 0) super(True.now() + aheadMs); else super(...parts); }
      static now() { return True.now() + aheadMs; }
    };`);
  await startWorker(own().url, { NODE_OPTIONS: `--import=${fast}` });
  const idle = [heldTask('Nothing', { kind: 'none' })];
  await recordJobs(sql, [
    jobOf('Early', idle, { schedule: '0 0 1 1 *', nextRunAt: new Date(Date.now() + 300_000) }),
    jobOf('Due', idle, { schedule: '* * * * * ?', nextRunAt: new Date() }),
  ]);
  await expect
    .poll(
      async () => (await listJobRuns(sql, { jobIdentifier: 'Due', state: 'succeeded', limit: 10 })).length,
      {
        timeout: 20_000,
      },
    )
    .toBeGreaterThan(1);
  expect(await listJobRuns(sql, { jobIdentifier: 'Early', limit: 10 })).toEqual([]);
  const { nextRunAt } = (await findJob(sql, 'Due')) ?? {};
  expect(Math.abs((nextRunAt?.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
  await recordJobs(sql, []);
}, 60_000);

type Gate = Readonly<{ url: string; open: () => Promise<void>; close: () => Promise<void> }>;

/** A way to the database that can be closed. */
async function openGate(): Promise<Gate> {
  const target = new URL(own().url);
  const sockets = new Set<Socket>();
  const server: Server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  let port = 0;
  const open = async () => {
    const listening = Promise.withResolvers<void>();
    server.listen(port, '127.0.0.1', listening.resolve);
    await listening.promise;
    const address = server.address();
    if (address !== null && typeof address === 'object') port = address.port;
  };
  await open();
  const url = new URL(own().url);
  url.port = String(port);
  return {
    url: url.href,
    open,
    async close() {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      for (const socket of sockets) socket.destroy();
      await closed.promise;
    },
  };
}
