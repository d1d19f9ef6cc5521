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
  /** Resolves, if ever, when the owner has stopped the server. */
  lost: Promise<Fault>;
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
  const lost = Promise.withResolvers<Fault>();
  const sql = postgres({
    ...options,
    ...{ host, port, user, password, database, ssl: false },
    // A connection that has closed may just have been old; a server that is about to stop refuses queries.
    onclose: () => {
      sql`select 1`.catch((error: unknown) => {
        if (isGone(error)) lost.resolve(ownerGone(path, error));
      });
    },
  });
  try {
    await greetServer({ host: [host], port: [port], path: undefined });
    const [server] = await sql`select current_setting('data_directory') as directory`;
    if (server?.directory === clusterPath) {
      // Held to the end of the session. While the owner is about to stop the server, this waits and then fails.
      const session = await sql.reserve();
      await session`select pg_advisory_lock_shared(${guestLock})`;
      return { sql, path, lost: lost.promise, explain: (error) => explain(path, error) };
    }
  } catch (error) {
    if (!isNotYetThere(error)) throw error;
  }
  await sql.end({ timeout: 0 });
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
  return isGone(error) ? ownerGone(path, error) : error;
}

function isGone(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && /^(ECONN|EPIPE|CONNECTION_|57P0)/.test(String(error.code))
  );
}

function ownerGone(path: string, cause: unknown): Fault {
  return new Fault(
    'database-unavailable',
    `The Syncline that runs the database in ${path} has stopped it: run this command again.`,
    { cause },
  );
}
