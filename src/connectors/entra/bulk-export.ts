/**
 * A full set of a large type, faster than one chain of pages allows: the end of the log of changes is noted first, then
 * everything is listed in parallel, and what has changed meanwhile follows from the noted place. What is said later wins,
 * so that the set is that of a plain round (Microsoft Graph: best practices for delta query, `$deltatoken=latest`).
 */
import type { Item } from '../../model/item.ts';
import { cutPortions, type LinkLanes, readLinks } from './bulk-links.ts';
import { type BulkPosition, type BulkProgress, type PageProgress, trackProgress } from './bulk-progress.ts';
import { type Channel, createChannel, createLanes, type Lanes } from './channel.ts';
import { anchorRound, type Broken, circle } from './delta-export.ts';
import { readPage } from './items.ts';
import { createLoopWatch } from './loop-watch.ts';
import { ask, expiryReason, faultOf, isExpiry, type Reading, selectOf } from './reading.ts';

/** Requests under way at once, of each kind; a batch counts as one. */
const laneCount = 8;
/** Pages that may wait for the caller. */
const channelRoom = 4;
/** Pages of one list whose links are asked for at the same time. */
const pagesAtOnce = 6;
/** Pages of one list that may be open, because a large group on the first of them takes its time. */
const maximumOpenPages = 100;
/** How often a list may start over because its page link has died. */
const maximumRestarts = 5;

/** What the user principal name of a user can begin with; case does not count. */
const firstCharacters = "abcdefghijklmnopqrstuvwxyz0123456789'.-_!#^~";

/** What a reading in bulk brings: pages with the position after them, and at the end the link that leads on. */
type BulkEvent =
  | Readonly<{ kind: 'page'; items: readonly Item[]; position: BulkPosition }>
  | Readonly<{ kind: 'read'; position: BulkPosition }>
  | Broken;

/** The beginning of a reading: notes where the changes that come from here on are told. */
export async function anchorBulk(reading: Reading, count: number): Promise<BulkPosition> {
  return { kind: 'bulk', anchor: await anchorRound(reading), count, finished: [], read: 0, open: {} };
}

/**
 * Lists everything that the position does not have yet. Ends with `read`, or with `broken` when a list cannot be read to its
 * end. Nothing is told in order: attributes of an object and its links come on different pages.
 */
export async function* readBulk(reading: Reading, start: BulkPosition): AsyncGenerator<BulkEvent, void> {
  const ownStop = new AbortController();
  const own = { ...reading, signal: AbortSignal.any([reading.signal, ownStop.signal]) };
  const channel = createChannel<Message>(channelRoom);
  const lanes = {
    lists: createLanes(laneCount),
    expansions: createLanes(laneCount),
    beginnings: createLanes(laneCount),
    chains: createLanes(laneCount),
  };
  const bulk: Bulk = { reading: own, progress: trackProgress(start), lanes, channel };
  const lists = shardsOf(own, start).map(({ name, target }) => readShard(bulk, name, target));
  Promise.all(lists).then(
    () => channel.end(),
    (fault) => channel.fail(fault),
  );
  try {
    for await (const message of channel) {
      if (message.kind === 'broken') {
        yield message;
        return;
      }
      message.account();
      const { items } = message;
      if (items.length > 0) yield { kind: 'page', items, position: bulk.progress.position() };
    }
    yield { kind: 'read', position: bulk.progress.position() };
  } finally {
    ownStop.abort();
    channel.close();
  }
}

/** Items on their way to the caller; `account` notes what of the reading is done once they are taken. */
type Message = Readonly<{ kind: 'items'; items: readonly Item[]; account: () => void }> | Broken;

type Bulk = Readonly<{
  reading: Reading;
  progress: BulkProgress;
  lanes: LinkLanes & Readonly<{ lists: Lanes }>;
  channel: Channel<Message>;
}>;

const noAccount = () => {};

/** The lists that hold everything together. A reading that makes up for a shortage takes the one that holds all. */
function shardsOf(reading: Reading, start: BulkPosition): readonly { name: string; target: string }[] {
  const target = `${reading.type.path}?${selectOf(reading)}&$top=999`;
  if (reading.type.name !== 'user' || start.count === undefined) return [{ name: 'all', target }];
  return [...firstCharacters].map((character) => {
    const filter = `startsWith(userPrincipalName,'${character === "'" ? "''" : character}')`;
    return { name: character, target: `${target}&$filter=${encodeURIComponent(filter)}` };
  });
}

/** How a list goes on after a page: with the next one, or not at all. */
type Step = Readonly<{ kind: 'on'; target: string | undefined }> | Broken;

/** Reads one list, page after page, and beside it the links of what is on the pages. */
async function readShard(bulk: Bulk, shard: string, firstTarget: string): Promise<void> {
  const { reading, progress, lanes, channel } = bulk;
  const open = progress.open(shard, firstTarget);
  if (open === undefined) return;
  const known = new Set(open.done);
  const begun: Promise<unknown>[] = [];
  const ended: Promise<unknown>[] = [];
  let isCircle = createLoopWatch();
  let restarts = 0;
  let doubted: string | undefined;

  const readOn = async (target: string): Promise<Step> => {
    const answer = await ask(reading, target, { cost: 1 });
    if (answer.kind === 'refusal') {
      if (target === firstTarget || !(isExpiry(answer) || answer.status === 400))
        throw faultOf(answer, reading);
      restarts += 1;
      if (restarts > maximumRestarts) {
        return { kind: 'broken', cause: 'expired', reason: expiryReason(answer, 'page link') };
      }
      isCircle = createLoopWatch();
      progress.restart(shard, firstTarget);
      return { kind: 'on', target: firstTarget };
    }
    const { objects, nextLink } = readPage(answer.body, reading.type.plural);
    if (objects.length === 0 && nextLink === undefined && target !== firstTarget && target !== doubted) {
      // A list that ends in nothing is asked for its end once more before it is believed.
      doubted = target;
      return { kind: 'on', target };
    }
    const items = objects.map(reading.toItem);
    if (nextLink !== undefined && isCircle(items, nextLink)) return circle;
    const links = await deliverPage(bulk, shard, { target, nextLink, items, known });
    begun.push(links.begun);
    ended.push(links.ended);
    return { kind: 'on', target: nextLink };
  };

  let step: Step = { kind: 'on', target: open.target };
  while (step.kind === 'on' && step.target !== undefined) {
    const target: string = step.target;
    step = await lanes.lists(() => readOn(target));
    if (begun.length >= pagesAtOnce) await begun.shift();
    if (ended.length >= maximumOpenPages) await ended.shift();
  }
  if (step.kind === 'broken') await channel.push(step);
  await Promise.all(ended);
}

/** A page of a list as it came, and digests of portions whose links are there already. */
type ListedPage = Readonly<{
  target: string;
  nextLink: string | undefined;
  items: readonly Item[];
  known: ReadonlySet<string>;
}>;

/**
 * Passes the objects of a page on and begins with their links. `begun` resolves when all of them have been asked for, `ended`
 * when the caller has them. What goes wrong ends the whole reading.
 */
async function deliverPage(
  bulk: Bulk,
  shard: string,
  { target, nextLink, items, known }: ListedPage,
): Promise<{ begun: Promise<unknown>; ended: Promise<unknown> }> {
  const { reading, progress, lanes, channel } = bulk;
  const linkCount = reading.entityType.links.length;
  const ids = items.map(({ key }) => key);
  const portions = linkCount === 0 ? [] : cutPortions(ids, linkCount);
  const missing = portions.filter(({ digest }) => !known.has(digest));
  const done = portions.map(({ digest }) => digest).filter((digest) => known.has(digest));
  const page: PageProgress = {
    target,
    next: nextLink,
    objects: items.length,
    done,
    missingParts: 1 + missing.length,
  };
  progress.addPage(shard, page);
  await channel.push({ kind: 'items', items, account: () => progress.finishPart(shard, page) });

  const take = async (linkItems: readonly Item[]) => {
    if (linkItems.length > 0) await channel.push({ kind: 'items', items: linkItems, account: noAccount });
  };
  const readings = missing.map((portion) => readLinks(reading, portion.ids, lanes, take));
  const endings = missing.map(async ({ digest }, index) => {
    const end = await (await readings[index])?.rest;
    const account = () => progress.finishPart(shard, page, digest);
    await channel.push(end ?? { kind: 'items', items: [], account });
  });
  const ended = Promise.all(endings).catch((fault: unknown) => channel.fail(fault));
  return { begun: Promise.allSettled(readings), ended };
}
