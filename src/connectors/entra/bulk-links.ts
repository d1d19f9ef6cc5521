/** Links of many objects at once: small sets expanded into the objects, larger ones read page by page. */
import { createHash } from 'node:crypto';
import { Fault } from '../../errors.ts';
import type { Item, KeysByType } from '../../model/item.ts';
import type { Lanes } from './channel.ts';
import { type Broken, circle } from './delta-export.ts';
import type { GraphAnswer } from './graph-client.ts';
import { keysByType, readId, readPage } from './items.ts';
import { createLoopWatch } from './loop-watch.ts';
import { ask, expiryReason, faultOf, isExpiry, type Reading } from './reading.ts';

/** What `in` may name without an advanced query. */
const idsPerFilter = 15;
/** What `$expand` shows of a relationship at most; an object that shows as many may have more. */
const expandedLinks = 20;
const requestsPerBatch = 20;
/** How often a chain of links may start over because its page link has died. */
const maximumRestarts = 5;

/** What an answer of links has brought; the next requests wait until it is taken. */
export type TakeItems = (items: readonly Item[]) => Promise<void>;

/** Objects of one page, few enough that one batch tells their first links. */
export type Portion = Readonly<{ ids: readonly string[]; digest: string }>;

/** Cuts the objects of a page into portions, each with a digest that tells it from others. */
export function cutPortions(ids: readonly string[], linkCount: number): readonly Portion[] {
  return cut(ids, idsPerFilter * Math.floor(requestsPerBatch / linkCount)).map((portion) => ({
    ids: portion,
    digest: createHash('sha256').update(portion.join()).digest('base64url').slice(0, 10),
  }));
}

/**
 * How many requests may be under way of each kind. What finds large sets does not queue behind what reads their beginnings,
 * nor that before what reads on: the longest chain decides when everything is read, so it has to begin early.
 */
export type LinkLanes = Readonly<{ expansions: Lanes; beginnings: Lanes; chains: Lanes }>;

/** The end of a reading of links: nothing, or why a chain of pages could not be read to its end. */
type End = Broken | undefined;

/**
 * Reads all mapped links of some objects. Resolves when the first page of each set has been taken; `rest` does when the sets
 * of several pages have been, too, which a group of half a million members makes long. Objects that have gone meanwhile have no
 * links. Throws a Fault when Graph refuses.
 */
export async function readLinks(
  reading: Reading,
  ids: readonly string[],
  lanes: LinkLanes,
  take: TakeItems,
): Promise<{ rest: Promise<End> }> {
  const { links } = reading.entityType;
  const requests = links.flatMap((link) => cut(ids, idsPerFilter).map((asked) => ({ link, asked })));
  const large: LargeSet[] = [];
  await lanes.expansions(async () => {
    const targets = requests.map(({ link, asked }) => expandTarget(reading, link, asked));
    const answers = await askAll(reading, targets, reading.type.name === 'application' ? 2 : 1);
    const small: Item[] = [];
    for (const [index, { link, asked }] of requests.entries()) {
      const expanded = readExpanded(reading, link, asked, answers[index]);
      small.push(...expanded.small);
      large.push(...expanded.large);
    }
    await take(small);
  });
  const batches = links.flatMap((link) =>
    cut(
      large.filter((set) => set.link === link),
      requestsPerBatch,
    ),
  );
  const unfinished = await Promise.all(batches.map((sets) => readLargeSets(reading, sets, lanes, take)));
  const chains = unfinished.flat().map(({ set, next }) => readChain(reading, set, next, lanes, take));
  return { rest: Promise.all(chains).then((ends) => ends.find((end) => end !== undefined)) };
}

/** A set of links that `$expand` has not shown whole. `shown` is how many there are at least. */
type LargeSet = Readonly<{ id: string; link: string; shown: number }>;

/** What `$expand` has shown of the asked objects: those with few links, and those that have to be asked one by one. */
function readExpanded(
  reading: Reading,
  link: string,
  asked: readonly string[],
  answer: GraphAnswer | undefined,
): { small: readonly Item[]; large: readonly LargeSet[] } {
  const missing = new Set(asked);
  const small: Item[] = [];
  const large: LargeSet[] = [];
  if (answer?.kind === 'answer') {
    for (const object of readPage(answer.body, reading.type.plural).objects) {
      const id = readId(object, reading.type.name);
      const references = object[link];
      if (!Array.isArray(references)) continue;
      missing.delete(id);
      const targets = keysByType(references, reading.type.plural);
      if (references.length >= expandedLinks) large.push({ id, link, shown: references.length });
      else if (targets !== undefined) small.push(linkItem(id, link, targets));
    }
  } else if (answer !== undefined && answer.status !== 400 && answer.status !== 404) {
    throw faultOf(answer, reading);
  }
  // Not shown, because they have gone or because Graph would not expand: asked one by one, each says which.
  for (const id of missing) large.push({ id, link, shown: 0 });
  return { small, large };
}

/** Reads the first pages of some sets in one batch. Returns those that are not complete, with the page that follows. */
async function readLargeSets(
  reading: Reading,
  sets: readonly LargeSet[],
  lanes: LinkLanes,
  take: TakeItems,
): Promise<readonly { set: LargeSet; next: string }[]> {
  return lanes.beginnings(async () => {
    const targets = sets.map((set) => linksTarget(reading, set));
    const answers = await askAll(reading, targets, linksCost(reading, sets[0]?.link));
    const unfinished: { set: LargeSet; next: string }[] = [];
    const items: Item[] = [];
    for (const [index, set] of sets.entries()) {
      const page = readLinksPage(reading, set, answers[index]);
      if (page === undefined) continue;
      const { targets, count, nextLink } = page;
      if (nextLink !== undefined) unfinished.push({ set, next: nextLink });
      // Fewer than were there a moment ago: an answer that came too short shows itself by not coming twice.
      else if (count < set.shown) unfinished.push({ set, next: linksTarget(reading, set) });
      if (targets !== undefined) items.push(linkItem(set.id, set.link, targets));
    }
    await take(items);
    return unfinished;
  });
}

/** Reads one set of links from a page on. */
async function readChain(
  reading: Reading,
  set: LargeSet,
  start: string,
  lanes: LinkLanes,
  take: TakeItems,
): Promise<End> {
  let isCircle = createLoopWatch();
  let restarts = 0;
  let hasDoubt = false;
  let target: string | undefined = start;
  while (target !== undefined) {
    const asked: string = target;
    const outcome: Broken | { next: string | undefined } = await lanes.chains(async () => {
      const answer = await ask(reading, asked, { cost: linksCost(reading, set.link) });
      if (answer.kind === 'refusal' && (isExpiry(answer) || answer.status === 400)) {
        restarts += 1;
        isCircle = createLoopWatch();
        const reason = expiryReason(answer, 'page link');
        return restarts > maximumRestarts
          ? { kind: 'broken', cause: 'expired', reason }
          : { next: linksTarget(reading, set) };
      }
      const page = readLinksPage(reading, set, answer);
      if (page === undefined) return { next: undefined };
      const items = page.targets === undefined ? [] : [linkItem(set.id, set.link, page.targets)];
      // A chain that ends in nothing is asked for its end once more before it is believed.
      const isDoubtful = items.length === 0 && page.nextLink === undefined && !hasDoubt;
      hasDoubt = isDoubtful;
      if (page.nextLink !== undefined && isCircle(items, page.nextLink)) return circle;
      await take(items);
      return { next: isDoubtful ? asked : page.nextLink };
    });
    if ('kind' in outcome) return outcome;
    target = outcome.next;
  }
  return undefined;
}

/** A page of links; undefined when the object they lead from has gone. */
function readLinksPage(
  reading: Reading,
  { link }: LargeSet,
  answer: GraphAnswer | undefined,
): { targets: KeysByType | undefined; count: number; nextLink: string | undefined } | undefined {
  if (answer === undefined) throw lacksAnswer(reading);
  if (answer.kind === 'refusal') {
    if (answer.status === 404) return undefined;
    throw faultOf(answer, reading);
  }
  const { objects, nextLink } = readPage(answer.body, `${link} of ${reading.type.plural}`);
  return { targets: keysByType(objects, reading.type.plural), count: objects.length, nextLink };
}

function linkItem(key: string, link: string, targets: KeysByType): Item {
  return { key, linked: { [link]: targets } };
}

function askAll(reading: Reading, targets: readonly string[], cost: number): Promise<readonly GraphAnswer[]> {
  const { client, signal, onWait } = reading;
  return client.getAll(targets, { cost, signal, onWait });
}

function expandTarget({ type }: Reading, link: string, ids: readonly string[]): string {
  const filter = encodeURIComponent(`id in (${ids.map((id) => `'${id}'`).join(',')})`);
  return `${type.path}?$filter=${filter}&$select=id&$expand=${link}($select=id)`;
}

function linksTarget({ type }: Reading, { id, link }: LargeSet): string {
  return `${type.path}/${id}/${link}?$select=id&$top=999`;
}

/** Resource units of a page of links (Microsoft Graph throttling limits: identity and access). */
function linksCost({ type }: Reading, link: string | undefined): number {
  return type.name === 'group' && link === 'members' ? 2 : 1;
}

function cut<Value>(values: readonly Value[], size: number): readonly (readonly Value[])[] {
  const parts: (readonly Value[])[] = [];
  for (let start = 0; start < values.length; start += size) parts.push(values.slice(start, start + size));
  return parts;
}

function lacksAnswer({ type }: Reading): Fault {
  return new Fault('source-failed', `Graph has left a part of a batch about ${type.plural} unanswered.`);
}
