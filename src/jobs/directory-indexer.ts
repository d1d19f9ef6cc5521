/**
 * Keeps the index of resources near the end of the log of changes, in the background of every process that works on jobs: one of them
 * at a time does it, a batch in a transaction, and whoever comes next goes on where the last one ended.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Sql } from 'postgres';
import { type Horizon, isSettled } from '../store/change-horizon.ts';
import {
  type FollowOutcome,
  followChanges,
  readHorizon,
  sweepIndex,
  tidyIndex,
} from '../store/directory-index.ts';
import { isConnectionLoss } from '../store/queue-access.ts';

export type DirectoryIndexerOptions = Readonly<{
  sql: Sql;
  /** Changes a batch; fewer in tests. */
  batchSize?: number;
  /** Not told that the database is gone: the worker says so. */
  onError: (error: unknown) => void;
}>;

export type DirectoryIndexer = Readonly<{ stop: () => Promise<void> }>;

const usualBatchSize = 5000;
const pauseMs = 1000;
/** After an error, so that a defect does not fill the log. */
const errorPauseMs = 30_000;
const sweepEveryMs = 60_000;
const sweepPortion = 5000;
/** After so many changes the tables have grown enough to be tidied. */
const tidyAfterChanges = 100_000;

export function startDirectoryIndexer({
  sql,
  batchSize = usualBatchSize,
  onError,
}: DirectoryIndexerOptions): DirectoryIndexer {
  const stopping = new AbortController();
  const { signal } = stopping;
  const pause = (ms: number) => delay(ms, undefined, { signal }).catch(() => undefined);
  const follower = createFollower(sql, batchSize, signal);
  let untidied = 0;
  let sweptAtMs = 0;

  const turn = async (): Promise<void> => {
    untidied += await follower.follow();
    if (untidied >= tidyAfterChanges && !signal.aborted) {
      untidied = 0;
      await tidyIndex(sql);
    }
    if (Date.now() - sweptAtMs >= sweepEveryMs) {
      sweptAtMs = Date.now();
      while (!signal.aborted && (await sweepIndex(sql, sweepPortion)) > 0);
    }
  };
  const work = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        await turn();
        await pause(pauseMs);
      } catch (error) {
        if (!isConnectionLoss(error)) onError(error);
        await pause(isConnectionLoss(error) ? pauseMs : errorPauseMs);
      }
    }
  };
  const working = work();
  return {
    async stop() {
      stopping.abort();
      await working;
    },
  };
}

/** Follows everything that is settled, once. Gives how many changes that were. */
export async function followDirectory(sql: Sql, batchSize = usualBatchSize): Promise<number> {
  return await createFollower(sql, batchSize, new AbortController().signal).follow();
}

type Follower = Readonly<{ follow: () => Promise<number> }>;

/**
 * While somebody writes to the log, it can be followed up to where it was before they began: the horizon of an earlier look is kept
 * until its writers have ended, so that there is progress however many of them come and go.
 */
function createFollower(sql: Sql, batchSize: number, signal: AbortSignal): Follower {
  let waiting: Horizon | undefined;
  return {
    async follow() {
      const horizon = waiting ?? (await readHorizon(sql));
      if (horizon === undefined) return 0;
      if (!(await isSettled(sql, horizon))) {
        waiting = horizon;
        return 0;
      }
      waiting = undefined;
      let changes = 0;
      while (!signal.aborted) {
        const outcome: FollowOutcome = await followChanges(sql, horizon.changeNumber, batchSize);
        if (outcome.kind === 'busy') break;
        changes += outcome.changes;
        if (!outcome.isBehind) break;
      }
      return changes;
    },
  };
}
