// $select, $orderby and $expand: which properties, in which order, with which related objects.
import { systemOptionOf } from './query-options.ts';
import { ODataSyntaxError } from './syntax-error.ts';
import {
  type Cursor,
  expectEnd,
  expected,
  expectName,
  openCursor,
  peek,
  requireLength,
  takeMark,
  takeWord,
} from './tokens.ts';

export type OrderTerm = { segments: readonly string[]; descending: boolean };
/** `navigation` keeps a type cast (`microsoft.graph.user/manager`); `options` are keyed as in `parseQueryOptions`. */
export type Expansion = { navigation: string; options: ReadonlyMap<string, string> };

/**
 * Reads a $select: each property as its segments, in the order written; `microsoft.graph.user/surname` is two segments,
 * `*` is itself. An empty text selects nothing in particular and gives no property. Throws ODataSyntaxError.
 */
export function parseSelect(text: string): readonly string[][] {
  return readItems(openCursor('select', text), (cursor) =>
    takeMark(cursor, '*') ? ['*'] : readSegments(cursor),
  );
}

/** Reads an $orderby: `displayName desc,userPrincipalName`; ascending unless it says otherwise. Throws ODataSyntaxError. */
export function parseOrderBy(text: string): readonly OrderTerm[] {
  return readItems(openCursor('orderby', text), (cursor) => {
    const segments = readSegments(cursor);
    const descending = takeWord(cursor, 'desc');
    if (!descending) takeWord(cursor, 'asc');
    return { segments, descending };
  });
}

function readItems<Item>(cursor: Cursor, readItem: (cursor: Cursor) => Item): Item[] {
  const items: Item[] = [];
  if (peek(cursor).kind === 'end') return items;
  do items.push(readItem(cursor));
  while (takeMark(cursor, ','));
  expectEnd(cursor, 'a comma or the end');
  return items;
}

function readSegments(cursor: Cursor): string[] {
  if (peek(cursor).text === '$count') throw expected(cursor, 'a property before "/$count"');
  const segments: string[] = [];
  do segments.push(expectName(cursor, 'a property'));
  while (takeMark(cursor, '/'));
  return segments;
}

/**
 * Reads an $expand: `manager($levels=max;$select=id),owners`. Options stay text, to be read by the function for each;
 * a nested `expand` by this one again. Throws ODataSyntaxError.
 */
export function parseExpand(text: string): readonly Expansion[] {
  requireLength('expand', text);
  if (text.trim() === '') return [];
  return splitOutside(text, 0, ',').map(readExpansion);
}

type Part = { readonly text: string; readonly position: number };

const navigationPattern = /^(?:\*|[\p{L}_][\p{L}\p{M}\p{N}_.]*)(?:\/[\p{L}\p{M}\p{N}_.$*]+)*$/u;

function readExpansion({ text, position }: Part): Expansion {
  const open = text.indexOf('(');
  const navigation = (open === -1 ? text : text.slice(0, open)).trim();
  const end = text.trimEnd().length - 1;
  if (!navigationPattern.test(navigation) || (open !== -1 && text[end] !== ')')) {
    const meaning = 'a navigation property, with its options in parentheses';
    throw new ODataSyntaxError('expand', position, `expected ${meaning}`);
  }
  const inside = open === -1 ? '' : text.slice(open + 1, end);
  const options = new Map<string, string>();
  for (const part of splitOutside(inside, position + open + 1, ';')) {
    if (part.text.trim() === '') continue;
    const equals = part.text.indexOf('=');
    if (equals === -1) throw new ODataSyntaxError('expand', part.position, 'expected an option and "="');
    const written = part.text.slice(0, equals).trim();
    const name = systemOptionOf(written) ?? written;
    if (!options.has(name)) options.set(name, part.text.slice(equals + 1).trim());
  }
  return { navigation, options };
}

/** Splits at separators that stand in no parentheses and in no quotes; `start` is where the text begins in the option. */
function splitOutside(text: string, start: number, separator: string): readonly Part[] {
  const parts: Part[] = [];
  let depth = 0;
  let quote: string | null = null;
  let partStart = 0;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (quote !== null) quote = character === quote ? null : quote;
    else if (character === "'" || character === '"') quote = character;
    else if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    else if (character === separator && depth === 0) {
      parts.push({ text: text.slice(partStart, index), position: start + partStart });
      partStart = index + 1;
    }
    if (depth < 0) throw new ODataSyntaxError('expand', start + index, 'expected a "(" before this ")"');
  }
  if (depth > 0 || quote !== null) {
    throw new ODataSyntaxError('expand', start + text.length, `expected a closing ${quote ?? ')'}`);
  }
  return [...parts, { text: text.slice(partStart), position: start + partStart }];
}
