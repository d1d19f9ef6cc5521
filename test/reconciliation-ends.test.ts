/** How a run counts what it has not done: as nothing, once it has ended; and what a simulation counts is what the run does. */
import { expect, test } from 'vitest';
import { discardReconciliation, readReconciliation } from '../src/store/reconciliations.ts';
import { useOwnDatabase } from './fixtures/own-database.ts';
import { makeWorld, policiesOf, type World } from './fixtures/reconciliation-world.ts';

const getDatabase = useOwnDatabase();
const nothing = { created: 0, updated: 0, deleted: 0 };

/** Three to be created, one of them without what it needs; one to be updated; one to be deleted. */
async function fill(world: World): Promise<void> {
  await world.putSource('1', { login: 'ada', mail: 'ada@example.com' });
  await world.putSource('2', { login: 'ben', mail: 'ben@example.com' });
  await world.putSource('3', { mail: 'nobody@example.com' });
  await world.putSource('4', { login: 'cem', mail: 'cem@example.com' });
  await world.putTarget('t4', { userName: 'cem', mail: 'old@example.com' });
  await world.putTarget('t5', { userName: 'dan', mail: 'dan@example.com' });
  await world.link('5', 't5');
}
const policies = policiesOf({ SOURCE_MISSING: 'DELETE' });

test('a simulation counts what the run then does', async () => {
  const world = await makeWorld(getDatabase().database.sql, { policies });
  await fill(world);
  const simulated = await world.run({ isDryRun: true });
  expect(simulated.counts.target).toMatchObject({ created: 2, updated: 1, deleted: 1 });
  expect(simulated.counts.failed).toBe(1);
  const done = await world.run();
  expect(done.counts).toMatchObject({
    situations: simulated.counts.situations,
    target: { created: 2, updated: 1, deleted: 1 },
    links: simulated.counts.links,
    failed: 1,
  });
});

test('what a guard has held back counts until it is discarded, and then no more', async () => {
  const { sql } = getDatabase().database;
  const guards = {
    DELETE: { count: 0, percent: 0 },
    UNLINK: { count: 0, percent: 0 },
    UPDATE: { count: 0, percent: 0 },
    CREATE: { count: 1, percent: 0 },
  };
  const world = await makeWorld(sql, { policies, guards });
  await fill(world);
  await expect(world.run()).rejects.toMatchObject({ code: 'reconciliation-blocked' });
  const [held] = await sql<{ reconciliationId: number }[]>`
    select reconciliation_id from reconciliation where mapping_name = ${world.name} and state = 'blocked'`;
  const reconciliationId = held?.reconciliationId ?? 0;
  expect((await readReconciliation(sql, reconciliationId))?.counts.target).toMatchObject({
    created: 2,
    updated: 1,
    deleted: 1,
  });
  expect(await discardReconciliation(sql, reconciliationId, 'Discarded.')).toBe(true);
  const discarded = await readReconciliation(sql, reconciliationId);
  expect(discarded).toMatchObject({ state: 'cancelled', counts: { target: nothing, links: { removed: 0 } } });
});

test('a run that was cancelled before it did anything counts nothing as done', async () => {
  const { sql } = getDatabase().database;
  const cancelling = new AbortController();
  const world = await makeWorld(
    sql,
    { policies },
    { onProgress: ({ stage }) => stage === 'checking' && cancelling.abort() },
  );
  await fill(world);
  await expect(world.run({ signal: cancelling.signal })).rejects.toMatchObject({ code: 'cancelled' });
  const [ended] = await sql<{ state: string; counts: object }[]>`
    select state, counts from reconciliation where mapping_name = ${world.name}`;
  expect(ended).toMatchObject({ state: 'cancelled', counts: { target: nothing, proposed: 4, failed: 1 } });
  expect((await world.sides()).target.size).toBe(2);
});
