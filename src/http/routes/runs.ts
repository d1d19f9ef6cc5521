/** Runs of jobs: what became of them, and how far those are that are under way. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Sql } from 'postgres';
import { runStates } from '../../model/job.ts';
import { readRunPage, runOrders } from '../../store/job-lists.ts';
import { type JobRun, readJobRun } from '../../store/job-runs.ts';
import { readExpectation } from '../../store/job-statistics.ts';
import { readJobsOf } from '../../store/jobs.ts';
import { readBlocksOfRun } from '../../store/run-blocks.ts';
import { readTaskDefinitions } from '../../store/task-runs.ts';
import { needs } from '../authentication.ts';
import { Refusal } from '../problem.ts';
import type { ApiEnv } from '../request.ts';
import { listQueryShape, orderOf } from '../schemas/list.ts';
import { runDetailsSchema, runListSchema } from '../schemas/runs.ts';
import { numberInPath, ok, problems } from './route-parts.ts';
import { renderDetails, renderSummary } from './run-rendering.ts';

export const runParams = z.object({ jobRunId: numberInPath('jobRunId') });
const tags = ['Runs'];
const time = z.iso.datetime({ offset: true }).transform((written) => new Date(written));

const runQuerySchema = z.strictObject({
  ...listQueryShape(runOrders, '-startedAt'),
  job: z.string().optional().openapi({ description: 'Only runs of this job, whatever the case.' }),
  state: z.enum(runStates).optional(),
  isEnded: z
    .enum(['true', 'false'])
    .optional()
    .openapi({ description: 'Only those that have ended, or only those that have not.' }),
  from: time
    .optional()
    .openapi({ type: 'string', format: 'date-time', description: 'Queued then or later.' }),
  to: time.optional().openapi({ type: 'string', format: 'date-time', description: 'Queued before.' }),
  before: z.coerce
    .number()
    .int()
    .positive()
    .max(2 ** 31 - 1)
    .optional()
    .openapi({
      description: 'Only runs of a smaller number: who reads all of them misses none when new ones come.',
    }),
});

export function addRunRoutes(app: OpenAPIHono<ApiEnv>, sql: Sql, now: () => Date): void {
  const list = createRoute({
    ...needs(sql, '/Jobs/JobInstance/Query'),
    method: 'get',
    path: '/api/runs',
    tags,
    summary: 'List runs, the newest first',
    request: { query: runQuerySchema },
    responses: { 200: ok('A page of runs.', runListSchema), ...problems() },
  });
  app.openapi(list, async (c) => {
    const { page, pageSize, q, sort, job, isEnded, ...filter } = c.req.valid('query');
    const { items, ...counted } = await readRunPage(sql, {
      filter: {
        ...filter,
        jobIdentifier: job,
        search: q === '' ? undefined : q,
        isEnded: isEnded === undefined ? undefined : isEnded === 'true',
      },
      page,
      pageSize,
      ...orderOf(sort),
    });
    const shown = items.map((run) => ({ ...renderSummary(run), displayName: run.displayName }));
    return c.json({ items: shown, page, pageSize, ...counted }, 200);
  });

  const one = createRoute({
    ...needs(sql, '/Jobs/JobInstance/Query'),
    method: 'get',
    path: '/api/runs/{jobRunId}',
    tags,
    summary: 'Get a run with its tasks, their progress and counts, and what of it waits for a person',
    request: { params: runParams },
    responses: { 200: ok('The run.', runDetailsSchema), ...problems(404) },
  });
  app.openapi(one, async (c) => {
    const run = await requireRun(sql, c.req.valid('param').jobRunId);
    const [definitions, expectation, blocks, [job]] = await Promise.all([
      readTaskDefinitions(sql, run.jobRunId),
      readExpectation(sql, run.jobId, run.isFull),
      readBlocksOfRun(sql, run),
      readJobsOf(sql, run.jobId === null ? [] : [run.jobId]),
    ]);
    const context = { definitions, expectation, blocks, displayName: job?.displayName };
    return c.json(renderDetails(run, context, now()), 200);
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
