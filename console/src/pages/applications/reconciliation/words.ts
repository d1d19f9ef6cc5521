/** What the pages of a reconciliation call things: the two sides of a mapping, categories, situations, and how far a run is. */
import type { Application } from '../../../../../src/http/schemas/applications.ts';
import type { Reconciliation, ReconciliationEntry } from '../../../../../src/http/schemas/reconciliations.ts';
import type { BadgeKind } from '../../../kit/status-badge.tsx';
import { t } from '../../../texts/reconciliation.ts';

export type Situation = NonNullable<ReconciliationEntry['situation']>;
export type Action = NonNullable<ReconciliationEntry['action']>;
export type Category = keyof Reconciliation['categories'];

/** The sides as people call them. */
export type Sides = Readonly<{ application: string; sources: string; targets: string }>;

type ObjectSet = Readonly<{ connection: string; type: string }>;

/** An application is called by its name; a mapping without one by its connections. */
export function sidesOf(
  application: Pick<Application, 'name'> | undefined,
  source: ObjectSet,
  target: ObjectSet,
): Sides {
  return {
    application: application?.name ?? source.connection,
    sources: kindOf(source),
    targets: target.connection === 'Identities' ? identitiesOf(target.type) : kindOf(target),
  };
}

const kinds = ['user', 'group', 'device', 'servicePrincipal'] as const;

function kindOf({ type }: ObjectSet): string {
  const known = kinds.find((kind) => kind === type.replace(/^alpha_/, ''));
  return known === undefined ? t('sides.other', { type }) : t(`sides.${known}`);
}

function identitiesOf(type: string): string {
  return /group$/i.test(type) ? t('sides.identityGroups') : t('sides.identities');
}

/** The cards in their order, with the situations that each counts. */
export const situationsOf: Readonly<Record<Category, readonly Situation[]>> = {
  'one-to-one': ['CONFIRMED', 'FOUND'],
  unresolved: ['ABSENT', 'MISSING'],
  conflicting: ['AMBIGUOUS', 'FOUND_ALREADY_LINKED'],
  'no-source': ['SOURCE_MISSING', 'UNASSIGNED'],
  ignored: ['SOURCE_IGNORED', 'TARGET_IGNORED'],
  other: ['UNQUALIFIED', 'LINK_ONLY', 'ALL_GONE'],
};

export const categoryNames = Object.keys(situationsOf) as readonly Category[];
export const situationNames: readonly Situation[] = Object.values(situationsOf).flat();

export function categoryWords(category: Category, sides: Sides): string {
  return t(`category.${category}`, sides);
}

export function isCategory(text: string): text is Category {
  return Object.hasOwn(situationsOf, text);
}

/** What became of an entry, as a badge: of a dry run, what would become of it. */
export function outcomeOf(
  { status, action, situation, changedAttributes }: ReconciliationEntry,
  { isDryRun, state }: Pick<Reconciliation, 'isDryRun' | 'state'>,
): Readonly<{ kind: BadgeKind; words: string }> {
  if (status === 'failed') return { kind: 'failed', words: t('outcome.failed') };
  if (action !== null && idleActions.has(action)) return { kind: 'off', words: t('outcome.nothing') };
  if (
    status === 'succeeded' &&
    situation === 'CONFIRMED' &&
    action === 'UPDATE' &&
    changedAttributes.length === 0
  )
    return { kind: 'succeeded', words: t('outcome.unchanged') };
  if (status === 'succeeded') {
    return isDryRun
      ? { kind: 'off', words: t('outcome.nothingWould') }
      : { kind: 'succeeded', words: t('outcome.succeeded') };
  }
  if (isDryRun) return { kind: 'waiting', words: t('outcome.would') };
  if (state === 'blocked') return { kind: 'blocked', words: t('outcome.blocked') };
  return state === 'running'
    ? { kind: 'waiting', words: t('outcome.waiting') }
    : { kind: 'cancelled', words: t('outcome.notDone') };
}

/** Actions that change neither side nor the link. */
export const idleActions: ReadonlySet<Action> = new Set<Action>([
  'EXCEPTION',
  'IGNORE',
  'REPORT',
  'NOREPORT',
  'ASYNC',
]);

/** "full", or "simulation of a full", for headings. */
export function modeWords({ mode, isDryRun }: Pick<Reconciliation, 'mode' | 'isDryRun'>): string {
  return isDryRun ? t('oneRun.simulated', { mode: t(`reconcileMode.${mode}`) }) : t(`reconcileMode.${mode}`);
}

/** How much of a run is done, in percent; undefined where nobody knows. */
export function percentOf({
  progress: { processed, total },
}: Pick<Reconciliation, 'progress'>): number | undefined {
  if (total === null) return undefined;
  return total === 0 ? 100 : Math.min(100, Math.floor((processed / total) * 100));
}

export const actionNames: readonly Action[] = [
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
];

/** Whether what a run counts of the target is done; otherwise it is what it would do. */
export function isDone({
  isDryRun,
  state,
  stage,
}: Pick<Reconciliation, 'isDryRun' | 'state' | 'stage'>): boolean {
  return !isDryRun && state !== 'blocked' && (stage === 'acting' || stage === 'ended');
}

/** What a run came to, in one line. */
export function consequenceWords(run: Reconciliation): string {
  const { total, failed } = run;
  const { created, updated, deleted } = run.counts.target;
  return t(isDone(run) ? 'oneRun.came' : 'oneRun.wouldCome', { total, failed, created, updated, deleted });
}
