/** Connection tests as requests and answers have them: where to, and what came of each step. */
import { z } from '@hono/zod-openapi';
import { tenantClouds } from '../../model/tenant.ts';

export const checkSchema = z
  .object({
    step: z.string().openapi({ description: 'What kind of step it is.', example: 'secret' }),
    title: z.string().openapi({ description: 'What was tried, in words.' }),
    outcome: z.enum(['passed', 'failed', 'warning', 'skipped']),
    message: z.string().openapi({ description: 'What came of it. Holds no secret.' }),
    remedy: z.string().nullable().openapi({ description: 'What to do, where it failed.' }),
  })
  .openapi('Check');

export const checkReportSchema = z
  .object({
    checks: z.array(checkSchema),
    isSuccessful: z.boolean(),
    grantedPermissions: z
      .array(z.string())
      .optional()
      .openapi({ description: 'What the tenant lets the application do, where a token told.' }),
  })
  .openapi('CheckReport');

export type Check = z.infer<typeof checkSchema>;
export type CheckReport = z.infer<typeof checkReportSchema>;

/** Which tenant a connection test goes to. */
export const checkTargetSchema = z
  .strictObject({
    tenant: z.string().min(1).max(253).openapi({ example: 'contoso.onmicrosoft.com' }),
    cloud: z.enum(tenantClouds),
    endpoints: z
      .strictObject({
        authority: z.string().min(1).max(2000),
        graph: z.string().min(1).max(2000),
        trustedCertificates: z.string().max(20_000).nullable().default(null),
      })
      .nullable()
      .default(null)
      .openapi({ description: 'Only where the cloud is Custom.' }),
  })
  .openapi('CheckTarget');

export type CheckTarget = z.infer<typeof checkTargetSchema>;
