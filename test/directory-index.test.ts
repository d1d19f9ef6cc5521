/** The index of resources against the store that it follows: whatever comes, however it is cut into batches, and whoever follows. */
import type { Sql } from 'postgres';
import { afterEach, describe, expect, test } from 'vitest';
import { followDirectory, startDirectoryIndexer } from '../src/jobs/directory-indexer.ts';
import type { Item } from '../src/model/item.ts';
import { followChanges, readHorizon, readIndexState, sweepIndex } from '../src/store/directory-index.ts';
import { readScopes } from '../src/store/directory-scopes.ts';
import { searchDirectory } from '../src/store/directory-search.ts';
import { blockThreeDeletions, setUpGuardBench } from './fixtures/guard-bench.ts';
import { useOwnDatabase } from './fixtures/own-database.ts';
import { setUpBench, team } from './fixtures/sync-bench.ts';

const getDatabase = useOwnDatabase();
const sql = () => getDatabase().database.sql;

const named = (key: string, name: string): Item => ({ key, attributes: { name } });
const gone = (key: string): Item => ({ key, removed: 'forever' });

/** Everything that the index holds, without numbers that depend on the order of work. */
async function readIndex(): Promise<object> {
  const entries = await sql()`
    select entity_type_id, key, name, sort_name, to_jsonb(array(select word from unnest(words) as word order by word)) as words,
      first_change::float8 as first_change, deleted_change::float8 as deleted_change
    from directory_entry order by entity_type_id, key`;
  const words = await sql()`
    select scope_id, word, directory_word.sort_name, key, shared_length
    from directory_word join directory_entry using (entry_number) order by scope_id, word, key`;
  const events = await sql()`
    select connection_id, key, is_link, change_number::float8 as change_number from directory_event
    order by connection_id, key, is_link, change_number`;
  return { entries: [...entries], words: [...words], events: [...events] };
}

/** The same of an index that is made anew in one go. */
async function readFreshIndex(): Promise<object> {
  await sql()`truncate directory_entry, directory_word, directory_event`;
  await sql()`update directory_index set change_number = 0`;
  await followDirectory(sql());
  return await readIndex();
}

async function find(connection: string, words: readonly string[], isDeleted = false): Promise<string[]> {
  const scopes = await readScopes(sql(), { connection });
  const { items } = await searchDirectory(sql(), {
    words,
    entityTypeIds: scopes.map(({ entityTypeId }) => entityTypeId),
    isDeleted,
    limit: 100,
  });
  return items.map(({ key }) => key);
}

describe('what is found', () => {
  test('follows what comes, changes, goes and returns', async () => {
    const bench = setUpBench(getDatabase());
    const step = async (...items: Item[]) => {
      bench.source.offer('user', { pages: [items] });
      await bench.sync();
      await followDirectory(sql());
    };
    await step(named('u1', 'Sam Carter'), named('u2', 'Lena Ortiz'));
    expect(await find(bench.name, ['sam'])).toEqual(['u1']);
    await step(named('u1', 'Samantha Carter'));
    expect(await find(bench.name, ['samantha', 'car'])).toEqual(['u1']);
    await step(gone('u1'));
    expect(await find(bench.name, ['samantha'])).toEqual([]);
    expect(await find(bench.name, ['samantha'], true)).toEqual(['u1']);
    await step(named('u1', 'Sam Back'));
    expect(await find(bench.name, ['samantha'], true)).toEqual([]);
    expect(await find(bench.name, ['back'])).toEqual(['u1']);
    expect(await find(bench.name, [])).toEqual(['u2', 'u1']);
  });

  test('is as before while a guard holds changes back, and follows when they are resumed', async () => {
    const bench = setUpGuardBench(getDatabase());
    await blockThreeDeletions(bench);
    await followDirectory(sql());
    expect(await find(bench.name, ['user'])).toHaveLength(100);
    await bench.resume();
    await followDirectory(sql());
    expect(await find(bench.name, ['user'])).toHaveLength(97);
    expect(await find(bench.name, ['user'], true)).toEqual(['u1', 'u2', 'u3']);
  });
});

describe('the index', () => {
  /** A small pseudo-random generator, so that a failure can be repeated. */
  function drawing(seed: number): (below: number) => number {
    let state = seed;
    return (below) => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      return Math.floor((state / 2 ** 31) * below);
    };
  }

  test.each([1, 2, 3])('equals one that is made anew, however it was cut into batches (%i)', async (seed) => {
    const draw = drawing(seed);
    const bench = setUpBench(getDatabase());
    const names = ['Sam', 'Samuel', 'Sámuel Carter', 'Lena', "O'Brien", 'sam.carter@contoso.com'];
    const key = () => `u${draw(12)}`;
    for (let round = 0; round < 8; round++) {
      const items = Array.from(
        { length: 1 + draw(8) },
        (): Item => (draw(4) === 0 ? gone(key()) : named(key(), names[draw(names.length)] ?? '')),
      );
      bench.source.offer('user', { pages: [items] });
      const members = Array.from({ length: draw(5) }, key);
      bench.source.offer('group', {
        pages: [draw(3) === 0 ? [gone('t1')] : [team('t1', ...new Set(members))]],
      });
      await bench.sync({ isFull: draw(4) === 0, isForced: true });
      const upTo = (await readHorizon(sql()))?.changeNumber ?? 0;
      // Some batches and then a stop, as a process that is killed leaves it.
      for (let batches = draw(4); batches > 0; batches--) await followChanges(sql(), upTo, 1 + draw(6));
    }
    await Promise.all([followDirectory(sql(), 3), followDirectory(sql(), 5)]);
    await followDirectory(sql());
    const followed = await readIndex();
    expect(followed).toEqual(await readFreshIndex());
    expect((await readIndexState(sql())).behind).toBe(0);
    const present = [...(await bench.contents()).keys()].filter((place) => /^user \w+$/.test(place));
    expect((await find(bench.name, [])).filter((found) => found.startsWith('u'))).toHaveLength(
      present.length,
    );
  });

  test('waits for whoever has a smaller number and has not committed, and then for nobody else', async () => {
    const bench = setUpBench(getDatabase());
    bench.source.offer('user', { pages: [[named('u1', 'First')]] });
    await bench.sync();
    await followDirectory(sql());
    const [scope] = await readScopes(sql(), { connection: bench.name, type: 'user' });
    const [set] = await sql()`
      select set_id from export_set where entity_type_id = ${scope?.entityTypeId ?? 0} and state = 'applied'`;
    const write = async (on: Pick<Sql, never> & Sql, key: string) => {
      await on`insert into resource (entity_type_id, key, attributes) values (${scope?.entityTypeId ?? 0}, ${key}, ${on.json({ name: key })})`;
      await on`insert into change (set_id, kind, entity_type_id, key, after) values (${set?.setId}, 'insert', ${scope?.entityTypeId ?? 0}, ${key}, '{}')`;
    };
    const slow = await sql().reserve();
    await slow`begin`;
    await write(slow, 'slow');
    await write(sql(), 'quick');
    expect(await followDirectory(sql())).toBe(0);
    expect(await find(bench.name, [])).toEqual(['u1']);
    const indexer = startDirectoryIndexer({
      sql: sql(),
      onError: (error) => {
        throw error;
      },
    });
    await slow`commit`;
    slow.release();
    await expect.poll(() => find(bench.name, []), { timeout: 20_000 }).toEqual(['u1', 'quick', 'slow']);
    await indexer.stop();
  });

  test('forgets what belongs to types and connections that are not there any more', async () => {
    const bench = setUpBench(getDatabase());
    bench.source.offer('user', { pages: [[named('u1', 'Sam'), named('u2', 'Lena')]] });
    await bench.sync();
    bench.source.offer('user', { pages: [[named('u1', 'Samuel')]] });
    await bench.sync();
    await followDirectory(sql());
    const kept = setUpBench(getDatabase());
    kept.source.offer('user', { pages: [[named('k1', 'Kept')]] });
    await kept.sync();
    await followDirectory(sql());
    const ids = (await readScopes(sql(), { connection: bench.name })).map(({ entityTypeId }) => entityTypeId);
    const connectionId = (await readScopes(sql(), { connection: bench.name }))[0]?.connectionId ?? 0;
    await sql().begin(async (transaction) => {
      await transaction`delete from run_object_class where run_id in (select run_id from run where connection_id = ${connectionId})`;
      await transaction`delete from export_set where entity_type_id = any(${ids}::int[])`;
      await transaction`delete from run where connection_id = ${connectionId}`;
      await transaction`delete from association where entity_type_id = any(${ids}::int[])`;
      await transaction`delete from entity_type where connection_id = ${connectionId}`;
      await transaction`delete from connection where connection_id = ${connectionId}`;
    });
    while ((await sweepIndex(sql(), 1)) > 0);
    const left = await sql()`
      select from directory_entry where entity_type_id = any(${ids}::int[])
      union all select from directory_word where abs(scope_id) = any(${ids}::int[])
      union all select from directory_event where connection_id = ${connectionId}`;
    expect(left).toHaveLength(0);
    expect(await find(kept.name, ['kept'])).toEqual(['k1']);
  });
});

afterEach(async () => {
  await followDirectory(sql());
});
