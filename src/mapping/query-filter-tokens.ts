// Query filters as words: what ends a word, how quotes are read, and what a word stands for as an attribute or as a value.

/** What is wrong with a filter, as one sentence, and where: `position` counts UTF-16 code units from 0. */
export type FilterMistake = Readonly<{ message: string; position: number; length: number }>;

/** Ends reading at the first mistake. It does not leave the parser. */
export class MistakenFilter extends Error {
  override readonly name = 'MistakenFilter';
  readonly mistake: FilterMistake;

  constructor(message: string, { position, length }: Readonly<{ position: number; length: number }>) {
    super(message);
    this.mistake = { message, position, length };
  }
}

/** A piece of a filter. `text` is what it says, without quotes and escapes; `length` is what it takes in the filter. */
export type Token = Readonly<{
  kind: 'open' | 'close' | 'quoted' | 'word' | 'end';
  text: string;
  position: number;
  length: number;
}>;

export type Literal = string | number | boolean;

/** The filter's pieces; the last one is always the end. */
export function readTokens(filter: string): readonly Token[] {
  const tokens: Token[] = [];
  let position = 0;
  while (position < filter.length) {
    const character = filter.charAt(position);
    if (isBlank(character)) {
      position += 1;
      continue;
    }
    const token = readToken(filter, position, character);
    tokens.push(token);
    position += token.length;
  }
  return [...tokens, { kind: 'end', text: '', position: filter.length, length: 0 }];
}

function readToken(filter: string, position: number, character: string): Token {
  if (character === '(') return { kind: 'open', text: character, position, length: 1 };
  if (character === ')') return { kind: 'close', text: character, position, length: 1 };
  if (character === '"' || character === "'") return readQuoted(filter, position, character);
  let end = position + 1;
  while (end < filter.length && !endsWord(filter.charAt(end))) end += 1;
  return { kind: 'word', text: filter.slice(position, end), position, length: end - position };
}

function readQuoted(filter: string, position: number, quote: string): Token {
  let text = '';
  for (let index = position + 1; index < filter.length; index += 1) {
    const character = filter.charAt(index);
    if (character === quote) return { kind: 'quoted', text, position, length: index + 1 - position };
    if (character === '\\') index += 1;
    text += filter.charAt(index);
  }
  throw new MistakenFilter(`The text that begins here has no end: close it with ${quote}.`, {
    position,
    length: filter.length - position,
  });
}

function isBlank(character: string): boolean {
  return ' \t\n\r\f\v'.includes(character);
}

function endsWord(character: string): boolean {
  return isBlank(character) || '()"\''.includes(character);
}

/** What a word says when it is a keyword: those count in any case. */
export function keywordOf(token: Token): string | undefined {
  return token.kind === 'word' ? token.text.toLowerCase() : undefined;
}

/** The segments of a JSON pointer, of which there is at least one. Throws `MistakenFilter`. */
export function readPointer(token: Token): readonly string[] {
  const { text } = token;
  if (token.kind === 'quoted') {
    throw new MistakenFilter(
      `The text "${excerpt(text)}" stands where an attribute belongs: write it without quotes.`,
      token,
    );
  }
  if (text.startsWith('!')) {
    const name = text.replace(/^!+/, '');
    throw new MistakenFilter(
      `"${excerpt(text)}" would be an attribute of that name: write !(${excerpt(name) || '…'} …) to negate, or /${excerpt(text)} for the attribute.`,
      token,
    );
  }
  if (text.includes('[')) {
    throw new MistakenFilter(
      `Conditions on the parts of a list, as in "${excerpt(text)}", cannot be used: name an attribute, a path such as name/part, or one place such as list/0.`,
      token,
    );
  }
  if (/~(?![01])/.test(text)) {
    throw new MistakenFilter(
      `In the attribute "${excerpt(text)}" the sign ~ has to be written as ~0.`,
      token,
    );
  }
  const path = text.startsWith('/') ? text.slice(1) : text;
  if (path === '') throw new MistakenFilter('"/" is the whole object: name one of its attributes.', token);
  return path.split('/').map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** How a pointer is written. With a slash before it where it would mean something else without. */
export function printPointer(pointer: readonly string[]): string {
  const path = pointer.map((segment) => segment.replaceAll('~', '~0').replaceAll('/', '~1')).join('/');
  return /^(?:!|\/|(?:true|false)$)/i.test(path) ? `/${path}` : path;
}

const wholeNumber = /^[+-]?\d+$/;
const fraction = /^[+-]?(?:\d+\.\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** A value as it is compared. Numbers are doubles. Throws `MistakenFilter`. */
export function readLiteral(token: Token): Literal {
  const { text } = token;
  if (token.kind === 'quoted') return text;
  const keyword = keywordOf(token);
  if (keyword === 'true' || keyword === 'false') return keyword === 'true';
  if (wholeNumber.test(text)) return readInteger(token);
  if (fraction.test(text)) {
    const number = Number(text);
    if (Number.isFinite(number)) return number === 0 ? 0 : number;
    throw new MistakenFilter(`The number ${excerpt(text)} is too large.`, token);
  }
  if (keyword === 'null') {
    throw new MistakenFilter(
      'There is no null: write !(attribute pr) for an attribute without a value.',
      token,
    );
  }
  if (/^[+-]?\d[\d.]*e[+-]?\d+$/i.test(text)) {
    throw new MistakenFilter(
      `"${excerpt(text)}" is no number: with an exponent there has to be a point before it, as in 1.0e3.`,
      token,
    );
  }
  throw new MistakenFilter(
    `"${excerpt(text)}" is no value: put text in quotes, as in "${excerpt(text)}".`,
    token,
  );
}

const [lowestInteger, highestInteger] = [-(2n ** 63n), 2n ** 63n - 1n];

function readInteger(token: Token): number {
  // What has so many digits is too large, and would take long to read.
  const digits = token.text.replace(/^[+-]?0*/, '');
  if (digits.length <= 19) {
    const integer = BigInt(token.text.startsWith('-') ? `-${digits || '0'}` : digits || '0');
    if (integer >= lowestInteger && integer <= highestInteger) return Number(integer);
  }
  throw new MistakenFilter(
    `The whole number ${excerpt(token.text)} is too large: it has to be between ${lowestInteger} and ${highestInteger}.`,
    token,
  );
}

/** The texts of a list after `in`: `'["a","b"]'`. Throws `MistakenFilter`. */
export function readTextList(token: Token): readonly string[] {
  const values = token.kind === 'quoted' ? readJson(token.text) : undefined;
  if (Array.isArray(values) && values.every(isText)) return values;
  throw new MistakenFilter(
    `After "in" a list of texts belongs, in quotes and as JSON, such as '["a","b"]'.`,
    token,
  );
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** JSON can name by number what must not be in a text. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && value.isWellFormed() && !value.includes('\0');
}

/** How a value is written; reading that gives the same value. */
export function printLiteral(literal: Literal): string {
  switch (typeof literal) {
    case 'string':
      return `"${literal.replace(/["\\]/g, '\\$&')}"`;
    case 'boolean':
      return String(literal);
    case 'number': {
      const text = String(literal);
      if (text.includes('.')) return text;
      const isInteger =
        wholeNumber.test(text) && BigInt(text) >= lowestInteger && BigInt(text) <= highestInteger;
      return isInteger ? text : text.replace(/^[+-]?\d+/, '$&.0');
    }
  }
}

/** So much of a text as a sentence has room for. */
export function excerpt(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
