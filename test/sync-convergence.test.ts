// I3, I4 and I5 as properties: whatever sets say of objects and links, however they are cut into pages, in whatever order and how
// often, and wherever the reading breaks off, the store is what they amount to, and each change is in the log once.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EntityType } from '../src/model/entity-type.ts';
import type { Item } from '../src/model/item.ts';
import { type SynchronizationResult, synchronize } from '../src/sync/flow.ts';
import { createFoldedTruth } from './fixtures/folded-truth.ts';
import { useOwnDatabase } from './fixtures/own-database.ts';
import { createScriptedSource } from './fixtures/scripted-source.ts';
import { differencesBetween, findContradictions, readContents } from './fixtures/store-contents.ts';

const own = useOwnDatabase();
let connections = 0;

const user: EntityType = { name: 'user', attributes: ['name', 'state', 'mails'], links: [] };
const group: EntityType = {
  name: 'group',
  attributes: ['name', 'state', 'mails'],
  links: ['members', 'owners'],
};
const filter = "state eq 'on'";
const isOn = ({ state }: Readonly<Record<string, unknown>>) => state === 'on';
const anyway = () => true;

const keysOf = (prefix: string) => fc.integer({ min: 1, max: 5 }).map((number) => `${prefix}${number}`);
const target = fc.oneof(keysOf('u'), keysOf('g'), fc.constantFrom('device', 'thing'));
const attributes = fc.record(
  {
    name: fc.oneof(
      fc.constant(null),
      fc.constantFrom('Anna', 'Bert', "O'Neill", '\\u0041', 'a\u0000b', '😀'),
    ),
    state: fc.constantFrom('on', 'off', null),
    mails: fc.oneof(
      fc.constant(null),
      fc.array(fc.constantFrom('a@x', 'b@x'), { minLength: 1, maxLength: 2 }),
    ),
  },
  { requiredKeys: [] },
);
const targets = fc.array(target, { minLength: 1, maxLength: 4 });
/** Nobody exports devices, and what is no type at all is said of the last one. */
const typeOf = (key: string) => ({ u: 'user', g: 'group', d: 'device' })[key[0] ?? ''] ?? '';
const typedTargets = targets.map((keys) => Object.groupBy(keys, typeOf) as Record<string, string[]>);
const unlinks = fc.record({ members: targets, owners: targets }, { requiredKeys: [] });
const links = fc.record({ members: typedTargets, owners: typedTargets }, { requiredKeys: [] });

function itemOf(prefix: string): fc.Arbitrary<Item> {
  const key = keysOf(prefix);
  const isLinked = prefix === 'g';
  return fc.oneof(
    { weight: 5, arbitrary: fc.record({ key, attributes }) },
    { weight: 1, arbitrary: fc.record({ key, removed: fc.constantFrom('restorable', 'forever') }) },
    ...(isLinked
      ? [
          { weight: 3, arbitrary: fc.record({ key, linked: links }) },
          { weight: 2, arbitrary: fc.record({ key, unlinked: unlinks }) },
          { weight: 3, arbitrary: fc.record({ key, attributes, linked: links }) },
        ]
      : []),
  );
}

/** A set: what it says, where it is cut, and after how many pages the source breaks off, one time after the other. */
const setOf = (prefix: string) =>
  fc.record({
    isFull: fc.boolean(),
    items: fc.array(itemOf(prefix), { maxLength: 25 }),
    pageSizes: fc.array(fc.integer({ min: 0, max: 7 }), { maxLength: 8 }),
    breaks: fc.array(fc.integer({ min: 0, max: 8 }), { maxLength: 3 }),
  });

function cut(items: readonly Item[], sizes: readonly number[]): (readonly Item[])[] {
  const pages: (readonly Item[])[] = [];
  let start = 0;
  for (const size of sizes) {
    pages.push(items.slice(start, start + size));
    start += size;
  }
  return [...pages, items.slice(start)];
}

const withoutNul = (items: readonly Item[]): Item[] =>
  items.map((item) =>
    item.attributes?.name === 'a\u0000b'
      ? { ...item, attributes: { ...item.attributes, name: 'a\ufffdb' } }
      : item,
  );

test('I3 I4 I5 the store is what the sets amount to, however they are told and wherever the reading breaks off', async () => {
  const steps = fc.array(fc.record({ user: setOf('u'), group: setOf('g'), isFiltered: fc.boolean() }), {
    minLength: 1,
    maxLength: 4,
  });
  const property = fc.asyncProperty(steps, fc.boolean(), async (all, isFiltered) => {
    const { sql } = own().database;
    const name = `convergence ${++connections}`;
    const source = createScriptedSource('in memory');
    const entityTypes = [isFiltered ? { ...user, filter } : user, isFiltered ? { ...group, filter } : group];
    const truth = createFoldedTruth(entityTypes);
    const target = { sql, connector: source.connector(), name, entityTypes };
    const signal = new AbortController().signal;
    const run = async (isFull: boolean): Promise<SynchronizationResult> =>
      await synchronize(target, { isFull, isForced: true, signal, report: () => {} });
    for (const [index, step] of all.entries()) {
      const isFull = index === 0 || (step.user.isFull && step.group.isFull);
      const sets = [step.user, step.group] as const;
      for (const [place, { items, pageSizes }] of sets.entries()) {
        source.offer(entityTypes[place]?.name ?? '', { pages: cut(items, pageSizes) });
      }
      for (const afterPages of [...step.user.breaks]) {
        source.breakOff('user', afterPages);
        source.breakOff('group', step.group.breaks[0] ?? afterPages);
        await run(isFull).catch(() => {});
      }
      const result = await run(isFull);
      for (const [place, { items }] of sets.entries()) {
        const entityType = entityTypes[place];
        if (entityType === undefined) throw new Error('There are two types.');
        truth.take({ entityType, isFull, items: withoutNul(items), isMet: isFiltered ? isOn : anyway });
      }
      expect(result.counts.length).toBeGreaterThan(0);
      const store = { name: 'the store', contents: await readContents(sql, name) };
      expect(differencesBetween({ name: 'the truth', contents: truth.contents() }, store)).toEqual([]);
      expect(await findContradictions(sql, name, ['user', 'group'])).toEqual([]);
    }
  });
  await fc.assert(property, { numRuns: 25 });
});
