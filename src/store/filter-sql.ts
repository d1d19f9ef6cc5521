/** An OData filter as a PostgreSQL condition over a jsonb column of attributes, equal in meaning to `compileFilter`. */
import type { ISql } from 'postgres';
import { Fault } from '../errors.ts';
import { compileFilter, foldCase } from '../odata/evaluate.ts';
import {
  type Call,
  type Comparison,
  type ConditionFunction,
  type Expression,
  type In,
  isConditionFunction,
  type Lambda,
  type Path,
  parseFilter,
  type ValueFunction,
} from '../odata/filter.ts';
import { pathsOf } from '../odata/filter-paths.ts';
import {
  always,
  compareTo,
  compareValues,
  excerpt,
  foldedConstant,
  isOneOf,
  never,
  type Operator,
  refuse,
  textConstant,
  type Value,
} from './filter-comparison.ts';
import {
  anyCharacter,
  charactersIn,
  concatenate,
  indexInText,
  lengthOfText,
  type TextSource,
  textSource,
  trim,
} from './filter-text.ts';
import { type Fragment, joinSql, type SqlText, sqlText, sqlWord, subject, toFragment } from './sql-text.ts';

/**
 * The filter as a condition that is true or false, never null, over `attributes`: an expression of type jsonb, such
 * as sql`resource.attributes`, in a database whose encoding is UTF8. A name that is missing and a null both mean that
 * there is no value. Names and constants of the filter are parameters. Throws what `requireExpressible` throws.
 */
export function filterCondition(sql: ISql, tree: Expression, attributes: Fragment): Fragment {
  return toFragment(sql, compile(tree), attributes);
}

/**
 * Throws a `Fault` with code `invalid-setting` for a filter whose meaning a condition in PostgreSQL cannot have
 * exactly. Needs no database.
 */
export function requireExpressible(tree: Expression): void {
  compile(tree);
}

/** `requireExpressible` for a filter as text, whose syntax is right. */
export function requireExpressibleFilter(filter: string): void {
  requireExpressible(parseFilter(filter));
}

/** The protocol counts parameters in 16 bits, and the rest of a statement needs some, too. */
const maximumParameters = 60_000;

function compile(tree: Expression): SqlText {
  const condition = compileTest(tree, { variables: new Map(), depth: 0 });
  if (condition.values.length <= maximumParameters) return condition;
  throw new Fault('invalid-setting', `The filter "${excerpt(tree)}" is too long for one query: shorten it.`);
}

/** The elements, of type jsonb, that the lambda variables stand for, and how many lambdas are around. */
type Scope = Readonly<{ variables: ReadonlyMap<string, SqlText>; depth: number }>;

function compileTest(tree: Expression, scope: Scope): SqlText {
  switch (tree.kind) {
    case 'and':
    case 'or': {
      const tests = tree.operands.map((operand) => compileTest(operand, scope));
      return joinSql(tests, tree.kind);
    }
    case 'not':
      return negate(compileTest(tree.operand, scope));
    case 'any':
    case 'all':
      return compileLambda(tree, scope);
    case 'literal':
      return tree.value === true ? always : never;
    case 'path':
      return whenTrue(readValue(tree, scope).boolean);
    case 'comparison':
      return constantTest(tree) ?? compileComparison(tree, scope);
    case 'in':
      return constantTest(tree) ?? compileIn(tree, scope);
    case 'call':
      if (!isConditionFunction(tree.name)) return never;
      return constantTest(tree) ?? compileCondition(tree.name, tree, scope);
  }
}

/** What asks nothing of the attributes is decided at once. */
function constantTest(tree: Expression): SqlText | undefined {
  if (pathsOf(tree).length > 0) return undefined;
  return compileFilter(tree, () => undefined)(undefined) ? always : never;
}

function compileLambda(tree: Lambda, scope: Scope): SqlText {
  const { json } = locate(tree.path, scope);
  const array = sqlText`case when jsonb_typeof(${json}) = 'array' then ${json} end`;
  const { predicate, variable } = tree;
  if (predicate === null || variable === null) {
    return sqlText`(coalesce(jsonb_array_length(${array}), 0) > 0)`;
  }
  const { depth } = scope;
  const element = sqlWord(`filter_element_${depth}`);
  const variables = new Map(scope.variables).set(variable, element);
  const test = compileTest(predicate, { variables, depth: depth + 1 });
  const elements = sqlText`jsonb_array_elements(${array}) as ${sqlWord(`filter_elements_${depth}`)} (${element})`;
  return tree.kind === 'any'
    ? sqlText`exists (select from ${elements} where ${test})`
    : sqlText`(not exists (select from ${elements} where ${negate(test)}))`;
}

function compileCondition(name: ConditionFunction, tree: Call, scope: Scope): SqlText {
  if (name === 'isof') throw refuse(tree, 'the type of an object is not stored', 'remove it');
  const [text, part] = tree.arguments.map((argument) => readText(argument, scope));
  if (text === undefined || part === undefined) return never;
  const constant = tree.arguments.map(foldedConstant).find((folded) => folded !== undefined);
  const needed = constant === undefined ? anyCharacter : charactersIn(constant);
  return textTests[name](text.fold(foldCase, needed), part.fold(foldCase, needed));
}

const textTests: Readonly<
  Record<Exclude<ConditionFunction, 'isof'>, (text: SqlText, part: SqlText) => SqlText>
> = {
  startswith: (text, part) => sqlText`(starts_with(${text}, ${part}) is true)`,
  endswith: (text, part) => sqlText`((right(${text}, char_length(${part})) = ${part}) is true)`,
  contains: (text, part) => sqlText`((strpos(${text}, ${part}) > 0) is true)`,
};

function compileComparison({ operator, left, right }: Comparison, scope: Scope): SqlText {
  // Also what cannot be compared is unequal.
  if (operator === 'ne') return negate(compileOrder('eq', left, right, scope));
  return compileOrder(operator, left, right, scope);
}

const mirrored: Readonly<Record<Operator, Operator>> = { eq: 'eq', gt: 'lt', ge: 'le', lt: 'gt', le: 'ge' };

function compileOrder(operator: Operator, left: Expression, right: Expression, scope: Scope): SqlText {
  if (right.kind === 'literal') return compareTo(right, operator, readValue(left, scope));
  if (left.kind === 'literal') return compareTo(left, mirrored[operator], readValue(right, scope));
  return compareValues(readValue(left, scope), operator, readValue(right, scope));
}

function compileIn({ left, values }: In, scope: Scope): SqlText {
  const value = readValue(left, scope);
  const texts: string[] = [];
  const tests: SqlText[] = [];
  for (const literal of values) {
    const text = foldedConstant(literal);
    if (text === undefined || literal.type === 'date') tests.push(compareTo(literal, 'eq', value));
    else texts.push(text);
  }
  if (value.text && texts.length > 0) tests.push(isOneOf(value.text, texts));
  return tests.length === 0 ? never : joinSql(tests, 'or');
}

function negate(test: SqlText): SqlText {
  return sqlText`(not ${test})`;
}

function whenTrue(nullable: SqlText | undefined): SqlText {
  return nullable === undefined ? never : sqlText`(${nullable} is true)`;
}

function readValue(tree: Expression, scope: Scope): Value {
  switch (tree.kind) {
    case 'path':
      return readPath(tree, scope);
    case 'call':
      return isConditionFunction(tree.name) ? decided(tree, scope) : readFunction(tree.name, tree, scope);
    default:
      return decided(tree, scope);
  }
}

/** A condition as a value: always true or false. */
function decided(tree: Expression, scope: Scope): Value {
  return { isMissing: never, boolean: compileTest(tree, scope) };
}

function readPath(tree: Path, scope: Scope): Value {
  if (tree.segments.at(-1) === '$count') {
    const { json } = locate({ kind: 'path', segments: tree.segments.slice(0, -1) }, scope);
    const number = sqlText`case when jsonb_typeof(${json}) = 'array' then jsonb_array_length(${json}) else 0 end`;
    return { isMissing: never, number };
  }
  const { json, text } = locate(tree, scope);
  return {
    isMissing: sqlText`(coalesce(jsonb_typeof(${json}), 'null') = 'null')`,
    text: textSource(sqlText`case when jsonb_typeof(${json}) = 'string' then ${text} end`),
    number: sqlText`case when jsonb_typeof(${json}) = 'number' then (${json})::numeric end`,
    boolean: sqlText`case when jsonb_typeof(${json}) = 'boolean' then (${json})::boolean end`,
  };
}

/** Where the value of a path is: as jsonb, and as the text of a scalar. */
function locate(tree: Path, scope: Scope): Readonly<{ json: SqlText; text: SqlText }> {
  const [first = '', ...rest] = tree.segments;
  const element = scope.variables.get(first);
  const names = element === undefined ? [first, ...rest] : rest;
  for (const segment of tree.segments) {
    if (segment.includes('.')) throw refuse(tree, `"${segment}" is a type and no attribute`, 'leave it out');
  }
  if (rest.includes('length')) throw refuse(tree, 'a collection has no "length"', 'use "/$count" to count');
  const base = element ?? sqlText`(${subject})`;
  const [name] = names;
  if (name === undefined) return { json: base, text: sqlText`(${base} #>> '{}')` };
  if (names.length > 1) {
    return { json: sqlText`(${base} #> ${names}::text[])`, text: sqlText`(${base} #>> ${names}::text[])` };
  }
  return { json: sqlText`(${base} -> ${name}::text)`, text: sqlText`(${base} ->> ${name}::text)` };
}

/** The text of an operand; undefined when it never has one. */
function readText(tree: Expression, scope: Scope): TextSource | undefined {
  if (tree.kind !== 'literal') return readValue(tree, scope).text;
  const text = textConstant(tree);
  if (text === undefined) return undefined;
  return { fold: (folding) => sqlText`${folding(text)}::text`, raw: () => sqlText`${text}::text` };
}

function readFunction(name: ValueFunction, tree: Call, scope: Scope): Value {
  const [first, second] = tree.arguments.map((argument) => readText(argument, scope));
  if (first === undefined || (tree.arguments.length > 1 && second === undefined))
    return { isMissing: always };
  switch (name) {
    case 'length':
      return ofNumber(lengthOfText(first.raw()));
    case 'indexof':
      return second ? ofNumber(indexInText(first.raw(), second.raw())) : { isMissing: always };
    case 'concat':
      return second ? ofText(concatenate(first, second)) : { isMissing: always };
    case 'trim':
      return ofText(trim(first));
    case 'tolower':
    case 'toupper':
      return ofText(changeCase(first, name, tree));
  }
}

function ofNumber(number: SqlText): Value {
  return { isMissing: sqlText`(${number} is null)`, number };
}

function ofText(text: TextSource): Value {
  return { isMissing: sqlText`(${text.fold(foldCase, charactersIn(''))} is null)`, text };
}

/** Comparisons fold the case anyway; what looks at the letters themselves is refused. */
function changeCase(text: TextSource, name: 'tolower' | 'toupper', tree: Call): TextSource {
  const change = name === 'tolower' ? (one: string) => one.toLowerCase() : (one: string) => one.toUpperCase();
  return {
    fold: (folding, needed) => text.fold((one) => folding(change(one)), needed),
    raw: () => {
      throw refuse(tree, 'indexof, length and dates take the text as it is stored', 'leave the function out');
    },
  };
}
