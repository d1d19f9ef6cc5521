/** What the server has to know of the two sides of mappings that it cannot find out by itself: entity types with attributes and links. */
import type { MappedSide } from '../mapping/mapping-side.ts';
import type { ObjectSet } from '../model/mapping.ts';

/** The entity types of a connection. */
export type KnownSets = Readonly<{
  connection: string;
  types: readonly string[];
  /** Whether orders can be sent to it. */
  isWritable: boolean;
}>;

/** An entity type under its own names, whatever case was asked for. */
export type KnownSide = MappedSide & ObjectSet & Readonly<{ isWritable: boolean }>;

export type MappingDoor = Readonly<{
  listSets: () => Promise<readonly KnownSets[]>;
  /** Undefined where there is no such connection, or where it has no such type. */
  findSide: (set: ObjectSet) => Promise<KnownSide | undefined>;
}>;
