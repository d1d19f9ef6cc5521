/** A full set of one entity type: one round of delta query where that is quick, else a reading in bulk and the round after it. */
import type { ExportEvent } from '../connector.ts';
import { anchorBulk, readBulk } from './bulk-export.ts';
import type { BulkPosition } from './bulk-progress.ts';
import { type Broken, type RoundStart, readRound } from './delta-export.ts';
import { type Tally, writePosition } from './position.ts';
import { countObjects, learnTenantSize, type Reading } from './reading.ts';

/** From how many objects on a type is read in bulk, by its name; the others at `otherwise`. */
export type BulkThresholds = Readonly<Record<string, number>> & Readonly<{ otherwise: number }>;

/** A round that takes no longer than this is not worth a reading in bulk, which reads twice what changes meanwhile. */
const longestRoundSeconds = 20;

/** Objects on a page of a round: some 200, or of groups as many as have 500 members between them. */
const objectsOnPage = (typeName: string) => (typeName === 'group' ? 10 : 200);

/**
 * Everything there is, from the beginning. Without thresholds, what one round would take decides: its pages come one after the
 * other, each as late as Graph answers now.
 */
export async function* exportFull(
  reading: Reading,
  thresholds: BulkThresholds | undefined,
): AsyncGenerator<ExportEvent | Broken, void> {
  const [count] = await Promise.all([countObjects(reading), learnTenantSize(reading)]);
  const name = reading.type.name;
  const smallest = thresholds ? (thresholds[name] ?? thresholds.otherwise) : 2_000;
  if (count !== undefined && count >= smallest) {
    const askedMs = performance.now();
    const anchored = await anchorBulk(reading, count);
    const pageSeconds = (performance.now() - askedMs) / 1000;
    if (thresholds || pageSeconds * (count / objectsOnPage(name)) > longestRoundSeconds) {
      yield* exportBulk(reading, anchored);
      return;
    }
  }
  yield* exportRound(reading, { kind: 'beginning' }, true);
}

/** What a reading in bulk has not brought yet, by a client that does not know the tenant. */
export async function* resumeBulk(
  reading: Reading,
  position: BulkPosition,
): AsyncGenerator<ExportEvent | Broken, void> {
  await learnTenantSize(reading);
  yield* exportBulk(reading, position);
}

/** A reading in bulk from a position on, then the round that tells what has changed since it began. */
async function* exportBulk(
  reading: Reading,
  start: BulkPosition,
): AsyncGenerator<ExportEvent | Broken, void> {
  for await (const event of readBulk(reading, start)) {
    if (event.kind === 'page') {
      yield { kind: 'page', items: event.items, position: writePosition(event.position) };
    } else if (event.kind === 'broken') yield event;
    else {
      const { count, read, anchor } = event.position;
      const tally = count === undefined ? undefined : { count, told: read };
      yield* exportRound(reading, { kind: 'delta link', link: anchor }, true, tally);
    }
  }
}

/**
 * One round to its end. After a reading in bulk, `tally` says how many objects it has told of: when more are missing than the
 * round tells of, some were in no list, and one list of all of them follows with a round of its own.
 */
export async function* exportRound(
  reading: Reading,
  start: RoundStart,
  isFull: boolean,
  tally?: Tally,
): AsyncGenerator<ExportEvent | Broken, void> {
  let told = tally?.told ?? 0;
  // The round after a reading in bulk is short: the count need not wait for its end.
  const counting = tally === undefined ? undefined : countObjects(reading);
  counting?.catch(() => undefined);
  for await (const event of readRound(reading, start)) {
    if (event.kind === 'broken') {
      yield event;
      return;
    }
    const { items } = event;
    told += items.length;
    if (event.kind === 'page') {
      const position = { kind: 'round', isFull, link: event.nextLink } as const;
      const open = tally === undefined ? position : { ...position, tally: { count: tally.count, told } };
      yield { kind: 'page', items, position: writePosition(open) };
      continue;
    }
    const expected = isFull ? await (counting ?? countObjects(reading)) : undefined;
    if (tally !== undefined && told < Math.min(tally.count, expected ?? tally.count)) {
      const again: BulkPosition = { kind: 'bulk', anchor: event.deltaLink, finished: [], read: 0, open: {} };
      yield { kind: 'page', items, position: writePosition(again) };
      yield* exportBulk(reading, again);
      return;
    }
    yield {
      kind: 'last',
      items,
      cookie: event.deltaLink,
      ...(expected === undefined ? {} : { expected }),
    };
  }
}
