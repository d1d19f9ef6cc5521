/** What each order on the identities directory comes to, one after the other, before anything is written. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { foldLetters } from '../mapping/text-folding.ts';
import type { Attributes } from '../model/entity-type.ts';
import { checkObject, isNothing, isStorable, withoutNothing } from '../model/object-check.ts';
import type { ObjectSchema } from '../model/object-schema.ts';
import type { Order, Receipt } from '../model/order.ts';

/** An identity as it is stored; `print` is its fingerprint. */
export type StoredIdentity = Readonly<{ attributes: Attributes; print: string }>;

/** A value that no two identities of a type may share, folded. */
export type UniqueValue = Readonly<{ attribute: string; value: string }>;

/** What is to be written for an order, or what has become of it already. */
export type Decision =
  | Readonly<{ kind: 'ended'; receipt: Receipt }>
  | Readonly<{
      kind: 'insert';
      entityType: string;
      key: string;
      after: Attributes;
      takes: readonly UniqueValue[];
    }>
  | Readonly<{
      kind: 'update';
      entityType: string;
      key: string;
      /** Former values of what changes. */
      before: Attributes;
      /** What changes, with null where there is no value any more. */
      after: Attributes;
      takes: readonly UniqueValue[];
      gives: readonly UniqueValue[];
    }>
  | Readonly<{
      kind: 'delete';
      entityType: string;
      key: string;
      before: Attributes;
      gives: readonly UniqueValue[];
    }>;

/** What orders are decided by. Keys of the maps are made by `identityPlace` and `valuePlace`. */
export type Knowledge = Readonly<{
  schemas: ReadonlyMap<string, ObjectSchema>;
  /** The identities that the orders name. */
  stored: ReadonlyMap<string, StoredIdentity>;
  /** Whose the values are that the orders want: keys of identities. */
  taken: ReadonlyMap<string, string>;
  makeKey: () => string;
}>;

export function identityPlace(entityType: string, key: string): string {
  return `${entityType}\n${key}`;
}

export function valuePlace(entityType: string, { attribute, value }: UniqueValue): string {
  return `${entityType}\n${attribute}\n${value}`;
}

/** The unique values among some attributes, folded. */
export function uniqueValuesOf(schema: ObjectSchema, attributes: Attributes): readonly UniqueValue[] {
  return uniqueNamesOf(schema).flatMap((name) => {
    const value = attributes[name];
    return typeof value === 'string' ? [{ attribute: name, value: foldLetters(value) }] : [];
  });
}

/** Few of many attributes, and asked for with every order. */
const uniqueNames = new WeakMap<ObjectSchema, readonly string[]>();

function uniqueNamesOf(schema: ObjectSchema): readonly string[] {
  const known =
    uniqueNames.get(schema) ?? schema.attributes.flatMap(({ name, isUnique }) => (isUnique ? [name] : []));
  uniqueNames.set(schema, known);
  return known;
}

/** Decides orders in their order: each sees what those before it take and give back. No two may be about one identity. */
export function decideOrders(orders: readonly Order[], knowledge: Knowledge): readonly Decision[] {
  const taken = new Map(knowledge.taken);
  return orders.map((order) => {
    const schema = knowledge.schemas.get(order.entityType);
    const decision =
      schema === undefined
        ? refused(`The identities directory has no type ${JSON.stringify(order.entityType)}.`)
        : decide(order, schema, taken, knowledge);
    if (decision.kind === 'update' || decision.kind === 'delete') {
      for (const value of decision.gives) taken.delete(valuePlace(order.entityType, value));
    }
    if (decision.kind === 'insert' || decision.kind === 'update') {
      for (const value of decision.takes) taken.set(valuePlace(order.entityType, value), decision.key);
    }
    return decision;
  });
}

function decide(
  order: Order,
  schema: ObjectSchema,
  taken: ReadonlyMap<string, string>,
  { stored, makeKey }: Knowledge,
): Decision {
  if (order.kind === 'create') {
    const { key = makeKey(), attributes } = order;
    if (stored.has(identityPlace(schema.name, key)) || !isKey(key)) {
      return refused(`The id ${JSON.stringify(key)} is taken already, or is no id.`);
    }
    return decideInsert(schema, key, withoutNothing(attributes), taken);
  }
  const { key } = order;
  const identity = stored.get(identityPlace(schema.name, key));
  if (identity === undefined) {
    return ended(order.kind === 'delete' ? { kind: 'done', key, print: null } : { kind: 'gone' });
  }
  const { attributes, print } = identity;
  if (order.print !== undefined && order.print !== print) return ended({ kind: 'changed-meanwhile' });
  if (order.kind === 'delete') {
    const gives = uniqueValuesOf(schema, attributes);
    return { kind: 'delete', entityType: schema.name, key, before: attributes, gives };
  }
  return decideUpdate(schema, { key, ...identity }, order.changes, taken);
}

const longestKey = 200;

function isKey(key: string): boolean {
  return key !== '' && key.length <= longestKey && isStorable(key);
}

function decideInsert(
  schema: ObjectSchema,
  key: string,
  after: Attributes,
  taken: ReadonlyMap<string, string>,
): Decision {
  const takes = uniqueValuesOf(schema, after);
  const problem = checkObject(schema, after, 'new')[0] ?? findTaken(schema, key, after, takes, taken);
  return problem === undefined
    ? { kind: 'insert', entityType: schema.name, key, after, takes }
    : refused(problem);
}

function decideUpdate(
  schema: ObjectSchema,
  { key, attributes, print }: StoredIdentity & Readonly<{ key: string }>,
  changes: Attributes,
  taken: ReadonlyMap<string, string>,
): Decision {
  const changed = Object.keys(changes).filter((name) =>
    isNothing(changes[name]) ? name in attributes : !isDeepStrictEqual(changes[name], attributes[name]),
  );
  if (changed.length === 0) return ended({ kind: 'done', key, print });
  const pick = (from: Attributes, none: readonly [unknown] | readonly []) =>
    Object.fromEntries(
      changed.flatMap((name) => {
        const [value] = isNothing(from[name]) ? none : [from[name]];
        return value === undefined ? [] : [[name, value]];
      }),
    );
  const after = pick(changes, [null]);
  const before = pick(attributes, []);
  const merged = withoutNothing({ ...attributes, ...after });
  const wanted = uniqueValuesOf(schema, after);
  const held = uniqueValuesOf(schema, before);
  const problem = checkObject(schema, merged, changed)[0] ?? findTaken(schema, key, after, wanted, taken);
  if (problem !== undefined) return refused(problem);
  const isAmong = (values: readonly UniqueValue[]) => (one: UniqueValue) =>
    values.some(({ attribute, value }) => attribute === one.attribute && value === one.value);
  // Another spelling of what it has is neither taken nor given back.
  const takes = wanted.filter((one) => !isAmong(held)(one));
  const gives = held.filter((one) => !isAmong(wanted)(one));
  return { kind: 'update', entityType: schema.name, key, before, after, takes, gives };
}

function findTaken(
  schema: ObjectSchema,
  key: string,
  attributes: Attributes,
  wanted: readonly UniqueValue[],
  taken: ReadonlyMap<string, string>,
): string | undefined {
  for (const one of wanted) {
    const holder = taken.get(valuePlace(schema.name, one));
    if (holder === undefined || holder === key) continue;
    const value = JSON.stringify(attributes[one.attribute]);
    return `${one.attribute} is ${value}, which the ${schema.name} ${holder} has already: no two may have the same.`;
  }
  return undefined;
}

function refused(message: string): Decision {
  return ended({ kind: 'refused', message });
}

function ended(receipt: Receipt): Decision {
  return { kind: 'ended', receipt };
}
