/** What is wrong with a mapping when it is saved, and what may be a surprise, held against both sides and the other mappings. */
import type { MappingDefinition } from '../model/mapping.ts';
import {
  checkDoubles,
  checkExpressionReads,
  checkReads,
  checkSources,
  checkTargets,
  checkUniqueRows,
  missingRequired,
  remarkRows,
} from './check-attributes.ts';
import {
  checkLinksOf,
  checkReferences,
  isSameSet,
  type OtherMappings,
  otherMappings,
} from './check-links.ts';
import {
  checkConditionRoots,
  checkPolicyReads,
  checkQualifiers,
  mayDo,
  mayDoAnywhere,
  remarkPolicies,
} from './check-policies.ts';
import { compileCondition } from './compile-condition.ts';
import { compileMapping } from './compile-mapping.ts';
import { compileScope } from './compile-scope.ts';
import {
  type KnownNames,
  knownNamesOf,
  missingSource,
  missingTarget,
  type SideKnowledge,
} from './known-names.ts';
import { type MappingMistake, mistakeAt } from './mapping-mistake.ts';

/** What a mapping is held against. */
export type MappingSurroundings = Readonly<{
  source: SideKnowledge;
  target: SideKnowledge;
  /** All saved mappings; one of the same name is this one as it was. */
  saved: readonly MappingDefinition[];
}>;

export type MappingCheck = Readonly<{
  /** A mapping with any is not saved. */
  mistakes: readonly MappingMistake[];
  warnings: readonly MappingMistake[];
  /** Attributes of the source that it reads; none where it has mistakes in its texts. */
  reads: readonly string[];
  /** Attributes that the target requires and nothing sets. */
  missingTargets: readonly string[];
}>;

export function checkMapping(definition: MappingDefinition, surroundings: MappingSurroundings): MappingCheck {
  const source = namesOf(surroundings.source);
  const target = namesOf(surroundings.target);
  const others = otherMappings(surroundings.saved, definition.name);
  const compiled = compileMapping(
    definition,
    surroundings.target.kind === 'known' ? surroundings.target.side : undefined,
  );
  const missingTargets = target === null ? [] : missingRequired(definition, target);
  const isCreating = definition.isEnabled && mayDoAnywhere(definition, 'CREATE');
  const unset = missingTargets.map((name) =>
    mistakeAt('attributes', `The target requires ${name}, and nothing is mapped to it: add a row for it.`),
  );
  const mistakes = [
    ...(compiled.kind === 'mistakes' ? compiled.mistakes : checkUniqueRows(compiled.mapping)),
    ...checkSides(definition, surroundings),
    ...checkDoubles(definition),
    ...checkQualifiers(definition),
    ...checkConditionRoots(definition),
    ...checkLinksOf(definition, others),
    ...checkReferences(definition, source, target, others),
    ...(source === null ? [] : checkSourceSide(definition, source)),
    ...(target === null ? [] : checkTargetSide(definition, target)),
    ...(isCreating ? unset : []),
  ];
  const warnings = [
    ...(isCreating ? [] : unset),
    ...(compiled.kind === 'compiled'
      ? [...compiled.mapping.warnings, ...remarkRows(compiled.mapping, source, target)]
      : []),
    ...remarkPolicies(definition),
    ...remarkRivals(definition, target, others),
  ];
  return {
    mistakes: distinct(mistakes),
    warnings: distinct(warnings),
    reads: compiled.kind === 'compiled' ? compiled.mapping.sourceAttributes : [],
    missingTargets,
  };
}

function namesOf(knowledge: SideKnowledge): KnownNames | null {
  return knowledge.kind === 'known' ? knownNamesOf(knowledge.side) : null;
}

function checkSides(
  { source, target }: MappingDefinition,
  surroundings: MappingSurroundings,
): readonly MappingMistake[] {
  const unknown = (['source', 'target'] as const).flatMap((path) => {
    const knowledge = surroundings[path];
    if (knowledge.kind !== 'unknown') return [];
    return [mistakeAt(path, knowledge.message, { suggestion: knowledge.suggestion })];
  });
  if (!isSameSet(source, target)) return unknown;
  const message = `Source and target are both ${source.connection}/${source.type}: choose another target.`;
  return [...unknown, mistakeAt('target', message)];
}

/** Everything that is read of the source. */
function checkSourceSide(definition: MappingDefinition, names: KnownNames): readonly MappingMistake[] {
  const { scope } = definition;
  return [
    ...checkSources(definition, names),
    ...checkPolicyReads(definition, names),
    ...scopingReads(scope.scopingFilter, names),
    ...checkReads(scope.queryFilter, 'scope/queryFilter', null, names),
    ...(scope.expression === undefined
      ? []
      : checkExpressionReads(scope.expression, 'scope/expression', names)),
    ...checkReads(definition.sourceCondition, 'sourceCondition', null, names),
    ...checkReads(definition.filterSource, 'filterSource', null, names, false),
    ...definition.linkQualifiers.flatMap(({ condition }, index) =>
      checkReads(condition, `linkQualifiers/${index}/condition`, null, names),
    ),
    ...definition.correlation.flatMap((rule, index) =>
      'match' in rule ? [] : checkExpressionReads(rule.expression, `correlation/${index}/expression`, names),
    ),
  ];
}

function scopingReads(scopingFilter: unknown, names: KnownNames): readonly MappingMistake[] {
  if (scopingFilter === undefined) return [];
  return compileScope({ scopingFilter }, []).reads.flatMap(
    (name) => missingSource(names, name, 'scope/scopingFilter') ?? [],
  );
}

/** Everything that is read or written of the target. */
function checkTargetSide(definition: MappingDefinition, names: KnownNames): readonly MappingMistake[] {
  return [
    ...checkTargets(definition, names),
    ...targetReads(definition.validTarget, 'validTarget', names),
    ...targetReads(definition.filterTarget, 'filterTarget', names),
    ...definition.correlation.flatMap((rule, index) => {
      const path = `correlation/${index}`;
      if (!('match' in rule)) return missingTarget(names, rule.attribute, `${path}/attribute`) ?? [];
      return namesIn(rule.match).flatMap((name) => missingTarget(names, name, `${path}/match`) ?? []);
    }),
  ];
}

function targetReads(text: string | undefined, path: string, names: KnownNames): readonly MappingMistake[] {
  const compiled = text === undefined ? undefined : compileCondition(text, path);
  if (compiled?.kind !== 'compiled') return [];
  const read = new Set(compiled.pointers.flatMap(([first]) => first ?? []));
  return [...read].flatMap((name) => missingTarget(names, name, path) ?? []);
}

type Tree = Extract<MappingDefinition['correlation'][number], { match: unknown }>['match'];

function namesIn(tree: Tree): readonly string[] {
  if (typeof tree === 'string') return [tree];
  return ('any' in tree ? tree.any : tree.all).flatMap(namesIn);
}

/** Other mappings that make objects with the same unique attribute out of another source. */
function remarkRivals(
  definition: MappingDefinition,
  target: KnownNames | null,
  others: OtherMappings,
): readonly MappingMistake[] {
  if (target === null || !mayDo(definition, 'ABSENT', 'CREATE')) return [];
  const unique = new Set(target.side.attributes.filter(({ isUnique }) => isUnique).map(({ name }) => name));
  const own = definition.attributes.map((row) => row.target).filter((name) => unique.has(name));
  return others.all.flatMap((other) => {
    const isRival =
      other.isEnabled &&
      isSameSet(other.target, definition.target) &&
      !isSameSet(other.source, definition.source) &&
      mayDo(other, 'ABSENT', 'CREATE');
    const shared = isRival ? own.filter((name) => other.attributes.some((row) => row.target === name)) : [];
    if (shared.length === 0) return [];
    const message = `${other.name} also makes ${definition.target.type} and sets ${shared.join(', ')}: whoever is in both sources is made once and then fails, unless correlation finds it.`;
    return [mistakeAt('target', message)];
  });
}

function distinct(mistakes: readonly MappingMistake[]): readonly MappingMistake[] {
  return [...new Map(mistakes.map((mistake) => [JSON.stringify(mistake), mistake])).values()];
}
