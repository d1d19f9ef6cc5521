// The next run of a schedule in its time zone: what happens to it when the clocks are put forward or back.
import { type ClockChange, findClockChange, firstInstantOf, wallMsAt } from './time-zone.ts';
import type { WallCalendar } from './wall-clock.ts';

const secondMs = 1_000;
/** No clock has been put back by more than a day. */
const lookaheadMs = 25 * 3_600_000;

/**
 * The first run after an instant of a schedule that names hours. Each time of the clock runs once a day: at its first
 * instant where it comes twice, and at the moment after the gap, with all others of that gap, where it is skipped.
 */
export function nextByClock(calendar: WallCalendar, timeZone: string, afterMs: number): number | undefined {
  let wallMs = calendar(wallMsAt(timeZone, afterMs));
  while (wallMs !== undefined) {
    const { atMs } = firstInstantOf(timeZone, wallMs);
    if (atMs > afterMs) return atMs;
    // Later on the clock and yet not later: the clocks have been put back in between, and show the time again.
    const change = findClockChange(timeZone, atMs, afterMs);
    wallMs = calendar((change?.wallMsBefore ?? wallMs + secondMs) - secondMs);
  }
  return undefined;
}

/**
 * The first run after an instant of a schedule that runs in every hour: it goes by what the clocks show, whether they
 * show it for the second time or not, so that its pace is the same through the repeated hour and over the gap.
 */
export function nextByPace(calendar: WallCalendar, timeZone: string, afterMs: number): number | undefined {
  let fromMs = Math.floor(afterMs / secondMs) * secondMs + secondMs;
  for (;;) {
    const wallNowMs = wallMsAt(timeZone, fromMs);
    const wallMs = calendar(wallNowMs - secondMs);
    const change: ClockChange | undefined = findClockChange(timeZone, fromMs, fromMs + lookaheadMs);
    const isBeforeChange = wallMs !== undefined && wallMs < (change?.wallMsBefore ?? wallNowMs + lookaheadMs);
    if (isBeforeChange) return fromMs + wallMs - wallNowMs;
    if (change !== undefined) fromMs = change.atMs;
    else if (wallMs === undefined) return undefined;
    else {
      const { atMs, isShown } = firstInstantOf(timeZone, wallMs);
      if (isShown) return atMs;
      fromMs = atMs;
    }
  }
}
