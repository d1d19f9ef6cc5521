/**
 * Ways to the database beside the pool: of the queue library, with connections of its own or inside a transaction of ours, and of
 * what must not wait until others give their connections back, such as a heartbeat.
 */
import { dirname } from 'node:path';
import type { ConnectionOptions as TlsOptions } from 'node:tls';
import postgres, { type JSONValue, type Sql, type TransactionSql } from 'postgres';
import { arrayParameters } from './array-parameters.ts';

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
  const { host, port, path, user, pass, database, ssl } = options;
  return {
    // Of a socket, the directory that it is in.
    host: typeof path === 'string' ? dirname(path) : (host[0] ?? ''),
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

/** What a side line may have of its own: settings of its session, and who is told that the session is gone. */
export type SideLineOptions = Readonly<{
  connection?: Readonly<Record<string, number>>;
  onclose?: () => void;
}>;

/** A client of one connection to the same server, beside the pool of `sql`. Who opens it ends it. `purpose` is its name there. */
export function openSideLine(
  { options }: Sql,
  purpose: string,
  { connection: settings, onclose = () => {} }: SideLineOptions = {},
): Sql {
  const { host, port, path, user, pass, database, ssl, connection } = options;
  return postgres({
    ...arrayParameters,
    host: host.map((each, index) => `${each}:${port[index] ?? 5432}`).join(','),
    user,
    pass: String(pass ?? ''),
    database,
    ssl,
    ...(typeof path === 'string' ? { path } : {}),
    max: 1,
    max_lifetime: null,
    connect_timeout: 5,
    // Whoever waits for the server to come back asks again every second.
    backoff: () => 1,
    transform: { column: { from: postgres.toCamel, to: postgres.fromCamel } },
    connection: { ...connection, ...settings, application_name: `syncline ${purpose}` },
    onclose,
    onnotice: () => {},
  });
}

/** Whether an error says no more than that the server is not there at the moment, in the words of both client libraries. */
export function isConnectionLoss(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const code = 'code' in error ? String(error.code) : '';
  const message = 'message' in error ? String(error.message) : '';
  return (
    code === 'database-unavailable' ||
    /^(E(CONN|PIPE|TIMEDOUT|HOST|NET|AI_)|CONNECT|57P0[123]|08|53300)/.test(code) ||
    /^(Connection terminated|LISTEN\/NOTIFY|timeout exceeded when trying to connect|Client has encountered)/.test(
      message,
    )
  );
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
