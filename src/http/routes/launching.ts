/** Beginning and ending runs: launching jobs, resuming what a guard held back, and cancelling. Each is in the audit with what it did. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Sql, TransactionSql } from 'postgres';
import type { LaunchNotes, LaunchOutcome, Queue, ResumeOutcome } from '../../jobs/queue.ts';
import { findBlockOf } from '../../store/blocks.ts';
import { listJobRuns, requestCancel } from '../../store/job-runs.ts';
import { findJob } from '../../store/jobs.ts';
import { transact } from '../../store/transaction.ts';
import { needs, requireGranted } from '../authentication.ts';
import { Refusal } from '../problem.ts';
import { type ApiContext, type ApiEnv, actorOf } from '../request.ts';
import { launchedSchema, launchSchema, type Resume, resumeSchema } from '../schemas/jobs.ts';
import { runSchema } from '../schemas/runs.ts';
import { identifierParams, unknownJob } from './jobs.ts';
import { audit, ok, problems } from './route-parts.ts';
import { renderRun } from './run-rendering.ts';
import { notBlocked, requireRun, runParams } from './runs.ts';

export type Launching = Readonly<{ sql: Sql; queue: Pick<Queue, 'launch' | 'resume'> }>;

/** The name of a launch, as a header. */
export const keyHeader = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,100}$/, 'write up to 100 letters, digits and signs without spaces')
    .optional()
    .openapi({
      description:
        'Any new name for this launch. Sent again with the same name, because the answer was lost, it answers with the run of the first time.',
      example: '5f0c7a52-9d1e-4a7b-8a55-2b1f0f2f7c11',
    }),
});

export function addLaunching(app: OpenAPIHono<ApiEnv>, launching: Launching): void {
  addLaunch(app, launching);
  addResume(app, launching);
  addCancel(app, launching.sql);
}

function addLaunch(app: OpenAPIHono<ApiEnv>, { sql, queue }: Launching): void {
  const launch = createRoute({
    ...needs(sql, '/Jobs/RunJob/Launch'),
    method: 'post',
    path: '/api/jobs/{identifier}/runs',
    tags: ['Jobs'],
    summary: 'Launch a job',
    request: {
      params: identifierParams,
      headers: keyHeader,
      body: { required: false, content: { 'application/json': { schema: launchSchema } } },
    },
    responses: { 202: ok('The run that was queued.', launchedSchema), ...problems(404, 409) },
  });
  app.openapi(launch, async (c) => {
    const { identifier } = c.req.valid('param');
    const { force = false, isFull = false, isRepair = false, reason, ...selection } = c.req.valid('json');
    const caller = c.get('caller');
    if (force || isRepair) requireGranted(caller, '/Jobs/RunJob/Repair');
    const startedBy = actorOf(caller);
    const wanted = given(selection);
    const entry = {
      action: isRepair ? 'job-run.resume' : 'job-run.launch',
      subject: identifier,
      detail: {
        ...wanted,
        ...(force ? { force } : {}),
        ...(isFull ? { isFull } : {}),
        ...(reason ? { reason } : {}),
      },
    };
    const notes = {
      reason: reason || undefined,
      idempotencyKey: c.req.valid('header')['idempotency-key'],
      record: recorder(c, entry),
    };
    const outcome = isRepair
      ? await repair(sql, queue, identifier, { startedBy, notes })
      : await queue.launch({
          jobIdentifier: identifier,
          trigger: caller.kind === 'person' ? 'console' : 'api',
          startedBy,
          options: { ...wanted, isForced: force, isFull },
          ...notes,
        });
    return answerLaunch(c, outcome, identifier);
  });
}

function addResume(app: OpenAPIHono<ApiEnv>, { sql, queue }: Launching): void {
  const resume = createRoute({
    ...needs(sql, '/Jobs/RunJob/Repair'),
    method: 'post',
    path: '/api/runs/{jobRunId}/resume',
    tags: ['Runs'],
    summary: 'Go on with a blocked run',
    description: 'Makes a run that applies what the guards held back, and goes on with the tasks after it.',
    request: {
      params: runParams,
      headers: keyHeader,
      body: { required: false, content: { 'application/json': { schema: resumeSchema } } },
    },
    responses: { 202: ok('The run that was queued.', launchedSchema), ...problems(404, 409) },
  });
  app.openapi(resume, async (c) => {
    const { jobRunId } = c.req.valid('param');
    const { seen = [], reason } = c.req.valid('json');
    const run = await requireRun(sql, jobRunId);
    const entry = {
      action: 'job-run.resume',
      subject: `run ${jobRunId}`,
      detail: { job: run.jobIdentifier, ...(reason ? { reason } : {}) },
    };
    const other = await findOtherList(sql, seen);
    if (other !== undefined) {
      await audit(c, sql, {
        ...entry,
        outcome: 'refused',
        detail: { ...entry.detail, outcome: 'other-list' },
      });
      throw new Refusal(
        'connection-state',
        `What is held back of ${other} is not the list that was looked at any more: look at it again.`,
      );
    }
    const outcome = await queue.resume(jobRunId, actorOf(c.get('caller')), {
      reason: reason || undefined,
      idempotencyKey: c.req.valid('header')['idempotency-key'],
      record: recorder(c, entry),
    });
    if (outcome.kind === 'not-blocked') throw notBlocked(jobRunId);
    return answerLaunch(c, outcome, run.jobIdentifier);
  });
}

function addCancel(app: OpenAPIHono<ApiEnv>, sql: Sql): void {
  const cancel = createRoute({
    ...needs(sql, '/Jobs/JobInstance/Update'),
    method: 'post',
    path: '/api/runs/{jobRunId}/cancel',
    tags: ['Runs'],
    summary: 'Ask for the end of a run',
    request: { params: runParams },
    responses: { 202: ok('The run as it is now.', runSchema), ...problems(404, 409) },
  });
  app.openapi(cancel, async (c) => {
    const { jobRunId } = c.req.valid('param');
    const run = await requireRun(sql, jobRunId);
    const isCancelled = await requestCancel(sql, jobRunId, (transaction, isDone) =>
      audit(c, transaction, {
        action: 'job-run.cancel',
        subject: `run ${jobRunId}`,
        outcome: isDone ? 'done' : 'refused',
        detail: { job: run.jobIdentifier },
      }),
    );
    if (!isCancelled)
      throw new Refusal('run-state', `The run ${jobRunId} has ended already: there is nothing to cancel.`);
    return c.json(renderRun(await requireRun(sql, jobRunId)), 202);
  });
}

export type AnyOutcome = LaunchOutcome | ResumeOutcome;
type Entry = Readonly<{
  action: string;
  subject: string;
  detail: Readonly<Record<string, string | boolean | readonly string[]>>;
}>;

/** Writes into the audit, in the transaction of a launch, what it came to. */
export function recorder(c: ApiContext, { detail, ...entry }: Entry) {
  return async (transaction: TransactionSql, outcome: AnyOutcome): Promise<void> =>
    audit(c, transaction, {
      ...entry,
      outcome: outcome.kind === 'launched' ? 'done' : 'refused',
      detail: {
        outcome: outcome.kind,
        ...('jobRunId' in outcome ? { jobRunId: outcome.jobRunId } : {}),
        ...detail,
      },
    });
}

type Noted = Readonly<{ startedBy: string; notes: LaunchNotes<AnyOutcome> }>;

async function repair(
  sql: Sql,
  queue: Pick<Queue, 'resume'>,
  identifier: string,
  { startedBy, notes }: Noted,
): Promise<AnyOutcome> {
  const [last] = await listJobRuns(sql, { jobIdentifier: identifier, limit: 1 });
  const isRepairable = last?.state === 'blocked' && (await findJob(sql, identifier)) !== undefined;
  if (isRepairable) return await queue.resume(last.jobRunId, startedBy, notes);
  const outcome: AnyOutcome = (await findJob(sql, identifier))
    ? { kind: 'not-blocked' }
    : { kind: 'unknown-job', nearest: undefined };
  await transact(sql, async (transaction) => notes.record?.(transaction, outcome));
  return outcome;
}

/** The connection of which another list is held back than the one that was seen, if there is one. */
async function findOtherList(sql: Sql, seen: NonNullable<Resume['seen']>): Promise<string | undefined> {
  for (const { connection, runId } of seen) {
    const block = await findBlockOf(sql, connection);
    if (block?.runId !== runId) return connection;
  }
  return undefined;
}

function answerLaunch(c: ApiContext, outcome: AnyOutcome, identifier: string) {
  if (outcome.kind !== 'launched') throw refuseLaunch(outcome, identifier);
  const { jobRunId } = outcome;
  return c.json({ jobRunId }, 202, { Location: `/api/runs/${jobRunId}` });
}

/** The refusal that an outcome stands for which began nothing. */
export function refuseLaunch(
  outcome: Exclude<AnyOutcome, { kind: 'launched' }>,
  identifier: string,
): Refusal {
  switch (outcome.kind) {
    case 'unknown-job':
      return unknownJob(identifier, outcome.nearest);
    case 'under-way':
      return new Refusal(
        'run-under-way',
        `The job is under way as run ${outcome.jobRunId}: wait for its end, or cancel it.`,
        { jobRunId: outcome.jobRunId },
      );
    case 'tenant-disabled':
      return new Refusal('job-state', `The tenant ${identifier} is disabled: enable it to synchronize it.`);
    case 'start-denied':
      return new Refusal('start-denied', `The job ${identifier} may only be launched by its schedule.`);
    case 'not-blocked':
      return new Refusal(
        'run-state',
        `The last run of the job ${identifier} is not blocked: launch the job without isRepair.`,
      );
    case 'refused':
      return new Refusal('request-invalid', outcome.reason, {
        field: outcome.part === 'idempotency-key' ? 'header.idempotency-key' : 'body',
      });
  }
}

type Given<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> };

/** The options that were given. */
function given<T extends object>(options: T): Given<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Given<T>;
}
