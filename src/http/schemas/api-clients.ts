/** API clients as requests and answers have them. A secret is in the answer that made it and in no other. */
import { z } from '@hono/zod-openapi';
import { clientIdentifierPattern } from '../../model/api-client.ts';
import { isPermissionPath, roleNames } from '../permissions.ts';

const instant = z.string().openapi({ format: 'date-time', example: '2026-11-29T06:30:00.000Z' });

export const clientSchema = z
  .object({
    identifier: z.string(),
    displayName: z.string(),
    origin: z.enum(['configuration', 'command', 'api']),
    profile: z
      .string()
      .nullable()
      .openapi({ description: 'The profile or role that the permissions come from.' }),
    permissions: z.array(z.string()),
    createdAt: instant,
    createdBy: z.string(),
    expiresAt: instant.nullable(),
    lastUsedAt: instant.nullable(),
    previousUntil: instant.nullable().openapi({
      description: 'Until when the secret before the last exchange is taken as well.',
    }),
  })
  .openapi('ApiClient');

export const clientsSchema = z.object({ clients: z.array(clientSchema) });

export const newClientSchema = z
  .strictObject({
    identifier: z
      .string()
      .regex(clientIdentifierPattern, 'use up to 100 letters, digits, dots, hyphens and underscores'),
    displayName: z.string().min(1).max(200).optional(),
    role: z.enum(roleNames).optional(),
    permissions: z
      .array(z.string().refine(isPermissionPath, 'write paths such as /Jobs/RunJob/Launch'))
      .min(1)
      .max(200)
      .optional(),
    expiresAt: z.iso.datetime({ offset: true }).optional(),
  })
  .refine(({ role, permissions }) => (role === undefined) !== (permissions === undefined), {
    path: ['role'],
    message: 'give either a role or permissions',
  })
  .openapi('NewApiClient');

const secretShape = { secret: z.string().openapi({ description: 'Shown this once, and kept nowhere.' }) };
export const createdSchema = clientSchema.extend(secretShape).openapi('CreatedApiClient');
export const exchangedSchema = clientSchema.extend(secretShape).openapi('ExchangedApiClient');

/** A week is enough to tell everybody. */
export const exchangeSchema = z
  .strictObject({ overlapHours: z.number().int().min(0).max(168).default(24) })
  .openapi('SecretExchange');

export type ApiClient = z.infer<typeof clientSchema>;
export type ApiClientList = z.infer<typeof clientsSchema>;
export type NewApiClient = z.input<typeof newClientSchema>;
export type ApiClientWithSecret = z.infer<typeof createdSchema>;
