/**
 * The two stages of the main flow apart, for jobs that have a task for each: reading into sets that are left complete, and the
 * application of what is complete.
 */
import { describeMapping } from '../model/entity-type.ts';
import { applyGuarded } from '../store/apply-guarded.ts';
import type { Application } from '../store/apply-set.ts';
import { readCounts } from '../store/runs.ts';
import { adoptUnfinishedSet } from '../store/sets.ts';
import { admit, blockedFault } from './blocked.ts';
import { forEach } from './each-entity-type.ts';
import type { Synchronization, SynchronizationResult } from './flow.ts';
import { readSet } from './read-set.ts';
import { asRun, type RunTarget, storedEntityType } from './run.ts';

/**
 * Reads every entity type into a complete set and leaves it there. One that an earlier run left complete is not read again: it is
 * applied first, and what has changed since comes with the next run. Throws what `synchronize` throws.
 */
export async function exportOnly(
  target: RunTarget,
  { isFull, isForced, signal, report }: Synchronization,
): Promise<void> {
  await asRun(target, 'synchronize', signal, async (run) => {
    await admit(target.sql, run.connection, isFull || isForced);
    const works = { sql: target.sql, runId: run.runId, signal, report };
    await forEach(works, target.entityTypes, async (entityType) => {
      const stored = storedEntityType(run, entityType);
      await readSet({
        target,
        runId: run.runId,
        kind: 'synchronize',
        entityType,
        entityTypeId: stored.entityTypeId,
        fullReason: isFull ? 'it was asked for' : undefined,
        reached: async () => stored,
        signal,
        report,
      });
    });
  });
}

/**
 * Applies the complete sets of a connection, all or none, past its guards; what cannot be believed is blocked, because nothing is
 * read here. Throws what `synchronize` throws.
 */
export async function applyExported(
  target: RunTarget,
  { isForced, signal, report }: Synchronization,
): Promise<SynchronizationResult> {
  const { sql, name, guards } = target;
  return await asRun(target, 'synchronize', signal, async (run) => {
    const { runId, connection } = run;
    await admit(sql, connection, isForced);
    const applications: Application[] = [];
    for (const entityType of target.entityTypes) {
      const stored = storedEntityType(run, entityType);
      const set = await adoptUnfinishedSet(sql, stored.entityTypeId, 'synchronize', runId);
      if (set?.state !== 'complete') continue;
      // What was read with another mapping cannot be applied with this one: the next export reads everything.
      if (set.mapping !== describeMapping(entityType, target.entityTypes)) continue;
      const whenDoubtful = isForced ? 'believe' : 'tell';
      applications.push({ connection, entityType: stored, set, filter: entityType.filter, whenDoubtful });
    }
    signal.throwIfAborted();
    if (applications.length > 0) {
      const outcome = await applyGuarded(sql, {
        connection,
        runId,
        applications,
        guards: isForced ? undefined : guards,
        onApplying: (objectClass) => report({ kind: 'applying', objectClass }),
      });
      if (outcome.kind === 'doubtful')
        throw new Error('A set was to be blocked and stopped the application.');
      for (const { objectClass, counts } of outcome.sets) report({ kind: outcome.kind, objectClass, counts });
      if (outcome.kind === 'blocked') throw blockedFault('guard-exceeded', name, outcome.reasons);
    }
    return { runId, counts: await readCounts(sql, runId) };
  });
}
