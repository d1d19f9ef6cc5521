/** The job that follows a connection, under the connection's name; of a tenant of the console it comes, rests and goes with it. */
import type { ISql, TransactionSql } from 'postgres';
import type { Follow } from '../model/job.ts';
import { cancelJobRun } from './job-runs.ts';
import { type PlannedJob, recordJob } from './jobs.ts';

/** A job that follows a connection; its first run is due at `nextRunAt`. */
export function followJob(
  name: string,
  { floorSeconds, ceilingSeconds }: Follow,
  nextRunAt: Date | null,
): PlannedJob {
  return {
    identifier: name,
    displayName: `Follow ${name}`,
    schedule: null,
    timeZone: 'UTC',
    follow: { floorSeconds, ceilingSeconds },
    isIncremental: true,
    isUserStartDenied: false,
    nextRunAt,
    tasks: [
      {
        identifier: `${name}_Synchronize`,
        displayName: `Synchronize ${name}`,
        kind: 'synchronize',
        level: 0,
        connections: [name],
        isFull: false,
        isForced: false,
        continuesOnError: false,
        dependsOn: [],
        options: { element: 'SynchronizeTask' },
      },
    ],
  };
}

/** Makes or changes the job of a tenant. Says whether it could: another job may have the name. */
export async function recordTenantJob(
  sql: TransactionSql,
  name: string,
  follow: Follow,
  nextRunAt: Date | null,
): Promise<boolean> {
  return await recordJob(sql, 'console', followJob(name, follow, nextRunAt));
}

/** Has the job of a tenant run again from `nextRunAt` on, or at the end of the run that is under way then. */
export async function resumeTenantJob(sql: TransactionSql, name: string, nextRunAt: Date): Promise<void> {
  await sql`
    update job
    set is_enabled = true, next_run_at = ${nextRunAt}, wake_at = case when follow_floor_seconds is not null then ${nextRunAt} end::timestamptz,
        follow_interval_seconds = follow_floor_seconds
    where ${isJobOf(sql, name)}`;
}

/** Has the job of a tenant rest, and ends its run that is under way. Gives the number of that run. */
export async function pauseTenantJob(sql: TransactionSql, name: string): Promise<number | undefined> {
  await sql`update job set is_enabled = false, wake_at = null where ${isJobOf(sql, name)}`;
  return await cancelRunOf(sql, name);
}

/** Deletes the job of a tenant, after its run that is under way was asked to end. Gives the number of that run. */
export async function dropTenantJob(sql: TransactionSql, name: string): Promise<number | undefined> {
  const jobRunId = await cancelRunOf(sql, name);
  await sql`delete from job where ${isJobOf(sql, name)}`;
  return jobRunId;
}

async function cancelRunOf(sql: TransactionSql, name: string): Promise<number | undefined> {
  const [run] = await sql<{ jobRunId: number }[]>`
    select job_run_id from job_run join job using (job_id)
    where ${isJobOf(sql, name)} and state in ('queued', 'running') for update of job_run`;
  if (!run) return undefined;
  return (await cancelJobRun(sql, run.jobRunId)) ? run.jobRunId : undefined;
}

function isJobOf(sql: ISql, name: string) {
  return sql`origin = 'console' and lower(identifier) = lower(${name})`;
}
