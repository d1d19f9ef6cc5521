// Time as the simulated tenant sees it. It follows the machine's clock unless someone moves it, so that token
// lives and retention periods can be lived through in a moment.

export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** Moves the clock forward by this many milliseconds. */
  advance(milliseconds: number): void;
  /**
   * Calls `ring` once, when the clock shows `atMs` or more, whether time passed or was moved. Returns how to call it off.
   * An alarm never keeps the process alive.
   */
  alarm(atMs: number, ring: () => void): () => void;
}

/** A clock that runs with the machine's and can be moved ahead of it. */
export function systemClock(): Clock {
  let offset = 0;
  const now = () => Date.now() + offset;
  let timer: NodeJS.Timeout | undefined;
  const alarms = createAlarms(now);
  const wait = () => {
    clearTimeout(timer);
    const dueMs = alarms.earliestMs();
    if (dueMs === undefined) return;
    timer = setTimeout(
      () => {
        alarms.ringDue();
        wait();
      },
      Math.min(Math.max(dueMs - now(), 0), longestTimerMs),
    ).unref();
  };
  return {
    now,
    advance(milliseconds) {
      offset += milliseconds;
      alarms.ringDue();
      wait();
    },
    alarm(atMs, ring) {
      const callOff = alarms.set(atMs, ring);
      wait();
      return callOff;
    },
  };
}

/** A clock that stands still until it is moved. */
export function manualClock(startMs: number): Clock {
  let time = startMs;
  const alarms = createAlarms(() => time);
  return {
    now: () => time,
    advance(milliseconds) {
      time += milliseconds;
      alarms.ringDue();
    },
    alarm: (atMs, ring) => alarms.set(atMs, ring),
  };
}

/** Node.js fires a timer at once whose delay does not fit into 31 bits; subscriptions live longer than those 24.8 days. */
const longestTimerMs = 2 ** 31 - 1;

interface Alarm {
  readonly atMs: number;
  readonly ring: () => void;
}

/** Alarms in the order in which they are due. */
function createAlarms(now: () => number) {
  const pending: Alarm[] = [];
  return {
    earliestMs: () => pending[0]?.atMs,
    set(atMs: number, ring: () => void): () => void {
      const alarm = { atMs, ring };
      const later = pending.findIndex((other) => other.atMs > atMs);
      pending.splice(later === -1 ? pending.length : later, 0, alarm);
      return () => {
        const place = pending.indexOf(alarm);
        if (place !== -1) pending.splice(place, 1);
      };
    },
    /** Rings what is due, one after the other; an alarm that is set meanwhile waits for the next time. */
    ringDue() {
      const nowMs = now();
      const known = new Set(pending);
      for (let next = pending[0]; next && next.atMs <= nowMs && known.has(next); next = pending[0]) {
        pending.shift();
        next.ring();
      }
    },
  };
}

/** Graph's way to write an instant: UTC, seconds, `Z`. */
export function graphInstant(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19)}Z`;
}
