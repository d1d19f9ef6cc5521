/**
 * Starts jobs when their time has come. Any number of schedulers work side by side on one database: each due job is taken by one
 * of them. A job whose time has passed more than once meanwhile is started once.
 */
import type { Sql } from 'postgres';
import { catchUp, readSchedule } from '../schedule/schedule.ts';
import { deleteOldJobRuns } from '../store/job-runs.ts';
import { type DueJob, readNextDue, withDueJob } from '../store/jobs.ts';
import { isConnectionLoss } from '../store/queue-access.ts';
import { readClockLead } from '../store/workers.ts';
import type { Queue } from './queue.ts';

export type SchedulerOptions = Readonly<{
  sql: Sql;
  queue: Queue;
  /** The time of this machine; jobs are due by the clock of the database, whatever this one shows. */
  now: () => Date;
  /** How long ended runs and their logs are kept, in days. */
  keepDays: number;
  /** Not told that the database is gone: the worker says so. */
  onError: (error: unknown) => void;
}>;

export type Scheduler = Readonly<{ stop: () => Promise<void> }>;

/** Jobs that are deployed meanwhile are seen after so long. */
const longestSleepMs = 1000;
const cleanUpEveryMs = 3_600_000;

export function startScheduler(options: SchedulerOptions): Scheduler {
  const { sql, now, onError } = options;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  let working: Promise<void> = Promise.resolve();
  let cleanedUpAtMs = 0;
  let leadMs = 0;
  const timed = { ...options, now: () => new Date(now().getTime() + leadMs) };

  const turn = async (): Promise<void> => {
    try {
      leadMs = await readClockLead(sql);
      while (!isStopped && (await startDueJob(timed)));
      const nowMs = timed.now().getTime();
      if (nowMs - cleanedUpAtMs >= cleanUpEveryMs) {
        cleanedUpAtMs = nowMs;
        await deleteOldJobRuns(sql, new Date(nowMs - options.keepDays * 86_400_000));
      }
    } catch (error) {
      if (!isConnectionLoss(error)) onError(error);
    }
    if (!isStopped) timer = setTimeout(begin, await sleepMs(timed));
  };
  const begin = (): void => {
    working = turn();
  };
  begin();
  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await working;
      clearTimeout(timer);
    },
  };
}

/** Starts one job that is due, if there is one. Says whether there was. */
export async function startDueJob({
  sql,
  queue,
  now,
}: Pick<SchedulerOptions, 'sql' | 'queue' | 'now'>): Promise<boolean> {
  return await withDueJob(sql, now(), async (transaction, job) => {
    const trigger = job.follow === null ? 'schedule' : 'follow';
    // A job that is still under way is not started again; its next time comes.
    const jobRunId = await queue.enqueue(transaction, {
      jobIdentifier: job.identifier,
      trigger,
      startedBy: job.follow === null ? 'the schedule' : 'following',
    });
    return { nextRunAt: nextTime(job, now()), isBegun: jobRunId !== undefined };
  });
}

/** Of a followed connection: the latest moment, in case its run never comes to an end that would say better. */
function nextTime({ schedule, timeZone, follow, dueAt }: DueJob, now: Date): Date | null {
  if (follow !== null) return new Date(now.getTime() + follow.ceilingSeconds * 1000);
  const reading = schedule === null ? undefined : readSchedule(schedule, timeZone);
  if (reading?.kind !== 'schedule') return null;
  return catchUp(reading.schedule, dueAt, now).nextAt ?? null;
}

async function sleepMs({ sql, now }: Pick<SchedulerOptions, 'sql' | 'now'>): Promise<number> {
  const next = await readNextDue(sql).catch(() => undefined);
  if (next === undefined) return longestSleepMs;
  return Math.max(10, Math.min(longestSleepMs, next.getTime() - now().getTime()));
}
