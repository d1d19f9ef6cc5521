// Instants in a generated tenant. They count back from one fixed day, so that a seed gives the same tenant on every day;
// a million users share a few thousand strings.
import { graphInstant } from '../clock.ts';
import type { Random } from './random.ts';

/** "Today" of a generated tenant. Only deletions, which expire, are dated from the real clock. */
const generatedAtMs = Date.UTC(2026, 0, 1);
const dayMs = 86_400_000;
/** How many days back the first hire lies. */
export const historyDays = 2900;
const hours = [0, 6, 8, 9, 11, 14, 16, 19];

const instants: string[] = [];

/** The instant so many days before the tenant was generated: at midnight, or with `hour` 1 to 7 during that day. */
export function daysAgo(days: number, hour = 0): string {
  const place = days * hours.length + hour;
  instants[place] ??= graphInstant(
    generatedAtMs - days * dayMs + (hours[hour] ?? 0) * 3_600_000 + hour * 754_000,
  );
  return instants[place];
}

/** Some working hour of that day. */
export function workingHour(random: Random, days: number): string {
  return daysAgo(days, 1 + random.below(hours.length - 1));
}
