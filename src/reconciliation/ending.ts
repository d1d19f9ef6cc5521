/** The end of a run: what it came to, how far the log of changes is reconciled now, and what is looked at again. */
import type { Sql } from 'postgres';
import { Fault } from '../errors.ts';
import { group } from '../model/number-words.ts';
import type { StoredMapping } from '../store/mappings.ts';
import { recordFailures, recordRetries } from '../store/reconciliation-retries.ts';
import {
  advanceChangePosition,
  endReconciliation,
  type ReconciliationChange,
  readReconciliation,
} from '../store/reconciliations.ts';
import { transact } from '../store/transaction.ts';
import { asCounts } from './counting.ts';
import type { MappingRun } from './mapping-run.ts';
import type { ReconciliationResult } from './request.ts';

export type RunEnd = Readonly<{
  mapping: StoredMapping;
  changePosition: number | null;
  /** Of account links, as far as they were looked at. */
  linkPosition: number;
  /** The piece of work of the target; undefined where nothing was written. */
  workId: number | undefined;
  /** What a person should know besides. */
  remark: string | null;
}>;

/** Ends a run that came to its end. */
export async function endRun(
  run: MappingRun,
  { mapping, changePosition, linkPosition, workId, remark }: RunEnd,
): Promise<ReconciliationResult> {
  const { sql, reconciliationId, mode, isDryRun, tally, clock, orderTarget, parameters } = run;
  const state = tally.failed > 0 ? 'succeeded-with-failures' : 'succeeded';
  const message = [remark, summaryOf(run)].filter((sentence) => sentence !== null).join(' ');
  const change = clock.state();
  await transact(sql, async (transaction) => {
    const isEnded = await endReconciliation(transaction, reconciliationId, { state, message, change });
    if (!isEnded) throw new Fault('mapping-busy', `Another process has ended this run of ${mapping.name}.`);
    if (isDryRun) return;
    if (workId !== undefined)
      await orderTarget?.end(transaction, workId, { state: 'succeeded', message: null });
    await recordRetries(transaction, {
      mappingId: mapping.mappingId,
      reconciliationId,
      mode,
      keys: parameters.keys ?? [],
    });
    if (changePosition !== null && (mode === 'full' || mode === 'incremental')) {
      await advanceChangePosition(transaction, mapping.mappingId, {
        from: mapping.changePosition,
        to: changePosition,
        linkPosition,
      });
    }
  });
  const counts = asCounts(tally);
  clock.conclude();
  return { reconciliationId, state, mode, isDryRun, counts, message };
}

export type RunFailure = Readonly<{
  reconciliationId: number;
  mapping: StoredMapping;
  change: ReconciliationChange;
  isCancelled: boolean;
  /** Undefined where it was not even opened. */
  run: MappingRun | undefined;
}>;

/**
 * Ends a run that did not come to its end: as blocked where a person has to look at it, as cancelled, or as failed. Gives what is to be
 * thrown. When the database is what is gone, whoever comes next finds the run as it was left.
 */
export async function endFailed(
  sql: Sql,
  { reconciliationId, mapping, change, isCancelled, run }: RunFailure,
  error: unknown,
): Promise<unknown> {
  const isBlocked = error instanceof Fault && error.code === 'reconciliation-blocked';
  const isFault = error instanceof Fault && error.code === 'cancelled';
  const cause =
    isCancelled && !isBlocked && !isFault
      ? new Fault('cancelled', `The run of ${mapping.name} was cancelled: what is done stays done.`)
      : error;
  const message = cause instanceof Error ? cause.message : String(cause);
  const state = isBlocked ? 'blocked' : isCancelled ? 'cancelled' : 'failed';
  const hasActed = change.stage === 'acting';
  await transact(sql, async (transaction) => {
    await endReconciliation(transaction, reconciliationId, { state, message, change });
    if (run === undefined || run.isDryRun || !hasActed) return;
    const { mode, parameters, orderTarget } = run;
    const runId = (await readReconciliation(transaction, reconciliationId))?.runId;
    if (typeof runId === 'number') {
      const end = isCancelled ? 'cancelled' : 'failed';
      await orderTarget?.end(transaction, runId, { state: end, message });
    }
    await recordFailures(transaction, {
      mappingId: mapping.mappingId,
      reconciliationId,
      mode,
      keys: parameters.keys ?? [],
    });
  }).catch(() => undefined);
  return cause;
}

/** What a run came to, in a sentence. */
function summaryOf({ tally, isDryRun }: MappingRun): string {
  const { created, updated, deleted, unchanged } = tally.target;
  const { failed, links } = { failed: tally.failed, links: tally.links };
  const parts = [
    created > 0 ? `${group(created)} created` : '',
    updated > 0 ? `${group(updated)} updated` : '',
    deleted > 0 ? `${group(deleted)} deleted` : '',
    links.created > created ? `${group(links.created - created)} linked` : '',
    links.removed > deleted ? `${group(links.removed - deleted)} unlinked` : '',
    unchanged > 0 ? `${group(unchanged)} unchanged` : '',
    failed > 0 ? `${group(failed)} failed` : '',
  ].filter((part) => part !== '');
  const what = parts.length === 0 ? 'Nothing to do' : parts.join(', ');
  return isDryRun ? `Dry run: ${what}.` : `${what}.`;
}
