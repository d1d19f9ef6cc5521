/** Jobs: what there is, how each has run, and when it runs next. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Sql } from 'postgres';
import { jobOrders, readJobPage } from '../../store/job-lists.ts';
import { readExpectation, readJobStatistics } from '../../store/job-statistics.ts';
import { findJob, type StoredJob } from '../../store/jobs.ts';
import { needs } from '../authentication.ts';
import { etagOf } from '../etag.ts';
import { Refusal } from '../problem.ts';
import type { ApiEnv } from '../request.ts';
import { jobListSchema, oneJobSchema } from '../schemas/jobs.ts';
import { listQueryShape, orderOf } from '../schemas/list.ts';
import { renderJob, renderOneJob } from './job-rendering.ts';
import { nameInPath, ok, problems } from './route-parts.ts';

export const identifierParams = z.object({
  identifier: nameInPath('identifier', 'MicrosoftEntraID_Synchronization_Delta'),
});

export function addJobRoutes(app: OpenAPIHono<ApiEnv>, sql: Sql, now: () => Date): void {
  const list = createRoute({
    ...needs(sql, '/Jobs/Job/Query'),
    method: 'get',
    path: '/api/jobs',
    tags: ['Jobs'],
    summary: 'List jobs',
    request: { query: z.strictObject(listQueryShape(jobOrders, 'displayName')) },
    responses: { 200: ok('A page of jobs.', jobListSchema), ...problems() },
  });
  app.openapi(list, async (c) => {
    const { page, pageSize, q, sort } = c.req.valid('query');
    const { items, ...counted } = await readJobPage(sql, { page, pageSize, search: q, ...orderOf(sort) });
    const statistics = await readJobStatistics(
      sql,
      items.map(({ jobId }) => jobId),
    );
    const byId = new Map(statistics.map((one) => [one.jobId, one]));
    return c.json(
      { items: items.map((job) => renderJob(job, byId.get(job.jobId))), page, pageSize, ...counted },
      200,
    );
  });

  const one = createRoute({
    ...needs(sql, '/Jobs/Job/Query'),
    method: 'get',
    path: '/api/jobs/{identifier}',
    tags: ['Jobs'],
    summary: 'Get a job with its tasks and next runs',
    request: { params: identifierParams },
    responses: {
      200: ok('The job. Its `ETag` is what a change of its schedule needs.', oneJobSchema),
      ...problems(404),
    },
  });
  app.openapi(one, async (c) => {
    const job = await requireJob(sql, c.req.valid('param').identifier);
    return c.json(await showJob(sql, job, now()), 200, { ETag: etagOf(job.version) });
  });
}

/** A job with what its last runs tell of it. */
export async function showJob(sql: Sql, job: StoredJob, now: Date): Promise<z.input<typeof oneJobSchema>> {
  const [[statistics], expected, expectedInFull] = await Promise.all([
    readJobStatistics(sql, [job.jobId]),
    readExpectation(sql, job.jobId, false),
    readExpectation(sql, job.jobId, true),
  ]);
  return renderOneJob(job, { statistics, expected, expectedInFull }, now);
}

/** Throws a `Refusal` where there is no such job. */
export async function requireJob(sql: Sql, identifier: string): Promise<StoredJob> {
  const job = await findJob(sql, identifier);
  if (job) return job;
  throw unknownJob(identifier, undefined);
}

export function unknownJob(identifier: string, nearest: string | undefined): Refusal {
  const hint = nearest === undefined ? 'GET /api/jobs lists them' : `did you mean ${nearest}?`;
  return new Refusal(
    'job-unknown',
    `There is no job ${JSON.stringify(identifier)}: ${hint}${nearest === undefined ? '.' : ''}`,
  );
}
