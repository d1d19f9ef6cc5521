/** Whether an object is as its schema demands: what is wrong is said in sentences that name the attribute. Pure. */
import type { Attributes } from './entity-type.ts';
import { hint } from './nearest-name.ts';
import type { ObjectAttribute, ObjectSchema, ValueType } from './object-schema.ts';

/**
 * What is wrong with an object as it would be stored, one sentence each: of a new one in all respects; else only with what changes,
 * so that an object which does not meet a newer rule can still be changed elsewhere.
 */
export function checkObject(
  schema: ObjectSchema,
  attributes: Attributes,
  changed: readonly string[] | 'new',
): readonly string[] {
  const known = attributesOf(schema);
  const names = changed === 'new' ? Object.keys(attributes) : changed;
  const values = names.flatMap((name) => {
    const attribute = known.get(name);
    const value = attributes[name];
    if (isNothing(value)) return [];
    return attribute === undefined ? [unknownAttribute(schema, name)] : checkValue(attribute, value);
  });
  const missing = schema.attributes
    .filter(({ name, isRequired }) => isRequired && (changed === 'new' || changed.includes(name)))
    .filter(({ name }) => isNothing(attributes[name]) || attributes[name] === '')
    .map(({ name, label }) => `${name} (${label}) is required and has no value.`);
  return [...missing, ...values];
}

/** The same without what is no value: nulls and empty lists. */
export function withoutNothing(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => !isNothing(value)));
}

/** Whether a value says that there is none. */
export function isNothing(value: unknown): boolean {
  return value === null || value === undefined || (Array.isArray(value) && value.length === 0);
}

const cache = new WeakMap<ObjectSchema, ReadonlyMap<string, ObjectAttribute>>();

function attributesOf(schema: ObjectSchema): ReadonlyMap<string, ObjectAttribute> {
  const known = cache.get(schema) ?? new Map(schema.attributes.map((one) => [one.name, one]));
  cache.set(schema, known);
  return known;
}

function unknownAttribute({ name: type, attributes }: ObjectSchema, name: string): string {
  const names = attributes.map((attribute) => attribute.name);
  return `${excerpt(name)} is no attribute of ${type}${hint(name, names)}: choose one that is, or add it to the type first.`;
}

/** Whether PostgreSQL can store a text as part of JSON. */
export function isStorable(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed();
}

const mostValues = 1000;

function checkValue(attribute: ObjectAttribute, value: unknown): readonly string[] {
  const { name, isMultiValued } = attribute;
  if (!isMultiValued) {
    const problem = problemOf(attribute, value);
    return problem === undefined ? [] : [`${name} ${problem}.`];
  }
  if (!Array.isArray(value)) return [`${name} has several values: give a list.`];
  if (value.length > mostValues) return [`${name} has ${value.length} values, and may have ${mostValues}.`];
  const problem = value.map((one) => problemOf(attribute, one)).find((one) => one !== undefined);
  return problem === undefined ? [] : [`A value of ${name} ${problem}.`];
}

/** What is wrong with one value, as the end of a sentence that begins with the attribute. */
function problemOf({ type, choices, maximumLength }: ObjectAttribute, value: unknown): string | undefined {
  if (!meetsType[type](value)) return `is ${excerpt(value)}, which is no ${typeWords[type]}`;
  if (typeof value !== 'string') return undefined;
  if (value.length > maximumLength) return `has ${value.length} characters, and may have ${maximumLength}`;
  if (!isStorable(value)) return 'has a character that cannot be stored (U+0000, or half of a pair)';
  if (choices !== undefined && !choices.includes(value)) {
    return `is ${excerpt(value)}, and can be ${choices.join(' or ')}${hint(value, choices)}`;
  }
  return undefined;
}

const instantPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/;
const datePattern = /^\d{4}-\d\d-\d\d$/;

function isInstant(value: unknown, pattern: RegExp): boolean {
  if (typeof value !== 'string' || !pattern.test(value) || Number.isNaN(Date.parse(value))) return false;
  // JavaScript takes the 30th of February for the 1st of March.
  const date = value.slice(0, 10);
  return new Date(`${date}T00:00:00Z`).toISOString().startsWith(date);
}

const meetsType: Readonly<Record<ValueType, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  integer: (value) => Number.isSafeInteger(value),
  number: (value) => typeof value === 'number' && Number.isFinite(value),
  instant: (value) => isInstant(value, instantPattern),
  date: (value) => isInstant(value, datePattern),
};

const typeWords: Readonly<Record<ValueType, string>> = {
  string: 'text',
  boolean: 'truth value: give true or false',
  integer: 'whole number',
  number: 'number',
  instant: 'time such as 2026-11-29T06:30:00Z',
  date: 'date such as 2026-11-29',
};

const longestExcerpt = 60;

function excerpt(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= longestExcerpt ? text : `${text.slice(0, longestExcerpt)}…`;
}
