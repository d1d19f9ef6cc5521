/** The function Replace, with its five ways ("Microsoft: Reference for writing expressions, Replace"). */

import { nearestName } from '../../model/nearest-name.ts';
import type { EvaluationContext } from '../compile-expression.ts';
import type { ExpressionPlace } from '../expression.ts';
import {
  argumentAt,
  type CallArgument,
  type Evaluate,
  eachTextWith,
  type FunctionCall,
  type FunctionDefinition,
  optional,
  refuse,
  required,
  textAt,
  textFrom,
} from '../expression-call.ts';
import { fail, isEmpty, quote, requireLength } from '../expression-values.ts';
import { compileRegularExpression, type RegularExpression, replaceMatches } from '../regular-expression.ts';

export const replaceFunctions: readonly FunctionDefinition[] = [
  {
    name: 'Replace',
    set: 'application',
    parameters: [
      required('source', 'text'),
      optional('oldValue', 'text'),
      optional('regexPattern', 'text'),
      optional('regexGroupName', 'text'),
      optional('replacementValue', 'text'),
      optional('replacementAttributeName', 'text'),
      optional('template', 'text'),
    ],
    description:
      'Replaces a text, or what a regular expression matches, in the source. Which of its five ways is meant is said by the arguments that are given.',
    example: {
      expression: 'Replace([mobile], , "[()\\\\s-]+", , "", , )',
      attributes: { mobile: '+1 (999) 888-7777' },
      result: '+19998887777',
    },
    build: buildReplace,
  },
];

const names = [
  'oldValue',
  'regexPattern',
  'regexGroupName',
  'replacementValue',
  'replacementAttributeName',
  'template',
];

type Way = (call: FunctionCall) => Evaluate;

/** By the arguments that are given, in the order of the parameters. */
const ways: Readonly<Record<string, Way>> = {
  'oldValue, replacementValue': replaceText,
  'oldValue, template': fillTemplate,
  'regexPattern, replacementValue': replacePattern,
  'regexPattern, regexGroupName, replacementValue': replaceGroup,
  'regexPattern, regexGroupName, replacementAttributeName': extractGroup,
};

function buildReplace(call: FunctionCall): Evaluate {
  const given = names.filter((_name, index) => call.arguments[index + 1] !== undefined).join(', ');
  const way = Object.hasOwn(ways, given) ? ways[given] : undefined;
  if (way !== undefined) return way(call);
  const said = given === '' ? 'only the source' : given;
  return refuse(
    call,
    `Replace does not know what to do with ${said}: give ${Object.keys(ways).join('; or ')}. The place of an argument that is not given stays empty between its commas.`,
  );
}

const places = { source: 0, oldValue: 1, pattern: 2, group: 3, value: 4, attribute: 5, template: 6 } as const;

function replaceText(call: FunctionCall): Evaluate {
  const oldAt = oldValueAt(call);
  const newAt = textAt(call, places.value);
  return eachTextWith(argumentAt(call, places.source), (context) => {
    const oldValue = oldAt(context);
    const newValue = newAt(context) ?? '';
    return (text) => (oldValue === null ? text : replaceEach(text, oldValue, newValue, call));
  });
}

/** The source takes the place of the old value in the template. */
function fillTemplate(call: FunctionCall): Evaluate {
  const oldAt = oldValueAt(call);
  const templateAt = textAt(call, places.template);
  return eachTextWith(argumentAt(call, places.source), (context) => {
    const oldValue = oldAt(context);
    const template = templateAt(context);
    return (text) =>
      template === null || oldValue === null ? template : replaceEach(template, oldValue, text, call);
  });
}

function oldValueAt(call: FunctionCall): (context: EvaluationContext) => string | null {
  const argument = argumentAt(call, places.oldValue);
  const problem = 'The text to be replaced is empty.';
  if (argument.constant === '') refuse(argument, problem);
  const oldAt = textAt(call, places.oldValue);
  return (context) => {
    const oldValue = oldAt(context);
    return oldValue === '' ? fail(argument, problem) : oldValue;
  };
}

function replaceEach(text: string, oldValue: string, newValue: string, place: ExpressionPlace): string {
  const parts = text.split(oldValue);
  if (parts.length === 1) return text;
  requireLength(text.length + (parts.length - 1) * (newValue.length - oldValue.length), place);
  return parts.join(newValue);
}

function replacePattern(call: FunctionCall): Evaluate {
  const patternAt = regularExpressionAt(argumentAt(call, places.pattern));
  const newAt = textAt(call, places.value);
  return eachTextWith(argumentAt(call, places.source), (context) => {
    const pattern = patternAt(context);
    const newValue = newAt(context) ?? '';
    return (text) => (pattern === null ? text : bounded(call, () => pattern.replace(text, newValue)));
  });
}

/** Only what the group has matched is replaced, in every match. */
function replaceGroup(call: FunctionCall): Evaluate {
  const patternAt = groupedExpressionAt(call);
  const newAt = textAt(call, places.value);
  return eachTextWith(argumentAt(call, places.source), (context) => {
    const found = patternAt(context);
    const newValue = newAt(context) ?? '';
    return (text) =>
      found === null || !found.pattern.test(text)
        ? text
        : bounded(call, () => replaceInGroup(text, found, newValue));
  });
}

function replaceInGroup(text: string, { pattern, group }: GroupedExpression, newValue: string): string {
  return replaceMatches(text, pattern.matches(text), (match) => {
    const matched = match.group(group);
    return matched === undefined ? undefined : { ...matched, text: newValue };
  });
}

/** The source where it has a value; otherwise what the group matches first in the other attribute. */
function extractGroup(call: FunctionCall): Evaluate {
  const source = argumentAt(call, places.source);
  const patternAt = groupedExpressionAt(call);
  const extract = eachTextWith(argumentAt(call, places.attribute), (context) => {
    const found = patternAt(context);
    return (text) => (found === null ? null : bounded(call, () => firstOfGroup(text, found)));
  });
  return (context) => {
    const value = source.evaluate(context);
    return isEmpty(value) ? extract(context) : value;
  };
}

function firstOfGroup(text: string, { pattern, group }: GroupedExpression): string | null {
  for (const match of pattern.matches(text)) return match.group(group)?.text ?? null;
  return null;
}

/** What takes too long, or becomes too long, is a failure of the call. */
function bounded<Result>(call: FunctionCall, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) return fail(call, error.message);
    throw error;
  }
}

/** The pattern of an argument: compiled once where it is a constant, and again only when it changes otherwise. */
function regularExpressionAt(
  argument: CallArgument,
): (context: EvaluationContext) => RegularExpression | null {
  const { constant } = argument;
  if (constant !== undefined) {
    const outcome = compileRegularExpression(constant);
    if (outcome.kind === 'mistake') return refuse(argument, outcome.message);
    return () => outcome.expression;
  }
  const patternAt = textFrom(argument);
  let last: Readonly<{ pattern: string; expression: RegularExpression }> | undefined;
  return (context) => {
    const pattern = patternAt(context);
    if (pattern === null || pattern === '') return null;
    if (last?.pattern !== pattern) {
      const outcome = compileRegularExpression(pattern);
      if (outcome.kind === 'mistake') return fail(argument, outcome.message);
      last = { pattern, expression: outcome.expression };
    }
    return last.expression;
  };
}

type GroupedExpression = Readonly<{ pattern: RegularExpression; group: string }>;

function groupedExpressionAt(call: FunctionCall): (context: EvaluationContext) => GroupedExpression | null {
  const [patternArgument, groupArgument] = [argumentAt(call, places.pattern), argumentAt(call, places.group)];
  const patternAt = regularExpressionAt(patternArgument);
  const groupAt = textAt(call, places.group);
  const problem = (group: string) =>
    `The regular expression has no group ${quote(group)}; a group is written (?<name>…).`;
  if (patternArgument.constant !== undefined && groupArgument.constant !== undefined) {
    const outcome = compileRegularExpression(patternArgument.constant);
    const groups = outcome.kind === 'compiled' ? outcome.expression.groupNames : [];
    const group = groupArgument.constant;
    if (!groups.includes(group)) refuse(groupArgument, problem(group), nearestName(group, groups));
  }
  return (context) => {
    const pattern = patternAt(context);
    const group = groupAt(context);
    if (pattern === null || group === null) return null;
    return pattern.groupNames.includes(group) ? { pattern, group } : fail(groupArgument, problem(group));
  };
}
