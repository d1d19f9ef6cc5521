/** Signing in with a password: the first administrator, sessions and their end, forged requests, and guessing. */
import { describe, expect, test } from 'vitest';
import { makeSetupLink } from '../src/http/sign-in/setup-link.ts';
import { readAudit } from '../src/store/audit.ts';
import { changeUser, deleteUser, readUser } from '../src/store/users.ts';
import { callApi, jobOf, signIn as signInClient, useApi, writeJobs } from './fixtures/api-server.ts';
import { allText } from './fixtures/database-text.ts';
import { goodPassword, makeUser, openBrowser } from './fixtures/visitor.ts';

const getApi = useApi();
const tokenOf = (link: string | undefined) => link?.split('#')[1] ?? '';

/** Somebody who is signed in. */
async function enter(signInName: string, role: 'administrator' | 'operator' | 'auditor' = 'administrator') {
  const { server, database } = getApi();
  const user = await makeUser(database, signInName, role);
  const browser = openBrowser(server.url);
  const { status, body } = await browser.signIn(signInName, goodPassword);
  expect(status).toBe(200);
  return { user, browser, session: body };
}

describe('the first administrator', () => {
  const ada = { name: 'Ada Lovelace', signInName: 'ada@contoso.com', password: goodPassword };

  test('is made by the link, once, and is signed in then', async () => {
    const { server, database } = getApi();
    const { sql } = database;
    const first = await makeSetupLink(sql, server.url, server.now());
    const second = await makeSetupLink(sql, server.url, server.now());
    expect(first).toMatch(new RegExp(`^${server.url}/setup#[\\w-]{43}$`));
    const browser = openBrowser(server.url);
    expect((await browser.call('GET', '/auth/options')).body).toMatchObject({
      isSetUp: false,
      providers: [],
    });

    const wrong = await browser.call('POST', '/auth/setup', { ...ada, token: 'x'.repeat(43) });
    expect([wrong.status, wrong.body.code]).toEqual([403, 'setup-refused']);
    const weak = await browser.call('POST', '/auth/setup', {
      ...ada,
      password: 'ada',
      token: tokenOf(first),
    });
    expect(weak.body).toMatchObject({ code: 'request-invalid', field: 'body.password' });
    expect(weak.body.detail).toBe('The password has fewer than 12 characters.');

    const made = await browser.call('POST', '/auth/setup', { ...ada, token: tokenOf(first) });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ user: { name: 'Ada Lovelace', role: 'administrator', isLocal: true } });
    expect((await browser.call('GET', '/api/users')).status).toBe(200);
    expect((await browser.call('GET', '/auth/options')).body.isSetUp).toBe(true);

    for (const link of [first, second]) {
      const again = await openBrowser(server.url).call('POST', '/auth/setup', {
        ...{ ...ada, signInName: 'eve', token: tokenOf(link) },
      });
      expect([again.status, again.body.code]).toEqual([403, 'setup-refused']);
    }
    expect(await makeSetupLink(sql, server.url, server.now())).toBeUndefined();
    const created = (await readAudit(sql, { action: 'user.create', limit: 10 })).map(
      ({ outcome }) => outcome,
    );
    expect(created).toEqual(['refused', 'refused', 'done', 'refused']);
  });

  test('is not made by a link of more than a day ago', async () => {
    const { server, database } = getApi();
    const { sql } = database;
    const administrator = await sql<{ userId: number; version: number }[]>`
      select user_id, version from user_account`;
    for (const { userId, version } of administrator) await deleteUser(sql, userId, version);
    const link = await makeSetupLink(sql, server.url, new Date(server.now().getTime() - 25 * 3_600_000));
    const { status, body } = await openBrowser(server.url).call('POST', '/auth/setup', {
      ...{ ...ada, token: tokenOf(link) },
    });
    expect([status, body.code]).toEqual([403, 'setup-refused']);
    expect(body.detail).toContain('start the server again');
  });
});

describe('a session', () => {
  test('is told to its browser, whose cookie no script and no other site gets', async () => {
    const { server } = getApi();
    await makeUser(getApi().database, 'grace', 'operator');
    const browser = openBrowser(server.url);
    const { headers, body } = await browser.signIn('GRACE', goodPassword);
    const [cookie = ''] = headers.getSetCookie();
    expect(cookie).toMatch(/^syncline-\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
    expect(headers.get('Cache-Control')).toBe('no-store');
    const { body: session } = await browser.call('GET', '/api/session');
    expect(session).toEqual(body);
    expect(session).toMatchObject({
      user: { signInName: 'grace', name: 'The grace', role: 'operator' },
      idleSeconds: 1800,
      version: '0.0.0-test',
      preferences: {},
    });
    expect(session.permissions).toContain('/Jobs');
    expect((await browser.call('GET', '/api/users')).status).toBe(403);
  });

  test('has a cookie that only TLS carries where the server is reached by https', async () => {
    const { start, database } = getApi();
    const secure = await start({ publicUrl: 'https://syncline.contoso.com' });
    await makeUser(database, 'tls', 'auditor');
    const { headers } = await openBrowser(secure.url).signIn('tls', goodPassword);
    expect(headers.getSetCookie()[0]).toMatch(
      /^__Host-syncline=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
  });

  test('is kept by its hash alone, and secrets are nowhere in the log or the database', async () => {
    const { server, database } = getApi();
    const { browser } = await enter('hashed');
    const [token = ''] = browser.cookies.values();
    const everything = (await allText(database.sql)) + server.logged();
    expect(everything).toContain('hashed');
    for (const secret of [token, goodPassword, browser.csrfToken ?? '-'])
      expect(everything).not.toContain(secret);
  });

  test('begins anew with each sign-in, and the one before is over', async () => {
    const { browser } = await enter('renewed');
    const before = new Map(browser.cookies);
    await browser.signIn('renewed', goodPassword);
    expect([...browser.cookies]).not.toEqual([...before]);
    const old = openBrowser(getApi().server.url);
    for (const [name, value] of before) old.cookies.set(name, value);
    const { status, body } = await old.call('GET', '/api/session');
    expect([status, body.code]).toEqual([401, 'session-ended']);
  });

  test('ends when its person signs out', async () => {
    const { browser } = await enter('leaving');
    const cookies = new Map(browser.cookies);
    expect((await browser.call('POST', '/auth/sign-out')).status).toBe(204);
    expect(browser.cookies.size).toBe(0);
    expect((await browser.call('GET', '/api/session')).body.code).toBe('token-missing');
    for (const [name, value] of cookies) browser.cookies.set(name, value);
    expect((await browser.call('GET', '/api/session')).body.code).toBe('session-ended');
  });

  test('ends half an hour after it was used last, and twelve hours after it began', async () => {
    const { start, database } = getApi();
    const server = await start({});
    await makeUser(database, 'idle', 'auditor');
    const browser = openBrowser(server.url);
    await browser.signIn('idle', goodPassword);
    const status = async (headers = {}) =>
      (await browser.call('GET', '/api/session', undefined, headers)).status;
    server.wait(1700);
    expect(await status()).toBe(200);
    server.wait(1700);
    // What pages ask while nobody is there does not count.
    expect(await status({ 'X-Background': '1' })).toBe(200);
    expect(await status({ Accept: 'text/event-stream' })).toBe(200);
    server.wait(110);
    expect(await status()).toBe(401);

    await browser.signIn('idle', goodPassword);
    for (let minutes = 0; minutes < 12 * 60 - 20; minutes += 20) {
      server.wait(20 * 60);
      expect(await status()).toBe(200);
    }
    server.wait(20 * 60);
    expect(await status()).toBe(401);
  });

  test('follows what becomes of its person at once', async () => {
    const { database } = getApi();
    const { sql } = database;
    const { user, browser } = await enter('changing');
    const change = async (changes: { role?: 'auditor'; isDisabled?: boolean }) => {
      const now = await readUser(sql, user.userId);
      if (!now) throw new Error('Gone.');
      await changeUser(sql, { ...now, ...changes, at: new Date(), by: 'a test' });
    };
    expect((await browser.call('GET', '/api/users')).status).toBe(200);
    await change({ role: 'auditor' });
    expect((await browser.call('GET', '/api/users')).status).toBe(403);
    await change({ isDisabled: true });
    const { status, body } = await browser.call('GET', '/api/audit');
    expect([status, body.code]).toEqual([401, 'session-ended']);
    expect(body.detail).toContain('disabled');
  });

  test('counts for nothing where a token comes with it', async () => {
    const { server, makeClient } = getApi();
    const { browser } = await enter('both');
    const { identifier, secret } = await makeClient(['/Jobs']);
    const token = await signInClient(server.url, identifier, secret);
    const bearer = { Authorization: `Bearer ${token}` };
    expect((await browser.call('GET', '/api/users', undefined, bearer)).status).toBe(403);
    expect((await browser.call('GET', '/api/session', undefined, bearer)).status).toBe(403);
    const forged = await browser.call('GET', '/api/users', undefined, { Authorization: 'Bearer x' });
    expect(forged.body.code).toBe('token-invalid');
  });
});

describe('a write', () => {
  const preferences = { theme: 'dark', columns: { tenants: { hidden: ['profile'] } }, later: 1 };

  test('is taken with the token of the session, from pages of the server', async () => {
    const { browser } = await enter('writing');
    const written = await browser.call('PUT', '/api/session/preferences', preferences);
    expect([written.status, written.body]).toEqual([200, preferences]);
    expect((await browser.call('GET', '/api/session/preferences')).body).toEqual(preferences);
    expect((await browser.call('GET', '/api/session')).body.preferences).toEqual(preferences);
  });

  test.each([
    ['without the token', { 'X-CSRF-Token': undefined }],
    ['with another token', { 'X-CSRF-Token': 'x'.repeat(43) }],
    ['from another site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['from a neighbour', { 'Sec-Fetch-Site': 'same-site' }],
    ['from another origin', { 'Sec-Fetch-Site': undefined, Origin: 'https://evil.example' }],
  ])('is refused %s', async (what, headers) => {
    const { browser } = await enter(`forged ${what}`);
    for (const [method, path, body] of [
      ['PUT', '/api/session/preferences', preferences],
      ['POST', '/auth/sign-out', undefined],
      ['DELETE', '/api/users/1', undefined],
    ] as const) {
      const answer = await browser.call(method, path, body, headers);
      expect([answer.status, answer.body.code]).toEqual([403, 'csrf-refused']);
    }
    expect((await browser.call('GET', '/api/session')).status).toBe(200);
  });

  test('of a session is refused to another site that signs somebody in', async () => {
    const { server, database } = getApi();
    await makeUser(database, 'lured', 'auditor');
    const browser = openBrowser(server.url);
    const credentials = { signInName: 'lured', password: goodPassword };
    const answer = await browser.call('POST', '/auth/sign-in', credentials, {
      'Sec-Fetch-Site': 'cross-site',
    });
    expect([answer.status, answer.body.code]).toEqual([403, 'csrf-refused']);
  });

  test('of preferences that are too large is refused', async () => {
    const { browser } = await enter('hoarder');
    const { status, body } = await browser.call('PUT', '/api/session/preferences', {
      note: 'x'.repeat(17_000),
    });
    expect([status, body.code]).toEqual([400, 'request-invalid']);
  });
});

describe('guessing', () => {
  test('gets one sentence for whatever is wrong, and leaves a trace that has no secret', async () => {
    const { server, database } = getApi();
    await makeUser(database, 'known', 'operator');
    const closed = await makeUser(database, 'closed', 'operator');
    await changeUser(database.sql, { ...closed, isDisabled: true, at: new Date(), by: 'a test' });
    await makeUser(database, 'roleless', null);
    const answers = [
      await openBrowser(server.url).signIn('known', 'wrong wrong wrong'),
      await openBrowser(server.url).signIn('nobody-there', goodPassword),
      await openBrowser(server.url).signIn('closed', goodPassword),
      await openBrowser(server.url).signIn('roleless', goodPassword),
    ];
    for (const { status, body, headers } of answers) {
      expect([status, body.code]).toEqual([401, 'sign-in-refused']);
      expect(headers.getSetCookie()).toEqual([]);
    }
    expect(new Set(answers.map(({ body }) => body.detail)).size).toBe(1);
    const entries = await readAudit(database.sql, { action: 'session.begin', outcome: 'refused', limit: 4 });
    expect(entries.map(({ actor, subject, detail }) => [actor, subject, detail.reason])).toEqual([
      ['The roleless (roleless)', 'roleless', 'disabled, or without a role'],
      ['The closed (closed)', 'closed', 'disabled, or without a role'],
      ['nobody known', 'an unknown name', 'unknown'],
      ['The known (known)', 'known', 'wrong password'],
    ]);
    expect(JSON.stringify(entries) + server.logged()).not.toMatch(/wrong wrong|nobody-there|horse/);
  });

  test('takes as long for a name that nobody has', async () => {
    const { start, database } = getApi();
    const server = await start({});
    await makeUser(database, 'timed', 'operator');
    const browser = openBrowser(server.url);
    const measure = async (name: string) => {
      const startedAt = performance.now();
      await browser.signIn(name, 'wrong wrong wrong');
      return performance.now() - startedAt;
    };
    await measure('timed');
    const times = { timed: [] as number[], unknown: [] as number[] };
    for (let round = 0; round < 4; round += 1) {
      times.timed.push(await measure('timed'));
      times.unknown.push(await measure(`unknown${round}`));
    }
    // Without the hash, a name that nobody has takes a tenth of the time.
    expect(Math.min(...times.unknown)).toBeGreaterThan(Math.min(...times.timed) / 3);
  });

  test('has to wait longer and longer after five failures, whatever is sent at once, and the right password waits, too', async () => {
    const { start, database } = getApi();
    const server = await start({});
    await makeUser(database, 'guessed', 'operator');
    const browser = openBrowser(server.url);
    const tries = await Promise.all(
      Array.from({ length: 8 }, (_, index) => browser.signIn('guessed', `wrong password ${index}`)),
    );
    expect(tries.filter(({ status }) => status === 401)).toHaveLength(5);
    const locked = await browser.signIn('guessed', goodPassword);
    expect([locked.status, locked.body.code]).toEqual([429, 'sign-in-locked']);
    expect(Number(locked.headers.get('Retry-After'))).toBeGreaterThan(0);
    server.wait(1);
    expect((await browser.signIn('guessed', 'wrong once more')).status).toBe(401);
    expect((await browser.signIn('guessed', goodPassword)).headers.get('Retry-After')).toBe('2');
    server.wait(2);
    expect((await browser.signIn('guessed', goodPassword)).status).toBe(200);
  });

  test('of many names from one address has to wait, and from many addresses of one name, too', async () => {
    const { start, database } = getApi();
    const server = await start({ isBehindProxy: true });
    await makeUser(database, 'wanted', 'operator');
    const browser = openBrowser(server.url);
    const from = (address: string, signInName: string, password = 'wrong wrong wrong') =>
      browser.call('POST', '/auth/sign-in', { signInName, password }, { 'X-Forwarded-For': address });
    for (let count = 0; count < 20; count += 1) {
      expect((await from('198.51.100.7', `name${count}`)).status).toBe(401);
    }
    expect((await from('198.51.100.7', 'another')).status).toBe(429);
    expect((await from('198.51.100.8', 'another')).status).toBe(401);
    for (let count = 0; count < 100; count += 1) {
      expect((await from(`203.0.113.${count}`, 'wanted')).status).toBe(401);
    }
    expect((await from('192.0.2.1', 'wanted', goodPassword)).status).toBe(429);
  });
});

describe("one's own password", () => {
  const next = 'another long one of mine';

  test('is changed by who knows it, and ends the other sessions', async () => {
    const { server } = getApi();
    const { browser } = await enter('owner');
    const other = openBrowser(server.url);
    await other.signIn('owner', goodPassword);
    const wrong = await browser.call('PUT', '/api/session/password', { current: 'wrong', next });
    expect(wrong.body).toMatchObject({ code: 'request-invalid', field: 'body.current' });
    const weak = await browser.call('PUT', '/api/session/password', {
      current: goodPassword,
      next: 'The owner 123',
    });
    expect(weak.body).toMatchObject({ code: 'request-invalid', field: 'body.next' });
    expect((await browser.call('PUT', '/api/session/password', { current: goodPassword, next })).status).toBe(
      204,
    );
    expect((await browser.call('GET', '/api/session')).status).toBe(200);
    expect((await other.call('GET', '/api/session')).body.code).toBe('session-ended');
    expect((await openBrowser(server.url).signIn('owner', goodPassword)).status).toBe(401);
    expect((await openBrowser(server.url).signIn('owner', next)).status).toBe(200);
  });

  test('cannot be guessed through it', async () => {
    const { browser } = await enter('left-alone');
    const statuses: number[] = [];
    for (let count = 0; count < 6; count += 1) {
      const body = { current: `guess number ${count}`, next };
      statuses.push((await browser.call('PUT', '/api/session/password', body)).status);
    }
    expect(statuses).toEqual([400, 400, 400, 400, 400, 429]);
  });
});

test('a followed run ends with the session', async () => {
  const { server, database } = getApi();
  await writeJobs(database, [jobOf('followed')]);
  const { browser } = await enter('following');
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const { status, body } = await browser.call('POST', '/api/jobs/followed/runs', {});
  expect(status).toBe(202);
  const events = `${server.url}/api/runs/${body.jobRunId}/events`;
  const stream = await fetch(events, { headers: { Cookie: cookie } });
  expect(stream.status).toBe(200);
  await browser.call('POST', '/auth/sign-out');
  // Ends by itself, or the test does not.
  expect(await stream.text()).toContain('event: progress');
});

test('programs have no session of their own', async () => {
  const { server, token } = getApi();
  const { status, body } = await callApi(server.url, 'GET', '/api/session', await token('/Syncline'));
  expect([status, body.code]).toEqual([403, 'permission-missing']);
});
