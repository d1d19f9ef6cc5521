/** Signing in with an OpenID Connect provider: a real one, a browser that follows it, and everything that can go wrong on the way. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Events, OAuth2Server } from 'oauth2-mock-server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { providerReach } from '../src/cli/provider-reach.ts';
import { ownPath } from '../src/http/sign-in/provider-attempt.ts';
import { readAudit } from '../src/store/audit.ts';
import { type Answer, type JsonObject, useApi } from './fixtures/api-server.ts';
import { allText } from './fixtures/database-text.ts';
import { goodPassword, makeUser, openBrowser, type Visitor } from './fixtures/visitor.ts';

const getApi = useApi();
const clientSecret = 'the-secret-of-this-client';
const entra = new OAuth2Server();
let root: Visitor;
let provider: JsonObject;
/** What the provider says of whoever signs in next. */
let claims: Record<string, unknown> = {};
/** The last thing that the provider was sent. */
let tokenRequest: Record<string, unknown> = {};

beforeAll(async () => {
  await entra.issuer.keys.generate('RS256');
  await entra.start(0, 'localhost');
  entra.service.on(Events.BeforeTokenSigning, (token, request) => {
    Object.assign(token.payload, claims);
    tokenRequest = { ...request.body };
  });
  const { server, database } = getApi();
  await makeUser(database, 'root', 'administrator');
  root = openBrowser(server.url);
  await root.signIn('root', goodPassword);
  const { status, body } = await root.call('POST', '/api/sign-in-providers', {
    ...{ name: 'Contoso', issuer: entra.issuer.url, clientId: 'syncline', clientSecret },
    roleMapping: { 'Syncline.Administrator': 'administrator', 'Syncline.Reader': 'auditor' },
  });
  expect(status).toBe(201);
  provider = body;
});
afterAll(() => entra.stop());

const startOf = (returnTo = '/', id = provider.providerId) =>
  `/auth/providers/${id}/start?returnTo=${encodeURIComponent(returnTo)}`;

/** Follows the provider as a browser does, up to the answer to the callback; `change` may bend the address that leads back. */
async function goRound(
  browser: Visitor,
  start = startOf(),
  change: (callback: URL) => void = () => {},
): Promise<Answer> {
  const away = await browser.call('GET', start);
  expect(away.status).toBe(302);
  const authorization = new URL(away.headers.get('Location') ?? '');
  const back = await fetch(authorization, { redirect: 'manual' });
  const callback = new URL(back.headers.get('Location') ?? '');
  change(callback);
  return await browser.call('GET', callback.href);
}

/** The sentence that the sign-in page shows for an answer that leads to it. */
async function sentenceOf({ status, headers }: Answer): Promise<string> {
  expect(status).toBe(302);
  const page = new URL(headers.get('Location') ?? '', getApi().server.url);
  expect(page.pathname).toBe('/sign-in');
  const refused = encodeURIComponent(page.searchParams.get('refused') ?? '');
  const { body } = await openBrowser(getApi().server.url).call('GET', `/auth/options?refused=${refused}`);
  return String(body.problem);
}

const ada = { sub: 'ada-1', name: 'Ada Lovelace', preferred_username: 'ada@contoso.com' };

describe('somebody with a role', () => {
  test('is led to the provider with PKCE, state and nonce, and back to where they wanted to go', async () => {
    const { server } = getApi();
    claims = { ...ada, roles: ['Something.Else', 'Syncline.Reader'] };
    const browser = openBrowser(server.url);
    expect((await browser.call('GET', '/auth/options')).body.providers).toEqual([
      { providerId: provider.providerId, name: 'Contoso' },
    ]);
    const away = await browser.call('GET', startOf('/jobs?q=a#b'));
    const { searchParams, origin } = new URL(away.headers.get('Location') ?? '');
    expect(origin).toBe(entra.issuer.url);
    expect(Object.fromEntries(searchParams)).toMatchObject({
      response_type: 'code',
      client_id: 'syncline',
      scope: 'openid profile email',
      code_challenge_method: 'S256',
      redirect_uri: provider.redirectUri,
    });
    for (const name of ['state', 'nonce', 'code_challenge']) {
      expect(searchParams.get(name)).toMatch(/^[\w-]{43}$/);
    }
    const back = await goRound(browser, startOf('/jobs?q=a#b'));
    expect([back.status, back.headers.get('Location')]).toEqual([302, '/jobs?q=a#b']);
    expect(tokenRequest).toMatchObject({ grant_type: 'authorization_code', client_secret: clientSecret });
    expect([...browser.cookies.keys()]).toEqual([expect.stringMatching(/^syncline-\d+$/)]);
    const { body } = await browser.call('GET', '/api/session');
    expect(body.user).toMatchObject({
      ...{ name: 'Ada Lovelace', signInName: 'ada@contoso.com', role: 'auditor', isLocal: false },
    });
    expect((await browser.call('PUT', '/api/session/password', { current: 'a', next: 'b' })).status).toBe(
      403,
    );
    const [entry] = await readAudit(getApi().database.sql, { action: 'session.begin', limit: 1 });
    expect(entry).toMatchObject({ actor: 'Ada Lovelace (ada@contoso.com)', detail: { by: 'Contoso' } });
  });

  test('has the highest role that is mapped, follows the provider with the next sign-in, and an administrator stands above it', async () => {
    const { server } = getApi();
    const roleNow = async () => {
      const browser = openBrowser(server.url);
      await goRound(browser);
      return ((await browser.call('GET', '/api/session')).body.user as JsonObject).role;
    };
    claims = { ...ada, roles: ['Syncline.Reader', 'Syncline.Administrator'] };
    expect(await roleNow()).toBe('administrator');
    claims = { ...ada, name: 'Ada King', roles: 'Syncline.Reader' };
    expect(await roleNow()).toBe('auditor');
    const { body: list } = await root.call('GET', '/api/users?q=ada%20king');
    const [user] = list.items as readonly JsonObject[];
    expect(user).toMatchObject({ role: null, claimedRole: 'auditor', provider: { name: 'Contoso' } });
    const wanted = { name: 'Ada King', role: 'operator', isDisabled: false };
    await root.call('PUT', `/api/users/${user?.userId}`, wanted, { 'If-Match': `"${user?.version}"` });
    expect(await roleNow()).toBe('operator');
  });

  test('does not become somebody else who is called the same', async () => {
    const { server } = getApi();
    claims = { sub: 'eve', name: 'Eve', preferred_username: 'root', roles: ['Syncline.Reader'] };
    const browser = openBrowser(server.url);
    await goRound(browser);
    const { user } = (await browser.call('GET', '/api/session')).body;
    expect(user).toMatchObject({ signInName: `root (${provider.providerId}/eve)`, role: 'auditor' });
    expect((await root.call('GET', '/api/session')).body.user).toMatchObject({ role: 'administrator' });
  });

  test('may have it in a claim that only the user info has, below others', async () => {
    const { server } = getApi();
    const { body: nested } = await root.call('POST', '/api/sign-in-providers', {
      ...{ name: 'Keycloak', issuer: entra.issuer.url, clientId: 'public', roleClaim: 'realm_access.roles' },
      ...{ roleMapping: { ops: 'operator' }, scopes: ['profile', 'roles'] },
    });
    claims = { sub: 'nested', email: 'nested@contoso.com' };
    entra.service.once(Events.BeforeUserinfo, (answer) => {
      answer.body = { sub: 'nested', realm_access: { roles: ['ops'] } };
    });
    const browser = openBrowser(server.url);
    await goRound(browser, startOf('/', nested.providerId));
    expect((await browser.call('GET', '/api/session')).body.user).toMatchObject({
      ...{ role: 'operator', signInName: 'nested@contoso.com', name: 'nested@contoso.com' },
    });
    expect(tokenRequest).not.toHaveProperty('client_secret');
  });
});

describe('one clear sentence', () => {
  test('for somebody without a role, who is known to administrators then, and for a closed account', async () => {
    const { server } = getApi();
    claims = { sub: 'new', name: 'New Person', preferred_username: 'new@contoso.com', roles: ['Other'] };
    const browser = openBrowser(server.url);
    expect(await sentenceOf(await goRound(browser))).toBe(
      'New Person has no role here yet: ask an administrator to give new@contoso.com one.',
    );
    expect(browser.cookies.size).toBe(0);
    const { body: list } = await root.call('GET', '/api/users?q=new%20person');
    const [user] = list.items as readonly JsonObject[];
    expect(user).toMatchObject({ effectiveRole: null });
    const wanted = { name: 'New Person', role: 'operator', isDisabled: true };
    await root.call('PUT', `/api/users/${user?.userId}`, wanted, { 'If-Match': '"1"' });
    expect(await sentenceOf(await goRound(browser))).toContain('is disabled');
  });

  test('for a provider that says no, in its own words', async () => {
    const sentence = await sentenceOf(
      await goRound(openBrowser(getApi().server.url), startOf(), ({ searchParams }) => {
        searchParams.delete('code');
        searchParams.set('error', 'access_denied');
        searchParams.set('error_description', 'AADSTS50105: <b>Ada</b> is\nnot assigned.');
      }),
    );
    expect(sentence).toBe('Contoso did not let you in: AADSTS50105: <b>Ada</b> is not assigned.');
  });

  test.each<readonly [string, string, RegExp]>([
    ['a secret that is wrong', 'invalid_client', /does not accept this server: an administrator has to/],
    ['a code that is over', 'invalid_grant', /has ended this sign-in \(invalid_grant\): begin it again/],
  ])('for %s', async (_, error, expected) => {
    entra.service.once(Events.BeforeResponse, (answer) => {
      answer.statusCode = 400;
      answer.body = { error };
    });
    claims = { ...ada };
    expect(await sentenceOf(await goRound(openBrowser(getApi().server.url)))).toMatch(expected);
  });

  test.each<readonly [string, () => Record<string, unknown>]>([
    ['another nonce', () => ({ nonce: 'replayed' })],
    ['another audience', () => ({ aud: 'another-client' })],
    ['another issuer', () => ({ iss: 'https://evil.example' })],
    ['a time that is over', () => ({ exp: Math.floor(Date.now() / 1000) - 3600 })],
  ])('for an ID token with %s', async (_, change) => {
    claims = { ...ada, roles: ['Syncline.Administrator'], ...change() };
    const browser = openBrowser(getApi().server.url);
    expect(await sentenceOf(await goRound(browser))).toMatch(/^What Contoso answered cannot be trusted/);
    expect((await browser.call('GET', '/api/session')).status).toBe(401);
  });

  test('for an ID token that somebody else has signed', async () => {
    const forger = new OAuth2Server();
    await forger.issuer.keys.generate('RS256');
    forger.issuer.url = entra.issuer.url;
    claims = { ...ada, roles: ['Syncline.Administrator'] };
    const idToken = await forger.issuer.buildToken({
      scopesOrTransform: (_header, payload) => Object.assign(payload, { ...claims, aud: 'syncline' }),
    });
    entra.service.once(Events.BeforeResponse, (answer) => {
      answer.body = { ...(answer.body as object), id_token: idToken };
    });
    const sentence = await sentenceOf(await goRound(openBrowser(getApi().server.url)));
    expect(sentence).toMatch(/cannot be trusted/);
  });

  test('for an answer of another state, another browser, or too long ago', async () => {
    const { server, start } = getApi();
    claims = { ...ada, roles: ['Syncline.Reader'] };
    const bent = await goRound(openBrowser(server.url), startOf(), ({ searchParams }) =>
      searchParams.set('state', 'x'.repeat(43)),
    );
    expect(await sentenceOf(bent)).toMatch(/cannot be trusted/);

    const [victim, attacker] = [openBrowser(server.url), openBrowser(server.url)];
    let stolen = '';
    await goRound(attacker, startOf(), (callback) => {
      stolen = callback.href;
      callback.search = '';
    });
    const elsewhere = /begun in another browser, at another address than .*, or too long ago: begin it again/;
    expect(await sentenceOf(await victim.call('GET', stolen))).toMatch(elsewhere);
    expect(victim.cookies.size).toBe(0);

    const slow = await start({});
    const late = openBrowser(slow.url);
    await late.call('GET', startOf());
    slow.wait(601);
    const back = await late.call('GET', `/auth/providers/${provider.providerId}/callback?code=a&state=b`);
    expect(await sentenceOf(back)).toMatch(elsewhere);
  });

  test('for a provider that is down, is none, or is switched off', async () => {
    const { server } = getApi();
    const sockets: { destroy: () => void }[] = [];
    const other = createServer((_, response) => void response.writeHead(404).end('no'));
    other.on('connection', (socket) => sockets.push(socket));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const { body: made } = await root.call('POST', '/api/sign-in-providers', {
      ...{ name: 'Elsewhere', issuer: `http://127.0.0.1:${port}`, clientId: 'x' },
    });
    const path = `/api/sign-in-providers/${made.providerId}`;
    const begin = async () =>
      await sentenceOf(await openBrowser(server.url).call('GET', startOf('/', made.providerId)));
    const host = `127.0.0.1:${port}`;
    expect(await begin()).toMatch(new RegExp(`^Elsewhere cannot be reached at ${host} \\(unexpected HTTP`));
    expect((await root.call('POST', `${path}/check`)).body).toMatchObject({ isUsable: false });
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => other.close(resolve));
    expect(await begin()).toMatch(
      new RegExp(
        `^Elsewhere cannot be reached at ${host} \\(.*ECONNREFUSED.*\\): try again later, or use a local account\\.$`,
      ),
    );
    const off = { name: 'Elsewhere', issuer: made.issuer, clientId: 'x', isEnabled: false };
    await root.call('PUT', path, off, { 'If-Match': '"1"' });
    expect(await begin()).toBe('This way to sign in is not there any more: choose another one.');
    const { body } = await openBrowser(server.url).call('GET', '/auth/options');
    expect(JSON.stringify(body.providers)).not.toContain('Elsewhere');
  });

  test('is nobody else to write: what is not sealed by the server is not shown', async () => {
    const { server } = getApi();
    const { body } = await openBrowser(server.url).call('GET', '/auth/options?refused=Call%20555-0100');
    expect(body.problem).toBeNull();
  });
});

describe('a provider', () => {
  test('has a secret that is sealed, never shown, kept when others change it, and forgotten when it is to be', async () => {
    const { server, database } = getApi();
    const path = `/api/sign-in-providers/${provider.providerId}`;
    const { body: shown, headers } = await root.call('GET', path);
    expect(shown).toMatchObject({
      secretSetBy: 'The root (root)',
      redirectUri: `${server.url}/auth/providers/${provider.providerId}/callback`,
    });
    const wanted = {
      ...{ name: 'Contoso', issuer: shown.issuer, clientId: 'syncline', roleMapping: shown.roleMapping },
    };
    const stale = await root.call('PUT', path, wanted, { 'If-Match': '"77"' });
    expect([stale.status, stale.body.code, stale.body.version]).toEqual([412, 'changed-meanwhile', 1]);
    const kept = await root.call('PUT', path, wanted, { 'If-Match': headers.get('ETag') ?? '' });
    expect(kept.body.secretSetAt).toBe(shown.secretSetAt);
    expect((await root.call('POST', `${path}/check`)).body).toMatchObject({ isUsable: true });
    const audit = await readAudit(database.sql, { subject: 'Contoso', limit: 100 });
    expect(audit.find(({ action }) => action === 'sign-in-provider.create')?.detail.clientSecret).toBe('set');
    const everything = (await allText(database.sql)) + server.logged() + JSON.stringify([shown, kept.body]);
    expect(everything).not.toContain(clientSecret);

    const without = await root.call('PUT', path, { ...wanted, clientSecret: null }, { 'If-Match': '"2"' });
    expect(without.body).toMatchObject({ secretSetAt: null, secretSetBy: null });
    await root.call('PUT', path, { ...wanted, clientSecret }, { 'If-Match': '"3"' });
  });

  test.each([
    ['over an unsafe line', 'http://login.contoso.com', 'is not encrypted'],
    ["at a cloud's metadata service", 'https://169.254.169.254/x', 'link-local'],
    ['at its name', 'https://metadata.google.internal', 'metadata'],
    ['with a password in it', 'https://a:b@login.contoso.com', 'user name or password'],
    ['that is none', 'contoso', 'is no URL'],
    ['with a query', 'https://login.contoso.com/?a=b', 'has a ? in it'],
  ])('is refused with an issuer %s, at the field', async (_, issuer, sentence) => {
    const { status, body } = await root.call('POST', '/api/sign-in-providers', {
      name: 'Bad',
      issuer,
      clientId: 'x',
    });
    expect([status, body.field]).toEqual([400, 'body.issuer']);
    expect(body.detail).toContain(sentence);
  });

  test('is not asked on this machine, by whatever name, where that is not allowed', async () => {
    const { start } = getApi();
    const strict = await start({ providerReach: providerReach({ allowsPrivateEndpoints: false }) });
    const browser = openBrowser(strict.url);
    await browser.signIn('root', goodPassword);
    for (const issuer of [entra.issuer.url, 'https://127.0.0.1/', 'https://[::1]/', 'https://x.localhost/']) {
      const { body } = await browser.call('POST', '/api/sign-in-providers', {
        name: 'Bad',
        issuer,
        clientId: 'x',
      });
      expect(body.detail).toContain('this machine itself; SYNCLINE_ALLOW_PRIVATE_ENDPOINTS=1 allows it');
    }
    expect(await sentenceOf(await openBrowser(strict.url).call('GET', startOf()))).toContain(
      'cannot be used',
    );
  });

  test('is deleted with everybody who came by it, and their sessions', async () => {
    const { server } = getApi();
    const { body: made } = await root.call('POST', '/api/sign-in-providers', {
      ...{ name: 'Short-lived', issuer: entra.issuer.url, clientId: 'x', defaultRole: 'auditor' },
    });
    claims = { sub: 'guest', name: 'Guest', preferred_username: 'guest' };
    const browser = openBrowser(server.url);
    await goRound(browser, startOf('/', made.providerId));
    expect((await browser.call('GET', '/api/session')).status).toBe(200);
    const path = `/api/sign-in-providers/${made.providerId}`;
    expect((await root.call('GET', path)).body.userCount).toBe(1);
    expect((await root.call('DELETE', path, undefined, { 'If-Match': '"1"' })).status).toBe(204);
    expect((await browser.call('GET', '/api/session')).body.code).toBe('session-ended');
    expect((await root.call('GET', '/api/users?q=guest')).body.total).toBe(0);
  });
});

test.each([
  ['/jobs?q=a#b', '/jobs?q=a#b'],
  ['https://evil.example/', '/'],
  ['//evil.example/', '/'],
  ['/\\evil.example', '/'],
  ['/\t/evil.example', '/'],
  ['/.//evil.example', '/'],
  ['javascript:alert(1)', '/'],
  ['jobs', '/'],
])('whoever wants to go to %s is led to %s', (wanted, path) => {
  expect(ownPath(wanted, 'https://syncline.contoso.com')).toBe(path);
});
