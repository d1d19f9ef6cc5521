// What a run of a mapping found, decided and did, for people and for programs.
import type { Sql } from 'postgres';
import { renderReconciliation } from '../http/routes/reconciliation-rendering.ts';
import type { Reconciliation } from '../http/schemas/reconciliations.ts';
import { actionWords, situationWords } from '../mapping/situation-words.ts';
import { count, group } from '../model/number-words.ts';
import { actions, type Category, categories } from '../model/reconciliation.ts';
import { type FailureCause, readFailureCauses, readRunSurroundings } from '../store/reconciliation-views.ts';
import type { StoredReconciliation } from '../store/reconciliations.ts';
import { sidesText, typedName } from './named-mapping.ts';
import { secondsText } from './run-summary.ts';
import { tableLines } from './table.ts';

/** A run with everything that is told of it. */
export type ToldReconciliation = Readonly<{
  run: Reconciliation;
  sides: string;
  causes: readonly FailureCause[];
}>;

/** Causes that are told; all entries are listed by `syncline entries`. */
const mostCauses = 10;

/** Names of PingOne Advanced Identity Cloud's reconciliation report. */
export const categoryWords: Readonly<Record<Category, string>> = {
  'one-to-one': '1-to-1 match',
  unresolved: 'Unresolved',
  conflicting: 'Conflicting matches',
  'no-source': 'No match in the source',
  ignored: 'Ignored',
  other: 'All other',
};

export async function tellReconciliation(sql: Sql, run: StoredReconciliation): Promise<ToldReconciliation> {
  const [around, causes] = await Promise.all([
    readRunSurroundings(sql, [run]),
    readFailureCauses(sql, run.reconciliationId, mostCauses + 1),
  ]);
  return { run: renderReconciliation(run, around), sides: sidesText(run.definition), causes };
}

/** As `--json` prints it. */
export function reconciliationJson({ run, causes }: ToldReconciliation): object {
  const failures = causes
    .slice(0, mostCauses)
    .map(({ message, count: entries, example }) => ({ message, count: entries, example: example.name }));
  return { ...run, failures };
}

/** Everything about a run, in lines. */
export function reconciliationLines(told: ToldReconciliation): string[] {
  const { run } = told;
  return [
    headLine(told),
    ...remarkLines(run),
    ...foundLines(run),
    ...doneLines(run),
    ...failureLines(told),
    ...blockLines(run),
  ];
}

const stateWords: Readonly<Record<Reconciliation['state'], string>> = {
  running: 'is under way',
  succeeded: 'was reconciled',
  'succeeded-with-failures': 'was reconciled, and some entries failed,',
  failed: 'could not be reconciled: it failed',
  blocked: 'is blocked: nothing was done',
  cancelled: 'was cancelled: what is done stands,',
  interrupted: 'was interrupted: what is done stands,',
};

function headLine({ run, sides }: ToldReconciliation): string {
  const how =
    run.state === 'succeeded' && run.isDryRun
      ? 'would be reconciled; nothing was changed,'
      : stateWords[run.state];
  const took = run.endedAt === null ? '' : ` after ${secondsText(secondsOf(run))}`;
  return `${run.mapping} (${sides}) ${how}${took}: run ${run.reconciliationId}, ${modeText(run)}.`;
}

function secondsOf({ startedAt, endedAt }: Reconciliation): number {
  return (Date.parse(endedAt ?? startedAt) - Date.parse(startedAt)) / 1000;
}

/** What a run looked at, such as `incremental, dry`. */
export function modeText({ mode, isDryRun, query, keys }: Reconciliation): string {
  const what =
    mode === 'query' ? `those with ${query}` : mode === 'keys' ? count(keys?.length ?? 0, 'resource') : mode;
  return isDryRun ? `${what}, dry` : what;
}

function remarkLines({ message, counts }: Reconciliation): string[] {
  return [
    ...(message === null ? [] : [message]),
    ...(counts.outsideFilter > 0
      ? [`${count(counts.outsideFilter, 'linked pair')} outside of the filter of the source: left alone.`]
      : []),
  ];
}

function foundLines(run: Reconciliation): string[] {
  const { situations, counts, failed } = run;
  if (situations.length === 0 && failed === 0) return [];
  const found = categories.flatMap((category): [string, number][] =>
    run.categories[category] === 0 ? [] : [[categoryWords[category], run.categories[category]]],
  );
  const decided = actions.flatMap((action): [string, number][] =>
    counts.actions[action] === 0 ? [] : [[actionWords[action].name, counts.actions[action]]],
  );
  return [
    '',
    ...tableLines(['category', 'entries'], [...found, ...(failed > 0 ? [['Failed', failed] as const] : [])]),
    '',
    ...tableLines(
      ['situation', 'entries'],
      situations.map(({ situation, count: entries }) => [situationWords[situation].name, entries]),
    ),
    ...(decided.length === 0 ? [] : ['', ...tableLines(['action', 'entries'], decided)]),
  ];
}

function doneLines({ counts, isDryRun, state }: Reconciliation): string[] {
  const { target, links, references } = counts;
  const isOnlyPlanned = isDryRun || state === 'blocked';
  const parts = [
    [target.created, 'created'],
    [target.updated, 'updated'],
    [target.deleted, 'deleted'],
    [target.unchanged, 'unchanged'],
    [links.created, 'linked'],
    [links.moved, 'links moved'],
    [links.removed, 'unlinked'],
    [references.added, 'references added'],
    [references.removed, 'references removed'],
  ] as const;
  const told = parts.filter(([number]) => number > 0).map(([number, word]) => `${group(number)} ${word}`);
  if (told.length === 0) return [];
  return ['', `${isOnlyPlanned ? 'Would be' : 'Done'}: ${told.join(', ')}.`];
}

function failureLines({ run, causes }: ToldReconciliation): string[] {
  if (causes.length === 0) return [];
  const again = run.isDryRun ? '' : ', and looked at again by every run until they succeed';
  const rest =
    causes.length > mostCauses
      ? [`  and more: syncline entries ${run.reconciliationId} --status failed`]
      : [];
  return [
    '',
    `Failed${again}:`,
    ...causes.slice(0, mostCauses).map(({ message, count: entries, example }) => {
      const others = entries > 1 ? ` and ${count(entries - 1, 'other')}` : '';
      return `  ${message} (${example.name}${others})`;
    }),
    ...rest,
  ];
}

function blockLines({ state, mapping, reconciliationId, blockReasons }: Reconciliation): string[] {
  const reasons = blockReasons.map(({ sentence }) => `  ${sentence}`);
  if (reasons.length === 0) return [];
  if (state !== 'blocked') return ['', 'Its guards would have held it back:', ...reasons];
  return [
    '',
    'Its guards held it back:',
    ...reasons,
    `Look at it with "syncline entries ${reconciliationId} --status proposed". "syncline reconcile ${typedName(mapping)} --resume" does it; any other run of the mapping drops it.`,
  ];
}
