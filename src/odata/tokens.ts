// The words of OData expressions ($filter, $select, $orderby), and a cursor that walks over them.
import { isInstant } from './instant.ts';
import { ODataSyntaxError } from './syntax-error.ts';

type TokenKind = 'string' | 'guid' | 'date' | 'number' | 'name' | 'mark' | 'end';
export type Token = { readonly kind: TokenKind; readonly text: string; readonly position: number };

/** Longest option text that is read at all; Microsoft Graph itself refuses longer URLs well before this. */
const maximumLength = 65_536;

const tokenPattern = new RegExp(
  [
    "(?<string>'(?:[^']|'')*'(?!'))",
    String.raw`(?<guid>[\da-fA-F]{8}-(?:[\da-fA-F]{4}-){3}[\da-fA-F]{12})(?![\p{L}\p{N}_-])`,
    String.raw`(?<date>\d{4}-\d\d-\d\d(?:[Tt][\d:.]+(?:[Zz]|[+-]\d\d:\d\d))?)(?![\p{L}\p{N}_.:-])`,
    String.raw`(?<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\p{L}\p{N}_.:-])`,
    String.raw`(?<name>\$count|[\p{L}_][\p{L}\p{M}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{M}\p{N}_]*)*)`,
    '(?<mark>[(),:/*])',
  ].join('|'),
  'uy',
);
const tokenKinds = ['string', 'guid', 'date', 'number', 'name', 'mark'] as const;
const blank = /\s*/uy;

/** Splits an option's text into its words; the last one has kind `end`. Throws ODataSyntaxError. */
function readTokens(option: string, text: string): readonly Token[] {
  requireLength(option, text);
  const tokens: Token[] = [];
  let position = 0;
  for (;;) {
    blank.lastIndex = position;
    blank.test(text);
    const start = blank.lastIndex;
    if (start === text.length) return [...tokens, { kind: 'end', text: '', position: start }];
    tokenPattern.lastIndex = start;
    const groups = tokenPattern.exec(text)?.groups;
    const kind = tokenKinds.find((name) => groups?.[name] !== undefined);
    if (groups === undefined || kind === undefined) throw unreadable(option, text, start);
    const word = groups[kind] ?? '';
    if (kind === 'date' && !isInstant(word.toUpperCase())) {
      throw new ODataSyntaxError(option, start, `expected a date with its zone, found ${quote(word)}`);
    }
    tokens.push({ kind, text: word, position: start });
    position = tokenPattern.lastIndex;
  }
}

/** Throws ODataSyntaxError for a text that is too long to be read. */
export function requireLength(option: string, text: string): void {
  if (text.length <= maximumLength) return;
  throw new ODataSyntaxError(option, maximumLength, `expected at most ${maximumLength} characters`);
}

function unreadable(option: string, text: string, start: number): ODataSyntaxError {
  if (text[start] === "'") return new ODataSyntaxError(option, start, "expected a closing ' for this string");
  const word = /^[-\p{L}\p{N}_.:]+|^./su.exec(text.slice(start, start + 64))?.[0] ?? '';
  const meaning = /^-?\d/.test(word)
    ? 'a number, a date with its zone or a GUID'
    : 'a name, a value or a parenthesis';
  return new ODataSyntaxError(option, start, `expected ${meaning}, found ${quote(word)}`);
}

function quote(word: string): string {
  return word.length > 40 ? `"${word.slice(0, 40)}…"` : `"${word}"`;
}

/** A place between tokens. `depth` counts open nestings, so that no text can exhaust the stack. */
export type Cursor = {
  readonly option: string;
  readonly tokens: readonly Token[];
  index: number;
  depth: number;
};

export function openCursor(option: string, text: string): Cursor {
  return { option, tokens: readTokens(option, text), index: 0, depth: 0 };
}

/** The token `ahead` places further on; past the last one, the `end` token. */
export function peek(cursor: Cursor, ahead = 0): Token {
  const token = cursor.tokens[Math.min(cursor.index + ahead, cursor.tokens.length - 1)];
  if (token === undefined) throw new RangeError('a token list always has an end');
  return token;
}

/** Moves over the mark when it stands next, and says whether it did. */
export function takeMark(cursor: Cursor, mark: string): boolean {
  const token = peek(cursor);
  if (token.kind !== 'mark' || token.text !== mark) return false;
  cursor.index += 1;
  return true;
}

/** Moves over the word (in any case) when it stands next, and says whether it did. */
export function takeWord(cursor: Cursor, word: string): boolean {
  const token = peek(cursor);
  if (token.kind !== 'name' || token.text.toLowerCase() !== word) return false;
  cursor.index += 1;
  return true;
}

export function expectMark(cursor: Cursor, mark: string): void {
  if (!takeMark(cursor, mark)) throw expected(cursor, `"${mark}"`);
}

export function expectName(cursor: Cursor, meaning: string): string {
  const token = peek(cursor);
  if (token.kind !== 'name') throw expected(cursor, meaning);
  cursor.index += 1;
  return token.text;
}

export function expectEnd(cursor: Cursor, meaning: string): void {
  if (peek(cursor).kind !== 'end') throw expected(cursor, meaning);
}

/** The error for a token that cannot stand here; the token under the cursor unless another is given. */
export function expected(cursor: Cursor, meaning: string, token: Token = peek(cursor)): ODataSyntaxError {
  const found = token.kind === 'end' ? 'the end' : quote(token.text);
  return new ODataSyntaxError(cursor.option, token.position, `expected ${meaning}, found ${found}`);
}
