/** A table that forgets what was used longest ago, so that strangers cannot make it grow. */

export type BoundedTable<T> = Readonly<{
  get: (key: string) => T | undefined;
  set: (key: string, value: T) => void;
  delete: (key: string) => void;
}>;

/** A table of at most so many entries. */
export function createBoundedTable<T>(capacity: number): BoundedTable<T> {
  const entries = new Map<string, T>();
  return {
    get: (key) => entries.get(key),
    set(key, value) {
      // A map keeps the order in which keys came.
      entries.delete(key);
      entries.set(key, value);
      if (entries.size <= capacity) return;
      const [oldest] = entries.keys();
      if (oldest !== undefined) entries.delete(oldest);
    },
    delete: (key) => {
      entries.delete(key);
    },
  };
}
