/**
 * A connection followed through change notifications, end to end: a simulated tenant, the HTTP server on its port, a worker, the
 * scheduler and the keeper of subscriptions, on one clock that a test may move.
 */
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Clock, systemClock } from '../simulator/clock.ts';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import { connectionJobs } from '../src/cli/connection-jobs.ts';
import { openEntraConnector } from '../src/connectors/entra/entra-connector.ts';
import { watchedResources } from '../src/connectors/entra/subscriptions.ts';
import { openQueue, type Queue } from '../src/jobs/queue.ts';
import { type Scheduler, startScheduler } from '../src/jobs/scheduler.ts';
import { type SubscriptionKeeper, startSubscriptionKeeper } from '../src/jobs/subscription-keeper.ts';
import type { OpenTarget } from '../src/jobs/task-registry.ts';
import { startWorker, type Worker } from '../src/jobs/worker.ts';
import type { Follow } from '../src/model/job.ts';
import { readSubscriptions } from '../src/store/graph-subscriptions.ts';
import { listJobRuns } from '../src/store/job-runs.ts';
import { findJob, recordFollowed, replaceJobs, wakeFollowers, withDueJob } from '../src/store/jobs.ts';
import { transact } from '../src/store/transaction.ts';
import { type ApiServer, startApiServer } from './fixtures/api-server.ts';
import { connectionTo } from './fixtures/entra-on-simulator.ts';
import { useOwnDatabase } from './fixtures/own-database.ts';
import { openClient, type SimulatorClient } from './fixtures/simulator-client.ts';

const own = useOwnDatabase();
const hourMs = 3_600_000;
const patience = { timeout: 30_000, interval: 20 };
const entityTypes = [
  { name: 'user', attributes: ['displayName'], links: [] },
  { name: 'group', attributes: ['displayName'], links: ['members'] },
];
/** A pause that no test lives through. */
const seldom: Follow = { floorSeconds: 900, ceilingSeconds: 900 };

let clock: Clock;
let simulator: Simulator;
let client: SimulatorClient;
let server: ApiServer;
let queue: Queue;
let worker: Worker;
let scheduler: Scheduler;
const keepers: SubscriptionKeeper[] = [];
const notices: string[] = [];
const errors: unknown[] = [];
/** The setting NotificationUrl. */
let notificationUrl: string | undefined;
let name = '';
let count = 0;

const now = () => new Date(clock.now());

beforeEach(async () => {
  const { database } = own();
  const { sql } = database;
  count += 1;
  name = `Contoso ${count}`;
  clock = systemClock();
  simulator = await startSimulator({ users: 20, clock });
  client = await openClient(simulator);
  queue = await openQueue(sql, { isWorker: true, onError: (error) => errors.push(error) });
  server = await startApiServer(database, queue);
  notificationUrl = server.url;
  worker = await startWorker({
    queue,
    surroundings: {
      sql,
      openTarget: open,
      openOrderTarget: async () => undefined,
      deploy: async () => 'Nothing is deployed here.',
      explain: database.explain,
      onProgress: () => {},
    },
    name: `worker ${count}`,
    host: 'test',
    version: '0',
    slots: 2,
    now,
    retryPausesSeconds: [],
    mostTasksAtOnce: 5,
    onRun: () => {},
    onError: (error) => errors.push(error),
  });
  scheduler = startScheduler({ sql, queue, now, keepDays: 30, onError: (error) => errors.push(error) });
});

afterEach(async () => {
  const { sql } = own().database;
  await Promise.all(keepers.splice(0).map((keeper) => keeper.stop()));
  await scheduler.stop();
  await worker.stop();
  server.close();
  await server.drain();
  await queue.close();
  await client.close();
  await simulator.stop();
  await transact(sql, (transaction) => replaceJobs(transaction, 'settings', []));
  await sql`delete from graph_subscription`;
  notices.length = 0;
});

afterAll(() => expect(errors).toEqual([]));

async function open(connection: string): Promise<OpenTarget> {
  const connector = openEntraConnector(connectionTo(simulator));
  return {
    target: { sql: own().database.sql, connector, name: connection, entityTypes },
    columns: [],
    folders: { exportOutput: '', exportCookies: '' },
    close: () => connector.close(),
  };
}

function keep(): void {
  keepers.push(
    startSubscriptionKeeper({
      sql: own().database.sql,
      readConnections: async () => [{ name, notificationUrl, resources: watchedResources(entityTypes) }],
      openTarget: open,
      now,
      onNotice: (sentence) => notices.push(sentence),
      onError: (error) => errors.push(error),
      lookEveryMs: 20,
    }),
  );
}

/** Follows the connection as its settings say. */
async function follow(pace: Follow): Promise<void> {
  await transact(own().database.sql, (transaction) =>
    replaceJobs(transaction, 'settings', connectionJobs([{ name, follow: pace }], now())),
  );
  keep();
}

/** Follows the connection and waits until it is told of changes, and nothing is to be done without news. */
async function followAndSettle(pace = seldom): Promise<void> {
  await follow(pace);
  await vi.waitFor(async () => {
    const kept = await readSubscriptions(own().database.sql);
    expect(kept.map(({ problem }) => problem)).toEqual([null, null]);
  }, patience);
  await settled();
}

/** Waits until the last run has ended, and the next one is minutes away. The time that news is left to settle is passed over. */
async function settled(): Promise<void> {
  await vi.waitFor(async () => {
    const job = await findJob(own().database.sql, name);
    const restMs = (job?.nextRunAt?.getTime() ?? 0) - clock.now();
    if (restMs > 0 && restMs <= 5000) await advance(restMs);
    expect(job?.lastRun?.state).toBe('succeeded');
    expect(restMs).toBeGreaterThan(600_000);
  }, patience);
}

/** Moves the tenant's, the server's and the workers' time. */
async function advance(milliseconds: number): Promise<void> {
  server.wait(milliseconds / 1000);
  clock.advance(milliseconds);
  client.use(await client.signIn());
}

type Listed = Readonly<{ id: string; resource: string; notificationUrl: string; expirationDateTime: string }>;

async function subscriptions(): Promise<readonly Listed[]> {
  return JSON.parse((await client.control('GET /subscriptions')).text).subscriptions;
}

const idsOf = (listed: readonly Listed[]) => listed.map(({ id }) => id).toSorted();
const endsOf = (listed: readonly Listed[]) =>
  listed.map(({ expirationDateTime }) => Date.parse(expirationDateTime));

async function tell(event: string): Promise<void> {
  expect((await client.control('POST /subscriptions/lifecycle', { event })).status).toBe(200);
}

function someUser(): string {
  return simulator.directory.list('user').places.find((place) => place?.deletedAt === 0)?.id ?? '';
}

async function renameUser(id: string, displayName: string): Promise<void> {
  expect((await client.send(`PATCH /users/${id}`, { displayName })).status).toBe(204);
}

async function storedName(id: string): Promise<unknown> {
  const [row] = await own().database.sql<{ displayName: unknown }[]>`
    select attributes->>'displayName' as display_name
    from resource join entity_type using (entity_type_id) join connection using (connection_id)
    where connection.name = ${name} and key = ${id}`;
  return row?.displayName;
}

async function runCount(): Promise<number> {
  const runs = await listJobRuns(own().database.sql, { limit: 500 });
  return runs.filter(({ jobIdentifier }) => jobIdentifier === name).length;
}

describe('a connection with a NotificationUrl', () => {
  test('has a change in the store within seconds, although its pause is a quarter of an hour', async () => {
    await followAndSettle();
    const id = someUser();
    const beganAtMs = Date.now();
    await renameUser(id, 'Renamed');
    await vi.waitFor(async () => expect(await storedName(id)).toBe('Renamed'), patience);
    expect(Date.now() - beganAtMs).toBeLessThan(20_000);
    expect(notices).toEqual([]);
  });

  test('is asked without news only as seldom as the settings allow, and more often when news may fail to come', async () => {
    await followAndSettle({ floorSeconds: 1, ceilingSeconds: 900 });
    const { sql } = own().database;
    await sql`update graph_subscription set problem = 'It was not renewed.' where resource = 'users'`;
    await wakeFollowers(sql, name, now());
    await vi.waitFor(async () => {
      expect((await findJob(sql, name))?.followPauseSeconds).toBe(2);
    }, patience);
  });

  test('is told of users and groups at an address of its own', async () => {
    await followAndSettle();
    const address = `${server.url}/notifications/${encodeURIComponent(name)}`;
    expect((await subscriptions()).map(({ resource }) => resource).toSorted()).toEqual(['groups', 'users']);
    expect(await subscriptions()).toMatchObject([
      { notificationUrl: address, lifecycleNotificationUrl: `${address}/lifecycle` },
      { notificationUrl: address },
    ]);
    const id = someUser();
    const before = await runCount();
    const reference = { '@odata.id': `${simulator.graph}/directoryObjects/${id}` };
    const body = { displayName: 'Fresh', mailEnabled: false, mailNickname: 'fresh', securityEnabled: true };
    const made = JSON.parse((await client.send('POST /groups', body)).text) as { id: string };
    expect((await client.send(`POST /groups/${made.id}/members/$ref`, reference)).status).toBe(204);
    await vi.waitFor(async () => {
      const [row] = await own().database.sql<{ count: number }[]>`
        select count(*)::int as count from resource_link where source_key = ${made.id} and target_key = ${id}`;
      expect(row?.count).toBe(1);
    }, patience);
    expect(await runCount()).toBeGreaterThan(before);
  });

  test('is looked at once after a burst', async () => {
    await followAndSettle();
    const before = await runCount();
    const id = someUser();
    for (let turn = 1; turn <= 30; turn++) await renameUser(id, `Name ${turn}`);
    await vi.waitFor(async () => expect(await storedName(id)).toBe('Name 30'), patience);
    await settled();
    expect(await runCount()).toBe(before + 1);
  });

  test('has its subscriptions renewed after half of their life, and not before', async () => {
    await followAndSettle();
    const made = await subscriptions();
    for (const end of endsOf(made)) expect(end - clock.now()).toBeGreaterThan(23.9 * hourMs);
    await advance(11.9 * hourMs);
    await settled();
    expect(endsOf(await subscriptions())).toEqual(endsOf(made));
    await advance(0.2 * hourMs);
    await vi.waitFor(async () => {
      for (const end of endsOf(await subscriptions()))
        expect(end - clock.now()).toBeGreaterThan(23.9 * hourMs);
    }, patience);
    expect(idsOf(await subscriptions())).toEqual(idsOf(made));
  });

  test('renews them at once when Graph asks for it', async () => {
    await followAndSettle();
    const made = await subscriptions();
    await advance(hourMs);
    await tell('reauthorizationRequired');
    await vi.waitFor(async () => {
      for (const end of endsOf(await subscriptions()))
        expect(end - clock.now()).toBeGreaterThan(23.9 * hourMs);
    }, patience);
    expect(idsOf(await subscriptions())).toEqual(idsOf(made));
  });

  test('makes them anew when Graph says that they are removed', async () => {
    await followAndSettle();
    const made = idsOf(await subscriptions());
    await tell('subscriptionRemoved');
    await vi.waitFor(async () => {
      const listed = idsOf(await subscriptions());
      expect(listed).toHaveLength(2);
      expect(listed.filter((id) => made.includes(id))).toEqual([]);
    }, patience);
    await settled();
    const id = someUser();
    await renameUser(id, 'After all');
    await vi.waitFor(async () => expect(await storedName(id)).toBe('After all'), patience);
  });

  test('makes anew what has vanished without a word, when it is to be renewed, and looks at what was missed', async () => {
    await followAndSettle();
    await client.control('POST /subscriptions/removal', {});
    const id = someUser();
    await renameUser(id, 'Missed');
    await advance(12.1 * hourMs);
    await vi.waitFor(async () => expect(await subscriptions()).toHaveLength(2), patience);
    await vi.waitFor(async () => expect(await storedName(id)).toBe('Missed'), patience);
  });

  test('is looked at when Graph says that news was lost', async () => {
    await followAndSettle();
    await client.control('PUT /notifications', { mode: 'off' });
    const id = someUser();
    await renameUser(id, 'Lost');
    await vi.waitFor(async () => {
      expect(JSON.parse((await client.control('GET /notifications')).text).dropped).toBeGreaterThan(0);
    }, patience);
    await client.control('PUT /notifications', { mode: 'normal' });
    await tell('missed');
    await vi.waitFor(async () => expect(await storedName(id)).toBe('Lost'), patience);
  });

  test('pays no heed to those who do not know the secret', async () => {
    await followAndSettle();
    const value = (await subscriptions()).map(({ id }) => ({ subscriptionId: id, clientState: 'guessed' }));
    const path = `${server.url}/notifications/${encodeURIComponent(name)}`;
    expect((await fetch(path, { method: 'POST', body: JSON.stringify({ value }) })).status).toBe(202);
    const nextRunAt = (await findJob(own().database.sql, name))?.nextRunAt;
    // What is heeded makes the next run due within seconds.
    expect((nextRunAt?.getTime() ?? 0) - clock.now()).toBeGreaterThan(600_000);
  });

  test('has two subscriptions, however many processes look after them', async () => {
    for (let process = 0; process < 4; process++) keep();
    await followAndSettle();
    expect(await readSubscriptions(own().database.sql)).toMatchObject([
      { resource: 'groups', problem: null },
      { resource: 'users', problem: null },
    ]);
    expect(idsOf(await subscriptions())).toEqual(
      (await readSubscriptions(own().database.sql)).map(({ subscriptionId }) => subscriptionId).toSorted(),
    );
  });

  test('has them ended when the setting is taken out, or when nobody follows it any more', async () => {
    await followAndSettle();
    notificationUrl = undefined;
    await vi.waitFor(async () => expect(await subscriptions()).toEqual([]), patience);
    await vi.waitFor(async () => expect(await readSubscriptions(own().database.sql)).toEqual([]), patience);
    notificationUrl = server.url;
    await vi.waitFor(async () => expect(await subscriptions()).toHaveLength(2), patience);
    const { sql } = own().database;
    await transact(sql, (transaction) => replaceJobs(transaction, 'settings', []));
    await vi.waitFor(async () => expect(await subscriptions()).toEqual([]), patience);
  });

  test('moves them when the address changes', async () => {
    await followAndSettle();
    notificationUrl = server.url.replace('127.0.0.1', 'localhost');
    await vi.waitFor(async () => {
      const listed = await subscriptions();
      expect(listed).toHaveLength(2);
      for (const one of listed) expect(one.notificationUrl).toContain('http://localhost:');
    }, patience);
  });
});

test('an address that Graph does not reach is told of in one sentence, polling goes on, and the right one mends it at once', async () => {
  notificationUrl = 'http://127.0.0.1:9';
  await follow({ floorSeconds: 1, ceilingSeconds: 1 });
  const id = someUser();
  await vi.waitFor(async () => expect(await storedName(id)).toBeDefined(), patience);
  await renameUser(id, 'Found by asking');
  await vi.waitFor(async () => expect(await storedName(id)).toBe('Found by asking'), patience);
  const { sql } = own().database;
  await vi.waitFor(async () => expect(await readSubscriptions(sql)).toHaveLength(2), patience);
  for (let turn = 1; turn <= 3; turn++) {
    await advance(turn * 120_000);
    await vi.waitFor(async () => {
      for (const { failures } of await readSubscriptions(sql)) expect(failures).toBe(turn + 1);
    }, patience);
  }
  expect(notices).toEqual([
    `Connection ${name}: Microsoft Graph gets no valid answer from http://127.0.0.1:9/notifications/${encodeURIComponent(name)}: lead Follow > NotificationUrl to a running "syncline serve", with a certificate that is publicly trusted, or leave it out; until then Syncline goes on asking for changes.`,
  ]);
  notificationUrl = server.url;
  await vi.waitFor(async () => expect(await subscriptions()).toHaveLength(2), patience);
  await vi.waitFor(async () => {
    for (const { problem } of await readSubscriptions(sql)) expect(problem).toBeNull();
  }, patience);
});

describe('news that comes while a run is under way', () => {
  const at = (seconds: number) => new Date(Date.parse('2050-01-01T00:00:00Z') + seconds * 1000);

  test.each([
    ['begins the next run when this one has ended', 300, at(20)],
    ['does not postpone a run that is sooner', 1, at(11)],
  ])('%s', async (_, pauseSeconds, next) => {
    const { sql } = own().database;
    await scheduler.stop();
    const jobs = connectionJobs([{ name, follow: seldom }], at(0));
    await transact(sql, (transaction) => replaceJobs(transaction, 'settings', jobs));
    const { jobId = 0 } = (await findJob(sql, name)) ?? {};
    const begin = (atSeconds: number, isBegun: boolean) =>
      withDueJob(sql, at(atSeconds), async () => ({ nextRunAt: at(atSeconds + 900), isBegun }));
    expect(await begin(0, true)).toBe(true);
    expect(await wakeFollowers(sql, name.toUpperCase(), at(20))).toBe(1);
    expect(await wakeFollowers(sql, name, at(25))).toBe(0);
    await recordFollowed(sql, jobId, pauseSeconds, new Date(at(10).getTime() + pauseSeconds * 1000));
    expect((await findJob(sql, name))?.nextRunAt).toEqual(next);
  });
});
