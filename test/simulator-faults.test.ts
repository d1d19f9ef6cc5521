// Faults of single requests on the wire: what a client over https meets, that nothing else happens to it, and that the
// tenant answers correctly again afterwards.
import { importPKCS8, SignJWT } from 'jose';
import { fetch, request } from 'undici';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { rsaCertificate, thumbprint } from '../simulator/identity/test-tenant.ts';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import {
  errorOf,
  groupNamed,
  idsOf,
  openClient,
  type Page,
  type SimulatorClient,
} from './fixtures/simulator-client.ts';
import { userIds } from './fixtures/tenant-truth.ts';

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
      expect((await client.send('POST /groups', groupNamed('never'))).status).toBe(status);
    }
    expect(simulator.directory.tx).toBe(before);
  });

  test('at the token endpoint', async () => {
    await client.stage({ kind: 'throttle', match: { path: 'token' } });
    await expect(client.signIn()).rejects.toThrow(/^No token: 429 .*AADSTS90055/);
    expect(await client.signIn()).toMatch(/^eyJ/);
  });
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
    await expect(client.send('POST /groups', groupNamed('lost-answer'))).rejects.toThrow();
    const found = await client.page("/groups?$filter=displayName eq 'lost-answer'");
    expect(found.value).toHaveLength(1);
  });

  test.each([
    { kind: 'truncateBody' },
    { kind: 'truncateBody', afterBytes: 1_000_000 },
    { kind: 'resetConnection', afterBytes: 1_000_000 },
  ])('that is short is cut off by %o as well, and the next one is not', async (fault) => {
    const [id] = userIds(simulator);
    await client.stage({ ...fault, times: 2 });
    await expect(client.send(`PATCH /users/${id}`, { jobTitle: JSON.stringify(fault) })).rejects.toThrow();
    await expect(client.send(`GET /users/${id}?$select=jobTitle`)).rejects.toThrow();
    const answer = await client.send(`GET /users/${id}?$select=jobTitle`);
    expect(JSON.parse(answer.text)).toMatchObject({ jobTitle: JSON.stringify(fault) });
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
    await expect.poll(async () => (await client.hits('slowPage')) > 0).toBe(true);
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
    expect(await client.hits('slowPage')).toBe(1);
  });
});

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
    expect(idsOf(pages).toSorted()).toEqual(userIds(simulator));
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
    const link = await client.deltaLink('/users/delta?$select=displayName');
    await client.stage({ kind: 'expireDeltaLink', as });
    const refused = await client.send(`GET ${link}`);
    expect(refused.status).toBe(status);
    expect(errorOf(refused)).toMatchObject({ code });
    expect((await client.send(`GET ${link}`)).status).toBe(status);

    const location = refused.headers.get('location');
    const restart = `${simulator.graph}/users/delta?$select=displayName&$deltatoken=`;
    expect(location).toBe(as === 'gone' ? restart : null);
    const pages = await client.pages(location ?? restart);
    expect(idsOf(pages).toSorted()).toEqual(userIds(simulator));
    expect(Object.keys(pages[0]?.value[0] ?? {}).toSorted()).toEqual(['displayName', 'id']);
    expect((await client.send(`GET ${pages.at(-1)?.['@odata.deltaLink']}`)).status).toBe(200);
  });

  test('a delta round that dies in the middle', async () => {
    await client.stage({ kind: 'expireDeltaLink', on: 'anyPage', after: 1 });
    const pages = await client.pages('/users/delta', 2);
    expect((await client.send(`GET ${pages[1]?.['@odata.nextLink']}`)).status).toBe(410);
    expect(idsOf(await client.pages('/users/delta')).toSorted()).toEqual(userIds(simulator));
  });

  test.each(['/users?$top=200', '/users/delta'])('a page link of %s that expires', async (address) => {
    await client.stage({ kind: 'expirePageToken' });
    const { '@odata.nextLink': next } = await client.page(address);
    const refused = await client.send(`GET ${next}`);
    expect(refused.status).toBe(400);
    expect(errorOf(refused)).toMatchObject({ code: 'Directory_ExpiredPageToken' });
    expect((await client.send(`GET ${next}`)).status).toBe(400);
    expect(idsOf(await client.pages(address)).toSorted()).toEqual(userIds(simulator));
  });
});

describe('a batch', () => {
  const requests = ['1', '2', '3'].map((id) => ({ id, method: 'GET', url: '/users?$top=2' }));
  const post = () => client.send('POST /$batch', { requests });

  test('has parts that are throttled one by one, and is never throttled itself', async () => {
    await client.stage({ kind: 'throttle', retryAfterSeconds: 9, every: 2, times: 'always' });
    const parts = await client.batch(requests);
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
    expect([...(await client.batch(requests)).values()].map((part) => part.status)).toEqual([200, 200, 200]);
  });

  test.each([
    { kind: 'htmlError' },
    { kind: 'invalidJson' },
    { kind: 'truncateBody' },
    { kind: 'expireAccessToken' },
  ])('has parts that do not meet %o', async (fault) => {
    await client.stage({ ...fault, match: { path: '/users' }, times: 'always' });
    expect([...(await client.batch(requests)).values()].map((part) => part.status)).toEqual([200, 200, 200]);
    expect(await client.hits(fault.kind)).toBe(0);
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
    expect([...(await client.batch(requests)).values()]).toHaveLength(3);
  });

  test('has parts with strange pages', async () => {
    await client.stage({ kind: 'emptyPage' }, { kind: 'unknownProperty' });
    const pages = [...(await client.batch(requests)).values()].map((part) => part.body as Page);
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
    expect(idsOf(await client.pages('/users/delta')).toSorted()).toEqual(userIds(simulator));
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
    await client.batch([{ id: '1', method: 'GET', url: '/users?$top=1' }]);
    const { requests } = JSON.parse((await client.control('GET /requests?last=2')).text) as {
      requests: { method: string; path: string }[];
    };
    expect(requests).toMatchObject([
      { method: 'GET', path: '/v1.0/users' },
      { method: 'POST', path: '/v1.0/$batch' },
    ]);
  });

  test('makes changes, says which, and the next delta round has them', async () => {
    const link = await client.deltaLink('/users/delta?$select=displayName');
    const answer = await client.control('POST /churn', { changes: 40 });
    const { changes, ...counts } = JSON.parse(answer.text) as Record<string, number>;
    expect(changes).toBe(40);
    expect(Object.values(counts).reduce((sum, count) => sum + count)).toBe(40);
    expect((await client.send(`GET ${link}`)).status).toBe(200);
  });
});
