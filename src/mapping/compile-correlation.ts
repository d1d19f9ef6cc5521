/**
 * Correlation as functions: which values of which target attributes a source resource is looked for by. Source: reconciliation
 * reference, A.4; unlike there, a value that is empty never matches anything.
 */
import type { Attributes } from '../model/entity-type.ts';
import type { CorrelationRule, CorrelationTree } from '../model/mapping.ts';
import { soughtTexts } from './attribute-values.ts';
import {
  type CompiledRow,
  compileText,
  evaluateExpression,
  type MappingContext,
  type RowOutcome,
} from './compile-attributes.ts';
import { type MappingMistake, mistakeAt } from './mapping-mistake.ts';

/** A rule in disjunctive normal form: the target object has to agree in all attributes of one of the conjunctions. */
export type CompiledCorrelationRule = Readonly<{
  /** Its place among the rules of the mapping, from 1 on. */
  rule: number;
  /** The qualifier that it is for; null: all. */
  qualifier: string | null;
  /** Names of attributes of the target, each name once in a conjunction. */
  conjunctions: readonly (readonly string[])[];
}>;

/** One of these values has to be the attribute's, or one of its list, whatever the case. */
export type SoughtAttribute = Readonly<{ attribute: string; values: readonly string[] }>;

export type SoughtConjunction = Readonly<{
  rule: number;
  /** The place among the conjunctions of the rule, from 0. */
  conjunction: number;
  attributes: readonly SoughtAttribute[];
}>;

export type Seeking =
  /** In order of precedence of their rules; the first rule that finds something decides. Empty: there is nothing to look for. */
  | Readonly<{ kind: 'sought'; conjunctions: readonly SoughtConjunction[] }>
  | Readonly<{ kind: 'failed'; attribute: string; message: string }>;

export type CompiledCorrelation = Readonly<{
  rules: readonly CompiledCorrelationRule[];
  seek: (source: Attributes, qualifier: string, context: MappingContext) => Seeking;
  /** Attributes of the target that are looked at: what indexes are worth having on. */
  attributes: readonly string[];
  /** Attributes of the source that are read besides those of the rows. */
  reads: readonly string[];
}>;

/** More alternatives than these are no rule that a person can look through, nor one that a database answers quickly. */
const mostConjunctions = 64;
const deepestTree = 32;

type Value = (source: Attributes, qualifier: string, context: MappingContext) => RowOutcome;
type Rule = CompiledCorrelationRule & Readonly<{ values: ReadonlyMap<string, Value> }>;

/** Compiles the rules; what is wrong goes to `mistakes`. Values are those of the first row of each attribute. */
export function compileCorrelation(
  correlation: readonly CorrelationRule[],
  rows: readonly CompiledRow[],
  mistakes: MappingMistake[],
): CompiledCorrelation {
  const firstRows = new Map<string, CompiledRow>();
  for (const row of rows) if (!firstRows.has(row.target)) firstRows.set(row.target, row);
  const reads: string[] = [];
  const rules = correlation.flatMap((rule, index): Rule[] => {
    const path = `correlation/${index}`;
    const named = { rule: index + 1, qualifier: rule.qualifier ?? null };
    if ('match' in rule) {
      const conjunctions = normalize(rule.match, `${path}/match`, mistakes);
      if (conjunctions === undefined) return [];
      const values = valuesOf(new Set(conjunctions.flat()), firstRows, `${path}/match`, mistakes);
      return [{ ...named, conjunctions, values }];
    }
    const compiled = compileText(rule.expression, `${path}/expression`, mistakes);
    if (compiled === undefined) return [];
    if (compiled.alternatives !== undefined) {
      mistakes.push(mistakeAt(`${path}/expression`, uniqueMessage));
      return [];
    }
    reads.push(...compiled.attributes);
    const value: Value = (source, _qualifier, context) =>
      evaluateExpression(compiled, source, context, rule.attribute);
    return [{ ...named, conjunctions: [[rule.attribute]], values: new Map([[rule.attribute, value]]) }];
  });
  return {
    rules: rules.map(({ rule, qualifier, conjunctions }) => ({ rule, qualifier, conjunctions })),
    seek: (source, qualifier, context) => seekAll(rules, source, qualifier, context),
    attributes: [...new Set(rules.flatMap(({ conjunctions }) => conjunctions.flat()))],
    reads,
  };
}

const uniqueMessage =
  'SelectUniqueValue makes a value that nobody has yet, so nothing can be matched on it: match on another attribute.';

function valuesOf(
  names: ReadonlySet<string>,
  firstRows: ReadonlyMap<string, CompiledRow>,
  path: string,
  mistakes: MappingMistake[],
): ReadonlyMap<string, Value> {
  const values = new Map<string, Value>();
  for (const name of names) {
    const row = firstRows.get(name);
    if (row === undefined) {
      mistakes.push(
        mistakeAt(
          path,
          `Nothing is mapped to ${name}, so there is no value to match on: map it, or match on an expression.`,
        ),
      );
    } else if (row.alternatives !== null) {
      mistakes.push(mistakeAt(path, uniqueMessage));
    } else if (row.pointer.path.length > 0) {
      const whole = row.pointer.attribute;
      mistakes.push(
        mistakeAt(path, `${name} is a part of ${whole}, and only whole attributes can be matched on.`),
      );
    } else {
      values.set(name, (source, qualifier, context) =>
        row.evaluate({ source, target: {}, isNew: true, qualifier }, context),
      );
    }
  }
  return values;
}

function seekAll(
  rules: readonly Rule[],
  source: Attributes,
  qualifier: string,
  context: MappingContext,
): Seeking {
  const conjunctions: SoughtConjunction[] = [];
  for (const rule of rules) {
    if (rule.qualifier !== null && rule.qualifier !== qualifier) continue;
    const texts = new Map<string, readonly string[]>();
    for (const [attribute, value] of rule.values) {
      const outcome = value(source, qualifier, context);
      if (outcome.kind === 'failed') {
        return {
          kind: 'failed',
          attribute,
          message: `What ${attribute} is matched on cannot be told: ${outcome.message}`,
        };
      }
      texts.set(attribute, outcome.kind === 'value' ? soughtTexts(outcome.value) : []);
    }
    for (const [index, names] of rule.conjunctions.entries()) {
      const attributes = names.map((attribute) => ({ attribute, values: texts.get(attribute) ?? [] }));
      if (attributes.some(({ values }) => values.length === 0)) continue;
      conjunctions.push({ rule: rule.rule, conjunction: index, attributes });
    }
  }
  return { kind: 'sought', conjunctions };
}

/** The tree as a disjunction of conjunctions; undefined with a mistake where it is too much, or would match anything. */
function normalize(
  tree: CorrelationTree,
  path: string,
  mistakes: MappingMistake[],
): readonly (readonly string[])[] | undefined {
  const conjunctions = disjoin(tree, 0);
  if (typeof conjunctions !== 'string') return conjunctions;
  mistakes.push(mistakeAt(path, conjunctions));
  return undefined;
}

/** The conjunctions of a part of a tree, or what is wrong with it. */
function disjoin(tree: CorrelationTree, depth: number): readonly (readonly string[])[] | string {
  if (typeof tree === 'string') return [[tree]];
  if (depth >= deepestTree) return `The rule is nested more than ${deepestTree} times: make it flatter.`;
  const isAny = 'any' in tree;
  const members = isAny ? tree.any : tree.all;
  if (members.length === 0) {
    return 'A group of the rule is empty, so it would match nothing or everything: add an attribute, or remove the group.';
  }
  let result: readonly (readonly string[])[] = isAny ? [] : [[]];
  for (const member of members) {
    const part = disjoin(member, depth + 1);
    if (typeof part === 'string') return part;
    result = distinct(isAny ? [...result, ...part] : product(result, part));
    if (result.length > mostConjunctions) {
      return `Written out, the rule has more than ${mostConjunctions} alternatives: split it into several rules, or leave some out.`;
    }
  }
  return result;
}

function product(
  left: readonly (readonly string[])[],
  right: readonly (readonly string[])[],
): readonly (readonly string[])[] {
  return left.flatMap((one) => right.map((other) => [...new Set([...one, ...other])]));
}

function distinct(conjunctions: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const seen = new Map(conjunctions.map((names) => [JSON.stringify([...names].sort()), names]));
  return [...seen.values()];
}
