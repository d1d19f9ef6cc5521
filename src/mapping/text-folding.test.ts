import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareByCodePoint, foldLetters } from './text-folding.ts';

test('the table is the one that indexes have been built on', () => {
  let table = '';
  let letters = 0;
  for (let codePoint = 0; codePoint <= 0x10ffff; codePoint += 1) {
    if (codePoint >= 0xd800 && codePoint <= 0xdfff) continue;
    const letter = String.fromCodePoint(codePoint);
    const folded = foldLetters(letter);
    if (folded === letter) continue;
    letters += 1;
    table += letter + folded;
  }
  expect(letters).toBe(597);
  expect(createHash('sha256').update(table).digest('hex')).toBe(
    '9aba6c844418321dc86cfa6234f0a2cfaaabc31a5feb936c03f39ce36aefa15d',
  );
});

test('text is folded letter by letter, and once folded stays so', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (one, other) => {
      const folded = foldLetters(one);
      expect(folded).toHaveLength(one.length);
      expect(foldLetters(folded)).toBe(folded);
      expect(foldLetters(one + other)).toBe(folded + foldLetters(other));
    }),
  );
});

test('the order of texts is the order of their bytes', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 4 }),
    fc
      .array(fc.constantFrom('a', 'b', '\ud7ff', '\ue000', '\uffff', '😀', '𐐀'), { maxLength: 3 })
      .map((all) => all.join('')),
  );
  fc.assert(
    fc.property(text, text, (one, other) => {
      expect(Math.sign(compareByCodePoint(one, other))).toBe(
        Buffer.compare(Buffer.from(one), Buffer.from(other)),
      );
    }),
    { numRuns: 2000 },
  );
});
