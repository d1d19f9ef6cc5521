/** Notices when a chain of pages leads in a circle, in the memory of one page however long the chain is. */
import type { Item } from '../../model/item.ts';

/** Pages without any object in a row that are taken for patience, not for a circle. */
const maximumEmptyPages = 1000;
/** How often the same content may come behind different links. Graph replays pages; it does not replay them for ever. */
const maximumRepetitions = 3;

/**
 * Makes the watch of one chain: to be told of each page with its next link, it answers whether the chain runs in a circle.
 * One page is remembered, and replaced at each doubling of the distance (Brent's algorithm), so that a circle of n pages is
 * noticed within a few times n pages.
 */
export function createLoopWatch(): (items: readonly Item[], nextLink: string) => boolean {
  let rememberedLink = '';
  let rememberedContent = '';
  let repetitions = 0;
  let emptyPages = 0;
  let distance = 0;
  let reach = 1;
  return (items, nextLink) => {
    emptyPages = items.length === 0 ? emptyPages + 1 : 0;
    const content = contentOf(items);
    if (items.length > 0 && content === rememberedContent) repetitions += 1;
    if (nextLink === rememberedLink || repetitions >= maximumRepetitions || emptyPages >= maximumEmptyPages) {
      return true;
    }
    distance += 1;
    if (distance === reach) {
      rememberedLink = nextLink;
      rememberedContent = content;
      repetitions = 0;
      distance = 0;
      reach *= 2;
    }
    return false;
  };
}

/** Tells pages apart by their edges: two fragments of one group differ in their first and last targets. */
function contentOf(items: readonly Item[]): string {
  return JSON.stringify([items.length, edgeOf(items.at(0)), edgeOf(items.at(-1))]);
}

function edgeOf(item: Item | undefined): unknown {
  const linked = Object.values(item?.linked ?? {}).flatMap((types) => Object.values(types));
  const targets = [...linked, ...Object.values(item?.unlinked ?? {})];
  return [item?.key, item?.removed, targets.map((ids) => [ids.length, ids.at(0), ids.at(-1)])];
}
