/** Dates as expressions hand them on, and as systems write them without saying a format. Pure. */
import { fieldsOf, type Instant, instantOf } from './calendar.ts';
import { type FormatPiece, readDateFormat } from './date-format.ts';
import { type ReadingStyle, readDate } from './date-reading.ts';

/** The form of every date that an expression gives, in UTC. */
export function printInstant(instant: Instant): string {
  const { year, month, day, hour, minute, second } = fieldsOf(instant);
  const two = (value: number) => String(value).padStart(2, '0');
  const time = `${hour % 12 === 0 ? 12 : hour % 12}:${two(minute)}:${two(second)}`;
  return `${month}/${day}/${String(year).padStart(4, '0')} ${time} ${hour < 12 ? 'AM' : 'PM'}`;
}

/** ISO 8601: a date, a time after `T` or a space, and a zone, which may follow a date at once. */
const isoPattern =
  /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,7})\d*)?)?)? ?(?:([Zz])|([+-]\d\d)(?::?(\d\d))?)?$/;
/** The form of `printInstant`, and what else is written between slashes: the month is first. */
const slashPattern =
  /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?: +(\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d{1,7})\d*)?)?(?: ?([AaPp])[Mm])?)?(?: ?(?:([Zz])|([+-]\d\d):?(\d\d)))?$/;

/**
 * Reads a date in ISO 8601, in the form that expressions give (`3/16/2020 7:00:00 AM`), or in that of e-mails
 * (`Mon, 16 Mar 2020 07:00:00 GMT`). Without a zone it is in UTC. Undefined for anything else.
 */
export function parseInstant(text: string): Instant | undefined {
  const trimmed = text.trim();
  return parseIso(trimmed) ?? parseSlashes(trimmed) ?? parseMailDate(trimmed);
}

function parseIso(text: string): Instant | undefined {
  const found = isoPattern.exec(text);
  if (found === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction, , offsetHours, offsetMinutes] = found;
  const fields = { year, month, day, hour, minute, second };
  return instantOf(numbersOf(fields, fraction), offsetOf(offsetHours, offsetMinutes));
}

function parseSlashes(text: string): Instant | undefined {
  const found = slashPattern.exec(text);
  if (found === null) return undefined;
  const [, month, day, year, hour, minute, second, fraction, half, , offsetHours, offsetMinutes] = found;
  const written = Number(hour ?? 0);
  if (half !== undefined && (written < 1 || written > 12)) return undefined;
  const isAfternoon = half?.toLowerCase() === 'p';
  const numbers = numbersOf({ year, month, day, minute, second }, fraction);
  const ofDay = half === undefined ? written : (written % 12) + (isAfternoon ? 12 : 0);
  return instantOf({ ...numbers, hour: ofDay }, offsetOf(offsetHours, offsetMinutes));
}

type WrittenFields = Readonly<
  Record<'year' | 'month' | 'day' | 'minute' | 'second', string | undefined> & { hour?: string | undefined }
>;

function numbersOf(fields: WrittenFields, fraction: string | undefined) {
  return {
    year: Number(fields.year),
    month: Number(fields.month),
    day: Number(fields.day),
    hour: Number(fields.hour ?? 0),
    minute: Number(fields.minute ?? 0),
    second: Number(fields.second ?? 0),
    fraction: Number((fraction ?? '').padEnd(7, '0')),
  };
}

function offsetOf(hours: string | undefined, minutes: string | undefined): number {
  if (hours === undefined) return 0;
  const sign = hours.startsWith('-') ? -1 : 1;
  return Number(hours) * 60 + sign * Number(minutes ?? 0);
}

const exactly: ReadingStyle = {
  allowsLeadingWhite: false,
  allowsTrailingWhite: false,
  allowsInnerWhite: false,
  assumesZone: true,
  lacksCurrentDate: true,
};

function piecesOf(format: string): readonly FormatPiece[] {
  const read = readDateFormat(format);
  if (read.kind === 'mistake') throw new RangeError(read.message);
  return read.pieces;
}

const mailDate = piecesOf('r');

function parseMailDate(text: string): Instant | undefined {
  return readDate(text, mailDate, exactly, () => ({ milliseconds: 0, ticks: 0 }))?.instant;
}
