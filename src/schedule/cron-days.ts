// The two day fields with what only they have: L, W and #. Text → days; the marks are Quartz's, and read in every dialect.
import type { Dialect } from './cron-dialect.ts';
import { type FieldPlace, itemsOf, misspelt, readValue, readValues } from './cron-field.ts';
import { quote, ScheduleRefusal } from './refusal.ts';

/** `isLast`: the last day of the month as well. `nearestTo`: Monday to Friday nearest to a day, or to the last one; it stands alone. */
export type DaysOfMonth = Readonly<{
  days: readonly number[];
  isLast: boolean;
  nearestTo: number | 'last' | undefined;
}>;

/** `days` are 0 (Sunday) to 6, every week; `occurrences` the first to fifth, or the last, of a day in the month. */
export type DaysOfWeek = Readonly<{
  days: readonly number[];
  occurrences: readonly Readonly<{ day: number; nth: number | 'last' }>[];
}>;

/** `?` is every day. Throws ScheduleRefusal. */
export function readDaysOfMonth(dialect: Dialect, text: string): DaysOfMonth {
  const place: FieldPlace = { name: 'day of month', dialect };
  const items = text === '?' ? ['*'] : itemsOf(text);
  const [item = '', ...others] = items;
  if (others.length === 0 && /^(?:\d{1,4}|L)W$/.test(item)) {
    const nearestTo = item === 'LW' ? 'last' : readValue(place, text, item.slice(0, -1));
    return { days: [], isLast: false, nearestTo };
  }
  if (items.some((item) => /^(?:\d{1,4}|L)W$/.test(item))) {
    throw new ScheduleRefusal(
      `The day of month ${quote(text)} has a W in a list: write one day alone, such as 15W, and a second schedule for the others.`,
    );
  }
  if (items.some((item) => /^L-\d/.test(item))) {
    throw new ScheduleRefusal(
      `The day of month ${quote(text)} counts back from the last day, which is not supported: write L for the last day, or days.`,
    );
  }
  const numbers = items.filter((item) => item !== 'L');
  return {
    days: numbers.length === 0 ? [] : readValues(place, text, numbers),
    isLast: numbers.length < items.length,
    nearestTo: undefined,
  };
}

/** `?` is every day; a lone `L` is Saturday in Quartz, the last day of its week. Throws ScheduleRefusal. */
export function readDaysOfWeek(dialect: Dialect, text: string): DaysOfWeek {
  const place: FieldPlace = { name: 'day of week', dialect };
  if (text.toUpperCase() === 'L') {
    if (dialect === 'quartz') return { days: [6], occurrences: [] };
    throw new ScheduleRefusal(
      `The day of week "L" says no day: write which one is to be the last of the month, such as FRIL.`,
    );
  }
  const items = text === '?' ? ['*'] : itemsOf(text);
  const plain = items.filter((item) => !isOccurrence(item));
  return {
    days: plain.length === 0 ? [] : readValues(place, text, plain),
    occurrences: [...new Set(items)].filter(isOccurrence).map((item) => readOccurrence(place, text, item)),
  };
}

function isOccurrence(item: string): boolean {
  return item.includes('#') || /^(?:\d{1,4}|[A-Z]{3,9})L$/.test(item);
}

function readOccurrence(place: FieldPlace, text: string, item: string): DaysOfWeek['occurrences'][number] {
  const [dayText = '', nthText, ...more] = item.split('#');
  if (nthText === undefined) return { day: readValue(place, text, item.slice(0, -1)), nth: 'last' };
  if (more.length > 0) throw misspelt(place, text);
  const day = readValue(place, text, dayText);
  if (/^[1-5]$/.test(nthText)) return { day, nth: Number(nthText) };
  throw new ScheduleRefusal(
    `The day of week ${quote(text)} asks for the occurrence ${quote(nthText)} of a day in the month: write 1 to 5 after the "#", or ${dayText}L for the last.`,
  );
}
