// Time as the simulated tenant sees it. It follows the machine's clock unless someone moves it, so that token
// lives and retention periods can be lived through in a moment.

export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** Moves the clock forward by this many milliseconds. */
  advance(milliseconds: number): void;
}

/** A clock that runs with the machine's and can be moved ahead of it. */
export function systemClock(): Clock {
  let offset = 0;
  return {
    now: () => Date.now() + offset,
    advance: (milliseconds) => {
      offset += milliseconds;
    },
  };
}

/** A clock that stands still until it is moved. */
export function manualClock(startMs: number): Clock {
  let time = startMs;
  return {
    now: () => time,
    advance: (milliseconds) => {
      time += milliseconds;
    },
  };
}

/** Graph's way to write an instant: UTC, seconds, `Z`. */
export function graphInstant(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19)}Z`;
}
