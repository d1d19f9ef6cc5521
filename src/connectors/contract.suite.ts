/**
 * What every connector promises, as tests: whoever writes another one runs these against it. They know nothing of a system but what
 * a driver does to it.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EntityType } from '../model/entity-type.ts';
import type { Item } from '../model/item.ts';
import type { Connector, ExportEvent, ExportStart } from './connector.ts';

/** A system under test, and what can be done to it from outside. */
export type ContractDriver = Readonly<{
  connector: Connector;
  /** A type whose objects have the attribute `attribute`, of text. */
  entityType: EntityType;
  attribute: string;
  /** A type whose objects have links `link` to objects of `entityType`. */
  linkingType: EntityType;
  link: string;
  create: (attributes: Readonly<Record<string, string>>) => Promise<string>;
  change: (key: string, attributes: Readonly<Record<string, string | null>>) => Promise<void>;
  remove: (key: string) => Promise<void>;
  createLinking: () => Promise<string>;
  setLinked: (key: string, target: string, isLinked: boolean) => Promise<void>;
  close: () => Promise<void>;
}>;

type Known = Readonly<{ attributes: Map<string, unknown>; links: Set<string> }>;
type Fold = Map<string, Known>;

/** Registers the tests. `open` gives a system with some objects, whose lists take several pages. */
export function describeConnectorContract(name: string, open: () => Promise<ContractDriver>): void {
  describe(`the connector of ${name}`, () => {
    let driver: ContractDriver;
    beforeEach(async () => {
      driver = await open();
    });
    afterEach(() => driver.close());

    const read = async (entityType: EntityType, start: ExportStart, known: Fold = new Map()) =>
      await readToEnd(driver.connector, entityType, start, known);
    const full = { kind: 'full' } as const;

    test('brings every object once with the attributes that are wanted, and says where to go on', async () => {
      const { entityType, attribute } = driver;
      const made = await driver.create({ [attribute]: 'Made for the contract' });
      const { known, last, items } = await read(entityType, full);
      expect(known.get(made)?.attributes.get(attribute)).toBe('Made for the contract');
      const keys = items.map(({ key }) => key);
      expect(new Set(keys).size).toBe(keys.length);
      const names = new Set(items.flatMap(({ attributes = {} }) => Object.keys(attributes)));
      expect([...names].filter((one) => !entityType.attributes.includes(one))).toEqual([]);
      expect(last.cookie).not.toBe('');
      expect([undefined, keys.length]).toContain(last.expected);
    });

    test('never has an empty collection for a value, and tells of no link that is not mapped', async () => {
      for (const entityType of [driver.entityType, driver.linkingType]) {
        const { items } = await read(entityType, full);
        const values = items.flatMap(({ attributes = {} }) => Object.values(attributes));
        expect(values.filter((value) => Array.isArray(value) && value.length === 0)).toEqual([]);
        const links = items.flatMap(({ linked = {}, unlinked = {} }) => [
          ...Object.keys(linked),
          ...Object.keys(unlinked),
        ]);
        expect(links.filter((one) => !entityType.links.includes(one))).toEqual([]);
      }
    });

    test('brings with a cookie what has come, changed and gone since', async () => {
      const { entityType, attribute } = driver;
      const [changed, emptied, gone] = [
        await driver.create({ [attribute]: 'To be changed' }),
        await driver.create({ [attribute]: 'To be emptied' }),
        await driver.create({ [attribute]: 'To go' }),
      ];
      const { known, last } = await read(entityType, full);
      await driver.change(changed, { [attribute]: 'Changed' });
      await driver.change(emptied, { [attribute]: null });
      await driver.remove(gone);
      const come = await driver.create({ [attribute]: 'Come' });
      const brief = await driver.create({ [attribute]: 'Brief' });
      await driver.remove(brief);
      const after = await read(entityType, { kind: 'incremental', cookie: last.cookie }, known);
      expect(after.known.get(changed)?.attributes.get(attribute)).toBe('Changed');
      expect(after.known.get(emptied)?.attributes.has(attribute)).toBe(false);
      expect(after.known.get(come)?.attributes.get(attribute)).toBe('Come');
      expect([after.known.has(gone), after.known.has(brief)]).toEqual([false, false]);
      expect(describeFold(after.known)).toEqual(describeFold((await read(entityType, full)).known));
    });

    test('brings nothing with a cookie after which nothing has happened', async () => {
      const { last } = await read(driver.entityType, full);
      const again = await read(driver.entityType, { kind: 'incremental', cookie: last.cookie });
      expect(again.items).toEqual([]);
      expect(again.last).not.toHaveProperty('expected');
    });

    test('brings links, and those that have come and gone since', async () => {
      const { linkingType, link } = driver;
      const key = await driver.createLinking();
      const [one, other, third] = [await driver.create({}), await driver.create({}), await driver.create({})];
      await driver.setLinked(key, one, true);
      await driver.setLinked(key, other, true);
      const { known, last } = await read(linkingType, full);
      const links = (fold: Fold) => [...(fold.get(key)?.links ?? [])].sort();
      expect(links(known)).toEqual([`${link} ${one}`, `${link} ${other}`].sort());
      await driver.setLinked(key, one, false);
      await driver.setLinked(key, third, true);
      const after = await read(linkingType, { kind: 'incremental', cookie: last.cookie }, known);
      expect(links(after.known)).toEqual([`${link} ${other}`, `${link} ${third}`].sort());
      expect(links((await read(linkingType, full)).known)).toEqual(links(after.known));
    });

    test('goes on after any page, with nothing left out', async () => {
      for (const entityType of [driver.entityType, driver.linkingType]) {
        const pages = await eventsOf(driver.connector, entityType, full);
        const whole: Fold = new Map();
        for (const { items } of pages) fold(whole, items);
        for (const [index, page] of pages.entries()) {
          if (page.kind !== 'page') continue;
          const known: Fold = new Map();
          for (const { items } of pages.slice(0, index + 1)) fold(known, items);
          await read(entityType, { kind: 'resume', position: page.position }, known);
          expect(describeFold(known)).toEqual(describeFold(whole));
        }
      }
      expect((await eventsOf(driver.connector, driver.entityType, full)).length).toBeGreaterThan(1);
    });

    test.each<readonly [string, ExportStart]>([
      ['a cookie', { kind: 'incremental', cookie: 'garbage' }],
      ['a position', { kind: 'resume', position: 'garbage' }],
      ['a position of another kind', { kind: 'resume', position: '{"kind":"other"}' }],
    ])('asks for a full set where %s means nothing to it', async (_, start) => {
      const { connector, entityType } = driver;
      const events: ExportEvent[] = [];
      for await (const event of connector.exportEntityType(requestOf(entityType, start))) events.push(event);
      expect(events).toMatchObject([{ kind: 'resync', reason: expect.stringMatching(/\w \w/) }]);
    });

    test('ends with the abort when it is told to', async () => {
      const { connector, entityType } = driver;
      const stopping = new AbortController();
      const reading = async () => {
        const request = { ...requestOf(entityType, full), signal: stopping.signal };
        for await (const _event of connector.exportEntityType(request)) stopping.abort(new Error('enough'));
      };
      await expect(reading()).rejects.toThrow('enough');
    });

    test('says in sentences what it cannot export', () => {
      const { connector, entityType, linkingType } = driver;
      expect(connector.checkMapping([entityType, linkingType])).toEqual([]);
      const wrong = [
        { ...entityType, attributes: [...entityType.attributes, 'noSuchAttribute'] },
        { ...linkingType, links: ['noSuchLink'] },
        { name: 'noSuchType', attributes: [], links: [] },
      ];
      const problems = connector.checkMapping(wrong);
      for (const name of ['noSuchAttribute', 'noSuchLink', 'noSuchType']) {
        expect(problems.filter((problem) => problem.includes(name) && problem.endsWith('.'))).toHaveLength(1);
      }
    });

    test('says which system it reads', () => {
      expect(driver.connector.source).toMatch(/^\S+$/);
    });
  });
}

function requestOf(entityType: EntityType, start: ExportStart) {
  return { entityType, start, signal: new AbortController().signal, onWait: () => {} };
}

/** The pages of a set, which must come to its end. */
async function eventsOf(
  connector: Connector,
  entityType: EntityType,
  start: ExportStart,
): Promise<readonly Exclude<ExportEvent, { kind: 'resync' }>[]> {
  const events: Exclude<ExportEvent, { kind: 'resync' }>[] = [];
  for await (const event of connector.exportEntityType(requestOf(entityType, start))) {
    if (event.kind === 'resync') throw new Error(`The export began anew: ${event.reason}`);
    events.push(event);
  }
  expect(events.map(({ kind }) => kind)).toEqual([
    ...Array(Math.max(0, events.length - 1)).fill('page'),
    'last',
  ]);
  return events;
}

async function readToEnd(connector: Connector, entityType: EntityType, start: ExportStart, known: Fold) {
  const events = await eventsOf(connector, entityType, start);
  for (const { items } of events) fold(known, items);
  const last = events.at(-1);
  if (last?.kind !== 'last') throw new Error('The export has ended without an end.');
  const items = events.flatMap((event) => event.items).filter(({ attributes }) => attributes !== undefined);
  return { known, last, items };
}

/** What is said later wins, attribute by attribute and link by link, as the port has it. */
function fold(known: Fold, items: readonly Item[]): void {
  for (const { key, removed, attributes = {}, linked = {}, unlinked = {} } of items) {
    if (removed !== undefined) {
      known.delete(key);
      continue;
    }
    const object = known.get(key) ?? { attributes: new Map(), links: new Set() };
    known.set(key, object);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === null) object.attributes.delete(name);
      else object.attributes.set(name, value);
    }
    for (const [name, types] of Object.entries(linked)) {
      for (const target of Object.values(types).flat()) object.links.add(`${name} ${target}`);
    }
    for (const [name, targets] of Object.entries(unlinked)) {
      for (const target of targets) object.links.delete(`${name} ${target}`);
    }
  }
}

function describeFold(known: Fold): object {
  return Object.fromEntries(
    [...known]
      .map(
        ([key, { attributes, links }]) =>
          [key, { attributes: Object.fromEntries(attributes), links: [...links].sort() }] as const,
      )
      .toSorted(([one], [other]) => (one < other ? -1 : 1)),
  );
}
