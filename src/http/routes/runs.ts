/** Runs of jobs: what became of them, what their tasks told, and cancelling and resuming them. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Sql } from 'postgres';
import type { Queue } from '../../jobs/queue.ts';
import { runStates } from '../../model/job.ts';
import { type JobRun, listJobRuns, readJobRun, requestCancel } from '../../store/job-runs.ts';
import { readTaskRunLog } from '../../store/task-run-log.ts';
import { needs } from '../authentication.ts';
import { Refusal } from '../problem.ts';
import { type ApiEnv, actorOf } from '../request.ts';
import { launchedSchema, underWay } from './jobs.ts';
import { audit, instant, nextBefore, numberInPath, ok, pagingShape, problems, text } from './route-parts.ts';
import { renderRun, renderSummary, runSchema, runSummarySchema } from './run-schema.ts';

const runParams = z.object({ jobRunId: numberInPath('jobRunId') });
const taskRunParams = runParams.extend({ taskRunId: numberInPath('taskRunId') });
const tags = ['Runs'];

const logLineSchema = z
  .object({
    lineNumber: z.int(),
    level: z.enum(['debug', 'information', 'warning', 'error']),
    message: z.string(),
    loggedAt: instant,
  })
  .openapi('LogLine');

export type RunRoutes = Readonly<{ sql: Sql; queue: Pick<Queue, 'resume'> }>;

export function addRunRoutes(app: OpenAPIHono<ApiEnv>, { sql, queue }: RunRoutes): void {
  addReading(app, sql);
  addLog(app, sql);
  addChanges(app, { sql, queue });
}

function addReading(app: OpenAPIHono<ApiEnv>, sql: Sql): void {
  const list = createRoute({
    ...needs(sql, '/Jobs/JobInstance/Query'),
    method: 'get',
    path: '/api/runs',
    tags,
    summary: 'List runs, the newest first',
    request: {
      query: z.strictObject({
        job: z.string().optional().openapi({ description: 'Only runs of this job, whatever the case.' }),
        state: z.enum(runStates).optional(),
        ...pagingShape,
      }),
    },
    responses: {
      200: ok(
        'A page of runs.',
        z.object({ runs: z.array(runSummarySchema), nextBefore: z.int().nullable() }),
      ),
      ...problems(),
    },
  });
  app.openapi(list, async (c) => {
    const { job, state, before, limit } = c.req.valid('query');
    const runs = await listJobRuns(sql, {
      ...(job === undefined ? {} : { jobIdentifier: job }),
      ...(state === undefined ? {} : { state }),
      ...(before === undefined ? {} : { before }),
      limit,
    });
    const ids = runs.map(({ jobRunId }) => jobRunId);
    return c.json({ runs: runs.map(renderSummary), nextBefore: nextBefore(ids, limit) }, 200);
  });

  const one = createRoute({
    ...needs(sql, '/Jobs/JobInstance/Query'),
    method: 'get',
    path: '/api/runs/{jobRunId}',
    tags,
    summary: 'Get a run with its tasks, their progress and counts',
    request: { params: runParams },
    responses: { 200: ok('The run.', runSchema), ...problems(404) },
  });
  app.openapi(one, async (c) => c.json(renderRun(await requireRun(sql, c.req.valid('param').jobRunId)), 200));
}

function addLog(app: OpenAPIHono<ApiEnv>, sql: Sql): void {
  const log = createRoute({
    ...needs(sql, '/Jobs/RunJob/GetLog'),
    method: 'get',
    path: '/api/runs/{jobRunId}/tasks/{taskRunId}/log',
    tags,
    summary: 'Read what a task told while it ran',
    request: {
      params: taskRunParams,
      query: z.strictObject({
        after: z.coerce
          .number()
          .int()
          .min(0)
          .max(2 ** 31 - 1)
          .default(0)
          .openapi({
            description: 'Only lines after the one of this number: `nextAfter` of the page before.',
          }),
        limit: z.coerce.number().int().min(1).max(1000).default(200),
      }),
    },
    responses: {
      200: ok('Lines in their order.', z.object({ lines: z.array(logLineSchema), nextAfter: z.int() })),
      ...problems(404),
    },
  });
  app.openapi(log, async (c) => {
    const { jobRunId, taskRunId } = c.req.valid('param');
    const { after, limit } = c.req.valid('query');
    const run = await requireRun(sql, jobRunId);
    if (!run.tasks.some((task) => task.taskRunId === taskRunId)) {
      throw new Refusal('task-run-unknown', `The run ${jobRunId} has no task run ${taskRunId}.`);
    }
    const lines = await readTaskRunLog(sql, taskRunId, { after, limit });
    return c.json(
      {
        lines: lines.map(({ loggedAt, ...line }) => ({ ...line, loggedAt: text(loggedAt) })),
        // A line may still come: a reader who is at the end asks again from here.
        nextAfter: lines.at(-1)?.lineNumber ?? after,
      },
      200,
    );
  });
}

function addChanges(app: OpenAPIHono<ApiEnv>, { sql, queue }: RunRoutes): void {
  const cancel = createRoute({
    ...needs(sql, '/Jobs/JobInstance/Update'),
    method: 'post',
    path: '/api/runs/{jobRunId}/cancel',
    tags,
    summary: 'Ask for the end of a run',
    request: { params: runParams },
    responses: { 202: ok('The run as it is now.', runSchema), ...problems(404, 409) },
  });
  app.openapi(cancel, async (c) => {
    const { jobRunId } = c.req.valid('param');
    const run = await requireRun(sql, jobRunId);
    const isCancelled = await requestCancel(sql, jobRunId);
    const outcome = isCancelled ? 'done' : 'refused';
    await audit(c, sql, {
      action: 'job-run.cancel',
      subject: `run ${jobRunId}`,
      outcome,
      detail: { job: run.jobIdentifier },
    });
    if (!isCancelled)
      throw new Refusal('run-state', `The run ${jobRunId} has ended already: there is nothing to cancel.`);
    return c.json(renderRun(await requireRun(sql, jobRunId)), 202);
  });

  const resume = createRoute({
    ...needs(sql, '/Jobs/RunJob/Repair'),
    method: 'post',
    path: '/api/runs/{jobRunId}/resume',
    tags,
    summary: 'Go on with a blocked run',
    description: 'Makes a run that applies what the guards held back, and goes on with the tasks after it.',
    request: { params: runParams },
    responses: { 202: ok('The run that was queued.', launchedSchema), ...problems(404, 409) },
  });
  app.openapi(resume, async (c) => {
    const { jobRunId } = c.req.valid('param');
    const run = await requireRun(sql, jobRunId);
    const outcome = await queue.resume(jobRunId, actorOf(c.get('caller')));
    await audit(c, sql, {
      action: 'job-run.resume',
      subject: `run ${jobRunId}`,
      outcome: outcome.kind === 'launched' ? 'done' : 'refused',
      detail: { job: run.jobIdentifier, outcome: outcome.kind },
    });
    if (outcome.kind === 'not-blocked') throw notBlocked(jobRunId);
    if (outcome.kind === 'under-way') throw underWay(outcome.jobRunId);
    return c.json({ jobRunId: outcome.jobRunId }, 202, { Location: `/api/runs/${outcome.jobRunId}` });
  });
}

/** What a run gets that nothing waits in. */
export function notBlocked(jobRunId: number): Refusal {
  return new Refusal(
    'run-state',
    `The run ${jobRunId} is not blocked, or its job is gone: there is nothing to go on with.`,
  );
}

/** Throws a `Refusal` where there is no such run. */
export async function requireRun(sql: Sql, jobRunId: number): Promise<JobRun> {
  const run = await readJobRun(sql, jobRunId);
  if (run) return run;
  throw new Refusal('run-unknown', `There is no run ${jobRunId}, or it is so old that it was deleted.`);
}
