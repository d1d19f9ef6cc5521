/** What guessing of secrets meets: after some failures each further one makes the next try wait twice as long. */
import { createBoundedTable } from '../bounded-table.ts';

export type Failures = Readonly<{ count: number; lastAtMs: number }>;

/** How many failures are free; of one client at one address, and of an address whatever the client. */
export const freeFailures = { client: 5, address: 20 } as const;

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
 * The failures that this process saw. By client and address together, so that nobody can lock out a client from elsewhere. `now`
 * gives milliseconds.
 */
export function createBackOff(now: () => number): BackOff {
  const byClient = createBoundedTable<Failures>(trackedKeys);
  const byAddress = createBoundedTable<Failures>(trackedKeys);
  const keyOf = (client: string, address: string) => `${address} ${client.toLowerCase()}`;
  return {
    secondsToWait: (client, address) =>
      Math.max(
        secondsToWait(byClient.get(keyOf(client, address)), freeFailures.client, now()),
        secondsToWait(byAddress.get(address), freeFailures.address, now()),
      ),
    recordFailure(client, address) {
      byClient.set(keyOf(client, address), addFailure(byClient.get(keyOf(client, address)), now()));
      byAddress.set(address, addFailure(byAddress.get(address), now()));
    },
    recordSuccess: (client, address) => byClient.delete(keyOf(client, address)),
  };
}
