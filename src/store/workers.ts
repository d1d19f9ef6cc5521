/** Workers that are alive, or were a moment ago. */
import type { Sql } from 'postgres';

export type StoredWorker = Readonly<{
  worker: string;
  host: string;
  processId: number;
  version: string;
  slots: number;
  startedAt: Date;
  heartbeatAt: Date;
  /** How many runs it has in hand. */
  runs: number;
}>;

/** A worker that was silent for so long is not counted as alive. */
const aliveSeconds = 10;

/** Says that a worker is alive; gives the time of the database, which is the same for all machines. */
export async function recordWorker(
  sql: Sql,
  { worker, host, version, slots }: Pick<StoredWorker, 'worker' | 'host' | 'version' | 'slots'>,
): Promise<Date> {
  const [row] = await sql<{ heartbeatAt: Date }[]>`
    insert into worker (worker, host, process_id, version, slots)
    values (${worker}, ${host}, ${process.pid}, ${version}, ${slots})
    on conflict (worker) do update set heartbeat_at = now() returning heartbeat_at`;
  if (!row) throw new Error('A worker was recorded and cannot be found.');
  return row.heartbeatAt;
}

/**
 * How far the clock of the database is ahead of the one of this machine, in milliseconds; 0 where they agree within a second.
 * Schedules and pauses go by the database, so that machines whose clocks differ agree on what is due.
 */
export async function readClockLead(sql: Sql): Promise<number> {
  const askedAtMs = Date.now();
  const [row] = await sql<{ at: Date }[]>`select clock_timestamp() as at`;
  const leadMs = (row?.at.getTime() ?? askedAtMs) - (askedAtMs + Date.now()) / 2;
  return Math.abs(leadMs) < 1000 ? 0 : Math.round(leadMs);
}

/** A worker ends; and those that were silent for a day are forgotten, too. */
export async function forgetWorker(sql: Sql, worker: string): Promise<void> {
  await sql`delete from worker where worker = ${worker} or heartbeat_at < now() - interval '1 day'`;
}

/** Workers that are alive. */
export async function readWorkers(sql: Sql): Promise<StoredWorker[]> {
  return await sql<StoredWorker[]>`
    select worker.*, (select count(*)::int from job_run where job_run.worker = worker.worker and state = 'running') as runs
    from worker where heartbeat_at > now() - make_interval(secs => ${aliveSeconds}) order by worker`;
}
