/** The jobs of a deployment: put in the place of those before, with their next runs; and whose schedule a person has said otherwise. */
import type { TransactionSql } from 'postgres';
import { describeSchedule, nextRun, readSchedule } from '../schedule/schedule.ts';
import { dropConnectionJobs, type PlannedJob, replaceJobs, type StoredJob } from '../store/jobs.ts';
import type { EngineConfiguration } from './engine-configuration.ts';

/** Puts jobs in the place of those that were deployed. Gives the names that jobs have which follow a connection: those were left out. */
export async function deployJobs(
  sql: TransactionSql,
  { jobs }: EngineConfiguration,
  now: Date,
): Promise<readonly string[]> {
  await dropConnectionJobs(sql, [
    ...new Set(jobs.flatMap(({ tasks }) => tasks.flatMap((task) => task.connections))),
  ]);
  const planned = jobs.map((job): PlannedJob => {
    const reading = job.schedule === null ? undefined : readSchedule(job.schedule, job.timeZone);
    const nextRunAt = reading?.kind === 'schedule' ? nextRun(reading.schedule, now) : undefined;
    return { ...job, nextRunAt: nextRunAt ?? null };
  });
  return await replaceJobs(sql, 'configuration', planned);
}

/** The configuration does not have the last word there, and whoever deploys it is to know. */
export function describeOverride({
  identifier,
  schedule,
  timeZone,
  definedTiming,
  timingChangedBy,
}: StoredJob): string {
  const words = (expression: string | null, zone: string) => {
    const reading = expression === null ? undefined : readSchedule(expression, zone);
    return reading?.kind === 'schedule' ? describeSchedule(reading.schedule) : 'only when it is launched';
  };
  const defined = words(definedTiming?.schedule ?? null, definedTiming?.timeZone ?? timeZone);
  return `Job ${identifier} goes on running as ${timingChangedBy ?? 'a person'} has set it, ${words(schedule, timeZone)}, instead of ${defined}: give it back to the configuration in the console if that is not wanted any more.`;
}
