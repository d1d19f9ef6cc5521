// What a request costs in resource units (Microsoft Graph throttling limits: identity and access, request costs).
// The route knows its base cost; the query options change it here.

/** Pages below this size are cheaper. */
const smallPage = 20;

/**
 * The cost of a request in resource units, at least 1. `options` holds the query options by lower-case name without
 * `$`. How many rows the answer has does not matter.
 */
export function costOf(base: number, options: ReadonlyMap<string, string>): number {
  if (options.size === 0) return base;
  const select = options.has('select') ? -1 : 0;
  const expand = options.has('expand') ? 1 : 0;
  const top = isSmallPage(options.get('top')) ? -1 : 0;
  return Math.max(1, base + select + expand + top);
}

function isSmallPage(top: string | undefined): boolean {
  return top !== undefined && /^\d+$/.test(top) && Number(top) < smallPage;
}
