/** Connectors: every connection with what it reads, by which jobs, under which limits, and how far it is. */
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import type { Sql } from 'postgres';
import { describeMapping, type EntityType } from '../../model/entity-type.ts';
import type { Guards } from '../../model/guard.ts';
import type { CountedClass } from '../../model/guard-check.ts';
import { measureLimits } from '../../model/guard-history.ts';
import {
  type ChangedClass,
  type ConnectorOverview,
  readConnectorOverviews,
} from '../../store/connector-overviews.ts';
import { needs } from '../authentication.ts';
import type { ApiEnv } from '../request.ts';
import { type Connector, connectorQuerySchema, connectorsSchema } from '../schemas/connectors.ts';
import { ok, problems, text } from './route-parts.ts';

/** Every connection that there is: of the settings file, of the console, and of the deployed configuration. */
export type ListConnections = () => Promise<readonly KnownConnection[]>;

export type KnownConnection = Readonly<{
  name: string;
  origin: Connector['origin'];
  connector: string | null;
  /** Why it cannot be used; null where it can. */
  problem: string | null;
  entityTypes: readonly EntityType[];
  guards: Guards;
}>;

export function addConnectorRoutes(app: OpenAPIHono<ApiEnv>, sql: Sql, list: ListConnections): void {
  const route = createRoute({
    ...needs(sql, '/Connectors/Connector/Query'),
    method: 'get',
    path: '/api/connectors',
    tags: ['Connectors'],
    summary: 'List connections with what they are made of',
    request: { query: connectorQuerySchema },
    responses: { 200: ok('A page of connections.', connectorsSchema), ...problems() },
  });
  app.openapi(route, async (c) => {
    const { q = '', page, pageSize, sort } = c.req.valid('query');
    const wanted = q.toLowerCase();
    const found = (await list())
      .filter(({ name, connector }) => `${name}\n${connector ?? ''}`.toLowerCase().includes(wanted))
      .toSorted((a, b) => a.name.localeCompare(b.name, 'en'));
    if (sort === '-name') found.reverse();
    const shown = found.slice((page - 1) * pageSize, page * pageSize);
    const overviews = await readConnectorOverviews(
      sql,
      shown.map(({ name }) => name),
    );
    const items = shown.flatMap((connection, index) => {
      const overview = overviews[index];
      return overview === undefined ? [] : render(connection, overview);
    });
    return c.json({ items, page, pageSize, total: found.length, isTotalExact: true }, 200);
  });
}

function render(
  { name, origin, connector, problem, entityTypes, guards }: KnownConnection,
  { entityTypes: stored, jobs, runs, block, lastRun }: ConnectorOverview,
): Connector {
  return {
    name,
    origin,
    connector,
    problem,
    entityTypes: entityTypes.map((entityType) => {
      const row = stored.find((one) => one.name === entityType.name);
      const isCurrent = row?.mapping === describeMapping(entityType, entityTypes);
      return {
        name: entityType.name,
        attributeCount: entityType.attributes.length,
        links: [...entityType.links],
        filter: entityType.filter ?? null,
        resourceCount: row?.mapping == null ? null : row.resourceCount,
        linkCount: row?.mapping == null ? null : row.linkCount,
        cookieAt: utc(row?.cookieAt ?? null),
        isFullReadNext: !isCurrent || row?.hasCookie !== true || row.fullReason !== null,
      };
    }),
    jobs: jobs.map((job) => ({ ...job, nextRunAt: utc(job.nextRunAt) })),
    limits: measureLimits(
      guards,
      runs.map((classes) => classes.map(countedClass)),
    ).map(({ objectClass = null, ...limit }) => ({ ...limit, objectClass })),
    measuredRuns: runs.length,
    block: block && { ...block, reasons: [...block.reasons], blockedAt: text(new Date(block.blockedAt)) },
    lastRun: lastRun && {
      ...lastRun,
      startedAt: text(new Date(lastRun.startedAt)),
      endedAt: utc(lastRun.endedAt),
    },
  };
}

function countedClass({ objectClass, total, inserted, updated, deleted }: ChangedClass): CountedClass {
  const what = objectClass.includes('.') ? 'links' : 'resources';
  return { what, objectClass, stored: total - inserted + deleted, inserted, updated, deleted };
}

/** PostgreSQL writes instants in JSON with an offset. */
function utc(written: string | null): string | null {
  return written === null ? null : text(new Date(written));
}
