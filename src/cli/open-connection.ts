// From a connection's name on the command line to what a run needs: settings, database and connector.
import type { Command } from 'commander';
import type { Config } from '../config.ts';
import { openEntraConnector } from '../connectors/entra/entra-connector.ts';
import { Fault } from '../errors.ts';
import type { ConnectionSettings } from '../settings/connection-settings.ts';
import { connectionNamed, loadSettings } from '../settings/settings.ts';
import { type Database, openDatabase } from '../store/database.ts';
import type { RunTarget } from '../sync/run.ts';
import { findSimulatedTenant, simulatedConnection, simulatedName } from './simulated-tenant-file.ts';
import { keepHeapSmall } from './small-heap.ts';

/** A connection that a run can work on. */
export type OpenedConnection = Readonly<{
  target: RunTarget;
  /** The columns of the CSV file of objects behind `Command` and `@odata.type`. */
  columns: readonly string[];
  /** Aborted when the command is to end, and when there is no database any more. */
  signal: AbortSignal;
}>;

export type ConnectionOptions = Readonly<{ data?: string; settings?: string; json?: true }>;

/** The argument and the options of every command that works on a connection. */
export function addConnectionOptions(command: Command): Command {
  return command
    .argument('<connection>', `name of a connection in the settings file, or "${simulatedName}"`)
    .option('--settings <file>', 'settings file (default: appsettings.agent.json)')
    .option('--data <directory>', "directory for Syncline's files (default: data)")
    .option('--json', 'print one line of JSON at the end, and progress on standard error');
}

/**
 * Does some work on the connection of this name, in the database that is configured or that a running Syncline has open.
 * `say` is told in sentences what is done to the database meanwhile. Throws a `Fault` for a name or settings that cannot be
 * used, and when the database fails.
 */
export async function withConnection<T>(
  config: Config,
  name: string,
  { say, signal }: Readonly<{ say: (line: string) => void; signal: AbortSignal }>,
  work: (connection: OpenedConnection) => Promise<T>,
): Promise<T> {
  const connection = findConnection(config, name);
  const database = await openDatabase(config, say, { mayJoin: true });
  const losing = new AbortController();
  const lost = database.lost.then((fault) => {
    losing.abort();
    return fault;
  });
  try {
    const { columns } = connection;
    const either = AbortSignal.any([signal, losing.signal]);
    return await withTarget(database, connection, (target) => work({ target, columns, signal: either }));
  } catch (error) {
    throw losing.signal.aborted ? await lost : error;
  } finally {
    await database.close();
  }
}

/** Does some work on a connection in a database that is open. Throws a `Fault` when the database fails. */
export async function withTarget<T>(
  database: Database,
  { name, entra, entityTypes }: ConnectionSettings,
  work: (target: RunTarget) => Promise<T>,
): Promise<T> {
  keepHeapSmall();
  const connector = openEntraConnector(entra);
  try {
    return await work({ sql: database.sql, connector, name, entityTypes });
  } catch (error) {
    throw database.explain(error);
  } finally {
    await connector.close();
  }
}

/** The connection of this name in the settings file; else, if it is its name, the simulated tenant that is running. */
export function findConnection(config: Config, name: string): ConnectionSettings {
  try {
    return connectionNamed(loadSettings(config.settingsFile, config.environment), name);
  } catch (error) {
    const isUnknown = error instanceof Fault && error.code === 'unknown-connection';
    if (!isUnknown || name !== simulatedName) throw error;
    const access = findSimulatedTenant(config.dataDirectory);
    if (access !== undefined) return simulatedConnection(access);
    throw new Fault(
      'unknown-connection',
      `No simulated tenant is running on ${config.dataDirectory}: start one with "syncline start" and keep it running, or name a connection of ${config.settingsFile.path}.`,
    );
  }
}
