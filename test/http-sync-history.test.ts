/** The Sync History of a tenant: what each run did to each class, whatever became of it; searched, sorted, paged and exported. */
import { beforeAll, describe, expect, test } from 'vitest';
import { Fault } from '../src/errors.ts';
import { type HistoryState, historyStates } from '../src/model/history-words.ts';
import { recordAudit } from '../src/store/audit.ts';
import { beginRun } from '../src/store/runs.ts';
import { applyExported, exportOnly } from '../src/sync/stages.ts';
import { type JsonObject, jobOf, taskOf, useApi, writeJobs } from './fixtures/api-server.ts';
import { readCsv } from './fixtures/csv-reading.ts';
import { fewDeletions, setUpGuardBench } from './fixtures/guard-bench.ts';
import { people, person, team, user } from './fixtures/sync-bench.ts';

const getApi = useApi();
let token = '';
beforeAll(async () => {
  token = await getApi().token('/Syncline/Integrations/Query', '/Jobs');
});

const setUp = () => setUpGuardBench(getApi());

function addressOf(name: string, query: Readonly<Record<string, string>> = {}): string {
  const search = new URLSearchParams(query).toString();
  return `/api/integrations/entra-id/${encodeURIComponent(name)}/sync-history${search === '' ? '' : `?${search}`}`;
}

type Row = JsonObject & Readonly<{ runId: number; type: string; status: string }>;

/** A page of the history, oldest run first and then by type, which is how tests tell a story. */
async function history(name: string, query: Readonly<Record<string, string>> = {}) {
  const { status, body } = await getApi().call(
    'GET',
    addressOf(name, { sort: 'startedAt', ...query }),
    token,
  );
  expect(status, JSON.stringify(body)).toBe(200);
  return body as JsonObject & { items: readonly Row[]; total: number; newestRunId: number; newer: number };
}

/** Rows by the names of their columns. */
function readTable(text: string): Record<string, string>[] {
  const [header = [], ...records] = readCsv(text.replace(/^\uFEFF/, ''));
  return records.map((record) =>
    Object.fromEntries(header.map((name, place) => [name, record[place] ?? ''])),
  );
}

const brief = ({ items }: { items: readonly Row[] }) => items.map(({ type, status }) => `${type} ${status}`);

describe('a row for each class of each run', () => {
  test('with what was done to it, and the links of each beside it where they are asked for', async () => {
    const { name, source, sync } = setUp();
    source.offer('user', { pages: [people(3)] });
    source.offer('group', { pages: [[team('g1', 'u1', 'u2')]] });
    await sync();
    source.offer('user', { pages: [[person(1, 'Renamed'), person(4), { key: 'u2', removed: 'forever' }]] });
    source.offer('group', { pages: [[]] });
    await sync();
    const { items, total } = await history(name, { sort: '-startedAt' });
    expect(total).toBe(4);
    const second = { mode: 'incremental', reason: null, message: null, status: 'succeeded', read: null };
    expect(items.slice(0, 2).sort((one, other) => one.type.localeCompare(other.type))).toMatchObject([
      { ...second, type: 'group', total: 1, changed: 0, deleted: 0 },
      { ...second, type: 'user', total: 3, changed: 2, inserted: 1, updated: 1, deleted: 1, filtered: 0 },
    ]);
    const first = { mode: 'full', reason: 'it is the first time', status: 'succeeded', deleted: 0 };
    expect(items.find(({ type, mode }) => type === 'user' && mode === 'full')).toMatchObject({
      ...first,
      total: 3,
      changed: 3,
    });
    for (const { startedAt, endedAt } of items) expect(String(endedAt) >= String(startedAt)).toBe(true);
    const links = await history(name, { links: 'true', q: 'members' });
    expect(links.items.map(({ inserted, deleted }) => [inserted, deleted])).toEqual([
      [2, 0],
      [0, 1],
    ]);
  });

  test('what failed says so beside what did not', async () => {
    const { name, source, sync } = setUp();
    source.offer('user', { pages: [people(2)] });
    source.breakOff('group', 0, new Fault('permission-missing', 'Groups may not be read.'));
    await expect(sync()).rejects.toThrow();
    const { items } = await history(name, { sort: 'type' });
    expect(items).toMatchObject([
      { type: 'group', status: 'failed', message: 'Groups may not be read.', mode: 'full', total: 0 },
      { type: 'user', status: 'succeeded', message: null, changed: 2 },
    ]);
    expect(items.every(({ endedAt }) => endedAt !== null)).toBe(true);
  });

  test('what was half done and then failed never reads as success', async () => {
    const { name, source, sync } = setUp();
    const entityTypes = [user];
    source.offer('user', { pages: [people(2), [person(3)]] });
    source.breakOff('user', 1);
    await expect(sync({ entityTypes })).rejects.toThrow();
    // The set that was left is finished and applied, and then the source breaks while it is asked for what came since.
    const finish = source.hold('user');
    const second = expect(sync({ entityTypes })).rejects.toThrow('broke off');
    const begun = async (times: number) => {
      while (source.starts('user').length < times) await getApi().database.sql`select 1`;
    };
    await begun(2);
    finish();
    const goOn = source.hold('user');
    await begun(3);
    expect(brief(await history(name))).toEqual(['user failed', 'user running']);
    source.breakOff('user', 0);
    goOn();
    await second;
    const { items } = await history(name);
    expect(brief({ items })).toEqual(['user failed', 'user failed']);
    expect(items[1]).toMatchObject({ changed: 3, message: 'The source of user broke off.' });
  });

  test('what a guard holds back is blocked, and what then comes of it', async () => {
    const bench = setUp();
    const { name, source } = bench;
    source.offer('user', { pages: [people(200)] });
    source.offer('group', { pages: [[team('g1', 'u1')]] });
    await bench.sync({ guards: fewDeletions });
    source.offer('user', { pages: [people(150)] });
    await expect(bench.sync({ guards: fewDeletions, isFull: true })).rejects.toThrow('blocked');
    // It is turned away at the door: there is no row for what it never came to.
    await expect(bench.sync({ guards: fewDeletions })).rejects.toThrow('blocked');
    const blocked = await history(name, { status: 'blocked' });
    expect(blocked.items).toMatchObject([
      { type: 'group', deleted: 0, mode: 'full' },
      { type: 'user', deleted: 0, total: 200, message: expect.stringContaining('is blocked, because') },
    ]);
    await bench.resume();
    expect(brief(await history(name)).sort()).toEqual([
      'group blocked',
      'group succeeded',
      'group succeeded',
      'user blocked',
      'user succeeded',
      'user succeeded',
    ]);
    const { items } = await history(name, { q: 'user', sort: '-startedAt' });
    expect(items[0]).toMatchObject({ deleted: 50, status: 'succeeded' });
  });

  test('a run under way is counted as it reads, and a cancelled one says so', async () => {
    const { name, source, sync, reading } = setUp();
    const entityTypes = [user];
    source.offer('user', { pages: [people(2), [person(3)]] });
    source.breakOff('user', 1);
    await expect(sync({ entityTypes })).rejects.toThrow();
    const release = source.hold('user');
    const cancelling = new AbortController();
    const run = expect(sync({ entityTypes, signal: cancelling.signal })).rejects.toThrow('cancelled');
    await reading();
    const { items } = await history(name, { status: 'running' });
    expect(items).toMatchObject([
      { type: 'user', endedAt: null, total: 2, read: 2, changed: 0, mode: 'full' },
    ]);
    cancelling.abort();
    release();
    await run;
    const ended = await history(name);
    expect(brief(ended)).toEqual(['user failed', 'user cancelled']);
    expect(ended.items[1]).toMatchObject({
      message: expect.stringContaining('what was read is kept'),
      read: null,
    });
  });

  test('a run that died says so when the next one comes', async () => {
    const { name, source, sync } = setUp();
    const { sql } = getApi().database;
    source.offer('user', { pages: [people(1)] });
    source.offer('group', { pages: [[]] });
    await sync();
    const [connection] = await sql<
      { connectionId: number }[]
    >`select connection_id from connection where name = ${name}`;
    await beginRun(sql, connection?.connectionId ?? 0, 'synchronize', { entityTypes: ['user', 'group'] });
    expect(brief(await history(name)).filter((row) => row.endsWith('running'))).toHaveLength(2);
    await sync();
    const { items } = await history(name, { status: 'interrupted' });
    expect(items).toMatchObject([
      { type: 'group', mode: null, message: expect.stringContaining('Ended without a word') },
      { type: 'user', mode: null },
    ]);
  });

  test('what is read by one task and applied by another has a row for each', async () => {
    const { name, source } = setUp();
    const target = { sql: getApi().database.sql, connector: source.connector(), name, entityTypes: [user] };
    const settings = {
      isFull: false,
      isForced: false,
      signal: new AbortController().signal,
      report: () => {},
    };
    source.offer('user', { pages: [people(2)] });
    await exportOnly(target, settings);
    await applyExported(target, settings);
    // With nothing that waits there is nothing to tell.
    await applyExported(target, settings);
    const { items } = await history(name);
    expect(items).toMatchObject([
      { status: 'succeeded', message: 'Read: another task applies it.', changed: 0 },
      { status: 'succeeded', message: null, changed: 2 },
    ]);
  });
});

describe('finding', () => {
  const name = 'found.example';
  const at = (minute: number) => new Date(Date.UTC(2026, 10, 20, 20, minute));

  beforeAll(async () => {
    const { sql } = getApi().database;
    const [connection] = await sql<{ connectionId: number }[]>`
      insert into connection (name, source) values (${name}, 'a tenant') returning connection_id`;
    const connectionId = connection?.connectionId ?? 0;
    await sql`insert into entity_type (connection_id, name) select ${connectionId}, unnest(array['user', 'group', 'device'])`;
    // Sixty runs, one a minute: every tenth fails for groups, every twentieth is a full scan.
    for (let minute = 0; minute < 60; minute++) {
      const [run] = await sql<{ runId: number }[]>`
        insert into run (connection_id, kind, state, started_at, ended_at)
        values (${connectionId}, 'synchronize', 'succeeded', ${at(minute)}, ${at(minute + 1)}) returning run_id`;
      await sql`
        insert into run_object_class (run_id, connection_id, object_class, is_full, total, inserted, updated, deleted, filtered,
          started_at, ended_at, state, message)
        select ${run?.runId ?? 0}::int, ${connectionId}::int, name, ${minute % 20 === 0}, 1000 + ${minute}::int, 1, ${minute}::int, 0, 0,
          ${at(minute)}::timestamptz, ${at(minute + 1)}::timestamptz,
          case when name = 'group' and ${minute % 10 === 0} then 'failed' else 'succeeded' end::run_state,
          case when name = 'group' and ${minute % 10 === 0} then 'Graph answered 503, and 100% of it.' end
        from unnest(array['user', 'group', 'device']) as name`;
    }
  });

  const count = async (query: Readonly<Record<string, string>>) => (await history(name, query)).total;

  test.each([
    ['', 180],
    ['computer', 60],
    ['Device', 60],
    ['failed', 6],
    ['FAILED group', 6],
    ['failed user', 0],
    ['503', 6],
    ['100%', 6],
    ['%', 6],
    ['nothing like it', 0],
    ['20 Nov 2026', 180],
    ['2026-11', 180],
    ['21 Nov 2026', 0],
    ['20:30', 6],
    ['20:30 user', 2],
    ["'; drop table run; --", 0],
  ])('the search %j finds %i rows', async (q, expected) => {
    expect(await count({ q })).toBe(expected);
  });

  test('days and times are those of the zone that the request names', async () => {
    expect(await count({ q: '21:30', timeZone: 'Europe/Paris' })).toBe(6);
    expect(await count({ q: '21 Nov 2026', timeZone: 'Asia/Tokyo' })).toBe(180);
    const { status, body } = await getApi().call('GET', addressOf(name, { timeZone: 'Mars/Base' }), token);
    expect([status, body.field]).toEqual([400, 'query.timeZone']);
  });

  test.each([
    [{ type: 'user' }, 60],
    [{ type: 'user,device' }, 120],
    [{ status: 'failed,blocked' }, 6],
    [{ mode: 'full' }, 9],
    [{ mode: 'incremental', type: 'user' }, 57],
    [{ from: '2026-11-20T20:30:00Z', to: '2026-11-20T20:40:00Z' }, 30],
  ])('the filter %j leaves %i rows', async (query, expected) => {
    expect(await count(query)).toBe(expected);
  });

  test.each(['startedAt', 'endedAt', 'type', 'total', 'changed', 'deleted', 'filtered', 'status'])(
    'sorted by %s, pages have every row once, in both directions',
    async (order) => {
      const pages = async (sort: string) => {
        const all: Row[] = [];
        for (const page of ['1', '2', '3', '4']) {
          all.push(...(await history(name, { sort, page, pageSize: '50' })).items);
        }
        return all;
      };
      const ascending = await pages(order);
      expect(new Set(ascending.map(({ runId, type }) => `${runId} ${type}`)).size).toBe(180);
      const places = ascending.map((row) => {
        const value = row[order] as string | number;
        const state = historyStates.indexOf(value as HistoryState);
        return order === 'status' ? state : value;
      });
      const isInOrder = places.every((place, index) => index === 0 || (places[index - 1] ?? '') <= place);
      expect(isInOrder).toBe(true);
      expect(await pages(`-${order}`)).toEqual(ascending.toReversed());
    },
  );

  test('pages stand still at a run while others come, and say how many have come', async () => {
    const { newestRunId } = await history(name);
    const upTo = String(newestRunId - 2);
    const page = await history(name, { upTo, sort: '-startedAt' });
    expect([page.total, page.newer]).toEqual([174, 6]);
    expect(page.items[0]?.runId).toBe(newestRunId - 2);
    expect((await history(name, { upTo, status: 'failed' })).newer).toBe(0);
  });

  test.each([
    [{ page: '0' }, 'query.page'],
    [{ pageSize: '5000' }, 'query.pageSize'],
    [{ sort: 'colour' }, 'query.sort'],
    [{ status: 'failed,lost' }, 'query.status'],
    [{ from: 'yesterday' }, 'query.from'],
    [{ colour: 'red' }, 'query.colour'],
  ])('%j is refused by its name', async (query, field) => {
    const { status, body } = await getApi().call('GET', addressOf(name, query), token);
    expect([status, body.code]).toEqual([400, 'request-invalid']);
    expect(String(body.field).startsWith(field)).toBe(true);
  });

  test('a tenant that nobody knows is not found; one that was never run has an empty history', async () => {
    const unknown = await getApi().call('GET', addressOf('nobody.example'), token);
    expect([unknown.status, unknown.body.code]).toEqual([404, 'connection-unknown']);
    await writeJobs(getApi().database, [
      jobOf('idle', { tasks: [taskOf('all', { connections: ['idle.example'] })] }),
    ]);
    expect(await history('idle.example')).toMatchObject({ items: [], total: 0, newestRunId: null });
  });

  describe('Export to CSV', () => {
    const download = async (query: Readonly<Record<string, string>> = {}) => {
      const { server } = getApi();
      const response = await fetch(
        server.url + addressOf(name, query).replace('/sync-history', '/sync-history.csv'),
        {
          headers: { Authorization: `Bearer ${token}` },
        },
      );
      const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(await response.arrayBuffer());
      return { response, text, rows: readTable(text) };
    };

    test('has all rows that match, with the columns and words of the table', async () => {
      const { response, text, rows } = await download({
        q: 'failed',
        timeZone: 'Europe/Paris',
        pageSize: '50',
      });
      expect(response.headers.get('Content-Type')).toContain('text/csv');
      expect(response.headers.get('Content-Disposition')).toBe(
        'attachment; filename="sync-history-found.example.csv"',
      );
      expect(
        text.startsWith('\uFEFFStart Time,End Time,Type,Total Objects,Objects Changed,Objects Deleted,'),
      ).toBe(true);
      expect(text.split('\r\n')).toHaveLength(8);
      expect(rows).toHaveLength(6);
      expect(rows[0]).toEqual({
        'Start Time': '2026-11-20T21:50:00+01:00',
        'End Time': '2026-11-20T21:51:00+01:00',
        Type: 'Group',
        'Total Objects': '1050',
        'Objects Changed': '51',
        'Objects Deleted': '0',
        'Objects Filtered': '0',
        Status: 'Failed',
      });
      expect((await download({ type: 'device' })).rows[0]?.Type).toBe('Computer');
    });

    test('of more rows than are read at a time, in any order, has each once', async () => {
      const { sql } = getApi().database;
      const [connection] = await sql<{ connectionId: number }[]>`
        insert into connection (name, source) values ('many.example', 'a tenant') returning connection_id`;
      await sql`
        with runs as (
          insert into run (connection_id, kind, state, started_at, ended_at)
          select ${connection?.connectionId ?? 0}, 'synchronize', 'succeeded', now() - make_interval(mins => minute % 50), now()
          from generate_series(1, 5000) as minute returning run_id, connection_id, started_at
        )
        insert into run_object_class (run_id, connection_id, object_class, is_full, total, inserted, updated, deleted, filtered,
          started_at, ended_at)
        select run_id, connection_id, 'user', false, run_id, 0, 0, 0, 0, started_at, now() from runs`;
      for (const sort of ['-startedAt', 'endedAt', '-total', 'status']) {
        const response = await fetch(
          `${getApi().server.url}/api/integrations/entra-id/many.example/sync-history.csv?sort=${sort}`,
          { headers: { Authorization: `Bearer ${token}` } },
        );
        const rows = readTable(await response.text());
        expect(new Set(rows.map((row) => row['Total Objects'])).size).toBe(5000);
        expect(rows).toHaveLength(5000);
      }
    });
  });
});

describe('what stands behind a row', () => {
  test('is its run, the links beside it, and the trouble on the way', async () => {
    const { database, call, queue } = getApi();
    const { sql } = database;
    const { name, source, sync } = setUp();
    source.offer('user', { pages: [people(2)] });
    source.offer('group', { pages: [[team('g1', 'u1', 'u2')]] });
    await sync();
    await writeJobs(database, [jobOf('behind', { tasks: [taskOf('all', { connections: [name] })] })]);
    const launched = await queue.launch({ jobIdentifier: 'behind', trigger: 'api', startedBy: 'a test' });
    if (launched.kind !== 'launched') throw new Error('It was not launched.');
    const { items } = await history(name, { type: 'group' });
    const runId = items[0]?.runId ?? 0;
    await sql`
      update run set task_run_id = (select task_run_id from task_run where job_run_id = ${launched.jobRunId})
      where run_id = ${runId}`;
    for (const [level, message] of [
      ['information', `${name} group: reading everything`],
      ['warning', `${name} group: waiting 30 s for the quota`],
      ['warning', `${name} user: waiting 40 s for the quota`],
      ['error', 'The database is away.'],
    ] as const) {
      await sql`
        insert into task_run_log (task_run_id, level, message)
        select task_run_id, ${level}, ${message} from task_run where job_run_id = ${launched.jobRunId}`;
    }
    const address = `${addressOf(name)}/${runId}/group`;
    const { body } = await call('GET', address, token);
    expect(body).toMatchObject({
      row: { type: 'group', changed: 1, mode: 'full', reason: 'it is the first time' },
      run: {
        kind: 'synchronize',
        status: 'succeeded',
        isBlocking: false,
        job: { jobRunId: launched.jobRunId, identifier: 'behind', startedBy: 'a test' },
      },
      links: [{ type: 'group.members', total: 2, inserted: 2, deleted: 0 }],
      trouble: [
        { level: 'warning', message: `${name} group: waiting 30 s for the quota` },
        { level: 'error', message: 'The database is away.' },
      ],
    });
    const less = await getApi().token('/Syncline/Integrations/Query');
    expect((await call('GET', address, less)).body.trouble).toBeNull();
    expect((await call('GET', `${addressOf(name)}/${runId}/device`, token)).status).toBe(404);
    expect((await call('GET', `${addressOf('found.example')}/${runId}/group`, token)).status).toBe(404);
  });
});

test('the activity has runs and what people changed, newest first, page by page', async () => {
  const { call, database } = getApi();
  const { name, source, sync } = setUp();
  source.offer('user', { pages: [people(2)] });
  source.offer('group', { pages: [[]] });
  await sync();
  const audited = { actor: 'Ada', subject: name.toUpperCase(), outcome: 'done' as const };
  await recordAudit(database.sql, { ...audited, action: 'tenant.update' });
  await recordAudit(database.sql, { ...audited, action: 'tenant.test' });
  await recordAudit(database.sql, { ...audited, action: 'tenant.update', outcome: 'refused' });
  await recordAudit(database.sql, { ...audited, action: 'configuration.deploy', subject: 'revision 7' });
  await sync();
  const address = `/api/integrations/entra-id/${encodeURIComponent(name)}/activity`;
  const { body } = await call('GET', address, token);
  const items = body.items as readonly JsonObject[];
  expect(items.map(({ kind, action }) => action ?? kind)).toEqual([
    'run',
    'configuration.deploy',
    'tenant.update',
    'run',
  ]);
  expect(items.at(-1)).toMatchObject({ status: 'succeeded', isFull: true, changes: 2 });
  expect(body.nextBefore).toBeNull();
  const first = (await call('GET', `${address}?limit=3`, token)).body;
  const second = (await call('GET', `${address}?limit=3&before=${String(first.nextBefore)}`, token)).body;
  expect([...(first.items as JsonObject[]), ...(second.items as JsonObject[])]).toEqual(items);
});
