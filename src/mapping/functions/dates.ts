/** Functions on dates. What is no value, or an empty text, is no date, and the result is null. */

import {
  addInterval,
  countIntervals,
  fileTimeOf,
  type Instant,
  instantOfFileTime,
  intervalNames,
} from '../calendar.ts';
import type { EvaluationContext } from '../compile-expression.ts';
import { parseInstant, printInstant } from '../date-text.ts';
import {
  argumentAt,
  type CallArgument,
  type Evaluate,
  eachText,
  type FunctionCall,
  type FunctionDefinition,
  numberAt,
  required,
  textFrom,
  wordAt,
} from '../expression-call.ts';
import { fail, quote, readWholeNumber } from '../expression-values.ts';

export const dateFunctions: readonly FunctionDefinition[] = [
  {
    name: 'Now',
    set: 'application',
    parameters: [],
    description: 'The current date and time in UTC.',
    example: { expression: 'Now()', attributes: {}, result: undefined },
    changes: () => true,
    build: () => (context) => printInstant(currentInstant(context)),
  },
  {
    name: 'CDate',
    set: 'application',
    parameters: [required('expression', 'text')],
    description:
      'The date and time in UTC. A date with an offset and without a time is midnight at that offset.',
    example: {
      expression: 'CDate([hireDate])',
      attributes: { hireDate: '2020-03-16-07:00' },
      result: '3/16/2020 7:00:00 AM',
    },
    build: (call) => {
      const source = argumentAt(call, 0);
      return eachText(source, (text) => (text === '' ? null : printInstant(instantFrom(text, source))));
    },
  },
  {
    name: 'DateAdd',
    set: 'application',
    parameters: [
      required('interval', 'text', { words: intervalNames }),
      required('value', 'number'),
      required('dateTime', 'date'),
    ],
    description:
      'A date so many intervals later, or earlier for a negative number. Intervals: yyyy year, m month, d day, ww week, h hour, n minute, s second.',
    example: {
      expression: 'DateAdd("d", 7, CDate([hireDate]))',
      attributes: { hireDate: '2012-03-16-07:00' },
      result: '3/23/2012 7:00:00 AM',
    },
    build: buildDateAdd,
  },
  {
    name: 'DateDiff',
    set: 'application',
    parameters: [
      required('interval', 'text', { words: intervalNames }),
      required('date1', 'date'),
      required('date2', 'date'),
    ],
    description:
      'How many intervals the second date is later. Years and months count by the calendar, weeks by their Sundays, all others as whole intervals.',
    example: {
      expression: 'DateDiff("d", CDate([hireDate]), CDate([endDate]))',
      attributes: { hireDate: '2021-08-18', endDate: '2021-08-31' },
      result: '13',
    },
    build: buildDateDiff,
  },
  {
    name: 'DateFromNum',
    set: 'application',
    parameters: [required('value', 'number')],
    description: 'The date of a Windows file time. Null for the one that means never.',
    example: {
      expression: 'DateFromNum([accountExpires])',
      attributes: { accountExpires: '129699324000000000' },
      result: '1/1/2012 11:00:00 PM',
    },
    build: buildDateFromNum,
  },
  {
    name: 'NumFromDate',
    set: 'application',
    parameters: [required('value', 'date')],
    description: 'The Windows file time of a date: steps of 100 nanoseconds since 1601.',
    example: {
      expression: 'NumFromDate([endDate])',
      attributes: { endDate: '2020-12-31 23:59:59-08:00' },
      result: '132539615990000000',
    },
    build: (call) => {
      const dateAt = instantAt(argumentAt(call, 0));
      return (context) => {
        const instant = dateAt(context);
        if (instant === null) return null;
        const fileTime = fileTimeOf(instant);
        return fileTime < 0n ? fail(call, 'File times begin with the year 1601.') : fileTime.toString();
      };
    },
  },
];

export function currentInstant({ now }: EvaluationContext): Instant {
  return { milliseconds: Math.floor(now().getTime()), ticks: 0 };
}

function instantFrom(text: string, place: CallArgument): Instant {
  const instant = parseInstant(text);
  if (instant !== undefined) return instant;
  return fail(
    place,
    `${quote(text)} is not understood as a date: FormatDateTime reads dates in any form that it is told.`,
  );
}

/** Null where there is no date. */
function instantAt(argument: CallArgument): (context: EvaluationContext) => Instant | null {
  const readText = textFrom(argument);
  return (context) => {
    const text = readText(context);
    return text === null || text === '' ? null : instantFrom(text, argument);
  };
}

function buildDateAdd(call: FunctionCall): Evaluate {
  const intervalAt = wordAt(call, 0, intervalNames);
  const countAt = numberAt(call, 1);
  const dateAt = instantAt(argumentAt(call, 2));
  return (context) => {
    const interval = intervalAt(context);
    const count = countAt(context);
    const instant = dateAt(context);
    if (interval === undefined || count === null || instant === null) return null;
    const moved = addInterval(interval, count, instant);
    return moved === undefined
      ? fail(call, 'The date would be outside of the years 1 to 9999.')
      : printInstant(moved);
  };
}

function buildDateDiff(call: FunctionCall): Evaluate {
  const intervalAt = wordAt(call, 0, intervalNames);
  const [fromAt, toAt] = [instantAt(argumentAt(call, 1)), instantAt(argumentAt(call, 2))];
  return (context) => {
    const interval = intervalAt(context);
    const from = fromAt(context);
    const to = toAt(context);
    if (interval === undefined || from === null || to === null) return null;
    return String(countIntervals(interval, from, to));
  };
}

/** What Active Directory has for an account that never expires: the largest number of 64 bits. */
const never = 2n ** 63n - 1n;

function buildDateFromNum(call: FunctionCall): Evaluate {
  const argument = argumentAt(call, 0);
  return eachText(argument, (text) => {
    if (text === '') return null;
    const fileTime = readWholeNumber(text) ?? fail(argument, `${quote(text)} is not a whole number.`);
    if (fileTime === never) return null;
    const instant = instantOfFileTime(fileTime);
    return instant === undefined ? fail(argument, `${quote(text)} is no file time.`) : printInstant(instant);
  });
}
