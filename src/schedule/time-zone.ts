// A time zone's name, and what its clocks show: instants → wall milliseconds (milliseconds since 1970 as if the time on
// the wall were UTC's) and back, with the times that a change of the clocks skips or repeats.
import { quote, ScheduleRefusal } from './refusal.ts';

const dayMs = 86_400_000;
const secondMs = 1_000;
const fewestAlike = 3;
const mostSuggestions = 3;

/** Canonical names by their small letters; without the older names that are known as well. */
const knownNames: ReadonlyMap<string, string> = new Map(
  ['UTC', ...Intl.supportedValuesOf('timeZone')].map((name) => [name.toLowerCase(), name]),
);

/** Making a format costs a hundred times what using it does. At most as many as there are names. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const key = timeZone.toLowerCase();
  const known = formats.get(key);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(key, format);
  return format;
}

/**
 * An IANA name such as `Europe/Paris`, or `UTC`, in its usual capitals. Names of Windows and offsets such as `+02:00` are
 * none: the one is ambiguous outside Windows, the other knows nothing of summer time. Throws ScheduleRefusal.
 */
export function readTimeZone(name: string): string {
  const known = knownNames.get(name.toLowerCase());
  if (known !== undefined) return known;
  const isSpelt = /^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+){0,2}$/.test(name);
  if (isSpelt && isKnownToIntl(name)) return name;
  const remedy = 'write an IANA name such as Europe/Paris, or UTC';
  if (name === '') throw new ScheduleRefusal(`The time zone is empty: ${remedy}.`);
  if (/^[+-]/.test(name)) {
    throw new ScheduleRefusal(
      `The time zone ${quote(name)} is an offset, which knows no summer time: ${remedy}.`,
    );
  }
  if (/ Time$/i.test(name)) {
    throw new ScheduleRefusal(`The time zone ${quote(name)} is a name of Windows: ${remedy}.`);
  }
  const nearest = nearestNames(name);
  const question =
    nearest.length === 0 ? remedy : `write ${nearest.join(' or ')} if that is meant, or another IANA name`;
  throw new ScheduleRefusal(`The time zone ${quote(name)} is not known: ${question}.`);
}

function isKnownToIntl(name: string): boolean {
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/** Names whose last part begins like the one asked for, the longest likeness first. */
function nearestNames(name: string): readonly string[] {
  const [region = '', city = region] = lastTwo(name);
  const rated = [...knownNames.values()]
    .map((known) => {
      const [knownRegion = '', knownCity = knownRegion] = lastTwo(known);
      const likeness = Math.max(alike(city, knownCity), knownCity.includes(city) ? city.length : 0);
      return { known, likeness, isSameRegion: region === knownRegion };
    })
    .filter(({ likeness }) => likeness >= fewestAlike)
    .sort(
      (left, right) =>
        right.likeness - left.likeness || Number(right.isSameRegion) - Number(left.isSameRegion),
    );
  const best = rated[0]?.likeness ?? 0;
  return rated
    .filter(({ likeness }) => likeness === best)
    .slice(0, mostSuggestions)
    .map(({ known }) => known);
}

function lastTwo(name: string): readonly string[] {
  return name
    .toLowerCase()
    .split('/')
    .slice(-2)
    .map((part) => part.replaceAll(/[^a-z0-9]/g, ''));
}

/** How many letters two words have in common from the beginning. */
function alike(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) if (left[index] !== right[index]) return index;
  return length;
}

/** What the clocks show at an instant, to the second. */
export function wallMsAt(timeZone: string, instantMs: number): number {
  const wholeMs = Math.floor(instantMs / secondMs) * secondMs;
  if (timeZone === 'UTC') return wholeMs;
  const parts = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 };
  for (const { type, value } of formatOf(timeZone).formatToParts(wholeMs)) {
    if (Object.hasOwn(parts, type)) parts[type as keyof typeof parts] = Number(value);
  }
  return Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second);
}

function offsetMsAt(timeZone: string, instantMs: number): number {
  return wallMsAt(timeZone, instantMs) - Math.floor(instantMs / secondMs) * secondMs;
}

/** A change of the clocks: its first instant, and what the clocks would have shown then without it. */
export type ClockChange = Readonly<{ atMs: number; wallMsBefore: number }>;

/**
 * The change of the clocks after one instant and up to another, which are less than two days apart; undefined when there
 * is none. No zone has changed its clocks twice within two days.
 */
export function findClockChange(timeZone: string, afterMs: number, untilMs: number): ClockChange | undefined {
  const offsetMs = offsetMsAt(timeZone, afterMs);
  if (offsetMsAt(timeZone, untilMs) === offsetMs) return undefined;
  let before = Math.floor(afterMs / secondMs);
  let after = Math.floor(untilMs / secondMs);
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (offsetMsAt(timeZone, middle * secondMs) === offsetMs) before = middle;
    else after = middle;
  }
  return { atMs: after * secondMs, wallMsBefore: after * secondMs + offsetMs };
}

/**
 * The first instant at which the clocks show a time, and whether they do: a time that they skip has the instant of the
 * change that skips it, which is the moment after the gap.
 */
export function firstInstantOf(
  timeZone: string,
  wallMs: number,
): Readonly<{ atMs: number; isShown: boolean }> {
  // No clock is a day ahead of UTC or behind it, so these two instants lie before and after the one sought.
  const [beforeMs, afterMs] = [wallMs - dayMs, wallMs + dayMs];
  const first = wallMs - offsetMsAt(timeZone, beforeMs);
  if (wallMsAt(timeZone, first) === wallMs) return { atMs: first, isShown: true };
  const second = wallMs - offsetMsAt(timeZone, afterMs);
  if (wallMsAt(timeZone, second) === wallMs) return { atMs: second, isShown: true };
  return { atMs: findClockChange(timeZone, beforeMs, afterMs)?.atMs ?? second, isShown: false };
}
