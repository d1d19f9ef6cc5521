/** The counts of a run while they grow. */
import {
  type Action,
  actions,
  type EntryStatus,
  type ReconciliationCounts,
  type Situation,
  situations,
} from '../model/reconciliation.ts';

/** Counts that are still being added to; `asCounts` gives them as they are at a moment. */
export type Tally = {
  readonly situations: Record<Situation, number>;
  readonly actions: Record<Action, number>;
  readonly source: { total: number | null; processed: number };
  readonly target: {
    total: number | null;
    processed: number;
    created: number;
    updated: number;
    unchanged: number;
    deleted: number;
  };
  readonly links: { created: number; removed: number; moved: number };
  readonly references: { added: number; removed: number };
  outsideFilter: number;
  proposed: number;
  succeeded: number;
  failed: number;
};

const zeros = <Name extends string>(names: readonly Name[]) =>
  Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;

export function startTally(): Tally {
  return {
    situations: zeros(situations),
    actions: zeros(actions),
    source: { total: null, processed: 0 },
    target: { total: null, processed: 0, created: 0, updated: 0, unchanged: 0, deleted: 0 },
    links: { created: 0, removed: 0, moved: 0 },
    references: { added: 0, removed: 0 },
    outsideFilter: 0,
    proposed: 0,
    succeeded: 0,
    failed: 0,
  };
}

/** The tally that stored counts go on from. */
export function resumeTally(counts: ReconciliationCounts): Tally {
  return structuredClone(counts) as Tally;
}

export function asCounts(tally: Tally): ReconciliationCounts {
  return structuredClone(tally);
}

/** Puts a tally back to what it was. */
export function restoreTally(tally: Tally, counts: ReconciliationCounts): void {
  Object.assign(tally, structuredClone(counts));
}

/** What is to be, or was, done for an entry. */
export type Deed = Readonly<{
  target: 'none' | 'create' | 'update' | 'delete';
  link: 'none' | 'create' | 'move' | 'remove';
}>;

export type CountedEntry = Readonly<{
  situation: Situation | null;
  action: Action | null;
  status: EntryStatus;
  hasSource: boolean;
  hasTarget: boolean;
  deed: Deed;
}>;

/** Counts an entry as it was assessed: `deed` is what it comes to if everything succeeds. */
export function countEntry(tally: Tally, entry: CountedEntry): void {
  const { situation, action, status, hasSource, hasTarget, deed } = entry;
  if (situation !== null) tally.situations[situation] += 1;
  if (action !== null) tally.actions[action] += 1;
  if (hasSource) tally.source.processed += 1;
  if (hasTarget && deed.target !== 'create') tally.target.processed += 1;
  if (status === 'failed') tally.failed += 1;
  else if (status === 'proposed') tally.proposed += 1;
  else tally.succeeded += 1;
  if (status === 'proposed') countDeed(tally, deed);
}

/** Counts pairs that are as they should be. */
export function countUnchanged(tally: Tally, pairs: number): void {
  tally.situations.CONFIRMED += pairs;
  tally.actions.UPDATE += pairs;
  tally.source.processed += pairs;
  tally.target.processed += pairs;
  tally.target.unchanged += pairs;
  tally.succeeded += pairs;
}

export function countDeed(tally: Tally, deed: Deed): void {
  addDeed(tally, deed, 1);
}

/** What was counted comes to nothing after all. */
export function forgetDeed(tally: Tally, deed: Deed): void {
  addDeed(tally, deed, -1);
}

function addDeed(tally: Tally, { target, link }: Deed, number: number): void {
  if (target === 'create') tally.target.created += number;
  if (target === 'update') tally.target.updated += number;
  if (target === 'delete') tally.target.deleted += number;
  if (link === 'create') tally.links.created += number;
  if (link === 'move') tally.links.moved += number;
  if (link === 'remove') tally.links.removed += number;
}

/** Before anything is done: what would be is not counted as done any more. */
export function forgetDeeds(tally: Tally): void {
  Object.assign(tally.target, { created: 0, updated: 0, deleted: 0 });
  Object.assign(tally.links, { created: 0, removed: 0, moved: 0 });
}
