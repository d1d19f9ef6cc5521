/** Many producers and one consumer: a queue with little room, and lanes that bound how much is done at once. */

/** What producers say and one consumer hears, in order. */
export interface Channel<Value> extends AsyncIterable<Value> {
  /** Resolves when there was room, never after `close`. */
  push(value: Value): Promise<void>;
  /** No value follows those that were pushed. */
  end(): void;
  /** The consumer hears of the fault instead of more values. */
  fail(fault: unknown): void;
  /** The consumer hears nothing more. */
  close(): void;
}

/** A channel in which `room` values may wait. */
export function createChannel<Value>(room: number): Channel<Value> {
  const values: Value[] = [];
  const pushers: (() => void)[] = [];
  let ending: { readonly fault?: unknown } | undefined;
  let isClosed = false;
  let wakeConsumer = () => {};
  const finish = (how: { readonly fault?: unknown }) => {
    ending ??= how;
    wakeConsumer();
  };
  return {
    async push(value) {
      while (values.length >= room || isClosed) await new Promise<void>((resolve) => pushers.push(resolve));
      values.push(value);
      wakeConsumer();
    },
    end: () => finish({}),
    fail: (fault) => finish({ fault }),
    close() {
      isClosed = true;
      finish({});
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        if (ending !== undefined && 'fault' in ending) throw ending.fault;
        const [value] = values.splice(0, 1);
        if (value !== undefined && !isClosed) {
          pushers.shift()?.();
          yield value;
        } else if (ending !== undefined) return;
        else await new Promise<void>((resolve) => (wakeConsumer = resolve));
      }
    },
  };
}

/** Runs work as it comes, at most `count` pieces at once; the others wait in their order. */
export type Lanes = <Result>(work: () => Promise<Result>) => Promise<Result>;

export function createLanes(count: number): Lanes {
  const waiting: (() => void)[] = [];
  let free = count;
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
