// What a run did, for people and for programs.

import { count } from '../model/number-words.ts';
import type { ObjectClassCounts } from '../store/runs.ts';
import { tableLines } from './table.ts';

type Kinds = Pick<ObjectClassCounts, 'total' | 'inserted' | 'updated' | 'deleted' | 'filtered'>;

/** Links have the class of their objects before a dot in the name of theirs. */
export function isLinkClass({ objectClass }: Readonly<{ objectClass: string }>): boolean {
  return objectClass.includes('.');
}

export function sumCounts(counts: readonly ObjectClassCounts[]): Kinds {
  const sum = (key: keyof Kinds) => counts.reduce((total, one) => total + one[key], 0);
  return {
    total: sum('total'),
    inserted: sum('inserted'),
    updated: sum('updated'),
    deleted: sum('deleted'),
    filtered: sum('filtered'),
  };
}

/** A table of the classes with their sums, and why everything was read where it was. */
export function runLines(counts: readonly ObjectClassCounts[]): string[] {
  const objects = counts.filter((one) => !isLinkClass(one));
  const links = counts.filter(isLinkClass);
  const isFiltered = counts.some(({ filtered }) => filtered > 0);
  const row = (name: string, { total, inserted, updated, deleted, filtered }: Kinds) => [
    name,
    total,
    inserted,
    updated,
    deleted,
    ...(isFiltered ? [filtered] : []),
  ];
  const header = ['', 'total', 'new', 'changed', 'gone', ...(isFiltered ? ['filtered out'] : [])];
  return [
    ...tableLines(header, [
      ...counts.map((one) => row(one.objectClass, one)),
      row('all objects', sumCounts(objects)),
      row('all links', sumCounts(links)),
    ]),
    ...fullReasons(objects).map(([reason, names]) => `Read in full, because ${reason}: ${names.join(', ')}.`),
  ];
}

/** Why entity types were read in full, each reason with those it is true of. */
export function fullReasons(
  counts: readonly ObjectClassCounts[],
): readonly (readonly [reason: string, names: readonly string[]])[] {
  const told = counts.filter((one) => !isLinkClass(one) && one.reason !== null);
  return [...Map.groupBy(told, ({ reason }) => reason ?? '')].map(([reason, ones]) => [
    reason,
    ones.map(({ objectClass }) => objectClass),
  ]);
}

/** In one sentence how much is there. */
export function totalsOf(counts: readonly ObjectClassCounts[]): string {
  const objects = sumCounts(counts.filter((one) => !isLinkClass(one))).total;
  return `${count(objects, 'object')} and ${count(sumCounts(counts.filter(isLinkClass)).total, 'link')}`;
}

/** Seconds since, with three decimals. */
export function secondsSince(startedAtMs: number): number {
  return Math.round(performance.now() - startedAtMs) / 1000;
}

export function secondsText(seconds: number): string {
  return seconds < 100
    ? `${seconds.toFixed(1)} s`
    : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** Counts of classes as `--json` prints them. */
export function countsJson(counts: readonly ObjectClassCounts[]): object[] {
  return counts.map(({ objectClass, isFull, reason, total, inserted, updated, deleted, filtered }) => ({
    objectClass,
    isFull,
    reason,
    total,
    inserted,
    updated,
    deleted,
    filtered,
  }));
}
