// The list of what a guard holds back, as a person reads it: in numbers, narrowed, in pages and as a file.
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  type BlockedChange,
  type BlockedSelection,
  readBlockedChanges,
} from '../src/store/blocked-changes.ts';
import { writeBlockedFile } from '../src/sync/blocked-file.ts';
import { readCsv } from './fixtures/csv-reading.ts';
import { type GuardBench, onResources, setUpGuardBench } from './fixtures/guard-bench.ts';
import { useOwnDatabase } from './fixtures/own-database.ts';
import { people, person, team } from './fixtures/sync-bench.ts';

const own = useOwnDatabase();
const setUp = () => setUpGuardBench(own());
const { signal } = new AbortController();

describe('the list', () => {
  /** Two users gone, one renamed, a group with a member come. */
  async function blockAFew(): Promise<GuardBench> {
    const bench = setUp();
    bench.source.offer('user', { pages: [[...people(5), person(6, '100%_sure')]] });
    await bench.sync();
    bench.source.offer('user', {
      pages: [[{ key: 'u1', removed: 'forever' }, { key: 'u6', removed: 'forever' }, person(3, '=Renamed')]],
    });
    bench.source.offer('group', { pages: [[team('g1', 'u3')]] });
    await expect(bench.sync({ guards: onResources({ deletedCount: 1 }) })).rejects.toMatchObject({
      code: 'guard-exceeded',
    });
    return bench;
  }

  test('says in numbers what would be done, why it is blocked, since when and by which run', async () => {
    const bench = await blockAFew();
    const { reasons, classes, blockedAt, runId } = (await bench.summary()) ?? {};
    expect(reasons).toEqual(['2 objects would be deleted, and MaximumDeletedLines of the connection is 1']);
    expect(classes).toEqual([
      { objectClass: 'group', inserted: 1, updated: 0, deleted: 0 },
      { objectClass: 'group.members', inserted: 1, updated: 0, deleted: 0 },
      { objectClass: 'user', inserted: 0, updated: 1, deleted: 2 },
    ]);
    expect(Math.abs(Date.now() - (blockedAt?.getTime() ?? 0))).toBeLessThan(60_000);
    const [run] = await own().database.sql`select state, message from run where run_id = ${runId ?? 0}`;
    expect(run).toMatchObject({ state: 'blocked' });
  });

  test.each<[string, Omit<BlockedSelection, 'connectionId'>, string[]]>([
    ['of a class', { objectClass: 'group.members' }, ['insert g1 u3']],
    ['of a kind', { kind: 'delete' }, ['delete u1', 'delete u6']],
    ['of both', { objectClass: 'user', kind: 'update' }, ['update u3']],
    ['with a text in a key', { search: 'U3' }, ['update u3', 'insert g1 u3']],
    ['with a text in a value, before or after', { search: 'user ' }, ['update u3', 'delete u1']],
    ['with a text that would be a pattern', { search: '0%_' }, ['delete u6']],
    ['with a text that would be SQL', { search: "' or true --" }, []],
    ['with what only names an attribute', { search: 'name"' }, []],
  ])('can be narrowed to changes %s', async (_what, selection, found) => {
    const bench = await blockAFew();
    const list = await bench.list(selection);
    expect(list.map(({ kind, key, targetKey }) => [kind, key, targetKey ?? []].flat().join(' '))).toEqual(
      found,
    );
  });

  test('comes in pages that neither skip nor repeat', async () => {
    const bench = await blockAFew();
    const connectionId = await bench.connectionId();
    const read: BlockedChange[] = [];
    for (let after: number | null = 0; after !== null; ) {
      const page = await readBlockedChanges(own().database.sql, { connectionId, after, limit: 2 });
      expect(page.changes.length).toBeLessThanOrEqual(2);
      read.push(...page.changes);
      after = page.next;
    }
    expect(read).toEqual(await bench.list());
    expect(read).toHaveLength(5);
  });

  test('is one row for each change as a CSV file, without formulas where they are not wanted', async () => {
    const bench = await blockAFew();
    const path = join(mkdtempSync(join(own().dataDirectory, '../changes-')), 'changes.csv');
    const selection = { connectionId: await bench.connectionId() };
    const { sql } = own().database;
    const file = { selection, path, neutralizesFormulas: false, signal };
    expect(await writeBlockedFile(sql, file)).toBe(5);
    expect(readCsv(readFileSync(path, 'utf8'))).toEqual([
      ['kind', 'class', 'key', 'targetKey', 'before', 'after'],
      ['update', 'user', 'u3', '', '{"name":"User 3"}', '{"name":"=Renamed"}'],
      ['delete', 'user', 'u1', '', '{"name":"User 1"}', ''],
      ['delete', 'user', 'u6', '', '{"name":"100%_sure"}', ''],
      ['insert', 'group', 'g1', '', '', '{"name":"g1"}'],
      ['insert', 'group.members', 'g1', 'u3', '', ''],
    ]);
    const nowhere = { ...file, path: join(path, 'nowhere.csv') };
    await expect(writeBlockedFile(sql, nowhere)).rejects.toMatchObject({ code: 'output-unusable' });
  });
});
