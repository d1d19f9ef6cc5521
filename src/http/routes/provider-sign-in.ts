/** Signing in with an OpenID Connect provider: away to it, and back from it. Browsers come here by themselves; all answers lead on. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Logger } from 'pino';
import { clientSecretPurpose, type Sealing } from '../../model/sealing.ts';
import { highestRole, type UserRole } from '../../model/user-role.ts';
import { readProvider, readSealedClientSecret, type SignInProvider } from '../../store/sign-in-providers.ts';
import { transact } from '../../store/transaction.ts';
import { recordProvidedUser } from '../../store/users.ts';
import type { ApiContext, ApiEnv } from '../request.ts';
import { beginSession, type SigningIn } from '../sign-in/begin-session.ts';
import { roleToSignInWith } from '../sign-in/browser-session.ts';
import { type Claims, type OpenIdClient, type ProviderAccess, readClaim } from '../sign-in/open-id.ts';
import { openProviderAttempts, type ProviderAttempt } from '../sign-in/provider-attempt.ts';
import { sealProviderProblem } from '../sign-in/provider-problem.ts';
import { actorOfUser, auditSignIn, nobodyKnown } from '../sign-in/sign-in-audit.ts';
import { numberInPath, problems } from './route-parts.ts';

export type ProviderSignInParts = SigningIn &
  Readonly<{ sealing: Sealing; openId: OpenIdClient; publicUrl: string; log: Logger }>;

const found = { 302: { description: 'Where to go on.' } };
const params = z.object({ providerId: numberInPath('providerId') });
const open = { method: 'get' as const, tags: ['Sign-in'], security: [] };

/** What a provider has to know this server by. */
export function redirectUriOf(publicUrl: string, providerId: number): string {
  return `${publicUrl}/auth/providers/${providerId}/callback`;
}

export function addProviderSignIn(app: OpenAPIHono<ApiEnv>, parts: ProviderSignInParts): void {
  const { publicUrl, sealing, now, openId } = parts;
  const attempts = openProviderAttempts(publicUrl, sealing, now);

  const start = createRoute({
    ...open,
    path: '/auth/providers/{providerId}/start',
    summary: 'Go to a provider to sign in',
    request: {
      params,
      query: z.strictObject({
        returnTo: z.string().default('/').openapi({ description: 'The page to come back to.' }),
      }),
    },
    responses: { ...found, ...problems() },
  });
  app.openapi(start, async (c) => {
    const { returnTo } = c.req.valid('query');
    const access = await readEnabled(parts, c.req.valid('param').providerId);
    if (access === undefined) return leadBack(c, parts, { ...unknownProvider, returnTo: '/' });
    const attempt = attempts.begin(c, access.providerId, returnTo);
    const answer = await openId.authorizationUrl(access, {
      ...attempt,
      redirectUri: redirectUriOf(publicUrl, access.providerId),
    });
    if (answer.kind === 'url') return c.redirect(answer.url.href, 302);
    return refuse(c, parts, { ...answer, subject: access.name, returnTo: attempt.returnTo });
  });

  const callback = createRoute({
    ...open,
    path: '/auth/providers/{providerId}/callback',
    summary: 'Come back from a provider',
    request: { params },
    responses: { ...found, ...problems() },
  });
  app.openapi(callback, async (c) => {
    const { providerId } = c.req.valid('param');
    const attempt = attempts.take(c);
    if (attempt?.providerId !== providerId) {
      return leadBack(c, parts, {
        sentence: `This sign-in was begun in another browser, at another address than ${publicUrl}, or too long ago: begin it again.`,
        reason: 'no attempt of this browser',
        subject: `provider ${providerId}`,
        returnTo: '/',
      });
    }
    const access = await readEnabled(parts, providerId);
    if (access === undefined) return leadBack(c, parts, { ...unknownProvider, returnTo: attempt.returnTo });
    return await enter(c, parts, access, attempt);
  });
}

type Access = ProviderAccess & SignInProvider;

async function readEnabled(parts: ProviderSignInParts, providerId: number): Promise<Access | undefined> {
  const provider = await readProvider(parts.sql, providerId);
  return provider?.isEnabled ? await readProviderAccess(parts, provider) : undefined;
}

/** A provider with what is needed to ask it. */
export async function readProviderAccess(
  { sql, sealing }: Pick<ProviderSignInParts, 'sql' | 'sealing'>,
  provider: SignInProvider,
): Promise<Access> {
  const { providerId, version } = provider;
  const sealed = await readSealedClientSecret(sql, providerId);
  const clientSecret = sealed === null ? null : sealing.unseal(sealed, clientSecretPurpose(providerId));
  return { ...provider, clientSecret, cacheKey: `${providerId} ${version}` };
}

async function enter(
  c: ApiContext,
  parts: ProviderSignInParts,
  access: Access,
  attempt: ProviderAttempt,
): Promise<Response> {
  const { sql, sessions, openId, publicUrl, now } = parts;
  const { returnTo } = attempt;
  const { search } = new URL(c.req.url);
  const currentUrl = new URL(`${redirectUriOf(publicUrl, access.providerId)}${search}`);
  const isMapped = Object.keys(access.roleMapping).length > 0;
  const roleClaim = isMapped ? access.roleClaim : undefined;
  const answer = await openId.redeem(access, { ...attempt, currentUrl, roleClaim });
  if (answer.kind === 'refused') return refuse(c, parts, { ...answer, subject: access.name, returnTo });

  const { subject, claims } = answer;
  const claimedRole = roleFor(claims, access);
  const outcome = await transact(sql, async (transaction) => {
    const names = namesOf(claims, subject);
    const user = await recordProvidedUser(transaction, {
      ...{ providerId: access.providerId, subject, ...names, claimedRole, at: now() },
    });
    const role = roleToSignInWith(user);
    if (typeof role !== 'string') return { user, refusal: role.sentence };
    return { user, begun: await beginSession(c, transaction, parts, { user, by: access.name }) };
  });
  if (outcome.begun === undefined) {
    const actor = actorOfUser(outcome.user);
    const reason = 'disabled, or without a role';
    return refuse(c, parts, { sentence: outcome.refusal, reason, actor, subject: access.name, returnTo });
  }
  sessions.hand(c, outcome.begun);
  return c.redirect(returnTo, 302);
}

/** The highest role that a provider's words for roles stand for here. */
export function roleFor(
  claims: Claims,
  { roleClaim, roleMapping, defaultRole }: Pick<SignInProvider, 'roleClaim' | 'roleMapping' | 'defaultRole'>,
): UserRole | null {
  const claimed = readClaim(claims, roleClaim);
  const words = (Array.isArray(claimed) ? claimed : [claimed]).map(String);
  const mapped = words.flatMap((word) => (Object.hasOwn(roleMapping, word) ? (roleMapping[word] ?? []) : []));
  return highestRole(mapped) ?? defaultRole;
}

/** What a person is called: the claims that providers have for it, from the best to the one that is always there. */
function namesOf(claims: Claims, subject: string): Readonly<{ signInName: string; name: string }> {
  const text = (claim: string): string | undefined => {
    const value = claims[claim];
    if (typeof value !== 'string') return undefined;
    return (
      value
        .replace(/[\p{Cc}\p{Cf}]/gu, '')
        .trim()
        .slice(0, 200) || undefined
    );
  };
  const signInName = text('preferred_username') ?? text('upn') ?? text('email') ?? subject.slice(0, 200);
  return { signInName, name: text('name') ?? signInName };
}

type Problem = Readonly<{
  sentence: string;
  reason: string;
  subject: string;
  returnTo: string;
}>;

const unknownProvider = {
  sentence: 'This way to sign in is not there any more: choose another one.',
  reason: 'no such provider, or switched off',
  subject: 'an unknown provider',
};

/** A sign-in that came to something and was refused: noted, and back. */
async function refuse(
  c: ApiContext,
  parts: ProviderSignInParts,
  problem: Problem & Readonly<{ actor?: string }>,
): Promise<Response> {
  const { reason, subject, actor = nobodyKnown } = problem;
  const entry = { actor, action: 'session.begin', subject };
  await auditSignIn(c, parts.sql, { ...entry, outcome: 'refused', detail: { reason } });
  return leadBack(c, parts, problem);
}

/** Back to the page where one signs in, with one sentence. What anybody can cause by an address alone is in the log only. */
function leadBack(c: ApiContext, parts: ProviderSignInParts, problem: Problem): Response {
  const { sealing, now, log } = parts;
  const { sentence, reason, subject, returnTo } = problem;
  log.warn({ requestId: c.get('requestId'), provider: subject, reason }, 'sign-in with a provider refused');
  const query = new URLSearchParams({ returnTo, refused: sealProviderProblem(sentence, sealing, now()) });
  return c.redirect(`/sign-in?${query}`, 302);
}
