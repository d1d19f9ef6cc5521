/** Jobs as the API shows them. */
import type { z } from '@hono/zod-openapi';
import { describeSchedule, nextRuns, readSchedule } from '../../schedule/schedule.ts';
import type { Expectation, JobStatistics } from '../../store/job-statistics.ts';
import type { JobTiming, StoredJob } from '../../store/jobs.ts';
import type { jobSchema, oneJobSchema } from '../schemas/jobs.ts';
import { text, textOrNull } from './route-parts.ts';

/** Reading an expression takes a while, and lists show the same ones again and again. */
const knownWords = new Map<string, string | null>();
const mostKnown = 2000;

/** A schedule in words; null where there is none that can be read. */
export function wordsOf({ schedule, timeZone }: Pick<JobTiming, 'schedule' | 'timeZone'>): string | null {
  if (schedule === null) return null;
  const key = `${schedule}\n${timeZone}`;
  const known = knownWords.get(key);
  if (known !== undefined) return known;
  const reading = readSchedule(schedule, timeZone);
  const words = reading.kind === 'schedule' ? describeSchedule(reading.schedule) : null;
  if (knownWords.size >= mostKnown) knownWords.clear();
  knownWords.set(key, words);
  return words;
}

/** A job in a list. */
export function renderJob(job: StoredJob, statistics: JobStatistics | undefined): z.input<typeof jobSchema> {
  const { identifier, displayName, origin, schedule, timeZone, isEnabled, follow, lastRun } = job;
  return {
    identifier,
    displayName,
    origin,
    schedule,
    timeZone,
    scheduleInWords: wordsOf(job),
    pace:
      follow === undefined
        ? null
        : { ...follow, pauseSeconds: job.followPauseSeconds ?? follow.floorSeconds },
    nextRunAt: isEnabled ? textOrNull(job.nextRunAt) : null,
    isIncremental: job.isIncremental,
    isUserStartDenied: job.isUserStartDenied,
    isEnabled,
    isTimingOverridden: job.definedTiming !== null,
    connections: [...new Set(job.tasks.flatMap(({ connections }) => connections))],
    taskCount: job.tasks.length,
    medianSeconds: statistics?.medianSeconds ?? null,
    lastRun: lastRun && { ...lastRun, endedAt: textOrNull(lastRun.endedAt) },
    lastRuns: (statistics?.lastRuns ?? []).map(({ startedAt, ...run }) => ({
      ...run,
      startedAt: text(startedAt),
    })),
    underWay: statistics?.underWay ?? null,
  };
}

export type JobHistory = Readonly<{
  statistics: JobStatistics | undefined;
  /** Of runs that read what has changed, and of those that read everything. */
  expected: Expectation;
  expectedInFull: Expectation;
}>;

/** A job by itself, with its tasks and its next runs. */
export function renderOneJob(
  job: StoredJob,
  { statistics, expected, expectedInFull }: JobHistory,
  now: Date,
): z.input<typeof oneJobSchema> {
  const { schedule, timeZone, isEnabled, definedTiming } = job;
  const reading = schedule === null ? undefined : readSchedule(schedule, timeZone);
  const runs = reading?.kind === 'schedule' && isEnabled ? nextRuns(reading.schedule, now, 5) : [];
  return {
    ...renderJob(job, statistics),
    version: job.version,
    definedTiming: definedTiming && {
      schedule: definedTiming.schedule,
      timeZone: definedTiming.timeZone,
      scheduleInWords: wordsOf(definedTiming),
      pace: definedTiming.follow,
    },
    timingChangedBy: job.timingChangedBy,
    timingChangedAt: textOrNull(job.timingChangedAt),
    nextRuns: runs.map(text),
    medianFullSeconds: expectedInFull.seconds,
    tasks: job.tasks.map(({ options: _, connections, dependsOn, ...task }) => ({
      ...task,
      connections: [...connections],
      dependsOn: [...dependsOn],
      medianSeconds: expected.tasks.get(task.identifier) ?? null,
    })),
  };
}
