/** Transactions on connections that may break: what breaks ends the work, and never the process or somebody else's work. */
import type { Sql, TransactionSql } from 'postgres';

/**
 * How long a transaction may stand still, in milliseconds: the server ends it then. A process that was stopped or has vanished from
 * the network keeps what it had locked no longer than that from those who go on in its place.
 */
const longestStandstillMs = 20_000;

/**
 * Does some work in a transaction; throws what the work throws, after rolling back. `options` are words for `begin`, such as an
 * isolation level. The client library would answer a broken connection by a rollback on it, which ends the process or lands in
 * the transaction that uses the connection next (porsager/postgres #1208, #1216): such work is left without an end instead, and
 * the library reports the connection's.
 */
export async function transact<T>(
  sql: Sql,
  work: (transaction: TransactionSql) => Promise<T>,
  options = '',
): Promise<T> {
  const outcome = await sql.begin(options, async (transaction) => {
    try {
      // Not a query, so that the snapshot of the transaction is that of its work.
      await transaction.unsafe(`set local idle_in_transaction_session_timeout = ${longestStandstillMs}`);
      return { result: await work(transaction) };
    } catch (error) {
      if (!isBroken(error)) throw error;
      return await new Promise<never>(() => {});
    }
  });
  return outcome.result;
}

/** Whether the connection is gone, or about to be: the server closes it after what it calls fatal. */
function isBroken(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('severity' in error) return error.severity === 'FATAL' || error.severity === 'PANIC';
  return 'code' in error && /^(E[A-Z]|CONNECTION_)/.test(String(error.code));
}
