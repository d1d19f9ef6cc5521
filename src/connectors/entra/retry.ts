/**
 * What an answer, or its absence, means for the request: an answer worth having, a refusal, a dead token, or a failure
 * and how long to wait before asking again. Pure.
 */

/** What came of one attempt, without the body of a good answer. */
export type Outcome =
  /** No answer, or not all of it. */
  | Readonly<{ kind: 'no-answer'; error: unknown }>
  /** Less than 400, but the body is not what was asked for. */
  | Readonly<{ kind: 'damaged'; what: string }>
  | Readonly<{ kind: 'status'; status: number; code: string; retryAfter: string | undefined }>;

export type Verdict =
  | Readonly<{ kind: 'refused' }>
  /** Ask for a new access token, then ask again after so many milliseconds. */
  | Readonly<{ kind: 'token-refused'; afterMs: number }>
  | Readonly<{
      kind: 'failed';
      afterMs: number;
      /** The server said how long; such a wait is no failure of it. */
      isAskedFor: boolean;
      /** All requests wait, not just this one. */
      isThrottling: boolean;
    }>;

/** So many access tokens may be refused for one request; then it is not the token. */
const mostTokens = 5;
const firstBackoffMs = 500;
const longestBackoffMs = 30_000;

/**
 * @param attempt failures in a row before this one
 * @param chance from 0 to 1, what jitter is made of
 */
export function judge(outcome: Outcome, attempt: number, nowMs: number, chance: number): Verdict {
  const afterMs = backoffMs(attempt, chance);
  const failed: Verdict = { kind: 'failed', afterMs, isAskedFor: false, isThrottling: false };
  if (outcome.kind !== 'status') return failed;
  const { status, code, retryAfter } = outcome;
  if (status === 401 && code === 'InvalidAuthenticationToken')
    return attempt + 1 < mostTokens
      ? { kind: 'token-refused', afterMs: attempt === 0 ? 0 : afterMs }
      : { kind: 'refused' };
  if (!isWorthRepeating(status)) return { kind: 'refused' };
  const askedMs = parseRetryAfter(retryAfter, nowMs);
  const isThrottling = status === 429 || (status === 503 && askedMs !== undefined);
  return askedMs === undefined
    ? { ...failed, isThrottling }
    : { kind: 'failed', afterMs: askedMs, isAskedFor: true, isThrottling };
}

/** Statuses that say nothing about the request itself. 501 says that there is no such thing. */
function isWorthRepeating(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || (status >= 500 && status !== 501);
}

/** Doubles from half a second to half a minute; the half of each is left to chance, so that no two clients march in step. */
function backoffMs(attempt: number, chance: number): number {
  const fullMs = Math.min(longestBackoffMs, firstBackoffMs * 2 ** Math.min(attempt, 16));
  return Math.round(fullMs / 2 + (chance * fullMs) / 2);
}

/**
 * Milliseconds that `Retry-After` asks for, as seconds or as a date (RFC 9110, 10.2.3). Undefined when there is nothing
 * to be waited for: to ask again at once is never right.
 */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d+$/.test(text)) return Number(text) > 0 ? Number(text) * 1000 : undefined;
  if (!/^[A-Za-z]/.test(text)) return undefined;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) || atMs <= nowMs ? undefined : atMs - nowMs;
}
