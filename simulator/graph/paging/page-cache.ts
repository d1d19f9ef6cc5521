// Rendered pages, kept and served again as long as nothing on them changed. What a page depends on is named by
// its key; whether it is still true is the caller's question, answered with the transaction it was rendered at.

import type { KeptBytes } from '../../http.ts';

export interface RenderedPage {
  /** The items as JSON text between the brackets. */
  readonly items: KeptBytes;
  readonly renderedTx: number;
  /** True once the page behind this one was made ahead of its request. */
  hasReadAhead: boolean;
}

export interface PageCache<P extends RenderedPage> {
  get(key: string): P | undefined;
  set(key: string, page: P): void;
}

/** Makes the page behind this one while the client reads it; once for each rendered page. */
export function readAhead(page: RenderedPage, renderNext: () => void): void {
  if (page.hasReadAhead) return;
  page.hasReadAhead = true;
  setImmediate(renderNext);
}

/** Keeps the most recently used pages up to this many bytes. */
export function createPageCache<P extends RenderedPage>(maximumBytes = 128 * 1024 * 1024): PageCache<P> {
  const pages = new Map<string, P>();
  let bytes = 0;
  const drop = (key: string) => {
    const page = pages.get(key);
    if (!page) return;
    pages.delete(key);
    bytes -= page.items.length;
  };
  return {
    get(key) {
      const page = pages.get(key);
      if (page) {
        pages.delete(key);
        pages.set(key, page);
      }
      return page;
    },
    set(key, page) {
      drop(key);
      pages.set(key, page);
      bytes += page.items.length;
      for (const oldest of pages.keys()) {
        if (bytes <= maximumBytes) return;
        drop(oldest);
      }
    },
  };
}
