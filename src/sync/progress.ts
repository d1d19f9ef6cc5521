/** What a run tells while it works. Whoever shows it decides how; nothing here changes what is done. */
import type { ObjectClassCounts } from '../store/runs.ts';

export type Progress =
  | Readonly<{
      kind: 'reading';
      objectClass: string;
      isFull: boolean;
      reason: string | null;
      isResumed: boolean;
    }>
  /** So many objects, repeated ones included, and links are stored of the set that is being read. */
  | Readonly<{ kind: 'read'; objectClass: string; objects: number; links: number }>
  | Readonly<{ kind: 'waiting'; objectClass: string; reason: string; seconds: number }>
  /** The set is dropped and everything is read anew. */
  | Readonly<{ kind: 'restarted'; objectClass: string; reason: string }>
  | Readonly<{ kind: 'applying'; objectClass: string }>
  | Readonly<{ kind: 'applied'; objectClass: string; counts: readonly ObjectClassCounts[] }>
  /** The set waits for a person; `counts` are what it would do. */
  | Readonly<{ kind: 'blocked'; objectClass: string; counts: readonly ObjectClassCounts[] }>
  | Readonly<{ kind: 'comparing'; objectClass: string }>
  | Readonly<{ kind: 'failed'; objectClass: string; message: string }>;

export type Report = (progress: Progress) => void;
