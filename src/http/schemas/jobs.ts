/** Jobs on the wire: what they do, when they run, how their last runs ended, and what a launch may ask. */
import { z } from '@hono/zod-openapi';
import { runStates, taskKinds } from '../../model/job.ts';
import { listSchema } from './list.ts';

const instant = z.string().openapi({ format: 'date-time', example: '2026-11-29T06:30:00.000Z' });
const seconds = z.number().openapi({ example: 42.5 });

const paceSchema = z.object({
  floorSeconds: z.int().openapi({ description: 'The shortest pause between two runs.' }),
  ceilingSeconds: z.int().openapi({ description: 'The longest one, while nothing changes.' }),
});

const lastRunsSchema = z
  .array(z.object({ jobRunId: z.int(), state: z.enum(runStates), startedAt: instant, seconds }))
  .openapi({ description: 'The last twenty that ended, the newest first.' });

export const jobSchema = z
  .object({
    identifier: z.string(),
    displayName: z.string(),
    origin: z.enum(['configuration', 'settings', 'console']).openapi({
      description: 'Deployed, or made for a connection of the settings file or for a tenant of the console.',
    }),
    schedule: z.string().nullable().openapi({ description: 'A cron expression.', example: '*/15 * * * *' }),
    timeZone: z.string().openapi({ example: 'Europe/Paris' }),
    scheduleInWords: z.string().nullable().openapi({ example: 'every 15 minutes' }),
    pace: paceSchema
      .extend({ pauseSeconds: z.int().openapi({ description: 'What it has come to now.' }) })
      .nullable()
      .openapi({ description: 'Of a job that follows its connection.' }),
    nextRunAt: instant.nullable(),
    isIncremental: z.boolean(),
    isUserStartDenied: z.boolean().openapi({ description: 'Only the schedule may launch it.' }),
    isEnabled: z.boolean().openapi({ description: 'Whether it runs by itself when its time has come.' }),
    isTimingOverridden: z
      .boolean()
      .openapi({ description: 'A person has given it other times than its definition.' }),
    connections: z.array(z.string()).openapi({ description: 'Those that its tasks work on.' }),
    taskCount: z.int(),
    medianSeconds: seconds
      .nullable()
      .openapi({ description: 'How long the last runs took that did what they were to.' }),
    lastRun: z
      .object({ jobRunId: z.int(), state: z.enum(runStates), endedAt: instant.nullable() })
      .nullable(),
    lastRuns: lastRunsSchema,
    underWay: z.object({ jobRunId: z.int(), state: z.enum(runStates) }).nullable(),
  })
  .openapi('Job');
export type Job = z.infer<typeof jobSchema>;

export const jobListSchema = listSchema(jobSchema);
export type JobList = z.infer<typeof jobListSchema>;

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
    medianSeconds: seconds.nullable(),
  })
  .openapi('Task');
export type Task = z.infer<typeof taskSchema>;

export const oneJobSchema = jobSchema
  .extend({
    version: z.int(),
    definedTiming: z
      .object({
        schedule: z.string().nullable(),
        timeZone: z.string(),
        scheduleInWords: z.string().nullable(),
        pace: paceSchema.nullable(),
      })
      .nullable()
      .openapi({ description: 'When its definition would have it run, where a person has said otherwise.' }),
    timingChangedBy: z.string().nullable(),
    timingChangedAt: instant.nullable(),
    nextRuns: z.array(instant).openapi({ description: 'The next five runs of the schedule.' }),
    medianFullSeconds: seconds
      .nullable()
      .openapi({ description: 'How long runs took that read everything.' }),
    tasks: z.array(taskSchema),
  })
  .openapi('JobWithTasks');
export type JobWithTasks = z.infer<typeof oneJobSchema>;

const longestPauseSeconds = 86_400;
const pause = z.int().min(1).max(longestPauseSeconds);

export const timingSchema = z
  .strictObject({
    schedule: z
      .string()
      .trim()
      .min(1)
      .max(1000)
      .nullable()
      .openapi({ description: 'Null: only when somebody launches it.' }),
    timeZone: z.string().trim().max(100),
    isEnabled: z.boolean(),
    pace: z
      .strictObject({ floorSeconds: pause, ceilingSeconds: pause })
      .nullable()
      .openapi({ description: 'Of a job that follows its connection, instead of a schedule.' }),
  })
  .openapi('Timing');
export type Timing = z.infer<typeof timingSchema>;

const reason = z
  .string()
  .trim()
  .max(500)
  .optional()
  .openapi({ description: 'Why, for those who look at the run later.' });

export const launchSchema = z
  .strictObject({
    taskIdentifier: z.string().optional().openapi({ description: 'Only this task.' }),
    beginStep: z.string().optional().openapi({ description: 'From this task on.' }),
    endStep: z.string().optional().openapi({ description: 'Up to this task.' }),
    taskType: z
      .string()
      .optional()
      .openapi({ description: 'The first task of this type.', example: 'SynchronizeTask' }),
    taskContains: z.string().optional().openapi({ description: 'Tasks whose identifier contains this.' }),
    tasks: z.array(z.string()).min(1).max(500).optional().openapi({ description: 'Only these tasks.' }),
    force: z.boolean().optional().openapi({
      description: 'Apply whatever the guards say. Needs /Jobs/RunJob/Repair, too.',
    }),
    isFull: z.boolean().optional().openapi({ description: 'Read everything instead of what has changed.' }),
    isRepair: z.boolean().optional().openapi({
      description:
        'Go on with the blocked last run of the job, without other options. Needs /Jobs/RunJob/Repair, too.',
    }),
    reason,
  })
  .openapi('Launch');
export type Launch = z.infer<typeof launchSchema>;

export const resumeSchema = z
  .strictObject({
    seen: z
      .array(z.strictObject({ connection: z.string(), runId: z.int() }))
      .max(500)
      .optional()
      .openapi({
        description:
          'The lists that the caller has looked at: of each connection the `runId` of its block. Another list by now refuses the request.',
      }),
    reason,
  })
  .openapi('Resume');
export type Resume = z.infer<typeof resumeSchema>;

export const launchedSchema = z.object({ jobRunId: z.int() }).openapi('Launched');
export type Launched = z.infer<typeof launchedSchema>;

export const previewRequestSchema = z
  .strictObject({
    schedule: z.string().max(1000),
    timeZone: z.string().max(100),
    job: z.string().max(200).optional().openapi({ description: 'Whose runs are held against the pace.' }),
  })
  .openapi('SchedulePreviewRequest');
export type SchedulePreviewRequest = z.infer<typeof previewRequestSchema>;

export const previewSchema = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('schedule'),
      schedule: z.string().openapi({ description: 'With single spaces.' }),
      timeZone: z.string().openapi({ description: 'In its usual capitals.' }),
      sentence: z.string().openapi({ example: 'every 15 minutes' }),
      next: z
        .array(
          z.object({
            at: instant,
            local: z.string().openapi({
              description: 'As the clocks show it, with the offset from UTC.',
              example: '2026-11-29T07:30:00+01:00',
            }),
            mark: z.enum(['skipped', 'repeated', 'again']).nullable().openapi({
              description:
                'Whether the clocks skip its time, so that it comes after the gap; show its time twice; or show it for the second time.',
            }),
          }),
        )
        .openapi({ description: 'The next five.' }),
      warnings: z.array(
        z.object({
          kind: z.enum(['too-often', 'overlap', 'skips-months', 'ends']),
          sentence: z.string(),
          suggestion: z
            .object({ schedule: z.string(), sentence: z.string() })
            .optional()
            .openapi({ description: 'What is likely to be meant instead.' }),
        }),
      ),
    }),
    z.object({
      kind: z.literal('refused'),
      reason: z.string(),
      isTimeZone: z.boolean().openapi({ description: 'Whether it is the time zone that is wrong.' }),
      position: z
        .object({ from: z.int(), to: z.int() })
        .optional()
        .openapi({ description: 'Where in the expression the mistake is.' }),
    }),
  ])
  .openapi('SchedulePreview');
export type SchedulePreview = z.infer<typeof previewSchema>;
