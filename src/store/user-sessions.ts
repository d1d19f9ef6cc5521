/** Sessions of people in browsers, found by the hash of what the browser keeps. */
import type { ISql } from 'postgres';
import { readUser, type User } from './users.ts';

export type SessionLimits = Readonly<{
  /** How long a session lasts that nobody uses. */
  idleSeconds: number;
  /** How long it lasts however much it is used. */
  absoluteSeconds: number;
}>;

export type UserSession = Readonly<{
  sessionId: number;
  createdAt: Date;
  lastUsedAt: Date;
  expiresAt: Date;
  address: string;
  userAgent: string;
}>;

export type NewSession = Readonly<{
  tokenHash: Buffer;
  userId: number;
  at: Date;
  limits: SessionLimits;
  address: string;
  userAgent: string;
}>;

/** Begins a session; sessions that are over are forgotten on the way. */
export async function createSession(sql: ISql, session: NewSession): Promise<number> {
  const { tokenHash, userId, at, limits, address, userAgent } = session;
  await sql`
    delete from user_session where expires_at <= ${at} or last_used_at <= ${idleBefore(at, limits)}`;
  const expiresAt = new Date(at.getTime() + limits.absoluteSeconds * 1000);
  const [row] = await sql<{ sessionId: number }[]>`
    insert into user_session (token_hash, user_id, created_at, last_used_at, expires_at, address, user_agent)
    values (${tokenHash}, ${userId}, ${at}, ${at}, ${expiresAt}, ${address}, ${userAgent})
    returning session_id::float8 as session_id`;
  if (!row) throw new Error('A session was begun and cannot be found.');
  return row.sessionId;
}

/** The session of this hash with the person as they are now; undefined when there is none or it is over. */
export async function findSession(
  sql: ISql,
  tokenHash: Buffer,
  { at, limits }: Readonly<{ at: Date; limits: SessionLimits }>,
): Promise<{ session: UserSession; user: User } | undefined> {
  const [row] = await sql<(UserSession & { userId: number })[]>`
    select ${columns(sql)}, user_id from user_session
    where token_hash = ${tokenHash} and expires_at > ${at} and last_used_at > ${idleBefore(at, limits)}`;
  const user = row && (await readUser(sql, row.userId));
  return row && user && { session: row, user };
}

export async function recordSessionUse(sql: ISql, sessionId: number, at: Date): Promise<void> {
  await sql`update user_session set last_used_at = ${at} where session_id = ${sessionId} and last_used_at < ${at}`;
}

/** Ends the session of this hash and gives whose it was; undefined when there was none. */
export async function endSession(sql: ISql, tokenHash: Buffer): Promise<number | undefined> {
  const [row] = await sql<{ userId: number }[]>`
    delete from user_session where token_hash = ${tokenHash} returning user_id`;
  return row?.userId;
}

/** Ends all sessions of a person, but for one where one is named; gives how many there were. */
export async function endSessionsOf(sql: ISql, userId: number, exceptSessionId = 0): Promise<number> {
  const { count } = await sql`
    delete from user_session where user_id = ${userId} and session_id <> ${exceptSessionId}`;
  return count;
}

/** The sessions of a person that are not over, the one that was used last first. */
export async function readSessionsOf(
  sql: ISql,
  userId: number,
  { at, limits }: Readonly<{ at: Date; limits: SessionLimits }>,
): Promise<UserSession[]> {
  return await sql<UserSession[]>`
    select ${columns(sql)} from user_session
    where user_id = ${userId} and expires_at > ${at} and last_used_at > ${idleBefore(at, limits)}
    order by last_used_at desc, session_id desc`;
}

function idleBefore(at: Date, { idleSeconds }: SessionLimits): Date {
  return new Date(at.getTime() - idleSeconds * 1000);
}

function columns(sql: ISql) {
  return sql`session_id::float8 as session_id, created_at, last_used_at, expires_at, address, user_agent`;
}
