/** Time as the connector sees it: a port, so that waits of minutes can be lived through in a moment. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** Resolves after so many milliseconds; rejects with the signal's reason as soon as it says so. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** Timers take no more than 2³¹ − 1 milliseconds; whoever waits longer looks at the time again then. */
const longestTimerMs = 2 ** 31 - 1;

/** The machine's own time, as it was at the start and has gone on since: nobody's setting the clock stretches a wait. */
export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  wait: (milliseconds, signal) =>
    sleep(Math.min(milliseconds, longestTimerMs), undefined, { signal }).catch(() => {
      throw signal.reason;
    }),
};
