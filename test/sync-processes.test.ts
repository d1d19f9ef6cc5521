// I5, I6, I8 and I10 by their names, with the real connector, a simulated tenant, and processes that can be killed.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { manualClock, type Clock as TenantClock } from '../simulator/clock.ts';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import { isLive } from '../simulator/tenant/directory-object.ts';
import { createEntraConnector } from '../src/connectors/entra/entra-connector.ts';
import { openGraphClient } from '../src/connectors/entra/graph-client.ts';
import type { EntityType } from '../src/model/entity-type.ts';
import { synchronize } from '../src/sync/flow.ts';
import type { Progress } from '../src/sync/progress.ts';
import { type EngineProcess, startEngine } from './fixtures/engine-process.ts';
import type { EngineStep, EngineTask } from './fixtures/engine-program.ts';
import { connectionTo, passingClock } from './fixtures/entra-on-simulator.ts';
import { crash, serverPid } from './fixtures/held-database.ts';
import { useOwnDatabase } from './fixtures/own-database.ts';
import { openClient, type SimulatorClient } from './fixtures/simulator-client.ts';
import { differencesBetween, findContradictions, readContents } from './fixtures/store-contents.ts';
import { readTenant } from './fixtures/tenant-contents.ts';

const own = useOwnDatabase();
let connections = 0;

const user: EntityType = { name: 'user', attributes: ['displayName', 'department'], links: [] };
const group: EntityType = { name: 'group', attributes: ['displayName'], links: ['members'] };
const entityTypes = [user, group];

function engine(
  simulator: Simulator,
  name: string,
  steps: readonly EngineStep[],
  heapMegabytes?: number,
): EngineProcess {
  const { dataDirectory, url } = own();
  const task: EngineTask = { connection: connectionTo(simulator), name, entityTypes, steps };
  return startEngine({ dataDirectory, databaseUrl: url }, task, heapMegabytes);
}

/** Whatever keeps the store of a connection from being the tenant. */
async function differences(simulator: Simulator, name: string): Promise<string[]> {
  const { sql } = own().database;
  const expected = entityTypes.map((entityType) => ({ entityType, isMet: isLive }));
  return [
    ...differencesBetween(
      { name: 'the tenant', contents: readTenant(simulator, expected) },
      { name: 'the store', contents: await readContents(sql, name) },
    ),
    ...(await findContradictions(sql, name, ['user', 'group'])),
  ];
}

describe('with a tenant of 900 users', () => {
  let simulator: Simulator;
  let controls: SimulatorClient;

  beforeAll(async () => {
    simulator = await startSimulator({
      users: 900,
      groups: 40,
      memberships: 4000,
      largestGroup: 850,
      seed: 11,
    });
    controls = await openClient(simulator);
  });
  afterAll(async () => {
    await controls.close();
    await simulator.stop();
  });

  /** Pages from the second one of the users on come so late that a test can do something before. */
  const stall = () =>
    controls.stage({ kind: 'slowPage', match: { path: '/users/delta' }, after: 1, delayMs: 600_000 });
  const stored = async (running: EngineProcess) => {
    while (!running.events.some((event) => event.event === 'progress' && event.progress.kind === 'read')) {
      await running.told(running.events.length + 1);
    }
  };

  test('I5 I6 a killed process frees the connection, and the next one goes on where it was', async () => {
    const name = `processes ${++connections}`;
    await stall();
    const killed = engine(simulator, name, ['sync']);
    await untilUsersAreRead(name);
    const refused = await engine(simulator, name, ['sync']).ended;
    expect(refused.code).toBe(1);
    expect(refused.complaint).toBe(
      `Another run is working on the connection ${name}: wait for its end, or stop it.\n`,
    );
    killed.kill('SIGKILL');
    await killed.ended;
    await controls.control('DELETE /faults');
    for (;;) {
      const next = engine(simulator, name, ['sync', 'verify']);
      const { code, verified } = await next.ended;
      if (code !== 0) continue;
      expect(next.events).toContainEqual({
        event: 'progress',
        progress: {
          kind: 'reading',
          objectClass: 'user',
          isFull: true,
          reason: 'it is the first time',
          isResumed: true,
        },
      });
      expect(verified).toMatchObject([{ isEqual: true, differences: [] }]);
      break;
    }
    expect(await differences(simulator, name)).toEqual([]);
  });

  test('I5 a killed database costs the run, and nothing else', async () => {
    const name = `processes ${++connections}`;
    await stall();
    const running = engine(simulator, name, ['sync']);
    await stored(running);
    crash(serverPid(own().dataDirectory));
    await controls.control('POST /churn', { changes: 100 });
    await controls.control('DELETE /faults');
    running.kill('SIGTERM');
    expect((await running.ended).complaint).not.toContain('    at ');
    for (let code: number | null = null; code !== 0; )
      ({ code } = await engine(simulator, name, ['sync', 'sync']).ended);
    expect(await differences(simulator, name)).toEqual([]);
  });

  async function untilUsersAreRead(name: string): Promise<void> {
    for (;;) {
      const [set] = await own().database.sql`
        select from export_set join entity_type as e using (entity_type_id) join connection as c using (connection_id)
        where c.name = ${name} and e.name = 'user' and page_count > 0`;
      if (set !== undefined) return;
    }
  }
});

test('I8 memory does not grow with the directory: a group of 300,000 in a heap of 64 MB', async () => {
  const name = `processes ${++connections}`;
  await using stack = new AsyncDisposableStack();
  const simulator = await startSimulator({ users: 30_000, groups: 50, memberships: 50_000, seed: 12 });
  stack.defer(() => simulator.stop());
  const controls = await openClient(simulator);
  stack.defer(() => controls.close());
  await controls.stage({ kind: 'hugeGroup', members: 300_000 });
  const { code, complaint, synchronized } = await engine(simulator, name, ['sync'], 64).ended;
  expect([code, complaint]).toEqual([0, '']);
  const [first] = synchronized;
  const totals = new Map(first?.counts.map(({ objectClass, total }) => [objectClass, total]));
  expect(totals.get('user')).toBe(30_000);
  expect(totals.get('group.members')).toBeGreaterThan(300_000);
});

describe('I10 every wait that a server asks for is obeyed, and is visible', () => {
  test.each(['throttle', 'unavailable'])('%s with Retry-After', async (kind) => {
    const name = `processes ${++connections}`;
    await using stack = new AsyncDisposableStack();
    const clock: TenantClock = manualClock(Date.UTC(2026, 0, 5));
    const simulator = await startSimulator({ users: 20, seed: 13, clock });
    stack.defer(() => simulator.stop());
    const controls = await openClient(simulator);
    stack.defer(() => controls.close());
    await controls.stage({ kind, retryAfterSeconds: 41, match: { path: '/users/delta' } });
    const connection = connectionTo(simulator);
    const client = openGraphClient(connection, { clock: passingClock(clock) });
    const connector = createEntraConnector(client, connection.tenantId);
    stack.defer(() => connector.close());
    const told: Progress[] = [];
    const before = clock.now();
    await synchronize(
      { sql: own().database.sql, connector, name, entityTypes: [user] },
      {
        isFull: false,
        isForced: false,
        signal: new AbortController().signal,
        report: (each) => told.push(each),
      },
    );
    expect(clock.now() - before).toBe(41_000);
    const waits = told.filter((progress) => progress.kind === 'waiting');
    expect(waits).toMatchObject([{ objectClass: 'user', seconds: 41 }]);
    expect(waits[0]?.reason).not.toBe('');
  });
});
