// `syncline start`: the database and, as long as no tenant is connected, a simulated one.
import type { Command } from 'commander';
import { startSimulator } from '../../simulator/simulator.ts';
import { loadConfig } from '../config.ts';
import { type DatabaseDescription, openDatabase } from '../store/database.ts';
import { group, wholeNumber } from './number-option.ts';
import { waitForStop } from './stop-signal.ts';

interface StartOptions {
  readonly data?: string;
  readonly users: number;
}

export function addStart(program: Command): void {
  program
    .command('start')
    .description('Start Syncline: its database and a simulated tenant to try it on.')
    .option('--data <directory>', "directory for Syncline's files (default: data)")
    .option('--users <number>', 'users of the simulated tenant', wholeNumber(0, 100_000), 1000)
    .action(start);
}

async function start(options: StartOptions): Promise<void> {
  const config = loadConfig({ data: options.data });
  const stopped = waitForStop();
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const database = await openDatabase(config, say);
  try {
    say(describeDatabase(database.describe()));
    const simulator = await startSimulator({ users: options.users });
    try {
      say(
        `Simulated tenant: ${group(options.users)} users at ${simulator.graph}; client ${simulator.clientId}, secret ${simulator.clientSecret}, CA certificate ${simulator.ca}.`,
      );
      say('Press Ctrl-C to stop.');
      const lost = await Promise.race([stopped.then(() => undefined), database.lost]);
      if (lost) throw lost;
      say('Stopping …');
    } finally {
      await simulator.stop();
    }
  } finally {
    await database.close();
  }
  say('Stopped. Nothing is left running.');
}

function describeDatabase(database: DatabaseDescription): string {
  const where = `${database.host}:${database.port}/${database.database}`;
  const kind =
    database.kind === 'embedded'
      ? `Syncline's own PostgreSQL ${database.version} at ${where}, files in ${database.dataDirectory}`
      : `PostgreSQL ${database.version} at ${where}`;
  const account = database.account === undefined ? '' : `, running as ${database.account}`;
  const migrated = database.migrated.length === 0 ? '' : `; applied ${database.migrated.join(', ')}`;
  return `Database: ${kind}${account}; installation ${database.installationId}${migrated}.`;
}
