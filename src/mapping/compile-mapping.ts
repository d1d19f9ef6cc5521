/** A mapping as what a run asks of it: everything is parsed once here, and functions are left. */
import type { Attributes } from '../model/entity-type.ts';
import type { MappingDefinition } from '../model/mapping.ts';
import { settleValue, soughtTexts } from './attribute-values.ts';
import {
  type CompiledReference,
  type CompiledRow,
  compileAttributes,
  evaluateExpression,
  type MappingContext,
} from './compile-attributes.ts';
import { compileCondition } from './compile-condition.ts';
import { type CompiledCorrelationRule, compileCorrelation, type Seeking } from './compile-correlation.ts';
import { compileScope, type Qualification, qualified } from './compile-scope.ts';
import { type EvaluatedMapping, evaluatorOf } from './evaluate-rows.ts';
import { type MappedResource, type ResourceView, viewFor } from './mapped-resource.ts';
import type { MappingMistake } from './mapping-mistake.ts';
import type { MappedSide } from './mapping-side.ts';
import { type CompiledPolicies, compilePolicies } from './policies.ts';
import type { QueryFilter } from './query-filter.ts';

/** The link qualifier of mappings that name none. */
export const defaultQualifier = 'default';

export type CompiledMapping = Readonly<{
  definition: MappingDefinition;
  /** Every link qualifier that a resource can have, in order; never empty. */
  qualifiers: readonly string[];
  /** The qualifiers of one source resource. */
  qualifiersOf: (source: MappedResource) => readonly string[];
  /** Whether the resource is in the scope (`validSource` of the reference). */
  qualify: (source: MappedResource, context: MappingContext) => Qualification;
  /** Besides the scope, and not in the target phase. */
  meetsSourceCondition: (source: MappedResource) => Qualification;
  isValidTarget: (target: Attributes) => boolean;
  filterSource: QueryFilter | null;
  filterTarget: QueryFilter | null;
  meetsFilterSource: (source: MappedResource) => boolean;
  correlation: readonly CompiledCorrelationRule[];
  /** What a source resource without a link is looked for by. */
  seek: (source: MappedResource, qualifier: string, context: MappingContext) => Seeking;
  /**
   * What becomes of the mapped attributes: of a new target object where `target` is null. `before` and `after` have only those that
   * differ; in `after`, null takes a value away. Evaluated again on its own result, it finds no difference.
   */
  evaluate: (
    source: MappedResource,
    target: Attributes | null,
    qualifier: string,
    context: MappingContext,
  ) => EvaluatedMapping;
  /** One row after the other, for previews. Its scope takes the attributes that `view` gives. */
  rows: readonly CompiledRow[];
  view: ResourceView;
  references: readonly CompiledReference[];
  /** The values that SelectUniqueValue may choose from, of each attribute that it gives: what to ask the target about before `evaluate`. */
  uniqueCandidates: (
    source: MappedResource,
    context: MappingContext,
  ) => readonly Readonly<{ attribute: string; values: readonly string[] }>[];
  /** Attributes of the target that SelectUniqueValue gives. */
  uniqueAttributes: readonly string[];
  policies: CompiledPolicies;
  /** Whether a linked pair gives the same again as long as neither side changes. */
  isDeterministic: boolean;
  /** Attributes of the source that something reads, as written, each once. */
  sourceAttributes: readonly string[];
  /** Attributes of the target that rows write. */
  targetAttributes: readonly string[];
  correlatedAttributes: readonly string[];
  /** Attributes whose values entries must not show. */
  redactedAttributes: readonly string[];
  warnings: readonly MappingMistake[];
}>;

export type CompiledOutcome =
  | Readonly<{ kind: 'compiled'; mapping: CompiledMapping }>
  | Readonly<{ kind: 'mistakes'; mistakes: readonly MappingMistake[] }>;

/**
 * Compiles a mapping. Mistakes are those that can be told from the mapping alone; `checkMapping` knows of both sides, too. With `target`,
 * values are given the types of its attributes.
 */
export function compileMapping(definition: MappingDefinition, target?: MappedSide): CompiledOutcome {
  const mistakes: MappingMistake[] = [];
  const { rows, references } = compileAttributes(definition.attributes, mistakes, target);
  const scope = compileScope(definition.scope, mistakes);
  const correlation = compileCorrelation(definition.correlation, rows, mistakes);
  const sourceCondition = optionalCondition(definition.sourceCondition, 'sourceCondition', mistakes);
  const validTarget = optionalCondition(definition.validTarget, 'validTarget', mistakes);
  const filterSource = optionalCondition(definition.filterSource, 'filterSource', mistakes);
  const filterTarget = optionalCondition(definition.filterTarget, 'filterTarget', mistakes);
  const qualifying = definition.linkQualifiers.map(({ name, condition }, index) => ({
    name,
    condition: optionalCondition(condition, `linkQualifiers/${index}/condition`, mistakes),
  }));
  const policies = compilePolicies(definition.policies);
  if (policies.kind === 'mistakes') mistakes.push(...policies.mistakes);
  if (mistakes.length > 0 || policies.kind === 'mistakes') return { kind: 'mistakes', mistakes };

  const names = qualifying.length === 0 ? [defaultQualifier] : qualifying.map(({ name }) => name);
  const isConditional = qualifying.some(({ condition }) => condition !== null);
  const sourceAttributes = [
    ...new Set([
      ...rows.flatMap(({ sourceReads }) => sourceReads),
      ...scope.reads,
      ...correlation.reads,
      ...[sourceCondition, filterSource, ...qualifying.map(({ condition }) => condition)].flatMap(
        (condition) => condition?.pointers.flatMap(([first]) => first ?? []) ?? [],
      ),
    ]),
  ];
  const view = viewFor(sourceAttributes);
  const unique = rows.filter(({ alternatives }) => alternatives !== null);
  const evaluate = evaluatorOf(rows);
  const unmet: Qualification = {
    kind: 'unqualified',
    reason: `It does not meet the source condition of the mapping: ${definition.sourceCondition}.`,
  };
  return {
    kind: 'compiled',
    mapping: {
      definition,
      qualifiers: names,
      qualifiersOf: isConditional
        ? (source) => {
            const attributes = view(source);
            return qualifying
              .filter(({ condition }) => condition === null || condition.holds(attributes))
              .map(({ name }) => name);
          }
        : () => names,
      qualify: (source, context) => scope.qualify(view(source), context),
      meetsSourceCondition: (source) =>
        sourceCondition === null || sourceCondition.holds(view(source)) ? qualified : unmet,
      isValidTarget: (attributes) => validTarget === null || validTarget.holds(attributes),
      filterSource: filterSource?.filter ?? null,
      filterTarget: filterTarget?.filter ?? null,
      meetsFilterSource: (source) => filterSource === null || filterSource.holds(view(source)),
      correlation: correlation.rules,
      seek: (source, qualifier, context) => correlation.seek(view(source), qualifier, context),
      evaluate: (source, existing, qualifier, context) =>
        evaluate(view(source), existing, qualifier, context),
      rows,
      view,
      references,
      uniqueCandidates: (source, context) => candidatesOf(unique, view(source), context),
      uniqueAttributes: unique.map(({ pointer }) => pointer.attribute),
      policies: policies.compiled,
      isDeterministic:
        scope.isDeterministic && rows.every((row) => row.isDeterministic || row.apply === 'on-create'),
      sourceAttributes,
      targetAttributes: [...new Set(rows.map(({ pointer }) => pointer.attribute))],
      correlatedAttributes: correlation.attributes,
      redactedAttributes: [
        ...new Set(rows.filter(({ isRedacted }) => isRedacted).map(({ pointer }) => pointer.attribute)),
      ],
      warnings: scope.warnings,
    },
  };
}

function optionalCondition(text: string | undefined, path: string, mistakes: MappingMistake[]) {
  if (text === undefined) return null;
  const compiled = compileCondition(text, path);
  if (compiled.kind === 'compiled') return compiled;
  mistakes.push(compiled.mistake);
  return null;
}

function candidatesOf(
  rows: readonly CompiledRow[],
  source: Attributes,
  context: MappingContext,
): readonly Readonly<{ attribute: string; values: readonly string[] }>[] {
  return rows.map(({ pointer: { attribute }, alternatives }) => {
    const values = (alternatives ?? []).flatMap((alternative) => {
      const outcome = evaluateExpression(alternative, source, context, attribute);
      return outcome.kind === 'value' ? soughtTexts(settleValue(outcome.value)) : [];
    });
    return { attribute, values: [...new Set(values)] };
  });
}
