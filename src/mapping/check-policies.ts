/** What is wrong with the policies and link qualifiers of a mapping, and what they do that may be a surprise. */
import type { MappingDefinition } from '../model/mapping.ts';
import { nearestName } from '../model/nearest-name.ts';
import { type Action, type Situation, situations } from '../model/reconciliation.ts';
import { checkReads } from './check-attributes.ts';
import { compileCondition } from './compile-condition.ts';
import { defaultQualifier } from './compile-mapping.ts';
import { isAlwaysRefused } from './effects.ts';
import type { KnownNames } from './known-names.ts';
import { didYouMean, type MappingMistake, mistakeAt } from './mapping-mistake.ts';
import { usualActions } from './policies.ts';
import type { QueryFilter } from './query-filter.ts';
import { situationWords } from './situation-words.ts';

/** Whether the mapping may do this in this situation. */
export function mayDo(definition: MappingDefinition, situation: Situation, action: Action): boolean {
  const policies = definition.policies.filter((policy) => policy.situation === situation);
  const last = policies.findIndex(({ condition }) => condition === undefined);
  if (last < 0 && usualActions[situation] === action) return true;
  return policies.slice(0, last < 0 ? undefined : last + 1).some((policy) => policy.action === action);
}

export function mayDoAnywhere(definition: MappingDefinition, action: Action): boolean {
  return situations.some((situation) => mayDo(definition, situation, action));
}

/** Link qualifiers that stand twice or are named and not there. */
export function checkQualifiers(definition: MappingDefinition): readonly MappingMistake[] {
  const names = qualifierNames(definition);
  const doubles = definition.linkQualifiers.flatMap(({ name }, index) =>
    names.indexOf(name) < index
      ? [mistakeAt(`linkQualifiers/${index}/name`, `The link qualifier ${name} is there twice: remove one.`)]
      : [],
  );
  const unknown = definition.correlation.flatMap(({ qualifier }, index) => {
    if (qualifier === undefined || names.includes(qualifier)) return [];
    const suggestion = nearestName(qualifier, names);
    const message = `The mapping has no link qualifier ${qualifier}: it has ${names.join(', ')}.${didYouMean(suggestion)}`;
    return [mistakeAt(`correlation/${index}/qualifier`, message, { suggestion })];
  });
  return [...doubles, ...unknown];
}

function qualifierNames({ linkQualifiers }: MappingDefinition): readonly string[] {
  return linkQualifiers.length === 0 ? [defaultQualifier] : linkQualifiers.map(({ name }) => name);
}

/** The roots that each kind of condition can ask. */
const conditionRoots = {
  policies: ['object', 'linkQualifier'],
  attributes: ['object', 'target', 'linkQualifier'],
} as const;

/** Conditions that ask what is not there to be asked. */
export function checkConditionRoots(definition: MappingDefinition): readonly MappingMistake[] {
  return (['policies', 'attributes'] as const).flatMap((list) =>
    definition[list].flatMap(({ condition }, index) => {
      const path = `${list}/${index}/condition`;
      const compiled = condition === undefined ? undefined : compileCondition(condition, path);
      if (compiled?.kind !== 'compiled') return [];
      const roots: readonly string[] = conditionRoots[list];
      const strange = compiled.pointers.find(([root = '']) => !roots.includes(root));
      if (strange === undefined) return [];
      const name = strange.join('/');
      const message = `${name} cannot be asked here: write object/${name} for the source resource, or begin with ${roots.join(', ')}.`;
      return [mistakeAt(path, message, { suggestion: `object/${name}` })];
    }),
  );
}

/** Attributes of the source that conditions of policies ask for and that are not there. */
export function checkPolicyReads(
  definition: MappingDefinition,
  source: KnownNames,
): readonly MappingMistake[] {
  return definition.policies.flatMap(({ condition }, index) =>
    checkReads(condition, `policies/${index}/condition`, 'object', source),
  );
}

/** What policies and limits do that may be a surprise. */
export function remarkPolicies(definition: MappingDefinition): readonly MappingMistake[] {
  return [
    ...remarkUselessPolicies(definition),
    ...remarkStrangeQualifiers(definition),
    ...remarkDeletions(definition),
    ...remarkCorrelation(definition),
  ];
}

function remarkUselessPolicies({ policies }: MappingDefinition): readonly MappingMistake[] {
  const decided = new Map<Situation, number>();
  return policies.flatMap(({ situation, action, condition }, index) => {
    const path = `policies/${index}`;
    const { name } = situationWords[situation];
    const earlier = decided.get(situation);
    if (earlier !== undefined) {
      return [
        mistakeAt(
          path,
          `This policy is never asked, because policy ${earlier + 1} decides ${name} without a condition: put it before that one.`,
        ),
      ];
    }
    if (condition === undefined) decided.set(situation, index);
    return isAlwaysRefused(action, situation)
      ? [
          mistakeAt(
            `${path}/action`,
            `${action} fails in the situation ${name}: ${situationWords[situation].meaning}`,
          ),
        ]
      : [];
  });
}

function remarkStrangeQualifiers(definition: MappingDefinition): readonly MappingMistake[] {
  const names = qualifierNames(definition);
  return (['policies', 'attributes'] as const).flatMap((list) =>
    definition[list].flatMap(({ condition }, index) => {
      const path = `${list}/${index}/condition`;
      const compiled = condition === undefined ? undefined : compileCondition(condition, path);
      if (compiled?.kind !== 'compiled') return [];
      const strange = qualifiersIn(compiled.filter).find(
        (asked) => !names.some((name) => name.toLowerCase() === asked.toLowerCase()),
      );
      if (strange === undefined) return [];
      const suggestion = nearestName(strange, names);
      const message = `The mapping has no link qualifier ${strange}: it has ${names.join(', ')}.${didYouMean(suggestion)}`;
      return [mistakeAt(path, message, { suggestion })];
    }),
  );
}

function qualifiersIn(filter: QueryFilter): readonly string[] {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.operands.flatMap(qualifiersIn);
    case 'not':
      return qualifiersIn(filter.operand);
    case 'comparison': {
      const { pointer, operator, literal } = filter;
      const isName = pointer.length === 1 && pointer[0] === 'linkQualifier' && operator === 'eq';
      return isName && typeof literal === 'string' ? [literal] : [];
    }
    case 'presence':
    case 'constant':
      return [];
  }
}

function remarkDeletions(definition: MappingDefinition): readonly MappingMistake[] {
  const remarks: MappingMistake[] = [];
  const { count, percent } = definition.guards.DELETE;
  const deleting = situations.filter((situation) => mayDo(definition, situation, 'DELETE'));
  if (deleting.length > 0 && count === 0 && percent === 0) {
    const message = `${deleting.map((situation) => situationWords[situation].name).join(' and ')} can delete any number of objects: set a limit for DELETE.`;
    remarks.push(mistakeAt('guards/DELETE', message));
  }
  const isScoped = Object.keys(definition.scope).length > 0 || definition.sourceCondition !== undefined;
  const isDecided = definition.policies.some(({ situation }) => situation === 'UNQUALIFIED');
  if (isScoped && !isDecided) {
    const message =
      'Whoever leaves the scope is deleted in the target, which is the usual action of Unqualified: add a policy that says what you want.';
    remarks.push(mistakeAt('policies', message));
  }
  return remarks;
}

function remarkCorrelation(definition: MappingDefinition): readonly MappingMistake[] {
  if (definition.correlation.length > 0 || !mayDo(definition, 'ABSENT', 'CREATE')) return [];
  const message =
    'Nothing is matched, so a target object is made for every source resource without a link, also where one is there: add a correlation rule.';
  return [mistakeAt('correlation', message)];
}
