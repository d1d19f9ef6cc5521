// Query filters as ForgeRock's systems write them (CREST): text to tree and back, what they read, and whether an object
// meets one. Source: reconciliation reference, section G.
import { compileQueryFilter } from './query-filter-meaning.ts';
import {
  excerpt,
  type FilterMistake,
  keywordOf,
  type Literal,
  MistakenFilter,
  printLiteral,
  printPointer,
  readLiteral,
  readPointer,
  readTextList,
  readTokens,
  type Token,
} from './query-filter-tokens.ts';

export type ComparisonOperator = 'eq' | 'co' | 'sw' | 'lt' | 'le' | 'gt' | 'ge';

/** A comparison of an attribute with a value. `pointer` leads to it: names of attributes, places in lists from 0. */
export type FilterComparison = Readonly<{
  kind: 'comparison';
  pointer: readonly string[];
  operator: ComparisonOperator;
  literal: Literal;
}>;
/** At least two operands, none of the same kind: `a and (b and c)` has three. */
export type FilterJunction = Readonly<{ kind: 'and' | 'or'; operands: readonly QueryFilter[] }>;
export type QueryFilter =
  | FilterJunction
  | Readonly<{ kind: 'not'; operand: QueryFilter }>
  | FilterComparison
  | Readonly<{ kind: 'presence'; pointer: readonly string[] }>
  | Readonly<{ kind: 'constant'; value: boolean }>;

export type ParsedFilter =
  | Readonly<{ kind: 'parsed'; filter: QueryFilter }>
  | Readonly<{ kind: 'mistake'; mistake: FilterMistake }>;

/** Every operator that compares, with its meaning in words: what a builder offers. `pr` takes no value and is not among them. */
export const queryFilterOperators: Readonly<Record<ComparisonOperator, string>> = {
  eq: 'is',
  co: 'contains',
  sw: 'begins with',
  lt: 'is less than',
  le: 'is at most',
  gt: 'is greater than',
  ge: 'is at least',
};

/** The most characters that a filter may have. */
export const maximumFilterLength = 10_000;
const maximumDepth = 256;

/** Reads a filter. A mistake says in one sentence what is wrong, where, and what to write instead. */
export function parseQueryFilter(text: string): ParsedFilter {
  try {
    requireReadable(text);
    const cursor: Cursor = { tokens: readTokens(text), index: 0, depth: 0 };
    const filter = readAlternatives(cursor);
    const rest = peek(cursor);
    if (rest.kind === 'end') return { kind: 'parsed', filter };
    throw new MistakenFilter(restMessage(rest), rest);
  } catch (error) {
    if (error instanceof MistakenFilter) return { kind: 'mistake', mistake: error.mistake };
    throw error;
  }
}

function requireReadable(text: string): void {
  if (text.length > maximumFilterLength) {
    throw new MistakenFilter(
      `The filter has ${text.length} characters, and the most are ${maximumFilterLength}: shorten it.`,
      { position: maximumFilterLength, length: text.length - maximumFilterLength },
    );
  }
  if (text.trim() === '') {
    throw new MistakenFilter(
      'The filter is empty: write a condition such as mail sw "sam", or true for everything.',
      {
        position: 0,
        length: text.length,
      },
    );
  }
  const position = text.search(/\0|\p{Surrogate}/u);
  if (position >= 0) {
    throw new MistakenFilter('No stored text has such a character: remove it.', { position, length: 1 });
  }
}

function restMessage(rest: Token): string {
  if (rest.kind === 'close') return 'This closing parenthesis has no opening one: remove it.';
  return `The condition is complete before "${excerpt(rest.text)}": join conditions with "and" or "or".`;
}

/** Reading moves `index` on; `depth` counts the parentheses and negations around. */
type Cursor = { readonly tokens: readonly Token[]; index: number; depth: number };

function peek(cursor: Cursor): Token {
  const token = cursor.tokens[cursor.index] ?? cursor.tokens.at(-1);
  if (token === undefined) throw new Error('A filter has no end.');
  return token;
}

function take(cursor: Cursor): Token {
  const token = peek(cursor);
  cursor.index += 1;
  return token;
}

function takeKeyword(cursor: Cursor, keyword: string): boolean {
  if (keywordOf(peek(cursor)) !== keyword) return false;
  cursor.index += 1;
  return true;
}

function readAlternatives(cursor: Cursor): QueryFilter {
  return readJunction(cursor, 'or', () => readJunction(cursor, 'and', readNegation));
}

function readJunction(
  cursor: Cursor,
  kind: FilterJunction['kind'],
  readOperand: (cursor: Cursor) => QueryFilter,
): QueryFilter {
  const operands: QueryFilter[] = [];
  do operands.push(readOperand(cursor));
  while (takeKeyword(cursor, kind));
  return joinFilters(kind, operands);
}

/** What all (`and`) or any (`or`) of the filters say, as a tree without junctions of one kind in each other. */
export function joinFilters(kind: FilterJunction['kind'], filters: readonly QueryFilter[]): QueryFilter {
  const operands = filters.flatMap((filter) => (filter.kind === kind ? filter.operands : [filter]));
  const [first] = operands;
  if (first === undefined) return { kind: 'constant', value: kind === 'and' };
  return operands.length === 1 ? first : { kind, operands };
}

function readNegation(cursor: Cursor): QueryFilter {
  if (!takeKeyword(cursor, '!')) return readPrimary(cursor);
  const token = peek(cursor);
  if (keywordOf(token) === '!') {
    throw new MistakenFilter('A negation of a negation takes parentheses: write !(! …).', token);
  }
  return { kind: 'not', operand: readDeeper(cursor, token, readPrimary) };
}

function readPrimary(cursor: Cursor): QueryFilter {
  const token = take(cursor);
  switch (token.kind) {
    case 'open': {
      const filter = readDeeper(cursor, token, readAlternatives);
      const close = take(cursor);
      if (close.kind === 'close') return filter;
      if (close.kind === 'end') {
        throw new MistakenFilter('This parenthesis is not closed: write ) where its condition ends.', token);
      }
      throw new MistakenFilter(restMessage(close), close);
    }
    case 'close':
    case 'end':
      throw new MistakenFilter('A condition is missing here: write one such as mail sw "sam".', token);
    case 'quoted':
    case 'word': {
      const keyword = keywordOf(token);
      if (keyword === 'true' || keyword === 'false') return { kind: 'constant', value: keyword === 'true' };
      return readCondition(cursor, readPointer(token), token);
    }
  }
}

function readDeeper(cursor: Cursor, token: Token, read: (cursor: Cursor) => QueryFilter): QueryFilter {
  if (cursor.depth >= maximumDepth) {
    throw new MistakenFilter(
      `Parentheses and negations are in each other more than ${maximumDepth} deep: make the filter simpler.`,
      token,
    );
  }
  cursor.depth += 1;
  const filter = read(cursor);
  cursor.depth -= 1;
  return filter;
}

function readCondition(cursor: Cursor, pointer: readonly string[], attribute: Token): QueryFilter {
  const token = take(cursor);
  const operator = keywordOf(token);
  if (operator === undefined) {
    throw new MistakenFilter(
      `After the attribute "${excerpt(attribute.text)}" an operator is missing: write one of ${knownOperators}.`,
      token,
    );
  }
  if (operator === 'pr') return { kind: 'presence', pointer };
  if (operator === 'in') {
    const literals = readTextList(readOperand(cursor, token));
    return joinFilters(
      'or',
      literals.map((literal) => ({ kind: 'comparison', pointer, operator: 'eq', literal })),
    );
  }
  if (isComparisonOperator(operator)) {
    return { kind: 'comparison', pointer, operator, literal: readLiteral(readOperand(cursor, token)) };
  }
  throw new MistakenFilter(unknownOperatorMessage(token.text, attribute.text), token);
}

function readOperand(cursor: Cursor, operator: Token): Token {
  const token = take(cursor);
  if (token.kind === 'quoted' || token.kind === 'word') return token;
  throw new MistakenFilter(
    `After "${operator.text}" a value is missing: write text in quotes, a number, true or false.`,
    token,
  );
}

function isComparisonOperator(word: string): word is ComparisonOperator {
  return Object.hasOwn(queryFilterOperators, word);
}

const knownOperators = `${Object.keys(queryFilterOperators).join(', ')}, in and pr`;

function unknownOperatorMessage(operator: string, attribute: string): string {
  if (operator.toLowerCase() === 'ne') {
    return `There is no operator "ne": write !(${excerpt(attribute)} eq …), which is also true where there is no value.`;
  }
  return `"${excerpt(operator)}" is no operator: write one of ${knownOperators}.`;
}

/** Writes a tree in its one canonical spelling; reading that gives the same tree. */
export function printQueryFilter(filter: QueryFilter): string {
  switch (filter.kind) {
    case 'and':
      return filter.operands
        .map((operand) =>
          operand.kind === 'or' ? `(${printQueryFilter(operand)})` : printQueryFilter(operand),
        )
        .join(' and ');
    case 'or':
      return filter.operands.map(printQueryFilter).join(' or ');
    case 'not':
      return `!(${printQueryFilter(filter.operand)})`;
    case 'comparison':
      return `${printPointer(filter.pointer)} ${filter.operator} ${printLiteral(filter.literal)}`;
    case 'presence':
      return `${printPointer(filter.pointer)} pr`;
    case 'constant':
      return String(filter.value);
  }
}

/** The names of the attributes that the filter reads, each once: where pointers begin. */
export function attributesOfQueryFilter(filter: QueryFilter): readonly string[] {
  return [...new Set(listAttributes(filter))];
}

function listAttributes(filter: QueryFilter): readonly string[] {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.operands.flatMap(listAttributes);
    case 'not':
      return listAttributes(filter.operand);
    case 'comparison':
    case 'presence':
      return filter.pointer.slice(0, 1);
    case 'constant':
      return [];
  }
}

const compiledFilters = new WeakMap<QueryFilter, (object: unknown) => boolean>();

/**
 * Whether the object, as JSON has it, meets the filter. Values of another kind than the filter's are unequal and in no
 * order; text is compared without regard to case (`foldLetters`); of a list, one element is enough; a negation is the
 * contrary, so it is true where there is no value.
 */
export function meetsQueryFilter(filter: QueryFilter, object: unknown): boolean {
  let meets = compiledFilters.get(filter);
  if (meets === undefined) {
    meets = compileQueryFilter(filter);
    compiledFilters.set(filter, meets);
  }
  return meets(object);
}
