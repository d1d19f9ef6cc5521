/** The frame of every run: one at a time on a connection, and always an end that says what happened. */
import type { Sql } from 'postgres';
import type { Connector } from '../connectors/connector.ts';
import { Fault } from '../errors.ts';
import type { EntityType } from '../model/entity-type.ts';
import type { Guards } from '../model/guard.ts';
import { type ConnectionLock, lockConnection } from '../store/connection-lock.ts';
import { recordConnection, type StoredConnection, type StoredEntityType } from '../store/connections.ts';
import { requireExpressibleFilter } from '../store/filter-sql.ts';
import { beginRun, endRun, type RunKind } from '../store/runs.ts';
import { isBlockedFault } from './blocked.ts';

/** A configured connection, ready to be worked on. */
export type RunTarget = Readonly<{
  sql: Sql;
  connector: Connector;
  name: string;
  entityTypes: readonly EntityType[];
  /** What limits a synchronization; undefined where nothing does. */
  guards?: Guards;
  /** The task of a job that this is done for. */
  taskRunId?: number;
}>;

export type Run = Readonly<{ runId: number; connection: StoredConnection }>;

/**
 * Does some work as a run. Throws a `Fault` when the mapping cannot be exported or the connection is busy, and whatever the
 * work throws, after the run was ended as `inRun` says.
 */
export async function asRun<T>(
  { sql, connector, name, entityTypes, taskRunId }: RunTarget,
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
  // A comparison brings nothing up to date.
  const names = kind === 'verify' ? [] : entityTypes.map((entityType) => entityType.name);
  const task = taskRunId === undefined ? {} : { taskRunId };
  const frame = { sql, connection, kind, signal, entityTypes: names, ...task };
  return await inRun(frame, (runId) => work({ runId, connection }));
}

export type RunFrame = Readonly<{
  sql: Sql;
  connection: StoredConnection;
  kind: RunKind;
  signal: AbortSignal;
  /** The entity types that it is to bring up to date, by name. */
  entityTypes: readonly string[];
  taskRunId?: number;
  /** What a person should know of its success. */
  message?: string;
}>;

/**
 * Does some work as a run of a connection that is stored. Throws a `Fault` when the connection is busy, and whatever the work
 * throws, after the run was ended: as blocked when something waits for a person now, as cancelled when `signal` was the
 * reason, and as failed otherwise.
 */
export async function inRun<T>(
  { sql, connection, kind, signal, entityTypes, taskRunId, message: success }: RunFrame,
  work: (runId: number) => Promise<T>,
): Promise<T> {
  const { connectionId, name } = connection;
  const lock = await requireLock(sql, connection);
  try {
    const task = taskRunId === undefined ? {} : { taskRunId };
    const runId = await beginRun(sql, connectionId, kind, { entityTypes, ...task });
    try {
      const result = await work(runId);
      await endRun(sql, runId, 'succeeded', success ?? null);
      return result;
    } catch (error) {
      const isBlocked = isBlockedFault(error);
      const fault = !isBlocked && signal.aborted ? cancelledRun(name) : error;
      const message = fault instanceof Error ? fault.message : String(fault);
      const state = isBlocked ? 'blocked' : signal.aborted ? 'cancelled' : 'failed';
      // When the database is what is gone, the next run notes this one as interrupted.
      await endRun(sql, runId, state, message).catch(() => {});
      throw fault;
    }
  } finally {
    await lock.release().catch(() => {});
  }
}

/** Takes the lock of a connection. Throws a `Fault` when a run has it. */
export async function requireLock(
  sql: Sql,
  { connectionId, name }: StoredConnection,
): Promise<ConnectionLock> {
  const lock = await lockConnection(sql, connectionId);
  if (lock) return lock;
  throw new Fault(
    'connection-busy',
    `Another run is working on the connection ${name}: wait for its end, or stop it.`,
  );
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
