/** The keys that access tokens are signed with, shared by every server of the database. */
import type { Sql } from 'postgres';
import { transact } from './transaction.ts';

export type SigningKey = Readonly<{
  keyId: string;
  /** A JSON Web Key with its private part. */
  privateKey: Readonly<Record<string, unknown>>;
  createdAt: Date;
}>;

/** The keys, the newest first. */
export async function readSigningKeys(sql: Sql): Promise<SigningKey[]> {
  return await sql<SigningKey[]>`
    select key_id, private_key, created_at from signing_key order by created_at desc, key_id`;
}

/**
 * Adds a key where the newest one was made before `dueAt`, and forgets those made before `goneAt`; gives what there is then, the
 * newest first. Servers that want the same at once make one key.
 */
export async function rotateSigningKeys(
  sql: Sql,
  fresh: SigningKey,
  { dueAt, goneAt }: Readonly<{ dueAt: Date; goneAt: Date }>,
): Promise<SigningKey[]> {
  await transact(sql, async (transaction) => {
    await transaction`select pg_advisory_xact_lock(${advisoryLock})`;
    await transaction`
      insert into signing_key (key_id, private_key, created_at)
      select ${fresh.keyId}, ${JSON.stringify(fresh.privateKey)}::text::jsonb, ${fresh.createdAt}
      where not exists (select from signing_key where created_at >= ${dueAt})`;
    await transaction`delete from signing_key where created_at < ${goneAt}`;
  });
  return await readSigningKeys(sql);
}

/** Any fixed number that no other advisory lock of ours uses. */
const advisoryLock = 79625464;
