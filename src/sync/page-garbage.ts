/**
 * What pages leave behind, collected before it piles up. V8 lets garbage grow while it marks, the more the busier the machine is,
 * so that a large directory would take more memory than a small one merely because it takes longer.
 */
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** So much may pile up: a dozen pages. Less costs more time than it saves memory (4 % of it at this size). */
const roomBytes = 12 * 1024 * 1024;

let collect: (() => void) | undefined;
let keptBytes = Number.POSITIVE_INFINITY;

/** To be called when a page is done with, which is when the least is in use. */
export function collectPageGarbage(): void {
  const bytes = bytesInUse();
  keptBytes = Math.min(keptBytes, bytes);
  if (bytes - keptBytes < roomBytes) return;
  collect ??= exposeCollection();
  collect();
  keptBytes = bytesInUse();
}

function bytesInUse(): number {
  const { used_heap_size: heap, external_memory: buffers } = getHeapStatistics();
  return heap + buffers;
}

function exposeCollection(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
