/** The first administrator: made by the link that a server without one prints. */
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import type { ISql } from 'postgres';
import { deleteSetupLinks, isSetupLink } from '../../store/setup-links.ts';
import { transact } from '../../store/transaction.ts';
import { createLocalUser, hasAdministrator, lockAdministrators } from '../../store/users.ts';
import { Refusal } from '../problem.ts';
import type { ApiContext, ApiEnv } from '../request.ts';
import { type Session, type Setup, sessionSchema, setupSchema } from '../schemas/sign-in.ts';
import { beginSession, describeSession, type SigningIn } from '../sign-in/begin-session.ts';
import { hashPassword } from '../sign-in/password-hash.ts';
import { requireGoodPassword } from '../sign-in/require-good-password.ts';
import { hashSetupToken } from '../sign-in/setup-link.ts';
import { auditSignIn, nobodyKnown } from '../sign-in/sign-in-audit.ts';
import { ok, problems } from './route-parts.ts';

const by = 'the setup link';

export function addSetup(app: OpenAPIHono<ApiEnv>, signingIn: SigningIn): void {
  const { sql, sessions } = signingIn;
  const setup = createRoute({
    method: 'post',
    path: '/auth/setup',
    tags: ['Sign-in'],
    summary: 'Make the first administrator',
    description: 'With the link that a server without an administrator prints when it starts. Signs in, too.',
    security: [],
    request: { body: { required: true, content: { 'application/json': { schema: setupSchema } } } },
    responses: { 201: ok('The session.', sessionSchema), ...problems(403, 409) },
  });
  app.openapi(setup, async (c) => {
    sessions.requireFromOwnPages(c);
    const wanted = c.req.valid('json');
    try {
      return c.json(await setUp(c, signingIn, wanted), 201);
    } catch (error) {
      if (error instanceof Refusal && error.code === 'setup-refused') {
        const entry = { actor: nobodyKnown, action: 'user.create', subject: 'the first administrator' };
        await auditSignIn(c, sql, { ...entry, outcome: 'refused', detail: { reason: error.message } });
      }
      throw error;
    }
  });
}

async function setUp(c: ApiContext, signingIn: SigningIn, wanted: Setup): Promise<Session> {
  const { sql, sessions, now } = signingIn;
  const { token, name, signInName, password } = wanted;
  const tokenHash = hashSetupToken(token);
  // First of all: what a password must be like is no stranger's business, and hashing one costs something.
  await requireSetupLink(sql, tokenHash, now());
  requireGoodPassword(password, { signInName, name }, 'body.password');
  const passwordHash = await hashPassword(password);
  const { user, begun } = await transact(sql, async (transaction) => {
    await lockAdministrators(transaction);
    await requireSetupLink(transaction, tokenHash, now());
    const administrator = { signInName, name, role: 'administrator', passwordHash, at: now(), by } as const;
    const made = await createLocalUser(transaction, administrator);
    if (!made) {
      throw new Refusal('user-exists', `Somebody else signs in as ${signInName}: take another name.`, {
        field: 'body.signInName',
      });
    }
    await deleteSetupLinks(transaction);
    const entry = { actor: by, action: 'user.create', subject: signInName };
    await auditSignIn(c, transaction, { ...entry, outcome: 'done', detail: { role: 'administrator' } });
    return { user: made, begun: await beginSession(c, transaction, signingIn, { user: made, by }) };
  });
  sessions.hand(c, begun);
  return await describeSession(signingIn, user, begun);
}

/** Throws a `Refusal` where there is an administrator, or the link is none. */
async function requireSetupLink(sql: ISql, tokenHash: Buffer, at: Date): Promise<void> {
  if (await hasAdministrator(sql)) {
    throw new Refusal(
      'setup-refused',
      'There is an administrator already: sign in, or ask them for an account.',
    );
  }
  if (await isSetupLink(sql, tokenHash, at)) return;
  throw new Refusal(
    'setup-refused',
    'The link is not, or not any more, one of this server: start the server again, and it prints a new one.',
  );
}
