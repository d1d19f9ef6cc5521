/** Reconciliations of mappings: listed, looked at, ended, and where a guard holds one back, approved or discarded. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Sql } from 'postgres';
import { reconciliationModes } from '../../model/reconciliation.ts';
import { readJobRun, requestCancel } from '../../store/job-runs.ts';
import {
  type ReconciliationFilter,
  readReconciliationPage,
  readRunSurroundings,
} from '../../store/reconciliation-views.ts';
import { discardReconciliation, type StoredReconciliation } from '../../store/reconciliations.ts';
import { needs } from '../authentication.ts';
import { Refusal } from '../problem.ts';
import { type ApiEnv, actorOf } from '../request.ts';
import { listQueryShape } from '../schemas/list.ts';
import {
  type Reconciliation,
  reconciliationListSchema,
  reconciliationSchema,
  resumeReconciliationSchema,
  startedSchema,
} from '../schemas/reconciliations.ts';
import { doAudited } from './audited-work.ts';
import { keyHeader, recorder, refuseLaunch } from './launching.ts';
import { mappingParams, requireMapping } from './mapping-parts.ts';
import {
  launchReconciliation,
  type ReconciliationRoutes,
  requireEnabled,
  requireMappingOf,
  requireReconciliation,
} from './reconciliation-parts.ts';
import { renderReconciliation } from './reconciliation-rendering.ts';
import { audit, numberInPath, ok, problems } from './route-parts.ts';

const tags = ['Reconciliations'];
export const reconciliationParams = z.object({ reconciliationId: numberInPath('reconciliationId') });

const { page, pageSize, q } = listQueryShape(['startedAt'], '-startedAt');
const listShape = {
  page,
  pageSize,
  q: q.openapi({ description: 'A number, or a text in who started it or what it told.' }),
  mode: z
    .string()
    .transform((given) => given.split(','))
    .pipe(z.array(z.enum(reconciliationModes)))
    .optional()
    .openapi({
      type: 'string',
      description: `One or more of ${reconciliationModes.join(', ')}, with commas between.`,
    }),
  isTelling: z
    .enum(['true', 'false'])
    .default('false')
    .openapi({ description: 'Only those that found anything, wait for a person, failed or are under way.' }),
};

export function addReconciliationRoutes(app: OpenAPIHono<ApiEnv>, routes: ReconciliationRoutes): void {
  addLists(app, routes.sql);
  addOne(app, routes.sql);
  addCancel(app, routes.sql);
  addResume(app, routes);
  addDiscard(app, routes.sql);
}

function addLists(app: OpenAPIHono<ApiEnv>, sql: Sql): void {
  const responses = { 200: ok('A page of reconciliations.', reconciliationListSchema), ...problems(404) };
  const ofMapping = createRoute({
    ...needs(sql, '/Syncline/Reconciliation/Query'),
    method: 'get',
    path: '/api/mappings/{name}/reconciliations',
    tags,
    summary: 'List the reconciliations of a mapping, the newest first',
    request: { params: mappingParams, query: z.strictObject(listShape) },
    responses,
  });
  app.openapi(ofMapping, async (c) => {
    const { mode, isTelling, q: search, ...paging } = c.req.valid('query');
    const { mappingId } = await requireMapping(sql, c.req.valid('param').name);
    const filter = { mappingId, modes: mode, isTelling: isTelling === 'true', search: search || undefined };
    return c.json(await showPage(sql, filter, paging), 200);
  });

  const all = createRoute({
    ...needs(sql, '/Syncline/Reconciliation/Query'),
    method: 'get',
    path: '/api/reconciliations',
    tags,
    summary: 'List reconciliations of all mappings, the newest first',
    request: {
      query: z.strictObject({
        ...listShape,
        jobRunId: z.coerce
          .number()
          .int()
          .positive()
          .max(2 ** 31 - 1)
          .optional()
          .openapi({ description: 'Only those of this run of a job.' }),
      }),
    },
    responses,
  });
  app.openapi(all, async (c) => {
    const { mode, isTelling, jobRunId, q: search, ...paging } = c.req.valid('query');
    const filter = { modes: mode, isTelling: isTelling === 'true', jobRunId, search: search || undefined };
    return c.json(await showPage(sql, filter, paging), 200);
  });
}

async function showPage(
  sql: Sql,
  filter: ReconciliationFilter,
  paging: Readonly<{ page: number; pageSize: number }>,
): Promise<z.output<typeof reconciliationListSchema>> {
  const { items, total, isTotalExact } = await readReconciliationPage(sql, filter, paging);
  const around = await readRunSurroundings(sql, items);
  return { items: items.map((run) => renderReconciliation(run, around)), ...paging, total, isTotalExact };
}

async function show(sql: Sql, reconciliationId: number): Promise<Reconciliation> {
  const run = await requireReconciliation(sql, reconciliationId);
  return renderReconciliation(run, await readRunSurroundings(sql, [run]));
}

function addOne(app: OpenAPIHono<ApiEnv>, sql: Sql): void {
  const route = createRoute({
    ...needs(sql, '/Syncline/Reconciliation/Query'),
    method: 'get',
    path: '/api/reconciliations/{reconciliationId}',
    tags,
    summary: 'Get a reconciliation with its counts, and how far it is',
    request: { params: reconciliationParams },
    responses: { 200: ok('The reconciliation.', reconciliationSchema), ...problems(404) },
  });
  app.openapi(route, async (c) => c.json(await show(sql, c.req.valid('param').reconciliationId), 200));
}

function addCancel(app: OpenAPIHono<ApiEnv>, sql: Sql): void {
  const route = createRoute({
    ...needs(sql, '/Syncline/Reconciliation/Launch'),
    method: 'post',
    path: '/api/reconciliations/{reconciliationId}/cancel',
    tags,
    summary: 'Ask for the end of a reconciliation',
    description: 'It ends at the next portion of its entries. What is done stays done.',
    request: { params: reconciliationParams },
    responses: { 202: ok('The reconciliation as it is now.', reconciliationSchema), ...problems(404, 409) },
  });
  app.openapi(route, async (c) => {
    const { reconciliationId } = c.req.valid('param');
    const run = await requireReconciliation(sql, reconciliationId);
    const { jobRunId, state } = run;
    if (state === 'running' && jobRunId === null) {
      throw new Refusal(
        'reconciliation-state',
        `The reconciliation ${reconciliationId} was begun by a command: end that command.`,
      );
    }
    const isCancelled =
      state === 'running' &&
      jobRunId !== null &&
      (await requestCancel(sql, jobRunId, (transaction, isDone) =>
        audit(c, transaction, {
          action: 'reconciliation.cancel',
          subject: run.mappingName,
          outcome: isDone ? 'done' : 'refused',
          detail: { reconciliationId },
        }),
      ));
    if (!isCancelled) throw notIn(run, 'is not under way');
    return c.json(await show(sql, reconciliationId), 202);
  });
}

function addResume(app: OpenAPIHono<ApiEnv>, routes: ReconciliationRoutes): void {
  const { sql, queue } = routes;
  const route = createRoute({
    ...needs(sql, '/Jobs/RunJob/Repair'),
    method: 'post',
    path: '/api/reconciliations/{reconciliationId}/resume',
    tags,
    summary: 'Have a blocked reconciliation do what it found',
    description:
      'What changed since then is left to the next run: an entry whose target is another one by now fails.',
    request: {
      params: reconciliationParams,
      headers: keyHeader,
      body: { required: false, content: { 'application/json': { schema: resumeReconciliationSchema } } },
    },
    responses: { 202: ok('The run of the job that goes on.', startedSchema), ...problems(404, 409) },
  });
  app.openapi(route, async (c) => {
    const { reconciliationId } = c.req.valid('param');
    const { reason } = c.req.valid('json');
    const run = await requireReconciliation(sql, reconciliationId);
    const mapping = await requireMappingOf(sql, run);
    const idempotencyKey = c.req.valid('header')['idempotency-key'];
    if (run.state !== 'blocked') throw notIn(run, 'is not blocked');
    requireEnabled(mapping);
    if (mapping.revision !== run.revision) {
      throw new Refusal(
        'reconciliation-state',
        `The mapping ${mapping.name} has changed since the reconciliation ${reconciliationId} was blocked: reconcile it again.`,
      );
    }
    const entry = {
      action: 'reconciliation.resume',
      detail: { reconciliation: String(reconciliationId) },
    };
    const jobRun = run.jobRunId === null ? undefined : await readJobRun(sql, run.jobRunId);
    if (jobRun?.state !== 'blocked' || jobRun.jobId === null) {
      const job = run.mode === 'incremental' ? 'incremental' : 'full';
      const options = { resumes: 'true' };
      const launch = { job, options, reason, idempotencyKey, ...entry } as const;
      const started = await launchReconciliation(c, routes, mapping, launch);
      return c.json({ ...started, reconciliationId }, 202);
    }
    const outcome = await queue.resume(jobRun.jobRunId, actorOf(c.get('caller')), {
      reason: reason || undefined,
      idempotencyKey,
      record: recorder(c, {
        ...entry,
        subject: mapping.name,
        detail: { ...entry.detail, ...(reason ? { reason } : {}) },
      }),
    });
    if (outcome.kind !== 'launched') throw refuseLaunch(outcome, jobRun.jobIdentifier);
    return c.json({ jobRunId: outcome.jobRunId, reconciliationId }, 202);
  });
}

function addDiscard(app: OpenAPIHono<ApiEnv>, sql: Sql): void {
  const route = createRoute({
    ...needs(sql, '/Jobs/RunJob/Repair'),
    method: 'post',
    path: '/api/reconciliations/{reconciliationId}/discard',
    tags,
    summary: 'Drop what a blocked reconciliation would do',
    description: 'Nothing of it is done. The next run finds out anew what is to do.',
    request: { params: reconciliationParams },
    responses: { 200: ok('The reconciliation as it is now.', reconciliationSchema), ...problems(404, 409) },
  });
  app.openapi(route, async (c) => {
    const { reconciliationId } = c.req.valid('param');
    const run = await requireReconciliation(sql, reconciliationId);
    const entry = {
      action: 'reconciliation.discard',
      subject: run.mappingName,
      detail: { reconciliationId },
    };
    await doAudited(c, sql, entry, async (transaction) => {
      const message = `Discarded by ${actorOf(c.get('caller'))}: nothing of it was done.`;
      if (!(await discardReconciliation(transaction, reconciliationId, message))) {
        throw notIn(run, 'is not blocked');
      }
    });
    return c.json(await show(sql, reconciliationId), 200);
  });
}

/** The refusal for a run that is in another state than what is asked for needs. */
function notIn({ reconciliationId, state }: StoredReconciliation, what: string): Refusal {
  return new Refusal(
    'reconciliation-state',
    `The reconciliation ${reconciliationId} ${what}: its state is ${state}.`,
  );
}
