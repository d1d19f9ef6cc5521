/** Differences of texts: they lead from one to the other, and name no more than they have to. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareLines, type DifferenceLine, hunksOf } from './text-difference.ts';

const textOfLines = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 30 });
const side = (lines: readonly DifferenceLine[], without: DifferenceLine['kind']) =>
  lines.filter(({ kind }) => kind !== without).map(({ text }) => text);

describe('lines compared', () => {
  test('are those of both texts, numbered', () => {
    fc.assert(
      fc.property(textOfLines, textOfLines, (before, after) => {
        const lines = compareLines(before, after);
        expect(side(lines, 'added')).toEqual(before);
        expect(side(lines, 'removed')).toEqual(after);
        const numbers = (of: 'before' | 'after') =>
          lines.flatMap((line) => (line[of] === null ? [] : line[of]));
        expect(numbers('before')).toEqual(before.map((_, index) => index + 1));
        expect(numbers('after')).toEqual(after.map((_, index) => index + 1));
      }),
    );
  });

  test('keep the longest part that both have', () => {
    fc.assert(
      fc.property(textOfLines, textOfLines, (before, after) => {
        const kept = compareLines(before, after).filter(({ kind }) => kind === 'same').length;
        expect(kept).toBe(longestCommon(before, after));
      }),
    );
  });

  test('are all others where very many differ', () => {
    const before = Array.from({ length: 5000 }, (_, index) => `before ${index}`);
    const after = Array.from({ length: 5000 }, (_, index) => `after ${index}`);
    const lines = compareLines(['head', ...before, 'tail'], ['head', ...after, 'tail']);
    expect(lines.filter(({ kind }) => kind === 'same').map(({ text }) => text)).toEqual(['head', 'tail']);
    expect(side(lines, 'added')).toHaveLength(5002);
  });
});

describe('hunks', () => {
  test('have everything that differs once, in order, with what is around it', () => {
    fc.assert(
      fc.property(textOfLines, textOfLines, (before, after) => {
        const lines = compareLines(before, after);
        const shown = hunksOf(lines, 2).flat();
        const expected = lines.filter((_, at) =>
          lines.slice(Math.max(at - 2, 0), at + 3).some(({ kind }) => kind !== 'same'),
        );
        expect(shown).toEqual(expected);
      }),
    );
  });

  test('are apart where lines between them are left out', () => {
    const text = Array.from({ length: 20 }, (_, index) => String(index));
    const changed = text.with(2, 'x').with(17, 'y');
    expect(hunksOf(compareLines(text, changed)).map((hunk) => hunk[0]?.before)).toEqual([1, 15]);
    expect(hunksOf(compareLines(text, text))).toEqual([]);
  });
});

function longestCommon(a: readonly string[], b: readonly string[]): number {
  let row = new Array<number>(b.length + 1).fill(0);
  for (const one of a) {
    const next = [0];
    b.forEach((other, index) => {
      next.push(one === other ? (row[index] ?? 0) + 1 : Math.max(row[index + 1] ?? 0, next[index] ?? 0));
    });
    row = next;
  }
  return row.at(-1) ?? 0;
}
