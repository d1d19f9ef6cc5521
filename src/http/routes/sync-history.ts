/** The history of a tenant's synchronizations: pages of it, all of it as CSV, and what stands behind a row. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Sql } from 'postgres';
import { readHistorySearch } from '../../model/history-search.ts';
import { historyStates } from '../../model/history-words.ts';
import {
  findHistoryConnection,
  type HistoryRow,
  historyOrders,
  readHistoryPage,
  readHistoryPortions,
  readHistoryRow,
} from '../../store/sync-history.ts';
import type { HistoryFilter } from '../../store/sync-history-conditions.ts';
import { readHistoryRun, readLinkCounts, readTrouble } from '../../store/sync-history-details.ts';
import { needs } from '../authentication.ts';
import { csvDownload } from '../csv-download.ts';
import { isGranted } from '../permissions.ts';
import { Refusal } from '../problem.ts';
import type { ApiEnv } from '../request.ts';
import { listQueryShape, orderOf } from '../schemas/list.ts';
import {
  historyDetailsSchema,
  historyListSchema,
  historyModes,
  type SyncHistoryRow,
} from '../schemas/sync-history.ts';
import type { TenantDoor } from '../tenant-door.ts';
import { requireTimeZone, timeZoneShape } from '../zoned-times.ts';
import { historyColumns, toHistoryRecord } from './history-csv.ts';
import { nameInPath, numberInPath, ok, problems, text, textOrNull } from './route-parts.ts';

const tags = ['Sync history'];
const nameParams = z.object({ name: nameInPath('name', 'contoso.onmicrosoft.com') });

/** Several of a set of words, such as `failed,blocked`. */
function listOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z
    .string()
    .transform((given) => given.split(','))
    .pipe(z.array(z.enum(words)))
    .optional()
    .openapi({ type: 'string', description: `One or more of ${words.join(', ')}, with commas between.` });
}

const time = z.iso
  .datetime({ offset: true, error: 'write a time such as 2026-11-29T06:30:00Z' })
  .transform((written) => new Date(written))
  .optional()
  .openapi({ type: 'string', format: 'date-time' });

const filterShape = {
  type: z
    .string()
    .max(500)
    .transform((given) => given.split(','))
    .optional()
    .openapi({ type: 'string', description: 'One or more classes, such as user,group.' }),
  status: listOf(historyStates),
  mode: z.enum(historyModes).optional(),
  from: time,
  to: time,
  links: z.enum(['true', 'false']).default('false').openapi({ description: 'The links of each class, too.' }),
  timeZone: timeZoneShape,
  upTo: z.coerce
    .number()
    .int()
    .positive()
    .max(2 ** 31 - 1)
    .optional()
    .openapi({ description: 'Only runs up to this one: `newestRunId` of the first page that was read.' }),
};
const listShape = listQueryShape(historyOrders, '-startedAt');
const querySchema = z.strictObject({ ...listShape, ...filterShape });

export type HistoryRoutes = Readonly<{ sql: Sql; door: Pick<TenantDoor, 'readConfigured'> }>;

export function addSyncHistoryRoutes(app: OpenAPIHono<ApiEnv>, routes: HistoryRoutes): void {
  const { sql } = routes;
  const list = createRoute({
    ...needs(sql, '/Syncline/Integrations/Query'),
    method: 'get',
    path: '/api/integrations/entra-id/{name}/sync-history',
    tags,
    summary: 'List the synchronizations of a tenant',
    description:
      'A row for each class of objects and run, from its beginning on. Searched are the type, the status, the message, and dates and times.',
    request: { params: nameParams, query: querySchema },
    responses: { 200: ok('A page of rows.', historyListSchema), ...problems(404) },
  });
  app.openapi(list, async (c) => {
    const query = c.req.valid('query');
    const { page, pageSize, sort } = query;
    const { connectionId } = await requireHistory(routes, c.req.valid('param').name);
    const found =
      connectionId === null
        ? { rows: [], total: 0, isTotalExact: true, newestRunId: null, newer: 0 }
        : await readHistoryPage(sql, toFilter(connectionId, query), { page, pageSize, ...orderOf(sort) });
    const { rows, ...counted } = found;
    return c.json({ items: rows.map(renderRow), page, pageSize, ...counted }, 200);
  });

  const csv = createRoute({
    ...needs(sql, '/Syncline/Integrations/Query'),
    method: 'get',
    path: '/api/integrations/entra-id/{name}/sync-history.csv',
    tags,
    summary: 'Download the synchronizations of a tenant',
    description: 'All rows that match, whatever page is asked for, as CSV with the columns of the table.',
    request: { params: nameParams, query: querySchema },
    responses: {
      200: { description: 'The file.', content: { 'text/csv': { schema: z.string() } } },
      ...problems(404),
    },
  });
  app.openapi(csv, async (c) => {
    const query = c.req.valid('query');
    const { connectionId, name } = await requireHistory(routes, c.req.valid('param').name);
    const filter = connectionId === null ? undefined : toFilter(connectionId, query);
    const timeZone = requireTimeZone(query.timeZone);
    return csvDownload(c, {
      fileName: `sync-history-${name}.csv`,
      columns: historyColumns,
      portions: (async function* () {
        if (filter === undefined) return;
        for await (const rows of readHistoryPortions(sql, filter, orderOf(query.sort))) {
          yield rows.map((row) => toHistoryRecord(row, timeZone));
        }
      })(),
    });
  });

  addDetails(app, routes);
}

function addDetails(app: OpenAPIHono<ApiEnv>, routes: HistoryRoutes): void {
  const { sql } = routes;
  const details = createRoute({
    ...needs(sql, '/Syncline/Integrations/Query'),
    method: 'get',
    path: '/api/integrations/entra-id/{name}/sync-history/{runId}/{type}',
    tags,
    summary: 'Get what stands behind a row of the history',
    request: {
      params: nameParams.extend({ runId: numberInPath('runId'), type: nameInPath('type', 'user') }),
    },
    responses: {
      200: ok('The row, its run, its links and its trouble.', historyDetailsSchema),
      ...problems(404),
    },
  });
  app.openapi(details, async (c) => {
    const { name, runId, type } = c.req.valid('param');
    const connection = await requireHistory(routes, name);
    const row =
      connection.connectionId === null
        ? undefined
        : await readHistoryRow(sql, connection.connectionId, runId, type);
    const run = row && (await readHistoryRun(sql, runId));
    if (!row || !run) {
      throw new Refusal(
        'not-found',
        `The run ${runId} of ${connection.name} has no row for ${JSON.stringify(type)}.`,
      );
    }
    const mayReadLogs = isGranted(c.get('caller').permissions, '/Jobs/RunJob/GetLog');
    const [links, trouble] = await Promise.all([
      readLinkCounts(sql, runId, type),
      run.job === null || !mayReadLogs ? [] : readTrouble(sql, run.job.taskRunId, connection.name, type),
    ]);
    return c.json(
      {
        row: renderRow(row),
        run: {
          runId,
          kind: run.kind,
          status: run.state,
          message: run.message,
          startedAt: text(run.startedAt),
          endedAt: textOrNull(run.endedAt),
          isBlocking: run.isBlocking,
          job: run.job && { ...run.job },
        },
        links: links.map(({ objectClass, ...counts }) => ({ type: objectClass, ...counts })),
        trouble: mayReadLogs
          ? trouble.map(({ loggedAt, ...line }) => ({ ...line, loggedAt: text(loggedAt) }))
          : null,
      },
      200,
    );
  });
}

/** Throws a `Refusal` for a tenant that nobody knows. */
export async function requireHistory({ sql, door }: HistoryRoutes, name: string) {
  const connection = await findHistoryConnection(sql, name);
  if (connection) return connection;
  const isOfName = (one: Readonly<{ name: string }>) => one.name.toLowerCase() === name.toLowerCase();
  const configured = door.readConfigured().find(isOfName);
  if (configured) return { connectionId: null, name: configured.name };
  throw new Refusal('connection-unknown', `There is no tenant ${JSON.stringify(name)}.`);
}

function toFilter(connectionId: number, query: z.output<typeof querySchema>): HistoryFilter {
  const { q, type, status, mode, from, to, links, timeZone, upTo } = query;
  return {
    connectionId,
    terms: q === undefined || q === '' ? undefined : readHistorySearch(q),
    timeZone: requireTimeZone(timeZone),
    types: type,
    states: status,
    isFull: mode === undefined ? undefined : mode === 'full',
    from,
    to,
    withLinks: links === 'true',
    upToRunId: upTo,
  };
}

function renderRow({ objectClass, isFull, state, startedAt, endedAt, ...row }: HistoryRow): SyncHistoryRow {
  return {
    ...row,
    type: objectClass,
    changed: row.inserted + row.updated,
    status: state,
    mode: isFull === null ? null : isFull ? 'full' : 'incremental',
    startedAt: text(startedAt),
    endedAt: textOrNull(endedAt),
  };
}
