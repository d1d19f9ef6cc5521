/** What a run tells while it works: its stages with numbers, to whoever shows it and, at a bounded pace, to its row. */
import type { Sql } from 'postgres';
import type { ReconciliationCounts, ReconciliationStage } from '../model/reconciliation.ts';
import { type ReconciliationChange, recordReconciliation } from '../store/reconciliations.ts';
import { asCounts, type Tally } from './counting.ts';

export type ReconciliationProgress = Readonly<{
  reconciliationId: number;
  mapping: string;
  stage: ReconciliationStage;
  processed: number;
  /** Null where it is not known. */
  total: number | null;
  counts: ReconciliationCounts;
}>;

export type ReconciliationReport = (progress: ReconciliationProgress) => void;

/** Progress is stored at most so often. */
const pauseMs = 500;

export type StageClock = Readonly<{
  /** Begins a stage; what comes before is stored. */
  enter: (stage: ReconciliationStage, total?: number | null) => Promise<void>;
  /** Notes how far the stage is. */
  advance: (processed: number) => Promise<void>;
  /** Tells that the run has ended, which is stored by who ends it. */
  conclude: () => void;
  /** How the run stands now. */
  state: () => ReconciliationChange;
}>;

export type StageClockOptions = Readonly<{
  sql: Sql;
  reconciliationId: number;
  mapping: string;
  tally: Tally;
  report: ReconciliationReport;
  /** What stages took before, where somebody goes on with a run. */
  durations: ReconciliationChange['durations'];
}>;

export function startStageClock({
  sql,
  reconciliationId,
  mapping,
  tally,
  report,
  durations: before,
}: StageClockOptions): StageClock {
  const durations: Partial<Record<ReconciliationStage, number>> = { ...before };
  let stage: ReconciliationStage = 'reading';
  let progress: ReconciliationChange['progress'] = { processed: 0, total: null };
  let sinceMs = performance.now();
  let storedMs = 0;
  const tick = (): void => {
    const nowMs = performance.now();
    durations[stage] = Math.round((durations[stage] ?? 0) + nowMs - sinceMs);
    sinceMs = nowMs;
  };
  const state = (): ReconciliationChange => {
    tick();
    return { stage, counts: asCounts(tally), durations: { ...durations }, progress };
  };
  const tell = (): ReconciliationChange => {
    const change = state();
    report({ reconciliationId, mapping, stage, ...progress, counts: change.counts });
    return change;
  };
  const store = async (change: ReconciliationChange): Promise<void> => {
    storedMs = performance.now();
    await recordReconciliation(sql, reconciliationId, change);
  };
  return {
    async enter(next, total = null) {
      tick();
      stage = next;
      progress = { processed: 0, total };
      await store(tell());
    },
    async advance(processed) {
      progress = { ...progress, processed };
      const change = tell();
      if (performance.now() - storedMs >= pauseMs) await store(change);
    },
    conclude() {
      const none = { processed: 0, total: null };
      report({ reconciliationId, mapping, stage: 'ended', ...none, counts: asCounts(tally) });
    },
    state,
  };
}
