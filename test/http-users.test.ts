/** People who may sign in: adding, changing and deleting them, what nobody may give away, and the audit that tells of it. */
import { beforeAll, describe, expect, test } from 'vitest';
import { readAudit } from '../src/store/audit.ts';
import { readSigningKeys } from '../src/store/signing-keys.ts';
import { callApi, type JsonObject, signIn as signInClient, useApi } from './fixtures/api-server.ts';
import { goodPassword, makeUser, openBrowser, type Visitor } from './fixtures/visitor.ts';

const getApi = useApi();
const password = 'another long one of mine';
let root: Visitor;

beforeAll(async () => {
  const { server, database } = getApi();
  await makeUser(database, 'root', 'administrator');
  root = openBrowser(server.url);
  await root.signIn('root', goodPassword);
});

async function add(signInName: string, role: string): Promise<JsonObject> {
  const { status, body } = await root.call('POST', '/api/users', {
    signInName,
    name: signInName,
    role,
    password,
  });
  expect(status).toBe(201);
  return body;
}

const versionOf = (user: JsonObject) => ({ 'If-Match': `"${user.version}"` });

describe('somebody', () => {
  test('is added with a role, listed, and can sign in', async () => {
    const { server } = getApi();
    const added = await root.call('POST', '/api/users', {
      ...{ signInName: 'grace@contoso.com', name: 'Grace Hopper', role: 'operator', password },
    });
    expect(added.body).toMatchObject({
      ...{ signInName: 'grace@contoso.com', role: 'operator', effectiveRole: 'operator', provider: null },
      ...{ isDisabled: false, version: 1, createdBy: 'The root (root)', lastSignInAt: null },
    });
    expect(added.headers.get('Location')).toBe(`/api/users/${added.body.userId}`);
    expect(added.headers.get('ETag')).toBe('"1"');
    expect(JSON.stringify(added.body)).not.toMatch(/argon|horse|long one/);
    const browser = openBrowser(server.url);
    expect((await browser.signIn('Grace@Contoso.com', password)).status).toBe(200);

    const { body: found } = await root.call('GET', '/api/users?q=HOPPER');
    expect(found).toMatchObject({ total: 1, isTotalExact: true, page: 1, items: [{ name: 'Grace Hopper' }] });
    const { body: one } = await root.call('GET', `/api/users/${added.body.userId}`);
    expect(one.lastSignInAt).not.toBeNull();
    expect(one.permissions).toContain('/Jobs');
    expect(one.sessions).toMatchObject([
      { userAgent: 'Visitor/1.0', address: '127.0.0.1', isCurrent: false },
    ]);
  });

  test('is sorted by name, by sign-in name, and by the last sign-in', async () => {
    await add('zoe', 'auditor');
    for (const [sort, first] of [
      ['-name', 'zoe'],
      ['-signInName', 'zoe'],
      ['lastSignInAt', 'zoe'],
    ]) {
      const { body } = await root.call('GET', `/api/users?sort=${sort}&pageSize=1`);
      expect(body.items).toMatchObject([{ signInName: first }]);
    }
  });

  test.each([
    ['a name that is taken', { signInName: 'ROOT' }, 409, 'user-exists', 'body.signInName'],
    ['a weak password', { password: 'short' }, 400, 'request-invalid', 'body.password'],
    ['a role that is none', { role: 'owner' }, 400, 'request-invalid', 'body.role'],
    ['a name that cannot be seen', { name: 'a\u202eb' }, 400, 'request-invalid', 'body.name'],
  ])('is refused with %s, at the field', async (_, changes, status, code, field) => {
    const wanted = { signInName: 'refused', name: 'Refused', role: 'auditor', password, ...changes };
    const answer = await root.call('POST', '/api/users', wanted);
    expect([answer.status, answer.body.code, answer.body.field]).toEqual([status, code, field]);
  });

  test('is changed by whoever saw the last version, and nobody else', async () => {
    const user = await add('edited', 'auditor');
    const path = `/api/users/${user.userId}`;
    const wanted = { name: 'Edited', role: 'operator', isDisabled: false };
    const blind = await root.call('PUT', path, wanted);
    expect([blind.status, blind.body.code]).toEqual([428, 'version-missing']);
    const changed = await root.call('PUT', path, wanted, versionOf(user));
    expect([changed.status, changed.headers.get('ETag')]).toEqual([200, '"2"']);
    const late = await root.call('PUT', path, { ...wanted, name: 'Late' }, versionOf(user));
    expect(late.status).toBe(412);
    expect(late.body).toMatchObject({ code: 'changed-meanwhile', version: 2, changedBy: 'The root (root)' });
    expect((await root.call('DELETE', path, undefined, versionOf(user))).status).toBe(412);
    expect((await root.call('GET', path)).body).toMatchObject({ name: 'Edited', role: 'operator' });
  });

  test('is out at once when the account is closed, deleted, signed out, or has another password', async () => {
    const { server } = getApi();
    const user = await add('ousted', 'auditor');
    const path = `/api/users/${user.userId}`;
    const browser = openBrowser(server.url);
    const isIn = async () => (await browser.call('GET', '/api/session')).status === 200;
    const enter = async (word = password) => (await browser.signIn('ousted', word)).status;

    await enter();
    expect((await root.call('DELETE', `${path}/sessions`)).body).toEqual({ endedSessions: 1 });
    expect(await isIn()).toBe(false);

    await enter();
    expect((await root.call('POST', `${path}/password`, { password: 'ousted' })).body.field).toBe(
      'body.password',
    );
    const fresh = 'yet another one of mine';
    expect((await root.call('POST', `${path}/password`, { password: fresh })).status).toBe(204);
    expect([await isIn(), await enter()]).toEqual([false, 401]);

    expect(await enter(fresh)).toBe(200);
    const closing = { name: 'ousted', role: 'auditor', isDisabled: true };
    const closed = await root.call('PUT', path, closing, versionOf(user));
    expect([await isIn(), await enter(fresh)]).toEqual([false, 401]);
    expect((await root.call('DELETE', path, undefined, versionOf(closed.body))).status).toBe(204);
    expect((await root.call('GET', path)).body.code).toBe('user-unknown');
  });
});

describe('the last administrator', () => {
  test('is neither deleted nor closed nor demoted, also by two at once', async () => {
    const { server } = getApi();
    const { body: list } = await root.call('GET', '/api/users?q=root');
    const [own] = list.items as readonly JsonObject[];
    const path = `/api/users/${own?.userId}`;
    const attempt = (changes: object) =>
      root.call(
        'PUT',
        path,
        { name: 'The root', role: 'administrator', isDisabled: false, ...changes },
        versionOf(own ?? {}),
      );
    for (const answer of [
      await attempt({ role: 'operator' }),
      await attempt({ role: null }),
      await attempt({ isDisabled: true }),
      await root.call('DELETE', path, undefined, versionOf(own ?? {})),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([409, 'last-administrator']);
    }
    expect((await root.call('GET', path)).body.version).toBe(own?.version);
    const refused = await readAudit(getApi().database.sql, { subject: 'root', outcome: 'refused', limit: 4 });
    expect(refused.map(({ action }) => action)).toEqual([
      'user.delete',
      'user.change',
      'user.change',
      'user.change',
    ]);

    const second = await add('second', 'administrator');
    const other = openBrowser(server.url);
    await other.signIn('second', password);
    const each = { role: 'auditor', isDisabled: false };
    const answers = await Promise.all([
      attempt(each),
      other.call('PUT', `/api/users/${second.userId}`, { name: 'second', ...each }, versionOf(second)),
    ]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    if (answers[0]?.status === 200) await reinstate(other, path);
  });
});

/** Makes the administrator of these tests one again. */
async function reinstate(by: Visitor, path: string): Promise<void> {
  const { body } = await by.call('GET', path);
  const wanted = { name: 'The root', role: 'administrator', isDisabled: false };
  expect((await by.call('PUT', path, wanted, versionOf(body))).status).toBe(200);
}

test('nobody gives away, or takes over, more than they have', async () => {
  const { server, makeClient } = getApi();
  const { identifier, secret } = await makeClient(['/Syncline/Users']);
  const token = await signInClient(server.url, identifier, secret);
  const { body: list } = await root.call('GET', '/api/users?q=root');
  const [own] = list.items as readonly JsonObject[];
  const wanted = { signInName: 'mole', name: 'Mole', role: 'administrator', password };
  const provider = {
    name: 'Mole',
    issuer: 'https://login.example',
    clientId: 'x',
    defaultRole: 'administrator',
  };
  for (const [path, body] of [
    ['/api/users', wanted],
    [`/api/users/${own?.userId}/password`, { password }],
    ['/api/sign-in-providers', provider],
  ] as const) {
    const answer = await callApi(server.url, 'POST', path, token, body);
    expect([answer.status, answer.body.code]).toEqual([403, 'permission-missing']);
  }
});

test('roles are told permission by permission', async () => {
  const { body } = await root.call('GET', '/api/roles');
  const lines = body.permissions as readonly JsonObject[];
  expect(lines.find(({ path }) => path === '/Jobs/RunJob/Launch')).toMatchObject({
    meaning: 'Launch jobs.',
    roles: ['administrator', 'operator'],
  });
  expect(lines.every(({ roles }) => (roles as readonly string[]).includes('administrator'))).toBe(true);
});

describe('the audit', () => {
  beforeAll(async () => {
    await getApi().database.sql`
      insert into audit_entry (recorded_at, actor, action, subject, outcome, detail)
      select timestamptz '2026-01-01' + n * interval '1 minute', 'API client bulk', 'bulk.write', '=cmd ' || n, 'done',
        jsonb_build_object('note', 'line ' || n) from generate_series(1, 2345) n`;
  });

  test('is read by page, filtered, searched, and within times', async () => {
    const get = async (query: string) => (await root.call('GET', `/api/audit?${query}`)).body;
    const page = await get('page=2&pageSize=100&action=bulk.write');
    expect(page).toMatchObject({ page: 2, pageSize: 100, total: 2345, isTotalExact: true });
    expect((page.items as readonly JsonObject[])[0]?.subject).toBe('=cmd 2245');
    expect(await get('page=1&q=LINE%202344')).toMatchObject({ total: 1, items: [{ subject: '=cmd 2344' }] });
    expect(await get('page=1&actor=API%20client%20bulk&outcome=refused')).toMatchObject({
      total: 0,
      items: [],
    });
    const times = 'from=2026-01-01T00:10:00Z&to=2026-01-01T00:20:00Z';
    expect(await get(`page=1&action=bulk.write&${times}`)).toMatchObject({ total: 10 });
    const portion = await get('action=bulk.write&limit=2');
    expect(portion).toMatchObject({ entries: [{ subject: '=cmd 2345' }, { subject: '=cmd 2344' }] });
    expect((await get(`action=bulk.write&limit=1&before=${portion.nextBefore}`)).entries).toMatchObject([
      { subject: '=cmd 2343' },
    ]);
  });

  test('is exported whole, and a spreadsheet calculates nothing of it', async () => {
    const { body, headers } = await root.call('GET', '/api/audit.csv?action=bulk.write');
    expect(headers.get('Content-Disposition')).toBe('attachment; filename="audit.csv"');
    const lines = String(body.text).split('\r\n');
    expect(lines[0]).toBe('Time,Actor,Action,Subject,Outcome,Detail,Request,Address');
    expect(lines).toHaveLength(2347);
    expect(lines[1]).toContain(",'=cmd 2345,done,");
  });
});

test('signing keys are sealed; those of a version that did not are sealed by the next server, and go on to count', async () => {
  const { server, database, makeClient, start } = getApi();
  const { sql } = database;
  const { identifier, secret } = await makeClient(['/Syncline/Workers']);
  const token = await signInClient(server.url, identifier, secret);
  const [key] = await readSigningKeys(sql);
  expect(key).toMatchObject({ privateKey: null, sealedPrivateKey: expect.stringMatching(/^v1\./) });
  const clear = server.sealing.unseal(key?.sealedPrivateKey ?? '', `signing key ${key?.keyId}`);
  await sql`update signing_key set sealed_private_key = null, private_key = ${clear}::text::jsonb`;
  const next = await start({ publicUrl: server.url });
  expect((await callApi(next.url, 'GET', '/api/workers', token)).status).toBe(200);
  expect(await readSigningKeys(sql)).toMatchObject([{ keyId: key?.keyId, privateKey: null }]);
});
