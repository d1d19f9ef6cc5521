/** Connections: how far each has come, how its last run ended, and what a guard holds back. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Sql } from 'postgres';
import { readBlockedChanges, readBlockedSummary } from '../../store/blocked-changes.ts';
import { type ConnectionOverview, readConnectionOverviews } from '../../store/connection-overview.ts';
import { needs } from '../authentication.ts';
import { Refusal } from '../problem.ts';
import type { ApiEnv } from '../request.ts';
import { instant, nameInPath, ok, problems, text } from './route-parts.ts';

const blockShape = {
  reasons: z.array(z.string()).openapi({ description: 'What was exceeded or cannot be believed.' }),
  blockedAt: instant,
  runId: z.int(),
};

const connectionSchema = z
  .object({
    name: z.string(),
    source: z.string().openapi({ description: 'Which system it is, such as a tenant id.' }),
    createdAt: instant,
    entityTypes: z.array(
      z.object({
        name: z.string(),
        resourceCount: z.number(),
        readAt: instant.nullable().openapi({ description: 'When it was last read up to.' }),
      }),
    ),
    block: z.object(blockShape).nullable().openapi({ description: 'What waits for a person.' }),
    lastRun: z
      .object({
        runId: z.int(),
        kind: z.enum(['synchronize', 'verify', 'export']),
        state: z.enum(['running', 'succeeded', 'failed', 'blocked', 'cancelled', 'interrupted']),
        message: z.string().nullable(),
        startedAt: instant,
        endedAt: instant.nullable(),
      })
      .nullable(),
  })
  .openapi('Connection');

const blockedSchema = z
  .object({
    ...blockShape,
    classes: z.array(
      z.object({
        objectClass: z.string().openapi({ example: 'group.members' }),
        inserted: z.number(),
        updated: z.number(),
        deleted: z.number(),
      }),
    ),
  })
  .openapi('Block');

const changeKinds = ['insert', 'update', 'delete'] as const;
const attributes = z.record(z.string(), z.unknown()).nullable();

const blockedChangeSchema = z
  .object({
    number: z.number(),
    objectClass: z.string(),
    kind: z.enum(changeKinds),
    key: z.string(),
    targetKey: z.string().nullable().openapi({ description: 'What a link leads to.' }),
    before: attributes,
    after: attributes,
  })
  .openapi('BlockedChange');

const tags = ['Connections'];
const nameParams = z.object({ name: nameInPath('name', 'ContosoEntraExport') });

export function addConnectionRoutes(app: OpenAPIHono<ApiEnv>, sql: Sql): void {
  const list = createRoute({
    ...needs(sql, '/Connectors/Connector/Query'),
    method: 'get',
    path: '/api/connections',
    tags,
    summary: 'List connections that were ever run',
    responses: {
      200: ok('The connections, by name.', z.object({ connections: z.array(connectionSchema) })),
      ...problems(),
    },
  });
  app.openapi(list, async (c) =>
    c.json({ connections: (await readConnectionOverviews(sql)).map(renderConnection) }, 200),
  );

  const one = createRoute({
    ...needs(sql, '/Connectors/Connector/Query'),
    method: 'get',
    path: '/api/connections/{name}',
    tags,
    summary: 'Get a connection',
    request: { params: nameParams },
    responses: { 200: ok('The connection.', connectionSchema), ...problems(404) },
  });
  app.openapi(one, async (c) =>
    c.json(renderConnection(await requireConnection(sql, c.req.valid('param').name)), 200),
  );

  addBlocked(app, sql);
}

function addBlocked(app: OpenAPIHono<ApiEnv>, sql: Sql): void {
  const summary = createRoute({
    ...needs(sql, '/Custom/ResourceChanges', 'name'),
    method: 'get',
    path: '/api/connections/{name}/blocked',
    tags,
    summary: 'Get what a guard holds back, in numbers',
    request: { params: nameParams },
    responses: { 200: ok('What waits for a person.', blockedSchema), ...problems(404) },
  });
  app.openapi(summary, async (c) => {
    const { connectionId, name } = await requireConnection(sql, c.req.valid('param').name);
    const blocked = await readBlockedSummary(sql, connectionId);
    if (!blocked) throw new Refusal('not-found', `Nothing of the connection ${name} is held back.`);
    const { reasons, blockedAt, runId, classes } = blocked;
    return c.json({ reasons: [...reasons], blockedAt: text(blockedAt), runId, classes: [...classes] }, 200);
  });

  const changes = createRoute({
    ...needs(sql, '/Custom/ResourceChanges', 'name'),
    method: 'get',
    path: '/api/connections/{name}/blocked/changes',
    tags,
    summary: 'List what a guard holds back, change by change',
    request: {
      params: nameParams,
      query: z.strictObject({
        objectClass: z.string().optional(),
        kind: z.enum(changeKinds).optional(),
        search: z.string().min(1).max(200).optional().openapi({ description: 'A text in a key or a value.' }),
        after: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0).openapi({
          description: 'Only changes after this number: `next` of the page before.',
        }),
        limit: z.coerce.number().int().min(1).max(500).default(50),
      }),
    },
    responses: {
      200: ok(
        'A page of changes.',
        z.object({ changes: z.array(blockedChangeSchema), next: z.number().nullable() }),
      ),
      ...problems(404),
    },
  });
  app.openapi(changes, async (c) => {
    const { connectionId } = await requireConnection(sql, c.req.valid('param').name);
    const page = await readBlockedChanges(sql, { connectionId, ...c.req.valid('query') });
    return c.json({ changes: [...page.changes], next: page.next }, 200);
  });
}

/** Throws a `Refusal` where there is no such connection. */
export async function requireConnection(sql: Sql, name: string): Promise<ConnectionOverview> {
  const [connection] = await readConnectionOverviews(sql, name);
  if (connection) return connection;
  throw new Refusal(
    'connection-unknown',
    `There is no connection ${JSON.stringify(name)} that was ever run.`,
  );
}

function renderConnection(connection: ConnectionOverview): z.input<typeof connectionSchema> {
  const { name, source, createdAt, entityTypes, block, lastRun } = connection;
  return {
    name,
    source,
    createdAt: text(createdAt),
    entityTypes: entityTypes.map(({ readAt, ...entityType }) => ({ ...entityType, readAt: utc(readAt) })),
    block: block && { ...block, reasons: [...block.reasons], blockedAt: text(new Date(block.blockedAt)) },
    lastRun: lastRun && {
      ...lastRun,
      startedAt: text(new Date(lastRun.startedAt)),
      endedAt: utc(lastRun.endedAt),
    },
  };
}

/** PostgreSQL writes instants in JSON with an offset. */
function utc(written: string | null): string | null {
  return written === null ? null : text(new Date(written));
}
