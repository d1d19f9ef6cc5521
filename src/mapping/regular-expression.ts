/** Regular expressions of mappings and scoping filters: the dialect of .NET, matched in linear time by RE2. */
import { type Matcher, RE2JS } from 're2js';
import { PatternRefusal, translatePattern } from './regular-expression-dialect.ts';

/** What one group has matched: UTF-16 offsets in the text. */
export type MatchedGroup = Readonly<{ start: number; end: number; text: string }>;
export type RegularExpressionMatch = MatchedGroup &
  Readonly<{
    /** By name, and by number as .NET counts: groups without a name first. Undefined for one that took no part. */
    group: (name: string) => MatchedGroup | undefined;
  }>;

export type RegularExpression = Readonly<{
  /** Whether it matches anywhere in the text. */
  test: (text: string) => boolean;
  /**
   * Replaces every match. `$1`, `${name}`, `$&` and `$$` in the replacement mean what they mean in .NET. Throws RangeError when
   * that is too much work, or its result too long.
   */
  replace: (text: string, replacement: string) => string;
  /** The matches from left to right. Throws RangeError when finding them is too much work. */
  matches: (text: string) => Iterable<RegularExpressionMatch>;
  /** Names of the named groups, from the left. */
  groupNames: readonly string[];
}>;

/** In characters, and in RE2's instructions: a pattern that repeats a large one is short and slow. */
const longestPattern = 2000;
const largestProgram = 4000;
/**
 * Each match is found in linear time, but each may look at the whole rest of the text: instructions times characters, over all
 * matches. It is reached within about a second.
 */
const mostWork = 100_000_000;
const longestResult = 1_000_000;

/** Compiles a pattern of .NET. What needs backtracking (look-around, references back, atomic groups) is refused in a sentence. */
export function compileRegularExpression(
  pattern: string,
):
  | Readonly<{ kind: 'compiled'; expression: RegularExpression }>
  | Readonly<{ kind: 'mistake'; message: string }> {
  if (pattern.length > longestPattern) {
    return mistake(`It has ${pattern.length} characters; ${longestPattern} are the most.`);
  }
  try {
    const { pattern: translated, groups } = translatePattern(pattern);
    const compiled = RE2JS.compile(translated);
    if (compiled.programSize() > largestProgram) {
      return mistake('It is too large: its repetitions multiply.');
    }
    return { kind: 'compiled', expression: expressionOf(compiled, groups) };
  } catch (error) {
    if (error instanceof PatternRefusal) return mistake(error.message);
    return mistake(explain(error));
  }
}

function mistake(reason: string): Readonly<{ kind: 'mistake'; message: string }> {
  return { kind: 'mistake', message: `The regular expression cannot be used. ${reason}` };
}

/** What RE2 says, in a sentence of ours. */
const explanations: readonly (readonly [said: RegExp, meaning: string])[] = [
  [/missing closing \]/, 'It has a "[" without a "]".'],
  [/missing closing \)/, 'It has a "(" without a ")".'],
  [/unexpected \)/, 'It has a ")" without a "(".'],
  [/missing argument to repetition/, 'Nothing stands before a "*", "+", "?" or "{".'],
  [/nested repetition/, 'It repeats a repetition, as in "a++".'],
  [/repeat count/, 'A repetition is at most 1000 times, and nested ones multiply.'],
  [/nests too deeply|call stack/, 'Its groups are nested too deep.'],
  [/too large/, 'It is too large.'],
];

function explain(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  const known = explanations.find(([pattern]) => pattern.test(said))?.[1];
  const culprit = /`([^`]*)`/.exec(said)?.[1]?.slice(0, 40);
  return known ?? (culprit === undefined ? 'It is not understood.' : `"${culprit}" is not understood.`);
}

function expressionOf(compiled: RE2JS, groups: readonly (string | undefined)[]): RegularExpression {
  const numbers = numbersOf(groups);
  const matches = (text: string) => matchesOf(compiled, numbers, text);
  return {
    test: (text) => compiled.test(text),
    matches,
    replace: (text, replacement) =>
      compiled.test(text) ? replaceAll(text, matches(text), readReplacement(replacement, numbers)) : text,
    groupNames: groups.filter((name) => name !== undefined),
  };
}

/** From names and .NET's numbers to RE2's, which counts named groups where they stand. */
function numbersOf(groups: readonly (string | undefined)[]): ReadonlyMap<string, number> {
  const numbered = groups.map((name, index) => ({ name, number: index + 1 }));
  const unnamed = numbered.filter(({ name }) => name === undefined);
  const named = numbered.filter(({ name }) => name !== undefined);
  const byNumber = [...unnamed, ...named].map(({ number }, index) => [String(index + 1), number] as const);
  return new Map([['0', 0], ...byNumber, ...named.map(({ name = '', number }) => [name, number] as const)]);
}

function* matchesOf(
  compiled: RE2JS,
  numbers: ReadonlyMap<string, number>,
  text: string,
): Generator<RegularExpressionMatch> {
  const matcher = compiled.matcher(text);
  const effort = compiled.programSize();
  let work = 0;
  for (let from = 0; ; from = matcher.end()) {
    work += effort * (text.length - from);
    if (work > mostWork) {
      throw new RangeError(
        `The regular expression would take too long with a text of ${text.length} characters.`,
      );
    }
    if (!matcher.find()) return;
    const whole = groupOf(matcher, text, 0);
    const found = numbers.size === 1 ? undefined : groupsOf(matcher, text, numbers);
    yield { ...whole, group: (name) => (name === '0' ? whole : found?.get(name)) };
  }
}

function groupsOf(
  matcher: Matcher,
  text: string,
  numbers: ReadonlyMap<string, number>,
): ReadonlyMap<string, MatchedGroup> {
  const found = new Map<string, MatchedGroup>();
  for (const [name, number] of numbers) {
    if (matcher.start(number) >= 0) found.set(name, groupOf(matcher, text, number));
  }
  return found;
}

function groupOf(matcher: Matcher, text: string, number: number): MatchedGroup {
  const start = matcher.start(number);
  const end = matcher.end(number);
  return { start, end, text: text.slice(start, end) };
}

/** A piece of a replacement, for one match. */
type Piece = (match: RegularExpressionMatch, text: string) => string;

/** ("Microsoft: Substitutions in Regular Expressions"). What names no group stands for itself. */
function readReplacement(replacement: string, numbers: ReadonlyMap<string, number>): readonly Piece[] {
  const pieces = replacement.split(/(\$(?:\d+|\{\w+\}|[$&`'+_]))/);
  const last = String([...numbers.keys()].filter((name) => /^\d+$/.test(name)).length - 1);
  return pieces.map((piece): Piece => {
    const name = /^\$(?:(\d+)|\{(\w+)\})$/.exec(piece);
    const group = name?.[1] ?? name?.[2];
    if (group !== undefined && numbers.has(group)) return (match) => match.group(group)?.text ?? '';
    switch (piece) {
      case '$$':
        return () => '$';
      case '$&':
        return (match) => match.text;
      case '$`':
        return (match, text) => text.slice(0, match.start);
      case "$'":
        return (match, text) => text.slice(match.end);
      case '$_':
        return (_match, text) => text;
      case '$+':
        return (match) => match.group(last)?.text ?? '';
      default:
        return () => piece;
    }
  });
}

function replaceAll(
  text: string,
  matches: Iterable<RegularExpressionMatch>,
  pieces: readonly Piece[],
): string {
  return replaceMatches(text, matches, (match) => {
    let written = '';
    for (const piece of pieces) {
      written += piece(match, text);
      requireLength(written.length);
    }
    return { start: match.start, end: match.end, text: written };
  });
}

function requireLength(length: number): void {
  if (length > longestResult) {
    throw new RangeError(`The result would have more than ${longestResult} characters.`);
  }
}

/** Puts another text where each match, or a part of it, stands. Throws RangeError when the result is too long. */
export function replaceMatches(
  text: string,
  matches: Iterable<RegularExpressionMatch>,
  replaced: (match: RegularExpressionMatch) => MatchedGroup | undefined,
): string {
  const parts: string[] = [];
  let length = 0;
  let after = 0;
  for (const match of matches) {
    const part = replaced(match);
    if (part === undefined) continue;
    parts.push(text.slice(after, part.start), part.text);
    length += part.start - after + part.text.length;
    requireLength(length);
    after = part.end;
  }
  return after === 0 && parts.length === 0 ? text : parts.join('') + text.slice(after);
}
