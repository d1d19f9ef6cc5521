// Changes as time goes by. (Written over by its owner.)
import type { Directory } from './directory.ts';
export function createChurn(_directory: Directory, _options: { seed: number }) {
  return { change: (changes: number) => ({ changes }) };
}
