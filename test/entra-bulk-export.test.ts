// Reading in bulk gives exactly what the tenant holds, as a plain round does, whatever changes and goes wrong meanwhile.
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import type { Connector, ExportStart } from '../src/connectors/connector.ts';
import type { EntityType } from '../src/model/entity-type.ts';
import {
  connectTo,
  describeFold,
  describeTruth,
  eventsOf,
  type Fold,
  fold,
  readSet,
} from './fixtures/export-fold.ts';
import { openClient, type SimulatorClient } from './fixtures/simulator-client.ts';

const user: EntityType = {
  name: 'user',
  attributes: ['displayName', 'userPrincipalName', 'accountEnabled', 'department', 'mobilePhone'],
  links: [],
};
const group: EntityType = {
  name: 'group',
  attributes: ['displayName', 'description'],
  links: ['members', 'owners'],
};

let simulator: Simulator;
let controls: SimulatorClient;
let bulk: Connector;
let plain: Connector;

beforeAll(async () => {
  simulator = await startSimulator({
    users: 1500,
    groups: 120,
    memberships: 6000,
    largestGroup: 1300,
    seed: 7,
  });
  controls = await openClient(simulator);
});
afterAll(async () => {
  await controls.close();
  await simulator.stop();
});
beforeEach(async () => {
  await controls.control('DELETE /faults');
  bulk = connectTo(simulator, 0);
  plain = connectTo(simulator);
  return async () => {
    await bulk.close();
    await plain.close();
  };
});

function churn(changes: number): Promise<unknown> {
  return controls.control('POST /churn', { changes });
}

/** Paths of the requests to Graph from here on, with their query. */
async function requestsSince(note: { requests: number }): Promise<string[]> {
  const { requests } = JSON.parse((await controls.control('GET /requests?last=10000')).text) as {
    requests: { path: string }[];
  };
  return requests.slice(note.requests).map(({ path }) => path);
}

test.each<EntityType>([
  user,
  group,
  { name: 'application', attributes: ['displayName'], links: ['owners'] },
  { name: 'servicePrincipal', attributes: ['appId'], links: ['owners'] },
  { name: 'administrativeUnit', attributes: ['displayName'], links: ['members'] },
  { name: 'device', attributes: ['displayName'], links: [] },
  { name: 'orgContact', attributes: ['displayName'], links: [] },
])('a quiet tenant is read whole: $name', async (entityType) => {
  const known: Fold = new Map();
  const { end } = await readSet(bulk, entityType, { kind: 'full' }, known);
  expect(describeFold(known, simulator)).toEqual(describeTruth(simulator, entityType));
  expect(end).toMatchObject({ kind: 'last', expected: known.size });
});

test('types that Graph does not count are read in one round', async () => {
  for (const entityType of [
    { name: 'directoryRole', attributes: ['displayName'], links: ['members'] },
    { name: 'oAuth2PermissionGrant', attributes: ['scope'], links: [] },
  ]) {
    const known: Fold = new Map();
    const { end } = await readSet(bulk, entityType, { kind: 'full' }, known);
    expect(describeFold(known, simulator)).toEqual(describeTruth(simulator, entityType));
    expect(end).not.toHaveProperty('expected');
  }
});

/** What happens after each page: so many changes, and perhaps the reader stops and goes on from the page's position. */
const happenings = fc.array(
  fc.record({ changes: fc.integer({ min: 0, max: 6 }), isInterrupted: fc.boolean() }),
  { minLength: 1, maxLength: 30 },
);

test('in bulk or in one round, with changes and interruptions between pages, the result is what the tenant holds', async () => {
  await fc.assert(
    fc.asyncProperty(happenings, fc.constantFrom(user, group), async (schedule, entityType) => {
      for (const connector of [bulk, plain]) {
        const known: Fold = new Map();
        let start: ExportStart | undefined = { kind: 'full' };
        let cookie = '';
        let pages = 0;
        while (start !== undefined) {
          const events = eventsOf(connector, entityType, start);
          start = undefined;
          for await (const event of events) {
            if (event.kind === 'resync') throw new Error(event.reason);
            fold(known, event.items);
            if (event.kind === 'last') {
              ({ cookie } = event);
              break;
            }
            const { changes = 0, isInterrupted = false } = schedule[pages++] ?? {};
            if (changes > 0) await churn(changes);
            if (isInterrupted) {
              start = { kind: 'resume', position: event.position };
              break;
            }
          }
        }
        await readSet(connector, entityType, { kind: 'incremental', cookie }, known);
        expect(describeFold(known, simulator)).toEqual(describeTruth(simulator, entityType));
      }
    }),
    { numRuns: 12 },
  );
});

describe('faults', () => {
  test.each<[string, EntityType, ...{ kind: string; [option: string]: unknown }[]]>([
    [
      'page links of users die',
      user,
      { kind: 'emptyPage', times: 60 },
      { kind: 'expirePageToken', match: { path: '/users' }, after: 2 },
    ],
    ['page links of members die', group, { kind: 'expirePageToken', match: { path: '/groups/*/members' } }],
    ['empty pages come between', user, { kind: 'emptyPage', every: 2, times: 40 }],
    ['empty pages come between links', group, { kind: 'emptyPage', every: 2, times: 20 }],
    ['pages come twice', group, { kind: 'repeatPage', every: 3, times: 20 }],
    ['a list of users ends at once', user, { kind: 'emptyAnswer', match: { path: '/users' }, times: 3 }],
    ['the list of groups ends at once', group, { kind: 'emptyAnswer', match: { path: '/groups' } }],
    [
      'groups are not shown with their links',
      group,
      { kind: 'emptyAnswer', match: { path: '/groups' }, after: 1, times: 2 },
    ],
    [
      'members end at once',
      group,
      { kind: 'emptyAnswer', match: { path: '/groups/*/members' }, every: 3, times: 4 },
    ],
    ['the tenant changes', group, { kind: 'changeWhilePaging', changes: 3, times: 'always' }],
    ['objects have unknown properties', user, { kind: 'unknownProperty' }],
    ['a group is huge', group, { kind: 'hugeGroup', members: 9000 }],
  ])('%s', async (_what, entityType, ...faults) => {
    await controls.stage(...faults);
    const known: Fold = new Map();
    const { end } = await readSet(bulk, entityType, { kind: 'full' }, known);
    for (const { kind } of faults) expect(await controls.hits(kind)).toBeGreaterThan(0);
    await controls.control('DELETE /faults');
    if (end.kind !== 'last') throw new Error(JSON.stringify(end));
    await readSet(bulk, entityType, { kind: 'incremental', cookie: end.cookie }, known);
    expect(describeFold(known, simulator)).toEqual(describeTruth(simulator, entityType));
  });

  test('pages that lead in a circle start the set over once, and then end it', async () => {
    await controls.stage({ kind: 'nextLinkLoop', match: { path: '/groups' } });
    const { end } = await readSet(bulk, group, { kind: 'full' }, new Map());
    expect(end).toEqual({ kind: 'resync', reason: "Graph's pages lead in a circle" });
    await expect(readSet(bulk, group, { kind: 'full' }, new Map())).rejects.toMatchObject({
      code: 'source-failed',
    });
  });

  test('an anchor that has died meanwhile starts the set over', async () => {
    await controls.stage({ kind: 'expireDeltaLink', match: { path: '/users/delta' } });
    const { end } = await readSet(bulk, user, { kind: 'full' }, new Map());
    expect(end).toMatchObject({ kind: 'resync', reason: expect.stringContaining('(410 Gone') });
  });
});

test('what is finished is not asked again by a reading that goes on', async () => {
  const first = new Map() as Fold;
  const { positions } = await readSet(bulk, user, { kind: 'full' }, first);
  const before = { requests: (await requestsSince({ requests: 0 })).length };
  const known: Fold = new Map();
  await readSet(bulk, user, { kind: 'resume', position: positions.at(-1) ?? '' }, known);
  const lists = (await requestsSince(before)).filter((path) => path.includes('startsWith'));
  expect(known.size).toBeLessThan(first.size / 2);
  expect(lists.length).toBeLessThan(30);
});
