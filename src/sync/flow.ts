/**
 * The main flow. A run reads every entity type of a connection at once, each into a set of its own. What is read for the first
 * time is applied as soon as it is complete; all other sets are applied together, past the guards. A set is complete or
 * nothing: whatever stops a run leaves sets to go on with and a store as it was.
 */
import type { EntityType } from '../model/entity-type.ts';
import { applyGuarded, describeDoubt } from '../store/apply-guarded.ts';
import { type Application, applySet } from '../store/apply-set.ts';
import { readEntityType } from '../store/connections.ts';
import { type ObjectClassCounts, readCounts, reopenClass } from '../store/runs.ts';
import { dropSet } from '../store/sets.ts';
import { admit, blockedFault } from './blocked.ts';
import { collectFailures, throwFailures } from './each-entity-type.ts';
import type { Report } from './progress.ts';
import { readSet } from './read-set.ts';
import { asRun, type Run, type RunTarget, storedEntityType } from './run.ts';

export type Synchronization = Readonly<{
  /** Read everything instead of what has changed. */
  isFull: boolean;
  /** Apply whatever the guards say, and take an empty answer, or one with far fewer objects than the source counts, for the truth. */
  isForced: boolean;
  signal: AbortSignal;
  report: Report;
}>;

export type SynchronizationResult = Readonly<{ runId: number; counts: readonly ObjectClassCounts[] }>;

/**
 * Brings the store up to the source. Throws a `Fault` when it could not, or not for all entity types; those that could be
 * are up to date then, and the run is failed all the same. Its code is `guard-exceeded` when sets were blocked, and
 * `connection-blocked` when they were before.
 */
export async function synchronize(
  target: RunTarget,
  synchronization: Synchronization,
): Promise<SynchronizationResult> {
  return await asRun(target, 'synchronize', synchronization.signal, async (run) => {
    await bringUp(target, run, synchronization);
    return { runId: run.runId, counts: await readCounts(target.sql, run.runId) };
  });
}

/** An entity type that is to be read. */
type Step = Readonly<{
  entityType: EntityType;
  fullReason: string | undefined;
  /** It is read once more, because what came could not be believed. */
  isDoubted: boolean;
}>;

/** A complete set that waits for the others. */
type Ready = Step & Readonly<{ application: Application; isFound: boolean }>;

/** Brings the store up to the source, within a run. */
export async function bringUp(target: RunTarget, run: Run, synchronization: Synchronization): Promise<void> {
  const { isFull, isForced, signal, report } = synchronization;
  await admit(target.sql, run.connection, isFull || isForced);
  const fullReason = isFull ? 'it was asked for' : undefined;
  let steps: readonly Step[] = target.entityTypes.map((entityType) => ({
    entityType,
    fullReason,
    isDoubted: false,
  }));
  let ready: readonly Ready[] = [];
  const failures: unknown[] = [];
  while (steps.length > 0) {
    const came: Ready[] = [];
    const works = steps.map((step) => ({
      objectClass: step.entityType.name,
      work: async () => {
        const set = await readStep(target, run, step, synchronization);
        if (set) came.push(set);
      },
    }));
    failures.push(...(await collectFailures({ sql: target.sql, runId: run.runId, signal, report }, works)));
    if (signal.aborted) {
      // What is complete is kept, and the next run applies it.
      failures.push(signal.reason);
      break;
    }
    try {
      ({ steps, ready } = await applyReady(target, run, [...ready, ...came], synchronization));
    } catch (error) {
      failures.unshift(error);
      break;
    }
  }
  throwFailures(failures);
}

/**
 * Reads an entity type to a complete set. One that is read for the first time is applied at once: nothing is stored that could be
 * lost. Gives the set that is still to be applied, if there is one.
 */
async function readStep(
  target: RunTarget,
  run: Run,
  step: Step,
  { isForced, signal, report }: Synchronization,
): Promise<Ready | undefined> {
  const { sql } = target;
  const { entityType } = step;
  const objectClass = entityType.name;
  const stored = storedEntityType(run, entityType);
  const { entityTypeId } = stored;
  const reached = () => readEntityType(sql, entityTypeId);
  let { fullReason, isDoubted } = step;
  for (;;) {
    const { set, isFound } = await readSet({
      target,
      runId: run.runId,
      kind: 'synchronize',
      entityType,
      entityTypeId,
      fullReason,
      reached,
      signal,
      report,
    });
    const application: Application = {
      connection: run.connection,
      entityType: { ...stored, ...(await reached()) },
      set,
      filter: entityType.filter,
      whenDoubtful: isForced ? 'believe' : isDoubted ? 'tell' : 'stop',
    };
    if (application.entityType.cookie !== null || application.whenDoubtful === 'tell') {
      return { entityType, fullReason, isDoubted, application, isFound };
    }
    report({ kind: 'applying', objectClass });
    const outcome = await applySet(sql, application);
    if (outcome.kind === 'applied') {
      report({ kind: 'applied', objectClass, counts: outcome.counts });
      if (!isFound) return undefined;
      // An earlier run had begun it: what has changed since is still to come.
      await reopenClass(sql, run.runId, objectClass);
      fullReason = undefined;
    } else {
      await dropSet(sql, set);
      fullReason = describeDoubt(outcome.doubt);
      isDoubted = true;
      report({ kind: 'restarted', objectClass, reason: fullReason });
    }
  }
}

/** Applies complete sets, all or none. Gives what is to be read then, and what waits meanwhile. Throws a `Fault` when they are blocked. */
async function applyReady(
  target: RunTarget,
  { runId, connection }: Run,
  ready: readonly Ready[],
  { isForced, report }: Synchronization,
): Promise<{ steps: readonly Step[]; ready: readonly Ready[] }> {
  const { sql, name } = target;
  if (ready.length === 0) return { steps: [], ready: [] };
  const outcome = await applyGuarded(sql, {
    connection,
    runId,
    applications: ready.map(({ application }) => application),
    guards: isForced ? undefined : target.guards,
    onApplying: (objectClass) => report({ kind: 'applying', objectClass }),
  });
  switch (outcome.kind) {
    case 'applied': {
      for (const { objectClass, counts } of outcome.sets) report({ kind: 'applied', objectClass, counts });
      const found = ready.filter(({ isFound }) => isFound);
      for (const { entityType } of found) await reopenClass(sql, runId, entityType.name);
      const steps = found.map(({ entityType }) => ({ entityType, fullReason: undefined, isDoubted: false }));
      return { steps, ready: [] };
    }
    case 'doubtful': {
      const { objectClass } = outcome.doubt;
      const reason = describeDoubt(outcome.doubt);
      const doubted = ready.filter(({ entityType }) => entityType.name === objectClass);
      for (const { application } of doubted) await dropSet(sql, application.set);
      report({ kind: 'restarted', objectClass, reason });
      const steps = doubted.map(({ entityType }) => ({ entityType, fullReason: reason, isDoubted: true }));
      return { steps, ready: ready.filter(({ entityType }) => entityType.name !== objectClass) };
    }
    case 'blocked':
      for (const { objectClass, counts } of outcome.sets) report({ kind: 'blocked', objectClass, counts });
      throw blockedFault('guard-exceeded', name, outcome.reasons);
  }
}
