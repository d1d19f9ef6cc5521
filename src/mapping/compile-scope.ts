/** Which source resources a mapping is for, as a function that says why not. */
import type { Attributes } from '../model/entity-type.ts';
import type { MappingDefinition } from '../model/mapping.ts';
import { compileText, evaluateExpression, type MappingContext } from './compile-attributes.ts';
import { compileCondition } from './compile-condition.ts';
import { type MappingMistake, mistakeAt } from './mapping-mistake.ts';
import { printQueryFilter, type QueryFilter } from './query-filter.ts';
import { compileQueryFilter } from './query-filter-meaning.ts';
import { compileScopingFilter, readScopingFilter, type ScopingClause } from './scoping-filter.ts';

export type Qualification =
  | Readonly<{ kind: 'qualified' }>
  /** The reason names the clause that is not met. */
  | Readonly<{ kind: 'unqualified'; reason: string }>
  | Readonly<{ kind: 'failed'; message: string }>;

export const qualified: Qualification = { kind: 'qualified' };

export type Qualifying = (source: Attributes, context: MappingContext) => Qualification;

export type CompiledScope = Readonly<{
  qualify: Qualifying;
  /** Attributes of the source that it reads. */
  reads: readonly string[];
  isDeterministic: boolean;
  /** What is allowed and may be a surprise. */
  warnings: readonly MappingMistake[];
}>;

type Part = Readonly<{ qualify: Qualifying; reads: readonly string[]; isDeterministic: boolean }>;

/** Compiles a scope; what is wrong goes to `mistakes`. Everything that is given has to be met. */
export function compileScope(scope: MappingDefinition['scope'], mistakes: MappingMistake[]): CompiledScope {
  const warnings: MappingMistake[] = [];
  const parts = [
    scope.scopingFilter === undefined ? undefined : scopingPart(scope.scopingFilter, mistakes, warnings),
    scope.queryFilter === undefined ? undefined : queryPart(scope.queryFilter, mistakes),
    scope.expression === undefined ? undefined : expressionPart(scope.expression, mistakes),
  ].filter((part) => part !== undefined);
  return {
    qualify: (source, context) => {
      for (const part of parts) {
        const qualification = part.qualify(source, context);
        if (qualification.kind !== 'qualified') return qualification;
      }
      return qualified;
    },
    reads: parts.flatMap(({ reads }) => reads),
    isDeterministic: parts.every(({ isDeterministic }) => isDeterministic),
    warnings,
  };
}

function scopingPart(
  json: unknown,
  mistakes: MappingMistake[],
  warnings: MappingMistake[],
): Part | undefined {
  const root = 'scope/scopingFilter';
  const at = (path: string) => (path === '' ? root : `${root}/${path}`);
  const read = readScopingFilter(json);
  if (read.kind === 'mistake') {
    mistakes.push(mistakeAt(at(read.path), read.message));
    return undefined;
  }
  for (const set of ['inputFilterGroups', 'categoryFilterGroups'] as const) {
    if (read.filter[set] === undefined) continue;
    mistakes.push(
      mistakeAt(at(set), `The scope of a mapping has no ${set}: write their conditions as filterSource.`),
    );
  }
  const outcome = compileScopingFilter(read.filter);
  if (outcome.kind === 'mistake') {
    mistakes.push(mistakeAt(at(outcome.path), outcome.message));
    return undefined;
  }
  warnings.push(...outcome.warnings.map(({ message, path }) => mistakeAt(at(path), message)));
  const { meets, explain, attributes } = outcome.compiled;
  const qualify = (source: Attributes): Qualification => {
    if (meets(source)) return qualified;
    const unmet = explain(source).flatMap(({ group, clause, isMet }) =>
      isMet ? [] : [`${writeClause(clause)}${group === '' ? '' : ` (${group})`}`],
    );
    const shown = unmet.slice(0, mostClauses).join('; ');
    return notInScope(
      unmet.length > mostClauses ? `${shown}; and ${unmet.length - mostClauses} more` : shown,
    );
  };
  return { qualify, reads: attributes, isDeterministic: true };
}

/** So many clauses say enough. */
const mostClauses = 3;

function writeClause({ sourceOperandName, operatorName, targetOperand }: ScopingClause): string {
  const values = (targetOperand?.values ?? []).map((value) => ` "${value}"`).join(',');
  return `${sourceOperandName} ${operatorName}${values}`;
}

function queryPart(text: string, mistakes: MappingMistake[]): Part | undefined {
  const compiled = compileCondition(text, 'scope/queryFilter');
  if (compiled.kind === 'mistake') {
    mistakes.push(compiled.mistake);
    return undefined;
  }
  const { holds } = compiled;
  const clauses = clausesOf(compiled.filter).map((filter) => ({
    filter,
    holds: compileQueryFilter(filter),
  }));
  const qualify = (source: Attributes): Qualification => {
    if (holds(source)) return qualified;
    const unmet = clauses.find((clause) => !clause.holds(source))?.filter ?? compiled.filter;
    return notInScope(printQueryFilter(unmet));
  };
  return { qualify, reads: compiled.pointers.flatMap(([first]) => first ?? []), isDeterministic: true };
}

/** What has to hold together. */
function clausesOf(filter: QueryFilter): readonly QueryFilter[] {
  return filter.kind === 'and' ? filter.operands : [filter];
}

function expressionPart(text: string, mistakes: MappingMistake[]): Part | undefined {
  const compiled = compileText(text, 'scope/expression', mistakes);
  if (compiled === undefined) return undefined;
  const qualify: Qualifying = (source, context) => {
    const outcome = evaluateExpression(compiled, source, context, '');
    if (outcome.kind === 'failed') {
      return {
        kind: 'failed',
        message: `Whether it is in the scope cannot be told: ${outcome.message}`,
      };
    }
    const value = outcome.kind === 'value' ? outcome.value : null;
    return value === true || value === 'True' ? qualified : notInScope(`${text} is not True`);
  };
  return { qualify, reads: compiled.attributes, isDeterministic: compiled.isDeterministic };
}

function notInScope(condition: string): Qualification {
  return { kind: 'unqualified', reason: `It is not in the scope of the mapping: ${condition}.` };
}
