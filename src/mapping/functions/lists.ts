/** Functions on attributes with several values. */
import {
  argumentAt,
  type Evaluate,
  type FunctionCall,
  type FunctionDefinition,
  numberAt,
  optional,
  refuse,
  required,
  textAt,
  textFrom,
  wordAt,
} from '../expression-call.ts';
import { fail, isNothing, textsOf, valuesOf } from '../expression-values.ts';
import { compareWords, foldCase } from './text.ts';

/** More values than anything that can be split has. */
const mostParts = 100_000;

export const listFunctions: readonly FunctionDefinition[] = [
  {
    name: 'Count',
    set: 'application',
    parameters: [required('attribute', 'list')],
    description: 'How many values there are.',
    example: {
      expression: 'Count([otherMails])',
      attributes: { otherMails: ['a@x.com', 'b@x.com'] },
      result: '2',
    },
    build: (call) => {
      const { evaluate } = argumentAt(call, 0);
      return (context) => String(valuesOf(evaluate(context)).length);
    },
  },
  {
    name: 'Item',
    set: 'application',
    parameters: [required('attribute', 'list'), required('index', 'number')],
    description:
      'One of the values, counted from 1. Fails when there are fewer, and is null when there is none at all.',
    example: {
      expression: 'Item([otherMails], 1)',
      attributes: { otherMails: ['a@x.com', 'b@x.com'] },
      result: 'a@x.com',
    },
    build: buildItem,
  },
  {
    name: 'RemoveDuplicates',
    set: 'application',
    parameters: [required('attribute', 'list')],
    description:
      'Every value once, in the order in which they come first. Values that differ in case are different.',
    example: {
      expression: 'RemoveDuplicates([otherMails])',
      attributes: { otherMails: ['a@x.com', 'b@x.com', 'a@x.com'] },
      result: ['a@x.com', 'b@x.com'],
    },
    build: (call) => {
      const argument = argumentAt(call, 0);
      return (context) => {
        const value = argument.evaluate(context);
        return isNothing(value) ? null : [...new Set(textsOf(value, argument))];
      };
    },
  },
  {
    name: 'Split',
    set: 'application',
    parameters: [required('source', 'text'), required('delimiter', 'text')],
    description: 'A list of the texts between the delimiters, without the spaces around them.',
    example: {
      expression: 'Split([extensionAttribute5], ",")',
      attributes: { extensionAttribute5: 'PermissionSetOne, PermissionSetTwo' },
      result: ['PermissionSetOne', 'PermissionSetTwo'],
    },
    build: buildSplit,
  },
  {
    name: 'Contains',
    set: 'cloud-sync',
    parameters: [
      required('attribute', 'list'),
      required('text', 'text'),
      optional('start', 'number'),
      optional('compareType', 'word', { words: compareWords }),
    ],
    description:
      'The place of the first value that contains the text, counted from 1, for Item; 0 when none does. Case counts unless vbTextCompare is said.',
    example: {
      expression: 'Contains([proxyAddresses], "SMTP:")',
      attributes: { proxyAddresses: ['smtp:a@x.com', 'SMTP:b@x.com'] },
      result: '2',
    },
    build: buildContains,
  },
];

function buildItem(call: FunctionCall): Evaluate {
  const { evaluate } = argumentAt(call, 0);
  const indexAt = numberAt(call, 1, { least: 1 });
  return (context) => {
    const values = valuesOf(evaluate(context));
    const index = indexAt(context);
    if (values.length === 0 || index === null) return null;
    const value = values[index - 1];
    return value === undefined
      ? fail(call, `There is no value number ${index}: the list has ${values.length}.`)
      : value;
  };
}

function buildSplit(call: FunctionCall): Evaluate {
  const source = argumentAt(call, 0);
  const delimiter = argumentAt(call, 1);
  const problem = 'The delimiter is empty.';
  if (delimiter.constant === '') refuse(delimiter, problem);
  const delimiterAt = textFrom(delimiter);
  return (context) => {
    const value = source.evaluate(context);
    const separator = delimiterAt(context);
    if (isNothing(value) || separator === null) return null;
    if (separator === '') return fail(delimiter, problem);
    const parts = textsOf(value, source).flatMap((text) =>
      text === '' ? [] : text.split(separator, mostParts + 1).map((part) => part.trim()),
    );
    return parts.length > mostParts ? fail(call, `There would be more than ${mostParts} values.`) : parts;
  };
}

function buildContains(call: FunctionCall): Evaluate {
  const source = argumentAt(call, 0);
  const soughtAt = textAt(call, 1);
  const startAt = numberAt(call, 2, { least: 1 });
  const comparisonAt = wordAt(call, 3, compareWords);
  return (context) => {
    const texts = textsOf(source.evaluate(context), source);
    const sought = soughtAt(context);
    if (sought === null) return '0';
    const start = (startAt(context) ?? 1) - 1;
    const isFolded = comparisonAt(context) === 'vbTextCompare';
    const wanted = isFolded ? foldCase(sought) : sought;
    const at = texts.findIndex((text) => (isFolded ? foldCase(text) : text).indexOf(wanted, start) >= 0);
    return String(at + 1);
  };
}
