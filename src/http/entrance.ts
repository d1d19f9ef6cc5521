/** What every request passes first: it gets an id and an address, and its answer the headers that keep browsers careful. */
import { randomUUID } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { addressOf, networkOf } from './client-address.ts';
import { Refusal } from './problem.ts';
import type { RateLimit } from './rate-limit.ts';
import { type ApiEnv, keyOfCaller } from './request.ts';
import { largestBodyBytes as largestConfigurationBytes } from './schemas/configuration.ts';

/** The largest body, in bytes: what is sent here are options and names. */
const largestBodyBytes = 64 * 1024;

/** Takes the sender's `X-Request-Id`, as long as it is harmless wherever it may be shown, or makes one. */
export function identify(isBehindProxy: boolean): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const given = c.req.header('X-Request-Id') ?? '';
    c.set('requestId', /^[A-Za-z0-9._-]{1,64}$/.test(given) ? given : randomUUID());
    c.set('address', addressOf(c, isBehindProxy));
    await next();
    c.header('X-Request-Id', c.get('requestId'));
  };
}

/** Headers for browsers (OWASP, REST security cheat sheet). A page that needs more sets its own policy. */
export function secureHeaders(isSecure: boolean): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    await next();
    const { headers } = c.res;
    if (!headers.has('Content-Security-Policy')) {
      c.header('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'");
    }
    if (!headers.has('Cache-Control')) c.header('Cache-Control', 'no-store');
    c.header('X-Content-Type-Options', 'nosniff');
    c.header('X-Frame-Options', 'DENY');
    c.header('Referrer-Policy', 'no-referrer');
    if (isSecure) c.header('Strict-Transport-Security', 'max-age=31536000');
  };
}

/** Refuses a body of more than so many bytes. */
export function limitSizeTo(largestBytes: number): MiddlewareHandler<ApiEnv> {
  return bodyLimit({
    maxSize: largestBytes,
    onError: () => {
      throw new Refusal(
        'body-too-large',
        `The body is larger than ${largestBytes} bytes, which is the most that is taken.`,
      );
    },
  });
}

const limitOptions = limitSizeTo(largestBodyBytes);
const limitFiles = limitSizeTo(largestConfigurationBytes);

/** Files may be larger than everything else. */
export const limitSize: MiddlewareHandler<ApiEnv> = (c, next) =>
  (/^\/api\/(configuration\/(plan|deploy)|mappings\/import)$/.test(c.req.path) ? limitFiles : limitOptions)(
    c,
    next,
  );

/** Refuses an address that sends too much, before anything is looked up for it. */
export function limitAddress(limit: RateLimit): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    refuseExcess(limit(networkOf(c.get('address'))));
    await next();
  };
}

/** Refuses a caller that sends too much, from wherever. */
export function limitCaller(limit: RateLimit): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    refuseExcess(limit(keyOfCaller(c.get('caller'))));
    await next();
  };
}

function refuseExcess(seconds: number | undefined): void {
  if (seconds === undefined) return;
  throw new Refusal('too-many-requests', `Too many requests: send the next one in ${seconds} s.`, {
    headers: { 'Retry-After': String(seconds) },
  });
}
