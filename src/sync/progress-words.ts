/** What a run tells, in words for people. */
import { count, group, seconds } from '../model/number-words.ts';
import type { ObjectClassCounts } from '../store/runs.ts';
import type { Progress } from './progress.ts';

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
    case 'blocked':
      return blockedText(progress.counts);
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

/** What a blocked set would do. */
export function blockedText(counts: readonly ObjectClassCounts[]): string {
  const changed = counts.flatMap((one) => {
    const changes = changesOf(one);
    return changes === '' ? [] : [`${one.objectClass} ${changes}`];
  });
  return `blocked: ${changed.length === 0 ? 'nothing of it would change' : changed.join(' · ')}`;
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
