import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readHistorySearch } from './history-search.ts';

const at = (hour: number, minute: number, second = 0, lengthSeconds = 60) => {
  const fromSeconds = hour * 3600 + minute * 60 + second;
  return { fromSeconds, untilSeconds: fromSeconds + lengthSeconds };
};

describe('a search of the history', () => {
  test.each([
    ['failed', ['failed'], undefined, undefined],
    ['Failed GROUP', ['failed', 'group'], undefined, undefined],
    ['2026-11-20', [], { year: 2026, month: 11, day: 20 }, undefined],
    ['2026-11', [], { year: 2026, month: 11 }, undefined],
    ['20 Nov 2026', [], { year: 2026, month: 11, day: 20 }, undefined],
    ['20 November', [], { month: 11, day: 20 }, undefined],
    ['Nov 20, 2026', [], { year: 2026, month: 11, day: 20 }, undefined],
    ['sept 2026', [], { year: 2026, month: 9 }, undefined],
    ['21:45', [], undefined, at(21, 45)],
    ['21:45:07', [], undefined, at(21, 45, 7, 1)],
    ['20 Nov 2026, 21:45:00', [], { year: 2026, month: 11, day: 20 }, at(21, 45, 0, 1)],
    ['2026-11-20T21:45:00+01:00', [], { year: 2026, month: 11, day: 20 }, at(21, 45, 0, 1)],
    ['failed 20 Nov 21:45', ['failed'], { month: 11, day: 20 }, at(21, 45)],
    ['throttled 429', ['throttled', '429'], undefined, undefined],
    ['april fools', ['april', 'fools'], undefined, undefined],
    ['1 decade', ['1', 'decade'], undefined, undefined],
    ['25:99', ['25:99'], undefined, undefined],
    ['2026-02-30', ['2026-02-30'], undefined, undefined],
    ['29 Feb', [], { month: 2, day: 29 }, undefined],
    ['', [], undefined, undefined],
  ])('%j', (text, words, date, time) => {
    expect(readHistorySearch(text)).toEqual({ words, date, time });
  });

  test('any text can be searched for, and no word of it is lost', () => {
    fc.assert(
      fc.property(fc.string(), fc.stringMatching(/^[a-z]{13,20}$/), (text, word) => {
        expect(readHistorySearch(`${text} ${word}`).words).toContain(word);
      }),
    );
  });

  test('a date is found as every table writes it', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }),
        (date) => {
          const expected = {
            year: date.getUTCFullYear(),
            month: date.getUTCMonth() + 1,
            day: date.getUTCDate(),
          };
          for (const [locale, text] of [
            [
              'en-GB',
              new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' }).format(date),
            ],
            [
              'en-US',
              new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeZone: 'UTC' }).format(date),
            ],
            ['ISO 8601', date.toISOString()],
          ] as const) {
            expect([locale, readHistorySearch(text).date]).toEqual([locale, expected]);
          }
        },
      ),
    );
  });
});
