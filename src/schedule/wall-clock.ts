// When a clock that is never put forward or back shows a time of a schedule. Times stand as milliseconds since 1970 as if
// they were UTC's, in which croner walks the calendar. It is not asked about time zones: several hours in a list, range or
// step are an interval to it, so that it leaves out skipped times and runs repeated ones twice.
import { Cron } from 'croner';
import type { CronMeaning } from './cron-expression.ts';

/** The first time strictly after a time that is meant; undefined when there is none. All in wall milliseconds. */
export type WallCalendar = (afterWallMs: number) => number | undefined;

/** The calendar of an expression. */
export function openCalendar(meaning: CronMeaning): WallCalendar {
  const cron = new Cron(patternOf(meaning), {
    timezone: 'UTC',
    mode: '7-part',
    domAndDow: !meaning.isEitherDay,
    paused: true,
  });
  return (afterWallMs) => cron.nextRun(new Date(afterWallMs))?.getTime();
}

/** Days, weekdays and leap years come together in every way within any 28 years that no year such as 2100 lies in. */
const cycleYears = Array.from({ length: 28 }, (_, index) => 2000 + index);

/** Whether there is any date at all for an expression: a search that is bounded by years, as all others are by this one. */
export function canRun(meaning: CronMeaning): boolean {
  const years = meaning.years ?? cycleYears;
  return openCalendar({ ...meaning, years })(Date.UTC(years[0] ?? 0, 0, 1) - 1) !== undefined;
}

/** In croner's words: seven fields, 0 for Sunday, `5#L` for the last Friday. */
function patternOf({ daysOfMonth, daysOfWeek, years, ...meaning }: CronMeaning): string {
  return [
    meaning.seconds.join(','),
    meaning.minutes.join(','),
    meaning.hours.join(','),
    daysOfMonth === undefined ? '*' : daysOfMonthText(daysOfMonth),
    meaning.months.join(','),
    daysOfWeek === undefined ? '*' : daysOfWeekText(daysOfWeek),
    years?.join(',') ?? '*',
  ].join(' ');
}

function daysOfMonthText({ days, isLast, nearestTo }: NonNullable<CronMeaning['daysOfMonth']>): string {
  if (nearestTo === 'last') return 'LW';
  if (nearestTo !== undefined) return `${nearestTo}W`;
  return [...days, ...(isLast ? ['L'] : [])].join(',');
}

function daysOfWeekText({ days, occurrences }: NonNullable<CronMeaning['daysOfWeek']>): string {
  return [...days, ...occurrences.map(({ day, nth }) => `${day}#${nth === 'last' ? 'L' : nth}`)].join(',');
}
