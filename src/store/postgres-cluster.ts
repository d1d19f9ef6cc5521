/**
 * PostgreSQL's own files in the data directory: made once, whole or not at all, together with the password and the
 * port by which they are reached.
 */
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../errors.ts';
import { type DataDirectory, giveTo, rethrowFileError } from './data-directory.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import { runProgram } from './postgres-program.ts';

/** How to reach the embedded server. */
export type Connection = Readonly<{
  host: string;
  /** 0 as long as no server has listened yet. */
  port: number;
  user: string;
  password: string;
  dbname: string;
}>;

/**
 * Makes the database files where there are none and says how to reach them. Throws a `Fault` when they cannot be
 * made, or were made by another major version of PostgreSQL.
 */
export async function openCluster(directory: DataDirectory, binaries: PostgresBinaries): Promise<Connection> {
  try {
    for (const name of readdirSync(directory.path)) {
      if (name.startsWith(unfinished)) {
        rmSync(join(directory.path, name), { recursive: true, force: true, maxRetries: 5 });
      }
    }
    const known = readConnection(directory.path);
    if (existsSync(directory.clusterPath)) {
      refuseOtherVersion(directory, binaries);
      if (known) return known;
      throw new Fault(
        'data-directory-unusable',
        `The file ${join(directory.path, connectionFile)}, which holds the password of the database beside it, is missing or damaged: restore it from a backup.`,
      );
    }
    const connection = known ?? newConnection();
    writeConnection(directory, connection);
    await createCluster(directory, binaries, connection);
    return connection;
  } catch (error) {
    rethrowFileError(error, directory.path);
  }
}

/** Keeps the way to the server for the next start, and for people: it is a service file as psql reads it. */
export function writeConnection(directory: DataDirectory, connection: Connection): void {
  const path = join(directory.path, connectionFile);
  const lines = Object.entries(connection).map(([key, value]) => `${key}=${value}\n`);
  try {
    writeFileSync(`${path}.new`, `[syncline]\n${lines.join('')}`, { mode: 0o600, flush: true });
    giveTo(directory.owner, `${path}.new`);
    renameSync(`${path}.new`, path);
  } catch (error) {
    rethrowFileError(error, directory.path);
  }
}

const connectionFile = 'connection.conf';
const unfinished = 'initdb-';

function newConnection(): Connection {
  const password = randomBytes(24).toString('base64url');
  return { host: '127.0.0.1', port: 0, user: 'syncline', password, dbname: 'syncline' };
}

/** The way to the server that was kept in a data directory; undefined where there is none, or none that can be read. */
export function readConnection(directory: string): Connection | undefined {
  const path = join(directory, connectionFile);
  if (!existsSync(path)) return undefined;
  const entries = new Map(
    readFileSync(path, 'utf8')
      .matchAll(/^(\w+)=(.*)$/gm)
      .map(([, key, value]) => [key, value]),
  );
  const [host, user, password, dbname] = ['host', 'user', 'password', 'dbname'].map((key) =>
    entries.get(key),
  );
  if (!host || !user || !password || !dbname) return undefined;
  return { host, port: Number(entries.get('port')) || 0, user, password, dbname };
}

function refuseOtherVersion({ path, clusterPath }: DataDirectory, { major }: PostgresBinaries): void {
  const found = readFileSync(join(clusterPath, 'PG_VERSION'), 'utf8').trim();
  if (found === major) return;
  throw new Fault(
    'database-incompatible',
    `The database in ${path} was made by PostgreSQL ${found} and this Syncline brings PostgreSQL ${major}: move it with pg_dump and psql as docs/database.md describes, or set SYNCLINE_DATA to a new directory.`,
  );
}

/** What a directory of a million users wants; in postgresql.conf, where an administrator may want otherwise. */
const initialSettings = [
  'shared_buffers=256MB',
  // A first load writes a gigabyte; a checkpoint in the midst of it makes it write everything twice.
  'max_wal_size=4GB',
  'checkpoint_timeout=15min',
  'random_page_cost=1.1',
  'maintenance_work_mem=128MB',
  // There is no standby: a table that is new need not be written twice.
  'wal_level=minimal',
  'max_wal_senders=0',
];

/**
 * Works beside the final place and moves the finished files there with one rename, so that a crash, a full disk or an
 * interrupt at any moment leaves no half-made database behind.
 */
async function createCluster(
  directory: DataDirectory,
  binaries: PostgresBinaries,
  { user, password, dbname }: Connection,
): Promise<void> {
  const workshop = mkdtempSync(join(directory.path, unfinished));
  const cluster = join(workshop, 'cluster');
  const passwordPath = join(workshop, 'password');
  try {
    writeFileSync(passwordPath, password, { mode: 0o600 });
    giveTo(directory.serverAccount, passwordPath);
    giveTo(directory.serverAccount, workshop);
    await runProgram(directory, binaries.initdb, [
      `--pgdata=${cluster}`,
      `--username=${user}`,
      `--pwfile=${passwordPath}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      // The same order of text on every machine, whatever its C library or ICU.
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      ...initialSettings.map((setting) => `--set=${setting}`),
    ]);
    await runProgram(
      directory,
      binaries.postgres,
      ['--single', '-D', cluster, 'postgres'],
      `CREATE DATABASE ${dbname}\n`,
    );
    renameSync(cluster, directory.clusterPath);
  } finally {
    rmSync(workshop, { recursive: true, force: true, maxRetries: 5 });
  }
}
