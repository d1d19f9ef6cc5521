/**
 * Date and time formats of .NET, in English ("Microsoft: Custom date and time format strings" and "Standard …"): text → what its
 * letters stand for. Writing and reading dates by them is in date-writing.ts and date-reading.ts.
 */

/** One piece of a format: a field with the number of its letters, or text that stands for itself. */
export type FormatPiece =
  | Readonly<{ kind: DateField; letters: number }>
  | Readonly<{ kind: 'literal'; text: string }>;

const fieldsByLetter = {
  d: 'day',
  f: 'fraction',
  F: 'short fraction',
  g: 'era',
  h: 'hour of 12',
  H: 'hour of 24',
  K: 'zone',
  m: 'minute',
  M: 'month',
  s: 'second',
  t: 'half of day',
  y: 'year',
  z: 'offset',
} as const;

export type DateField = (typeof fieldsByLetter)[keyof typeof fieldsByLetter];

/** A single letter is one of these formats, with a meaning of its own. */
const standardFormats: Readonly<Record<string, string>> = {
  d: 'MM/dd/yyyy',
  D: 'dddd, dd MMMM yyyy',
  f: 'dddd, dd MMMM yyyy HH:mm',
  F: 'dddd, dd MMMM yyyy HH:mm:ss',
  g: 'MM/dd/yyyy HH:mm',
  G: 'MM/dd/yyyy HH:mm:ss',
  m: 'MMMM dd',
  M: 'MMMM dd',
  o: "yyyy'-'MM'-'dd'T'HH':'mm':'ss'.'fffffffK",
  O: "yyyy'-'MM'-'dd'T'HH':'mm':'ss'.'fffffffK",
  r: "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
  R: "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
  s: "yyyy'-'MM'-'dd'T'HH':'mm':'ss",
  t: 'HH:mm',
  T: 'HH:mm:ss',
  u: "yyyy'-'MM'-'dd HH':'mm':'ss'Z'",
  U: 'dddd, dd MMMM yyyy HH:mm:ss',
  y: 'yyyy MMMM',
  Y: 'yyyy MMMM',
};

const longestFormat = 200;

/** The pieces of a format, or what is wrong with it, in a sentence. */
export function readDateFormat(
  format: string,
):
  | Readonly<{ kind: 'format'; pieces: readonly FormatPiece[] }>
  | Readonly<{ kind: 'mistake'; message: string }> {
  const expanded = format.length === 1 ? standardFormats[format] : format;
  if (expanded === undefined) return mistake(`"${format}" alone is no format for dates.`);
  if (expanded === '') return mistake('A format for dates is not empty.');
  if (expanded.length > longestFormat) {
    return mistake(`A format for dates has at most ${longestFormat} characters.`);
  }
  const pieces: FormatPiece[] = [];
  for (let index = 0; index < expanded.length; ) {
    const piece = readPiece(expanded, index);
    if ('message' in piece) return mistake(piece.message);
    pieces.push(piece.piece);
    index = piece.end;
  }
  return { kind: 'format', pieces };
}

function mistake(message: string): Readonly<{ kind: 'mistake'; message: string }> {
  return { kind: 'mistake', message };
}

type PieceReading = Readonly<{ piece: FormatPiece; end: number }> | Readonly<{ message: string }>;

function readPiece(format: string, index: number): PieceReading {
  const letter = format.charAt(index);
  if (letter === '"' || letter === "'") return readQuoted(format, index);
  if (letter === '\\') {
    const escaped = format[index + 1];
    return escaped === undefined
      ? { message: 'The format ends with a single backslash.' }
      : literal(escaped, index + 2);
  }
  // "%d" is the day, where "d" alone is a standard format.
  if (letter === '%') {
    return isFieldLetter(format[index + 1])
      ? readField(format, index + 1, index + 2)
      : { message: 'In a format, a letter of a field follows after %.' };
  }
  if (!isFieldLetter(letter)) return literal(letter, index + 1);
  let end = index + 1;
  while (format[end] === letter) end += 1;
  return readField(format, index, end);
}

function isFieldLetter(letter: string | undefined): letter is keyof typeof fieldsByLetter {
  return letter !== undefined && Object.hasOwn(fieldsByLetter, letter);
}

function readField(format: string, index: number, end: number): PieceReading {
  const letter = format.charAt(index);
  const letters = end - index;
  if (!isFieldLetter(letter)) return { message: 'In a format, a letter of a field follows after %.' };
  if (letters > mostLetters[letter])
    return { message: `"${format.slice(index, end)}" is no part of a format.` };
  return { piece: { kind: fieldsByLetter[letter], letters }, end };
}

/** More letters say nothing more; for fractions and years .NET refuses them as well. */
const mostLetters: Readonly<Record<keyof typeof fieldsByLetter, number>> = {
  d: 4,
  f: 7,
  F: 7,
  g: 2,
  h: 2,
  H: 2,
  K: 1,
  m: 2,
  M: 4,
  s: 2,
  t: 2,
  y: 5,
  z: 3,
};

function readQuoted(format: string, index: number): PieceReading {
  const quote = format.charAt(index);
  let text = '';
  for (let end = index + 1; end < format.length; end += 1) {
    const letter = format.charAt(end);
    if (letter === quote) return literal(text, end + 1);
    if (letter === '\\') end += 1;
    text += format.charAt(end);
  }
  return { message: `The format has a ${quote} without a second one.` };
}

function literal(text: string, end: number): PieceReading {
  return { piece: { kind: 'literal', text }, end };
}

export const monthNames = [
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
export const dayNames = [
  'Sunday',
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
] as const;
