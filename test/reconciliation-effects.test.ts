// What every action does, A01 to A33 by their ids, through the engine (reconciliation reference, B.6): state before, action, state after.
// Where several sources could share or lose a target, the engine refuses what the reference does (src/mapping/effects.ts).
import { describe, expect, test } from 'vitest';
import { readMapping } from '../src/mapping/mapping-document.ts';
import type { MappingDefinition } from '../src/model/mapping.ts';
import type { Action, Situation } from '../src/model/reconciliation.ts';
import { useOwnDatabase } from './fixtures/own-database.ts';
import { makeWorld, policiesOf, type World } from './fixtures/reconciliation-world.ts';

const own = useOwnDatabase();

const source = { login: 'ada', city: 'Paris', kind: 'staff' };
const visitor = { ...source, kind: 'visitor' };

type Start = Readonly<{ prepare: (world: World) => Promise<void>; definition?: Partial<MappingDefinition> }>;

const starts = {
  absent: { prepare: (world) => world.putSource('s', source) },
  found: {
    async prepare(world) {
      await world.putSource('s', source);
      await world.putTarget('t', { userName: 'ada' });
    },
  },
  confirmed: {
    async prepare(world) {
      await starts.found.prepare(world);
      await world.link('s', 't');
    },
  },
  equal: {
    async prepare(world) {
      await world.putSource('s', source);
      await world.putTarget('t', { userName: 'ada', city: 'Paris' });
      await world.link('s', 't');
    },
  },
  missing: {
    async prepare(world) {
      await world.putSource('s', source);
      await world.link('s', 'gone');
    },
  },
  unqualifiedLinked: {
    async prepare(world) {
      await world.putSource('s', visitor);
      await world.putTarget('t', { userName: 'ada' });
      await world.link('s', 't');
    },
  },
  unqualifiedGone: {
    async prepare(world) {
      await world.putSource('s', visitor);
      await world.link('s', 'gone');
    },
  },
  unqualifiedMatch: {
    async prepare(world) {
      await world.putSource('s', visitor);
      await world.putTarget('t', { userName: 'ada' });
    },
  },
  unqualifiedSeveral: {
    async prepare(world) {
      await world.putSource('s', visitor);
      await world.putTarget('t1', { userName: 'ada' });
      await world.putTarget('t2', { userName: 'Ada' });
    },
  },
  sourceMissing: {
    async prepare(world) {
      await world.putTarget('t', { userName: 'ada' });
      await world.link('s', 't');
    },
  },
  unassigned: { prepare: (world) => world.putTarget('t', { userName: 'ada' }) },
  linkOnly: { prepare: (world) => world.link('s', 't') },
  ambiguous: {
    async prepare(world) {
      await world.putSource('s', source);
      await world.putTarget('t1', { userName: 'eve', mail: 'ada@example.com' });
      await world.putTarget('t2', { userName: 'eva', mail: 'ada@example.com' });
    },
    definition: { correlation: [{ attribute: 'mail', expression: '"ada@example.com"' }] },
  },
  alreadyLinked: {
    async prepare(world) {
      await world.putSource('s', source);
      await world.putTarget('t', { userName: 'ada' });
      await world.link('other', 't');
    },
  },
  targetIgnored: {
    prepare: (world) => world.putTarget('t', { userName: 'ada', city: 'Rome' }),
    definition: { validTarget: 'city eq "London"' },
  },
} satisfies Record<string, Start>;

type Effect = Readonly<{
  start: keyof typeof starts;
  situation: Situation;
  actions: readonly Action[];
  /** Source resources, target objects and links afterwards. */
  after: readonly [sources: number, targets: number, links: number];
  status?: 'succeeded' | 'failed';
  /** Whether there is an entry. */
  isAudited?: boolean;
  /** Orders that the target has fulfilled. */
  writes: number;
  message?: RegExp;
}>;

const effects: Readonly<Record<string, Effect>> = {
  A01: { start: 'absent', situation: 'ABSENT', actions: ['CREATE'], after: [1, 1, 1], writes: 1 },
  A02: {
    start: 'absent',
    situation: 'ABSENT',
    actions: ['UPDATE'],
    after: [1, 0, 0],
    status: 'failed',
    writes: 0,
    message: /needs one target object/,
  },
  A03: {
    start: 'absent',
    situation: 'ABSENT',
    actions: ['LINK'],
    after: [1, 0, 0],
    status: 'failed',
    writes: 0,
    message: /needs one target object/,
  },
  A04: {
    start: 'absent',
    situation: 'ABSENT',
    actions: ['IGNORE', 'ASYNC', 'REPORT'],
    after: [1, 0, 0],
    writes: 0,
  },
  A05: {
    start: 'absent',
    situation: 'ABSENT',
    actions: ['NOREPORT'],
    after: [1, 0, 0],
    isAudited: false,
    writes: 0,
  },
  A06: {
    start: 'absent',
    situation: 'ABSENT',
    actions: ['EXCEPTION'],
    after: [1, 0, 0],
    writes: 0,
    message: /./,
  },
  A07: { start: 'found', situation: 'FOUND', actions: ['UPDATE'], after: [1, 1, 1], writes: 1 },
  A08: { start: 'found', situation: 'FOUND', actions: ['LINK'], after: [1, 1, 1], writes: 0 },
  A09: {
    start: 'found',
    situation: 'FOUND',
    actions: ['CREATE'],
    after: [1, 1, 0],
    status: 'failed',
    writes: 0,
    message: /exists already/,
  },
  A10: { start: 'equal', situation: 'CONFIRMED', actions: ['UPDATE'], after: [1, 1, 1], writes: 0 },
  A11: { start: 'confirmed', situation: 'CONFIRMED', actions: ['UPDATE'], after: [1, 1, 1], writes: 1 },
  A12: { start: 'confirmed', situation: 'CONFIRMED', actions: ['UNLINK'], after: [1, 1, 0], writes: 0 },
  A13: { start: 'confirmed', situation: 'CONFIRMED', actions: ['DELETE'], after: [1, 0, 0], writes: 1 },
  A14: { start: 'missing', situation: 'MISSING', actions: ['CREATE'], after: [1, 1, 1], writes: 1 },
  A15: { start: 'missing', situation: 'MISSING', actions: ['UNLINK'], after: [1, 0, 0], writes: 0 },
  A16: { start: 'missing', situation: 'MISSING', actions: ['UPDATE'], after: [1, 0, 1], writes: 0 },
  A17: { start: 'missing', situation: 'MISSING', actions: ['DELETE'], after: [1, 0, 0], writes: 0 },
  A18: {
    start: 'unqualifiedLinked',
    situation: 'UNQUALIFIED',
    actions: ['DELETE'],
    after: [1, 0, 0],
    writes: 1,
  },
  A19: {
    start: 'unqualifiedGone',
    situation: 'UNQUALIFIED',
    actions: ['DELETE'],
    after: [1, 0, 0],
    writes: 0,
  },
  A20: {
    start: 'unqualifiedMatch',
    situation: 'UNQUALIFIED',
    actions: ['DELETE'],
    after: [1, 0, 0],
    writes: 1,
  },
  A21: {
    start: 'unqualifiedSeveral',
    situation: 'UNQUALIFIED',
    actions: ['DELETE'],
    after: [1, 2, 0],
    writes: 0,
  },
  A22: {
    start: 'sourceMissing',
    situation: 'SOURCE_MISSING',
    actions: ['DELETE'],
    after: [0, 0, 0],
    writes: 1,
  },
  A23: {
    start: 'sourceMissing',
    situation: 'SOURCE_MISSING',
    actions: ['UNLINK'],
    after: [0, 1, 0],
    writes: 0,
  },
  A24: {
    start: 'sourceMissing',
    situation: 'SOURCE_MISSING',
    actions: ['CREATE'],
    after: [0, 1, 1],
    status: 'failed',
    writes: 0,
    message: /no source|needs a source/,
  },
  A25: { start: 'unassigned', situation: 'UNASSIGNED', actions: ['DELETE'], after: [0, 0, 0], writes: 1 },
  A26: { start: 'unassigned', situation: 'UNASSIGNED', actions: ['UNLINK'], after: [0, 1, 0], writes: 0 },
  A27: {
    start: 'linkOnly',
    situation: 'LINK_ONLY',
    actions: ['UNLINK', 'DELETE'],
    after: [0, 0, 0],
    writes: 0,
  },
  A28: {
    start: 'linkOnly',
    situation: 'LINK_ONLY',
    actions: ['EXCEPTION'],
    after: [0, 0, 1],
    writes: 0,
    message: /./,
  },
  A29: { start: 'ambiguous', situation: 'AMBIGUOUS', actions: ['CREATE'], after: [1, 3, 1], writes: 1 },
  A30: {
    start: 'ambiguous',
    situation: 'AMBIGUOUS',
    actions: ['UPDATE', 'LINK'],
    after: [1, 2, 0],
    status: 'failed',
    writes: 0,
    message: /needs one target object/,
  },
  A31: {
    start: 'alreadyLinked',
    situation: 'FOUND_ALREADY_LINKED',
    actions: ['UPDATE', 'LINK'],
    after: [1, 1, 1],
    status: 'failed',
    writes: 0,
    message: /linked to another source/,
  },
  A32: {
    start: 'targetIgnored',
    situation: 'TARGET_IGNORED',
    actions: ['DELETE'],
    after: [0, 0, 0],
    writes: 1,
  },
};

describe('an action', () => {
  for (const [id, effect] of Object.entries(effects)) {
    for (const action of effect.actions) {
      test(`${id}: ${effect.situation} and ${action}`, async () => {
        const { prepare, definition }: Start = starts[effect.start];
        const orders: string[] = [];
        const world = await makeWorld(
          own().database.sql,
          {
            scope: { queryFilter: 'kind eq "staff"' },
            policies: policiesOf({ [effect.situation]: action }),
            ...definition,
          },
          {
            onOrder(order) {
              orders.push(order.kind);
              return undefined;
            },
          },
        );
        await prepare(world);
        const parameters = { allowsEmptySource: true };
        const dry = await world.run({ isDryRun: true, parameters });
        expect(orders).toEqual([]);
        const { entries, counts } = await world.run({ parameters });
        const entry = entries.find(({ situation }) => situation === effect.situation);
        expect(counts.situations[effect.situation]).toBe(1);
        expect(entry === undefined).toBe(effect.isAudited === false);
        if (entry) {
          expect(entry).toMatchObject({ action, status: effect.status ?? 'succeeded' });
          if (effect.message) expect(entry.message).toMatch(effect.message);
        }
        const { source: sources, target: targets } = await world.sides();
        const links = await world.links();
        expect([sources.size, targets.size, links.length]).toEqual(effect.after);
        expect(orders).toHaveLength(effect.writes);
        expect(dry.counts.target).toEqual(counts.target);
        expect(dry.counts.links).toEqual(counts.links);
        if (id === 'A14') expect(links[0]?.targetKey).not.toBe('gone');
      });
    }
  }

  test('A33: an unknown name is refused when the mapping is read', () => {
    const outcome = readMapping({
      name: 'M',
      source: { connection: 'A', type: 'a' },
      target: { connection: 'B', type: 'b' },
      policies: [{ situation: 'ABSENT', action: 'ONBOARD' }],
    });
    expect(outcome).toMatchObject({ kind: 'mistakes', mistakes: [{ path: 'policies/0/action' }] });
  });
});

test('without linking, every run correlates anew and nothing is linked', async () => {
  const { sql } = own().database;
  const world = await makeWorld(sql);
  const stored = await world.change({});
  await world.change({ settings: { ...stored.definition.settings, isLinking: false } });
  await starts.confirmed.prepare(world);
  const first = await world.run();
  expect(first.entries).toMatchObject([{ situation: 'FOUND', action: 'UPDATE', status: 'succeeded' }]);
  expect(await world.links()).toHaveLength(1);
  expect((await world.sides()).target.get('t')).toEqual({ userName: 'ada', city: 'Paris' });
});
