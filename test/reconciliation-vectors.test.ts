// The scenario of the seed, V01 to V25 by their ids (reconciliation reference, H.4), with the settings of an authoritative source. Where
// the engine is safer than the reference, both are shown: what it does by itself, and with the setting that makes it do the other.
import { expect, test } from 'vitest';
import type { MappingDefinition } from '../src/model/mapping.ts';
import { readMapping, resetChangePosition } from '../src/store/mappings.ts';
import { readReconciliation } from '../src/store/reconciliations.ts';
import { useOwnDatabase } from './fixtures/own-database.ts';
import { makeWorld, policiesOf, type World } from './fixtures/reconciliation-world.ts';

const own = useOwnDatabase();
const sql = () => own().database.sql;

const onlyAda: Partial<MappingDefinition> = { filterSource: 'mail eq "ada@example.com"' };
const ada = { login: 'ada', mail: 'ada@example.com', city: 'Paris' };
const bob = { login: 'bob', mail: 'bob@example.com', city: 'Rome' };
const eve = { login: 'eve', mail: 'eve@example.com' };

const seedPolicies = policiesOf({ LINK_ONLY: 'UNLINK' });

async function seedWorld(definition: Partial<MappingDefinition> = {}): Promise<World> {
  return await makeWorld(sql(), { policies: seedPolicies, ...definition });
}

/** Everybody imported, then the filter put back. */
async function narrowedWorld(settings: Partial<MappingDefinition['settings']> = {}): Promise<World> {
  const world = await seedWorld();
  await world.putSource('a', ada);
  await world.putSource('b', bob);
  await world.putSource('e', eve);
  await world.run();
  const { definition } = await world.change({});
  await world.change({ ...onlyAda, settings: { ...definition.settings, ...settings } });
  await world.putSource('a', { ...ada, city: 'Lyon' });
  await world.putSource('b', { ...bob, city: 'Milan' });
  return world;
}

test('V01 V02 V03 V04: one is imported, then changed, then left alone, then everybody follows', async () => {
  const world = await seedWorld(onlyAda);
  await world.putSource('a', ada);
  await world.putSource('b', bob);
  const first = await world.run();
  expect(first.counts).toMatchObject({
    situations: { ABSENT: 1 },
    source: { total: 1, processed: 1 },
    target: { created: 1 },
    links: { created: 1 },
    succeeded: 1,
  });
  await world.putSource('a', { ...ada, city: 'Lyon' });
  const second = await world.run();
  expect(second.counts).toMatchObject({ situations: { CONFIRMED: 1 }, target: { created: 0, updated: 1 } });
  const third = await world.run();
  expect(third.counts).toMatchObject({ situations: { CONFIRMED: 1 }, target: { updated: 0, unchanged: 1 } });
  await world.change({ filterSource: 'true' });
  await world.putSource('e', eve);
  const fourth = await world.run();
  expect(fourth.counts).toMatchObject({ situations: { CONFIRMED: 1, ABSENT: 2 }, target: { created: 2 } });
});

test('V05: a filter that is put back leaves alone what it leaves out; with the setting, it is updated as in the reference', async () => {
  const safe = await narrowedWorld();
  const ran = await safe.run();
  expect(ran.counts).toMatchObject({
    situations: { CONFIRMED: 1, SOURCE_MISSING: 0, UNASSIGNED: 0 },
    target: { updated: 1, deleted: 0 },
    outsideFilter: 2,
  });
  expect([...(await safe.sides()).target.values()]).toContainEqual({
    userName: 'bob',
    mail: 'bob@example.com',
    city: 'Rome',
  });
  const wide = await narrowedWorld({ updatesOutsideFilter: true });
  const both = await wide.run();
  expect(both.counts).toMatchObject({
    situations: { CONFIRMED: 3 },
    target: { updated: 2 },
    outsideFilter: 0,
  });
});

test('V06: without the target phase, only what the filter lets through is looked at', async () => {
  const world = await narrowedWorld({ updatesOutsideFilter: true });
  const ran = await world.run({ parameters: { runsTargetPhase: false } });
  expect(ran.counts).toMatchObject({ situations: { CONFIRMED: 1 }, target: { updated: 1 } });
});

test('V07 V08: an identity made by hand is found, or unassigned and untouched', async () => {
  const world = await seedWorld();
  await world.putSource('a', ada);
  await world.putTarget('found', { userName: 'Ada' });
  await world.putTarget('alone', { userName: 'somebody' });
  const { entries, counts } = await world.run();
  expect(entries).toMatchObject([
    { situation: 'FOUND', targetKey: 'found', status: 'succeeded' },
    { situation: 'UNASSIGNED', action: 'EXCEPTION', targetKey: 'alone', status: 'succeeded' },
  ]);
  expect(entries[1]?.message).toMatch(/./);
  expect(counts.failed).toBe(0);
  expect((await world.sides()).target.get('alone')).toEqual({ userName: 'somebody' });
});

test('V09: two identities that match one account are listed, and not visited again', async () => {
  const world = await seedWorld();
  await world.putSource('a', ada);
  await world.putTarget('t1', { userName: 'ada' });
  await world.putTarget('t2', { userName: 'ADA' });
  const { entries } = await world.run();
  expect(entries).toMatchObject([{ situation: 'AMBIGUOUS', ambiguousKeys: ['t1', 't2'], matchCount: 2 }]);
});

test('V10: of two accounts that match one identity, the first gets it and the second is told', async () => {
  const world = await seedWorld();
  await world.putSource('a', ada);
  await world.putSource('b', { ...bob, login: 'ADA' });
  await world.putTarget('t', { userName: 'ada' });
  const { entries } = await world.run();
  expect(entries).toMatchObject([
    { sourceKey: 'a', situation: 'FOUND', status: 'succeeded' },
    { sourceKey: 'b', situation: 'FOUND_ALREADY_LINKED', action: 'EXCEPTION', targetKey: 't' },
  ]);
});

test('V11: an identity that was deleted is missing; with CREATE, there is a new one, and the link leads to it', async () => {
  const world = await seedWorld();
  await world.putSource('a', ada);
  await world.run();
  const [link] = await world.links();
  await world.removeTarget(link?.targetKey ?? '');
  const { entries } = await world.run();
  expect(entries).toMatchObject([{ situation: 'MISSING', action: 'EXCEPTION', status: 'succeeded' }]);
  expect(await world.links()).toEqual([link]);
  await world.change({ policies: policiesOf({ MISSING: 'CREATE' }) });
  const created = await world.run();
  expect(created.counts).toMatchObject({ target: { created: 1 }, links: { created: 0, moved: 1 } });
  const [moved] = await world.links();
  expect(moved?.targetKey).not.toBe(link?.targetKey);
  expect((await world.sides()).target.size).toBe(1);
  expect((await world.run()).counts.target.unchanged).toBe(1);
});

test('V12: of an account that was deleted, a full run says so, deletes the identity, or unlinks it', async () => {
  for (const [action, targets, links, next] of [
    ['EXCEPTION', 1, 1, 'SOURCE_MISSING'],
    ['DELETE', 0, 0, null],
    ['UNLINK', 1, 0, 'UNASSIGNED'],
  ] as const) {
    const world = await seedWorld({ policies: policiesOf({ SOURCE_MISSING: action }) });
    await world.putSource('a', ada);
    await world.putSource('b', bob);
    await world.run();
    await world.removeSource('a');
    const { entries } = await world.run();
    expect(entries.find(({ phase }) => phase === 'target')).toMatchObject({
      situation: 'SOURCE_MISSING',
      action,
      status: 'succeeded',
    });
    expect([(await world.sides()).target.size - 1, (await world.links()).length - 1]).toEqual([
      targets,
      links,
    ]);
    const after = await world.run();
    expect(after.entries.find(({ phase }) => phase === 'target')?.situation ?? null).toBe(next);
  }
});

test('V13 V14 V15: deletions by an incremental run', async () => {
  const world = await seedWorld();
  await world.putSource('a', ada);
  await world.putSource('b', bob);
  await world.run();
  const link = (await world.links()).find(({ sourceKey }) => sourceKey === 'b');
  await world.removeSource('a');
  await world.removeSource('b');
  await world.removeTarget(link?.targetKey ?? '');
  await world.putSource('never imported', eve);
  await world.removeSource('never imported');
  const { entries, counts } = await world.run({ mode: 'incremental' });
  expect(entries).toMatchObject([
    { sourceKey: 'a', situation: 'SOURCE_MISSING', action: 'EXCEPTION' },
    { sourceKey: 'b', situation: 'LINK_ONLY', action: 'UNLINK', status: 'succeeded' },
  ]);
  expect(counts.situations.ALL_GONE).toBe(1);
  expect(await world.links()).toMatchObject([{ sourceKey: 'a' }]);
});

test('V16: what the target refuses fails, and the run succeeds', async () => {
  const world = await seedWorld();
  await world.putSource('a', { mail: 'nameless@example.com' });
  const { state, entries, counts } = await world.run();
  expect(state).toBe('succeeded-with-failures');
  expect(entries).toMatchObject([{ situation: 'ABSENT', action: 'CREATE', status: 'failed' }]);
  expect(entries[0]?.message).toMatch(/userName/);
  expect(counts).toMatchObject({ target: { created: 0 }, links: { created: 0 }, failed: 1 });
});

test('V17: a source that was not read whole never comes to the target phase', async () => {
  const world = await seedWorld({ policies: policiesOf({ SOURCE_MISSING: 'DELETE', UNASSIGNED: 'DELETE' }) });
  await world.putTarget('t', { userName: 'ada' });
  await world.putSource('a', bob);
  await sql()`
    update entity_type set cookie = null from connection
    where connection.connection_id = entity_type.connection_id and connection.name = ${world.source}`;
  await expect(world.run()).rejects.toMatchObject({
    code: 'reconciliation-refused',
    message: expect.stringMatching(/never read as a whole: synchronize/),
  });
  expect((await world.sides()).target.size).toBe(1);
});

test('V18: a source without anything fails the run, unless that is allowed', async () => {
  const world = await seedWorld({ policies: policiesOf({ UNASSIGNED: 'DELETE' }) });
  await world.putTarget('t', { userName: 'ada' });
  await expect(world.run()).rejects.toMatchObject({ code: 'reconciliation-refused' });
  const [row] = await sql()<{ reconciliationId: number }[]>`
    select reconciliation_id from reconciliation where mapping_name = ${world.name}`;
  expect(await readReconciliation(sql(), row?.reconciliationId ?? 0)).toMatchObject({
    state: 'failed',
    message: expect.stringMatching(/has no resource/),
  });
  expect((await world.sides()).target.size).toBe(1);
  const allowed = await world.run({ parameters: { allowsEmptySource: true } });
  expect(allowed.counts.target.deleted).toBe(1);
});

test('V19: a first incremental run looks at everything, where the reference would pass over it', async () => {
  const world = await seedWorld();
  await world.putSource('a', ada);
  const { mode, counts, message } = await world.run({ mode: 'incremental' });
  expect([mode, counts.target.created]).toEqual(['full', 1]);
  expect(message).toMatch(/first run/);
  await world.putSource('b', bob);
  const next = await world.run({ mode: 'incremental' });
  expect([next.mode, next.counts.target.created, next.counts.source.processed]).toEqual([
    'incremental',
    1,
    1,
  ]);
});

test('V20: the position in the log never grows too old; once it is reset, everything is looked at', async () => {
  const world = await seedWorld();
  await world.putSource('a', ada);
  await world.run();
  expect(await resetChangePosition(sql(), world.name)).toBe(true);
  expect((await readMapping(sql(), world.name))?.changePosition).toBeNull();
  const { mode, counts } = await world.run({ mode: 'incremental' });
  expect([mode, counts.target.unchanged]).toEqual(['full', 1]);
  expect((await readMapping(sql(), world.name))?.changePosition).not.toBeNull();
});

test('V21: an account that was renamed keeps its link', async () => {
  const world = await seedWorld();
  await world.putSource('a', ada);
  await world.run();
  const links = await world.links();
  await world.putSource('a', { ...ada, login: 'ada.king' });
  const { entries } = await world.run({ mode: 'incremental' });
  expect(entries).toMatchObject([
    { situation: 'CONFIRMED', changes: { before: { userName: 'ada' }, after: { userName: 'ada.king' } } },
  ]);
  expect(await world.links()).toEqual(links);
});

test('V22: an account made anew with the same name finds the identity linked, until the old link is gone', async () => {
  const world = await seedWorld({ policies: policiesOf({ SOURCE_MISSING: 'IGNORE' }) });
  await world.putSource('a', ada);
  await world.run();
  await world.removeSource('a');
  await world.putSource('a2', ada);
  const { entries } = await world.run();
  expect(entries.find(({ sourceKey }) => sourceKey === 'a2')).toMatchObject({
    situation: 'FOUND_ALREADY_LINKED',
  });
  await world.change({ policies: policiesOf({ SOURCE_MISSING: 'UNLINK' }) });
  await world.run({ mode: 'keys', parameters: { keys: ['a'] } });
  const found = await world.run();
  expect(found.entries).toMatchObject([{ sourceKey: 'a2', situation: 'FOUND', status: 'succeeded' }]);
});

test('V23: a run that is cancelled keeps what is done, with the right counts', async () => {
  const cancelling = new AbortController();
  let orders = 0;
  const world = await makeWorld(
    sql(),
    {},
    {
      onOrder() {
        orders += 1;
        if (orders === 1500) cancelling.abort();
        return undefined;
      },
    },
  );
  await sql()`
    insert into resource (entity_type_id, key, attributes)
    select entity_type_id, 'n' || n, jsonb_build_object('login', 'user' || n)
    from entity_type join connection using (connection_id) cross join generate_series(1, 2500) as n
    where connection.name = ${world.source}`;
  await expect(world.run({ signal: cancelling.signal })).rejects.toMatchObject({ code: 'cancelled' });
  const [row] = await sql()<{ reconciliationId: number }[]>`
    select reconciliation_id from reconciliation where mapping_name = ${world.name}`;
  const run = await readReconciliation(sql(), row?.reconciliationId ?? 0);
  expect(run).toMatchObject({
    state: 'cancelled',
    counts: { target: { created: 2000 }, links: { created: 2000 }, succeeded: 2000, proposed: 500 },
  });
  expect((await world.sides()).target.size).toBe(2000);
  const entries = await world.readEntries(run?.reconciliationId ?? 0);
  expect(entries.filter(({ status }) => status === 'succeeded')).toHaveLength(2000);
  expect(entries.filter(({ status }) => status === 'proposed')).toHaveLength(500);
  expect((await readMapping(sql(), world.name))?.changePosition).toBeNull();
  const rest = await world.run();
  expect(rest.counts).toMatchObject({
    situations: { CONFIRMED: 2000, ABSENT: 500 },
    target: { created: 500 },
  });
});

test('V24 V25: what leaves the scope is deleted by default, linked or only matching', async () => {
  for (const linked of [true, false]) {
    const world = await seedWorld({ scope: { queryFilter: 'city eq "Paris"' } });
    await world.putSource('a', { ...ada, city: 'Rome' });
    await world.putTarget('t', { userName: 'ada' });
    if (linked) await world.link('a', 't');
    const { entries } = await world.run();
    expect(entries).toMatchObject([{ situation: 'UNQUALIFIED', action: 'DELETE', status: 'succeeded' }]);
    expect(entries[0]?.message).toMatch(/scope/);
    expect((await world.sides()).target.size).toBe(0);
    expect(await world.links()).toEqual([]);
  }
});
