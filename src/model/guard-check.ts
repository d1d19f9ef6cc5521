/** What a set would change against the guards: which limits are exceeded, and by what. Pure. */
import { type Guards, noThresholds, type Thresholds } from './guard.ts';
import { count as counted, group } from './number-words.ts';

/** What there is to count: the objects of an entity type, or the links of one kind. */
export type CountedClass = Readonly<{
  what: 'resources' | 'links';
  /** Such as `group` or `group.members`. */
  objectClass: string;
  /** How many were stored before. */
  stored: number;
  inserted: number;
  updated: number;
  deleted: number;
}>;

/** A limit, and the number that is greater. */
export type Excess = Readonly<{
  what: 'resources' | 'links';
  /** The class that the limit is on; undefined where it is on the connection. */
  objectClass: string | undefined;
  limit: keyof Thresholds;
  /** A number of objects or links, or a percentage of what is stored. */
  allowed: number;
  count: number;
  stored: number;
}>;

/** What would change of one kind, held against the limits on it. */
export type GuardMeasure = Readonly<{
  what: 'resources' | 'links';
  /** Undefined where it is the connection's. */
  objectClass?: string;
  kind: 'inserted' | 'updated' | 'deleted';
  count: number;
  stored: number;
  /** A number of objects or links; undefined where none is set. */
  limit?: number;
  /** In percent of what is stored; undefined where none is set. */
  limitPercent?: number;
  isExceeded: boolean;
}>;

/** The names of the limits in settings and sentences (Identity Manager, Connector: synchronization thresholds). */
export const limitNames = {
  resources: {
    insertedCount: 'MaximumInsertedLines',
    updatedCount: 'MaximumUpdatedLines',
    deletedCount: 'MaximumDeletedLines',
    insertedPercent: 'MaxPercentageInsertedLines',
    updatedPercent: 'MaxPercentageUpdatedLines',
    deletedPercent: 'MaxPercentageDeletedLines',
  },
  /** Links come and go, and are never updated. */
  links: {
    insertedCount: 'MaximumLinkInsertedLines',
    deletedCount: 'MaximumLinkDeletedLines',
    insertedPercent: 'MaxLinkPercentageInsertedLines',
    deletedPercent: 'MaxLinkPercentageDeletedLines',
  },
} as const satisfies Record<CountedClass['what'], Partial<Record<keyof Thresholds, string>>>;

/**
 * Every limit that is exceeded, those of the connection first. `classes` are all that the connection has, changed or not. A
 * number is exceeded by a greater one, never by an equal one; where nothing is stored there is nothing to take a percentage of.
 */
export function findExcesses(guards: Guards, classes: readonly CountedClass[]): Excess[] {
  return scopesOf(guards, classes).flatMap(({ thresholds, changed, objectClass }) =>
    exceeded(thresholds, changed, objectClass),
  );
}

/** Every kind of change that there is, with the limits on it, exceeded or not; the connection's first. */
export function measureGuards(guards: Guards, classes: readonly CountedClass[]): GuardMeasure[] {
  return scopesOf(guards, classes).flatMap(({ thresholds, changed, objectClass }) => {
    const { what, stored } = changed;
    const excesses = exceeded(thresholds, changed, objectClass);
    return kinds.flatMap((kind): GuardMeasure[] => {
      const count = changed[kind];
      if (count === 0) return [];
      const [number, percent] = limitsOn[kind];
      return [
        {
          what,
          ...(objectClass === undefined ? {} : { objectClass }),
          kind,
          count,
          stored,
          ...(thresholds[number] === 0 ? {} : { limit: thresholds[number] }),
          ...(thresholds[percent] === 0 ? {} : { limitPercent: thresholds[percent] }),
          isExceeded: excesses.some(({ limit }) => limit === number || limit === percent),
        },
      ];
    });
  });
}

type Scope = Readonly<{
  thresholds: Thresholds;
  changed: Omit<CountedClass, 'objectClass'>;
  objectClass: string | undefined;
}>;

function scopesOf(guards: Guards, classes: readonly CountedClass[]): Scope[] {
  const together = (what: CountedClass['what']) => {
    const meant = classes.filter((one) => one.what === what);
    const sum = (name: 'stored' | Kind) => meant.reduce((total, one) => total + one[name], 0);
    return {
      what,
      stored: sum('stored'),
      inserted: sum('inserted'),
      updated: sum('updated'),
      deleted: sum('deleted'),
    };
  };
  return [
    { thresholds: guards.resources, changed: together('resources'), objectClass: undefined },
    { thresholds: guards.links, changed: together('links'), objectClass: undefined },
    ...classes.map((one) => {
      const own = one.what === 'links' ? guards.associations : guards.entityTypes;
      const { objectClass } = one;
      return { thresholds: own[objectClass] ?? noThresholds, changed: one, objectClass };
    }),
  ];
}

const kinds = ['inserted', 'updated', 'deleted'] as const;
type Kind = (typeof kinds)[number];

const limitsOn: Readonly<Record<Kind, readonly [number: keyof Thresholds, percent: keyof Thresholds]>> = {
  inserted: ['insertedCount', 'insertedPercent'],
  updated: ['updatedCount', 'updatedPercent'],
  deleted: ['deletedCount', 'deletedPercent'],
};

const limits: readonly Readonly<{ limit: keyof Thresholds; kind: Kind; isPercent: boolean }>[] = [
  { limit: 'insertedCount', kind: 'inserted', isPercent: false },
  { limit: 'updatedCount', kind: 'updated', isPercent: false },
  { limit: 'deletedCount', kind: 'deleted', isPercent: false },
  { limit: 'insertedPercent', kind: 'inserted', isPercent: true },
  { limit: 'updatedPercent', kind: 'updated', isPercent: true },
  { limit: 'deletedPercent', kind: 'deleted', isPercent: true },
];

function exceeded(
  thresholds: Thresholds,
  changed: Omit<CountedClass, 'objectClass'>,
  objectClass: string | undefined,
): Excess[] {
  const { what, stored } = changed;
  return limits.flatMap(({ limit, kind, isPercent }) => {
    const allowed = thresholds[limit];
    const count = changed[kind];
    if (allowed === 0) return [];
    const isExceeded = isPercent ? stored > 0 && count * 100 > allowed * stored : count > allowed;
    return isExceeded ? [{ what, objectClass, limit, allowed, count, stored }] : [];
  });
}

/** Such as `150 objects would be deleted, and MaximumDeletedLines of the connection is 100`. */
export function describeExcess({ what, objectClass, limit, allowed, count, stored }: Excess): string {
  const { kind, isPercent } = limits.find((one) => one.limit === limit) ?? noLimit(limit);
  const number = counted(count, what === 'links' ? 'link' : 'object');
  const whose = objectClass === undefined ? '' : ` of ${objectClass}`;
  const there = isPercent ? ` where ${group(stored)} ${stored === 1 ? 'is' : 'are'} stored` : '';
  const names: Partial<Record<keyof Thresholds, string>> = limitNames[what];
  const place = objectClass ?? 'the connection';
  return `${number}${whose} would be ${kind}${there}, and ${names[limit] ?? limit} of ${place} is ${group(allowed)}`;
}

function noLimit(limit: string): never {
  throw new Error(`There is no limit ${limit}.`);
}
