/**
 * The PostgreSQL server process: started, watched so that it never outlives Syncline, found again when it was left
 * behind, and stopped as `pg_ctl stop` does it.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { type DataDirectory, giveTo } from './data-directory.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import { launched, programOptions } from './postgres-program.ts';

/** A server that accepts connections. */
export type PostgresProcess = Readonly<{
  pid: number;
  /** Resolves when the process is gone, with how it ended in words. */
  ended: Promise<string>;
  /** The last lines that the server printed. */
  recentLog: () => string;
  /** Stops the server and resolves when it is gone. */
  stop: () => Promise<void>;
}>;

export type StartOutcome =
  | { kind: 'ready'; server: PostgresProcess }
  | { kind: 'port-taken' }
  /** Processes of a killed server are still about to go; they hold its shared memory. */
  | { kind: 'predecessor-alive'; complaint: string }
  /** Ended by a signal, such as SIGKILL from a system that is out of memory. */
  | { kind: 'killed'; complaint: string }
  | { kind: 'failed'; complaint: string };

/** Starts the server on a loopback port and waits until it accepts connections or has given up. */
export async function startPostgres(
  directory: DataDirectory,
  binaries: PostgresBinaries,
  port: number,
): Promise<StartOutcome> {
  disownReusedPid(directory);
  const parameters = ['-D', directory.clusterPath, '-p', String(port)];
  for (const setting of fixedSettings) parameters.push('-c', setting);
  const child = spawn(binaries.postgres, parameters, {
    ...programOptions(directory),
    stdio: ['ignore', 'ignore', 'pipe'],
    // In a session of its own: Ctrl-C is for Syncline, which then stops its server in order.
    detached: process.platform !== 'win32',
  });
  const watchdog = startWatchdog(directory, child);
  const ended = once(child, 'exit').then(([code, signal]) => {
    watchdog?.kill('SIGKILL');
    return signal === null ? `exit code ${code}` : `signal ${signal}`;
  });
  ended.catch(() => {});
  await launched(child);

  const pid = child.pid ?? 0;
  const recent: string[] = [];
  const log = openLog(directory);
  const ready = new Promise<'ready'>((resolve) => {
    if (!child.stderr) return;
    createInterface({ input: child.stderr }).on('line', (line) => {
      recent.push(line);
      if (recent.length > 50) recent.shift();
      log(line);
      if (line.includes('database system is ready to accept connections')) resolve('ready');
    });
  });
  const closed = once(child, 'close');
  if ((await Promise.race([ready, closed])) === 'ready') {
    const stop = async () => {
      // The number of a process that is gone may be another's by now.
      if (child.exitCode === null && child.signalCode === null) await stopPostgres(binaries, pid);
      await closed;
    };
    return { kind: 'ready', server: { pid, ended, recentLog: () => recent.join('\n'), stop } };
  }
  const complaint = recent.join('\n');
  if (/could not bind|could not create any TCP/.test(complaint)) return { kind: 'port-taken' };
  if (/pre-existing shared memory block|lock file .* already exists/.test(complaint)) {
    return { kind: 'predecessor-alive', complaint };
  }
  return { kind: child.signalCode === null ? 'failed' : 'killed', complaint };
}

/** What `postgresql.conf` cannot change: how the server is reached, the log lines by which we follow it, and one speed. */
const fixedSettings = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'logging_collector=off',
  'log_destination=stderr',
  'log_min_messages=warning',
  'lc_messages=C',
  // One request to the system instead of one for each of a thousand files: a crash is recovered from in a moment.
  ...(process.platform === 'linux' ? ['recovery_init_sync_method=syncfs'] : []),
];

/** The server that a killed Syncline left running on the data directory, by its process number. */
export function findOrphan(directory: DataDirectory): number | undefined {
  const pid = recordedPid(directory);
  return pid !== undefined && isPostgresOn(pid, directory.clusterPath) ? pid : undefined;
}

/** Stops a server as `pg_ctl stop` does: ends its sessions and writes its data down; harder only when that hangs. */
export async function stopPostgres(binaries: PostgresBinaries, pid: number): Promise<void> {
  for (const [signal, waitMs] of stopSteps) {
    sendSignal(binaries, pid, signal);
    for (let waitedMs = 0; waitedMs < waitMs; waitedMs += pollMs) {
      if (!isRunning(pid)) return;
      await delay(pollMs);
    }
  }
}

/** SIGINT is PostgreSQL's fast stop, SIGQUIT its stop without a last checkpoint, recovered from at the next start. */
const stopSteps = [
  ['SIGINT', 60_000],
  ['SIGQUIT', 10_000],
  ['SIGKILL', 5_000],
] as const;
const pollMs = 20;

/**
 * Ends the server when Syncline is gone, however that came about: the pipe to it closes with our process. A shell and
 * not a Node program, because it costs 1 MB instead of 45 and survives a "killall -9 node". Windows needs none: there
 * Node ends its children with itself.
 */
function startWatchdog({ clusterPath }: DataDirectory, server: ChildProcess): ChildProcess | undefined {
  if (process.platform === 'win32' || server.pid === undefined) return undefined;
  // The path is for people who meet it in a list of processes. Without our name in it, "pkill -9 -f syncline" spares it.
  const watchdog = spawn(
    '/bin/sh',
    ['-c', watchdogScript, 'postgres-watchdog', String(server.pid), clusterPath],
    {
      stdio: ['pipe', 'ignore', 'ignore'],
      cwd: '/',
      env: { PATH: '/usr/bin:/bin' },
      detached: true,
    },
  );
  watchdog.on('error', () => {});
  watchdog.stdin?.on('error', () => {});
  return watchdog;
}

const watchdogScript = `
trap '' HUP INT TERM
read -r nothing
kill -INT "$1" 2>/dev/null
seconds=0
while kill -0 "$1" 2>/dev/null && ! grep -qs '^State:.Z' "/proc/$1/status" && [ $seconds -lt 75 ]; do
  sleep 1
  seconds=$((seconds + 1))
  [ $seconds -eq 60 ] && kill -QUIT "$1"
  [ $seconds -eq 70 ] && kill -KILL "$1"
done
`;

function sendSignal(binaries: PostgresBinaries, pid: number, signal: NodeJS.Signals): void {
  try {
    // Windows knows no signals; PostgreSQL has its own there, which its pg_ctl can send.
    if (process.platform === 'win32') execFileSync(binaries.pgCtl, ['kill', signal.slice(3), String(pid)]);
    else process.kill(pid, signal);
  } catch {
    // It is gone already, or will be asked harder.
  }
}

/** Whether the process lives. One that has ended and only waits to be collected by its parent does not. */
function isRunning(pid: number): boolean {
  if (process.platform === 'linux') {
    try {
      return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    } catch {
      return false;
    }
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Whether the process is a server on these files, and not one that was given a dead server's number. */
function isPostgresOn(pid: number, clusterPath: string): boolean {
  if (!isRunning(pid)) return false;
  if (process.platform === 'win32') return true;
  try {
    const command =
      process.platform === 'linux'
        ? readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
        : execFileSync('/bin/ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
    return command.includes(`-D ${clusterPath} `);
  } catch {
    return false;
  }
}

/**
 * PostgreSQL refuses to start while the process number in `postmaster.pid` is alive, even when another program got that
 * number since (common in a restarted container). It takes its own parent's number for stale, so that is what we
 * write. Removing the file instead would also remove PostgreSQL's check that no old process uses the files.
 */
function disownReusedPid(directory: DataDirectory): void {
  const pid = recordedPid(directory);
  if (pid === undefined || !isRunning(pid) || isPostgresOn(pid, directory.clusterPath)) return;
  const path = pidPath(directory);
  writeFileSync(path, readFileSync(path, 'utf8').replace(/^-?\d+/, String(process.pid)));
}

function recordedPid(directory: DataDirectory): number | undefined {
  const path = pidPath(directory);
  if (!existsSync(path)) return undefined;
  const pid = Math.abs(Number.parseInt(readFileSync(path, 'utf8'), 10));
  return pid > 0 ? pid : undefined;
}

function pidPath({ clusterPath }: DataDirectory): string {
  return join(clusterPath, 'postmaster.pid');
}

/** A log that a full disk cannot make fail, and that two files of this size bound. */
function openLog(directory: DataDirectory): (line: string) => void {
  const path = join(directory.path, 'postgresql.log');
  const tryTo = (write: () => void) => {
    try {
      write();
    } catch {
      // The log is a convenience; what matters of it is kept in memory.
    }
  };
  tryTo(() => {
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > logBytes) renameSync(path, `${path}.1`);
    appendFileSync(path, '', { mode: 0o600 });
    giveTo(directory.owner, path);
  });
  return (line) => tryTo(() => appendFileSync(path, `${line}\n`));
}

const logBytes = 5_000_000;
