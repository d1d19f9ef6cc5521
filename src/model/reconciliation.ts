/**
 * The words of reconciliation: what can be found of a pair, what can be done about it, and what a run of a mapping is made of. The
 * names of situations and actions are those of OpenIDM and PingIDM, so that people recognise them.
 */

/** What pairing a source resource with a target object can find. */
export const situations = [
  'CONFIRMED',
  'FOUND',
  'ABSENT',
  'FOUND_ALREADY_LINKED',
  'AMBIGUOUS',
  'MISSING',
  'UNQUALIFIED',
  'UNASSIGNED',
  'SOURCE_MISSING',
  'LINK_ONLY',
  'SOURCE_IGNORED',
  'TARGET_IGNORED',
  'ALL_GONE',
] as const;
export type Situation = (typeof situations)[number];

/** What a policy can answer to a situation. */
export const actions = [
  'CREATE',
  'UPDATE',
  'DELETE',
  'LINK',
  'UNLINK',
  'EXCEPTION',
  'IGNORE',
  'REPORT',
  'NOREPORT',
  'ASYNC',
] as const;
export type Action = (typeof actions)[number];

/**
 * What a run reads: everything on both sides, what has changed on either side since the last run, the source resources that meet a
 * query, or some of them by key.
 */
export const reconciliationModes = ['full', 'incremental', 'query', 'keys'] as const;
export type ReconciliationMode = (typeof reconciliationModes)[number];

/** How a run stands. `interrupted`: its process ended without a word, and nobody has gone on with it yet. */
export const reconciliationStates = [
  'running',
  'succeeded',
  /** It came to its end, and the action of some entries failed. */
  'succeeded-with-failures',
  'failed',
  /** More would be deleted, unlinked or changed than its guards allow; nothing has been done. */
  'blocked',
  'cancelled',
  'interrupted',
] as const;
export type ReconciliationState = (typeof reconciliationStates)[number];

/** What a run is doing, in this order. */
export const reconciliationStages = [
  'reading',
  'pairing',
  'correlating',
  'assessing',
  'checking',
  'acting',
  'ended',
] as const;
export type ReconciliationStage = (typeof reconciliationStages)[number];

/** What became of an entry. */
export const entryStatuses = [
  /** Its action is decided and not done: of a dry run, of a blocked run, or not yet. */
  'proposed',
  /** Done, or there was nothing to do. */
  'succeeded',
  /** Its action, or finding out what it is, failed. It is tried again by the next run of any kind but a dry one. */
  'failed',
] as const;
export type EntryStatus = (typeof entryStatuses)[number];

/** Which side an entry was found from. */
export type EntryPhase = 'source' | 'target';

/** The categories of the status page (PingOne Advanced Identity Cloud: reconciliation report); they are disjoint. */
export const categories = [
  'one-to-one',
  'unresolved',
  'conflicting',
  'no-source',
  'ignored',
  'other',
] as const;
export type Category = (typeof categories)[number];

export const categoryOf: Readonly<Record<Situation, Category>> = {
  CONFIRMED: 'one-to-one',
  FOUND: 'one-to-one',
  ABSENT: 'unresolved',
  MISSING: 'unresolved',
  AMBIGUOUS: 'conflicting',
  FOUND_ALREADY_LINKED: 'conflicting',
  UNASSIGNED: 'no-source',
  SOURCE_MISSING: 'no-source',
  SOURCE_IGNORED: 'ignored',
  TARGET_IGNORED: 'ignored',
  UNQUALIFIED: 'other',
  LINK_ONLY: 'other',
  ALL_GONE: 'other',
};

/** How many entries a run found in each situation, decided on each action, and brought to each end. */
export type ReconciliationCounts = Readonly<{
  situations: Readonly<Record<Situation, number>>;
  actions: Readonly<Record<Action, number>>;
  /** Resources of the source that the run looks at, and those that it has looked at. */
  source: Readonly<{ total: number | null; processed: number }>;
  target: Readonly<{
    total: number | null;
    processed: number;
    created: number;
    updated: number;
    unchanged: number;
    deleted: number;
  }>;
  links: Readonly<{ created: number; removed: number; moved: number }>;
  /** Links of references, such as members of groups. */
  references: Readonly<{ added: number; removed: number }>;
  /** Linked pairs that the filter of the source leaves out: they are left alone. */
  outsideFilter: number;
  proposed: number;
  succeeded: number;
  failed: number;
}>;

/** Values of attributes before and after; a name that is missing has no value there. */
export type EntryChanges = Readonly<{
  before: Readonly<Record<string, unknown>>;
  after: Readonly<Record<string, unknown>>;
}>;

/** What a source resource was matched on: the rule by its place from 1 on, and each attribute of the target with the value sought. */
export type MatchedOn = Readonly<{
  rule: number;
  attributes: Readonly<Record<string, string>>;
}>;
