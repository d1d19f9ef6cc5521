/** Runs as people look through them: lists, how long they may take, what their tasks told, and what guards hold back of them. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Item } from '../src/model/item.ts';
import { appendTaskRunLog } from '../src/store/task-run-log.ts';
import { type JsonObject, jobOf, taskOf, useApi, writeJobs } from './fixtures/api-server.ts';
import { onResources, setUpGuardBench } from './fixtures/guard-bench.ts';
import { user } from './fixtures/sync-bench.ts';

const getApi = useApi();
let token = '';

beforeAll(async () => {
  const { database } = getApi();
  await writeJobs(database, [
    jobOf('Alpha', { displayName: 'Morning: everything', schedule: '0 6 * * *' }),
    jobOf('Beta', { displayName: 'Every quarter of an hour', schedule: '*/15 * * * *' }),
    jobOf('gamma', { displayName: '100% by hand', tasks: [taskOf('read'), taskOf('apply', { level: 1 })] }),
  ]);
  token = await getApi().token('/Jobs', '/Custom');
  // Ten runs of Beta, a minute apart, each of which took so many minutes as its number says.
  await database.sql`
    insert into job_run (job_id, job_identifier, state, trigger, started_by, message, queued_at, started_at, ended_at)
    select job_id, identifier, case when number = 4 then 'failed' else 'succeeded' end::job_run_state, 'schedule', 'the schedule',
      case when number = 4 then 'The tenant cannot be reached.' end, at, at, at + make_interval(mins => number)
    from job cross join generate_series(1, 10) as number
      cross join lateral (select timestamptz '2026-11-01T00:00:00Z' + make_interval(hours => number) as at) as times
    where identifier = 'Beta' order by number`;
});

const get = async (path: string) => (await getApi().call('GET', path, token)).body;
const items = async (path: string) => (await get(path)).items as readonly JsonObject[];
const names = async (path: string) => (await items(path)).map(({ identifier }) => identifier);

describe('jobs as a list', () => {
  test('are found by their names, sorted, and a page at a time', async () => {
    expect(await names('/api/jobs?q=QUARTER')).toEqual(['Beta']);
    expect(await names('/api/jobs?q=alph')).toEqual(['Alpha']);
    expect(await names('/api/jobs?q=100%25')).toEqual(['gamma']);
    expect(await names('/api/jobs?q=%5F')).toEqual([]);
    expect(await names('/api/jobs')).toEqual(['gamma', 'Beta', 'Alpha']);
    expect(await names('/api/jobs?sort=-identifier&pageSize=2')).toEqual(['gamma', 'Beta']);
    expect(await get('/api/jobs?sort=-identifier&pageSize=2&page=2')).toMatchObject({
      items: [{ identifier: 'Alpha' }],
      page: 2,
      pageSize: 2,
      total: 3,
    });
    expect(await get('/api/jobs?page=9')).toMatchObject({ items: [], total: 3 });
    expect(await names('/api/jobs?sort=-lastRunAt')).toEqual(['Beta', 'Alpha', 'gamma']);
    expect((await get('/api/jobs?sort=colour')).field).toBe('query.sort');
  });

  test('tell how their last runs ended and how long they take', async () => {
    const [beta] = await items('/api/jobs?q=quarter');
    expect(beta).toMatchObject({ medianSeconds: 6 * 60, underWay: null, taskCount: 2 });
    const lastRuns = beta?.lastRuns as readonly JsonObject[];
    expect(lastRuns.map(({ seconds }) => Number(seconds) / 60)).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect(lastRuns[6]).toMatchObject({ state: 'failed' });
  });
});

describe('runs as a list', () => {
  const minutes = async (query: string) =>
    (await items(`/api/runs?job=beta${query}`)).map(
      ({ startedAt, endedAt }) => (Date.parse(String(endedAt)) - Date.parse(String(startedAt))) / 60_000,
    );

  test('are filtered, searched, sorted, and counted', async () => {
    expect(await minutes('&pageSize=3')).toEqual([10, 9, 8]);
    expect(await minutes('&pageSize=3&page=4')).toEqual([1]);
    expect(await minutes('&sort=duration&pageSize=2')).toEqual([1, 2]);
    expect(await minutes('&state=failed')).toEqual([4]);
    expect(await minutes('&q=cannot%20BE')).toEqual([4]);
    expect(await minutes('&isEnded=false')).toEqual([]);
    expect(await minutes('&from=2026-11-01T08:00:00Z')).toEqual([10, 9, 8]);
    expect(await minutes('&from=2026-11-01T08:00:00%2B01:00&to=2026-11-01T08:00:00Z')).toEqual([7]);
    expect(await get('/api/runs?q=quarter&pageSize=1')).toMatchObject({
      items: [{ displayName: 'Every quarter of an hour' }],
      total: 10,
      isTotalExact: true,
    });
    expect((await get('/api/runs?from=yesterday')).field).toBe('query.from');
  });

  test('are found by their number', async () => {
    const [run] = await items('/api/runs?job=beta&state=failed');
    const found = await items(`/api/runs?q=${run?.jobRunId}`);
    expect(found.map(({ jobRunId }) => jobRunId)).toContain(run?.jobRunId);
  });
});

test('a run says how long it may take, from the last ones of its kind', async () => {
  const { sql } = getApi().database;
  const made = await sql<{ jobRunId: number }[]>`
    insert into job_run (job_id, job_identifier, state, trigger, started_by, is_full, started_at, ended_at)
    select job_id, identifier, 'succeeded', 'api', 'a test', number > 3, now(), now() + make_interval(secs => 10 * number)
    from job cross join generate_series(1, 5) as number where identifier = 'gamma' order by number returning job_run_id`;
  await sql`
    insert into task_run (job_run_id, place, identifier, definition, state, started_at, ended_at)
    select job_run_id, 0, 'read', '{"kind": "export", "displayName": "", "level": 0, "connections": ["contoso"]}', 'succeeded',
      started_at, started_at + (ended_at - started_at) / 2
    from job_run where job_run_id = any(${made.map(({ jobRunId }) => jobRunId)}::int[])`;
  const [first, , , fourth] = made;
  expect(await get(`/api/runs/${first?.jobRunId}`)).toMatchObject({
    displayName: '100% by hand',
    isJobThere: true,
    expectedSeconds: 20,
    tasks: [{ identifier: 'read', connections: ['contoso'], expectedSeconds: 10, objectsPerSecond: null }],
  });
  expect(await get(`/api/runs/${fourth?.jobRunId}`)).toMatchObject({ expectedSeconds: 45 });
  expect(await get('/api/jobs/gamma')).toMatchObject({
    medianFullSeconds: 45,
    tasks: [{ medianSeconds: 10 }, {}],
  });
});

describe('the log of a task', () => {
  let path = '';
  beforeAll(async () => {
    const { sql } = getApi().database;
    const [run] = await sql<{ jobRunId: number; taskRunId: number }[]>`
      with made as (
        insert into job_run (job_identifier, state, trigger, started_by) values ('gone', 'failed', 'api', 'a test')
        returning job_run_id)
      insert into task_run (job_run_id, place, identifier, definition, state)
      select job_run_id, 0, 'read', '{"kind": "export", "displayName": "", "level": 0, "connections": []}', 'failed' from made
      returning job_run_id, task_run_id`;
    for (const [level, message] of [
      ['information', 'user: reads'],
      ['warning', 'user: Waits for 10 s.'],
      ['error', 'user: It broke\nin two lines.'],
      ['information', 'The end: 100%'],
    ] as const) {
      await appendTaskRunLog(sql, run?.taskRunId ?? 0, level, message);
    }
    path = `/api/runs/${run?.jobRunId}/tasks/${run?.taskRunId}/log`;
  });
  const messages = async (query: string) =>
    ((await get(path + query)).lines as readonly JsonObject[]).map(({ message }) => message);

  test('is narrowed by level and text, and read from its end', async () => {
    expect(await messages('?level=warning')).toEqual([
      'user: Waits for 10 s.',
      'user: It broke\nin two lines.',
    ]);
    expect(await messages('?level=error&limit=1')).toEqual(['user: It broke\nin two lines.']);
    expect(await messages('?q=WAITS')).toEqual(['user: Waits for 10 s.']);
    expect(await messages('?q=0%25')).toEqual(['The end: 100%']);
    expect(await messages('?tail=true&limit=2')).toEqual(['user: It broke\nin two lines.', 'The end: 100%']);
    expect((await get(`${path}?level=fatal`)).field).toBe('query.level');
  });

  test('is a file', async () => {
    const { status, headers, body } = await getApi().call('GET', `${path}.txt?level=warning`, token);
    expect(status).toBe(200);
    expect(headers.get('Content-Disposition')).toMatch(/^attachment; filename="run-\d+-task-\d+\.log"$/);
    const lines = String(body.text).split('\n');
    expect(lines[0]).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z warning user: Waits for 10 s\.$/);
    expect(lines[2]).toBe('  in two lines.');
  });
});

describe('what a guard holds back', () => {
  const person = (number: number, displayName = `User ${number}`): Item => ({
    key: `u${number}`,
    attributes: { displayName },
  });

  test('is shown against the limits, with names and hints, and is a file', async () => {
    const bench = setUpGuardBench(getApi());
    bench.source.offer('user', { pages: [Array.from({ length: 40 }, (_, index) => person(index + 1))] });
    await bench.sync({ entityTypes: [user] });
    const changed = Array.from({ length: 30 }, (_, index) => person(index + 1, `=Renamed ${index}`));
    bench.source.offer('user', { pages: [[...changed, { key: 'u40', removed: 'forever' as const }]] });
    const guards = {
      ...onResources({ updatedCount: 10, deletedCount: 5, deletedPercent: 50 }),
      entityTypes: { user: { ...onResources({ updatedPercent: 20 }).resources } },
    };
    await expect(bench.sync({ entityTypes: [user], guards })).rejects.toMatchObject({
      code: 'guard-exceeded',
    });

    const path = `/api/connections/${bench.name}/blocked`;
    const blocked = await get(path);
    expect(blocked.measures).toEqual([
      { what: 'resources', kind: 'updated', count: 30, stored: 40, limit: 10, isExceeded: true },
      {
        what: 'resources',
        kind: 'deleted',
        count: 1,
        stored: 40,
        limit: 5,
        limitPercent: 50,
        isExceeded: false,
      },
      {
        what: 'resources',
        objectClass: 'user',
        kind: 'updated',
        count: 30,
        stored: 40,
        limitPercent: 20,
        isExceeded: true,
      },
      { what: 'resources', objectClass: 'user', kind: 'deleted', count: 1, stored: 40, isExceeded: false },
    ]);
    expect(blocked.hints).toEqual([
      { kind: 'one-attribute', objectClass: 'user', count: 30, attribute: 'displayName' },
    ]);
    const deleted = await get(`${path}/changes?kind=delete`);
    expect(deleted.changes).toMatchObject([{ key: 'u40', name: 'User 40', isFull: false }]);

    const file = await getApi().call('GET', `${path}/changes.csv?kind=update`, token);
    expect(file.headers.get('Content-Type')).toContain('text/csv');
    const rows = String(file.body.text).split('\r\n');
    expect(rows).toHaveLength(32);
    expect(rows[0]).toBe('kind,class,key,name,targetKey,targetName,before,after');
    expect(rows.some((row) => row.startsWith("update,user,u1,'=Renamed 0,"))).toBe(true);
  });
});
