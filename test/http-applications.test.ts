/** Applications over HTTP: from the catalog to a connected tenant whose accounts are there, and away again. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import { type Processing, startProcessing } from '../src/cli/processing.ts';
import { type JsonObject, readAnswer, testConfig, useApi } from './fixtures/api-server.ts';

const getApi = useApi();
const root = '/api/applications';
const patience = { timeout: 30_000, interval: 30 };

let simulator: Simulator;
let processing: Processing;
let token = '';
let endpoints: JsonObject = {};
const errors: unknown[] = [];

beforeAll(async () => {
  simulator = await startSimulator({ users: 60, groups: 5 });
  const api = getApi();
  token = await api.token('/Syncline', '/Jobs', '/Connectors');
  endpoints = {
    authority: new URL(simulator.authority).origin,
    graph: simulator.graph,
    trustedCertificates: simulator.caPem,
  };
  processing = await startProcessing(testConfig(api.dataDirectory), api.database, {
    slots: 2,
    onProgress: () => {},
    onRun: () => {},
    onNotice: () => {},
    onError: (error) => errors.push(error),
  });
});

afterAll(async () => {
  await processing.stop();
  await simulator.stop();
  expect(errors).toEqual([]);
});

async function send(method: string, path: string, body?: unknown, version?: unknown, as = token) {
  const headers: Record<string, string> = { Authorization: `Bearer ${as}` };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (version !== undefined) headers['If-Match'] = `"${version}"`;
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  return await readAnswer(await fetch(getApi().server.url + path, init));
}

async function make(name: string, change: object = {}): Promise<JsonObject> {
  const { status, body } = await send('POST', root, { name, template: 'microsoft-entra', ...change });
  expect([status, body.detail]).toEqual([201, undefined]);
  return body;
}

const get = async (path: string) => (await send('GET', path)).body;
const typed = (change: object = {}) => ({
  tenant: simulator.tenantId,
  cloud: 'Custom',
  endpoints,
  clientId: simulator.clientId,
  clientSecret: simulator.clientSecret,
  ...change,
});

/** How many of these there are. */
async function countRows(table: 'tenant' | 'credential_profile' | 'mapping' | 'job'): Promise<number> {
  const { sql } = getApi().database;
  const [row] = await sql<{ count: number }[]>`select count(*)::int as count from ${sql(table)}`;
  return row?.count ?? 0;
}

/** An identity, as an owner. */
async function makeIdentity(key: string, attributes: JsonObject): Promise<void> {
  await getApi().database.sql`
    insert into resource (entity_type_id, key, attributes)
    select entity_type_id, ${key}, ${JSON.stringify(attributes)}::text::jsonb
    from entity_type join connection using (connection_id)
    where connection.name = 'Identities' and entity_type.name = 'alpha_user'`;
}

describe('the catalog', () => {
  test('has Microsoft Entra Provisioning, with what it maps at first and the permissions that it asks for', async () => {
    const { items } = await get('/api/application-templates');
    expect(items).toMatchObject([
      {
        id: 'microsoft-entra',
        name: 'Microsoft Entra Provisioning',
        defaultMapping: {
          sourceType: 'user',
          target: { connection: 'Identities', type: 'alpha_user' },
          rows: [
            { source: 'givenName', target: 'givenName' },
            { source: 'mail', target: 'mail' },
            { source: 'surname', target: 'sn' },
            { source: 'userPrincipalName', target: 'userName' },
          ],
        },
      },
    ]);
    const [{ permissions }] = items as unknown as [{ permissions: readonly JsonObject[] }];
    expect(permissions.filter((permission) => permission.isNeededForReading)).toContainEqual(
      expect.objectContaining({ name: 'User.Read.All' }),
    );
  });
});

describe('what is typed', () => {
  test.each([
    ['no name', { name: ' ' }, 'body.name', 'needs a name'],
    ['a slash in the name', { name: 'a/b' }, 'body.name', 'without a slash'],
    ['a template that is none', { template: 'ldap' }, 'body.template', 'choose one of microsoft-entra'],
    ['an owner that is none', { owners: ['nobody'] }, 'body.owners', 'There is no identity "nobody"'],
  ])('is refused with %s, and the field is named', async (_, change, field, words) => {
    const { status, body } = await send('POST', root, {
      name: 'Refused',
      template: 'microsoft-entra',
      ...change,
    });
    expect([status, body.field]).toEqual([400, field]);
    expect(body.detail).toContain(words);
  });

  test('is refused where the name is taken, in any case', async () => {
    await make('Taken');
    const { status, body } = await send('POST', root, { name: 'TAKEN', template: 'microsoft-entra' });
    expect([status, body.code, body.field]).toEqual([409, 'application-exists', 'body.name']);
  });
});

test('an application has owners by name, a description, and no connection at first', async () => {
  await makeIdentity('owner-1', {
    userName: 'ines',
    givenName: 'Ines',
    sn: 'Maura',
    mail: 'ines@example.com',
  });
  const made = await make('Described', {
    description: 'Of the subsidiary.',
    owners: ['owner-1'],
    isAuthoritative: true,
  });
  expect(made).toMatchObject({
    template: { id: 'microsoft-entra', name: 'Microsoft Entra Provisioning' },
    description: 'Of the subsidiary.',
    isAuthoritative: true,
    isEnabled: true,
    owners: [{ key: 'owner-1', name: 'Ines Maura' }],
    connection: { name: null, state: 'not-set-up' },
    mappings: [],
  });
  expect(await get(`${root}/${made.id}/data`)).toMatchObject({ items: [], state: 'not-set-up' });
  expect(await get(`${root}/${made.id}/object-types`)).toEqual({ items: [] });
  const { items } = await get(`${root}?q=subsidiary`);
  expect(items).toMatchObject([{ name: 'Described' }]);
});

test('with a wrong secret it says why, and nothing is kept', async () => {
  const { id } = await make('Mistyped');
  const before = await Promise.all([countRows('tenant'), countRows('credential_profile'), countRows('job')]);
  const { status, body } = await send(
    'POST',
    `${root}/${id}/connect`,
    typed({ clientSecret: 'a~secret~that~was~never~one.' }),
  );
  expect([status, body.outcome]).toEqual([200, 'refused']);
  const { checks } = body.report as unknown as { checks: readonly JsonObject[] };
  expect(checks.find(({ outcome }) => outcome === 'failed')).toMatchObject({ step: 'secret' });
  expect(JSON.stringify(body)).not.toContain('a~secret~that~was~never~one.');
  expect(body.application).toMatchObject({ connection: { name: null, state: 'not-set-up' }, mappings: [] });
  const after = await Promise.all([countRows('tenant'), countRows('credential_profile'), countRows('job')]);
  expect(after).toEqual(before);
});

test.each([
  ['the ID of a secret', { clientSecret: '5d8f1c5e-0000-4000-8000-000000000001' }, 'body.clientSecret'],
  ['a tenant that is none', { tenant: 'not a tenant' }, 'body.tenant'],
  ['a secret of nobody', { clientId: undefined }, 'body.clientId'],
  ['no addresses', { endpoints: undefined }, 'body.endpoints'],
])('connecting with %s is refused before anybody is asked', async (_, change, field) => {
  const { id } = await make(`Refused ${field}`);
  const { status, body } = await send('POST', `${root}/${id}/connect`, typed(change));
  expect([status, body.field]).toEqual([400, field]);
});

test('who may not add tenants cannot do it by way of an application', async () => {
  const { id } = await make('Guarded');
  const weak = await getApi().token('/Syncline/Applications');
  const { status, body } = await send('POST', `${root}/${id}/connect`, typed(), undefined, weak);
  expect([status, body.code]).toEqual([403, 'permission-missing']);
  expect(body.detail).toContain('/Syncline/Integrations/Update');
});

describe('a connected application', () => {
  let id = 0;
  let tenantName = '';

  beforeAll(async () => {
    id = Number((await make('Microsoft Entra ID', { isAuthoritative: true })).id);
    const { status, body } = await send('POST', `${root}/${id}/connect`, typed());
    expect([status, body.outcome]).toEqual([200, 'connected']);
    expect(body.usedTenant).toBeNull();
    const { checks, grantedPermissions } = body.report as JsonObject;
    expect((checks as JsonObject[]).every(({ outcome }) => outcome !== 'failed')).toBe(true);
    expect(grantedPermissions).toContain('Directory.Read.All');
    tenantName = String(((body.application as JsonObject).connection as JsonObject).name);
  });

  test('has a tenant, a credential profile of its name with a secret that is sealed, and a first synchronization', async () => {
    const tenant = await get(`/api/integrations/entra-id/${tenantName}`);
    expect(tenant).toMatchObject({ isEnabled: true, profile: { name: 'Microsoft Entra ID' } });
    const { sql } = getApi().database;
    const [row] = await sql<{ sealed: string }[]>`
      select sealed_secret as sealed from credential join credential_profile using (credential_profile_id)
      where name = 'Microsoft Entra ID'`;
    expect(row?.sealed).toBeTruthy();
    expect(row?.sealed).not.toContain(simulator.clientSecret);
    await vi.waitFor(async () => {
      expect(await get(`${root}/${id}`)).toMatchObject({
        connection: { state: 'connected', clientId: simulator.clientId, isOwn: true },
        missingAttributes: [],
      });
    }, patience);
  });

  test('has the mapping of the template, of an authoritative source, with its two jobs that wait to be launched', async () => {
    const { mappings } = await get(`${root}/${id}`);
    expect(mappings).toMatchObject([
      {
        name: 'Microsoft Entra ID to identities',
        source: { connection: tenantName, type: 'user' },
        target: { connection: 'Identities', type: 'alpha_user' },
        lastReconciliation: null,
        oneToOnePercent: null,
      },
    ]);
    const { sql } = getApi().database;
    const [mapping] = await sql<{ definition: JsonObject }[]>`
      select definition from mapping where name = 'Microsoft Entra ID to identities'`;
    expect(mapping?.definition.policies).toContainEqual({ situation: 'ABSENT', action: 'CREATE' });
    const { items } = await get('/api/jobs?q=Microsoft%20Entra%20ID%20to%20identities');
    expect((items as JsonObject[]).map(({ identifier, nextRunAt }) => [identifier, nextRunAt])).toEqual([
      ['Microsoft Entra ID to identities (full)', null],
      ['Microsoft Entra ID to identities (incremental)', null],
    ]);
    const job = await get('/api/jobs/Microsoft%20Entra%20ID%20to%20identities%20(full)');
    expect(job.tasks).toMatchObject([
      { kind: 'synchronize', connections: [tenantName] },
      { kind: 'reconcile', level: 1 },
    ]);
  });

  test('shows its accounts, page after page in the order of names, and finds them by the beginnings of words', async () => {
    await vi.waitFor(async () => {
      expect(await get(`${root}/${id}/data`)).toMatchObject({ state: 'read', isTotalExact: true });
    }, patience);
    await vi.waitFor(async () => {
      expect(await get('/api/directory/types')).toMatchObject({ index: { behind: 0 } });
    }, patience);
    const accounts: JsonObject[] = [];
    let after = '';
    for (;;) {
      const page = await get(`${root}/${id}/data?limit=25${after}`);
      accounts.push(...(page.items as JsonObject[]));
      if (page.next === null) break;
      after = `&after=${encodeURIComponent(String(page.next))}`;
    }
    expect(new Set(accounts.map(({ key }) => key)).size).toBe(accounts.length);
    expect(accounts.length).toBeGreaterThanOrEqual(60);
    const listed = await get(`/api/directory/resources?connection=${tenantName}&type=user&limit=1000`);
    expect(accounts.map(({ key }) => key)).toEqual((listed.items as JsonObject[]).map(({ key }) => key));
    const [first] = accounts;
    const { userPrincipalName } = (first?.attributes ?? {}) as JsonObject;
    await vi.waitFor(async () => {
      const found = await get(`${root}/${id}/data?q=${encodeURIComponent(String(userPrincipalName))}`);
      expect(found.items).toEqual([first]);
    }, patience);
    expect(await get(`${root}/${id}/data?q=nobody-of-this-name`)).toMatchObject({ items: [], state: 'read' });
  });

  test('goes on in the order of keys where the search does not know the names yet, and refuses a place that is none', async () => {
    const place = (key: string) => Buffer.from(JSON.stringify({ order: 'key', key })).toString('base64url');
    const keys: string[] = [];
    for (let after: unknown = place(''); after !== null; ) {
      const page = await get(`${root}/${id}/data?limit=25&after=${after}`);
      keys.push(...(page.items as JsonObject[]).map(({ key }) => String(key)));
      after = page.next ?? null;
    }
    expect(keys).toEqual(keys.toSorted());
    const { total } = await get(`${root}/${id}/data`);
    expect(keys).toHaveLength(Number(total));
    const { status, body } = await send('GET', `${root}/${id}/data?after=nowhere`);
    expect([status, body.field]).toEqual([400, 'query.after']);
  });

  test('tells which properties its objects have, and which of them are mapped', async () => {
    const { items } = await get(`${root}/${id}/object-types`);
    const user = (items as JsonObject[]).find(({ type }) => type === 'user');
    expect(user).toMatchObject({ isAccount: true });
    const properties = user?.properties as JsonObject[];
    const mapped = properties.filter(({ isMapped }) => isMapped).map(({ name }) => name);
    expect(mapped.sort()).toEqual(['givenName', 'mail', 'surname', 'userPrincipalName']);
    expect(properties.find(({ name }) => name === 'department')).toMatchObject({ isMapped: false });
  });

  test('is tried out again with the credentials that it has', async () => {
    const { status, body } = await send('POST', `${root}/${id}/test`);
    expect([status, body.isSuccessful]).toEqual([200, true]);
  });

  test('says what its mapping reads and the tenant does not export, and has it exported when asked to', async () => {
    const path = `/api/integrations/entra-id/${tenantName}/entity-types`;
    const before = await send('GET', path);
    const { version } = before.body;
    const entityTypes = (before.body.entityTypes as JsonObject[]).map(
      ({ name, attributes, links, filter }) => ({
        name,
        attributes:
          name === 'user'
            ? (attributes as string[]).filter((attribute) => attribute !== 'surname')
            : attributes,
        links,
        filter,
      }),
    );
    expect((await send('PUT', path, { entityTypes }, version)).status).toBe(200);
    const missing = [{ type: 'user', attribute: 'surname' }];
    expect(await get(`${root}/${id}`)).toMatchObject({ missingAttributes: missing });
    const { status, body } = await send('POST', `${root}/${id}/missing-attributes`);
    expect([status, body.missingAttributes]).toEqual([200, []]);
    const user = ((await get(path)).entityTypes as JsonObject[]).find(({ name }) => name === 'user');
    expect(user?.attributes).toContain('surname');
  });

  test('another application uses the same tenant, and its own credentials are not asked for', async () => {
    const { id: otherId } = await make('Second');
    const wrong = typed({ clientSecret: 'a~secret~that~nobody~looks~at.' });
    const profiles = await countRows('credential_profile');
    const { body } = await send('POST', `${root}/${otherId}/connect`, wrong);
    expect(body).toMatchObject({
      outcome: 'connected',
      usedTenant: { name: tenantName, profile: 'Microsoft Entra ID' },
      application: { mappings: [{ name: 'Second to identities' }] },
    });
    expect(await countRows('credential_profile')).toBe(profiles);
    const { sql } = getApi().database;
    const [mapping] = await sql<{ definition: JsonObject }[]>`
      select definition from mapping where name = 'Second to identities'`;
    // It is no source of identities: none is made or changed.
    expect(mapping?.definition.policies).not.toContainEqual(expect.objectContaining({ action: 'CREATE' }));
    expect(mapping?.definition.policies).not.toContainEqual(expect.objectContaining({ action: 'UPDATE' }));
  });

  test('new credentials take the place of the old ones only when that is asked for and they work', async () => {
    const path = `${root}/${id}/connect`;
    const wrong = typed({ clientSecret: 'a~secret~that~was~never~one.', replacesCredentials: true });
    expect((await send('POST', path, wrong)).body.outcome).toBe('refused');
    expect(await get(`/api/integrations/entra-id/${tenantName}`)).toMatchObject({
      profile: { name: 'Microsoft Entra ID' },
    });
    const right = typed({ replacesCredentials: true });
    expect((await send('POST', path, right)).body).toMatchObject({ outcome: 'connected', usedTenant: null });
    expect(await get(`/api/integrations/entra-id/${tenantName}`)).toMatchObject({
      profile: { name: 'Microsoft Entra ID 2' },
    });
    // What was there is kept: neither a second mapping nor a second job.
    expect(await get(`${root}/${id}`)).toMatchObject({
      mappings: [{ name: 'Microsoft Entra ID to identities' }],
    });
  });

  test('a connection is chosen by its name, too', async () => {
    const { id: namedId } = await make('Named');
    const { body } = await send('POST', `${root}/${namedId}/connect`, { connection: tenantName });
    expect(body).toMatchObject({ outcome: 'connected', application: { connection: { name: tenantName } } });
    const unknown = await send('POST', `${root}/${namedId}/connect`, { connection: 'nowhere' });
    expect([unknown.status, unknown.body.code]).toEqual([404, 'connection-unknown']);
  });

  test('rests while it is inactive; what a person had switched off stays so afterwards', async () => {
    const full = '/api/jobs/Microsoft%20Entra%20ID%20to%20identities%20(full)/schedule';
    const incremental = '/api/jobs/Microsoft%20Entra%20ID%20to%20identities%20(incremental)/schedule';
    const timing = (schedule: string, isEnabled: boolean) => ({
      pace: null,
      schedule,
      timeZone: 'UTC',
      isEnabled,
    });
    const seen = async (path: string) =>
      (await send('GET', path.replace('/schedule', ''))).body as JsonObject & { version: number };
    const put = async (path: string, body: unknown) => {
      const { status, body: answer } = await send('PUT', path, body, (await seen(path)).version);
      expect([status, answer.detail]).toEqual([200, undefined]);
    };
    await put(full, timing('0 3 * * *', true));
    await put(incremental, timing('*/15 * * * *', false));
    const before = await get(`${root}/${id}`);
    const change = ({ name, description, isAuthoritative }: JsonObject, isEnabled: boolean) => ({
      name,
      description,
      isAuthoritative,
      isEnabled,
      owners: [],
    });
    const off = await send('PUT', `${root}/${id}`, change(before, false), before.version);
    expect([off.status, off.body.isEnabled]).toEqual([200, false]);
    expect(await seen(full)).toMatchObject({ isEnabled: false, nextRunAt: null });
    const on = await send('PUT', `${root}/${id}`, change(before, true), off.body.version);
    expect(on.status).toBe(200);
    const active = await seen(full);
    expect(active.isEnabled).toBe(true);
    expect(new Date(String(active.nextRunAt)).getTime()).toBeGreaterThan(Date.now());
    expect(await seen(incremental)).toMatchObject({ isEnabled: false });
  });

  test('is not changed over what somebody else has changed', async () => {
    const before = await get(`${root}/${id}`);
    const { name, description, isAuthoritative, isEnabled, version } = before;
    const change = { name, description, isAuthoritative, isEnabled, owners: [] };
    expect((await send('PUT', `${root}/${id}`, { ...change, description: 'One' }, version)).status).toBe(200);
    const late = await send('PUT', `${root}/${id}`, { ...change, description: 'Other' }, version);
    expect([late.status, late.body.code]).toEqual([412, 'changed-meanwhile']);
    expect((await send('PUT', `${root}/${id}`, change)).status).toBe(428);
    const { owners: _, ...withoutOwners } = change;
    const half = await send('PUT', `${root}/${id}`, withoutOwners, late.body.version);
    expect([half.status, half.body.field]).toEqual([400, 'body.owners']);
  });

  test('goes with its mapping, links and jobs, after saying so; identities and the tenant stay', async () => {
    const { sql } = getApi().database;
    await makeIdentity('linked-1', { userName: 'linked', givenName: 'Li', sn: 'Nk', mail: 'li@example.com' });
    await sql`
      insert into account_link (mapping_id, qualifier, source_key, target_key)
      select mapping_id, 'default', 'account-1', 'linked-1' from mapping where name = 'Microsoft Entra ID to identities'`;
    const elsewhere = await send('POST', `${root}/${id}/connect`, { connection: tenantName });
    expect(elsewhere.body.outcome).toBe('connected');
    expect(await get(`${root}/${id}/removal`)).toEqual({
      mappings: [
        {
          name: 'Microsoft Entra ID to identities',
          links: 1,
          jobs: ['Microsoft Entra ID to identities (full)', 'Microsoft Entra ID to identities (incremental)'],
          reconciliations: 0,
        },
      ],
      identities: 1,
      connection: tenantName,
      runningJobRunIds: [],
    });
    const { version } = await get(`${root}/${id}`);
    const wrong = await send('DELETE', `${root}/${id}`, { name: 'Microsoft' }, version);
    expect([wrong.status, wrong.body.field]).toEqual([400, 'body.name']);
    const { status } = await send('DELETE', `${root}/${id}`, { name: 'Microsoft Entra ID' }, version);
    expect(status).toBe(204);
    expect((await send('GET', `${root}/${id}`)).status).toBe(404);
    const [left] = await sql<{ links: number; jobs: number; identities: number; tenants: number }[]>`
      select (select count(*)::int from account_link) as links,
        (select count(*)::int from job where identifier like 'Microsoft Entra ID to identities%') as jobs,
        (select count(*)::int from resource where key = 'linked-1') as identities,
        (select count(*)::int from tenant where name = ${tenantName}) as tenants`;
    expect(left).toEqual({ links: 0, jobs: 0, identities: 1, tenants: 1 });
  });
});

test('what is done with applications is in the audit, without any secret', async () => {
  const audit = JSON.stringify(await get('/api/audit?limit=200'));
  for (const action of ['create', 'connect', 'update', 'test', 'delete']) {
    expect(audit).toContain(`application.${action}`);
  }
  expect(audit).not.toContain(simulator.clientSecret);
});
