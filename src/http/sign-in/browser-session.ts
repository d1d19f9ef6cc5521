/**
 * The session of a person in a browser: a cookie with 32 random bytes that only their hash is kept of, and a token derived from them
 * that every write has to carry, so that no other site can write in the person's name.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { ISql, Sql } from 'postgres';
import {
  createSession,
  endSession,
  findSession,
  recordSessionUse,
  type SessionLimits,
  type UserSession,
} from '../../store/user-sessions.ts';
import { effectiveRole, type User } from '../../store/users.ts';
import { roles } from '../permissions.ts';
import { Refusal } from '../problem.ts';
import type { ApiContext, PersonCaller } from '../request.ts';

/** Half an hour and half a day. */
export const defaultSessionLimits: SessionLimits = { idleSeconds: 1800, absoluteSeconds: 43_200 };

/** Not every request writes when a session was used last. */
const useWrittenAfterMs = 30_000;

export type BrowserSessions = Readonly<{
  limits: SessionLimits;
  /** Begins a session and ends the one that the browser came with: nobody goes on with an id that somebody else may know. */
  begin: (c: ApiContext, sql: ISql, userId: number) => Promise<BegunSession>;
  /** Gives the browser its cookie; for when what began the session is committed. */
  hand: (c: ApiContext, begun: BegunSession) => void;
  /** The person behind the cookie of a request, as they are now; undefined where there is no cookie. Throws a `Refusal`. */
  findCaller: (c: ApiContext) => Promise<PersonCaller | undefined>;
  /** Ends the session of a request and gives whose it was. */
  end: (c: ApiContext) => Promise<number | undefined>;
  /** Throws a `Refusal` where a page of another site sends a request. */
  requireFromOwnPages: (c: ApiContext) => void;
  /** The same, and where the request of a session lacks its token. */
  requireOwnDoing: (c: ApiContext) => void;
}>;

export type BegunSession = Readonly<{ token: string; csrfToken: string; expiresAt: Date }>;

export function openBrowserSessions({
  sql,
  publicUrl,
  limits,
  now,
}: Readonly<{ sql: Sql; publicUrl: string; limits: SessionLimits; now: () => Date }>): BrowserSessions {
  const name = cookieName(publicUrl, 'syncline');
  const options = cookieOptions(publicUrl);

  const requireFromOwnPages = (c: ApiContext): void => {
    if (isFromOwnPages(c, publicUrl)) return;
    throw new Refusal(
      'csrf-refused',
      'The request comes from another site: only pages of Syncline may send it.',
    );
  };
  const requireOwnDoing = (c: ApiContext): void => {
    requireFromOwnPages(c);
    const token = getCookie(c, name);
    if (token !== undefined && !isSame(c.req.header('X-CSRF-Token') ?? '', csrfTokenOf(token))) {
      throw new Refusal(
        'csrf-refused',
        'The header X-CSRF-Token is missing or not that of the session: reload the page and try again.',
      );
    }
  };

  return {
    limits,
    async begin(c, sqlOfWork, userId) {
      const before = getCookie(c, name);
      if (before !== undefined) await endSession(sqlOfWork, hashOf(before));
      const token = randomBytes(32).toString('base64url');
      const at = now();
      await createSession(sqlOfWork, {
        tokenHash: hashOf(token),
        userId,
        at,
        limits,
        address: c.get('address'),
        userAgent: (c.req.header('User-Agent') ?? '').slice(0, 300),
      });
      const expiresAt = new Date(at.getTime() + limits.absoluteSeconds * 1000);
      return { token, csrfToken: csrfTokenOf(token), expiresAt };
    },
    hand: (c, { token }) => setCookie(c, name, token, options),
    async findCaller(c) {
      const token = getCookie(c, name);
      if (token === undefined) return undefined;
      const at = now();
      const found = await findSession(sql, hashOf(token), { at, limits });
      if (found === undefined) {
        throw new Refusal('session-ended', 'Your session has ended: sign in again.');
      }
      const { session, user } = found;
      const role = roleToSignInWith(user);
      if (typeof role !== 'string') throw new Refusal('session-ended', role.sentence);
      if (!['GET', 'HEAD'].includes(c.req.method)) requireOwnDoing(c);
      const usedAt = isBackground(c) ? session.lastUsedAt : at;
      if (usedAt.getTime() - session.lastUsedAt.getTime() > useWrittenAfterMs) {
        await recordSessionUse(sql, session.sessionId, usedAt);
      }
      return callerOf(user, role, session, { usedAt, limits, csrfToken: csrfTokenOf(token) });
    },
    async end(c) {
      const token = getCookie(c, name);
      if (token === undefined) return undefined;
      deleteCookie(c, name, options);
      return await endSession(sql, hashOf(token));
    },
    requireFromOwnPages,
    requireOwnDoing,
  };
}

/** The role that somebody can sign in with, or the sentence that says why they cannot. */
export function roleToSignInWith(user: User): keyof typeof roles | Readonly<{ sentence: string }> {
  if (user.isDisabled)
    return { sentence: `The account ${user.signInName} is disabled: ask an administrator.` };
  if (user.provider?.isEnabled === false) {
    return { sentence: `Signing in with ${user.provider.name} is switched off: ask an administrator.` };
  }
  return (
    effectiveRole(user) ?? {
      sentence: `${user.name} has no role here yet: ask an administrator to give ${user.signInName} one.`,
    }
  );
}

function callerOf(
  user: User,
  role: keyof typeof roles,
  { sessionId, expiresAt }: UserSession,
  { usedAt, limits, csrfToken }: Readonly<{ usedAt: Date; limits: SessionLimits; csrfToken: string }>,
): PersonCaller {
  const idleEndMs = usedAt.getTime() + limits.idleSeconds * 1000;
  return {
    kind: 'person',
    id: user.userId,
    identifier: user.signInName,
    name: user.name,
    permissions: roles[role],
    expiresAt: new Date(Math.min(expiresAt.getTime(), idleEndMs)),
    role,
    isLocal: user.provider === null,
    session: { sessionId, csrfToken, endsAt: expiresAt },
  };
}

/** A stream that opens again by itself, and what pages fetch while nobody is there, are no use of a session. */
function isBackground(c: ApiContext): boolean {
  return c.req.header('X-Background') === '1' || c.req.header('Accept') === 'text/event-stream';
}

/**
 * The name of a cookie that only this server sets: over TLS by the prefix that browsers see to (RFC 6265bis, 4.1.3.2), without by the
 * port, because cookies go to all ports of a machine.
 */
export function cookieName(publicUrl: string, name: string): string {
  const { protocol, port } = new URL(publicUrl);
  return protocol === 'https:' ? `__Host-${name}` : `${name}-${port || '80'}`;
}

export function cookieOptions(publicUrl: string) {
  return { path: '/', httpOnly: true, sameSite: 'Lax', secure: publicUrl.startsWith('https:') } as const;
}

/** Whether pages of this server sent a request, as far as a browser says so; other programs say nothing, and have no cookie to misuse. */
function isFromOwnPages(c: ApiContext, publicUrl: string): boolean {
  const site = c.req.header('Sec-Fetch-Site');
  if (site !== undefined) return site === 'same-origin';
  const origin = c.req.header('Origin');
  if (origin === undefined) return true;
  return origin === new URL(publicUrl).origin || URL.parse(origin)?.host === c.req.header('Host');
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** Whoever knows the token of a session can make this one; the other way round nobody can. */
function csrfTokenOf(token: string): string {
  return createHmac('sha256', token).update('csrf').digest('base64url');
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [hashOf(given), hashOf(expected)];
  return timingSafeEqual(a, b);
}
