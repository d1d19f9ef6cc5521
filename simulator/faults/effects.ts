// What a struck request meets, as a plain record. Whoever answers requests reads the fields that are its own; a request
// that meets nothing gets `noEffects`.
import type { Fault } from './fault.ts';
import {
  concurrencyViolation,
  gatewayTimeout,
  internalError,
  type Refusal,
  throttled,
  unavailable,
  unknownProperty,
} from './refusal.ts';

export interface Effects {
  /** Answer with this and nothing else. */
  readonly refusal?: Refusal;
  /** Answer as if the presented access token had expired (401). */
  readonly accessToken?: 'expired';
  /** At the token endpoint: answer as if the presented secret were not known any more. */
  readonly secret?: 'revoked';
  /** Refuse the delta token: 410 with a Location for a new round, 400 `syncStateNotFound`, or 410 `resyncRequired`. */
  readonly deltaToken?: 'gone' | 'syncStateNotFound' | 'resyncRequired';
  /** Refuse the page token: 400 `Directory_ExpiredPageToken`. */
  readonly pageToken?: 'expired';
  /**
   * What is wrong with the page:
   * - `repeat`: it is complete, and its nextLink (a new one) brings the same page once more, from where the collection goes on
   * - `loop`: its nextLink is the link that was asked; `loopToFirst`: it is the link of the first page
   * - `emptyBefore`: it is empty, and its nextLink brings what it should have had
   * - `emptyEnd`: it is empty and the last one, with the deltaLink that a delta round ends with
   */
  readonly page?: 'repeat' | 'loop' | 'loopToFirst' | 'emptyBefore' | 'emptyEnd';
  /** From here to the end of the round, the second half of each object's links comes before the first, between others'. */
  readonly fragmentOrder?: 'secondHalfFirst';
  /** Put this property into every object of the answer. Done by `finish` of the fault board. */
  readonly addedProperty?: { readonly name: string; readonly value: unknown };
  /** Send the answer as a complete message whose JSON is not. Done by `finish` of the fault board. */
  readonly hasSpoiltJson?: true;

  /** Before answering, change this many objects that are on the asked page or after it. */
  readonly changes?: number;
  /** Before answering, fill a group (the given one, else any) up to this many members. */
  readonly hugeGroup?: { readonly members: number; readonly group?: string };
  /** When the request creates an object, others do not see it for so long. Done by `finish` of the fault board. */
  readonly hiddenSeconds?: number;

  /** The next four are done by `deliver`. Wait before the first byte. */
  readonly delayMs?: number;
  readonly bytesPerSecond?: number;
  /** Reset the connection after so many bytes of the body; without a number before the answer. */
  readonly reset?: { readonly afterBytes?: number };
  /** Close the connection in good order after so many bytes, or this share, of the body. */
  readonly truncate?: { readonly afterBytes: number } | { readonly share: number };
}

export const noEffects: Effects = Object.freeze({});

/** Whether the request is not answered with what it asked for, so that nothing else can happen to the answer. */
export function isRefused(effects: Effects): boolean {
  return (
    effects.refusal !== undefined ||
    effects.accessToken !== undefined ||
    effects.secret !== undefined ||
    effects.deltaToken !== undefined ||
    effects.pageToken !== undefined
  );
}

/** What the fault does to a request that it strikes. */
export function effectsOf(fault: Fault): Effects {
  switch (fault.kind) {
    case 'throttle':
      return { refusal: throttled(fault.retryAfterSeconds) };
    case 'unavailable':
      return { refusal: unavailable(fault.retryAfterSeconds) };
    case 'gatewayTimeout':
      return { refusal: gatewayTimeout };
    case 'internalError':
      return { refusal: internalError };
    case 'concurrencyViolation':
      return { refusal: concurrencyViolation };
    case 'htmlError':
      return { refusal: { kind: 'gateway', status: fault.status } };
    case 'invalidJson':
      return { hasSpoiltJson: true };
    case 'resetConnection':
      return { reset: fault.afterBytes === undefined ? {} : { afterBytes: fault.afterBytes } };
    case 'truncateBody':
      return {
        truncate:
          fault.afterBytes === undefined ? { share: fault.share ?? 0.5 } : { afterBytes: fault.afterBytes },
      };
    case 'slowPage':
      return {
        ...(fault.delayMs > 0 ? { delayMs: fault.delayMs } : {}),
        ...(fault.bytesPerSecond === undefined ? {} : { bytesPerSecond: fault.bytesPerSecond }),
      };
    case 'expireAccessToken':
      return { accessToken: 'expired' };
    case 'revokeSecret':
      return { secret: 'revoked' };
    case 'expireDeltaLink':
      return { deltaToken: fault.as };
    case 'expirePageToken':
      return { pageToken: 'expired' };
    case 'repeatPage':
      return { page: 'repeat' };
    case 'nextLinkLoop':
      return { page: fault.to === 'firstPage' ? 'loopToFirst' : 'loop' };
    case 'emptyPage':
      return { page: 'emptyBefore' };
    case 'emptyAnswer':
      return { page: 'emptyEnd' };
    case 'reorderFragments':
      return { fragmentOrder: 'secondHalfFirst' };
    case 'changeWhilePaging':
      return { changes: fault.changes };
    case 'unknownProperty':
      if (fault.as === 'refused') return { refusal: unknownProperty(fault.name ?? '') };
      return { addedProperty: { name: fault.name ?? 'propertyOfTomorrow', value: fault.value } };
    case 'hugeGroup':
      return {
        hugeGroup: { members: fault.members, ...(fault.group === undefined ? {} : { group: fault.group }) },
      };
    case 'replicationLag':
      return { hiddenSeconds: fault.seconds };
  }
}
