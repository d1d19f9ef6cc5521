// Each kind of fault on the wire: what a client over https meets, that nothing else happens to it, and that the tenant
// answers correctly again afterwards.
import { importPKCS8, SignJWT } from 'jose';
import { fetch, request } from 'undici';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { rsaCertificate, thumbprint } from '../simulator/identity/test-tenant.ts';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import {
  type DirectoryObject,
  isLive,
  type ObjectType,
  targetsOf,
} from '../simulator/tenant/directory-object.ts';
import {
  errorOf,
  type Item,
  idsOf,
  openClient,
  type Page,
  type SimulatorClient,
} from './fixtures/simulator-client.ts';

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

function live(type: ObjectType): DirectoryObject[] {
  return simulator.directory
    .list(type)
    .places.filter((object) => object !== undefined)
    .filter(isLive);
}
const idsIn = (objects: Iterable<DirectoryObject>) => [...objects].map(({ id }) => id).toSorted();
const userIds = () => idsIn(live('user'));
const unique = (ids: readonly string[]) => [...new Set(ids)].toSorted();

function largestGroup(): DirectoryObject {
  const size = (group: DirectoryObject) => targetsOf(group, 'members').size;
  return live('group').reduce((a, b) => (size(b) > size(a) ? b : a));
}
const liveMembers = (group: DirectoryObject) => idsIn([...targetsOf(group, 'members')].filter(isLive));

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

async function deltaLink(address: string): Promise<string> {
  const last = (await client.pages(address)).at(-1);
  return last?.['@odata.deltaLink'] ?? '';
}

describe('a refused request', () => {
  const nobody = '/users/a0000000-0000-4000-8000-000000000001';
  test.each([
    [{ kind: 'throttle', retryAfterSeconds: 7 }, 'GET /users', 429, 'TooManyRequests', '7'],
    [{ kind: 'throttle' }, 'GET /users', 429, 'TooManyRequests', null],
    [{ kind: 'unavailable', retryAfterSeconds: 7 }, 'GET /users', 503, 'ServiceUnavailable', '7'],
    [{ kind: 'unavailable' }, 'GET /users', 503, 'ServiceUnavailable', null],
    [{ kind: 'gatewayTimeout' }, 'GET /users', 504, 'UnknownError', null],
    [{ kind: 'internalError' }, 'GET /users', 500, 'Service_InternalServerError', null],
    [{ kind: 'concurrencyViolation' }, `DELETE ${nobody}`, 409, 'Directory_ConcurrencyViolation', null],
    [
      { kind: 'unknownProperty', as: 'refused', name: 'jobTitle', times: 1 },
      'GET /users?$select=id,jobTitle',
      400,
      'Request_UnsupportedQuery',
      null,
    ],
  ])('%o', async (fault, line, status, code, retryAfter) => {
    await client.stage(fault);
    const answer = await client.send(line);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('retry-after')).toBe(retryAfter);
    expect(answer.headers.get('request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(errorOf(answer)).toMatchObject({ code, innerError: { 'request-id': expect.any(String) } });
    // Once is once.
    expect((await client.send(line)).status).toBe(line.startsWith('DELETE') ? 404 : 200);
  });

  test('by a gateway in HTML', async () => {
    await client.stage({ kind: 'htmlError' });
    const answer = await client.send('GET /users');
    expect(answer.status).toBe(502);
    expect(answer.headers.get('content-type')).toBe('text/html');
    expect(answer.text).toContain('<h1>502 Bad Gateway</h1>');
  });

  test('was not carried out', async () => {
    const before = simulator.directory.tx;
    await client.stage({ kind: 'gatewayTimeout' }, { kind: 'throttle' });
    for (const status of [504, 429]) {
      expect((await client.send('POST /groups', newGroup('never'))).status).toBe(status);
    }
    expect(simulator.directory.tx).toBe(before);
  });

  test('at the token endpoint', async () => {
    await client.stage({ kind: 'throttle', match: { path: 'token' } });
    await expect(client.signIn()).rejects.toThrow(/^No token: 429 .*AADSTS90055/);
    expect(await client.signIn()).toMatch(/^eyJ/);
  });
});

const newGroup = (name: string) => ({
  displayName: name,
  mailEnabled: false,
  mailNickname: name,
  securityEnabled: true,
});

describe('a damaged answer', () => {
  test('is complete for HTTP but stops in the middle of its JSON', async () => {
    await client.stage({ kind: 'invalidJson' });
    const answer = await client.send('GET /users?$top=50');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(Number(answer.headers.get('content-length'))).toBe(Buffer.byteLength(answer.text));
    expect(() => JSON.parse(answer.text)).toThrow(SyntaxError);
  });

  /** The bytes of the body that came before it broke off, beside those that were promised. */
  async function readBroken(address: string) {
    const { body, headers } = await request(`${simulator.graph}${address}`, {
      dispatcher: client.dispatcher,
      headers: client.headers(),
    });
    const chunks: Buffer[] = [];
    const failure = await (async () => {
      for await (const chunk of body) chunks.push(chunk as Buffer);
    })().catch((error: unknown) => error);
    return { failure, received: Buffer.concat(chunks).length, promised: Number(headers['content-length']) };
  }

  test('is truncated in the middle of a page', async () => {
    const second = (await client.page('/users?$top=200'))['@odata.nextLink']?.slice(simulator.graph.length);
    await client.stage({ kind: 'truncateBody', share: 0.5, match: { path: '/users' } });
    const { failure, received, promised } = await readBroken(second ?? '');
    expect(failure).toBeInstanceOf(Error);
    expect(received).toBe(Math.floor(promised / 2));
    expect((await client.page(second ?? '')).value).toHaveLength(200);
  });

  test('ends with a reset connection in the middle of a page', async () => {
    await client.stage({ kind: 'resetConnection', afterBytes: 4096 });
    const { failure, received, promised } = await readBroken('/users?$top=200');
    expect(failure).toBeInstanceOf(Error);
    expect(received).toBe(4096);
    expect(promised).toBeGreaterThan(4096);
    expect((await client.page('/users?$top=200')).value).toHaveLength(200);
  });

  test('never comes, although the request was carried out', async () => {
    await client.stage({ kind: 'resetConnection', match: { method: 'POST' } });
    await expect(client.send('POST /groups', newGroup('lost-answer'))).rejects.toThrow();
    const found = await client.page("/groups?$filter=displayName eq 'lost-answer'");
    expect(found.value).toHaveLength(1);
  });

  test('begins late, while others are answered', async () => {
    await client.stage({ kind: 'slowPage', delayMs: 600_000, match: { path: '/groups' } });
    const patience = new AbortController();
    const late = fetch(`${simulator.graph}/groups`, {
      dispatcher: client.dispatcher,
      headers: client.headers(),
      signal: patience.signal,
    });
    const order: string[] = [];
    const ended = late.then(
      () => order.push('the slow answer'),
      () => order.push('the end of patience'),
    );
    await expect.poll(async () => (await hitsOf('slowPage')) > 0).toBe(true);
    await client.page('/users');
    order.push('another answer');
    patience.abort();
    await ended;
    expect(order).toEqual(['another answer', 'the end of patience']);
  });

  test('arrives bit by bit', async () => {
    await client.stage({ kind: 'slowPage', bytesPerSecond: 20, match: { path: '/groups' } });
    const response = await request(`${simulator.graph}/groups`, {
      dispatcher: client.dispatcher,
      headers: client.headers(),
    });
    const promised = Number(response.headers['content-length']);
    const slices: number[] = [];
    for await (const chunk of response.body) {
      slices.push((chunk as Buffer).length);
      if (slices.length === 3) break;
    }
    // Three slices are here and the rest is still to come.
    expect(slices).toHaveLength(3);
    expect(slices.reduce((sum, bytes) => sum + bytes)).toBeLessThan(promised / 10);
    expect((await client.page('/groups')).value.length).toBeGreaterThan(0);
  });

  test('is whole when it only begins late', async () => {
    const usual = await client.send('GET /users?$top=20');
    await client.stage({ kind: 'slowPage', delayMs: 1, bytesPerSecond: 10_000_000 });
    expect((await client.send('GET /users?$top=20')).text).toBe(usual.text);
    expect(await hitsOf('slowPage')).toBe(1);
  });
});

async function hitsOf(kind: string): Promise<number> {
  const { faults } = JSON.parse((await client.control('GET /faults')).text) as {
    faults: { kind: string; hits: number }[];
  };
  return faults.find((fault) => fault.kind === kind)?.hits ?? 0;
}

describe('dead tokens', () => {
  test('an access token that expires between two pages, and a new one that goes on', async () => {
    await client.stage({ kind: 'expireAccessToken', after: 2 });
    const pages = await client.pages('/users?$top=200', 2);
    const next = pages.at(-1)?.['@odata.nextLink'] ?? '';
    const refused = await client.send(`GET ${next}`);
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toMatch(/^Bearer /);
    expect(errorOf(refused)).toMatchObject({ code: 'InvalidAuthenticationToken' });
    expect((await client.send('GET /groups')).status).toBe(401);

    client.use(await client.signIn());
    pages.push(...(await client.pages(next)));
    expect(idsOf(pages).toSorted()).toEqual(userIds());
  });

  test('a revoked secret, while tokens and certificates are still good', async () => {
    const { clientId, clientSecret, authority } = simulator;
    const [owner] = (await client.page(`/applications?$filter=appId eq '${clientId}'`)).value;
    const key = rsaCertificate.der.toString('base64');
    const keyCredentials = [{ type: 'AsymmetricX509Cert', usage: 'Verify', key }];
    expect((await client.send(`PATCH /applications/${owner?.id}`, { keyCredentials })).status).toBe(204);

    const tokenUrl = `${authority}/oauth2/v2.0/token`;
    const ask = async (form: Record<string, string>, headers: Record<string, string> = {}) => {
      const common = { grant_type: 'client_credentials', scope: 'https://graph.microsoft.com/.default' };
      const body = new URLSearchParams({ ...common, ...form });
      const { dispatcher } = client;
      const response = await fetch(tokenUrl, { method: 'POST', dispatcher, body, headers });
      return { status: response.status, ...((await response.json()) as object) };
    };
    const assertion = async () =>
      new SignJWT()
        .setProtectedHeader({ alg: 'PS256', 'x5t#S256': thumbprint(rsaCertificate, 'sha256', 'base64url') })
        .setIssuer(clientId)
        .setSubject(clientId)
        .setAudience(tokenUrl)
        .setJti(crypto.randomUUID())
        .setIssuedAt()
        .setExpirationTime('5m')
        .sign(await importPKCS8(rsaCertificate.privateKeyPem, 'PS256'));
    const bySecret = () => ask({ client_id: clientId, client_secret: clientSecret });
    const byHeader = () => {
      const basic = [clientId, clientSecret].map(encodeURIComponent).join(':');
      return ask({}, { Authorization: `Basic ${Buffer.from(basic).toString('base64')}` });
    };
    const byCertificate = async () =>
      ask({
        client_id: clientId,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: await assertion(),
      });

    await client.stage({ kind: 'revokeSecret', match: { app: clientId.toUpperCase() } });
    const unknown = { status: 401, error: 'invalid_client', error_codes: [7000215] };
    expect(await bySecret()).toMatchObject(unknown);
    expect(await byHeader()).toMatchObject(unknown);
    expect(await byCertificate()).toMatchObject({ status: 200 });
    expect((await client.send('GET /users')).status).toBe(200);

    await client.control('DELETE /faults');
    expect(await bySecret()).toMatchObject({ status: 200 });
    expect(await byHeader()).toMatchObject({ status: 200 });
  });

  test.each([
    ['gone', 410, 'resyncRequired'],
    ['resyncRequired', 410, 'resyncRequired'],
    ['syncStateNotFound', 400, 'syncStateNotFound'],
  ])('a delta link that is refused as %s until the round starts again', async (as, status, code) => {
    const link = await deltaLink('/users/delta?$select=displayName');
    await client.stage({ kind: 'expireDeltaLink', as });
    const refused = await client.send(`GET ${link}`);
    expect(refused.status).toBe(status);
    expect(errorOf(refused)).toMatchObject({ code });
    expect((await client.send(`GET ${link}`)).status).toBe(status);

    const location = refused.headers.get('location');
    const restart = `${simulator.graph}/users/delta?$select=displayName&$deltatoken=`;
    expect(location).toBe(as === 'gone' ? restart : null);
    const pages = await client.pages(location ?? restart);
    expect(idsOf(pages).toSorted()).toEqual(userIds());
    expect(Object.keys(pages[0]?.value[0] ?? {}).toSorted()).toEqual(['displayName', 'id']);
    expect((await client.send(`GET ${pages.at(-1)?.['@odata.deltaLink']}`)).status).toBe(200);
  });

  test('a delta round that dies in the middle', async () => {
    await client.stage({ kind: 'expireDeltaLink', on: 'anyPage', after: 1 });
    const pages = await client.pages('/users/delta', 2);
    expect((await client.send(`GET ${pages[1]?.['@odata.nextLink']}`)).status).toBe(410);
    expect(idsOf(await client.pages('/users/delta')).toSorted()).toEqual(userIds());
  });

  test.each(['/users?$top=200', '/users/delta'])('a page link of %s that expires', async (address) => {
    await client.stage({ kind: 'expirePageToken' });
    const { '@odata.nextLink': next } = await client.page(address);
    const refused = await client.send(`GET ${next}`);
    expect(refused.status).toBe(400);
    expect(errorOf(refused)).toMatchObject({ code: 'Directory_ExpiredPageToken' });
    expect((await client.send(`GET ${next}`)).status).toBe(400);
    expect(idsOf(await client.pages(address)).toSorted()).toEqual(userIds());
  });
});

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
    expect(idsOf(pages)).toHaveLength(userIds().length + (third?.value.length ?? 0));
    expect(unique(idsOf(pages))).toEqual(userIds());
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
    expect([...idsOf([first!]), ...idsOf(rest)].toSorted()).toEqual(userIds());
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
    expect(idsOf(pages).toSorted()).toEqual(userIds());
  });

  test.each(chains)('an empty tenant is what %s shows', async (address) => {
    await client.stage({ kind: 'emptyAnswer' });
    const page = await client.page(address);
    expect(page.value).toEqual([]);
    expect(page['@odata.nextLink']).toBeUndefined();
    expect(page['@odata.deltaLink'] !== undefined).toBe(address.includes('delta'));
    expect(idsOf(await client.pages(address)).toSorted()).toEqual(userIds());
  });

  test('the fragments of a big group come in another order, between other groups', async () => {
    const group = largestGroup();
    expect(targetsOf(group, 'members').size).toBeGreaterThan(1000);
    const address = '/groups/delta?$select=displayName,members';
    const usual = await client.pages(address);
    await client.stage({ kind: 'reorderFragments' });
    const reordered = await client.pages(address);

    expect(membersIn(usual, group.id)).toEqual(liveMembers(group));
    expect(membersIn(reordered, group.id)).toEqual(liveMembers(group));
    expect(unique(idsOf(reordered))).toEqual(idsIn(live('group')));
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
    for (const other of live('group')) {
      expect(membersIn(reordered, other.id)).toEqual(membersIn(usual, other.id));
    }
    expect((await client.page(reordered.at(-1)?.['@odata.deltaLink'] ?? '')).value).toEqual([]);
  });

  test('fragments of changes come in another order too, and apply to the same members', async () => {
    const created = await client.send('POST /groups', newGroup('reordered'));
    const { id } = JSON.parse(created.text) as Item;
    const link = await deltaLink('/groups/delta?$select=displayName,members');
    for (let from = 0; from < 60; from += 20) {
      const members = live('user').slice(from, from + 20);
      const references = members.map((user) => `${simulator.graph}/directoryObjects/${user.id}`);
      const answer = await client.send(`PATCH /groups/${id}`, { 'members@odata.bind': references });
      expect(answer.status).toBe(204);
    }
    await client.stage({ kind: 'reorderFragments' });
    const pages = await client.pages(link);
    expect(idsOf(pages)).toEqual([id, id]);
    expect(membersIn(pages, id)).toEqual(idsIn(live('user').slice(0, 60)));
  });

  test('a user who changes while users are paged shows it, at once or in the next round', async () => {
    await client.stage({ kind: 'changeWhilePaging', changes: 3, after: 1 });
    const listed = await client.pages('/users?$top=200');
    const changed = (pages: readonly Page[]) =>
      pages.flatMap((page) => page.value).filter((user) => /\(changed \d+\)$/.test(String(user.displayName)));
    expect(changed(listed)).toHaveLength(3);
    expect(idsOf(listed).toSorted()).toEqual(userIds());

    await client.stage({ kind: 'changeWhilePaging', changes: 5, times: 'always' });
    const round = await client.pages('/users/delta?$select=displayName');
    expect(unique(idsOf(round))).toEqual(userIds());
    await client.control('DELETE /faults');
    const believed = new Map<string, unknown>();
    const next = await client.pages(round.at(-1)?.['@odata.deltaLink'] ?? '');
    for (const item of [...round, ...next].flatMap((page) => page.value)) {
      believed.set(item.id, item.displayName);
    }
    const truth = new Map(live('user').map((user) => [user.id, user.values.displayName]));
    expect(believed).toEqual(truth);
    expect(changed(next).length).toBeGreaterThanOrEqual(5);
  });

  test('a member who changes while the members of a group are paged', async () => {
    const group = largestGroup();
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
    for (const address of ['/users?$top=5', '/groups/delta', `/groups/${largestGroup().id}/members`]) {
      const page = await client.page(address);
      expect(page.value.length).toBeGreaterThan(0);
      expect(page.value.every((item) => JSON.stringify(item.riskOfTomorrow) === JSON.stringify(value))).toBe(
        true,
      );
    }
    const one = await client.send(`GET /users/${userIds()[0]}`);
    expect(JSON.parse(one.text)).toMatchObject({ id: userIds()[0], riskOfTomorrow: value });
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
    const group = largestGroup();
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
      [`PUT /users/${userIds()[0]}/manager/$ref`, reference],
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
    const body = newGroup('batched');
    const parts = await batch([{ id: '1', method: 'POST', url: '/groups', headers, body }]);
    const created = parts.get('1')?.body as Item | undefined;
    expect((await batch([{ id: '2', method: 'GET', url: `/groups/${created?.id}` }])).get('2')?.status).toBe(
      404,
    );
    await client.control('DELETE /faults');
    expect((await client.send(`GET /groups/${created?.id}`)).status).toBe(200);
  });
});

interface Part {
  readonly id: string;
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: unknown;
}

async function batch(requests: readonly object[]): Promise<Map<string, Part>> {
  const answer = await client.send('POST /$batch', { requests });
  expect(answer.status).toBe(200);
  const { responses } = JSON.parse(answer.text) as { responses: Part[] };
  return new Map(responses.map((part) => [part.id, part]));
}

describe('a batch', () => {
  const requests = ['1', '2', '3'].map((id) => ({ id, method: 'GET', url: '/users?$top=2' }));
  const post = () => client.send('POST /$batch', { requests });

  test('has parts that are throttled one by one, and is never throttled itself', async () => {
    await client.stage({ kind: 'throttle', retryAfterSeconds: 9, every: 2, times: 'always' });
    const parts = await batch(requests);
    expect([...parts.values()].map(({ status }) => status)).toEqual([200, 429, 200]);
    expect(parts.get('2')).toMatchObject({
      headers: { 'Retry-After': '9' },
      body: { error: { code: 'TooManyRequests' } },
    });
  });

  test.each([
    [{ kind: 'unavailable', match: { path: '/$batch' } }, 503],
    [{ kind: 'htmlError', status: 504 }, 504],
    [{ kind: 'expireAccessToken' }, 401],
  ])('meets %o as a whole', async (fault, status) => {
    await client.stage(fault);
    expect((await post()).status).toBe(status);
    await client.control('DELETE /faults');
    expect([...(await batch(requests)).values()].map((part) => part.status)).toEqual([200, 200, 200]);
  });

  test.each([
    { kind: 'htmlError' },
    { kind: 'invalidJson' },
    { kind: 'truncateBody' },
    { kind: 'expireAccessToken' },
  ])('has parts that do not meet %o', async (fault) => {
    await client.stage({ ...fault, match: { path: '/users' }, times: 'always' });
    expect([...(await batch(requests)).values()].map((part) => part.status)).toEqual([200, 200, 200]);
    expect(await hitsOf(fault.kind)).toBe(0);
  });

  test('that is spoilt is spoilt as a whole', async () => {
    await client.stage({ kind: 'invalidJson' });
    const answer = await post();
    expect(answer.status).toBe(200);
    expect(() => JSON.parse(answer.text)).toThrow(SyntaxError);
  });

  test('that is cut off is cut off as a whole', async () => {
    await client.stage({ kind: 'truncateBody' });
    await expect(post()).rejects.toThrow();
    expect([...(await batch(requests)).values()]).toHaveLength(3);
  });

  test('has parts with strange pages', async () => {
    await client.stage({ kind: 'emptyPage' }, { kind: 'unknownProperty' });
    const pages = [...(await batch(requests)).values()].map((part) => part.body as Page);
    expect(pages.map((page) => page.value.length)).toEqual([0, 2, 2]);
    expect(pages[0]?.['@odata.nextLink']).toBeDefined();
    expect(pages[1]?.value[0]).toHaveProperty('propertyOfTomorrow', 'unheard of');
  });
});

describe('the control endpoint', () => {
  test('tells what every fault did, and takes all of them back', async () => {
    await client.stage({ kind: 'throttle', match: { path: '/users' }, after: 1, times: 2 });
    const added = await client.control('POST /faults', { kind: 'expireAccessToken', after: 5 });
    expect(added.status).toBe(201);
    const statuses: number[] = [];
    for (let round = 0; round < 8; round++) statuses.push((await client.send('GET /users')).status);
    expect(statuses).toEqual([200, 429, 429, 200, 200, 200, 200, 401]);
    const listed = JSON.parse((await client.control('GET /faults')).text) as { faults: object[] };
    expect(listed.faults).toMatchObject([
      { kind: 'throttle', hits: 2 },
      { kind: 'expireAccessToken', hits: 1 },
    ]);
    expect((await client.send('GET /users')).status).toBe(401);
    expect(JSON.parse((await client.control('DELETE /faults')).text)).toEqual({ faults: [] });
    expect((await client.send('GET /users')).status).toBe(200);
    expect(idsOf(await client.pages('/users/delta')).toSorted()).toEqual(userIds());
  });

  test('says what is wrong with a fault, and leaves the others on', async () => {
    await client.stage({ kind: 'throttle' });
    const answer = await client.control('PUT /faults', { faults: [{ kind: 'throttel' }] });
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toEqual({
      error: expect.stringMatching(/^The request body: faults\[0\]\.kind is "throttel": it must be .*\.$/),
    });
    expect((await client.send('GET /users')).status).toBe(429);
  });

  test('lists a batch and its parts among the requests', async () => {
    await batch([{ id: '1', method: 'GET', url: '/users?$top=1' }]);
    const { requests } = JSON.parse((await client.control('GET /requests?last=2')).text) as {
      requests: { method: string; path: string }[];
    };
    expect(requests).toMatchObject([
      { method: 'GET', path: '/v1.0/users' },
      { method: 'POST', path: '/v1.0/$batch' },
    ]);
  });

  test('makes changes, says which, and the next delta round has them', async () => {
    const link = await deltaLink('/users/delta?$select=displayName');
    const answer = await client.control('POST /churn', { changes: 40 });
    const { changes, ...counts } = JSON.parse(answer.text) as Record<string, number>;
    expect(changes).toBe(40);
    expect(Object.values(counts).reduce((sum, count) => sum + count)).toBe(40);
    expect((await client.send(`GET ${link}`)).status).toBe(200);
  });
});
