// What a run is doing with each entity type, folded from what it tells, and how that reads in a line. Pure; time comes along.
import { count, group, seconds } from '../model/number-words.ts';
import type { Progress } from '../sync/progress.ts';
import { blockedText, summaryOf } from '../sync/progress-words.ts';

/** Where an entity type stands. */
export type Standing = Readonly<{
  phase: 'begins' | 'reading' | 'applying' | 'comparing' | 'done' | 'blocked' | 'failed';
  isFull: boolean;
  objects: number;
  links: number;
  /** Times with the objects that were read by then, of the last seconds; the speed follows from them. */
  samples: readonly Sample[];
  wait: Readonly<{ untilMs: number; reason: string }> | undefined;
  /** What is done was this, or why it failed. */
  outcome: string;
}>;

type Sample = readonly [atMs: number, objects: number];

export const beginning: Standing = {
  phase: 'begins',
  isFull: false,
  objects: 0,
  links: 0,
  samples: [],
  wait: undefined,
  outcome: '',
};

/** The speed is that of the last so many milliseconds. */
const speedWindowMs = 5_000;

export function advance(standing: Standing, progress: Progress, nowMs: number): Standing {
  switch (progress.kind) {
    case 'reading':
      return { ...beginning, phase: 'reading', isFull: progress.isFull };
    case 'read': {
      const { objects, links } = progress;
      const recent = standing.samples.filter(([atMs]) => nowMs - atMs <= speedWindowMs);
      return { ...standing, objects, links, samples: [...recent, [nowMs, objects]] };
    }
    case 'waiting':
      return {
        ...standing,
        wait: { untilMs: nowMs + progress.seconds * 1000, reason: progress.reason },
      };
    case 'restarted':
      return { ...beginning };
    case 'applying':
    case 'comparing':
      return { ...standing, phase: progress.kind, wait: undefined };
    case 'applied':
      return { ...standing, phase: 'done', outcome: summaryOf(progress.counts) };
    case 'blocked':
      return { ...standing, phase: 'blocked', outcome: blockedText(progress.counts) };
    case 'failed':
      return { ...standing, phase: 'failed', wait: undefined, outcome: progress.message };
  }
}

/** What stands behind the name, such as `reading 45,200 objects · 3,100/s · waiting 12 s for …`. */
export function describeStanding(standing: Standing, nowMs: number): string {
  const { phase, isFull, objects, links, wait, outcome } = standing;
  switch (phase) {
    case 'begins':
      return wait === undefined ? '' : waitText(wait, nowMs);
    case 'reading': {
      const speed = speedOf(standing, nowMs);
      return [
        `reading ${isFull ? '' : 'changes: '}${count(objects, 'object')}`,
        links === 0 ? '' : count(links, 'link'),
        speed === undefined ? '' : `${group(speed)}/s`,
        wait === undefined ? '' : waitText(wait, nowMs),
      ]
        .filter((part) => part !== '')
        .join(' · ');
    }
    case 'applying':
    case 'comparing':
      return `${phase} ${count(objects, 'object')}${links === 0 ? '' : ` · ${count(links, 'link')}`}`;
    case 'done':
    case 'blocked':
      return outcome;
    case 'failed':
      return `failed: ${outcome}`;
  }
}

function waitText({ untilMs, reason }: NonNullable<Standing['wait']>, nowMs: number): string {
  return untilMs <= nowMs ? '' : `waiting ${seconds((untilMs - nowMs) / 1000)} for ${reason}`;
}

/** Objects a second; undefined as long as there is too little to tell. */
function speedOf({ samples, phase }: Standing, nowMs: number): number | undefined {
  const [first] = samples;
  const last = samples.at(-1);
  if (phase !== 'reading' || first === undefined || last === undefined) return undefined;
  const elapsedMs = nowMs - first[0];
  // Whoever waits has no speed.
  if (elapsedMs < 500 || nowMs - last[0] > speedWindowMs || last[1] === first[1]) return undefined;
  return Math.round(((last[1] - first[1]) * 1000) / elapsedMs);
}
