/** What a block is to a run: it keeps runs out, one that replaces it drops it, and everyone is told the same sentence. */
import type { Sql } from 'postgres';
import { Fault, type FaultCode } from '../errors.ts';
import { dropBlockedSets, findBlock } from '../store/blocks.ts';
import { findStoredConnection, type StoredConnection } from '../store/connections.ts';

/**
 * Lets a run go on when its connection is not blocked. What is blocked is dropped where the run replaces it; else a `Fault` with
 * code `connection-blocked` is thrown. Only who holds the connection may call this.
 */
export async function admit(sql: Sql, connection: StoredConnection, replaces: boolean): Promise<void> {
  const { connectionId, name } = connection;
  const block = await findBlock(sql, connectionId);
  if (!block) return;
  if (!replaces) throw blockedFault('connection-blocked', name, block.reasons);
  await dropBlockedSets(sql, connectionId, null);
}

/** What holds a connection back, and what a person can do about it. */
export function blockedFault(
  code: 'guard-exceeded' | 'connection-blocked',
  name: string,
  reasons: readonly string[],
): Fault {
  return new Fault(
    code,
    `${name} is blocked, because ${reasons.join('; ')}: look at the changes with "syncline changes ${name}", then apply them with "syncline resume ${name}" or drop them with "syncline discard ${name}".`,
  );
}

const blockingCodes: ReadonlySet<FaultCode> = new Set<FaultCode>([
  'guard-exceeded',
  'connection-blocked',
  'reconciliation-blocked',
]);

/** Whether a fault says that something waits for a person. */
export function isBlockedFault(error: unknown): error is Fault {
  return error instanceof Fault && blockingCodes.has(error.code);
}

/** The connection of this name as it is stored. Throws a `Fault` when there is none. */
export async function requireStoredConnection(sql: Sql, name: string): Promise<StoredConnection> {
  const connection = await findStoredConnection(sql, name);
  if (connection) return connection;
  throw new Fault(
    'unknown-connection',
    `Nothing is stored of a connection ${JSON.stringify(name)}: correct the name, or run "syncline sync ${name}" first.`,
  );
}

export function notBlockedFault(name: string): Fault {
  return new Fault(
    'connection-not-blocked',
    `The connection ${name} has no blocked changes: there is nothing to resume or to discard, run "syncline sync ${name}".`,
  );
}
