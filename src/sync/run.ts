/** The frame of every run: one at a time on a connection, and always an end that says what happened. */
import type { Sql } from 'postgres';
import type { Connector } from '../connectors/connector.ts';
import { Fault } from '../errors.ts';
import type { EntityType } from '../model/entity-type.ts';
import { lockConnection } from '../store/connection-lock.ts';
import { recordConnection, type StoredConnection, type StoredEntityType } from '../store/connections.ts';
import { requireExpressibleFilter } from '../store/filter-sql.ts';
import { beginRun, endRun, type RunKind } from '../store/runs.ts';

/** A configured connection, ready to be worked on. */
export type RunTarget = Readonly<{
  sql: Sql;
  connector: Connector;
  name: string;
  entityTypes: readonly EntityType[];
}>;

export type Run = Readonly<{ runId: number; connection: StoredConnection }>;

/**
 * Does some work as a run. Throws a `Fault` when the mapping cannot be exported or the connection is busy, and whatever the
 * work throws, after the run was ended as failed; `cancelled` when `signal` was the reason.
 */
export async function asRun<T>(
  { sql, connector, name, entityTypes }: RunTarget,
  kind: RunKind,
  signal: AbortSignal,
  work: (run: Run) => Promise<T>,
): Promise<T> {
  const [problem, ...others] = connector.checkMapping(entityTypes);
  if (problem !== undefined) {
    const more = others.length === 0 ? '' : ` (And ${others.length} more: ${others.join(' ')})`;
    throw new Fault('mapping-refused', `Connection ${name}: ${problem}${more}`);
  }
  for (const { filter } of entityTypes) if (filter !== undefined) requireExpressibleFilter(filter);
  const connection = await recordConnection(sql, name, connector.source, entityTypes);
  const lock = await lockConnection(sql, connection.connectionId);
  if (!lock) {
    throw new Fault(
      'connection-busy',
      `Another run is working on the connection ${name}: wait for its end, or stop it.`,
    );
  }
  try {
    const runId = await beginRun(sql, connection.connectionId, kind);
    try {
      const result = await work({ runId, connection });
      await endRun(sql, runId, 'succeeded', null);
      return result;
    } catch (error) {
      const fault = signal.aborted ? cancelledRun(name) : error;
      const message = fault instanceof Error ? fault.message : String(fault);
      // When the database is what is gone, the next run notes this one as interrupted.
      await endRun(sql, runId, signal.aborted ? 'cancelled' : 'failed', message).catch(() => {});
      throw fault;
    }
  } finally {
    await lock.release().catch(() => {});
  }
}

/** What is stored of an entity type of the run's connection, as the run began. */
export function storedEntityType({ connection }: Run, { name }: EntityType): StoredEntityType {
  const stored = connection.entityTypes.find((one) => one.name === name);
  if (!stored) throw new Error(`The entity type ${name} was not recorded.`);
  return stored;
}

function cancelledRun(name: string): Fault {
  return new Fault(
    'cancelled',
    `The run on ${name} was cancelled: what was read is kept, and the next run goes on from there.`,
  );
}
