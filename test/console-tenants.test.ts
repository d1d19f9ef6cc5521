/**
 * Tenants of the console as the commands find them, and removing one by a server that dies on the way: real processes on one
 * database, with a simulated tenant.
 */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import { hashSecret, makeSecret } from '../src/http/oauth/client-credentials.ts';
import { createApiClient } from '../src/store/api-clients.ts';
import { type JsonObject, readAnswer, signIn } from './fixtures/api-server.ts';
import { useOwnDatabase } from './fixtures/own-database.ts';
import { type RunningCommand, runSyncline } from './fixtures/syncline-command.ts';

const own = useOwnDatabase();
const root = '/api/integrations/entra-id';
const secret = makeSecret();
const running: RunningCommand[] = [];

let simulator: Simulator;
let server: Readonly<{ url: string; command: RunningCommand; token: string }>;
let name = '';

beforeAll(async () => {
  simulator = await startSimulator({ users: 30, groups: 4, memberships: 60 });
  name = /^\d/.test(simulator.tenantId) ? `tenant-${simulator.tenantId}` : simulator.tenantId;
  await createApiClient(
    own().database.sql,
    {
      identifier: 'administration',
      displayName: 'Administration',
      hashedSecret: hashSecret(secret),
      profile: null,
      permissions: ['/Syncline'],
      expiresAt: null,
    },
    { origin: 'command', createdBy: 'a test' },
  );
  server = await startServer();
});

afterAll(async () => {
  await Promise.all(running.map((command) => command.stop('SIGKILL')));
  await simulator.stop();
});

const environment = (more: Readonly<Record<string, string>> = {}) => ({
  DATABASE_URL: own().url,
  SYNCLINE_DATA: own().dataDirectory,
  SYNCLINE_ALLOW_PRIVATE_ENDPOINTS: '1',
  SYNCLINE_LOG_LEVEL: 'error',
  ...more,
});

function start(words: readonly string[], more?: Readonly<Record<string, string>>): RunningCommand {
  const command = runSyncline(words, environment(more));
  running.push(command);
  return command;
}

async function startServer() {
  const command = start(['serve', '--port', '0', '--json']);
  const { url } = JSON.parse(await command.line(/"url"/)) as { url: string };
  return { url, command, token: await signIn(url, 'administration', secret) };
}

async function send(method: string, path: string, body?: unknown, version?: unknown) {
  const headers: Record<string, string> = { Authorization: `Bearer ${server.token}` };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (version !== undefined) headers['If-Match'] = `"${version}"`;
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  return await readAnswer(await fetch(server.url + path, init));
}

async function makeTenant(tenant: string): Promise<JsonObject> {
  const { body: profile } = await send('POST', '/api/credential-profiles', {
    name: `Profile of ${tenant}`,
    type: 'client-secret',
    clientId: simulator.clientId,
    credentials: [{ secret: simulator.clientSecret }],
  });
  const { status, body } = await send('POST', root, {
    tenant,
    cloud: 'Custom',
    endpoints: {
      authority: new URL(simulator.authority).origin,
      graph: simulator.graph,
      trustedCertificates: simulator.caPem,
    },
    profileId: profile.profileId,
    isEnabled: false,
  });
  expect([status, body]).toEqual([201, expect.anything()]);
  return body;
}

describe('the commands', () => {
  test('read a tenant of the console by its name, in any case, and compare it', async () => {
    await makeTenant(simulator.tenantId);
    const synced = await start(['sync', name.toUpperCase(), '--json']).ended;
    expect([synced.code, synced.complaint.includes('Fault')]).toEqual([0, false]);
    const verified = await start(['verify', name]).ended;
    expect(verified.code).toBe(0);
    const tried = await start(['test-connection', name]).ended;
    expect(tried.lines.at(-1)).toBe(`The connection ${name} works.`);
    expect((await send('GET', `${root}/${name}`)).body).toMatchObject({
      lastSyncStatus: 'succeeded',
      isEnabled: false,
    });
  });

  test('say which names there are when one is mistyped', async () => {
    const ended = await start(['sync', 'contoso.example']).ended;
    expect(ended.code).toBe(2);
    expect(ended.complaint).toContain('There is no connection "contoso.example"');
  });

  test('do not go to a private address that somebody typed, unless this machine allows it', async () => {
    const ended = await start(['test-connection', name], { SYNCLINE_ALLOW_PRIVATE_ENDPOINTS: '0' }).ended;
    expect(ended.code).toBe(1);
    expect(ended.lines.join('\n')).toMatch(/✗ Name of .*no public address/);
    const wrong = await start(['sync', name], { SYNCLINE_ALLOW_PRIVATE_ENDPOINTS: 'yes' }).ended;
    expect([wrong.code, wrong.complaint]).toEqual([
      2,
      'syncline: SYNCLINE_ALLOW_PRIVATE_ENDPOINTS is "yes": write 1 to allow it, or 0.\n',
    ]);
  });
});

describe('a tenant with much data', () => {
  const rows = 200_000;
  const big = 'big.example';

  /** As a synchronization would have left it, without reading it for minutes. */
  async function fill(): Promise<void> {
    const { sql } = own().database;
    await sql`
      with c as (insert into connection (name, source) values (${big}, ${big}) returning connection_id),
        r as (insert into run (connection_id, kind, state, ended_at) select connection_id, 'synchronize', 'succeeded', now() from c),
        t as (
          insert into entity_type (connection_id, name, mapping, cookie, cookie_at, resource_count)
          select connection_id, 'user', '[]', 'cookie', now(), ${rows} from c returning entity_type_id),
        o as (
          insert into resource (entity_type_id, key, attributes)
          select entity_type_id, lpad(i::text, 8, '0'), '{"displayName": "Somebody"}' from t, generate_series(1, ${rows}) as i)
      insert into change (set_id, kind, entity_type_id, key, after)
      select 0, 'insert', entity_type_id, lpad(i::text, 8, '0'), '{"displayName": "Somebody"}' from t, generate_series(1, ${rows}) as i`;
    await sql`
      insert into tenant (name, tenant, cloud, credential_profile_id, is_enabled, floor_seconds, ceiling_seconds, created_by, changed_by)
      select ${big}, ${big}, 'Global', credential_profile_id, false, 15, 900, 'a test', 'a test' from credential_profile limit 1`;
  }

  const countLeft = async () => {
    const [left] = await own().database.sql<{ resources: number; removals: number; kept: number }[]>`
      select (select count(*) from resource where key ~ '^[0-9]{8}$')::int as resources,
        (select count(*) from connection_removal)::int as removals,
        (select count(*) from resource where key !~ '^[0-9]{8}$')::int as kept`;
    return left;
  };

  test('is out of sight at once, and gone to the last row though the server is killed meanwhile', async () => {
    await fill();
    const { sql } = own().database;
    const before = await countLeft();
    const { version } = (await send('GET', `${root}/${big}`)).body;
    const { body: impact } = await send('GET', `${root}/${big}/impact`);
    expect(impact).toMatchObject({ objects: rows, runs: 1 });
    expect((await send('DELETE', `${root}/${big}?data=purge`, { name: big }, version)).status).toBe(204);

    await vi.waitFor(
      async () => {
        const [removal] = await sql<{ done: number }[]>`select done::int as done from connection_removal`;
        expect(removal?.done).toBeGreaterThan(0);
      },
      { timeout: 20_000, interval: 5 },
    );
    await server.command.stop('SIGKILL');
    const half = await countLeft();
    expect(half?.removals).toBe(1);
    expect(half?.resources).toBeGreaterThan(0);
    // What is still there belongs to nobody.
    const [seen] = await sql`
      select (select count(*) from connection where name = ${big})::int as connections,
        (select count(*) from entity_type join resource using (entity_type_id) where key ~ '^[0-9]{8}$')::int as resources`;
    expect(seen).toEqual({ connections: 0, resources: 0 });

    server = await startServer();
    const { body } = await send('GET', `${root}/removals`);
    expect(body.removals).toEqual([expect.objectContaining({ name: big, isWaiting: false })]);
    await vi.waitFor(async () => expect((await countLeft())?.removals).toBe(0), {
      timeout: 60_000,
      interval: 50,
    });
    expect(await countLeft()).toEqual({ resources: 0, removals: 0, kept: before?.kept });
    const [changes] = await sql`select count(*)::int as count from change where key ~ '^[0-9]{8}$'`;
    expect(changes?.count).toBe(0);
    expect(before?.kept).toBeGreaterThan(30);
  });
});

test('a list of 200 tenants with 100,000 runs is there in less than 100 ms', async () => {
  const { sql } = own().database;
  await sql`
    with c as (
      insert into connection (name, source) select 'bulk-' || i || '.example', 'bulk-' || i from generate_series(1, 200) as i
      returning connection_id, name),
      t as (
        insert into entity_type (connection_id, name, cookie, resource_count)
        select connection_id, kind, 'cookie', 5000 from c cross join unnest(array['user', 'group', 'device']) as kind),
      r as (
        insert into run (connection_id, kind, state, ended_at)
        select connection_id, 'synchronize', 'succeeded', now() from c cross join generate_series(1, 500)),
      j as (
        insert into job (identifier, display_name, origin, next_run_at, is_enabled)
        select name, name, 'console', now() + interval '1 day', true from c returning job_id, identifier),
      l as (
        insert into job_run (job_id, job_identifier, state, trigger, started_by, started_at, ended_at)
        select job_id, identifier, 'succeeded', 'follow', 'following', now(), now() from j cross join generate_series(1, 500))
    insert into tenant (name, tenant, cloud, credential_profile_id, is_enabled, floor_seconds, ceiling_seconds, created_by, changed_by)
    select name, name, 'Global', (select min(credential_profile_id) from credential_profile), true, 15, 900, 'a test', 'a test' from c`;
  await sql`analyze`;
  const times: number[] = [];
  for (let count = 0; count < 40; count++) {
    const before = performance.now();
    const { body } = await send('GET', `${root}?pageSize=100&q=bulk&sort=-lastSyncStart&page=2`);
    times.push(performance.now() - before);
    expect(body.total).toBe(200);
  }
  // What else runs on the machine is not what is measured.
  const quarter = times.sort((one, other) => one - other)[times.length / 4];
  expect(quarter).toBeLessThan(100);
});
