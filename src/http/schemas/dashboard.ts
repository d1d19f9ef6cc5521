/** The dashboard as answers have it. Parts that the caller may not see are null. */
import { z } from '@hono/zod-openapi';
import { syncStates } from './tenants.ts';

const instant = z.string().openapi({ format: 'date-time', example: '2026-11-29T06:30:00.000Z' });

export const attentionKinds = [
  'no-worker',
  'blocked',
  'failing',
  'credential-expired',
  'credential-expiring',
  'subscription',
  'token-lost',
] as const;

export const attentionSchema = z
  .object({
    kind: z.enum(attentionKinds),
    subject: z.string().nullable().openapi({ description: 'The tenant, or the credential profile.' }),
    message: z
      .string()
      .nullable()
      .openapi({ description: 'What there is to say of it, as the run or Microsoft Graph said it.' }),
    since: instant.nullable().openapi({ description: 'Of a credential: when it ends.' }),
    jobRunId: z.int().nullable(),
    profileId: z.int().nullable(),
    label: z
      .string()
      .nullable()
      .openapi({ description: 'Of a credential; or the class that was read anew.' }),
  })
  .openapi('Attention');
export type Attention = z.infer<typeof attentionSchema>;

const changeBucketSchema = z.object({
  at: instant.openapi({ description: 'When the hour or the day begins.' }),
  inserted: z.number(),
  updated: z.number(),
  deleted: z.number(),
  links: z.number().openapi({ description: 'Links that came or went.' }),
});

const tenantLineSchema = z.object({
  name: z.string(),
  isEnabled: z.boolean(),
  status: z.enum(syncStates).nullable(),
  message: z.string().nullable(),
  lastSyncStart: instant.nullable(),
  lastSuccessAt: instant.nullable(),
  lagSeconds: z
    .number()
    .nullable()
    .openapi({ description: 'How long ago a synchronization last succeeded.' }),
  objects: z.record(z.string(), z.number()).openapi({ description: 'Resources by class.' }),
  changes: z.array(z.number()).openapi({ description: 'In each of the last twelve hours.' }),
  runningJobRunId: z.int().nullable(),
});
export type TenantLine = z.infer<typeof tenantLineSchema>;

export const dashboardSchema = z
  .object({
    at: instant,
    attention: z.array(attentionSchema),
    tiles: z.object({
      integrations: z.object({
        total: z.int(),
        healthy: z.int(),
        blocked: z.int(),
        failing: z.int(),
        disabled: z.int(),
        waiting: z.int().openapi({ description: 'Enabled, and not yet synchronized.' }),
      }),
      objects: z.number(),
      changes: z.object({ today: z.number(), dayBefore: z.number(), hours: z.array(z.number()) }),
      failures: z.object({ today: z.int(), dayBefore: z.int(), hours: z.array(z.number()) }).nullable(),
    }),
    tenants: z.array(tenantLineSchema),
    workers: z.object({ alive: z.int() }).nullable(),
    profiles: z.object({ count: z.int() }).nullable(),
    administration: z.object({
      jobs: z.object({ count: z.int(), running: z.int(), queued: z.int(), blocked: z.int() }).nullable(),
      connectors: z.object({ count: z.int() }).nullable(),
      configuration: z.object({ revision: z.int().nullable(), deployedAt: instant.nullable() }).nullable(),
      audit: z.object({ today: z.int() }).nullable(),
    }),
  })
  .openapi('Dashboard');
export type Dashboard = z.infer<typeof dashboardSchema>;

export const changeSeriesSchema = z
  .object({
    from: instant,
    to: instant,
    bucket: z.enum(['hour', 'day']),
    series: z.array(changeBucketSchema),
    markers: z.array(
      z.object({
        at: instant,
        kind: z.enum(['full-scan', 'configuration']),
        subject: z.string().openapi({ description: 'The tenant; or who deployed.' }),
      }),
    ),
  })
  .openapi('ChangeSeries');
export type ChangeSeries = z.infer<typeof changeSeriesSchema>;
