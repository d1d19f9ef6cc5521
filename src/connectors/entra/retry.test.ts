import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judge, type Outcome, parseRetryAfter } from './retry.ts';

const nowMs = Date.UTC(2026, 10, 20, 10, 11, 12);

function status(code: number, more: Partial<Extract<Outcome, { kind: 'status' }>> = {}): Outcome {
  return { kind: 'status', status: code, code: '', retryAfter: undefined, ...more };
}

describe('Retry-After', () => {
  test.each([
    ['7', 7_000],
    [' 120 ', 120_000],
    ['Fri, 20 Nov 2026 10:11:32 GMT', 20_000],
    ['Friday, 20-Nov-26 10:11:32 GMT', 20_000],
    ['0', undefined],
    ['Fri, 20 Nov 2026 10:11:12 GMT', undefined],
    ['1.5', undefined],
    ['-3', undefined],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%j asks for %s ms', (header, expected) => {
    expect(parseRetryAfter(header, nowMs)).toBe(expected);
  });
});

describe('what an outcome means', () => {
  test.each([400, 403, 404, 409, 410, 412, 302, 501])('%d is an answer', (code) => {
    expect(judge(status(code), 0, nowMs, 0)).toEqual({ kind: 'refused' });
  });

  test.each([
    status(408),
    status(500),
    status(502),
    status(504),
    status(509),
    { kind: 'no-answer', error: new Error('reset') },
    { kind: 'damaged', what: 'HTML' },
  ] as const)('%j is asked again by itself', (outcome) => {
    expect(judge(outcome, 0, nowMs, 0)).toMatchObject({ kind: 'failed', isThrottling: false });
  });

  test.each([status(429), status(429, { retryAfter: '5' }), status(503, { retryAfter: '5' })])(
    '%j concerns all requests',
    (outcome) => {
      expect(judge(outcome, 0, nowMs, 0)).toMatchObject({ kind: 'failed', isThrottling: true });
    },
  );

  test('a refused token is replaced at once, then more slowly, and in the end it is not the token', () => {
    const refused = status(401, { code: 'InvalidAuthenticationToken' });
    expect(judge(refused, 0, nowMs, 0)).toEqual({ kind: 'token-refused', afterMs: 0 });
    expect(judge(refused, 1, nowMs, 0)).toMatchObject({ kind: 'token-refused', afterMs: 500 });
    expect(judge(refused, 4, nowMs, 0)).toEqual({ kind: 'refused' });
    expect(judge(status(401, { code: 'Authorization_IdentityNotFound' }), 0, nowMs, 0)).toEqual({
      kind: 'refused',
    });
  });
});

describe('for any outcome', () => {
  const outcome = fc.record({
    kind: fc.constant('status' as const),
    status: fc.integer({ min: 300, max: 599 }),
    code: fc.constantFrom('', 'InvalidAuthenticationToken', 'TooManyRequests'),
    retryAfter: fc.option(fc.oneof(fc.nat(100_000).map(String), fc.string()), { nil: undefined }),
  });
  const attempt = fc.nat(1_000);
  const chance = fc.double({ min: 0, max: 1, noNaN: true });

  test('a wait that was asked for is kept to the millisecond, however often it was tried', () => {
    fc.assert(
      fc.property(attempt, chance, fc.integer({ min: 1, max: 86_400 }), (tries, jitter, seconds) => {
        const verdict = judge(status(429, { retryAfter: `${seconds}` }), tries, nowMs, jitter);
        expect(verdict).toMatchObject({ afterMs: seconds * 1000, isAskedFor: true });
      }),
    );
  });

  test('a wait of our own is between a quarter of a second and half a minute, and grows', () => {
    fc.assert(
      fc.property(outcome, attempt, chance, (what, tries, jitter) => {
        const verdict = judge(what, tries, nowMs, jitter);
        if (verdict.kind !== 'failed' || verdict.isAskedFor) return;
        expect(verdict.afterMs).toBeGreaterThanOrEqual(250);
        expect(verdict.afterMs).toBeLessThanOrEqual(30_000);
        const later = judge(what, tries + 2, nowMs, jitter);
        expect(later).toMatchObject({ kind: 'failed', isAskedFor: false });
        if (later.kind === 'failed') expect(later.afterMs).toBeGreaterThanOrEqual(verdict.afterMs);
      }),
    );
  });
});
