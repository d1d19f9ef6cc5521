/** Runs as the API shows them. */
import { z } from '@hono/zod-openapi';
import { runStates, taskKinds } from '../../model/job.ts';
import type { JobRun, JobRunSummary, TaskRun } from '../../store/job-runs.ts';
import { instant, text, textOrNull } from './route-parts.ts';

export const runSummarySchema = z
  .object({
    jobRunId: z.int(),
    jobIdentifier: z.string(),
    state: z.enum(runStates),
    trigger: z.string().openapi({ description: 'What started it.', example: 'schedule' }),
    startedBy: z.string(),
    message: z.string().nullable().openapi({ description: 'What a person should know, in a sentence.' }),
    worker: z.string().nullable(),
    isCancelRequested: z.boolean(),
    resumesJobRunId: z
      .int()
      .nullable()
      .openapi({ description: 'The blocked run that this one goes on with.' }),
    queuedAt: instant,
    startedAt: instant.nullable(),
    endedAt: instant.nullable(),
  })
  .openapi('Run');

const progressSchema = z
  .object({
    objectClass: z.string(),
    stage: z.string().openapi({ example: 'reading' }),
    objects: z.number(),
    links: z.number(),
    detail: z.string().optional().openapi({ description: 'Why it waits, or how it failed.' }),
  })
  .openapi('Progress');

const countsSchema = z
  .object({
    objectClass: z.string().openapi({ example: 'group.members' }),
    isFull: z.boolean(),
    reason: z.string().nullable().openapi({ description: 'Why everything was read.' }),
    total: z.number(),
    inserted: z.number(),
    updated: z.number(),
    deleted: z.number(),
    filtered: z.number(),
  })
  .openapi('Counts');

const taskRunSchema = z
  .object({
    taskRunId: z.int(),
    identifier: z.string(),
    displayName: z.string(),
    kind: z.enum(taskKinds),
    level: z.int(),
    state: z.enum(runStates),
    message: z.string().nullable(),
    attempt: z.int(),
    startedAt: instant.nullable(),
    endedAt: instant.nullable(),
    progress: z.array(progressSchema),
    counts: z.array(countsSchema),
  })
  .openapi('TaskRun');

export const runSchema = runSummarySchema.extend({ tasks: z.array(taskRunSchema) }).openapi('RunWithTasks');

export function renderSummary(run: JobRunSummary): z.input<typeof runSummarySchema> {
  return {
    jobRunId: run.jobRunId,
    jobIdentifier: run.jobIdentifier,
    state: run.state,
    trigger: run.trigger,
    startedBy: run.startedBy,
    message: run.message,
    worker: run.worker,
    isCancelRequested: run.isCancelRequested,
    resumesJobRunId: run.resumesJobRunId,
    queuedAt: text(run.queuedAt),
    startedAt: textOrNull(run.startedAt),
    endedAt: textOrNull(run.endedAt),
  };
}

export function renderRun(run: JobRun): z.input<typeof runSchema> {
  return { ...renderSummary(run), tasks: run.tasks.map(renderTaskRun) };
}

function renderTaskRun(task: TaskRun): z.input<typeof taskRunSchema> {
  const { taskRunId, identifier, displayName, kind, level, state, message, attempt } = task;
  return {
    taskRunId,
    identifier,
    displayName,
    kind,
    level,
    state,
    message,
    attempt,
    startedAt: textOrNull(task.startedAt),
    endedAt: textOrNull(task.endedAt),
    progress: [...(task.progress ?? [])],
    counts: task.counts.map(
      ({ objectClass, isFull, reason, total, inserted, updated, deleted, filtered }) => ({
        objectClass,
        isFull,
        reason,
        total,
        inserted,
        updated,
        deleted,
        filtered,
      }),
    ),
  };
}
