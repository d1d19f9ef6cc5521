// The doctor's look at the machine: Node, memory, disk, database with its jobs, and clock.
import { existsSync, statfsSync } from 'node:fs';
import { totalmem } from 'node:os';
import { dirname } from 'node:path';
import type { Config } from '../config.ts';
import { openTransport } from '../connectors/entra/http-transport.ts';
import { Fault } from '../errors.ts';
import { count, group } from '../model/number-words.ts';
import type { ConnectionSettings } from '../settings/connection-settings.ts';
import { type Database, openDatabase } from '../store/database.ts';
import { listJobRuns } from '../store/job-runs.ts';
import { readJobs } from '../store/jobs.ts';
import { readWorkers } from '../store/workers.ts';
import type { Check } from './check-lines.ts';

const megabyte = 1024 * 1024;
/** Syncline itself stays below 300 MB; the rest is for PostgreSQL's own processes. */
const leastMemory = 600 * megabyte;
/** An empty database with its log takes some 100 MB; 100,000 users with their groups as much again. */
const leastDisk = 1024 * megabyte;
/** Microsoft Entra refuses a certificate's signature from a clock that is further off. */
const largestSkewSeconds = 300;
const clockWithinMs = 5_000;
/** Runs that wait beyond that are not counted. */
const mostListed = 1000;

/** A fault as a check; its sentence ends with what to do. */
export function failedCheck(name: string, { message }: Fault): Check {
  return { name, outcome: 'failed', detail: message.replace(/\.$/, '') };
}

export function checkNode(): Check {
  return {
    name: 'Node',
    outcome: 'ok',
    detail: `${process.versions.node} on ${process.platform} ${process.arch}`,
  };
}

export function checkMemory(): Check {
  const available = process.availableMemory();
  // In a container the limit counts, and there is none where the number is larger than the machine.
  const whole = Math.min(process.constrainedMemory() || Number.POSITIVE_INFINITY, totalmem());
  const detail = `${megabytes(available)} of ${megabytes(whole)} free`;
  return available >= leastMemory
    ? { name: 'Memory', outcome: 'ok', detail }
    : {
        name: 'Memory',
        outcome: 'failed',
        detail,
        remedy: `make ${megabytes(leastMemory)} free for Syncline and its database`,
      };
}

/** Room where the data directory is, or will be. */
export function checkDisk(dataDirectory: string): Check {
  const place = nearestExisting(dataDirectory);
  const { bavail, bsize } = statfsSync(place);
  const free = bavail * bsize;
  const detail = `${megabytes(free)} free for ${dataDirectory}`;
  return free >= leastDisk
    ? { name: 'Disk', outcome: 'ok', detail }
    : {
        name: 'Disk',
        outcome: 'failed',
        detail,
        remedy: `make ${megabytes(leastDisk)} free there, or choose another place with --data`,
      };
}

function nearestExisting(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestExisting(dirname(path));
}

/** Opens the database, which brings it to the schema of this program, looks at the jobs in it, and closes it again. */
export async function checkDatabase(config: Config): Promise<readonly Check[]> {
  const name = 'Database';
  if (config.databaseUrl === undefined && !existsSync(config.dataDirectory)) {
    const detail = `there is none yet; "syncline start" makes one in ${config.dataDirectory}`;
    return [{ name, outcome: 'skipped', detail }];
  }
  try {
    const database = await openDatabase(config, () => {}, { mayJoin: true });
    try {
      return [
        { name, outcome: 'ok', detail: await describeDatabase(database) },
        await checkJobs(database, new Date()),
      ];
    } catch (error) {
      throw database.explain(error);
    } finally {
      await database.close();
    }
  } catch (error) {
    if (error instanceof Fault) return [failedCheck(name, error)];
    throw error;
  }
}

async function describeDatabase({ sql, describe }: Database): Promise<string> {
  const [row] = await sql<{ bytes: string; migrations: number }[]>`
    select pg_database_size(current_database()) as bytes, (select count(*)::int from migration) as migrations`;
  const { kind, version, migrated, isJoined } = describe();
  const whose = kind === 'embedded' ? "Syncline's own PostgreSQL" : 'PostgreSQL';
  const now = migrated.length === 0 ? '' : `, of which ${migrated.length} just now`;
  const beside = isJoined ? ', in use by a Syncline that is running' : '';
  return `${whose} ${version}, ${megabytes(Number(row?.bytes))}, ${row?.migrations} migrations applied${now}${beside}`;
}

/** Whether somebody works on the jobs. Where nobody does, that is no mistake, as Syncline may stand still on purpose. */
async function checkJobs({ sql }: Database, now: Date): Promise<Check> {
  const [jobs, workers, waiting] = await Promise.all([
    readJobs(sql),
    readWorkers(sql),
    listJobRuns(sql, { state: 'queued', limit: mostListed }),
  ]);
  const due = jobs.filter(({ isEnabled, nextRunAt }) => isEnabled && nextRunAt !== null && nextRunAt <= now);
  const check = {
    name: 'Jobs',
    outcome: 'ok',
    detail: [
      workers.length === 0 ? 'no worker is alive' : `${count(workers.length, 'worker')} alive`,
      count(jobs.length, 'job'),
      `${group(due.length)} due`,
      `${count(waiting.length, 'run')} waiting`,
    ].join(', '),
  } as const;
  if (workers.length > 0 || due.length + waiting.length === 0) return check;
  return { ...check, remedy: 'they run when "syncline worker" or "syncline start" does' };
}

/** Compares this machine's clock with the one of Microsoft Graph, as the first connection reaches it. */
export async function checkClock([connection]: readonly ConnectionSettings[]): Promise<Check> {
  const name = 'Clock';
  if (connection === undefined) {
    return { name, outcome: 'skipped', detail: 'there is no connection to compare it with' };
  }
  const { graph } = connection.entra.addresses;
  const transport = openTransport(connection.entra);
  try {
    const request = { method: 'GET', url: graph, headers: {} } as const;
    const { header } = await transport.exchange(request, AbortSignal.timeout(clockWithinMs));
    return judgeClock(new URL(graph).host, header('date'), Date.now());
  } catch {
    const detail = `${new URL(graph).host} was not reached within ${clockWithinMs / 1000} seconds; test-connection says why`;
    return { name, outcome: 'skipped', detail };
  } finally {
    await transport.close();
  }
}

/** What the `Date` header of an answer says of a clock that shows `nowMs`. */
export function judgeClock(host: string, date: string | undefined, nowMs: number): Check {
  const name = 'Clock';
  const thenMs = Date.parse(date ?? '');
  if (Number.isNaN(thenMs)) return { name, outcome: 'skipped', detail: `${host} does not tell the time` };
  const seconds = Math.round(Math.abs(nowMs - thenMs) / 1000);
  const detail = `${group(seconds)} s ${nowMs < thenMs ? 'behind' : 'ahead of'} ${host}`;
  if (seconds <= 2) return { name, outcome: 'ok', detail: `in step with ${host}` };
  return seconds <= largestSkewSeconds
    ? { name, outcome: 'ok', detail }
    : {
        name,
        outcome: 'failed',
        detail,
        remedy: 'set the clock of this machine, and let it follow a time server',
      };
}

function megabytes(bytes: number): string {
  return `${group(Math.round(bytes / megabyte))} MB`;
}
