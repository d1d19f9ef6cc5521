/** Functions that put texts together and take them apart. */
import type { MappedValue } from '../compile-expression.ts';
import type { ExpressionPlace } from '../expression.ts';
import {
  argumentAt,
  type CallArgument,
  type Evaluate,
  eachText,
  eachTextWith,
  type FunctionCall,
  type FunctionDefinition,
  numberAt,
  optional,
  repeated,
  required,
  textAt,
  wordAt,
} from '../expression-call.ts';
import { cut, requireLength, textOf, textsOf } from '../expression-values.ts';

export const compareWords = ['vbBinaryCompare', 'vbTextCompare'] as const;

export const textFunctions: readonly FunctionDefinition[] = [
  {
    name: 'Append',
    set: 'application',
    parameters: [required('source', 'text'), required('suffix', 'text')],
    description: 'Puts the suffix behind the source. Null when the source is null.',
    example: {
      expression: 'Append([userPrincipalName], ".test")',
      attributes: { userPrincipalName: 'ada@contoso.com' },
      result: 'ada@contoso.com.test',
    },
    build: buildAppend,
  },
  {
    name: 'Join',
    set: 'application',
    parameters: [required('separator', 'text'), repeated('source', 'value')],
    description:
      'Joins all values of the sources, with the separator between them. Values that are null or empty are left out; null when none remains.',
    example: {
      expression: 'Join(", ", [surname], [givenName])',
      attributes: { givenName: 'Ada', surname: 'Lovelace' },
      result: 'Lovelace, Ada',
    },
    build: buildJoin,
  },
  {
    name: 'Left',
    set: 'application',
    parameters: [required('string', 'text'), required('numChars', 'number')],
    description:
      'The first characters of a text: none for 0, the whole text for a negative number, "" for null.',
    example: { expression: 'Left("John Doe", 3)', attributes: {}, result: 'Joh' },
    build: buildLeft,
  },
  {
    name: 'Mid',
    set: 'application',
    parameters: [required('source', 'text'), required('start', 'number'), optional('length', 'number')],
    description:
      'So many characters from a position on, counted from 1; to the end without a length. "" when it begins behind the end.',
    example: { expression: 'Mid([surname], 1, 5)', attributes: { surname: 'Lovelace' }, result: 'Lovel' },
    build: buildMid,
  },
  {
    name: 'InStr',
    set: 'application',
    parameters: [
      required('value1', 'text'),
      required('value2', 'text'),
      optional('start', 'number'),
      optional('compareType', 'word', { words: compareWords }),
    ],
    description:
      'Where the second text stands in the first, counted from 1; 0 where it does not. Case counts unless vbTextCompare is said.',
    example: { expression: 'InStr("The quick brown fox", "quick")', attributes: {}, result: '5' },
    build: buildInStr,
  },
  {
    name: 'StripSpaces',
    set: 'application',
    parameters: [required('source', 'text')],
    description: 'Removes all spaces.',
    example: {
      expression: 'StripSpaces([displayName])',
      attributes: { displayName: 'Ada King' },
      result: 'AdaKing',
    },
    build: (call) => eachText(argumentAt(call, 0), (text) => text.replaceAll(' ', '')),
  },
  {
    name: 'Trim',
    set: 'cloud-sync',
    parameters: [required('value', 'text')],
    description: 'Removes white space at the beginning and the end.',
    example: { expression: 'Trim(" Test ")', attributes: {}, result: 'Test' },
    build: (call) => eachText(argumentAt(call, 0), (text) => text.trim()),
  },
  {
    name: 'Word',
    set: 'application',
    parameters: [
      required('string', 'text'),
      required('wordNumber', 'number'),
      required('delimiters', 'text'),
    ],
    description:
      'One word of a text, counted from 1; every character of the delimiters separates words. "" when there is none.',
    example: {
      expression: 'Word("This,string!has&many separators", 3, ",!&#")',
      attributes: {},
      result: 'has',
    },
    build: buildWord,
  },
];

function buildAppend(call: FunctionCall): Evaluate {
  const suffixAt = textAt(call, 1);
  return eachTextWith(argumentAt(call, 0), (context) => {
    const suffix = suffixAt(context) ?? '';
    return (text) => text + suffix;
  });
}

/**
 * Puts texts behind each other; a part that is null counts as empty. Null when no part that is not a constant has a value: a constant
 * alone, like a domain without a name, is no value for anybody.
 */
export function concatenate(parts: readonly CallArgument[], place: ExpressionPlace): Evaluate {
  const isConstant = parts.every(({ constant }) => constant !== undefined);
  return (context) => {
    let joined = '';
    let hasValue = isConstant;
    for (const part of parts) {
      if (part.constant !== undefined) {
        joined += part.constant;
        continue;
      }
      const text = textOf(part.evaluate(context), part);
      if (text === null) continue;
      hasValue = true;
      joined += text;
      requireLength(joined.length, place);
    }
    return hasValue ? joined : null;
  };
}

function buildJoin(call: FunctionCall): Evaluate {
  const separatorAt = textAt(call, 0);
  const sources = call.arguments.slice(1).filter((source) => source !== undefined);
  return (context) => {
    const separator = separatorAt(context) ?? '';
    let joined: string | undefined;
    const add = (text: string): void => {
      if (text === '') return;
      joined = joined === undefined ? text : joined + separator + text;
      requireLength(joined.length, call);
    };
    for (const source of sources) {
      const value: MappedValue = source.constant ?? source.evaluate(context);
      if (typeof value === 'string') add(value);
      else for (const text of textsOf(value, source)) add(text);
    }
    return joined ?? null;
  };
}

function buildLeft(call: FunctionCall): Evaluate {
  const countAt = numberAt(call, 1);
  const left = eachTextWith(argumentAt(call, 0), (context) => {
    const count = countAt(context);
    return (text) => (count === null ? null : count < 0 ? text : cut(text, 0, count));
  });
  return (context) => left(context) ?? '';
}

function buildMid(call: FunctionCall): Evaluate {
  const startAt = numberAt(call, 1, { least: 1 });
  const lengthAt = numberAt(call, 2, { least: 0 });
  const hasLength = call.arguments[2] !== undefined;
  return eachTextWith(argumentAt(call, 0), (context) => {
    const start = startAt(context);
    const length = lengthAt(context);
    if (start === null || (hasLength && length === null)) return () => null;
    return (text) => cut(text, start - 1, start - 1 + (length ?? text.length));
  });
}

function buildInStr(call: FunctionCall): Evaluate {
  const [textAtFirst, soughtAt] = [textAt(call, 0), textAt(call, 1)];
  const startAt = numberAt(call, 2, { least: 1 });
  const comparisonAt = wordAt(call, 3, compareWords);
  return (context) => {
    const text = textAtFirst(context);
    const sought = soughtAt(context);
    if (text === null || sought === null) return '0';
    const start = (startAt(context) ?? 1) - 1;
    if (start >= text.length) return '0';
    const isFolded = comparisonAt(context) === 'vbTextCompare';
    const at = isFolded ? foldCase(text).indexOf(foldCase(sought), start) : text.indexOf(sought, start);
    return String(at + 1);
  };
}

/** Upper case that keeps every character where it is, so that positions stay what they are. */
export function foldCase(text: string): string {
  const upper = text.toUpperCase();
  if (upper.length === text.length) return upper;
  return Array.from(text, (letter) => {
    const one = letter.toUpperCase();
    return one.length === letter.length ? one : letter;
  }).join('');
}

function buildWord(call: FunctionCall): Evaluate {
  const sourceAt = textAt(call, 0);
  const numberedAt = numberAt(call, 1);
  const delimitersAt = textAt(call, 2);
  return (context) => {
    const text = sourceAt(context);
    const number = numberedAt(context);
    const delimiters = delimitersAt(context);
    if (text === null || number === null || number < 1 || delimiters === null) return '';
    return wordOf(text, number, new Set(delimiters));
  };
}

/** Delimiters that follow each other make no word between them. */
function wordOf(text: string, number: number, delimiters: ReadonlySet<string>): string {
  let found = 0;
  let word = '';
  for (const letter of text) {
    if (!delimiters.has(letter)) {
      word += letter;
      continue;
    }
    if (word !== '') found += 1;
    if (found === number) return word;
    word = '';
  }
  return word !== '' && found + 1 === number ? word : '';
}
