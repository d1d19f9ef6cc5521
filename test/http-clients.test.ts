/** API clients through the API: their secrets are shown once, and nobody gives away more than they have. */
import { describe, expect, test } from 'vitest';
import { readAudit } from '../src/store/audit.ts';
import { type JsonObject, signIn, useApi } from './fixtures/api-server.ts';

const getApi = useApi();
const everything = ['/Jobs', '/Connectors', '/Custom', '/Syncline'];

describe('a new client', () => {
  test('gets a secret that it can sign in with, which nobody sees again', async () => {
    const { call, token, server, database } = getApi();
    const admin = await token(...everything);
    const expiresAt = '2099-12-31T00:00:00Z';
    const { status, headers, body } = await call('POST', '/api/clients', admin, {
      identifier: 'nightly-report',
      role: 'auditor',
      expiresAt,
    });
    expect(status).toBe(201);
    expect(headers.get('Location')).toBe('/api/clients/nightly-report');
    expect(body).toMatchObject({ origin: 'api', profile: 'auditor', expiresAt: '2099-12-31T00:00:00.000Z' });
    const secret = String(body.secret);
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
    const own = await signIn(server.url, 'nightly-report', secret);
    expect((await call('GET', '/api/audit', own)).status).toBe(200);
    expect((await call('POST', '/api/clients', own, {})).status).toBe(403);

    const listed = await call('GET', '/api/clients', admin);
    const found = (listed.body.clients as readonly JsonObject[]).find(
      (client) => client.identifier === 'nightly-report',
    );
    expect(found?.lastUsedAt).not.toBeNull();
    const kept = await database.sql`select to_jsonb(api_client)::text as row from api_client`;
    const audited = await readAudit(database.sql, { limit: 500 });
    for (const place of [listed.body, kept, audited, server.logged()]) {
      expect(JSON.stringify(place)).not.toContain(secret);
    }
    expect(audited.find(({ subject }) => subject === 'nightly-report')).toMatchObject({
      action: 'api-client.create',
      outcome: 'done',
      detail: { role: 'auditor' },
    });
  });

  test('takes no identifier that is in use, whatever the case', async () => {
    const { call, token } = getApi();
    const admin = await token(...everything);
    const client = { identifier: 'Taken', permissions: ['/Jobs/Job/Query'] };
    expect((await call('POST', '/api/clients', admin, client)).status).toBe(201);
    const again = await call('POST', '/api/clients', admin, { ...client, identifier: 'TAKEN' });
    expect([again.status, again.body.code]).toEqual([409, 'client-exists']);
  });

  test('gets nothing that its maker lacks', async () => {
    const { call, token, database } = getApi();
    const maker = await token('/Syncline/ApiClients', '/Jobs/RunJob');
    const allowed = { identifier: 'launcher', permissions: ['/Jobs/RunJob/Launch'] };
    expect((await call('POST', '/api/clients', maker, allowed)).status).toBe(201);
    for (const beyond of [
      { role: 'administrator' },
      { permissions: ['/Jobs'] },
      { permissions: ['/Jobs/RunJob', '/Syncline'] },
    ]) {
      const { status, body } = await call('POST', '/api/clients', maker, {
        identifier: 'too-strong',
        ...beyond,
      });
      expect([status, body.code]).toEqual([403, 'permission-missing']);
    }
    const [entry] = await readAudit(database.sql, { subject: 'too-strong', limit: 1 });
    expect(entry).toMatchObject({ outcome: 'refused' });
  });

  test.each<[string, JsonObject]>([
    ['body.identifier', { identifier: 'a@b', role: 'operator' }],
    ['body.identifier', { role: 'operator' }],
    ['body.role', { identifier: 'x' }],
    ['body.role', { identifier: 'x', role: 'operator', permissions: ['/Jobs'] }],
    ['body.role', { identifier: 'x', role: 'root' }],
    ['body.permissions.0', { identifier: 'x', permissions: ['/'] }],
    ['body.permissions.1', { identifier: 'x', permissions: ['/Jobs', 'Jobs'] }],
    ['body.expiresAt', { identifier: 'x', role: 'operator', expiresAt: 'tomorrow' }],
    ['body.expiresAt', { identifier: 'x', role: 'operator', expiresAt: '2001-01-01T00:00:00Z' }],
    ['body.secret', { identifier: 'x', role: 'operator', secret: 'mine' }],
  ])('is refused for %s: %j', async (field, client) => {
    const { call, token } = getApi();
    const { status, body } = await call('POST', '/api/clients', await token(...everything), client);
    expect([status, body.code, body.field]).toEqual([400, 'request-invalid', field]);
  });
});

test('a revoked client is gone, and its identifier is free again', async () => {
  const { call, token } = getApi();
  const admin = await token(...everything);
  const client = { identifier: 'to-revoke', role: 'operator' };
  await call('POST', '/api/clients', admin, client);
  expect((await call('DELETE', '/api/clients/TO-REVOKE', admin)).status).toBe(204);
  const again = await call('DELETE', '/api/clients/to-revoke', admin);
  expect([again.status, again.body.code]).toEqual([404, 'client-unknown']);
  expect((await call('POST', '/api/clients', admin, client)).status).toBe(201);
});

test('a secret is exchanged while the one before goes on for as long as is said', async () => {
  const { call, token, server } = getApi();
  const admin = await token(...everything);
  const client = { identifier: 'exchanged', role: 'operator' };
  const created = await call('POST', '/api/clients', admin, client);
  const { status, body } = await call('POST', '/api/clients/exchanged/secret', admin, { overlapHours: 2 });
  expect([status, body]).toMatchObject([200, { identifier: 'exchanged', previousUntil: expect.any(String) }]);
  const [old, fresh] = [String(created.body.secret), String(body.secret)];
  expect(fresh).not.toBe(old);
  for (const secret of [old, fresh]) await signIn(server.url, 'exchanged', secret);
  server.wait(2 * 3600 + 1);
  await signIn(server.url, 'exchanged', fresh);
  await expect(signIn(server.url, 'exchanged', old)).rejects.toThrow('invalid_client');

  const again = await token(...everything);
  await call('POST', '/api/clients/exchanged/secret', again, { overlapHours: 0 });
  await expect(signIn(server.url, 'exchanged', fresh)).rejects.toThrow('invalid_client');
  const weak = await token('/Syncline/ApiClients');
  const refused = await call('POST', '/api/clients/exchanged/secret', weak, {});
  expect([refused.status, refused.body.code]).toEqual([403, 'permission-missing']);
  expect((await call('POST', '/api/clients/nobody/secret', again, {})).status).toBe(404);
});

test('the audit is read page by page, and filtered', async () => {
  const { call, token } = getApi();
  const admin = await token(...everything);
  for (let count = 0; count < 5; count += 1) {
    await call('DELETE', '/api/clients/never-there', admin);
  }
  const numbers: number[] = [];
  for (let before = ''; ; ) {
    const { body } = await call(
      'GET',
      `/api/audit?subject=never-there&outcome=refused&limit=2${before}`,
      admin,
    );
    numbers.push(...(body.entries as readonly JsonObject[]).map(({ auditId }) => Number(auditId)));
    if (body.nextBefore === null) break;
    before = `&before=${body.nextBefore}`;
  }
  expect(numbers).toHaveLength(5);
  expect(numbers).toEqual(numbers.toSorted((one, other) => other - one));
  expect((await call('GET', '/api/audit?outcome=maybe', admin)).body.field).toBe('query.outcome');
  expect((await call('GET', '/api/audit?limit=501', admin)).body.field).toBe('query.limit');
});
