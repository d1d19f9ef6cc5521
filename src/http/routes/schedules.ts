/** When jobs run, as a person changes it: a schedule looked at while it is typed, kept beside what the definition says, and given back. */
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import type { Sql } from 'postgres';
import { previewSchedule } from '../../schedule/preview.ts';
import { nextRun, readSchedule } from '../../schedule/schedule.ts';
import { readExpectation } from '../../store/job-statistics.ts';
import { changeJobTiming, lockJob } from '../../store/job-timing.ts';
import { findJob, type JobTiming, type StoredJob } from '../../store/jobs.ts';
import { transact } from '../../store/transaction.ts';
import { needs } from '../authentication.ts';
import { etagOf, ifMatchHeader, refuseChanged, requireVersion } from '../etag.ts';
import { Refusal } from '../problem.ts';
import { type ApiContext, type ApiEnv, actorOf } from '../request.ts';
import {
  oneJobSchema,
  previewRequestSchema,
  previewSchema,
  type Timing,
  timingSchema,
} from '../schemas/jobs.ts';
import { wordsOf } from './job-rendering.ts';
import { identifierParams, requireJob, showJob, unknownJob } from './jobs.ts';
import { audit, ok, problems, text } from './route-parts.ts';

export type Scheduling = Readonly<{ sql: Sql; now: () => Date }>;

export function addScheduleRoutes(app: OpenAPIHono<ApiEnv>, scheduling: Scheduling): void {
  addPreview(app, scheduling);
  addChange(app, scheduling);
  addReturn(app, scheduling);
}

function addPreview(app: OpenAPIHono<ApiEnv>, { sql, now }: Scheduling): void {
  const route = createRoute({
    ...needs(sql, '/Jobs/Job/Query'),
    method: 'post',
    path: '/api/schedules/preview',
    tags: ['Jobs'],
    summary: 'See what a schedule means',
    description: 'In words, with the next five runs and what may not be meant. Nothing is changed.',
    request: { body: { required: true, content: { 'application/json': { schema: previewRequestSchema } } } },
    responses: { 200: ok('What it means, or why it cannot be read.', previewSchema), ...problems() },
  });
  app.openapi(route, async (c) => {
    const { schedule: expression, timeZone, job: identifier } = c.req.valid('json');
    const job = identifier === undefined ? undefined : await findJob(sql, identifier);
    const usual = job && (await readExpectation(sql, job.jobId, false)).seconds;
    const preview = previewSchedule(expression, timeZone, { now: now(), medianSeconds: usual ?? undefined });
    if (preview.kind === 'refused') return c.json(preview, 200);
    const { schedule, sentence, next, warnings } = preview;
    return c.json(
      {
        kind: 'schedule' as const,
        schedule: schedule.expression,
        timeZone: schedule.timeZone,
        sentence,
        next: next.map(({ at, ...run }) => ({ ...run, at: text(at) })),
        warnings: [...warnings],
      },
      200,
    );
  });
}

function addChange(app: OpenAPIHono<ApiEnv>, { sql, now }: Scheduling): void {
  const route = createRoute({
    ...needs(sql, '/Jobs/Job/Update'),
    method: 'put',
    path: '/api/jobs/{identifier}/schedule',
    tags: ['Jobs'],
    summary: 'Change when a job runs',
    description:
      'Stands above what the configuration or the settings say, and stays when they are deployed or read anew, until it is given back.',
    request: {
      params: identifierParams,
      headers: ifMatchHeader,
      body: { required: true, content: { 'application/json': { schema: timingSchema } } },
    },
    responses: { 200: ok('The job as it is now.', oneJobSchema), ...problems(404, 409, 412, 428) },
  });
  app.openapi(route, async (c) => {
    const wanted = c.req.valid('json');
    const change = (job: StoredJob): Change => ({
      timing: readTiming(job, wanted),
      isEnabled: wanted.isEnabled,
    });
    const { identifier } = c.req.valid('param');
    const job = await changeTiming(c, { sql, now }, { identifier, action: 'job.schedule', change });
    return c.json(await showJob(sql, job, now()), 200, { ETag: etagOf(job.version) });
  });
}

function addReturn(app: OpenAPIHono<ApiEnv>, { sql, now }: Scheduling): void {
  const route = createRoute({
    ...needs(sql, '/Jobs/Job/Update'),
    method: 'delete',
    path: '/api/jobs/{identifier}/schedule',
    tags: ['Jobs'],
    summary: 'Have a job run again when its definition says',
    request: { params: identifierParams, headers: ifMatchHeader },
    responses: { 200: ok('The job as it is now.', oneJobSchema), ...problems(404, 409, 412, 428) },
  });
  app.openapi(route, async (c) => {
    const change = ({ identifier, definedTiming, isEnabled }: StoredJob): Change => {
      if (definedTiming !== null) return { timing: definedTiming, isEnabled };
      throw new Refusal('job-state', `The job ${identifier} runs when its definition says already.`);
    };
    const { identifier } = c.req.valid('param');
    const job = await changeTiming(c, { sql, now }, { identifier, action: 'job.schedule-return', change });
    return c.json(await showJob(sql, job, now()), 200, { ETag: etagOf(job.version) });
  });
}

type Change = Readonly<{ timing: JobTiming; isEnabled: boolean }>;

/**
 * Changes when a job runs, as `change` says of it, with its audit entry; one that is refused has its entry, too. Throws a `Refusal`
 * where the request names another version of the job than there is.
 */
export async function changeTiming(
  c: ApiContext,
  { sql, now }: Scheduling,
  {
    identifier,
    action,
    change,
  }: Readonly<{ identifier: string; action: string; change: (job: StoredJob) => Change }>,
): Promise<StoredJob> {
  const version = requireVersion(c);
  try {
    await transact(sql, async (transaction) => {
      const job = await lockJob(transaction, identifier);
      if (!job) throw unknownJob(identifier, undefined);
      refuseStale(job, version);
      const { timing, isEnabled } = change(job);
      const nextRunAt = nextTime(job, { timing, isEnabled }, now());
      await changeJobTiming(transaction, job.jobId, {
        timing,
        isEnabled,
        nextRunAt,
        changedBy: actorOf(c.get('caller')),
      });
      await audit(c, transaction, {
        action,
        subject: job.identifier,
        outcome: 'done',
        detail: {
          before: describe({ timing: timingOf(job), isEnabled: job.isEnabled }),
          after: describe({ timing, isEnabled }),
        },
      });
    });
  } catch (error) {
    if (error instanceof Refusal && error.code !== 'job-unknown') {
      const detail = { reason: error.code };
      await audit(c, sql, { action, subject: identifier, outcome: 'refused', detail });
    }
    throw error;
  }
  return await requireJob(sql, identifier);
}

function refuseStale(
  { identifier, version, origin, follow, timingChangedBy, timingChangedAt }: StoredJob,
  seen: number,
): void {
  if (origin === 'console' && follow !== undefined) {
    throw new Refusal(
      'job-state',
      `The job ${identifier} follows a tenant of the console: change the interval of the tenant, or switch the tenant off.`,
    );
  }
  if (seen === version) return;
  const changedBy = timingChangedBy ?? (origin === 'configuration' ? 'a deployment' : 'the settings');
  throw refuseChanged(`When the job ${identifier} runs`, {
    version,
    changedBy,
    changedAt: timingChangedAt ?? new Date(0),
  });
}

/** The times that are wanted. Throws a `Refusal` for what this job cannot have. */
export function readTiming(job: StoredJob, { schedule, timeZone, pace }: Timing): JobTiming {
  if (job.follow !== undefined) {
    if (schedule !== null || pace === null) {
      throw invalid(
        'schedule',
        `the job ${job.identifier} follows its connection: leave it null, and give a pace`,
      );
    }
    if (pace.floorSeconds > pace.ceilingSeconds) {
      throw invalid(
        'pace.floorSeconds',
        `${pace.floorSeconds} is more than the longest pause of ${pace.ceilingSeconds}: make it smaller`,
      );
    }
    return { schedule: null, timeZone: job.timeZone, follow: pace };
  }
  if (pace !== null) {
    throw invalid(
      'pace',
      `the job ${job.identifier} follows no connection: leave it null, and give a schedule`,
    );
  }
  // Without a schedule the zone says nothing, and still has to be one.
  const reading = readSchedule(schedule ?? '0 0 * * *', timeZone);
  if (reading.kind === 'refused') {
    const field = reading.part === 'time zone' ? 'body.timeZone' : 'body.schedule';
    throw new Refusal('request-invalid', reading.reason, { field });
  }
  const { expression, timeZone: zone } = reading.schedule;
  return { schedule: schedule === null ? null : expression, timeZone: zone, follow: null };
}

function invalid(field: string, why: string): Refusal {
  return new Refusal('request-invalid', `The field body.${field} is not valid: ${why}.`, {
    field: `body.${field}`,
  });
}

/** When a job runs next; what keeps its times keeps that as well. */
function nextTime(job: StoredJob, { timing, isEnabled }: Change, now: Date): Date | null {
  if (!isEnabled) return null;
  const { schedule, timeZone, follow } = timing;
  const wasWaiting = job.isEnabled && job.nextRunAt !== null;
  if (follow !== null) {
    if (!wasWaiting || job.nextRunAt === null) return now;
    return new Date(Math.min(job.nextRunAt.getTime(), now.getTime() + follow.ceilingSeconds * 1000));
  }
  if (schedule === null) return null;
  if (wasWaiting && schedule === job.schedule && timeZone === job.timeZone) return job.nextRunAt;
  const reading = readSchedule(schedule, timeZone);
  return (reading.kind === 'schedule' ? nextRun(reading.schedule, now) : undefined) ?? null;
}

function timingOf({ schedule, timeZone, follow }: StoredJob): JobTiming {
  return { schedule, timeZone, follow: follow ?? null };
}

function describe({ timing, isEnabled }: Change): string {
  const { schedule, timeZone, follow } = timing;
  const times =
    follow === null
      ? schedule === null
        ? 'only when it is launched'
        : `${schedule} (${timeZone}), ${wordsOf(timing) ?? 'never'}`
      : `follows with pauses of ${follow.floorSeconds} to ${follow.ceilingSeconds} s`;
  return isEnabled ? times : `${times}; switched off`;
}
