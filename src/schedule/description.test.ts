import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeSchedule, nextRuns, readSchedule, type Schedule } from './schedule.ts';

function scheduleOf(expression: string, timeZone: string): Schedule {
  const reading = readSchedule(expression, timeZone);
  if (reading.kind === 'refused') throw new Error(reading.reason);
  return reading.schedule;
}

const dayNames: readonly string[] = [
  'Sunday',
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
];

/** The days that a description names, 0 for Sunday; `Monday to Friday` are five. */
function daysNamedIn(description: string): ReadonlySet<number> {
  const days = new Set<number>();
  for (const [, from = '', to = from] of description.matchAll(/([A-Z][a-z]+day)(?: to ([A-Z][a-z]+day))?/g)) {
    const [first, last] = [from, to].map((name) => dayNames.indexOf(name));
    for (let day = first ?? 0; ; day = (day + 1) % 7) {
      days.add(day);
      if (day === last) break;
    }
  }
  return days;
}

describe('a schedule in words', () => {
  test.each([
    ['*/15 * * * * ?', 'every 15 seconds'],
    ['*/15 * * * *', 'every 15 minutes'],
    ['* * * * *', 'every minute'],
    ['@hourly', 'every hour'],
    ['5/15 * * * *', 'every 15 minutes, starting at 5 minutes past the hour'],
    ['30 * * * *', 'at 30 minutes past the hour'],
    ['30 1 * * * ?', 'at 1 minute and 30 seconds past the hour'],
    ['*/25 * * * *', 'at 0, 25 and 50 minutes past the hour'],
    ['30 6 * * 1-5', 'at 06:30 on Monday to Friday (Europe/Paris)'],
    ['0 30 6 ? * 2-6', 'at 06:30 on Monday to Friday (Europe/Paris)'],
    ['15 30 6 * * ?', 'at 06:30:15 every day (Europe/Paris)'],
    ['0,30 2,14 * * *', 'at 02:00, 02:30, 14:00 and 14:30 every day (Europe/Paris)'],
    ['0 */5 * * *', 'at 00:00, 05:00, 10:00, 15:00 and 20:00 every day (Europe/Paris)'],
    ['0 */2 * * *', 'every 2 hours (Europe/Paris)'],
    ['30 1/2 * * *', 'every 2 hours, starting at 01:30 (Europe/Paris)'],
    ['0 9-17 * * 1-5', 'every hour, between 09:00 and 17:00, on Monday to Friday (Europe/Paris)'],
    ['*/15 9-17 * * *', 'every 15 minutes, between 09:00 and 17:59 (Europe/Paris)'],
    ['0 */15 22-2 * * ?', 'every 15 minutes, between 22:00 and 02:59 (Europe/Paris)'],
    ['*/15 2,4,12,14 * * *', 'every 15 minutes, in the hours 2, 4, 12 and 14 (Europe/Paris)'],
    ['*/15 * * * * MON', 'every 15 seconds on Monday (Europe/Paris)'],
    ['0 0 * * 0,6', 'at 00:00 on Saturday and Sunday (Europe/Paris)'],
    ['0 12 1 * MON', 'at 12:00 on day 1 of the month or on Monday (Europe/Paris)'],
    ['0 0 12 13 * FRI', 'at 12:00 on day 13 of the month, but only on Friday (Europe/Paris)'],
    ['0 12 1,L * *', 'at 12:00 on day 1 and the last day of the month (Europe/Paris)'],
    ['0 0 12 LW * ?', 'at 12:00 on the last weekday of the month (Europe/Paris)'],
    ['0 0 12 15W * ?', 'at 12:00 on the weekday nearest day 15 of the month (Europe/Paris)'],
    ['0 0 12 ? * 6L', 'at 12:00 on the last Friday of the month (Europe/Paris)'],
    ['0 0 12 ? * 2#1', 'at 12:00 on the first Monday of the month (Europe/Paris)'],
    ['0 0 * */3 *', 'at 00:00 in January, April, July and October (Europe/Paris)'],
    ['0 0 0 1 1 ? 2027', 'at 00:00 on day 1 of the month, in January, in 2027 (Europe/Paris)'],
  ])('%s: %s', (expression, words) => {
    expect(describeSchedule(scheduleOf(expression, 'Europe/Paris'))).toBe(words);
  });

  const someDays = fc.uniqueArray(fc.nat(6), { minLength: 1, maxLength: 6 });

  test.each([
    ['five fields', (days: readonly number[]) => `0 12 * * ${days.join(',')}`],
    ['NCRONTAB', (days: readonly number[]) => `0 0 12 * * ${days.join(',')}`],
    ['Quartz', (days: readonly number[]) => `0 0 12 ? * ${days.map((day) => day + 1).join(',')}`],
    [
      'Quartz, monthly',
      (days: readonly number[]) => `0 0 12 ? * ${days.map((day) => `${day + 1}#2`).join(',')}`,
    ],
    [
      'the last of the month',
      (days: readonly number[]) => `0 12 * * ${days.map((day) => `${day}L`).join(',')}`,
    ],
  ])('names the days on which it runs: %s', (_, expressionOf) => {
    fc.assert(
      fc.property(someDays, (days) => {
        const schedule = scheduleOf(expressionOf(days), 'UTC');
        const runs = nextRuns(schedule, new Date('2026-11-29'), 20);
        expect(daysNamedIn(describeSchedule(schedule))).toEqual(new Set(runs.map((run) => run.getUTCDay())));
      }),
    );
  });

  const someField = (from: number, to: number) =>
    fc.oneof(
      fc.constant('*'),
      fc.integer({ min: 1, max: to - from }).map((step) => `*/${step}`),
      fc
        .uniqueArray(fc.integer({ min: from, max: to }), { minLength: 1, maxLength: 5 })
        .map((values) => values.join(',')),
    );

  test('any schedule has words without a mark of cron in them, the same for the same values', () => {
    fc.assert(
      fc.property(
        someField(0, 59),
        someField(0, 59),
        someField(0, 23),
        someField(1, 12),
        (second, minute, hour, month) => {
          const words = describeSchedule(scheduleOf(`${second} ${minute} ${hour} * ${month} ?`, 'UTC'));
          expect(words).toMatch(/^[a-z]/);
          expect(words).not.toMatch(/[*?#]|undefined|NaN|\d-\d|,,| {2}/);
          expect(words).toBe(describeSchedule(scheduleOf(`${second} ${minute} ${hour} * ${month} *`, 'UTC')));
        },
      ),
    );
  });
});
