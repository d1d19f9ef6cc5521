/**
 * Proof of the store: everything is read anew from the source and compared. Nothing is changed. What has changed in the source
 * since the last synchronization is told apart from what the store should have known.
 */
import { Fault } from '../errors.ts';
import { describeMapping, type EntityType } from '../model/entity-type.ts';
import {
  type Comparison,
  compareSet,
  findToldKeys,
  type ObjectClassComparison,
  type StoreDifference,
} from '../store/compare-set.ts';
import { readEntityType, type StoredEntityType } from '../store/connections.ts';
import { dropSet, dropUnfinishedSet } from '../store/sets.ts';
import { forEach } from './each-entity-type.ts';
import type { Report } from './progress.ts';
import { readSet } from './read-set.ts';
import { asRun, type Run, type RunTarget, storedEntityType } from './run.ts';

export type Verification = Readonly<{ signal: AbortSignal; report: Report }>;

export type VerificationResult = Readonly<{
  runId: number;
  /** One entry for each entity type and each kind of link. */
  classes: readonly ObjectClassComparison[];
  /** The first of each class, and whether the next synchronization will bring them anyway. */
  differences: readonly (StoreDifference & Readonly<{ isPending: boolean }>)[];
  /** No difference, or none but pending ones. */
  isEqual: boolean;
}>;

/**
 * Compares the store with a fresh read of the source. Throws a `Fault` when the source cannot be read, or when nothing was
 * synchronized yet.
 */
export async function verify(
  target: RunTarget,
  { signal, report }: Verification,
): Promise<VerificationResult> {
  return await asRun(target, 'verify', signal, async (run) => {
    for (const entityType of target.entityTypes) requireSynchronized(target, run, entityType);
    const comparisons = new Map<string, Comparison>();
    const works = { sql: target.sql, runId: run.runId, signal, report };
    await forEach(works, target.entityTypes, async (entityType) => {
      comparisons.set(entityType.name, await compareAnew(target, run, entityType, { signal, report }));
    });
    // In the order of the mapping, whichever came first.
    const parts = target.entityTypes.flatMap(({ name }) => comparisons.get(name) ?? []);
    const classes = parts.flatMap((part) => part.classes);
    const found = parts.flatMap((part) => part.differences);
    const pending = found.length > 0 ? await findPending(target, run, found, { signal, report }) : new Set();
    const differences = found.map((difference) => ({
      ...difference,
      isPending: pending.has(difference.key) || pending.has(difference.targetKey ?? difference.key),
    }));
    const count = classes.reduce(
      (sum, { missing, changed, superfluous }) => sum + missing + changed + superfluous,
      0,
    );
    // What is not listed is not explained.
    const isEqual = count === differences.filter(({ isPending }) => isPending).length;
    return { runId: run.runId, classes, differences, isEqual };
  });
}

/** What was never synchronized, or with another mapping, would only show what is known beforehand. */
function requireSynchronized({ name, entityTypes }: RunTarget, run: Run, entityType: EntityType): void {
  const { mapping } = storedEntityType(run, entityType);
  if (mapping === describeMapping(entityType, entityTypes)) return;
  const state = mapping === null ? 'was not synchronized yet' : 'was synchronized with another mapping';
  throw new Fault(
    'store-differs',
    `${name}: ${entityType.name} ${state}; run "syncline sync ${name}" first.`,
  );
}

async function compareAnew(
  target: RunTarget,
  run: Run,
  entityType: EntityType,
  { signal, report }: Verification,
): Promise<Comparison> {
  const { sql } = target;
  const stored = storedEntityType(run, entityType);
  await dropUnfinishedSet(sql, stored.entityTypeId, 'verify');
  const { set } = await readSet({
    target,
    runId: run.runId,
    kind: 'verify',
    entityType,
    entityTypeId: stored.entityTypeId,
    fullReason: 'it is compared with the store',
    reached: async () => stored,
    signal,
    report,
  });
  report({ kind: 'comparing', objectClass: entityType.name });
  const comparison = await compareSet(sql, set, stored, entityType.filter);
  await dropSet(sql, set);
  return comparison;
}

/** Keys of the differing objects that the source says have changed since the cookie; asked after the comparison. */
async function findPending(
  target: RunTarget,
  run: Run,
  differences: readonly StoreDifference[],
  { signal, report }: Verification,
): Promise<Set<string>> {
  const { sql } = target;
  const keys = [...new Set(differences.flatMap(({ key, targetKey }) => [key, targetKey ?? key]))];
  const pending = new Set<string>();
  await forEach({ sql, runId: run.runId, signal, report }, target.entityTypes, async (entityType) => {
    const { entityTypeId } = storedEntityType(run, entityType);
    const stored: Omit<StoredEntityType, 'associations'> = await readEntityType(sql, entityTypeId);
    if (stored.cookie === null) return;
    const { set } = await readSet({
      target,
      runId: run.runId,
      kind: 'verify',
      entityType,
      entityTypeId,
      fullReason: undefined,
      // What has changed is asked for whatever the next synchronization will do.
      reached: async () => ({ ...stored, fullReason: null }),
      signal,
      report,
    });
    // When the cookie is no good any more everything came anew, and says nothing of what changed.
    if (!set.isFull) for (const key of await findToldKeys(sql, set.setId, keys)) pending.add(key);
    await dropSet(sql, set);
  });
  return pending;
}
