// What a preview says of a schedule: next runs with what the clocks do to them, warnings with what was likely meant, and where a mistake is.
import { describe, expect, test } from 'vitest';
import { previewSchedule } from './preview.ts';

const preview = (
  expression: string,
  timeZone = 'UTC',
  at = '2026-11-20T21:45:00Z',
  medianSeconds?: number,
) => {
  const shown = previewSchedule(expression, timeZone, { now: new Date(at), medianSeconds });
  if (shown.kind === 'refused') throw new Error(shown.reason);
  return shown;
};

describe('a schedule that can be read', () => {
  test('is told in words, with its next five runs in its zone and in UTC', () => {
    const { sentence, next, warnings } = preview('30 6 * * 1-5', 'Europe/Paris');
    expect(sentence).toBe('at 06:30 on Monday to Friday (Europe/Paris)');
    expect(next).toHaveLength(5);
    expect(next[0]).toEqual({
      at: new Date('2026-11-23T05:30:00Z'),
      local: '2026-11-23T06:30:00+01:00',
      mark: null,
    });
    expect(warnings).toEqual([]);
  });

  test.each<[string, string, readonly (readonly [string, string | null])[]]>([
    // Put forward on 29 March 2026 at 02:00.
    [
      '30 2 * * *',
      '2026-03-28T12:00:00Z',
      [
        ['2026-03-29T03:00:00+02:00', 'skipped'],
        ['2026-03-30T02:30:00+02:00', null],
      ],
    ],
    ['0 3 * * *', '2026-03-28T12:00:00Z', [['2026-03-29T03:00:00+02:00', null]]],
    // Put back on 25 October 2026 at 03:00.
    [
      '30 2 * * *',
      '2026-10-24T12:00:00Z',
      [
        ['2026-10-25T02:30:00+02:00', 'repeated'],
        ['2026-10-26T02:30:00+01:00', null],
      ],
    ],
    [
      '30 * * * *',
      '2026-10-25T00:00:00Z',
      [
        ['2026-10-25T02:30:00+02:00', 'repeated'],
        ['2026-10-25T02:30:00+01:00', 'again'],
        ['2026-10-25T03:30:00+01:00', null],
      ],
    ],
  ])('%s after %s shows what the clocks do', (expression, at, expected) => {
    const { next } = preview(expression, 'Europe/Paris', at);
    expect(next.slice(0, expected.length).map(({ local, mark }) => [local, mark])).toEqual(expected);
  });
});

describe('a warning', () => {
  test.each([
    ['*/15 * * * * ?', '0 */15 * * * ?', 'every 15 minutes'],
    ['0,30 * * * * *', '0 0,30 * * * *', 'every 30 minutes'],
    ['*/20 5 * * * ?', '0 5 * * * ?', 'at 5 minutes past the hour'],
    ['* * * * * ?', '0 * * * * ?', 'every minute'],
  ])('says that %s is under a minute, and offers %s', (expression, schedule, sentence) => {
    const [warning] = preview(expression).warnings;
    expect(warning).toMatchObject({ kind: 'too-often', suggestion: { schedule, sentence } });
  });

  test('says that runs would overlap', () => {
    expect(preview('*/15 * * * *', 'UTC', undefined, 1000).warnings).toMatchObject([{ kind: 'overlap' }]);
    expect(preview('*/15 * * * *', 'UTC', undefined, 900).warnings).toEqual([]);
  });

  test.each([
    ['0 0 31 * *', 'February, April, June, September and November,'],
    ['0 0 29 2 *', 'February, but for leap years,'],
    ['0 0 30,31 2,3 *', 'February,'],
  ])('says in which months %s does not run', (expression, months) => {
    const [warning] = preview(expression).warnings;
    expect(warning?.kind).toBe('skips-months');
    expect(warning?.sentence).toContain(`It does not run in ${months}`);
  });

  test.each(['0 0 28 * *', '0 0 L * *', '0 0 31 1,3 *', '0 0 31 * MON'])(
    'has nothing to say of %s',
    (expression) => {
      expect(preview(expression).warnings).toEqual([]);
    },
  );

  test('says that the years of a schedule end', () => {
    expect(preview('0 0 0 1 1 ? 2027').warnings).toMatchObject([{ kind: 'ends' }]);
    expect(preview('0 0 0 1 1 ? 2020').warnings[0]?.sentence).toContain('never runs any more');
  });
});

test.each<[string, string, boolean, { from: number; to: number } | undefined]>([
  ['*/15 25 * * *', 'UTC', false, { from: 5, to: 7 }],
  ['  0  61 * * * ?', 'UTC', false, { from: 5, to: 7 }],
  ['0 0 30 2 *', 'UTC', false, { from: 4, to: 6 }],
  ['0 0 * * ?', 'UTC', false, { from: 8, to: 9 }],
  ['0 0 * *', 'UTC', false, undefined],
  ['0 0 * * *', 'Europe/Pariss', true, undefined],
])('where a mistake is in %s', (expression, timeZone, isTimeZone, position) => {
  const shown = previewSchedule(expression, timeZone, { now: new Date(0) });
  expect(shown).toMatchObject({ kind: 'refused', isTimeZone });
  expect('position' in shown ? shown.position : undefined).toEqual(position);
});
