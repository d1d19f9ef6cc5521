// A query filter as a PostgreSQL condition over a jsonb column of attributes, equal in meaning to `meetsQueryFilter`.
import type { ISql } from 'postgres';
import type { ComparisonOperator, FilterComparison, QueryFilter } from '../mapping/query-filter.ts';
import { placeInList } from '../mapping/query-filter-meaning.ts';
import { foldLetters } from '../mapping/text-folding.ts';
import { anyCharacter, charactersAround, charactersIn, textSource } from './filter-text.ts';
import { type Fragment, joinSql, type SqlText, sqlText, sqlWord, subject, toFragment } from './sql-text.ts';

/**
 * The filter as a condition that is true or false, never null, over `attributes`: an expression of type jsonb, such as
 * sql`entry.attributes`, in a database whose encoding is UTF8. Names and values of the filter are parameters. Where
 * `mail eq "…"` stands alone or beside others with `and`, an index on `foldedAttribute(sql, attributes, 'mail')` is used.
 */
export function queryFilterCondition(sql: ISql, filter: QueryFilter, attributes: Fragment): Fragment {
  return toFragment(sql, compile(filter), attributes);
}

/** What `foldedAttribute` gives for a list: folded text never has capital letters. */
export const foldedList = 'LIST';

/**
 * The text of one attribute without regard to case, as `foldLetters` has it; null where the attribute is no text, and
 * `foldedList` where it is a list. An immutable expression without parameters: create an index on it and compare it
 * with `=`, and PostgreSQL uses the index. Its collation is "C".
 */
export function foldedAttribute(sql: ISql, attributes: Fragment, name: string): Fragment {
  return toFragment(sql, foldedKey(name), attributes);
}

function foldedKey(name: string): SqlText {
  const json = sqlText`(${subject} -> ${name}::text)`;
  const folded = textSource(sqlText`(${subject} ->> ${name}::text)`).fold(foldLetters, anyCharacter);
  return withLiterals(
    sqlText`(case jsonb_typeof(${json}) when 'string' then ${folded} when 'array' then ${foldedList}::text end)`,
  );
}

/** The parameters as constants, which expressions of indexes need. The form with E has one meaning on every server. */
function withLiterals({ strings, values }: SqlText): SqlText {
  return values.reduce<SqlText>(
    (text, value, index) => {
      const part = typeof value === 'string' ? sqlWord(quote(value)) : sqlText`${value}`;
      return sqlText`${text}${part}${sqlWord(strings[index + 1] ?? '')}`;
    },
    sqlWord(strings[0] ?? ''),
  );
}

function quote(text: string): string {
  return `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

const always = sqlWord('true');
const never = sqlWord('false');

function compile(filter: QueryFilter): SqlText {
  switch (filter.kind) {
    case 'and':
      return joinSql(filter.operands.map(compile), 'and');
    case 'or':
      return joinSql(compileAlternatives(filter.operands), 'or');
    case 'not':
      return sqlText`(not ${compile(filter.operand)})`;
    case 'comparison':
      return compileComparison(filter);
    case 'presence':
      return sqlText`(coalesce(jsonb_typeof(${locate(filter.pointer)}), 'null') <> 'null')`;
    case 'constant':
      return filter.value ? always : never;
  }
}

/** The value that a pointer leads to, as jsonb; null when it leads nowhere. Only a plain number is a place in a list. */
function locate(pointer: readonly string[]): SqlText {
  return pointer.reduce<SqlText>(
    (json, segment) =>
      placeInList.test(segment)
        ? sqlText`(${json} #> ${[segment]}::text[])`
        : sqlText`(${json} -> ${segment}::text)`,
    sqlText`(${subject})`,
  );
}

/** Texts that one attribute may be are looked for together. */
function compileAlternatives(operands: readonly QueryFilter[]): readonly SqlText[] {
  const others: QueryFilter[] = [];
  const texts = new Map<string, string[]>();
  for (const operand of operands) {
    const equality = textEquality(operand);
    if (equality === undefined) {
      others.push(operand);
      continue;
    }
    const some = texts.get(equality.name) ?? [];
    some.push(equality.text);
    texts.set(equality.name, some);
  }
  return [...Array.from(texts, ([name, some]) => compileTextEquality(name, some)), ...others.map(compile)];
}

/** Of a comparison that an index can serve: the attribute, and the text that it has to be, folded. */
function textEquality(filter: QueryFilter): Readonly<{ name: string; text: string }> | undefined {
  if (filter.kind !== 'comparison' || filter.operator !== 'eq') return undefined;
  const { pointer, literal } = filter;
  const [name] = pointer;
  if (name === undefined || pointer.length > 1 || typeof literal !== 'string') return undefined;
  return { name, text: foldLetters(literal) };
}

function compileComparison(comparison: FilterComparison): SqlText {
  const { pointer, literal } = comparison;
  const equality = textEquality(comparison);
  if (equality !== undefined) return compileTextEquality(equality.name, [equality.text]);
  const json = locate(pointer);
  const kind = sqlWord(`'${typeof literal}'`);
  const test = (value: SqlText) => sqlText`when ${kind} then ${compileTest(comparison, value)}`;
  const testElement = sqlText`case jsonb_typeof(${elementName}) ${test(elementName)} else false end`;
  return sqlText`(case jsonb_typeof(${json}) ${test(json)}
    when 'array' then ${testElements(json, testElement)} else false end)`;
}

/** Whether an attribute is one of the texts, which are folded. The index finds them, and lists, which are looked into then. */
function compileTextEquality(name: string, texts: readonly string[]): SqlText {
  const key = foldedKey(name);
  const element = sqlText`${elementName} #>> '{}'`;
  const folded = textSource(element).fold(foldLetters, charactersIn(texts.join('')));
  const isOne = sqlText`jsonb_typeof(${elementName}) = 'string' and ${folded} = any(${texts}::text[])`;
  return sqlText`(${key} = any(${[...texts, foldedList]}::text[]) and ${key} is not null
    and (${key} <> ${foldedList}::text or ${testElements(locate([name]), isOne)}))`;
}

const elementName = sqlWord('filter_element');

/** Whether a list has an element that passes the test, which calls it `elementName`. */
function testElements(json: SqlText, test: SqlText): SqlText {
  return sqlText`exists (
    select from jsonb_array_elements(case jsonb_typeof(${json}) when 'array' then ${json} end)
      as filter_elements (${elementName}) where ${test})`;
}

/** `json` is of the literal's kind wherever this is asked. */
function compileTest({ operator, literal }: FilterComparison, json: SqlText): SqlText {
  switch (typeof literal) {
    case 'string':
      return textTests[operator](sqlText`(${json} #>> '{}')`, foldLetters(literal));
    case 'number':
      return sqlText`(${doubleOf(json)} ${orders[operator]} ${String(literal)}::float8)`;
    case 'boolean':
      return sqlText`((${json})::boolean ${orders[operator]} ${literal ? always : never})`;
  }
}

/** `constant` is folded. */
type TextTest = (text: SqlText, constant: string) => SqlText;

function searchFor(test: (folded: SqlText, constant: SqlText) => SqlText): TextTest {
  return (text, constant) => {
    const folded = textSource(text).fold(foldLetters, charactersIn(constant));
    return test(folded, sqlText`${constant}::text`);
  };
}

/** By code points, which is the order of bytes. */
function orderBy(operator: ComparisonOperator): TextTest {
  return (text, constant) => {
    const folded = textSource(text).fold(foldLetters, charactersAround(constant));
    return sqlText`(${folded} ${orders[operator]} ${constant}::text)`;
  };
}

/** How numbers and truth values compare: `co` and `sw` mean that they are equal. */
const orders: Readonly<Record<ComparisonOperator, SqlText>> = {
  eq: sqlWord('='),
  co: sqlWord('='),
  sw: sqlWord('='),
  lt: sqlWord('<'),
  le: sqlWord('<='),
  gt: sqlWord('>'),
  ge: sqlWord('>='),
};

const textTests: Readonly<Record<ComparisonOperator, TextTest>> = {
  eq: searchFor((text, constant) => sqlText`(${text} = ${constant})`),
  co: searchFor((text, constant) => sqlText`(strpos(${text}, ${constant}) > 0)`),
  sw: searchFor((text, constant) => sqlText`starts_with(${text}, ${constant})`),
  lt: orderBy('lt'),
  le: orderBy('le'),
  gt: orderBy('gt'),
  ge: orderBy('ge'),
};

/** A number as JavaScript reads it. PostgreSQL refuses what is too large or too small for a double. */
function doubleOf(json: SqlText): SqlText {
  const number = sqlText`(${json})::numeric`;
  return sqlText`case when abs(${number}) between 2.4703282292062328e-324 and 1.797693134862315807e308
      then (${json})::float8
      when abs(${number}) < 1 then 0::float8
      when ${number} > 0 then 'Infinity'::float8 else '-Infinity'::float8 end`;
}
