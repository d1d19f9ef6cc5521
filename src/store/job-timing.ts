/** When a job runs, as a person changes it: another schedule or pace than its definition says, and whether it runs by itself. */
import type { TransactionSql } from 'postgres';
import { findJob, type JobTiming, type StoredJob } from './jobs.ts';

/** A job that nobody else changes until the end of the transaction. */
export async function lockJob(sql: TransactionSql, identifier: string): Promise<StoredJob | undefined> {
  await sql`select from job where lower(identifier) = lower(${identifier}) for update`;
  return await findJob(sql, identifier);
}

export type TimingChange = Readonly<{
  timing: JobTiming;
  isEnabled: boolean;
  /** Null where nothing starts it by itself. */
  nextRunAt: Date | null;
  changedBy: string;
}>;

/** Has a job run at other times. What its definition says by itself is no override. */
export async function changeJobTiming(
  sql: TransactionSql,
  jobId: number,
  { timing: { schedule, timeZone, follow }, isEnabled, nextRunAt, changedBy }: TimingChange,
): Promise<void> {
  const { floorSeconds = null, ceilingSeconds = null } = follow ?? {};
  await sql`
    update job
    set schedule = ${schedule}, time_zone = ${timeZone}, follow_floor_seconds = ${floorSeconds},
        follow_ceiling_seconds = ${ceilingSeconds},
        follow_interval_seconds = greatest(${floorSeconds}::integer, least(follow_interval_seconds, ${ceilingSeconds}::integer)),
        is_enabled = ${isEnabled}, next_run_at = ${nextRunAt},
        is_schedule_overridden = (defined_schedule, defined_time_zone, defined_floor_seconds, defined_ceiling_seconds)
          is distinct from (${schedule}::text, ${timeZone}::text, ${floorSeconds}::integer, ${ceilingSeconds}::integer),
        version = version + 1, schedule_changed_by = ${changedBy}, schedule_changed_at = now()
    where job_id = ${jobId}`;
}
