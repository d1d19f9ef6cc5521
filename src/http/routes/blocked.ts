/** What a guard holds back of a connection: in numbers and against the limits, change by change, and as a file. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Sql } from 'postgres';
import {
  type BlockedChange,
  type BlockedSelection,
  readBlockedChanges,
  readBlockedSummary,
  streamBlockedChanges,
} from '../../store/blocked-changes.ts';
import { findBlockedHints } from '../../store/blocked-hints.ts';
import { needs } from '../authentication.ts';
import { csvDownload } from '../csv-download.ts';
import { Refusal } from '../problem.ts';
import type { ApiEnv } from '../request.ts';
import { blockedPageSchema, blockedSchema, changeKinds } from '../schemas/runs.ts';
import { requireConnection } from './connections.ts';
import { nameInPath, ok, problems, text } from './route-parts.ts';

const tags = ['Connections'];
const params = z.object({ name: nameInPath('name', 'ContosoEntraExport') });

const selectionShape = {
  objectClass: z.string().optional(),
  kind: z.enum(changeKinds).optional(),
  search: z.string().min(1).max(200).optional().openapi({ description: 'A text in a key or a value.' }),
};

export function addBlockedRoutes(app: OpenAPIHono<ApiEnv>, sql: Sql): void {
  addSummary(app, sql);
  addChanges(app, sql);
  addFile(app, sql);
}

function addSummary(app: OpenAPIHono<ApiEnv>, sql: Sql): void {
  const summary = createRoute({
    ...needs(sql, '/Custom/ResourceChanges', 'name'),
    method: 'get',
    path: '/api/connections/{name}/blocked',
    tags,
    summary: 'Get what a guard holds back, in numbers',
    request: { params },
    responses: { 200: ok('What waits for a person.', blockedSchema), ...problems(404) },
  });
  app.openapi(summary, async (c) => {
    const { connectionId, name } = await requireConnection(sql, c.req.valid('param').name);
    const blocked = await readBlockedSummary(sql, connectionId);
    if (!blocked) throw new Refusal('not-found', `Nothing of the connection ${name} is held back.`);
    const { reasons, blockedAt, runId, classes, measures } = blocked;
    const hints = await findBlockedHints(sql, connectionId, classes);
    return c.json(
      {
        reasons: [...reasons],
        blockedAt: text(blockedAt),
        runId,
        classes: [...classes],
        measures: [...measures],
        hints,
      },
      200,
    );
  });
}

function addChanges(app: OpenAPIHono<ApiEnv>, sql: Sql): void {
  const changes = createRoute({
    ...needs(sql, '/Custom/ResourceChanges', 'name'),
    method: 'get',
    path: '/api/connections/{name}/blocked/changes',
    tags,
    summary: 'List what a guard holds back, change by change',
    request: {
      params,
      query: z.strictObject({
        ...selectionShape,
        after: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0).openapi({
          description: 'Only changes after this number: `next` of the page before.',
        }),
        limit: z.coerce.number().int().min(1).max(500).default(50),
      }),
    },
    responses: { 200: ok('A page of changes.', blockedPageSchema), ...problems(404) },
  });
  app.openapi(changes, async (c) => {
    const { connectionId } = await requireConnection(sql, c.req.valid('param').name);
    const page = await readBlockedChanges(sql, { connectionId, ...c.req.valid('query') });
    return c.json({ changes: [...page.changes], next: page.next }, 200);
  });
}

function addFile(app: OpenAPIHono<ApiEnv>, sql: Sql): void {
  const file = createRoute({
    ...needs(sql, '/Custom/ResourceChanges', 'name'),
    method: 'get',
    path: '/api/connections/{name}/blocked/changes.csv',
    tags,
    summary: 'Download what a guard holds back',
    request: { params, query: z.strictObject(selectionShape) },
    responses: {
      200: {
        description: 'A row for each change, with the attributes before and after it as JSON.',
        content: { 'text/csv': { schema: z.string() } },
      },
      ...problems(404),
    },
  });
  app.openapi(file, async (c) => {
    const { connectionId, name } = await requireConnection(sql, c.req.valid('param').name);
    const selection = { connectionId, ...c.req.valid('query') };
    return csvDownload(c, {
      fileName: `blocked-changes-${name}.csv`,
      columns: ['kind', 'class', 'key', 'name', 'targetKey', 'targetName', 'before', 'after'],
      portions: recordsOf(sql, selection),
    });
  });
}

async function* recordsOf(sql: Sql, selection: BlockedSelection): AsyncGenerator<string[][]> {
  for await (const portion of streamBlockedChanges(sql, selection)) yield portion.map(recordOf);
}

function recordOf({
  kind,
  objectClass,
  key,
  name,
  targetKey,
  targetName,
  before,
  after,
}: BlockedChange): string[] {
  const json = (values: BlockedChange['before']) => (values === null ? '' : JSON.stringify(values));
  return [kind, objectClass, key, name ?? '', targetKey ?? '', targetName ?? '', json(before), json(after)];
}
