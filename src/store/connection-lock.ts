/**
 * One run at a time works on a connection or reconciles a mapping, and one process looks after the subscriptions of a connection, on
 * whichever machine: the database keeps the lock as long as the holder gives signs of life.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { ISql, Sql } from 'postgres';
import { openSideLine } from './queue-access.ts';

export type ConnectionLock = Readonly<{
  /** Whether the lock has not been lost with its session, as far as this process has heard. */
  isHeld(): boolean;
  release(): Promise<void>;
}>;

/**
 * Takes the lock of a connection, or gives undefined when another run has it. It ends with this process, and when the database has
 * not heard of this process for 8 seconds: one that was stopped, or whose machine has vanished, keeps nobody waiting. A run that
 * has lost it so goes on until another one has taken its sets over, which are closed to it then.
 */
export async function lockConnection(sql: Sql, connectionId: number): Promise<ConnectionLock | undefined> {
  return await lock(sql, {
    name: `run ${connectionId}`,
    numbers: (line) => line`${runSpace}::int, ${connectionId}::int`,
  });
}

/** The same of a mapping. A run that has lost it cannot act any more once another one has taken its place. */
export async function lockMapping(sql: Sql, mappingId: number): Promise<ConnectionLock | undefined> {
  return await lock(sql, {
    name: `mapping ${mappingId}`,
    numbers: (line) => line`${mappingSpace}::int, ${mappingId}::int`,
  });
}

/** The same of the subscriptions of a connection, which may not be stored yet: its name, in any case, stands for it. */
export async function lockSubscriptions(sql: Sql, connection: string): Promise<ConnectionLock | undefined> {
  return await lock(sql, {
    name: `subscriptions ${connection.toLowerCase()}`,
    numbers: (line) => line`${subscriptionSpace}::int, hashtext(lower(${connection}))`,
  });
}

/** The server ends a session that is silent for so long. */
const leaseMs = 8000;
const signOfLifeMs = 1000;

type Key = Readonly<{ name: string; numbers: (line: ISql) => ReturnType<ISql> }>;

/**
 * All locks of a process are in one session beside its pool: runs that hold the connections of the pool for their locks would have
 * none left to work with, and the server has not so many either. The database would give a session the same lock twice, so that
 * each is asked for once.
 */
type LockSession = Readonly<{
  /** The lock, or undefined when somebody has it. */
  take: (key: Key) => Promise<ConnectionLock | undefined>;
}>;

const sessions = new WeakMap<Sql, LockSession>();

async function lock(sql: Sql, key: Key): Promise<ConnectionLock | undefined> {
  return await (sessions.get(sql) ?? openSession(sql)).take(key);
}

/** Opens the session, which closes with the last lock. */
function openSession(sql: Sql): LockSession {
  const closing = new AbortController();
  /** By their names; what the session has lost with its connection is not among them. */
  const held = new Map<string, symbol>();
  let users = 0;
  const line = openSideLine(sql, 'locks', {
    connection: { idle_session_timeout: leaseMs },
    onclose: () => held.clear(),
  });

  const giveSigns = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      await delay(signOfLifeMs, undefined, { signal: closing.signal }).catch(() => undefined);
      // Where the database is not there, whoever works with it notices.
      if (!closing.signal.aborted) await line`select`.catch(() => undefined);
    }
  };
  const leave = async (): Promise<void> => {
    users -= 1;
    if (users > 0) return;
    sessions.delete(sql);
    closing.abort();
    await line.end({ timeout: 1 });
    await giving;
  };
  const take = async ({ name, numbers }: Key): Promise<ConnectionLock | undefined> => {
    if (held.has(name)) return undefined;
    const token = Symbol(name);
    held.set(name, token);
    users += 1;
    const forget = (): boolean => held.get(name) === token && held.delete(name);
    const unlock = async (): Promise<void> => {
      await line`select pg_advisory_unlock(${numbers(line)})`;
    };
    try {
      const [row] = await line<{ isFree: boolean }[]>`
        select pg_try_advisory_lock(${numbers(line)}) as is_free`;
      if (row?.isFree === true && held.get(name) === token) {
        return {
          isHeld: () => held.get(name) === token,
          async release() {
            try {
              if (forget()) await unlock();
            } finally {
              await leave();
            }
          },
        };
      }
      // The connection broke meanwhile, and came back: whether it was before or after the answer is not known.
      if (row?.isFree === true) await unlock();
    } catch (error) {
      forget();
      await leave();
      throw error;
    }
    forget();
    await leave();
    return undefined;
  };
  const session: LockSession = { take };
  sessions.set(sql, session);
  const giving = giveSigns();
  return session;
}

/** Any fixed numbers that no other advisory lock of ours uses. */
const runSpace = 7962;
const subscriptionSpace = 7963;
const mappingSpace = 7965;
