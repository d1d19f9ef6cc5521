// What a fault does to a page and its link: repeated, looping, empty or ended too early.
import type { Effects } from '../../faults/effects.ts';
import type { GraphRequest } from '../exchange.ts';
import { GraphError } from '../graph-error.ts';

export interface FaultedPage<Position> {
  readonly isEmpty: boolean;
  /** Where the next link leads; undefined on the last page. */
  readonly next: Position | undefined;
  /** The next link is the asked one, to the letter. */
  readonly isLoop: boolean;
  /** The link leads to a place that an earlier link led to, and must still be a new one. */
  readonly isRepeat: boolean;
}

/** Applies the fault to a page that started at `current` and would go on at `next`. */
export function faultPage<Position>(
  fault: Effects['page'],
  positions: { readonly first: Position; readonly current: Position; readonly next: Position | undefined },
): FaultedPage<Position> {
  const { first, current, next } = positions;
  const whole = { isEmpty: false, next, isLoop: false, isRepeat: false };
  switch (fault) {
    case undefined:
      return whole;
    case 'repeat':
      return { ...whole, next: current, isRepeat: true };
    case 'loop':
      return { ...whole, next: current, isLoop: true };
    case 'loopToFirst':
      return { ...whole, next: first };
    case 'emptyBefore':
      return { ...whole, isEmpty: true, next: current, isRepeat: true };
    case 'emptyEnd':
      return { ...whole, isEmpty: true, next: undefined };
  }
}

/** The link that was asked, as it was asked. */
export function askedLink({ http }: GraphRequest): string {
  return `${http.origin}${http.path}${http.query === '' ? '' : `?${http.query}`}`;
}

export function expiredPageToken(): GraphError {
  return new GraphError(
    400,
    'Directory_ExpiredPageToken',
    'The specified page token value has expired and can no longer be included in the request.',
  );
}
