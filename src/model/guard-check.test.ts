import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Guards, noGuards, noThresholds, type Thresholds } from './guard.ts';
import { type CountedClass, describeExcess, findExcesses } from './guard-check.ts';

const users: CountedClass = {
  what: 'resources',
  objectClass: 'user',
  stored: 200,
  inserted: 0,
  updated: 0,
  deleted: 0,
};
const members: CountedClass = { ...users, what: 'links', objectClass: 'group.members' };

/** Guards with one limit on everything, on one class, or on one kind of link. */
const onResources = (limit: Partial<Thresholds>): Guards => ({
  ...noGuards,
  resources: { ...noThresholds, ...limit },
});
const onLinks = (limit: Partial<Thresholds>): Guards => ({
  ...noGuards,
  links: { ...noThresholds, ...limit },
});
const onUsers = (limit: Partial<Thresholds>): Guards => ({
  ...noGuards,
  entityTypes: { user: { ...noThresholds, ...limit } },
});
const onMembers = (limit: Partial<Thresholds>): Guards => ({
  ...noGuards,
  associations: { 'group.members': { ...noThresholds, ...limit } },
});

describe('a limit is exceeded by one more, and not by as many', () => {
  const kinds = ['inserted', 'updated', 'deleted'] as const;
  const scopes = [
    ['resources of the connection', onResources, users],
    ['links of the connection', onLinks, members],
    ['an entity type', onUsers, users],
    ['a kind of link', onMembers, members],
  ] as const;
  const cases = scopes.flatMap(([what, guards, one]) => kinds.map((kind) => ({ what, guards, one, kind })));

  test.each(cases)('$kind on $what, as a number', ({ guards, one, kind }) => {
    const limited = guards({ [`${kind}Count`]: 10 });
    expect(findExcesses(limited, [{ ...one, [kind]: 10 }])).toEqual([]);
    expect(findExcesses(limited, [{ ...one, [kind]: 11 }])).toMatchObject([{ allowed: 10, count: 11 }]);
  });

  test.each(cases)('$kind on $what, as a percentage', ({ guards, one, kind }) => {
    const limited = guards({ [`${kind}Percent`]: 5 });
    expect(findExcesses(limited, [{ ...one, [kind]: 10 }])).toEqual([]);
    expect(findExcesses(limited, [{ ...one, [kind]: 11 }])).toMatchObject([
      { allowed: 5, count: 11, stored: 200 },
    ]);
  });
});

test('what the connection is limited to is counted over all its classes, those without a change too', () => {
  const groups = { ...users, objectClass: 'group', stored: 300, deleted: 20 };
  const changed = [{ ...users, deleted: 6 }, groups, { ...members, deleted: 500 }];
  expect(findExcesses(onResources({ deletedCount: 26 }), changed)).toEqual([]);
  expect(findExcesses(onResources({ deletedCount: 25 }), changed)).toMatchObject([
    { objectClass: undefined, count: 26, stored: 500 },
  ]);
  // 26 of 500 is more than 5 percent, as 20 of 300 is, and 6 of 200 is not.
  expect(findExcesses(onResources({ deletedPercent: 5 }), changed)).toHaveLength(1);
  expect(findExcesses(onUsers({ deletedPercent: 5 }), changed)).toEqual([]);
});

test('where nothing is stored a percentage limits nothing', () => {
  expect(findExcesses(onUsers({ insertedPercent: 1 }), [{ ...users, stored: 0, inserted: 1000 }])).toEqual(
    [],
  );
});

test.each([
  [
    onResources({ deletedCount: 100 }),
    { ...users, deleted: 1150 },
    '1,150 objects would be deleted, and MaximumDeletedLines of the connection is 100',
  ],
  [
    onUsers({ updatedPercent: 5 }),
    { ...users, stored: 1, updated: 1 },
    '1 object of user would be updated where 1 is stored, and MaxPercentageUpdatedLines of user is 5',
  ],
  [
    onMembers({ insertedPercent: 5 }),
    { ...members, inserted: 30 },
    '30 links of group.members would be inserted where 200 are stored, and MaxLinkPercentageInsertedLines of group.members is 5',
  ],
])('an excess is said with the name of the setting, the number and the limit', (guards, one, sentence) => {
  expect(findExcesses(guards, [one]).map(describeExcess)).toEqual([sentence]);
});

const number = fc.integer({ min: 0, max: 1_000_000 });
const thresholds = fc.record({
  insertedCount: number,
  updatedCount: number,
  deletedCount: number,
  insertedPercent: fc.integer({ min: 0, max: 200 }),
  updatedPercent: fc.integer({ min: 0, max: 200 }),
  deletedPercent: fc.integer({ min: 0, max: 200 }),
});
const counts = { stored: number, inserted: number, updated: number, deleted: number };
const classes = fc.record({
  user: fc.record(counts),
  group: fc.record(counts),
  links: fc.record({ ...counts, updated: fc.constant(0) }),
});
const guards = fc.record<Guards>({
  resources: thresholds,
  links: thresholds,
  entityTypes: fc.record({ user: thresholds, group: thresholds }, { requiredKeys: [] }) as fc.Arbitrary<
    Record<string, Thresholds>
  >,
  associations: fc.record({ 'group.members': thresholds }, { requiredKeys: [] }) as fc.Arbitrary<
    Record<string, Thresholds>
  >,
});
type Drawn = { user: Counts; group: Counts; links: Counts };
type Counts = Pick<CountedClass, 'stored' | 'inserted' | 'updated' | 'deleted'>;
const classesOf = ({ user, group, links }: Drawn): CountedClass[] => [
  { what: 'resources', objectClass: 'user', ...user },
  { what: 'resources', objectClass: 'group', ...group },
  { what: 'links', objectClass: 'group.members', ...links },
];

describe('whatever is limited and changed', () => {
  test('every excess is one of a limit that is on, and its number is greater than what the limit allows', () => {
    fc.assert(
      fc.property(guards, classes, (limited, drawn) => {
        for (const { limit, allowed, count, stored } of findExcesses(limited, classesOf(drawn))) {
          expect(allowed).toBeGreaterThan(0);
          const most = limit.endsWith('Percent') ? (allowed * stored) / 100 : allowed;
          expect(count).toBeGreaterThan(most);
        }
      }),
    );
  });

  test('fewer changes exceed no more limits, and higher limits are exceeded by no more', () => {
    fc.assert(
      fc.property(guards, classes, (limited, drawn) => {
        const before = findExcesses(limited, classesOf(drawn)).length;
        const fewer = {
          ...drawn,
          user: { ...drawn.user, inserted: Math.floor(drawn.user.inserted / 2), deleted: 0 },
        };
        expect(findExcesses(limited, classesOf(fewer)).length).toBeLessThanOrEqual(before);
        const higher = Object.fromEntries(
          Object.entries(limited.resources).map(([name, value]) => [name, value === 0 ? 0 : value + 1]),
        ) as Thresholds;
        const raised = findExcesses({ ...limited, resources: higher }, classesOf(drawn));
        expect(raised.length).toBeLessThanOrEqual(before);
      }),
    );
  });

  test('nothing is exceeded where nothing changes, or where all limits are off', () => {
    fc.assert(
      fc.property(guards, classes, (limited, drawn) => {
        const still = classesOf(drawn).map((one) => ({ ...one, inserted: 0, updated: 0, deleted: 0 }));
        expect(findExcesses(limited, still)).toEqual([]);
        expect(findExcesses(noGuards, classesOf(drawn))).toEqual([]);
      }),
    );
  });
});
