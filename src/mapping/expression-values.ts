/** Values inside of expressions: as texts, numbers, truths and lists, and what happens where a value is none of them. Pure. */
import type { MappedValue } from './compile-expression.ts';
import type { ExpressionPlace } from './expression.ts';

/** No text that an expression makes is longer, in UTF-16 units; nor are all texts of a list together. */
export const longestText = 1_000_000;

/**
 * Thrown while an expression is evaluated, and caught where that began. It is no Error, because collecting a stack costs more than
 * all the rest, and a million objects may fail.
 */
export class EvaluationFailure {
  readonly message: string;
  readonly place: ExpressionPlace;

  constructor(message: string, place: ExpressionPlace) {
    this.message = message;
    this.place = place;
  }
}

/** Ends the evaluation: the value of the whole expression could not be found, for this reason. */
export function fail(place: ExpressionPlace, message: string): never {
  throw new EvaluationFailure(message, place);
}

/** Thrown where nothing is to flow, and caught where the evaluation began: the target attribute stays as it is. */
export class FlowIgnored {}

/** What is in an object that came as JSON. Other things of JavaScript become text, or nothing. */
export function mappedValueOf(value: unknown): MappedValue {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : null;
    case 'bigint':
      return value.toString();
    case 'object':
      return value instanceof Date ? dateText(value) : (value as MappedValue);
    default:
      return null;
  }
}

function dateText(date: Date): string | null {
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

export function truthText(isTrue: boolean): 'True' | 'False' {
  return isTrue ? 'True' : 'False';
}

/** Without the values that are nothing; a single value is a list of one. */
export function valuesOf(value: MappedValue): readonly MappedValue[] {
  if (value === null) return [];
  if (!isList(value)) return [value];
  return value.some(isAbsent) ? value.filter((one) => !isAbsent(one)) : value;
}

export function isList(value: MappedValue): value is readonly MappedValue[] {
  return Array.isArray(value);
}

/** Objects may have holes where JSON has null. */
function isAbsent(value: MappedValue | undefined): boolean {
  return value === null || value === undefined;
}

/** Whether there is no value at all: null, or a list without values. */
export function isNothing(value: MappedValue): boolean {
  return value === null || (isList(value) && valuesOf(value).length === 0);
}

/** Whether there is no value, or an empty text. */
export function isEmpty(value: MappedValue): boolean {
  return value === '' || isNothing(value);
}

/** The one value that there is; null for none. Fails for several. */
export function singleOf(value: MappedValue, place: ExpressionPlace): MappedValue {
  let single = value;
  while (isList(single)) {
    const values = valuesOf(single);
    if (values.length > 1) {
      fail(
        place,
        `One value is needed here, and there are ${values.length}: choose one with Item, or put them together with Join.`,
      );
    }
    single = values[0] ?? null;
  }
  return single;
}

/** One value as text; null for none. Fails for several values and for objects. */
export function textOf(value: MappedValue, place: ExpressionPlace): string | null {
  if (typeof value === 'string') return value;
  const single = singleOf(value, place);
  switch (typeof single) {
    case 'string':
      return single;
    case 'number':
      return String(single);
    case 'boolean':
      return truthText(single);
    default:
      return single === null
        ? null
        : fail(
            place,
            'A text is needed here, and the value has parts of its own: name one of them after a dot, as in [manager.id].',
          );
  }
}

/** Every value as text. Fails for objects, and for lists in lists that are not of one value. */
export function textsOf(value: MappedValue, place: ExpressionPlace): readonly string[] {
  if (typeof value === 'string') return [value];
  const texts: string[] = [];
  for (const one of valuesOf(value)) {
    const text = textOf(one, place);
    if (text !== null) texts.push(text);
  }
  return texts;
}

const wholeNumber = /^[+-]?\d{1,19}$/;

/** Whole numbers of any size that Windows has. Null for nothing, undefined for what is no whole number. */
export function readWholeNumber(text: string): bigint | undefined {
  const trimmed = text.trim();
  return wholeNumber.test(trimmed) ? BigInt(trimmed) : undefined;
}

/** A whole number that JavaScript can hold; null for nothing. Fails for what is no number. */
export function numberOf(value: MappedValue, place: ExpressionPlace): number | null {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  const text = textOf(value, place);
  if (text === null || text === '') return null;
  const number = Number(readWholeNumber(text) ?? Number.NaN);
  return Number.isSafeInteger(number) ? number : fail(place, `${quote(text)} is not a whole number.`);
}

/** True for `true` in any case and for numbers other than 0. */
export function truthOf(value: MappedValue, place: ExpressionPlace): boolean {
  if (typeof value === 'boolean') return value;
  const text = textOf(value, place)?.trim() ?? '';
  if (/^[+-]?\d+(?:\.\d+)?$/.test(text)) return /[1-9]/.test(text);
  return text.toLowerCase() === 'true';
}

/** For messages: in quotes, and cut when it is long. */
export function quote(text: string): string {
  return text.length > 60 ? `"${text.slice(0, 60)}…"` : `"${text}"`;
}

/** Fails for a length that texts may not have. */
export function requireLength(length: number, place: ExpressionPlace): void {
  if (length > longestText) fail(place, `The result would have more than ${longestText} characters.`);
}

/** The text between two offsets, without half of a character that takes two units at either end. */
export function cut(text: string, start: number, end: number): string {
  return text.slice(wholeOffset(text, start), wholeOffset(text, end));
}

function wholeOffset(text: string, offset: number): number {
  if (offset <= 0 || offset >= text.length) return offset;
  const isInside = isSurrogate(text, offset - 1, 0xd800) && isSurrogate(text, offset, 0xdc00);
  return isInside ? offset - 1 : offset;
}

function isSurrogate(text: string, index: number, from: number): boolean {
  const unit = text.charCodeAt(index);
  return unit >= from && unit < from + 0x400;
}
