// `syncline start`: everything in one process: the database, the API, a worker, and every connection of the settings file kept up to
// date; a simulated tenant as long as there is none.
import type { Command } from 'commander';
import { type Config, loadConfig } from '../config.ts';
import { Fault } from '../errors.ts';
import { readServingSettings, type ServingFlags } from '../http/serving-settings.ts';
import type { ConnectionSettings } from '../settings/connection-settings.ts';
import { loadSettings } from '../settings/settings.ts';
import { type Database, type DatabaseDescription, openDatabase } from '../store/database.ts';
import { wakeFollowers } from '../store/jobs.ts';
import { readTenants, type StoredTenant } from '../store/tenants.ts';
import { factLines } from './facts.ts';
import { type NarratedRun, narrate } from './narration.ts';
import { wholeNumber } from './number-option.ts';
import { defaultSlots, type Processing, recordConnectionJobs, startProcessing } from './processing.ts';
import { openView, type View } from './progress-view.ts';
import { countsJson } from './run-summary.ts';
import { describeServing, describeSetup, type Serving, startServing } from './serving.ts';
import { describeTenant } from './simulate.ts';
import {
  publishSimulatedTenant,
  simulatedAccess,
  simulatedConnection,
  simulatedName,
} from './simulated-tenant-file.ts';
import { startSimulatorThread } from './simulator-thread.ts';
import { abortOnStop } from './stop-signal.ts';

type StartOptions = ServingFlags &
  Readonly<{
    settings?: string;
    data?: string;
    interval?: number;
    users: number;
    churn: number;
    json?: true;
  }>;

/** A tenant that is there to be watched is looked at often, which costs nobody anything. */
const simulatedIntervalSeconds = 15;

export function addStart(program: Command): void {
  program
    .command('start')
    .description('Everything in one process: database, server, worker, and every connection kept up to date.')
    .option('--settings <file>', 'settings file (default: appsettings.agent.json)')
    .option('--data <directory>', "directory for Syncline's files (default: data)")
    .option(
      '--interval <seconds>',
      `pause between two runs (default: as the connection says, and ${simulatedIntervalSeconds} for a simulated tenant)`,
      wholeNumber(1, 86_400),
    )
    .option('--port <number>', 'port of the API (default: 5080, or any that is free)')
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
    for (const warning of settings.warnings) view.say(warning);
    for (const fault of settings.refused.values()) view.say(fault.message);
    const [refusal] = settings.refused.values();
    if (settings.connections.size > 0) await followConfigured([...settings.connections.values()], session);
    else if (refusal !== undefined) throw refusal;
    else await followUnconfigured(await readTenants(database.sql), session);
  } finally {
    await database.close();
  }
  view.say('Stopped. Nothing is left running.');
}

/** Tenants of the console are followed by jobs of their own; a simulated one is there for those that need it, and where nothing else is. */
async function followUnconfigured(tenants: readonly StoredTenant[], session: Session): Promise<void> {
  if (tenants.length === 0 || tenants.some(({ cloud }) => cloud === 'Simulated')) {
    await followSimulated(session);
    return;
  }
  const { options, database, view } = session;
  const names = tenants.map(({ name }) => name);
  view.say(`Tenants of the console: ${names.join(', ')}`);
  if (options.json) print({ database: database.describe(), tenants: names });
  await workUntilStopped([], [], session);
}

async function followConfigured(connections: readonly ConnectionSettings[], session: Session): Promise<void> {
  const { config, options, database, view } = session;
  const names = connections.map(({ name }) => name);
  view.say(`Connections of ${config.settingsFile.path}: ${names.join(', ')}`);
  if (options.json) print({ database: database.describe(), connections: names });
  const paced = connections.map((connection) => atPace(connection, options.interval));
  await workUntilStopped(paced, [], session);
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
        `There is no connection yet, so that this tenant is synchronized, as the connection "${simulatedName}"; it begins anew with every start, and is read in full then. Add your own tenant in the console, or write a connection into ${config.settingsFile.path}.`,
      );
      if (options.json) {
        print({ database: database.describe(), connections: [simulatedName], simulated: simulator.access });
      }
      const connection = atPace(simulatedConnection(access), options.interval ?? simulatedIntervalSeconds);
      await workUntilStopped([connection], [simulator.lost], session);
    } finally {
      unpublish();
    }
  } finally {
    await simulator.stop();
  }
}

/** With a pause that somebody asked for, whatever changes. */
function atPace(connection: ConnectionSettings, intervalSeconds: number | undefined): ConnectionSettings {
  if (intervalSeconds === undefined) return connection;
  const pace = { floorSeconds: intervalSeconds, ceilingSeconds: intervalSeconds };
  return { ...connection, follow: { ...connection.follow, ...pace } };
}

/** Serves and works. Throws what was lost, when something was that nothing can be done without. */
async function workUntilStopped(
  connections: readonly ConnectionSettings[],
  losses: readonly Promise<Error>[],
  session: Session,
): Promise<void> {
  const { config, database, view, stopping, options } = session;
  const followed = await recordFollowedConnections(connections, session);
  const narration = narrate(followed, {
    database,
    view,
    isStopping: () => stopping.signal.aborted,
    onEnded: (run) => {
      if (options.json) print(runJson(run));
    },
  });
  const complain = (error: unknown) => {
    const explained = database.explain(error);
    if (!stopping.signal.aborted)
      view.say(explained instanceof Error ? explained.message : String(explained));
  };
  const serving = await startOwnServing(session);
  if (options.json) print({ url: serving.publicUrl, port: serving.port, setupUrl: serving.setupUrl });
  for (const line of describeSetup(serving.setupUrl)) view.say(line);
  let processing: Processing | undefined;
  try {
    processing = await startProcessing(config, database, {
      slots: Math.max(defaultSlots, connections.length),
      onProgress: narration.onProgress,
      onRun: narration.onRun,
      onNotice: view.say,
      onError: complain,
    });
    const firstRuns = narration.firstRuns.then((hopeless) => {
      if (hopeless !== undefined || stopping.signal.aborted) return hopeless;
      for (const line of describeServing(serving)) view.say(line);
      for (const line of nextSteps(connections, options)) view.say(line);
      return new Promise<never>(() => {});
    });
    const stopped = new Promise<undefined>((resolve) =>
      stopping.signal.addEventListener('abort', () => resolve(undefined), { once: true }),
    );
    const lost = await Promise.race([firstRuns, stopped, database.lost, ...losses]);
    if (lost !== undefined) throw lost;
  } finally {
    stopping.abort();
    await serving.stop().catch(complain);
    await processing?.stop().catch(complain);
    await narration.end();
  }
}

/** Connections that deployed jobs work on run when their schedules say; the others are looked at now, and then followed. */
async function recordFollowedConnections(
  connections: readonly ConnectionSettings[],
  { database, view }: Session,
): Promise<readonly ConnectionSettings[]> {
  for (const sentence of await recordConnectionJobs(database, connections)) view.say(sentence);
  const followed: ConnectionSettings[] = [];
  for (const connection of connections) {
    const isFollowed = (await wakeFollowers(database.sql, connection.name, new Date())) > 0;
    if (isFollowed) followed.push(connection);
  }
  return followed;
}

/** The API on its usual port; where that is taken and nobody asked for it, on one that is free. */
async function startOwnServing({ config, options, database, view }: Session): Promise<Serving> {
  const { environment } = config;
  const port = options.port === undefined ? {} : { port: options.port };
  const settings = readServingSettings(environment, port);
  // What goes on is told here already.
  const quiet = environment.SYNCLINE_LOG_LEVEL ? settings : { ...settings, logLevel: 'error' as const };
  try {
    return await startServing(config, database, quiet);
  } catch (error) {
    const isChosen = options.port !== undefined || environment.SYNCLINE_PORT !== undefined;
    if (isChosen || !(error instanceof Fault) || error.code !== 'invalid-setting') throw error;
    view.say(`Port ${settings.port} is taken: the API takes another one.`);
    return await startServing(config, database, { ...quiet, port: 0 });
  }
}

function nextSteps(connections: readonly ConnectionSettings[], { data, interval }: StartOptions): string[] {
  if (connections.length === 0) return ['Press Ctrl-C to stop.'];
  const where = data === undefined ? '' : ` --data ${/^[\w./-]+$/.test(data) ? data : JSON.stringify(data)}`;
  const [{ name, follow } = { name: '', follow: undefined }] = connections;
  const { floorSeconds = 0, ceilingSeconds = 0 } = follow ?? {};
  const pace =
    interval !== undefined || floorSeconds === ceilingSeconds
      ? `every ${floorSeconds} s`
      : `every ${floorSeconds} to ${ceilingSeconds} s, the sooner the more changes,`;
  return [
    `What changes is brought ${pace} from now on. In another terminal:`,
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

function runJson({ job, seconds, outcome, counts }: NarratedRun): object {
  if (outcome.state !== 'succeeded') {
    const { state, fault, message } = outcome;
    return {
      connection: job,
      seconds,
      error: { code: fault?.code ?? state, message: fault?.message ?? message },
    };
  }
  return { connection: job, runId: counts[0]?.runId, seconds, objectClasses: countsJson(counts) };
}

function print(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
