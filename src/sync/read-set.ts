/** How an entity type comes to a complete set: gone on with, or begun anew, as often as the source makes it necessary. */
import { Fault } from '../errors.ts';
import { describeMapping, type EntityType } from '../model/entity-type.ts';
import { adoptUnfinishedSet, dropSet, openSet, type SetKind, type UnfinishedSet } from '../store/sets.ts';
import { exportSet } from './export-set.ts';
import { planSet, type Reached } from './plan.ts';
import type { Report } from './progress.ts';
import type { RunTarget } from './run.ts';

export type SetReading = Readonly<{
  target: RunTarget;
  runId: number;
  kind: SetKind;
  entityType: EntityType;
  entityTypeId: number;
  /** Why everything is to be read; undefined where the changes since `reached` will do. */
  fullReason: string | undefined;
  /** Asked for once an earlier run's set is adopted, since that run may just have gone further. */
  reached: () => Promise<Reached>;
  signal: AbortSignal;
  report: Report;
}>;

export type ReadSet = Readonly<{
  set: UnfinishedSet;
  /** An earlier run had begun it: the source may have changed since. */
  isFound: boolean;
}>;

/** How often a source may refuse what it gave a moment ago before it counts as broken. */
const mostRestarts = 3;

/** Gives a complete set. Throws a `Fault` when the source cannot be read. */
export async function readSet(reading: SetReading): Promise<ReadSet> {
  const { target, runId, kind, entityType, entityTypeId, signal, report } = reading;
  const { sql, connector } = target;
  const objectClass = entityType.name;
  const mapping = describeMapping(entityType, target.entityTypes);
  let fullReason = reading.fullReason;
  for (let restarts = 0; ; restarts++) {
    signal.throwIfAborted();
    const unfinished = await adoptUnfinishedSet(sql, entityTypeId, kind, runId);
    const plan = planSet({ fullReason, mapping, reached: await reading.reached(), unfinished });
    if (unfinished && plan.kind === 'use') return { set: unfinished, isFound: true };
    const isResumed = unfinished !== undefined && plan.kind === 'resume';
    if (unfinished && !isResumed) await dropSet(sql, unfinished);
    const reason = plan.kind === 'full' ? plan.reason : null;
    const cookie = plan.kind === 'incremental' ? plan.cookie : null;
    const isFull = plan.kind === 'full';
    const set = isResumed
      ? unfinished
      : await openSet(sql, { runId, entityTypeId, kind, isFull, reason, mapping, cookie });
    report({ kind: 'reading', objectClass, isFull: set.isFull, reason: set.reason, isResumed });
    const outcome = await exportSet({ sql, connector, entityType, set, signal, report });
    if (outcome.kind === 'complete') return { set: outcome.set, isFound: isResumed };
    await dropSet(sql, set);
    if (restarts === mostRestarts) {
      throw new Fault(
        'source-failed',
        `The export of ${objectClass} had to begin anew ${restarts} times and was refused again: ${outcome.reason}.`,
      );
    }
    fullReason = outcome.reason;
    report({ kind: 'restarted', objectClass, reason: outcome.reason });
  }
}
