/** Runs on the wire: how far their tasks are and what they did, the lines that they told, and what guards hold back of them. */
import { z } from '@hono/zod-openapi';
import { runStates, taskKinds } from '../../model/job.ts';
import { listSchema } from './list.ts';

const instant = z.string().openapi({ format: 'date-time', example: '2026-11-29T06:30:00.000Z' });

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
    isFull: z.boolean().openapi({ description: 'Launched to read everything.' }),
    isForced: z.boolean().openapi({ description: 'Launched to apply past the guards.' }),
    reason: z.string().nullable().openapi({ description: 'Why, in the words of who launched it.' }),
    queuedAt: instant,
    startedAt: instant.nullable(),
    endedAt: instant.nullable(),
  })
  .openapi('Run');
export type RunSummary = z.infer<typeof runSummarySchema>;

const listedRunSchema = runSummarySchema
  .extend({ displayName: z.string().openapi({ description: 'Of the job.' }) })
  .openapi('ListedRun');
export type ListedRun = z.infer<typeof listedRunSchema>;

export const runListSchema = listSchema(listedRunSchema);
export type RunList = z.infer<typeof runListSchema>;

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

export const taskRunSchema = z
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
export type RunWithTasks = z.infer<typeof runSchema>;

const runBlockSchema = z
  .object({
    connection: z.string(),
    runId: z.int().openapi({ description: 'The run on the connection that made the list.' }),
    reasons: z.array(z.string()),
    blockedAt: instant,
    deletions: z.number().openapi({ description: 'Objects and links that resuming would delete.' }),
    changes: z.number().openapi({ description: 'All that resuming would change.' }),
  })
  .openapi('RunBlock');
export type RunBlock = z.infer<typeof runBlockSchema>;

const expectedSeconds = z
  .number()
  .nullable()
  .openapi({ description: 'How long the last ones of its kind took, in the middle.' });

export const runDetailsSchema = runSummarySchema
  .extend({
    displayName: z.string().openapi({ description: 'Of the job.' }),
    isJobThere: z.boolean().openapi({ description: 'Whether the job is still there.' }),
    expectedSeconds,
    tasks: z.array(
      taskRunSchema.extend({
        connections: z.array(z.string()),
        expectedSeconds,
        objectsPerSecond: z
          .number()
          .nullable()
          .openapi({ description: 'What it has read up to now, by the time that it took.' }),
      }),
    ),
    blocks: z
      .array(runBlockSchema)
      .openapi({ description: 'What of it waits for a person now; nothing where somebody has decided.' }),
  })
  .openapi('RunDetails');
export type RunDetails = z.infer<typeof runDetailsSchema>;
export type RunTask = RunDetails['tasks'][number];

export const logLevels = ['debug', 'information', 'warning', 'error'] as const;

export const logLineSchema = z
  .object({
    lineNumber: z.int(),
    level: z.enum(logLevels),
    message: z.string(),
    loggedAt: instant,
  })
  .openapi('LogLine');
export type LogLine = z.infer<typeof logLineSchema>;

export const logPageSchema = z.object({
  lines: z.array(logLineSchema),
  nextAfter: z.int(),
});
export type LogPage = z.infer<typeof logPageSchema>;

export const blockShape = {
  reasons: z.array(z.string()).openapi({ description: 'What was exceeded or cannot be believed.' }),
  blockedAt: instant,
  runId: z.int(),
};

export const blockedSchema = z
  .object({
    ...blockShape,
    classes: z.array(
      z.object({
        objectClass: z.string().openapi({ example: 'group.members' }),
        inserted: z.number(),
        updated: z.number(),
        deleted: z.number(),
      }),
    ),
    measures: z
      .array(
        z.object({
          what: z.enum(['resources', 'links']),
          objectClass: z
            .string()
            .optional()
            .openapi({ description: 'Left out where it is the whole connection.' }),
          kind: z.enum(['inserted', 'updated', 'deleted']),
          count: z.number(),
          stored: z.number().openapi({ description: 'How many were stored before.' }),
          limit: z.number().optional(),
          limitPercent: z.number().optional().openapi({ description: 'Of what was stored.' }),
          isExceeded: z.boolean(),
        }),
      )
      .openapi({ description: 'What would change, against the limits at that time.' }),
    hints: z
      .array(
        z.object({
          kind: z.enum(['all-deleted', 'replaced', 'one-attribute']).openapi({
            description:
              'Everything of a class would go; about as many come as go; or one attribute changes in every update.',
          }),
          objectClass: z.string(),
          count: z.number(),
          attribute: z.string().optional(),
        }),
      )
      .openapi({ description: 'Patterns that often have one cause.' }),
  })
  .openapi('Block');
export type Block = z.infer<typeof blockedSchema>;

export const changeKinds = ['insert', 'update', 'delete'] as const;
const attributes = z.record(z.string(), z.unknown()).nullable();

export const blockedChangeSchema = z
  .object({
    number: z.number(),
    objectClass: z.string(),
    kind: z.enum(changeKinds),
    key: z.string(),
    targetKey: z.string().nullable().openapi({ description: 'What a link leads to.' }),
    name: z.string().nullable().openapi({ description: 'The display name of what is changed.' }),
    targetName: z.string().nullable(),
    isFull: z.boolean().openapi({
      description:
        'Whether everything was read, so that what was missing counts as deleted; else the change was told.',
    }),
    before: attributes,
    after: attributes,
  })
  .openapi('BlockedChange');
export type BlockedChange = z.infer<typeof blockedChangeSchema>;

export const blockedPageSchema = z.object({
  changes: z.array(blockedChangeSchema),
  next: z.number().nullable(),
});
export type BlockedPage = z.infer<typeof blockedPageSchema>;
