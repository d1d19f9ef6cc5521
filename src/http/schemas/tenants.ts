/** Tenants as requests and answers have them. */
import { z } from '@hono/zod-openapi';
import { runStates } from '../../model/job.ts';
import { longestPauseSeconds, tenantClouds, usualPace } from '../../model/tenant.ts';
import { listSchema } from './list.ts';

const instant = z.string().openapi({ format: 'date-time', example: '2026-11-29T06:30:00.000Z' });

/** How a synchronization stands; `interrupted` where its process ended without a word. */
export const syncStates = [...runStates, 'interrupted'] as const;

const cloud = z.enum(tenantClouds).openapi({
  description:
    'Custom: addresses of its own. Simulated: the simulated tenant of the machine that the server runs on.',
});

export const endpointsSchema = z
  .strictObject({
    authority: z.string().max(500).openapi({ example: 'https://login.microsoftonline.com' }),
    graph: z.string().max(500).openapi({ example: 'https://graph.microsoft.com/v1.0' }),
    trustedCertificates: z
      .string()
      .max(100_000)
      .nullable()
      .openapi({ description: 'Certificates in PEM to trust besides those of the machine.' }),
  })
  .openapi('TenantEndpoints');

/** Where a tenant is, as it was typed. */
export const placeShape = {
  tenant: z.string().trim().min(1).max(300).openapi({
    description: 'A domain of the tenant, or its id.',
    example: 'contoso.onmicrosoft.com',
  }),
  cloud,
  endpoints: endpointsSchema.optional().openapi({ description: 'Only of the cloud Custom.' }),
};

const paceShape = {
  floorSeconds: z
    .int()
    .min(1)
    .max(longestPauseSeconds)
    .openapi({ description: 'The shortest pause between two runs.' }),
  ceilingSeconds: z
    .int()
    .min(1)
    .max(longestPauseSeconds)
    .openapi({ description: 'The longest one, while nothing changes.' }),
};

export const newTenantSchema = z
  .strictObject({
    ...placeShape,
    profileId: z.int().positive(),
    isEnabled: z.boolean().default(true),
    floorSeconds: paceShape.floorSeconds.default(usualPace.floorSeconds),
    ceilingSeconds: paceShape.ceilingSeconds.default(usualPace.ceilingSeconds),
  })
  .openapi('NewTenant');

export const tenantChangeSchema = z
  .strictObject({
    profileId: z.int().positive(),
    isEnabled: z.boolean(),
    ...paceShape,
    isFullScanWanted: z
      .boolean()
      .optional()
      .openapi({ description: 'Whether the next run reads everything; left as it is where it is left out.' }),
  })
  .openapi('TenantChange');

export const tenantTestSchema = z
  .strictObject({ ...placeShape, profileId: z.int().positive() })
  .openapi('TenantTest');

export const namedTestSchema = z
  .strictObject({
    profileId: z
      .int()
      .positive()
      .optional()
      .openapi({ description: 'Another profile than the stored one; nothing is changed.' }),
  })
  .openapi('NamedTenantTest');

const summaryShape = {
  name: z.string().openapi({ description: 'Of the connection; everything else knows it by this name.' }),
  origin: z.enum(['console', 'settings']),
  tenant: z.string(),
  cloud: z.string().openapi({ description: 'One of the clouds of a new tenant.' }),
  isEnabled: z.boolean(),
  profile: z.object({ profileId: z.int().nullable(), name: z.string() }).nullable(),
  lastSyncStart: instant.nullable(),
  lastSyncEnd: instant.nullable(),
  lastSyncStatus: z.enum(syncStates).nullable().openapi({ description: 'Null where it never ran.' }),
  lastSyncMessage: z.string().nullable(),
  nextRunAt: instant.nullable(),
  objects: z.number(),
  isFullScanNext: z.boolean(),
  jobIdentifier: z.string().nullable(),
  runningJobRunId: z.int().nullable(),
};

export const tenantSummarySchema = z.object(summaryShape).openapi('TenantSummary');
export const tenantListSchema = listSchema(tenantSummarySchema);

export const fullScanSchema = z
  .object({
    isNext: z.boolean().openapi({ description: 'Whether the next run reads everything.' }),
    isNew: z.boolean().openapi({ description: 'It was never read: the first run reads everything anyway.' }),
    requestedBy: z.string().nullable(),
    requestedAt: instant.nullable(),
    reason: z.string().nullable().openapi({ description: 'Why, where nobody asked for it.' }),
  })
  .openapi('FullScan');

export const tenantSchema = z
  .object({
    ...summaryShape,
    entraTenantId: z.string().nullable().openapi({ description: 'What the sign-in named.' }),
    endpoints: endpointsSchema.nullable(),
    floorSeconds: z.int(),
    ceilingSeconds: z.int(),
    fullScan: fullScanSchema,
    block: z
      .object({ reasons: z.array(z.string()), blockedAt: instant })
      .nullable()
      .openapi({ description: 'What a guard holds back until a person decides.' }),
    entityTypes: z.array(
      z.object({ name: z.string(), resourceCount: z.number(), readAt: instant.nullable() }),
    ),
    version: z
      .int()
      .openapi({ description: '0 for a connection of the settings file, which is not changed here.' }),
    createdAt: instant.nullable(),
    createdBy: z.string().nullable(),
    changedAt: instant.nullable(),
    changedBy: z.string().nullable(),
    readOnlyReason: z.string().nullable().openapi({ description: 'Why nothing can be changed here.' }),
  })
  .openapi('Tenant');

export const changedTenantSchema = tenantSchema
  .extend({
    cancelledJobRunId: z
      .int()
      .nullable()
      .openapi({ description: 'The run that is ended, as it is disabled.' }),
  })
  .openapi('ChangedTenant');

export const discoverySchema = z
  .object({
    outcome: z.enum(['found', 'unknown', 'unanswered']),
    tenantId: z.string().nullable(),
    cloud: z.enum(tenantClouds).nullable().openapi({ description: 'The cloud that it is in.' }),
    message: z.string().openapi({ description: 'What came of it, in a sentence.' }),
  })
  .openapi('TenantDiscovery');

export const cloudsSchema = z.object({
  clouds: z.array(
    z.object({
      cloud,
      authority: z.string().nullable(),
      graph: z.string().nullable(),
      suggestion: z
        .object({ tenant: z.string(), clientId: z.string() })
        .nullable()
        .openapi({ description: 'What a form may begin with.' }),
    }),
  ),
});

export const impactSchema = z
  .object({
    objects: z.number(),
    links: z.number(),
    runs: z.number(),
    historyRows: z.number(),
    tags: z.number().openapi({ description: 'Tagged objects.' }),
    jobIdentifier: z.string().nullable().openapi({ description: 'The job that goes with it.' }),
    runningJobRunId: z.int().nullable().openapi({ description: 'The run that is ended.' }),
  })
  .openapi('TenantImpact');

export const removalsSchema = z.object({
  removals: z.array(
    z.object({
      name: z.string(),
      requestedAt: instant,
      requestedBy: z.string(),
      isWaiting: z
        .boolean()
        .openapi({ description: 'It waits for the end of a run; nothing is deleted yet.' }),
      percent: z.int(),
    }),
  ),
});

export const integrationsSchema = z.object({
  types: z.array(
    z.object({
      type: z.enum(['entra-id', 'credential-profile']),
      count: z.int(),
      unhealthy: z.int(),
      lastEventAt: instant.nullable(),
    }),
  ),
  tenants: z.array(
    z.object({ name: z.string(), status: z.enum(syncStates).nullable(), isEnabled: z.boolean() }),
  ),
  profiles: z.array(z.object({ profileId: z.int(), name: z.string() })),
});

export type TenantSummary = z.infer<typeof tenantSummarySchema>;
export type TenantList = z.infer<typeof tenantListSchema>;
export type Tenant = z.infer<typeof tenantSchema>;
export type ChangedTenant = z.infer<typeof changedTenantSchema>;
export type NewTenant = z.input<typeof newTenantSchema>;
export type TenantChange = z.infer<typeof tenantChangeSchema>;
export type TenantTest = z.infer<typeof tenantTestSchema>;
export type TenantDiscovery = z.infer<typeof discoverySchema>;
export type TenantImpact = z.infer<typeof impactSchema>;
export type FullScan = z.infer<typeof fullScanSchema>;
export type Clouds = z.infer<typeof cloudsSchema>;
export type Removals = z.infer<typeof removalsSchema>;
export type Integrations = z.infer<typeof integrationsSchema>;
export type SyncState = (typeof syncStates)[number];
