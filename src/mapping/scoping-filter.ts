// Scoping filters as Microsoft Graph's synchronization schemas have them: from JSON, checked, and made functions that say
// who is in scope and why. Source: Graph synchronization reference, sections A.12 and D.
import { readAttribute } from './compile-expression.ts';
import { compileScopingClause, type ValueTest } from './scoping-clause.ts';
import { readGroups, scopingSets } from './scoping-filter-json.ts';
import {
  type ScopingOperator,
  type ScopingOperatorDescription,
  scopingOperatorTable,
} from './scoping-operators.ts';

/** Whether each value of a list has to meet a clause, or one is enough. Where nothing is said: `All`. */
export type MultivaluedComparison = 'All' | 'Any';

export type ScopingClause = Readonly<{
  operatorName: ScopingOperator;
  /** An attribute of the source object, or a path to one. */
  sourceOperandName: string;
  /** Null with operators that take no value. Of several values, one is enough; after NOT, none may be it. */
  targetOperand: Readonly<{ values: readonly string[] }> | null;
  multivaluedComparisonType?: MultivaluedComparison;
}>;

/** All clauses of a group hold together. */
export type ScopingGroup = Readonly<{ name: string; clauses: readonly ScopingClause[] }>;

/** Each set is met when one of its groups is, or when it has none. Sets other than `groups` are left out where they are empty. */
export type ScopingFilter = Readonly<{
  /** Who is in scope. */
  groups: readonly ScopingGroup[];
  /** What is read from the source at all: what does not meet them is passed over, not taken away. */
  inputFilterGroups?: readonly ScopingGroup[];
  /** Which objects the mapping is about. */
  categoryFilterGroups?: readonly ScopingGroup[];
}>;

export type ScopingSet = keyof ScopingFilter;

/** What is wrong, as one sentence, and where in the filter: with slashes and places from 0, such as
 * `groups/0/clauses/1/operatorName`. */
export type ScopingMistake = Readonly<{ kind: 'mistake'; message: string; path: string }>;

type Attributes = Readonly<Record<string, unknown>>;

export type CompiledScopingFilter = Readonly<{
  /** Whether the object is in scope by `groups`. */
  meets: (attributes: Attributes) => boolean;
  /** Whether the object meets `inputFilterGroups`. */
  meetsInput: (attributes: Attributes) => boolean;
  /** Whether the object meets `categoryFilterGroups`. */
  meetsCategory: (attributes: Attributes) => boolean;
  /** Each clause of `groups`, in order, and whether the object meets it. */
  explain: (
    attributes: Attributes,
  ) => readonly Readonly<{ group: string; clause: ScopingClause; isMet: boolean }>[];
  /** The attributes that the filter reads, as written, each once. */
  attributes: readonly string[];
}>;

/** The operators in the order in which they are offered. `IsMemberOf` is not among them: it has never been supported. */
export const scopingOperators: readonly (Readonly<{ name: ScopingOperator }> & ScopingOperatorDescription)[] =
  (Object.keys(scopingOperatorTable) as ScopingOperator[]).map((name) => ({
    name,
    ...scopingOperatorTable[name],
  }));

/**
 * Reads a filter's JSON as Graph has it. Names of operators are taken in any case. What is not a part of a filter is
 * refused, because a filter that is not there lets everything pass; annotations such as `@odata.type` are passed over.
 * Null is no filter.
 */
export function readScopingFilter(
  json: unknown,
): Readonly<{ kind: 'read'; filter: ScopingFilter }> | ScopingMistake {
  if (json === null) return { kind: 'read', filter: { groups: [] } };
  const outcome = readGroups(json);
  if (outcome.kind === 'mistake') return outcome;
  const { groups = [], inputFilterGroups = [], categoryFilterGroups = [] } = outcome.sets;
  return {
    kind: 'read',
    filter: {
      groups,
      ...(inputFilterGroups.length > 0 && { inputFilterGroups }),
      ...(categoryFilterGroups.length > 0 && { categoryFilterGroups }),
    },
  };
}

/** Something that is allowed and probably means something else than was meant. */
export type ScopingWarning = Readonly<{ message: string; path: string }>;

type CompiledClause = Readonly<{ clause: ScopingClause; isMet: (attributes: Attributes) => boolean }>;
type CompiledGroup = Readonly<{ name: string; clauses: readonly CompiledClause[] }>;

/** Makes functions of a filter. A mistake is a value that its operator cannot use, such as a regular expression with an error. */
export function compileScopingFilter(
  filter: ScopingFilter,
):
  | Readonly<{ kind: 'compiled'; compiled: CompiledScopingFilter; warnings: readonly ScopingWarning[] }>
  | ScopingMistake {
  const warnings: ScopingWarning[] = [];
  const names = new Set<string>();
  const sets: Record<ScopingSet, CompiledGroup[]> = {
    groups: [],
    inputFilterGroups: [],
    categoryFilterGroups: [],
  };
  for (const set of scopingSets) {
    for (const [groupIndex, group] of (filter[set] ?? []).entries()) {
      const clauses: CompiledClause[] = [];
      for (const [clauseIndex, clause] of group.clauses.entries()) {
        const path = `${set}/${groupIndex}/clauses/${clauseIndex}`;
        const outcome = compileScopingClause(clause);
        if (outcome.kind === 'mistake') {
          return { kind: 'mistake', message: outcome.message, path: `${path}/targetOperand/values` };
        }
        warnings.push(...outcome.warnings.map((message) => ({ message, path })));
        names.add(clause.sourceOperandName);
        clauses.push({ clause, isMet: readThenTest(clause.sourceOperandName, outcome.test) });
      }
      sets[set].push({ name: group.name, clauses });
    }
  }
  const { groups } = sets;
  const compiled: CompiledScopingFilter = {
    meets: meetsOne(groups),
    meetsInput: meetsOne(sets.inputFilterGroups),
    meetsCategory: meetsOne(sets.categoryFilterGroups),
    explain: (attributes) =>
      groups.flatMap(({ name, clauses }) =>
        clauses.map(({ clause, isMet }) => ({ group: name, clause, isMet: isMet(attributes) })),
      ),
    attributes: [...names],
  };
  return { kind: 'compiled', compiled, warnings };
}

function readThenTest(name: string, test: ValueTest): (attributes: Attributes) => boolean {
  return (attributes) => test(readAttribute(attributes, name));
}

function meetsOne(groups: readonly CompiledGroup[]): (attributes: Attributes) => boolean {
  if (groups.length === 0) return () => true;
  return (attributes) => groups.some(({ clauses }) => clauses.every(({ isMet }) => isMet(attributes)));
}
