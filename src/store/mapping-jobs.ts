/** The two jobs of a mapping, one that reconciles everything and one what has changed: they come, rest and go with it. */
import type { ISql, TransactionSql } from 'postgres';
import { isIdentities } from '../model/identity-schema.ts';
import type { TaskDefinition, TaskKind } from '../model/job.ts';
import type { MappingDefinition } from '../model/mapping.ts';
import { cancelJobRun } from './job-runs.ts';
import { findJob, type PlannedJob, recordJob } from './jobs.ts';

export const mappingJobModes = ['full', 'incremental'] as const;
export type MappingJobMode = (typeof mappingJobModes)[number];

/** What the jobs of a mapping are made of. */
export type JobbedMapping = Pick<MappingDefinition, 'name' | 'displayName' | 'source'>;

/** How the job is launched and found. */
export function mappingJobIdentifier(mappingName: string, mode: MappingJobMode): string {
  return `${mappingName} (${mode})`;
}

/**
 * Makes the jobs of a mapping, or has them be what the mapping is by now; when they run stays what a person has said. Until somebody
 * says it they run only when they are launched. Gives the identifiers that other jobs have already.
 */
export async function ensureMappingJobs(
  sql: TransactionSql,
  mapping: JobbedMapping,
): Promise<readonly string[]> {
  const taken: string[] = [];
  for (const mode of mappingJobModes) {
    const job = planMappingJob(mapping, mode);
    if (!(await recordJob(sql, 'console', job))) taken.push(job.identifier);
  }
  return taken;
}

/** The job itself: the source is brought up to date, then the mapping is reconciled. */
export function planMappingJob(
  { name, displayName, source }: JobbedMapping,
  mode: MappingJobMode,
): PlannedJob {
  const identifier = mappingJobIdentifier(name, mode);
  // The store of the identities is the system itself: there is nothing to synchronize.
  const synchronize = isIdentities(source.connection)
    ? []
    : [
        task('synchronize', `${identifier}_Synchronize`, `Synchronize ${source.connection}`, {
          connections: [source.connection],
          options: { element: 'SynchronizeTask' },
        }),
      ];
  const reconcile = task('reconcile', `${identifier}_Reconcile`, `Reconcile ${displayName || name}`, {
    level: synchronize.length,
    dependsOn: synchronize.map((one) => one.identifier),
    options: { mapping: name, mode },
  });
  return {
    identifier,
    displayName: `Reconcile ${displayName || name} (${mode})`,
    schedule: null,
    timeZone: 'UTC',
    isIncremental: mode === 'incremental',
    isUserStartDenied: false,
    nextRunAt: null,
    tasks: [...synchronize, reconcile],
  };
}

function task(
  kind: TaskKind,
  identifier: string,
  displayName: string,
  special: Partial<Pick<TaskDefinition, 'level' | 'connections' | 'dependsOn' | 'options'>>,
): TaskDefinition {
  return {
    identifier,
    displayName,
    kind,
    level: 0,
    connections: [],
    isFull: false,
    isForced: false,
    continuesOnError: false,
    dependsOn: [],
    options: {},
    ...special,
  };
}

/** Has the jobs of these mappings rest, and ends their runs. Gives the numbers of those runs. */
export async function pauseMappingJobs(
  sql: TransactionSql,
  mappingNames: readonly string[],
): Promise<readonly number[]> {
  // What ran by itself keeps the time of its next run, which tells it from what a person has switched off.
  await sql`update job set is_enabled = false where is_enabled and ${isJobOf(sql, mappingNames)}`;
  return await cancelMappingRuns(sql, mappingNames);
}

/**
 * Has the jobs that were paused run by themselves again, each from when `nextRunAt` says; what a person had switched off stays so.
 * Gives how many have a schedule.
 */
export async function resumeMappingJobs(
  sql: TransactionSql,
  mappingNames: readonly string[],
  nextRunAt: (timing: Readonly<{ schedule: string; timeZone: string }>) => Date | null,
): Promise<number> {
  const paused = await sql<{ jobId: number; schedule: string | null; timeZone: string }[]>`
    select job_id, schedule, time_zone from job
    where not is_enabled and (schedule is null or next_run_at is not null) and ${isJobOf(sql, mappingNames)}
    for update`;
  for (const { jobId, schedule, timeZone } of paused) {
    const next = schedule === null ? null : nextRunAt({ schedule, timeZone });
    await sql`update job set is_enabled = true, next_run_at = ${next} where job_id = ${jobId}`;
  }
  return paused.filter(({ schedule }) => schedule !== null).length;
}

/** Deletes the jobs of these mappings after their runs were asked to end. Gives the numbers of those runs. */
export async function dropMappingJobs(
  sql: TransactionSql,
  mappingNames: readonly string[],
): Promise<readonly number[]> {
  const cancelled = await cancelMappingRuns(sql, mappingNames);
  await sql`delete from job where ${isJobOf(sql, mappingNames)}`;
  return cancelled;
}

/**
 * Has the jobs of a mapping be those of another name, with when they run and what they have done. Gives the identifiers that other
 * jobs have already, which keeps all from being renamed.
 */
export async function renameMappingJobs(
  sql: TransactionSql,
  before: string,
  after: string,
): Promise<readonly string[]> {
  const taken: string[] = [];
  for (const mode of mappingJobModes) {
    const [from, to] = [mappingJobIdentifier(before, mode), mappingJobIdentifier(after, mode)];
    const isOwn = from.toLowerCase() === to.toLowerCase();
    if (!isOwn && (await findJob(sql, to))) taken.push(to);
  }
  if (taken.length > 0) return taken;
  for (const mode of mappingJobModes) {
    const [from, to] = [mappingJobIdentifier(before, mode), mappingJobIdentifier(after, mode)];
    await sql`
      update job set identifier = ${to} where lower(identifier) = lower(${from}) and origin = 'console'`;
  }
  return [];
}

/** The runs of jobs of these mappings that are queued or under way. */
export async function readMappingRuns(
  sql: ISql,
  mappingNames: readonly string[],
): Promise<readonly number[]> {
  const runs = await sql<{ jobRunId: number }[]>`
    select job_run_id from job_run join job using (job_id)
    where state in ('queued', 'running') and ${isJobOf(sql, mappingNames)} order by job_run_id`;
  return runs.map(({ jobRunId }) => jobRunId);
}

async function cancelMappingRuns(
  sql: TransactionSql,
  mappingNames: readonly string[],
): Promise<readonly number[]> {
  const cancelled: number[] = [];
  for (const jobRunId of await readMappingRuns(sql, mappingNames)) {
    if (await cancelJobRun(sql, jobRunId)) cancelled.push(jobRunId);
  }
  return cancelled;
}

function isJobOf(sql: ISql, mappingNames: readonly string[]) {
  const identifiers = mappingNames.flatMap((name) =>
    mappingJobModes.map((mode) => mappingJobIdentifier(name, mode).toLowerCase()),
  );
  return sql`job.origin = 'console' and lower(job.identifier) = any(${identifiers}::text[])`;
}
