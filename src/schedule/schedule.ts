// Schedules: an expression and a time zone → when it runs, in words and as instants. Pure; nothing here reads the time.
import { type CronMeaning, readExpression } from './cron-expression.ts';
import { describeMeaning } from './description.ts';
import { nextByClock, nextByPace } from './next-run.ts';
import { inPart, quote, ScheduleRefusal } from './refusal.ts';
import { readTimeZone } from './time-zone.ts';
import { canRun, openCalendar, type WallCalendar } from './wall-clock.ts';

/** As `readSchedule` gives it: the expression trimmed and with single spaces, the time zone by its IANA name or `UTC`. */
export type Schedule = Readonly<{ expression: string; timeZone: string }>;

/**
 * `reason` is one sentence, to be shown as it is; `part` is the field of the expression that is wrong, or `time zone`, where it is
 * one of them.
 */
export type ScheduleReading =
  | Readonly<{ kind: 'schedule'; schedule: Schedule }>
  | Readonly<{ kind: 'refused'; reason: string; part?: string }>;

type OpenSchedule = Readonly<{ meaning: CronMeaning; calendar: WallCalendar }>;

/** Reading costs more than asking for the next run, and the same schedule is asked again and again. */
const openSchedules = new WeakMap<Schedule, OpenSchedule>();

const everyHour = 24;

/** Reads an expression and a time zone; never throws. A schedule that could not run in any year is refused. */
export function readSchedule(expression: string, timeZone: string): ScheduleReading {
  try {
    const schedule: Schedule = {
      expression: expression.trim().split(/\s+/).join(' '),
      timeZone: inPart('time zone', () => readTimeZone(timeZone.trim())),
    };
    open(schedule);
    return { kind: 'schedule', schedule };
  } catch (error) {
    if (!(error instanceof ScheduleRefusal)) throw error;
    const { message: reason, part } = error;
    return { kind: 'refused', reason, ...(part === undefined ? {} : { part }) };
  }
}

/** Throws ScheduleRefusal. */
function open(schedule: Schedule): OpenSchedule {
  const known = openSchedules.get(schedule);
  if (known !== undefined) return known;
  const meaning = readExpression(schedule.expression);
  if (!canRun(meaning)) {
    throw new ScheduleRefusal(
      `The schedule ${quote(schedule.expression)} never runs, because no date has its days, months and years together: leave one of them open with "*".`,
    );
  }
  const opened = { meaning, calendar: openCalendar(meaning) };
  openSchedules.set(schedule, opened);
  return opened;
}

/**
 * In words, in English and with the 24-hour clock: "every 15 seconds", "at 06:30 on Monday to Friday (Europe/Paris)". The
 * time zone is left out where it makes no difference.
 */
export function describeSchedule(schedule: Schedule): string {
  return describeMeaning(open(schedule).meaning, schedule.timeZone);
}

/**
 * The first run strictly after an instant, on a whole second; undefined when there is none any more, because the years of
 * the schedule are over.
 */
export function nextRun(schedule: Schedule, after: Date): Date | undefined {
  const { meaning, calendar } = open(schedule);
  const next = meaning.hours.length === everyHour ? nextByPace : nextByClock;
  const atMs = next(calendar, schedule.timeZone, after.getTime());
  return atMs === undefined ? undefined : new Date(atMs);
}

/** The next `count` runs after an instant, in order; fewer when there are no more. */
export function nextRuns(schedule: Schedule, after: Date, count: number): readonly Date[] {
  const runs: Date[] = [];
  let next = nextRun(schedule, after);
  while (next !== undefined && runs.length < count) {
    runs.push(next);
    next = runs.length < count ? nextRun(schedule, next) : undefined;
  }
  return runs;
}

/**
 * What a scheduler does at `now` with a job whose next run was to be at `dueAt`: however many runs were missed, one is
 * started, and the one after it is in the future. A run that is not due yet stays where it is.
 */
export function catchUp(
  schedule: Schedule,
  dueAt: Date,
  now: Date,
): Readonly<{ isDue: boolean; nextAt: Date | undefined }> {
  const isDue = now >= dueAt;
  return { isDue, nextAt: isDue ? nextRun(schedule, now) : dueAt };
}
