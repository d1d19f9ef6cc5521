// SQL with its parameters before any database is there: built purely, joined freely, and handed to the client at the end.
import type { ISql, PendingQuery, Row } from 'postgres';

/** A piece of a statement as the client library takes it: a condition, an expression. */
export type Fragment = PendingQuery<Row[]>;

/** What is sent beside the statement and never becomes part of its text. */
export type SqlParameter = string | readonly string[];

/** One more string than values, as in a template. */
export type SqlText = Readonly<{
  strings: readonly string[];
  values: readonly (SqlParameter | typeof subject)[];
}>;

/** Stands for a fragment that is only known when the text is handed over, such as the column it is about. */
export const subject: unique symbol = Symbol('subject');

/** A template of SQL: other such texts become part of it, everything else becomes a parameter. */
export function sqlText(
  template: TemplateStringsArray,
  ...parts: readonly (SqlText | SqlParameter | typeof subject)[]
): SqlText {
  const strings = [template[0] ?? ''];
  const values: (SqlParameter | typeof subject)[] = [];
  const append = (text: string) => strings.push((strings.pop() ?? '') + text);
  for (const [index, part] of parts.entries()) {
    if (typeof part === 'object' && 'strings' in part) {
      append(part.strings[0] ?? '');
      strings.push(...part.strings.slice(1));
      values.push(...part.values);
    } else {
      strings.push('');
      values.push(part);
    }
    append(template[index + 1] ?? '');
  }
  return { strings, values };
}

/** Puts `operator`, which is SQL and no parameter, between the texts, and parentheses around the whole. */
export function joinSql(texts: readonly SqlText[], operator: 'and' | 'or' | ','): SqlText {
  const strings = ['('];
  const values: (SqlParameter | typeof subject)[] = [];
  const append = (text: string) => strings.push((strings.pop() ?? '') + text);
  for (const [index, text] of texts.entries()) {
    append((index === 0 ? '' : ` ${operator} `) + (text.strings[0] ?? ''));
    strings.push(...text.strings.slice(1));
    values.push(...text.values);
  }
  append(')');
  return { strings, values };
}

/** A name or keyword of ours as SQL. Never for text that somebody else wrote. */
export function sqlWord(word: string): SqlText {
  return { strings: [word], values: [] };
}

/** The text as the client library sends it, with `fragment` in the places of `subject`. */
export function toFragment(sql: ISql, text: SqlText, fragment: Fragment): Fragment {
  const template: TemplateStringsArray = Object.assign([...text.strings], { raw: text.strings });
  const values = text.values.map((value) => {
    if (value === subject) return fragment;
    return typeof value === 'string' ? value : [...value];
  });
  return sql(template, ...values);
}
