/**
 * Situations and actions in words: the names that people know them by (PingOne Advanced Identity Cloud, admin console), what each
 * means, and how serious a situation is.
 */
import type { Action, Situation } from '../model/reconciliation.ts';

/** `good`: as it should be, or soon will be; `notice`: left out on purpose; `serious`: somebody should know. */
export type Severity = 'good' | 'notice' | 'serious';

export type SituationWords = Readonly<{
  name: string;
  /** What was found, in one sentence. */
  meaning: string;
  severity: Severity;
}>;

export const situationWords: Readonly<Record<Situation, SituationWords>> = {
  CONFIRMED: {
    name: 'Confirmed',
    meaning: 'The source resource is linked to a target object, and both are there.',
    severity: 'good',
  },
  FOUND: {
    name: 'Found',
    meaning: 'The source resource has no link, and exactly one target object without a link matches it.',
    severity: 'good',
  },
  ABSENT: {
    name: 'Absent',
    meaning: 'The source resource has no link, and no target object matches it.',
    severity: 'good',
  },
  FOUND_ALREADY_LINKED: {
    name: 'Found Already Linked',
    meaning:
      'The source resource has no link, and the one target object that matches it is linked to another source resource.',
    severity: 'serious',
  },
  AMBIGUOUS: {
    name: 'Ambiguous',
    meaning: 'The source resource has no link, and several target objects match it.',
    severity: 'serious',
  },
  MISSING: {
    name: 'Missing',
    meaning: 'The source resource is linked to a target object that is gone.',
    severity: 'serious',
  },
  UNQUALIFIED: {
    name: 'Unqualified',
    meaning:
      'The source resource is not in the scope of the mapping, and has a link or matches a target object.',
    severity: 'serious',
  },
  UNASSIGNED: {
    name: 'Unassigned',
    meaning: 'The target object has no link, and no source resource has led to it.',
    severity: 'serious',
  },
  SOURCE_MISSING: {
    name: 'Source Missing',
    meaning: 'The target object is linked to a source resource that is gone.',
    severity: 'serious',
  },
  LINK_ONLY: {
    name: 'Link Only',
    meaning: 'A link is left, and both the source resource and the target object are gone.',
    severity: 'serious',
  },
  SOURCE_IGNORED: {
    name: 'Source Ignored',
    meaning:
      'The source resource is not in the scope of the mapping, has no link and matches no target object.',
    severity: 'notice',
  },
  TARGET_IGNORED: {
    name: 'Target Ignored',
    meaning: 'The target object is none that the mapping is for.',
    severity: 'notice',
  },
  ALL_GONE: {
    name: 'All Gone',
    meaning: 'The source resource was deleted, had no link, and matches no target object.',
    severity: 'notice',
  },
};

export type ActionWords = Readonly<{ name: string; meaning: string }>;

export const actionWords: Readonly<Record<Action, ActionWords>> = {
  CREATE: {
    name: 'Create',
    meaning: 'Makes a target object with the mapped attributes, and links it.',
  },
  UPDATE: {
    name: 'Update',
    meaning: 'Links the two if they are not, and changes the mapped attributes that differ.',
  },
  DELETE: { name: 'Delete', meaning: 'Deletes the target object and the link.' },
  LINK: { name: 'Link', meaning: 'Links the two, and changes nothing in the target.' },
  UNLINK: { name: 'Unlink', meaning: 'Removes the link, and keeps the target object.' },
  EXCEPTION: { name: 'Exception', meaning: 'Does nothing, and says in the entry what is wrong.' },
  IGNORE: { name: 'Ignore', meaning: 'Does nothing.' },
  REPORT: { name: 'Report', meaning: 'Does nothing; the entry is there to be looked at.' },
  NOREPORT: { name: 'No Report', meaning: 'Does nothing and keeps no entry; it is only counted.' },
  ASYNC: {
    name: 'Async',
    meaning: 'Does nothing; what is to be done is left to a person or another program.',
  },
};
