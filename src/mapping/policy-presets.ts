/**
 * Ready-made rules for all situations. Sources: reconciliation reference, A.3 (presets of the consoles), B.2, E.4 (rules of an
 * authoritative source).
 */
import type { Policy } from '../model/mapping.ts';
import { type Action, type Situation, situations } from '../model/reconciliation.ts';
import { guideActions } from './policies.ts';

export const policyPresetNames = ['read-only', 'default', 'authoritative-source'] as const;
export type PolicyPresetName = (typeof policyPresetNames)[number];

export type PolicyPreset = Readonly<{
  label: string;
  description: string;
  actions: Readonly<Record<Situation, Action>>;
  /** Why an action is what it is, where that is not plain. */
  reasons: Readonly<Partial<Record<Situation, string>>>;
}>;

const readOnlyActions = Object.fromEntries(situations.map((situation) => [situation, 'ASYNC'])) as Record<
  Situation,
  'ASYNC'
>;

export const policyPresets: Readonly<Record<PolicyPresetName, PolicyPreset>> = {
  'read-only': {
    label: 'Read-only',
    description: 'Finds out how both sides stand, and changes nothing.',
    actions: readOnlyActions,
    reasons: {},
  },
  default: {
    label: 'Default Actions',
    description: 'What the guides of OpenIDM and PingIDM name as the default of each situation.',
    actions: guideActions,
    reasons: {
      UNQUALIFIED: 'Whoever leaves the scope is deleted in the target: mind the limits of deletions.',
    },
  },
  'authoritative-source': {
    label: 'Authoritative source',
    description:
      'Who is in the source is created and kept up to date in the target. Nothing is deleted or unlinked until somebody decides that it should be.',
    actions: {
      CONFIRMED: 'UPDATE',
      FOUND: 'UPDATE',
      ABSENT: 'CREATE',
      FOUND_ALREADY_LINKED: 'EXCEPTION',
      AMBIGUOUS: 'EXCEPTION',
      MISSING: 'EXCEPTION',
      UNQUALIFIED: 'EXCEPTION',
      UNASSIGNED: 'EXCEPTION',
      SOURCE_MISSING: 'EXCEPTION',
      LINK_ONLY: 'EXCEPTION',
      SOURCE_IGNORED: 'IGNORE',
      TARGET_IGNORED: 'IGNORE',
      ALL_GONE: 'NOREPORT',
    },
    reasons: {
      CONFIRMED: 'The source is right: what somebody changed in the target is set back.',
      FOUND:
        'The target object was there first, and belongs to this person: it is linked and brought up to date.',
      MISSING:
        'Somebody has deleted the target object, perhaps on purpose. CREATE makes a new one, with a new key and without what hung on the old one.',
      UNQUALIFIED:
        'A scope that was written too narrow must not delete anybody. DELETE or UNLINK are for scopes that have proved themselves.',
      UNASSIGNED: 'Objects that were made by hand stay, and are listed.',
      SOURCE_MISSING:
        'A person who has left is looked at by somebody. DELETE and UNLINK do it without, within the limits of the mapping.',
      LINK_ONLY: 'Set it to UNLINK where links that lead nowhere may go by themselves.',
      ALL_GONE: 'There is nothing on either side, and nothing to look at.',
    },
  },
};

/** The policies of a preset, one a situation, in the order of the situations. */
export function policiesOf(preset: PolicyPresetName): readonly Policy[] {
  const { actions } = policyPresets[preset];
  return situations.map((situation) => ({ situation, action: actions[situation] }));
}
