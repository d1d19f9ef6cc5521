/** What can be asked of reconciliation, and what it comes to. */
import type { ReconciliationCounts, ReconciliationMode } from '../model/reconciliation.ts';
import type { ReconciliationParameters } from '../store/reconciliations.ts';
import type { ReconciliationReport } from './progress.ts';

export type ReconciliationRequest = Readonly<{
  /** The name of the mapping, in any case. */
  mapping: string;
  mode: ReconciliationMode;
  isDryRun: boolean;
  /** Go on where a guard would hold the run back. */
  isForced: boolean;
  parameters: ReconciliationParameters;
  /** Who asks, in words. */
  startedBy: string;
  /** The task of a job that this is done for: a run that was left under way for it is gone on with. */
  taskRunId?: number;
  signal: AbortSignal;
  /** Says that the run is to be left as it is, for another process to go on with. */
  leaving?: AbortSignal;
  report: ReconciliationReport;
}>;

export type ReconciliationResult = Readonly<{
  reconciliationId: number;
  state: 'succeeded' | 'succeeded-with-failures';
  mode: ReconciliationMode;
  isDryRun: boolean;
  counts: ReconciliationCounts;
  /** What a person should know, in sentences. */
  message: string;
}>;
