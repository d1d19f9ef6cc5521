/**
 * The embedded PostgreSQL: brought up in the data directory by one owner at a time, kept up while Syncline runs, and
 * taken down with it.
 */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Fault } from '../errors.ts';
import { type DataDirectory, diskFull, openDataDirectory } from './data-directory.ts';
import { lockDirectory } from './directory-lock.ts';
import { installBinaries, type PostgresBinaries } from './postgres-binaries.ts';
import { type Connection, openCluster, writeConnection } from './postgres-cluster.ts';
import { findOrphan, type PostgresProcess, startPostgres, stopPostgres } from './postgres-process.ts';
import { explainComplaint, isAboutDiskSpace } from './postgres-program.ts';

export type EmbeddedPostgres = Readonly<{
  connection: Connection;
  /** The data directory, with symbolic links resolved. */
  path: string;
  /** The account PostgreSQL runs as, where that is not the account of this process. */
  account: string | undefined;
  /** Resolves, if ever, when the server is gone and could not be brought back. */
  lost: Promise<Fault>;
  /** The fault behind a failed query where the server is what failed, else the error as it is. */
  explain: (error: unknown) => unknown;
  /** Stops the server and gives the data directory free. */
  stop: () => Promise<void>;
}>;

/**
 * Starts the embedded server. `report` is told, in sentences, what takes time and what went wrong and was put right.
 * Throws a `Fault` when it cannot be started.
 */
export async function startEmbeddedPostgres(
  dataDirectory: string,
  report: (sentence: string) => void,
): Promise<EmbeddedPostgres> {
  const directory = openDataDirectory(dataDirectory);
  const lock = lockDirectory(directory);
  try {
    const binaries = installBinaries(directory);
    await stopOrphan(directory, binaries, report);
    const kept = await openCluster(directory, binaries);
    const { server, port } = await startOnFreePort(directory, binaries, kept.port);
    const connection = { ...kept, port };
    const supervision = supervise(directory, binaries, connection, server, report);
    const stop = async () => {
      await supervision.stop();
      lock.release();
    };
    try {
      if (port !== kept.port) writeConnection(directory, connection);
    } catch (error) {
      await stop();
      throw error;
    }
    return {
      connection,
      path: directory.path,
      account: directory.serverAccount?.name,
      lost: supervision.lost,
      explain: supervision.explain,
      stop,
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** So many unexpected ends within so long a time are answered by a restart; one more, and something is truly wrong. */
const restartLimit = 5;
const restartWindowMs = 10 * 60_000;
/** How long the processes of a killed server may take to notice that it is gone. */
const predecessorPatienceMs = 30_000;
const portAttempts = 10;

async function stopOrphan(
  directory: DataDirectory,
  binaries: PostgresBinaries,
  report: (sentence: string) => void,
): Promise<void> {
  const pid = findOrphan(directory);
  if (pid === undefined) return;
  report(`An earlier Syncline ended without stopping its PostgreSQL (process ${pid}): stopping it first.`);
  await stopPostgres(binaries, pid);
}

async function startOnFreePort(
  directory: DataDirectory,
  binaries: PostgresBinaries,
  keptPort: number,
): Promise<{ server: PostgresProcess; port: number }> {
  let port = keptPort;
  for (let attempt = 0; attempt < portAttempts; attempt++) {
    port ||= await findFreePort();
    const server = await startPatiently(directory, binaries, port);
    if (server) return { server, port };
    port = 0;
  }
  throw new Fault(
    'database-unavailable',
    `PostgreSQL found no free port on 127.0.0.1 in ${portAttempts} attempts: free some ports, or set DATABASE_URL to a running server.`,
  );
}

/** Starts the server; undefined when the port is taken. Throws a `Fault` when it cannot be started. */
async function startPatiently(
  directory: DataDirectory,
  binaries: PostgresBinaries,
  port: number,
): Promise<PostgresProcess | undefined> {
  let kills = 0;
  for (let waitedMs = 0; waitedMs < predecessorPatienceMs; waitedMs += 100) {
    const outcome = await startPostgres(directory, binaries, port);
    if (outcome.kind === 'ready') return outcome.server;
    if (outcome.kind === 'port-taken') return undefined;
    if (outcome.kind === 'killed') kills += 1;
    if (outcome.kind === 'failed' || kills > restartLimit)
      throw explainComplaint(directory, outcome.complaint);
    await delay(100);
  }
  throw new Fault(
    'database-unavailable',
    `Processes of an earlier PostgreSQL still use ${directory.clusterPath} and do not end: end them, or restart the machine.`,
  );
}

async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return address !== null && typeof address === 'object' ? address.port : 0;
}

/** Whether a query failed because the server went away (codes of the network, the client library, PostgreSQL). */
function isLostConnection(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && /^(ECONN|EPIPE|CONNECTION_|57P0)/.test(String(error.code))
  );
}

function brokenOff({ path }: DataDirectory, cause: unknown): Fault {
  return new Fault(
    'database-unavailable',
    `PostgreSQL in ${path} ended unexpectedly while it was at work: try again, and if that happens more often, find the reason in postgresql.log there (often too little memory).`,
    { cause },
  );
}

/** Restarts the server whenever it ends unasked, a bounded number of times. */
function supervise(
  directory: DataDirectory,
  binaries: PostgresBinaries,
  { port }: Connection,
  firstServer: PostgresProcess,
  report: (sentence: string) => void,
) {
  let server = firstServer;
  let hasEnded = false;
  let isStopping = false;
  let lostTo: Fault | undefined;

  async function keepRunning(): Promise<Fault | undefined> {
    let endings: number[] = [];
    for (;;) {
      const ending = await server.ended;
      if (isStopping) return undefined;
      hasEnded = true;
      const now = Date.now();
      endings = [...endings.filter((at) => now - at < restartWindowMs), now];
      if (endings.length > restartLimit) {
        return new Fault(
          'database-unavailable',
          `PostgreSQL in ${directory.path} ended unexpectedly ${endings.length} times in a short while, last with ${ending}: find the reason in postgresql.log there (often too little memory), then start Syncline again.`,
        );
      }
      report(`PostgreSQL ended unexpectedly (${ending}): starting it again.`);
      const restarted = await startPatiently(directory, binaries, port);
      if (!restarted) {
        return new Fault(
          'database-unavailable',
          `PostgreSQL ended unexpectedly and another program has taken its port ${port} since: start Syncline again, which will choose another.`,
        );
      }
      server = restarted;
      if (isStopping) {
        await server.stop();
        return undefined;
      }
      report('PostgreSQL is running again; what was committed is intact.');
    }
  }

  const supervision = keepRunning()
    .catch((error: unknown) => {
      if (error instanceof Fault) return error;
      throw error;
    })
    .then((fault) => {
      lostTo = fault;
      return fault;
    });
  return {
    lost: new Promise<Fault>((resolve, reject) => {
      supervision.then((fault) => fault && resolve(fault), reject);
    }),
    explain(error: unknown) {
      if (lostTo) return lostTo;
      if (isAboutDiskSpace(server.recentLog())) return diskFull(directory.path, error);
      if (!isLostConnection(error)) return error;
      return hasEnded ? brokenOff(directory, error) : explainComplaint(directory, server.recentLog(), error);
    },
    async stop() {
      isStopping = true;
      await server.stop();
      await supervision;
    },
  };
}
