/** What guessing of secrets meets: after some failures each further one makes the next try wait twice as long. */
import { createBoundedTable } from '../bounded-table.ts';

export type Failures = Readonly<{ count: number; lastAtMs: number }>;

export type FreeFailures = Readonly<{
  /** Of one name at one address. */
  client: number;
  /** Of an address, whatever the name. */
  address: number;
  /** Of a name, wherever it is tried from. */
  anywhere: number;
}>;

/** How many failures of API clients are free. Their secrets cannot be guessed, so that nobody shall be able to lock one out. */
export const freeFailures: FreeFailures = { client: 5, address: 20, anywhere: Number.POSITIVE_INFINITY };

const longestSeconds = 900;

/** Whole seconds until the next try is looked at; 0 when it may come at once. */
export function secondsToWait(failures: Failures | undefined, free: number, nowMs: number): number {
  if (failures === undefined || failures.count < free) return 0;
  const waitMs = 1000 * Math.min(longestSeconds, 2 ** Math.min(failures.count - free, 20));
  return Math.min(longestSeconds, Math.max(0, Math.ceil((failures.lastAtMs + waitMs - nowMs) / 1000)));
}

/** One failure more; those before a quarter of an hour without any are forgotten. */
export function addFailure(failures: Failures | undefined, nowMs: number): Failures {
  const isForgotten = failures === undefined || nowMs - failures.lastAtMs > longestSeconds * 1000;
  return { count: isForgotten ? 1 : failures.count + 1, lastAtMs: nowMs };
}

export type BackOff = Readonly<{
  /** Seconds that this client at this address has to wait; 0 for none. */
  secondsToWait: (client: string, address: string) => number;
  recordFailure: (client: string, address: string) => void;
  /** Forgets the failures of the client at the address, not those of the address. */
  recordSuccess: (client: string, address: string) => void;
}>;

const trackedKeys = 20_000;

/**
 * The failures that this process saw. By client and address together, so that nobody can lock out a client from elsewhere with few
 * tries. `now` gives milliseconds.
 */
export function createBackOff(now: () => number, free = freeFailures): BackOff {
  const byClient = createBoundedTable<Failures>(trackedKeys);
  const byAddress = createBoundedTable<Failures>(trackedKeys);
  const byName = createBoundedTable<Failures>(trackedKeys);
  const keyOf = (client: string, address: string) => `${address} ${client.toLowerCase()}`;
  return {
    secondsToWait: (client, address) =>
      Math.max(
        secondsToWait(byClient.get(keyOf(client, address)), free.client, now()),
        secondsToWait(byAddress.get(address), free.address, now()),
        secondsToWait(byName.get(client.toLowerCase()), free.anywhere, now()),
      ),
    recordFailure(client, address) {
      byClient.set(keyOf(client, address), addFailure(byClient.get(keyOf(client, address)), now()));
      byAddress.set(address, addFailure(byAddress.get(address), now()));
      byName.set(client.toLowerCase(), addFailure(byName.get(client.toLowerCase()), now()));
    },
    recordSuccess: (client, address) => byClient.delete(keyOf(client, address)),
  };
}
