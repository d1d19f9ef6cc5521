/** Orders: what is wanted in a system that can be written to, what became of each, and the piece of work that they belong to. */
import type { Attributes } from './entity-type.ts';

/** A change that a mapping, or a person, wants in a system. */
export type Order =
  | Readonly<{
      kind: 'create';
      entityType: string;
      attributes: Attributes;
      /** The system chooses one where it is left out. */
      key?: string;
    }>
  | Readonly<{
      kind: 'update';
      entityType: string;
      key: string;
      /** Only these attributes become others; null takes a value away. */
      changes: Attributes;
      /** The fingerprint that the object must still have. */
      print?: string;
    }>
  | Readonly<{ kind: 'delete'; entityType: string; key: string; print?: string }>;

/** What became of an order. */
export type Receipt =
  /** `print` is the fingerprint of the object as it is stored now; null where it is deleted. */
  | Readonly<{ kind: 'done'; key: string; print: string | null }>
  /** The system does not want it, for the reason said in a sentence. */
  | Readonly<{ kind: 'refused'; message: string }>
  /** The object has another fingerprint: somebody else was there meanwhile. */
  | Readonly<{ kind: 'changed-meanwhile' }>
  /** There is no such object to change. One that was to be deleted is done. */
  | Readonly<{ kind: 'gone' }>;

export type Work = Readonly<{
  /** `reconcile`: of a mapping; `edit`: of a person or a program. */
  kind: 'reconcile' | 'edit';
  /** The types that it may touch. */
  entityTypes: readonly string[];
  /** Who or what does it, as histories show it: the name of the mapping, or the person. */
  label: string;
  taskRunId?: number;
}>;

export type WorkEnd = Readonly<{
  state: 'succeeded' | 'failed' | 'cancelled';
  /** What a person should know of how it ended, in a sentence. */
  message: string | null;
}>;
