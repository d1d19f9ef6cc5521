// The words of mapping expressions: text → tokens, with a sentence for everything that cannot be one.
import type { ExpressionMistake } from './expression.ts';

type TokenKind = 'attribute' | 'text' | 'number' | 'name' | 'mark' | 'end';
/** `value` is what the token means: a text without its quotes, an attribute's name without its brackets, a number in decimal. */
export type Token = Readonly<{
  kind: TokenKind;
  value: string;
  position: number;
  length: number;
  isHexadecimal?: boolean;
}>;

/** Thrown while an expression is read or compiled, and caught where that began: the way out of a recursion. */
export class ExpressionRefusal extends Error {
  override readonly name = 'ExpressionRefusal';
  readonly mistake: ExpressionMistake;

  constructor(mistake: ExpressionMistake) {
    super(mistake.message);
    this.mistake = mistake;
  }
}

/** What Microsoft's service accepts. */
const longestExpression = 10_000;
const blank = /\s*/y;
const namePattern = /[\p{L}_][\p{L}\p{M}\p{N}_]*/uy;
const decimalPattern = /-?\d+/y;
const hexadecimalPattern = /&H[\dA-Fa-f]+/y;
const markPattern = /<>|<=|>=|[(),=<>&]/y;
const largestNumber = 2n ** 63n - 1n;

/** Splits an expression into its words; the last one has kind `end`. Throws ExpressionRefusal. */
export function readTokens(text: string): readonly Token[] {
  if (text.length > longestExpression) {
    throw refusal(
      `An expression has at most ${longestExpression} characters; this one has ${text.length}.`,
      longestExpression,
      text.length - longestExpression,
    );
  }
  const tokens: Token[] = [];
  for (let position = 0; ; ) {
    position = endOf(blank, text, position);
    if (position === text.length) return [...tokens, { kind: 'end', value: '', position, length: 0 }];
    const token = readToken(text, position, isOperand(tokens.at(-1)));
    tokens.push(token);
    position += token.length;
  }
}

/** Whether a value ends with this token, so that an operator may follow and no value. */
function isOperand(token: Token | undefined): boolean {
  if (token === undefined) return false;
  return token.kind === 'mark' ? token.value === ')' : true;
}

function readToken(text: string, position: number, isAfterOperand: boolean): Token {
  const first = text[position];
  if (first === '[') return readAttributeName(text, position);
  if (first === '"') return readText(text, position);
  if (first === '&' && text[position + 1] === 'H' && !isAfterOperand) {
    return readHexadecimal(text, position);
  }
  if (endOf(decimalPattern, text, position) > position) return readDecimal(text, position);
  const nameEnd = endOf(namePattern, text, position);
  if (nameEnd > position) return tokenOf('name', text.slice(position, nameEnd), position, nameEnd);
  refuseForeignOperator(text, position);
  const markEnd = endOf(markPattern, text, position);
  if (markEnd > position) return tokenOf('mark', text.slice(position, markEnd), position, markEnd);
  throw unreadable(text, position);
}

/** Where the pattern ends that begins at the position; the position itself when it does not begin there. */
function endOf(pattern: RegExp, text: string, position: number): number {
  pattern.lastIndex = position;
  return pattern.test(text) ? pattern.lastIndex : position;
}

function tokenOf(kind: TokenKind, value: string, position: number, end: number): Token {
  return { kind, value, position, length: end - position };
}

/** Brackets inside a name are part of it as long as they come in pairs: `[emails[type eq "work"].value]`. */
function readAttributeName(text: string, position: number): Token {
  let depth = 0;
  for (let end = position; end < text.length; end += 1) {
    if (text[end] === '[') depth += 1;
    else if (text[end] === ']') depth -= 1;
    if (depth > 0) continue;
    const name = text.slice(position + 1, end).trim();
    if (name !== '') return tokenOf('attribute', name, position, end + 1);
    throw refusal('Between the brackets stands the name of an attribute.', position, end + 1 - position);
  }
  throw refusal('The attribute name that begins with this "[" has no closing "]".', position, 1);
}

function readText(text: string, position: number): Token {
  const parts: string[] = [];
  for (let end = position + 1; end < text.length; end += 1) {
    const letter = text[end] ?? '';
    if (letter === '"') return tokenOf('text', parts.join(''), position, end + 1);
    if (letter !== '\\') {
      parts.push(letter);
      continue;
    }
    end += 1;
    const escaped = text[end];
    if (escaped === undefined) break;
    if (escaped !== '"' && escaped !== '\\') {
      throw refusal(
        `A backslash in a text is written twice: write \\\\${escaped} instead of \\${escaped}.`,
        end - 1,
        2,
        `\\\\${escaped}`,
      );
    }
    parts.push(escaped);
  }
  throw refusal('The text that begins with this " has no closing ".', position, 1);
}

function readDecimal(text: string, position: number): Token {
  const end = endOf(decimalPattern, text, position);
  if (/^\.\d/.test(text.slice(end, end + 2))) {
    throw refusal(
      'Numbers are whole; a fraction can be written as a text in double quotes.',
      position,
      end + 2 - position,
    );
  }
  refuseLetterAfter(text, position, end);
  return numberToken(BigInt(text.slice(position, end)), position, end, false);
}

function readHexadecimal(text: string, position: number): Token {
  const end = endOf(hexadecimalPattern, text, position);
  if (end === position) {
    throw refusal('After &H stand the digits of a hexadecimal number, as in &HF7.', position, 2);
  }
  refuseLetterAfter(text, position, end);
  return numberToken(BigInt(`0x${text.slice(position + 2, end)}`), position, end, true);
}

function refuseLetterAfter(text: string, position: number, end: number): void {
  const nameEnd = endOf(namePattern, text, end);
  if (nameEnd === end) return;
  const word = text.slice(position, nameEnd);
  throw refusal(
    `"${word}" is not a number; a text stands in double quotes.`,
    position,
    word.length,
    `"${word}"`,
  );
}

function numberToken(value: bigint, position: number, end: number, isHexadecimal: boolean): Token {
  if (value > largestNumber || value < -largestNumber) {
    throw refusal(`A number is at most ${largestNumber}.`, position, end - position);
  }
  return {
    kind: 'number',
    value: value.toString(),
    position,
    length: end - position,
    ...(isHexadecimal && { isHexadecimal }),
  };
}

/** Operators of other languages, with what stands for them here. */
const foreignOperators: readonly (readonly [written: string, message: string, suggestion?: string])[] = [
  ['==', 'Two values are compared with a single "=".', '='],
  ['!=', 'The operator for "not equal" is "<>".', '<>'],
  ['&&', 'There is no operator for "and": nest one IIF in another.'],
  ['||', 'There is no operator for "or": nest one IIF in another.'],
  ['+', 'Texts are joined with "&", or by Join or Append.', '&'],
  ['!', 'There is no operator for "not": use the function Not.'],
];

function refuseForeignOperator(text: string, position: number): void {
  for (const [written, message, suggestion] of foreignOperators) {
    if (text.startsWith(written, position)) throw refusal(message, position, written.length, suggestion);
  }
}

function unreadable(text: string, position: number): ExpressionRefusal {
  const letter = String.fromCodePoint(text.codePointAt(position) ?? 0);
  if (/['‘’‚“”„«»]/.test(letter)) {
    return refusal(`Texts stand in straight double quotes ("), not in ${letter}.`, position, 1, '"');
  }
  if (letter === ']') return refusal('There is no "[" before this "]".', position, 1);
  if (letter === ';') return refusal('Arguments are separated by commas.', position, 1, ',');
  return refusal(
    `${letter} means nothing here: an expression is made of functions, [attributes], "texts" and numbers.`,
    position,
    letter.length,
  );
}

/** The refusal of `length` characters from a position on. */
export function refusal(
  message: string,
  position: number,
  length: number,
  suggestion?: string,
): ExpressionRefusal {
  return new ExpressionRefusal({
    message,
    position,
    length,
    ...(suggestion !== undefined && { suggestion }),
  });
}
