// Every row of the situation table that a run can meet, by its id, through the engine (reconciliation reference, B.3 and B.4). IGNORE
// everywhere keeps a run from changing what the test looks at.
import { describe, expect, test } from 'vitest';
import type { MappingDefinition } from '../src/model/mapping.ts';
import { type Situation, situations } from '../src/model/reconciliation.ts';
import { useOwnDatabase } from './fixtures/own-database.ts';
import { makeWorld, policiesOf, type World } from './fixtures/reconciliation-world.ts';

const own = useOwnDatabase();

const ignoring: Partial<MappingDefinition> = {
  policies: policiesOf(Object.fromEntries(situations.map((situation) => [situation, 'IGNORE']))),
  scope: { queryFilter: 'kind eq "staff"' },
};
const staff = { login: 'ada', kind: 'staff' };
const visitor = { login: 'ada', kind: 'visitor' };

type Case = Readonly<{
  /** What the source operation, or the target operation, meets. */
  prepare: (world: World) => Promise<void>;
  /** Before the run that counts: an incremental one where it is given. */
  change?: (world: World) => Promise<void>;
  definition?: Partial<MappingDefinition>;
  situation: Situation;
  phase?: 'source' | 'target';
  targetKey: string | null;
  ambiguousKeys?: readonly string[];
}>;

const noCorrelation = { correlation: [] };

const cases: Readonly<Record<string, Case>> = {
  S01: {
    prepare: async (world) => {
      await world.putSource('s', staff);
      await world.putTarget('t', { userName: 'else' });
      await world.link('s', 't');
    },
    situation: 'CONFIRMED',
    targetKey: 't',
  },
  S02: {
    prepare: async (world) => {
      await world.putSource('s', staff);
      await world.link('s', 'gone');
    },
    situation: 'MISSING',
    targetKey: 'gone',
  },
  S03: {
    prepare: (world) => world.putSource('s', staff),
    definition: noCorrelation,
    situation: 'ABSENT',
    targetKey: null,
  },
  S04: { prepare: (world) => world.putSource('s', staff), situation: 'ABSENT', targetKey: null },
  S05: {
    prepare: async (world) => {
      await world.putSource('s', staff);
      await world.putTarget('t', { userName: 'Ada' });
    },
    situation: 'FOUND',
    targetKey: 't',
  },
  S06: {
    prepare: async (world) => {
      await world.putSource('s', staff);
      await world.putTarget('t', { userName: 'ada' });
      await world.link('other', 't');
    },
    situation: 'FOUND_ALREADY_LINKED',
    targetKey: 't',
  },
  S07: {
    prepare: async (world) => {
      await world.putSource('s', staff);
      await world.putTarget('t1', { userName: 'ada' });
      await world.putTarget('t2', { userName: 'ADA' });
    },
    situation: 'AMBIGUOUS',
    targetKey: null,
    ambiguousKeys: ['t1', 't2'],
  },
  S08: {
    prepare: async (world) => {
      await world.putSource('s', visitor);
      await world.putTarget('t', { userName: 'ada' });
      await world.link('s', 't');
    },
    situation: 'UNQUALIFIED',
    targetKey: 't',
  },
  S09: {
    prepare: async (world) => {
      await world.putSource('s', visitor);
      await world.link('s', 'gone');
    },
    situation: 'UNQUALIFIED',
    targetKey: 'gone',
  },
  S10: {
    prepare: (world) => world.putSource('s', visitor),
    definition: noCorrelation,
    situation: 'SOURCE_IGNORED',
    targetKey: null,
  },
  S11: { prepare: (world) => world.putSource('s', visitor), situation: 'SOURCE_IGNORED', targetKey: null },
  'S12 (the match is free)': {
    prepare: async (world) => {
      await world.putSource('s', visitor);
      await world.putTarget('t', { userName: 'ada' });
    },
    situation: 'UNQUALIFIED',
    targetKey: 't',
  },
  'S12 (the match is linked)': {
    prepare: async (world) => {
      await world.putSource('s', visitor);
      await world.putTarget('t', { userName: 'ada' });
      await world.link('other', 't');
    },
    situation: 'UNQUALIFIED',
    targetKey: 't',
  },
  S13: {
    prepare: async (world) => {
      await world.putSource('s', visitor);
      await world.putTarget('t1', { userName: 'ada' });
      await world.putTarget('t2', { userName: 'ada' });
    },
    situation: 'UNQUALIFIED',
    targetKey: null,
    ambiguousKeys: ['t1', 't2'],
  },
  S14: {
    prepare: async (world) => {
      await world.putSource('s', staff);
      await world.putTarget('t', { userName: 'ada' });
      await world.link('s', 't');
    },
    change: (world) => world.removeSource('s'),
    situation: 'SOURCE_MISSING',
    targetKey: 't',
  },
  S15: {
    prepare: async (world) => {
      await world.putSource('s', staff);
      await world.putTarget('t', { userName: 'ada', city: 'Paris' });
      await world.link('s', 't');
    },
    change: (world) => world.removeSource('s'),
    definition: { validTarget: 'city eq "London"' },
    situation: 'TARGET_IGNORED',
    targetKey: 't',
  },
  S16: {
    prepare: async (world) => {
      await world.putSource('s', staff);
      await world.link('s', 'gone');
    },
    change: (world) => world.removeSource('s'),
    situation: 'LINK_ONLY',
    targetKey: 'gone',
  },
  S18: {
    prepare: (world) => world.putSource('s', staff),
    change: (world) => world.removeSource('s'),
    situation: 'ALL_GONE',
    targetKey: null,
  },
  S19: {
    prepare: async (world) => {
      await world.putSource('s', staff);
      await world.putTarget('t', { userName: 'ada' });
    },
    change: (world) => world.removeSource('s'),
    situation: 'UNASSIGNED',
    targetKey: 't',
  },
  S20: {
    prepare: async (world) => {
      await world.putSource('s', visitor);
      await world.putTarget('t', { userName: 'ada' });
    },
    change: (world) => world.removeSource('s'),
    situation: 'TARGET_IGNORED',
    targetKey: 't',
  },
  S21: {
    prepare: async (world) => {
      await world.putSource('s', staff);
      await world.putTarget('t1', { userName: 'ada' });
      await world.putTarget('t2', { userName: 'ada' });
    },
    change: (world) => world.removeSource('s'),
    situation: 'AMBIGUOUS',
    targetKey: null,
  },
  S22: {
    prepare: async (world) => {
      await world.putSource('s', visitor);
      await world.putTarget('t1', { userName: 'ada' });
      await world.putTarget('t2', { userName: 'ada' });
    },
    change: (world) => world.removeSource('s'),
    situation: 'UNQUALIFIED',
    targetKey: null,
  },
  T01: {
    prepare: (world) => world.putTarget('t', { userName: 'eve', city: 'Paris' }),
    definition: { validTarget: 'city eq "London"' },
    phase: 'target',
    situation: 'TARGET_IGNORED',
    targetKey: 't',
  },
  T02: {
    prepare: (world) => world.putTarget('t', { userName: 'eve' }),
    phase: 'target',
    situation: 'UNASSIGNED',
    targetKey: 't',
  },
  T03: {
    prepare: async (world) => {
      await world.putTarget('t', { userName: 'eve' });
      await world.link('gone', 't');
    },
    phase: 'target',
    situation: 'SOURCE_MISSING',
    targetKey: 't',
  },
  T04: {
    prepare: async (world) => {
      await world.putSource('s', visitor);
      await world.putTarget('t', { userName: 'eve' });
      await world.link('s', 't');
    },
    definition: outside(),
    phase: 'target',
    situation: 'UNQUALIFIED',
    targetKey: 't',
  },
  T05: {
    prepare: async (world) => {
      await world.putSource('s', staff);
      await world.putTarget('t', { userName: 'eve' });
      await world.link('s', 't');
    },
    definition: outside(),
    phase: 'target',
    situation: 'CONFIRMED',
    targetKey: 't',
  },
};

/** The target phase looks at pairs that a narrow filter leaves out, as the reference does. */
function outside(): Partial<MappingDefinition> {
  return { filterSource: 'login eq "nobody"', settings: settings({ updatesOutsideFilter: true }) };
}

function settings(more: Partial<MappingDefinition['settings']>): MappingDefinition['settings'] {
  return {
    isLinking: true,
    runsTargetPhase: true,
    allowsEmptySource: true,
    correlatesEmptyTarget: false,
    updatesOutsideFilter: false,
    isSourceKeyCaseSensitive: true,
    isTargetKeyCaseSensitive: true,
    ...more,
  };
}

describe('a run meets', () => {
  for (const [id, { prepare, change, definition, situation, phase = 'source', ...target }] of Object.entries(
    cases,
  )) {
    test(`${id}: ${situation}`, async () => {
      const world = await makeWorld(own().database.sql, {
        ...ignoring,
        settings: settings({}),
        ...definition,
      });
      await prepare(world);
      if (change) {
        await world.run();
        await change(world);
      }
      const { entries } = await world.run({ mode: change ? 'incremental' : 'full' });
      const met = entries.filter((entry) => entry.phase === phase);
      const { targetKey, ambiguousKeys = [] } = target;
      expect(met).toMatchObject([
        { situation, action: 'IGNORE', status: 'succeeded', targetKey, ambiguousKeys },
      ]);
      // Nothing is met twice.
      const both = entries.filter((entry) => entry.targetKey !== null).map((entry) => entry.targetKey);
      expect(new Set(both).size).toBe(both.length);
    });
  }

  test('S17: nothing, of a source that nobody knows anything of', async () => {
    const world = await makeWorld(own().database.sql, { ...ignoring, settings: settings({}) });
    await world.run();
    await world.putSource('s', staff);
    await world.removeSource('s');
    const { entries } = await world.run({ mode: 'incremental' });
    // What it was is in the log, so that it is S18; without that no run would come to it.
    expect(entries).toMatchObject([{ situation: 'ALL_GONE', sourceKey: 's' }]);
    const asked = await world.run({ mode: 'keys', parameters: { keys: ['nobody'] } });
    expect(asked.entries).toMatchObject([
      {
        situation: null,
        status: 'failed',
        message: `There is no person with the key nobody in ${world.source}.`,
      },
    ]);
  });
});

describe('with two link qualifiers', () => {
  const qualified: Partial<MappingDefinition> = {
    ...ignoring,
    settings: settings({}),
    linkQualifiers: [{ name: 'A' }, { name: 'B' }],
  };

  test('every source is assessed once for each', async () => {
    const world = await makeWorld(own().database.sql, qualified);
    await world.putSource('s', staff);
    await world.putTarget('t', { userName: 'eve' });
    await world.link('s', 't', 'A');
    const { entries } = await world.run();
    expect(entries).toMatchObject([
      { qualifier: 'A', situation: 'CONFIRMED', targetKey: 't' },
      { qualifier: 'B', situation: 'ABSENT', targetKey: null },
    ]);
  });

  test('a target that is linked under one of them is free, and unassigned, under the other', async () => {
    const world = await makeWorld(own().database.sql, qualified);
    await world.putTarget('t', { userName: 'eve' });
    await world.link('gone', 't', 'A');
    const { entries } = await world.run();
    expect(entries).toMatchObject([
      { phase: 'target', qualifier: 'A', situation: 'SOURCE_MISSING', targetKey: 't' },
      { phase: 'target', qualifier: 'B', situation: 'UNASSIGNED', targetKey: 't' },
    ]);
    await world.putSource('s', { login: 'eve', kind: 'staff' });
    const found = (await world.run()).entries;
    expect(found.map(({ qualifier, situation }) => [qualifier, situation])).toEqual([
      ['A', 'FOUND_ALREADY_LINKED'],
      ['B', 'FOUND'],
    ]);
  });

  test('one with a condition is only for those that meet it', async () => {
    const world = await makeWorld(own().database.sql, {
      ...qualified,
      linkQualifiers: [{ name: 'A' }, { name: 'B', condition: 'login eq "bob"' }],
    });
    await world.putSource('s1', staff);
    await world.putSource('s2', { login: 'bob', kind: 'staff' });
    const { entries } = await world.run();
    expect(entries.map(({ sourceKey, qualifier }) => [sourceKey, qualifier])).toEqual([
      ['s1', 'A'],
      ['s2', 'A'],
      ['s2', 'B'],
    ]);
  });
});

describe('correlation', () => {
  test('the first rule that finds something decides, and says what was matched', async () => {
    const world = await makeWorld(own().database.sql, {
      ...ignoring,
      settings: settings({}),
      correlation: [{ match: { all: ['userName', 'city'] } }, { match: { any: ['mail', 'userName'] } }],
    });
    await world.putSource('s1', { ...staff, city: 'Paris', mail: 'one@example.com' });
    await world.putSource('s2', { login: 'bob', kind: 'staff', city: 'Rome', mail: 'TWO@example.com' });
    await world.putTarget('t1', { userName: 'ada', city: 'PARIS' });
    await world.putTarget('t2', { userName: 'else', mail: 'one@example.com' });
    await world.putTarget('t3', { userName: 'bobby', mail: 'two@example.com' });
    const { entries } = await world.run();
    expect(entries).toMatchObject([
      {
        sourceKey: 's1',
        situation: 'FOUND',
        targetKey: 't1',
        matchedOn: { rule: 1, attributes: { userName: 'ada', city: 'paris' } },
      },
      { sourceKey: 's2', situation: 'FOUND', targetKey: 't3', matchedOn: { rule: 2 } },
      { phase: 'target', situation: 'UNASSIGNED', targetKey: 't2' },
    ]);
  });

  test('any element of a list matches, numbers as they are written, and nothing empty', async () => {
    const world = await makeWorld(own().database.sql, {
      ...ignoring,
      settings: settings({}),
      correlation: [
        { attribute: 'aliases', expression: '[alias]' },
        { attribute: 'rank', expression: '[rank]' },
      ],
    });
    await world.putSource('s1', { ...staff, alias: 'Äpfel' });
    await world.putSource('s2', { ...staff, login: 'bob', rank: '7' });
    await world.putSource('s3', { ...staff, login: 'eve', alias: '' });
    await world.putTarget('t1', { userName: 'one', aliases: ['birnen', 'äPFEL'] });
    await world.putTarget('t2', { userName: 'two', rank: 7 });
    await world.putTarget('t3', { userName: 'three', aliases: [''] });
    const { entries } = await world.run();
    expect(entries.map(({ sourceKey, situation, targetKey }) => [sourceKey, situation, targetKey])).toEqual([
      ['s1', 'FOUND', 't1'],
      ['s2', 'FOUND', 't2'],
      ['s3', 'ABSENT', null],
      [null, 'UNASSIGNED', 't3'],
    ]);
  });

  test('of several sources with one match, the first gets it', async () => {
    const world = await makeWorld(own().database.sql, { settings: settings({}) });
    for (const key of ['s1', 's2', 's3']) await world.putSource(key, { login: 'ada', city: key });
    await world.putTarget('t', { userName: 'ada' });
    const { entries } = await world.run();
    expect(entries.map(({ sourceKey, situation }) => [sourceKey, situation])).toEqual([
      ['s1', 'FOUND'],
      ['s2', 'FOUND_ALREADY_LINKED'],
      ['s3', 'FOUND_ALREADY_LINKED'],
    ]);
    expect((await world.sides()).target.get('t')).toEqual({ userName: 'ada', city: 's1' });
  });

  test('a value that many share finds them all, and lists a hundred', async () => {
    const world = await makeWorld(own().database.sql, {
      ...ignoring,
      settings: settings({}),
      correlation: [{ match: 'city' }],
    });
    await world.putSource('s', { ...staff, city: 'Paris' });
    for (let number = 0; number < 120; number++) {
      await world.putTarget(`t${number}`, { userName: `user ${number}`, city: 'paris' });
    }
    const { entries } = await world.run();
    // None of them is visited again.
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({ situation: 'AMBIGUOUS', matchCount: 120 });
    expect(entries[0]?.ambiguousKeys).toHaveLength(100);
  });
});
