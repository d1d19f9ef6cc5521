/**
 * Writing identities: the only way into the resources of the identities directory. Orders come by the thousand and are fulfilled in a
 * few statements; each is done whole, with its changes in the log, or not at all.
 */
import { randomUUID } from 'node:crypto';
import type { ISql, TransactionSql } from 'postgres';
import { foldLetters } from '../mapping/text-folding.ts';
import { identitiesSource } from '../model/identity-schema.ts';
import type { Order, Receipt } from '../model/order.ts';
import {
  type Decision,
  decideOrders,
  identityPlace,
  type StoredIdentity,
  uniqueValuesOf,
  valuePlace,
} from './identity-decisions.ts';
import { dropLinksOf } from './identity-links.ts';
import { readIdentityTypes, type StoredIdentityType } from './identity-types.ts';
import { countResources, setOfWork } from './identity-work.ts';

export type Writing = Readonly<{
  /** The run, begun with `beginWork`. */
  runId: number;
  /** Of fingerprints: a 64-bit number as text. */
  seed: string;
}>;

/**
 * Fulfils orders in their order, and gives a receipt for each in the same place. Waits for others who write identities at this
 * moment: until the transaction ends, nobody else does.
 */
export async function writeIdentities(
  sql: TransactionSql,
  orders: readonly Order[],
  writing: Writing,
): Promise<readonly Receipt[]> {
  await lockIdentities(sql);
  if (orders.length === 0) return [];
  const types = new Map((await readIdentityTypes(sql)).map((type) => [type.name as string, type]));
  const receipts: Receipt[] = [];
  for (const portion of portionsOf(orders)) {
    receipts.push(...(await writePortion(sql, portion, types, writing)));
  }
  return receipts;
}

/** One writer at a time: names are taken and given back in order then, and nobody waits for somebody who waits for them. */
export async function lockIdentities(sql: TransactionSql): Promise<void> {
  await sql`
    select from entity_type join connection using (connection_id) where source = ${identitiesSource}
    order by entity_type_id for no key update of entity_type`;
}

/** Of two orders about one identity, the later one sees what the earlier one has made of it. */
function portionsOf(orders: readonly Order[]): readonly (readonly Order[])[] {
  const portions: Order[][] = [];
  let seen = new Set<string>();
  for (const order of orders) {
    const place = order.key === undefined ? undefined : identityPlace(order.entityType, order.key);
    const isRepeated = place !== undefined && seen.has(place);
    const last = portions.at(-1);
    if (last === undefined || isRepeated) {
      portions.push([order]);
      seen = new Set();
    } else last.push(order);
    if (place !== undefined) seen.add(place);
  }
  return portions;
}

type Types = ReadonlyMap<string, StoredIdentityType>;

async function writePortion(
  sql: TransactionSql,
  orders: readonly Order[],
  types: Types,
  { runId, seed }: Writing,
): Promise<readonly Receipt[]> {
  const decisions = decideOrders(orders, {
    schemas: new Map([...types].map(([name, { schema }]) => [name, schema])),
    stored: await readStored(sql, orders, types, seed),
    taken: await readTaken(sql, orders, types),
    makeKey: randomUUID,
  });
  const prints = new Map<string, string>();
  for (const type of types.values()) {
    const own = decisions.filter((one) => one.kind !== 'ended' && one.entityType === type.name);
    if (own.length === 0) continue;
    for (const { key, print } of await writeDecisions(sql, type, own, { runId, seed })) {
      prints.set(identityPlace(type.name, key), print);
    }
  }
  return decisions.map((decision): Receipt => {
    if (decision.kind === 'ended') return decision.receipt;
    const { entityType, key } = decision;
    return { kind: 'done', key, print: prints.get(identityPlace(entityType, key)) ?? null };
  });
}

/** Identities by their places. Each by itself, so that the index is used whatever PostgreSQL knows of a table that is just being filled. */
async function readStored(
  sql: ISql,
  orders: readonly Order[],
  types: Types,
  seed: string,
): Promise<ReadonlyMap<string, StoredIdentity>> {
  const named = orders.flatMap(({ entityType, key }) => {
    const type = types.get(entityType);
    return key === undefined || type === undefined ? [] : [{ entityTypeId: type.entityTypeId, key }];
  });
  if (named.length === 0) return new Map();
  const rows = await sql<(StoredIdentity & Readonly<{ entityTypeId: number; key: string }>)[]>`
    select wanted.entity_type_id, wanted.key, stored.attributes, ${printOf(sql, seed, sql`stored.attributes`)} as print
    from unnest(${named.map(({ entityTypeId }) => entityTypeId)}::int[], ${named.map(({ key }) => key)}::text[]) as wanted (entity_type_id, key)
      cross join lateral (
        select attributes from resource
        where resource.entity_type_id = wanted.entity_type_id and resource.key = wanted.key limit 1) as stored`;
  return byPlace(rows, types);
}

function byPlace<Row extends Readonly<{ entityTypeId: number; key: string }>>(
  rows: readonly Row[],
  types: Types,
): ReadonlyMap<string, Row> {
  return new Map(rows.map((row) => [identityPlace(nameOf(types, row.entityTypeId), row.key), row]));
}

function nameOf(types: Types, entityTypeId: number): string {
  const type = [...types.values()].find((one) => one.entityTypeId === entityTypeId);
  if (!type) throw new Error(`The entity type ${entityTypeId} is none of identities.`);
  return type.name;
}

/** The fingerprint of attributes, a value of type jsonb. */
function printOf(sql: ISql, seed: string, attributes: ReturnType<ISql>) {
  return sql`jsonb_hash_extended(${attributes}, ${seed}::text::bigint)::text`;
}

/** Whose the unique values are that orders want. */
async function readTaken(
  sql: ISql,
  orders: readonly Order[],
  types: Types,
): Promise<ReadonlyMap<string, string>> {
  const wanted = orders.flatMap((order) => {
    const type = types.get(order.entityType);
    if (type === undefined || order.kind === 'delete') return [];
    const attributes = order.kind === 'create' ? order.attributes : order.changes;
    return uniqueValuesOf(type.schema, attributes).map((value) => ({ type, ...value }));
  });
  if (wanted.length === 0) return new Map();
  const rows = await sql<{ entityTypeId: number; attribute: string; value: string; key: string }[]>`
    select wanted.entity_type_id, wanted.attribute, wanted.value, taken.key
    from unnest(${wanted.map(({ type }) => type.entityTypeId)}::int[], ${wanted.map(({ attribute }) => attribute)}::text[],
        ${wanted.map(({ value }) => value)}::text[]) as wanted (entity_type_id, attribute, value)
      cross join lateral (
        select key from taken_value
        where taken_value.entity_type_id = wanted.entity_type_id and taken_value.attribute = wanted.attribute
          and taken_value.value = wanted.value limit 1) as taken`;
  return new Map(
    rows.map(({ entityTypeId, key, ...value }) => [valuePlace(nameOf(types, entityTypeId), value), key]),
  );
}

/** The keys of those identities that have one of these values of a unique attribute, by the value as it was given. */
export async function findTakenValues(
  sql: ISql,
  entityType: string,
  attribute: string,
  values: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await sql<{ value: string; key: string }[]>`
    select wanted.value, taken.key
    from entity_type join connection using (connection_id) cross join unnest(${values.map(foldLetters)}::text[]) as wanted (value)
      cross join lateral (
        select key from taken_value
        where taken_value.entity_type_id = entity_type.entity_type_id and taken_value.attribute = ${attribute}
          and taken_value.value = wanted.value limit 1) as taken
    where source = ${identitiesSource} and entity_type.name = ${entityType}`;
  const holders = new Map(rows.map(({ value, key }) => [value, key]));
  return new Map(
    values.flatMap((value) => {
      const key = holders.get(foldLetters(value));
      return key === undefined ? [] : [[value, key] as const];
    }),
  );
}

type Printed = Readonly<{ key: string; print: string }>;

/** Writes what was decided of identities of one type. Gives the fingerprints of those that are there now. */
async function writeDecisions(
  sql: TransactionSql,
  { entityTypeId }: StoredIdentityType,
  decisions: readonly Decision[],
  { runId, seed }: Writing,
): Promise<readonly Printed[]> {
  const prints: Printed[] = [];
  const setId = await setOfWork(sql, runId, entityTypeId);
  const inserts = decisions.flatMap((one) => (one.kind === 'insert' ? one : []));
  const updates = decisions.flatMap((one) => (one.kind === 'update' ? one : []));
  const deletes = decisions.flatMap((one) => (one.kind === 'delete' ? one : []));
  const gives = [...updates, ...deletes].flatMap((one) => one.gives);
  if (gives.length > 0) {
    await sql`
      delete from taken_value using unnest(${gives.map(({ attribute }) => attribute)}::text[], ${gives.map(({ value }) => value)}::text[])
        as given (attribute, value)
      where entity_type_id = ${entityTypeId} and taken_value.attribute = given.attribute and taken_value.value = given.value
        and taken_value.value = any(${gives.map(({ value }) => value)}::text[])`;
  }
  if (deletes.length > 0) {
    await sql`
      with gone as (
        delete from resource
        where entity_type_id = ${entityTypeId} and key = any(${deletes.map(({ key }) => key)}::text[])
        returning key, attributes
      )
      insert into change (set_id, kind, entity_type_id, key, before, after)
      select ${setId}::int, 'delete', ${entityTypeId}::int, key, attributes, null from gone`;
    await dropLinksOf(sql, { runId, setId, entityTypeId, keys: deletes.map(({ key }) => key) });
  }
  if (updates.length > 0) {
    const updated = await sql<Printed[]>`
      with told as materialized (
        select place, value->>'key' as key, value->'before' as before, value->'after' as after
        from jsonb_array_elements(${jsonOf(updates)}::text::jsonb) with ordinality as given (value, place)
      ),
      stored as (
        update resource set attributes = jsonb_strip_nulls(attributes || after) from told
        where entity_type_id = ${entityTypeId} and resource.key = told.key
          and resource.key = any(${updates.map(({ key }) => key)}::text[])
        returning resource.key, ${printOf(sql, seed, sql`resource.attributes`)} as print
      ),
      logged as (
        insert into change (set_id, kind, entity_type_id, key, before, after)
        select ${setId}::int, 'update', ${entityTypeId}::int, key, before, after from told order by place
      )
      select key, print from stored`;
    prints.push(...updated);
  }
  if (inserts.length > 0) {
    const inserted = await sql<Printed[]>`
      with told as materialized (
        select place, value->>'key' as key, value->'after' as after
        from jsonb_array_elements(${jsonOf(inserts)}::text::jsonb) with ordinality as given (value, place)
      ),
      stored as (
        insert into resource (entity_type_id, key, attributes) select ${entityTypeId}::int, key, after from told
      ),
      logged as (
        insert into change (set_id, kind, entity_type_id, key, before, after)
        select ${setId}::int, 'insert', ${entityTypeId}::int, key, null, after from told order by place
      )
      select key, ${printOf(sql, seed, sql`after`)} as print from told`;
    prints.push(...inserted);
  }
  const takes = [...updates, ...inserts].flatMap(({ key, takes: own }) =>
    own.map((one) => ({ ...one, key })),
  );
  if (takes.length > 0) {
    await sql`
      insert into taken_value (entity_type_id, attribute, value, key)
      select ${entityTypeId}::int, attribute, value, key
      from unnest(${takes.map(({ attribute }) => attribute)}::text[], ${takes.map(({ value }) => value)}::text[],
        ${takes.map(({ key }) => key)}::text[]) as taken (attribute, value, key)`;
  }
  const counts = { inserted: inserts.length, updated: updates.length, deleted: deletes.length };
  await countResources(sql, runId, entityTypeId, counts);
  return prints;
}

function jsonOf(decisions: readonly Extract<Decision, { kind: 'insert' | 'update' }>[]): string {
  const told = decisions.map(({ key, after, ...decision }) =>
    decision.kind === 'update' ? { key, before: decision.before, after } : { key, after },
  );
  return JSON.stringify(told);
}
