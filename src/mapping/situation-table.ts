/**
 * The situation table: which situation the facts about a pair make. Every combination of facts leads to exactly one row, which the
 * compiler proves: each branch names all its answers. Source: reconciliation reference, B.3 and B.4 (as OpenIDM's code has it).
 */
import type { Situation } from '../model/reconciliation.ts';

/** How many target objects the correlation of a source resource has found. */
export const matchCounts = ['not-sought', 'none', 'one-free', 'one-linked', 'several'] as const;
/** `not-sought`: there is no correlation, or it was left out; `one-linked`: the one match has a link of this qualifier already. */
export type MatchCount = (typeof matchCounts)[number];

/** What is known of a source resource and of what it is, or could be, paired with. */
export type SourceFacts = Readonly<{
  sourceExists: boolean;
  /** Whether it qualifies: scope and source condition. Of a deleted one, whether its old value is in the scope. */
  isQualified: boolean;
  isLinked: boolean;
  /** Whether the linked target object exists. */
  targetExists: boolean;
  /** Whether the linked target object is valid for the mapping. */
  isTargetValid: boolean;
  matches: MatchCount;
  /** Of a deleted source resource: whether its old value is known. */
  isOldValueKnown: boolean;
}>;

/** What is known of a target object that no source resource has led to. */
export type TargetFacts = Readonly<{
  isTargetValid: boolean;
  isLinked: boolean;
  /** Whether the source resource of its link exists. */
  sourceExists: boolean;
  /** Whether that is in the scope; the source condition is not asked. */
  isQualified: boolean;
}>;

/**
 * Which target object an entry is about: that of the link; the one match; the key that the link still names, of an object that is
 * gone; the object that the entry was found from; none.
 */
export type AssessedTarget = 'linked' | 'match' | 'link-only' | 'itself' | 'none';

type Row = Readonly<{ situation: Situation; target: AssessedTarget; keepsAmbiguous: boolean }>;

const row = (situation: Situation, target: AssessedTarget, keepsAmbiguous = false): Row => ({
  situation,
  target,
  keepsAmbiguous,
});

const sourceRows = {
  S01: row('CONFIRMED', 'linked'),
  S02: row('MISSING', 'link-only'),
  S03: row('ABSENT', 'none'),
  S04: row('ABSENT', 'none'),
  S05: row('FOUND', 'match'),
  S06: row('FOUND_ALREADY_LINKED', 'match'),
  S07: row('AMBIGUOUS', 'none', true),
  S08: row('UNQUALIFIED', 'linked'),
  S09: row('UNQUALIFIED', 'link-only'),
  S10: row('SOURCE_IGNORED', 'none'),
  S11: row('SOURCE_IGNORED', 'none'),
  S12: row('UNQUALIFIED', 'match'),
  S13: row('UNQUALIFIED', 'none', true),
  S14: row('SOURCE_MISSING', 'linked'),
  S15: row('TARGET_IGNORED', 'linked'),
  S16: row('LINK_ONLY', 'link-only'),
  S17: row('ALL_GONE', 'none'),
  S18: row('ALL_GONE', 'none'),
  S19: row('UNASSIGNED', 'match'),
  S20: row('TARGET_IGNORED', 'match'),
  S21: row('AMBIGUOUS', 'none'),
  S22: row('UNQUALIFIED', 'none'),
} as const;

const targetRows = {
  T01: row('TARGET_IGNORED', 'itself'),
  T02: row('UNASSIGNED', 'itself'),
  T03: row('SOURCE_MISSING', 'itself'),
  T04: row('UNQUALIFIED', 'itself'),
  T05: row('CONFIRMED', 'itself'),
} as const;

export type SourceRow = keyof typeof sourceRows;
export type TargetRow = keyof typeof targetRows;

/** A row of the table with what it says. */
export type Assessment<Id extends SourceRow | TargetRow = SourceRow | TargetRow> = Row &
  Readonly<{ row: Id }>;

type ByMatches = Readonly<Record<MatchCount, SourceRow>>;
type ByQualified = Readonly<Record<'qualified' | 'unqualified', ByMatches>>;

const linkedSource: Readonly<
  Record<'qualified' | 'unqualified', Readonly<Record<'present' | 'gone', SourceRow>>>
> = {
  qualified: { present: 'S01', gone: 'S02' },
  unqualified: { present: 'S08', gone: 'S09' },
};

const unlinkedSource: ByQualified = {
  qualified: { 'not-sought': 'S03', none: 'S04', 'one-free': 'S05', 'one-linked': 'S06', several: 'S07' },
  unqualified: { 'not-sought': 'S10', none: 'S11', 'one-free': 'S12', 'one-linked': 'S12', several: 'S13' },
};

const linkOfDeletedSource: Readonly<Record<'valid' | 'invalid' | 'gone', SourceRow>> = {
  valid: 'S14',
  invalid: 'S15',
  gone: 'S16',
};

const unlinkedDeletedSource: ByQualified = {
  qualified: { 'not-sought': 'S18', none: 'S18', 'one-free': 'S19', 'one-linked': 'S19', several: 'S21' },
  unqualified: { 'not-sought': 'S18', none: 'S18', 'one-free': 'S20', 'one-linked': 'S20', several: 'S22' },
};

/** The row of a source resource. */
export function assessSource(facts: SourceFacts): Assessment<SourceRow> {
  const id = findSourceRow(facts);
  return { row: id, ...sourceRows[id] };
}

function findSourceRow(facts: SourceFacts): SourceRow {
  const qualified = facts.isQualified ? 'qualified' : 'unqualified';
  if (facts.sourceExists) {
    return facts.isLinked
      ? linkedSource[qualified][facts.targetExists ? 'present' : 'gone']
      : unlinkedSource[qualified][facts.matches];
  }
  if (facts.isLinked) {
    const target = facts.isTargetValid ? 'valid' : 'invalid';
    return linkOfDeletedSource[facts.targetExists ? target : 'gone'];
  }
  return facts.isOldValueKnown ? unlinkedDeletedSource[qualified][facts.matches] : 'S17';
}

/** The row of a target object that no source resource has led to. */
export function assessTarget(facts: TargetFacts): Assessment<TargetRow> {
  const id = findTargetRow(facts);
  return { row: id, ...targetRows[id] };
}

function findTargetRow({ isTargetValid, isLinked, sourceExists, isQualified }: TargetFacts): TargetRow {
  if (!isTargetValid) return 'T01';
  if (!isLinked) return 'T02';
  if (!sourceExists) return 'T03';
  return isQualified ? 'T05' : 'T04';
}
