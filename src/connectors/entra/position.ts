/** Where an export stands, as the text that its caller keeps. Nobody else reads it. */
import type { BulkPosition, OpenShard } from './bulk-progress.ts';
import { isObject } from './items.ts';

/** Within a round of delta query. */
export type RoundPosition = Readonly<{
  kind: 'round';
  /** Whether the set will be a full one. */
  isFull: boolean;
  link: string;
  /** What a reading in bulk before the round has to be measured by. */
  tally?: Tally;
}>;

/** How many objects there were when a reading in bulk began, and how many it has been told of. */
export type Tally = Readonly<{ count: number; told: number }>;

export type Position = RoundPosition | BulkPosition;

export function writePosition(position: Position): string {
  return JSON.stringify(position);
}

/** The position that a text is; undefined when it is none of this version. */
export function readPosition(text: string): Position | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(value)) return undefined;
  if (value.kind === 'round') return readRoundPosition(value);
  return value.kind === 'bulk' ? readBulkPosition(value) : undefined;
}

type Json = Readonly<Record<string, unknown>>;

function readRoundPosition({ isFull, link, tally }: Json): RoundPosition | undefined {
  if (typeof isFull !== 'boolean' || typeof link !== 'string') return undefined;
  if (tally === undefined) return { kind: 'round', isFull, link };
  if (!isObject(tally)) return undefined;
  const { count, told } = tally;
  if (typeof count !== 'number' || typeof told !== 'number') return undefined;
  return { kind: 'round', isFull, link, tally: { count, told } };
}

function readBulkPosition({ anchor, count, finished, read, open }: Json): BulkPosition | undefined {
  if (typeof anchor !== 'string' || typeof read !== 'number' || !areTexts(finished) || !isObject(open)) {
    return undefined;
  }
  const shards = Object.entries(open).map(([name, shard]) => [name, readOpenShard(shard)] as const);
  if (shards.some(([, shard]) => shard === undefined)) return undefined;
  const known = shards.flatMap(([name, shard]) => (shard === undefined ? [] : [[name, shard] as const]));
  const position: BulkPosition = { kind: 'bulk', anchor, finished, read, open: Object.fromEntries(known) };
  return typeof count === 'number' ? { ...position, count } : position;
}

function readOpenShard(value: unknown): OpenShard | undefined {
  if (!isObject(value)) return undefined;
  const { target, read, done } = value;
  if (typeof target !== 'string' || typeof read !== 'number' || !areTexts(done)) return undefined;
  return { target, read, done };
}

function areTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}
