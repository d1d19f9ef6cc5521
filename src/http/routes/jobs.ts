/** Jobs: what there is, when each runs next, and launching them. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Sql } from 'postgres';
import type { LaunchOutcome, Queue } from '../../jobs/queue.ts';
import { runStates, taskKinds } from '../../model/job.ts';
import { describeSchedule, nextRuns, readSchedule } from '../../schedule/schedule.ts';
import { listJobRuns } from '../../store/job-runs.ts';
import { findJob, readJobs, type StoredJob } from '../../store/jobs.ts';
import { needs, requireGranted } from '../authentication.ts';
import { Refusal } from '../problem.ts';
import { type ApiEnv, actorOf } from '../request.ts';
import { audit, instant, nameInPath, ok, problems, text, textOrNull } from './route-parts.ts';

const jobSchema = z
  .object({
    identifier: z.string(),
    displayName: z.string(),
    schedule: z.string().nullable().openapi({ description: 'A cron expression.', example: '*/15 * * * *' }),
    timeZone: z.string().openapi({ example: 'Europe/Paris' }),
    scheduleInWords: z.string().nullable().openapi({ example: 'every 15 minutes' }),
    nextRunAt: instant.nullable(),
    isIncremental: z.boolean(),
    isUserStartDenied: z.boolean().openapi({ description: 'Only the schedule may launch it.' }),
    isEnabled: z.boolean(),
    lastRun: z
      .object({ jobRunId: z.int(), state: z.enum(runStates), endedAt: instant.nullable() })
      .nullable(),
  })
  .openapi('Job');

const taskSchema = z
  .object({
    identifier: z.string(),
    displayName: z.string(),
    kind: z.enum(taskKinds),
    level: z.int().openapi({ description: 'Tasks of one level run side by side.' }),
    connections: z.array(z.string()),
    isFull: z.boolean(),
    isForced: z.boolean(),
    continuesOnError: z.boolean(),
    dependsOn: z.array(z.string()),
  })
  .openapi('Task');

const oneJobSchema = jobSchema
  .extend({
    nextRuns: z.array(instant).openapi({ description: 'The next five runs of the schedule.' }),
    tasks: z.array(taskSchema),
  })
  .openapi('JobWithTasks');

const launchSchema = z
  .strictObject({
    taskIdentifier: z.string().optional().openapi({ description: 'Only this task.' }),
    beginStep: z.string().optional().openapi({ description: 'From this task on.' }),
    endStep: z.string().optional().openapi({ description: 'Up to this task.' }),
    taskType: z
      .string()
      .optional()
      .openapi({ description: 'The first task of this type.', example: 'SynchronizeTask' }),
    taskContains: z.string().optional().openapi({ description: 'Tasks whose identifier contains this.' }),
    force: z.boolean().optional().openapi({
      description: 'Apply whatever the guards say. Needs /Jobs/RunJob/Repair, too.',
    }),
    isFull: z.boolean().optional().openapi({ description: 'Read everything instead of what has changed.' }),
    isRepair: z.boolean().optional().openapi({
      description:
        'Go on with the blocked last run of the job, without other options. Needs /Jobs/RunJob/Repair, too.',
    }),
  })
  .openapi('Launch');

export const launchedSchema = z.object({ jobRunId: z.int() }).openapi('Launched');

const identifierParams = z.object({
  identifier: nameInPath('identifier', 'MicrosoftEntraID_Synchronization_Delta'),
});

export type JobRoutes = Readonly<{ sql: Sql; queue: Pick<Queue, 'launch' | 'resume'>; now: () => Date }>;

export function addJobRoutes(app: OpenAPIHono<ApiEnv>, { sql, queue, now }: JobRoutes): void {
  const list = createRoute({
    ...needs(sql, '/Jobs/Job/Query'),
    method: 'get',
    path: '/api/jobs',
    tags: ['Jobs'],
    summary: 'List jobs',
    responses: {
      200: ok('The jobs, by identifier.', z.object({ jobs: z.array(jobSchema) })),
      ...problems(),
    },
  });
  app.openapi(list, async (c) => c.json({ jobs: (await readJobs(sql)).map(renderJob) }, 200));

  const one = createRoute({
    ...needs(sql, '/Jobs/Job/Query'),
    method: 'get',
    path: '/api/jobs/{identifier}',
    tags: ['Jobs'],
    summary: 'Get a job with its tasks and next runs',
    request: { params: identifierParams },
    responses: { 200: ok('The job.', oneJobSchema), ...problems(404) },
  });
  app.openapi(one, async (c) => {
    const { identifier } = c.req.valid('param');
    const job = await findJob(sql, identifier);
    if (!job) throw unknownJob(identifier, undefined);
    const reading = job.schedule === null ? undefined : readSchedule(job.schedule, job.timeZone);
    const runs = reading?.kind === 'schedule' ? nextRuns(reading.schedule, now(), 5) : [];
    const tasks = job.tasks.map(({ options: _, connections, dependsOn, ...task }) => ({
      ...task,
      connections: [...connections],
      dependsOn: [...dependsOn],
    }));
    return c.json({ ...renderJob(job), nextRuns: runs.map(text), tasks }, 200);
  });

  const launch = createRoute({
    ...needs(sql, '/Jobs/RunJob/Launch'),
    method: 'post',
    path: '/api/jobs/{identifier}/runs',
    tags: ['Jobs'],
    summary: 'Launch a job',
    request: {
      params: identifierParams,
      body: { required: false, content: { 'application/json': { schema: launchSchema } } },
    },
    responses: { 202: ok('The run that was queued.', launchedSchema), ...problems(404, 409) },
  });
  app.openapi(launch, async (c) => {
    const { identifier } = c.req.valid('param');
    const { force = false, isFull = false, isRepair = false, ...selection } = c.req.valid('json');
    const caller = c.get('caller');
    if (force || isRepair) requireGranted(caller, '/Jobs/RunJob/Repair');
    const startedBy = actorOf(caller);
    const outcome = isRepair
      ? await repair(sql, queue, identifier, startedBy)
      : await queue.launch({
          jobIdentifier: identifier,
          trigger: 'api',
          startedBy,
          options: { ...given(selection), isForced: force, isFull },
        });
    await audit(c, sql, {
      action: isRepair ? 'job-run.resume' : 'job-run.launch',
      subject: identifier,
      outcome: outcome.kind === 'launched' ? 'done' : 'refused',
      detail: {
        outcome: outcome.kind,
        ...('jobRunId' in outcome ? { jobRunId: outcome.jobRunId } : {}),
        ...given(selection),
        ...(force ? { force } : {}),
        ...(isFull ? { isFull } : {}),
      },
    });
    if (outcome.kind !== 'launched') throw refuseLaunch(outcome, identifier);
    const { jobRunId } = outcome;
    return c.json({ jobRunId }, 202, { Location: `/api/runs/${jobRunId}` });
  });
}

type RepairOutcome = LaunchOutcome | Readonly<{ kind: 'not-blocked' }>;

async function repair(
  sql: Sql,
  queue: Pick<Queue, 'resume'>,
  identifier: string,
  startedBy: string,
): Promise<RepairOutcome> {
  if (!(await findJob(sql, identifier))) return { kind: 'unknown-job', nearest: undefined };
  const [last] = await listJobRuns(sql, { jobIdentifier: identifier, limit: 1 });
  return last?.state === 'blocked' ? await queue.resume(last.jobRunId, startedBy) : { kind: 'not-blocked' };
}

function refuseLaunch(outcome: Exclude<RepairOutcome, { kind: 'launched' }>, identifier: string): Refusal {
  switch (outcome.kind) {
    case 'unknown-job':
      return unknownJob(identifier, outcome.nearest);
    case 'under-way':
      return underWay(outcome.jobRunId);
    case 'start-denied':
      return new Refusal('start-denied', `The job ${identifier} may only be launched by its schedule.`);
    case 'not-blocked':
      return new Refusal(
        'run-state',
        `The last run of the job ${identifier} is not blocked: launch the job without isRepair.`,
      );
    case 'refused':
      return new Refusal('request-invalid', outcome.reason, { field: 'body' });
  }
}

function unknownJob(identifier: string, nearest: string | undefined): Refusal {
  const hint = nearest === undefined ? 'GET /api/jobs lists them' : `did you mean ${nearest}?`;
  return new Refusal(
    'job-unknown',
    `There is no job ${JSON.stringify(identifier)}: ${hint}${nearest === undefined ? '.' : ''}`,
  );
}

/** What a launch gets while the job is queued or running. */
export function underWay(jobRunId: number): Refusal {
  return new Refusal(
    'run-under-way',
    `The job is under way as run ${jobRunId}: wait for its end, or cancel it.`,
    { jobRunId },
  );
}

type Given<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> };

/** The options that were given. */
function given<T extends Record<string, string | undefined>>(options: T): Given<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Given<T>;
}

function renderJob(job: StoredJob): z.input<typeof jobSchema> {
  const {
    identifier,
    displayName,
    schedule,
    timeZone,
    nextRunAt,
    isIncremental,
    isUserStartDenied,
    isEnabled,
  } = job;
  const reading = schedule === null ? undefined : readSchedule(schedule, timeZone);
  return {
    identifier,
    displayName,
    schedule,
    timeZone,
    scheduleInWords: reading?.kind === 'schedule' ? describeSchedule(reading.schedule) : null,
    nextRunAt: textOrNull(nextRunAt),
    isIncremental,
    isUserStartDenied,
    isEnabled,
    lastRun: job.lastRun && { ...job.lastRun, endedAt: textOrNull(job.lastRun.endedAt) },
  };
}
