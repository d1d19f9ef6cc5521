// `syncline start`: the database, and every connection of the settings file kept up to date; a simulated tenant as long as
// there is none.
import type { Command } from 'commander';
import { type Config, loadConfig } from '../config.ts';
import type { ConnectionSettings } from '../settings/connection-settings.ts';
import { loadSettings } from '../settings/settings.ts';
import { type Database, type DatabaseDescription, openDatabase } from '../store/database.ts';
import { factLines } from './facts.ts';
import { type FollowedRun, follow } from './follow.ts';
import { wholeNumber } from './number-option.ts';
import { openView, type View } from './progress-view.ts';
import { countsJson } from './run-summary.ts';
import { describeTenant } from './simulate.ts';
import {
  publishSimulatedTenant,
  simulatedAccess,
  simulatedConnection,
  simulatedName,
} from './simulated-tenant-file.ts';
import { startSimulatorThread } from './simulator-thread.ts';
import { abortOnStop } from './stop-signal.ts';

interface StartOptions {
  readonly settings?: string;
  readonly data?: string;
  readonly interval?: number;
  readonly users: number;
  readonly churn: number;
  readonly json?: true;
}

const defaultIntervalSeconds = 60;
/** A tenant that is there to be watched is looked at more often, which costs nobody anything. */
const simulatedIntervalSeconds = 15;

export function addStart(program: Command): void {
  program
    .command('start')
    .description('Keep every connection up to date; without one, a simulated tenant to try Syncline on.')
    .option('--settings <file>', 'settings file (default: appsettings.agent.json)')
    .option('--data <directory>', "directory for Syncline's files (default: data)")
    .option(
      '--interval <seconds>',
      `pause between two runs (default: ${defaultIntervalSeconds}, and ${simulatedIntervalSeconds} for a simulated tenant)`,
      wholeNumber(1, 86_400),
    )
    .option('--users <number>', 'users of the simulated tenant', wholeNumber(0, 100_000), 1000)
    .option('--churn <changes>', 'changes a minute in the simulated tenant', wholeNumber(0, 600_000), 30)
    .option('--json', 'print a line of JSON for the start and for each run')
    .addHelpText('after', '\nExample:\n  syncline start --settings appsettings.agent.json --interval 300')
    .action(start);
}

/** What a start stands on. */
type Session = Readonly<{
  config: Config;
  options: StartOptions;
  database: Database;
  view: View;
  stopping: AbortController;
}>;

async function start(options: StartOptions): Promise<void> {
  const config = loadConfig(options);
  const settings = loadSettings(config.settingsFile, config.environment);
  const view = openView(options.json ? process.stderr : process.stdout, config.environment.TERM);
  const stopping = new AbortController();
  abortOnStop(() => view.say('Stopping …')).addEventListener('abort', () => stopping.abort());
  const database = await openDatabase(config, view.say);
  try {
    for (const line of describeDatabase(database.describe())) view.say(line);
    const session = { config, options, database, view, stopping };
    for (const fault of settings.refused.values()) view.say(fault.message);
    const [refusal] = settings.refused.values();
    if (settings.connections.size > 0) await followConfigured([...settings.connections.values()], session);
    else if (refusal !== undefined) throw refusal;
    else await followSimulated(session);
  } finally {
    await database.close();
  }
  view.say('Stopped. Nothing is left running.');
}

async function followConfigured(connections: readonly ConnectionSettings[], session: Session): Promise<void> {
  const { config, options, database, view } = session;
  const names = connections.map(({ name }) => name);
  view.say(`Connections of ${config.settingsFile.path}: ${names.join(', ')}`);
  if (options.json) print({ database: database.describe(), connections: names });
  await followUntilStopped(connections, options.interval ?? defaultIntervalSeconds, [], session);
}

async function followSimulated(session: Session): Promise<void> {
  const { config, options, database, view } = session;
  const simulator = await startSimulatorThread({ users: options.users, churnPerMinute: options.churn });
  try {
    const access = simulatedAccess(simulator.access);
    const directory = database.describe().dataDirectory ?? config.dataDirectory;
    const unpublish = publishSimulatedTenant(directory, access);
    try {
      for (const line of describeTenant(simulator.access)) view.say(line);
      view.say(
        `There is no connection yet, so that this tenant is synchronized, as the connection "${simulatedName}"; it begins anew with every start, and is read in full then. For your own tenant, write a connection into ${config.settingsFile.path}.`,
      );
      if (options.json) {
        print({ database: database.describe(), connections: [simulatedName], simulated: simulator.access });
      }
      const interval = options.interval ?? simulatedIntervalSeconds;
      await followUntilStopped([simulatedConnection(access)], interval, [simulator.lost], session);
    } finally {
      unpublish();
    }
  } finally {
    await simulator.stop();
  }
}

/** Throws what was lost, when something was that nothing can be done without. */
async function followUntilStopped(
  connections: readonly ConnectionSettings[],
  intervalSeconds: number,
  losses: readonly Promise<Error>[],
  { database, view, stopping, options }: Session,
): Promise<void> {
  const following = follow(connections, {
    database,
    view,
    intervalSeconds,
    signal: stopping.signal,
    onRun: (run) => {
      if (options.json) print(runJson(run));
    },
    onFollowed: () => {
      const name = connections[0]?.name ?? '';
      for (const line of nextSteps(name, intervalSeconds, options.data)) view.say(line);
    },
  });
  const lost = await Promise.race([following, database.lost, ...losses]);
  if (!(lost instanceof Error)) return;
  stopping.abort();
  await following.catch(() => undefined);
  throw lost;
}

function nextSteps(name: string, intervalSeconds: number, data: string | undefined): string[] {
  const where = data === undefined ? '' : ` --data ${/^[\w./-]+$/.test(data) ? data : JSON.stringify(data)}`;
  return [
    `What changes is brought every ${intervalSeconds} s from now on. In another terminal:`,
    ...factLines([
      ['compare', `npx syncline verify ${name}${where}`],
      ['bring it now', `npx syncline sync ${name}${where}`],
      ['write CSV files', `npx syncline export ${name} --output csv${where}`],
    ]),
    'Press Ctrl-C to stop.',
  ];
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

function runJson(run: FollowedRun): object {
  const { connection, seconds } = run;
  if ('fault' in run) {
    return { connection, seconds, error: { code: run.fault.code, message: run.fault.message } };
  }
  return { connection, runId: run.result.runId, seconds, objectClasses: countsJson(run.result.counts) };
}

function print(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
