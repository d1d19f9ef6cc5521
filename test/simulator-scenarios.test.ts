// Scenarios as a whole: a patient client gets the truth through every ready one, from a file at the command line too,
// and a group of half a million members is read to its end.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Scenario, scenarioSchema } from '../simulator/faults/fault.ts';
import { loadScenario, scenarioNames } from '../simulator/faults/scenario.ts';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import { isLive } from '../simulator/tenant/directory-object.ts';
import { simulate } from './fixtures/simulate-command.ts';
import {
  type Answer,
  createClient,
  type Item,
  openClient,
  type Page,
  type SimulatorClient,
} from './fixtures/simulator-client.ts';
import { idsIn, largestGroup, live, liveMembers } from './fixtures/tenant-truth.ts';

/** What a client believes after a delta round: objects by id, and the members of those that have any. */
interface Belief {
  readonly names: Map<string, unknown>;
  readonly members: Map<string, Set<string>>;
}

/**
 * Reads a delta round to its end and returns the link for the next one. Whatever fails is tried again at once, and dead
 * links start the round again from `start`. After every page the tenant changes.
 */
async function follow(client: SimulatorClient, link: string, start: string, belief: Belief): Promise<string> {
  let next = link;
  for (let request = 0; request < 2_000; request++) {
    const answer = await client.send(`GET ${next}`).catch(() => undefined);
    if (answer?.status === 401) client.use(await patientSignIn(client));
    if (answer?.status === 410 || answer?.status === 400) {
      next = start;
      belief.names.clear();
      belief.members.clear();
    }
    const page = answer?.status === 200 ? pageIn(answer) : undefined;
    if (!page) continue;
    for (const item of page.value) apply(item, belief);
    expect((await client.control('POST /churn', { changes: 12 })).status).toBe(200);
    if (page['@odata.deltaLink']) return page['@odata.deltaLink'];
    next = page['@odata.nextLink'] ?? '';
  }
  throw new Error(`No end of ${start} in sight.`);
}

function apply(item: Item, { names, members }: Belief): void {
  if (item['@removed']) {
    names.delete(item.id);
    members.delete(item.id);
    return;
  }
  if ('displayName' in item) names.set(item.id, item.displayName);
  const known = members.get(item.id) ?? new Set();
  members.set(item.id, known);
  for (const member of (item['members@delta'] ?? []) as Item[]) {
    if (member['@removed']) known.delete(member.id);
    else known.add(member.id);
  }
}

function pageIn(answer: Answer): Page | undefined {
  try {
    return JSON.parse(answer.text) as Page;
  } catch {
    return undefined;
  }
}

async function patientSignIn(client: SimulatorClient): Promise<string> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const token = await client.signIn().catch(() => undefined);
    if (token !== undefined) return token;
  }
  throw new Error('No token in sight.');
}

const usersRound = '/users/delta?$select=displayName';
const groupsRound = '/groups/delta?$select=displayName,members';
const nothing = (): Belief => ({ names: new Map(), members: new Map() });

function expectTruth(simulator: Simulator, users: Belief, groups: Belief): void {
  const names = live(simulator, 'user').map((user) => [user.id, user.values.displayName] as const);
  expect(users.names).toEqual(new Map(names));
  expect([...groups.names.keys()].toSorted()).toEqual(idsIn(live(simulator, 'group')));
  const isLiveId = (id: string) => {
    const object = simulator.directory.find(id);
    return object !== undefined && isLive(object);
  };
  for (const group of live(simulator, 'group')) {
    // A deleted member is reported as deleted, not as removed from its groups.
    const believed = [...(groups.members.get(group.id) ?? [])].filter(isLiveId);
    expect(believed.toSorted(), String(group.values.displayName)).toEqual(liveMembers(group));
  }
}

describe('a patient client', () => {
  const scenarios: readonly (readonly [string, Scenario])[] = [
    ['changes between all pages', { faults: [] }],
    ...['reorderFragments', 'repeatPage', 'emptyPage'].map((kind) => {
      const fault = { kind, every: kind === 'reorderFragments' ? 1 : 2, times: 'always' };
      return [kind, scenarioSchema.parse({ faults: [fault] })] as const;
    }),
    ...scenarioNames().map((name) => [name, loadScenario(name)] as const),
  ];

  test.each(scenarios)('gets the truth in spite of %s', async (_, scenario) => {
    const simulator = await startSimulator({ users: 900, largestGroup: 800, seed: 3, scenario });
    onTestFinished(() => simulator.stop());
    const client = createClient(simulator);
    onTestFinished(() => client.close());
    client.use(await patientSignIn(client));

    const [users, groups] = [nothing(), nothing()];
    let usersLink = usersRound;
    let groupsLink = groupsRound;
    for (let round = 0; round < 3; round++) {
      usersLink = await follow(client, usersLink, usersRound, users);
      groupsLink = await follow(client, groupsLink, groupsRound, groups);
    }
    const { faults } = JSON.parse((await client.control('GET /faults')).text) as {
      faults: { hits: number }[];
    };
    expect(faults.some(({ hits }) => hits > 0)).toBe(scenario.faults.length > 0);

    // Once everything is switched off, nothing needs patience any more.
    await client.control('DELETE /faults');
    client.use(await client.signIn());
    const lastPages = [await client.pages(usersLink), await client.pages(groupsLink)] as const;
    for (const item of lastPages[0].flatMap((page) => page.value)) apply(item, users);
    for (const item of lastPages[1].flatMap((page) => page.value)) apply(item, groups);
    expectTruth(simulator, users, groups);
  });
});

describe('a scenario at the command line', () => {
  async function run(...options: string[]) {
    const simulation = simulate(['--json', '--port', '0', '--users', '60', ...options]);
    onTestFinished(async () => void (await simulation.stop()));
    const access = await simulation.access;
    const client = createClient({ ...access, caPem: readFileSync(access.ca, 'utf8') });
    onTestFinished(() => client.close());
    return client;
  }

  function scenarioFile(text: string): string {
    const folder = mkdtempSync(join(tmpdir(), 'syncline-test-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'scenario.json');
    writeFileSync(file, text);
    return file;
  }

  test('is read from a file, and strikes as it says', async () => {
    const file = scenarioFile(
      JSON.stringify({
        faults: [
          { kind: 'throttle', match: { path: '/users' }, after: 1, retryAfterSeconds: 4 },
          { kind: 'emptyAnswer', match: { path: '/groups' } },
        ],
      }),
    );
    const client = await run('--scenario', file);
    client.use(await client.signIn());
    const statuses: number[] = [];
    for (let round = 0; round < 3; round++) statuses.push((await client.send('GET /users')).status);
    expect(statuses).toEqual([200, 429, 200]);
    expect((await client.page('/groups')).value).toEqual([]);
    expect((await client.page('/groups')).value.length).toBeGreaterThan(0);
  });

  test('is a ready one when its name is given', async () => {
    const client = await run('--scenario', 'throttled');
    await expect(client.signIn()).rejects.toThrow(/^No token: 429/);
    client.use(await client.signIn());
    const statuses: number[] = [];
    for (let round = 0; round < 7; round++) statuses.push((await client.send('GET /users')).status);
    expect(statuses).toContain(429);
  });
});

test('a group of half a million members is read to its end', async () => {
  const simulator = await startSimulator({ users: 300, seed: 5 });
  onTestFinished(() => simulator.stop());
  const client = await openClient(simulator);
  onTestFinished(() => client.close());
  const before = process.memoryUsage.rss();
  const lastLink = await client.deltaLink('/groups/delta?$select=members');
  await client.stage({ kind: 'hugeGroup', members: 500_000 });
  await client.page('/groups');

  const group = largestGroup(simulator);
  const count = await client.send(`GET /groups/${group.id}/members/$count`, undefined, {
    ConsistencyLevel: 'eventual',
  });
  expect(count.text).toBe('500000');

  const listed = new Set<string>();
  let requests = 0;
  for (let next: string | undefined = `/groups/${group.id}/members?$select=id&$top=999`; next; requests++) {
    const page: Page = await client.page(next);
    for (const { id } of page.value) listed.add(id);
    next = page['@odata.nextLink'];
  }
  expect(listed.size).toBe(500_000);
  expect(requests).toBe(Math.ceil(500_000 / 999));

  // The same members in a full round and in a round of changes.
  for (const round of [`/groups/delta?$select=members&$filter=id eq '${group.id}'`, lastLink]) {
    const followed = new Set<string>();
    let link: string | undefined;
    for (let next: string | undefined = round; next; ) {
      const page: Page = await client.page(next);
      for (const item of page.value) {
        for (const { id } of (item['members@delta'] ?? []) as Item[]) followed.add(id);
      }
      next = page['@odata.nextLink'];
      link = page['@odata.deltaLink'];
    }
    expect(followed.size).toBeGreaterThan(499_000);
    expect([...followed].every((id) => listed.has(id))).toBe(true);
    expect((await client.page(link ?? '')).value).toEqual([]);
  }
  expect(process.memoryUsage.rss() - before).toBeLessThan(1.5 * 1024 ** 3);

  // The members are there to stay.
  await client.control('DELETE /faults');
  expect(
    (
      await client.send(`GET /groups/${group.id}/members/$count`, undefined, {
        ConsistencyLevel: 'eventual',
      })
    ).text,
  ).toBe('500000');
});
