/** The task that reconciles a mapping: its options as a request, and what it tells as lines of the task's log. */
import { Fault } from '../errors.ts';
import { isAction, isSituation } from '../mapping/policies.ts';
import type { TaskDefinition } from '../model/job.ts';
import { count, group } from '../model/number-words.ts';
import {
  type Action,
  type ReconciliationMode,
  reconciliationModes,
  type Situation,
} from '../model/reconciliation.ts';
import type { ReconciliationSurroundings } from '../reconciliation/mapping-run.ts';
import type { ReconciliationReport } from '../reconciliation/progress.ts';
import { reconcile, resumeReconciliation } from '../reconciliation/reconcile.ts';
import type { ReconciliationResult } from '../reconciliation/request.ts';
import type { ReconciliationParameters } from '../store/reconciliations.ts';
import type { TaskReport } from './task-report.ts';

export type ReconcileTask = Readonly<{
  task: TaskDefinition;
  taskRunId: number;
  startedBy: string;
  signal: AbortSignal;
  leaving: AbortSignal;
  report: Pick<TaskReport, 'log'>;
  onProgress: ReconciliationReport;
}>;

export type ReconcileOutcome = Readonly<{ message: string; changes: number; isWarned: boolean }>;

/** Does what the options of the task say: `mapping`, `mode`, `dryRun`, `forced`, `query`, `keys`, `actions`, `resumes` and others. */
export async function runReconcileTask(
  surroundings: ReconciliationSurroundings,
  { task, taskRunId, startedBy, signal, leaving, report, onProgress }: ReconcileTask,
): Promise<ReconcileOutcome> {
  const { options, identifier } = task;
  const { mapping } = options;
  if (mapping === undefined) {
    throw new Fault('invalid-setting', `The task ${identifier} names no mapping: add it.`);
  }
  const circumstances = {
    mapping,
    taskRunId,
    signal,
    leaving,
    report: logStages((sentence) => report.log('information', sentence), onProgress),
  };
  const result =
    options.resumes === 'true'
      ? await resumeReconciliation(surroundings, circumstances)
      : await reconcile(surroundings, {
          ...circumstances,
          mode: readMode(task),
          isDryRun: options.dryRun === 'true',
          isForced: task.isForced || options.forced === 'true',
          parameters: readParameters(task),
          startedBy,
        });
  const { failed } = result.counts;
  if (failed > 0) {
    report.log(
      'warning',
      `${count(failed, 'entry').replace(/entrys$/, 'entries')} failed: look at the reconciliation ${result.reconciliationId}.`,
    );
  }
  return { message: result.message, changes: result.isDryRun ? 0 : changesOf(result), isWarned: failed > 0 };
}

function changesOf({ counts: { target, links, references } }: ReconciliationResult): number {
  const objects = target.created + target.updated + target.deleted;
  return objects + links.created + links.removed + links.moved + references.added + references.removed;
}

function readMode({ identifier, isFull, options: { mode = 'full' } }: TaskDefinition): ReconciliationMode {
  const known = reconciliationModes.find((one) => one === mode);
  if (known === undefined) {
    throw new Fault(
      'invalid-setting',
      `The task ${identifier} has the mode ${JSON.stringify(mode)}: choose from ${reconciliationModes.join(', ')}.`,
    );
  }
  return isFull && known === 'incremental' ? 'full' : known;
}

function readParameters({ identifier, options }: TaskDefinition): ReconciliationParameters {
  const { query, keys, actions, runsTargetPhase, allowsEmptySource } = options;
  return {
    ...(query === undefined ? {} : { query }),
    ...(keys === undefined ? {} : { keys: readKeys(identifier, keys) }),
    ...(actions === undefined ? {} : { actions: readActions(identifier, actions) }),
    ...(runsTargetPhase === undefined ? {} : { runsTargetPhase: runsTargetPhase === 'true' }),
    ...(allowsEmptySource === undefined ? {} : { allowsEmptySource: allowsEmptySource === 'true' }),
  };
}

function readKeys(identifier: string, text: string): readonly string[] {
  const json = readJson(text);
  if (Array.isArray(json) && json.every((key) => typeof key === 'string')) return json;
  throw new Fault(
    'invalid-setting',
    `The keys of the task ${identifier} are no JSON list of texts: correct them.`,
  );
}

function readActions(identifier: string, text: string): Readonly<Partial<Record<Situation, Action>>> {
  const json = readJson(text);
  const entries =
    typeof json === 'object' && json !== null && !Array.isArray(json) ? Object.entries(json) : [];
  const isRight = entries.every(
    ([situation, action]) => isSituation(situation) && typeof action === 'string' && isAction(action),
  );
  if (entries.length > 0 && isRight) return Object.fromEntries(entries);
  throw new Fault(
    'invalid-setting',
    `The actions of the task ${identifier} are no JSON object of situations with their actions: correct them.`,
  );
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Tells of every stage once, as it begins. */
function logStages(log: (sentence: string) => void, onProgress: ReconciliationReport): ReconciliationReport {
  let last: string | undefined;
  return (progress) => {
    const { stage, total, reconciliationId } = progress;
    if (stage !== last && stage !== 'ended') {
      const what = total === null ? '' : `: ${group(total)}`;
      log(`Reconciliation ${reconciliationId}, ${stage}${what}.`);
    }
    last = stage;
    onProgress(progress);
  };
}
