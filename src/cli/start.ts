// `syncline start`: the database and, as long as no tenant is connected, a simulated one.
import type { Command } from 'commander';
import { loadConfig } from '../config.ts';
import { type DatabaseDescription, openDatabase } from '../store/database.ts';
import { factLines } from './facts.ts';
import { wholeNumber } from './number-option.ts';
import { describeTenant } from './simulate.ts';
import { startSimulatorThread } from './simulator-thread.ts';
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
    for (const line of describeDatabase(database.describe())) say(line);
    const simulator = await startSimulatorThread({ users: options.users });
    try {
      for (const line of describeTenant(simulator.access)) say(line);
      say('Press Ctrl-C to stop both.');
      const lost = await Promise.race([stopped, database.lost, simulator.lost]);
      if (lost instanceof Error) throw lost;
      say('Stopping …');
    } finally {
      await simulator.stop();
    }
  } finally {
    await database.close();
  }
  say('Stopped. Nothing is left running.');
}

function describeDatabase(database: DatabaseDescription): string[] {
  const whose = database.kind === 'embedded' ? "Syncline's own " : '';
  return [
    `The database: ${whose}PostgreSQL ${database.version}`,
    ...factLines([
      ['Address', `${database.host}:${database.port}, database ${database.database}`],
      ['Files', database.dataDirectory],
      ['Runs as', database.account],
      ['Migrated', database.migrated.length === 0 ? undefined : database.migrated.join(', ')],
    ]),
  ];
}
