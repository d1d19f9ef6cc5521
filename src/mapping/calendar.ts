/**
 * Points in time of mapping expressions, in UTC and with the 100 nanoseconds of Windows; adding and counting intervals by the rules
 * of Visual Basic ("Microsoft: DateAdd function", "Microsoft: DateDiff function"). Pure.
 */

/** From the beginning of year 1 to the end of year 9999. */
export type Instant = Readonly<{
  /** Since 1970, whole. */
  milliseconds: number;
  /** What milliseconds leave out: 0 to 9999 steps of 100 nanoseconds. */
  ticks: number;
}>;

/** The fields of a clock; `fraction` is in steps of 100 nanoseconds. */
export type CalendarFields = Readonly<{
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  fraction: number;
}>;

const earliest = Date.parse('0001-01-01T00:00:00Z');
const latest = Date.parse('9999-12-31T23:59:59.999Z');
const minuteMilliseconds = 60_000;
const dayMilliseconds = 86_400_000;

/** The instant of a clock that is `offsetMinutes` ahead of UTC; undefined for a date that the calendar does not have. */
export function instantOf(fields: CalendarFields, offsetMinutes = 0): Instant | undefined {
  const { year, month, day, hour, minute, second, fraction } = fields;
  const isTime = hour <= 23 && minute <= 59 && second <= 59 && Math.abs(offsetMinutes) <= 14 * 60;
  const isDate = year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1;
  if (!isTime || !isDate || day > daysInMonth(year, month)) return undefined;
  const ticks = fraction % 10_000;
  return inRange({
    milliseconds:
      midnightOf(year, month, day) +
      ((hour * 60 + minute - offsetMinutes) * 60 + second) * 1000 +
      (fraction - ticks) / 10_000,
    ticks,
  });
}

function midnightOf(year: number, month: number, day: number): number {
  // Date.UTC reads years below 100 as 19xx.
  return year < 100 ? new Date(0).setUTCFullYear(year, month - 1, day) : Date.UTC(year, month - 1, day);
}

function inRange(instant: Instant): Instant | undefined {
  const isIn = instant.milliseconds >= earliest && instant.milliseconds <= latest;
  return isIn ? instant : undefined;
}

const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

function daysInMonth(year: number, month: number): number {
  const isLeapYear = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return month === 2 && isLeapYear ? 29 : (monthDays[month - 1] ?? 0);
}

/** What a clock in UTC shows. */
export function fieldsOf({ milliseconds, ticks }: Instant): CalendarFields {
  const date = new Date(milliseconds);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    fraction: date.getUTCMilliseconds() * 10_000 + ticks,
  };
}

/** 0 is Sunday. */
export function dayOfWeek(instant: Instant): number {
  return new Date(instant.milliseconds).getUTCDay();
}

/** How long an interval is, or how many months. */
const intervals = {
  yyyy: { months: 12 },
  m: { months: 1 },
  ww: { milliseconds: 7 * dayMilliseconds },
  d: { milliseconds: dayMilliseconds },
  h: { milliseconds: 60 * minuteMilliseconds },
  n: { milliseconds: minuteMilliseconds },
  s: { milliseconds: 1000 },
} as const;

export type Interval = keyof typeof intervals;
export const intervalNames = Object.keys(intervals) as readonly Interval[];

/**
 * Adds a whole number of intervals. A day that the month does not have becomes its last one: a month after 31 January is
 * 28 February. Undefined outside of the years 1 to 9999.
 */
export function addInterval(interval: Interval, count: number, instant: Instant): Instant | undefined {
  const unit = intervals[interval];
  if ('milliseconds' in unit) {
    return inRange({ ...instant, milliseconds: instant.milliseconds + count * unit.milliseconds });
  }
  const fields = fieldsOf(instant);
  const months = fields.year * 12 + fields.month - 1 + count * unit.months;
  const year = Math.floor(months / 12);
  if (year < 1 || year > 9999) return undefined;
  const month = months - year * 12 + 1;
  return instantOf({ ...fields, year, month, day: Math.min(fields.day, daysInMonth(year, month)) });
}

/**
 * How many intervals the second instant is later. Years and months are counted by the calendar's fields, weeks by the Sundays that
 * they begin with; all others are whole intervals that have passed.
 */
export function countIntervals(interval: Interval, from: Instant, to: Instant): number {
  const unit = intervals[interval];
  if ('months' in unit) {
    const [first, second] = [fieldsOf(from), fieldsOf(to)];
    const years = second.year - first.year;
    return interval === 'yyyy' ? years : years * 12 + second.month - first.month;
  }
  if (interval === 'ww') return (sundayBefore(to) - sundayBefore(from)) / unit.milliseconds;
  // Ticks decide only where the milliseconds alone would make the interval whole.
  const milliseconds = to.milliseconds - from.milliseconds;
  const ticks = to.ticks - from.ticks;
  const passed =
    milliseconds > 0 && ticks < 0
      ? milliseconds - 1
      : milliseconds < 0 && ticks > 0
        ? milliseconds + 1
        : milliseconds;
  return Math.trunc(passed / unit.milliseconds) + 0;
}

function sundayBefore(instant: Instant): number {
  const midnight = Math.floor(instant.milliseconds / dayMilliseconds) * dayMilliseconds;
  return midnight - dayOfWeek(instant) * dayMilliseconds;
}

/** Windows counts from 1601. */
const fileTimeEpoch = Date.parse('1601-01-01T00:00:00Z');

/** The Windows file time: steps of 100 nanoseconds since 1601. Negative before. */
export function fileTimeOf({ milliseconds, ticks }: Instant): bigint {
  return BigInt(milliseconds - fileTimeEpoch) * 10_000n + BigInt(ticks);
}

/** Undefined before 1601, as in Windows, and after 9999. */
export function instantOfFileTime(fileTime: bigint): Instant | undefined {
  if (fileTime < 0n) return undefined;
  const ticks = fileTime % 10_000n;
  const milliseconds = Number((fileTime - ticks) / 10_000n) + fileTimeEpoch;
  return inRange({ milliseconds, ticks: Number(ticks) });
}
