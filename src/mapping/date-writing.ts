/** Writes instants by the formats of .NET, in English and UTC. Pure. */
import { type CalendarFields, dayOfWeek, fieldsOf, type Instant } from './calendar.ts';
import { dayNames, type FormatPiece, monthNames } from './date-format.ts';

/** What a format makes of an instant. `hasZone`: whether the zone was said where it comes from, for `K`. */
export function writeDate(instant: Instant, pieces: readonly FormatPiece[], hasZone: boolean): string {
  const fields = fieldsOf(instant);
  let written = '';
  for (const piece of pieces) {
    const text = writePiece(piece, fields, instant, hasZone);
    // A point before a fraction that is left out is left out with it.
    if (text === '' && piece.kind === 'short fraction' && written.endsWith('.'))
      written = written.slice(0, -1);
    else written += text;
  }
  return written;
}

function writePiece(piece: FormatPiece, fields: CalendarFields, instant: Instant, hasZone: boolean): string {
  switch (piece.kind) {
    case 'literal':
      return piece.text;
    case 'day':
      if (piece.letters <= 2) return padded(fields.day, piece.letters);
      return named(dayNames[dayOfWeek(instant)], piece.letters);
    case 'month':
      if (piece.letters <= 2) return padded(fields.month, piece.letters);
      return named(monthNames[fields.month - 1], piece.letters);
    case 'year':
      return piece.letters <= 2
        ? padded(fields.year % 100, piece.letters)
        : padded(fields.year, piece.letters);
    case 'hour of 24':
      return padded(fields.hour, piece.letters);
    case 'hour of 12':
      return padded(fields.hour % 12 === 0 ? 12 : fields.hour % 12, piece.letters);
    case 'minute':
      return padded(fields.minute, piece.letters);
    case 'second':
      return padded(fields.second, piece.letters);
    case 'fraction':
      return padded(fields.fraction, 7).slice(0, piece.letters);
    case 'short fraction':
      return padded(fields.fraction, 7).slice(0, piece.letters).replace(/0+$/, '');
    case 'half of day':
      return (fields.hour < 12 ? 'AM' : 'PM').slice(0, piece.letters);
    case 'era':
      return 'A.D.';
    case 'zone':
      return hasZone ? 'Z' : '';
    case 'offset':
      return ['+0', '+00', '+00:00'][piece.letters - 1] ?? '';
  }
}

function padded(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}

/** Three letters are the short name. */
function named(name: string | undefined, letters: number): string {
  return letters === 3 ? (name?.slice(0, 3) ?? '') : (name ?? '');
}
