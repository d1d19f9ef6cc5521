/** Mappings as files and requests have them: read with what is wrong and where, written in one form, and compared. */
import type {
  AttributeMapping,
  CorrelationRule,
  CorrelationTree,
  MappingDefinition,
  ValueSource,
} from '../model/mapping.ts';
import { hasUnstorableText, isNestedDeeper } from './json-nesting.ts';
import type { MappingMistake } from './mapping-mistake.ts';
import { mistakeAt } from './mapping-mistake.ts';
import { mappingSchema, type ReadMapping } from './mapping-shape.ts';
import { mistakesOfShape } from './shape-mistakes.ts';

export type ReadOutcome =
  | Readonly<{ kind: 'read'; definition: MappingDefinition }>
  | Readonly<{ kind: 'mistakes'; mistakes: readonly MappingMistake[] }>;

/** Reads a mapping out of JSON, with the usual values of what is left out. Texts such as expressions are not looked into. */
export function readMapping(json: unknown): ReadOutcome {
  if (isNestedDeeper(json)) {
    return {
      kind: 'mistakes',
      mistakes: [mistakeAt('', 'The mapping is nested too deep: make correlation rules and values flatter.')],
    };
  }
  if (hasUnstorableText(json)) {
    return {
      kind: 'mistakes',
      mistakes: [
        mistakeAt(
          '',
          'The mapping has a text with a character that cannot be stored: U+0000, or half of one.',
        ),
      ],
    };
  }
  const result = mappingSchema.safeParse(json);
  if (!result.success) return { kind: 'mistakes', mistakes: mistakesOfShape(result.error.issues, json) };
  return { kind: 'read', definition: definitionOf(result.data) };
}

function definitionOf(read: ReadMapping): MappingDefinition {
  const { name, displayName, description, source, target, isEnabled, settings, guards } = read;
  const { scopingFilter, queryFilter, expression } = read.scope;
  return {
    name,
    displayName: displayName ?? name,
    description,
    source,
    target,
    isEnabled,
    scope: present({ scopingFilter: scopingFilter ?? undefined, queryFilter, expression }),
    ...present({
      sourceCondition: read.sourceCondition,
      validTarget: read.validTarget,
      filterSource: read.filterSource,
      filterTarget: read.filterTarget,
      linksOf: read.linksOf,
    }),
    linkQualifiers: read.linkQualifiers.map(({ name: qualifier, condition }) => ({
      name: qualifier,
      ...present({ condition }),
    })),
    correlation: read.correlation.map(ruleOf),
    attributes: read.attributes.map(attributeOf),
    policies: read.policies.map(({ situation, action, condition }) => ({
      situation,
      action,
      ...present({ condition }),
    })),
    settings,
    guards,
  };
}

function ruleOf({
  qualifier,
  match,
  attribute,
  expression,
}: ReadMapping['correlation'][number]): CorrelationRule {
  return {
    ...present({ qualifier }),
    ...(match === undefined ? { attribute: attribute ?? '', expression: expression ?? '' } : { match }),
  };
}

function attributeOf(read: ReadMapping['attributes'][number]): AttributeMapping {
  const { target, source, condition, apply, ifEmpty } = read;
  return {
    target,
    source: sourceOf(source),
    ...present({ condition, default: read.default ?? undefined }),
    apply,
    ifEmpty,
  };
}

function sourceOf(read: ReadMapping['attributes'][number]['source']): ValueSource {
  if (read.kind !== 'reference') return read;
  return { kind: 'reference', link: read.link, ...present({ mapping: read.mapping }) };
}

type Present<Values> = { [Name in keyof Values]?: Exclude<Values[Name], undefined> };

/** The members that say something. */
function present<Values extends Readonly<Record<string, unknown>>>(values: Values): Present<Values> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Present<Values>;
}

/**
 * The mapping as text, always the same for the same mapping: every member in its place, free JSON with its names sorted. Reading it gives
 * the mapping again.
 */
export function writeMapping(definition: MappingDefinition): string {
  const { scope, attributes, settings, guards } = definition;
  const ordered = {
    name: definition.name,
    displayName: definition.displayName,
    description: definition.description,
    source: orderObjectSet(definition.source),
    target: orderObjectSet(definition.target),
    isEnabled: definition.isEnabled,
    scope: {
      scopingFilter: sortNames(scope.scopingFilter),
      queryFilter: scope.queryFilter,
      expression: scope.expression,
    },
    sourceCondition: definition.sourceCondition,
    validTarget: definition.validTarget,
    filterSource: definition.filterSource,
    filterTarget: definition.filterTarget,
    linksOf: definition.linksOf,
    linkQualifiers: definition.linkQualifiers.map(({ name, condition }) => ({ name, condition })),
    correlation: definition.correlation.map(orderRule),
    attributes: attributes.map(({ target, source, condition, default: fallback, apply, ifEmpty }) => ({
      target,
      source: orderSource(source),
      condition,
      default: sortNames(fallback),
      apply,
      ifEmpty,
    })),
    policies: definition.policies.map(({ situation, action, condition }) => ({
      situation,
      action,
      condition,
    })),
    settings: {
      isLinking: settings.isLinking,
      runsTargetPhase: settings.runsTargetPhase,
      allowsEmptySource: settings.allowsEmptySource,
      correlatesEmptyTarget: settings.correlatesEmptyTarget,
      updatesOutsideFilter: settings.updatesOutsideFilter,
      isSourceKeyCaseSensitive: settings.isSourceKeyCaseSensitive,
      isTargetKeyCaseSensitive: settings.isTargetKeyCaseSensitive,
    } satisfies Record<keyof typeof settings, boolean>,
    guards: {
      DELETE: orderLimit(guards.DELETE),
      UNLINK: orderLimit(guards.UNLINK),
      UPDATE: orderLimit(guards.UPDATE),
      CREATE: orderLimit(guards.CREATE),
    } satisfies Record<keyof typeof guards, unknown>,
  } satisfies Record<keyof MappingDefinition, unknown>;
  return `${JSON.stringify(ordered, null, 2)}\n`;
}

function orderObjectSet({ connection, type }: MappingDefinition['source']) {
  return { connection, type };
}

function orderLimit({ count, percent }: MappingDefinition['guards']['DELETE']) {
  return { count, percent };
}

function orderRule(rule: CorrelationRule) {
  return 'match' in rule
    ? { qualifier: rule.qualifier, match: rule.match satisfies CorrelationTree }
    : { qualifier: rule.qualifier, attribute: rule.attribute, expression: rule.expression };
}

function orderSource(source: ValueSource) {
  switch (source.kind) {
    case 'attribute':
      return { kind: source.kind, name: source.name };
    case 'constant':
      return { kind: source.kind, value: sortNames(source.value) };
    case 'expression':
      return { kind: source.kind, text: source.text };
    case 'reference':
      return { kind: source.kind, link: source.link, mapping: source.mapping };
  }
}

/** The same JSON with the names of every object sorted. */
function sortNames(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(sortNames);
  if (typeof json !== 'object' || json === null) return json;
  const sorted = Object.entries(json).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(sorted.map(([name, value]) => [name, sortNames(value)]));
}
