/**
 * The one look-out of a server: it reads how everything stands, at a steady pace and only while somebody listens, and tells all
 * listeners which topics have changed. However many browsers are open, the database is asked once.
 */
import type { Topic } from '../model/topics.ts';

export type TopicWatch = Readonly<{
  /**
   * Begins to tell of changes; resolves when the state that they are changes of was read, so that what is asked for afterwards is
   * never older. Gives what ends it.
   */
  listen: (listener: (changed: ReadonlySet<Topic>) => void) => Promise<() => void>;
}>;

export type TopicWatchOptions<Marks> = Readonly<{
  read: () => Promise<Marks>;
  compare: (before: Marks, after: Marks) => ReadonlySet<Topic>;
  pollMs: number;
}>;

export function openTopicWatch<Marks>({ read, compare, pollMs }: TopicWatchOptions<Marks>): TopicWatch {
  const listeners = new Set<(changed: ReadonlySet<Topic>) => void>();
  let marks: Marks | undefined;
  let timer: NodeJS.Timeout | undefined;
  let opening: Promise<void> | undefined;
  /** Looks follow each other: what two read at once could be compared in the wrong order. */
  let looking: Promise<void> = Promise.resolve();

  const look = (): Promise<void> => {
    const looked = looking.then(async () => {
      const now = await read();
      const changed = marks === undefined ? new Set<Topic>() : compare(marks, now);
      marks = now;
      if (changed.size > 0) for (const listener of listeners) listener(changed);
    });
    looking = looked.catch(() => undefined);
    return looked;
  };
  const plan = (): void => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      // While the database is away nothing can be said; the next look tells all that has changed by then.
      await look().catch(() => undefined);
      if (listeners.size > 0) plan();
      else marks = undefined;
    }, pollMs);
    timer.unref();
  };

  return {
    async listen(listener) {
      if (marks === undefined) {
        opening ??= look().finally(() => {
          opening = undefined;
        });
        await opening;
      }
      listeners.add(listener);
      if (listeners.size === 1) plan();
      return () => {
        listeners.delete(listener);
      };
    },
  };
}
