// Reading and applying as tasks of their own, as jobs have them.
import { describe, expect, test } from 'vitest';
import { applyExported, exportOnly } from '../src/sync/stages.ts';
import { fewDeletions, setUpGuardBench } from './fixtures/guard-bench.ts';
import { useOwnDatabase } from './fixtures/own-database.ts';
import { group, people, team, user } from './fixtures/sync-bench.ts';

const own = useOwnDatabase();
const setUp = () => setUpGuardBench(own());
const entityTypes = [user];
const { signal } = new AbortController();

describe('reading and applying as tasks of their own', () => {
  test('what is read waits to be applied, past the guards, without asking the source again', async () => {
    const bench = setUp();
    const target = {
      sql: own().database.sql,
      connector: bench.source.connector(),
      name: bench.name,
      entityTypes: [user, group],
      guards: fewDeletions,
    };
    const settings = { isFull: false, isForced: false, signal, report: () => {} };
    bench.source.offer('user', { pages: [people(200)] });
    bench.source.offer('group', { pages: [[team('g1', 'u1', 'u2')]] });
    await exportOnly(target, settings);
    expect(await bench.places()).toEqual([]);
    await applyExported(target, settings);
    expect(await bench.places()).toHaveLength(203);
    await applyExported(target, settings);
    expect((await bench.runs()).at(-1)).toMatchObject({ state: 'succeeded', counts: [] });

    bench.source.offer('user', { pages: [people(197)] });
    await exportOnly(target, { ...settings, isFull: true });
    const reads = bench.source.starts('user').length;
    await expect(applyExported(target, settings)).rejects.toMatchObject({ code: 'guard-exceeded' });
    await expect(exportOnly(target, settings)).rejects.toMatchObject({ code: 'connection-blocked' });
    await expect(applyExported(target, settings)).rejects.toMatchObject({ code: 'connection-blocked' });
    expect(bench.source.starts('user')).toHaveLength(reads);
    await bench.resume();
    expect(await bench.places()).toHaveLength(200);
  });

  test('an empty answer asks when it is applied', async () => {
    const bench = setUp();
    const target = {
      sql: own().database.sql,
      connector: bench.source.connector(),
      name: bench.name,
      entityTypes,
    };
    const settings = { isFull: true, isForced: false, signal, report: () => {} };
    bench.source.offer('user', { pages: [people(3)] });
    await bench.sync({ entityTypes });
    bench.source.offer('user', { pages: [[]] });
    await exportOnly(target, settings);
    await expect(applyExported(target, settings)).rejects.toMatchObject({
      code: 'guard-exceeded',
      message: expect.stringContaining('only 0 of 3 user objects came'),
    });
    await exportOnly(target, settings);
    await applyExported(target, { ...settings, isForced: true });
    expect(await bench.places()).toEqual([]);
  });
});
