import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { manualClock } from '../clock.ts';
import { type Charge, createQuota, priorityOf, type QuotaSize, type Verdict } from './quota.ts';
import { tooManyRequests } from './too-many-requests.ts';

const tenantId = '7b1d7c52-0000-4000-8000-000000000001';
const appId = '7b1d7c52-0000-4000-8000-00000000000a';
const read = (cost: number): Charge => ({ appId, cost, isWrite: false, priority: 'normal' });
const write: Charge = { appId, cost: 1, isWrite: true, priority: 'normal' };

function quotaOf(size: QuotaSize) {
  const clock = manualClock(Date.UTC(2026, 10, 20));
  return { clock, quota: createQuota({ size, clock, tenantId }) };
}

function chargeUntilRefused(charge: () => Verdict): { granted: number; refusal: Verdict } {
  for (let granted = 0; ; granted++) {
    const verdict = charge();
    if (verdict.kind === 'refused') return { granted, refusal: verdict };
  }
}

describe('limits', () => {
  test.each([
    ['small', 3_500],
    ['medium', 5_000],
    ['large', 8_000],
  ] as const)('a %s tenant grants %d units at once and the same again after ten seconds', (size, units) => {
    const { clock, quota } = quotaOf(size);
    expect(chargeUntilRefused(() => quota.charge(read(1))).granted).toBe(units);
    clock.advance(20_000);
    expect(chargeUntilRefused(() => quota.charge(read(1))).granted).toBe(units);
  });

  test('units come back continuously, not at the end of a window', () => {
    const { clock, quota } = quotaOf('large');
    for (let used = 0; used < 8_000; used += 5) quota.charge(read(5));
    clock.advance(1_000);
    expect(chargeUntilRefused(() => quota.charge(read(1))).granted).toBe(800);
  });

  test('an application may write 3,000 times, however cheap the writes are', () => {
    const { quota } = quotaOf('large');
    const { granted, refusal } = chargeUntilRefused(() => quota.charge(write));
    expect(granted).toBe(3_000);
    expect(refusal.headers).toMatchObject({
      'x-ms-throttle-scope': `Tenant_Application/Write/${appId}/${tenantId}`,
      'x-ms-throttle-information': 'WriteLimitExceeded',
    });
    expect(quota.charge(read(1)).kind).toBe('granted');
  });

  test('all applications together may write 18,000 times', () => {
    const { quota } = quotaOf('large');
    for (let app = 0; app < 6; app++) {
      for (let n = 0; n < 3_000; n++) {
        expect(quota.charge({ ...write, appId: `app-${app}` }).kind).toBe('granted');
      }
    }
    const verdict = quota.charge({ ...write, appId: 'app-6' });
    expect(verdict.kind).toBe('refused');
    expect(verdict.headers['x-ms-throttle-scope']).toBe(`Tenant/Write/app-6/${tenantId}`);
  });

  test('one application does not use up the reads of another', () => {
    const { quota } = quotaOf('small');
    chargeUntilRefused(() => quota.charge(read(5)));
    expect(quota.charge({ ...read(5), appId: 'another' }).kind).toBe('granted');
  });

  test('a refusal says where, why and for how long', () => {
    const { quota } = quotaOf('small');
    const { refusal } = chargeUntilRefused(() => quota.charge(read(5)));
    expect(refusal).toMatchObject({ kind: 'refused', status: 429 });
    expect(refusal.headers).toEqual({
      'x-ms-resource-unit': '5',
      'x-ms-throttle-limit-percentage': '1.00',
      'x-ms-throttle-scope': `Tenant_Application/Read/${appId}/${tenantId}`,
      'x-ms-throttle-information': 'ResourceUnitLimitExceeded',
      'Retry-After': '1',
    });
  });

  test('every answer carries its units, and the used share only above 80 %', () => {
    const { quota } = quotaOf('medium');
    for (let used = 0; used < 4_000; used += 5) {
      expect(quota.charge(read(5)).headers).toEqual({ 'x-ms-resource-unit': '5' });
    }
    expect(quota.charge(read(50)).headers).toEqual({
      'x-ms-resource-unit': '50',
      'x-ms-throttle-limit-percentage': '0.81',
    });
  });

  test('spinning makes the wait longer, up to an end', () => {
    const { quota } = quotaOf('large');
    const { refusal } = chargeUntilRefused(() => quota.charge(write));
    expect(refusal.headers['Retry-After']).toBe('1');
    for (let n = 0; n < 10_000; n++) quota.charge(write);
    const { headers } = quota.charge(write);
    expect(headers).toMatchObject({ 'Retry-After': '121', 'x-ms-throttle-limit-percentage': '1.80' });
  });

  test('low priority leaves the last tenth to the others, and cannot use it up by being refused', () => {
    const { quota } = quotaOf('large');
    const low: Charge = { ...read(1), priority: 'low' };
    expect(chargeUntilRefused(() => quota.charge(low)).granted).toBe(7_200);
    for (let n = 0; n < 1_000; n++) quota.charge(low);
    expect(chargeUntilRefused(() => quota.charge(read(1))).granted).toBe(800);
  });

  test('switched off, everything is granted and still says what it costs', () => {
    const { quota } = quotaOf('off');
    for (let n = 0; n < 20_000; n++) quota.charge(write);
    expect(quota.charge(read(3))).toEqual({ kind: 'granted', headers: { 'x-ms-resource-unit': '3' } });
  });

  test('another size starts with full buckets', () => {
    const { quota } = quotaOf('small');
    chargeUntilRefused(() => quota.charge(read(1)));
    quota.resize('large');
    expect(quota.size).toBe('large');
    expect(chargeUntilRefused(() => quota.charge(read(1))).granted).toBe(8_000);
  });

  test.each([
    ['Low', 'low'],
    ['HIGH', 'high'],
    ['Normal', 'normal'],
    ['urgent', 'normal'],
    [undefined, 'normal'],
  ])('x-ms-throttle-priority: %s is %s priority', (header, priority) => {
    expect(priorityOf(header)).toBe(priority);
  });

  test('the document of a refusal repeats the status inside', () => {
    expect(tooManyRequests({ nowMs: Date.UTC(2026, 10, 20, 10, 11, 12), requestId: 'r1' })).toEqual({
      error: {
        code: 'TooManyRequests',
        message: 'Please retry again later.',
        innerError: {
          code: '429',
          date: '2026-11-20T10:11:12',
          message: 'Please retry after',
          'request-id': 'r1',
          status: '429',
        },
      },
    });
  });
});

describe('over any schedule', () => {
  const step = fc.record({
    waitMs: fc.oneof(fc.constant(0), fc.nat(50), fc.nat(20_000)),
    requests: fc.integer({ min: 1, max: 40 }),
    cost: fc.integer({ min: 1, max: 400 }),
    isWrite: fc.boolean(),
    priority: fc.constantFrom('low', 'normal', 'high'),
  });
  const schedule = fc.array(step, { minLength: 1, maxLength: 30 });

  test('no stretch of time grants more than the bucket and what came back meanwhile', () => {
    fc.assert(
      fc.property(schedule, (steps) => {
        const { clock, quota } = quotaOf('small');
        const grants: { atMs: number; units: number }[] = [];
        for (const { waitMs, requests, cost, isWrite, priority } of steps) {
          clock.advance(waitMs);
          let units = 0;
          for (let n = 0; n < requests; n++) {
            if (quota.charge({ appId, cost, isWrite, priority }).kind === 'granted') units += cost;
          }
          grants.push({ atMs: clock.now(), units });
        }
        for (const [first, { atMs }] of grants.entries()) {
          let units = 0;
          for (const grant of grants.slice(first)) {
            units += grant.units;
            expect(units).toBeLessThanOrEqual(3_500 + 0.35 * (grant.atMs - atMs));
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  test('whoever waits as long as Retry-After says is granted', () => {
    fc.assert(
      fc.property(schedule, (steps) => {
        const { clock, quota } = quotaOf('small');
        for (const { waitMs, requests, cost, isWrite, priority } of steps) {
          clock.advance(waitMs);
          for (let n = 0; n < requests; n++) {
            const charge = { appId, cost, isWrite, priority };
            const verdict = quota.charge(charge);
            if (verdict.kind === 'granted') continue;
            expect(verdict.headers['Retry-After']).toMatch(/^[1-9]\d*$/);
            if (n < requests - 1) continue;
            clock.advance(Number(verdict.headers['Retry-After']) * 1000);
            expect(quota.charge(charge).kind).toBe('granted');
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});
