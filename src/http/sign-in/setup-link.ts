/** The link that makes the first administrator: printed by a server that finds none, good for a day and for one use. */
import { createHash, randomBytes } from 'node:crypto';
import type { Sql } from 'postgres';
import { createSetupLink } from '../../store/setup-links.ts';
import { hasAdministrator } from '../../store/users.ts';

const dayMs = 86_400_000;

/** Makes a link where no administrator can sign in; undefined where one can. What makes it good stands behind `#`, which no server logs. */
export async function makeSetupLink(sql: Sql, publicUrl: string, now: Date): Promise<string | undefined> {
  if (await hasAdministrator(sql)) return undefined;
  const token = randomBytes(32).toString('base64url');
  const expiresAt = new Date(now.getTime() + dayMs);
  await createSetupLink(sql, { tokenHash: hashSetupToken(token), at: now, expiresAt });
  return `${publicUrl}/setup#${token}`;
}

export function hashSetupToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
