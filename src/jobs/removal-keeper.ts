/**
 * Removes connections that somebody has deleted, entries of old runs of mappings and indexes that none asks for any more, in the background
 * of a server; what another server left half done as well.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Sql } from 'postgres';
import { dropUnusedIndex } from '../store/correlation-indexes.ts';
import { markInterrupted } from '../store/interrupted-reconciliations.ts';
import { isConnectionLoss } from '../store/queue-access.ts';
import { removeOldEntries } from '../store/reconciliation-retention.ts';
import { removeSome } from '../store/tenant-removal.ts';

export type RemovalKeeperOptions = Readonly<{
  sql: Sql;
  /** Not told that the database is gone: others say so. */
  onError: (error: unknown) => void;
}>;

export type RemovalKeeper = Readonly<{
  /** Says that there is something to remove. */
  wake: () => void;
  stop: () => Promise<void>;
}>;

/** What nobody has told of, such as what another server left, is seen after so long. */
const idleMs = 5000;
/** A run that is to end does so within seconds. */
const waitingMs = 300;

export function startRemovalKeeper({ sql, onError }: RemovalKeeperOptions): RemovalKeeper {
  const stopping = new AbortController();
  let resting = new AbortController();
  const rest = async (ms: number): Promise<void> => {
    const signal = AbortSignal.any([stopping.signal, resting.signal]);
    await delay(ms, undefined, { signal }).catch(() => undefined);
    if (resting.signal.aborted) resting = new AbortController();
  };
  const work = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        const outcome = await removeSome(sql);
        if (outcome === 'waiting') await rest(waitingMs);
        if (outcome === 'nothing' && (await removeOldEntries(sql)) === 'nothing') {
          await markInterrupted(sql);
          if ((await dropUnusedIndex(sql)) === 'nothing') await rest(idleMs);
        }
      } catch (error) {
        if (!isConnectionLoss(error) && !isLockTimeout(error)) onError(error);
        await rest(waitingMs);
      }
    }
  };
  const working = work();
  return {
    wake: () => resting.abort(),
    async stop() {
      stopping.abort();
      await working;
    },
  };
}

/** Somebody else had a table for longer than anybody else should wait. */
function isLockTimeout(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '55P03';
}
