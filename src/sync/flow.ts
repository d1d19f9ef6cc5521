/**
 * The main flow. A run reads every entity type of a connection at once, each into a set of its own, and applies each set as
 * soon as it is complete. A set is complete or nothing: whatever stops a run leaves sets to go on with and a store as it was.
 */
import { Fault } from '../errors.ts';
import type { EntityType } from '../model/entity-type.ts';
import { applySet } from '../store/apply-set.ts';
import { readEntityType } from '../store/connections.ts';
import { type ObjectClassCounts, readCounts } from '../store/runs.ts';
import { dropSet } from '../store/sets.ts';
import { forEach } from './each-entity-type.ts';
import type { Report } from './progress.ts';
import { readSet } from './read-set.ts';
import { asRun, type Run, type RunTarget, storedEntityType } from './run.ts';

export type Synchronization = Readonly<{
  /** Read everything instead of what has changed. */
  isFull: boolean;
  /** Take an answer with no objects, or with far fewer than the source counts, for the truth. */
  acceptsLoss: boolean;
  signal: AbortSignal;
  report: Report;
}>;

export type SynchronizationResult = Readonly<{ runId: number; counts: readonly ObjectClassCounts[] }>;

/**
 * Brings the store up to the source. Throws a `Fault` when it could not, or not for all entity types; those that could be
 * are up to date then, and the run is failed all the same.
 */
export async function synchronize(
  target: RunTarget,
  synchronization: Synchronization,
): Promise<SynchronizationResult> {
  return await asRun(target, 'synchronize', synchronization.signal, async (run) => {
    await forEach(target.entityTypes, synchronization.report, (entityType) =>
      synchronizeEntityType(target, run, entityType, synchronization),
    );
    return { runId: run.runId, counts: await readCounts(target.sql, run.runId) };
  });
}

/** Brings the store up to the source, for one entity type of a run. */
export async function synchronizeEntityType(
  target: RunTarget,
  run: Run,
  entityType: EntityType,
  { isFull, acceptsLoss, signal, report }: Synchronization,
): Promise<void> {
  const { sql } = target;
  const { runId, connection } = run;
  const stored = storedEntityType(run, entityType);
  const { entityTypeId } = stored;
  const reached = () => readEntityType(sql, entityTypeId);
  let fullReason = isFull ? 'it was asked for' : undefined;
  for (let doubts = 0; ; ) {
    const { set, isFound } = await readSet({
      target,
      runId,
      kind: 'synchronize',
      entityType,
      entityTypeId,
      fullReason,
      reached,
      signal,
      report,
    });
    report({ kind: 'applying', objectClass: entityType.name });
    const outcome = await applySet(sql, {
      connection,
      entityType: { ...stored, ...(await reached()) },
      set,
      filter: entityType.filter,
      acceptsLoss,
    });
    if (outcome.kind === 'applied') {
      report({ kind: 'applied', objectClass: entityType.name, counts: outcome.counts });
      if (!isFound) return;
      fullReason = undefined;
      continue;
    }
    await dropSet(sql, set);
    const { found, expected } = outcome;
    const doubt = `only ${found} of ${expected} ${entityType.name} objects came`;
    if (doubts++ > 0) {
      throw new Fault(
        'source-doubtful',
        `${target.name}: ${doubt}, twice. Nothing of ${entityType.name} was changed; if they are really gone, run the synchronization with --full --accept-loss.`,
      );
    }
    fullReason = doubt;
    report({ kind: 'restarted', objectClass: entityType.name, reason: doubt });
  }
}
