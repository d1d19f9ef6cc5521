// How much memory the process takes for itself between two collections of garbage.
import { setFlagsFromString } from 'node:v8';

/**
 * Keeps the heap small, where by default its young part grows to 134 MB and its old part to a multiple of what is in use.
 * Pages come and go by the thousand: the time is the same, and a directory of any size takes half the memory. Flags of V8 that
 * take effect while it runs; those that set limits outright do not.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=10');
}
