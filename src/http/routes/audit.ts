/** The audit: page by page from the newest entry on, and all that match as a file. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Sql } from 'postgres';
import { type AuditEntry, type AuditFilter, readAudit, readAuditPage } from '../../store/audit.ts';
import { needs } from '../authentication.ts';
import { csvDownload } from '../csv-download.ts';
import type { ApiEnv } from '../request.ts';
import {
  auditCsvQuerySchema,
  type auditEntrySchema,
  auditListSchema,
  auditPortionSchema,
  auditQuerySchema,
} from '../schemas/audit.ts';
import { nextBefore, ok, problems, text } from './route-parts.ts';

const csvColumns = ['Time', 'Actor', 'Action', 'Subject', 'Outcome', 'Detail', 'Request', 'Address'];
/** Entries that are read at once for the file. */
const portionSize = 1000;

export function addAuditRoutes(app: OpenAPIHono<ApiEnv>, sql: Sql): void {
  const list = createRoute({
    ...needs(sql, '/Syncline/Audit'),
    method: 'get',
    path: '/api/audit',
    tags: ['Audit'],
    summary: 'Read the audit, the newest entry first',
    description: 'With `page`, a page with a total; without it, a portion to read on from with `before`.',
    request: { query: auditQuerySchema },
    responses: {
      200: ok('A page of entries.', z.union([auditListSchema, auditPortionSchema])),
      ...problems(),
    },
  });
  app.openapi(list, async (c) => {
    const { page, pageSize, limit, before, ...query } = c.req.valid('query');
    const filter = toFilter(query);
    if (page !== undefined) {
      const offset = (page - 1) * pageSize;
      const { items, ...counted } = await readAuditPage(sql, { ...filter, offset, limit: pageSize });
      return c.json({ items: items.map(renderEntry), page, pageSize, ...counted }, 200);
    }
    const entries = await readAudit(sql, { ...filter, before, limit });
    const ids = entries.map(({ auditId }) => auditId);
    return c.json({ entries: entries.map(renderEntry), nextBefore: nextBefore(ids, limit) }, 200);
  });

  const csv = createRoute({
    ...needs(sql, '/Syncline/Audit'),
    method: 'get',
    path: '/api/audit.csv',
    tags: ['Audit'],
    summary: 'Export all entries that match to CSV',
    request: { query: auditCsvQuerySchema },
    responses: {
      200: { description: 'The file.', content: { 'text/csv': { schema: z.string() } } },
      ...problems(),
    },
  });
  app.openapi(csv, (c) => {
    const portions = readPortions(sql, toFilter(c.req.valid('query')));
    return csvDownload(c, { fileName: 'audit.csv', columns: csvColumns, portions });
  });
}

function toFilter({ from, to, ...rest }: z.output<typeof auditCsvQuerySchema>): AuditFilter {
  return {
    ...rest,
    from: from === undefined ? from : new Date(from),
    to: to === undefined ? to : new Date(to),
  };
}

async function* readPortions(sql: Sql, filter: AuditFilter): AsyncGenerator<readonly (readonly string[])[]> {
  let before: number | undefined;
  for (;;) {
    const entries = await readAudit(sql, { ...filter, before, limit: portionSize });
    if (entries.length > 0) yield entries.map(toRecord);
    if (entries.length < portionSize) return;
    before = entries.at(-1)?.auditId;
  }
}

function toRecord(entry: AuditEntry): readonly string[] {
  const { recordedAt, actor, action, subject, outcome, detail, requestId, address } = entry;
  const facts = [recordedAt.toISOString(), actor, action, subject, outcome, JSON.stringify(detail)];
  return [...facts, requestId ?? '', address ?? ''];
}

function renderEntry({ recordedAt, ...entry }: AuditEntry): z.input<typeof auditEntrySchema> {
  return { ...entry, recordedAt: text(recordedAt) };
}
