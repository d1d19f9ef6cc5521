/** Comparisons of the expression language: when two values are equal, and which comes first. Pure. */
import type { MappedValue } from './compile-expression.ts';
import { parseInstant } from './date-text.ts';
import type { ComparisonOperator, ExpressionPlace } from './expression.ts';
import { readWholeNumber, textOf } from './expression-values.ts';

/** One side of a comparison. `isNumber`: it is written as a number, and so is compared as one. */
export type ComparedSide = Readonly<{ value: MappedValue; place: ExpressionPlace; isNumber: boolean }>;

/**
 * Whether the comparison holds. Nothing is equal to an empty text, and neither before nor after anything. Texts are equal when every
 * character is; where a side is a number, its value counts. What both can be read as decides the order: numbers, dates, or texts.
 */
export function isComparisonTrue(
  operator: ComparisonOperator,
  left: ComparedSide,
  right: ComparedSide,
): boolean {
  const one = textOf(left.value, left.place) ?? '';
  const other = textOf(right.value, right.place) ?? '';
  const isNumeric = [left, right].some(({ value, isNumber }) => isNumber || typeof value === 'number');
  switch (operator) {
    case '=':
      return isEqual(one, other, isNumeric);
    case '<>':
      return !isEqual(one, other, isNumeric);
  }
  if (one === '' || other === '') return false;
  const order = orderOf(one, other);
  switch (operator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

function isEqual(one: string, other: string, isNumeric: boolean): boolean {
  return one === other || (isNumeric && numericOrder(one, other) === 0);
}

function orderOf(one: string, other: string): number {
  return numericOrder(one, other) ?? instantOrder(one, other) ?? (one < other ? -1 : one > other ? 1 : 0);
}

const decimal = /^[+-]?\d+\.\d+$/;

/** Undefined where one of them is no number. */
function numericOrder(one: string, other: string): number | undefined {
  const [first, second] = [readWholeNumber(one), readWholeNumber(other)];
  if (first !== undefined && second !== undefined) return first < second ? -1 : first > second ? 1 : 0;
  const isNumber = [one, other].every(
    (text) => decimal.test(text.trim()) || readWholeNumber(text) !== undefined,
  );
  return isNumber ? Math.sign(Number(one) - Number(other)) : undefined;
}

function instantOrder(one: string, other: string): number | undefined {
  const [first, second] = [parseInstant(one), parseInstant(other)];
  if (first === undefined || second === undefined) return undefined;
  return Math.sign(first.milliseconds - second.milliseconds) || Math.sign(first.ticks - second.ticks);
}
