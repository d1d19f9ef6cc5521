/** Writing identities by orders: each done whole or not at all, with its changes in the log, and no two with one name. */
import fc from 'fast-check';
import type { Sql } from 'postgres';
import { beforeEach, describe, expect, test } from 'vitest';
import { openIdentitiesTarget } from '../src/cli/identities-target.ts';
import type { OrderTarget } from '../src/connectors/connector.ts';
import type { Order, Receipt } from '../src/model/order.ts';
import { changeIdentityLinks, findIdentityAssociation } from '../src/store/identity-links.ts';
import { changeCustomAttributes, readIdentityTypes } from '../src/store/identity-types.ts';
import { transact } from '../src/store/transaction.ts';
import { useOwnDatabase } from './fixtures/own-database.ts';

const getDatabase = useOwnDatabase();
const sql = (): Sql => getDatabase().database.sql;

type Transaction = Parameters<Parameters<typeof transact>[1]>[0];
let target: OrderTarget<Transaction>;

beforeEach(async () => {
  target = await openIdentitiesTarget({ sql: sql() });
});

let people = 0;
const person = (changes: Readonly<Record<string, unknown>> = {}) => {
  people += 1;
  return {
    userName: `user${people}@contoso.com`,
    givenName: 'Sam',
    sn: 'Carter',
    mail: `user${people}@contoso.com`,
    ...changes,
  };
};
const create = (attributes: Readonly<Record<string, unknown>>, key?: string): Order => ({
  kind: 'create',
  entityType: 'alpha_user',
  attributes,
  ...(key !== undefined && { key }),
});
const update = (key: string, changes: Readonly<Record<string, unknown>>, print?: string): Order => ({
  kind: 'update',
  entityType: 'alpha_user',
  key,
  changes,
  ...(print !== undefined && { print }),
});
const remove = (key: string, entityType = 'alpha_user'): Order => ({ kind: 'delete', entityType, key });

const seed = '81985529216486895';

async function work(
  orders: readonly Order[],
  label = 'Entra to identities',
): Promise<{ receipts: readonly Receipt[]; runId: number }> {
  return await transact(sql(), async (transaction) => {
    const runId = await target.begin(transaction, {
      kind: 'reconcile',
      entityTypes: ['alpha_user'],
      label,
    });
    const receipts = await target.fulfil(transaction, runId, orders, seed);
    await target.end(transaction, runId, { state: 'succeeded', message: null });
    return { receipts, runId };
  });
}

async function fulfil(...orders: readonly Order[]): Promise<readonly Receipt[]> {
  return (await work(orders)).receipts;
}

/** The key of what an order has made. */
function keyOf(receipt: Receipt | undefined): string {
  if (receipt?.kind !== 'done') throw new Error(JSON.stringify(receipt));
  return receipt.key;
}

async function make(attributes = person()): Promise<string> {
  return keyOf((await fulfil(create(attributes)))[0]);
}

async function attributesOf(key: string): Promise<unknown> {
  const [row] = await sql()`select attributes from resource where key = ${key}`;
  return row?.attributes;
}

async function changesOf(key: string): Promise<readonly object[]> {
  return [
    ...(await sql()`
      select change.kind, before, after, run.kind as by, label from change
        join export_set using (set_id) join run using (run_id)
      where key = ${key} and association_id is null order by change_number`),
  ].map((row) => ({ ...row }));
}

describe('an order', () => {
  test('creates an identity with a key of its own, without what is no value', async () => {
    const attributes = person({ telephoneNumber: null, frIndexedMultivalued1: [], city: '' });
    const [receipt] = await fulfil(create(attributes));
    const key = keyOf(receipt);
    expect(key).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    const {
      telephoneNumber: _,
      frIndexedMultivalued1: __,
      ...stored
    } = attributes as Record<string, unknown>;
    expect(await attributesOf(key)).toEqual(stored);
    expect(await changesOf(key)).toEqual([
      { kind: 'insert', before: null, after: stored, by: 'reconcile', label: 'Entra to identities' },
    ]);
  });

  test('changes what it names and nothing else, and null takes a value away', async () => {
    const attributes = person({ city: 'Oslo' });
    const key = await make(attributes);
    await fulfil(update(key, { givenName: 'Samantha', city: null, displayName: 'Sam Carter' }));
    const { city: _, ...rest } = attributes as Record<string, unknown>;
    expect(await attributesOf(key)).toEqual({ ...rest, givenName: 'Samantha', displayName: 'Sam Carter' });
    expect((await changesOf(key)).at(-1)).toMatchObject({
      kind: 'update',
      before: { givenName: 'Sam', city: 'Oslo' },
      after: { givenName: 'Samantha', city: null, displayName: 'Sam Carter' },
    });
  });

  test('that changes nothing leaves no trace', async () => {
    const attributes = person({ frIndexedMultivalued1: ['a', 'b'] });
    const key = await make(attributes);
    const receipts = await fulfil(update(key, { ...attributes, city: null, frIndexedMultivalued2: [] }));
    expect(receipts).toMatchObject([{ kind: 'done', key }]);
    expect(await changesOf(key)).toHaveLength(1);
  });

  test('deletes an identity with the links from it and to it', async () => {
    const [boss, member] = [await make(), await make()];
    const [group] = await fulfil({
      kind: 'create',
      entityType: 'alpha_group',
      attributes: { name: `Team ${people}` },
    });
    const { runId } = await work([]);
    const [types] = [await readIdentityTypes(sql())];
    const userType = types.find(({ name }) => name === 'alpha_user')?.entityTypeId ?? 0;
    await transact(sql(), async (transaction) => {
      for (const [type, link, source, end] of [
        ['alpha_user', 'manager', member, boss],
        ['alpha_group', 'members', keyOf(group), member],
        ['alpha_group', 'members', keyOf(group), 'nobody'],
      ] as const) {
        const association = await findIdentityAssociation(transaction, type, link);
        if (!association) throw new Error(`${type}.${link} is not there.`);
        await changeIdentityLinks(transaction, {
          runId,
          association,
          added: transaction`select ${source}::text, ${end}::text, ${userType}::int`,
        });
      }
    });
    const links = async () =>
      [...(await sql()`select source_key, target_key from resource_link order by association_id`)].map(
        (row) => [row.sourceKey, row.targetKey],
      );
    expect(await links()).toEqual([
      [member, boss],
      [keyOf(group), member],
    ]);
    expect(await fulfil(remove(member))).toEqual([{ kind: 'done', key: member, print: null }]);
    expect(await links()).toEqual([]);
    expect(await attributesOf(member)).toBeUndefined();
    const counts =
      await sql()`select name, link_count::float8 as count from association where link_count <> 0`;
    expect([...counts]).toEqual([]);
    const logged = await sql()`
      select kind, key, target_key from change where association_id is not null and ${member} in (key, target_key) order by change_number`;
    expect(logged.map(({ kind }) => kind)).toEqual(['insert', 'insert', 'delete', 'delete']);
  });

  test('for what is not there is gone, or done where it was to be deleted', async () => {
    expect(await fulfil(update('nobody', { city: 'Oslo' }), remove('nobody'))).toEqual([
      { kind: 'gone' },
      { kind: 'done', key: 'nobody', print: null },
    ]);
  });

  test('is not done on an identity that somebody has changed since', async () => {
    const key = await make();
    const [first] = await fulfil(update(key, { city: 'Oslo' }));
    const print = first?.kind === 'done' ? (first.print ?? '') : '';
    expect(await fulfil(update(key, { city: 'Bergen' }, print))).toMatchObject([{ kind: 'done' }]);
    expect(await fulfil(update(key, { city: 'Tromsø' }, print))).toEqual([{ kind: 'changed-meanwhile' }]);
    expect(await fulfil({ kind: 'delete', entityType: 'alpha_user', key, print })).toEqual([
      { kind: 'changed-meanwhile' },
    ]);
    expect(await attributesOf(key)).toMatchObject({ city: 'Bergen' });
  });

  test.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['without a required value', { mail: null }, 'mail (Email Address) is required and has no value.'],
    ['with an empty one', { sn: '' }, 'sn (Last Name) is required and has no value.'],
    [
      'with an attribute that is not there',
      { jobTitle: 'Carter' },
      '"jobTitle" is no attribute of alpha_user: choose one that is, or add it to the type first.',
    ],
    [
      'with a misspelt one',
      { telefoneNumber: '1' },
      '"telefoneNumber" is no attribute of alpha_user (did you mean telephoneNumber?): choose one that is, or add it to the type first.',
    ],
    ['with a list for one value', { city: ['Oslo'] }, 'city is ["Oslo"], which is no text.'],
    [
      'with one value for a list',
      { frIndexedMultivalued1: 'a' },
      'frIndexedMultivalued1 has several values: give a list.',
    ],
    [
      'with a number as text',
      { frIndexedInteger1: '5' },
      'frIndexedInteger1 is "5", which is no whole number.',
    ],
    [
      'with a day that does not exist',
      { activeDate: '2026-02-30T00:00:00Z' },
      'activeDate is "2026-02-30T00:00:00Z", which is no time such as 2026-11-29T06:30:00Z.',
    ],
    [
      'with a status that does not exist',
      { accountStatus: 'activ' },
      'accountStatus is "activ", and can be active or inactive (did you mean active?).',
    ],
    ['with too much', { userName: 'x'.repeat(256) }, 'userName has 256 characters, and may have 255.'],
    [
      'with what cannot be stored',
      { city: 'a\u0000b' },
      'city has a character that cannot be stored (U+0000, or half of a pair).',
    ],
    [
      'with half a letter',
      { city: '\ud800' },
      'city has a character that cannot be stored (U+0000, or half of a pair).',
    ],
  ])('%s is refused in a sentence, and the others are done', async (_, changes, message) => {
    const receipts = await fulfil(create(person()), create(person(changes)), create(person()));
    expect(receipts).toMatchObject([{ kind: 'done' }, { kind: 'refused', message }, { kind: 'done' }]);
  });

  test('changes an identity that does not meet a newer rule, where the rule is not about what changes', async () => {
    const key = await make();
    await sql()`update resource set attributes = attributes - 'mail' where key = ${key}`;
    expect(await fulfil(update(key, { city: 'Oslo' }))).toMatchObject([{ kind: 'done' }]);
    expect(await fulfil(update(key, { sn: null }))).toMatchObject([{ kind: 'refused' }]);
  });
});

describe('user names', () => {
  test('are nobody else’s, whatever their case, also within one batch', async () => {
    const holder = await make(person({ userName: 'Müller@contoso.com' }));
    const receipts = await fulfil(
      create(person({ userName: 'MÜLLER@Contoso.com' })),
      create(person({ userName: 'twice' })),
      create(person({ userName: 'TWICE' })),
    );
    const [refused, first, second] = receipts;
    expect(refused).toEqual({
      kind: 'refused',
      message: `userName is "MÜLLER@Contoso.com", which the alpha_user ${holder} has already: no two may have the same.`,
    });
    expect(first?.kind).toBe('done');
    expect(second).toMatchObject({ kind: 'refused', message: expect.stringContaining(keyOf(first)) });
  });

  test('can be spelt anew by who has them, and are free when given back', async () => {
    const key = await make(person({ userName: 'ada' }));
    expect(await fulfil(update(key, { userName: 'Ada' }))).toMatchObject([{ kind: 'done' }]);
    expect(
      await fulfil(update(key, { userName: 'lovelace' }), create(person({ userName: 'ADA' }))),
    ).toMatchObject([{ kind: 'done' }, { kind: 'done' }]);
    expect(await fulfil(remove(key), create(person({ userName: 'Lovelace' })))).toMatchObject([
      { kind: 'done' },
      { kind: 'done' },
    ]);
  });

  test('change hands in one batch in the order of the orders', async () => {
    const [one, other] = [await make(person({ userName: 'one' })), await make(person({ userName: 'other' }))];
    expect(await fulfil(update(one, { userName: 'other' }))).toMatchObject([{ kind: 'refused' }]);
    expect(
      await fulfil(
        update(one, { userName: 'between' }),
        update(other, { userName: 'one' }),
        update(one, { userName: 'other' }),
      ),
    ).toMatchObject([{ kind: 'done' }, { kind: 'done' }, { kind: 'done' }]);
    expect([await attributesOf(one), await attributesOf(other)]).toMatchObject([
      { userName: 'other' },
      { userName: 'one' },
    ]);
  });

  test('are found with who has them', async () => {
    const key = await make(person({ userName: 'Grace@contoso.com' }));
    const found = await transact(sql(), (transaction) =>
      target.findTaken(transaction, 'alpha_user', 'userName', ['GRACE@contoso.com', 'free@contoso.com']),
    );
    expect([...found]).toEqual([['GRACE@contoso.com', key]]);
  });

  test('are one person’s when several processes want them at once', async () => {
    const receipts = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        fulfil(create(person({ userName: index % 2 === 0 ? 'wanted' : 'WANTED' })), create(person())),
      ),
    );
    expect(receipts.map(([first]) => first?.kind).sort()).toEqual(['done', ...Array(5).fill('refused')]);
    expect(receipts.every(([, second]) => second?.kind === 'done')).toBe(true);
  });
});

describe('a run', () => {
  test('tells what it did, by class, and ends once', async () => {
    const { runId, receipts } = await work([create(person()), create(person()), create(person({ mail: 5 }))]);
    await work([update(keyOf(receipts[0]), { city: 'Oslo' }), remove(keyOf(receipts[1]))]);
    const rows = await sql()`
      select object_class, run.state, run_object_class.state as class_state, inserted::int, updated::int, deleted::int, label
      from run_object_class join run using (run_id) where run_id >= ${runId} order by run_id`;
    expect([...rows].map((row) => ({ ...row }))).toEqual([
      {
        objectClass: 'alpha_user',
        state: 'succeeded',
        classState: 'succeeded',
        inserted: 2,
        updated: 0,
        deleted: 0,
        label: 'Entra to identities',
      },
      {
        objectClass: 'alpha_user',
        state: 'succeeded',
        classState: 'succeeded',
        inserted: 0,
        updated: 1,
        deleted: 1,
        label: 'Entra to identities',
      },
    ]);
    await transact(sql(), (transaction) =>
      target.end(transaction, runId, { state: 'failed', message: 'Late.' }),
    );
    const [run] = await sql()`select state, message from run where run_id = ${runId}`;
    expect(run).toMatchObject({ state: 'succeeded', message: null });
  });

  test('goes on under its number after a crash', async () => {
    const runId = await transact(sql(), (transaction) =>
      target.begin(transaction, { kind: 'reconcile', entityTypes: ['alpha_user'], label: 'A mapping' }),
    );
    const fulfilOne = () =>
      transact(sql(), (transaction) => target.fulfil(transaction, runId, [create(person())], seed));
    await fulfilOne();
    await transact(sql(), async (transaction) => {
      await target.fulfil(transaction, runId, [create(person())], seed);
      throw new Error('crash');
    }).catch(() => {});
    await fulfilOne();
    const [row] = await sql()`
      select inserted::int, (select count(*)::int from change join export_set using (set_id) where run_id = ${runId}) as logged,
        (select count(*)::int from export_set where run_id = ${runId}) as sets
      from run_object_class where run_id = ${runId}`;
    expect(row).toMatchObject({ inserted: 2, logged: 2, sets: 1 });
  });
});

test('attributes of one’s own are part of the type, and stay as long as somebody has a value', async () => {
  const find = async () => {
    const type = (await readIdentityTypes(sql())).find(({ name }) => name === 'alpha_user');
    if (!type) throw new Error('There is no alpha_user.');
    return type;
  };
  const badge = {
    name: 'custom_badge',
    label: 'Badge',
    description: '',
    type: 'integer',
    isMultiValued: false,
    isRequired: false,
  } as const;
  const change = async (attributes: readonly (typeof badge)[], version: number) =>
    await transact(sql(), async (transaction) =>
      changeCustomAttributes(transaction, await find(), attributes, { version, by: 'lena' }),
    );
  const { version } = await find();
  expect(await change([badge], version)).toMatchObject({
    kind: 'done',
    type: { version: version + 1, changedBy: 'lena' },
  });
  expect(await change([], version)).toMatchObject({ kind: 'stale' });
  const key = await make(person({ custom_badge: 7 }));
  expect(await change([], version + 1)).toEqual({
    kind: 'in-use',
    attributes: [{ name: 'custom_badge', identities: 1 }],
  });
  await fulfil(update(key, { custom_badge: null }));
  expect(await change([], version + 1)).toMatchObject({ kind: 'done' });
  expect(await fulfil(create(person({ custom_badge: 7 })))).toMatchObject([{ kind: 'refused' }]);
});

test('whatever is ordered, the log tells all of it, and names are taken by who has them', async () => {
  const name = fc.constantFrom('a', 'A', 'b', 'c', 'ß', 'SS', 'İ', 'i');
  const orderOf = fc.record({
    kind: fc.constantFrom('create', 'update', 'delete'),
    key: fc.constantFrom('k1', 'k2', 'k3', 'k4', 'k5'),
    userName: name,
    city: fc.constantFrom(null, '', 'Oslo', 'Bergen'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(orderOf, { maxLength: 12 }), { maxLength: 4 }), async (batches) => {
      await fulfil(...['k1', 'k2', 'k3', 'k4', 'k5'].map((key) => remove(key)));
      for (const batch of batches) {
        const orders = batch.map(({ kind, key, userName, city }): Order => {
          if (kind === 'create') return create(person({ userName, city }), key);
          return kind === 'update' ? update(key, { userName, city }) : remove(key);
        });
        const together = await fulfil(...orders);
        expect(together).toHaveLength(orders.length);
      }
      const [difference] = await sql()`
        with type as (select entity_type_id as id from entity_type where name = 'alpha_user'),
          named as (
            select entity_type_id, key, attributes->>'userName' as name from resource, type where entity_type_id = type.id
          )
        select (select count(*)::int from named) as identities,
          (select count(*)::int from taken_value, type where entity_type_id = type.id and attribute = 'userName') as taken,
          (select count(*)::int from named join taken_value using (entity_type_id, key)) as held,
          (select resource_count::int from entity_type, type where entity_type_id = type.id) as counted`;
      expect(difference).toEqual({
        identities: difference?.identities,
        taken: difference?.identities,
        held: difference?.identities,
        counted: difference?.identities,
      });
      const folded = await sql()`
        select key, (select jsonb_object_agg(name, value) from (
            select distinct on (name) name, value from change cross join lateral jsonb_each(coalesce(after, '{}')) as each (name, value)
            where change.key = resource.key and change_number >= (
              select max(change_number) from change as born where born.key = resource.key and born.kind = 'insert')
            order by name, change_number desc) as last where value <> 'null') as told, attributes
        from resource where key like 'k_'`;
      for (const { told, attributes } of folded) expect(told).toEqual(attributes);
    }),
    { numRuns: 40 },
  );
});
