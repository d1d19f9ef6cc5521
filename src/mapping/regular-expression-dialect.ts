/**
 * Patterns of .NET ("Microsoft: Regular Expression Language, Quick Reference") in the words of RE2, which matches in linear time.
 * What RE2 has no words for is refused.
 */

/** `groups` are the capturing groups as RE2 numbers them, from the left, each with its name, or undefined. */
export type TranslatedPattern = Readonly<{ pattern: string; groups: readonly (string | undefined)[] }>;

/** A pattern that cannot be used, in a sentence. */
export class PatternRefusal extends Error {
  override readonly name = 'PatternRefusal';
}

/** Character classes take in all of Unicode, as .NET's do; RE2's own stop at ASCII. */
const classes: Readonly<Record<string, string>> = {
  d: '\\p{Nd}',
  D: '\\P{Nd}',
  w: '\\p{L}\\p{Mn}\\p{Nd}\\p{Pc}',
  s: '\\x09-\\x0d\\x20\\x{85}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}',
  S: '\\x00-\\x08\\x0e-\\x1f\\x21-\\x{84}\\x{86}-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}\\x{200b}-\\x{2027}\\x{202a}-\\x{202e}\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}\\x{3001}-\\x{10ffff}',
};

const lookAround = 'looks ahead or behind, which cannot be matched in linear time';
/** What may follow `(?` in .NET and not here. */
const refusedGroups: readonly (readonly [beginning: string, reason: string])[] = [
  ['=', lookAround],
  ['!', lookAround],
  ['<=', lookAround],
  ['<!', lookAround],
  ['>', 'is an atomic group, which needs backtracking'],
  ['(', 'is a condition, which needs backtracking'],
];

/** Letters and digits whose escapes mean the same here and there. */
const sharedEscapes = /[aftnrvABbzpPx]/;
const ownEscapes: Readonly<Record<string, string>> = { e: '\\x1b' };

/** Translates a pattern. Throws PatternRefusal. */
export function translatePattern(pattern: string): TranslatedPattern {
  const parts: string[] = [];
  const groups: (string | undefined)[] = [];
  let index = 0;
  while (index < pattern.length) {
    const rest = pattern.slice(index, index + 200);
    const taken =
      rest[0] === '\\'
        ? translateEscape(pattern, index, false)
        : rest[0] === '['
          ? translateClass(pattern, index)
          : rest[0] === '('
            ? translateOpening(rest, groups)
            : { text: rest[0] ?? '', length: 1 };
    parts.push(taken.text);
    index += taken.length;
  }
  return { pattern: parts.join(''), groups };
}

type Translation = Readonly<{ text: string; length: number }>;

function translateOpening(rest: string, groups: (string | undefined)[]): Translation {
  if (!rest.startsWith('(?')) {
    groups.push(undefined);
    return { text: '(', length: 1 };
  }
  const inner = rest.slice(2);
  const named = /^(?:<([A-Za-z_]\w*)>|'([A-Za-z_]\w*)')/.exec(inner);
  const name = named?.[1] ?? named?.[2];
  if (named && name !== undefined) {
    if (groups.includes(name)) throw new PatternRefusal(`It has two groups with the name ${name}.`);
    groups.push(name);
    return { text: `(?<${name}>`, length: 2 + named[0].length };
  }
  for (const [beginning, reason] of refusedGroups) {
    if (inner.startsWith(beginning)) throw new PatternRefusal(`"(?${beginning}" ${reason}.`);
  }
  const options = /^[ims]*(?:-[ims]+)?[:)]/.exec(inner);
  if (options) return { text: `(?${options[0]}`, length: 2 + options[0].length };
  const beginning = `(?${/^[<'#]?[^)>]{0,20}/.exec(inner)?.[0] ?? ''}`;
  throw new PatternRefusal(
    `"${beginning}" is not understood: a group is (…), (?:…) or (?<name>…), and options are i, m and s.`,
  );
}

/** The escape that begins at the index. Inside brackets some mean something else. */
function translateEscape(pattern: string, index: number, isInClass: boolean): Translation {
  const letter = pattern[index + 1];
  if (letter === undefined) throw new PatternRefusal('It ends with a single backslash.');
  if (letter === 'W') return { text: isInClass ? outsideWords() : `[^${classes.w}]`, length: 2 };
  const inside = classes[letter];
  if (inside !== undefined) return { text: isInClass ? inside : `[${inside}]`, length: 2 };
  if (isInClass && letter === 'b') return { text: '\\x08', length: 2 };
  const own = ownEscapes[letter];
  if (own !== undefined) return { text: own, length: 2 };
  if (letter === 'u' || letter === 'c') return translateCode(pattern, index);
  if (letter === '0') {
    const octal = /^[0-7]{1,3}/.exec(pattern.slice(index + 1, index + 4))?.[0] ?? '0';
    return { text: `\\x{${Number.parseInt(octal, 8).toString(16)}}`, length: 1 + octal.length };
  }
  if (/[1-9k]/.test(letter)) {
    throw new PatternRefusal(`"\\${letter}" asks for what a group has matched, which needs backtracking.`);
  }
  if (letter === 'Z')
    throw new PatternRefusal('"\\Z" is not understood: write \\z or $ for the end of the text.');
  if (/[\p{L}\p{N}]/u.test(letter) && !sharedEscapes.test(letter)) {
    throw new PatternRefusal(`"\\${letter}" is not understood.`);
  }
  // RE2 takes a backslash before a letter of its own or an ASCII mark, and before nothing else.
  if (letter.charCodeAt(0) > 127) return { text: letter, length: 2 };
  return { text: `\\${letter}`, length: 2 };
}

function translateCode(pattern: string, index: number): Translation {
  const code = /^\\u([\dA-Fa-f]{4})/.exec(pattern.slice(index, index + 6));
  if (code) return { text: `\\x{${code[1]}}`, length: 6 };
  const control = /^\\c([A-Za-z])/.exec(pattern.slice(index, index + 3));
  if (control) {
    const value = (control[1]?.toUpperCase().charCodeAt(0) ?? 64) - 64;
    return { text: `\\x{${value.toString(16)}}`, length: 3 };
  }
  throw new PatternRefusal('After \\u stand four hexadecimal digits, and after \\c a letter.');
}

/** The brackets that begin at the index. */
function translateClass(pattern: string, index: number): Translation {
  const parts = ['['];
  let at = index + 1;
  if (pattern[at] === '^') {
    parts.push('^');
    at += 1;
  }
  for (let isFirst = true; ; isFirst = false) {
    const letter = pattern[at];
    if (letter === undefined) throw new PatternRefusal('It has a "[" without a "]".');
    if (letter === ']' && !isFirst) return { text: `${parts.join('')}]`, length: at + 1 - index };
    if (letter === '-' && pattern[at + 1] === '[') {
      throw new PatternRefusal(
        '"-[" takes characters out of others, which is not understood: list what is meant.',
      );
    }
    const taken =
      letter === '\\'
        ? translateEscape(pattern, at, true)
        : { text: letter === '[' || letter === ']' ? `\\${letter}` : letter, length: 1 };
    parts.push(taken.text);
    at += taken.length;
  }
}

let knownOutsideWords: string | undefined;

/** `\W` beside others in brackets: the ranges of everything that is not in `\w`. */
function outsideWords(): string {
  knownOutsideWords ??= rangesOutsideWords();
  return knownOutsideWords;
}

const wordCharacter = /[\p{L}\p{Mn}\p{Nd}\p{Pc}]/u;
const afterCharacters = 0x110000;
/** Planes 4 to 13, and what follows the special ones, have no characters: looking there takes four fifths of the time. */
const unassigned: ReadonlyMap<number, number> = new Map([
  [0x40000, 0xe0000],
  [0xe1000, afterCharacters],
]);

function rangesOutsideWords(): string {
  const ranges: string[] = [];
  let first: number | undefined;
  for (let code = 0; code <= afterCharacters; code += 1) {
    code = unassigned.get(code) ?? code;
    const isOutside = code < afterCharacters && !wordCharacter.test(String.fromCodePoint(code));
    if (isOutside) first ??= code;
    if (isOutside || first === undefined) continue;
    ranges.push(`\\x{${first.toString(16)}}-\\x{${(code - 1).toString(16)}}`);
    first = undefined;
  }
  return ranges.join('');
}
