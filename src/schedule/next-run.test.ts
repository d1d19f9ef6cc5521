import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nextRun, nextRuns, readSchedule, type Schedule } from './schedule.ts';

function scheduleOf(expression: string, timeZone: string): Schedule {
  const reading = readSchedule(expression, timeZone);
  if (reading.kind === 'refused') throw new Error(reading.reason);
  return reading.schedule;
}

/** The runs from one instant to before another, as minutes in UTC. */
function runsBetween(schedule: Schedule, from: string, to: string): readonly string[] {
  const runs: string[] = [];
  let at = nextRun(schedule, new Date(Date.parse(from) - 1));
  while (at !== undefined && at < new Date(to)) {
    runs.push(at.toISOString().slice(0, 16));
    at = nextRun(schedule, at);
  }
  return runs;
}

function localDateOf(timeZone: string, at: Date): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(at);
}

const hourMs = 3_600_000;

/** Days on which the clocks change: local midnight to midnight, and what is skipped or comes twice. */
const paris = {
  spring: ['Europe/Paris', '2026-03-28T23:00Z', '2026-03-29T22:00Z'],
  autumn: ['Europe/Paris', '2026-10-24T22:00Z', '2026-10-25T23:00Z'],
} as const;
const newYork = {
  spring: ['America/New_York', '2027-03-14T05:00Z', '2027-03-15T04:00Z'],
  autumn: ['America/New_York', '2026-11-01T04:00Z', '2026-11-02T05:00Z'],
} as const;
// Half an hour, and the other way round in the year: 02:00 → 02:30 in October, 02:00 → 01:30 in April.
const lordHowe = {
  spring: ['Australia/Lord_Howe', '2026-10-03T13:30Z', '2026-10-04T13:00Z'],
  autumn: ['Australia/Lord_Howe', '2027-04-03T13:00Z', '2027-04-04T13:30Z'],
} as const;

describe('the days on which the clocks change', () => {
  test.each([
    ['a skipped time runs once, after the gap', '30 2 * * *', paris.spring, ['2026-03-29T01:00']],
    ['a repeated time runs once, the first time', '30 2 * * *', paris.autumn, ['2026-10-25T00:30']],
    ['a time after the gap', '0 3 * * *', paris.spring, ['2026-03-29T01:00']],
    ['a time after the repeated hour', '0 3 * * *', paris.autumn, ['2026-10-25T02:00']],
    ['several skipped times run once together', '*/15 2 * * *', paris.spring, ['2026-03-29T01:00']],
    [
      'several repeated times run once each',
      '*/30 2 * * *',
      paris.autumn,
      ['2026-10-25T00:00', '2026-10-25T00:30'],
    ],
    [
      'a skipped time that meets another one',
      '30 2,3 * * *',
      paris.spring,
      ['2026-03-29T01:00', '2026-03-29T01:30'],
    ],
    ['a skipped and a usual time meet', '0 2,3 * * *', paris.spring, ['2026-03-29T01:00']],
    ['a skipped time with seconds', '15 30 2 * * ?', paris.spring, ['2026-03-29T01:00']],
    ['New York skips', '30 2 * * *', newYork.spring, ['2027-03-14T07:00']],
    ['New York repeats', '30 1 * * *', newYork.autumn, ['2026-11-01T05:30']],
    ['Lord Howe skips half an hour', '15 2 * * *', lordHowe.spring, ['2026-10-03T15:30']],
    ['Lord Howe does not skip', '45 2 * * *', lordHowe.spring, ['2026-10-03T15:45']],
    ['Lord Howe repeats half an hour', '45 1 * * *', lordHowe.autumn, ['2027-04-03T14:45']],
    [
      'a midnight that is skipped',
      '0 0 * * *',
      ['Asia/Beirut', '2026-03-28T22:00Z', '2026-03-29T21:00Z'],
      ['2026-03-28T22:00'],
    ],
  ] as const)('%s: %s', (_, expression, [timeZone, from, to], runs) => {
    expect(runsBetween(scheduleOf(expression, timeZone), from, to)).toEqual(runs);
  });

  test('within the repeated hour, the next run is the one after it', () => {
    const schedule = scheduleOf('*/15 2-3 * * *', 'Europe/Paris');
    expect(nextRun(schedule, new Date('2026-10-25T01:10Z'))).toEqual(new Date('2026-10-25T02:00Z'));
  });

  test.each([
    ['*/15 * * * *', 15, paris.spring],
    ['*/15 * * * *', 15, paris.autumn],
    ['*/15 * * * *', 15, newYork.spring],
    ['*/15 * * * *', 15, newYork.autumn],
    ['*/15 * * * *', 15, lordHowe.spring],
    ['*/15 * * * *', 15, lordHowe.autumn],
    ['7 * * * *', 60, paris.spring],
    ['7 * * * *', 60, newYork.autumn],
    ['0 */10 * * * ?', 10, paris.autumn],
  ] as const)('%s keeps its pace of %i minutes: %o', (expression, paceMinutes, [timeZone, from, to]) => {
    const runs = runsBetween(scheduleOf(expression, timeZone), from, to).map((run) => Date.parse(`${run}Z`));
    expect(runs).toHaveLength((Date.parse(to) - Date.parse(from)) / 60_000 / paceMinutes);
    for (const [index, run] of runs.entries()) {
      if (index > 0) expect(run - (runs[index - 1] ?? 0)).toBe(paceMinutes * 60_000);
    }
  });

  // The Azores go from 01:00 back to 00:00 of the same Sunday, Chile from 24:00 back to 23:00 of the same Saturday.
  test.each([
    ['0 * * * SUN', 'Atlantic/Azores', '2026-10-24T12:00Z', '2026-10-27T12:00Z'],
    ['0 * * * SAT', 'America/Santiago', '2026-04-03T12:00Z', '2026-04-07T12:00Z'],
  ])('a day of 25 hours has as many hourly runs: %s in %s', (expression, timeZone, from, to) => {
    expect(runsBetween(scheduleOf(expression, timeZone), from, to)).toHaveLength(25);
  });

  test('every time of the day runs on every day, in every zone', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Intl.supportedValuesOf('timeZone')),
        fc.nat(23),
        fc.nat(59),
        (timeZone, hour, minute) => {
          const runs = nextRuns(scheduleOf(`${minute} ${hour} * * *`, timeZone), new Date('2026-01-01'), 365);
          const dates = runs.map((run) => localDateOf(timeZone, run));
          expect(new Set(dates).size).toBe(365);
          for (const [index, run] of runs.entries()) {
            if (index > 0)
              expect(run.getTime() - (runs[index - 1]?.getTime() ?? 0)).toBeLessThanOrEqual(26 * hourMs);
          }
        },
      ),
      { numRuns: 20 },
    );
  });
});

const changes = [...Object.values(paris), ...Object.values(newYork), ...Object.values(lordHowe)];

/** Every minute of a day on which the clocks change, as UTC and as the minute of the day that the clocks show. */
function minutesOf([timeZone, from, to]: (typeof changes)[number]) {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' });
  return Array.from({ length: (Date.parse(to) - Date.parse(from)) / 60_000 }, (_, index) => {
    const at = new Date(Date.parse(from) + index * 60_000);
    const [hour = 0, minute = 0] = format.format(at).split(':').map(Number);
    return { at: at.toISOString().slice(0, 16), shown: hour * 60 + minute };
  });
}

const dayMinutes = changes.map((change) => ({ change, minutes: minutesOf(change) }));

test('a day on which the clocks change, minute by minute', () => {
  const someOf = (highest: number) =>
    fc.uniqueArray(fc.integer({ min: 0, max: highest }), { minLength: 1, maxLength: 6 });
  const someHours = fc.oneof(someOf(4), fc.constant(Array.from({ length: 24 }, (_, hour) => hour)));
  fc.assert(
    fc.property(fc.constantFrom(...dayMinutes), someOf(59), someHours, (day, runMinutes, runHours) => {
      const isMeant = (shown: number) =>
        runHours.includes(Math.floor(shown / 60)) && runMinutes.includes(shown % 60);
      const seen = new Set<number>();
      const expected = day.minutes.filter(({ shown }, index) => {
        const isRepeated = seen.has(shown);
        seen.add(shown);
        if (runHours.length === 24) return isMeant(shown);
        const before = day.minutes[index - 1]?.shown ?? shown - 1;
        const newlyPassed = Array.from({ length: Math.max(0, shown - before) }, (_, step) => shown - step);
        return !isRepeated && newlyPassed.some(isMeant);
      });
      const [timeZone, from, to] = day.change;
      expect(
        runsBetween(scheduleOf(`${runMinutes.join(',')} ${runHours.join(',')} * * *`, timeZone), from, to),
      ).toEqual(expected.map(({ at }) => at));
    }),
    { numRuns: 300 },
  );
});

/** A day in words of cron, beside what it means, found without any of the code under test. */
type DayCase = Readonly<{ text: string; isMeant: (date: Date) => boolean }>;

function daysIn(date: Date): number {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
}

/** The day of Monday to Friday that is nearest to a day, in its month. */
function nearestWorkday(date: Date, day: number): number {
  const weekday = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), day)).getUTCDay();
  if (weekday === 6) return day === 1 ? 3 : day - 1;
  if (weekday === 0) return day === daysIn(date) ? day - 2 : day + 1;
  return day;
}

const dayOfMonth: fc.Arbitrary<DayCase> = fc.oneof(
  fc.uniqueArray(fc.integer({ min: 1, max: 31 }), { minLength: 1, maxLength: 4 }).map((days) => ({
    text: days.join(','),
    isMeant: (date: Date) => days.includes(date.getUTCDate()),
  })),
  fc.tuple(fc.integer({ min: 1, max: 31 })).map(([day]) => ({
    text: `${day},L`,
    isMeant: (date: Date) => date.getUTCDate() === day || date.getUTCDate() === daysIn(date),
  })),
  fc.integer({ min: 1, max: 31 }).map((day) => ({
    text: `${day}W`,
    isMeant: (date: Date) => day <= daysIn(date) && date.getUTCDate() === nearestWorkday(date, day),
  })),
  fc.constant({
    text: 'LW',
    isMeant: (date: Date) => {
      const weekday = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDay();
      return date.getUTCDate() === daysIn(date) - (weekday === 0 ? 2 : weekday === 6 ? 1 : 0);
    },
  }),
);

const names = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] as const;

/** One to three parts, each a day every week, or some or the last one of the month; numbers as the dialect has them. */
function dayOfWeek(firstNumber: 0 | 1): fc.Arbitrary<DayCase> {
  const part = fc
    .tuple(fc.nat(6), fc.boolean(), fc.constantFrom('', 'L', '#1', '#2', '#3', '#4', '#5'))
    .map(([day, isNamed, mark]) => ({
      text: `${isNamed ? names[day] : day + firstNumber}${mark}`,
      isMeant: (date: Date) => {
        if (date.getUTCDay() !== day) return false;
        if (mark === 'L') return date.getUTCDate() + 7 > daysIn(date);
        return mark === '' || Math.ceil(date.getUTCDate() / 7) === Number(mark.slice(1));
      },
    }));
  return fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => ({
    text: parts.map(({ text }) => text).join(','),
    isMeant: (date: Date) => parts.some(({ isMeant }) => isMeant(date)),
  }));
}

/** The days of 2026 to 2028 on which a schedule runs at midnight. */
function daysOf(expression: string): readonly string[] {
  const schedule = scheduleOf(expression, 'UTC');
  return runsBetween(schedule, '2026-01-01T00:00Z', '2029-01-01T00:00Z').map((run) => run.slice(0, 10));
}

function daysMeant(isMeant: (date: Date) => boolean): readonly string[] {
  return Array.from({ length: 365 + 365 + 366 }, (_, index) => new Date(Date.UTC(2026, 0, 1 + index)))
    .filter(isMeant)
    .map((date) => date.toISOString().slice(0, 10));
}

describe('the days of a schedule are those of the calendar', () => {
  test.each([
    ['day of month', dayOfMonth, (text: string) => `0 0 ${text} * *`],
    ['day of week from 0', dayOfWeek(0), (text: string) => `0 0 * * ${text}`],
    ['day of week from 0, with seconds', dayOfWeek(0), (text: string) => `0 0 0 * * ${text}`],
    ['day of week from 1', dayOfWeek(1), (text: string) => `0 0 0 ? * ${text}`],
  ])('%s', (_, cases, expressionOf) => {
    fc.assert(
      fc.property(cases, ({ text, isMeant }) => {
        expect(daysOf(expressionOf(text))).toEqual(daysMeant(isMeant));
      }),
      { numRuns: 40 },
    );
  });

  test('two days in a crontab are alternatives, in NCRONTAB conditions', () => {
    fc.assert(
      fc.property(dayOfMonth, dayOfWeek(0), (month, week) => {
        expect(daysOf(`0 0 ${month.text} * ${week.text}`)).toEqual(
          daysMeant((date) => month.isMeant(date) || week.isMeant(date)),
        );
        const reading = readSchedule(`0 0 0 ${month.text} * ${week.text}`, 'UTC');
        if (reading.kind === 'refused') expect(reading.reason).toMatch(/never runs/);
        else
          expect(daysOf(reading.schedule.expression)).toEqual(
            daysMeant((date) => month.isMeant(date) && week.isMeant(date)),
          );
      }),
      { numRuns: 40 },
    );
  });
});
