/** The keys that access tokens are signed with, shared by every server of the database. They are sealed before they come here. */
import type { Sql } from 'postgres';
import { transact } from './transaction.ts';

export type StoredSigningKey = Readonly<{
  keyId: string;
  /** A JSON Web Key with its private part, sealed; null where a version that did not seal has written it. */
  sealedPrivateKey: string | null;
  /** The same in clear, of such a version. */
  privateKey: Readonly<Record<string, unknown>> | null;
  createdAt: Date;
}>;

export type NewSigningKey = Readonly<{ keyId: string; sealedPrivateKey: string; createdAt: Date }>;

/** The keys, the newest first. */
export async function readSigningKeys(sql: Sql): Promise<StoredSigningKey[]> {
  return await sql<StoredSigningKey[]>`
    select key_id, sealed_private_key, private_key, created_at from signing_key order by created_at desc, key_id`;
}

/** Replaces a key in clear, or sealed by an older key, by the same one sealed anew. */
export async function sealSigningKey(sql: Sql, keyId: string, sealedPrivateKey: string): Promise<void> {
  await sql`
    update signing_key set private_key = null, sealed_private_key = ${sealedPrivateKey} where key_id = ${keyId}`;
}

/**
 * Adds a key where the newest one was made before `dueAt`, and forgets those made before `goneAt`; gives what there is then, the
 * newest first. Servers that want the same at once make one key.
 */
export async function rotateSigningKeys(
  sql: Sql,
  fresh: NewSigningKey,
  { dueAt, goneAt }: Readonly<{ dueAt: Date; goneAt: Date }>,
): Promise<StoredSigningKey[]> {
  await transact(sql, async (transaction) => {
    await transaction`select pg_advisory_xact_lock(${advisoryLock})`;
    await transaction`
      insert into signing_key (key_id, sealed_private_key, created_at)
      select ${fresh.keyId}, ${fresh.sealedPrivateKey}, ${fresh.createdAt}
      where not exists (select from signing_key where created_at >= ${dueAt})`;
    await transaction`delete from signing_key where created_at < ${goneAt}`;
  });
  return await readSigningKeys(sql);
}

/** Any fixed number that no other advisory lock of ours uses. */
const advisoryLock = 79625464;
