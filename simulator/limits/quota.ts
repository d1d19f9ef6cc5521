// The tenant's limits: which buckets a request draws from, and what the client is told about them
// (Microsoft Graph throttling limits: identity and access).
import type { Clock } from '../clock.ts';
import {
  createBucket,
  type Limit,
  overdraw,
  refill,
  type TokenBucket,
  take,
  usedShare,
  waitMsFor,
} from './token-bucket.ts';

/** Graph tells tenants by their number of users: small below 50, medium up to 500, large above. */
export const quotaSizes = ['off', 'small', 'medium', 'large'] as const;
export type QuotaSize = (typeof quotaSizes)[number];

export type Priority = 'low' | 'normal' | 'high';

export interface Charge {
  readonly appId: string;
  /** Resource units, from `costOf`. */
  readonly cost: number;
  /** Whether the request counts as a write as well. */
  readonly isWrite: boolean;
  readonly priority: Priority;
}

export type Verdict =
  | { readonly kind: 'granted'; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: 'refused'; readonly status: 429; readonly headers: Readonly<Record<string, string>> };

export interface Quota {
  readonly size: QuotaSize;
  /** Starts over with full buckets of another size. */
  resize(size: QuotaSize): void;
  /**
   * Charges one request (inside a batch: one part). Granted or refused, the headers go on the answer; a refusal is
   * answered with the document of `tooManyRequests`.
   */
  charge(request: Charge): Verdict;
}

/** One published limit. `counts` says what of a request it counts. */
interface Rule {
  readonly scope: 'Tenant_Application' | 'Application' | 'Tenant';
  readonly counts: 'units' | 'writes';
  readonly limit: Limit;
}

const readUnits: Record<Exclude<QuotaSize, 'off'>, number> = { small: 3_500, medium: 5_000, large: 8_000 };

/** An application's limits across tenants are there for completeness: with one tenant others are always met first. */
function rulesFor(size: Exclude<QuotaSize, 'off'>): readonly Rule[] {
  return [
    { scope: 'Tenant_Application', counts: 'units', limit: { units: readUnits[size], windowSeconds: 10 } },
    { scope: 'Tenant_Application', counts: 'writes', limit: { units: 3_000, windowSeconds: 150 } },
    { scope: 'Application', counts: 'units', limit: { units: 150_000, windowSeconds: 20 } },
    { scope: 'Application', counts: 'writes', limit: { units: 35_000, windowSeconds: 300 } },
    { scope: 'Tenant', counts: 'writes', limit: { units: 18_000, windowSeconds: 300 } },
  ];
}

interface Meter {
  readonly rule: Rule;
  readonly bucket: TokenBucket;
}

/** From here on the client is told how much of its limit is used. */
const warnAbove = 0.8;

export function createQuota(options: {
  readonly size: QuotaSize;
  readonly clock: Clock;
  readonly tenantId: string;
}): Quota {
  const { clock, tenantId } = options;
  let size = options.size;
  let tenantMeters: readonly Meter[] = [];
  const metersByApp = new Map<string, readonly Meter[]>();

  const resize = (next: QuotaSize) => {
    size = next;
    metersByApp.clear();
    tenantMeters = next === 'off' ? [] : createMeters(rulesFor(next).filter(isShared));
  };
  const createMeters = (rules: readonly Rule[]): Meter[] =>
    rules.map((rule) => ({ rule, bucket: createBucket(rule.limit, clock.now()) }));
  const metersOf = (appId: string): readonly Meter[] => {
    if (size === 'off') return [];
    const known = metersByApp.get(appId);
    if (known) return known;
    const meters = [...createMeters(rulesFor(size).filter((rule) => !isShared(rule))), ...tenantMeters];
    metersByApp.set(appId, meters);
    return meters;
  };
  resize(size);

  return {
    get size() {
      return size;
    },
    resize,
    charge({ appId, cost, isWrite, priority }) {
      if (size === 'off') return { kind: 'granted', headers: { 'x-ms-resource-unit': String(cost) } };
      const isLow = priority === 'low';
      const nowMs = clock.now();
      const meters = metersOf(appId).filter(({ rule }) => isWrite || rule.counts === 'units');
      const unitsFor = ({ counts }: Rule) => (counts === 'units' ? cost : 1);

      for (const { bucket } of meters) refill(bucket, nowMs);
      const refusing = meters.filter(({ rule, bucket }) => waitMsFor(bucket, unitsFor(rule), isLow) > 0);
      if (refusing.length === 0) {
        for (const { rule, bucket } of meters) take(bucket, unitsFor(rule));
        return { kind: 'granted', headers: usageHeaders(cost, meters) };
      }
      for (const { rule, bucket } of refusing) overdraw(bucket, unitsFor(rule), isLow);
      const waits = refusing.map(({ rule, bucket }) => waitMsFor(bucket, unitsFor(rule), isLow));
      const waitMs = Math.max(...waits);
      const slowest = refusing[waits.indexOf(waitMs)]!.rule;
      return {
        kind: 'refused',
        status: 429,
        headers: {
          ...usageHeaders(cost, meters),
          'Retry-After': String(Math.ceil(waitMs / 1000)),
          'x-ms-throttle-scope': `${slowest.scope}/${slowest.counts === 'writes' ? 'Write' : 'Read'}/${appId}/${tenantId}`,
          'x-ms-throttle-information':
            slowest.counts === 'writes' ? 'WriteLimitExceeded' : 'ResourceUnitLimitExceeded',
        },
      };
    },
  };
}

/** The priority that a client asks for with `x-ms-throttle-priority`; anything unknown is normal. */
export function priorityOf(header: string | undefined): Priority {
  const asked = header?.toLowerCase();
  return asked === 'low' || asked === 'high' ? asked : 'normal';
}

function isShared(rule: Rule): boolean {
  return rule.scope === 'Tenant';
}

function usageHeaders(cost: number, meters: readonly Meter[]): Record<string, string> {
  const used = Math.max(...meters.map(({ bucket }) => usedShare(bucket)));
  return {
    'x-ms-resource-unit': String(cost),
    ...(used > warnAbove ? { 'x-ms-throttle-limit-percentage': used.toFixed(2) } : {}),
  };
}
