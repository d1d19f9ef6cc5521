/** The fifth stage: how much would be done, against the guards of the mapping. Pure. */
import { type GuardedAction, guardedActions, type MappingDefinition } from '../model/mapping.ts';
import { count as counted, group } from '../model/number-words.ts';
import type { BlockReason } from '../store/reconciliations.ts';

export type GuardedCounts = Readonly<Record<GuardedAction, number>>;

/** What percentages are taken of. */
export type GuardedTotals = Readonly<{ targets: number; links: number }>;

/** A percentage is asked of more entries than these: one of three is a third, and no accident. */
const fewest = 10;

const words: Readonly<
  Record<GuardedAction, Readonly<{ verb: string; of: keyof GuardedTotals; noun: string }>>
> = {
  DELETE: { verb: 'be deleted', of: 'targets', noun: 'target object' },
  UNLINK: { verb: 'lose their link', of: 'links', noun: 'account link' },
  UPDATE: { verb: 'be changed', of: 'targets', noun: 'target object' },
  CREATE: { verb: 'be created', of: 'targets', noun: 'target object' },
};

/**
 * Every limit that is exceeded. A number is exceeded by a greater one, never by an equal one; where there is nothing yet, there is
 * nothing to take a percentage of.
 */
export function findBlockReasons(
  guards: MappingDefinition['guards'],
  counts: GuardedCounts,
  totals: GuardedTotals,
): readonly BlockReason[] {
  return guardedActions.flatMap((action): BlockReason[] => {
    const limit = guards[action];
    const count = counts[action];
    const { verb, of, noun } = words[action];
    const total = totals[of];
    const isTooMany = limit.count > 0 && count > limit.count;
    const percent = total === 0 ? 0 : (count / total) * 100;
    const isTooMuch = limit.percent > 0 && count > fewest && percent > limit.percent;
    if (!isTooMany && !isTooMuch) return [];
    const allowed = [
      ...(isTooMany ? [`no more than ${group(limit.count)}`] : []),
      ...(isTooMuch ? [`no more than ${limit.percent} % of ${group(total)}`] : []),
    ].join(' and ');
    const sentence = `${counted(count, noun)} would ${verb}, and the guard on ${action} allows ${allowed}.`;
    return [{ action, count, total, limit, sentence }];
  });
}
