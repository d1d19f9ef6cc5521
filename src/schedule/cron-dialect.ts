// The three spellings of cron that are understood, told apart by their fields alone, and what a field may hold in each.
import { quote, ScheduleRefusal } from './refusal.ts';

/**
 * cron: five fields, as crontab(5) has them. ncrontab: six fields without `?`, as Azure Functions has them. quartz: six
 * fields with a `?`, or seven, as Quartz's CronTrigger has them.
 */
export type Dialect = 'cron' | 'ncrontab' | 'quartz';

export type FieldName = 'second' | 'minute' | 'hour' | 'day of month' | 'month' | 'day of week' | 'year';

/** The fields of an expression, as written; those that its dialect leaves out have the value they stand for. */
export type CronTexts = Readonly<{ dialect: Dialect; fields: Readonly<Record<FieldName, string>> }>;

type FieldRule = Readonly<{
  lowest: number;
  highest: number;
  /** A longer step would never be taken. */
  longestStep: number;
  /** What has a value of its own besides its number, in capitals. */
  names: ReadonlyMap<string, number>;
}>;

const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;
const dayNames = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;
const noNames: ReadonlyMap<string, number> = new Map();

/** `MON` and `MONDAY`; nothing between the two. */
function namesFrom(names: readonly string[], lowest: number): ReadonlyMap<string, number> {
  return new Map(
    names
      .map((name) => name.toUpperCase())
      .flatMap((name, index) => [
        [name, lowest + index],
        [name.slice(0, 3), lowest + index],
      ]),
  );
}

/**
 * Days of the week are 0 (Sunday) to 6 (Saturday) here, whatever the dialect calls them. Years are Quartz's: 1970 to 2099
 * (CronTrigger tutorial, "Format").
 */
export const fieldRules: Readonly<Record<FieldName, FieldRule>> = {
  second: { lowest: 0, highest: 59, longestStep: 59, names: noNames },
  minute: { lowest: 0, highest: 59, longestStep: 59, names: noNames },
  hour: { lowest: 0, highest: 23, longestStep: 23, names: noNames },
  'day of month': { lowest: 1, highest: 31, longestStep: 30, names: noNames },
  month: { lowest: 1, highest: 12, longestStep: 11, names: namesFrom(monthNames, 1) },
  'day of week': { lowest: 0, highest: 6, longestStep: 6, names: namesFrom(dayNames, 0) },
  year: { lowest: 1970, highest: 2099, longestStep: 129, names: noNames },
};

const nicknames: ReadonlyMap<string, string> = new Map([
  ['@hourly', '0 * * * *'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@weekly', '0 0 * * 0'],
  ['@monthly', '0 0 1 * *'],
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
]);

const longestExpression = 1000;
const orders =
  'write five (minute, hour, day of month, month, day of week), six with the second first, or seven with the year last';

/** Tells the dialect of an expression and names its fields. Throws ScheduleRefusal. */
export function splitExpression(expression: string): CronTexts {
  if (expression === '') throw new ScheduleRefusal(`The schedule is empty: ${orders}.`);
  if (expression.length > longestExpression) {
    throw new ScheduleRefusal(
      `The schedule ${quote(expression)} has ${expression.length} characters: use ranges and steps to write it in at most ${longestExpression}.`,
    );
  }
  const texts = withoutNickname(expression).split(' ');
  if (texts.length < 5 || texts.length > 7) {
    const count = texts.length === 1 ? '1 field' : `${texts.length} fields`;
    throw new ScheduleRefusal(`The schedule ${quote(expression)} has ${count}: ${orders}.`);
  }
  const dialect = dialectOf(texts);
  const [second = '', minute = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = '', year = '*'] =
    texts.length === 5 ? ['0', ...texts] : texts;
  const fields = {
    second,
    minute,
    hour,
    'day of month': dayOfMonth,
    month,
    'day of week': dayOfWeek,
    year,
  };
  requireQuestionMarks(dialect, fields);
  return { dialect, fields };
}

function withoutNickname(expression: string): string {
  if (!expression.startsWith('@')) return expression;
  const fields = nicknames.get(expression.toLowerCase());
  if (fields !== undefined) return fields;
  throw new ScheduleRefusal(
    `The schedule ${quote(expression)} is no nickname that is understood: write ${[...nicknames.keys()].join(', ')}, or fields.`,
  );
}

function dialectOf(texts: readonly string[]): Dialect {
  if (texts.length === 5) return 'cron';
  return texts.length === 7 || texts.some((text) => text.includes('?')) ? 'quartz' : 'ncrontab';
}

/** Quartz wants one of the two days left open: with `?`, or with `*` where the other one is said. */
function requireQuestionMarks(dialect: Dialect, fields: CronTexts['fields']): void {
  for (const [name, text] of Object.entries(fields)) {
    if (!text.includes('?')) continue;
    if (dialect === 'cron') {
      throw new ScheduleRefusal(
        `The ${name} ${quote(text)} is Quartz's, which has six or seven fields: write "*", or put the second first.`,
        name,
      );
    }
    if (text !== '?' || (name !== 'day of month' && name !== 'day of week')) {
      throw new ScheduleRefusal(
        `The ${name} ${quote(text)} holds a "?", which only stands alone, as the day of month or the day of week: write "*".`,
        name,
      );
    }
  }
  if (dialect !== 'quartz') return;
  const days = [fields['day of month'], fields['day of week']];
  const shown = `The day of month ${quote(days[0] ?? '')} and the day of week ${quote(days[1] ?? '')}`;
  if (days.every((text) => text === '?')) {
    throw new ScheduleRefusal(`${shown} leave both days open: write "*" for one of them.`, 'day of week');
  }
  if (!days.some((text) => text === '?' || text === '*')) {
    throw new ScheduleRefusal(
      `${shown} are both given, which Quartz does not allow: write "?" for one of them.`,
      'day of week',
    );
  }
}
