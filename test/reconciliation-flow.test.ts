// Runs of a mapping from beginning to end, on a real database.
import { describe, expect, test } from 'vitest';
import { useOwnDatabase } from './fixtures/own-database.ts';
import { makeWorld, policiesOf } from './fixtures/reconciliation-world.ts';

const own = useOwnDatabase();
const sql = () => own().database.sql;

describe('a first run', () => {
  test('creates, links and settles; the second does nothing', async () => {
    const world = await makeWorld(sql());
    await world.putSource('s1', { login: 'ada', mail: 'ada@example.com' });
    await world.putSource('s2', { login: 'bob', city: 'Paris' });
    const first = await world.run();
    expect(first.state).toBe('succeeded');
    expect(first.counts).toMatchObject({
      situations: { ABSENT: 2 },
      target: { created: 2, updated: 0 },
      links: { created: 2 },
      succeeded: 2,
      failed: 0,
      proposed: 0,
    });
    expect([...(await world.sides()).target.values()]).toEqual(
      expect.arrayContaining([
        { userName: 'ada', mail: 'ada@example.com' },
        { userName: 'bob', city: 'Paris' },
      ]),
    );
    const second = await world.run();
    expect(second.counts).toMatchObject({
      situations: { CONFIRMED: 2 },
      target: { created: 0, updated: 0, unchanged: 2 },
      succeeded: 2,
    });
    expect(second.entries.map(({ entryNumber, situation }) => [entryNumber, situation])).toEqual([
      [null, 'CONFIRMED'],
      [null, 'CONFIRMED'],
    ]);
    await world.putSource('s1', { login: 'ada', mail: 'lovelace@example.com' });
    const third = await world.run({ mode: 'incremental' });
    expect(third.entries).toMatchObject([
      {
        situation: 'CONFIRMED',
        action: 'UPDATE',
        status: 'succeeded',
        changes: { before: { mail: 'ada@example.com' }, after: { mail: 'lovelace@example.com' } },
      },
    ]);
  });

  test('finds by correlation', async () => {
    const world = await makeWorld(sql(), { policies: policiesOf({ UNASSIGNED: 'DELETE' }) });
    await world.putSource('s1', { login: 'ADA' });
    await world.putTarget('t1', { userName: 'ada' });
    await world.putTarget('t2', { userName: 'eve' });
    const ran = await world.run();
    expect(ran.entries).toMatchObject([
      {
        situation: 'FOUND',
        action: 'UPDATE',
        targetKey: 't1',
        matchedOn: { rule: 1, attributes: { userName: 'ada' } },
        changes: { before: { userName: 'ada' }, after: { userName: 'ADA' } },
      },
      { situation: 'UNASSIGNED', action: 'DELETE', targetKey: 't2', status: 'succeeded' },
    ]);
    expect((await world.sides()).target).toEqual(new Map([['t1', { userName: 'ADA' }]]));
  });
});
