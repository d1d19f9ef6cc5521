/**
 * Expressions of attribute mappings: the tree, and the ways from text to tree and back. The language is that of Microsoft's
 * provisioning service ("Microsoft: Reference for writing expressions for attribute mappings"), with the `&` of cloud sync.
 */
import { ExpressionRefusal, readTokens, refusal, type Token } from './expression-tokens.ts';

/** Where a part stands in the text that it was read from, in UTF-16 units. */
export type ExpressionPlace = Readonly<{ position: number; length: number }>;

export type AttributeReference = ExpressionPlace & Readonly<{ kind: 'attribute'; name: string }>;
export type TextLiteral = ExpressionPlace & Readonly<{ kind: 'text'; value: string }>;
/** `value` is a whole number in decimal digits, which may be larger than a number of JavaScript can hold. */
export type NumberLiteral = ExpressionPlace &
  Readonly<{ kind: 'number'; value: string; isHexadecimal?: boolean }>;
/** A name without brackets, quotes or parentheses: `vbTextCompare`, `UTF8`. */
export type Word = ExpressionPlace & Readonly<{ kind: 'word'; word: string }>;
export type Call = ExpressionPlace &
  Readonly<{ kind: 'call'; name: string; arguments: readonly (Expression | OmittedArgument)[] }>;
export type ComparisonOperator = '=' | '<>' | '<' | '<=' | '>' | '>=';
export type Comparison = ExpressionPlace &
  Readonly<{
    kind: 'comparison';
    operator: ComparisonOperator;
    left: Operand | Concatenation;
    right: Operand | Concatenation;
  }>;
/** At least two parts, joined with `&`. */
export type Concatenation = ExpressionPlace & Readonly<{ kind: 'concatenation'; parts: readonly Operand[] }>;
/** An argument that is left out between commas. */
export type OmittedArgument = ExpressionPlace & Readonly<{ kind: 'omitted' }>;

export type Operand = AttributeReference | TextLiteral | NumberLiteral | Word | Call;
export type Expression = Operand | Concatenation | Comparison;

/**
 * What is wrong with an expression, in a sentence that does not name the place. `position` and `length` are the characters to
 * mark; `suggestion` is what could stand there instead.
 */
export type ExpressionMistake = Readonly<{
  message: string;
  position: number;
  length: number;
  suggestion?: string;
}>;

/** How deep calls may stand in each other. */
export const deepestNesting = 100;

const comparisonOperators: readonly string[] = [
  '=',
  '<>',
  '<',
  '<=',
  '>',
  '>=',
] satisfies ComparisonOperator[];

type Cursor = { readonly tokens: readonly Token[]; index: number; depth: number };

/**
 * Reads an expression. It is only about the form: which functions there are, and what they take, is found when it is compiled.
 * Omitted arguments are kept as they are written; `Now( )` has no argument.
 */
export function parseExpression(
  text: string,
):
  | Readonly<{ kind: 'parsed'; expression: Expression }>
  | Readonly<{ kind: 'mistake'; mistake: ExpressionMistake }> {
  try {
    const cursor: Cursor = { tokens: readTokens(text), index: 0, depth: 0 };
    if (peek(cursor).kind === 'end') throw refusal('There is no expression.', 0, text.length);
    const expression = readExpression(cursor);
    expectNothingElse(cursor);
    return { kind: 'parsed', expression };
  } catch (error) {
    if (error instanceof ExpressionRefusal) return { kind: 'mistake', mistake: error.mistake };
    throw error;
  }
}

function peek(cursor: Cursor): Token {
  const token = cursor.tokens[cursor.index];
  if (token === undefined) throw new RangeError('a token list always has an end');
  return token;
}

function takeMark(cursor: Cursor, mark: string): boolean {
  const token = peek(cursor);
  if (token.kind !== 'mark' || token.value !== mark) return false;
  cursor.index += 1;
  return true;
}

/** What reaches from the beginning of one part to the end of another. */
function span(from: ExpressionPlace, to: ExpressionPlace): ExpressionPlace {
  return { position: from.position, length: to.position + to.length - from.position };
}

function readExpression(cursor: Cursor): Expression {
  const left = readConcatenation(cursor);
  const token = peek(cursor);
  if (token.kind !== 'mark' || !isComparisonOperator(token.value)) return left;
  cursor.index += 1;
  const right = readConcatenation(cursor);
  const next = peek(cursor);
  if (next.kind === 'mark' && isComparisonOperator(next.value)) {
    throw refusal('A comparison has two sides.', next.position, next.length);
  }
  return { kind: 'comparison', operator: token.value, left, right, ...span(left, right) };
}

function isComparisonOperator(mark: string): mark is ComparisonOperator {
  return comparisonOperators.includes(mark);
}

function readConcatenation(cursor: Cursor): Operand | Concatenation {
  const first = readOperand(cursor);
  const parts = [first];
  while (takeMark(cursor, '&')) parts.push(readOperand(cursor));
  const last = parts.at(-1) ?? first;
  return parts.length === 1 ? first : { kind: 'concatenation', parts, ...span(first, last) };
}

function readOperand(cursor: Cursor): Operand {
  const token = peek(cursor);
  const { position, length, value } = token;
  if (token.kind === 'mark') {
    const isEmpty = token.value === ',' || token.value === ')';
    const missing = isEmpty ? 'A value is missing before this' : 'A value stands here, not an';
    throw refusal(
      token.value === '(' ? 'Before this "(" stands the name of a function.' : `${missing} "${token.value}".`,
      position,
      length,
    );
  }
  if (token.kind === 'end') throw refusal('A value is missing at the end.', position, 0);
  cursor.index += 1;
  switch (token.kind) {
    case 'attribute':
      return { kind: 'attribute', name: value, position, length };
    case 'text':
      return { kind: 'text', value, position, length };
    case 'number':
      return { kind: 'number', value, position, length, ...(token.isHexadecimal && { isHexadecimal: true }) };
    case 'name':
      return takeMark(cursor, '(')
        ? readCall(cursor, token)
        : { kind: 'word', word: value, position, length };
  }
}

/** After the opening parenthesis. */
function readCall(cursor: Cursor, name: Token): Call {
  const opening = cursor.tokens[cursor.index - 1] ?? name;
  if (cursor.depth >= deepestNesting) throw tooDeep(name);
  cursor.depth += 1;
  const read: (Expression | OmittedArgument)[] = [];
  for (;;) {
    read.push(readArgument(cursor));
    if (takeMark(cursor, ',')) continue;
    const closing = peek(cursor);
    if (takeMark(cursor, ')')) {
      cursor.depth -= 1;
      const isEmpty = read.length === 1 && read[0]?.kind === 'omitted';
      return { kind: 'call', name: name.value, arguments: isEmpty ? [] : read, ...span(name, closing) };
    }
    if (closing.kind === 'end') {
      throw refusal(`${name.value} has no closing ")".`, opening.position, opening.length);
    }
    throw unexpected(closing, 'a comma or ")"');
  }
}

/** The refusal of what stands deeper than calls may stand in each other. */
export function tooDeep(place: ExpressionPlace): ExpressionRefusal {
  return refusal(
    `Functions stand in each other at most ${deepestNesting} deep.`,
    place.position,
    place.length,
  );
}

function readArgument(cursor: Cursor): Expression | OmittedArgument {
  const { kind, value, position } = peek(cursor);
  const isOmitted = kind === 'mark' && (value === ',' || value === ')');
  return isOmitted ? { kind: 'omitted', position, length: 0 } : readExpression(cursor);
}

function expectNothingElse(cursor: Cursor): void {
  const token = peek(cursor);
  if (token.kind === 'end') return;
  if (token.kind === 'mark' && token.value === ')') {
    throw refusal('There is no "(" for this ")".', token.position, token.length);
  }
  if (token.kind === 'mark' && token.value === ',') {
    throw refusal('An expression is one value; only a function has several.', token.position, token.length);
  }
  throw unexpected(token, 'an operator');
}

function unexpected(token: Token, expected: string): ExpressionRefusal {
  const { position, length } = token;
  if (token.kind === 'name' && /^(?:and|or)$/i.test(token.value)) {
    return refusal(
      `There is no operator ${token.value.toUpperCase()}: nest one IIF in another.`,
      position,
      length,
    );
  }
  return refusal(`Before this, ${expected} is missing.`, position, length);
}

/** The canonical text of an expression: parsed again, it gives the same tree up to positions. */
export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'attribute':
      return `[${expression.name}]`;
    case 'text':
      return `"${expression.value.replace(/["\\]/g, '\\$&')}"`;
    case 'number':
      return expression.isHexadecimal
        ? `&H${BigInt(expression.value).toString(16).toUpperCase()}`
        : expression.value;
    case 'word':
      return expression.word;
    case 'call': {
      const printed = expression.arguments.map((one) => (one.kind === 'omitted' ? '' : printExpression(one)));
      return `${expression.name}(${printed.join(', ')})`;
    }
    case 'comparison':
      return `${printExpression(expression.left)} ${expression.operator} ${printExpression(expression.right)}`;
    case 'concatenation':
      return expression.parts.map(printExpression).join(' & ');
  }
}
