/**
 * One run at a time works on a connection, and one process looks after its subscriptions, on whichever machine: the database keeps
 * the lock as long as the holder lives.
 */
import type { Sql, TransactionSql } from 'postgres';
import { transact } from './transaction.ts';

export type ConnectionLock = Readonly<{ release(): Promise<void> }>;

/**
 * Takes the lock of a connection, or gives undefined when another run has it. Ends by itself with this process, and with the
 * session in the database that holds it.
 */
export async function lockConnection(sql: Sql, connectionId: number): Promise<ConnectionLock | undefined> {
  return await lock(sql, (transaction) => transaction`${runSpace}::int, ${connectionId}::int`);
}

/** The same of the subscriptions of a connection, which may not be stored yet: its name, in any case, stands for it. */
export async function lockSubscriptions(sql: Sql, connection: string): Promise<ConnectionLock | undefined> {
  return await lock(
    sql,
    (transaction) => transaction`${subscriptionSpace}::int, hashtext(lower(${connection}))`,
  );
}

async function lock(
  sql: Sql,
  key: (transaction: TransactionSql) => ReturnType<TransactionSql>,
): Promise<ConnectionLock | undefined> {
  const answer = Promise.withResolvers<boolean>();
  const release = Promise.withResolvers<void>();
  // A transaction that does nothing keeps nothing from being vacuumed.
  const holding = transact(sql, async (transaction) => {
    await transaction`set local idle_in_transaction_session_timeout = 0`;
    const [row] = await transaction<{ isFree: boolean }[]>`
      select pg_try_advisory_xact_lock(${key(transaction)}) as is_free`;
    answer.resolve(row?.isFree === true);
    if (row?.isFree === true) await release.promise;
  });
  let isHeld = true;
  holding.catch((error: unknown) => {
    isHeld = false;
    answer.reject(error);
  });
  if (!(await answer.promise)) {
    await holding;
    return undefined;
  }
  return {
    async release() {
      // What broke is free already, and its connection may be somebody else's by now.
      if (!isHeld) return;
      release.resolve();
      await holding;
    },
  };
}

/** Any fixed numbers that no other advisory lock of ours uses. */
const runSpace = 7962;
const subscriptionSpace = 7963;
