// Text and instants of filters in SQL, exactly as JavaScript has them and on every PostgreSQL server alike.
import { millisecondsOf, ticksBelowMillisecondOf } from '../odata/instant.ts';
import { type Folding, replacementsOf } from './case-folding.ts';
import { type SqlText, sqlText, sqlWord } from './sql-text.ts';

/** Whether a character and what it folds to have to be told apart for a comparison to come out right. */
type Need = (character: string, folded: string) => boolean;

/** A text that may be null, and how it is read. */
export type TextSource = Readonly<{
  /** Folded, as far as the characters are needed. `folding` ends in `foldCase`. */
  fold: (folding: Folding, needed: Need) => SqlText;
  /** As it is. */
  raw: () => SqlText;
}>;

/** For two texts of which neither is known. */
export const anyCharacter: Need = () => true;

/**
 * For a search of `constant`, which is folded: where a character has nothing to do with it before and after folding,
 * it makes no difference whether it is folded.
 */
export function charactersIn(constant: string): Need {
  const characters = new Set(constant);
  return (character, folded) => characters.has(character) || [...folded].some((one) => characters.has(one));
}

/** For the order of texts before and after `constant`, which is folded: beyond its last character all are alike. */
export function charactersAround(constant: string): Need {
  const last = Math.max(0, ...Array.from(constant, codePointOf));
  return (character, folded) => [character, ...folded].some((one) => codePointOf(one) <= last);
}

/** Whether every text stands to `constant` by code points as by UTF-16 code units, which JavaScript orders by. */
export function isOrderedByBytes(constant: string): boolean {
  return Array.from(constant, codePointOf).every((codePoint) => codePoint < 0xd800);
}

function codePointOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}

/** The source of a text that SQL computes. */
export function textSource(text: SqlText): TextSource {
  return { fold: (folding, needed) => foldText(text, folding, needed), raw: () => text };
}

/** The collation "C" knows the letters of ASCII and no others; the rest is replaced one by one. */
function foldText(text: SqlText, folding: Folding, needed: Need): SqlText {
  const { expansions, from, to } = replacementsOf(folding, needed);
  const ascii = sqlText`lower((${text}) collate "C")`;
  let folded = ascii;
  for (const [character, several] of expansions) {
    folded = sqlText`replace(${folded}, ${character}::text, ${several}::text)`;
  }
  if (from !== '') folded = sqlText`translate(${folded}, ${from}::text, ${to}::text)`;
  if (needed !== anyCharacter) return folded;
  // To look for each character in a thousand takes long, and most texts have none of them.
  const changing = `[${from}${expansions.map(([character]) => character).join('')}]`;
  return sqlText`case when octet_length(${text}) = char_length(${text}) or (${text}) !~ ${changing}::text
    then ${ascii} else ${folded} end`;
}

/** What JavaScript takes for blank: white space and line ends of Unicode, and the byte order mark. */
const blanks = listBlanks();

function listBlanks(): string {
  const codePoints = Array.from({ length: 0x10000 }, (_, codePoint) => String.fromCharCode(codePoint));
  return codePoints.filter((character) => character.trim() === '').join('');
}

export function trim(text: TextSource): TextSource {
  const trimmed = (untrimmed: SqlText) => sqlText`btrim(${untrimmed}, ${blanks}::text)`;
  // No letter becomes blank or ceases to be so when its case changes.
  return { fold: (folding, needed) => trimmed(text.fold(folding, needed)), raw: () => trimmed(text.raw()) };
}

export function concatenate(first: TextSource, second: TextSource): TextSource {
  return {
    fold: (folding, needed) => sqlText`(${first.fold(folding, needed)} || ${second.fold(folding, needed)})`,
    raw: () => sqlText`(${first.raw()} || ${second.raw()})`,
  };
}

/** The number of UTF-16 code units: one for each character, two for those outside the Basic Multilingual Plane. */
export function lengthOfText(text: SqlText): SqlText {
  return sqlText`(char_length(${text}) + case when octet_length(${text}) = char_length(${text}) then 0
    else regexp_count(${text}, '[\\U00010000-\\U0010FFFF]') end)`;
}

/** Where `part` begins, in UTF-16 code units from 0; -1 when it is nowhere. Case counts. */
export function indexInText(text: SqlText, part: SqlText): SqlText {
  const place = sqlText`strpos(${text}, ${part})`;
  return sqlText`case when ${place} = 0 then -1 else ${lengthOfText(sqlText`left(${text}, ${place} - 1)`)} end`;
}

/**
 * Compares by UTF-16 code units, as JavaScript does: they have all characters of two units before those from U+E000
 * to U+FFFF. Other texts have the order of their bytes. `sign` is a comparison operator.
 */
export function compareInOrder(left: SqlText, sign: SqlText, right: SqlText): SqlText {
  return sqlText`((select case when one || other ~ '[\\uE000-\\U0010FFFF]'
      then ${codeUnitsOf('one')} ${sign} ${codeUnitsOf('other')}
      else (one collate "C") ${sign} other end
    from (select ${left} as one, ${right} as other offset 0) as texts) is true)`;
}

/** An array that sorts as the code units of the column's text do. */
function codeUnitsOf(column: 'one' | 'other'): SqlText {
  return sqlText`array(
    select case when ascii(letter) between 57344 and 65535 then ascii(letter) + 1114112 else ascii(letter) end
    from string_to_table(${sqlWord(column)}, null) with ordinality as letters (letter, place) order by place)`;
}

/** A constant date in steps of 100 nanoseconds since 1970. */
export function ticksOf(value: unknown): string {
  return String(BigInt(millisecondsOf(value)) * 10_000n + BigInt(ticksBelowMillisecondOf(value)));
}

/** What JavaScript reads as a date or an instant, in the form that OData gives it. Days may end with 24:00. */
const instantPattern = [
  '^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])',
  '(?:T(?:(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\\.[0-9]{1,7})?)?|24:00(?::00(?:\\.0{1,7})?)?)',
  '(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9]))?$',
].join('');

/**
 * The instant that a text tells, in steps of 100 nanoseconds since 1970; null when it tells none. PostgreSQL's own
 * timestamps stop at microseconds and fail for a 30 February, which JavaScript takes for the 1st or 2nd of March: hence
 * the calendar here, with years that begin in March, 400 years later so that nothing is negative.
 */
export function instantOf(text: SqlText): SqlText {
  return sqlText`(select
      (365 * year + year / 4 - year / 100 + year / 400 + (153 * ((month + 9) % 12) + 2) / 5 + day - 865566) * 864000000000
      + case when told like '%T%' then
          (substr(told, 12, 2)::int * 60 + substr(told, 15, 2)::int
            - case when told like '%Z' then 0
              else (substr(told, char_length(told) - 5, 1) || '1')::int
                * (substr(told, char_length(told) - 4, 2)::int * 60 + right(told, 2)::int) end) * 600000000::bigint
          + case when substr(told, 17, 1) = ':' then substr(told, 18, 2)::int else 0 end * 10000000
          + case when substr(told, 20, 1) = '.'
              then rpad(split_part(translate(substr(told, 21), '+-', 'ZZ'), 'Z', 1), 7, '0')::int else 0 end
        else 0 end
    from (
      select told, substr(told, 1, 4)::bigint + 400 - (substr(told, 6, 2)::int <= 2)::int as year,
        substr(told, 6, 2)::int as month, substr(told, 9, 2)::int as day
      from (select ${text} as told offset 0) as texts where told ~ ${instantPattern}::text offset 0
    ) as dates)`;
}
