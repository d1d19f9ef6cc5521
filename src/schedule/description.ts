// What an expression means, in words. cronstrue words each field from the values that it was read as, never from what was
// written, so that the words and the runs have the same days; how the words are joined is decided here.
import cronstrue from 'cronstrue';
import type { CronMeaning } from './cron-expression.ts';

const secondsInMinute = 60;
const minutesInHour = 60;
const hoursInDay = 24;
const monthsInYear = 12;
/** More times than these are told by their rule. */
const mostTimes = 4;

/** As `describeSchedule` says. */
export function describeMeaning(meaning: CronMeaning, timeZone: string): string {
  const times = timesOfDay(meaning);
  const days = describeDays(meaning);
  if (times !== undefined) return `at ${listed(times)} ${days === '' ? 'every day' : days} (${timeZone})`;
  const pace = describePace(meaning);
  if (days === '' && meaning.hours.length === hoursInDay) return pace;
  if (days === '') return `${pace} (${timeZone})`;
  return `${pace}${pace.includes(',') ? ',' : ''} ${days} (${timeZone})`;
}

/** The times themselves, where they are few, or one an hour in hours that have no other name; undefined otherwise. */
function timesOfDay({ seconds: [second = 0, ...otherSeconds], minutes, hours }: CronMeaning) {
  const isOncePerHour = minutes.length === 1;
  const isIrregular = stretchStarts(hours).length > 1 && evenStep(hours, hoursInDay) === undefined;
  const isListed = minutes.length * hours.length <= mostTimes || (isOncePerHour && isIrregular);
  if (otherSeconds.length > 0 || !isListed) return undefined;
  return hours.flatMap((hour) => minutes.map((minute) => clockTime(hour, minute, second)));
}

function describePace({ seconds, minutes, hours }: CronMeaning): string {
  const [[second = 0, ...otherSeconds], [minute = 0, ...otherMinutes]] = [seconds, minutes];
  const isOncePerHour = otherSeconds.length === 0 && otherMinutes.length === 0;
  const stepHours = evenStep(hours, hoursInDay) ?? 1;
  if (isOncePerHour && stepHours > 1) {
    const start = clockTime(hours[0] ?? 0, minute, second);
    return `every ${stepHours} hours${start === '00:00' ? '' : `, starting at ${start}`}`;
  }
  const pace =
    isOncePerHour && second > 0
      ? `at ${counted(minute, 'minute')} and ${counted(second, 'second')} past the hour`
      : worded(`${fieldText(seconds, secondsInMinute)} ${fieldText(minutes, minutesInHour)} * * * *`);
  if (hours.length === hoursInDay) return pace;
  const isOnTheHour = isOncePerHour && minute === 0 && second === 0;
  return `${pace}, ${describeHours(hours, isOnTheHour ? '00' : '59')}`;
}

/** One stretch of hours, over midnight too, by its ends; others by their numbers. */
function describeHours(hours: readonly number[], lastMinute: string): string {
  const [first = 0, ...others] = stretchStarts(hours);
  if (others.length > 0) return `in the hours ${listed(hours.map(String))}`;
  const last = (first + hours.length - 1) % hoursInDay;
  return `between ${clockTime(first, 0, 0)} and ${twoDigits(last)}:${lastMinute}`;
}

/** The hours that do not follow another one, over midnight too. */
function stretchStarts(hours: readonly number[]): readonly number[] {
  return hours.filter((hour) => !hours.includes((hour + hoursInDay - 1) % hoursInDay));
}

function describeDays({ daysOfMonth, daysOfWeek, isEitherDay, months, years }: CronMeaning): string {
  const days = [describeDaysOfMonth(daysOfMonth), describeDaysOfWeek(daysOfWeek)]
    .filter((text) => text !== '')
    .join(isEitherDay ? ' or ' : ', but only ');
  const month = months.length === monthsInYear ? '' : dayPart(`* ${rangesText(months)} * *`);
  const year = years === undefined ? '' : dayPart(`* * * ${rangesText(years)}`);
  return [days, month && `in ${month}`, year && `in ${year}`].filter((text) => text !== '').join(', ');
}

function describeDaysOfMonth(daysOfMonth: CronMeaning['daysOfMonth']): string {
  if (daysOfMonth === undefined) return '';
  const { days, isLast, nearestTo } = daysOfMonth;
  if (nearestTo !== undefined) return dayPart(`${nearestTo === 'last' ? 'LW' : `${nearestTo}W`} * * *`);
  const text = [...(days.length === 0 ? [] : [rangesText(days)]), ...(isLast ? ['L'] : [])].join(',');
  return dayPart(`${text} * * *`);
}

function describeDaysOfWeek(daysOfWeek: CronMeaning['daysOfWeek']): string {
  if (daysOfWeek === undefined) return '';
  const mondayFirst = daysOfWeek.days.map((day) => (day === 0 ? 7 : day)).sort((left, right) => left - right);
  const weekly = mondayFirst.length === 0 ? [] : [`on ${dayPart(`* * ${rangesText(mondayFirst)} *`)}`];
  const monthly = daysOfWeek.occurrences.map(({ day, nth }) =>
    dayPart(`* * ${nth === 'last' ? `${day}L` : `${day}#${nth}`} *`),
  );
  return listed([...weekly, ...monthly]);
}

/** cronstrue's words for day of month, month, day of week and year, one of which is given, without what joins them. */
function dayPart(fields: string): string {
  return worded(`0 0 0 ${fields}`)
    .replace(/^at 00:00, /, '')
    .replace(/^only (?:on|in) /, '');
}

function worded(expression: string): string {
  const text = cronstrue.toString(expression, { use24HourTimeFormat: true });
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`
    .replaceAll(' through ', ' to ')
    .replace('on the hour', 'at 0 minutes past the hour')
    .replaceAll(', and ', ' and ');
}

/** `*` for all, a step where it goes evenly round, ranges otherwise: `0/7` would be told as every 7 minutes, and is not. */
function fieldText(values: readonly number[], span: number): string {
  const step = evenStep(values, span);
  if (step === undefined) return rangesText(values);
  const first = values[0] === 0 ? '*' : `${values[0]}`;
  return step === 1 ? '*' : `${first}/${step}`;
}

/** The distance between neighbours, where it is the same from the last to the first. */
function evenStep(values: readonly number[], span: number): number | undefined {
  const step = span / values.length;
  const isEven =
    values.length > 1 && values.every((value, index) => value === (values[0] ?? 0) + index * step);
  return isEven ? step : undefined;
}

/** Three or more neighbours as a range. */
function rangesText(values: readonly number[]): string {
  const stretches: number[][] = [];
  for (const value of values) {
    const stretch = stretches.at(-1);
    if (stretch !== undefined && stretch.at(-1) === value - 1) stretch.push(value);
    else stretches.push([value]);
  }
  return stretches
    .map((stretch) => (stretch.length < 3 ? stretch.join(',') : `${stretch[0]}-${stretch.at(-1)}`))
    .join(',');
}

function listed(texts: readonly string[]): string {
  const last = texts.at(-1) ?? '';
  return texts.length < 2 ? last : `${texts.slice(0, -1).join(', ')} and ${last}`;
}

function clockTime(hour: number, minute: number, second: number): string {
  const time = `${twoDigits(hour)}:${twoDigits(minute)}`;
  return second === 0 ? time : `${time}:${twoDigits(second)}`;
}

function counted(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
