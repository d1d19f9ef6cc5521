// What every process that works on jobs has: the queue, a worker, the scheduler, and the way from a connection's name to what a
// task needs.
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { TransactionSql } from 'postgres';
import type { Config } from '../config.ts';
import type { OrderTarget } from '../connectors/connector.ts';
import { checkEntityTypes, mapAttributes } from '../connectors/entra/entity-types.ts';
import { openEntraConnector } from '../connectors/entra/entra-connector.ts';
import { watchedResources } from '../connectors/entra/subscriptions.ts';
import { openTracing, traceRun } from '../http/observability/tracing.ts';
import { readTraceSettings } from '../http/serving-settings.ts';
import { deployDirectory } from '../identity-manager/deployment.ts';
import type { EngineConfiguration } from '../identity-manager/engine-configuration.ts';
import { startDirectoryIndexer } from '../jobs/directory-indexer.ts';
import { openQueue, type Queue } from '../jobs/queue.ts';
import { type Scheduler, startScheduler } from '../jobs/scheduler.ts';
import { startSubscriptionKeeper, type WatchableConnection } from '../jobs/subscription-keeper.ts';
import type { OpenTarget, TaskSurroundings } from '../jobs/task-registry.ts';
import { startWorker, type WorkerEvent } from '../jobs/worker.ts';
import { isIdentities } from '../model/identity-schema.ts';
import type { ConnectionSettings } from '../settings/connection-settings.ts';
import { loadSettings } from '../settings/settings.ts';
import { readDeployment } from '../store/configuration.ts';
import type { Database } from '../store/database.ts';
import { readJobRun } from '../store/job-runs.ts';
import { replaceJobs } from '../store/jobs.ts';
import { transact } from '../store/transaction.ts';
import { connectionJobs } from './connection-jobs.ts';
import { deployedSides } from './deployed-sides.ts';
import { openIdentitiesTarget } from './identities-target.ts';
import { deployedConnection, findConnection } from './open-connection.ts';
import { keepHeapSmall } from './small-heap.ts';
import { readVersion } from './version.ts';

export type ProcessingOptions = Readonly<{
  /** How many runs at once. */
  slots: number;
  onProgress: TaskSurroundings['onProgress'];
  onRun: (event: WorkerEvent) => void;
  /** Hears in a sentence what a person may want to know. */
  onNotice: (sentence: string) => void;
  onError: (error: unknown) => void;
}>;

export type Processing = Readonly<{ queue: Queue; worker: string; stop: () => Promise<void> }>;

/** Runs that mostly wait for Graph and for the database. */
export const defaultSlots = 4;

/** How long to wait before each new attempt at a task that failed for a reason that may pass. */
const retryPausesSeconds = [5, 30, 120];

/** Starts to work on jobs. */
export async function startProcessing(
  config: Config,
  database: Database,
  { slots, onProgress, onRun, onNotice, onError }: ProcessingOptions,
): Promise<Processing> {
  keepHeapSmall();
  const { sql } = database;
  const { application } = loadSettings(config.settingsFile, config.environment);
  const traces = readTraceSettings(config.environment);
  const version = readVersion();
  const tracing = openTracing(traces && { ...traces, version });
  const now = () => new Date();
  const queue = await openQueue(sql, { isWorker: true, onError });
  let scheduler: Scheduler | undefined;
  try {
    // Unique, and still telling where to look.
    const name = `${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`;
    const worker = await startWorker({
      queue,
      surroundings: taskSurroundings(config, database, onProgress),
      name,
      host: hostname(),
      version,
      slots,
      now,
      retryPausesSeconds,
      mostTasksAtOnce: application.maxTaskBatchSize,
      onRun: (event) => {
        onRun(event);
        // Read only where somebody wants to see it.
        if (traces && event.kind === 'came-to' && event.outcome.kind === 'ended') {
          readJobRun(sql, event.jobRunId)
            .then((run) => run && traceRun(tracing.tracer, run))
            .catch(onError);
        }
      },
      onError,
    });
    const { keepRunsDays: keepDays } = config;
    if (application.isSchedulerEnabled) scheduler = startScheduler({ sql, queue, now, keepDays, onError });
    const keeper = startSubscriptionKeeper({
      sql,
      readConnections: () => readWatchable(config, database),
      openTarget: (connection) => openTarget(config, database, connection),
      now,
      onNotice,
      onError,
    });
    const indexer = startDirectoryIndexer({ sql, onError });
    return {
      queue,
      worker: name,
      async stop() {
        await indexer.stop();
        await keeper.stop();
        await scheduler?.stop();
        await worker.stop();
        await queue.close();
        await tracing.close();
      },
    };
  } catch (error) {
    await scheduler?.stop();
    await queue.close();
    throw database.explain(error);
  }
}

/** What the translation of a configuration needs to know of the systems that Syncline reads. */
export const translationOptions = { distributeAttributes: mapAttributes, checkEntityTypes };

/** What tasks need from the outside. */
function taskSurroundings(
  config: Config,
  database: Database,
  onProgress: TaskSurroundings['onProgress'],
): TaskSurroundings {
  const { sql } = database;
  return {
    sql,
    explain: database.explain,
    onProgress,
    openTarget: (name) => openTarget(config, database, name),
    openOrderTarget: (name) => openOrderTarget(database, name),
    deploy: async (directory, startedBy) => {
      const { application } = loadSettings(config.settingsFile, config.environment);
      const { warnings, summary } = await deployDirectory(sql, directory, {
        ...translationOptions,
        findSide: deployedSides(config, database),
        deployedBy: startedBy,
        now: new Date(),
        hashedSecrets: application.hashedSecrets,
      });
      return warnings.length === 0 ? summary : `${summary} ${warnings.join(' ')}`;
    },
  };
}

/** What a connection is as a target of mappings: the identities directory is one, and no other is written to by this version. */
export async function openOrderTarget(
  database: Database,
  connection: string,
): Promise<OrderTarget<TransactionSql> | undefined> {
  return isIdentities(connection) ? await openIdentitiesTarget(database) : undefined;
}

async function openTarget(config: Config, database: Database, name: string): Promise<OpenTarget> {
  const { folders } = loadSettings(config.settingsFile, config.environment);
  const { entra, entityTypes, columns, guards, onSignIn, ...connection } = await deployedConnection(
    database,
    await findConnection(config, database, name),
  );
  const connector = openEntraConnector(entra, onSignIn === undefined ? {} : { onSignIn });
  return {
    target: { sql: database.sql, connector, name: connection.name, entityTypes, guards },
    columns,
    folders,
    close: () => connector.close(),
  };
}

/** The connections of the settings file as it is now, with what Microsoft Graph can tell of each. */
async function readWatchable(config: Config, database: Database): Promise<readonly WatchableConnection[]> {
  const { connections } = loadSettings(config.settingsFile, config.environment);
  const watchable: WatchableConnection[] = [];
  for (const connection of connections.values()) {
    const { name, follow } = connection;
    const { notificationUrl } = follow;
    const isWatchable = notificationUrl !== undefined;
    const { entityTypes } = isWatchable
      ? await deployedConnection(database, connection)
      : { entityTypes: [] };
    watchable.push({ name, notificationUrl, resources: watchedResources(entityTypes) });
  }
  return watchable;
}

/**
 * Gives every connection of the settings that no deployed job works on a job of its own, which follows it. Says in sentences what
 * could not be done.
 */
export async function recordConnectionJobs(
  { sql }: Database,
  connections: readonly ConnectionSettings[],
): Promise<readonly string[]> {
  return await transact(sql, async (transaction) => {
    const engine = (await readDeployment(transaction))?.engine as EngineConfiguration | undefined;
    const deployed = new Set(
      engine?.jobs.flatMap(({ tasks }) =>
        tasks.flatMap((task) => task.connections.map((name) => name.toLowerCase())),
      ),
    );
    const own = connections.filter(({ name }) => !deployed.has(name.toLowerCase()));
    const taken = await replaceJobs(transaction, 'settings', connectionJobs(own, new Date()));
    return taken.map(
      (identifier) =>
        `The deployed job ${identifier} has the name of a connection that it does not work on: rename one of them, so that the connection is followed.`,
    );
  });
}
