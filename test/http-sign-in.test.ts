/** Signing in: OAuth client credentials as any client uses them, and what somebody meets who guesses or forges. */
import { createLocalJWKSet, generateKeyPair, type JSONWebKeySet, jwtVerify, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { createApiClient, replaceConfiguredClients, revokeApiClient } from '../src/store/api-clients.ts';
import { readAudit } from '../src/store/audit.ts';
import { callApi, type JsonObject, requestToken, signIn, useApi } from './fixtures/api-server.ts';

const getApi = useApi();
const all = ['/Jobs', '/Connectors', '/Syncline'];
const basic = (id: string, secret: string) => ({
  Authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`,
});

describe('a token', () => {
  test('is found by discovery, and can be checked by anybody with the published keys', async () => {
    const { server, makeClient } = getApi();
    const { identifier, secret } = await makeClient(all);
    const { body: discovery } = await callApi(server.url, 'GET', '/.well-known/openid-configuration');
    expect(discovery.issuer).toBe(server.url);
    const response = await fetch(String(discovery.token_endpoint), {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: identifier,
        client_secret: secret,
        scope: 'usercube_api',
      }),
    });
    expect(response.headers.get('Cache-Control')).toBe('no-store');
    const token = (await response.json()) as JsonObject;
    expect(token).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'usercube_api' });
    const keys = (await (await fetch(String(discovery.jwks_uri))).json()) as unknown as JSONWebKeySet;
    expect(JSON.stringify(keys)).not.toContain('"d"');
    const { payload, protectedHeader } = await jwtVerify(
      String(token.access_token),
      createLocalJWKSet(keys),
      {
        issuer: server.url,
        audience: 'syncline_api',
      },
    );
    expect(payload.sub).toBe(identifier);
    expect(protectedHeader).toMatchObject({ alg: 'ES256', typ: 'at+jwt' });
  });

  test.each(['', '@127.0.0.1'])(
    'is given for the client id with "%s" behind it, by form and by HTTP Basic',
    async (domain) => {
      const { server, makeClient, call } = getApi();
      const { identifier, secret } = await makeClient(all);
      const id = identifier.toUpperCase() + domain;
      const byForm = await requestToken(server.url, { client_id: id, client_secret: secret });
      const byBasic = await requestToken(server.url, {}, basic(id, secret));
      for (const { status, body } of [byForm, byBasic]) {
        expect(status).toBe(200);
        expect((await call('GET', '/api/jobs', String(body.access_token))).status).toBe(200);
      }
    },
  );

  test('is given to a client of the configuration, whose secret is only known as its hash', async () => {
    const { server, database } = getApi();
    const client = {
      identifier: 'Job',
      displayName: 'Jobs',
      hashedSecret: 'K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols=',
      profile: 'Jobs',
      permissions: ['/Jobs'],
      expiresAt: null,
    };
    const deploy = (clients: readonly (typeof client)[]) =>
      database.sql.begin((transaction) => replaceConfiguredClients(transaction, clients, 'a deployment'));
    expect(await deploy([client])).toEqual({ written: ['Job'], revoked: [], taken: [] });
    const token = await signIn(server.url, 'Job@127.0.0.1', 'secret');
    expect((await callApi(server.url, 'GET', '/api/audit', token)).status).toBe(403);

    expect(await deploy([client])).toEqual({ written: [], revoked: [], taken: [] });
    expect(await deploy([{ ...client, permissions: ['/Syncline'] }])).toEqual({
      written: ['Job'],
      revoked: [],
      taken: [],
    });
    // The same token: what it is good for is looked up with each request.
    expect((await callApi(server.url, 'GET', '/api/audit', token)).status).toBe(200);

    expect(await deploy([])).toEqual({ written: [], revoked: ['Job'], taken: [] });
    expect((await callApi(server.url, 'GET', '/api/audit', token)).status).toBe(401);
  });

  test('of a deployment never takes the place of a client made by hand', async () => {
    const { database, makeClient, server } = getApi();
    const { identifier, secret } = await makeClient(all);
    const taken = {
      identifier,
      displayName: '',
      hashedSecret: '',
      profile: null,
      permissions: [],
      expiresAt: null,
    };
    const outcome = await database.sql.begin((transaction) =>
      replaceConfiguredClients(transaction, [taken], 'a deployment'),
    );
    expect(outcome).toEqual({ written: [], revoked: [], taken: [identifier] });
    expect(await signIn(server.url, identifier, secret)).not.toBe('');
  });

  test('ends after an hour', async () => {
    const { start, makeClient } = getApi();
    const server = await start({});
    const { identifier, secret } = await makeClient(all);
    const token = await signIn(server.url, identifier, secret);
    server.wait(3590);
    expect((await callApi(server.url, 'GET', '/api/jobs', token)).status).toBe(200);
    server.wait(20);
    const { status, body } = await callApi(server.url, 'GET', '/api/jobs', token);
    expect([status, body.code]).toEqual([401, 'token-invalid']);
    expect(body.detail).toContain('over its time');
  });

  test('counts for nothing once its client is revoked, or is over its time', async () => {
    const { start, makeClient, database } = getApi();
    const server = await start({});
    const revoked = await makeClient(all);
    const ending = await makeClient(all, new Date(Date.now() + 60_000));
    const tokens = await Promise.all(
      [revoked, ending].map(({ identifier, secret }) => signIn(server.url, identifier, secret)),
    );
    for (const token of tokens)
      expect((await callApi(server.url, 'GET', '/api/jobs', token)).status).toBe(200);
    await revokeApiClient(database.sql, revoked.identifier, 'a test');
    server.wait(61);
    for (const token of tokens)
      expect((await callApi(server.url, 'GET', '/api/jobs', token)).status).toBe(401);
    for (const { identifier, secret } of [revoked, ending]) {
      const { status, body } = await requestToken(server.url, {
        client_id: identifier,
        client_secret: secret,
      });
      expect([status, body.error]).toEqual([401, 'invalid_client']);
    }
  });

  test('outlives the key that signed it being replaced, and both keys are published meanwhile', async () => {
    const { start, makeClient } = getApi();
    const server = await start({});
    const { identifier, secret } = await makeClient(all);
    const keyIds = async () => {
      const { body } = await callApi(server.url, 'GET', '/.well-known/jwks.json');
      return (body.keys as readonly JsonObject[]).map(({ kid }) => kid);
    };
    await signIn(server.url, identifier, secret);
    const [first] = await keyIds();
    server.wait(30 * 86_400 - 1800);
    const token = await signIn(server.url, identifier, secret);
    server.wait(3000);
    await signIn(server.url, identifier, secret);
    expect(await keyIds()).toHaveLength(2);
    expect(await keyIds()).toContain(first);
    expect((await callApi(server.url, 'GET', '/api/jobs', token)).status).toBe(200);
    server.wait(2 * 86_400);
    expect(await keyIds()).toHaveLength(1);
    expect(await keyIds()).not.toContain(first);
  });
});

describe('refused is', () => {
  test('an unknown client and a wrong secret, with the same words, and the audit knows which', async () => {
    const { server, makeClient, database } = getApi();
    const { identifier } = await makeClient(all);
    const unknown = await requestToken(server.url, { client_id: 'nobody-at-all', client_secret: 'guess' });
    const wrong = await requestToken(server.url, { client_id: identifier, client_secret: 'guess' });
    expect(unknown.status).toBe(401);
    expect([wrong.status, wrong.body]).toEqual([unknown.status, unknown.body]);
    const entries = await readAudit(database.sql, { action: 'token.request', limit: 2 });
    expect(entries).toMatchObject([
      { subject: identifier, outcome: 'refused', detail: { reason: 'wrong secret' }, address: '127.0.0.1' },
      { subject: 'nobody-at-all', outcome: 'refused', detail: { reason: 'unknown client' } },
    ]);
    expect(JSON.stringify(entries)).not.toContain('guess');
  });

  test('HTTP Basic with a challenge', async () => {
    const { status, headers } = await requestToken(getApi().server.url, {}, basic('nobody', 'guess'));
    expect(status).toBe(401);
    expect(headers.get('WWW-Authenticate')).toContain('Basic');
  });

  test('the client id with the domain of another server', async () => {
    const { server, makeClient } = getApi();
    const { identifier, secret } = await makeClient(all);
    const { status } = await requestToken(server.url, {
      client_id: `${identifier}@elsewhere.example`,
      client_secret: secret,
    });
    expect(status).toBe(401);
  });

  test.each([
    ['unsupported_grant_type', { grant_type: 'password', client_id: 'a', client_secret: 'b' }],
    ['invalid_scope', { client_id: 'a', client_secret: 'b', scope: 'openid' }],
    ['invalid_request', { client_id: 'a' }],
    ['invalid_request', { client_secret: 'b' }],
  ])('with %s: %j', async (error, form) => {
    const { status, body } = await requestToken(getApi().server.url, form);
    expect([status, body.error]).toEqual([400, error]);
  });

  test.each([
    [
      'a parameter that stands twice',
      'grant_type=client_credentials&client_id=a&client_id=b&client_secret=c',
    ],
    ['no grant type', 'client_id=a&client_secret=b'],
    ['nothing', ''],
  ])('%s', async (_, body) => {
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const response = await fetch(`${getApi().server.url}/connect/token`, { method: 'POST', body, headers });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: 'invalid_request' });
  });

  test('JSON, and a client that authenticates twice', async () => {
    const { server } = getApi();
    const json = await callApi(server.url, 'POST', '/connect/token', undefined, {
      grant_type: 'client_credentials',
    });
    expect([json.status, json.body.error]).toEqual([400, 'invalid_request']);
    const twice = await requestToken(server.url, { client_id: 'a', client_secret: 'b' }, basic('a', 'b'));
    expect([twice.status, twice.body.error]).toEqual([400, 'invalid_request']);
  });

  test.each(['', 'Bearer', 'Bearer x', 'Bearer a.b.c', 'Basic YTpi', 'Bearer eyJhbGciOiJub25lIn0.e30.'])(
    'the header "%s"',
    async (Authorization) => {
      const response = await fetch(`${getApi().server.url}/api/jobs`, { headers: { Authorization } });
      expect(response.status).toBe(401);
    },
  );

  test('a token that was signed with a key of somebody else, even under the id of ours', async () => {
    const { server, call } = getApi();
    await getApi().token('/Jobs');
    const { body } = await callApi(server.url, 'GET', '/.well-known/jwks.json');
    const [key] = body.keys as readonly JsonObject[];
    const { privateKey } = await generateKeyPair('ES256');
    const forged = await new SignJWT({ client_number: 1 })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: String(key?.kid) })
      .setIssuer(server.url)
      .setAudience('syncline_api')
      .setExpirationTime('1h')
      .sign(privateKey);
    expect((await call('GET', '/api/jobs', forged)).status).toBe(401);
  });
});

describe('guessing', () => {
  test('meets a wait that doubles, of the client at the address, which the right secret does not shorten', async () => {
    const { start, makeClient } = getApi();
    const server = await start({});
    const { identifier, secret } = await makeClient(all);
    const guess = () => requestToken(server.url, { client_id: identifier, client_secret: 'guess' });
    for (let count = 0; count < 5; count += 1) expect((await guess()).status).toBe(401);
    const locked = await guess();
    expect([locked.status, locked.body.error]).toEqual([429, 'temporarily_unavailable']);
    expect(locked.headers.get('Retry-After')).toBe('1');
    const right = { client_id: `${identifier}@127.0.0.1`, client_secret: secret };
    expect((await requestToken(server.url, right)).status).toBe(429);
    server.wait(1);
    expect((await guess()).status).toBe(401);
    expect((await guess()).headers.get('Retry-After')).toBe('2');
    server.wait(2);
    expect((await requestToken(server.url, right)).status).toBe(200);
    expect((await guess()).status).toBe(401);
  });

  test('of many clients is stopped by address', async () => {
    const server = await getApi().start({});
    const statuses: number[] = [];
    for (let count = 0; count < 21; count += 1) {
      const { status } = await requestToken(server.url, {
        client_id: `guess-${count}`,
        client_secret: 'guess',
      });
      statuses.push(status);
    }
    expect(statuses.slice(0, 20)).toEqual(Array(20).fill(401));
    expect(statuses[20]).toBe(429);
  });
});

test('a hash that is none never lets anybody in', async () => {
  const { server, database } = getApi();
  const client = { displayName: '', profile: null, permissions: ['/Jobs'], expiresAt: null };
  for (const [index, hashedSecret] of ['', 'AAAA', 'no base64 at all'].entries()) {
    const identifier = `broken-${index}`;
    const by = { origin: 'configuration' as const, createdBy: 'a test' };
    await createApiClient(database.sql, { ...client, identifier, hashedSecret }, by);
    for (const secret of ['', 'AAAA', hashedSecret]) {
      const { status } = await requestToken(server.url, { client_id: identifier, client_secret: secret });
      expect(status).toBe(401);
    }
  }
});
