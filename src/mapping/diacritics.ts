/**
 * Letters of the Latin alphabet without their marks ("Microsoft: Reference for writing expressions, NormalizeDiacritics"). Letters of
 * other alphabets stay as they are, since what looks like a mark there makes another letter.
 */

/** Letters that Unicode does not take apart into a letter and marks, with what stands for them. */
const ownLetters: Readonly<Record<string, string>> = {
  æ: 'ae',
  Æ: 'AE',
  ø: 'oe',
  Ø: 'OE',
  ß: 'ss',
  ł: 'l',
  Ł: 'L',
  ı: 'i',
};
/** `œ` is in Microsoft's table with marks, and not alone. */
const lettersWithMarks: Readonly<Record<string, string>> = { œ: 'oe', Œ: 'OE' };

/** A Latin letter with the combining diacritical marks that follow it. */
const markedLetter =
  /(\p{Script=Latin})([\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]*)/gu;

function takeApart(text: string): string {
  const plain = text.normalize('NFD').replace(markedLetter, (_all, letter: string, marks: string) => {
    const withMarks = marks === '' ? undefined : lettersWithMarks[letter];
    return withMarks ?? ownLetters[letter] ?? letter;
  });
  return plain.normalize('NFC');
}

/** What becomes of the letters that names are made of, so that few texts have to be taken apart: Latin-1 and the Latin blocks. */
const knownLetters: ReadonlyMap<string, string> = new Map(
  [...codesBetween(0x80, 0x24f), ...codesBetween(0x1e00, 0x1eff)]
    .map((code) => String.fromCharCode(code))
    .map((letter) => [letter, takeApart(letter)]),
);

function codesBetween(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: it is the range of ASCII.
const ascii = /^[\x00-\x7f]*$/;
const otherLetters = /[\u0080-\uffff]/g;

/** The text with plain letters: `Zoë` is `Zoe`, `Søren` is `Soeren`. Done twice, it does no more than once. */
export function normalizeDiacritics(text: string): string {
  if (ascii.test(text)) return text;
  let isKnown = true;
  const plain = text.replace(otherLetters, (letter) => {
    const known = knownLetters.get(letter);
    isKnown &&= known !== undefined;
    return known ?? letter;
  });
  return isKnown ? plain : takeApart(text);
}
