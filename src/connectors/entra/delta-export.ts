/** A round of delta query as one chain of pages (Microsoft Graph: use delta query to track changes). */
import { Fault } from '../../errors.ts';
import type { Item } from '../../model/item.ts';
import type { GraphAnswer } from './graph-client.ts';
import { readPage } from './items.ts';
import { createLoopWatch } from './loop-watch.ts';
import { ask, expiryReason, faultOf, isExpiry, type Reading, selectOf } from './reading.ts';

/** Where a round goes on: at its very beginning, at a page link of it, or with the delta link of the one before. */
export type RoundStart =
  | Readonly<{ kind: 'beginning' }>
  | Readonly<{ kind: 'delta link' | 'page link'; link: string }>;

/** What a round brings: pages, then either its last page or the news that it cannot be read to its end. */
export type RoundEvent =
  | Readonly<{ kind: 'page'; items: readonly Item[]; nextLink: string }>
  | Readonly<{ kind: 'last'; items: readonly Item[]; deltaLink: string }>
  | Broken;

/** `cause` tells links that died from pages that lead in a circle. */
export type Broken = Readonly<{ kind: 'broken'; cause: 'expired' | 'circle'; reason: string }>;

/** What a chain of pages that never ends comes to. */
export const circle: Broken = { kind: 'broken', cause: 'circle', reason: "Graph's pages lead in a circle" };

/** Delta queries cost what any GET does that the published list of costs does not name. */
const pageCost = { cost: 1 };

/**
 * Reads a round, always one page ahead of the caller. Empty pages and repeated ones are passed on as they come. A `Location`
 * that Graph sends with 410 is not followed: it starts a round with the same options, which a full set does as well.
 * Throws a Fault for what is neither a page nor an expired link.
 */
export async function* readRound(reading: Reading, start: RoundStart): AsyncGenerator<RoundEvent, void> {
  const ownStop = new AbortController();
  const own = { ...reading, signal: AbortSignal.any([reading.signal, ownStop.signal]) };
  const isCircle = createLoopWatch();
  try {
    let asked = start.kind;
    let coming = askAhead(own, start.kind === 'beginning' ? firstTarget(reading) : start.link, asked);
    for (;;) {
      const answer = await coming;
      if (answer.kind === 'refusal') {
        if (asked === 'beginning' || !(isExpiry(answer) || answer.status === 400))
          throw faultOf(answer, reading);
        yield { kind: 'broken', cause: 'expired', reason: expiryReason(answer, asked) };
        return;
      }
      const { objects, nextLink, deltaLink } = readPage(answer.body, reading.type.plural);
      if (nextLink === undefined) {
        if (deltaLink === undefined) throw lacksLink(reading);
        yield { kind: 'last', items: objects.map(reading.toItem), deltaLink };
        return;
      }
      asked = 'page link';
      coming = askAhead(own, nextLink, asked);
      const items = objects.map(reading.toItem);
      if (isCircle(items, nextLink)) {
        yield circle;
        return;
      }
      yield { kind: 'page', items, nextLink };
    }
  } finally {
    ownStop.abort();
  }
}

/** The link from which changes are told, without anything before it (Microsoft Graph: `$deltatoken=latest`). */
export async function anchorRound(reading: Reading): Promise<string> {
  const answer = await ask(reading, `${firstTarget(reading)}&$deltatoken=latest`, pageCost);
  if (answer.kind === 'refusal') throw faultOf(answer, reading);
  const { deltaLink } = readPage(answer.body, reading.type.plural);
  if (deltaLink === undefined) throw lacksLink(reading);
  return deltaLink;
}

function firstTarget(reading: Reading): string {
  return `${reading.type.path}/delta?${selectOf(reading, reading.entityType.links)}`;
}

/** A page that is on its way while the caller is busy; who gives up on it need not hear how it ended. */
function askAhead(reading: Reading, target: string, asked: RoundStart['kind']): Promise<GraphAnswer> {
  const coming = askTwice(reading, target, asked);
  coming.catch(() => undefined);
  return coming;
}

/** Asks; a link of Graph's own that is refused for a reason that need not last is asked once more. */
async function askTwice(reading: Reading, target: string, asked: RoundStart['kind']): Promise<GraphAnswer> {
  const answer = await ask(reading, target, pageCost);
  const mayPass =
    asked !== 'beginning' && answer.kind === 'refusal' && answer.status === 400 && !isExpiry(answer);
  return mayPass ? ask(reading, target, pageCost) : answer;
}

function lacksLink({ type }: Reading): Fault {
  return new Fault(
    'source-failed',
    `Graph's answer about ${type.plural} has neither a next link nor a delta link.`,
  );
}
