/** Times and lengths of time as texts. */
import { locale, t } from '../texts/texts.ts';

const options: Intl.DateTimeFormatOptions = { dateStyle: 'medium', timeStyle: 'medium' };
const here = new Intl.DateTimeFormat(locale, options);
const inUtc = new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' });
const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'always', style: 'short' });
const numbers = new Intl.NumberFormat(locale);
export const zone = here.resolvedOptions().timeZone;

/** 20 Nov 2026, 21:45:00, in the browser's zone or UTC. */
export function formatTime(date: Date, isUtc = false): string {
  return isUtc ? t('time.utc', { time: inUtc.format(date) }) : here.format(date);
}

/** The time here with the zone, and in UTC. */
export function formatExact(date: Date): string {
  return `${t('time.here', { time: here.format(date), zone })}\n${t('time.utc', { time: inUtc.format(date) })}`;
}

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** 3 hr ago, in 5 min. */
export function formatRelative(date: Date, now = Date.now()): string {
  const differenceMs = date.getTime() - now;
  for (const [unit, unitMs] of units) {
    if (Math.abs(differenceMs) >= unitMs) return relative.format(Math.trunc(differenceMs / unitMs), unit);
  }
  return Math.abs(differenceMs) < 10_000
    ? t('time.now')
    : relative.format(Math.trunc(differenceMs / 1000), 'second');
}

const parts = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const;

/** The two largest parts: 4 min 12 sec; what is shorter than a second in milliseconds. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return unitOf(Math.round(ms), 'millisecond');
  const first = parts.findIndex(([, partMs]) => ms >= partMs);
  let rest = ms;
  const texts: string[] = [];
  for (const [unit, partMs] of parts.slice(first, first + 2)) {
    const count = Math.floor(rest / partMs);
    rest -= count * partMs;
    if (count > 0) texts.push(unitOf(count, unit));
  }
  return texts.join(' ');
}

/** A number with its thousands set apart. */
export function formatCount(value: number): string {
  return numbers.format(value);
}

function unitOf(count: number, unit: string): string {
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' }).format(count);
}
