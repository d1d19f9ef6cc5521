/**
 * What is done in each situation: the usual actions, those that are worth offering instead, and the policies of a mapping as a function.
 * Sources: reconciliation reference, B.2 (situations, defaults, alternatives) and A.3 (policies).
 */
import type { Attributes } from '../model/entity-type.ts';
import type { Policy } from '../model/mapping.ts';
import { type Action, actions, type Situation, situations } from '../model/reconciliation.ts';
import { compileCondition } from './compile-condition.ts';
import type { MappingMistake } from './mapping-mistake.ts';

/** What happens where no policy says otherwise: the defaults in OpenIDM's code. */
export const usualActions: Readonly<Record<Situation, Action>> = {
  CONFIRMED: 'UPDATE',
  FOUND: 'UPDATE',
  ABSENT: 'CREATE',
  FOUND_ALREADY_LINKED: 'EXCEPTION',
  AMBIGUOUS: 'EXCEPTION',
  MISSING: 'EXCEPTION',
  UNQUALIFIED: 'DELETE',
  UNASSIGNED: 'EXCEPTION',
  SOURCE_MISSING: 'EXCEPTION',
  LINK_ONLY: 'EXCEPTION',
  SOURCE_IGNORED: 'REPORT',
  TARGET_IGNORED: 'REPORT',
  ALL_GONE: 'NOREPORT',
};

/** The defaults that the guides of OpenIDM and PingIDM name. */
export const guideActions: Readonly<Record<Situation, Action>> = {
  ...usualActions,
  SOURCE_IGNORED: 'IGNORE',
  TARGET_IGNORED: 'IGNORE',
  ALL_GONE: 'IGNORE',
};

const quiet = ['IGNORE', 'REPORT', 'NOREPORT', 'ASYNC'] as const satisfies readonly Action[];

/** What is worth choosing in each situation, the guides' default first. Any other action is allowed, too. */
export const listedActions: Readonly<Record<Situation, readonly Action[]>> = {
  CONFIRMED: ['UPDATE', ...quiet],
  FOUND: ['UPDATE', 'LINK', 'EXCEPTION', ...quiet],
  ABSENT: ['CREATE', 'EXCEPTION', ...quiet],
  FOUND_ALREADY_LINKED: ['EXCEPTION', ...quiet],
  AMBIGUOUS: ['EXCEPTION', ...quiet],
  MISSING: ['EXCEPTION', 'CREATE', 'UNLINK', ...quiet],
  UNQUALIFIED: ['DELETE', 'UNLINK', 'EXCEPTION', ...quiet],
  UNASSIGNED: ['EXCEPTION', 'DELETE', ...quiet],
  SOURCE_MISSING: ['EXCEPTION', 'DELETE', 'UNLINK', ...quiet],
  LINK_ONLY: ['EXCEPTION', 'UNLINK', ...quiet],
  SOURCE_IGNORED: ['IGNORE', 'EXCEPTION', 'REPORT', 'NOREPORT', 'ASYNC'],
  TARGET_IGNORED: ['IGNORE', 'DELETE', 'UNLINK', 'EXCEPTION', 'REPORT', 'NOREPORT', 'ASYNC'],
  ALL_GONE: ['IGNORE', 'EXCEPTION', 'REPORT', 'NOREPORT', 'ASYNC'],
};

/** Whether a text is the name of an action. */
export function isAction(name: string): name is Action {
  return (actions as readonly string[]).includes(name);
}

/** Whether a text is the name of a situation. */
export function isSituation(name: string): name is Situation {
  return (situations as readonly string[]).includes(name);
}

export type Decision = Readonly<{
  action: Action;
  /** The place of the policy that decided among those of the mapping, from 1 on; null where it was the usual action. */
  policy: number | null;
}>;

/** What conditions of policies are asked of. `object` is null where there is no source resource. */
export type PolicyScope = Readonly<{ object: Attributes | null; linkQualifier: string }>;

export type CompiledPolicies = Readonly<{
  /** The first policy of the situation whose condition holds decides; none: the usual action. */
  decide: (situation: Situation, scope: PolicyScope) => Decision;
  /** The decision of each situation where it is the same for all; null where it depends on a condition. */
  fixed: Readonly<Record<Situation, Decision | null>>;
  /** What the conditions read, from `object` and `linkQualifier` on, as lists of names. */
  reads: readonly (readonly string[])[];
}>;

type Candidate = Readonly<{ decision: Decision; holds: ((scope: PolicyScope) => boolean) | null }>;

/** Makes a function of policies. Mistakes have paths from `policies` on. */
export function compilePolicies(
  policies: readonly Policy[],
):
  | Readonly<{ kind: 'compiled'; compiled: CompiledPolicies }>
  | Readonly<{ kind: 'mistakes'; mistakes: readonly MappingMistake[] }> {
  const mistakes: MappingMistake[] = [];
  const reads: (readonly string[])[] = [];
  const candidates = new Map<Situation, Candidate[]>();
  for (const [index, { situation, action, condition }] of policies.entries()) {
    const decision = { action, policy: index + 1 };
    const compiled =
      condition === undefined ? null : compileCondition(condition, `policies/${index}/condition`);
    if (compiled?.kind === 'mistake') {
      mistakes.push(compiled.mistake);
      continue;
    }
    if (compiled) reads.push(...compiled.pointers);
    const ofSituation = candidates.get(situation) ?? [];
    ofSituation.push({ decision, holds: compiled ? compiled.holds : null });
    candidates.set(situation, ofSituation);
  }
  if (mistakes.length > 0) return { kind: 'mistakes', mistakes };
  const fixed = Object.fromEntries(
    situations.map((situation) => [situation, fixedDecision(situation, candidates.get(situation) ?? [])]),
  ) as Record<Situation, Decision | null>;
  const decide = (situation: Situation, scope: PolicyScope): Decision =>
    fixed[situation] ??
    candidates.get(situation)?.find(({ holds }) => holds === null || holds(scope))?.decision ??
    usualDecision(situation);
  return { kind: 'compiled', compiled: { decide, fixed, reads } };
}

function usualDecision(situation: Situation): Decision {
  return { action: usualActions[situation], policy: null };
}

function fixedDecision(situation: Situation, [first]: readonly Candidate[]): Decision | null {
  if (first === undefined) return usualDecision(situation);
  return first.holds === null ? first.decision : null;
}
