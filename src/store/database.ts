/**
 * The database of this process: the server that DATABASE_URL names or the embedded one, with the schema of this
 * program in it. All SQL goes through the `sql` handed out here.
 */
import { setTimeout as delay } from 'node:timers/promises';
import postgres from 'postgres';
import type { Config } from '../config.ts';
import { Fault } from '../errors.ts';
import { arrayParameters } from './array-parameters.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { explainExternal, greetServer, refuseOldServer } from './external-postgres.ts';
import { type JoinedPostgres, joinEmbeddedPostgres, waitForGuests } from './joined-postgres.ts';
import { migrate, readMigrations } from './migrations.ts';

export type Database = Readonly<{
  /**
   * Tagged templates with parameters. Columns are camelCase in rows; what is inside a JSON value keeps its spelling,
   * because `extension_…` attributes are names of the tenant and not ours.
   */
  sql: postgres.Sql;
  /** Where the data is, for people. */
  describe: () => DatabaseDescription;
  /** Resolves, if ever, when the embedded server is gone for good. Never for a server of somebody else's. */
  lost: Promise<Fault>;
  /** The fault behind a failed query where the server is what failed (gone, or its disk full), else the error as it is. */
  explain: (error: unknown) => unknown;
  /** Ends the connections and stops the embedded server. May be called more than once. */
  close: () => Promise<void>;
}>;

export type DatabaseDescription = Readonly<{
  kind: 'embedded' | 'external';
  /** PostgreSQL's own, such as 18.4. */
  version: string;
  host: string;
  port: number;
  database: string;
  /** Only of the embedded database. */
  dataDirectory?: string;
  /** Whether the embedded server is another Syncline's, which was running already. */
  isJoined?: boolean;
  /** The account the embedded server runs as, where Syncline runs as root. */
  account?: string;
  /** The installation that the database belongs to. */
  installationId: string;
  createdAt: Date;
  /** The migrations that opening it applied, such as 0001-installation. */
  migrated: readonly string[];
}>;

export type OpenOptions = Readonly<{
  /**
   * Work in the embedded database of a Syncline that is running on the data directory already, instead of refusing; and
   * keep an own one running at the end until those that came along are done.
   */
  mayJoin?: boolean;
}>;

/**
 * Starts or reaches the server and migrates the database. `report` is told in sentences what takes time and what was
 * put right. Throws a `Fault` when there is no usable database; nothing is left running then.
 */
export async function openDatabase(
  config: Pick<Config, 'dataDirectory' | 'databaseUrl'>,
  report: (sentence: string) => void,
  { mayJoin = false }: OpenOptions = {},
): Promise<Database> {
  const migrations = readMigrations();
  const { dataDirectory, databaseUrl } = config;
  const server =
    databaseUrl !== undefined
      ? await openExternal(databaseUrl)
      : mayJoin
        ? await joinOrStart(dataDirectory, report)
        : await openEmbedded(dataDirectory, report);
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= server
      .leave()
      .then(() => server.sql.end({ timeout: graceSeconds }))
      .then(server.stop);
    return closing;
  };
  try {
    const { version, versionNumber, database } = await readServer(server.sql);
    server.refuse(version, versionNumber);
    const applied = await migrate(server.sql, migrations);
    const installation = await readInstallation(server.sql);
    const [host, port] = [server.sql.options.host[0] ?? '', server.sql.options.port[0] ?? 0];
    const migrated = applied.map(({ number, name }) => `${String(number).padStart(4, '0')}-${name}`);
    const description = { ...server.description, version, host, port, database, ...installation, migrated };
    const explain = (error: unknown) => (error instanceof Fault ? error : server.explain(error));
    return { sql: server.sql, describe: () => description, lost: server.lost, explain, close };
  } catch (error) {
    await close();
    throw server.explain(error);
  }
}

/**
 * What a running query gets at the end. Who closes has ended the work before; and the client library counts a query
 * that a broken connection cut off as running, so that a longer time is often waited for nothing.
 */
const graceSeconds = 1;

/** What the two ways to a server have in common. */
type Server = Readonly<{
  sql: postgres.Sql;
  description: Pick<DatabaseDescription, 'kind' | 'dataDirectory' | 'account' | 'isJoined'>;
  lost: Promise<Fault>;
  refuse: (version: string, versionNumber: number) => void;
  explain: (error: unknown) => unknown;
  /** What there is to wait for while the connections are still open. */
  leave: () => Promise<void>;
  stop: () => Promise<void>;
}>;

const clientOptions = {
  ...arrayParameters,
  // Opened when they are needed. A run holds one for its lock, and two transactions while it blocks what a guard refuses; others
  // that wait for one then must not keep it from getting it.
  max: 20,
  transform: { column: { from: postgres.toCamel, to: postgres.fromCamel } },
  connection: { application_name: 'syncline' },
  onnotice: () => {},
};

async function openEmbedded(dataDirectory: string, report: (sentence: string) => void): Promise<Server> {
  const { connection, path, account, lost, explain, stop } = await startEmbeddedPostgres(
    dataDirectory,
    report,
  );
  const { host, port, user, password, dbname: database } = connection;
  return {
    sql: postgres({ ...clientOptions, host, port, user, password, database, ssl: false }),
    description: { kind: 'embedded', dataDirectory: path, ...(account === undefined ? {} : { account }) },
    lost,
    refuse: () => {},
    explain,
    leave: async () => {},
    stop,
  };
}

/** How long an owner may take to bring its server up. */
const joinPatienceMs = 30_000;
const pollMs = 100;

/** The server of whoever owns the data directory; where nobody does, an own one. */
async function joinOrStart(dataDirectory: string, report: (sentence: string) => void): Promise<Server> {
  for (const endAtMs = Date.now() + joinPatienceMs; ; await delay(pollMs)) {
    try {
      const server = await openEmbedded(dataDirectory, report);
      return { ...server, leave: () => waitForGuests(server.sql, report) };
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'data-directory-in-use') throw error;
      const joined = await joinEmbeddedPostgres(dataDirectory, clientOptions);
      if (joined) return joinedServer(joined);
      if (Date.now() > endAtMs) throw error;
    }
  }
}

function joinedServer({ sql, path, lost, explain }: JoinedPostgres): Server {
  return {
    sql,
    description: { kind: 'embedded', dataDirectory: path, isJoined: true },
    lost,
    refuse: () => {},
    explain,
    leave: async () => {},
    stop: async () => {},
  };
}

async function openExternal(url: string): Promise<Server> {
  const sql = postgres(url, clientOptions);
  const explain = (error: unknown) => explainExternal(url, error);
  try {
    await greetServer(sql.options);
  } catch (error) {
    throw explain(error);
  }
  return {
    sql,
    description: { kind: 'external' },
    lost: new Promise(() => {}),
    refuse: (version, versionNumber) => refuseOldServer(url, version, versionNumber),
    explain,
    leave: async () => {},
    stop: async () => {},
  };
}

async function readServer(sql: postgres.Sql) {
  const [row] = await sql<{ version: string; versionNumber: number; database: string }[]>`
    select split_part(current_setting('server_version'), ' ', 1) as version,
           current_setting('server_version_num')::int            as version_number,
           current_database()                                    as database`;
  if (!row) throw new Error('PostgreSQL answered a query for its version with no row.');
  return row;
}

async function readInstallation(sql: postgres.Sql) {
  const [row] = await sql<{ installationId: string; createdAt: Date }[]>`
    select installation_id, created_at from installation`;
  if (!row) throw new Error('The table installation, which a migration fills, is empty.');
  return row;
}
