/** How many requests one address, and one client, may send: a bucket each, which every request takes from and time fills. */
import { createBoundedTable } from './bounded-table.ts';

export type Rate = Readonly<{
  /** Requests that may come at once. */
  burst: number;
  /** Requests that are let through a second in the long run. */
  perSecond: number;
}>;

export type Bucket = Readonly<{ tokens: number; atMs: number }>;

export type Taking = Readonly<{ bucket: Bucket; isTaken: boolean; retryAfterSeconds: number }>;

/** Takes one from a bucket, which is full where there was none; says after how many whole seconds to try again, if it was empty. */
export function takeToken(bucket: Bucket | undefined, { burst, perSecond }: Rate, nowMs: number): Taking {
  const { tokens, atMs } = bucket ?? { tokens: burst, atMs: nowMs };
  // A clock that was set back fills nothing.
  const filled = Math.min(burst, tokens + (Math.max(0, nowMs - atMs) / 1000) * perSecond);
  const isTaken = filled >= 1;
  const left = isTaken ? filled - 1 : filled;
  return {
    bucket: { tokens: left, atMs: Math.max(nowMs, atMs) },
    isTaken,
    retryAfterSeconds: isTaken ? 0 : Math.max(1, Math.ceil((1 - left) / perSecond)),
  };
}

/** Gives the seconds to wait, or undefined where a request may go on. */
export type RateLimit = (key: string) => number | undefined;

/** More than that many at once are not kept apart for long. */
const trackedKeys = 20_000;

/** A limit with a bucket for every key. `now` gives milliseconds. */
export function createRateLimit(rate: Rate, now: () => number): RateLimit {
  const buckets = createBoundedTable<Bucket>(trackedKeys);
  return (key) => {
    const { bucket, isTaken, retryAfterSeconds } = takeToken(buckets.get(key), rate, now());
    buckets.set(key, bucket);
    return isTaken ? undefined : retryAfterSeconds;
  };
}
