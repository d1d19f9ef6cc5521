/** What pages say of objects: the unit in which every connector brings data to the engine. */
import type { Attributes } from './entity-type.ts';

/**
 * One object, or what a page says of it. A set may say something of one object several times, on any page; what is said
 * later wins, attribute by attribute and link by link.
 */
export type Item = Readonly<{
  key: string;
  /** Why the object is gone. Nothing that the set said of it before counts then. */
  removed?: 'restorable' | 'forever';
  /** Missing where the page tells links only. A value is never an empty collection; null says that there is none. */
  attributes?: Attributes;
  /** For each link name, and each type of the objects this one is now linked to, their keys. */
  linked?: Readonly<Record<string, KeysByType>>;
  /** For each link name, keys of objects this one is not linked to any more. */
  unlinked?: Readonly<Record<string, readonly string[]>>;
}>;

/** Keys of objects by the name of their entity type, which is empty where the source does not say it. */
export type KeysByType = Readonly<Record<string, readonly string[]>>;
