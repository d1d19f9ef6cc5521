// A cron expression as a whole: text → the times of the clock and the days it stands for. Pure.

import { type DaysOfMonth, type DaysOfWeek, readDaysOfMonth, readDaysOfWeek } from './cron-days.ts';
import { type CronTexts, type FieldName, fieldRules, splitExpression } from './cron-dialect.ts';
import { readValues } from './cron-field.ts';
import { inPart, quote, ScheduleRefusal } from './refusal.ts';

/** All lists are ascending and not empty. */
export type CronMeaning = Readonly<{
  seconds: readonly number[];
  minutes: readonly number[];
  hours: readonly number[];
  /** undefined where every day of the month is meant. */
  daysOfMonth: DaysOfMonth | undefined;
  months: readonly number[];
  /** undefined where every day of the week is meant. */
  daysOfWeek: DaysOfWeek | undefined;
  /** Whether one of the two days is enough; both have to come true otherwise. */
  isEitherDay: boolean;
  /** undefined where every year is meant. */
  years: readonly number[] | undefined;
}>;

const allYears = fieldRules.year.highest - fieldRules.year.lowest + 1;
const longestMonths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** Reads an expression whose fields have single spaces between them. Throws ScheduleRefusal. */
export function readExpression(expression: string): CronMeaning {
  const texts = splitExpression(expression);
  const { dialect, fields } = texts;
  const values = (name: FieldName) => inPart(name, () => readValues({ name, dialect }, fields[name]));
  const daysOfMonth = inPart('day of month', () => readDaysOfMonth(dialect, fields['day of month']));
  const daysOfWeek = inPart('day of week', () => readDaysOfWeek(dialect, fields['day of week']));
  const years = values('year');
  const isEveryDayOfMonth = daysOfMonth.days.length === 31;
  const isEveryDayOfWeek = daysOfWeek.days.length === 7;
  // crontab(5): the two days are alternatives where neither field begins with "*". NCRONTAB wants both.
  const areAlternatives =
    dialect === 'cron' && !fields['day of month'].startsWith('*') && !fields['day of week'].startsWith('*');
  const isEveryDay = areAlternatives && (isEveryDayOfMonth || isEveryDayOfWeek);
  const meaning: CronMeaning = {
    seconds: values('second'),
    minutes: values('minute'),
    hours: values('hour'),
    daysOfMonth: isEveryDay || isEveryDayOfMonth ? undefined : daysOfMonth,
    months: values('month'),
    daysOfWeek: isEveryDay || isEveryDayOfWeek ? undefined : daysOfWeek,
    isEitherDay: areAlternatives && !isEveryDay,
    years: years.length === allYears ? undefined : years,
  };
  requireExistingDay(meaning, texts);
  return meaning;
}

/** A day that none of the months has is the mistake that is made most; the calendar itself finds the others. */
function requireExistingDay(meaning: CronMeaning, { fields }: CronTexts): void {
  const { daysOfMonth, months, isEitherDay } = meaning;
  if (daysOfMonth === undefined || isEitherDay || daysOfMonth.isLast || daysOfMonth.nearestTo === 'last')
    return;
  const earliest = daysOfMonth.nearestTo ?? daysOfMonth.days[0] ?? 1;
  if (months.some((month) => earliest <= (longestMonths[month - 1] ?? 0))) return;
  throw new ScheduleRefusal(
    `The day of month ${quote(fields['day of month'])} never comes in the month ${quote(fields.month)}: choose a day that the month has, or L for its last day.`,
    'day of month',
  );
}
