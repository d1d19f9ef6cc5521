/** Work that waits its turn: of one key, one piece at a time. */

export type Turns = <T>(key: string, work: () => Promise<T>) => Promise<T>;

/** Turns of this process. Nobody gets more tries at a secret by sending them all at once. */
export function createTurns(): Turns {
  const last = new Map<string, Promise<unknown>>();
  return async (key, work) => {
    const before = last.get(key) ?? Promise.resolve();
    const mine = before.then(work, work);
    last.set(key, mine);
    try {
      return await mine;
    } finally {
      if (last.get(key) === mine) last.delete(key);
    }
  };
}
