/**
 * The first stage: pages from a connector into a set. The next pages are read while the last ones are stored, and no more of
 * them than fit into one transaction.
 */
import type { Sql } from 'postgres';
import type { Connector, ExportEvent, ExportStart } from '../connectors/connector.ts';
import { Fault } from '../errors.ts';
import type { EntityType } from '../model/entity-type.ts';
import type { Item } from '../model/item.ts';
import { type EncodedPage, encodeItems, joinPages } from '../store/set-page.ts';
import { commitPages, type SetProgress, type UnfinishedSet } from '../store/sets.ts';
import { collectPageGarbage } from './page-garbage.ts';
import type { Report } from './progress.ts';

export type SetExport = Readonly<{
  sql: Sql;
  connector: Connector;
  entityType: EntityType;
  set: UnfinishedSet;
  signal: AbortSignal;
  report: Report;
}>;

export type SetExportOutcome =
  | { readonly kind: 'complete'; readonly set: UnfinishedSet }
  | { readonly kind: 'resync'; readonly reason: string };

/** What is stored in one transaction at most: items, and links of theirs. */
const batchItems = 500;
const batchLinks = 2_500;

/** Reads an open set to its end. Whatever happens, what was stored stays and can be gone on from. */
export async function exportSet(task: SetExport): Promise<SetExportOutcome> {
  const { sql, connector, entityType, signal, report } = task;
  const objectClass = entityType.name;
  let set = task.set;
  let objects = set.itemCount;
  let links = 0;
  const batch = startBatch();
  let storing: Promise<void> | undefined;
  let failure: { readonly error: unknown } | undefined;

  const store = (): void => {
    const progress = batch.take();
    storing = commitPages(sql, set, progress).then(
      (stored) => {
        set = stored;
        storing = undefined;
        report({ kind: 'read', objectClass, objects, links });
      },
      (error: unknown) => {
        failure = { error };
        storing = undefined;
      },
    );
  };
  const events = connector.exportEntityType({
    entityType,
    start: startOf(set),
    signal,
    onWait: (wait) => report({ kind: 'waiting', objectClass, ...wait }),
  });
  let resync: string | undefined;
  try {
    for await (const event of events) {
      if (event.kind === 'resync') {
        resync = event.reason;
        break;
      }
      const linkCount = countLinks(event.items);
      batch.add(event, linkCount);
      objects += event.items.length;
      links += linkCount;
      collectPageGarbage();
      if (storing && batch.isFull()) await storing;
      if (failure) throw failure.error;
      if (!storing) store();
    }
  } finally {
    // Whatever has happened: what was read is stored, and need not be read again.
    if (storing) await storing;
    if (!failure && resync === undefined && !batch.isEmpty()) {
      store();
      await storing;
    }
  }
  if (failure) throw failure.error;
  if (resync !== undefined) return { kind: 'resync', reason: resync };
  if (set.state !== 'complete') {
    throw new Fault('source-failed', `The export of ${objectClass} ended without a last page.`);
  }
  return { kind: 'complete', set };
}

function startOf(set: UnfinishedSet): ExportStart {
  if (set.position !== null) return { kind: 'resume', position: set.position };
  if (set.cookie !== null) return { kind: 'incremental', cookie: set.cookie };
  return { kind: 'full' };
}

/**
 * Pages that wait for their transaction, written down as soon as they come: a text is a fraction of the objects that it was made of,
 * which then die young.
 */
function startBatch() {
  let pages: EncodedPage[] = [];
  let items = 0;
  let links = 0;
  let end: SetProgress['end'] | undefined;
  return {
    add(event: Exclude<ExportEvent, { kind: 'resync' }>, linkCount: number): void {
      pages.push(encodeItems(event.items));
      items += event.items.length;
      links += linkCount;
      end =
        event.kind === 'page'
          ? { kind: 'open', position: event.position }
          : {
              kind: 'complete',
              cookie: event.cookie,
              ...(event.expected === undefined ? {} : { expected: event.expected }),
            };
    },
    isFull: () => items >= batchItems || links >= batchLinks,
    isEmpty: () => end === undefined,
    take(): SetProgress {
      if (!end) throw new Error('There is nothing to store.');
      const progress = { page: joinPages(pages), end };
      pages = [];
      items = 0;
      links = 0;
      end = undefined;
      return progress;
    },
  };
}

function countLinks(items: readonly Item[]): number {
  let links = 0;
  for (const { linked } of items) {
    for (const name in linked) for (const keys of Object.values(linked[name] ?? {})) links += keys.length;
  }
  return links;
}
