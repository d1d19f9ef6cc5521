/** The pace at which a connection is followed: it quickens when much changes and slows down when nothing does. Pure. */
import type { Follow } from '../model/job.ts';

/** Nothing changed: half as long again. Anything changed: half as long, and with many changes the floor at once. */
const slowing = 1.5;
const quickening = 0.5;
const manyChanges = 50;

/** How long after news of a change a run begins, so that a burst of news is one run; in seconds. */
const newsSettlesSeconds = 5;

/** When to look at news that comes now. */
export function wakeAt(now: Date): Date {
  return new Date(now.getTime() + newsSettlesSeconds * 1000);
}

/** The pause after a run that brought so many changes, in seconds. */
export function nextPause(
  { floorSeconds, ceilingSeconds }: Follow,
  pauseSeconds: number,
  changes: number,
): number {
  if (changes >= manyChanges) return floorSeconds;
  const wanted = pauseSeconds * (changes === 0 ? slowing : quickening);
  return Math.round(Math.min(ceilingSeconds, Math.max(floorSeconds, wanted)));
}
