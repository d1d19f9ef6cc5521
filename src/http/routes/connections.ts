/** Connections: how far each has come, how its last run ended, and whether a guard holds something back. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Sql } from 'postgres';
import { type ConnectionOverview, readConnectionOverviews } from '../../store/connection-overview.ts';
import { needs } from '../authentication.ts';
import { Refusal } from '../problem.ts';
import type { ApiEnv } from '../request.ts';
import { blockShape } from '../schemas/runs.ts';
import { instant, nameInPath, ok, problems, text } from './route-parts.ts';

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
        kind: z.enum(['synchronize', 'verify', 'export', 'reconcile', 'edit']),
        state: z.enum(['running', 'succeeded', 'failed', 'blocked', 'cancelled', 'interrupted']),
        message: z.string().nullable(),
        startedAt: instant,
        endedAt: instant.nullable(),
      })
      .nullable(),
  })
  .openapi('Connection');

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
