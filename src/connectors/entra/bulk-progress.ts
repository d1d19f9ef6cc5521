/** How far a reading in bulk has come: which parts its caller has, and so from where it can be taken up again. */

/** A reading in bulk as it can be written down. */
export type BulkPosition = Readonly<{
  kind: 'bulk';
  /** The delta link from which everything that changes meanwhile will be told. */
  anchor: string;
  /** How many objects there were before; undefined when a shortage has been made up for already. */
  count?: number;
  /** Shards that are complete, and how many objects they had together. */
  finished: readonly string[];
  read: number;
  open: Readonly<Record<string, OpenShard>>;
}>;

/** A shard under way. */
export type OpenShard = Readonly<{
  /** The first page of which something is missing. */
  target: string;
  /** Objects on the pages before. */
  read: number;
  /** Digests of parts of that page and of those after it that need not be read again. */
  done: readonly string[];
}>;

/** A page of which parts are under way: the objects themselves, and portions of them whose links are read. */
export type PageProgress = {
  readonly target: string;
  readonly next: string | undefined;
  readonly objects: number;
  readonly done: string[];
  missingParts: number;
};

export interface BulkProgress {
  position(): BulkPosition;
  /** Where a shard is to be read on; undefined when it is complete. `firstTarget` is its first page. */
  open(shard: string, firstTarget: string): OpenShard | undefined;
  /** Says that a page has come and how many parts of it are still missing. */
  addPage(shard: string, page: PageProgress): void;
  /** Says that the caller has a part of a page; portions of links bring their digest. */
  finishPart(shard: string, page: PageProgress, digest?: string): void;
  /** Forgets what was read of a shard. */
  restart(shard: string, firstTarget: string): void;
}

type ShardProgress = { target: string; read: number; pages: PageProgress[]; done: readonly string[] };

export function trackProgress(start: BulkPosition): BulkProgress {
  const finished = [...start.finished];
  let { read } = start;
  const shards = new Map<string, ShardProgress>(
    Object.entries(start.open).map(([name, shard]) => [name, { ...shard, pages: [] }]),
  );
  return {
    position: () => ({
      ...start,
      finished,
      read,
      open: Object.fromEntries([...shards].map(([name, shard]) => [name, describe(shard)])),
    }),
    open(name, firstTarget) {
      if (finished.includes(name)) return undefined;
      const shard = shards.get(name) ?? { target: firstTarget, read: 0, pages: [], done: [] };
      shards.set(name, shard);
      return describe(shard);
    },
    addPage(name, page) {
      shards.get(name)?.pages.push(page);
    },
    finishPart(name, page, digest) {
      page.missingParts -= 1;
      if (digest !== undefined) page.done.push(digest);
      const shard = shards.get(name);
      // A page of before a restart counts no more.
      if (!shard?.pages.includes(page)) return;
      for (let first = shard.pages[0]; first?.missingParts === 0; first = shard.pages[0]) {
        shard.pages.shift();
        shard.read += first.objects;
        shard.done = shard.done.filter((digest) => !first?.done.includes(digest));
        if (first.next === undefined) {
          finished.push(name);
          read += shard.read;
          shards.delete(name);
          return;
        }
        shard.target = first.next;
      }
    },
    restart(name, firstTarget) {
      shards.set(name, { target: firstTarget, read: 0, pages: [], done: [] });
    },
  };
}

function describe({ target, read, pages, done }: ShardProgress): OpenShard {
  return { target, read, done: [...new Set([...done, ...pages.flatMap((page) => page.done)])] };
}
