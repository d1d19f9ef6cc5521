// What a filter asks of each property: the list from which a directory decides whether it supports the filter.
import {
  type Call,
  type ComparisonOperator,
  type Expression,
  isConditionFunction,
  type Literal,
  type ValueFunction,
} from './filter.ts';

type PathOperator = ComparisonOperator | 'in' | 'any' | 'all' | 'value' | Call['name'];

/** One property of a filter, with the test it undergoes. */
export type PathUse = {
  /** From the object down, through lambdas: `assignedLicenses/any(a:a/skuId eq …)` gives assignedLicenses, skuId. */
  segments: readonly string[];
  /** A function's name for `startswith` and its like; `value` for a property that is the condition itself. */
  operator: PathOperator;
  /** The constants of the test: one, those of `in`, or none when two properties are compared. */
  values: readonly Literal[];
  /** Whether null is one of the constants. */
  hasNull: boolean;
  /** Whether the number of elements is tested (`/$count`), which is no part of `segments`. */
  isCounted: boolean;
  /** Functions that change the value before it is tested, innermost first: `tolower`, `length`… */
  functions: readonly ValueFunction[];
  /** The innermost lambda around the test; null outside any. */
  lambda: 'any' | 'all' | null;
  /** Whether a `not` stands anywhere above. */
  isNegated: boolean;
};

type Surroundings = {
  variables: ReadonlyMap<string, readonly string[]>;
  lambda: 'any' | 'all' | null;
  isNegated: boolean;
};

/**
 * Lists what a filter asks of each property, in reading order; what a directory supports is decided from this list.
 * A collection whose elements are not tested (`any()`) is one use with operator `any` or `all`. `isof` uses
 * `@odata.type`, below its path when it has one.
 */
export function pathsOf(tree: Expression): readonly PathUse[] {
  return usesIn(tree, { variables: new Map(), lambda: null, isNegated: false });
}

function usesIn(tree: Expression, around: Surroundings): readonly PathUse[] {
  switch (tree.kind) {
    case 'literal':
      return [];
    case 'path':
      return usesOf([tree], 'value', around);
    case 'call':
      return usesOf(tree.arguments, tree.name, around);
    case 'comparison':
      return usesOf([tree.left, tree.right], tree.operator, around);
    case 'in':
      return usesOf([tree.left, ...tree.values], 'in', around);
    case 'and':
    case 'or':
      return tree.operands.flatMap((operand) => usesIn(operand, around));
    case 'not':
      return usesIn(tree.operand, { ...around, isNegated: true });
    case 'any':
    case 'all': {
      if (tree.predicate === null || tree.variable === null) return usesOf([tree.path], tree.kind, around);
      const collection = resolve(tree.path.segments, around);
      const variables = new Map(around.variables).set(tree.variable, collection);
      const uses = usesIn(tree.predicate, { ...around, variables, lambda: tree.kind });
      const isTested = uses.some((use) => collection.every((name, index) => use.segments[index] === name));
      return isTested ? uses : [...usesOf([tree.path], tree.kind, around), ...uses];
    }
  }
}

function usesOf(
  operands: readonly Expression[],
  operator: PathOperator,
  around: Surroundings,
): readonly PathUse[] {
  const values = operands.filter((operand) => operand.kind === 'literal');
  const hasNull = values.some((value) => value.type === 'null');
  const test = { operator, values, hasNull, lambda: around.lambda, isNegated: around.isNegated };
  const uses = operands.flatMap(insideFunctions).flatMap(({ tree, functions }) => {
    if (tree.kind !== 'path') return usesIn(tree, around);
    const isCounted = tree.segments.at(-1) === '$count';
    const segments = resolve(isCounted ? tree.segments.slice(0, -1) : tree.segments, around);
    return [{ segments, functions, isCounted, ...test }];
  });
  if (operator !== 'isof') return uses;
  const [use = { segments: [], functions: [], isCounted: false, ...test }] = uses;
  return [{ ...use, segments: [...use.segments, '@odata.type'] }];
}

/** What the functions that give values are applied to, each with those functions, innermost first. */
function insideFunctions(
  tree: Expression,
): readonly { tree: Expression; functions: readonly ValueFunction[] }[] {
  if (tree.kind !== 'call') return [{ tree, functions: [] }];
  const { name } = tree;
  if (isConditionFunction(name)) return [{ tree, functions: [] }];
  return tree.arguments
    .flatMap(insideFunctions)
    .map((inside) => ({ tree: inside.tree, functions: [...inside.functions, name] }));
}

function resolve(segments: readonly string[], around: Surroundings): readonly string[] {
  const [first = '', ...rest] = segments;
  const base = around.variables.get(first);
  return base === undefined ? segments : [...base, ...rest];
}
