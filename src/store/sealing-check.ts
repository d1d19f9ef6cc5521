/** The sealed text by which a database knows the key that its secrets are sealed with. */
import type { Sql, TransactionSql } from 'postgres';
import { transact } from './transaction.ts';

export type SealingCheck = Readonly<{ installationId: string; sealedCheck: string | null }>;

/** The check as it is now; null in it as long as no key was ever used. */
export async function readSealingCheck(sql: Sql): Promise<SealingCheck> {
  const [row] = await sql<SealingCheck[]>`select installation_id, sealed_check from installation`;
  return requireRow(row);
}

/**
 * Lets `make` decide on the check while nobody else does, and keeps what it gives. Processes that find a new database at once make one
 * key, not two. In the same transaction `settle` may seal anew what an older key has sealed.
 */
export async function writeSealingCheck(
  sql: Sql,
  make: (found: SealingCheck) => string,
  settle: (transaction: TransactionSql) => Promise<void>,
): Promise<void> {
  await transact(sql, async (transaction) => {
    const [row] = await transaction<SealingCheck[]>`
      select installation_id, sealed_check from installation for update`;
    await transaction`update installation set sealed_check = ${make(requireRow(row))}`;
    await settle(transaction);
  });
}

function requireRow(row: SealingCheck | undefined): SealingCheck {
  if (row) return row;
  throw new Error('The table installation, which a migration fills, is empty.');
}

/** A sealed secret in the place where it is kept. */
export type SealedText = Readonly<{ id: number; sealed: string }>;

/** Seals what these tables keep anew: `credential` gives the text for a credential, `provider` that for a sign-in provider. */
export async function resealAll(
  sql: TransactionSql,
  { credential, provider }: Readonly<Record<'credential' | 'provider', (kept: SealedText) => string>>,
): Promise<void> {
  const credentials = await sql<SealedText[]>`
    select credential_id as id, sealed_secret as sealed from credential where sealed_secret is not null for update`;
  for (const kept of credentials) {
    await sql`update credential set sealed_secret = ${credential(kept)} where credential_id = ${kept.id}`;
  }
  const providers = await sql<SealedText[]>`
    select provider_id as id, sealed_client_secret as sealed
    from sign_in_provider where sealed_client_secret is not null for update`;
  for (const kept of providers) {
    await sql`update sign_in_provider set sealed_client_secret = ${provider(kept)} where provider_id = ${kept.id}`;
  }
}
