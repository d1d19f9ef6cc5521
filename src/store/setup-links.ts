/** One-time links that make the first administrator, by the hash of what stands in them. */
import type { ISql } from 'postgres';

/** Adds a link; those that are over are forgotten. */
export async function createSetupLink(
  sql: ISql,
  { tokenHash, at, expiresAt }: Readonly<{ tokenHash: Buffer; at: Date; expiresAt: Date }>,
): Promise<void> {
  await sql`delete from setup_link where expires_at <= ${at}`;
  await sql`insert into setup_link (token_hash, created_at, expires_at) values (${tokenHash}, ${at}, ${expiresAt})`;
}

export async function isSetupLink(sql: ISql, tokenHash: Buffer, at: Date): Promise<boolean> {
  const [row] = await sql`
    select from setup_link where token_hash = ${tokenHash} and expires_at > ${at}`;
  return row !== undefined;
}

/** Ends all links: an administrator is there. */
export async function deleteSetupLinks(sql: ISql): Promise<void> {
  await sql`delete from setup_link`;
}
