// Scoping filters out of JSON that anybody may have written: every part is checked, and what is wrong is said with its place.
import { nearestName } from '../model/nearest-name.ts';
import type {
  MultivaluedComparison,
  ScopingClause,
  ScopingGroup,
  ScopingMistake,
  ScopingSet,
} from './scoping-filter.ts';
import { type ScopingOperator, scopingOperatorTable } from './scoping-operators.ts';

/** The sets of groups of a filter, in the order in which they are read. */
export const scopingSets: readonly ScopingSet[] = ['groups', 'inputFilterGroups', 'categoryFilterGroups'];

/** The most of each that a filter may have; and the most characters of a name or value. */
const limits = { groups: 100, clauses: 100, values: 1000, characters: 10_000 } as const;

/** Ends reading at the first mistake. It does not leave this file. */
class MistakenJson extends Error {
  override readonly name = 'MistakenJson';
  readonly path: string;

  constructor(message: string, path: string) {
    super(message);
    this.path = path;
  }
}

/** The sets of groups that the JSON has. */
export function readGroups(
  json: unknown,
):
  | Readonly<{ kind: 'read'; sets: Readonly<Partial<Record<ScopingSet, readonly ScopingGroup[]>>> }>
  | ScopingMistake {
  try {
    const filter = readObject(json, '', 'A scoping filter', scopingSets);
    const sets: Partial<Record<ScopingSet, readonly ScopingGroup[]>> = {};
    for (const name of scopingSets) {
      const groups = filter[name];
      if (groups === undefined || groups === null) continue;
      sets[name] = readList(groups, name, `"${name}"`, limits.groups).map((group, index) =>
        readGroup(group, `${name}/${index}`),
      );
    }
    return { kind: 'read', sets };
  } catch (error) {
    if (error instanceof MistakenJson) return { kind: 'mistake', message: error.message, path: error.path };
    throw error;
  }
}

function readGroup(json: unknown, path: string): ScopingGroup {
  const { name, clauses } = readObject(json, path, 'A group of clauses', ['name', 'clauses']);
  const label =
    name === undefined || name === null ? '' : readText(name, `${path}/name`, 'The name of a group');
  const list = readList(clauses, `${path}/clauses`, '"clauses"', limits.clauses);
  if (list.length === 0) {
    throw new MistakenJson(
      `The group "${excerpt(label)}" has no clauses, so everything would be in scope: add a clause or remove the group.`,
      `${path}/clauses`,
    );
  }
  return {
    name: label,
    clauses: list.map((clause, index) => readClause(clause, `${path}/clauses/${index}`)),
  };
}

const clauseKeys = ['operatorName', 'sourceOperandName', 'targetOperand', 'multivaluedComparisonType'];

function readClause(json: unknown, path: string): ScopingClause {
  const clause = readObject(json, path, 'A clause', clauseKeys);
  const sourceOperandName = readText(
    clause.sourceOperandName,
    `${path}/sourceOperandName`,
    '"sourceOperandName"',
  );
  if (sourceOperandName === '') {
    throw new MistakenJson(
      'A clause names no attribute: write one as "sourceOperandName".',
      `${path}/sourceOperandName`,
    );
  }
  const operatorName = readOperator(clause.operatorName, `${path}/operatorName`);
  const values = readValues(clause.targetOperand, `${path}/targetOperand`);
  requireArity(operatorName, sourceOperandName, values, `${path}/targetOperand`);
  const comparison = readComparison(clause.multivaluedComparisonType, `${path}/multivaluedComparisonType`);
  return {
    operatorName,
    sourceOperandName,
    targetOperand: scopingOperatorTable[operatorName].arity === 'unary' ? null : { values },
    ...(comparison !== undefined && { multivaluedComparisonType: comparison }),
  };
}

/** Names as they are written in one's own spelling of upper case, blanks and underscores. */
function spell(name: string): string {
  return name.trim().toUpperCase().replace(/[ _]+/g, ' ');
}

const operatorsBySpelling = new Map(
  (Object.keys(scopingOperatorTable) as ScopingOperator[]).map((name) => [spell(name), name] as const),
);

function readOperator(json: unknown, path: string): ScopingOperator {
  const name = readText(json, path, '"operatorName"');
  const spelling = spell(name);
  const operator = operatorsBySpelling.get(spelling);
  if (operator !== undefined) return operator;
  if (spelling === 'ISMEMBEROF') {
    throw new MistakenJson(
      'The operator "IsMemberOf" is not supported, neither here nor by Microsoft: test an attribute of the object instead.',
      path,
    );
  }
  throw new MistakenJson(`There is no operator "${excerpt(name)}": ${suggest(name.trim())}.`, path);
}

function suggest(name: string): string {
  const names = [...operatorsBySpelling.values()];
  // Signs are near to any other sign.
  const nearest = nearestName(
    name,
    names.filter(({ length }) => length > 2),
  );
  return nearest === undefined ? `write one of ${names.join(', ')}` : `did you mean "${nearest}"`;
}

function readValues(json: unknown, path: string): readonly string[] {
  if (json === undefined || json === null) return [];
  const { values } = readObject(json, path, '"targetOperand"', ['values']);
  if (values === undefined || values === null) return [];
  return readList(values, `${path}/values`, '"values"', limits.values).map((value, index) =>
    readText(value, `${path}/values/${index}`, 'A value'),
  );
}

function requireArity(
  operator: ScopingOperator,
  attribute: string,
  values: readonly string[],
  path: string,
): void {
  if (scopingOperatorTable[operator].arity === 'unary') {
    if (values.length === 0) return;
    throw new MistakenJson(
      `${operator} takes no value, but the clause on "${excerpt(attribute)}" has one: leave "targetOperand" null.`,
      path,
    );
  }
  if (values.length === 0) {
    throw new MistakenJson(
      `${operator} needs a value, but the clause on "${excerpt(attribute)}" has none: write it in the "values" of "targetOperand".`,
      path,
    );
  }
  const empty = values.indexOf('');
  if (empty < 0) return;
  throw new MistakenJson(
    `The clause on "${excerpt(attribute)}" has an empty value: to test whether there is a value, use IS NULL or IS NOT NULL.`,
    `${path}/values/${empty}`,
  );
}

function readComparison(json: unknown, path: string): MultivaluedComparison | undefined {
  if (json === undefined || json === null) return undefined;
  const name = readText(json, path, '"multivaluedComparisonType"').toLowerCase();
  if (name === 'all') return 'All';
  if (name === 'any') return 'Any';
  throw new MistakenJson(`"multivaluedComparisonType" is "${excerpt(name)}": write All or Any.`, path);
}

function readObject(
  json: unknown,
  path: string,
  what: string,
  keys: readonly string[],
): Readonly<Record<string, unknown>> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new MistakenJson(`${what} has to be a JSON object with ${listWords(keys)}.`, path);
  }
  const strange = Object.keys(json).find((key) => !keys.includes(key) && !key.startsWith('@'));
  if (strange === undefined) return json as Readonly<Record<string, unknown>>;
  throw new MistakenJson(`${what} has no part "${excerpt(strange)}": it has ${listWords(keys)}.`, path);
}

function listWords(words: readonly string[]): string {
  const quoted = words.map((word) => `"${word}"`);
  return quoted.length === 1 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} and ${quoted.at(-1)}`;
}

function readList(json: unknown, path: string, what: string, most: number): readonly unknown[] {
  if (!Array.isArray(json)) throw new MistakenJson(`${what} has to be a list.`, path);
  if (json.length <= most) return json;
  throw new MistakenJson(`${what} has ${json.length} entries, and the most are ${most}: remove some.`, path);
}

function readText(json: unknown, path: string, what: string): string {
  if (typeof json !== 'string') throw new MistakenJson(`${what} has to be a text.`, path);
  if (json.length <= limits.characters) return json;
  throw new MistakenJson(
    `${what} has ${json.length} characters, and the most are ${limits.characters}: shorten it.`,
    path,
  );
}

function excerpt(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
