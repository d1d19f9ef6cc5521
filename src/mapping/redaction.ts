/** Values that Redact hides: what entries, their messages and their names show in place of them. Acting works with the values themselves. */
import type { Attributes } from '../model/entity-type.ts';
import type { MappingDefinition } from '../model/mapping.ts';
import type { EntryChanges } from '../model/reconciliation.ts';
import { isNamingAttribute } from '../model/search-words.ts';
import { type CompiledMapping, compileMapping } from './compile-mapping.ts';
import { readTargetPointer } from './target-pointer.ts';

/** What stands in place of a value that must not be shown. */
export const redactedText = '[Redact]';

/** Attributes whose values must not be shown: those that redacting rows of a mapping write, and those that they read. */
export type Redaction = Readonly<{ targets: readonly string[]; sources: readonly string[] }>;

/** The redaction of a compiled mapping. */
export function redactionIn({
  rows,
  redactedAttributes,
}: Pick<CompiledMapping, 'rows' | 'redactedAttributes'>): Redaction {
  const sources = rows.flatMap(({ isRedacted, sourceReads }) => (isRedacted ? sourceReads : []));
  return { targets: redactedAttributes, sources: [...new Set(sources)] };
}

/** The redaction of a mapping; where this version cannot compile it, every expression counts as redacting. */
export function redactionOf(definition: MappingDefinition): Redaction {
  const compiled = compileMapping(definition);
  if (compiled.kind === 'compiled') return redactionIn(compiled.mapping);
  const expressions = definition.attributes.flatMap(({ target, source }) =>
    source.kind === 'expression' ? [{ target, text: source.text }] : [],
  );
  return {
    targets: expressions.map(({ target }) => readTargetPointer(target)?.attribute ?? target),
    sources: expressions.flatMap(({ text }) =>
      [...text.matchAll(/\[([^[\]]+)\]/g)].map(([, name = '']) => name),
    ),
  };
}

/** Attributes as they may be shown. */
export function hideValues<Value>(
  attributes: Readonly<Record<string, Value>>,
  redacted: readonly string[],
): Record<string, Value | typeof redactedText> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      redacted.includes(name) && value !== null ? redactedText : value,
    ]),
  );
}

/** A sentence about an entry, without the values that a target names in it. */
export function hideInSentence(
  sentence: string,
  changes: EntryChanges | null,
  redacted: readonly string[],
): string {
  if (changes === null || redacted.length === 0) return sentence;
  const values = redacted
    .flatMap((name) => [changes.before[name], changes.after[name]])
    .flatMap((value) => (Array.isArray(value) ? value : [value]))
    .filter((value) => value !== null && value !== undefined && value !== '');
  // Sentences quote texts as JSON does. Bare, a short one would be found within other words.
  const bare = values.filter((value): value is string => typeof value === 'string' && value.length > 3);
  // The longest first, lest a part of one stays.
  return [...values.map((value) => JSON.stringify(value)), ...bare]
    .sort((one, other) => other.length - one.length)
    .reduce((hidden, value) => hidden.replaceAll(value, redactedText), sentence);
}

/** The attributes by which an object may be called. */
export function withoutRedacted(attributes: Attributes, redacted: readonly string[]): Attributes {
  if (redacted.length === 0) return attributes;
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !redacted.includes(name)));
}

/** Whether what an object is called may be a value that must not be shown. */
export function hidesNames(redacted: readonly string[]): boolean {
  return redacted.some(isNamingAttribute);
}
