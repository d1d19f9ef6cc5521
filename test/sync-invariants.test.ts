// I1, I2, I3 and I6 by their names, exactly: against a source that says and breaks off what the test wants.
import { describe, expect, test } from 'vitest';
import { applySet } from '../src/store/apply-set.ts';
import { recordConnection } from '../src/store/connections.ts';
import { beginRun } from '../src/store/runs.ts';
import { encodeItems } from '../src/store/set-page.ts';
import { adoptUnfinishedSet, commitPages, openSet } from '../src/store/sets.ts';
import { useOwnDatabase } from './fixtures/own-database.ts';
import { group, people, person, setUpBench, team, user } from './fixtures/sync-bench.ts';

const own = useOwnDatabase();
let connections = 0;
const entityTypes = [user];

describe('I1 the cookie is never ahead of the data', () => {
  test.each([0, 1, 2, 3])(
    'a source that breaks off after %i pages leaves the position after what is stored',
    async (pages) => {
      const { name, source, sync, places } = setUpBench(own());
      source.offer('user', { pages: people(4).map((each) => [each]) });
      source.breakOff('user', pages);
      await expect(sync({ entityTypes })).rejects.toThrow('The source of user broke off.');
      const [set] = await own().database.sql<
        { position: string | null; cookie: string | null; stored: number }[]
      >`
      select s.position, s.cookie,
        (select coalesce(sum(jsonb_array_length(items)), 0)::float8 from set_page where set_id = s.set_id) as stored
      from export_set as s join entity_type using (entity_type_id) join connection as c using (connection_id)
      where c.name = ${name}`;
      const position = pages === 0 ? null : JSON.stringify({ round: 0, page: pages });
      expect(set).toEqual({ position, cookie: null, stored: pages });
      await sync({ entityTypes });
      // What was begun before is followed by what has changed since.
      const then = pages === 0 ? ['full'] : ['resume', 'incremental'];
      expect(source.starts('user').map(({ kind }) => kind)).toEqual(['full', ...then]);
      expect(await places()).toHaveLength(4);
    },
  );

  test('an application that fails moves neither store nor cookie, and is done again without reading again', async () => {
    const { sql } = own().database;
    const { source, sync, contents, cookieOf, contradictions } = setUpBench(own());
    source.offer('user', { pages: [people(2)] });
    await sync({ entityTypes });
    source.offer('user', { pages: [[person(1, 'Renamed'), person(3)]] });
    await sql`create function refuse() returns trigger language plpgsql as 'begin raise exception ''no room''; end'`;
    await sql`create trigger refusal before insert on change for each statement execute function refuse()`;
    try {
      await expect(sync({ entityTypes })).rejects.toThrow('no room');
    } finally {
      await sql`drop trigger refusal on change`;
      await sql`drop function refuse`;
    }
    expect((await contents()).get('user u1')).toBe('{"name":"User 1"}');
    expect(await cookieOf('user')).toBe('after round 0');
    source.offer('user', { pages: [[]] });
    await sync({ entityTypes });
    const renamed = await contents();
    expect(renamed.size).toBe(3);
    expect(renamed.get('user u1')).toBe('{"name":"Renamed"}');
    // The complete set was taken as it was; only then it was asked what has changed since.
    expect(source.starts('user').slice(2)).toEqual([{ kind: 'incremental', cookie: 'after round 1' }]);
    expect(await contradictions()).toEqual([]);
  });
});

describe('I2 an incomplete set is never applied, and no reader ever sees half of one', () => {
  test('what was read before the source broke off is not in the store', async () => {
    const { source, sync, places } = setUpBench(own());
    source.offer('user', { pages: [people(3)] });
    source.offer('group', { pages: [[team('g1', 'u1')], [team('g2', 'u2')]] });
    source.breakOff('group', 1);
    await expect(sync()).rejects.toThrow('The source of group broke off.');
    expect(await places()).toEqual(['user u1', 'user u2', 'user u3']);
  });

  test('a reader sees the store before or after a set, and never between', async () => {
    const { sql } = own().database;
    const { source, sync, contents, places } = setUpBench(own());
    source.offer('group', { pages: [[team('g1', 'u1'), team('g2', 'u2')]] });
    await sync({ entityTypes: [group] });
    const before = await contents();
    source.offer('group', {
      pages: [[{ key: 'g1', removed: 'forever' }, team('g3', 'u1'), team('g2', 'u3')]],
    });
    let running: Promise<unknown> | undefined;
    await sql.begin(async (blocker) => {
      // The objects are written when their changes come to be.
      await blocker`lock table change in share mode`;
      running = sync({ entityTypes: [group] });
      for (let waiting = 0; waiting === 0; ) {
        waiting = (await sql`select from pg_locks where not granted`).length;
      }
      expect(await contents()).toEqual(before);
    });
    await running;
    const links = ['group.members g2 u2', 'group.members g2 u3', 'group.members g3 u1'];
    expect(await places()).toEqual(['group g2', 'group g3', ...links]);
  });
});

describe('I3 applying the same page or set twice changes nothing', () => {
  test('everything once more, and changes that were told already, leave the log as it is', async () => {
    const { source, sync, changeCount, contradictions } = setUpBench(own());
    source.offer('user', { pages: [people(2), [person(1)]] });
    source.offer('group', { pages: [[team('g1', 'u1', 'u2')], [team('g1', 'u1')], [team('g1', 'u2')]] });
    await sync();
    expect(await changeCount()).toBe(5);
    for (const isFull of [true, false, true, false]) {
      const { counts } = await sync({ isFull });
      for (const { inserted, updated, deleted } of counts)
        expect([inserted, updated, deleted]).toEqual([0, 0, 0]);
    }
    expect(await changeCount()).toBe(5);
    expect(await contradictions()).toEqual([]);
  });

  test('a set is applied once', async () => {
    const { sql } = own().database;
    const { application, opened } = await openUserSet();
    const end = { kind: 'complete', cookie: 'c' } as const;
    const set = await commitPages(sql, opened, { page: encodeItems(people(2)), end });
    expect(await applySet(sql, { ...application, set })).toMatchObject({ kind: 'applied' });
    await expect(applySet(sql, { ...application, set })).rejects.toMatchObject({ code: 'connection-busy' });
  });
});

describe('I6 one connection is exported by one run at a time', () => {
  test('a second run is refused in one sentence, and the first one goes on', async () => {
    const { name, source, sync, places, reading, runs } = setUpBench(own());
    source.offer('user', { pages: [people(1), [person(2)]] });
    const release = source.hold('user');
    const first = sync({ entityTypes });
    await reading();
    await expect(sync({ entityTypes })).rejects.toMatchObject({
      code: 'connection-busy',
      message: `Another run is working on the connection ${name}: wait for its end, or stop it.`,
    });
    release();
    await first;
    expect(await places()).toHaveLength(2);
    expect(await runs()).toMatchObject([{ state: 'succeeded' }]);
  });

  test('a run that has lost its session can neither store nor apply once another one has taken over', async () => {
    const { sql } = own().database;
    const { source, sync, places, reading, contradictions } = setUpBench(own());
    source.offer('user', { pages: [[person(1)], [person(2)], [person(3)]] });
    source.breakOff('user', 1);
    await expect(sync({ entityTypes })).rejects.toThrow();
    const release = source.hold('user');
    const loser = expect(sync({ entityTypes })).rejects.toMatchObject({ code: 'connection-busy' });
    await reading();
    await sql`select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'`;
    const winner = untilFree(() => sync({ entityTypes }));
    while (source.starts('user').length < 3) await sql`select 1`;
    release();
    await loser;
    await winner;
    expect(await places()).toHaveLength(3);
    expect(await contradictions()).toEqual([]);
  });

  test('pages and application of a set that was taken over are refused', async () => {
    const { sql } = own().database;
    const { application, opened, connectionId } = await openUserSet();
    const kept = await commitPages(sql, opened, {
      page: encodeItems(people(1)),
      end: { kind: 'open', position: 'p' },
    });
    const nextRunId = await beginRun(sql, connectionId, 'synchronize');
    const adopted = await adoptUnfinishedSet(sql, kept.entityTypeId, 'synchronize', nextRunId);
    if (!adopted) throw new Error('The set was not adopted.');
    expect(adopted).toMatchObject({ setId: kept.setId, position: 'p', itemCount: 1 });
    const rest = { page: encodeItems([person(2)]), end: { kind: 'complete', cookie: 'c' } } as const;
    const refused = { code: 'connection-busy' };
    await expect(commitPages(sql, kept, rest)).rejects.toMatchObject(refused);
    const set = await commitPages(sql, adopted, rest);
    await expect(applySet(sql, { ...application, set: { ...set, runId: kept.runId } })).rejects.toMatchObject(
      refused,
    );
    expect(await applySet(sql, { ...application, set })).toMatchObject({ kind: 'applied' });
  });
});

/** An empty set of users, and what its application needs besides. */
async function openUserSet() {
  const { sql } = own().database;
  const connection = await recordConnection(sql, `by hand ${++connections}`, 'x', [user]);
  const { connectionId } = connection;
  const [entityType] = connection.entityTypes;
  if (entityType === undefined) throw new Error('The type was not recorded.');
  const opened = await openSet(sql, {
    runId: await beginRun(sql, connectionId, 'synchronize'),
    entityTypeId: entityType.entityTypeId,
    kind: 'synchronize',
    isFull: true,
    reason: null,
    mapping: 'm',
    cookie: null,
  });
  return {
    connectionId,
    opened,
    application: { connection, entityType, filter: undefined, whenDoubtful: 'stop' as const },
  };
}

async function untilFree<T>(run: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('Another run is working'))) throw error;
    }
  }
}
