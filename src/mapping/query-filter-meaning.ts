// What a query filter means for an object in memory: the filter is made a function once, and asked of every object.
import type { ComparisonOperator, FilterComparison, QueryFilter } from './query-filter.ts';
import { compareByCodePoint, foldLetters } from './text-folding.ts';

type Test = (value: unknown) => boolean;

/** Makes a function of a filter that says whether an object meets it. */
export function compileQueryFilter(filter: QueryFilter): Test {
  switch (filter.kind) {
    case 'and': {
      const tests = filter.operands.map(compileQueryFilter);
      return (object) => tests.every((test) => test(object));
    }
    case 'or': {
      const tests = filter.operands.map(compileQueryFilter);
      return (object) => tests.some((test) => test(object));
    }
    case 'not': {
      const test = compileQueryFilter(filter.operand);
      return (object) => !test(object);
    }
    case 'comparison': {
      const test = compileComparison(filter);
      return (object) => {
        const value = readPointed(object, filter.pointer);
        return Array.isArray(value) ? value.some(test) : test(value);
      };
    }
    case 'presence':
      return (object) => {
        const value = readPointed(object, filter.pointer);
        return value !== undefined && value !== null;
      };
    case 'constant':
      return () => filter.value;
  }
}

/** How places in a list are written: without signs and leading zeros. */
export const placeInList = /^(?:0|[1-9]\d*)$/;

/** The value that a pointer leads to; undefined when it leads nowhere. */
function readPointed(object: unknown, pointer: readonly string[]): unknown {
  let value = object;
  for (const segment of pointer) {
    if (typeof value !== 'object' || value === null) return undefined;
    if (!Object.hasOwn(value, segment)) return undefined;
    if (Array.isArray(value) && !placeInList.test(segment)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[segment];
  }
  return value;
}

function compileComparison({ operator, literal }: FilterComparison): Test {
  switch (typeof literal) {
    case 'string': {
      const folded = foldLetters(literal);
      const test = textTests[operator];
      return (value) => typeof value === 'string' && test(foldLetters(value), folded);
    }
    case 'number': {
      const test = orderTests[operator];
      return (value) => typeof value === 'number' && test(orderOf(value, literal));
    }
    case 'boolean': {
      const test = orderTests[operator];
      return (value) => typeof value === 'boolean' && test(Number(value) - Number(literal));
    }
  }
}

/** Both texts are folded. */
const textTests: Readonly<Record<ComparisonOperator, (text: string, part: string) => boolean>> = {
  eq: (text, part) => text === part,
  co: (text, part) => text.includes(part),
  sw: (text, part) => text.startsWith(part),
  lt: (text, part) => compareByCodePoint(text, part) < 0,
  le: (text, part) => compareByCodePoint(text, part) <= 0,
  gt: (text, part) => compareByCodePoint(text, part) > 0,
  ge: (text, part) => compareByCodePoint(text, part) >= 0,
};

/** For numbers and booleans, of which none contains another: `co` and `sw` mean that they are equal. */
const orderTests: Readonly<Record<ComparisonOperator, (order: number) => boolean>> = {
  eq: (order) => order === 0,
  co: (order) => order === 0,
  sw: (order) => order === 0,
  lt: (order) => order < 0,
  le: (order) => order <= 0,
  gt: (order) => order > 0,
  ge: (order) => order >= 0,
};

/** Without a difference, which would be no number between infinities. */
function orderOf(left: number, right: number): number {
  if (left === right) return 0;
  if (left < right) return -1;
  return left > right ? 1 : Number.NaN;
}
