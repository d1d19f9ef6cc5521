// What a run is doing with each entity type, folded from what it tells, and how that reads in a line. Pure; time comes along.
import type { ObjectClassCounts } from '../store/runs.ts';
import type { Progress } from '../sync/progress.ts';
import { group } from './number-option.ts';

/** Where an entity type stands. */
export type Standing = Readonly<{
  phase: 'begins' | 'reading' | 'applying' | 'comparing' | 'done' | 'failed';
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
      return outcome;
    case 'failed':
      return `failed: ${outcome}`;
  }
}

/** What an event says by itself, for output that cannot be redrawn; undefined where it is no news. */
export function describeEvent(progress: Progress): string | undefined {
  switch (progress.kind) {
    case 'reading': {
      const how = progress.isFull ? 'everything' : 'changes';
      const verb = progress.isResumed ? 'goes on reading' : 'reading';
      return `${verb} ${how}${progress.reason === null ? '' : `, because ${progress.reason}`}`;
    }
    case 'read':
      return `${count(progress.objects, 'object')}${progress.links === 0 ? '' : ` · ${count(progress.links, 'link')}`} read`;
    case 'waiting':
      return `waiting ${seconds(progress.seconds)} for ${progress.reason}`;
    case 'restarted':
      return `begins anew, because ${progress.reason}`;
    case 'applying':
    case 'comparing':
      return progress.kind;
    case 'applied':
      return summaryOf(progress.counts);
    case 'failed':
      return `failed: ${progress.message}`;
  }
}

/**
 * What was done to an entity type and its links, such as `1,000 objects: 12 new · members 5,000 links: 2 gone`; and to links
 * of others, which lose what is gone.
 */
export function summaryOf(counts: readonly ObjectClassCounts[]): string {
  // The entity type comes first.
  const objectClass = counts[0]?.objectClass ?? '';
  return counts
    .flatMap((one) => {
      const changes = changesOf(one);
      if (one.objectClass === objectClass) return { what: count(one.total, 'object'), changes };
      const isOwn = one.objectClass.startsWith(`${objectClass}.`);
      const name = isOwn ? one.objectClass.slice(objectClass.length + 1) : one.objectClass;
      return isOwn || changes !== '' ? { what: `${name} ${count(one.total, 'link')}`, changes } : [];
    })
    .map(({ what, changes }) => (changes === '' ? what : `${what}: ${changes}`))
    .join(' · ');
}

/** Such as `12 new, 3 changed, 1 gone`; empty where nothing changed. */
export function changesOf({ inserted, updated, deleted }: Kinds): string {
  const parts = [
    [inserted, 'new'],
    [updated, 'changed'],
    [deleted, 'gone'],
  ] as const;
  return parts
    .filter(([number]) => number > 0)
    .map(([number, word]) => `${group(number)} ${word}`)
    .join(', ');
}

type Kinds = Pick<ObjectClassCounts, 'inserted' | 'updated' | 'deleted'>;

export function count(number: number, noun: string): string {
  return `${group(number)} ${noun}${number === 1 ? '' : 's'}`;
}

function waitText({ untilMs, reason }: NonNullable<Standing['wait']>, nowMs: number): string {
  return untilMs <= nowMs ? '' : `waiting ${seconds((untilMs - nowMs) / 1000)} for ${reason}`;
}

function seconds(value: number): string {
  return value < 10 ? `${value.toFixed(1)} s` : `${group(Math.ceil(value))} s`;
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
