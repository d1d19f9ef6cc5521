// What is kept of old runs of a mapping, and that nothing is kept for ever that nobody will look at.
import { expect, test } from 'vitest';
import { lockMapping } from '../src/store/connection-lock.ts';
import { dropUnusedIndex } from '../src/store/correlation-indexes.ts';
import { markInterrupted } from '../src/store/interrupted-reconciliations.ts';
import { readMapping } from '../src/store/mappings.ts';
import { removeOldEntries } from '../src/store/reconciliation-retention.ts';
import { readReconciliation } from '../src/store/reconciliations.ts';
import { useOwnDatabase } from './fixtures/own-database.ts';
import { makeWorld, type World } from './fixtures/reconciliation-world.ts';

const own = useOwnDatabase();
const sql = () => own().database.sql;

async function tidy(): Promise<void> {
  while ((await removeOldEntries(sql())) === 'removed');
}

test('the entries of the last ten full runs, ten others and three simulations are kept, and all counts', async () => {
  const world = await makeWorld(sql());
  await world.putSource('s1', { login: 'ada' });
  await world.run();
  for (let turn = 0; turn < 11; turn++) {
    await world.putSource('s1', { login: 'ada', city: `City ${turn}` });
    await world.run({ isDryRun: true });
    await world.run({ mode: 'incremental' });
    await world.run();
  }
  await tidy();
  const runs = await sql()<{ kind: string; kept: number; removed: number; uncounted: number }[]>`
    select case when is_dry_run then 'simulated' else mode::text end as kind,
      count(*) filter (where entries_removed_at is null)::int as kept,
      count(*) filter (where entries_removed_at is not null)::int as removed,
      count(*) filter (where (counts->'source'->>'processed')::int <> 1)::int as uncounted
    from reconciliation where mapping_name = ${world.name} group by 1 order by 1`;
  expect(runs).toEqual([
    { kind: 'full', kept: 10, removed: 2, uncounted: 0 },
    { kind: 'incremental', kept: 10, removed: 1, uncounted: 0 },
    { kind: 'simulated', kept: 3, removed: 8, uncounted: 0 },
  ]);
  const [left] = await sql()`
    select count(*)::int as count from reconciliation_entry join reconciliation using (reconciliation_id)
    where entries_removed_at is not null`;
  expect(left).toEqual({ count: 0 });
});

test('incremental runs that found nothing are forgotten after a day, and push nothing out', async () => {
  const world = await makeWorld(sql());
  await world.putSource('s1', { login: 'bob' });
  const first = await world.run();
  for (let turn = 0; turn < 15; turn++) await world.run({ mode: 'incremental' });
  await tidy();
  const count = () =>
    sql()`select count(*)::int as count from reconciliation where mapping_name = ${world.name}`;
  expect(await count()).toEqual([{ count: 16 }]);
  await sql()`update reconciliation set ended_at = ended_at - interval '2 days' where mapping_name = ${world.name}`;
  await tidy();
  expect(await count()).toEqual([{ count: 1 }]);
  expect(first.entries).toHaveLength(1);
});

test('a run makes the indexes that its correlation asks for', async () => {
  const world = await makeWorld(sql());
  await world.putSource('s1', { login: 'eve' });
  await world.run();
  const indexes = await sql()`
    select correlation_index.attribute, indisvalid from correlation_index
      join entity_type using (entity_type_id) join connection using (connection_id)
      join pg_index on indexrelid = to_regclass(index_name)
    where connection.name = ${world.target}`;
  expect(indexes).toEqual([{ attribute: 'userName', indisvalid: true }]);
});

test('an index that no run asks for any more is dropped after a month, and made again when one does', async () => {
  const world = await makeWorld(sql());
  await world.putSource('s1', { login: 'eve' });
  await world.run();
  const [index] = await sql()<{ indexName: string }[]>`
    select index_name from correlation_index join entity_type using (entity_type_id) join connection using (connection_id)
    where connection.name = ${world.target}`;
  const name = index?.indexName ?? '';
  const isThere = async () => (await sql()`select to_regclass(${name}) is not null as there`)[0]?.there;
  const age = (days: number) => sql()`
    update correlation_index set used_at = now() - make_interval(days => ${days}) where index_name = ${name}`;

  await age(29);
  expect(await dropUnusedIndex(sql())).toBe('nothing');
  await world.run();
  await age(31);
  await world.run();
  expect(await dropUnusedIndex(sql())).toBe('nothing');
  expect(await isThere()).toBe(true);

  await age(31);
  expect(await dropUnusedIndex(sql())).toBe('removed');
  expect(await isThere()).toBe(false);
  await world.putSource('s2', { login: 'ada' });
  await world.run();
  expect(await isThere()).toBe(true);
});

test('a run whose process is gone is marked, one whose mapping is held or whose job is under way is not', async () => {
  const [gone, held, queued] = [await left(), await left(), await left()];
  await sql()`
    with made as (insert into job_run (job_identifier, trigger, started_by, state) values ('j', 'api', 'a test', 'queued') returning job_run_id),
      task as (insert into task_run (job_run_id, place, identifier, definition) select job_run_id, 0, 't', '{}' from made returning task_run_id)
    update reconciliation set task_run_id = (select task_run_id from task) where reconciliation_id = ${queued.id}`;
  const mapping = await readMapping(sql(), held.world.name);
  const lock = await lockMapping(sql(), mapping?.mappingId ?? 0);
  expect(await markInterrupted(sql())).toBe(1);
  await lock?.release();
  const states = await Promise.all([gone, held, queued].map(({ id }) => readReconciliation(sql(), id)));
  expect(states.map((run) => run?.state)).toEqual(['interrupted', 'running', 'running']);
});

async function left(): Promise<Readonly<{ world: World; id: number }>> {
  const world = await makeWorld(sql());
  const [row] = await sql()<{ id: number }[]>`
    insert into reconciliation (mapping_id, mapping_name, definition, revision, mode, is_dry_run, counts, started_by)
    select mapping_id, name, definition, revision, 'full', false, '{}', 'a process that is gone' from mapping where name = ${world.name}
    returning reconciliation_id as id`;
  return { world, id: row?.id ?? 0 };
}
