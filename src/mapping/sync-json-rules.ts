/** Correlation and policies of an imported mapping. Source: reconciliation reference, A.3 and A.4. */
import { printExpression } from './expression.ts';
import { isAction, isSituation } from './policies.ts';
import { readCorrelationScript } from './script-patterns.ts';
import { scopeFilter } from './sync-json-filters.ts';
import type { SideRenamings } from './sync-json-properties.ts';
import {
  type ImportReport,
  isObject,
  type Json,
  leftOut,
  leftOutRestriction,
  scriptOf,
  shown,
  takenOver,
  translated,
} from './sync-json-report.ts';

/** Rules as files have them. */
export function importCorrelation(
  query: unknown,
  path: string,
  renamings: SideRenamings,
  report: ImportReport,
): readonly Json[] {
  const queries: readonly unknown[] = Array.isArray(query) ? query : [query];
  return queries.flatMap((single, index) => {
    const place = Array.isArray(query) ? `${path}/${index}` : path;
    const rule = importRule(single, place, renamings, report);
    if (rule === undefined) {
      leftOutRestriction(
        report,
        place,
        'What is matched is decided by a script that has no equivalent; without it, an object would be made for everybody.',
        'Add a correlation rule: attributes that are matched with any and all, or an expression.',
      );
      return [];
    }
    const qualifier = isObject(single) ? single.linkQualifier : undefined;
    return typeof qualifier === 'string' && qualifier !== 'default' ? [{ qualifier, ...rule }] : [rule];
  });
}

function importRule(
  query: unknown,
  path: string,
  { source, target }: SideRenamings,
  report: ImportReport,
): Json | undefined {
  if (!isObject(query)) return undefined;
  if (query.expressionTree !== undefined) {
    const match = importTree(query.expressionTree, target);
    if (match === undefined) return undefined;
    translated(
      report,
      `${path}/expressionTree`,
      'The tree became a correlation rule. Values that are empty match nothing here, and texts match whatever their case.',
    );
    return { match };
  }
  const script = scriptOf(query);
  const read = script === undefined ? undefined : readCorrelationScript(script, source);
  if (read === undefined) return undefined;
  const rule = { attribute: target(read.attribute), expression: printExpression(read.expression) };
  translated(
    report,
    path,
    `The script became the rule that ${rule.attribute} equals ${rule.expression}. Values that are empty match nothing here.`,
  );
  return rule;
}

type Tree = string | Readonly<{ any: readonly Tree[] }> | Readonly<{ all: readonly Tree[] }>;

function importTree(tree: unknown, rename: (name: string) => string): Tree | undefined {
  if (typeof tree === 'string') return tree === '' ? undefined : rename(tree.replace(/^\//, ''));
  if (!isObject(tree)) return undefined;
  const [kind, ...others] = Object.keys(tree);
  const members = tree[kind ?? ''];
  if (others.length > 0 || !Array.isArray(members) || members.length === 0) return undefined;
  const parts = members.map((member: unknown) => importTree(member, rename));
  const whole = parts.filter((part) => part !== undefined);
  if (whole.length < parts.length) return undefined;
  if (kind === 'any') return { any: whole };
  return kind === 'all' ? { all: whole } : undefined;
}

/** Policies as files have them. What cannot be told does nothing, which is the action ASYNC. */
export function importPolicies(
  policies: unknown,
  path: string,
  renamings: SideRenamings,
  report: ImportReport,
): readonly Json[] {
  if (!Array.isArray(policies)) {
    leftOutRestriction(report, path, 'The policies are no list.', 'Add the policies by hand.');
    return [];
  }
  return policies.flatMap((policy: unknown, index) => {
    const imported = importPolicy(policy, `${path}/${index}`, renamings, report);
    return imported === undefined ? [] : [imported];
  });
}

function importPolicy(
  policy: unknown,
  path: string,
  renamings: SideRenamings,
  report: ImportReport,
): Json | undefined {
  if (!isObject(policy) || typeof policy.situation !== 'string' || !isSituation(policy.situation)) {
    leftOut(
      report,
      path,
      `The policy is for ${shown(isObject(policy) ? policy.situation : policy)}, which is no situation.`,
      'Look at the policies of the mapping.',
    );
    return undefined;
  }
  const { situation } = policy;
  for (const hook of ['postAction'].filter((name) => policy[name] !== undefined && policy[name] !== null)) {
    leftOut(
      report,
      `${path}/${hook}`,
      `The script after ${situation} is left out.`,
      'Let another program read the entries of each run.',
    );
  }
  const action = importAction(policy.action, situation, `${path}/action`, report);
  const { condition: given } = policy;
  if (given === undefined || given === null) return { situation, action };
  const condition = scopeFilter(given, { object: renamings.source });
  if (condition !== undefined) return { situation, action, condition };
  leftOutRestriction(
    report,
    `${path}/condition`,
    `The policy of ${situation} does nothing, because its condition is a script or asks for what is not there.`,
    'Write the condition as a query filter on object or linkQualifier, and choose the action again.',
  );
  return { situation, action: 'ASYNC' };
}

function importAction(action: unknown, situation: string, path: string, report: ImportReport): string {
  if (typeof action === 'string' && isAction(action)) {
    takenOver(report, path, `${situation}: ${action}.`);
    return action;
  }
  const remedy = 'Choose an action, with a query filter as a condition where it is not for all.';
  if (typeof action === 'string') {
    leftOut(report, path, `${situation} does nothing, because there is no action ${shown(action)}.`, remedy);
  } else {
    leftOutRestriction(
      report,
      path,
      `${situation} does nothing, because its action is chosen by a script.`,
      remedy,
    );
  }
  return 'ASYNC';
}
