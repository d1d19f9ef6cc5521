/**
 * Reads JSON as .NET's configuration does: comments and trailing commas are allowed, and two names of an object that differ
 * in case only are one name too many. A mistake is a fault with its line and column.
 */
import { Fault } from '../errors.ts';

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** Members by their names as they are written. */
export type JsonObject = ReadonlyMap<string, Json>;

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return value instanceof Map;
}

/** The member of this name in any spelling of upper and lower case, with the name as it is written. */
export function findMember(
  object: JsonObject,
  name: string,
): readonly [writtenName: string, value: Json] | undefined {
  return object.entries().find(([written]) => isSameName(written, name));
}

export function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** What System.Text.Json allows, too. */
const deepestNesting = 64;

/** The value of a whole text. Throws a `Fault` with code `invalid-setting` that begins with `file`. */
export function readCommentedJson(text: string, file: string): Json {
  let at = 0;

  const fail = (what: string, position = at): never => {
    const lines = text.slice(0, position).split(/\r\n|\n|\r/);
    const column = [...(lines.at(-1) ?? '')].length + 1;
    throw new Fault('invalid-setting', `${file}, line ${lines.length}, column ${column}: ${what}.`);
  };

  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    at += found?.length ?? 0;
    return found;
  };

  const skip = (): void => {
    while (match(space) !== undefined || match(comment) !== undefined) {
      // Comments and spaces come in any order.
    }
    if (text.startsWith('/*', at)) fail('this comment has no end: close it with */');
  };

  const take = (sign: string): boolean => {
    const isThere = text.startsWith(sign, at);
    if (isThere) at += sign.length;
    return isThere;
  };

  /** What stands here, for a sentence: one sign, because more might be a secret that lacks its quotes. */
  const here = (): string => {
    const sign = String.fromCodePoint(text.codePointAt(at) ?? 0);
    return at >= text.length ? 'the file ends' : `${JSON.stringify(sign)} stands`;
  };

  const readString = (): string => {
    const start = at;
    const quoted = match(string);
    if (quoted === undefined) return explainString(start);
    return JSON.parse(quoted) as string;
  };

  /** Where exactly a string goes wrong. */
  const explainString = (start: number): never => {
    at = start + 1;
    match(stringContent);
    if (text[at] === '\\') fail('this backslash begins no known escape: write each backslash as \\\\');
    return fail('a text has no end on its line: close it with "', start);
  };

  const readObject = (depth: number): JsonObject => {
    const members = new Map<string, Json>();
    const names = new Set<string>();
    at += 1;
    for (skip(); !take('}'); skip()) {
      const start = at;
      if (text[at] !== '"') fail(`${here()} where a name in double quotes or } is due`, start);
      const name = readString();
      if (names.has(name.toLowerCase())) {
        fail(`the name ${JSON.stringify(name)} is there twice (case does not count): remove one`, start);
      }
      names.add(name.toLowerCase());
      skip();
      const colon = at;
      if (!take(':')) fail(`${here()} where a colon is due after a name`, colon);
      members.set(name, readValue(depth + 1));
      endItem('}');
    }
    return members;
  };

  const readArray = (depth: number): readonly Json[] => {
    const items: Json[] = [];
    at += 1;
    for (skip(); !take(']'); skip()) {
      items.push(readValue(depth + 1));
      endItem(']');
    }
    return items;
  };

  const endItem = (close: string): void => {
    skip();
    const start = at;
    if (!take(',') && text[at] !== close) fail(`${here()} where a comma or ${close} is due`, start);
  };

  const readValue = (depth: number): Json => {
    skip();
    if (depth > deepestNesting) fail(`values are nested deeper than ${deepestNesting} levels`);
    if (text[at] === '{') return readObject(depth);
    if (text[at] === '[') return readArray(depth);
    if (text[at] === '"') return readString();
    const start = at;
    const number = match(numeral);
    if (number !== undefined) return Number(number);
    const word = match(literal);
    if (word !== undefined) return JSON.parse(word) as Json;
    return fail(`${here()} where a value is due`, start);
  };

  const value = readValue(0);
  skip();
  const start = at;
  if (at < text.length) fail(`${here()} after the end of the value`, start);
  return value;
}

const space = /[ \t\r\n]+/y;
const comment = /\/\/[^\r\n]*|\/\*[\s\S]*?\*\//y;
// Everything from the space on, but for the quote and the backslash.
const stringContent = /(?:[ !#-[\]-\u{10ffff}]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*/uy;
const string = new RegExp(`"${stringContent.source}"`, stringContent.flags);
const numeral = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])/y;
const literal = /(?:true|false|null)(?!\w)/y;
