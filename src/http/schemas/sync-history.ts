/** The synchronization history as answers have it. */
import { z } from '@hono/zod-openapi';
import { historyStates } from '../../model/history-words.ts';
import { listSchema } from './list.ts';

const instant = z.string().openapi({ format: 'date-time', example: '2026-11-29T06:30:00.000Z' });

export const historyModes = ['full', 'incremental'] as const;

export const historyRowSchema = z
  .object({
    runId: z.int(),
    type: z
      .string()
      .openapi({ example: 'user', description: 'The class of objects, as the source names it.' }),
    startedAt: instant,
    endedAt: instant.nullable().openapi({ description: 'Null while it runs.' }),
    total: z
      .number()
      .openapi({ description: 'Objects in the store; of a full scan under way, read so far.' }),
    changed: z.number().openapi({ description: 'Inserted and updated.' }),
    inserted: z.number(),
    updated: z.number(),
    deleted: z.number(),
    filtered: z.number(),
    status: z.enum(historyStates),
    mode: z.enum(historyModes).nullable().openapi({ description: 'Null where it did not come to that.' }),
    reason: z.string().nullable().openapi({ description: 'Why everything was read.' }),
    message: z.string().nullable().openapi({ description: 'Why it ended so, in a sentence.' }),
    read: z.number().nullable().openapi({ description: 'Of what is under way: objects read so far.' }),
  })
  .openapi('SyncHistoryRow');
export type SyncHistoryRow = z.infer<typeof historyRowSchema>;

export const historyListSchema = listSchema(historyRowSchema).extend({
  newestRunId: z
    .int()
    .nullable()
    .openapi({ description: 'The newest run: `upTo` makes pages stand still at it.' }),
  newer: z.int().openapi({ description: 'Rows of later runs than `upTo` that match, too.' }),
});
export type SyncHistoryList = z.infer<typeof historyListSchema>;

export const historyDetailsSchema = z
  .object({
    row: historyRowSchema,
    run: z.object({
      runId: z.int(),
      kind: z.enum(['synchronize', 'verify', 'export', 'reconcile', 'edit']),
      status: z.enum(historyStates),
      message: z.string().nullable(),
      startedAt: instant,
      endedAt: instant.nullable(),
      isBlocking: z.boolean().openapi({ description: 'What it brought waits for a person.' }),
      job: z
        .object({
          jobRunId: z.int(),
          taskRunId: z.int(),
          identifier: z.string(),
          state: z.string(),
          trigger: z.string(),
          startedBy: z.string(),
        })
        .nullable(),
    }),
    links: z.array(
      z.object({ type: z.string(), total: z.number(), inserted: z.number(), deleted: z.number() }),
    ),
    trouble: z
      .array(z.object({ level: z.enum(['warning', 'error']), message: z.string(), loggedAt: instant }))
      .nullable()
      .openapi({
        description: 'The first warnings and errors of its log; null for callers who may not read logs.',
      }),
  })
  .openapi('SyncHistoryDetails');
export type SyncHistoryDetails = z.infer<typeof historyDetailsSchema>;

export const activityItemSchema = z
  .object({
    at: instant,
    kind: z.enum(['run', 'change']),
    id: z.number(),
    actor: z.string().nullable(),
    action: z.string().nullable().openapi({ description: 'Of a change, as in the audit.' }),
    detail: z.record(z.string(), z.unknown()).nullable(),
    status: z.enum(historyStates).nullable(),
    message: z.string().nullable(),
    isFull: z.boolean().nullable(),
    changes: z.number().nullable(),
    jobRunId: z.int().nullable(),
  })
  .openapi('ActivityItem');
export type ActivityItem = z.infer<typeof activityItemSchema>;

export const activitySchema = z.object({
  items: z.array(activityItemSchema),
  nextBefore: instant
    .nullable()
    .openapi({ description: 'Where the next page begins; null behind the last one.' }),
});
export type Activity = z.infer<typeof activitySchema>;
