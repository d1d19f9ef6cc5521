/** A mapping as its form has it: in parts that are changed, compared and, where two people changed it, chosen one by one. */
import type { FieldValues } from 'react-hook-form';
import type { Definition, Mapping, MappingMistake } from '../../../../../src/http/schemas/mappings.ts';

export type AttributeRow = Definition['attributes'][number];
export type CorrelationRule = Definition['correlation'][number];
export type CorrelationTree = Extract<CorrelationRule, { match: unknown }>['match'];
export type Scope = Readonly<{
  queryFilter: string;
  scopingFilter: unknown;
  expression: string;
  sourceCondition: string;
  validTarget: string;
}>;
export type General = Readonly<{
  displayName: string;
  description: string;
  isEnabled: boolean;
  linksOf: string | null;
  linkQualifiers: Definition['linkQualifiers'];
}>;

export type MappingParts = Readonly<{
  attributes: readonly AttributeRow[];
  correlation: readonly CorrelationRule[];
  scope: Scope;
  general: General;
  /** Everything else, which other pages change. */
  rest: Definition;
}>;

/** The parts under their names, without their types: those of trees are too deep for the form's. */
export type MappingFields = FieldValues & { [Part in keyof MappingParts]: unknown };

/** The fields of a mapping that is saved. */
export function partsOf({ definition }: Pick<Mapping, 'definition'>): MappingParts {
  const { attributes, correlation, scope, sourceCondition, validTarget } = definition;
  const { displayName, description, isEnabled, linksOf, linkQualifiers } = definition;
  return {
    attributes,
    correlation,
    scope: {
      queryFilter: scope.queryFilter ?? '',
      scopingFilter: scope.scopingFilter ?? null,
      expression: scope.expression ?? '',
      sourceCondition: sourceCondition ?? '',
      validTarget: validTarget ?? '',
    },
    general: { displayName, description, isEnabled, linksOf: linksOf ?? null, linkQualifiers },
    rest: { ...definition, attributes: [], correlation: [], scope: {}, linkQualifiers: [] },
  };
}

/** What is sent: the mapping that the fields stand for. */
export function definitionOf({ attributes, correlation, scope, general, rest }: MappingParts): Definition {
  const { sourceCondition: _, validTarget: __, linksOf: ___, ...others } = rest;
  const { linksOf, ...named } = general;
  return {
    ...others,
    ...named,
    ...(linksOf !== null && { linksOf }),
    attributes,
    correlation,
    scope: {
      ...(scope.queryFilter.trim() !== '' && { queryFilter: scope.queryFilter }),
      ...(scope.scopingFilter !== null && { scopingFilter: scope.scopingFilter }),
      ...(scope.expression.trim() !== '' && { expression: scope.expression }),
    },
    ...(scope.sourceCondition.trim() !== '' && { sourceCondition: scope.sourceCondition }),
    ...(scope.validTarget.trim() !== '' && { validTarget: scope.validTarget }),
  };
}

/** What is wrong at a place of the definition, or below it. */
export function mistakesAt(mistakes: readonly MappingMistake[], path: string): readonly MappingMistake[] {
  return mistakes.filter((mistake) => mistake.path === path || mistake.path.startsWith(`${path}/`));
}

/** The first mistake at any of some places, as a sentence. */
export function messageAt(
  mistakes: readonly MappingMistake[],
  ...paths: readonly string[]
): string | undefined {
  return paths.flatMap((path) => mistakesAt(mistakes, path))[0]?.message;
}

/** Which part of the page shows a place of the definition. */
export function partOfPath(path: string): 'attributes' | 'correlation' | 'scope' | 'general' {
  const [first] = path.split('/');
  if (first === 'attributes' || first === 'correlation') return first;
  return first === 'scope' || first === 'sourceCondition' || first === 'validTarget' ? 'scope' : 'general';
}

/** An element of a list at another place; the list itself where there is none. */
export function moved<Item>(list: readonly Item[], from: number, to: number): readonly Item[] {
  const item = list[from];
  if (item === undefined || to < 0 || to >= list.length) return list;
  const others = list.filter((_, place) => place !== from);
  return [...others.slice(0, to), item, ...others.slice(to)];
}
