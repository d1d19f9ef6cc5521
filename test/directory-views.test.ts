// The schema `directory`: whatever a connection exports can be looked at under its own names, without any configuration.
import { expect, test } from 'vitest';
import type { EntityType } from '../src/model/entity-type.ts';
import type { Item } from '../src/model/item.ts';
import { synchronize } from '../src/sync/flow.ts';
import { useOwnDatabase } from './fixtures/own-database.ts';
import { createScriptedSource } from './fixtures/scripted-source.ts';

const own = useOwnDatabase();

function typeOf(name: string, ...attributes: readonly string[]): EntityType {
  return { name, attributes, links: [] };
}

/** Synchronizes a connection with these entity types, each of which has these items. */
async function sync(name: string, entityTypes: readonly EntityType[], items: readonly Item[]): Promise<void> {
  const source = createScriptedSource('in memory');
  for (const entityType of entityTypes) source.offer(entityType.name, { pages: [items] });
  const target = { sql: own().database.sql, connector: source.connector(), name, entityTypes };
  const { signal } = new AbortController();
  await synchronize(target, { isFull: true, isForced: true, signal, report: () => {} });
}

async function ask(query: string): Promise<readonly object[]> {
  return [...(await own().database.sql.unsafe(query))];
}

/** The views of connections whose names begin so, each with the number that PostgreSQL has for it. */
async function viewsOf(beginning: string): Promise<ReadonlyMap<string, number>> {
  const rows = await own().database.sql<{ name: string; number: number }[]>`
    select relname as name, oid::int as number from pg_class
    where relnamespace = to_regnamespace('directory') and starts_with(relname, ${beginning}) order by relname`;
  return new Map(rows.map(({ name, number }) => [name, number]));
}

test('each entity type of a connection has a view with the key and the attributes, as they stand in a CSV file', async () => {
  const attributes = { displayName: 'Ada', isEnabled: true, phones: ['1', '2'], plan: { a: [1] } };
  const items = [
    { key: 'u2', attributes: {} },
    { key: 'u1', attributes },
  ];
  await sync('Contoso', [typeOf('user', 'displayName', 'isEnabled', 'phones', 'plan')], items);
  expect(await ask('select * from directory."Contoso_user" order by key')).toEqual([
    { key: 'u1', displayName: 'Ada', isEnabled: 'true', phones: '1\n2', plan: '{"a": [1]}' },
    { key: 'u2', displayName: null, isEnabled: null, phones: null, plan: null },
  ]);
});

test('the views follow the mapping, and stay as they are while it stays', async () => {
  await sync(
    'Mapped',
    [typeOf('user', 'name'), typeOf('group', 'name')],
    [{ key: 'a', attributes: { name: 'A' } }],
  );
  const before = await viewsOf('Mapped');
  expect([...before.keys()]).toEqual(['Mapped_group', 'Mapped_user']);
  await sync('Mapped', [typeOf('user', 'name'), typeOf('group', 'name')], []);
  expect(await viewsOf('Mapped')).toEqual(before);

  await sync(
    'Mapped',
    [typeOf('user', 'name', 'city')],
    [{ key: 'a', attributes: { name: 'A', city: 'Riga' } }],
  );
  expect([...(await viewsOf('Mapped')).keys()]).toEqual(['Mapped_user']);
  expect(await ask('select * from directory."Mapped_user"')).toEqual([{ key: 'a', name: 'A', city: 'Riga' }]);
});

test('what people build upon a view does not keep the mapping from changing', async () => {
  await sync('Built', [typeOf('user', 'name')], []);
  await ask('create view public.built_upon as select name from directory."Built_user"');
  await sync('Built', [typeOf('user', 'name', 'city')], [{ key: 'a', attributes: { name: 'A' } }]);
  expect(await ask('select * from directory."Built_user"')).toEqual([{ key: 'a', name: 'A', city: null }]);
});

test('names may hold quotes and backslashes, and be longer than PostgreSQL allows', async () => {
  const strange = `it's "x" \\`;
  const extensions = ['A', 'B'].map((end) => `extension_${'0'.repeat(32)}_costCenterOfDepartment${end}`);
  const attributes = [strange, ...extensions, 'key'];
  const item = {
    key: 'u1',
    attributes: Object.fromEntries(attributes.map((name, index) => [name, `v${index}`])),
  };
  const name = `it's "C" \\ ${'x'.repeat(60)}`;
  await sync(`${name}1`, [typeOf('user', ...attributes)], [item]);
  await sync(`${name}2`, [typeOf('user', ...attributes)], []);
  const names = [...(await viewsOf(`it's "C" \\ `)).keys()];
  expect(names).toHaveLength(2);
  const rows = await Promise.all(
    names.map((view) => ask(`select * from directory."${view.replaceAll('"', '""')}"`)),
  );
  const [row = {}] = rows.flat();
  expect(rows.flat()).toHaveLength(1);
  expect(Object.values(row)).toEqual(['u1', 'v0', 'v1', 'v2']);
});

test('connections that are recorded for the first time side by side do not disturb each other', async () => {
  const names = Array.from({ length: 6 }, (_, index) => `Beside${index}`);
  await Promise.all(names.map((name) => sync(name, [typeOf('user', 'name')], [])));
  expect([...(await viewsOf('Beside')).keys()]).toEqual(names.map((name) => `${name}_user`));
});
