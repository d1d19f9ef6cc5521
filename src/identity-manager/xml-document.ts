/**
 * XML text → elements with their places. What could make a small file large or reach outside it is refused: document types and
 * the entities that only they can define, deep nesting.
 */
import { SaxesParser } from 'saxes';

export type XmlAttribute = Readonly<{ name: string; value: string; at: number }>;

/** An element; `at` is its offset in the text, for `placeOf`. */
export type XmlElement = Readonly<{
  name: string;
  namespace: string;
  at: number;
  /** Without namespace declarations and without what `xsi:` says to editors. */
  attributes: readonly XmlAttribute[];
  children: readonly XmlElement[];
  hasText: boolean;
}>;

/** Line and column, both counted from 1; columns count characters. */
export type XmlPlace = Readonly<{ line: number; column: number }>;

export type XmlReading =
  | Readonly<{ kind: 'document'; root: XmlElement; placeOf: (at: number) => XmlPlace }>
  | Readonly<{ kind: 'refused'; place: XmlPlace; reason: string }>;

/** Configurations are four levels deep. */
const deepestNesting = 32;

const declarations: readonly string[] = [
  'http://www.w3.org/2000/xmlns/',
  'http://www.w3.org/2001/XMLSchema-instance',
];

/** Ends the parser, which nothing but an exception stops. */
class Refusal extends Error {
  readonly at: number;

  constructor(reason: string, at: number) {
    super(reason);
    this.at = at;
  }
}

type OpenElement = {
  name: string;
  at: number;
  children: XmlElement[];
  /** Where each attribute begins, in their order. */
  attributesAt: Map<string, number>;
  /** Where the last attribute ends. */
  cursor: number;
  hasText: boolean;
};

/** Reads a document. Total: whatever the text is, it is read or refused. */
export function readXml(text: string): XmlReading {
  const placeOf = placesOf(text);
  try {
    return { kind: 'document', root: parse(text), placeOf };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { kind: 'refused', place: placeOf(error.at), reason: error.message };
  }
}

function parse(text: string): XmlElement {
  const parser = new SaxesParser({ xmlns: true });
  const open: OpenElement[] = [];
  let root: XmlElement | undefined;
  // Attributes are only complete with the tag, children before it ends.
  const complete: Pick<XmlElement, 'namespace' | 'attributes'>[] = [];

  parser.on('error', (error) => {
    const reason = error.message.replace(/^\d+:\d+: /, '').replace(/\.$/, '');
    throw new Refusal(
      reason.includes('entity')
        ? 'holds an entity that is not defined: write the character itself, or its number such as &#233;'
        : `is no well-formed XML: ${reason}`,
      Math.max(0, parser.position - 1),
    );
  });
  parser.on('doctype', () => {
    throw new Refusal(
      'has a document type, which may define entities: take <!DOCTYPE …> out',
      Math.max(0, text.lastIndexOf('<!DOCTYPE', parser.position)),
    );
  });
  parser.on('opentagstart', (tag) => {
    const at = text.lastIndexOf('<', parser.position - 1);
    if (open.length >= deepestNesting) {
      throw new Refusal(
        `nests elements deeper than ${deepestNesting} levels: a configuration needs four`,
        at,
      );
    }
    open.push({
      name: tag.name,
      at,
      children: [],
      attributesAt: new Map(),
      cursor: at + 1 + tag.name.length,
      hasText: false,
    });
  });
  parser.on('attribute', ({ name }) => {
    const element = open.at(-1);
    if (element === undefined) return;
    element.attributesAt.set(name, Math.max(element.at, text.indexOf(name, element.cursor)));
    element.cursor = parser.position;
  });
  parser.on('opentag', (tag) => {
    const element = open.at(-1);
    const attributes = Object.values(tag.attributes)
      .filter(({ uri }) => !declarations.includes(uri))
      .map(({ name, value }) => ({
        name,
        value,
        at: element?.attributesAt.get(name) ?? 0,
      }));
    complete.push({ namespace: tag.uri, attributes });
  });
  const addText = (content: string): void => {
    const element = open.at(-1);
    if (element !== undefined && content.trim() !== '') element.hasText = true;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', (tag) => {
    const opened = open.pop();
    const rest = complete.pop();
    if (opened === undefined || rest === undefined) return;
    const element: XmlElement = {
      name: tag.local,
      at: opened.at,
      children: opened.children,
      hasText: opened.hasText,
      ...rest,
    };
    const parent = open.at(-1);
    if (parent === undefined) root = element;
    else parent.children.push(element);
  });

  parser.write(text).close();
  if (root === undefined) throw new Refusal('is no well-formed XML: it is empty', 0);
  return root;
}

/** The places of offsets of a text. Lines are found once, however many places are asked for. */
export function placesOf(text: string): (at: number) => XmlPlace {
  let starts: number[] | undefined;
  return (at) => {
    starts ??= [0, ...[...text.matchAll(/\r\n|\n|\r/g)].map(({ 0: end, index }) => index + end.length)];
    let low = 0;
    for (let high = starts.length; high - low > 1; ) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= at) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: [...text.slice(starts[low] ?? 0, at)].length + 1 };
  };
}
