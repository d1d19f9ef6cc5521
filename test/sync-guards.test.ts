// I7: nothing is applied past a guard without a person saying so. What exceeds a limit, what always asks, and what is not applied then.
import { describe, expect, test } from 'vitest';
import { defaultGuards, noGuards } from '../src/model/guard.ts';
import type { Item } from '../src/model/item.ts';
import {
  crew,
  fewDeletions,
  limits,
  onAssociation,
  onLinks,
  onResources,
  onType,
  setUpGuardBench,
} from './fixtures/guard-bench.ts';
import { useOwnDatabase } from './fixtures/own-database.ts';
import { group, people, person, team, user } from './fixtures/sync-bench.ts';

const own = useOwnDatabase();
const setUp = () => setUpGuardBench(own());
const entityTypes = [user];

describe('I7 a limit lets as many through as it says, and blocks one more', () => {
  const kinds = ['inserted', 'updated', 'deleted'] as const;
  const renamed = (changes: number) =>
    people(100).map((one, index) => (index < changes ? person(index + 1, 'Renamed') : one));
  const after = {
    inserted: (changes: number) => people(100 + changes),
    updated: renamed,
    deleted: (changes: number) => people(100 - changes),
  };
  const resources = kinds.flatMap((kind) => [
    { kind, what: 'objects of the connection', guards: onResources({ [`${kind}Count`]: 10 }), most: 10 },
    { kind, what: 'percent of its objects', guards: onResources({ [`${kind}Percent`]: 7 }), most: 7 },
    { kind, what: 'objects of a type', guards: onType('user', { [`${kind}Count`]: 10 }), most: 10 },
    { kind, what: 'percent of a type', guards: onType('user', { [`${kind}Percent`]: 7 }), most: 7 },
  ]);
  test.each(resources)('$kind: $most $what', async ({ kind, guards, most }) => {
    const bench = setUp();
    const offer = (items: readonly Item[]) => bench.source.offer('user', { pages: [items] });
    offer(people(100));
    await bench.sync({ entityTypes, guards });
    offer(after[kind](most + 1));
    await expect(bench.sync({ entityTypes, guards, isFull: true })).rejects.toMatchObject({
      code: 'guard-exceeded',
    });
    expect(await bench.list()).toHaveLength(most + 1);
    expect(await bench.changeCount()).toBe(100);
    offer(after[kind](most));
    const { counts } = await bench.sync({ entityTypes, guards, isFull: true });
    expect(counts).toMatchObject([{ objectClass: 'user', [kind]: most }]);
  });

  const links = (['inserted', 'deleted'] as const).flatMap((kind) => [
    { kind, what: 'links of the connection', guards: onLinks({ [`${kind}Count`]: 10 }), most: 10 },
    { kind, what: 'percent of its links', guards: onLinks({ [`${kind}Percent`]: 7 }), most: 7 },
    { kind, what: 'links of a kind', guards: onAssociation({ [`${kind}Count`]: 10 }), most: 10 },
    { kind, what: 'percent of a kind', guards: onAssociation({ [`${kind}Percent`]: 7 }), most: 7 },
  ]);
  test.each(links)('$kind: $most $what', async ({ kind, guards, most }) => {
    const bench = setUp();
    const offer = (members: readonly Item[]) =>
      bench.source.offer('group', { pages: [[crew('g1', members)]] });
    const only = { entityTypes: [group], guards };
    offer(people(100));
    await bench.sync(only);
    offer(after[kind](most + 1));
    await expect(bench.sync({ ...only, isFull: true })).rejects.toMatchObject({ code: 'guard-exceeded' });
    expect(await bench.summary()).toMatchObject({
      classes: [{ objectClass: 'group.members', [kind]: most + 1 }],
    });
    offer(after[kind](most));
    const { counts } = await bench.sync({ ...only, isFull: true });
    expect(counts.find(({ objectClass }) => objectClass === 'group.members')).toMatchObject({ [kind]: most });
  });

  test('links that go because an object goes are counted, too', async () => {
    const bench = setUp();
    bench.source.offer('user', { pages: [people(10)] });
    bench.source.offer('group', { pages: [[team('g1', 'u1'), team('g2', 'u1'), team('g3', 'u1')]] });
    await bench.sync();
    bench.source.offer('user', { pages: [[{ key: 'u1', removed: 'restorable' }]] });
    bench.source.offer('group', { pages: [[]] });
    await expect(bench.sync({ guards: onLinks({ deletedCount: 2 }) })).rejects.toMatchObject({
      message: expect.stringContaining(
        '3 links would be deleted, and MaximumLinkDeletedLines of the connection is 2',
      ),
    });
    await bench.discard();
    bench.source.offer('user', { pages: [people(10).slice(1)] });
    bench.source.offer('group', { pages: [[team('g1', 'u1'), team('g2', 'u1'), team('g3', 'u1')]] });
    await bench.sync({ guards: onLinks({ deletedCount: 3 }) });
    expect(await bench.places()).toHaveLength(12);
  });

  test('a changing day passes the usual limits, and a mapping that would lose a fifth does not', async () => {
    const bench = setUp();
    bench.source.offer('user', { pages: [people(200)] });
    await bench.sync({ entityTypes, guards: defaultGuards });
    bench.source.offer('user', { pages: [[person(1, 'Renamed'), { key: 'u2', removed: 'forever' }]] });
    await bench.sync({ entityTypes, guards: defaultGuards });
    bench.source.offer('user', { pages: [people(160)] });
    await expect(bench.sync({ entityTypes, guards: defaultGuards, isFull: true })).rejects.toMatchObject({
      message: expect.stringContaining('MaxPercentageDeletedLines of the connection is 5'),
    });
  });
});

describe('I7 what is blocked changes nothing', () => {
  test('of any entity type, when one of them exceeds', async () => {
    const bench = setUp();
    bench.source.offer('user', { pages: [people(10)] });
    bench.source.offer('group', { pages: [[team('g1', 'u1')]] });
    await bench.sync();
    const before = await bench.contents();
    bench.source.offer('user', { pages: [[person(11)]] });
    bench.source.offer('group', { pages: [[team('g2'), team('g3'), team('g4', 'u11')]] });
    const guards = onType('group', { insertedCount: 2 });
    await expect(bench.sync({ guards })).rejects.toMatchObject({
      code: 'guard-exceeded',
      message: `${bench.name} is blocked, because 3 objects of group would be inserted, and MaximumInsertedLines of group is 2: look at the changes with "syncline changes ${bench.name}", then apply them with "syncline resume ${bench.name}" or drop them with "syncline discard ${bench.name}".`,
    });
    expect(await bench.contents()).toEqual(before);
    expect(await bench.contradictions()).toEqual([]);
    const [first, second] = await bench.runs();
    expect(first).toMatchObject({ state: 'succeeded' });
    expect(second).toMatchObject({ state: 'blocked', isEnded: true, counts: [] });
    expect(second?.message).toContain('MaximumInsertedLines of group is 2');
    expect(bench.progress.filter(({ kind }) => kind === 'blocked')).toMatchObject([
      { objectClass: 'user', counts: [{ inserted: 1 }] },
      { objectClass: 'group', counts: [{ inserted: 3 }, { inserted: 1 }] },
    ]);
  });

  test('while the first set of a type is applied, which has nothing to lose', async () => {
    const bench = setUp();
    const guards = {
      ...defaultGuards,
      entityTypes: { user: limits({ insertedCount: 1, insertedPercent: 1 }) },
    };
    bench.source.offer('user', { pages: [people(500)] });
    await bench.sync({ entityTypes, guards });
    bench.source.offer('user', { pages: [[person(501), person(502)]] });
    bench.source.offer('group', { pages: [Array.from({ length: 300 }, (_, index) => team(`g${index}`))] });
    await expect(bench.sync({ guards })).rejects.toMatchObject({ code: 'guard-exceeded' });
    const places = await bench.places();
    expect(places.filter((place) => place.startsWith('group '))).toHaveLength(300);
    expect(places.filter((place) => place.startsWith('user '))).toHaveLength(500);
  });

  test('while another type cannot be read, which is told as well', async () => {
    const bench = setUp();
    bench.source.offer('user', { pages: [people(10)] });
    await bench.sync();
    bench.source.offer('user', { pages: [people(5)] });
    bench.source.breakOff('group', 0);
    await expect(bench.sync({ isFull: true, guards: fewDeletions })).rejects.toMatchObject({
      code: 'guard-exceeded',
      message: expect.stringContaining('The source of group broke off.'),
    });
    await bench.resume();
    expect(await bench.places()).toHaveLength(5);
  });

  test('of a set that an earlier run has left complete', async () => {
    const { sql } = own().database;
    const bench = setUp();
    bench.source.offer('user', { pages: [people(10)] });
    await bench.sync({ entityTypes });
    bench.source.offer('user', { pages: [people(5)] });
    // An interruption between reading and applying.
    const interruption = new AbortController();
    const release = bench.source.hold('group');
    const running = bench.sync({ isFull: true, guards: fewDeletions, signal: interruption.signal });
    const cancelled = expect(running).rejects.toMatchObject({ code: 'cancelled' });
    for (let complete = 0; complete === 0; ) {
      complete = (
        await sql`select from export_set join entity_type using (entity_type_id) join connection as c using (connection_id)
          where c.name = ${bench.name} and export_set.state = 'complete'`
      ).length;
    }
    interruption.abort();
    release();
    await cancelled;
    expect(await bench.places()).toHaveLength(10);
    const reads = bench.source.starts('user').length;
    await expect(bench.sync({ entityTypes, guards: fewDeletions })).rejects.toMatchObject({
      code: 'guard-exceeded',
    });
    expect(bench.source.starts('user')).toHaveLength(reads);
    expect(await bench.list()).toHaveLength(5);
  });
});

describe('an answer that cannot be believed always asks', () => {
  test.each([
    ['without limits', noGuards],
    ['with limits', defaultGuards],
  ])('an empty one, %s', async (_how, guards) => {
    const bench = setUp();
    bench.source.offer('user', { pages: [people(3)] });
    await bench.sync({ entityTypes, guards });
    bench.source.offer('user', { pages: [[]], expected: 0 });
    await expect(bench.sync({ entityTypes, guards, isFull: true })).rejects.toMatchObject({
      message: expect.stringContaining('only 0 of 3 user objects came'),
    });
    expect(await bench.list()).toHaveLength(3);
    await bench.resume();
    expect(await bench.places()).toEqual([]);
    expect(await bench.contradictions()).toEqual([]);
  });

  test('also the first one of a type, far shorter than the source counts; it can be resumed', async () => {
    const bench = setUp();
    bench.source.offer('user', { pages: [people(50)], expected: 100 });
    await expect(bench.sync({ entityTypes, guards: noGuards })).rejects.toMatchObject({
      code: 'guard-exceeded',
    });
    expect(await bench.places()).toEqual([]);
    await bench.resume();
    expect(await bench.places()).toHaveLength(50);
    expect(await bench.contradictions()).toEqual([]);
  });

  test('but not where nothing was stored, and not when it is forced', async () => {
    const bench = setUp();
    await bench.sync({ entityTypes, guards: defaultGuards });
    await bench.sync({ entityTypes, guards: defaultGuards, isFull: true });
    bench.source.offer('user', { pages: [people(30)] });
    await bench.sync({ entityTypes, guards: noGuards });
    bench.source.offer('user', { pages: [[]], expected: 0 });
    await bench.sync({ entityTypes, guards: defaultGuards, isFull: true, isForced: true });
    expect(await bench.places()).toEqual([]);
  });
});
