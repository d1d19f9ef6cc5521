/**
 * Microsoft's Graph client, real and unmodified, on a simulated tenant that runs as its own process: paging, deltas,
 * writes, batches, and errors as the client's own type.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as tls from 'node:tls';
import {
  BatchRequestContent,
  BatchResponseContent,
  type Client,
  GraphError,
  RetryHandlerOptions,
} from '@microsoft/microsoft-graph-client';
import type { DirectoryObject, Group, User } from '@microsoft/microsoft-graph-types';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  askControl,
  failureOf,
  openClient,
  readAll,
  registerApplication,
  secretCredential,
} from './fixtures/graph-client.ts';
import { type Access, type Simulation, simulate } from './fixtures/simulate-command.ts';

const trusted = tls.getCACertificates();
const running: Simulation[] = [];
let access: Access;
let client: Client;

async function startTenant(...options: string[]): Promise<Access> {
  const simulation = simulate(['--json', '--port', '0', ...options]);
  running.push(simulation);
  const started = await simulation.access;
  tls.setDefaultCACertificates([...tls.getCACertificates(), readFileSync(started.ca, 'utf8')]);
  return started;
}

beforeAll(async () => {
  access = await startTenant('--users', '250', '--seed', '7');
  client = openClient(access);
});

afterEach(() => askControl(access, 'DELETE', '/faults'));

afterAll(async () => {
  tls.setDefaultCACertificates(trusted);
  await Promise.all(running.map((simulation) => simulation.stop()));
});

const domain = 'nordlicht.example';
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function newUser(name: string): User {
  return {
    accountEnabled: true,
    displayName: name,
    mailNickname: name,
    userPrincipalName: `${name}@${domain}`,
    passwordProfile: { password: `Vq7-${randomUUID()}`, forceChangePasswordNextSignIn: true },
  };
}

function newGroup(name: string): Group {
  return { displayName: name, mailNickname: name, mailEnabled: false, securityEnabled: true };
}

const createUser = (name: string): Promise<User> => client.api('/users').post(newUser(name));
const createGroup = (name: string): Promise<Group> => client.api('/groups').post(newGroup(name));
const reference = ({ id }: DirectoryObject) => `${access.graph}/directoryObjects/${id}`;

describe('reading', () => {
  test('pages through 100,000 users, each of them once', async () => {
    const large = await startTenant('--users', '100000');
    const { items } = await readAll<User>(openClient(large), '/users?$top=999&$select=id,userPrincipalName');
    expect(items).toHaveLength(100_000);
    expect(new Set(items.map(({ id }) => id)).size).toBe(100_000);
    expect(new Set(items.map(({ userPrincipalName }) => userPrincipalName)).size).toBe(100_000);
  });

  test('asks and counts with an advanced query', async () => {
    const page = await client
      .api('/users')
      .header('ConsistencyLevel', 'eventual')
      .filter("userType eq 'Guest'")
      .count(true)
      .select(['id', 'userType'])
      .top(999)
      .get();
    const guests: User[] = page.value;
    expect(guests.length).toBeGreaterThan(0);
    expect(page['@odata.count']).toBe(guests.length);
    expect(new Set(guests.map(({ userType }) => userType))).toEqual(new Set(['Guest']));
  });
});

/** An object of a delta round, as the typings do not know it. */
interface Changed {
  readonly id: string;
  readonly '@removed'?: { readonly reason: string };
  readonly 'members@delta'?: readonly {
    readonly id: string;
    readonly '@odata.type': string;
    readonly '@removed'?: { readonly reason: string };
  }[];
}

/** A round as its reader keeps it: the last word on each object. */
function lastWords(items: readonly Changed[]): Readonly<Record<string, Changed>> {
  return Object.fromEntries(items.map((item) => [item.id, item]));
}

/** The memberships that a round tells, as `group member`. */
function memberships(items: readonly Changed[]): string[] {
  const told = new Set<string>();
  for (const { id, 'members@delta': members = [] } of items) {
    for (const member of members) {
      if (member['@removed']) told.delete(`${id} ${member.id}`);
      else told.add(`${id} ${member.id}`);
    }
  }
  return [...told].sort();
}

describe('following changes', () => {
  test('of users: the first round is all of them, the next one just what has changed', async () => {
    const url = '/users/delta?$select=displayName,officeLocation,manager';
    const first = await readAll<Changed>(client, url);
    const listed = await readAll<DirectoryObject>(client, '/users?$top=999&$select=id');
    expect(Object.keys(lastWords(first.items)).sort()).toEqual(listed.items.map(({ id }) => id).sort());

    const leaver = await createUser('delta-leaver');
    const before = await readAll<Changed>(client, first.deltaLink ?? '');
    expect(Object.keys(lastWords(before.items))).toEqual([leaver.id]);

    const [mover, boss] = first.items;
    await client.api(`/users/${mover?.id}`).patch({ officeLocation: 'Roof' });
    await client.api(`/users/${leaver.id}`).delete();
    const newcomer = await createUser('delta-newcomer');
    await client
      .api(`/users/${newcomer.id}/manager/$ref`)
      .put({ '@odata.id': reference({ id: boss?.id ?? '' }) });
    const next = await readAll<Changed>(client, before.deltaLink ?? '');
    expect(lastWords(next.items)).toEqual({
      [String(mover?.id)]: expect.objectContaining({ officeLocation: 'Roof' }),
      [String(leaver.id)]: { id: leaver.id, '@removed': { reason: 'changed' } },
      [String(newcomer.id)]: expect.objectContaining({
        displayName: 'delta-newcomer',
        'manager@delta': [expect.objectContaining({ id: boss?.id })],
      }),
    });
    expect((await readAll(client, next.deltaLink ?? '')).items).toEqual([]);
  });

  test('of groups: the first round tells every membership, the next one just those that have changed', async () => {
    const first = await readAll<Changed>(client, '/groups/delta?$select=displayName,description,members');
    const listed: string[] = [];
    for (const { id } of (await readAll<DirectoryObject>(client, '/groups?$top=999&$select=id')).items) {
      const members = await readAll<DirectoryObject>(client, `/groups/${id}/members?$top=999&$select=id`);
      listed.push(...members.items.map((member) => `${id} ${member.id}`));
    }
    expect(listed.length).toBeGreaterThan(500);
    expect(memberships(first.items)).toEqual(listed.sort());

    const [one, two, three] = await Promise.all(['delta-1', 'delta-2', 'delta-3'].map(createUser));
    const [kept, gone] = await Promise.all(['delta-kept', 'delta-gone'].map(createGroup));
    if (!one || !two || !three || !kept || !gone) expect.fail('nothing was created');
    const addTo = (group: Group, members: User[]) =>
      client.api(`/groups/${group.id}`).patch({ 'members@odata.bind': members.map(reference) });
    await addTo(kept, [one, two]);
    const before = await readAll<Changed>(client, first.deltaLink ?? '');
    expect(Object.keys(lastWords(before.items)).sort()).toEqual([kept.id, gone.id].sort());
    expect(memberships(before.items)).toEqual([one, two].map(({ id }) => `${kept.id} ${id}`).sort());

    await client.api(`/groups/${kept.id}`).patch({ description: 'Kept' });
    await client.api(`/groups/${kept.id}/members/${one.id}/$ref`).delete();
    await addTo(kept, [three]);
    await client.api(`/groups/${gone.id}`).delete();
    const next = await readAll<Changed>(client, before.deltaLink ?? '');
    expect(lastWords(next.items)).toEqual({
      [String(kept.id)]: expect.objectContaining({ description: 'Kept' }),
      [String(gone.id)]: { id: gone.id, '@removed': { reason: 'changed' } },
    });
    const told = next.items.flatMap((item) => item['members@delta'] ?? []);
    expect(lastWords(told)).toEqual({
      [String(one.id)]: {
        '@odata.type': '#microsoft.graph.user',
        id: one.id,
        '@removed': { reason: 'deleted' },
      },
      [String(three.id)]: { '@odata.type': '#microsoft.graph.user', id: three.id },
    });
    expect((await readAll(client, next.deltaLink ?? '')).items).toEqual([]);
  });
});

describe('writing', () => {
  test('creates users, a group with an owner, and adds twenty members at once', async () => {
    const users = await Promise.all(Array.from({ length: 20 }, (_, place) => createUser(`write-${place}`)));
    const group: Group = await client
      .api('/groups')
      .post({ ...newGroup('write-group'), 'owners@odata.bind': users.slice(0, 1).map(reference) });
    await client.api(`/groups/${group.id}`).patch({ 'members@odata.bind': users.map(reference) });

    const members = await readAll<User>(client, `/groups/${group.id}/members`);
    expect(members.items.map(({ id }) => id).sort()).toEqual(users.map(({ id }) => id).sort());
    const owners = await readAll<User>(client, `/groups/${group.id}/owners`);
    expect(owners.items.map(({ displayName }) => displayName)).toEqual(['write-0']);

    const error = await failureOf(
      client
        .api(`/groups/${group.id}`)
        .patch({ 'members@odata.bind': [...users, ...users.slice(0, 1)].map(reference) }),
    );
    expect(error).toMatchObject({ statusCode: 400, code: 'Request_BadRequest' });
  });

  test('sets a manager, deletes a user, restores it and deletes it for good', async () => {
    const [boss, report] = await Promise.all(['life-boss', 'life-report'].map(createUser));
    if (!boss || !report) expect.fail('nothing was created');
    await client.api(`/users/${report.id}/manager/$ref`).put({ '@odata.id': reference(boss) });
    const manager: User = await client.api(`/users/${report.id}/manager`).get();
    expect(manager.userPrincipalName).toBe(`life-boss@${domain}`);

    await client.api(`/users/${report.id}`).delete();
    expect(await failureOf(client.api(`/users/${report.id}`).get())).toMatchObject({ statusCode: 404 });
    const restored: User = await client.api(`/directory/deletedItems/${report.id}/restore`).post({});
    expect(restored.id).toBe(report.id);
    expect((await client.api(`/users/${report.id}`).get()).displayName).toBe('life-report');

    await client.api(`/users/${report.id}`).delete();
    await client.api(`/directory/deletedItems/${report.id}`).delete();
    const error = await failureOf(client.api(`/directory/deletedItems/${report.id}`).get());
    expect(error).toMatchObject({ statusCode: 404, code: 'Request_ResourceNotFound' });
  });

  test('sends many requests as one batch and tells their answers apart', async () => {
    // A batch wants addresses below the version, and the client takes them from absolute ones.
    const request = (path: string, init?: RequestInit) =>
      new Request(`https://graph.microsoft.com${path}`, init);
    const created = {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(newUser('batch-user')),
    };
    const content = new BatchRequestContent([
      { id: 'user', request: request('/users', created) },
      { id: 'found', dependsOn: ['user'], request: request(`/users/batch-user@${domain}`) },
    ]);
    const serial = new BatchResponseContent(await client.api('/$batch').post(await content.getContent()));
    expect(serial.getResponseById('user').status).toBe(201);
    const found = (await serial.getResponseById('found').json()) as User;
    expect(found.displayName).toBe('batch-user');

    const paths = ['/organization', '/users/nobody', ...Array(18).fill(`/users/${found.id}?$select=id`)];
    const reads = new BatchRequestContent(
      paths.map((path, place) => ({ id: `${place}`, request: request(path) })),
    );
    const answers = new BatchResponseContent(await client.api('/$batch').post(await reads.getContent()));
    const statuses = [...answers.getResponses()].map(([id, answer]) => `${id} ${answer.status}`);
    expect(statuses.sort()).toEqual(paths.map((_, place) => `${place} ${place === 1 ? 404 : 200}`).sort());
    expect(await answers.getResponseById('1').json()).toMatchObject({
      error: { code: 'Request_ResourceNotFound' },
    });
  });
});

describe('errors', () => {
  const refusals: readonly [what: string, statusCode: number, code: string, ask: () => Promise<unknown>][] = [
    ['an unknown user', 404, 'Request_ResourceNotFound', () => client.api('/users/nobody').get()],
    ['an unknown segment', 400, 'BadRequest', () => client.api('/peoples').get()],
    [
      'an unknown property',
      400,
      'Request_UnsupportedQuery',
      () => client.api('/groups').filter("colour eq 'red'").get(),
    ],
    [
      'a user without a password',
      400,
      'Request_BadRequest',
      () => client.api('/users').post({ ...newUser('error-plain'), passwordProfile: undefined }),
    ],
    [
      'a name that is taken',
      400,
      'Request_BadRequest',
      async () => {
        await createUser('error-twice');
        return createUser('error-twice');
      },
    ],
    ['a broken delta link', 400, 'BadRequest', () => client.api('/users/delta?$deltatoken=broken').get()],
  ];

  test.each(refusals)(
    '%s is the client’s own error, with status %i and code %s',
    async (_what, statusCode, code, ask) => {
      const error = await failureOf(ask());
      expect(error).toBeInstanceOf(GraphError);
      expect(error).toMatchObject({ statusCode, code, requestId: expect.stringMatching(guid) });
      const body: unknown = JSON.parse((error as GraphError).body);
      expect(body).toMatchObject({ code, innerError: { 'request-id': (error as GraphError).requestId } });
    },
  );

  test('a missing permission is one of them', async () => {
    const { credential } = await registerApplication(client, ['User.Read.All']);
    const reader = openClient(access, secretCredential({ ...access, ...credential }));
    expect((await reader.api('/users').top(1).get()).value).toHaveLength(1);
    const error = await failureOf(reader.api('/groups').post(newGroup('error-denied')));
    expect(error).toBeInstanceOf(GraphError);
    expect(error).toMatchObject({ statusCode: 403, code: 'Authorization_RequestDenied' });
  });

  test('a request that is throttled is sent again after the time that the answer names', async () => {
    const fault = { kind: 'throttle', retryAfterSeconds: 1, match: { path: '/organization' } };
    await askControl(access, 'POST', '/faults', fault);
    const waits: (string | null)[] = [];
    // Without Retry-After the client would wait for its own three minutes, longer than a test may take.
    const patience = new RetryHandlerOptions(180, 3, (_delay, _attempt, _request, _options, response) => {
      if (response.status === 429) waits.push(response.headers.get('Retry-After'));
      return true;
    });
    const answer = await client.api('/organization').middlewareOptions([patience]).get();
    expect(answer.value).toHaveLength(1);
    expect(waits).toEqual(['1']);

    const log = await askControl<{ requests: { path: string; status: number }[] }>(
      access,
      'GET',
      '/requests?last=2',
    );
    expect(log.requests.map(({ path, status }) => ({ path, status }))).toEqual([
      { path: '/v1.0/organization', status: 429 },
      { path: '/v1.0/organization', status: 200 },
    ]);
  });

  test('throttling that does not end reaches the caller', async () => {
    const fault = {
      kind: 'throttle',
      retryAfterSeconds: 0,
      times: 'always',
      match: { path: '/organization' },
    };
    await askControl(access, 'POST', '/faults', fault);
    const error = await failureOf(client.api('/organization').get());
    expect(error).toBeInstanceOf(GraphError);
    expect(error).toMatchObject({ statusCode: 429, code: 'TooManyRequests' });
    const log = await askControl<{ requests: { status: number }[] }>(access, 'GET', '/requests?last=4');
    expect(log.requests.map(({ status }) => status)).toEqual([429, 429, 429, 429]);
  });

  test('a connection that breaks is one of them, too', async () => {
    await askControl(access, 'POST', '/faults', {
      kind: 'resetConnection',
      match: { path: '/organization' },
    });
    const error = await failureOf(client.api('/organization').get());
    expect(error).toBeInstanceOf(GraphError);
    expect(error).toMatchObject({ statusCode: -1 });
  });
});
