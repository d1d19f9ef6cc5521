/** How a page of a set is written down: as JSON with short names, in a form that PostgreSQL's jsonb takes. */
import type { Item } from '../model/item.ts';

export type EncodedPage = Readonly<{
  /** How many items it has. */
  itemCount: number;
  /** An array of `{k, a, x, l, u}`: key, attributes, why it is gone, linked keys by link name and type, unlinked ones by link name. */
  text: string;
  /** Whether any item has `x`, or `u`: what is seldom there need not be looked for. */
  hasRemovals: boolean;
  hasUnlinks: boolean;
}>;

export function encodeItems(items: readonly Item[]): EncodedPage {
  let hasRemovals = false;
  let hasUnlinks = false;
  const rows = items.map((item) => {
    hasRemovals ||= item.removed !== undefined;
    hasUnlinks ||= item.unlinked !== undefined;
    return { k: item.key, a: item.attributes, x: item.removed, l: item.linked, u: item.unlinked };
  });
  const text = withoutUnstorable(JSON.stringify(rows));
  return { itemCount: items.length, text, hasRemovals, hasUnlinks };
}

/** Pages, one after the other, as one. */
export function joinPages(pages: readonly EncodedPage[]): EncodedPage {
  const [first] = pages;
  if (first !== undefined && pages.length === 1) return first;
  const inner = pages.filter(({ itemCount }) => itemCount > 0).map(({ text }) => text.slice(1, -1));
  return {
    itemCount: pages.reduce((sum, { itemCount }) => sum + itemCount, 0),
    text: `[${inner.join(',')}]`,
    hasRemovals: pages.some(({ hasRemovals }) => hasRemovals),
    hasUnlinks: pages.some(({ hasUnlinks }) => hasUnlinks),
  };
}

/**
 * jsonb takes neither U+0000 nor half a surrogate pair. Both stand in the text as escapes, and become the replacement
 * character U+FFFD; an escaped backslash before an ordinary `u` is stepped over.
 */
function withoutUnstorable(text: string): string {
  if (!text.includes('\\u')) return text;
  return text.replace(/\\\\|\\u(?:0000|d[89a-f][0-9a-f]{2})/g, (found) =>
    found === '\\\\' ? found : '\ufffd',
  );
}
