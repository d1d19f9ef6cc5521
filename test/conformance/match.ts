// Compares an answer with the pattern a conformance case expects of it, and says in words where they differ.

import type { Matcher, Pattern } from './case.ts';

const guidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const instantForm = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,7})?Z$/;

/**
 * The differences between a pattern and a value, each as `path: what was expected, what is there`; none when the value matches.
 * `path` names the place of the value within the whole answer and may be empty.
 */
export function differences(pattern: Pattern, actual: unknown, path = ''): readonly string[] {
  if (pattern instanceof RegExp) {
    return typeof actual === 'string' && pattern.test(actual)
      ? []
      : [unlike(path, `text like ${pattern}`, actual)];
  }
  if (isList(pattern)) return listDifferences(pattern, actual, path);
  if (pattern === null || typeof pattern !== 'object') {
    return Object.is(pattern, actual) ? [] : [unlike(path, show(pattern), actual)];
  }
  if (isMatcher(pattern)) return matcherDifferences(pattern, actual, path);
  if (!isRecord(actual)) return [unlike(path, 'an object', actual)];
  return Object.entries(pattern).flatMap(([key, expected]) =>
    differences(expected, own(actual, key), step(path, key)),
  );
}

function listDifferences(expected: readonly Pattern[], actual: unknown, path: string): readonly string[] {
  if (!Array.isArray(actual)) return [unlike(path, `${expected.length} items`, actual)];
  const items: readonly unknown[] = actual;
  if (items.length !== expected.length) return [unlike(path, `${expected.length} items`, actual)];
  return expected.flatMap((item, index) => differences(item, items[index], step(path, String(index))));
}

function matcherDifferences(matcher: Matcher, actual: unknown, path: string): readonly string[] {
  const holds = (condition: boolean, expected: string) => (condition ? [] : [unlike(path, expected, actual)]);
  switch (matcher.$match) {
    case 'absent':
      return holds(actual === undefined, 'nothing');
    case 'present':
      return holds(actual !== undefined, 'something');
    case 'guid':
      return holds(typeof actual === 'string' && guidForm.test(actual), 'a GUID');
    case 'instant':
      return holds(typeof actual === 'string' && instantForm.test(actual), 'an instant');
    case 'string':
      return holds(typeof actual === 'string' && actual !== '', 'a text');
    case 'number':
      return holds(typeof actual === 'number', 'a number');
    case 'containing': {
      if (!Array.isArray(actual)) return [unlike(path, 'a list', actual)];
      return unmatched(matcher.items, actual).map((item) =>
        unlike(path, `an item like ${show(item)}`, actual),
      );
    }
    case 'lacking': {
      if (!Array.isArray(actual)) return [unlike(path, 'a list', actual)];
      const found = actual.some((item: unknown) => differences(matcher.item, item).length === 0);
      return holds(!found, `no item like ${show(matcher.item)}`);
    }
    case 'count': {
      if (!Array.isArray(actual)) return [unlike(path, 'a list', actual)];
      const size = actual.length;
      const wanted = matcher.from === matcher.to ? `${matcher.from}` : `${matcher.from} to ${matcher.to}`;
      return size >= matcher.from && size <= matcher.to
        ? []
        : [`${path}: expected ${wanted} items, there are ${size}`];
    }
    case 'keys': {
      if (!isRecord(actual)) return [unlike(path, 'an object', actual)];
      const keys = Object.keys(actual);
      const same =
        keys.length === matcher.keys.length && keys.every((key, index) => key === matcher.keys[index]);
      return same
        ? []
        : [`${path}: expected the keys ${matcher.keys.join(', ')}, there are ${keys.join(', ')}`];
    }
  }
}

/** The patterns for which no item is left; one item answers for one pattern only, so that two equal patterns need two items. */
function unmatched(patterns: readonly Pattern[], items: readonly unknown[]): readonly Pattern[] {
  const free = new Set(items.keys());
  return patterns.filter((pattern) => {
    const index = [...free].find((candidate) => differences(pattern, items[candidate]).length === 0);
    if (index !== undefined) free.delete(index);
    return index === undefined;
  });
}

function own(record: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function step(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function unlike(path: string, expected: string, actual: unknown): string {
  return `${path === '' ? '(all)' : path}: expected ${expected}, there is ${show(actual)}`;
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value, (_key, inner: unknown) =>
    inner instanceof RegExp ? String(inner) : inner,
  );
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}

function isMatcher(pattern: object): pattern is Matcher {
  return Object.hasOwn(pattern, '$match');
}

function isList(value: unknown): value is readonly Pattern[] {
  return Array.isArray(value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
