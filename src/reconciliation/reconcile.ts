/**
 * The main flow of reconciliation: **read this first**. A run of a mapping looks at both sides in one snapshot, pairs and correlates
 * them, assesses every pair, holds what would be done against the guards, and does it, a batch a transaction. Up to the guards nothing
 * is changed; a dry run ends there. Whoever takes the place of a process that has vanished begins to look anew, or goes on acting.
 */
import { Fault } from '../errors.ts';
import { type ConnectionLock, lockMapping } from '../store/connection-lock.ts';
import { readMapping, type StoredMapping } from '../store/mappings.ts';
import { isConnectionLoss } from '../store/queue-access.ts';
import { countProposed } from '../store/reconciliation-acting.ts';
import { analyzeEntries } from '../store/reconciliation-assessing.ts';
import { countGuardedTotals } from '../store/reconciliation-totals.ts';
import {
  beginReconciliation,
  findLatestReconciliation,
  findReconciliationOfTask,
  readReconciliation,
  recordBlock,
  reopenReconciliation,
  type StoredReconciliation,
} from '../store/reconciliations.ts';
import { transact } from '../store/transaction.ts';
import { act } from './acting.ts';
import { findBlockReasons, type GuardedCounts } from './checking.ts';
import { asCounts, forgetDeeds, resumeTally, startTally } from './counting.ts';
import { endFailed, endRun } from './ending.ts';
import { look, lostFault } from './looking.ts';
import { type MappingRun, openMapping, type ReconciliationSurroundings } from './mapping-run.ts';
import { startStageClock } from './progress.ts';
import { writeReferences } from './references.ts';
import type { ReconciliationRequest, ReconciliationResult } from './request.ts';

/**
 * Reconciles a mapping. Throws a `Fault` when it could not: `mapping-busy` while another run of it is under way,
 * `reconciliation-blocked` when its guards hold it back, `reconciliation-refused` when a side cannot be relied on. Entries that failed
 * are no fault: they are listed, counted, and looked at again by the next run.
 */
export async function reconcile(
  surroundings: ReconciliationSurroundings,
  request: ReconciliationRequest,
): Promise<ReconciliationResult> {
  const mapping = await requireMapping(surroundings, request.mapping);
  if (!request.isDryRun) requireEnabled(mapping);
  return await underLock(surroundings, mapping, async (lock) => {
    const left =
      request.taskRunId === undefined
        ? undefined
        : await findReconciliationOfTask(surroundings.sql, request.taskRunId);
    if (left?.mappingId !== mapping.mappingId) return await begin(surroundings, mapping, request, lock);
    if (left.state === 'running') return await goOn(surroundings, mapping, left, { ...request, lock });
    // Whoever did it was gone before the task knew.
    return resultOf(left) ?? (await begin(surroundings, mapping, request, lock));
  });
}

/**
 * Does what a blocked run holds back. Throws a `Fault` where it is not blocked (any more), or the mapping has changed since. What has
 * changed on either side since fails, and the next run looks at it again.
 */
export async function resumeReconciliation(
  surroundings: ReconciliationSurroundings,
  request: Pick<ReconciliationRequest, 'mapping' | 'taskRunId' | 'signal' | 'leaving' | 'report'>,
): Promise<ReconciliationResult> {
  const { sql } = surroundings;
  const mapping = await requireMapping(surroundings, request.mapping);
  requireEnabled(mapping);
  return await underLock(surroundings, mapping, async (lock) => {
    const latest = await findLatestReconciliation(sql, mapping.mappingId, { mayBeDry: false });
    const isLeft = latest?.state === 'running' && latest.isForced && latest.taskRunId === request.taskRunId;
    if (latest === undefined || (latest.state !== 'blocked' && !isLeft)) {
      throw new Fault(
        'reconciliation-not-blocked',
        `No run of the mapping ${mapping.name} is blocked: there is nothing to go on with.`,
      );
    }
    if (latest.revision !== mapping.revision) {
      throw new Fault(
        'reconciliation-not-blocked',
        `The mapping ${mapping.name} has changed since its run was blocked: reconcile it again.`,
      );
    }
    await reopenReconciliation(sql, latest.reconciliationId, {
      taskRunId: request.taskRunId,
      isForced: true,
    });
    const reopened = { ...latest, state: 'running', isForced: true } as const;
    return await goOn(surroundings, mapping, reopened, { ...request, lock });
  });
}

/** What a run came to that ended well; undefined where it did not. */
function resultOf(stored: StoredReconciliation): ReconciliationResult | undefined {
  const { reconciliationId, state, mode, isDryRun, counts, message } = stored;
  return state === 'succeeded' || state === 'succeeded-with-failures'
    ? { reconciliationId, state, mode, isDryRun, counts, message: message ?? '' }
    : undefined;
}

async function requireMapping({ sql }: ReconciliationSurroundings, name: string): Promise<StoredMapping> {
  const mapping = await readMapping(sql, name);
  if (mapping) return mapping;
  throw new Fault('unknown-mapping', `There is no mapping ${JSON.stringify(name)}: correct the name.`);
}

function requireEnabled({ name, isEnabled, application }: StoredMapping): void {
  if (!isEnabled) {
    throw new Fault(
      'mapping-refused',
      `The mapping ${name} is switched off: switch it on, or look at what it would do with a dry run.`,
    );
  }
  if (application && !application.isEnabled) {
    throw new Fault(
      'mapping-refused',
      `The application ${application.name}, which the mapping ${name} belongs to, is inactive: activate it, or look at what the mapping would do with a dry run.`,
    );
  }
}

async function underLock<T>(
  { sql }: ReconciliationSurroundings,
  { mappingId, name }: StoredMapping,
  work: (lock: ConnectionLock) => Promise<T>,
): Promise<T> {
  const lock = await lockMapping(sql, mappingId);
  if (!lock) {
    throw new Fault(
      'mapping-busy',
      `Another run is reconciling the mapping ${name}: wait for its end, or cancel it.`,
    );
  }
  try {
    return await work(lock);
  } finally {
    await lock.release().catch(() => {});
  }
}

type Circumstances = Pick<ReconciliationRequest, 'taskRunId' | 'signal' | 'leaving' | 'report'> &
  Readonly<{ lock: ConnectionLock }>;

async function begin(
  surroundings: ReconciliationSurroundings,
  mapping: StoredMapping,
  request: ReconciliationRequest,
  lock: ConnectionLock,
): Promise<ReconciliationResult> {
  // Nobody knows what has changed since nothing was looked at.
  const isFirst = request.mode === 'incremental' && mapping.changePosition === null;
  const mode = isFirst ? 'full' : request.mode;
  const { isDryRun, isForced, parameters, startedBy, taskRunId } = request;
  const reconciliationId = await transact(surroundings.sql, (transaction) =>
    beginReconciliation(transaction, {
      mapping,
      mode,
      isDryRun,
      isForced,
      parameters,
      counts: asCounts(startTally()),
      startedBy,
      taskRunId,
    }),
  );
  const begun = await readReconciliation(surroundings.sql, reconciliationId);
  if (!begun) throw new Error('A reconciliation was begun and cannot be found.');
  return await goOn(surroundings, mapping, begun, { ...request, lock }, isFirst ? firstRun : null);
}

const firstRun = 'It was the first run of the mapping, so that it looked at everything.';

/** Brings a run to its end from wherever it is. */
async function goOn(
  surroundings: ReconciliationSurroundings,
  mapping: StoredMapping,
  stored: StoredReconciliation,
  { taskRunId, signal, leaving, report, lock }: Circumstances,
  remark: string | null = null,
): Promise<ReconciliationResult> {
  const { sql, now } = surroundings;
  const { reconciliationId, mode, isDryRun, isForced, parameters, definition, revision } = stored;
  const isAssessed = stored.stage === 'checking' || stored.stage === 'acting';
  const tally = isAssessed ? resumeTally(stored.counts) : startTally();
  const clock = startStageClock({
    sql,
    reconciliationId,
    mapping: mapping.name,
    tally,
    report,
    durations: stored.durations,
  });
  let run: MappingRun | undefined;
  try {
    const opened = await openMapping(
      surroundings,
      { mappingId: mapping.mappingId, name: mapping.name, definition, revision, seed: mapping.seed },
      { reconciliationId, mode, parameters },
    );
    run = {
      ...opened,
      sql,
      reconciliationId,
      mappingId: mapping.mappingId,
      mode,
      isDryRun,
      isForced,
      parameters,
      now,
      signal,
      tally,
      clock,
      taskRunId: taskRunId ?? stored.taskRunId ?? undefined,
      isHeld: () => lock.isHeld(),
    };
    return await advance(run, mapping, stored, remark);
  } catch (error) {
    // Whoever goes on finds it as it is.
    if (leaving?.aborted || (error instanceof Fault && error.code === 'mapping-busy')) throw error;
    // Nor is it this process's to end, once another one may have gone on with it.
    if (!lock.isHeld() && !isConnectionLoss(error)) throw lostFault(mapping.name);
    const failure = { reconciliationId, mapping, change: clock.state(), isCancelled: signal.aborted, run };
    throw await endFailed(sql, failure, error);
  }
}

async function advance(
  run: MappingRun,
  mapping: StoredMapping,
  stored: StoredReconciliation,
  remark: string | null,
): Promise<ReconciliationResult> {
  const { isDryRun, orderTarget, clock, tally } = run;
  let { stage, changePosition } = stored;
  let linkPosition = 0;
  let assessedAt: number | undefined;
  if (!isDryRun && orderTarget === undefined) {
    throw new Fault(
      'reconciliation-refused',
      `${run.target.set.connection} cannot be written to by this version: only a dry run of ${mapping.name} is possible.`,
    );
  }
  if (stage !== 'checking' && stage !== 'acting') {
    ({ changePosition, linkPosition } = await look(run, mapping));
    assessedAt = changePosition;
    if (tally.proposed > manyEntries) await analyzeEntries(run.sql);
    await clock.enter('checking');
    stage = 'checking';
  }
  if (run.signal.aborted) throw cancelled(run);
  const end = { mapping, changePosition, linkPosition, remark };
  if (stage === 'checking') {
    await check(run);
    if (isDryRun) return await endRun(run, { ...end, workId: undefined });
    forgetDeeds(tally);
    await clock.enter('acting', tally.proposed);
  }
  if (orderTarget === undefined) throw new Error('A run acts on a target that is not there.');
  const total = tally.proposed;
  if (stage === 'acting') await clock.enter('acting', total);
  const acted = await act(run, orderTarget, {
    position: stored.entryPosition,
    done: 0,
    workId: stored.runId ?? undefined,
    assessedAt,
  });
  const linked = acted.isComplete
    ? await writeReferences(run, orderTarget, { position: acted.position, done: total, workId: acted.workId })
    : acted;
  if (!linked.isComplete) throw cancelled(run);
  return await endRun(run, { ...end, workId: linked.workId });
}

/** Where a statement that reads all entries of a run for each batch would be felt. */
const manyEntries = 10_000;

/** Holds what would be done against the guards. Throws a `Fault` where they hold it back. */
async function check(run: MappingRun): Promise<void> {
  const { sql, reconciliationId, definition, plan } = run;
  const proposed = await countProposed(sql, reconciliationId);
  const counts = { DELETE: 0, UNLINK: 0, UPDATE: 0, CREATE: 0 } satisfies GuardedCounts;
  for (const { action, count } of proposed)
    if (action in counts) counts[action as keyof GuardedCounts] = count;
  const totals = await countGuardedTotals(sql, plan, { links: counts.UNLINK > 0 });
  const reasons = findBlockReasons(definition.guards, counts, totals);
  if (reasons.length === 0) return;
  await recordBlock(sql, reconciliationId, reasons);
  if (run.isForced || run.isDryRun) return;
  throw new Fault(
    'reconciliation-blocked',
    `The run of ${definition.name} is blocked, and nothing is done: ${reasons.map(({ sentence }) => sentence).join(' ')} Look at its entries, then go on with it or discard it.`,
  );
}

function cancelled({ definition }: MappingRun): Fault {
  return new Fault('cancelled', `The run of ${definition.name} was cancelled: what is done stays done.`);
}
