import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addInterval, countIntervals, type Instant, instantOf, intervalNames } from './calendar.ts';
import { type FormatPiece, readDateFormat } from './date-format.ts';
import { type ReadingStyle, readDate } from './date-reading.ts';
import { parseInstant, printInstant } from './date-text.ts';
import { writeDate } from './date-writing.ts';

const usual: ReadingStyle = {
  allowsLeadingWhite: true,
  allowsTrailingWhite: true,
  allowsInnerWhite: false,
  assumesZone: false,
  lacksCurrentDate: false,
};

function pieces(format: string): readonly FormatPiece[] {
  const outcome = readDateFormat(format);
  if (outcome.kind === 'mistake') throw new Error(outcome.message);
  return outcome.pieces;
}

function instant(iso: string): Instant {
  const found = parseInstant(iso);
  if (found === undefined) throw new Error(iso);
  return found;
}

const today = instant('2021-06-30T12:00:00Z');
const read = (text: string, format: string, style: Partial<ReadingStyle> = {}) =>
  readDate(text, pieces(format), { ...usual, ...style }, () => today);
const iso = (found: { instant: Instant } | undefined) =>
  found === undefined ? undefined : writeDate(found.instant, pieces('yyyy-MM-ddTHH:mm:ss.FFFFFFF'), false);

describe('a date is written as .NET writes it', () => {
  test.each([
    ['d', '03/06/2009'],
    ['D', 'Friday, 06 March 2009'],
    ['f', 'Friday, 06 March 2009 01:05'],
    ['F', 'Friday, 06 March 2009 01:05:09'],
    ['g', '03/06/2009 01:05'],
    ['G', '03/06/2009 01:05:09'],
    ['m', 'March 06'],
    ['o', '2009-03-06T01:05:09.0612300Z'],
    ['r', 'Fri, 06 Mar 2009 01:05:09 GMT'],
    ['s', '2009-03-06T01:05:09'],
    ['t', '01:05'],
    ['T', '01:05:09'],
    ['u', '2009-03-06 01:05:09Z'],
    ['U', 'Friday, 06 March 2009 01:05:09'],
    ['y', '2009 March'],
    ['%d', '6'],
    ['%M', '3'],
    ['d ddd dddd', '6 Fri Friday'],
    ['M MM MMM MMMM', '3 03 Mar March'],
    ['%y yy yyy yyyy yyyyy', '9 09 2009 2009 02009'],
    ['h hh H HH', '1 01 1 01'],
    ['%m mm %s ss', '5 05 9 09'],
    ['f ff fff fffffff', '0 06 061 0612300'],
    ['ss.FFF', '09.061'],
    ['ss.FF', '09.06'],
    ['ss.F', '09'],
    ['h:mm t', '1:05 A'],
    ['h:mm tt', '1:05 AM'],
    ['z zz zzz', '+0 +00 +00:00'],
    ['yyyyK', '2009Z'],
    ['gg', 'A.D.'],
    ["yyyy'years'\\d", '2009yearsd'],
    ['"it\'s" yyyy', "it's 2009"],
    ['yyyyMMddHHmmss.fZ', '20090306010509.0Z'],
  ])('%s', (format, expected) => {
    expect(writeDate(instant('2009-03-06T01:05:09.06123Z'), pieces(format), true)).toBe(expected);
  });

  test('with noon and midnight at 12', () => {
    const at = (time: string) => writeDate(instant(`2021-01-01T${time}Z`), pieces('h:mm tt'), true);
    expect(['00:00', '11:59', '12:00', '23:00'].map(at)).toEqual([
      '12:00 AM',
      '11:59 AM',
      '12:00 PM',
      '11:00 PM',
    ]);
  });
});

describe('a date is read as .NET reads it', () => {
  test.each<[text: string, format: string, expected: string | undefined]>([
    ['20150123105347.1Z', 'yyyyMMddHHmmss.fZ', '2015-01-23T10:53:47.1'],
    ['2020-12-31-08:00', 'yyyy-MM-ddzzz', '2020-12-31T08:00:00'],
    ['2020-12-31+08:00', 'yyyy-MM-ddzzz', '2020-12-30T16:00:00'],
    ['2020-12-31+0530', 'yyyy-MM-ddzzz', '2020-12-30T18:30:00'],
    ['2020-12-31Z', 'yyyy-MM-ddK', '2020-12-31T00:00:00'],
    ['2020-12-31', 'yyyy-MM-ddK', '2020-12-31T00:00:00'],
    ['2020-12-31-08:00', 'yyyy-MM-ddK', '2020-12-31T08:00:00'],
    ['2020-12-31Z', 'yyyy-MM-ddzzz', undefined],
    ['2020-12-31 -8', 'yyyy-MM-dd z', '2020-12-31T08:00:00'],
    ['3/6/2020', 'M/d/yyyy', '2020-03-06T00:00:00'],
    ['03/06/2020', 'M/d/yyyy', '2020-03-06T00:00:00'],
    ['3/6/2020', 'MM/dd/yyyy', undefined],
    ['31.12.99', 'dd.MM.yy', '1999-12-31T00:00:00'],
    ['31.12.49', 'dd.MM.yy', '2049-12-31T00:00:00'],
    ['31.12.50', 'dd.MM.yy', '1950-12-31T00:00:00'],
    ['6-mar-2020', 'd-MMM-yyyy', '2020-03-06T00:00:00'],
    ['6 MARCH 2020', 'd MMMM yyyy', '2020-03-06T00:00:00'],
    ['Friday, 06 March 2020', 'D', '2020-03-06T00:00:00'],
    ['Thursday, 06 March 2020', 'D', undefined],
    ['Fri, 06 Mar 2020 01:05:09 GMT', 'r', '2020-03-06T01:05:09'],
    ['12:30 AM', 'hh:mm tt', '2021-06-30T00:30:00'],
    ['12:30 pm', 'hh:mm tt', '2021-06-30T12:30:00'],
    ['13:30 PM', 'hh:mm tt', undefined],
    ['1:05P', 'h:mmt', '2021-06-30T13:05:00'],
    ['03-06', 'MM-dd', '2021-03-06T00:00:00'],
    ['2020', 'yyyy', '2020-01-01T00:00:00'],
    ['10:20:30', 'HH:mm:ss', '2021-06-30T10:20:30'],
    ['10:20:30.5', 'HH:mm:ss.FFF', '2021-06-30T10:20:30.5'],
    ['10:20:30', 'HH:mm:ss.FFF', '2021-06-30T10:20:30'],
    ['10:20:30.1234567', 'HH:mm:ss.fffffff', '2021-06-30T10:20:30.1234567'],
    ['10:20:30.12', 'HH:mm:ss.fff', undefined],
    ['2020 A.D.', 'yyyy gg', '2020-01-01T00:00:00'],
    ['  2020-03-06 ', 'yyyy-MM-dd', '2020-03-06T00:00:00'],
    ['2020- 03-06', 'yyyy-MM-dd', undefined],
    ['2020-02-30', 'yyyy-MM-dd', undefined],
    ['2021-02-29', 'yyyy-MM-dd', undefined],
    ['2000-02-29', 'yyyy-MM-dd', '2000-02-29T00:00:00'],
    ['2020-13-01', 'yyyy-MM-dd', undefined],
    ['2020-03-06x', 'yyyy-MM-dd', undefined],
    ['0000-03-06', 'yyyy-MM-dd', undefined],
    ['0001-01-01+01:00', 'yyyy-MM-ddzzz', undefined],
    ['24:00', 'HH:mm', undefined],
  ])('%s as %s', (text, format, expected) => {
    expect(iso(read(text, format))).toBe(expected);
  });

  test('with the white space that its styles allow', () => {
    const strict = { allowsLeadingWhite: false, allowsTrailingWhite: false };
    expect(read(' 2020-03-06', 'yyyy-MM-dd', strict)).toBeUndefined();
    expect(read('2020-03-06 ', 'yyyy-MM-dd', strict)).toBeUndefined();
    expect(iso(read('2020 - 03 - 06', 'yyyy-MM-dd', { allowsInnerWhite: true }))).toBe('2020-03-06T00:00:00');
  });

  test('with year 1 for a date that is not said, where its styles say so', () => {
    expect(iso(read('10:20', 'HH:mm', { lacksCurrentDate: true }))).toBe('0001-01-01T10:20:00');
  });

  test('and its zone is known where it is said, or assumed', () => {
    const hasZone = (text: string, format: string, style: Partial<ReadingStyle> = {}) =>
      read(text, format, style)?.hasZone;
    expect(hasZone('2020-03-06', 'yyyy-MM-dd')).toBe(false);
    expect(hasZone('2020-03-06', 'yyyy-MM-dd', { assumesZone: true })).toBe(true);
    expect(hasZone('2020-03-06+01:00', 'yyyy-MM-ddzzz')).toBe(true);
    expect(hasZone('2020-03-06Z', 'yyyy-MM-ddZ')).toBe(true);
  });
});

describe('a format that is none is refused', () => {
  test.each([
    ['', /is not empty/],
    ['q', /"q" alone is no format/],
    ['%', /"%" alone/],
    ['yyyy%', /follows after %/],
    ["yyyy'x", /without a second one/],
    ['yyyy\\', /single backslash/],
    ['ffffffff', /no part of a format/],
    ['hhh', /no part of a format/],
    ['y'.repeat(201), /at most 200/],
  ])('%s', (format, message) => {
    expect(readDateFormat(format)).toMatchObject({
      kind: 'mistake',
      message: expect.stringMatching(message),
    });
  });
});

describe('a date without a format', () => {
  test.each<[text: string, expected: string | undefined]>([
    ['2020-03-16', '3/16/2020 12:00:00 AM'],
    ['2020-03-16Z', '3/16/2020 12:00:00 AM'],
    ['2020-03-16-07:00', '3/16/2020 7:00:00 AM'],
    ['2020-03-16T13:30', '3/16/2020 1:30:00 PM'],
    ['2020-03-16 13:30:15.1234567+02', '3/16/2020 11:30:15 AM'],
    ['2020-03-16T13:30:15.123456789Z', '3/16/2020 1:30:15 PM'],
    ['2020-03-16T00:30:00-00:45', '3/16/2020 1:15:00 AM'],
    ['3/16/2020', '3/16/2020 12:00:00 AM'],
    ['3/16/2020 12:00:00 AM', '3/16/2020 12:00:00 AM'],
    ['3/16/2020 12:05 pm', '3/16/2020 12:05:00 PM'],
    ['3/16/2020 13:05', '3/16/2020 1:05:00 PM'],
    ['Mon, 16 Mar 2020 07:00:00 GMT', '3/16/2020 7:00:00 AM'],
    ['16/3/2020', undefined],
    ['3/16/2020 13:05 PM', undefined],
    ['2020-02-30', undefined],
    ['2020-03-16T25:00', undefined],
    ['20200316', undefined],
    ['soon', undefined],
    ['', undefined],
    ['0001-01-01+05:00', undefined],
  ])('%s', (text, expected) => {
    const found = parseInstant(text);
    expect(found === undefined ? undefined : printInstant(found)).toBe(expected);
  });
});

describe('the calendar', () => {
  const instants = fc
    .date({
      min: new Date('0001-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true,
    })
    .map((date): Instant => ({ milliseconds: Math.floor(date.getTime() / 1000) * 1000, ticks: 0 }));

  test('reads what it prints, in every form that says the second', () => {
    fc.assert(
      fc.property(instants, (one) => {
        expect(parseInstant(printInstant(one))).toEqual(one);
        for (const format of [
          'o',
          's',
          'u',
          'r',
          'F',
          'yyyyMMddHHmmss',
          'M/d/yyyy h:mm:ss tt',
          'ddd d MMM yyyyy H:m:s zzz',
        ]) {
          const text = writeDate(one, pieces(format), true);
          expect(read(text, format)?.instant).toEqual(one);
        }
      }),
    );
  });

  test('counts back what it adds', () => {
    fc.assert(
      fc.property(
        instants,
        fc.constantFrom(...intervalNames),
        fc.integer({ min: -5000, max: 5000 }),
        (one, interval, count) => {
          const moved = addInterval(interval, count, one);
          fc.pre(moved !== undefined);
          if (moved !== undefined) expect(countIntervals(interval, one, moved)).toBe(count);
        },
      ),
    );
  });

  test('counts the same in both directions', () => {
    fc.assert(
      fc.property(instants, instants, fc.constantFrom(...intervalNames), (one, other, interval) => {
        expect(countIntervals(interval, one, other) + countIntervals(interval, other, one)).toBe(0);
      }),
    );
  });

  test.each([
    ['m', 1, '2021-01-31', '2/28/2021 12:00:00 AM'],
    ['m', 1, '2020-01-31', '2/29/2020 12:00:00 AM'],
    ['m', -1, '2021-03-31', '2/28/2021 12:00:00 AM'],
    ['yyyy', 1, '2020-02-29', '2/28/2021 12:00:00 AM'],
    ['m', -13, '2021-01-15T10:00', '12/15/2019 10:00:00 AM'],
    ['n', 90, '2021-12-31T23:00', '1/1/2022 12:30:00 AM'],
    ['s', -1, '2021-01-01', '12/31/2020 11:59:59 PM'],
  ] as const)('adds %s %d to %s', (interval, count, text, expected) => {
    const moved = addInterval(interval, count, instant(text));
    expect(moved && printInstant(moved)).toBe(expected);
  });

  test('does not leave the years 1 to 9999', () => {
    expect(addInterval('yyyy', 8000, today)).toBeUndefined();
    expect(addInterval('d', -800_000, today)).toBeUndefined();
    expect(addInterval('m', Number.MAX_SAFE_INTEGER, today)).toBeUndefined();
    expect(
      instantOf({ year: 2021, month: 2, day: 29, hour: 0, minute: 0, second: 0, fraction: 0 }),
    ).toBeUndefined();
  });

  test('counts whole intervals down to 100 nanoseconds', () => {
    const count = (from: string, to: string) => countIntervals('s', instant(from), instant(to));
    expect(count('2021-01-01T00:00:00.0000001Z', '2021-01-01T00:00:01Z')).toBe(0);
    expect(count('2021-01-01T00:00:01Z', '2021-01-01T00:00:00.0000001Z')).toBe(0);
    expect(count('2021-01-01T00:00:00.0000001Z', '2021-01-01T00:00:01.0000001Z')).toBe(1);
  });
});
