// One field of a cron expression: text → the values it stands for.
import { type Dialect, type FieldName, fieldRules } from './cron-dialect.ts';
import { quote, ScheduleRefusal } from './refusal.ts';

/** Where a field is read: its name decides the values, the dialect their numbers and what a range may do. */
export type FieldPlace = Readonly<{ name: FieldName; dialect: Dialect }>;

/**
 * The values of a list of numbers, names, ranges and steps, ascending, each once; days of the week as 0 (Sunday) to 6.
 * `5/10` is from 5 to the end in steps of 10, in every dialect. `items` are those of the list that are read, in capitals;
 * all unless said otherwise. Throws ScheduleRefusal.
 */
export function readValues(place: FieldPlace, text: string, items = itemsOf(text)): readonly number[] {
  const values = items.flatMap((item) => readItem(place, text, item));
  return [...new Set(values)].sort((left, right) => left - right);
}

/** What stands between the commas of a field, in capitals. */
export function itemsOf(text: string): readonly string[] {
  return text.toUpperCase().split(',');
}

function readItem(place: FieldPlace, text: string, item: string): readonly number[] {
  const [base = '', stepText, ...moreSteps] = item.split('/');
  const [fromText = '', toText, ...moreEnds] = base.split('-');
  if (moreSteps.length > 0 || moreEnds.length > 0 || item === '') throw misspelt(place, text);
  const { lowest, highest } = fieldRules[place.name];
  const step = stepText === undefined ? 1 : readStep(place, text, stepText);
  if (base === '*') return everyStep(lowest, highest, step);
  const from = readValue(place, text, fromText);
  if (toText !== undefined) return readRange(place, text, [from, readValue(place, text, toText)], step);
  return stepText === undefined ? [from] : everyStep(from, highest, step);
}

function everyStep(from: number, to: number, step: number): readonly number[] {
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step);
}

function readRange(
  place: FieldPlace,
  text: string,
  [from, to]: readonly [number, number],
  step: number,
): readonly number[] {
  if (from <= to) return everyStep(from, to, step);
  const { lowest, highest } = fieldRules[place.name];
  if (!goesRound(place)) {
    const [first, last] = [lowest, highest].map((value) => spell(place, value));
    throw new ScheduleRefusal(
      `The ${place.name} ${quote(text)} has a range that runs backwards: write "${spell(place, from)}-${last},${first}-${spell(place, to)}".`,
    );
  }
  const span = highest - lowest + 1;
  return everyStep(from, to + span, step).map((value) => (value > highest ? value - span : value));
}

/**
 * Quartz's ranges go on at the beginning (CronExpression, "overflowing ranges"), and weeks do in a crontab; NCRONTAB would
 * exchange the two ends, so that the same text would mean something else there.
 */
function goesRound({ name, dialect }: FieldPlace): boolean {
  if (name === 'year') return false;
  return dialect === 'quartz' || (dialect === 'cron' && name === 'day of week');
}

function readStep(place: FieldPlace, text: string, stepText: string): number {
  const step = /^\d{1,4}$/.test(stepText) ? Number(stepText) : 0;
  const { longestStep } = fieldRules[place.name];
  if (step >= 1 && step <= longestStep) return step;
  throw new ScheduleRefusal(
    `The ${place.name} ${quote(text)} has the step ${quote(stepText)}: write a whole number from 1 to ${longestStep}.`,
  );
}

/** One number or name; a day of the week as 0 (Sunday) to 6. Throws ScheduleRefusal. */
export function readValue(place: FieldPlace, text: string, valueText: string): number {
  const rule = fieldRules[place.name];
  const named = rule.names.get(valueText);
  if (named !== undefined) return named;
  if (!/^\d{1,4}$/.test(valueText)) throw misspelt(place, text);
  const number = Number(valueText);
  const [lowest, highest] = numbersOf(place);
  if (number < lowest || number > highest) {
    const within = valueText === text ? '' : ` in ${quote(text)}`;
    throw new ScheduleRefusal(
      `The ${place.name} ${quote(valueText)}${within} is out of range: write ${allowedIn(place)}.`,
    );
  }
  if (place.name !== 'day of week') return number;
  return place.dialect === 'quartz' ? number - 1 : number % 7;
}

/** The lowest and highest number that may be written. */
function numbersOf({ name, dialect }: FieldPlace): readonly [number, number] {
  const { lowest, highest } = fieldRules[name];
  if (name !== 'day of week') return [lowest, highest];
  return dialect === 'quartz' ? [1, 7] : [0, 7];
}

/** A value in the numbers of the dialect. */
function spell({ name, dialect }: FieldPlace, value: number): string {
  return String(name === 'day of week' && dialect === 'quartz' ? value + 1 : value);
}

function allowedIn(place: FieldPlace): string {
  const [lowest, highest] = numbersOf(place);
  const numbers = `${lowest} to ${highest}`;
  if (place.name === 'month') return `${numbers}, or JAN to DEC`;
  if (place.name !== 'day of week') return numbers;
  const meaning = place.dialect === 'quartz' ? '1 and 7 are Sunday and Saturday' : '0 and 7 are Sunday';
  return `${numbers} (${meaning}), or SUN to SAT`;
}

/** What is not spelt in any way that a field may be. */
export function misspelt(place: FieldPlace, text: string): ScheduleRefusal {
  return new ScheduleRefusal(
    `The ${place.name} ${quote(text)} cannot be read: write "*", ${allowedIn(place)}, a range such as 2-5, a step such as */2, or several with commas.`,
  );
}
