/**
 * A sign-in that is under way at a provider: what only the browser that began it can bring back, kept in a sealed cookie for ten
 * minutes, so that no answer meant for another browser, and no old one, is ever taken.
 */
import { z } from '@hono/zod-openapi';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { randomNonce, randomPKCECodeVerifier, randomState } from 'openid-client';
import type { Sealing } from '../../model/sealing.ts';
import type { ApiContext } from '../request.ts';
import { cookieName, cookieOptions } from './browser-session.ts';

const purpose = 'sign-in under way';
const longestSeconds = 600;

const attemptSchema = z.object({
  providerId: z.int(),
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
  /** Where the person wants to go, a path of ours. */
  returnTo: z.string(),
  atMs: z.number(),
});
export type ProviderAttempt = z.infer<typeof attemptSchema>;

export type ProviderAttempts = Readonly<{
  begin: (c: ApiContext, providerId: number, returnTo: string) => ProviderAttempt;
  /** Takes the attempt out of the browser; undefined where it has none, or one that is too old. */
  take: (c: ApiContext) => ProviderAttempt | undefined;
}>;

export function openProviderAttempts(publicUrl: string, sealing: Sealing, now: () => Date): ProviderAttempts {
  const name = cookieName(publicUrl, 'syncline-sign-in');
  const options = cookieOptions(publicUrl);
  return {
    begin(c, providerId, returnTo) {
      const secrets = { state: randomState(), nonce: randomNonce(), codeVerifier: randomPKCECodeVerifier() };
      const attempt = {
        providerId,
        ...secrets,
        returnTo: ownPath(returnTo, publicUrl),
        atMs: now().getTime(),
      };
      const sealed = sealing.seal(JSON.stringify(attempt), purpose);
      setCookie(c, name, sealed, { ...options, maxAge: longestSeconds });
      return attempt;
    },
    take(c) {
      const sealed = getCookie(c, name);
      if (sealed === undefined) return undefined;
      deleteCookie(c, name, options);
      try {
        const attempt = attemptSchema.parse(JSON.parse(sealing.unseal(sealed, purpose)));
        return now().getTime() - attempt.atMs < longestSeconds * 1000 ? attempt : undefined;
      } catch {
        return undefined;
      }
    },
  };
}

/** A path of ours as it may stand in an address, and the first page for everything else: nobody is sent elsewhere from here. */
export function ownPath(text: string, publicUrl: string): string {
  const url = /^\/(?![/\\])/.test(text) ? URL.parse(text, publicUrl) : null;
  if (url === null || url.origin !== new URL(publicUrl).origin) return '/';
  const path = url.pathname + url.search + url.hash;
  return path.length > 2000 || path.startsWith('//') ? '/' : path;
}
