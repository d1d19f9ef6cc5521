// What one clause of a scoping filter means for the value of its attribute.
import { isWholeMatch } from './pattern-anchors.ts';
import { compileRegularExpression } from './regular-expression.ts';
import type { ScopingClause } from './scoping-filter.ts';
import type { BinaryScopingOperator, UnaryScopingOperator } from './scoping-operators.ts';

/** Whether an attribute's value, a list as a whole, meets a clause. */
export type ValueTest = (value: unknown) => boolean;

/** For a single value that is not empty. */
type Test = (value: unknown) => boolean;

type CompiledTest = Readonly<{ kind: 'compiled'; test: Test; warnings: readonly string[] }>;
type Mistake = Readonly<{ kind: 'mistake'; message: string }>;

/** Makes a function of a clause. Empty values meet nothing but `IS NULL`. */
export function compileScopingClause(
  clause: ScopingClause,
): Readonly<{ kind: 'compiled'; test: ValueTest; warnings: readonly string[] }> | Mistake {
  const { operatorName } = clause;
  if (operatorName === 'IS NULL') return compiled(isEmpty);
  if (operatorName === 'IS NOT NULL') return compiled((value) => !isEmpty(value));
  const outcome = compileTest({ ...clause, operatorName });
  if (outcome.kind === 'mistake') return outcome;
  const single: Test = (value) => !isEmpty(value) && outcome.test(value);
  const isEnough = clause.multivaluedComparisonType === 'Any';
  const test: ValueTest = (value) => {
    if (!Array.isArray(value)) return single(value);
    return value.length > 0 && (isEnough ? value.some(single) : value.every(single));
  };
  return { kind: 'compiled', test, warnings: outcome.warnings };
}

/** No value, an empty text, or a list without anything else in it. */
function isEmpty(value: unknown): boolean {
  return Array.isArray(value) ? value.every(isNothing) : isNothing(value);
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function compiled(test: Test, warnings: readonly string[] = []): CompiledTest {
  return { kind: 'compiled', test, warnings };
}

type ValuedClause = ScopingClause &
  Readonly<{
    operatorName: BinaryScopingOperator | Exclude<UnaryScopingOperator, 'IS NULL' | 'IS NOT NULL'>;
  }>;

function compileTest(clause: ValuedClause): CompiledTest | Mistake {
  const values = clause.targetOperand?.values ?? [];
  const several = values.length > 1 ? [severalValues(clause)] : [];
  switch (clause.operatorName) {
    case 'IS TRUE':
      return compiled((value) => value === true);
    case 'IS FALSE':
      return compiled((value) => value === false);
    case 'EQUALS':
      return compiled((value) => values.some((wanted) => isSame(value, wanted)), several);
    case 'NOT EQUALS':
      return compiled((value) => isPlain(value) && !values.some((wanted) => isSame(value, wanted)), several);
    case 'Includes':
      return compiled(
        testTexts((text) => values.some((part) => text.includes(part))),
        several,
      );
    case 'ENDS_WITH':
      return compiled(
        testTexts((text) => values.some((end) => text.endsWith(end))),
        several,
      );
    case '&':
      return compiled(
        testTexts((text) => values.some((whole) => whole.includes(text))),
        several,
      );
    case '!&':
      return compiled(
        testTexts((text) => !values.some((whole) => whole.includes(text))),
        several,
      );
    case 'REGEX MATCH':
    case 'NOT REGEX MATCH':
      return compilePatterns(clause, values, several);
    case 'Greater_Than':
      return compileNumbers(clause, values, several, (number, limit) => number > limit);
    case 'Greater_Than_OR_EQUALS':
      return compileNumbers(clause, values, several, (number, limit) => number >= limit);
  }
}

function severalValues({ sourceOperandName, operatorName }: ScopingClause): string {
  const meaning =
    operatorName === 'NOT EQUALS' || operatorName === 'NOT REGEX MATCH' || operatorName === '!&'
      ? 'met when none of them applies'
      : 'met when one of them applies';
  return `The clause on "${sourceOperandName}" has several values: it is ${meaning}, which Microsoft does not promise.`;
}

/** The text of a value, as expressions give it; undefined for what has none, such as an object. */
function textOf(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
      return String(value);
    case 'boolean':
      return value ? 'True' : 'False';
    default:
      return undefined;
  }
}

function isPlain(value: unknown): boolean {
  return textOf(value) !== undefined;
}

/** Truth values have one spelling for each person. */
function isSame(value: unknown, wanted: string): boolean {
  return typeof value === 'boolean' ? wanted.toLowerCase() === String(value) : textOf(value) === wanted;
}

function testTexts(test: (text: string) => boolean): Test {
  return (value) => {
    const text = textOf(value);
    return text !== undefined && test(text);
  };
}

function compilePatterns(
  { sourceOperandName, operatorName }: ScopingClause,
  patterns: readonly string[],
  several: readonly string[],
): CompiledTest | Mistake {
  const warnings = [...several];
  const tests: ((text: string) => boolean)[] = [];
  for (const pattern of patterns) {
    const outcome = compileRegularExpression(pattern);
    if (outcome.kind === 'mistake') {
      return {
        kind: 'mistake',
        message: `In the clause on "${sourceOperandName}": ${outcome.message}`,
      };
    }
    tests.push(outcome.expression.test);
    if (!isWholeMatch(pattern)) {
      warnings.push(
        `The regular expression "${pattern}" of the clause on "${sourceOperandName}" may match a part of the value: write ^(${pattern})$ if it is to match the whole.`,
      );
    }
  }
  const isWanted = operatorName === 'REGEX MATCH';
  return compiled(
    testTexts((text) => tests.some((test) => test(text)) === isWanted),
    warnings,
  );
}

/** More digits than any system's numbers have are no number here. */
const wholeNumber = /^[+-]?\d{1,30}$/;

function integerOf(value: unknown): bigint | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : undefined;
  if (typeof value !== 'string' || !wholeNumber.test(value)) return undefined;
  return BigInt(value.startsWith('+') ? value.slice(1) : value);
}

function compileNumbers(
  { sourceOperandName, operatorName }: ScopingClause,
  values: readonly string[],
  several: readonly string[],
  isMet: (number: bigint, limit: bigint) => boolean,
): CompiledTest | Mistake {
  const limits: bigint[] = [];
  for (const value of values) {
    const limit = integerOf(value);
    if (limit === undefined) {
      return {
        kind: 'mistake',
        message: `The value "${value}" of the clause on "${sourceOperandName}" is no whole number: ${operatorName} compares whole numbers, such as 12.`,
      };
    }
    limits.push(limit);
  }
  return compiled((value) => {
    const number = integerOf(value);
    return number !== undefined && limits.some((limit) => isMet(number, limit));
  }, several);
}
