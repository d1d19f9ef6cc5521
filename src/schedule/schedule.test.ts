import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { catchUp, nextRun, nextRuns, readSchedule, type Schedule } from './schedule.ts';

function scheduleOf(expression: string, timeZone = 'UTC'): Schedule {
  const reading = readSchedule(expression, timeZone);
  if (reading.kind === 'refused') throw new Error(reading.reason);
  return reading.schedule;
}

function reasonOf(expression: string, timeZone = 'UTC'): string {
  const reading = readSchedule(expression, timeZone);
  if (reading.kind === 'schedule') throw new Error(`${expression} was read`);
  return reading.reason;
}

/** `YYYY-MM-DDTHH:MM:SS`, in UTC. */
function runsFrom(expression: string, after: string, count: number): readonly string[] {
  return nextRuns(scheduleOf(expression), new Date(after), count).map((run) =>
    run.toISOString().slice(0, 19),
  );
}

/** Like a schedule, and often not one. */
const anyExpression = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom('*', '?', '0', '*/15', '1-5', 'MON-FRI', '12', '5/10') },
      {
        weight: 2,
        arbitrary: fc.constantFrom(
          'L',
          'LW',
          '15W',
          '6L',
          'MON#2',
          '7',
          '0',
          '31',
          '2027',
          'FEB',
          '22-2',
          '1,L',
        ),
      },
      fc.stringMatching(/^[0-9*?,\-/#LWa-z]{1,6}$/),
      fc.string({ unit: 'binary', maxLength: 5 }),
    ),
    { minLength: 0, maxLength: 8 },
  )
  .map((fields) => fields.join(' '));
const anyZone = fc.constantFrom(
  'UTC',
  'Europe/Paris',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Beirut',
);
const anyInstant = fc.date({ min: new Date('2026-01-01'), max: new Date('2029-01-01'), noInvalidDate: true });
const listOf = (from: number, to: number) =>
  fc
    .uniqueArray(fc.integer({ min: from, max: to }), { minLength: 1, maxLength: 3 })
    .map((values) => values.join(','));
const timeField = (to: number) =>
  fc.oneof(
    fc.constant('*'),
    fc.integer({ min: 1, max: to }).map((step) => `*/${step}`),
    listOf(0, to),
  );
const anySchedule = fc
  .tuple(
    fc.tuple(timeField(59), timeField(59), timeField(23)),
    fc.oneof(fc.constantFrom('*', 'L', 'LW', '15W'), listOf(1, 31)),
    fc.oneof(fc.constant('*'), listOf(1, 12)),
    fc.oneof(fc.constantFrom('*', 'MON-FRI', 'FRIL', 'MON#1'), listOf(0, 6)),
    fc.constantFrom('cron', 'ncrontab', 'quartz'),
    anyZone,
  )
  .map(([time, dayOfMonth, month, dayOfWeek, dialect, timeZone]) => {
    if (dialect === 'quartz')
      return readSchedule([...time, dayOfMonth, month, '?', '2026-2028'].join(' '), timeZone);
    const [, minute, hour] = time;
    const clock = dialect === 'cron' ? [minute, hour] : time;
    return readSchedule([...clock, dayOfMonth, month, dayOfWeek].join(' '), timeZone);
  })
  .filter((reading) => reading.kind === 'schedule')
  .map((reading) => reading.schedule);

describe('what is read', () => {
  test('an expression keeps its spelling, with single spaces; a zone gets its usual capitals', () => {
    expect(readSchedule('  30\t6  * * mon ', ' europe/PARIS ')).toEqual({
      kind: 'schedule',
      schedule: { expression: '30 6 * * mon', timeZone: 'Europe/Paris' },
    });
  });

  // 2026-11-29 is a Sunday.
  test.each([
    ['five fields', '30 6 * * *', ['2026-11-29T06:30:00', '2026-11-30T06:30:00']],
    ['0 is Sunday', '0 0 * * 0', ['2026-12-06T00:00:00', '2026-12-13T00:00:00']],
    ['7 is Sunday', '0 0 * * 7', ['2026-12-06T00:00:00', '2026-12-13T00:00:00']],
    ['1 is Monday', '0 0 * * 1', ['2026-11-30T00:00:00', '2026-12-07T00:00:00']],
    ['names, whatever their letters', '0 0 1 jan,Jul *', ['2027-01-01T00:00:00', '2027-07-01T00:00:00']],
    ['names in full', '0 0 * January Monday', ['2027-01-04T00:00:00', '2027-01-11T00:00:00']],
    ['a range over the end of the week', '0 0 * * SAT-SUN', ['2026-12-05T00:00:00', '2026-12-06T00:00:00']],
    ['a step from a value', '5/20 * * * *', ['2026-11-29T00:05:00', '2026-11-29T00:25:00']],
    ['a step in a range', '0 8-12/2 * * *', ['2026-11-29T08:00:00', '2026-11-29T10:00:00']],
    ['two days in a crontab: either', '0 0 1 * MON', ['2026-11-30T00:00:00', '2026-12-01T00:00:00']],
    ['two days, one with a star: both', '0 0 */2 * MON', ['2026-12-07T00:00:00', '2026-12-21T00:00:00']],
    [
      'NCRONTAB: the second first, 1 is Monday',
      '30 0 0 * * 1',
      ['2026-11-30T00:00:30', '2026-12-07T00:00:30'],
    ],
    ['NCRONTAB: two days, both', '0 0 0 13 * FRI', ['2027-08-13T00:00:00', '2028-10-13T00:00:00']],
    ['Quartz: 1 is Sunday', '0 0 0 ? * 1', ['2026-12-06T00:00:00', '2026-12-13T00:00:00']],
    ['Quartz: 7 is Saturday', '0 0 0 ? * 7', ['2026-12-05T00:00:00', '2026-12-12T00:00:00']],
    ['Quartz: every 15 seconds', '*/15 * * * * ?', ['2026-11-29T00:00:15', '2026-11-29T00:00:30']],
    ['Quartz: a star beside ?', '0 0 12 * * ?', ['2026-11-29T12:00:00', '2026-11-30T12:00:00']],
    ['Quartz: a range over the end', '0 0 23-0 * * ?', ['2026-11-29T23:00:00', '2026-11-30T00:00:00']],
    ['Quartz: a year', '0 0 0 1 1 ? 2028,2030', ['2028-01-01T00:00:00', '2030-01-01T00:00:00']],
    ['seven fields without ?: Quartz', '0 0 0 * * 2 2027', ['2027-01-04T00:00:00', '2027-01-11T00:00:00']],
    ['the last day', '0 0 L * *', ['2026-11-30T00:00:00', '2026-12-31T00:00:00']],
    ['the last weekday', '0 0 0 LW * ?', ['2026-11-30T00:00:00', '2026-12-31T00:00:00']],
    ['the weekday nearest to a Sunday', '0 0 0 29W * ?', ['2026-11-30T00:00:00', '2026-12-29T00:00:00']],
    ['Quartz: the last Friday', '0 0 0 ? * 6L', ['2026-12-25T00:00:00', '2027-01-29T00:00:00']],
    ['a crontab: the last Friday', '0 0 * * 5L', ['2026-12-25T00:00:00', '2027-01-29T00:00:00']],
    ['Quartz: the first Sunday', '0 0 0 ? * 1#1', ['2026-12-06T00:00:00', '2027-01-03T00:00:00']],
    ['the second Monday', '0 0 0 ? * MON#2', ['2026-12-14T00:00:00', '2027-01-11T00:00:00']],
    ['Quartz: a lone L is Saturday', '0 0 0 ? * L', ['2026-12-05T00:00:00', '2026-12-12T00:00:00']],
    ['@hourly', '@hourly', ['2026-11-29T01:00:00', '2026-11-29T02:00:00']],
    ['@daily', '@daily', ['2026-11-30T00:00:00', '2026-12-01T00:00:00']],
    ['@midnight', '@midnight', ['2026-11-30T00:00:00', '2026-12-01T00:00:00']],
    ['@weekly', '@weekly', ['2026-12-06T00:00:00', '2026-12-13T00:00:00']],
    ['@monthly', '@Monthly', ['2026-12-01T00:00:00', '2027-01-01T00:00:00']],
    ['@yearly', '@yearly', ['2027-01-01T00:00:00', '2028-01-01T00:00:00']],
    ['@annually', '@annually', ['2027-01-01T00:00:00', '2028-01-01T00:00:00']],
  ])('%s: %s', (_, expression, runs) => {
    expect(runsFrom(expression, '2026-11-29T00:00:00Z', 2)).toEqual(runs);
  });

  test('a year that is over has no runs any more', () => {
    const schedule = scheduleOf('0 0 0 1 1 ? 2026');
    expect(nextRun(schedule, new Date('2025-06-01'))).toEqual(new Date('2026-01-01'));
    expect(nextRun(schedule, new Date('2026-06-01'))).toBeUndefined();
    expect(nextRuns(schedule, new Date('2025-06-01'), 5)).toHaveLength(1);
  });
});

describe('what is refused', () => {
  test.each([
    ['', /^The schedule is empty: write five \(minute/],
    ['* * * *', /^The schedule "\* \* \* \*" has 4 fields: write five \(minute/],
    ['rubbish', /^The schedule "rubbish" has 1 field: write five/],
    ['* * * * * * * *', /has 8 fields/],
    ['@reboot', /^The schedule "@reboot" is no nickname .* write @hourly/],
    ['61 * * * *', /^The minute "61" is out of range: write 0 to 59\.$/],
    ['0,61 * * * *', /^The minute "61" in "0,61" is out of range: write 0 to 59\.$/],
    ['0 24 * * *', /^The hour "24" is out of range: write 0 to 23\.$/],
    ['0 0 0 * *', /^The day of month "0" is out of range: write 1 to 31\.$/],
    ['0 0 * 13 *', /^The month "13" is out of range: write 1 to 12, or JAN to DEC\.$/],
    ['0 0 * * 8', /^The day of week "8" .* write 0 to 7 \(0 and 7 are Sunday\), or SUN to SAT\.$/],
    ['0 0 0 ? * 0', /^The day of week "0" .* write 1 to 7 \(1 and 7 are Sunday and Saturday\)/],
    ['0 0 0 1 1 ? 1969', /^The year "1969" is out of range: write 1970 to 2099\.$/],
    ['60 * * * * ?', /^The second "60"/],
    ['*/90 * * * *', /^The minute "\*\/90" has the step "90": write a whole number from 1 to 59\.$/],
    ['*/0 * * * *', /^The minute "\*\/0" has the step "0"/],
    ['0 22-2 * * *', /^The hour "22-2" has a range that runs backwards: write "22-23,0-2"\.$/],
    ['0 0 0 * * FRI-MON', /^The day of week "FRI-MON" .* write "5-6,0-1"\.$/],
    ['1,,2 * * * *', /^The minute "1,,2" cannot be read: write /],
    ['-5 * * * *', /^The minute "-5" cannot be read: write /],
    ['H * * * *', /^The minute "H" cannot be read: write /],
    ['0 0 31 2 *', /^The day of month "31" never comes in the month "2": choose /],
    ['0 0 30 feb *', /^The day of month "30" never comes in the month "feb": choose /],
    ['0 0 0 31W 4,6 ?', /^The day of month "31W" never comes in the month "4,6": choose /],
    ['0 0 0 29 2 ? 2027', /^The schedule "0 0 0 29 2 \? 2027" never runs, .*: leave one of them open/],
    ['0 0 0 LW * SUN', /never runs/],
    ['0 0 12 ? * ?', /leave both days open: write "\*" for one of them\.$/],
    ['0 0 12 1 * MON 2027', /are both given, which Quartz does not allow: write "\?" for one of them\.$/],
    ['0 12 ? * MON', /^The day of month "\?" is Quartz's, .* write "\*", or put the second first\.$/],
    ['0 ? 12 * * ?', /^The minute "\?" holds a "\?", which only stands alone/],
    ['0 0 L-3 * *', /^The day of month "L-3" counts back .* not supported: write L/],
    ['0 0 15W,3 * *', /^The day of month "15W,3" has a W in a list: write one day alone/],
    ['0 0 32W * *', /^The day of month "32" in "32W" is out of range/],
    ['0 0 * * L', /^The day of week "L" says no day: write .* FRIL\.$/],
    ['0 0 * * 2#6', /^The day of week "2#6" asks for the occurrence "6" .* write 1 to 5 .* 2L/],
    [`${'0,'.repeat(600)}0 * * * *`, /has 1209 characters: use ranges and steps .* at most 1000\.$/],
  ])('%s', (expression, reason) => {
    expect(reasonOf(expression)).toMatch(reason);
  });

  test.each([
    ['', /^The time zone is empty: write an IANA name such as Europe\/Paris, or UTC\.$/],
    ['Europe/Pariss', /"Europe\/Pariss" is not known: write Europe\/Paris if that is meant/],
    ['New York', /write America\/New_York if that is meant/],
    ['Romance Standard Time', /"Romance Standard Time" is a name of Windows: write an IANA name/],
    ['+02:00', /"\+02:00" is an offset, which knows no summer time: write an IANA name/],
    ['Xyzzy/Plugh', /"Xyzzy\/Plugh" is not known: write an IANA name such as Europe\/Paris, or UTC\.$/],
  ])('the time zone %s', (timeZone, reason) => {
    expect(reasonOf('@daily', timeZone)).toMatch(reason);
  });

  test.each(['utc', 'Etc/UTC', 'Asia/Kolkata', 'US/Eastern', 'America/Argentina/Ushuaia'])(
    'not the time zone %s',
    (timeZone) => {
      expect(readSchedule('@daily', timeZone).kind).toBe('schedule');
    },
  );

  test('whatever is written is read, or refused in one printable sentence', () => {
    fc.assert(
      fc.property(anyExpression, fc.oneof(anyZone, fc.string({ unit: 'binary' })), (expression, timeZone) => {
        const reading = readSchedule(expression, timeZone);
        if (reading.kind === 'schedule') return;
        expect(reading.reason).toMatch(/^The [^\n]*\.$/);
        expect(reading.reason).not.toMatch(/\p{Cc}|Error|\bat .*:\d+:\d+/u);
        expect(reading.reason.length).toBeLessThan(400);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('when it runs', () => {
  test('strictly later, and never earlier for a later instant', () => {
    fc.assert(
      fc.property(anySchedule, anyInstant, anyInstant, (schedule, one, other) => {
        const [earlier, later] = one <= other ? [one, other] : [other, one];
        const first = nextRun(schedule, earlier);
        const second = nextRun(schedule, later);
        if (first === undefined) expect(second).toBeUndefined();
        else expect(first.getTime()).toBeGreaterThan(earlier.getTime());
        if (second === undefined) return;
        expect(second.getTime()).toBeGreaterThan(later.getTime());
        expect(second.getTime()).toBeGreaterThanOrEqual(first?.getTime() ?? Number.POSITIVE_INFINITY);
        expect(second.getUTCMilliseconds()).toBe(0);
      }),
    );
  });

  test('several runs are the next one of the one before', () => {
    fc.assert(
      fc.property(anySchedule, anyInstant, fc.nat(5), (schedule, after, count) => {
        const expected: Date[] = [];
        for (let at: Date | undefined = after; expected.length < count; ) {
          at = nextRun(schedule, at);
          if (at === undefined) break;
          expected.push(at);
        }
        expect(nextRuns(schedule, after, count)).toEqual(expected);
      }),
    );
  });
});

describe('missed runs', () => {
  test('a day of missed quarters of an hour is one run, and the next one is to come', () => {
    const schedule = scheduleOf('*/15 * * * *');
    expect(catchUp(schedule, new Date('2026-11-28T08:00:00Z'), new Date('2026-11-29T08:07:00Z'))).toEqual({
      isDue: true,
      nextAt: new Date('2026-11-29T08:15:00Z'),
    });
  });

  test('a run that is not due yet stays where it is', () => {
    const dueAt = new Date('2026-11-29T08:15:00Z');
    expect(catchUp(scheduleOf('*/15 * * * *'), dueAt, new Date('2026-11-29T08:14:59.999Z'))).toEqual({
      isDue: false,
      nextAt: dueAt,
    });
  });

  test('the last run of all has none after it', () => {
    const dueAt = new Date('2026-01-01T00:00:00Z');
    expect(catchUp(scheduleOf('0 0 0 1 1 ? 2026'), dueAt, dueAt)).toEqual({ isDue: true, nextAt: undefined });
  });

  test('what comes next is never in the past', () => {
    fc.assert(
      fc.property(anySchedule, anyInstant, anyInstant, (schedule, dueAt, now) => {
        const { isDue, nextAt } = catchUp(schedule, dueAt, now);
        expect(isDue).toBe(now.getTime() >= dueAt.getTime());
        if (nextAt !== undefined) expect(nextAt.getTime()).toBeGreaterThan(now.getTime());
      }),
    );
  });
});
