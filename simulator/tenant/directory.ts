// The directory of the simulated tenant: objects, links, keys, and the numbered log of every change. It knows what a
// change is, not whether it is allowed: rules of Graph's API stand above it.
import type { Clock } from '../clock.ts';
import { ChangeLog } from './change-log.ts';
import {
  createObject,
  type DirectoryObject,
  isLive,
  type LinkKind,
  type Links,
  linkKinds,
  type ObjectType,
  objectTypes,
  sourcesOf,
  targetsOf,
  type Values,
} from './directory-object.ts';
import { append, LinkSet } from './link-set.ts';
import { ObjectList } from './object-list.ts';

/** How long a change stays in the log: a day longer than delta tokens live (7 days for directory objects). */
const logDays = 8;
/** How long a soft-deleted object can be restored. */
const retentionDays = 30;
const dayMs = 86_400_000;
/** Links to objects that live and die with their source. */
const containedKinds = [
  'appRoleAssignments',
  'appRoleAssignedTo',
  'oauth2PermissionGrants',
  'extensionProperties',
  'federatedIdentityCredentials',
] as const satisfies readonly LinkKind[];

export interface Directory {
  readonly tenantId: string;
  readonly clock: Clock;
  readonly log: ChangeLog;
  /** Number of the last transaction. */
  readonly tx: number;
  /** Live and soft-deleted objects of the type. */
  list(type: ObjectType): ObjectList;
  /** Soft-deleted objects of the type, in the order of their deletion. */
  deletedItems(type: ObjectType): Links;
  /** By id, live or soft-deleted. */
  find(id: string): DirectoryObject | undefined;
  /** A live object by a single-valued or multi-valued property, compared without case. The first use builds an index. */
  findBy(type: ObjectType, property: string, value: string): DirectoryObject | undefined;
  insert(type: ObjectType, id: string, values: Values): DirectoryObject;
  /** Sets the given values (null clears). Values that are equal already change nothing. Returns the names that changed. */
  update(object: DirectoryObject, values: Values): readonly string[];
  /** False when the link was there already. */
  link(source: DirectoryObject, kind: LinkKind, target: DirectoryObject): boolean;
  /** False when there was no such link. */
  unlink(source: DirectoryObject, kind: LinkKind, target: DirectoryObject): boolean;
  /** Moves the object to the deleted items; its links stay. */
  softDelete(object: DirectoryObject): void;
  restore(object: DirectoryObject): void;
  /** Removes the object and all its links for good. */
  purge(object: DirectoryObject): void;
  /** Purges what has been soft-deleted longer than the retention and forgets what no token can ask for. */
  expire(): void;
  /** Runs `fill` without logging: what it creates was always there. */
  load(fill: () => void): void;
}

type Key = `${ObjectType}/${string}`;

export function createDirectory(tenantId: string, clock: Clock): Directory {
  const lists = new Map<ObjectType, ObjectList>(objectTypes.map((type) => [type, new ObjectList()]));
  const deletedItems = new Map<ObjectType, Links>(objectTypes.map((type) => [type, new LinkSet()]));
  const byId = new Map<string, DirectoryObject>();
  const indexes = new Map<Key, Map<string, DirectoryObject>>();
  const log = new ChangeLog();
  let tx = 0;
  let isLoading = false;

  const list = (type: ObjectType) => lists.get(type)!;

  /** Pages that show the object are stale: its own place, and every set that it is a target of. */
  const touch = (object: DirectoryObject) => {
    if (isLoading) return;
    if (object.slot !== -1) list(object.type).touch(object.slot, tx);
    for (const kind of linkKinds) {
      for (const source of sourcesOf(object, kind)) touchLinks(source, kind);
    }
  };
  const touchLinks = (source: DirectoryObject, kind: LinkKind) => {
    const links = source.outgoing?.[kind];
    if (links) links.changedTx = tx;
    if (source.slot !== -1) list(source.type).touch(source.slot, tx);
  };

  const addToIndexes = (object: DirectoryObject, names: Iterable<string>) => {
    for (const name of names) {
      const index = indexes.get(`${object.type}/${name}`);
      if (index) for (const key of keysOf(object.values[name])) index.set(key, object);
    }
  };
  const removeFromIndexes = (object: DirectoryObject, names: Iterable<string>) => {
    for (const name of names) {
      const index = indexes.get(`${object.type}/${name}`);
      if (!index) continue;
      for (const key of keysOf(object.values[name])) if (index.get(key) === object) index.delete(key);
    }
  };
  const begin = () => {
    if (!isLoading) tx++;
  };

  return {
    tenantId,
    clock,
    log,
    get tx() {
      return tx;
    },
    list,
    deletedItems: (type) => deletedItems.get(type)!,
    find: (id) => byId.get(id) ?? byId.get(id.toLowerCase()),

    findBy(type, property, value) {
      const name: Key = `${type}/${property}`;
      let index = indexes.get(name);
      if (!index) {
        index = new Map();
        indexes.set(name, index);
        for (const object of list(type).places) {
          if (object && isLive(object))
            for (const key of keysOf(object.values[property])) index.set(key, object);
        }
      }
      return index.get(value.toLowerCase());
    },

    insert(type, id, values) {
      begin();
      const object = createObject(id, type, values);
      byId.set(id, object);
      list(type).add(object, tx);
      if (indexes.size > 0) addToIndexes(object, Object.keys(values));
      if (!isLoading) log.append({ tx, at: clock.now(), object, kind: 'created' });
      return object;
    },

    update(object, values) {
      const changed = Object.keys(values).filter((name) => !isSame(object.values[name], values[name]));
      if (changed.length === 0) return changed;
      begin();
      if (isLive(object)) removeFromIndexes(object, changed);
      for (const name of changed) object.values[name] = values[name];
      if (isLive(object)) addToIndexes(object, changed);
      touch(object);
      if (!isLoading) log.append({ tx, at: clock.now(), object, kind: 'updated', properties: changed });
      return changed;
    },

    link(source, kind, target) {
      source.outgoing ??= {};
      source.outgoing[kind] ??= new LinkSet();
      if (!source.outgoing[kind].add(target)) return false;
      begin();
      target.incoming ??= {};
      target.incoming[kind] = append(target.incoming[kind] ?? [], source);
      if (!isLoading) {
        touchLinks(source, kind);
        touch(target);
        log.append({ tx, at: clock.now(), object: source, kind: 'linked', link: kind, target });
      }
      return true;
    },

    unlink(source, kind, target) {
      if (!source.outgoing?.[kind]?.delete(target)) return false;
      begin();
      const sources = target.incoming?.[kind];
      sources?.splice(sources.indexOf(source), 1);
      touchLinks(source, kind);
      touch(target);
      if (!isLoading)
        log.append({ tx, at: clock.now(), object: source, kind: 'unlinked', link: kind, target });
      return true;
    },

    softDelete(object) {
      begin();
      removeFromIndexes(object, Object.keys(object.values));
      object.deletedAt = clock.now();
      const items = deletedItems.get(object.type)!;
      items.add(object);
      items.changedTx = tx;
      touch(object);
      if (!isLoading) log.append({ tx, at: object.deletedAt, object, kind: 'deleted' });
    },

    restore(object) {
      begin();
      object.deletedAt = 0;
      const items = deletedItems.get(object.type)!;
      items.delete(object);
      items.changedTx = tx;
      addToIndexes(object, Object.keys(object.values));
      touch(object);
      log.append({ tx, at: clock.now(), object, kind: 'restored' });
      // Lists leave out links to deleted objects, so whoever read one meanwhile has to be told of them again.
      for (const kind of linkKinds) {
        for (const source of sourcesOf(object, kind)) {
          log.append({ tx, at: clock.now(), object: source, kind: 'linked', link: kind, target: object });
        }
      }
    },

    purge(object) {
      for (const kind of containedKinds) {
        for (const part of [...targetsOf(object, kind)]) this.purge(part);
      }
      for (const kind of linkKinds) {
        for (const source of [...sourcesOf(object, kind)]) this.unlink(source, kind, object);
        for (const target of [...targetsOf(object, kind)]) this.unlink(object, kind, target);
      }
      begin();
      if (isLive(object)) removeFromIndexes(object, Object.keys(object.values));
      const items = deletedItems.get(object.type)!;
      if (items.delete(object)) items.changedTx = tx;
      touch(object);
      list(object.type).remove(object, tx);
      byId.delete(object.id);
      if (!isLoading) log.append({ tx, at: clock.now(), object, kind: 'purged' });
    },

    expire() {
      const purgeBefore = clock.now() - retentionDays * dayMs;
      for (const type of objectTypes) {
        for (const object of [...this.deletedItems(type)]) {
          if (object.deletedAt < purgeBefore) this.purge(object);
        }
      }
      log.forgetBefore(clock.now() - logDays * dayMs);
    },

    load(fill) {
      isLoading = true;
      try {
        fill();
      } finally {
        isLoading = false;
      }
    },
  };
}

/** Index keys of a value: a string, or each string of a collection, without case. */
function keysOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value.toLowerCase()];
  if (Array.isArray(value))
    return value.filter((item) => typeof item === 'string').map((item) => item.toLowerCase());
  return [];
}

/** Never set and cleared are different states in a delta, so undefined and null are not the same. */
function isSame(before: unknown, after: unknown): boolean {
  if (before === after) return true;
  if (typeof before !== 'object' || typeof after !== 'object' || before === null || after === null)
    return false;
  return JSON.stringify(before) === JSON.stringify(after);
}
