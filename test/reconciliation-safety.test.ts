// What keeps a run from doing harm: guards, locks, what has changed meanwhile, and failures that are looked at again.
import { describe, expect, test } from 'vitest';
import { defaultGuards } from '../src/mapping/mapping-defaults.ts';
import type { MappingDefinition } from '../src/model/mapping.ts';
import { reconcile } from '../src/reconciliation/reconcile.ts';
import { findLinkOwner, linkByHand, lockLinks, unlinkByHand } from '../src/store/account-links.ts';
import { lockMapping } from '../src/store/connection-lock.ts';
import { deleteMapping, readMapping } from '../src/store/mappings.ts';
import { discardReconciliation, readReconciliation } from '../src/store/reconciliations.ts';
import { transact } from '../src/store/transaction.ts';
import { useOwnDatabase } from './fixtures/own-database.ts';
import { makeWorld, policiesOf, type World } from './fixtures/reconciliation-world.ts';

const own = useOwnDatabase();
const sql = () => own().database.sql;

const deleting: Partial<MappingDefinition> = {
  policies: policiesOf({ SOURCE_MISSING: 'DELETE', UNASSIGNED: 'DELETE', LINK_ONLY: 'UNLINK' }),
  guards: { ...defaultGuards, DELETE: { count: 3, percent: 0 }, UNLINK: { count: 0, percent: 0 } },
};

/** So many people, imported. */
async function peopleWorld(count: number, definition: Partial<MappingDefinition> = {}): Promise<World> {
  const world = await makeWorld(sql(), definition);
  for (let number = 0; number < count; number++) {
    await world.putSource(`p${String(number).padStart(3, '0')}`, { login: `user${number}`, city: 'Rome' });
  }
  await world.run();
  return world;
}

async function latestRun(world: World) {
  const [row] = await sql()<{ id: number }[]>`
    select max(reconciliation_id) as id from reconciliation where mapping_name = ${world.name}`;
  return await readReconciliation(sql(), row?.id ?? 0);
}

describe('guards', () => {
  test('hold a run back with its reasons, and a person goes on with it', async () => {
    const world = await peopleWorld(8, deleting);
    for (const number of [0, 1, 2, 3]) await world.removeSource(`p00${number}`);
    await world.putSource('p007', { login: 'user7', city: 'Oslo' });
    await expect(world.run()).rejects.toMatchObject({
      code: 'reconciliation-blocked',
      message: expect.stringMatching(
        /4 target objects would be deleted, and the guard on DELETE allows no more than 3/,
      ),
    });
    const blocked = await latestRun(world);
    expect(blocked).toMatchObject({
      state: 'blocked',
      counts: { target: { deleted: 4, updated: 1 }, proposed: 5 },
      blockReasons: [{ action: 'DELETE', count: 4, total: 8, limit: { count: 3, percent: 0 } }],
    });
    expect((await world.sides()).target.size).toBe(8);
    const resumed = await world.resume();
    expect(resumed.reconciliationId).toBe(blocked?.reconciliationId);
    expect(resumed.counts).toMatchObject({ target: { deleted: 4, updated: 1 }, proposed: 0, failed: 0 });
    expect((await world.sides()).target.size).toBe(4);
    expect((await world.run()).counts.target.unchanged).toBe(4);
    await expect(world.resume()).rejects.toMatchObject({ code: 'reconciliation-not-blocked' });
  });

  test('are asked by a dry run, which says so and ends', async () => {
    const world = await peopleWorld(8, deleting);
    for (const number of [0, 1, 2, 3]) await world.removeSource(`p00${number}`);
    const { state } = await world.run({ isDryRun: true });
    expect(state).toBe('succeeded');
    expect((await latestRun(world))?.blockReasons).toHaveLength(1);
  });

  test('are passed over by force', async () => {
    const world = await peopleWorld(8, deleting);
    for (const number of [0, 1, 2, 3]) await world.removeSource(`p00${number}`);
    expect((await world.run({ isForced: true })).counts.target.deleted).toBe(4);
  });

  test('ask for a percentage of more than a handful only', async () => {
    const guards = { ...defaultGuards, DELETE: { count: 0, percent: 50 } };
    const world = await peopleWorld(20, { ...deleting, guards });
    for (let number = 0; number < 10; number++) await world.removeSource(`p00${number}`);
    // Ten are 50 %, and not more.
    await world.run();
    const few = await peopleWorld(3, { ...deleting, guards });
    await few.removeSource('p000');
    await few.removeSource('p001');
    await few.run();
    const many = await peopleWorld(20, { ...deleting, guards });
    for (let number = 0; number < 12; number++)
      await many.removeSource(`p0${String(number).padStart(2, '0')}`);
    await expect(many.run()).rejects.toMatchObject({
      message: expect.stringMatching(/no more than 50 % of 20/),
    });
  });

  test('what a blocked run would do is dropped by a person, by a later run, and when the mapping changes', async () => {
    const world = await peopleWorld(8, deleting);
    for (const number of [0, 1, 2, 3]) await world.removeSource(`p00${number}`);
    await expect(world.run()).rejects.toThrow('blocked');
    const first = await latestRun(world);
    await discardReconciliation(sql(), first?.reconciliationId ?? 0, 'Discarded by a test.');
    await expect(world.resume()).rejects.toMatchObject({ code: 'reconciliation-not-blocked' });
    await expect(world.run()).rejects.toThrow('blocked');
    const second = await latestRun(world);
    await world.change({ validTarget: 'true' });
    await expect(world.resume()).rejects.toThrow('has changed since');
    await world.putSource('p000', { login: 'user0', city: 'Rome' });
    await world.run();
    expect((await readReconciliation(sql(), second?.reconciliationId ?? 0))?.state).toBe('cancelled');
  });

  test('what has changed since a run was blocked is left to the next run', async () => {
    const world = await peopleWorld(8, deleting);
    for (const number of [0, 1, 2, 3]) await world.removeSource(`p00${number}`);
    await expect(world.run()).rejects.toThrow('blocked');
    await world.putSource('p000', { login: 'user0', city: 'Rome' });
    const link = (await world.links()).find(({ sourceKey }) => sourceKey === 'p001');
    await world.putTarget(link?.targetKey ?? '', {
      userName: 'user1',
      city: 'Rome',
      mail: 'kept@example.com',
    });
    const { entries, counts } = await world.resume();
    expect(counts).toMatchObject({ target: { deleted: 2 }, failed: 2 });
    expect(
      entries
        .filter(({ status }) => status === 'failed')
        .map(({ sourceKey, message }) => [sourceKey, message]),
    ).toEqual(
      expect.arrayContaining([
        ['p000', expect.stringMatching(/source resource has changed meanwhile/)],
        ['p001', expect.stringMatching(/target object has changed meanwhile/)],
      ]),
    );
    const next = await world.run({ mode: 'incremental' });
    expect(next.counts).toMatchObject({ target: { deleted: 1 }, failed: 0 });
  });
});

describe('one run at a time', () => {
  test('a second one of the same mapping is refused, one of another is not', async () => {
    const world = await peopleWorld(1);
    const mapping = await readMapping(sql(), world.name);
    const lock = await lockMapping(sql(), mapping?.mappingId ?? 0);
    await expect(world.run()).rejects.toMatchObject({ code: 'mapping-busy' });
    await (await peopleWorld(1)).run();
    await lock?.release();
    await world.run();
  });

  test('two mappings that write one target at once wait for each other and lose nothing', async () => {
    const [one, other] = [await makeWorld(sql()), await makeWorld(sql())];
    for (let number = 0; number < 300; number++) {
      await one.putSource(`a${number}`, { login: `user${number}`, city: 'Rome' });
      await other.putSource(`b${300 - number}`, {
        login: `USER${300 - number}`,
        mail: `${300 - number}@example.com`,
      });
    }
    await one.run();
    const second = await one.addMapping({
      source: { connection: other.source, type: 'person' },
      attributes: [
        { target: 'mail', source: { kind: 'attribute', name: 'mail' }, apply: 'always', ifEmpty: 'keep' },
      ],
      correlation: [{ attribute: 'userName', expression: '[login]' }],
      policies: policiesOf({ ABSENT: 'IGNORE', UNASSIGNED: 'IGNORE' }),
    });
    await one.change({
      attributes: [
        {
          target: 'userName',
          source: { kind: 'attribute', name: 'login' },
          apply: 'always',
          ifEmpty: 'clear',
        },
        { target: 'city', source: { kind: 'constant', value: 'Oslo' }, apply: 'always', ifEmpty: 'clear' },
      ],
    });
    for (let turn = 0; turn < 3; turn++) await Promise.all([one.run(), one.run({ mapping: second })]);
    const { target } = await one.sides();
    expect(target.size).toBe(300);
    for (const [, { userName, mail, city }] of target) {
      expect(city).toBe('Oslo');
      const number = String(userName).slice(4);
      expect(mail).toBe(number === '0' ? undefined : `${number}@example.com`);
    }
  });

  test('an unknown mapping, and one that is switched off, are refused', async () => {
    const world = await peopleWorld(1);
    await expect(world.run({ mapping: 'nothing of that name' })).rejects.toMatchObject({
      code: 'unknown-mapping',
    });
    await world.change({ isEnabled: false });
    await expect(world.run()).rejects.toMatchObject({ code: 'mapping-refused' });
    expect((await world.run({ isDryRun: true })).state).toBe('succeeded');
  });

  test('a run that nobody ended is known to be interrupted once the next one begins', async () => {
    const world = await peopleWorld(1);
    await sql()`
      insert into reconciliation (mapping_id, mapping_name, definition, revision, mode, is_dry_run, counts, started_by)
      select mapping_id, name, definition, revision, 'full', false, '{}', 'a process that is gone' from mapping where name = ${world.name}`;
    const left = await latestRun(world);
    await world.run();
    expect((await readReconciliation(sql(), left?.reconciliationId ?? 0))?.state).toBe('interrupted');
  });
});

const lenient: MappingDefinition['settings'] = {
  isLinking: true,
  runsTargetPhase: true,
  allowsEmptySource: true,
  correlatesEmptyTarget: false,
  updatesOutsideFilter: false,
  isSourceKeyCaseSensitive: true,
  isTargetKeyCaseSensitive: true,
};

describe('failures', () => {
  test('are looked at again by every run, and leave the list when they succeed or are gone', async () => {
    const world = await makeWorld(
      sql(),
      {},
      { onOrder: (order) => (isBroken(order) ? 'The system is out of order.' : undefined) },
    );
    let broken = new Set(['bob', 'eve']);
    function isBroken(order: { kind: string }): boolean {
      return (
        order.kind === 'create' &&
        'attributes' in order &&
        broken.has(String((order.attributes as { userName: string }).userName))
      );
    }
    for (const login of ['ada', 'bob', 'eve']) await world.putSource(login, { login });
    const first = await world.run();
    expect(first.counts).toMatchObject({ target: { created: 1 }, links: { created: 1 }, failed: 2 });
    expect(first.entries.filter(({ status }) => status === 'failed')).toMatchObject([
      { sourceKey: 'bob', message: 'The system is out of order.' },
      { sourceKey: 'eve' },
    ]);
    const second = await world.run({ mode: 'incremental' });
    expect(second.counts).toMatchObject({ source: { processed: 2 }, failed: 2 });
    expect(await retries(world)).toEqual([
      { key: 'bob', attempts: 2 },
      { key: 'eve', attempts: 2 },
    ]);
    broken = new Set(['eve']);
    const third = await world.run({ mode: 'incremental' });
    expect(third.counts).toMatchObject({ target: { created: 1 }, failed: 1 });
    expect(await retries(world)).toEqual([{ key: 'eve', attempts: 3 }]);
    await world.removeSource('eve');
    expect((await world.run({ mode: 'incremental' })).counts.failed).toBe(0);
    expect(await retries(world)).toEqual([]);
  });

  test('of a dry run are not', async () => {
    const world = await makeWorld(sql());
    await world.putSource('nameless', { city: 'Rome' });
    expect((await world.run({ isDryRun: true })).counts.failed).toBe(1);
    expect(await retries(world)).toEqual([]);
  });

  test('a run by key takes its own off the list', async () => {
    const world = await makeWorld(sql());
    await world.putSource('nameless', { city: 'Rome' });
    await world.run();
    await world.putSource('nameless', { login: 'named', city: 'Rome' });
    const { counts } = await world.run({ mode: 'keys', parameters: { keys: ['nameless'] } });
    expect(counts.target.created).toBe(1);
    expect(await retries(world)).toEqual([]);
  });

  test('two sources that want one name: the first gets it, as the dry run says', async () => {
    const world = await makeWorld(sql(), { correlation: [] });
    await world.putTarget('t', { userName: 'EVE' });
    for (const [key, login] of [
      ['s1', 'ada'],
      ['s2', 'ADA'],
      ['s3', 'eve'],
    ] as const)
      await world.putSource(key, { login });
    const dry = await world.run({ isDryRun: true });
    const { entries } = await world.run();
    expect(entries.slice(0, 3)).toMatchObject([
      { sourceKey: 's1', status: 'succeeded' },
      { sourceKey: 's2', status: 'failed', message: expect.stringMatching(/another entry of this run gets/) },
      { sourceKey: 's3', status: 'failed', message: expect.stringMatching(/has already/) },
    ]);
    expect(dry.entries.map(({ message }) => message)).toEqual(entries.map(({ message }) => message));
  });

  async function retries(world: World) {
    return await sql()<{ key: string; attempts: number }[]>`
      select key, attempts from reconciliation_retry join mapping using (mapping_id) where name = ${world.name} order by key`.then(
      (rows) => [...rows],
    );
  }
});

describe('account links', () => {
  test('made and removed by a person are what the next run goes by', async () => {
    const world = await makeWorld(sql(), { correlation: [] });
    await world.putSource('s', { login: 'ada' });
    await world.putTarget('t', { userName: 'old' });
    await byHand(world, async (transaction, owner) => {
      const linking = {
        qualifier: 'default',
        sourceKey: 's',
        targetKey: 't',
        linkedBy: 'a person',
        isMoving: false,
      };
      expect((await linkByHand(transaction, owner, linking)).kind).toBe('linked');
      expect((await linkByHand(transaction, owner, { ...linking, sourceKey: 'other' })).kind).toBe('taken');
    });
    const { entries } = await world.run({ mode: 'keys', parameters: { keys: ['s'] } });
    expect(entries).toMatchObject([{ situation: 'CONFIRMED', changes: { after: { userName: 'ada' } } }]);
    await byHand(world, async (transaction, owner) => {
      const [link] = await sql()<{ number: number }[]>`
        select link_number::float8 as number from account_link where mapping_id = ${owner.mappingId}`;
      expect(await unlinkByHand(transaction, owner, link?.number ?? 0)).toMatchObject({
        sourceKey: 's',
        targetKey: 't',
      });
    });
    const again = await world.run();
    expect(again.entries.map(({ situation }) => situation)).toEqual(['ABSENT', 'UNASSIGNED']);
  });

  test('go with their mapping, and nothing else does', async () => {
    const world = await peopleWorld(3);
    const before = await world.sides();
    const mapping = await readMapping(sql(), world.name);
    const outcome = await transact(sql(), (transaction) =>
      deleteMapping(transaction, world.name, mapping?.version ?? 0),
    );
    expect(outcome).toEqual({ kind: 'deleted', links: 3 });
    expect(await world.links()).toEqual([]);
    expect(await world.sides()).toEqual(before);
  });

  test('are shared by a mapping that leads the other way round', async () => {
    const world = await peopleWorld(2);
    const back = await world.addMapping({
      source: { connection: world.target, type: 'account' },
      target: { connection: world.source, type: 'person' },
      linksOf: world.name,
      correlation: [],
      attributes: [
        { target: 'mail', source: { kind: 'attribute', name: 'mail' }, apply: 'always', ifEmpty: 'keep' },
      ],
      policies: policiesOf({ UNASSIGNED: 'IGNORE' }),
    });
    const [first] = await world.links();
    await world.putTarget(first?.targetKey ?? '', {
      userName: 'user0',
      city: 'Rome',
      mail: 'made@example.com',
    });
    const ran = await world.run({ mapping: back });
    expect(ran.counts).toMatchObject({
      situations: { CONFIRMED: 2, ABSENT: 0 },
      target: { updated: 1, unchanged: 1 },
    });
    expect((await world.sides()).source.get('p000')).toMatchObject({ mail: 'made@example.com' });
    // What it found says nothing of the mapping that keeps the links.
    const forth = await world.run();
    expect(forth.counts.target).toMatchObject({ unchanged: 2, updated: 0 });
    const refused = await transact(sql(), (transaction) => deleteMapping(transaction, world.name, 1));
    expect(refused).toEqual({ kind: 'in-use', mappings: [back] });
  });

  test('where the case of keys does not count, are followed to another spelling', async () => {
    const settings = { ...lenient, isSourceKeyCaseSensitive: false };
    const world = await makeWorld(sql(), { settings, policies: policiesOf({ SOURCE_MISSING: 'DELETE' }) });
    await world.putSource('CN=Ada', { login: 'ada' });
    await world.run();
    await world.removeSource('CN=Ada');
    await world.putSource('cn=ada', { login: 'ada', city: 'Paris' });
    for (const mode of ['incremental', 'full'] as const) {
      const { counts } = await world.run({ mode });
      expect(counts).toMatchObject({ situations: { CONFIRMED: 1 }, target: { created: 0, deleted: 0 } });
    }
    expect(await world.links()).toMatchObject([{ sourceKey: 'cn=ada' }]);
    expect((await world.sides()).target.size).toBe(1);
  });

  async function byHand(
    world: World,
    work: (
      transaction: Parameters<typeof lockLinks>[0],
      owner: NonNullable<Awaited<ReturnType<typeof findLinkOwner>>>,
    ) => Promise<void>,
  ): Promise<void> {
    const owner = await findLinkOwner(sql(), world.name);
    if (!owner) throw new Error('The mapping is gone.');
    await transact(sql(), async (transaction) => {
      await lockLinks(transaction, owner.mappingId);
      await work(transaction, owner);
    });
  }
});

test('a connection that cannot be written to can be looked at by a dry run', async () => {
  const world = await peopleWorld(1);
  const surroundings = { ...world.surroundings, openOrderTarget: async () => undefined };
  const request = {
    mapping: world.name,
    mode: 'full',
    isForced: false,
    parameters: {},
    startedBy: 'a test',
    signal: new AbortController().signal,
    report: () => {},
  } as const;
  await expect(reconcile(surroundings, { ...request, isDryRun: false })).rejects.toThrow(
    'cannot be written to by this version: only a dry run',
  );
  expect((await reconcile(surroundings, { ...request, isDryRun: true })).counts.target.unchanged).toBe(1);
});
