// What becomes of a blocked connection: what runs do with it, that resuming applies exactly what is listed, that discarding is followed
// by a full run, and that no crash takes anything away.
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EntityType } from '../src/model/entity-type.ts';
import { defaultGuards, noGuards } from '../src/model/guard.ts';
import { discardBlocked } from '../src/sync/resumption.ts';
import {
  blockThreeDeletions,
  crew,
  fewDeletions,
  inOrder,
  limits,
  onResources,
  setUpGuardBench,
  withoutNumbers,
} from './fixtures/guard-bench.ts';
import { crash, serverPid } from './fixtures/held-database.ts';
import { useOwnDatabase } from './fixtures/own-database.ts';
import { people, person, team, user } from './fixtures/sync-bench.ts';

const own = useOwnDatabase();
const setUp = () => setUpGuardBench(own());
const entityTypes = [user];

describe('a blocked connection', () => {
  test('is left alone by a run that reads changes: it reads nothing and ends as blocked, with the same sentence', async () => {
    const bench = setUp();
    await blockThreeDeletions(bench);
    const reads = bench.source.starts('user').length;
    const [, blocked] = await bench.runs();
    await expect(bench.sync({ entityTypes, guards: noGuards })).rejects.toMatchObject({
      code: 'connection-blocked',
      exitCode: 3,
      message: blocked?.message,
    });
    expect(bench.source.starts('user')).toHaveLength(reads);
    expect((await bench.runs()).at(-1)).toMatchObject({ state: 'blocked', counts: [] });
    expect(await bench.list()).toHaveLength(3);
  });

  test('is read anew by a full run, which is guarded as well', async () => {
    const bench = setUp();
    await blockThreeDeletions(bench);
    bench.source.offer('user', { pages: [people(90)] });
    await expect(bench.sync({ entityTypes, guards: fewDeletions, isFull: true })).rejects.toMatchObject({
      code: 'guard-exceeded',
    });
    expect(await bench.summary()).toMatchObject({ classes: [{ deleted: 10 }] });
    bench.source.offer('user', { pages: [people(99)] });
    await bench.sync({ entityTypes, guards: fewDeletions, isFull: true });
    expect(await bench.places()).toHaveLength(99);
    expect(await bench.summary()).toBeUndefined();
    expect(await bench.list()).toEqual([]);
    expect(await bench.contradictions()).toEqual([]);
  });

  test('is brought up to the source by a forced run, whatever the limits', async () => {
    const bench = setUp();
    await blockThreeDeletions(bench);
    await bench.sync({ entityTypes, guards: fewDeletions, isForced: true });
    expect(await bench.places()).toHaveLength(97);
    expect(await bench.summary()).toBeUndefined();
  });

  test('is busy for a person while a run works on it', async () => {
    const bench = setUp();
    await blockThreeDeletions(bench);
    const release = bench.source.hold('user');
    const running = bench.sync({ entityTypes, isFull: true, isForced: true });
    await bench.reading();
    await expect(bench.resume()).rejects.toMatchObject({ code: 'connection-busy' });
    await expect(bench.discard()).rejects.toMatchObject({ code: 'connection-busy' });
    release();
    await running;
  });
});

describe('resuming', () => {
  test('applies exactly what is listed, and the next run goes on from there', async () => {
    const bench = setUp();
    bench.source.offer('user', { pages: [people(10)] });
    bench.source.offer('group', { pages: [[team('g1', 'u1', 'u2'), team('g2', 'u3', 'device')]] });
    await bench.sync();
    const changes = await bench.changeCount();
    bench.source.offer('user', {
      pages: [[{ key: 'u1', removed: 'forever' }, person(2, 'Renamed "二"'), person(11)]],
    });
    bench.source.offer('group', {
      pages: [
        [
          { key: 'g2', removed: 'restorable' },
          team('g3', 'u11', 'u4'),
          { key: 'g1', unlinked: { members: ['u2'] } },
        ],
      ],
    });
    await expect(bench.sync({ guards: onResources({ insertedCount: 1 }) })).rejects.toMatchObject({
      code: 'guard-exceeded',
    });
    const listed = withoutNumbers(await bench.list());
    expect(listed).toHaveLength(10);
    await bench.resume();
    expect(inOrder(await bench.logAfter(changes))).toEqual(inOrder(listed));
    expect(await bench.contradictions()).toEqual([]);
    expect((await bench.runs()).at(-1)).toMatchObject({
      state: 'succeeded',
      message: 'Resumed: what a guard had blocked was applied.',
      counts: [
        { objectClass: 'group', inserted: 1, deleted: 1 },
        { objectClass: 'group.members', inserted: 2, deleted: 3 },
        { objectClass: 'user', inserted: 1, updated: 1, deleted: 1 },
      ],
    });
    expect(await bench.summary()).toBeUndefined();
    bench.source.offer('user', { pages: [[]] });
    bench.source.offer('group', { pages: [[]] });
    await bench.sync({ guards: defaultGuards });
    expect(bench.source.starts('user').map(({ kind }) => kind)).toEqual([
      'full',
      'incremental',
      'incremental',
    ]);
  });

  test('applies the list with the mapping it was made with; the next run reads everything with the new one', async () => {
    const bench = setUp();
    await blockThreeDeletions(bench);
    await bench.resume();
    bench.source.offer('user', { pages: [people(50)] });
    const filtered: EntityType = { ...user, filter: "name ne 'User 7'" };
    await expect(bench.sync({ entityTypes: [filtered], guards: fewDeletions })).rejects.toMatchObject({
      code: 'guard-exceeded',
    });
    const listed = await bench.list();
    // 51 to 100 are gone, 7 does not meet the filter, and 1 to 3 are back.
    expect(listed.filter(({ kind }) => kind === 'delete')).toHaveLength(51);
    await bench.resume();
    expect(await bench.places()).toHaveLength(49);
    await bench.sync({ entityTypes, guards: noGuards });
    expect((await bench.runs()).at(-1)?.counts).toMatchObject([
      { isFull: true, reason: 'the mapping has changed', inserted: 1 },
    ]);
  });

  test('blocks anew, with the new list, when it would change something else than is listed', async () => {
    const { sql } = own().database;
    const bench = setUp();
    await blockThreeDeletions(bench);
    await sql`delete from resource where key = 'u2' and entity_type_id in
      (select entity_type_id from entity_type join connection as c using (connection_id) where c.name = ${bench.name})`;
    await expect(bench.resume()).rejects.toMatchObject({
      code: 'guard-exceeded',
      message: expect.stringContaining('the changes are others now'),
    });
    expect((await bench.runs()).at(-1)).toMatchObject({ state: 'blocked', counts: [] });
    expect((await bench.list()).map(({ key }) => key)).toEqual(['u1', 'u3']);
    await bench.resume();
    expect(await bench.places()).toHaveLength(97);
  });

  test('and discarding are refused where nothing is blocked, or nothing is stored', async () => {
    const { sql } = own().database;
    const bench = setUp();
    await bench.sync({ entityTypes });
    await expect(bench.resume()).rejects.toMatchObject({ code: 'connection-not-blocked' });
    await expect(bench.discard()).rejects.toMatchObject({ code: 'connection-not-blocked' });
    await expect(discardBlocked({ sql, name: 'never heard of' })).rejects.toMatchObject({
      code: 'unknown-connection',
    });
  });

  test('whatever came, the list is what the log gets and the store is what came', async () => {
    const keys = fc.uniqueArray(fc.integer({ min: 1, max: 8 }), { maxLength: 8 });
    const state = fc.record({
      users: keys,
      groups: fc.uniqueArray(fc.integer({ min: 1, max: 4 })),
      members: keys,
    });
    const itemsOf = ({
      users,
      groups,
      members,
    }: {
      users: number[];
      groups: number[];
      members: number[];
    }) => ({
      user: users.map((number) => person(number)),
      group: groups.map((number) =>
        crew(
          `g${number}`,
          members.slice(number - 1).map((each) => person(each)),
        ),
      ),
    });
    const property = fc.asyncProperty(fc.array(state, { minLength: 2, maxLength: 4 }), async (states) => {
      const bench = setUp();
      const guards = {
        ...noGuards,
        resources: limits({ insertedCount: 1, deletedCount: 1 }),
        links: limits({ insertedCount: 1, deletedCount: 1 }),
      };
      for (const one of states) {
        const { user: users, group: groups } = itemsOf(one);
        bench.source.offer('user', { pages: [users] });
        bench.source.offer('group', { pages: [groups] });
        const changes = await bench.changeCount();
        const fault = await bench.sync({ isFull: true, guards }).then(
          () => undefined,
          (error: unknown) => error,
        );
        if (fault !== undefined) {
          expect(fault).toMatchObject({ code: 'guard-exceeded' });
          expect(await bench.changeCount()).toBe(changes);
          const listed = withoutNumbers(await bench.list());
          await bench.resume();
          expect(inOrder(await bench.logAfter(changes))).toEqual(inOrder(listed));
        }
        const objects = [
          ...users.map(({ key }) => `user ${key}`),
          ...groups.map(({ key }) => `group ${key}`),
        ];
        const stored = (await bench.places()).filter((place) => !place.startsWith('group.members'));
        expect(stored).toEqual(objects.sort());
        expect(await bench.contradictions()).toEqual([]);
      }
    });
    await fc.assert(property, { numRuns: 8 });
  });
});

test('discarding drops the changes, and the next run reads everything and says why', async () => {
  const bench = setUp();
  await blockThreeDeletions(bench);
  expect(await bench.discard()).toBe(1);
  expect(await bench.list()).toEqual([]);
  expect(await bench.summary()).toBeUndefined();
  expect(await bench.places()).toHaveLength(100);
  bench.source.offer('user', { pages: [people(99)] });
  await bench.sync({ entityTypes, guards: fewDeletions });
  expect((await bench.runs()).at(-1)?.counts).toMatchObject([
    { isFull: true, reason: 'changes were discarded', deleted: 1 },
  ]);
  bench.source.offer('user', { pages: [[]] });
  await bench.sync({ entityTypes, guards: fewDeletions });
  expect(bench.source.starts('user').at(-1)?.kind).toBe('incremental');
  expect(await bench.contradictions()).toEqual([]);
});

/** Kills the database, and waits until it is back and every connection to it is a new one. */
async function restartByCrash(): Promise<void> {
  const { database, dataDirectory } = own();
  const { sql } = database;
  const startedAts = async () =>
    await Promise.all(
      Array.from({ length: 40 }, async () => {
        const [row] = await sql<{ at: string }[]>`select pg_postmaster_start_time()::text as at`;
        return row?.at;
      }),
    );
  const [before] = await startedAts();
  crash(serverPid(dataDirectory));
  for (;;) {
    const now = await startedAts().catch(() => [before]);
    if (!now.includes(before)) return;
    await delay(20);
  }
}

describe('I5 whatever breaks off', () => {
  test('a block that cannot be written down changes nothing, and the next run blocks without reading again', async () => {
    const { sql } = own().database;
    const bench = setUp();
    bench.source.offer('user', { pages: [people(10)] });
    await bench.sync({ entityTypes });
    bench.source.offer('user', { pages: [people(5)] });
    await sql`create function refuse() returns trigger language plpgsql as 'begin raise exception ''no room''; end'`;
    await sql`create trigger refusal before insert on connection_block for each statement execute function refuse()`;
    try {
      await expect(bench.sync({ entityTypes, guards: fewDeletions, isFull: true })).rejects.toThrow(
        'no room',
      );
    } finally {
      await sql`drop trigger refusal on connection_block`;
      await sql`drop function refuse`;
    }
    expect(await bench.places()).toHaveLength(10);
    expect(await bench.list()).toEqual([]);
    await expect(bench.sync({ entityTypes, guards: fewDeletions })).rejects.toMatchObject({
      code: 'guard-exceeded',
    });
    expect(bench.source.starts('user')).toHaveLength(2);
    expect(await bench.list()).toHaveLength(5);
  });

  test('kill -9 of the database between the block and the resumption loses nothing', async () => {
    const bench = setUp();
    await blockThreeDeletions(bench);
    const [before, listed] = [await bench.contents(), await bench.list()];
    await restartByCrash();
    expect(await bench.contents()).toEqual(before);
    expect(await bench.list()).toEqual(listed);
    await bench.resume();
    expect(await bench.places()).toHaveLength(97);
    expect(await bench.contradictions()).toEqual([]);
  });
});
