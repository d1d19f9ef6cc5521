import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AssessedTarget,
  assessSource,
  assessTarget,
  type MatchCount,
  matchCounts,
  type SourceFacts,
  type SourceRow,
  type TargetFacts,
  type TargetRow,
} from './situation-table.ts';

/** A row of the reference's tables: facts that are left out may be anything. */
type Row<Facts, Id> = Readonly<{
  id: Id;
  facts: Readonly<{ [Name in keyof Facts]?: Facts[Name] | readonly MatchCount[] }>;
  situation: string;
  target: AssessedTarget;
  keepsAmbiguous?: boolean;
}>;

const qualified = { sourceExists: true, isQualified: true } as const;
const unqualified = { sourceExists: true, isQualified: false } as const;
const linked = { isLinked: true } as const;
const unlinked = { isLinked: false } as const;
const deleted = { sourceExists: false } as const;
const one = ['one-free', 'one-linked'] as const;

/** Reconciliation reference, B.3. */
const sourceTable: readonly Row<SourceFacts, SourceRow>[] = [
  {
    id: 'S01',
    facts: { ...qualified, ...linked, targetExists: true },
    situation: 'CONFIRMED',
    target: 'linked',
  },
  {
    id: 'S02',
    facts: { ...qualified, ...linked, targetExists: false },
    situation: 'MISSING',
    target: 'link-only',
  },
  {
    id: 'S03',
    facts: { ...qualified, ...unlinked, matches: ['not-sought'] },
    situation: 'ABSENT',
    target: 'none',
  },
  { id: 'S04', facts: { ...qualified, ...unlinked, matches: ['none'] }, situation: 'ABSENT', target: 'none' },
  {
    id: 'S05',
    facts: { ...qualified, ...unlinked, matches: ['one-free'] },
    situation: 'FOUND',
    target: 'match',
  },
  {
    id: 'S06',
    facts: { ...qualified, ...unlinked, matches: ['one-linked'] },
    situation: 'FOUND_ALREADY_LINKED',
    target: 'match',
  },
  {
    id: 'S07',
    facts: { ...qualified, ...unlinked, matches: ['several'] },
    situation: 'AMBIGUOUS',
    target: 'none',
    keepsAmbiguous: true,
  },
  {
    id: 'S08',
    facts: { ...unqualified, ...linked, targetExists: true },
    situation: 'UNQUALIFIED',
    target: 'linked',
  },
  {
    id: 'S09',
    facts: { ...unqualified, ...linked, targetExists: false },
    situation: 'UNQUALIFIED',
    target: 'link-only',
  },
  {
    id: 'S10',
    facts: { ...unqualified, ...unlinked, matches: ['not-sought'] },
    situation: 'SOURCE_IGNORED',
    target: 'none',
  },
  {
    id: 'S11',
    facts: { ...unqualified, ...unlinked, matches: ['none'] },
    situation: 'SOURCE_IGNORED',
    target: 'none',
  },
  {
    id: 'S12',
    facts: { ...unqualified, ...unlinked, matches: one },
    situation: 'UNQUALIFIED',
    target: 'match',
  },
  {
    id: 'S13',
    facts: { ...unqualified, ...unlinked, matches: ['several'] },
    situation: 'UNQUALIFIED',
    target: 'none',
    keepsAmbiguous: true,
  },
  {
    id: 'S14',
    facts: { ...deleted, ...linked, targetExists: true, isTargetValid: true },
    situation: 'SOURCE_MISSING',
    target: 'linked',
  },
  {
    id: 'S15',
    facts: { ...deleted, ...linked, targetExists: true, isTargetValid: false },
    situation: 'TARGET_IGNORED',
    target: 'linked',
  },
  {
    id: 'S16',
    facts: { ...deleted, ...linked, targetExists: false },
    situation: 'LINK_ONLY',
    target: 'link-only',
  },
  {
    id: 'S17',
    facts: { ...deleted, ...unlinked, isOldValueKnown: false },
    situation: 'ALL_GONE',
    target: 'none',
  },
  {
    id: 'S18',
    facts: { ...deleted, ...unlinked, isOldValueKnown: true, matches: ['not-sought', 'none'] },
    situation: 'ALL_GONE',
    target: 'none',
  },
  {
    id: 'S19',
    facts: { ...deleted, ...unlinked, isOldValueKnown: true, isQualified: true, matches: one },
    situation: 'UNASSIGNED',
    target: 'match',
  },
  {
    id: 'S20',
    facts: { ...deleted, ...unlinked, isOldValueKnown: true, isQualified: false, matches: one },
    situation: 'TARGET_IGNORED',
    target: 'match',
  },
  {
    id: 'S21',
    facts: { ...deleted, ...unlinked, isOldValueKnown: true, isQualified: true, matches: ['several'] },
    situation: 'AMBIGUOUS',
    target: 'none',
  },
  {
    id: 'S22',
    facts: { ...deleted, ...unlinked, isOldValueKnown: true, isQualified: false, matches: ['several'] },
    situation: 'UNQUALIFIED',
    target: 'none',
  },
];

/** Reconciliation reference, B.4. */
const targetTable: readonly Row<TargetFacts, TargetRow>[] = [
  { id: 'T01', facts: { isTargetValid: false }, situation: 'TARGET_IGNORED', target: 'itself' },
  { id: 'T02', facts: { isTargetValid: true, isLinked: false }, situation: 'UNASSIGNED', target: 'itself' },
  {
    id: 'T03',
    facts: { isTargetValid: true, isLinked: true, sourceExists: false },
    situation: 'SOURCE_MISSING',
    target: 'itself',
  },
  {
    id: 'T04',
    facts: { isTargetValid: true, isLinked: true, sourceExists: true, isQualified: false },
    situation: 'UNQUALIFIED',
    target: 'itself',
  },
  {
    id: 'T05',
    facts: { isTargetValid: true, isLinked: true, sourceExists: true, isQualified: true },
    situation: 'CONFIRMED',
    target: 'itself',
  },
];

const flags = [true, false] as const;

const allSourceFacts: readonly SourceFacts[] = flags.flatMap((sourceExists) =>
  flags.flatMap((isQualified) =>
    flags.flatMap((isLinked) =>
      flags.flatMap((targetExists) =>
        flags.flatMap((isTargetValid) =>
          flags.flatMap((isOldValueKnown) =>
            matchCounts.map((matches) => ({
              sourceExists,
              isQualified,
              isLinked,
              targetExists,
              isTargetValid,
              isOldValueKnown,
              matches,
            })),
          ),
        ),
      ),
    ),
  ),
);

function meets(facts: object, wanted: object): boolean {
  const given = new Map(Object.entries(facts));
  return Object.entries(wanted).every(([name, value]) =>
    Array.isArray(value) ? value.includes(given.get(name)) : given.get(name) === value,
  );
}

describe('source operations', () => {
  test.each(sourceTable)('$id is $situation', ({ id, facts, situation, target, keepsAmbiguous = false }) => {
    const meant = allSourceFacts.filter((all) => meets(all, facts));
    expect(meant.length).toBeGreaterThan(0);
    for (const all of meant) {
      expect(assessSource(all)).toEqual({ row: id, situation, target, keepsAmbiguous });
    }
  });

  test('every combination of facts is in exactly one row', () => {
    expect(allSourceFacts).toHaveLength(320);
    for (const facts of allSourceFacts) {
      const rows = sourceTable.filter((row) => meets(facts, row.facts)).map(({ id }) => id);
      expect(rows).toEqual([assessSource(facts).row]);
    }
  });
});

describe('target operations', () => {
  const flag = fc.boolean();
  const anyFacts = fc.record({ isTargetValid: flag, isLinked: flag, sourceExists: flag, isQualified: flag });

  test.each(targetTable)('$id is $situation', ({ id, facts, situation, target }) => {
    fc.assert(
      fc.property(anyFacts, (all) => {
        expect(assessTarget({ ...all, ...(facts as Partial<TargetFacts>) })).toEqual({
          row: id,
          situation,
          target,
          keepsAmbiguous: false,
        });
      }),
    );
  });

  test('every combination of facts is in exactly one row', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const rows = targetTable.filter((row) => meets(facts, row.facts)).map(({ id }) => id);
        expect(rows).toEqual([assessTarget(facts).row]);
      }),
    );
  });
});
