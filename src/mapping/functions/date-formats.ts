/** The function FormatDateTime: dates from one form to another ("Microsoft: Reference for writing expressions, FormatDateTime"). */

import { nearestName } from '../../model/nearest-name.ts';
import type { EvaluationContext } from '../compile-expression.ts';
import { type FormatPiece, readDateFormat } from '../date-format.ts';
import { type ReadingStyle, readDate } from '../date-reading.ts';
import { writeDate } from '../date-writing.ts';
import {
  argumentAt,
  type CallArgument,
  type Evaluate,
  eachTextWith,
  type FunctionCall,
  type FunctionDefinition,
  optional,
  refuse,
  required,
  textFrom,
} from '../expression-call.ts';
import { fail, quote } from '../expression-values.ts';
import { currentInstant } from './dates.ts';

export const dateFormatFunctions: readonly FunctionDefinition[] = [
  {
    name: 'FormatDateTime',
    set: 'application',
    parameters: [
      required('source', 'text'),
      optional('dateTimeStyles', 'text'),
      required('inputFormat', 'text'),
      required('outputFormat', 'text'),
    ],
    leastArguments: 3,
    description:
      'Writes a date in another form. Formats are those of .NET; a date with an offset is in UTC from there on.',
    example: {
      expression: 'FormatDateTime([extensionAttribute1], , "yyyyMMddHHmmss.fZ", "yyyy-MM-dd")',
      attributes: { extensionAttribute1: '20150123105347.1Z' },
      result: '2015-01-23',
    },
    changes: dependsOnToday,
    build: buildFormatDateTime,
  },
];

/** The form with three arguments has no styles. */
function argumentsOf(call: FunctionCall) {
  const isShort = call.arguments.length === 3;
  return {
    source: argumentAt(call, 0),
    styles: isShort ? undefined : call.arguments[1],
    input: argumentAt(call, isShort ? 1 : 2),
    output: argumentAt(call, isShort ? 2 : 3),
  };
}

/** A date that is read without a year takes it from today. */
function dependsOnToday(call: FunctionCall): boolean {
  const { constant } = argumentsOf(call).input;
  const format = constant === undefined ? undefined : readDateFormat(constant);
  return format?.kind !== 'format' || !format.pieces.some(({ kind }) => kind === 'year');
}

function buildFormatDateTime(call: FunctionCall): Evaluate {
  const { source, styles, input, output } = argumentsOf(call);
  const styleAt = styleFrom(styles);
  const [inputAt, outputAt] = [formatFrom(input), formatFrom(output)];
  return eachTextWith(source, (context) => {
    const style = styleAt(context);
    const [read, write] = [inputAt(context), outputAt(context)];
    return (text) => {
      if (text === '' || read === null || write === null) return null;
      const date = readDate(text, read.pieces, style, () => currentInstant(context));
      return date === undefined
        ? fail(source, `${quote(text)} is no date of the form ${quote(read.format)}.`)
        : writeDate(date.instant, write.pieces, date.hasZone);
    };
  });
}

type KnownFormat = Readonly<{ format: string; pieces: readonly FormatPiece[] }>;

/** The format of an argument; constants are read once, and others again only when they change. */
function formatFrom(argument: CallArgument): (context: EvaluationContext) => KnownFormat | null {
  const { constant } = argument;
  if (constant !== undefined) {
    const known = readDateFormat(constant);
    if (known.kind === 'mistake') return refuse(argument, known.message);
    return () => ({ format: constant, pieces: known.pieces });
  }
  const formatAt = textFrom(argument);
  let last: KnownFormat | undefined;
  return (context) => {
    const format = formatAt(context);
    if (format === null || format === '') return null;
    if (last?.format === format) return last;
    const read = readDateFormat(format);
    if (read.kind === 'mistake') return fail(argument, read.message);
    last = { format, pieces: read.pieces };
    return last;
  };
}

/** DateTimeStyles of .NET. Syncline has no time zone of its own: what is local there is UTC here. */
const styleNames = [
  'None',
  'AllowLeadingWhite',
  'AllowTrailingWhite',
  'AllowInnerWhite',
  'AllowWhiteSpaces',
  'NoCurrentDateDefault',
  'AdjustToUniversal',
  'AssumeLocal',
  'AssumeUniversal',
  'RoundtripKind',
] as const;

const usualStyle: ReadingStyle = styleOf(['RoundtripKind', 'AllowLeadingWhite', 'AllowTrailingWhite']);

function styleOf(names: readonly string[]): ReadingStyle {
  const has = (...wanted: readonly string[]) => wanted.some((name) => names.includes(name));
  return {
    allowsLeadingWhite: has('AllowLeadingWhite', 'AllowWhiteSpaces'),
    allowsTrailingWhite: has('AllowTrailingWhite', 'AllowWhiteSpaces'),
    allowsInnerWhite: has('AllowInnerWhite', 'AllowWhiteSpaces'),
    assumesZone: has('AssumeLocal', 'AssumeUniversal'),
    lacksCurrentDate: has('NoCurrentDateDefault'),
  };
}

function styleFrom(argument: CallArgument | undefined): (context: EvaluationContext) => ReadingStyle {
  if (argument === undefined) return () => usualStyle;
  const { constant } = argument;
  if (constant !== undefined) {
    const read = readStyle(constant);
    const style = 'problem' in read ? refuse(argument, read.problem, read.suggestion) : read;
    return () => style;
  }
  const stylesAt = textFrom(argument);
  return (context) => {
    const read = readStyle(stylesAt(context) ?? '');
    return 'problem' in read ? fail(argument, read.problem) : read;
  };
}

function readStyle(text: string): ReadingStyle | Readonly<{ problem: string; suggestion?: string }> {
  const names = text.split(',').map((name) => name.trim());
  if (text.trim() === '') return usualStyle;
  const unknown = names.find((name) => !(styleNames as readonly string[]).includes(name));
  if (unknown !== undefined) {
    const suggestion = nearestName(unknown, styleNames);
    return {
      problem: `${quote(unknown)} is none of the styles ${styleNames.join(', ')}.`,
      ...(suggestion !== undefined && { suggestion }),
    };
  }
  const zones = names
    .filter((name) => /^(?:Assume|Roundtrip|Adjust)/.test(name))
    .sort()
    .join(', ');
  return /RoundtripKind.|.RoundtripKind|AssumeLocal, AssumeUniversal/.test(zones)
    ? { problem: `The styles ${zones} exclude each other.` }
    : styleOf(names);
}
