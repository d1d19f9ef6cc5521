/** The dashboard: what waits for a person, how fresh everything is, and how much changed, as far as the caller may see it. */
import { beforeAll, describe, expect, test } from 'vitest';
import { recordAudit } from '../src/store/audit.ts';
import { forgetWorker, recordWorker } from '../src/store/workers.ts';
import { type JsonObject, jobOf, taskOf, useApi, writeJobs } from './fixtures/api-server.ts';

const getApi = useApi();
let token = '';
beforeAll(async () => {
  token = await getApi().token('/Syncline', '/Jobs', '/Connectors');
});

const hourMs = 3_600_000;
const hoursAgo = (hours: number) => new Date(Date.now() - hours * hourMs);

interface SyncRow {
  readonly endedAt: Date;
  readonly state?: 'succeeded' | 'failed' | 'blocked';
  readonly message?: string;
  readonly inserted?: number;
  readonly deleted?: number;
  readonly objectClass?: string;
  readonly reason?: string;
}

/** A tenant of the console with a profile, and runs as they would have left their traces. */
async function addTenant(name: string, runs: readonly SyncRow[], isEnabled = true): Promise<number> {
  const { sql } = getApi().database;
  await sql`
    insert into credential_profile (name, type, client_id, created_by, changed_by) values ('Usual', 'client-secret', 'app', 'Ada', 'Ada')
    on conflict do nothing`;
  await sql`
    insert into tenant (name, tenant, cloud, credential_profile_id, is_enabled, floor_seconds, ceiling_seconds, created_by, changed_by)
    select ${name}, ${name}, 'Global', credential_profile_id, ${isEnabled}, 15, 300, 'Ada', 'Ada' from credential_profile where name = 'Usual'`;
  const [connection] = await sql<{ connectionId: number }[]>`
    insert into connection (name, source) values (${name}, 'a tenant') returning connection_id`;
  const connectionId = connection?.connectionId ?? 0;
  await sql`
    insert into entity_type (connection_id, name, resource_count) values (${connectionId}, 'user', 100), (${connectionId}, 'device', 7)`;
  for (const {
    endedAt,
    state = 'succeeded',
    message,
    inserted = 0,
    deleted = 0,
    objectClass = 'user',
    reason,
  } of runs) {
    const [run] = await sql<{ runId: number }[]>`
      insert into run (connection_id, kind, state, message, started_at, ended_at)
      values (${connectionId}, 'synchronize', ${state}, ${message ?? null}, ${endedAt}, ${endedAt}) returning run_id`;
    await sql`
      insert into run_object_class (run_id, connection_id, object_class, is_full, reason, total, inserted, updated, deleted, filtered,
        started_at, ended_at, state, message)
      values (${run?.runId ?? 0}, ${connectionId}, ${objectClass}, ${reason !== undefined}, ${reason ?? null}, 100, ${inserted}, 0,
        ${deleted}, 0, ${endedAt}, ${endedAt}, ${state}, ${message ?? null})`;
  }
  return connectionId;
}

async function look(bearer = token) {
  const { status, body } = await getApi().call('GET', '/api/dashboard', bearer);
  expect(status, JSON.stringify(body)).toBe(200);
  return body as JsonObject & {
    attention: readonly JsonObject[];
    tiles: JsonObject & { integrations: JsonObject; changes: JsonObject };
    tenants: readonly JsonObject[];
    administration: JsonObject;
  };
}

const ofKind = (attention: readonly JsonObject[], kind: string) =>
  attention.filter((one) => one.kind === kind);

describe('before anything is set up', () => {
  test('there is nothing to count, and no worker', async () => {
    const { tiles, tenants, attention, administration, profiles } = await look();
    expect(tiles).toMatchObject({
      integrations: { total: 0, healthy: 0 },
      objects: 0,
      changes: { today: 0, dayBefore: 0 },
      failures: { today: 0 },
    });
    expect(tenants).toEqual([]);
    expect(profiles).toEqual({ count: 0 });
    expect(attention.map(({ kind }) => kind)).toEqual(['no-worker']);
    expect(administration).toMatchObject({ configuration: { revision: null }, jobs: { running: 0 } });
  });

  test('a worker that lives is enough', async () => {
    const { sql } = getApi().database;
    await recordWorker(sql, { worker: 'alive', host: 'here', version: '0', slots: 1 });
    expect(await look()).toMatchObject({ attention: [], workers: { alive: 1 } });
    await forgetWorker(sql, 'alive');
  });
});

describe('with tenants', () => {
  beforeAll(async () => {
    const { sql } = getApi().database;
    await addTenant('healthy.example', [
      { endedAt: hoursAgo(30), inserted: 40 },
      { endedAt: hoursAgo(3), inserted: 10, deleted: 2 },
      { endedAt: hoursAgo(2), inserted: 5, reason: 'the delta token has expired' },
    ]);
    await addTenant('failing.example', [
      { endedAt: hoursAgo(5) },
      { endedAt: hoursAgo(1), state: 'failed', message: 'AADSTS7000222: the secret has expired.' },
    ]);
    const blockedId = await addTenant('blocked.example', [
      { endedAt: hoursAgo(6), objectClass: 'device' },
      { endedAt: hoursAgo(1), state: 'blocked', message: 'Too many.' },
    ]);
    await sql`
      insert into connection_block (connection_id, run_id, reasons)
      select connection_id, max(run_id), '["310 user objects would be deleted, the limit is 50"]' from run
      where connection_id = ${blockedId} group by connection_id`;
    await addTenant('resting.example', [], false);
    await addTenant('new.example', []);
    await sql`
      insert into graph_subscription (connection, resource, notification_url, act_at, failures, problem)
      values ('healthy.example', 'users', 'https://here.example', now(), 3, 'Microsoft Graph cannot reach the address.')`;
    await sql`
      insert into credential (credential_profile_id, place, label, set_by, expires_at)
      select credential_profile_id, place, label, 'Ada', now() + make_interval(days => days)
      from credential_profile cross join (values (1, 'Old', -1), (2, 'Soon', 12), (3, 'Late', 90)) as one (place, label, days)
      where name = 'Usual'`;
  });

  test('each is as healthy as it is', async () => {
    const { tiles, tenants } = await look();
    expect(tiles.integrations).toEqual({
      total: 5,
      healthy: 1,
      failing: 1,
      blocked: 1,
      disabled: 1,
      waiting: 1,
    });
    expect(tiles.objects).toBe(535);
    const status = Object.fromEntries(tenants.map(({ name, status }) => [String(name), status]));
    expect(status).toEqual({
      'healthy.example': 'succeeded',
      'failing.example': 'failed',
      'blocked.example': 'blocked',
      'resting.example': null,
      'new.example': null,
    });
    const failing = tenants.find(({ name }) => name === 'failing.example');
    expect(failing).toMatchObject({
      objects: { user: 100, device: 7 },
      message: expect.stringContaining('AADSTS'),
    });
    expect(Number(failing?.lagSeconds)).toBeGreaterThan(4.9 * 3600);
    const healthy = tenants.find(({ name }) => name === 'healthy.example');
    const changes = (healthy?.changes ?? []) as number[];
    expect(changes.reduce((sum, count) => sum + count, 0)).toBe(17);
    expect(changes).toHaveLength(12);
  });

  test('what waits for a person is named with what there is to do about it', async () => {
    const { attention } = await look();
    expect(ofKind(attention, 'blocked')).toMatchObject([
      { subject: 'blocked.example', message: '310 user objects would be deleted, the limit is 50' },
    ]);
    expect(ofKind(attention, 'failing')).toMatchObject([
      { subject: 'failing.example', message: 'AADSTS7000222: the secret has expired.' },
    ]);
    expect(ofKind(attention, 'credential-expired')).toMatchObject([{ subject: 'Usual', label: 'Old' }]);
    expect(ofKind(attention, 'credential-expiring')).toMatchObject([{ subject: 'Usual', label: 'Soon' }]);
    expect(ofKind(attention, 'subscription')).toMatchObject([
      { subject: 'healthy.example', label: 'users', message: 'Microsoft Graph cannot reach the address.' },
    ]);
    expect(ofKind(attention, 'token-lost')).toMatchObject([
      { subject: 'healthy.example', label: 'user', message: 'the delta token has expired' },
    ]);
    expect(JSON.stringify(attention)).not.toContain('Late');
  });

  test('what changed in the last day stands against the day before', async () => {
    const { tiles } = await look();
    expect(tiles.changes).toMatchObject({ today: 17, dayBefore: 40 });
    expect(tiles.changes.hours).toHaveLength(24);
  });

  test('failures are counted, of jobs and of commands', async () => {
    const { database, queue } = getApi();
    await writeJobs(database, [jobOf('doomed', { tasks: [taskOf('all')] })]);
    const launched = await queue.launch({ jobIdentifier: 'doomed', trigger: 'api', startedBy: 'a test' });
    if (launched.kind !== 'launched') throw new Error('It was not launched.');
    await database.sql`
      update job_run set state = 'failed', started_at = now(), ended_at = now() where job_run_id = ${launched.jobRunId}`;
    const { tiles, administration } = await look();
    expect(tiles.failures).toMatchObject({ today: 2, dayBefore: 0 });
    expect(administration.jobs).toMatchObject({ count: 1, blocked: 1 });
  });

  test('a caller sees no part that they have no permission for', async () => {
    const { tiles, workers, profiles, administration, attention } = await look(
      await getApi().token('/Syncline/Integrations/Query'),
    );
    expect([tiles.failures, workers, profiles]).toEqual([null, null, null]);
    expect(administration).toEqual({ jobs: null, connectors: null, configuration: null, audit: null });
    expect(attention.map(({ kind }) => kind)).not.toContain('credential-expiring');
    expect(attention.map(({ kind }) => kind)).not.toContain('no-worker');
  });

  describe('the changes over time', () => {
    const series = async (query: Readonly<Record<string, string>> = {}) => {
      const address = `/api/dashboard/changes?${new URLSearchParams(query)}`;
      const { status, body } = await getApi().call('GET', address, token);
      expect(status, JSON.stringify(body)).toBe(200);
      return body as JsonObject & { series: readonly JsonObject[]; markers: readonly JsonObject[] };
    };
    const total = (buckets: readonly JsonObject[], what: string) =>
      buckets.reduce((sum, bucket) => sum + Number(bucket[what]), 0);

    test('are told hour by hour, those included in which nothing happened', async () => {
      const { series: hours } = await series();
      expect(hours).toHaveLength(24);
      expect([total(hours, 'inserted'), total(hours, 'deleted')]).toEqual([15, 2]);
      expect(hours.filter(({ inserted }) => inserted === 0).length).toBeGreaterThan(20);
    });

    test('of one tenant', async () => {
      const { series: hours } = await series({ connection: 'FAILING.example' });
      expect(total(hours, 'inserted')).toBe(0);
    });

    test('day by day are those of the calendar of the zone, whatever its clocks do', async () => {
      const from = '2026-03-27T23:00:00Z';
      const to = '2026-03-30T22:00:00Z';
      const { series: days } = await series({ from, to, bucket: 'day', timeZone: 'Europe/Paris' });
      expect(days.map(({ at }) => at)).toEqual([
        '2026-03-27T23:00:00.000Z',
        '2026-03-28T23:00:00.000Z',
        '2026-03-29T22:00:00.000Z',
      ]);
    });

    test('have marks for what explains a leap', async () => {
      const { database } = getApi();
      const deployed = { action: 'configuration.deploy', subject: 'configuration', outcome: 'done' as const };
      await recordAudit(database.sql, { actor: 'Ada', ...deployed });
      const { markers } = await series();
      expect(markers.map(({ kind, subject }) => [kind, subject])).toEqual([
        ['full-scan', 'healthy.example'],
        ['configuration', 'Ada'],
      ]);
    });

    test.each([
      [{ from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' }],
      [{ from: '2020-01-01T00:00:00Z', to: '2026-01-01T00:00:00Z', bucket: 'day' }],
      [{ bucket: 'minute' }],
      [{ timeZone: 'Nowhere' }],
    ])('%j is refused', async (query) => {
      const address = `/api/dashboard/changes?${new URLSearchParams(query as Record<string, string>)}`;
      const { status, body } = await getApi().call('GET', address, token);
      expect([status, body.code]).toEqual([400, 'request-invalid']);
    });
  });
});
