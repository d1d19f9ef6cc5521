/** From a person who has proved who they are to a session: what is noted of it, and how it is told to the browser. */
import type { ISql, Sql } from 'postgres';
import { readPreferences, recordSignIn, type User } from '../../store/users.ts';
import type { ApiContext } from '../request.ts';
import { type Session, sessionSchema } from '../schemas/sign-in.ts';
import { type BegunSession, type BrowserSessions, roleToSignInWith } from './browser-session.ts';
import { renderSession, type Surroundings } from './render-session.ts';
import { actorOfUser, auditSignIn } from './sign-in-audit.ts';

export type SigningIn = Readonly<{
  sql: Sql;
  sessions: BrowserSessions;
  surroundings: Surroundings;
  now: () => Date;
}>;

/** Begins a session in a transaction; the browser gets its cookie afterwards, by `sessions.hand`. */
export async function beginSession(
  c: ApiContext,
  transaction: ISql,
  { sessions, now }: SigningIn,
  { user, by }: Readonly<{ user: User; by: string }>,
): Promise<BegunSession> {
  await recordSignIn(transaction, user.userId, now());
  const entry = { actor: actorOfUser(user), action: 'session.begin', subject: user.signInName };
  await auditSignIn(c, transaction, { ...entry, outcome: 'done', detail: { by } });
  return await sessions.begin(c, transaction, user.userId);
}

export async function describeSession(
  { sql, sessions, surroundings }: SigningIn,
  user: User,
  { csrfToken, expiresAt }: BegunSession,
): Promise<Session> {
  const role = roleToSignInWith(user);
  if (typeof role !== 'string') throw new Error('Somebody was let in who may not be.');
  const preferences = await readPreferences(sql, user.userId);
  const { idleSeconds } = sessions.limits;
  const isLocal = user.provider === null;
  return sessionSchema.parse(
    renderSession({ ...user, role, isLocal, csrfToken, expiresAt, idleSeconds, preferences }, surroundings),
  );
}
