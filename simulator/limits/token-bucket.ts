// A token bucket in whole numbers: it holds a burst, refills continuously, and remembers how far it was overdrawn.
// Credit is counted in units × milliseconds of the window, so that no rounding ever grants a unit too much.

export interface Limit {
  /** Units that may be used at once; the same amount comes back over the window. */
  readonly units: number;
  readonly windowSeconds: number;
}

export interface TokenBucket {
  readonly limit: Limit;
  /** Units left × window in milliseconds, as of `atMs`; negative while overdrawn. */
  credit: number;
  atMs: number;
}

/** What requests of low priority must leave for the others. */
const reserveShare = 0.1;
/** How far refused requests can overdraw a bucket. Graph's published percentage ends at 1.8 as well. */
const debtShare = 0.8;

export function createBucket(limit: Limit, nowMs: number): TokenBucket {
  return { limit, credit: fullCredit(limit), atMs: nowMs };
}

/** Brings the bucket up to date. A clock that was set back adds nothing. */
export function refill(bucket: TokenBucket, nowMs: number): void {
  const elapsedMs = nowMs - bucket.atMs;
  bucket.atMs = nowMs;
  if (elapsedMs > 0) {
    bucket.credit = Math.min(fullCredit(bucket.limit), bucket.credit + elapsedMs * bucket.limit.units);
  }
}

/** Milliseconds until the refilled bucket grants `units`; 0 when it does now. */
export function waitMsFor(bucket: TokenBucket, units: number, isLowPriority: boolean): number {
  const missing = units * windowMs(bucket.limit) + floorFor(bucket.limit, isLowPriority) - bucket.credit;
  return missing <= 0 ? 0 : Math.ceil(missing / bucket.limit.units);
}

/** Takes what was granted. */
export function take(bucket: TokenBucket, units: number): void {
  bucket.credit -= units * windowMs(bucket.limit);
}

/**
 * Charges a refused request: its units, down to 80 % of the bucket below zero. One of low priority cannot touch the
 * reserve that it is refused for.
 */
export function overdraw(bucket: TokenBucket, units: number, isLowPriority: boolean): void {
  const lowest = isLowPriority
    ? Math.min(bucket.credit, floorFor(bucket.limit, true))
    : Math.round(-debtShare * fullCredit(bucket.limit));
  bucket.credit = Math.max(lowest, bucket.credit - units * windowMs(bucket.limit));
}

/** Used share of the bucket: 0 when full, 1 when empty, up to 1.8 when overdrawn. */
export function usedShare(bucket: TokenBucket): number {
  return 1 - bucket.credit / fullCredit(bucket.limit);
}

function windowMs(limit: Limit): number {
  return limit.windowSeconds * 1000;
}

function fullCredit(limit: Limit): number {
  return limit.units * windowMs(limit);
}

function floorFor(limit: Limit, isLowPriority: boolean): number {
  return isLowPriority ? Math.round(reserveShare * fullCredit(limit)) : 0;
}
