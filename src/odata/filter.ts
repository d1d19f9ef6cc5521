// $filter: text to tree and back, as Microsoft Graph's directory uses it (OData 4.01, part 2, section 5.1.1).
import {
  type Cursor,
  expectEnd,
  expected,
  expectMark,
  expectName,
  openCursor,
  peek,
  type Token,
  takeMark,
  takeWord,
} from './tokens.ts';

/** A constant. `text` is its canonical spelling; a guid's `value` is lower-case, a date's is upper-case ISO text. */
export type Literal = {
  kind: 'literal';
  type: 'string' | 'boolean' | 'null' | 'number' | 'guid' | 'date';
  value: string | boolean | null | number;
  text: string;
};
/** `manager/id`, `assignedLicenses/$count`, `microsoft.graph.user/surname`, or a lambda's variable: `a/skuId`. */
export type Path = { kind: 'path'; segments: readonly string[] };
export type ConditionFunction = 'startswith' | 'endswith' | 'contains' | 'isof';
export type ValueFunction = 'tolower' | 'toupper' | 'trim' | 'length' | 'indexof' | 'concat';
/** A function, its name lower-cased. `isof` always carries its type as a string literal in the last place. */
export type Call = {
  kind: 'call';
  name: ConditionFunction | ValueFunction;
  arguments: readonly Expression[];
};
export type ComparisonOperator = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le';
export type Comparison = {
  kind: 'comparison';
  operator: ComparisonOperator;
  left: Expression;
  right: Expression;
};
export type In = { kind: 'in'; left: Expression; values: readonly Literal[] };
/** At least two operands, none of the same kind: `a and (b and c)` has three. */
export type Logical = { kind: 'and' | 'or'; operands: readonly Expression[] };
export type Not = { kind: 'not'; operand: Expression };
/** `path/any(variable:predicate)`; `path/any()` has neither. */
export type Lambda = {
  kind: 'any' | 'all';
  path: Path;
  variable: string | null;
  predicate: Expression | null;
};
export type Expression = Literal | Path | Call | Comparison | In | Logical | Not | Lambda;

const maximumDepth = 100;

/** Each function with the fewest and most arguments it takes. */
const arities: Readonly<Record<Call['name'], readonly [fewest: number, most: number]>> = {
  startswith: [2, 2],
  endswith: [2, 2],
  contains: [2, 2],
  isof: [1, 2],
  tolower: [1, 1],
  toupper: [1, 1],
  trim: [1, 1],
  length: [1, 1],
  indexof: [2, 2],
  concat: [2, 2],
};
const conditionFunctions: ReadonlySet<string> = new Set(['startswith', 'endswith', 'contains', 'isof']);
const comparisonOperators: ReadonlySet<string> = new Set(['eq', 'ne', 'gt', 'ge', 'lt', 'le']);

/**
 * Reads a $filter. Operators, functions, `true`, `false` and `null` may be written in any case; property names keep
 * theirs. `not` binds tighter than comparisons, those tighter than `and`, that tighter than `or`.
 * Throws ODataSyntaxError for everything else, also beyond 65,536 characters or 100 nestings.
 */
export function parseFilter(text: string): Expression {
  const cursor = openCursor('filter', text);
  const tree = readCondition(cursor);
  expectEnd(cursor, 'an operator or the end');
  return tree;
}

function readCondition(cursor: Cursor): Expression {
  const token = peek(cursor);
  const tree = readAlternatives(cursor);
  requireCondition(cursor, tree, token);
  return tree;
}

function readAlternatives(cursor: Cursor): Expression {
  if (cursor.depth >= maximumDepth) throw expected(cursor, `at most ${maximumDepth} nestings`);
  cursor.depth += 1;
  const tree = readSequence(cursor, 'or', () => readSequence(cursor, 'and', () => readComparison(cursor)));
  cursor.depth -= 1;
  return tree;
}

function readSequence(cursor: Cursor, kind: 'and' | 'or', readOperand: () => Expression): Expression {
  const operands: Expression[] = [];
  do {
    const token = peek(cursor);
    const operand = readOperand();
    if (operands.length > 0 || isWord(peek(cursor), kind)) requireCondition(cursor, operand, token);
    if (operand.kind === kind) operands.push(...operand.operands);
    else operands.push(operand);
  } while (takeWord(cursor, kind));
  const [only] = operands;
  return only !== undefined && operands.length === 1 ? only : { kind, operands };
}

function readComparison(cursor: Cursor): Expression {
  const token = peek(cursor);
  const left = readUnary(cursor);
  const sign = peek(cursor);
  if (isWord(sign, 'in')) {
    if (left.kind !== 'path' && left.kind !== 'call') throw expected(cursor, 'a property before "in"', token);
    cursor.index += 1;
    return { kind: 'in', left, values: readList(cursor) };
  }
  const operator = sign.text.toLowerCase();
  if (sign.kind !== 'name' || !isComparisonOperator(operator)) return left;
  cursor.index += 1;
  const rightToken = peek(cursor);
  const right = readUnary(cursor);
  requireComparable(cursor, left, right, rightToken);
  requireComparable(cursor, right, left, token);
  return { kind: 'comparison', operator, left, right };
}

function readUnary(cursor: Cursor): Expression {
  if (takeWord(cursor, 'not')) {
    if (cursor.depth >= maximumDepth) throw expected(cursor, `at most ${maximumDepth} nestings`);
    cursor.depth += 1;
    const token = peek(cursor);
    const operand = readUnary(cursor);
    cursor.depth -= 1;
    requireCondition(cursor, operand, token);
    return { kind: 'not', operand };
  }
  if (takeMark(cursor, '(')) {
    const tree = readAlternatives(cursor);
    expectMark(cursor, ')');
    return tree;
  }
  return readLiteral(cursor) ?? readNamed(cursor);
}

function readLiteral(cursor: Cursor): Literal | null {
  const literal = literalOf(peek(cursor), peek(cursor, 1));
  if (literal !== null) cursor.index += 1;
  return literal;
}

function literalOf(token: Token, next: Token): Literal | null {
  switch (token.kind) {
    case 'string':
      return stringLiteral(token.text.slice(1, -1).replaceAll("''", "'"));
    case 'guid': {
      const value = token.text.toLowerCase();
      return { kind: 'literal', type: 'guid', value, text: value };
    }
    case 'date': {
      const value = token.text.toUpperCase();
      return { kind: 'literal', type: 'date', value, text: value };
    }
    case 'number':
      return { kind: 'literal', type: 'number', value: Number(token.text), text: token.text };
    case 'name': {
      const text = token.text.toLowerCase();
      if (next.text === '/' || next.text === '(') return null;
      if (text === 'null') return { kind: 'literal', type: 'null', value: null, text };
      if (text === 'true' || text === 'false') {
        return { kind: 'literal', type: 'boolean', value: text === 'true', text };
      }
      return null;
    }
    case 'mark':
    case 'end':
      return null;
  }
}

function stringLiteral(value: string): Literal {
  return { kind: 'literal', type: 'string', value, text: `'${value.replaceAll("'", "''")}'` };
}

function readList(cursor: Cursor): readonly Literal[] {
  expectMark(cursor, '(');
  const values: Literal[] = [];
  do {
    const literal = readLiteral(cursor);
    if (literal === null) throw expected(cursor, 'a value');
    values.push(literal);
  } while (takeMark(cursor, ','));
  expectMark(cursor, ')');
  return values;
}

/** A call, a path, or a path that ends in a lambda. */
function readNamed(cursor: Cursor): Expression {
  const token = peek(cursor);
  const first = expectName(cursor, 'a property or a value');
  if (first === '$count') throw expected(cursor, 'a property before "/$count"', token);
  if (takeMark(cursor, '(')) return readCall(cursor, first.toLowerCase(), token);
  const segments = [first];
  while (takeMark(cursor, '/')) {
    const segment = expectName(cursor, 'a property');
    const quantifier = segment.toLowerCase();
    if ((quantifier === 'any' || quantifier === 'all') && takeMark(cursor, '(')) {
      return readLambda(cursor, quantifier, { kind: 'path', segments });
    }
    segments.push(segment);
    if (segment === '$count') break;
  }
  return { kind: 'path', segments };
}

function readCall(cursor: Cursor, name: string, token: Token): Call {
  if (!isFunction(name)) throw expected(cursor, 'a known function', token);
  const values: Expression[] = [];
  if (!takeMark(cursor, ')')) {
    do values.push(readAlternatives(cursor));
    while (takeMark(cursor, ','));
    expectMark(cursor, ')');
  }
  const [fewest, most] = arities[name];
  if (values.length < fewest || values.length > most) {
    const count = fewest === most ? `${fewest}` : `${fewest} or ${most}`;
    throw expected(cursor, `${count} argument${count === '1' ? '' : 's'} for "${name}"`, token);
  }
  return { kind: 'call', name, arguments: name === 'isof' ? typedArguments(cursor, values, token) : values };
}

/** A type may be written quoted or bare; the tree has it as a string in both cases. */
function typedArguments(cursor: Cursor, values: readonly Expression[], token: Token): readonly Expression[] {
  const type = values.at(-1);
  if (type?.kind === 'path') return [...values.slice(0, -1), stringLiteral(type.segments.join('/'))];
  if (type?.kind === 'literal' && type.type === 'string') return values;
  throw expected(cursor, 'a type name as last argument of "isof"', token);
}

function readLambda(cursor: Cursor, kind: 'any' | 'all', path: Path): Lambda {
  if (kind === 'any' && takeMark(cursor, ')')) return { kind, path, variable: null, predicate: null };
  const variable = expectName(cursor, 'a variable');
  expectMark(cursor, ':');
  const predicate = readCondition(cursor);
  expectMark(cursor, ')');
  return { kind, path, variable, predicate };
}

function isWord(token: Token, word: string): boolean {
  return token.kind === 'name' && token.text.toLowerCase() === word;
}

function isFunction(word: string): word is Call['name'] {
  return Object.hasOwn(arities, word);
}

/** Whether the function decides something by itself; the others give a value to compare. */
export function isConditionFunction(name: Call['name']): name is ConditionFunction {
  return conditionFunctions.has(name);
}

function isComparisonOperator(word: string): word is ComparisonOperator {
  return comparisonOperators.has(word);
}

/** A property may be a condition (`accountEnabled`); a string, a number or the result of `length` never is. */
function requireCondition(cursor: Cursor, tree: Expression, token: Token): void {
  const isValue =
    tree.kind === 'literal'
      ? tree.type !== 'boolean'
      : tree.kind === 'call' && !isConditionFunction(tree.name);
  if (isValue) throw expected(cursor, 'a condition', token);
}

/** `not displayName eq 'x'` compares a condition with a string: the author meant `not (…)`. */
function requireComparable(cursor: Cursor, one: Expression, other: Expression, otherToken: Token): void {
  const isCondition =
    one.kind === 'call' ? isConditionFunction(one.name) : one.kind !== 'path' && one.kind !== 'literal';
  if (!isCondition || other.kind !== 'literal' || other.type === 'boolean') return;
  throw expected(cursor, 'true or false to compare a condition with', otherToken);
}

/** Writes a tree in its one canonical spelling; reading that gives the same tree. */
export function printFilter(tree: Expression): string {
  switch (tree.kind) {
    case 'literal':
      return tree.text;
    case 'path':
      return tree.segments.join('/');
    case 'call':
      return `${tree.name}(${tree.arguments.map(printFilter).join(',')})`;
    case 'comparison':
      return `${printOperand(tree.left)} ${tree.operator} ${printOperand(tree.right)}`;
    case 'in':
      return `${printOperand(tree.left)} in (${tree.values.map((value) => value.text).join(',')})`;
    case 'and':
      return tree.operands
        .map((operand) => (operand.kind === 'or' ? printOperand(operand) : printFilter(operand)))
        .join(' and ');
    case 'or':
      return tree.operands.map(printFilter).join(' or ');
    case 'not':
      return `not ${printOperand(tree.operand)}`;
    case 'any':
    case 'all': {
      const body =
        tree.predicate === null || tree.variable === null
          ? ''
          : `${tree.variable}:${printFilter(tree.predicate)}`;
      return `${printFilter(tree.path)}/${tree.kind}(${body})`;
    }
  }
}

function printOperand(tree: Expression): string {
  const isLoose =
    tree.kind === 'comparison' || tree.kind === 'in' || tree.kind === 'and' || tree.kind === 'or';
  return isLoose ? `(${printFilter(tree)})` : printFilter(tree);
}
