/**
 * What each action does to the target object and to the link, given what there is, and when it is refused. Source: reconciliation
 * reference, B.6 (actions and effect vectors A01–A33). Where several sources could lose or share a target object, it is safer than
 * the reference: a link that belongs to another source resource protects its target object.
 */
import type { Action, Situation } from '../model/reconciliation.ts';
import { situationWords } from './situation-words.ts';

/** What there is when the action of an entry begins. */
export type EntryState = Readonly<{
  situation: Situation;
  sourceExists: boolean;
  /** The target object that the entry is about; `gone`: a link names it, and it is not there; `none`: the entry names none. */
  target: 'present' | 'gone' | 'none';
  /** The link of the source resource, or of the target object where there is no source resource; `elsewhere`: it leads to another target object. */
  link: 'none' | 'to-target' | 'elsewhere';
  /** Whether the target object has a link to another source resource. */
  isTargetTaken: boolean;
  /** Whether the mapping keeps links at all. */
  isLinking: boolean;
}>;

export type TargetEffect = 'none' | 'create' | 'update' | 'delete';
/** `move`: the link of the source resource leads to this target object from now on. */
export type LinkEffect = 'none' | 'create' | 'move' | 'remove';

export type Effects = Readonly<{
  kind: 'effects';
  /** `update` writes only where attributes differ. */
  target: TargetEffect;
  link: LinkEffect;
  /** Whether there is an entry to look at; it is counted in any case. */
  isReported: boolean;
  /** What the entry says, where the action says something. */
  message: string | null;
}>;

/** A refused entry has failed, and nothing of it is done. */
export type RefusedEffects = Readonly<{ kind: 'refused'; message: string }>;

const nothing: Effects = { kind: 'effects', target: 'none', link: 'none', isReported: true, message: null };

/** What the action does in this state. Asks nobody and changes nothing. */
export function effectsOf(action: Action, state: EntryState): Effects | RefusedEffects {
  switch (action) {
    case 'CREATE':
      return effectsOfCreate(state);
    case 'UPDATE':
      return effectsOfUpdate(state);
    case 'LINK':
      return effectsOfLink(state);
    case 'DELETE':
      return effectsOfDelete(state);
    case 'UNLINK':
      return { ...nothing, link: removal(state) };
    case 'EXCEPTION':
      return { ...nothing, message: situationWords[state.situation].meaning };
    case 'NOREPORT':
      return { ...nothing, isReported: false };
    case 'IGNORE':
    case 'REPORT':
    case 'ASYNC':
      return nothing;
  }
}

function effectsOfCreate(state: EntryState): Effects | RefusedEffects {
  if (!state.sourceExists) return refused('CREATE needs a source resource, and there is none.');
  if (state.target === 'present') {
    return refused(
      'CREATE would make a second target object, as one exists already: choose UPDATE or LINK for this situation.',
    );
  }
  const link = state.link === 'none' ? 'create' : 'move';
  return { ...nothing, target: 'create', link: state.isLinking ? link : 'none' };
}

function effectsOfUpdate(state: EntryState): Effects | RefusedEffects {
  if (state.target === 'none') return noTarget('UPDATE');
  if (state.target === 'gone' || (!state.sourceExists && state.link !== 'none')) return nothing;
  if (!state.sourceExists) return noSourceToLink('UPDATE');
  if (isForeign(state)) return taken('UPDATE');
  return { ...nothing, target: 'update', link: linking(state) };
}

function effectsOfLink(state: EntryState): Effects | RefusedEffects {
  if (state.target === 'none') return noTarget('LINK');
  if (state.target === 'gone' || (!state.sourceExists && state.link !== 'none')) return nothing;
  if (!state.sourceExists) return noSourceToLink('LINK');
  if (isForeign(state)) return taken('LINK');
  return { ...nothing, link: linking(state) };
}

function effectsOfDelete(state: EntryState): Effects | RefusedEffects {
  if (state.target !== 'present') return { ...nothing, link: removal(state) };
  if (isForeign(state)) {
    return refused(
      'DELETE is refused, because the target object is linked to another source resource: unlink that first.',
    );
  }
  return { ...nothing, target: 'delete', link: removal(state) };
}

/** Whether the target object is somebody else's, and not only a match. */
function isForeign({ isTargetTaken, link }: EntryState): boolean {
  return isTargetTaken && link !== 'to-target';
}

function linking({ isLinking, link }: EntryState): LinkEffect {
  if (!isLinking || link === 'to-target') return 'none';
  return link === 'none' ? 'create' : 'move';
}

function removal({ link }: EntryState): LinkEffect {
  return link === 'none' ? 'none' : 'remove';
}

function refused(message: string): RefusedEffects {
  return { kind: 'refused', message };
}

function noTarget(action: Action): RefusedEffects {
  return refused(
    `${action} needs one target object, and there is none: link one by hand, or choose another action for this situation.`,
  );
}

function noSourceToLink(action: Action): RefusedEffects {
  return refused(`${action} needs a source resource to link to the target object, and there is none.`);
}

function taken(action: Action): RefusedEffects {
  return refused(
    `${action} is refused, because the target object is linked to another source resource: unlink that first, or correct what they are matched on.`,
  );
}

/** The states that entries of a situation can be in, where the mapping keeps links. */
const statesOf: Readonly<Record<Situation, readonly Omit<EntryState, 'situation' | 'isLinking'>[]>> = {
  CONFIRMED: [state(true, 'present', 'to-target')],
  FOUND: [state(true, 'present', 'none')],
  ABSENT: [state(true, 'none', 'none')],
  FOUND_ALREADY_LINKED: [state(true, 'present', 'none', true)],
  AMBIGUOUS: [state(true, 'none', 'none'), state(false, 'none', 'none')],
  MISSING: [state(true, 'gone', 'to-target')],
  UNQUALIFIED: [
    state(true, 'present', 'to-target'),
    state(true, 'gone', 'to-target'),
    state(true, 'present', 'none'),
    state(true, 'none', 'none'),
    state(false, 'none', 'none'),
  ],
  UNASSIGNED: [state(false, 'present', 'none')],
  SOURCE_MISSING: [state(false, 'present', 'to-target')],
  LINK_ONLY: [state(false, 'gone', 'to-target')],
  SOURCE_IGNORED: [state(true, 'none', 'none')],
  TARGET_IGNORED: [state(false, 'present', 'none'), state(false, 'present', 'to-target')],
  ALL_GONE: [state(false, 'none', 'none')],
};

function state(
  sourceExists: boolean,
  target: EntryState['target'],
  link: EntryState['link'],
  isTargetTaken = false,
): Omit<EntryState, 'situation' | 'isLinking'> {
  return { sourceExists, target, link, isTargetTaken };
}

/** Whether the action is refused whatever entry of the situation it is decided for. */
export function isAlwaysRefused(action: Action, situation: Situation): boolean {
  return statesOf[situation].every(
    (entry) => effectsOf(action, { ...entry, situation, isLinking: true }).kind === 'refused',
  );
}
