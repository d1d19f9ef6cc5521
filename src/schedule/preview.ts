/** A schedule as somebody types it: in words, its next runs with what the clocks do to them, and what may not be meant. Pure. */
import { splitExpression } from './cron-dialect.ts';
import { readExpression } from './cron-expression.ts';
import { describeSchedule, nextRun, nextRuns, readSchedule, type Schedule } from './schedule.ts';
import { findClockChange, firstInstantOf, wallMsAt } from './time-zone.ts';

/**
 * What the clocks do to a run: `skipped`, they pass over its time, and it comes right after the gap; `repeated`, they show its time
 * twice, and `again`, this is the second time.
 */
export type ClockMark = 'skipped' | 'repeated' | 'again';

export type PreviewedRun = Readonly<{
  at: Date;
  /** What the clocks of the time zone show then: ISO 8601 with the offset. */
  local: string;
  mark: ClockMark | null;
}>;

/** `suggestion` is the expression that is likely to be meant instead, with its words. */
export type ScheduleWarning = Readonly<{
  kind: 'too-often' | 'overlap' | 'skips-months' | 'ends';
  sentence: string;
  suggestion?: Readonly<{ schedule: string; sentence: string }>;
}>;

export type SchedulePreview =
  | Readonly<{
      kind: 'schedule';
      schedule: Schedule;
      sentence: string;
      next: readonly PreviewedRun[];
      warnings: readonly ScheduleWarning[];
    }>
  /** `from` and `to` are where in the expression the mistake is; undefined where it is the whole, or the time zone. */
  | Readonly<{
      kind: 'refused';
      reason: string;
      isTimeZone: boolean;
      position?: Readonly<{ from: number; to: number }>;
    }>;

const shownRuns = 5;
/** As many gaps between runs are looked at, so that an uneven pace shows. */
const lookedAt = 60;
const minuteMs = 60_000;

/** Previews a schedule at a time, for a job whose runs take so long; undefined where that is not known. Never throws. */
export function previewSchedule(
  expression: string,
  timeZone: string,
  { now, medianSeconds }: Readonly<{ now: Date; medianSeconds?: number | undefined }>,
): SchedulePreview {
  const reading = readSchedule(expression, timeZone);
  if (reading.kind === 'refused') {
    const position = reading.part === undefined ? undefined : positionOf(expression, reading.part);
    const isTimeZone = reading.part === 'time zone';
    return {
      kind: 'refused',
      reason: reading.reason,
      isTimeZone,
      ...(position === undefined ? {} : { position }),
    };
  }
  const { schedule } = reading;
  const runs = nextRuns(schedule, now, lookedAt);
  return {
    kind: 'schedule',
    schedule,
    sentence: describeSchedule(schedule),
    next: runs.slice(0, shownRuns).map((at) => previewRun(schedule, at)),
    warnings: [
      ...warnOften(schedule, runs),
      ...warnOverlap(runs, medianSeconds),
      ...warnMonths(schedule),
      ...warnEnd(runs),
    ],
  };
}

/** Where a field stands in an expression as it was written. */
function positionOf(expression: string, part: string): { from: number; to: number } | undefined {
  const words = [...expression.matchAll(/\S+/g)];
  const names = ['second', 'minute', 'hour', 'day of month', 'month', 'day of week', 'year'];
  const word = words[names.indexOf(part) - (words.length === 5 ? 1 : 0)];
  return word && { from: word.index, to: word.index + word[0].length };
}

function previewRun(schedule: Schedule, at: Date): PreviewedRun {
  const { timeZone } = schedule;
  const atMs = at.getTime();
  const wallMs = wallMsAt(timeZone, atMs);
  const offsetMinutes = Math.round((wallMs - atMs) / minuteMs);
  const digits = (value: number) => String(Math.floor(Math.abs(value))).padStart(2, '0');
  const offset =
    offsetMinutes === 0
      ? 'Z'
      : `${offsetMinutes < 0 ? '-' : '+'}${digits(offsetMinutes / 60)}:${digits(offsetMinutes % 60)}`;
  return {
    at,
    local: `${new Date(wallMs).toISOString().slice(0, 19)}${offset}`,
    mark: markOf(schedule, atMs, wallMs),
  };
}

function markOf({ expression, timeZone }: Schedule, atMs: number, wallMs: number): ClockMark | null {
  const firstMs = firstInstantOf(timeZone, wallMs).atMs;
  if (firstMs < atMs) return 'again';
  const later = findClockChange(timeZone, atMs, atMs + 25 * 60 * minuteMs);
  if (later !== undefined) {
    const repeatedMs = later.atMs + wallMs - wallMsAt(timeZone, later.atMs);
    if (repeatedMs > atMs && wallMsAt(timeZone, repeatedMs) === wallMs) return 'repeated';
  }
  // A run whose time the clocks do not show comes at a time that is none of the schedule.
  const isMeant = nextRun({ expression, timeZone: 'UTC' }, new Date(wallMs - 1000))?.getTime() === wallMs;
  return isMeant ? null : 'skipped';
}

function gapsOf(runs: readonly Date[]): number[] {
  return runs.slice(1).map((run, index) => run.getTime() - (runs[index]?.getTime() ?? 0));
}

function warnOften(schedule: Schedule, runs: readonly Date[]): ScheduleWarning[] {
  const shortestMs = Math.min(...gapsOf(runs));
  if (shortestMs >= minuteMs) return [];
  const corrected = withoutSeconds(schedule);
  const seconds = shortestMs / 1000;
  return [
    {
      kind: 'too-often',
      sentence: `Two runs would be ${seconds === 1 ? 'a second' : `${seconds} seconds`} apart: the first of six fields is the second.`,
      ...(corrected === undefined
        ? {}
        : { suggestion: { schedule: corrected.expression, sentence: describeSchedule(corrected) } }),
    },
  ];
}

/** What stands for the seconds was likely meant for the minutes, which nobody has said anything about. */
function withoutSeconds({ expression, timeZone }: Schedule): Schedule | undefined {
  const [second = '', minute = '', ...others] = expression.split(' ');
  const corrected = ['0', minute === '*' ? second : minute, ...others].join(' ');
  const reading = readSchedule(corrected, timeZone);
  return reading.kind === 'schedule' ? reading.schedule : undefined;
}

function warnOverlap(runs: readonly Date[], medianSeconds: number | undefined): ScheduleWarning[] {
  const shortestMs = Math.min(...gapsOf(runs));
  if (medianSeconds === undefined || medianSeconds * 1000 <= shortestMs) return [];
  return [
    {
      kind: 'overlap',
      sentence: `A run usually takes ${Math.round(medianSeconds)} seconds, which is longer than the ${shortestMs / 1000} seconds between two of them: a time at which the job is still under way is passed over.`,
    },
  ];
}

/** Each with the fewest days that it has. */
const months = [
  ['January', 31],
  ['February', 28],
  ['March', 31],
  ['April', 30],
  ['May', 31],
  ['June', 30],
  ['July', 31],
  ['August', 31],
  ['September', 30],
  ['October', 31],
  ['November', 30],
  ['December', 31],
] as const;

/** A day that some of the months do not have, or not in every year. */
function warnMonths({ expression }: Schedule): ScheduleWarning[] {
  const { daysOfMonth, isEitherDay, months: meant } = readExpression(expression);
  const { fields } = splitExpression(expression);
  if (daysOfMonth === undefined || isEitherDay || daysOfMonth.isLast) return [];
  if (daysOfMonth.nearestTo === 'last') return [];
  const earliest = daysOfMonth.nearestTo ?? daysOfMonth.days[0] ?? 1;
  const names = months.flatMap(([name, days], index) =>
    meant.includes(index + 1) && days < earliest ? [name] : [],
  );
  if (names.length === 0) return [];
  const listed = names.length === 1 ? names[0] : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  const leap = earliest === 29 ? ', but for leap years' : '';
  return [
    {
      kind: 'skips-months',
      sentence: `It does not run in ${listed}${leap}, which ${names.length === 1 ? 'does' : 'do'} not have the day ${fields['day of month']}: write L for the last day of every month.`,
    },
  ];
}

function warnEnd(runs: readonly Date[]): ScheduleWarning[] {
  if (runs.length >= lookedAt) return [];
  const last = runs.at(-1);
  const sentence =
    last === undefined
      ? 'It never runs any more: its years are over.'
      : `It runs ${runs.length === 1 ? 'once' : `${runs.length} times`} more, and never after ${last.toISOString().slice(0, 10)}.`;
  return [{ kind: 'ends', sentence }];
}
