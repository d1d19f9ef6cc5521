/** Tenants over HTTP, from adding to deleting, with a simulated tenant behind them and a worker that finds them by itself. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import { type Processing, startProcessing } from '../src/cli/processing.ts';
import type { Config } from '../src/config.ts';
import { type JsonObject, readAnswer, useApi } from './fixtures/api-server.ts';
import { openClient, type SimulatorClient } from './fixtures/simulator-client.ts';

const getApi = useApi();
const root = '/api/integrations/entra-id';
const patience = { timeout: 30_000, interval: 30 };

let simulator: Simulator;
let client: SimulatorClient;
let processing: Processing | undefined;
let token = '';
let readerToken = '';
let profileId = 0;
let wrongProfileId = 0;
let endpoints: JsonObject = {};
const errors: unknown[] = [];

beforeAll(async () => {
  simulator = await startSimulator({ users: 40, groups: 5 });
  client = await openClient(simulator);
  const api = getApi();
  token = await api.token('/Syncline', '/Jobs');
  readerToken = await api.token('/Syncline/Integrations/Query');
  endpoints = {
    authority: new URL(simulator.authority).origin,
    graph: simulator.graph,
    trustedCertificates: simulator.caPem,
  };
  profileId = await makeProfile('Sync reader', simulator.clientSecret);
  wrongProfileId = await makeProfile('Mistyped', 'no~such~secret');
});

afterAll(async () => {
  await processing?.stop();
  await client.close();
  await simulator.stop();
});

async function send(method: string, path: string, body?: unknown, version?: unknown, as = token) {
  const headers: Record<string, string> = { Authorization: `Bearer ${as}` };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (version !== undefined) headers['If-Match'] = `"${version}"`;
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  return await readAnswer(await fetch(getApi().server.url + path, init));
}

async function makeProfile(name: string, secret: string): Promise<number> {
  const { body } = await send('POST', '/api/credential-profiles', {
    name,
    type: 'client-secret',
    clientId: simulator.clientId,
    credentials: [{ secret }],
  });
  return Number(body.profileId);
}

/** A worker that knows nothing but the database and its key. */
async function startWork(): Promise<void> {
  const { database, dataDirectory } = getApi();
  const config: Config = {
    dataDirectory,
    databaseUrl: undefined,
    settingsFile: { path: `${dataDirectory}/none.json`, isDefault: true, dataDirectory },
    sealingKeyFile: undefined,
    allowsPrivateEndpoints: true,
    keepRunsDays: 30,
    environment: {},
  };
  processing = await startProcessing(config, database, {
    slots: 2,
    onProgress: () => {},
    onRun: () => {},
    onNotice: () => {},
    onError: (error) => errors.push(error),
  });
}

const get = async (name: string) => (await send('GET', `${root}/${name}`)).body;
const tenantOf = (change: object = {}) => ({
  tenant: simulator.tenantId,
  cloud: 'Custom',
  endpoints,
  profileId,
  ...change,
});

/** The tenant once it is as wanted. */
async function becomes(name: string, expected: object): Promise<JsonObject> {
  return await vi.waitFor(async () => {
    const tenant = await get(name);
    expect(tenant).toMatchObject(expected);
    return tenant;
  }, patience);
}

function nameOf(tenantId: string): string {
  return /^\d/.test(tenantId) ? `tenant-${tenantId}` : tenantId;
}

const changeOf = ({ profile, isEnabled, floorSeconds, ceilingSeconds }: JsonObject) => ({
  profileId: (profile as JsonObject).profileId,
  isEnabled,
  floorSeconds,
  ceilingSeconds,
});

describe('what is typed', () => {
  test.each([
    ['a tenant that is none', { tenant: 'not a tenant' }, 'body.tenant', 'is neither a domain nor the id'],
    ['no addresses', { endpoints: undefined }, 'body.endpoints', 'need the addresses'],
    ['addresses where none belong', { cloud: 'Global' }, 'body.endpoints', 'leave them out for Global'],
    [
      'an address in clear',
      {
        endpoints: {
          authority: 'http://login.example',
          graph: 'https://g.example/v1.0',
          trustedCertificates: null,
        },
      },
      'body.endpoints.authority',
      'The address of the sign-in is "http://login.example", which is not encrypted',
    ],
    [
      'a Graph without a version',
      {
        endpoints: {
          authority: 'https://login.example',
          graph: 'https://g.example',
          trustedCertificates: null,
        },
      },
      'body.endpoints.graph',
      'does not end with the version',
    ],
    [
      "a cloud's metadata service",
      {
        endpoints: {
          authority: 'https://169.254.169.254',
          graph: 'https://g.example/v1.0',
          trustedCertificates: null,
        },
      },
      'body.endpoints.authority',
      'metadata service',
    ],
    [
      'a certificate that is none',
      {
        endpoints: {
          authority: 'https://a.example',
          graph: 'https://g.example/v1.0',
          trustedCertificates: 'PEM',
        },
      },
      'body.endpoints.trustedCertificates',
      'has no certificate in it',
    ],
    ['a profile that is not there', { profileId: 4711 }, 'body.profileId', 'no such credential profile'],
    [
      'a pace that contradicts itself',
      { floorSeconds: 900, ceilingSeconds: 5 },
      'body.floorSeconds',
      'longer',
    ],
    [
      'a simulated tenant where none runs',
      { cloud: 'Simulated', endpoints: undefined },
      'body.cloud',
      'simulated',
    ],
    [
      'a tenant that the sign-in does not know',
      { tenant: 'fabrikam.example' },
      'body.tenant',
      'knows no tenant',
    ],
  ])('is refused at its field: %s', async (_, change, field, words) => {
    const { status, body } = await send('POST', root, tenantOf(change));
    expect([status, body]).toEqual([
      400,
      expect.objectContaining({ code: 'request-invalid', field, detail: expect.stringContaining(words) }),
    ]);
  });

  test('is refused where the caller may only look', async () => {
    expect((await send('POST', root, tenantOf(), undefined, readerToken)).status).toBe(403);
    expect((await send('GET', root, undefined, undefined, readerToken)).status).toBe(200);
  });
});

describe('a test of the connection', () => {
  test('goes through with the right secret, and stores nothing', async () => {
    const { status, body } = await send('POST', `${root}/test`, tenantOf());
    expect([status, body.isSuccessful]).toEqual([200, true]);
    expect((body.checks as readonly JsonObject[]).map(({ step }) => step)).toEqual(
      expect.arrayContaining(['dns', 'tls', 'authority', 'secret', 'consent', 'permission', 'graph']),
    );
    expect((await send('GET', root)).body.items).toEqual([]);
  });

  test('names the wrong secret and the way to mend it', async () => {
    const { body } = await send('POST', `${root}/test`, tenantOf({ profileId: wrongProfileId }));
    expect(body.isSuccessful).toBe(false);
    const failed = (body.checks as readonly JsonObject[]).filter(({ outcome }) => outcome === 'failed');
    expect(failed).toEqual([
      expect.objectContaining({
        step: 'secret',
        message: expect.stringMatching(/7000215/),
        remedy: expect.any(String),
      }),
    ]);
    expect(JSON.stringify(body)).not.toContain('no~such~secret');
  });

  test('leads nowhere but to the internet where private addresses are not allowed', async () => {
    const { openTenantDoor } = await import('../src/cli/tenant-door.ts');
    const { database, dataDirectory, server } = getApi();
    const config: Config = {
      dataDirectory,
      databaseUrl: undefined,
      settingsFile: { path: `${dataDirectory}/none.json`, isDefault: true, dataDirectory },
      sealingKeyFile: undefined,
      allowsPrivateEndpoints: false,
      keepRunsDays: 30,
      environment: {},
    };
    const door = openTenantDoor({
      config,
      sql: database.sql,
      sealing: server.sealing,
      onRemovalRequested: () => {},
    });
    const { port } = new URL(simulator.authority);
    const at = (host: string) => ({
      authority: `https://${host}:${port}`,
      graph: `https://${host}:${port}/v1.0`,
      trustedCertificates: simulator.caPem,
    });
    const place = { tenant: simulator.tenantId, cloud: 'Custom' as const };
    expect(door.checkPlace({ ...place, endpoints: at('127.0.0.1') })).toMatchObject({
      field: 'endpoints.authority',
      message: expect.stringContaining('SYNCLINE_ALLOW_PRIVATE_ENDPOINTS=1'),
    });
    // A name is looked up when it is used, whatever it led to before.
    const report = await door.testPlace(
      { ...place, endpoints: at('localhost') },
      profileId,
      new AbortController().signal,
    );
    expect(report.isSuccessful).toBe(false);
    expect(report.checks[0]).toMatchObject({ step: 'dns', outcome: 'failed' });
    expect(report.checks.filter(({ step }) => step === 'secret')).toEqual([
      expect.objectContaining({ outcome: 'skipped' }),
    ]);
  });
});

describe('a tenant, from its first day to its last', () => {
  const path = () => `${root}/${nameOf(simulator.tenantId)}`;
  const name = () => nameOf(simulator.tenantId);

  test('is added, and its first run is queued at once', async () => {
    const { status, body, headers } = await send(
      'POST',
      root,
      tenantOf({ floorSeconds: 3600, ceilingSeconds: 3600 }),
    );
    expect([status, body]).toEqual([
      201,
      expect.objectContaining({
        name: name(),
        origin: 'console',
        tenant: simulator.tenantId,
        entraTenantId: simulator.tenantId,
        isEnabled: true,
        profile: { profileId, name: 'Sync reader' },
        lastSyncStatus: 'queued',
        isFullScanNext: true,
        fullScan: expect.objectContaining({ isNext: true, isNew: true, requestedBy: null }),
        jobIdentifier: name(),
        runningJobRunId: expect.any(Number),
        version: 1,
      }),
    ]);
    expect(headers.get('ETag')).toBe('"1"');
    const again = await send('POST', root, tenantOf());
    expect([again.status, again.body.code]).toEqual([409, 'tenant-exists']);
  });

  test('is read in full by a worker that finds it in the database, and is read for changes from then on', async () => {
    await startWork();
    const tenant = await becomes(name(), { lastSyncStatus: 'succeeded', isFullScanNext: false });
    expect(tenant).toMatchObject({
      runningJobRunId: null,
      objects: expect.any(Number),
      lastSyncStart: expect.any(String),
      nextRunAt: expect.any(String),
    });
    expect(Number(tenant.objects)).toBeGreaterThanOrEqual(45);
    const [profile] = (await send('GET', '/api/credential-profiles?q=reader')).body
      .items as readonly JsonObject[];
    expect(profile).toMatchObject({ name: 'Sync reader' });
  });

  test('is in the list, found by search and filter, and in the navigation', async () => {
    const names = async (query: string) =>
      ((await send('GET', `${root}?${query}`)).body.items as readonly JsonObject[]).map((item) => item.name);
    expect(await names('')).toEqual([name()]);
    expect(await names('q=READER')).toEqual([name()]);
    expect(await names('q=nothing')).toEqual([]);
    expect(await names('status=succeeded&enabled=true&sort=-objects')).toEqual([name()]);
    expect(await names('status=never')).toEqual([]);
    expect(await names('enabled=false')).toEqual([]);
    expect(await send('GET', `${root}?page=2`)).toMatchObject({ body: { items: [], total: 1 } });
    expect((await send('GET', '/api/integrations')).body).toMatchObject({
      types: [
        { type: 'entra-id', count: 1, unhealthy: 0 },
        { type: 'credential-profile', count: 2 },
      ],
      tenants: [{ name: name(), status: 'succeeded' }],
    });
  });

  test('is changed only by who saw what it is', async () => {
    const tenant = await get(name());
    const wanted = changeOf(tenant);
    expect((await send('PUT', path(), wanted)).body.code).toBe('version-missing');
    const changed = await send('PUT', path(), { ...wanted, ceilingSeconds: 7200 }, 1);
    expect([changed.status, changed.body]).toEqual([
      200,
      expect.objectContaining({ version: 2, ceilingSeconds: 7200, cancelledJobRunId: null }),
    ]);
    const late = await send('PUT', path(), wanted, 1);
    expect([late.status, late.body]).toEqual([
      412,
      expect.objectContaining({
        code: 'changed-meanwhile',
        version: 2,
        changedBy: expect.stringContaining('API client'),
      }),
    ]);
  });

  test('is read in full again when a person asks for it, once', async () => {
    const asked = await send('PUT', `${path()}/full-scan`, { isWanted: true });
    expect(asked.body).toMatchObject({
      isNext: true,
      requestedBy: expect.stringContaining('API client'),
      requestedAt: expect.any(String),
    });
    const taken = await send('PUT', `${path()}/full-scan`, { isWanted: false });
    expect(taken.body).toMatchObject({ isNext: false, requestedBy: null, reason: null });
    await send('PUT', `${path()}/full-scan`, { isWanted: true });
    const { body } = await send('POST', `/api/jobs/${name()}/runs`, {});
    const run = await vi.waitFor(async () => {
      const found = (await send('GET', `/api/runs/${body.jobRunId}`)).body;
      expect(found.state).toBe('succeeded');
      return found;
    }, patience);
    expect(JSON.stringify(run)).toContain('a full scan was asked for by API client');
    expect(await get(name())).toMatchObject({
      isFullScanNext: false,
      fullScan: { isNext: false, requestedBy: null },
    });
  });

  test('is not run while it is disabled, and shows by whom that was done', async () => {
    const tenant = await get(name());
    const off = await send('PUT', path(), { ...changeOf(tenant), isEnabled: false }, tenant.version);
    expect(off.body).toMatchObject({ isEnabled: false, nextRunAt: null });
    expect((await send('GET', `${root}?enabled=false`)).body.total).toBe(1);
    const [user] = (await client.page('/users?$top=1&$select=userPrincipalName')).value;
    const [, domain] = String(user?.userPrincipalName).split('@');
    const made = await client.send('POST /users', {
      accountEnabled: true,
      displayName: 'Came while it was off',
      mailNickname: 'off',
      userPrincipalName: `off@${domain}`,
      passwordProfile: { password: 'Aa1!aaaaaaaa' },
    });
    expect(made.status).toBe(201);
    const on = await send('PUT', path(), { ...changeOf(tenant), isEnabled: true }, off.body.version);
    expect(on.body.isEnabled).toBe(true);
    await becomes(name(), { objects: Number(tenant.objects) + 1 });
  });

  test('fails in words with a profile that does not work, and keeps what it has', async () => {
    const tenant = await get(name());
    const change = { ...changeOf(tenant), profileId: wrongProfileId };
    const { body } = await send('PUT', path(), change, tenant.version);
    const failed = await becomes(name(), { lastSyncStatus: 'failed' });
    expect(failed).toMatchObject({
      lastSyncMessage: expect.stringContaining('AADSTS7000215'),
      objects: tenant.objects,
    });
    const back = await send('PUT', path(), { ...change, profileId }, body.version);
    expect(back.status).toBe(200);
    // It goes on where it was: nothing is read in full.
    await becomes(name(), { lastSyncStatus: 'succeeded', isFullScanNext: false });
  });

  test('is deleted only by its name, which says what would be lost', async () => {
    const tenant = await get(name());
    const impact = (await send('GET', `${path()}/impact`)).body;
    expect(impact).toMatchObject({ objects: tenant.objects, jobIdentifier: name(), tags: 0 });
    expect(Number(impact.links)).toBeGreaterThan(0);
    expect(Number(impact.runs)).toBeGreaterThan(2);
    const wrong = await send('DELETE', `${path()}?data=keep`, { name: 'another' }, tenant.version);
    expect([wrong.status, wrong.body.field]).toEqual([400, 'body.name']);
  });

  test('is gone when it is deleted, and what was read stays where that is wanted', async () => {
    const { sql } = getApi().database;
    const tenant = await get(name());
    const gone = await send('DELETE', `${path()}?data=keep`, { name: name() }, tenant.version);
    expect(gone.status).toBe(204);
    expect((await send('GET', path())).status).toBe(404);
    expect((await send('GET', `/api/jobs/${name()}`)).status).toBe(404);
    const [kept] = await sql<{ count: number }[]>`select count(*)::int as count from resource`;
    expect(kept?.count).toBe(tenant.objects);
    // Added again, it goes on from there.
    const again = await send('POST', root, tenantOf({ floorSeconds: 3600, ceilingSeconds: 3600 }));
    expect(again.body).toMatchObject({ isFullScanNext: false });
    await becomes(name(), { lastSyncStatus: 'succeeded' });
  });

  test('goes with everything where that is wanted', async () => {
    const { sql } = getApi().database;
    const tenant = await get(name());
    const gone = await send('DELETE', `${path()}?data=purge`, { name: name() }, tenant.version);
    expect(gone.status).toBe(204);
    await vi.waitFor(async () => {
      expect((await send('GET', `${root}/removals`)).body.removals).toEqual([]);
    }, patience);
    const [left] = await sql`
      select (select count(*) from resource)::int as resources, (select count(*) from change)::int as changes,
        (select count(*) from connection where source <> 'identities')::int as connections, (select count(*) from run)::int as runs,
        (select count(*) from resource_link)::int as links, (select count(*) from job_run)::int as job_runs,
        (select count(*) from pg_class where relname ~ '^resource_link_[0-9]+$')::int as partitions,
        (select count(*) from pg_views where schemaname = 'directory')::int as views`;
    expect(left).toEqual({
      resources: 0,
      changes: 0,
      connections: 0,
      runs: 0,
      links: 0,
      jobRuns: 0,
      partitions: 0,
      views: 0,
    });
    expect(errors).toEqual([]);
    const { body } = await send('GET', '/api/audit');
    expect(JSON.stringify(body)).toContain('tenant.delete');
  });
});
