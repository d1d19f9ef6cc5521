// How the values of a filter compare in SQL: kinds are told apart, and only values of one kind are equal or in an order.
import { Fault } from '../errors.ts';
import { foldCase } from '../odata/evaluate.ts';
import { type ComparisonOperator, type Expression, type Literal, printFilter } from '../odata/filter.ts';
import {
  anyCharacter,
  charactersAround,
  charactersIn,
  compareInOrder,
  instantOf,
  isOrderedByBytes,
  type TextSource,
  ticksOf,
} from './filter-text.ts';
import { joinSql, type SqlText, sqlText, sqlWord } from './sql-text.ts';

/** A value under its possible kinds, each null when it is of another kind. Kinds that it never has are left out. */
export type Value = Readonly<{
  isMissing: SqlText;
  text?: TextSource;
  number?: SqlText;
  boolean?: SqlText;
}>;

export const always = sqlWord('true');
export const never = sqlWord('false');

/** What is left without `ne`, the contrary of `eq` also for what cannot be compared. */
export type Operator = Exclude<ComparisonOperator, 'ne'>;
const signs: Readonly<Record<Operator, SqlText>> = {
  eq: sqlWord('='),
  gt: sqlWord('>'),
  ge: sqlWord('>='),
  lt: sqlWord('<'),
  le: sqlWord('<='),
};

function compare(left: SqlText, operator: Operator, right: SqlText): SqlText {
  return sqlText`((${left} ${signs[operator]} ${right}) is true)`;
}

/** How `value` stands to a constant; true or false. */
export function compareTo(literal: Literal, operator: Operator, value: Value): SqlText {
  switch (literal.type) {
    case 'null':
      return operator === 'gt' || operator === 'lt' ? never : value.isMissing;
    case 'boolean':
      return value.boolean
        ? compare(value.boolean, operator, literal.value === true ? always : never)
        : never;
    case 'number': {
      if (!Number.isFinite(literal.value))
        throw refuse(literal, 'no number is that large', 'write a smaller one');
      return value.number
        ? compare(value.number, operator, sqlText`${String(literal.value)}::numeric`)
        : never;
    }
    case 'date': {
      const instant = instantIn(value);
      return instant ? compare(instant, operator, sqlText`${ticksOf(literal.value)}::numeric`) : never;
    }
    case 'string':
    case 'guid': {
      const constant = foldedConstant(literal);
      if (!value.text || constant === undefined) return never;
      if (operator === 'eq') return isOneOf(value.text, [constant]);
      const parameter = sqlText`${constant}::text`;
      if (isOrderedByBytes(constant)) {
        return compare(value.text.fold(foldCase, charactersAround(constant)), operator, parameter);
      }
      return compareInOrder(value.text.fold(foldCase, anyCharacter), signs[operator], parameter);
    }
  }
}

/** The instant that a text tells, or a number as milliseconds since 1970. */
function instantIn({ text, number }: Value): SqlText | undefined {
  const [told, counted] = [text && instantOf(text.raw()), number && sqlText`floor(${number}) * 10000`];
  return told && counted ? sqlText`coalesce(${counted}, ${told})` : (told ?? counted);
}

/** Whether the text is one of the constants, which are folded. */
export function isOneOf(text: TextSource, constants: readonly string[]): SqlText {
  const folded = text.fold(foldCase, charactersIn(constants.join('')));
  const [only] = constants;
  if (constants.length === 1 && only !== undefined) return compare(folded, 'eq', sqlText`${only}::text`);
  return sqlText`((${folded} = any(${constants}::text[])) is true)`;
}

/** How two values stand to each other of which none is known; true or false. */
export function compareValues(left: Value, operator: Operator, right: Value): SqlText {
  const tests: SqlText[] = [];
  if (operator !== 'gt' && operator !== 'lt') tests.push(joinSql([left.isMissing, right.isMissing], 'and'));
  if (left.text && right.text) tests.push(compareTexts(left.text, operator, right.text));
  if (left.number && right.number) tests.push(compare(left.number, operator, right.number));
  if (left.boolean && right.boolean) tests.push(compare(left.boolean, operator, right.boolean));
  return tests.length === 0 ? never : joinSql(tests, 'or');
}

function compareTexts(left: TextSource, operator: Operator, right: TextSource): SqlText {
  const [one, other] = [left.fold(foldCase, anyCharacter), right.fold(foldCase, anyCharacter)];
  return operator === 'eq' ? compare(one, operator, other) : compareInOrder(one, signs[operator], other);
}

/** The text of a constant, folded; undefined when it is none. */
export function foldedConstant(tree: Expression): string | undefined {
  const text = textConstant(tree);
  return text === undefined ? undefined : foldCase(text);
}

/** The text of a constant; undefined when it is none. Throws a `Fault` for what the database cannot take as text. */
export function textConstant(tree: Expression): string | undefined {
  if (tree.kind !== 'literal' || typeof tree.value !== 'string') return undefined;
  if (!tree.value.includes('\0') && tree.value.isWellFormed()) return tree.value;
  throw refuse(tree, 'no stored text has such a character', 'remove it');
}

/** The fault that a filter cannot be used because of one expression in it. */
export function refuse(tree: Expression, reason: string, remedy: string): Fault {
  return new Fault(
    'invalid-setting',
    `The filter expression "${excerpt(tree)}" cannot be used, because ${reason}: ${remedy}.`,
  );
}

/** An expression as it was written, so far as a sentence has room for it. */
export function excerpt(tree: Expression): string {
  const text = printFilter(tree);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
