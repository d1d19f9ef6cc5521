import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normalizeDiacritics } from './diacritics.ts';

/** Microsoft: Reference for writing expressions, NormalizeDiacritics. */
const table: readonly (readonly [plain: string, letters: string])[] = [
  ['a', 'ä à â ã å á ą ă ā ā́ ā̀ ā̂ ǟ ǡ a̱ å̄'],
  ['ae', 'æ ǣ'],
  ['c', 'ç č ć c̄ c̱'],
  ['d', 'ď d̄ ḏ'],
  ['e', 'ë è é ê ę ě ė ē ḗ ḕ ē̂ ê̄ e̊ e̱ ë̄'],
  ['g', 'ğ ḡ g̱'],
  ['i', 'ï î ì í ı ī ī́ ī̀'],
  ['l', 'ľ ł l̄ ḹ ḻ'],
  ['n', 'ñ ń ň n̄ ṉ'],
  ['o', 'ö ò ő õ ô ó ō ṓ ṑ ō̂ ȫ ǭ ȭ ȱ o̱'],
  ['oe', 'ø ø̄ œ̄'],
  ['r', 'ř r̄ ṟ ṝ'],
  ['s', 'š ś ș ş s̄ s̱'],
  ['t', 'ť ț t̄ ṯ'],
  ['u', 'ü ù û ú ů ű ū ū́ ǖ ṻ ṳ̄ u̱ u̇̄'],
  ['y', 'ÿ ý ȳ ȳ́ y̱'],
  ['z', 'ź ž ż z̄ ẕ'],
];

describe('the letters that Microsoft lists', () => {
  test.each(table)('%s: %s', (plain, letters) => {
    const forms = ['NFC', 'NFD'] as const;
    for (const letter of letters.split(' ').flatMap((one) => forms.map((form) => one.normalize(form)))) {
      expect(normalizeDiacritics(letter)).toBe(plain);
      const upper = letter.toUpperCase();
      // ı has no capital of its own: I is one already.
      expect(normalizeDiacritics(upper)).toBe(plain.toUpperCase());
      expect(normalizeDiacritics(`x${letter}x${upper}x`)).toBe(`x${plain}x${plain.toUpperCase()}x`);
    }
  });

  test('İ is I, ß is ss, and œ alone is not listed', () => {
    expect(normalizeDiacritics('İßœŒ')).toBe('IssœŒ');
  });
});

test.each([
  ['Zoë Müller-Łukasz', 'Zoe Muller-Lukasz'],
  ['Søren Ægir', 'Soeren AEgir'],
  ['Đorđe Ħal', 'Đorđe Ħal'],
  ['Андрей', 'Андрей'],
  ['Ελλάδα', 'Ελλάδα'],
  ['がぎ 한국 हिन्दी', 'がぎ 한국 हिन्दी'],
  ['Nguyễn Thị 😀', 'Nguyen Thi 😀'],
])('%s becomes %s: only Latin letters lose their marks', (text, plain) => {
  expect(normalizeDiacritics(text)).toBe(plain);
});

test('done twice, it does no more than once', () => {
  const letters = fc.constantFrom(...'äØœŒßıİ\u0304\u0301\u0323ǣ가がйa😀', 'œ\u0304');
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(letters, { maxLength: 12 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const once = normalizeDiacritics(text);
      expect(normalizeDiacritics(once)).toBe(once);
      expect(normalizeDiacritics(text.normalize('NFD'))).toBe(normalizeDiacritics(text.normalize('NFC')));
    }),
    { numRuns: 2000 },
  );
});
