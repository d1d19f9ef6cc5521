/** Entries of the audit on the wire. */
import { z } from '@hono/zod-openapi';
import { auditOutcomes } from '../../model/audit-outcome.ts';
import { listQueryShape, listSchema } from './list.ts';

const { page, pageSize } = listQueryShape(['recordedAt'], '-recordedAt');

export const auditEntrySchema = z
  .object({
    auditId: z.int(),
    recordedAt: z.string().openapi({ format: 'date-time' }),
    actor: z.string().openapi({ example: 'API client Job' }),
    action: z.string().openapi({ example: 'job-run.launch' }),
    subject: z.string(),
    outcome: z.enum(auditOutcomes),
    detail: z.record(z.string(), z.unknown()),
    requestId: z.string().nullable(),
    address: z.string().nullable(),
  })
  .openapi('AuditEntry');
export type AuditEntry = z.infer<typeof auditEntrySchema>;

const filterShape = {
  q: z.string().trim().min(1).max(200).optional().openapi({ description: 'A text anywhere in an entry.' }),
  actor: z.string().max(500).optional(),
  action: z.string().max(200).optional(),
  subject: z.string().max(500).optional(),
  outcome: z.enum(auditOutcomes).optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional().openapi({ description: 'Entries before this time.' }),
};

export const auditCsvQuerySchema = z.strictObject(filterShape);

export const auditQuerySchema = z.strictObject({
  ...filterShape,
  page: page.unwrap().optional().openapi({ description: 'With it, the answer is a page with a total.' }),
  pageSize,
  limit: z.coerce.number().int().min(1).max(500).default(50).openapi({ description: 'How many at most.' }),
  before: z.coerce
    .number()
    .int()
    .positive()
    .max(Number.MAX_SAFE_INTEGER)
    .optional()
    .openapi({ description: 'Only those older than this one: `nextBefore` of the page before.' }),
});

export const auditListSchema = listSchema(auditEntrySchema);
export type AuditList = z.infer<typeof auditListSchema>;

/** How programs read on: from an entry to those before it. */
export const auditPortionSchema = z.object({
  entries: z.array(auditEntrySchema),
  nextBefore: z.int().nullable(),
});
