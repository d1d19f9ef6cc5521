/**
 * One row of what was paired: its situation, what is decided, and what that comes to. Pure: whoever asks has read both sides, and asks
 * the target afterwards about what no two objects may share.
 */

import type { MappingContext } from '../mapping/compile-attributes.ts';
import type { CompiledMapping } from '../mapping/compile-mapping.ts';
import type { Qualification } from '../mapping/compile-scope.ts';
import { type EntryState, effectsOf } from '../mapping/effects.ts';
import { applyChanges } from '../mapping/evaluate-rows.ts';
import type { MappedResource } from '../mapping/mapped-resource.ts';
import { type Assessment, assessSource, assessTarget, type MatchCount } from '../mapping/situation-table.ts';
import type { Attributes } from '../model/entity-type.ts';
import type { ObjectSet } from '../model/mapping.ts';
import type { Action, EntryChanges, Situation } from '../model/reconciliation.ts';
import type { WorkRow } from '../store/reconciliation-assessing.ts';
import type { Deed } from './counting.ts';

/** What rows are assessed by. */
export type Assessing = Readonly<{
  compiled: CompiledMapping;
  context: MappingContext;
  source: ObjectSet;
  /** What the target says of an object as it would be stored, one sentence each. */
  checkObject: (attributes: Attributes, changed: readonly string[] | 'new') => readonly string[];
  /** Whether an earlier row of the run has been given the one match of this one. */
  isClaimed: (row: WorkRow) => boolean;
}>;

export type AssessedRow =
  /** The link qualifier is not that of the source resource: there is nothing to say. */
  | Readonly<{ kind: 'passed-over'; isLinked: boolean }>
  /** A linked pair that is as it should be. */
  | Readonly<{ kind: 'unchanged'; linkNumber: string; isFromSource: boolean }>
  | Readonly<{ kind: 'entry'; entry: AssessedEntry }>;

export type AssessedEntry = Readonly<{
  situation: Situation | null;
  action: Action | null;
  policy: number | null;
  /** What is to be done; nothing where it failed. */
  deed: Deed;
  /** Whether it failed, and why; else what a reader should know. */
  isFailed: boolean;
  message: string | null;
  /** Whether there is an entry to look at; what is not reported is counted all the same. */
  isReported: boolean;
  targetKey: string | null;
  keepsAmbiguous: boolean;
  isMatch: boolean;
  changes: EntryChanges | null;
}>;

const noDeed: Deed = { target: 'none', link: 'none' };

export function assessRow(row: WorkRow, assessing: Assessing): AssessedRow {
  const { compiled } = assessing;
  const source = resourceOf(row, row.source);
  const known = source ?? resourceOf(row, row.old);
  if (row.isOutside) {
    return refusedEntry(
      row,
      `Filter Source of the mapping leaves ${row.sourceKey} out, so that no run looks at it.`,
    );
  }
  if (row.phase === 'source' && known === null && row.linkNumber === null) {
    const { connection, type } = assessing.source;
    return refusedEntry(row, `There is no ${type} with the key ${row.sourceKey} in ${connection}.`);
  }
  if (row.phase === 'source' && known !== null && !compiled.qualifiersOf(known).includes(row.qualifier)) {
    return { kind: 'passed-over', isLinked: row.linkNumber !== null };
  }
  const qualification = known === null ? unqualified : qualifyRow(row, known, source !== null, assessing);
  if (qualification.kind === 'failed') return refusedEntry(row, qualification.message);
  if (row.seekFailure !== null) return refusedEntry(row, row.seekFailure);
  const isQualified = qualification.kind === 'qualified';
  const isTaken = row.isMatchLinked || (row.isContested && assessing.isClaimed(row));
  const assessment = assess(row, { isQualified, isTaken, hasSource: source !== null }, compiled);
  const entry = decide(row, source, assessment, isTaken, assessing);
  const isUnchanged =
    !entry.isFailed &&
    entry.situation === 'CONFIRMED' &&
    entry.action === 'UPDATE' &&
    entry.deed.target === 'none' &&
    entry.deed.link === 'none';
  if (isUnchanged && row.linkNumber !== null) {
    return { kind: 'unchanged', linkNumber: row.linkNumber, isFromSource: row.phase === 'source' };
  }
  const reason = qualification.kind === 'unqualified' && source !== null ? qualification.reason : null;
  return { kind: 'entry', entry: entry.message === null ? { ...entry, message: reason } : entry };
}

function resourceOf({ sourceKey }: WorkRow, attributes: Attributes | null): MappedResource | null {
  return sourceKey === null || attributes === null ? null : { key: sourceKey, attributes };
}

const unqualified: Qualification = { kind: 'unqualified', reason: '' };

/** In the target phase, and of what a deleted resource was, only the scope counts. */
function qualifyRow(
  { phase }: WorkRow,
  resource: MappedResource,
  isThere: boolean,
  { compiled, context }: Assessing,
): Qualification {
  const qualification = compiled.qualify(resource, context);
  if (qualification.kind !== 'qualified' || phase === 'target' || !isThere) return qualification;
  return compiled.meetsSourceCondition(resource);
}

function assess(
  row: WorkRow,
  {
    isQualified,
    isTaken,
    hasSource,
  }: Readonly<{ isQualified: boolean; isTaken: boolean; hasSource: boolean }>,
  compiled: CompiledMapping,
): Assessment {
  const isLinked = row.linkNumber !== null;
  if (row.phase === 'target') {
    const isTargetValid = row.target !== null && compiled.isValidTarget(row.target);
    return assessTarget({ isTargetValid, isLinked, sourceExists: hasSource, isQualified });
  }
  const targetExists = isLinked && row.target !== null;
  return assessSource({
    sourceExists: hasSource,
    isQualified,
    isLinked,
    targetExists,
    isTargetValid: targetExists && compiled.isValidTarget(row.target),
    matches: matchesOf(row, isTaken, compiled),
    isOldValueKnown: row.old !== null,
  });
}

function matchesOf({ matchCount }: WorkRow, isTaken: boolean, { correlation }: CompiledMapping): MatchCount {
  if (correlation.length === 0) return 'not-sought';
  if (matchCount === 0) return 'none';
  if (matchCount > 1) return 'several';
  return isTaken ? 'one-linked' : 'one-free';
}

function decide(
  row: WorkRow,
  source: MappedResource | null,
  { situation, target, keepsAmbiguous }: Assessment,
  isTaken: boolean,
  assessing: Assessing,
): AssessedEntry {
  const { compiled } = assessing;
  const isMatch = target === 'match';
  const targetKey = isMatch ? (row.matchKeys[0] ?? null) : target === 'none' ? null : row.targetKey;
  const { action, policy } = compiled.policies.decide(situation, {
    object: source === null ? null : compiled.view(source),
    linkQualifier: row.qualifier,
  });
  const entry = {
    situation,
    action,
    policy,
    deed: noDeed,
    isFailed: false,
    message: null,
    isReported: true,
    targetKey,
    keepsAmbiguous,
    isMatch,
    changes: null,
  } satisfies AssessedEntry;
  const failed = (message: string): AssessedEntry => ({ ...entry, isFailed: true, message });
  const state: EntryState = {
    situation,
    sourceExists: source !== null,
    target: target === 'none' ? 'none' : target === 'link-only' ? 'gone' : 'present',
    link: row.linkNumber === null ? 'none' : 'to-target',
    isTargetTaken: isMatch && isTaken,
    isLinking: compiled.definition.settings.isLinking,
  };
  const effects = effectsOf(action, state);
  if (effects.kind === 'refused') return failed(effects.message);
  const { isReported, message, link } = effects;
  if (effects.target !== 'create' && effects.target !== 'update') {
    return { ...entry, deed: { target: effects.target, link }, isReported, message };
  }
  if (source === null) throw new Error(`${action} of ${situation} was let through without a source.`);
  const existing = effects.target === 'create' ? null : row.target;
  const evaluated = compiled.evaluate(source, existing, row.qualifier, assessing.context);
  if (evaluated.kind === 'failed') return failed(evaluated.message);
  const changes: EntryChanges = { before: evaluated.before, after: evaluated.after };
  const changed = Object.keys(changes.after);
  if (existing !== null && changed.length === 0) return { ...entry, deed: { target: 'none', link }, message };
  const problems = assessing.checkObject(
    applyChanges(existing, changes),
    existing === null ? 'new' : changed,
  );
  const withChanges = { ...entry, changes, message };
  if (problems.length > 0) {
    return { ...withChanges, isFailed: true, message: problems.slice(0, mostProblems).join(' ') };
  }
  return { ...withChanges, deed: { target: effects.target, link } };
}

/** Whoever mends these sees the others then. */
const mostProblems = 3;

/** What could not be assessed: nothing is known of it but why. */
function refusedEntry({ targetKey }: WorkRow, message: string): AssessedRow {
  return {
    kind: 'entry',
    entry: {
      situation: null,
      action: null,
      policy: null,
      deed: noDeed,
      isFailed: true,
      message,
      isReported: true,
      targetKey,
      keepsAmbiguous: false,
      isMatch: false,
      changes: null,
    },
  };
}
