/** How the queue library comes to the database: with connections of its own, or inside a transaction of ours. */
import type { ConnectionOptions as TlsOptions } from 'node:tls';
import type { JSONValue, Sql, TransactionSql } from 'postgres';

/** Where the queue library opens its own connections. */
export type QueueServer = Readonly<{
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
  ssl: boolean | TlsOptions;
}>;

/** The server that `sql` is connected to. */
export function queueServerOf({ options }: Sql): QueueServer {
  const { host, port, user, pass, database, ssl } = options;
  return {
    host: host[0] ?? '',
    port: port[0] ?? 5432,
    user,
    password: String(pass ?? ''),
    database,
    ssl: sslOf(ssl),
  };
}

/** The client libraries name the same wishes differently. */
function sslOf(ssl: unknown): boolean | TlsOptions {
  if (ssl === undefined || ssl === false || ssl === 'disable' || ssl === 'prefer' || ssl === 'allow')
    return false;
  if (typeof ssl === 'object' && ssl !== null) return ssl;
  return { rejectUnauthorized: ssl === 'verify-full' };
}

/** A transaction as the queue library wants a database: what it writes is there when the transaction is. */
export function asQueueDatabase(transaction: TransactionSql): {
  executeSql: (text: string, values?: unknown[]) => Promise<{ rows: { [column: string]: unknown }[] }>;
} {
  return {
    executeSql: async (text, values = []) => ({
      rows: await transaction.unsafe(text, values as JSONValue[]),
    }),
  };
}
