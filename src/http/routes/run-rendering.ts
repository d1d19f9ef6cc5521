/** Runs as the API shows them. */
import type { z } from '@hono/zod-openapi';
import type { TaskDefinition } from '../../model/job.ts';
import type { JobRun, JobRunSummary } from '../../store/job-runs.ts';
import type { Expectation } from '../../store/job-statistics.ts';
import type { StoredBlock } from '../../store/run-blocks.ts';
import type { TaskRun } from '../../store/task-runs.ts';
import type { runDetailsSchema, runSchema, runSummarySchema, taskRunSchema } from '../schemas/runs.ts';
import { text, textOrNull } from './route-parts.ts';

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
    isFull: run.isFull,
    isForced: run.isForced,
    reason: run.reason,
    queuedAt: text(run.queuedAt),
    startedAt: textOrNull(run.startedAt),
    endedAt: textOrNull(run.endedAt),
  };
}

export function renderRun(run: JobRun): z.input<typeof runSchema> {
  return { ...renderSummary(run), tasks: run.tasks.map(renderTaskRun) };
}

/** What is known of a run besides what it has told itself. */
export type RunContext = Readonly<{
  /** Of the job; undefined where the job is gone. */
  displayName: string | undefined;
  definitions: ReadonlyMap<number, TaskDefinition>;
  expectation: Expectation;
  blocks: readonly StoredBlock[];
}>;

/** A run by itself. */
export function renderDetails(
  run: JobRun,
  { displayName, definitions, expectation, blocks }: RunContext,
  now: Date,
): z.input<typeof runDetailsSchema> {
  return {
    ...renderSummary(run),
    displayName: displayName ?? run.jobIdentifier,
    isJobThere: displayName !== undefined,
    expectedSeconds: expectation.seconds,
    tasks: run.tasks.map((task) => ({
      ...renderTaskRun(task),
      connections: [...(definitions.get(task.taskRunId)?.connections ?? [])],
      expectedSeconds: expectation.tasks.get(task.identifier) ?? null,
      objectsPerSecond: rateOf(task, now),
    })),
    blocks: blocks.map(({ reasons, blockedAt, ...block }) => ({
      ...block,
      reasons: [...reasons],
      blockedAt: text(blockedAt),
    })),
  };
}

function rateOf({ progress, startedAt, endedAt }: TaskRun, now: Date): number | null {
  const objects = (progress ?? []).reduce((sum, one) => sum + one.objects, 0);
  const seconds = startedAt === null ? 0 : ((endedAt ?? now).getTime() - startedAt.getTime()) / 1000;
  return objects === 0 || seconds <= 0 ? null : Math.round((objects / seconds) * 10) / 10;
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
