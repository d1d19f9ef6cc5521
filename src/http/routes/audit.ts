/** The audit, page by page from the newest entry on. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Sql } from 'postgres';
import { auditOutcomes, readAudit } from '../../store/audit.ts';
import { needs } from '../authentication.ts';
import type { ApiEnv } from '../request.ts';
import { instant, nextBefore, ok, pagingShape, problems, text } from './route-parts.ts';

const auditEntrySchema = z
  .object({
    auditId: z.int(),
    recordedAt: instant,
    actor: z.string().openapi({ example: 'API client Job' }),
    action: z.string().openapi({ example: 'job-run.launch' }),
    subject: z.string(),
    outcome: z.enum(auditOutcomes),
    detail: z.record(z.string(), z.unknown()),
    requestId: z.string().nullable(),
    address: z.string().nullable(),
  })
  .openapi('AuditEntry');

export function addAuditRoutes(app: OpenAPIHono<ApiEnv>, sql: Sql): void {
  const list = createRoute({
    ...needs(sql, '/Syncline/Audit'),
    method: 'get',
    path: '/api/audit',
    tags: ['Audit'],
    summary: 'Read the audit, the newest entry first',
    request: {
      query: z.strictObject({
        actor: z.string().optional(),
        action: z.string().optional(),
        subject: z.string().optional(),
        outcome: z.enum(auditOutcomes).optional(),
        ...pagingShape,
      }),
    },
    responses: {
      200: ok(
        'A page of entries.',
        z.object({ entries: z.array(auditEntrySchema), nextBefore: z.int().nullable() }),
      ),
      ...problems(),
    },
  });
  app.openapi(list, async (c) => {
    const page = c.req.valid('query');
    const entries = await readAudit(sql, page);
    return c.json(
      {
        entries: entries.map(({ recordedAt, ...entry }) => ({ ...entry, recordedAt: text(recordedAt) })),
        nextBefore: nextBefore(
          entries.map(({ auditId }) => auditId),
          page.limit,
        ),
      },
      200,
    );
  });
}
