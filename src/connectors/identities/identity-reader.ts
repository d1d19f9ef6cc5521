/** What the connector of the identities directory reads from: somebody who has the store gives it. */
import type { Attributes } from '../../model/entity-type.ts';

export interface IdentityReader {
  /** Where the log of changes is: everything up to there can be read, and nothing before will still come. */
  readPosition(): Promise<number>;
  /** How many identities of a type there are. */
  count(type: string): Promise<number>;
  /** Identities in the order of their keys, after one. */
  readIdentities(type: string, after: string | null, limit: number): Promise<readonly ReadIdentity[]>;
  /** Links in the order of both keys, after one. */
  readLinks(type: string, link: string, after: LinkPlace | null, limit: number): Promise<readonly ReadLink[]>;
  /** What changes in the order of the log, after a number and up to one, have made of identities and links. */
  readChanges(type: string, after: number, upTo: number, limit: number): Promise<readonly ReadChange[]>;
}

export type ReadIdentity = Readonly<{ key: string; attributes: Attributes }>;

export type LinkPlace = Readonly<{ source: string; target: string }>;
/** `targetType` is that of the other end. */
export type ReadLink = LinkPlace & Readonly<{ targetType: string }>;

export type ReadChange = Readonly<{
  changeNumber: number;
  key: string;
  /** As the identity is now; null where it is gone. */
  attributes: Attributes | null;
  /** The link that came or went; null where the change is one of the identity itself. */
  link: Readonly<{
    name: string;
    target: string;
    /** Null where the link is not there now. */
    targetType: string | null;
  }> | null;
}>;
