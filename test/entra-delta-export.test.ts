// A connector that follows delta links brings what the tenant holds, and says in words when it has to begin again.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import type { Connector } from '../src/connectors/connector.ts';
import type { EntityType } from '../src/model/entity-type.ts';
import {
  connectTo,
  describeFold,
  describeTruth,
  eventsOf,
  type Fold,
  readSet,
} from './fixtures/export-fold.ts';
import { openClient, type SimulatorClient } from './fixtures/simulator-client.ts';

const user: EntityType = {
  name: 'user',
  attributes: ['displayName', 'mail', 'department', 'proxyAddresses'],
  links: [],
};
const group: EntityType = { name: 'group', attributes: ['displayName'], links: ['members', 'owners'] };

let simulator: Simulator;
let controls: SimulatorClient;
let connector: Connector;

beforeAll(async () => {
  simulator = await startSimulator({
    users: 900,
    groups: 60,
    memberships: 4000,
    largestGroup: 800,
    seed: 11,
  });
  controls = await openClient(simulator);
});
afterAll(async () => {
  await controls.close();
  await simulator.stop();
});
beforeEach(async () => {
  await controls.control('DELETE /faults');
  connector = connectTo(simulator);
  return () => connector.close();
});

async function cookieOf(entityType: EntityType, known: Fold = new Map()): Promise<string> {
  const { end } = await readSet(connector, entityType, { kind: 'full' }, known);
  if (end.kind !== 'last') throw new Error(JSON.stringify(end));
  return end.cookie;
}

test('changes of every kind come with the next set', async () => {
  for (const entityType of [user, group]) {
    const known: Fold = new Map();
    let cookie = await cookieOf(entityType, known);
    for (let round = 0; round < 3; round++) {
      await controls.control('POST /churn', { changes: 150 });
      const { end } = await readSet(connector, entityType, { kind: 'incremental', cookie }, known);
      if (end.kind !== 'last') throw new Error(JSON.stringify(end));
      expect(end).not.toHaveProperty('expected');
      ({ cookie } = end);
      expect(describeFold(known, simulator)).toEqual(describeTruth(simulator, entityType));
    }
  }
});

test('an export goes on after any of its pages', async () => {
  const whole: Fold = new Map();
  const { positions } = await readSet(connector, group, { kind: 'full' }, whole);
  expect(positions.length).toBeGreaterThan(3);
  for (const [index, position] of positions.entries()) {
    const { end, positions: rest } = await readSet(connector, group, { kind: 'resume', position }, new Map());
    expect(end).toMatchObject({ kind: 'last', expected: whole.size });
    expect(rest).toHaveLength(positions.length - index - 1);
  }
});

test('a position that means nothing leads to a full set', async () => {
  const { end } = await readSet(connector, user, { kind: 'resume', position: '{"kind":"round"}' }, new Map());
  expect(end.kind).toBe('resync');
});

test('an aborted export ends with the abort', async () => {
  const controller = new AbortController();
  const events = eventsOf(connector, user, { kind: 'full' }, controller.signal);
  const read = async () => {
    for await (const _event of events) controller.abort(new Error('enough'));
  };
  await expect(read()).rejects.toThrow('enough');
});

test.each([
  { kind: 'emptyPage', every: 2, times: 20 },
  { kind: 'repeatPage', every: 2, times: 20 },
  { kind: 'reorderFragments', times: 'always' },
  { kind: 'changeWhilePaging', changes: 4, times: 'always' },
  { kind: 'unknownProperty' },
  { kind: 'hugeGroup', members: 8000 },
])('$kind does not change the result', async (fault) => {
  await controls.stage({ ...fault, match: { path: '/groups/delta' } });
  const known: Fold = new Map();
  const cookie = await cookieOf(group, known);
  expect(await controls.hits(fault.kind)).toBeGreaterThan(0);
  await controls.control('DELETE /faults');
  await readSet(connector, group, { kind: 'incremental', cookie }, known);
  expect(describeFold(known, simulator)).toEqual(describeTruth(simulator, group));
});

test('a set that ends too early says how many objects it should have', async () => {
  await controls.stage({ kind: 'emptyAnswer', match: { path: '/users/delta' } });
  const { end } = await readSet(connector, user, { kind: 'full' }, new Map());
  expect(end).toMatchObject({ kind: 'last', items: [], expected: describeCount(user) });
});

function describeCount(entityType: EntityType): number {
  return Object.keys(describeTruth(simulator, entityType)).length;
}

describe('links that have died lead to a full set', () => {
  test.each([
    ['gone', 'Graph does not know the delta link any more (410 Gone)'],
    ['resyncRequired', 'Graph does not know the delta link any more (410 Gone)'],
    ['syncStateNotFound', 'Graph does not know the delta link any more (400 syncStateNotFound)'],
  ])('%s', async (as, reason) => {
    const cookie = await cookieOf(user);
    await controls.stage({ kind: 'expireDeltaLink', as });
    const { end } = await readSet(connector, user, { kind: 'incremental', cookie }, new Map());
    expect(end).toEqual({ kind: 'resync', reason });
    expect((await readSet(connector, user, { kind: 'full' }, new Map())).end.kind).toBe('last');
  });

  test('a page link', async () => {
    await controls.stage({ kind: 'expirePageToken', match: { path: '/users/delta' }, after: 1 });
    const { end } = await readSet(connector, user, { kind: 'full' }, new Map());
    expect(end).toEqual({
      kind: 'resync',
      reason: 'Graph does not know the page link any more (400 Directory_ExpiredPageToken)',
    });
  });

  test('a link that Graph cannot read', async () => {
    const cookie = `${simulator.graph}/users/delta?$deltatoken=garbage`;
    const { end } = await readSet(connector, user, { kind: 'incremental', cookie }, new Map());
    expect(end).toMatchObject({ kind: 'resync', reason: 'Graph refuses the delta link (400 BadRequest)' });
  });
});

test.each(['samePage', 'firstPage'])(
  'pages that lead in a circle (%s) end the second attempt',
  async (to) => {
    await controls.stage({ kind: 'nextLinkLoop', to, match: { path: '/users/delta' }, after: 1 });
    const { end } = await readSet(connector, user, { kind: 'full' }, new Map());
    expect(end).toEqual({ kind: 'resync', reason: "Graph's pages lead in a circle" });
    await expect(readSet(connector, user, { kind: 'full' }, new Map())).rejects.toMatchObject({
      code: 'source-failed',
      message: expect.stringContaining('lead in a circle'),
    });
  },
);

test('an attribute that Graph does not know is refused by name', async () => {
  await controls.stage({ kind: 'unknownProperty', as: 'refused', name: 'department' });
  await expect(cookieOf(user)).rejects.toMatchObject({
    code: 'mapping-refused',
    message: expect.stringContaining('attribute department of entity type user'),
  });
});
