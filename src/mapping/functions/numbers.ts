/** Functions on numbers, and from values to text. */

import type { MappedValue } from '../compile-expression.ts';
import type { ExpressionPlace } from '../expression.ts';
import { argumentAt, type FunctionDefinition, required } from '../expression-call.ts';
import {
  fail,
  isNothing,
  quote,
  readWholeNumber,
  requireLength,
  singleOf,
  textOf,
} from '../expression-values.ts';

export const numberFunctions: readonly FunctionDefinition[] = [
  {
    name: 'BitAnd',
    set: 'application',
    parameters: [required('value1', 'number'), required('value2', 'number')],
    description: 'The bits that both numbers have, in 64 bits. Null when one of them has no value.',
    example: {
      expression: 'BitAnd([userAccountControl], 2)',
      attributes: { userAccountControl: 514 },
      result: '2',
    },
    build: (call) => {
      const [one, other] = [argumentAt(call, 0), argumentAt(call, 1)];
      return (context) => {
        const first = bitsOf(one.evaluate(context), one);
        const second = bitsOf(other.evaluate(context), other);
        return first === null || second === null ? null : BigInt.asIntN(64, first & second).toString();
      };
    },
  },
  {
    name: 'CStr',
    set: 'application',
    parameters: [required('value', 'value')],
    description: 'The value as text; an object becomes its JSON.',
    example: { expression: 'CStr([employeeNumber])', attributes: { employeeNumber: 1815 }, result: '1815' },
    build: (call) => {
      const argument = argumentAt(call, 0);
      return (context) => {
        const value = singleOf(argument.evaluate(context), argument);
        const isObject = typeof value === 'object' && value !== null;
        return isObject ? jsonOf(value, argument) : textOf(value, argument);
      };
    },
  },
];

function bitsOf(value: MappedValue, place: ExpressionPlace): bigint | null {
  if (isNothing(value)) return null;
  const text = textOf(value, place) ?? '';
  if (text === '') return null;
  return readWholeNumber(text) ?? fail(place, `${quote(text)} is not a whole number.`);
}

function jsonOf(value: MappedValue, place: ExpressionPlace): string {
  const json = jsonIfPossible(value) ?? fail(place, 'The value cannot be written as JSON.');
  requireLength(json.length, place);
  return json;
}

function jsonIfPossible(value: MappedValue): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
