/**
 * How fast requests may follow each other: the tenant's quota as a token bucket of resource units, a pause that all
 * requests share, and how many may be in flight. Pure arithmetic over an immutable state.
 *
 * Sources: "Microsoft Graph service-specific throttling limits" (identity and access), "Microsoft Graph throttling guidance".
 */

export type Pacing = Readonly<{
  /** What the published quota gives back in a second. */
  unitsPerSecond: number;
  /** Units that may be used now, as of `atMs`; below zero while more was used than was there. */
  level: number;
  atMs: number;
  /** No request leaves before this instant. */
  pausedUntilMs: number;
  /** Requests that may be in flight; grows by fractions. */
  mostInFlight: number;
  /** Until it is throttled for the first time, a client grows by one with every good answer, afterwards with every good second. */
  isProbing: boolean;
  /** When `mostInFlight` was last cut or, after the first cut, grew. */
  changedAtMs: number;
  cutAtMs: number;
}>;

/** The quota of one application in one tenant, in units a second, by the tenant's number of users. */
const quotas = [
  { below: 50, unitsPerSecond: 350 },
  { below: 501, unitsPerSecond: 500 },
  { below: Number.POSITIVE_INFINITY, unitsPerSecond: 800 },
] as const;
const windowSeconds = 10;
/**
 * How much of a full quota is used at once. Requests of low priority are refused from the last tenth on; the other tenth is
 * for requests that arrive closer together than they were sent.
 */
const usableShare = 0.8;
const firstInFlight = 8;
/** Little's law: 400 requests of 2 units a second that take 0.3 s each are 120 in flight. */
const ceilingInFlight = 128;

/** Begins as in the smallest tenant, because it is not known yet how large this one is. */
export function startPacing(nowMs: number): Pacing {
  const { unitsPerSecond } = quotas[0];
  return {
    unitsPerSecond,
    level: capacityOf(unitsPerSecond),
    atMs: nowMs,
    pausedUntilMs: nowMs,
    mostInFlight: firstInFlight,
    isProbing: true,
    changedAtMs: nowMs,
    cutAtMs: Number.NEGATIVE_INFINITY,
  };
}

/** The quota of a tenant with so many users. What is used already stays used. */
export function learnTenantSize(pacing: Pacing, userCount: number, nowMs: number): Pacing {
  const now = refill(pacing, nowMs);
  const { unitsPerSecond } = quotas.find(({ below }) => userCount < below) ?? quotas[0];
  const used = capacityOf(now.unitsPerSecond) - now.level;
  return { ...now, unitsPerSecond, level: capacityOf(unitsPerSecond) - used };
}

/** Whole milliseconds until a request of so many units may leave, as far as quota and pause go; 0 when it may now. */
export function waitMsFor(pacing: Pacing, units: number, nowMs: number): number {
  const { level, unitsPerSecond } = refill(pacing, nowMs);
  // What is larger than a full bucket leaves when the bucket is full, and overdraws it.
  const missing = Math.min(units, capacityOf(unitsPerSecond)) - level;
  const quotaMs = (missing / unitsPerSecond) * 1000;
  return Math.max(Math.ceil(quotaMs), Math.ceil(pacing.pausedUntilMs - nowMs), 0);
}

/** A request of so many units leaves. */
export function take(pacing: Pacing, units: number, nowMs: number): Pacing {
  const now = refill(pacing, nowMs);
  return { ...now, level: now.level - units };
}

/** What an answer says about the quota. */
export type Usage = Readonly<{
  /** Units that were taken for the request. */
  expected: number;
  /** Units that it was charged. */
  charged: number;
  /** Used share of the quota (`x-ms-throttle-limit-percentage`: 0.8 to 1.8); undefined when little is used. */
  usedShare: number | undefined;
}>;

/** Corrects the level by what Graph has counted, which includes requests that others make with the same application. */
export function correct(pacing: Pacing, usage: Usage, nowMs: number): Pacing {
  const now = refill(pacing, nowMs);
  const capacity = capacityOf(now.unitsPerSecond);
  const level = Math.min(capacity, now.level + usage.expected - usage.charged);
  if (usage.usedShare === undefined || usage.usedShare < usableShare) return { ...now, level };
  const counted = (usableShare - usage.usedShare) * now.unitsPerSecond * windowSeconds;
  return { ...now, level: Math.min(level, counted) };
}

/** No request leaves before `untilMs`. A pause is never shortened. */
export function pause(pacing: Pacing, untilMs: number): Pacing {
  return { ...pacing, pausedUntilMs: Math.max(pacing.pausedUntilMs, untilMs) };
}

/** A good answer: more may be in flight. */
export function speedUp(pacing: Pacing, nowMs: number): Pacing {
  if (pacing.mostInFlight >= ceilingInFlight) return pacing;
  if (!pacing.isProbing && nowMs - pacing.changedAtMs < 1000) return pacing;
  return { ...pacing, mostInFlight: pacing.mostInFlight + 1, changedAtMs: nowMs };
}

/**
 * Throttling: half as many may be in flight. Requests that had left before the last cut say nothing new.
 * @param sentAtMs when the throttled request left
 */
export function slowDown(pacing: Pacing, sentAtMs: number, nowMs: number): Pacing {
  if (sentAtMs <= pacing.cutAtMs) return pacing;
  return {
    ...pacing,
    mostInFlight: Math.max(1, Math.floor(pacing.mostInFlight / 2)),
    isProbing: false,
    changedAtMs: nowMs,
    cutAtMs: nowMs,
  };
}

function capacityOf(unitsPerSecond: number): number {
  return usableShare * unitsPerSecond * windowSeconds;
}

function refill(pacing: Pacing, nowMs: number): Pacing {
  const { level, unitsPerSecond, atMs } = pacing;
  if (nowMs <= atMs) return pacing;
  const refilled = level + ((nowMs - atMs) / 1000) * unitsPerSecond;
  return { ...pacing, level: Math.min(capacityOf(unitsPerSecond), refilled), atMs: nowMs };
}
