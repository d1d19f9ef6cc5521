/**
 * Where requests wait until pacing lets them go: one queue, first come, first served, for everything that one client sends.
 */
import type { Clock } from './clock.ts';
import type { GraphWait } from './graph-client.ts';
import { type Pacing, pause, startPacing, take, waitMsFor } from './pacing.ts';

export interface RequestGate {
  /** Resolves when a request of so many units may leave. Whoever has entered must leave. */
  enter(units: number, signal: AbortSignal, onWait: OnWait): Promise<void>;
  leave(): void;
  /** Nobody enters before `untilMs`. */
  pause(untilMs: number, reason: string): void;
  /** Changes the pacing, with all that follows for those who wait. */
  adjust(change: (pacing: Pacing, nowMs: number) => Pacing): void;
}

export type OnWait = (wait: GraphWait) => void;

/** Shorter waits are the normal rhythm and told to nobody. */
export const shortestToldWaitMs = 1000;

type Waiter = Readonly<{ units: number; onWait: OnWait; go: () => void; giveUp: (reason: unknown) => void }>;

/** @param closed aborts the gate's own timers */
export function createGate(clock: Clock, closed: AbortSignal): RequestGate {
  let pacing = startPacing(clock.now());
  let inFlight = 0;
  let pauseReason = '';
  let wakeAtMs = Number.POSITIVE_INFINITY;
  const queue = new Set<Waiter>();
  /** Until when each listener knows that it waits: one pause of a hundred requests is one piece of news. */
  const told = new WeakMap<OnWait, number>();

  function isOpenFor(units: number): boolean {
    return inFlight < Math.floor(pacing.mostInFlight) && waitMsFor(pacing, units, clock.now()) === 0;
  }

  function admit(units: number): void {
    pacing = take(pacing, units, clock.now());
    inFlight += 1;
  }

  function admitWaiters(): void {
    for (const waiter of queue) {
      if (!isOpenFor(waiter.units)) {
        wakeFor(waiter.units);
        return;
      }
      queue.delete(waiter);
      admit(waiter.units);
      waiter.go();
    }
  }

  /** Looks again when quota and pause have room. For a place in flight, `leave` looks again. */
  function wakeFor(units: number): void {
    const nowMs = clock.now();
    const waitMs = waitMsFor(pacing, units, nowMs);
    if (waitMs === 0 || nowMs + waitMs >= wakeAtMs) return;
    wakeAtMs = nowMs + waitMs;
    clock.wait(waitMs, closed).then(
      () => {
        wakeAtMs = Number.POSITIVE_INFINITY;
        admitWaiters();
      },
      () => {},
    );
  }

  function tell({ units, onWait }: Waiter): void {
    const nowMs = clock.now();
    const waitMs = waitMsFor(pacing, units, nowMs);
    if (waitMs < shortestToldWaitMs || nowMs + waitMs - (told.get(onWait) ?? nowMs) < shortestToldWaitMs)
      return;
    told.set(onWait, nowMs + waitMs);
    const reason =
      pacing.pausedUntilMs > nowMs ? pauseReason : 'the quota of resource units that Graph gives this tenant';
    onWait({ reason, seconds: waitMs / 1000 });
  }

  closed.addEventListener('abort', () => {
    for (const waiter of queue) waiter.giveUp(closed.reason);
    queue.clear();
  });

  return {
    async enter(units, signal, onWait) {
      signal.throwIfAborted();
      if (queue.size === 0 && isOpenFor(units)) {
        admit(units);
        return;
      }
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const waiter: Waiter = { units, onWait, go: resolve, giveUp: reject };
      const giveUp = () => {
        queue.delete(waiter);
        reject(signal.reason);
        admitWaiters();
      };
      signal.addEventListener('abort', giveUp, { once: true });
      tell(waiter);
      queue.add(waiter);
      admitWaiters();
      try {
        await promise;
      } finally {
        signal.removeEventListener('abort', giveUp);
      }
    },
    leave() {
      inFlight -= 1;
      admitWaiters();
    },
    pause(untilMs, reason) {
      if (untilMs > pacing.pausedUntilMs) pauseReason = reason;
      pacing = pause(pacing, untilMs);
      for (const waiter of queue) tell(waiter);
    },
    adjust(change) {
      pacing = change(pacing, clock.now());
      admitWaiters();
    },
  };
}
