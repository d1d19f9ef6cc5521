/** Pages of Graph's JSON turned into items: the mapped attributes and links, and nothing else. */
import { Fault } from '../../errors.ts';
import type { Attributes, EntityType } from '../../model/entity-type.ts';
import type { Item, KeysByType } from '../../model/item.ts';

/** A page of a list or of a delta round, as far as it is one. */
export type GraphPage = Readonly<{
  objects: readonly GraphObject[];
  nextLink: string | undefined;
  deltaLink: string | undefined;
}>;

type GraphObject = Readonly<Record<string, unknown>>;

/** The page that an answer's body is. Throws a `source-failed` Fault when it is none; `subject` says of what. */
export function readPage(body: unknown, subject: string): GraphPage {
  if (!isObject(body) || !Array.isArray(body.value) || !body.value.every(isObject)) {
    throw new Fault('source-failed', `Graph's answer about ${subject} is not a page of objects.`);
  }
  return {
    objects: body.value,
    nextLink: linkIn(body, '@odata.nextLink'),
    deltaLink: linkIn(body, '@odata.deltaLink'),
  };
}

/**
 * Makes the function that turns one object of a page into an item. Attributes that the page does not say stay unsaid; an
 * empty collection or a complex value with nothing in it is none (null). Removed links come in one list, the others in another, and a
 * target stands where the page's last word put it. The function throws a `source-failed` Fault for an object without id.
 */
export function createItemReader(entityType: EntityType): (object: GraphObject) => Item {
  const attributes = entityType.attributes.filter((name) => name !== 'id');
  const links = entityType.links.map((name) => ({ name, property: `${name}@delta` }));
  return (object) => {
    const key = readId(object, entityType.name);
    const removed = object['@removed'];
    if (removed !== undefined) {
      return { key, removed: isObject(removed) && removed.reason === 'changed' ? 'restorable' : 'forever' };
    }
    const item: { -readonly [name in keyof Item]: Item[name] } = {
      key,
      attributes: readAttributes(object, attributes),
    };
    for (const { name, property } of links) {
      const entries = object[property];
      if (!Array.isArray(entries) || entries.length === 0) continue;
      const { linked, unlinked } = readLinks(entries, entityType.name);
      if (linked !== undefined) item.linked = { ...item.linked, [name]: linked };
      if (unlinked.length > 0) item.unlinked = { ...item.unlinked, [name]: unlinked };
    }
    return item;
  };
}

/** The id of an object. Throws a `source-failed` Fault when it has none. */
export function readId(object: unknown, subject: string): string {
  const id = isObject(object) ? object.id : undefined;
  if (typeof id === 'string' && id !== '') return id;
  throw new Fault('source-failed', `Graph's answer about ${subject} holds an object without an id.`);
}

function readAttributes(object: GraphObject, names: readonly string[]): Attributes {
  const attributes: Record<string, unknown> = {};
  for (const name of names) {
    const value = object[name];
    if (value !== undefined) attributes[name] = isEmpty(value) ? null : value;
  }
  return attributes;
}

function readLinks(
  entries: readonly unknown[],
  subject: string,
): { linked: KeysByType | undefined; unlinked: readonly string[] } {
  if (!entries.some(isRemoval)) return { linked: keysByType(entries, subject), unlinked: [] };
  const last = new Map<string, unknown>();
  for (const entry of entries) last.set(readId(entry, subject), entry);
  const linked = [...last.values()].filter((entry) => !isRemoval(entry));
  const unlinked = [...last].flatMap(([target, entry]) => (isRemoval(entry) ? [target] : []));
  return { linked: keysByType(linked, subject), unlinked };
}

/** References to objects, as `$select=id` and deltas show them, by the type they name; undefined when there are none. */
export function keysByType(references: readonly unknown[], subject: string): KeysByType | undefined {
  if (references.length === 0) return undefined;
  const keys: Record<string, string[]> = {};
  for (const reference of references) {
    const type = isObject(reference) ? reference['@odata.type'] : undefined;
    const name = typeof type === 'string' ? type.slice(type.lastIndexOf('.') + 1) : '';
    const known = keys[name];
    if (known === undefined) keys[name] = [readId(reference, subject)];
    else known.push(readId(reference, subject));
  }
  return keys;
}

function isRemoval(entry: unknown): boolean {
  return isObject(entry) && entry['@removed'] !== undefined;
}

function isEmpty(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.length === 0;
  return Object.values(value).every((member) => member === null || isEmpty(member));
}

function linkIn(body: GraphObject, name: string): string | undefined {
  const link = body[name];
  return typeof link === 'string' && link !== '' ? link : undefined;
}

/** Whether a JSON value is an object with members. */
export function isObject(value: unknown): value is GraphObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
