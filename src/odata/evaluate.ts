// A $filter tree compiled once to closures, which then decide object by object without allocating.
import {
  type Call,
  type Comparison,
  type ComparisonOperator,
  type ConditionFunction,
  type Expression,
  isConditionFunction,
  type Lambda,
  type Literal,
  type Path,
  type ValueFunction,
} from './filter.ts';
import { millisecondsOf, ticksBelowMillisecondOf } from './instant.ts';

/**
 * Gives the value at `segments` below the object: undefined or null when there is none, an array for a collection.
 * One place in a filter always asks with the same array, so work on a path can be kept by its identity.
 */
export type ReadProperty<T> = (item: T, segments: readonly string[]) => unknown;

type Test<T> = (item: T) => boolean;
type Value<T> = (item: T) => unknown;
/** Below, at or above zero like a sort order, NaN when the two cannot be compared. */
type Order = (value: unknown) => number;
type Fold = (text: string) => string;
type Compilation<T> = {
  readonly read: ReadProperty<T>;
  readonly fold: Fold;
  readonly variables: ReadonlyMap<string, { element: unknown }>;
};

/**
 * Compiles a filter to a test over objects.
 *
 * Strings and GUIDs compare without regard to case (strings with it when `caseSensitive`). Null equals a missing value,
 * and nothing else. Dates are compared as instants, to 100 nanoseconds; `read` may give them as ISO text, as Date or as
 * milliseconds since 1970. Values of different kinds are unequal and in no order. A missing collection is empty.
 * `isof` compares `@odata.type` (with or without `#`), which `read` is asked for below the path of `isof`.
 * Type casts inside paths reach `read` as they are; elements of collections are walked as plain objects.
 */
export function compileFilter<T>(
  tree: Expression,
  read: ReadProperty<T>,
  options: { readonly caseSensitive?: boolean } = {},
): (item: T) => boolean {
  const fold = options.caseSensitive === true ? (text: string) => text : foldCase;
  return compileTest(tree, { read, fold, variables: new Map() });
}

/** Lower case without regard to neighbours: Σ at the end of a word folds as anywhere else. */
export function foldCase(text: string): string {
  const lower = text.toLowerCase();
  return lower.includes('ς') ? lower.replaceAll('ς', 'σ') : lower;
}

function compileTest<T>(tree: Expression, compilation: Compilation<T>): Test<T> {
  switch (tree.kind) {
    case 'and': {
      const tests = tree.operands.map((operand) => compileTest(operand, compilation));
      return (item) => {
        for (const test of tests) if (!test(item)) return false;
        return true;
      };
    }
    case 'or': {
      const tests = tree.operands.map((operand) => compileTest(operand, compilation));
      return (item) => {
        for (const test of tests) if (test(item)) return true;
        return false;
      };
    }
    case 'not': {
      const test = compileTest(tree.operand, compilation);
      return (item) => !test(item);
    }
    case 'comparison':
      return compileComparison(tree, compilation);
    case 'in': {
      const value = compileValue(tree.left, compilation);
      const orders = tree.values.map((literal) => orderTo(literal, compilation.fold));
      return (item) => {
        const current = value(item);
        for (const order of orders) if (order(current) === 0) return true;
        return false;
      };
    }
    case 'any':
    case 'all':
      return compileLambda(tree, compilation);
    case 'call':
      if (isConditionFunction(tree.name)) return compileCondition(tree.name, tree, compilation);
      return () => false;
    case 'literal':
    case 'path': {
      const value = compileValue(tree, compilation);
      return (item) => value(item) === true;
    }
  }
}

function compileLambda<T>(tree: Lambda, compilation: Compilation<T>): Test<T> {
  const collection = compileValue(tree.path, compilation);
  if (tree.predicate === null || tree.variable === null) {
    return (item) => elementsOf(collection(item)).length > 0;
  }
  const binding: { element: unknown } = { element: null };
  const variables = new Map(compilation.variables).set(tree.variable, binding);
  const test = compileTest(tree.predicate, { ...compilation, variables });
  const isDecisive = tree.kind === 'any';
  return (item) => {
    for (const element of elementsOf(collection(item))) {
      binding.element = element;
      if (test(item) === isDecisive) return isDecisive;
    }
    return !isDecisive;
  };
}

function compileCondition<T>(name: ConditionFunction, tree: Call, compilation: Compilation<T>): Test<T> {
  if (name === 'isof') return compileTypeTest(tree, compilation);
  const { fold } = compilation;
  const [first, second] = tree.arguments;
  if (first === undefined || second === undefined) return () => false;
  const text = compileValue(first, compilation);
  const part = compileText(second, compilation);
  const test = textTests[name];
  return (item) => {
    const value = text(item);
    if (typeof value !== 'string') return false;
    const folded = part(item);
    return folded !== null && test(fold(value), folded);
  };
}

type TextTest = (text: string, part: string) => boolean;
const textTests: Readonly<Record<Exclude<ConditionFunction, 'isof'>, TextTest>> = {
  startswith: (text, part) => text.startsWith(part),
  endswith: (text, part) => text.endsWith(part),
  contains: (text, part) => text.includes(part),
};

/** The folded text of an argument; null when it is none. A constant is folded once. */
function compileText<T>(tree: Expression, compilation: Compilation<T>): (item: T) => string | null {
  const { fold } = compilation;
  if (tree.kind === 'literal') {
    const constant = typeof tree.value === 'string' ? fold(tree.value) : null;
    return () => constant;
  }
  const value = compileValue(tree, compilation);
  return (item) => {
    const current = value(item);
    return typeof current === 'string' ? fold(current) : null;
  };
}

function compileTypeTest<T>(tree: Call, compilation: Compilation<T>): Test<T> {
  const type = tree.arguments.at(-1);
  const [subject] = tree.arguments;
  if (type?.kind !== 'literal') return () => false;
  const below = subject?.kind === 'path' ? subject.segments : [];
  const actual = compileValue({ kind: 'path', segments: [...below, '@odata.type'] }, compilation);
  const wanted = foldCase(String(type.value));
  return (item) => {
    const name = actual(item);
    return typeof name === 'string' && foldCase(name.startsWith('#') ? name.slice(1) : name) === wanted;
  };
}

const mirrored: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  eq: 'eq',
  ne: 'ne',
  gt: 'lt',
  ge: 'le',
  lt: 'gt',
  le: 'ge',
};

function compileComparison<T>(tree: Comparison, compilation: Compilation<T>): Test<T> {
  const { fold } = compilation;
  if (tree.right.kind === 'literal') {
    const left = compileValue(tree.left, compilation);
    const order = orderTo(tree.right, fold);
    return whenOrder(tree.operator, (item) => order(left(item)));
  }
  if (tree.left.kind === 'literal') {
    const right = compileValue(tree.right, compilation);
    const order = orderTo(tree.left, fold);
    return whenOrder(mirrored[tree.operator], (item) => order(right(item)));
  }
  const left = compileValue(tree.left, compilation);
  const right = compileValue(tree.right, compilation);
  return whenOrder(tree.operator, (item) => orderOf(left(item), right(item), fold));
}

/** NaN, the incomparable, satisfies `ne` and nothing else. */
function whenOrder<T>(operator: ComparisonOperator, order: (item: T) => number): Test<T> {
  switch (operator) {
    case 'eq':
      return (item) => order(item) === 0;
    case 'ne':
      return (item) => order(item) !== 0;
    case 'gt':
      return (item) => order(item) > 0;
    case 'ge':
      return (item) => order(item) >= 0;
    case 'lt':
      return (item) => order(item) < 0;
    case 'le':
      return (item) => order(item) <= 0;
  }
}

/** How values stand to a constant, with everything about the constant worked out beforehand. */
function orderTo(literal: Literal, fold: Fold): Order {
  const constant = literal.value;
  if (literal.type === 'date') {
    const milliseconds = millisecondsOf(constant);
    const ticks = ticksBelowMillisecondOf(constant);
    return (value) => {
      const difference = millisecondsOf(value) - milliseconds;
      return difference === 0 ? ticksBelowMillisecondOf(value) - ticks : difference;
    };
  }
  if (typeof constant === 'string') {
    const foldEither = literal.type === 'guid' ? foldCase : fold;
    const folded = foldEither(constant);
    return (value) => (typeof value === 'string' ? orderTexts(foldEither(value), folded) : Number.NaN);
  }
  return (value) => orderOf(value, constant, fold);
}

function orderOf(left: unknown, right: unknown, fold: Fold): number {
  const isMissing = left === null || left === undefined;
  if (isMissing || right === null || right === undefined) {
    return isMissing && (right === null || right === undefined) ? 0 : Number.NaN;
  }
  if (typeof left === 'string' && typeof right === 'string') return orderTexts(fold(left), fold(right));
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right);
  return Number.NaN;
}

function orderTexts(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function compileValue<T>(tree: Expression, compilation: Compilation<T>): Value<T> {
  switch (tree.kind) {
    case 'literal': {
      const { value } = tree;
      return () => value;
    }
    case 'path':
      return compilePath(tree, compilation);
    case 'call':
      return isConditionFunction(tree.name)
        ? compileCondition(tree.name, tree, compilation)
        : compileValueFunction(tree.name, tree, compilation);
    default:
      return compileTest(tree, compilation);
  }
}

const valueFunctions: Readonly<Record<ValueFunction, (text: string, other: string) => unknown>> = {
  tolower: (text) => text.toLowerCase(),
  toupper: (text) => text.toUpperCase(),
  trim: (text) => text.trim(),
  length: (text) => text.length,
  indexof: (text, part) => text.indexOf(part),
  concat: (text, other) => text + other,
};

/** Every function of a value gives null when an argument is no string. */
function compileValueFunction<T>(name: ValueFunction, tree: Call, compilation: Compilation<T>): Value<T> {
  const [first, second] = tree.arguments.map((argument) => compileValue(argument, compilation));
  const apply = valueFunctions[name];
  if (first === undefined) return () => null;
  return (item) => {
    const text = first(item);
    const other = second === undefined ? '' : second(item);
    return typeof text === 'string' && typeof other === 'string' ? apply(text, other) : null;
  };
}

function compilePath<T>(tree: Path, compilation: Compilation<T>): Value<T> {
  if (tree.segments.at(-1) === '$count') {
    const collection = compilePath({ kind: 'path', segments: tree.segments.slice(0, -1) }, compilation);
    return (item) => elementsOf(collection(item)).length;
  }
  const { read } = compilation;
  const { segments } = tree;
  const [first = '', ...rest] = segments;
  const binding = compilation.variables.get(first);
  if (binding === undefined) return (item) => read(item, segments);
  return () => walk(binding.element, rest);
}

/** Own properties only, so that no name reaches what every JavaScript object inherits. */
function walk(element: unknown, segments: readonly string[]): unknown {
  let value = element;
  for (const segment of segments) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) return undefined;
    value = (value as Record<string, unknown>)[segment];
  }
  return value;
}

const nothing: readonly unknown[] = [];

function elementsOf(collection: unknown): readonly unknown[] {
  return Array.isArray(collection) ? collection : nothing;
}
