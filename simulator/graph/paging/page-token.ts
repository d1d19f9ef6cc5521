// Tokens of next and delta links: opaque to clients, signed, and complete in themselves, so that a client which rebuilds
// a link around the token still gets the same enumeration.
import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import { createBoundedCache } from '../../bounded-cache.ts';

/** Position in a list of objects or links. */
export interface ListToken {
  readonly kind: 'list';
  /** Path below the version root, lower case: a token is good for the resource that issued it only. */
  readonly path: string;
  /** Options of the first request that shape the pages, by name without `$`. */
  readonly options: Readonly<Record<string, string>>;
  /** Whether the first request chose the index; dropping the header on the way is refused. */
  readonly isEventual: boolean;
  readonly place: number;
  /** For ordered lists, the last key and id seen instead of a place. */
  readonly after?: readonly [key: string, id: string];
  /** Makes a link to a place that had a link already a different one. */
  readonly nonce?: string;
}

/** A place in a delta round. A group with many members is continued within its links. */
export interface DeltaPosition {
  /** Index among the round's types; 0 in a round of changes. */
  readonly type: number;
  /** Place in the list of the type, or index among the changes. */
  readonly place: number;
  /** Index among the tracked relations, and place among its links; absent at the start of an object. */
  readonly relation?: number;
  readonly link?: number;
  /** True in the second pass of a round whose fragments come in another order. */
  readonly isSecondPass?: boolean;
}

/** Position in a delta round, or the end of one. */
export interface DeltaToken {
  readonly kind: 'delta';
  readonly path: string;
  readonly options: Readonly<Record<string, string>>;
  /** Which life of the tenant the transaction numbers belong to. */
  readonly epoch: string;
  /** When the token was issued, in milliseconds. */
  readonly at: number;
  /** Changes up to this transaction are known to the client; 0 in a first, full round. */
  readonly from: number;
  /** Set while a round is under way: it will end with this transaction known. */
  readonly to?: number;
  /** Where the next page starts; absent on a delta link. */
  readonly next?: DeltaPosition;
  /** True while a full round is under way. */
  readonly isFull?: boolean;
  /** True when a fault has the fragments of an object come in another order, between other objects'. */
  readonly isReordered?: boolean;
  readonly nonce?: string;
}

export type PageToken = ListToken | DeltaToken;

export interface TokenSeal {
  seal(token: PageToken): string;
  /** Undefined when the text was not sealed here or was altered. */
  open(text: string): PageToken | undefined;
}

/** Real tokens start like this, so that ours look alike in logs. */
const mark = 'DSpt';
const signatureBytes = 12;

/** Tokens that are remembered: a chain is often walked again, and signing is what its pages then spend most on. */
const rememberedTokens = 8192;

export function createTokenSeal(key: Buffer): TokenSeal {
  const secret = createSecretKey(key);
  const sealed = createBoundedCache<string, string>(rememberedTokens);
  const opened = createBoundedCache<string, PageToken>(rememberedTokens);
  const sign = (payload: Buffer) =>
    createHmac('sha256', secret).update(payload).digest().subarray(0, signatureBytes);
  return {
    seal(token) {
      const text = mark + JSON.stringify(token);
      const known = sealed.get(text);
      if (known !== undefined) return known;
      const payload = Buffer.from(text, 'utf8');
      const seal = Buffer.concat([payload, sign(payload)]).toString('base64url');
      sealed.set(text, seal);
      return seal;
    },
    open(text) {
      const known = opened.get(text);
      if (known) return known;
      const bytes = Buffer.from(text, 'base64url');
      if (bytes.length <= signatureBytes) return undefined;
      const payload = bytes.subarray(0, -signatureBytes);
      if (!timingSafeEqual(sign(payload), bytes.subarray(-signatureBytes))) return undefined;
      const token = JSON.parse(payload.toString('utf8').slice(mark.length)) as PageToken;
      opened.set(text, token);
      return token;
    },
  };
}
