/**
 * Guests of the embedded PostgreSQL: a second command works in the database of the Syncline that owns the data directory,
 * and leaves it running.
 */
import postgres, { type Options, type PostgresType, type Sql } from 'postgres';
import { Fault } from '../errors.ts';
import { openDataDirectory } from './data-directory.ts';
import { greetServer } from './external-postgres.ts';
import { readConnection } from './postgres-cluster.ts';

export type JoinedPostgres = Readonly<{
  sql: Sql;
  /** The data directory, with symbolic links resolved. */
  path: string;
  /** The fault behind a failed query where the owner has stopped the server, else the error as it is. */
  explain: (error: unknown) => unknown;
}>;

/** Connects to the server that runs on the data directory; undefined while there is none, or another one on its port. */
export async function joinEmbeddedPostgres(
  dataDirectory: string,
  options: Options<Record<string, PostgresType>>,
): Promise<JoinedPostgres | undefined> {
  const { path, clusterPath } = openDataDirectory(dataDirectory);
  const connection = readConnection(path);
  if (connection === undefined || connection.port === 0) return undefined;
  const { host, port, user, password, dbname: database } = connection;
  let sql: Sql | undefined;
  try {
    await greetServer({ host: [host], port: [port], path: undefined });
    sql = postgres({ ...options, host, port, user, password, database, ssl: false });
    const [server] = await sql`select current_setting('data_directory') as directory`;
    if (server?.directory === clusterPath) {
      // Held to the end of the session. While the owner is about to stop the server, this waits and then fails.
      const session = await sql.reserve();
      await session`select pg_advisory_lock_shared(${guestLock})`;
      return { sql, path, explain: (error) => explain(path, error) };
    }
  } catch (error) {
    if (!isNotYetThere(error)) throw error;
  }
  await sql?.end({ timeout: 0 });
  return undefined;
}

/** Waits until nobody works in the own server who has joined it; nobody joins any more then. */
export async function waitForGuests(sql: Sql, report: (sentence: string) => void): Promise<void> {
  try {
    const [lock] = await sql`select pg_try_advisory_lock(${guestLock}) as is_taken`;
    if (lock?.isTaken === true) return;
    report('Another Syncline is at work in this database: it is kept running until that one is done.');
    await sql`select pg_advisory_lock(${guestLock})`;
  } catch {
    // A server that has failed has nobody to wait for.
  }
}

/** Any fixed number that no other advisory lock of ours uses. */
const guestLock = 7964;

/** Nobody listens, whoever listens knows nothing of us, or the server is starting or stopping. */
function isNotYetThere(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^(ECONN|EPIPE|ETIMEDOUT|CONNECT|57P0|28|3D000)/.test(code);
}

function explain(path: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!/^(ECONN|EPIPE|CONNECTION_|57P0)/.test(code)) return error;
  return new Fault(
    'database-unavailable',
    `The Syncline that runs the database in ${path} has stopped it: run this command again.`,
    { cause: error },
  );
}
