/** Reconciliations and their entries as the API shows them. */
import { hidesNames, type Redaction } from '../../mapping/redaction.ts';
import type { MappingDefinition, ValueSource } from '../../model/mapping.ts';
import {
  type Action,
  actions,
  type Category,
  categories,
  categoryOf,
  situations,
} from '../../model/reconciliation.ts';
import { nameOf } from '../../model/search-words.ts';
import type { Entry } from '../../store/reconciliation-entries.ts';
import type { RunSurroundings } from '../../store/reconciliation-views.ts';
import type { StoredReconciliation } from '../../store/reconciliations.ts';
import type {
  Reconciliation,
  ReconciliationEntry,
  ReconciliationEntryDetails,
} from '../schemas/reconciliations.ts';
import { text, textOrNull } from './route-parts.ts';

/** A run with what its entries came to. */
export function renderReconciliation(run: StoredReconciliation, around: RunSurroundings): Reconciliation {
  const { counts, parameters } = run;
  const mapping = run.mappingId === null ? undefined : around.mappings.get(run.mappingId);
  const failures = around.failures.get(run.reconciliationId);
  const failed = counts.failed ?? 0;
  const isFailedApart = failed === 0 || failures !== undefined;
  const found = situations
    .map((situation) => ({
      situation,
      count: counts.situations?.[situation] ?? 0,
      failed: failures?.get(situation) ?? 0,
    }))
    .filter(({ count }) => count > 0);
  const inCategory = (category: Category) =>
    found
      .filter(({ situation }) => categoryOf[situation] === category)
      .reduce((sum, one) => sum + one.count - one.failed, 0);
  const ofCategory = Object.fromEntries(
    categories.map((category) => [category, inCategory(category)]),
  ) as Record<Category, number>;
  const classified = Object.values(ofCategory).reduce((sum, count) => sum + count, 0);
  return {
    reconciliationId: run.reconciliationId,
    mapping: mapping?.name ?? run.mappingName,
    isMappingThere: mapping !== undefined,
    application: mapping?.application ?? null,
    mode: run.mode,
    isDryRun: run.isDryRun,
    isForced: run.isForced,
    query: parameters.query ?? null,
    keys: parameters.keys === undefined ? null : [...parameters.keys],
    state: run.state,
    stage: run.stage,
    message: run.message,
    situations: found,
    categories: ofCategory,
    failed,
    total: isFailedApart ? classified + failed : classified,
    isFailedApart,
    progress: run.progress,
    counts: renderCounts(counts),
    durations: { ...run.durations } as Reconciliation['durations'],
    blockReasons: (run.blockReasons ?? []).map((reason) => ({ ...reason })),
    canResume: run.state === 'blocked' && mapping?.revision === run.revision,
    startedBy: run.startedBy,
    startedAt: text(run.startedAt),
    stageAt: text(run.stageAt),
    endedAt: textOrNull(run.endedAt),
    jobRunId: run.jobRunId,
    isCancelRequested: run.jobRunId !== null && around.cancelledJobRunIds.has(run.jobRunId),
    hasEntries: run.hasEntries,
    isCurrentMapping: mapping?.revision === run.revision,
  };
}

function renderCounts(counts: StoredReconciliation['counts']): Reconciliation['counts'] {
  const { situations: _, actions: ofActions, ...rest } = counts;
  const all = Object.fromEntries(actions.map((action) => [action, ofActions?.[action] ?? 0]));
  return { ...rest, actions: all as Record<Action, number> };
}

type Named = Readonly<{ key: string; name: string | null }>;

/** Of several matches, so many are named in a list. */
const namedCandidates = 5;

/** An entry of a list; `names` has those of `namedTargets`. Nothing in it is a value that must not be shown. */
export function renderEntry(
  entry: Entry,
  names: ReadonlyMap<string, string>,
  redaction: Redaction,
): ReconciliationEntry {
  const { sourceKey, sourceName, targetKey, targetName, changes } = entry;
  // A pair that was as it should be is called by what its sides have now; entries keep names that may be shown.
  const isNamedNow = entry.entryNumber === null;
  return {
    entryId: entryIdOf(entry),
    phase: entry.phase,
    qualifier: entry.qualifier,
    situation: entry.situation,
    action: entry.action,
    status: entry.status,
    message: entry.message,
    source: sideOf(sourceKey, isNamedNow && hidesNames(redaction.sources) ? null : sourceName),
    target: sideOf(
      targetKey,
      isNamedNow && hidesNames(redaction.targets) ? null : (targetName ?? names.get(targetKey ?? '') ?? null),
    ),
    candidates: shownCandidates(entry).map((key) => ({ key, name: names.get(key) ?? null })),
    candidateCount: entry.matchCount > 1 ? entry.matchCount : entry.ambiguousKeys.length,
    changedAttributes:
      changes === null ? [] : [...new Set([...Object.keys(changes.before), ...Object.keys(changes.after)])],
  };
}

/** Objects of the target that an entry has no names of: its candidates, and what it has made. */
export function namedTargets(entry: Entry): readonly string[] {
  const { targetKey, targetName } = entry;
  return [...shownCandidates(entry), ...(targetKey === null || targetName !== null ? [] : [targetKey])];
}

/** The candidates of an entry that a list names. */
function shownCandidates({ ambiguousKeys }: Pick<Entry, 'ambiguousKeys'>): readonly string[] {
  return ambiguousKeys.slice(0, namedCandidates);
}

function sideOf(key: string | null, name: string | null): Named | null {
  return key === null ? null : { key, name };
}

const linkPrefix = 'link-';

function entryIdOf({ entryNumber, linkNumber }: Pick<Entry, 'entryNumber' | 'linkNumber'>): string {
  return entryNumber === null ? `${linkPrefix}${linkNumber}` : String(entryNumber);
}

/** What an id of an entry names: an entry, or a pair that was as it should be, by its link. */
export function readEntryId(id: string): Readonly<{ kind: 'entry' | 'link'; number: number }> | undefined {
  const [, prefix, digits] = /^(link-)?(\d{1,15})$/.exec(id) ?? [];
  if (digits === undefined) return undefined;
  return { kind: prefix === undefined ? 'entry' : 'link', number: Number(digits) };
}

type Row = ReconciliationEntryDetails['rows'][number];

/** The rows of a mapping as people write them. */
export function renderRows({ attributes }: Pick<MappingDefinition, 'attributes'>): Row[] {
  return attributes.map(({ target, source }) => ({
    target,
    source: sourceWords(source),
    sourceAttribute: source.kind === 'attribute' ? source.name : null,
  }));
}

function sourceWords(source: ValueSource): string {
  switch (source.kind) {
    case 'attribute':
      return `source.${source.name}`;
    case 'constant':
      return JSON.stringify(source.value);
    case 'expression':
      return source.text;
    case 'reference':
      return `source.${source.link}`;
  }
}

/** The names of resources, by their keys. */
export function namesOf(
  resources: readonly Readonly<{ key: string; attributes: Readonly<Record<string, unknown>> }>[],
): ReadonlyMap<string, string> {
  return new Map(resources.map(({ key, attributes }) => [key, nameOf(key, attributes)]));
}
