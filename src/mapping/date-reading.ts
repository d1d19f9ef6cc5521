/** Reads dates by the formats of .NET, in English, as its exact parsing does. Pure. */
import { type CalendarFields, dayOfWeek, fieldsOf, type Instant, instantOf } from './calendar.ts';
import { dayNames, type FormatPiece, monthNames } from './date-format.ts';

/** DateTimeStyles of .NET, as far as they change what is read. */
export type ReadingStyle = Readonly<{
  allowsLeadingWhite: boolean;
  allowsTrailingWhite: boolean;
  allowsInnerWhite: boolean;
  /** A date without a zone is one in UTC, and known to be. */
  assumesZone: boolean;
  /** A time without a date is one of the first day of year 1, and not of today. */
  lacksCurrentDate: boolean;
}>;

/** A date that was read: in UTC, and whether its zone was said. */
export type ReadDate = Readonly<{ instant: Instant; hasZone: boolean }>;

/** What has been found so far; `at` is where the next piece begins. */
type Reading = {
  at: number;
  fields: Partial<Record<keyof CalendarFields, number>>;
  hourOf12?: number;
  isAfternoon?: boolean;
  dayOfWeek?: number;
  offsetMinutes?: number;
};

/** Years of two digits are those up to 2049, as in .NET since 8. */
const latestShortYear = 49;

/**
 * The date that a text says in a format; undefined when it does not have that form, or says what the calendar does not have.
 * Parts that the format leaves out come from `now`, as in .NET: the year, or the whole date where only a time is said.
 */
export function readDate(
  text: string,
  pieces: readonly FormatPiece[],
  style: ReadingStyle,
  now: () => Instant,
): ReadDate | undefined {
  const reading: Reading = { at: 0, fields: {} };
  if (style.allowsLeadingWhite) skipWhite(text, reading);
  for (const [index, piece] of pieces.entries()) {
    if (style.allowsInnerWhite) skipWhite(text, reading);
    if (isLeftOutPoint(text, reading.at, piece, pieces[index + 1])) continue;
    if (!readPiece(text, piece, reading)) return undefined;
  }
  if (style.allowsTrailingWhite) skipWhite(text, reading);
  return reading.at === text.length ? settle(reading, style, now) : undefined;
}

function skipWhite(text: string, reading: Reading): void {
  while (reading.at < text.length && /\s/.test(text.charAt(reading.at))) reading.at += 1;
}

/** `.F` stands for a fraction that may be missing together with its point. */
function isLeftOutPoint(
  text: string,
  at: number,
  piece: FormatPiece,
  next: FormatPiece | undefined,
): boolean {
  const isPoint = piece.kind === 'literal' && piece.text === '.';
  return isPoint && next?.kind === 'short fraction' && text[at] !== '.';
}

function readPiece(text: string, piece: FormatPiece, reading: Reading): boolean {
  switch (piece.kind) {
    case 'literal':
      // In what is read, a Z says that the date is in UTC, though it is no field of a format.
      if (piece.text === 'Z') reading.offsetMinutes ??= 0;
      return take(text, reading, piece.text);
    case 'year':
      return readYear(text, piece.letters, reading);
    case 'month':
      if (piece.letters <= 2) return readNumber(text, piece.letters, reading, 'month');
      return readName(text, monthNames, piece.letters, reading, (index) => {
        reading.fields.month = index + 1;
      });
    case 'day':
      if (piece.letters <= 2) return readNumber(text, piece.letters, reading, 'day');
      return readName(text, dayNames, piece.letters, reading, (index) => {
        reading.dayOfWeek = index;
      });
    case 'hour of 24':
      return readNumber(text, piece.letters, reading, 'hour');
    case 'hour of 12': {
      const hour = readDigits(text, reading, piece.letters, 2);
      reading.hourOf12 = Number(hour);
      return hour !== undefined && reading.hourOf12 >= 1 && reading.hourOf12 <= 12;
    }
    case 'minute':
      return readNumber(text, piece.letters, reading, 'minute');
    case 'second':
      return readNumber(text, piece.letters, reading, 'second');
    case 'fraction':
    case 'short fraction':
      return readFraction(text, piece.kind === 'fraction' ? piece.letters : 0, piece.letters, reading);
    case 'half of day':
      return readHalfOfDay(text, piece.letters, reading);
    case 'era':
      return take(text, reading, 'A.D.') || take(text, reading, 'AD');
    case 'zone':
      if (take(text, reading, 'Z')) {
        reading.offsetMinutes = 0;
        return true;
      }
      return !/[+-]/.test(text.charAt(reading.at)) || readOffset(text, 3, reading);
    case 'offset':
      return readOffset(text, piece.letters, reading);
  }
}

function take(text: string, reading: Reading, expected: string): boolean {
  if (!text.startsWith(expected, reading.at)) return false;
  reading.at += expected.length;
  return true;
}

/** Digits from here on: exactly as many as letters, but one or two for a single letter. */
function readDigits(text: string, reading: Reading, letters: number, most = 2): string | undefined {
  const least = letters;
  const limit = letters === 1 ? most : letters;
  let end = reading.at;
  while (end < text.length && end - reading.at < limit && isDigit(text, end)) end += 1;
  if (end - reading.at < least) return undefined;
  const digits = text.slice(reading.at, end);
  reading.at = end;
  return digits;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

function readNumber(
  text: string,
  letters: number,
  reading: Reading,
  field: 'month' | 'day' | 'hour' | 'minute' | 'second',
): boolean {
  const digits = readDigits(text, reading, letters);
  reading.fields[field] = Number(digits);
  return digits !== undefined;
}

function readYear(text: string, letters: number, reading: Reading): boolean {
  const digits = readDigits(text, reading, letters);
  if (digits === undefined) return false;
  const year = Number(digits);
  const isShort = letters <= 2;
  reading.fields.year = isShort ? year + (year <= latestShortYear ? 2000 : 1900) : year;
  return true;
}

function readFraction(text: string, least: number, most: number, reading: Reading): boolean {
  let end = reading.at;
  while (end - reading.at < most && isDigit(text, end)) end += 1;
  if (end - reading.at < least) return false;
  reading.fields.fraction = Number(text.slice(reading.at, end).padEnd(7, '0'));
  reading.at = end;
  return true;
}

function readName(
  text: string,
  names: readonly string[],
  letters: number,
  reading: Reading,
  found: (index: number) => void,
): boolean {
  const wanted = letters === 3 ? names.map((name) => name.slice(0, 3)) : names;
  const index = wanted.findIndex(
    (name) => text.slice(reading.at, reading.at + name.length).toLowerCase() === name.toLowerCase(),
  );
  reading.at += wanted[index]?.length ?? 0;
  found(index);
  return index >= 0;
}

function readHalfOfDay(text: string, letters: number, reading: Reading): boolean {
  const half = text.slice(reading.at, reading.at + letters).toUpperCase();
  reading.at += letters;
  reading.isAfternoon = half.startsWith('P');
  return half === 'AM'.slice(0, letters) || half === 'PM'.slice(0, letters);
}

function readOffset(text: string, letters: number, reading: Reading): boolean {
  const sign = text[reading.at];
  if (sign !== '+' && sign !== '-') return false;
  reading.at += 1;
  const hours = readDigits(text, reading, letters === 1 ? 1 : 2);
  if (letters === 3) take(text, reading, ':');
  const minutes = letters === 3 ? readDigits(text, reading, 2) : '0';
  reading.offsetMinutes = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
  return hours !== undefined && minutes !== undefined && Number(minutes) < 60;
}

/** What stands for what is not said. */
const firstDay = { year: 1, month: 1, day: 1 } as const;

function settle(reading: Reading, style: ReadingStyle, now: () => Instant): ReadDate | undefined {
  const { fields, offsetMinutes, hourOf12, isAfternoon } = reading;
  const hasNoDate = fields.year === undefined && fields.month === undefined && fields.day === undefined;
  const today = fields.year !== undefined || style.lacksCurrentDate ? firstDay : fieldsOf(now());
  const hour = hourOf12 === undefined ? fields.hour : (hourOf12 % 12) + (isAfternoon === true ? 12 : 0);
  const instant = instantOf(
    {
      year: fields.year ?? today.year,
      month: fields.month ?? (hasNoDate ? today.month : 1),
      day: fields.day ?? (hasNoDate ? today.day : 1),
      hour: hour ?? 0,
      minute: fields.minute ?? 0,
      second: fields.second ?? 0,
      fraction: fields.fraction ?? 0,
    },
    offsetMinutes,
  );
  if (instant === undefined) return undefined;
  // The day of the week belongs to the date as it was written, before its offset moved it.
  const written = { ...instant, milliseconds: instant.milliseconds + (offsetMinutes ?? 0) * 60_000 };
  if (reading.dayOfWeek !== undefined && reading.dayOfWeek !== dayOfWeek(written)) return undefined;
  return { instant, hasZone: offsetMinutes !== undefined || style.assumesZone };
}
