/** Limits beside what runs really changed, so that people can set limits that fit. Pure. */
import type { Guards, Thresholds } from './guard.ts';
import { type CountedClass, findExcesses } from './guard-check.ts';

/** A limit that is set, and what past runs say of it. */
export type MeasuredLimit = Readonly<{
  what: CountedClass['what'];
  /** Undefined where it is the connection's. */
  objectClass: string | undefined;
  limit: keyof Thresholds;
  /** A number of objects or links, or a percentage of what is stored. */
  allowed: number;
  /** The most that one run changed; percentages to a tenth. */
  most: number;
  /** How many of the runs exceeded it. */
  exceededRuns: number;
}>;

/** Every limit that is set, the connection's first. `runs` are what past runs changed, class by class; first loads are not held against limits. */
export function measureLimits(
  guards: Guards,
  runs: readonly (readonly CountedClass[])[],
): readonly MeasuredLimit[] {
  const counted = runs.map((classes) => classes.filter(({ stored }) => stored > 0));
  const excesses = counted.map((classes) => findExcesses(guards, classes));
  return scopesOf(guards).flatMap(({ what, objectClass, thresholds }) =>
    (Object.keys(kindOf) as (keyof Thresholds)[]).flatMap((limit): MeasuredLimit[] => {
      const allowed = thresholds[limit];
      if (allowed === 0) return [];
      const exceededRuns = excesses.filter((found) =>
        found.some((one) => one.what === what && one.objectClass === objectClass && one.limit === limit),
      ).length;
      const numbers = counted.map((classes) =>
        numberOf(
          limit,
          classes.filter(
            (one) => one.what === what && (objectClass === undefined || one.objectClass === objectClass),
          ),
        ),
      );
      return [{ what, objectClass, limit, allowed, most: Math.max(0, ...numbers), exceededRuns }];
    }),
  );
}

type Scope = Readonly<{
  what: CountedClass['what'];
  objectClass: string | undefined;
  thresholds: Thresholds;
}>;

function scopesOf({ resources, links, entityTypes, associations }: Guards): readonly Scope[] {
  const own = (what: Scope['what'], named: Readonly<Record<string, Thresholds>>) =>
    Object.entries(named).map(([objectClass, thresholds]) => ({ what, objectClass, thresholds }));
  return [
    { what: 'resources', objectClass: undefined, thresholds: resources },
    { what: 'links', objectClass: undefined, thresholds: links },
    ...own('resources', entityTypes),
    ...own('links', associations),
  ];
}

const kindOf = {
  insertedCount: 'inserted',
  updatedCount: 'updated',
  deletedCount: 'deleted',
  insertedPercent: 'inserted',
  updatedPercent: 'updated',
  deletedPercent: 'deleted',
} as const satisfies Record<keyof Thresholds, keyof CountedClass>;

function numberOf(limit: keyof Thresholds, classes: readonly CountedClass[]): number {
  const sum = (name: 'stored' | 'inserted' | 'updated' | 'deleted') =>
    classes.reduce((total, one) => total + one[name], 0);
  const changed = sum(kindOf[limit]);
  if (limit.endsWith('Count')) return changed;
  const stored = sum('stored');
  return stored === 0 ? 0 : Math.round((changed * 1000) / stored) / 10;
}
