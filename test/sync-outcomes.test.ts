// I7 and I11: a run ends in a state that says what happened, a half-success never reads as success, and nothing is deleted because
// an answer was broken. When everything is read anew, the run says why.
import { describe, expect, test } from 'vitest';
import { Fault } from '../src/errors.ts';
import { useOwnDatabase } from './fixtures/own-database.ts';
import { group, people, person, setUpBench, team, user } from './fixtures/sync-bench.ts';

const own = useOwnDatabase();
const entityTypes = [user];

describe('I11 a run always ends in a state that says what happened', () => {
  test('succeeded', async () => {
    const { source, sync, runs } = setUpBench(own());
    source.offer('user', { pages: [people(2)] });
    source.offer('group', { pages: [[team('g1', 'u1')]] });
    await sync();
    const counts = [
      { objectClass: 'group', total: 1, inserted: 1, updated: 0, deleted: 0 },
      { objectClass: 'group.members', total: 1, inserted: 1, updated: 0, deleted: 0 },
      { objectClass: 'user', total: 2, inserted: 2, updated: 0, deleted: 0 },
    ];
    expect(await runs()).toMatchObject([{ state: 'succeeded', message: null, isEnded: true, counts }]);
  });

  test('failed, when one entity type failed: the others are up to date and counted', async () => {
    const { source, sync, runs, places, progress } = setUpBench(own());
    source.offer('user', { pages: [people(2)] });
    source.breakOff('group', 0);
    const message = 'The source of group broke off.';
    await expect(sync()).rejects.toMatchObject({ code: 'source-failed', message });
    expect(await runs()).toMatchObject([
      { state: 'failed', message, isEnded: true, counts: [{ objectClass: 'user', inserted: 2 }] },
    ]);
    expect(progress.filter(({ kind }) => kind === 'failed')).toEqual([
      { kind: 'failed', objectClass: 'group', message },
    ]);
    expect(await places()).toEqual(['user u1', 'user u2']);
  });

  test('failed, with what every entity type says', async () => {
    const { source, sync, runs } = setUpBench(own());
    source.breakOff('user', 0);
    source.breakOff('group', 0, new Fault('permission-missing', 'Groups may not be read.'));
    await expect(sync()).rejects.toBeInstanceOf(Fault);
    const [run] = await runs();
    expect(run?.state).toBe('failed');
    expect(run?.message).toContain('The source of user broke off.');
    expect(run?.message).toContain('Groups may not be read.');
  });

  test('cancelled, and gone on from there', async () => {
    const { name, source, sync, runs, reading, places } = setUpBench(own());
    source.offer('user', { pages: [[person(1)], [person(2)]] });
    source.breakOff('user', 1);
    await expect(sync({ entityTypes })).rejects.toThrow();
    const release = source.hold('user');
    const interruption = new AbortController();
    const cancelled = expect(sync({ entityTypes, signal: interruption.signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
    await reading();
    interruption.abort();
    release();
    await cancelled;
    expect((await runs()).at(-1)).toMatchObject({
      state: 'cancelled',
      message: `The run on ${name} was cancelled: what was read is kept, and the next run goes on from there.`,
    });
    await sync({ entityTypes });
    expect(source.starts('user').map(({ kind }) => kind)).toEqual([
      'full',
      'resume',
      'resume',
      'incremental',
    ]);
    expect(await places()).toHaveLength(2);
  });

  test('interrupted, as the next run notes when nobody could say it', async () => {
    const { sql } = own().database;
    const { name, source, sync, runs } = setUpBench(own());
    source.offer('user', { pages: [people(1)] });
    await sync({ entityTypes });
    await sql`
      insert into run (connection_id, kind) select connection_id, 'synchronize' from connection where name = ${name}`;
    await sync({ entityTypes });
    expect((await runs()).map(({ state, isEnded }) => [state, isEnded])).toEqual([
      ['succeeded', true],
      ['interrupted', true],
      ['succeeded', true],
    ]);
  });
});

describe('I7 nothing is deleted because of an answer that cannot be believed', () => {
  test.each([
    ['nothing, where there was something', { pages: [[]] }, 'only 0 of 100 user objects came'],
    ['nothing, and the source counts none', { pages: [[]], expected: 0 }, 'only 0 of 100 user objects came'],
    ['nothing, where the source counts some', { pages: [[]], expected: 7 }, 'only 0 of 7 user objects came'],
    [
      'far fewer than the source counts',
      { pages: [people(80)], expected: 100 },
      'only 80 of 100 user objects came',
    ],
  ])('an answer with %s', async (_what, offer, doubt) => {
    const { name, source, sync, runs, changeCount, contradictions, progress } = setUpBench(own());
    source.offer('user', { pages: [people(100)], expected: 100 });
    await sync({ entityTypes });
    source.offer('user', offer);
    await expect(sync({ entityTypes, isFull: true })).rejects.toMatchObject({
      code: 'guard-exceeded',
      message: `${name} is blocked, because ${doubt}: look at the changes with "syncline changes ${name}", then apply them with "syncline resume ${name}" or drop them with "syncline discard ${name}".`,
    });
    expect(progress.filter(({ kind }) => kind === 'restarted')).toEqual([
      { kind: 'restarted', objectClass: 'user', reason: doubt },
    ]);
    expect((await runs()).at(-1)).toMatchObject({ state: 'blocked', counts: [] });
    expect(await changeCount()).toBe(100);
    expect(await contradictions()).toEqual([]);
    await sync({ entityTypes, isFull: true, isForced: true });
    const left = offer.pages.flat().length;
    expect((await runs()).at(-1)).toMatchObject({
      state: 'succeeded',
      counts: [{ total: left, deleted: 100 - left }],
    });
    expect(await contradictions()).toEqual([]);
  });

  test('a doubtful answer that is better the second time', async () => {
    const { source, sync, runs } = setUpBench(own());
    source.offer('user', { pages: [people(100)], expected: 100 });
    await sync({ entityTypes });
    source.offer('user', { pages: [[]], expected: 99 });
    const release = source.hold('user');
    const running = sync({ entityTypes, isFull: true });
    while (source.starts('user').length < 2) await own().database.sql`select 1`;
    source.offer('user', { pages: [people(99)], expected: 99 });
    release();
    await running;
    expect((await runs()).at(-1)).toMatchObject({
      state: 'succeeded',
      counts: [{ total: 99, deleted: 1, isFull: true, reason: 'only 0 of 99 user objects came' }],
    });
  });

  test('a few objects fewer than were counted are an ordinary day', async () => {
    const { source, sync, places } = setUpBench(own());
    source.offer('user', { pages: [people(95)], expected: 100 });
    await sync({ entityTypes });
    expect(await places()).toHaveLength(95);
  });
});

describe('everything is read anew, and the run says why', () => {
  test('where the source does not take the cookie any more', async () => {
    const { source, sync, runs, places, progress } = setUpBench(own());
    source.offer('user', { pages: [people(3)] });
    await sync({ entityTypes });
    source.refuse('user', 'The cookie is too old');
    source.offer('user', { pages: [[person(1), person(2, 'Renamed')]] });
    await sync({ entityTypes });
    const reason = 'The cookie is too old';
    expect(progress).toContainEqual({ kind: 'restarted', objectClass: 'user', reason });
    expect(progress.filter(({ kind }) => kind === 'reading').at(-1)).toEqual({
      kind: 'reading',
      objectClass: 'user',
      isFull: true,
      reason,
      isResumed: false,
    });
    expect((await runs()).at(-1)?.counts).toMatchObject([{ isFull: true, reason, updated: 1, deleted: 1 }]);
    expect(await places()).toEqual(['user u1', 'user u2']);
  });

  test('where the source does not take the position any more', async () => {
    const { source, sync, places } = setUpBench(own());
    source.offer('user', { pages: [[person(1)], [person(2)]] });
    source.breakOff('user', 1);
    await expect(sync({ entityTypes })).rejects.toThrow();
    source.refuse('user', 'The page is gone');
    source.offer('user', { pages: [[person(2)], [person(3)]] });
    await sync({ entityTypes });
    expect(source.starts('user').map(({ kind }) => kind)).toEqual(['full', 'resume', 'full']);
    expect(await places()).toEqual(['user u2', 'user u3']);
  });

  test('after the mapping changed, and what was read with the former one is forgotten', async () => {
    const { source, sync, runs, contents } = setUpBench(own());
    source.offer('user', { pages: [people(1)] });
    await sync({ entityTypes });
    source.offer('user', { pages: [[person(1, 'Never')], [person(2)]] });
    source.breakOff('user', 1);
    await expect(sync({ entityTypes })).rejects.toThrow();
    source.offer('user', { pages: [[{ key: 'u1', attributes: { name: 'User 1', mail: 'a@x' } }]] });
    await sync({ entityTypes: [{ ...user, attributes: ['name', 'mail'] }] });
    expect(source.starts('user').map(({ kind }) => kind)).toEqual(['full', 'incremental', 'full']);
    expect((await runs()).at(-1)?.counts).toMatchObject([
      { isFull: true, reason: 'the mapping has changed', updated: 1 },
    ]);
    expect([...(await contents())]).toEqual([['user u1', '{"mail":"a@x","name":"User 1"}']]);
  });

  test('where a link is mapped only later', async () => {
    const { source, sync, places } = setUpBench(own());
    source.offer('group', { pages: [[team('g1', 'u1')]] });
    await sync({ entityTypes: [{ ...group, links: [] }] });
    expect(await places()).toEqual(['group g1']);
    await sync({ entityTypes: [group] });
    expect(await places()).toEqual(['group g1', 'group.members g1 u1']);
  });
});

test('links that are not mapped any more go with their object, and are not there when they are mapped again', async () => {
  const { source, sync, places, contradictions } = setUpBench(own());
  source.offer('group', { pages: [[team('g1', 'u1'), team('g2', 'u1')]] });
  await sync({ entityTypes: [group] });
  const filter = "name eq 'g2'";
  await sync({ entityTypes: [{ ...group, links: [], filter }] });
  expect(await contradictions()).toEqual([]);
  await sync({ entityTypes: [{ ...group, filter }] });
  expect(await places()).toEqual(['group g2', 'group.members g2 u1']);
  expect(await contradictions()).toEqual([]);
});

describe('a link counts while both its ends are there', () => {
  test('whichever of them comes first, and whatever is said of the link meanwhile', async () => {
    const { source, sync, places } = setUpBench(own());
    source.offer('user', { pages: [people(1)] });
    source.offer('group', { pages: [[team('g1', 'u1', 'u2')]] });
    await sync();
    expect(await places()).toEqual(['group g1', 'group.members g1 u1', 'user u1']);
    source.offer('group', { pages: [[]] });
    source.offer('user', { pages: [[{ key: 'u1', removed: 'restorable' }, person(2)]] });
    await sync();
    expect(await places()).toEqual(['group g1', 'group.members g1 u2', 'user u2']);
    source.offer('user', { pages: [[person(1)]] });
    await sync();
    expect(await places()).toEqual([
      'group g1',
      'group.members g1 u1',
      'group.members g1 u2',
      'user u1',
      'user u2',
    ]);
  });

  test('also where the target was gone before its type was ever read', async () => {
    const { source, sync, places } = setUpBench(own());
    source.offer('group', { pages: [[team('g1', 'u1', 'u2')]] });
    source.breakOff('user', 0);
    await expect(sync()).rejects.toThrow();
    source.offer('group', { pages: [[]] });
    source.offer('user', { pages: [[person(2)]] });
    await sync();
    expect(await places()).toEqual(['group g1', 'group.members g1 u2', 'user u2']);
  });
});

test('a connection that leads to another system is refused before anything is read', async () => {
  const { name, source, sync, runs } = setUpBench(own());
  source.offer('user', { pages: [people(1)] });
  await sync({ entityTypes });
  await own().database.sql`update connection set source = 'another system' where name = ${name}`;
  await expect(sync({ entityTypes })).rejects.toMatchObject({
    code: 'invalid-setting',
    message: `The connection ${name} has data of another system and now leads to in memory: give the other system a connection with a name of its own.`,
  });
  expect(source.starts('user')).toHaveLength(1);
  expect(await runs()).toHaveLength(1);
});
