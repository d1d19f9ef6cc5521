/** Discarding what guards hold back, of one connection or of those that a blocked run stands at. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Sql, TransactionSql } from 'postgres';
import { Fault } from '../../errors.ts';
import { readBlocksOfRun } from '../../store/run-blocks.ts';
import { needs } from '../authentication.ts';
import { Refusal } from '../problem.ts';
import type { ApiContext, ApiEnv } from '../request.ts';
import { requireConnection } from './connections.ts';
import { audit, nameInPath, numberInPath, ok, problems } from './route-parts.ts';
import { notBlocked, requireRun } from './runs.ts';

/**
 * Drops the blocked sets of a connection and gives how many there were. `record` writes that down in the same transaction. Throws a
 * `Fault`: `connection-not-blocked`, `connection-busy`.
 */
export type Discard = (
  connection: string,
  record: (transaction: TransactionSql, discardedSets: number) => Promise<void>,
) => Promise<number>;

const discardedSchema = z
  .object({
    connections: z.array(z.string()).openapi({ description: 'Those that nothing is held back of any more.' }),
    discardedSets: z.int(),
  })
  .openapi('Discarded');

const description = 'The changes are dropped; the next run reads what they were about in full.';

export function addDiscarding(app: OpenAPIHono<ApiEnv>, sql: Sql, discard: Discard): void {
  const ofRun = createRoute({
    ...needs(sql, '/Jobs/RunJob/Repair'),
    method: 'post',
    path: '/api/runs/{jobRunId}/discard',
    tags: ['Runs'],
    summary: 'Discard what a blocked run holds back',
    description,
    request: { params: z.object({ jobRunId: numberInPath('jobRunId') }) },
    responses: { 200: ok('What was discarded.', discardedSchema), ...problems(404, 409) },
  });
  app.openapi(ofRun, async (c) => {
    const { jobRunId } = c.req.valid('param');
    const blocks = await readBlocksOfRun(sql, await requireRun(sql, jobRunId));
    const names = blocks.map(({ connection }) => connection);
    if (names.length === 0) throw notBlocked(jobRunId);
    return c.json(await discardAll(c, sql, discard, names), 200);
  });

  const ofConnection = createRoute({
    ...needs(sql, '/Jobs/RunJob/Repair'),
    method: 'delete',
    path: '/api/connections/{name}/blocked',
    tags: ['Connections'],
    summary: 'Discard what a guard holds back',
    description,
    request: { params: z.object({ name: nameInPath('name', 'ContosoEntraExport') }) },
    responses: { 200: ok('What was discarded.', discardedSchema), ...problems(404, 409) },
  });
  app.openapi(ofConnection, async (c) => {
    const { name } = await requireConnection(sql, c.req.valid('param').name);
    return c.json(await discardAll(c, sql, discard, [name]), 200);
  });
}

/** Each by itself, with an audit entry of its own: one that is busy leaves the others discarded. */
async function discardAll(
  c: ApiContext,
  sql: Sql,
  discard: Discard,
  names: readonly string[],
): Promise<z.input<typeof discardedSchema>> {
  let discardedSets = 0;
  for (const name of names) {
    const entry = { action: 'connection.discard', subject: name };
    try {
      discardedSets += await discard(name, (transaction, count) =>
        audit(c, transaction, { ...entry, outcome: 'done', detail: { discardedSets: count } }),
      );
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      await audit(c, sql, { ...entry, outcome: 'refused', detail: { reason: error.code } });
      throw refuseDiscard(error, name);
    }
  }
  return { connections: [...names], discardedSets };
}

function refuseDiscard(fault: Fault, name: string): unknown {
  if (fault.code === 'connection-not-blocked') {
    return new Refusal('connection-state', `Nothing of the connection ${name} is held back.`);
  }
  if (fault.code === 'connection-busy') {
    return new Refusal(
      'connection-state',
      `The connection ${name} is busy with a run: try again when it has ended.`,
    );
  }
  return fault;
}
