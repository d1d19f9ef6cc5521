// $search as the directory reads it: quoted clauses joined by AND, OR and NOT, and the words a text is searched by.
import { ODataSyntaxError } from './syntax-error.ts';
import { requireLength } from './tokens.ts';

/** One quoted phrase; `property` is null for a phrase without one. */
type SearchClause = { kind: 'clause'; property: string | null; text: string };
/** `and` and `or` have at least two operands, none of their own kind. */
export type SearchExpression =
  | SearchClause
  | { kind: 'and' | 'or'; operands: readonly SearchExpression[] }
  | { kind: 'not'; operand: SearchExpression };

type Token = {
  readonly kind: 'phrase' | 'word' | 'mark' | 'end';
  readonly text: string;
  readonly position: number;
};
type Cursor = { readonly tokens: readonly Token[]; index: number; depth: number };

const maximumDepth = 100;
const blank = /\s*/y;
const tokenPattern = /(?:"((?:[^"\\]|\\.)*)"|(AND|OR|NOT)(?![\p{L}\p{N}_])|([()]))/suy;

/**
 * Reads a $search such as `"displayName:jon smi" AND ("description:x" OR "mail:y")`. Clauses stand in double quotes
 * (`\"` and `\\` inside), the words between them in capitals; two clauses with nothing between them are joined by AND.
 * Throws ODataSyntaxError.
 */
export function parseSearch(text: string): SearchExpression {
  requireLength('search', text);
  const cursor: Cursor = { tokens: readTokens(text), index: 0, depth: 0 };
  const tree = readAlternatives(cursor);
  if (peek(cursor).kind !== 'end') throw expected(cursor, 'AND, OR or the end');
  return tree;
}

function readTokens(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let position = 0;
  for (;;) {
    blank.lastIndex = position;
    blank.test(text);
    const start = blank.lastIndex;
    if (start === text.length) return [...tokens, { kind: 'end', text: 'the end', position: start }];
    tokenPattern.lastIndex = start;
    const match = tokenPattern.exec(text);
    if (match === null) {
      throw new ODataSyntaxError('search', start, 'expected a clause in double quotes, AND, OR or NOT');
    }
    const [, phrase, word, mark = ''] = match;
    if (phrase !== undefined) tokens.push({ kind: 'phrase', text: phrase, position: start });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word, position: start });
    else tokens.push({ kind: 'mark', text: mark, position: start });
    position = tokenPattern.lastIndex;
  }
}

function peek(cursor: Cursor): Token {
  const token = cursor.tokens[cursor.index];
  if (token === undefined) throw new RangeError('nothing reads past the end');
  return token;
}

function expected(cursor: Cursor, meaning: string): ODataSyntaxError {
  const { text, position } = peek(cursor);
  return new ODataSyntaxError('search', position, `expected ${meaning}, found ${text}`);
}

function take(cursor: Cursor, kind: 'word' | 'mark', text: string): boolean {
  const token = peek(cursor);
  if (token.kind !== kind || token.text !== text) return false;
  cursor.index += 1;
  return true;
}

function readAlternatives(cursor: Cursor): SearchExpression {
  const operands = [readConjunction(cursor)];
  while (take(cursor, 'word', 'OR')) operands.push(readConjunction(cursor));
  return join('or', operands);
}

function readConjunction(cursor: Cursor): SearchExpression {
  const operands: SearchExpression[] = [];
  do operands.push(readOperand(cursor));
  while (take(cursor, 'word', 'AND') || startsOperand(peek(cursor)));
  return join('and', operands);
}

function startsOperand(token: Token): boolean {
  return token.kind === 'phrase' || token.text === '(' || token.text === 'NOT';
}

function join(kind: 'and' | 'or', operands: readonly SearchExpression[]): SearchExpression {
  const flat = operands.flatMap((operand) => (operand.kind === kind ? operand.operands : [operand]));
  const [only] = flat;
  return only !== undefined && flat.length === 1 ? only : { kind, operands: flat };
}

function readOperand(cursor: Cursor): SearchExpression {
  if (cursor.depth >= maximumDepth) throw expected(cursor, `at most ${maximumDepth} nestings`);
  cursor.depth += 1;
  const tree = readNested(cursor);
  cursor.depth -= 1;
  return tree;
}

function readNested(cursor: Cursor): SearchExpression {
  if (take(cursor, 'word', 'NOT')) return { kind: 'not', operand: readOperand(cursor) };
  if (take(cursor, 'mark', '(')) {
    const tree = readAlternatives(cursor);
    if (!take(cursor, 'mark', ')')) throw expected(cursor, '")"');
    return tree;
  }
  const token = peek(cursor);
  if (token.kind !== 'phrase') throw expected(cursor, 'a clause in double quotes');
  cursor.index += 1;
  const phrase = token.text.replace(/\\(.)/gsu, '$1').trim();
  const [prefix = '', property = null] = /^([\p{L}_][\p{L}\p{N}_./]*)\s*:/u.exec(phrase) ?? [];
  const text = phrase.slice(prefix.length).trim();
  if (text === '') throw new ODataSyntaxError('search', token.position, 'expected a text to search for');
  return { kind: 'clause', property, text };
}

const wordPattern = /[\p{Lu}\p{Lt}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|\p{N}+/gu;

/**
 * The lower-cased words of a text, split where the directory's index splits: at spaces and punctuation, before a
 * capital that follows a small letter, and between letters and digits. `OneVideo-2nd` has one, video, 2, nd.
 */
export function tokenize(text: string): readonly string[] {
  return (text.match(wordPattern) ?? []).map((word) => word.toLowerCase());
}

/** Whether every searched word begins some word of the text; both as `tokenize` gives them. */
export function matchesTokens(haystackTokens: readonly string[], needleTokens: readonly string[]): boolean {
  return needleTokens.every((needle) => haystackTokens.some((word) => word.startsWith(needle)));
}
