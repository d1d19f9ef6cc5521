/** Beginning a reconciliation: what may be asked of one, and the run of a job that it becomes. */
import { createRoute, type OpenAPIHono, type z } from '@hono/zod-openapi';
import { parseQueryFilter } from '../../mapping/query-filter.ts';
import { needs, requireGranted } from '../authentication.ts';
import { Refusal } from '../problem.ts';
import type { ApiEnv } from '../request.ts';
import { startedSchema, startSchema } from '../schemas/reconciliations.ts';
import { keyHeader } from './launching.ts';
import { mappingParams, requireMapping } from './mapping-parts.ts';
import { launchReconciliation, type ReconciliationRoutes, requireEnabled } from './reconciliation-parts.ts';
import { ok, problems } from './route-parts.ts';

const tags = ['Reconciliations'];

export function addReconciliationStart(app: OpenAPIHono<ApiEnv>, routes: ReconciliationRoutes): void {
  const { sql } = routes;
  const route = createRoute({
    ...needs(sql, '/Syncline/Reconciliation/Launch'),
    method: 'post',
    path: '/api/mappings/{name}/reconciliations',
    tags,
    summary: 'Reconcile a mapping',
    description: 'Brings its source up to date first. What is asked for holds for this run only.',
    request: {
      params: mappingParams,
      headers: keyHeader,
      body: { required: true, content: { 'application/json': { schema: startSchema } } },
    },
    responses: { 202: ok('The run of the job that was queued.', startedSchema), ...problems(404, 409) },
  });
  app.openapi(route, async (c) => {
    const wanted = c.req.valid('json');
    const { mode, isDryRun, isForced, query, keys, reason } = wanted;
    if (isForced) requireGranted(c.get('caller'), '/Jobs/RunJob/Repair');
    requireFitting(wanted);
    const mapping = await requireMapping(sql, c.req.valid('param').name);
    if (!isDryRun) requireEnabled(mapping);
    const options = {
      mode,
      ...(isDryRun ? { dryRun: 'true' } : {}),
      ...(isForced ? { forced: 'true' } : {}),
      ...(query === undefined ? {} : { query }),
      ...(keys === undefined ? {} : { keys: JSON.stringify(keys) }),
    };
    const started = await launchReconciliation(c, routes, mapping, {
      job: mode === 'incremental' ? 'incremental' : 'full',
      options,
      reason,
      idempotencyKey: c.req.valid('header')['idempotency-key'],
      action: isDryRun ? 'reconciliation.simulate' : 'reconciliation.launch',
      detail: {
        mode,
        ...(isForced ? { isForced } : {}),
        ...(query === undefined ? {} : { query }),
        ...(keys === undefined ? {} : { keys: keys.slice(0, shownKeys) }),
      },
    });
    return c.json(started, 202, { Location: `/api/runs/${started.jobRunId}` });
  });
}

/** Keys that an audit entry names. */
const shownKeys = 20;

/** Throws a `Refusal` where the mode and what goes with it do not fit together. */
function requireFitting({ mode, query, keys }: z.output<typeof startSchema>): void {
  if ((mode === 'query') !== (query !== undefined)) {
    throw invalid('query', mode === 'query' ? 'the mode query needs one' : `the mode ${mode} takes none`);
  }
  if ((mode === 'keys') !== (keys !== undefined)) {
    throw invalid('keys', mode === 'keys' ? 'the mode keys needs some' : `the mode ${mode} takes none`);
  }
  if (query === undefined) return;
  const parsed = parseQueryFilter(query);
  if (parsed.kind === 'mistake')
    throw new Refusal('request-invalid', parsed.mistake.message, { field: 'body.query' });
}

function invalid(field: string, why: string): Refusal {
  return new Refusal('request-invalid', `The field body.${field} is not valid: ${why}.`, {
    field: `body.${field}`,
  });
}
