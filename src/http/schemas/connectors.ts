/** Connectors as answers have them: what each connection reads, by which jobs, under which limits, and how far it is. */
import { z } from '@hono/zod-openapi';
import { listQueryShape, listSchema } from './list.ts';

const instant = z.string().openapi({ format: 'date-time', example: '2026-11-29T06:30:00.000Z' });

export const connectorQuerySchema = z.strictObject(listQueryShape(['name'], 'name'));

const connectorSchema = z
  .object({
    name: z.string(),
    origin: z.enum(['console', 'settings', 'configuration']).openapi({
      description: 'Where its entity types and limits stand.',
    }),
    connector: z.string().nullable().openapi({ description: 'Its connector in the deployed configuration.' }),
    problem: z.string().nullable().openapi({ description: 'Why it cannot be used, in a sentence.' }),
    entityTypes: z.array(
      z.object({
        name: z.string(),
        attributeCount: z.int(),
        links: z.array(z.string()),
        filter: z.string().nullable(),
        resourceCount: z.number().nullable(),
        linkCount: z.number().nullable(),
        cookieAt: instant.nullable().openapi({ description: 'How far the tenant was followed.' }),
        isFullReadNext: z.boolean(),
      }),
    ),
    jobs: z.array(
      z.object({
        identifier: z.string(),
        displayName: z.string(),
        isEnabled: z.boolean(),
        isIncremental: z.boolean(),
        nextRunAt: instant.nullable(),
      }),
    ),
    limits: z.array(
      z.object({
        what: z.enum(['resources', 'links']),
        objectClass: z.string().nullable().openapi({ description: 'Null where it is the connection’s.' }),
        limit: z.enum([
          'insertedCount',
          'updatedCount',
          'deletedCount',
          'insertedPercent',
          'updatedPercent',
          'deletedPercent',
        ]),
        allowed: z.number(),
        most: z.number().openapi({ description: 'The most that one of the measured runs changed.' }),
        exceededRuns: z.int(),
      }),
    ),
    measuredRuns: z.int(),
    block: z
      .object({ reasons: z.array(z.string()), blockedAt: instant, runId: z.int() })
      .nullable()
      .openapi({ description: 'What waits for a person.' }),
    lastRun: z
      .object({
        state: z.string(),
        message: z.string().nullable(),
        startedAt: instant,
        endedAt: instant.nullable(),
      })
      .nullable(),
  })
  .openapi('Connector');

export const connectorsSchema = listSchema(connectorSchema).openapi('Connectors');

export type Connector = z.infer<typeof connectorSchema>;
export type ConnectorList = z.infer<typeof connectorsSchema>;
