/** What a reconciliation found of each pair: pages of entries, all of them as CSV, why one is as it is, and why some failed. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Sql } from 'postgres';
import { redactionOf, withoutRedacted } from '../../mapping/redaction.ts';
import { actions, categories, entryStatuses, situations } from '../../model/reconciliation.ts';
import { findStoredSet, readResourcesByKey } from '../../store/mapping-samples.ts';
import {
  type Entry,
  type EntryFilter,
  readEntryPage,
  readEntryPortions,
} from '../../store/reconciliation-entries.ts';
import { readFailureCauses } from '../../store/reconciliation-views.ts';
import type { StoredReconciliation } from '../../store/reconciliations.ts';
import { needs } from '../authentication.ts';
import { csvDownload } from '../csv-download.ts';
import type { ApiEnv } from '../request.ts';
import { listQueryShape } from '../schemas/list.ts';
import {
  causesSchema,
  entryDetailsSchema,
  entryListSchema,
  type ReconciliationEntry,
} from '../schemas/reconciliations.ts';
import { entryColumns, toEntryRecord } from './entries-csv.ts';
import { explainEntry, requireEntry } from './entry-details.ts';
import { requireReconciliation } from './reconciliation-parts.ts';
import { namedTargets, namesOf, renderEntry } from './reconciliation-rendering.ts';
import { reconciliationParams } from './reconciliations.ts';
import { nameInPath, ok, problems } from './route-parts.ts';

const tags = ['Reconciliations'];
export const entryParams = reconciliationParams.extend({ entryId: nameInPath('entryId', '17') });

const { page, pageSize, q } = listQueryShape(['number'], 'number');
const querySchema = z.strictObject({
  page,
  pageSize,
  q: q.openapi({ description: 'Words of names, or the beginning of a key.' }),
  category: z
    .enum([...categories, 'failed'])
    .optional()
    .openapi({ description: 'Failed entries are in the category `failed` and in no other.' }),
  situation: z.enum(situations).optional(),
  action: z.enum(actions).optional(),
  status: z.enum(entryStatuses).optional(),
});

export function addReconciliationEntryRoutes(app: OpenAPIHono<ApiEnv>, sql: Sql): void {
  const list = createRoute({
    ...needs(sql, '/Syncline/Reconciliation/Query'),
    method: 'get',
    path: '/api/reconciliations/{reconciliationId}/entries',
    tags,
    summary: 'List what a reconciliation found',
    description: 'Entries first, then pairs that were as they should be.',
    request: { params: reconciliationParams, query: querySchema },
    responses: { 200: ok('A page of entries.', entryListSchema), ...problems(404) },
  });
  app.openapi(list, async (c) => {
    const run = await requireReconciliation(sql, c.req.valid('param').reconciliationId);
    const { page: number, pageSize: size, ...asked } = c.req.valid('query');
    const paging = { page: number, pageSize: size };
    const { items, ...counted } = await readEntryPage(sql, filterOf(run, asked), paging);
    const shown = await entryRenderer(sql, run)(items);
    return c.json({ items: [...shown], ...paging, ...counted }, 200);
  });

  const csv = createRoute({
    ...needs(sql, '/Syncline/Reconciliation/Query'),
    method: 'get',
    path: '/api/reconciliations/{reconciliationId}/entries.csv',
    tags,
    summary: 'Download what a reconciliation found',
    description: 'All entries that match, whatever page is asked for, as CSV.',
    request: { params: reconciliationParams, query: querySchema },
    responses: {
      200: { description: 'The file.', content: { 'text/csv': { schema: z.string() } } },
      ...problems(404),
    },
  });
  app.openapi(csv, async (c) => {
    const run = await requireReconciliation(sql, c.req.valid('param').reconciliationId);
    const filter = filterOf(run, c.req.valid('query'));
    const render = entryRenderer(sql, run);
    return csvDownload(c, {
      fileName: `reconciliation-${run.reconciliationId}-${run.mappingName}.csv`,
      columns: entryColumns,
      portions: (async function* () {
        for await (const entries of readEntryPortions(sql, filter)) {
          yield (await render(entries)).map(toEntryRecord);
        }
      })(),
    });
  });

  const one = createRoute({
    ...needs(sql, '/Syncline/Reconciliation/Query'),
    method: 'get',
    path: '/api/reconciliations/{reconciliationId}/entries/{entryId}',
    tags,
    summary: 'Get why an entry is as it is',
    description:
      'What was found, what it was matched on, which rule decided, what changed, and both objects as they are now.',
    request: { params: entryParams },
    responses: { 200: ok('The entry.', entryDetailsSchema), ...problems(404) },
  });
  app.openapi(one, async (c) => {
    const { reconciliationId, entryId } = c.req.valid('param');
    const run = await requireReconciliation(sql, reconciliationId);
    return c.json(await explainEntry(sql, run, await requireEntry(sql, run, entryId)), 200);
  });

  const causes = createRoute({
    ...needs(sql, '/Syncline/Reconciliation/Query'),
    method: 'get',
    path: '/api/reconciliations/{reconciliationId}/causes',
    tags,
    summary: 'List why entries failed, the cause of most of them first',
    request: { params: reconciliationParams },
    responses: { 200: ok('The causes.', causesSchema), ...problems(404) },
  });
  app.openapi(causes, async (c) => {
    const { reconciliationId } = await requireReconciliation(sql, c.req.valid('param').reconciliationId);
    const found = await readFailureCauses(sql, reconciliationId, mostCauses + 1);
    const items = found.slice(0, mostCauses).map(({ example, ...cause }) => ({
      ...cause,
      example: example.name,
      exampleId: String(example.entryNumber),
    }));
    return c.json({ items, isComplete: found.length <= mostCauses }, 200);
  });
}

const mostCauses = 50;

function filterOf(
  { reconciliationId }: StoredReconciliation,
  { q: text, category, status, situation, action }: Omit<z.output<typeof querySchema>, 'page' | 'pageSize'>,
): EntryFilter {
  const wanted = category === 'failed' ? ('failed' as const) : status;
  return {
    reconciliationId,
    ...(category === undefined || category === 'failed' ? {} : { category }),
    ...(wanted === undefined ? {} : { status: wanted }),
    ...(situation === undefined ? {} : { situation }),
    ...(action === undefined ? {} : { action }),
    ...(text === undefined || text === '' ? {} : { q: text }),
  };
}

/** What shows entries of a run in a list. */
export function entryRenderer(
  sql: Sql,
  { definition }: Pick<StoredReconciliation, 'definition'>,
): (entries: readonly Entry[]) => Promise<readonly ReconciliationEntry[]> {
  const redaction = redactionOf(definition);
  return async (entries) => {
    const keys = [...new Set(entries.flatMap(namedTargets))];
    const set = keys.length === 0 ? undefined : await findStoredSet(sql, definition.target);
    const found = set === undefined ? [] : await readResourcesByKey(sql, set, keys);
    const names = namesOf(
      found.map(({ key, attributes }) => ({
        key,
        attributes: withoutRedacted(attributes, redaction.targets),
      })),
    );
    return entries.map((entry) => renderEntry(entry, names, redaction));
  };
}
