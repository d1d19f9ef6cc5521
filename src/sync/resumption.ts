/** What a person decides about blocked changes: they are applied as they are listed, or dropped. */
import { readMapping } from '../model/entity-type.ts';
import { applyBlocked } from '../store/apply-guarded.ts';
import type { Application } from '../store/apply-set.ts';
import { dropBlockedSets, readBlockedEntityTypes } from '../store/blocks.ts';
import type { StoredConnection } from '../store/connections.ts';
import { readCounts } from '../store/runs.ts';
import type { UnfinishedSet } from '../store/sets.ts';
import { blockedFault, notBlockedFault, requireStoredConnection } from './blocked.ts';
import type { SynchronizationResult } from './flow.ts';
import type { Report } from './progress.ts';
import { inRun, type RunTarget, requireLock } from './run.ts';

/** A connection whose source is not asked. */
export type StoredTarget = Pick<RunTarget, 'sql' | 'name' | 'taskRunId'>;

/**
 * Applies the blocked sets of a connection, whatever its guards say, exactly as they are listed. They are applied with the
 * mapping that they were read with; the next run notices when it is another by now. Throws a `Fault`: `guard-exceeded` when they
 * would change something else than the list says, which takes somebody who writes into the store, and the new list waits;
 * `connection-not-blocked`; `connection-busy`.
 */
export async function resumeBlocked(
  { sql, name, taskRunId }: StoredTarget,
  { signal, report }: Readonly<{ signal: AbortSignal; report: Report }>,
): Promise<SynchronizationResult> {
  const found = await requireStoredConnection(sql, name);
  const frame = {
    sql,
    connection: found,
    kind: 'synchronize' as const,
    signal,
    entityTypes: await readBlockedEntityTypes(sql, found.connectionId),
    message: 'Resumed: what a guard had blocked was applied.',
    ...(taskRunId === undefined ? {} : { taskRunId }),
  };
  return await inRun(frame, async (runId) => {
    signal.throwIfAborted();
    // As it is since nobody else can change it.
    const connection = await requireStoredConnection(sql, found.name);
    const outcome = await applyBlocked(sql, {
      connection,
      runId,
      toApplication: (set) => applicationOf(connection, set),
      onApplying: (objectClass) => report({ kind: 'applying', objectClass }),
    });
    if (outcome.kind === 'nothing-blocked') throw notBlockedFault(connection.name);
    const { kind } = outcome;
    for (const { objectClass, counts } of outcome.sets) report({ kind, objectClass, counts });
    if (kind === 'blocked') throw blockedFault('guard-exceeded', connection.name, outcome.reasons);
    return { runId, counts: await readCounts(sql, runId) };
  });
}

/**
 * Drops the blocked sets of a connection; the next run reads their entity types in full. Gives how many there were. `record` writes
 * down in the same transaction that it was done. Throws a `Fault`: `connection-not-blocked`, `connection-busy`.
 */
export async function discardBlocked(
  { sql, name }: StoredTarget,
  record?: Parameters<typeof dropBlockedSets>[3],
): Promise<number> {
  const connection = await requireStoredConnection(sql, name);
  const lock = await requireLock(sql, connection);
  try {
    const dropped = await dropBlockedSets(sql, connection.connectionId, 'changes were discarded', record);
    if (dropped === 0) throw notBlockedFault(connection.name);
    return dropped;
  } finally {
    await lock.release().catch(() => {});
  }
}

/** A set applied with the mapping that it was read with, and believed. */
function applicationOf(connection: StoredConnection, set: UnfinishedSet): Application {
  const { links, filter, targets } = readMapping(set.mapping);
  const stored = connection.entityTypes.find(({ entityTypeId }) => entityTypeId === set.entityTypeId);
  if (!stored) throw new Error(`The entity type of the set ${set.setId} cannot be found.`);
  return {
    connection: {
      ...connection,
      entityTypes: connection.entityTypes.filter(({ name }) => targets.includes(name)),
    },
    entityType: {
      ...stored,
      associations: stored.associations.filter(({ name }) => links.includes(name)),
    },
    set,
    filter,
    whenDoubtful: 'believe',
  };
}
