// Faults of pages and of the tenant on the wire: whatever the chain of pages looks like, it is known what a client that
// reads it to its end has to believe.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import { targetsOf } from '../simulator/tenant/directory-object.ts';
import {
  errorOf,
  groupNamed,
  type Item,
  idsOf,
  openClient,
  type Page,
  type SimulatorClient,
} from './fixtures/simulator-client.ts';
import { idsIn, largestGroup, live, liveMembers, userIds } from './fixtures/tenant-truth.ts';

let simulator: Simulator;
let client: SimulatorClient;

beforeAll(async () => {
  simulator = await startSimulator({ users: 1500, largestGroup: 1400, seed: 7 });
  client = await openClient(simulator);
});
afterEach(async () => {
  await client.control('DELETE /faults');
});
afterAll(async () => {
  await client.close();
  await simulator.stop();
});

const unique = (ids: readonly string[]) => [...new Set(ids)].toSorted();

/** What a client that applies a delta round in the order of its items believes to be the members. */
function membersIn(pages: readonly Page[], groupId: string): string[] {
  const members = new Set<string>();
  for (const item of pages.flatMap((page) => page.value)) {
    if (item.id !== groupId) continue;
    for (const { id, '@removed': removed } of (item['members@delta'] ?? []) as Item[]) {
      if (removed) members.delete(id);
      else members.add(id);
    }
  }
  return [...members].toSorted();
}

describe('strange pages', () => {
  const chains = ['/users?$top=200', '/users?$top=200&$orderby=displayName', '/users/delta'];

  test.each(chains)('a page of %s comes twice, behind different links', async (address) => {
    await client.stage({ kind: 'repeatPage', after: 2 });
    const pages = await client.pages(address);
    const [, second, third, fourth, fifth] = pages;
    expect(fourth?.value).toEqual(third?.value);
    const links = [second, third, fourth].map((page) => page?.['@odata.nextLink']);
    expect(new Set(links).size).toBe(3);
    expect(fifth?.value[0]).not.toEqual(third?.value[0]);
    expect(idsOf(pages)).toHaveLength(userIds(simulator).length + (third?.value.length ?? 0));
    expect(unique(idsOf(pages))).toEqual(userIds(simulator));
  });

  test.each(chains)('the pages of %s lead back to the same page for ever', async (address) => {
    await client.stage({ kind: 'nextLinkLoop', after: 1 });
    const pages = await client.pages(address, 6);
    expect(pages).toHaveLength(6);
    const [first, ...others] = pages;
    for (const page of others) {
      expect(page.value).toEqual(others[0]?.value);
      expect(page['@odata.nextLink']).toBe(first?.['@odata.nextLink']);
    }
    await client.control('DELETE /faults');
    const rest = await client.pages(first?.['@odata.nextLink'] ?? '');
    expect([...idsOf([first!]), ...idsOf(rest)].toSorted()).toEqual(userIds(simulator));
  });

  test.each(chains)('the pages of %s lead back to the first page', async (address) => {
    await client.stage({ kind: 'nextLinkLoop', to: 'firstPage', after: 1 });
    const pages = await client.pages(address, 6);
    expect(pages).toHaveLength(6);
    expect(pages[2]?.value).toEqual(pages[0]?.value);
    expect(pages.at(-1)?.['@odata.nextLink']).toBeDefined();
  });

  test.each(chains)('an empty page in the middle of %s is not the end', async (address) => {
    await client.stage({ kind: 'emptyPage', after: 2 });
    const pages = await client.pages(address);
    expect(pages.map((page) => page.value.length === 0).indexOf(true)).toBe(2);
    expect(idsOf(pages).toSorted()).toEqual(userIds(simulator));
  });

  test.each(chains)('an empty tenant is what %s shows', async (address) => {
    await client.stage({ kind: 'emptyAnswer' });
    const page = await client.page(address);
    expect(page.value).toEqual([]);
    expect(page['@odata.nextLink']).toBeUndefined();
    expect(page['@odata.deltaLink'] !== undefined).toBe(address.includes('delta'));
    expect(idsOf(await client.pages(address)).toSorted()).toEqual(userIds(simulator));
  });

  test('the fragments of a big group come in another order, between other groups', async () => {
    const group = largestGroup(simulator);
    expect(targetsOf(group, 'members').size).toBeGreaterThan(1000);
    const address = '/groups/delta?$select=displayName,members';
    const usual = await client.pages(address);
    await client.stage({ kind: 'reorderFragments' });
    const reordered = await client.pages(address);

    expect(membersIn(usual, group.id)).toEqual(liveMembers(group));
    expect(membersIn(reordered, group.id)).toEqual(liveMembers(group));
    expect(unique(idsOf(reordered))).toEqual(idsIn(live(simulator, 'group')));
    const sequence = (pages: readonly Page[]) =>
      pages
        .flatMap((page) => page.value)
        .filter(({ id }) => id === group.id)
        .flatMap((item) => ((item['members@delta'] ?? []) as Item[]).map(({ id }) => id));
    expect(sequence(reordered)).not.toEqual(sequence(usual));
    const isBroken = (ids: readonly string[]) =>
      ids.slice(ids.indexOf(group.id), ids.lastIndexOf(group.id)).some((id) => id !== group.id);
    expect(isBroken(idsOf(usual))).toBe(false);
    expect(isBroken(idsOf(reordered))).toBe(true);
    for (const other of live(simulator, 'group')) {
      expect(membersIn(reordered, other.id)).toEqual(membersIn(usual, other.id));
    }
    expect((await client.page(reordered.at(-1)?.['@odata.deltaLink'] ?? '')).value).toEqual([]);
  });

  test('fragments of changes come in another order too, and apply to the same members', async () => {
    const created = await client.send('POST /groups', groupNamed('reordered'));
    const { id } = JSON.parse(created.text) as Item;
    const link = await client.deltaLink('/groups/delta?$select=displayName,members');
    for (let from = 0; from < 60; from += 20) {
      const members = live(simulator, 'user').slice(from, from + 20);
      const references = members.map((user) => `${simulator.graph}/directoryObjects/${user.id}`);
      const answer = await client.send(`PATCH /groups/${id}`, { 'members@odata.bind': references });
      expect(answer.status).toBe(204);
    }
    await client.stage({ kind: 'reorderFragments' });
    const pages = await client.pages(link);
    expect(idsOf(pages)).toEqual([id, id]);
    expect(membersIn(pages, id)).toEqual(idsIn(live(simulator, 'user').slice(0, 60)));
  });

  test('a user who changes while users are paged shows it, at once or in the next round', async () => {
    await client.stage({ kind: 'changeWhilePaging', changes: 3, after: 1 });
    const listed = await client.pages('/users?$top=200');
    const changed = (pages: readonly Page[]) =>
      pages.flatMap((page) => page.value).filter((user) => /\(changed \d+\)$/.test(String(user.displayName)));
    expect(changed(listed)).toHaveLength(3);
    expect(idsOf(listed).toSorted()).toEqual(userIds(simulator));

    await client.stage({ kind: 'changeWhilePaging', changes: 5, times: 'always' });
    const round = await client.pages('/users/delta?$select=displayName');
    expect(unique(idsOf(round))).toEqual(userIds(simulator));
    await client.control('DELETE /faults');
    const believed = new Map<string, unknown>();
    const next = await client.pages(round.at(-1)?.['@odata.deltaLink'] ?? '');
    for (const item of [...round, ...next].flatMap((page) => page.value)) {
      believed.set(item.id, item.displayName);
    }
    const truth = new Map(live(simulator, 'user').map((user) => [user.id, user.values.displayName]));
    expect(believed).toEqual(truth);
    expect(changed(next).length).toBeGreaterThanOrEqual(5);
  });

  test('a member who changes while the members of a group are paged', async () => {
    const group = largestGroup(simulator);
    await client.stage({ kind: 'changeWhilePaging', match: { path: '/groups/*/members' } });
    const before = simulator.directory.tx;
    const pages = await client.pages(`/groups/${group.id}/members?$top=500`);
    expect(simulator.directory.tx).toBe(before + 1);
    expect(idsOf(pages).toSorted()).toEqual(liveMembers(group));
    const names = pages.flatMap((page) => page.value).map((member) => String(member.displayName));
    expect(names.some((name) => name.endsWith(`(changed ${before + 1})`))).toBe(true);
  });

  test('every object has a property that nobody has heard of', async () => {
    const value = { level: 3 };
    await client.stage({ kind: 'unknownProperty', name: 'riskOfTomorrow', value });
    for (const address of [
      '/users?$top=5',
      '/groups/delta',
      `/groups/${largestGroup(simulator).id}/members`,
    ]) {
      const page = await client.page(address);
      expect(page.value.length).toBeGreaterThan(0);
      expect(page.value.every((item) => JSON.stringify(item.riskOfTomorrow) === JSON.stringify(value))).toBe(
        true,
      );
    }
    const one = await client.send(`GET /users/${userIds(simulator)[0]}`);
    expect(JSON.parse(one.text)).toMatchObject({ id: userIds(simulator)[0], riskOfTomorrow: value });
  });
});

describe('a group that changes between two pages', () => {
  const start = '/groups/delta?$select=displayName,members';

  test('and was created after the round began loses a member before the next', async () => {
    const { directory } = simulator;
    const first = await client.page(start);
    const answer = await client.send('POST /groups', groupNamed('young'));
    const group = directory.find((JSON.parse(answer.text) as Item).id)!;
    const [member] = live(simulator, 'user');
    directory.link(group, 'members', member!);
    const round = [first, ...(await client.pages(first['@odata.nextLink'] ?? ''))];
    expect(membersIn(round, group.id)).toEqual([member!.id]);

    directory.unlink(group, 'members', member!);
    const next = await client.pages(round.at(-1)?.['@odata.deltaLink'] ?? '');
    expect(membersIn([...round, ...next], group.id)).toEqual([]);
  });

  test('is gone when its page is read, and back for the next round', async () => {
    const { directory } = simulator;
    const group = largestGroup(simulator);
    const full = await client.pages(start);
    for (const other of live(simulator, 'user').slice(0, 300)) {
      const answer = await client.send('POST /groups', groupNamed(`of-${other.id}`));
      expect(answer.status).toBe(201);
    }
    const [lost] = [...targetsOf(group, 'members')];
    directory.unlink(group, 'members', lost!);
    const first = await client.page(full.at(-1)?.['@odata.deltaLink'] ?? '');
    expect(first['@odata.nextLink']).toBeDefined();
    directory.softDelete(group);
    const rest = await client.pages(first['@odata.nextLink'] ?? '');
    expect(rest.flatMap((page) => page.value).find(({ id }) => id === group.id)).toHaveProperty('@removed');
    directory.restore(group);
    const next = await client.pages(rest.at(-1)?.['@odata.deltaLink'] ?? '');
    expect(membersIn(next, group.id)).toEqual(liveMembers(group));
  });
});

describe('replication lag', () => {
  async function createUser(name: string) {
    const answer = await client.send('POST /users', {
      accountEnabled: true,
      displayName: name,
      mailNickname: name,
      userPrincipalName: `${name}@nordlicht.example`,
      passwordProfile: { password: 'Quiet-Harbour-77' },
    });
    expect(answer.status).toBe(201);
    return JSON.parse(answer.text) as Item & { userPrincipalName: string };
  }

  test('a new user cannot be found or referred to for a while', async () => {
    await client.stage({ kind: 'replicationLag', seconds: 15 });
    const user = await createUser('late.larry');
    const group = largestGroup(simulator);
    const reference = { '@odata.id': `${simulator.graph}/directoryObjects/${user.id}` };
    const boundIn = (part: string) => ({ 'members@odata.bind': [`${simulator.graph}/${part}`] });
    const attempts: readonly (readonly [string, object?])[] = [
      [`GET /users/${user.id}`],
      [`GET /users('${user.id}')`],
      [`GET /users/${user.userPrincipalName}`],
      [`GET /users(userPrincipalName='${user.userPrincipalName}')`],
      [`PATCH /users/${user.id}`, { jobTitle: 'Ghost' }],
      [`POST /groups/${group.id}/members/$ref`, reference],
      [`PATCH /groups/${group.id}`, boundIn(`directoryObjects/${user.id}`)],
      [`PATCH /groups/${group.id}`, boundIn(`directoryObjects('${user.id}')`)],
      [`PUT /users/${userIds(simulator)[0]}/manager/$ref`, reference],
    ];
    for (const [line, body] of attempts) {
      const answer = await client.send(line, body);
      expect(answer.status, line).toBe(404);
      expect(errorOf(answer), line).toMatchObject({ code: 'Request_ResourceNotFound' });
    }
    await client.control('POST /clock', { advanceSeconds: 15 });
    for (const [line, body] of attempts.slice(0, 6)) {
      expect((await client.send(line, body)).status, line).toBeLessThan(300);
    }
    expect(liveMembers(group)).toContain(user.id);
  });

  test('also hides what a part of a batch created', async () => {
    await client.stage({ kind: 'replicationLag' });
    const headers = { 'Content-Type': 'application/json' };
    const body = groupNamed('batched');
    const parts = await client.batch([{ id: '1', method: 'POST', url: '/groups', headers, body }]);
    const created = parts.get('1')?.body as Item | undefined;
    expect(
      (await client.batch([{ id: '2', method: 'GET', url: `/groups/${created?.id}` }])).get('2')?.status,
    ).toBe(404);
    await client.control('DELETE /faults');
    expect((await client.send(`GET /groups/${created?.id}`)).status).toBe(200);
  });
});
