/** When mappings are reconciled by themselves, how far that has come, and what their rules can say, on the wire. */
import { z } from '@hono/zod-openapi';
import { actions, situations } from '../../model/reconciliation.ts';

const instant = z.string().openapi({ format: 'date-time', example: '2026-11-29T06:30:00.000Z' });

export const positionSchema = z
  .object({
    position: z.number().nullable().openapi({
      description: 'Everything in the log of changes up to here is reconciled; null: nothing is.',
    }),
    latest: z.number().openapi({ description: 'Where the log of changes ends now.' }),
    reachedAt: instant.nullable(),
    reachedBy: z.int().nullable().openapi({ description: 'The reconciliation that came so far.' }),
    retries: z.int().openapi({ description: 'Entries that failed and are looked at again by every run.' }),
  })
  .openapi('ReconciliationPosition');
export type ReconciliationPosition = z.infer<typeof positionSchema>;

export const scheduleKinds = ['full', 'incremental'] as const;
export type ScheduleKind = (typeof scheduleKinds)[number];

export const mappingScheduleSchema = z
  .object({
    kind: z.enum(scheduleKinds),
    jobIdentifier: z.string(),
    schedule: z.string().nullable().openapi({ description: 'Null as long as none is set up.' }),
    timeZone: z.string(),
    scheduleInWords: z.string().nullable(),
    isEnabled: z.boolean(),
    nextRuns: z.array(instant),
    warnings: z.array(z.string()),
    medianSeconds: z.number().nullable(),
    lastRun: z.object({ jobRunId: z.int(), state: z.string(), endedAt: instant.nullable() }).nullable(),
    underWay: z.object({ jobRunId: z.int(), state: z.string() }).nullable(),
    version: z.int(),
  })
  .openapi('MappingSchedule');
export type MappingSchedule = z.infer<typeof mappingScheduleSchema>;

export const mappingTimingSchema = z
  .strictObject({
    schedule: z.string().trim().min(1).max(1000).nullable().openapi({
      description: 'A cron expression; null: only when somebody launches it.',
      example: '0 */15 * * * ?',
    }),
    timeZone: z.string().trim().max(100),
    isEnabled: z.boolean(),
  })
  .openapi('MappingTiming');
export type MappingTiming = z.infer<typeof mappingTimingSchema>;

export const situationRulesSchema = z
  .object({
    situations: z.array(
      z.object({
        situation: z.enum(situations),
        severity: z.enum(['good', 'notice', 'serious']),
        usualAction: z.enum(actions).openapi({ description: 'Where no rule of a mapping applies.' }),
        listedActions: z
          .array(z.enum(actions))
          .openapi({ description: 'Those that make sense of it; the engine takes any.' }),
      }),
    ),
    presets: z.array(
      z.object({
        name: z.string(),
        label: z.string(),
        description: z.string(),
        actions: z.record(z.enum(situations), z.enum(actions)),
        reasons: z
          .partialRecord(z.enum(situations), z.string())
          .openapi({ description: 'Why an action is what it is, where that is not plain.' }),
      }),
    ),
  })
  .openapi('SituationRules');
export type SituationRules = z.infer<typeof situationRulesSchema>;
