// From a connection's name on the command line to what a run needs: settings, database and connector.
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import type { Config } from '../config.ts';
import { openEntraConnector } from '../connectors/entra/entra-connector.ts';
import { Fault } from '../errors.ts';
import type { EngineConfiguration } from '../identity-manager/engine-configuration.ts';
import { identitiesConnection, isIdentities } from '../model/identity-schema.ts';
import type { ConnectionSettings } from '../settings/connection-settings.ts';
import { connectionNamed, loadSettings } from '../settings/settings.ts';
import { readDeployment } from '../store/configuration.ts';
import { type Database, openDatabase } from '../store/database.ts';
import type { RunTarget } from '../sync/run.ts';
import { findSimulatedTenant, simulatedConnection, simulatedName } from './simulated-tenant-file.ts';
import { keepHeapSmall } from './small-heap.ts';
import { findTenantConnection, type UsableConnection } from './tenant-connections.ts';

/** A connection that a run can work on. */
export type OpenedConnection = Readonly<{
  target: RunTarget;
  /** The columns of the CSV file of objects behind `Command` and `@odata.type`. */
  columns: readonly string[];
  /** Aborted when the command is to end, and when there is no database any more. */
  signal: AbortSignal;
}>;

export type ConnectionOptions = Readonly<{ data?: string; settings?: string; json?: true }>;

/** What `--force` says in the help of those that have it. */
export const forceMeaning =
  'apply it whatever the guards say, and believe the tenant when it suddenly has far fewer objects, or none';

/** The argument and the options of every command that works on a connection. */
export function addConnectionOptions(command: Command): Command {
  return command
    .argument(
      '<connection>',
      `name of a connection in the settings file or of a tenant of the console, or "${simulatedName}"`,
    )
    .option('--settings <file>', 'settings file (default: appsettings.agent.json)')
    .option('--data <directory>', "directory for Syncline's files (default: data)")
    .option('--json', 'print one line of JSON at the end, and progress on standard error');
}

/** What a command has to say and to end with. */
type Stopping = Readonly<{ say: (line: string) => void; signal: AbortSignal }>;

/**
 * Does some work on the connection of this name, in the database that is configured or that a running Syncline has open.
 * `say` is told in sentences what is done to the database meanwhile. Throws a `Fault` for a name or settings that cannot be
 * used, and when the database fails.
 */
export async function withConnection<T>(
  config: Config,
  name: string,
  stopping: Stopping,
  work: (connection: OpenedConnection) => Promise<T>,
): Promise<T> {
  // Said before a database is opened, or even made, as far as it can be.
  const configured = findConfigured(config, name);
  if (configured === undefined && !mayHaveTenants(config)) throw unknownConnection(config, name);
  return await withDatabase(config, stopping, async (database, signal) => {
    const connection = configured ?? (await findConnection(config, database, name));
    const deployed = await deployedConnection(database, connection);
    const { columns } = deployed;
    return await withTarget(database, deployed, (target) => work({ target, columns, signal }));
  });
}

/** The same of work that asks no connection: what is stored is all there is to it. */
export async function withDatabase<T>(
  config: Config,
  { say, signal }: Stopping,
  work: (database: Database, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const database = await openDatabase(config, say, { mayJoin: true });
  const losing = new AbortController();
  const lost = database.lost.then((fault) => {
    losing.abort();
    return fault;
  });
  try {
    return await work(database, AbortSignal.any([signal, losing.signal]));
  } catch (error) {
    throw losing.signal.aborted ? await lost : database.explain(error);
  } finally {
    await database.close();
  }
}

/** Does some work on a connection in a database that is open. Throws a `Fault` when the database fails. */
export async function withTarget<T>(
  database: Database,
  { name, entra, entityTypes, guards, onSignIn }: UsableConnection,
  work: (target: RunTarget) => Promise<T>,
): Promise<T> {
  keepHeapSmall();
  const connector = openEntraConnector(entra, onSignIn === undefined ? {} : { onSignIn });
  try {
    return await work({ sql: database.sql, connector, name, entityTypes, guards });
  } catch (error) {
    throw database.explain(error);
  } finally {
    await connector.close();
  }
}

/** A connection as it is deployed: the settings say how to reach it, the configuration what is exported and what guards it. */
export async function deployedConnection<Connection extends ConnectionSettings>(
  { sql }: Pick<Database, 'sql'>,
  connection: Connection,
): Promise<Connection> {
  const engine = (await readDeployment(sql))?.engine as EngineConfiguration | undefined;
  const deployed = engine?.connections.find(
    ({ name }) => name.toLowerCase() === connection.name.toLowerCase(),
  );
  if (deployed === undefined || deployed.entityTypes.length === 0) return connection;
  const { entityTypes, columns } = deployed;
  const guards = engine?.guards[deployed.connector] ?? connection.guards;
  return { ...connection, entityTypes, columns, guards };
}

/**
 * The connection of this name: of the settings file; else the tenant of the console; else, if it is its name, the simulated tenant
 * that is running. Throws a `Fault` where there is none, or it cannot be used.
 */
export async function findConnection(
  config: Config,
  { sql }: Pick<Database, 'sql'>,
  name: string,
): Promise<UsableConnection> {
  const found = findConfigured(config, name) ?? (await findTenantConnection(config, sql, name));
  if (found !== undefined) return found;
  throw unknownConnection(config, name);
}

/** The same where no database is open; one is opened only where nothing else knows the name. */
export async function findAnyConnection(config: Config, name: string): Promise<ConnectionSettings> {
  const configured = findConfigured(config, name);
  if (configured !== undefined) return configured;
  if (!mayHaveTenants(config)) throw unknownConnection(config, name);
  const quiet = { say: () => {}, signal: new AbortController().signal };
  return await withDatabase(config, quiet, (database) => findConnection(config, database, name));
}

/** As far as no database has to be asked; undefined where only a database could know. */
function findConfigured(config: Config, name: string): ConnectionSettings | undefined {
  try {
    return connectionNamed(loadSettings(config.settingsFile, config.environment), name);
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'unknown-connection') throw error;
    const access = name === simulatedName ? findSimulatedTenant(config.dataDirectory) : undefined;
    return access && simulatedConnection(access);
  }
}

/** Whether there is a database already. */
function mayHaveTenants({ databaseUrl, dataDirectory }: Config): boolean {
  return databaseUrl !== undefined || existsSync(dataDirectory);
}

function unknownConnection(config: Config, name: string): Fault {
  if (isIdentities(name)) {
    return new Fault(
      'unknown-connection',
      `${identitiesConnection} is the identities directory, which nothing is read into by itself: mappings write to it.`,
    );
  }
  const { settingsFile, environment, dataDirectory } = config;
  if (name === simulatedName) {
    return new Fault(
      'unknown-connection',
      `No simulated tenant is running on ${dataDirectory}: start one with "syncline start" and keep it running, or name a connection of ${settingsFile.path}.`,
    );
  }
  try {
    connectionNamed(loadSettings(settingsFile, environment), name);
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error(`The connection ${name} was not there a moment ago.`);
}
