/** The rules of a mapping as the table of situations has them: one line a rule, in the order in which the engine asks them. Pure. */

import type { SituationRules } from '../../../../../src/http/schemas/mapping-schedules.ts';
import type { Definition } from '../../../../../src/http/schemas/mappings.ts';
import type { Reconciliation } from '../../../../../src/http/schemas/reconciliations.ts';
import type { Action, Situation } from './words.ts';

export type Policy = Definition['policies'][number];

/** A line of the table: a rule that is there, by its place among all, or the usual action where no rule without a condition is. */
export type RuleLine = Readonly<{
  situation: Situation;
  action: Action;
  condition: string | undefined;
  place: number | undefined;
}>;

/** The lines of a situation; the last one is what holds where no condition does. */
export function linesOf(
  policies: readonly Policy[],
  situation: Situation,
  usualAction: Action,
): readonly RuleLine[] {
  const lines: RuleLine[] = [];
  for (const [place, policy] of policies.entries()) {
    if (policy.situation !== situation) continue;
    lines.push({ situation, action: policy.action, condition: policy.condition, place });
    // Nothing comes after a rule that always holds.
    if (policy.condition === undefined) return lines;
  }
  return [...lines, { situation, action: usualAction, condition: undefined, place: undefined }];
}

/** The rules with another action in a line. */
export function withAction(
  policies: readonly Policy[],
  { place, situation }: RuleLine,
  action: Action,
): readonly Policy[] {
  if (place === undefined) return [...policies, { situation, action }];
  return policies.map((policy, index) => (index === place ? { ...policy, action } : policy));
}

/** The rules with one more that has a condition: asked after those of its situation that have one, and before the one that has none. */
export function withRule(policies: readonly Policy[], rule: Policy): readonly Policy[] {
  const before = policies.findIndex(
    ({ situation, condition }) => situation === rule.situation && condition === undefined,
  );
  if (rule.condition === undefined) {
    return before < 0
      ? [...policies, rule]
      : policies.map((policy, index) => (index === before ? rule : policy));
  }
  return before < 0 ? [...policies, rule] : policies.toSpliced(before, 0, rule);
}

/** The rules without one. */
export function withoutRule(policies: readonly Policy[], place: number): readonly Policy[] {
  return policies.toSpliced(place, 1);
}

/** One rule a situation, as a preset has them. */
export function rulesOfPreset({ actions }: SituationRules['presets'][number]): readonly Policy[] {
  return (Object.entries(actions) as [Situation, Action][]).map(([situation, action]) => ({
    situation,
    action,
  }));
}

/** The preset that rules are, if they are one. */
export function presetOf(policies: readonly Policy[], rules: SituationRules): string | undefined {
  return rules.presets.find(({ actions }) =>
    rules.situations.every(({ situation, usualAction }) => {
      const [line, ...others] = linesOf(policies, situation, usualAction);
      return others.length === 0 && line?.action === actions[situation];
    }),
  )?.name;
}

/** How many entries of a situation the last run found. */
export function countIn(run: Reconciliation | undefined, situation: Situation): number | undefined {
  if (run === undefined) return undefined;
  return run.situations.find((one) => one.situation === situation)?.count ?? 0;
}
