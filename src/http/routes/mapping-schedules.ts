/** When a mapping is reconciled by itself, how far its incremental runs have come, and what its rules can say. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Sql } from 'postgres';
import { listedActions, usualActions } from '../../mapping/policies.ts';
import { policyPresetNames, policyPresets } from '../../mapping/policy-presets.ts';
import { situationWords } from '../../mapping/situation-words.ts';
import { situations } from '../../model/reconciliation.ts';
import { previewSchedule } from '../../schedule/preview.ts';
import { readJobStatistics } from '../../store/job-statistics.ts';
import { findJob, type StoredJob } from '../../store/jobs.ts';
import { ensureMappingJobs, type MappingJobMode, mappingJobIdentifier } from '../../store/mapping-jobs.ts';
import { resetChangePosition, type StoredMapping } from '../../store/mappings.ts';
import { readMappingPosition } from '../../store/reconciliation-views.ts';
import { transact } from '../../store/transaction.ts';
import { needs } from '../authentication.ts';
import { etagOf, ifMatchHeader } from '../etag.ts';
import { Refusal } from '../problem.ts';
import type { ApiEnv } from '../request.ts';
import {
  type MappingSchedule,
  mappingScheduleSchema,
  mappingTimingSchema,
  positionSchema,
  scheduleKinds,
  situationRulesSchema,
} from '../schemas/mapping-schedules.ts';
import { doAudited } from './audited-work.ts';
import { wordsOf } from './job-rendering.ts';
import { mappingParams, requireMapping } from './mapping-parts.ts';
import { requireEnabled } from './reconciliation-parts.ts';
import { ok, problems, text, textOrNull } from './route-parts.ts';
import { changeTiming, readTiming, type Scheduling } from './schedules.ts';

const tags = ['Reconciliations'];
const scheduleParams = mappingParams.extend({
  kind: z.enum(scheduleKinds).openapi({ param: { name: 'kind', in: 'path' } }),
});

export function addMappingScheduleRoutes(app: OpenAPIHono<ApiEnv>, scheduling: Scheduling): void {
  addSchedules(app, scheduling);
  addPosition(app, scheduling.sql);
  addRules(app, scheduling.sql);
}

function addSchedules(app: OpenAPIHono<ApiEnv>, { sql, now }: Scheduling): void {
  const read = createRoute({
    ...needs(sql, '/Syncline/Reconciliation/Query'),
    method: 'get',
    path: '/api/mappings/{name}/schedules/{kind}',
    tags,
    summary: 'Get when a mapping is reconciled by itself',
    request: { params: scheduleParams },
    responses: { 200: ok('The schedule.', mappingScheduleSchema), ...problems(404) },
  });
  app.openapi(read, async (c) => {
    const { name, kind } = c.req.valid('param');
    const job = await requireJobOf(sql, await requireMapping(sql, name), kind);
    return c.json(await showSchedule(sql, job, kind, now()), 200, { ETag: etagOf(job.version) });
  });

  const change = createRoute({
    ...needs(sql, '/Jobs/Job/Update'),
    method: 'put',
    path: '/api/mappings/{name}/schedules/{kind}',
    tags,
    summary: 'Change when a mapping is reconciled by itself',
    request: {
      params: scheduleParams,
      headers: ifMatchHeader,
      body: { required: true, content: { 'application/json': { schema: mappingTimingSchema } } },
    },
    responses: {
      200: ok('The schedule as it is now.', mappingScheduleSchema),
      ...problems(404, 409, 412, 428),
    },
  });
  app.openapi(change, async (c) => {
    const { name, kind } = c.req.valid('param');
    const wanted = c.req.valid('json');
    const mapping = await requireMapping(sql, name);
    if (wanted.isEnabled && wanted.schedule !== null) requireEnabled(mapping);
    const { identifier } = await requireJobOf(sql, mapping, kind);
    const job = await changeTiming(
      c,
      { sql, now },
      {
        identifier,
        action: 'job.schedule',
        change: (before) => ({
          timing: readTiming(before, { ...wanted, pace: null }),
          isEnabled: wanted.isEnabled,
        }),
      },
    );
    return c.json(await showSchedule(sql, job, kind, now()), 200, { ETag: etagOf(job.version) });
  });
}

/** The job of a mapping; made where a door has left that out. Throws a `Refusal` where another job has its name. */
async function requireJobOf(sql: Sql, mapping: StoredMapping, kind: MappingJobMode): Promise<StoredJob> {
  const identifier = mappingJobIdentifier(mapping.name, kind);
  const known = await findJob(sql, identifier);
  if (known) return known;
  await transact(sql, (transaction) => ensureMappingJobs(transaction, mapping.definition));
  const made = await findJob(sql, identifier);
  if (made) return made;
  throw new Refusal(
    'job-state',
    `The mapping ${mapping.name} has no job ${identifier}: give the mapping another name.`,
  );
}

async function showSchedule(
  sql: Sql,
  job: StoredJob,
  kind: MappingJobMode,
  now: Date,
): Promise<MappingSchedule> {
  const { schedule, timeZone, isEnabled, lastRun } = job;
  const [statistics] = await readJobStatistics(sql, [job.jobId]);
  const medianSeconds = statistics?.medianSeconds ?? null;
  const preview =
    schedule === null
      ? undefined
      : previewSchedule(schedule, timeZone, { now, medianSeconds: medianSeconds ?? undefined });
  const isRunning = preview?.kind === 'schedule' && isEnabled;
  return {
    kind,
    jobIdentifier: job.identifier,
    schedule,
    timeZone,
    scheduleInWords: wordsOf(job),
    isEnabled,
    nextRuns: isRunning ? preview.next.map(({ at }) => text(at)) : [],
    warnings: preview?.kind === 'schedule' ? preview.warnings.map(({ sentence }) => sentence) : [],
    medianSeconds,
    lastRun: lastRun && { ...lastRun, endedAt: textOrNull(lastRun.endedAt) },
    underWay: statistics?.underWay ?? null,
    version: job.version,
  };
}

function addPosition(app: OpenAPIHono<ApiEnv>, sql: Sql): void {
  const read = createRoute({
    ...needs(sql, '/Syncline/Reconciliation/Query'),
    method: 'get',
    path: '/api/mappings/{name}/position',
    tags,
    summary: 'Get how far incremental reconciliations have come',
    description: 'What other products call the sync token.',
    request: { params: mappingParams },
    responses: { 200: ok('The position in the log of changes.', positionSchema), ...problems(404) },
  });
  app.openapi(read, async (c) => c.json(await showPosition(sql, c.req.valid('param').name), 200));

  const reset = createRoute({
    ...needs(sql, '/Syncline/Mappings/Update'),
    method: 'post',
    path: '/api/mappings/{name}/position/reset',
    tags,
    summary: 'Have the next incremental reconciliation look at everything',
    request: { params: mappingParams },
    responses: { 200: ok('The position as it is now.', positionSchema), ...problems(404) },
  });
  app.openapi(reset, async (c) => {
    const { name } = await requireMapping(sql, c.req.valid('param').name);
    await doAudited(c, sql, { action: 'mapping.position-reset', subject: name }, (transaction) =>
      resetChangePosition(transaction, name),
    );
    return c.json(await showPosition(sql, name), 200);
  });
}

async function showPosition(sql: Sql, name: string): Promise<z.output<typeof positionSchema>> {
  const { mappingId } = await requireMapping(sql, name);
  const { reachedAt, ...position } = await readMappingPosition(sql, mappingId);
  return { ...position, reachedAt: textOrNull(reachedAt) };
}

function addRules(app: OpenAPIHono<ApiEnv>, sql: Sql): void {
  const route = createRoute({
    ...needs(sql, '/Syncline/Mappings/Query'),
    method: 'get',
    path: '/api/situation-rules',
    tags: ['Mappings'],
    summary: 'Get the situations, what each usually comes to, and ready-made rules for all of them',
    responses: { 200: ok('Situations and presets.', situationRulesSchema), ...problems() },
  });
  app.openapi(route, (c) =>
    c.json(
      {
        situations: situations.map((situation) => ({
          situation,
          severity: situationWords[situation].severity,
          usualAction: usualActions[situation],
          listedActions: [...listedActions[situation]],
        })),
        presets: policyPresetNames.map((name) => {
          const { label, description, actions, reasons } = policyPresets[name];
          return { name, label, description, actions: { ...actions }, reasons: { ...reasons } };
        }),
      },
      200,
    ),
  );
}
