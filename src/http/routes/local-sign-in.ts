/** Ways to sign in, signing in with a password that is kept here, and signing out. Open to everybody. */
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import type { Logger } from 'pino';
import type { Sealing } from '../../model/sealing.ts';
import { readProviders } from '../../store/sign-in-providers.ts';
import { transact } from '../../store/transaction.ts';
import {
  findUserToSignIn,
  hasAdministrator,
  readUser,
  strengthenPasswordHash,
  type User,
} from '../../store/users.ts';
import { networkOf } from '../client-address.ts';
import { createBackOff } from '../oauth/back-off.ts';
import { Refusal } from '../problem.ts';
import type { ApiContext, ApiEnv } from '../request.ts';
import {
  type LocalSignIn,
  localSignInSchema,
  type Session,
  sessionSchema,
  signInOptionsSchema,
} from '../schemas/sign-in.ts';
import { beginSession, describeSession, type SigningIn } from '../sign-in/begin-session.ts';
import { roleToSignInWith } from '../sign-in/browser-session.ts';
import { hashPassword, isHashWeak, isPasswordOf } from '../sign-in/password-hash.ts';
import { openProviderProblem, problemQuerySchema } from '../sign-in/provider-problem.ts';
import { actorOfUser, auditSignIn, nobodyKnown } from '../sign-in/sign-in-audit.ts';
import { createTurns } from '../sign-in/turns.ts';
import { ok, problems } from './route-parts.ts';

export type LocalSignInParts = SigningIn & Readonly<{ sealing: Sealing; log: Logger }>;

/** Passwords can be guessed: an account that is tried from very many places is closed for a while, too. */
const freeFailures = { client: 5, address: 20, anywhere: 100 };

const tags = ['Sign-in'];

export function addLocalSignIn(app: OpenAPIHono<ApiEnv>, parts: LocalSignInParts): void {
  const { sql, sessions } = parts;
  addOptions(app, parts);

  const tryPassword = passwordTries(parts);
  const enter = createRoute({
    method: 'post',
    path: '/auth/sign-in',
    tags,
    summary: 'Sign in with a password that is kept here',
    security: [],
    request: { body: { required: true, content: { 'application/json': { schema: localSignInSchema } } } },
    responses: { 200: ok('The session.', sessionSchema), ...problems() },
  });
  app.openapi(enter, async (c) => {
    sessions.requireFromOwnPages(c);
    const user = await tryPassword(c, c.req.valid('json'));
    return c.json(await enterAs(c, parts, user), 200);
  });

  const leave = createRoute({
    method: 'post',
    path: '/auth/sign-out',
    tags,
    summary: 'Sign out',
    security: [{ session: [] }, {}],
    responses: { 204: { description: 'There is no session any more.' }, ...problems() },
  });
  app.openapi(leave, async (c) => {
    sessions.requireOwnDoing(c);
    const userId = await sessions.end(c);
    const user = userId === undefined ? undefined : await readUser(sql, userId);
    if (user) {
      const entry = { actor: actorOfUser(user), action: 'session.end', subject: user.signInName };
      await auditSignIn(c, sql, { ...entry, outcome: 'done' });
    }
    return c.body(null, 204);
  });
}

function addOptions(app: OpenAPIHono<ApiEnv>, parts: LocalSignInParts): void {
  const { sql, sealing, surroundings, now } = parts;
  const options = createRoute({
    method: 'get',
    path: '/auth/options',
    tags,
    summary: 'How one can sign in',
    security: [],
    request: { query: problemQuerySchema },
    responses: { 200: ok('The ways.', signInOptionsSchema), ...problems() },
  });
  app.openapi(options, async (c) => {
    const [isSetUp, providers] = await Promise.all([hasAdministrator(sql), readProviders(sql)]);
    const { refused } = c.req.valid('query');
    return c.json(
      {
        isSetUp,
        providers: providers
          .filter(({ isEnabled }) => isEnabled)
          .map(({ providerId, name }) => ({ providerId, name })),
        environmentLabel: surroundings.environmentLabel ?? null,
        version: surroundings.version,
        problem: refused === undefined ? null : openProviderProblem(refused, sealing, now()),
      },
      200,
    );
  });
}

/**
 * Trying passwords: one try of a network after the other, so that who sends many at once is not faster for it, and those that fail
 * are counted. Gives the account; throws a `Refusal` where it is wrong, or after too many failures.
 */
function passwordTries(parts: LocalSignInParts): (c: ApiContext, given: LocalSignIn) => Promise<User> {
  const backOff = createBackOff(() => parts.now().getTime(), freeFailures);
  const inTurn = createTurns();
  return async (c, given) => {
    const network = networkOf(c.get('address'));
    return await inTurn(network, async () => {
      const seconds = backOff.secondsToWait(given.signInName, network);
      if (seconds > 0) {
        parts.log.warn({ requestId: c.get('requestId'), seconds }, 'sign-in refused: too many failures');
        throw new Refusal('sign-in-locked', `Too many failed attempts: try again in ${seconds} s.`, {
          headers: { 'Retry-After': String(seconds) },
        });
      }
      const user = await findByPassword(c, parts, given);
      if (user === undefined) {
        backOff.recordFailure(given.signInName, network);
        // One sentence for every reason, so that nobody learns which accounts there are.
        throw new Refusal(
          'sign-in-refused',
          'The name or the password is wrong, or the account is disabled: try again, or ask an administrator.',
        );
      }
      backOff.recordSuccess(given.signInName, network);
      return user;
    });
  };
}

/** The account that has this password and may sign in. Every failure takes the same way and the same time, and goes into the audit. */
async function findByPassword(
  c: ApiContext,
  { sql }: LocalSignInParts,
  { signInName, password }: LocalSignIn,
): Promise<User | undefined> {
  const user = await findUserToSignIn(sql, signInName);
  const isRight = await isPasswordOf(password, user?.passwordHash ?? null);
  if (user && isRight && typeof roleToSignInWith(user) === 'string') {
    const { userId, passwordHash } = user;
    if (passwordHash !== null && isHashWeak(passwordHash)) {
      await strengthenPasswordHash(sql, userId, passwordHash, await hashPassword(password));
    }
    return user;
  }
  await auditSignIn(c, sql, {
    actor: user ? actorOfUser(user) : nobodyKnown,
    action: 'session.begin',
    // Not what was written: it may be a password that landed in the wrong field.
    subject: user?.signInName ?? 'an unknown name',
    outcome: 'refused',
    detail: { reason: !user ? 'unknown' : !isRight ? 'wrong password' : 'disabled, or without a role' },
  });
  return undefined;
}

async function enterAs(c: ApiContext, parts: LocalSignInParts, user: User): Promise<Session> {
  const begun = await transact(parts.sql, (transaction) =>
    beginSession(c, transaction, parts, { user, by: 'password' }),
  );
  parts.sessions.hand(c, begun);
  return await describeSession(parts, user, begun);
}
