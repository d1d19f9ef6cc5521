// Points in time as OData writes them (Edm.DateTimeOffset, Edm.Date), compared to the 100 nanoseconds of the directory.

const instantPattern =
  /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,7}))?)?(?:Z|[+-](\d\d):(\d\d)))?$/;

/** Whether the text is a date, or a date and time with its zone, that exists in the calendar. */
export function isInstant(text: string): boolean {
  const fields = instantPattern.exec(text);
  if (fields === null) return false;
  const [year, month, day, hour = 0, minute = 0, second = 0, , offsetHour = 0, offsetMinute = 0] = fields
    .slice(1)
    .map((field: string | undefined) => (field === undefined ? undefined : Number(field)));
  if (year === undefined || month === undefined || day === undefined) return false;
  // The calendar repeats every 400 years; years below 100 would be read as 19xx by Date.UTC.
  const daysInMonth = new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
  const isDate = month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth;
  return isDate && hour <= 23 && minute <= 59 && second <= 59 && offsetHour <= 14 && offsetMinute <= 59;
}

/** Whole milliseconds since 1970 (UTC) of an ISO text, a Date or a number of milliseconds; NaN for anything else. */
export function millisecondsOf(value: unknown): number {
  if (typeof value === 'string') return instantPattern.test(value) ? Date.parse(value) : Number.NaN;
  if (typeof value === 'number') return Math.floor(value);
  return value instanceof Date ? value.getTime() : Number.NaN;
}

/** What `millisecondsOf` leaves out: 0 to 9999 steps of 100 nanoseconds, from the 4th to 7th fractional digit. */
export function ticksBelowMillisecondOf(value: unknown): number {
  if (typeof value !== 'string' || value.charCodeAt(19) !== 46 /* . */) return 0;
  let ticks = 0;
  for (let index = 23; index < 27; index += 1) {
    const digit = value.charCodeAt(index) - 48;
    if (!(digit >= 0 && digit <= 9)) return ticks * 10 ** (27 - index);
    ticks = ticks * 10 + digit;
  }
  return ticks;
}
