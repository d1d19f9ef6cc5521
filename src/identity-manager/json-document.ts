/** The text of a JSON file → its value and where everything in it stands; or the first thing that is wrong with it, and where. */

export type JsonDocument = Readonly<{
  value: unknown;
  /**
   * The offset of what a path with slashes leads to, such as `attributes/2/target`; of the last thing on the way that is there. With
   * `position`, of that character of a text.
   */
  offsetOf: (path: string, position?: number) => number;
}>;

export type JsonReading =
  | Readonly<{ kind: 'json'; document: JsonDocument }>
  /** The reason continues the sentence that begins with the file. */
  | Readonly<{ kind: 'refused'; at: number; reason: string }>;

/** A value with what is in it. */
type Node = Readonly<{ at: number; inside: ReadonlyMap<string, Node> }>;

const deepestNesting = 100;

class Refusal extends Error {
  readonly at: number;

  constructor(at: number, reason: string) {
    super(reason);
    this.at = at;
  }
}

/** Reads a whole text as RFC 8259 says it. A name that an object has twice is refused: one of the two would go unnoticed. */
export function readJson(text: string): JsonReading {
  try {
    const reader = { text, at: 0 };
    const root = readValue(reader, 0);
    skipSpace(reader);
    if (reader.at < text.length) throw new Refusal(reader.at, `has ${nextSign(reader)} after its end`);
    return { kind: 'json', document: { value: JSON.parse(text), offsetOf: offsetsIn(text, root) } };
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'refused', at: error.at, reason: error.message };
    throw error;
  }
}

type Reader = { readonly text: string; at: number };

const space = /[ \t\r\n]*/y;
// Everything from the space on, but for the quote and the backslash, stands for itself.
const string = /"[ !#-[\]-\u{10ffff}]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[ !#-[\]-\u{10ffff}]*)*"/uy;
const scalar = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.])/y;

function readValue(reader: Reader, depth: number): Node {
  skipSpace(reader);
  const { at, text } = reader;
  if (depth > deepestNesting) throw new Refusal(at, `is nested deeper than ${deepestNesting} levels`);
  switch (text[at]) {
    case '{':
      return { at, inside: readMembers(reader, depth) };
    case '[':
      return { at, inside: readItems(reader, depth) };
    case '"':
      readText(reader);
      return { at, inside: nothing };
    default:
      if (take(reader, scalar) === '') throw new Refusal(at, `has ${nextSign(reader)} where a value is due`);
      return { at, inside: nothing };
  }
}

const nothing: ReadonlyMap<string, Node> = new Map();

function readMembers(reader: Reader, depth: number): ReadonlyMap<string, Node> {
  const members = new Map<string, Node>();
  readList(reader, '}', () => {
    const { at } = reader;
    if (reader.text[at] !== '"') {
      throw new Refusal(at, `has ${nextSign(reader)} where a name in double quotes is due`);
    }
    const name = readText(reader);
    if (members.has(name)) throw new Refusal(at, `has the name ${JSON.stringify(name)} twice in one object`);
    skipSpace(reader);
    if (reader.text[reader.at] !== ':') {
      throw new Refusal(reader.at, `has ${nextSign(reader)} where a colon is due`);
    }
    reader.at += 1;
    members.set(name, readValue(reader, depth + 1));
  });
  return members;
}

function readItems(reader: Reader, depth: number): ReadonlyMap<string, Node> {
  const items = new Map<string, Node>();
  readList(reader, ']', () => {
    items.set(String(items.size), readValue(reader, depth + 1));
  });
  return items;
}

/** What stands between an opening sign and a closing one, with commas between. */
function readList(reader: Reader, close: string, readOne: () => void): void {
  reader.at += 1;
  skipSpace(reader);
  for (let isFirst = true; isFirst || reader.text[reader.at] !== close; isFirst = false) {
    if (isFirst && reader.text[reader.at] === close) break;
    if (!isFirst) {
      if (reader.text[reader.at] !== ',') {
        throw new Refusal(reader.at, `has ${nextSign(reader)} where a comma or ${close} is due`);
      }
      reader.at += 1;
      skipSpace(reader);
    }
    readOne();
    skipSpace(reader);
  }
  reader.at += 1;
}

function readText(reader: Reader): string {
  const { at } = reader;
  const written = take(reader, string);
  if (written === '') {
    throw new Refusal(
      at,
      'has a text that does not end, or holds a line break or a backslash that stands alone',
    );
  }
  return JSON.parse(written);
}

function skipSpace(reader: Reader): void {
  take(reader, space);
}

function take(reader: Reader, pattern: RegExp): string {
  pattern.lastIndex = reader.at;
  const found = pattern.exec(reader.text)?.[0] ?? '';
  reader.at += found.length;
  return found;
}

function nextSign({ text, at }: Reader): string {
  return at >= text.length ? 'its end' : JSON.stringify(String.fromCodePoint(text.codePointAt(at) ?? 0));
}

function offsetsIn(text: string, root: Node): JsonDocument['offsetOf'] {
  return (path, position) => {
    let node = root;
    for (const name of path === '' ? [] : path.split('/')) {
      const next = node.inside.get(name);
      if (next === undefined) return node.at;
      node = next;
    }
    return position === undefined || text[node.at] !== '"' ? node.at : offsetInText(text, node.at, position);
  };
}

/** Where a character of a text in quotes stands; it may be written with a backslash. */
function offsetInText(text: string, start: number, position: number): number {
  let at = start + 1;
  for (let left = position; left > 0 && text[at] !== '"'; left -= 1) {
    if (text[at] !== '\\') at += 1;
    else at += text[at + 1] === 'u' ? 6 : 2;
  }
  return at;
}
