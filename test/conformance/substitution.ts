// What stands for something else in a conformance case: `{name}` for a captured value, dotted paths into an answer.

import type { Pattern } from './case.ts';

export type Values = Map<string, string>;

/** The value at a dotted path; a key may hold dots itself (`@odata.nextLink`), the longest key that exists is taken. */
export function at(value: unknown, path: string): unknown {
  if (path === '') return value;
  if (typeof value !== 'object' || value === null) return undefined;
  const parts = path.split('.');
  for (let length = parts.length; length > 0; length -= 1) {
    const key = parts.slice(0, length).join('.');
    if (Object.hasOwn(value, key))
      return at((value as Record<string, unknown>)[key], parts.slice(length).join('.'));
  }
  return undefined;
}

/** The text at a path, numbers and booleans as they are written. @throws {Error} when nothing is there. */
export function textAt(value: unknown, path: string): string {
  const found = at(value, path);
  if (typeof found === 'string') return found;
  if (typeof found === 'number' || typeof found === 'boolean') return String(found);
  throw new Error(`nothing to capture at ${path} of ${show(value)}`);
}

const placeholder = /\{([A-Za-z][\w-]*)\}/g;

/** Puts captured values in the place of `{name}`; a name that nothing was captured under is a mistake of the case. */
export function fill(text: string, values: Values): string {
  return text.replace(placeholder, (_whole, name: string) => {
    const value = values.get(name);
    if (value === undefined) throw new Error(`nothing was captured as {${name}}`);
    return value;
  });
}

/** As `fill`, but braces around unknown names stay: bodies and expressions have braces of their own. */
export function fillKnown(text: string, values: Values): string {
  return text.replace(placeholder, (whole, name: string) => values.get(name) ?? whole);
}

/** As `fillKnown`, in every text and key of a JSON value. */
export function fillDeep(value: unknown, values: Values): unknown {
  if (typeof value === 'string') return fillKnown(value, values);
  if (Array.isArray(value)) return value.map((item) => fillDeep(item, values));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [fillKnown(key, values), fillDeep(item, values)]),
  );
}

/** A pattern with captured values in its texts, keys and regular expressions (there taken literally). */
export function fillPattern(pattern: Pattern, values: Values): Pattern {
  if (pattern instanceof RegExp) {
    const source = pattern.source.replace(placeholder, (whole, name: string) => {
      const value = values.get(name);
      return value === undefined ? whole : value.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
    });
    return new RegExp(source, pattern.flags);
  }
  if (typeof pattern === 'string') return fillKnown(pattern, values);
  if (typeof pattern !== 'object' || pattern === null) return pattern;
  if (Array.isArray(pattern)) return pattern.map((item: Pattern) => fillPattern(item, values));
  return Object.fromEntries(
    Object.entries(pattern).map(([key, item]) => [
      fillKnown(key, values),
      fillPattern(item as Pattern, values),
    ]),
  ) as Pattern;
}

/** A value as it is told in a message: JSON, cut where it gets long. */
export function show(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  return text.length > 1_500 ? `${text.slice(0, 1_500)}…` : text;
}
