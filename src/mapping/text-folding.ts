// Text without regard to upper and lower case, as query filters compare it: one table, the same in JavaScript and in
// every PostgreSQL, that no new version of Unicode changes. Indexes are built on it and stay valid.

/**
 * The letters outside ASCII that have a lower-case form here: Latin, Greek, Cyrillic and Armenian. No letter will be
 * added to these blocks, and Unicode promises that the pairs in them stay as they are.
 */
const foldedBlocks: readonly (readonly [first: number, last: number])[] = [
  [0x00c0, 0x024f],
  [0x0370, 0x03ff],
  [0x0400, 0x052f],
  [0x0531, 0x0556],
  [0x1e00, 0x1eff],
  // The signs for ohm, kelvin and ångström, which are letters in disguise.
  [0x2126, 0x2126],
  [0x212a, 0x212b],
];

/** What Unicode's lower case makes two characters of, or leaves as another form of the same letter. */
const exceptions: readonly (readonly [letter: string, folded: string])[] = [
  ['İ', 'i'],
  ['ς', 'σ'],
];

const foldedLetters: ReadonlyMap<string, string> = listFoldedLetters();

function listFoldedLetters(): Map<string, string> {
  const letters = new Map<string, string>();
  for (const [first, last] of foldedBlocks) {
    for (let codePoint = first; codePoint <= last; codePoint += 1) {
      const letter = String.fromCharCode(codePoint);
      const lower = letter.toLowerCase();
      // Letters that become longer or shorter in the database would make it another table there.
      if (lower !== letter && lower.length === 1) letters.set(letter, lower);
    }
  }
  for (const [letter, folded] of exceptions) letters.set(letter, folded);
  return letters;
}

const asciiOnly = /^[\0-\x7f]*$/;
const foldable = new RegExp(`[${[...foldedLetters.keys()].join('')}]`, 'g');
const asciiCapitals = /[A-Z]+/g;

/**
 * The text with each letter in lower case, one for one: as many characters as before. Text in scripts that are not
 * Latin, Greek, Cyrillic or Armenian stays as it is.
 */
export function foldLetters(text: string): string {
  if (asciiOnly.test(text)) return text.toLowerCase();
  return text
    .replace(asciiCapitals, (capitals) => capitals.toLowerCase())
    .replace(foldable, (letter) => foldedLetters.get(letter) ?? letter);
}

/**
 * The order of two texts by code points, which is the order of their bytes in UTF-8: below 0, 0 or above 0. JavaScript's
 * own order has characters of two code units before U+E000.
 */
export function compareByCodePoint(left: string, right: string): number {
  if (left === right) return 0;
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const [one, other] = [left.charCodeAt(index), right.charCodeAt(index)];
    if (one !== other) return inCodePointOrder(one) - inCodePointOrder(other);
  }
  return left.length - right.length;
}

/** A code unit by its place among code points: surrogates, which stand for the highest ones, after all others. */
function inCodePointOrder(codeUnit: number): number {
  return codeUnit >= 0xd800 && codeUnit <= 0xdfff ? codeUnit + 0x10000 : codeUnit;
}
