/** Values of attributes: what counts as none, when two are the same, and how a value becomes one of another type. */
import type { MappedAttribute } from './mapping-side.ts';

/** A value without what says nothing: null for an absent one and for an empty list; lists without nulls. */
export function settleValue(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (!Array.isArray(value)) return value;
  const present = value.some(isNothing) ? value.filter((element) => !isNothing(element)) : value;
  return present.length === 0 ? null : present;
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null;
}

/**
 * Whether two values mean the same. Lists of scalars are compared without their order; members of objects that are null are as
 * good as absent.
 */
export function isSameValue(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  const [one, other] = [settleValue(left), settleValue(right)];
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) {
    return one === other;
  }
  if (Array.isArray(one) || Array.isArray(other)) {
    return Array.isArray(one) && Array.isArray(other) && isSameList(one, other);
  }
  return isSameObject(one as Readonly<Record<string, unknown>>, other as Readonly<Record<string, unknown>>);
}

function isSameList(left: readonly unknown[], right: readonly unknown[]): boolean {
  if (left.length !== right.length) return false;
  if (left.every((value, index) => isSameValue(value, right[index]))) return true;
  if (!left.every(isScalar) || !right.every(isScalar)) return false;
  const [one, other] = [left.map(scalarText).sort(), right.map(scalarText).sort()];
  return one.every((text, index) => text === other[index]);
}

function isSameObject(
  left: Readonly<Record<string, unknown>>,
  right: Readonly<Record<string, unknown>>,
): boolean {
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  for (const name of names) {
    if (!isSameValue(ownValue(left, name), ownValue(right, name))) return false;
  }
  return true;
}

/** What an object has under a name itself; undefined where it has nothing. */
export function ownValue(object: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function isScalar(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}

/** Different for different scalars: the text "1" is not the number 1. */
function scalarText(value: unknown): string {
  return `${typeof value} ${String(value)}`;
}

/**
 * The texts that correlation looks for: each element of a list, scalars as PostgreSQL writes them out of JSON. Nothing that is empty,
 * and nothing that is an object.
 */
export function soughtTexts(value: unknown): readonly string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  const texts = values.flatMap((element) => {
    if (typeof element === 'string') return element === '' ? [] : [element];
    return typeof element === 'number' || typeof element === 'boolean' ? [String(element)] : [];
  });
  return [...new Set(texts)];
}

/**
 * The value in the type of the attribute that it is meant for, as far as that loses nothing: `True` and `False` for a boolean, digits
 * for a number, scalars for text, one value for a list and the other way round. What cannot be such a value stays as it is, for the
 * target to refuse.
 */
export function fitValue(value: unknown, { type, isMultiValued }: MappedAttribute): unknown {
  if (value === null || value === undefined) return value;
  if (isMultiValued) {
    const elements: readonly unknown[] = Array.isArray(value) ? value : [value];
    return elements.map((element) => fitScalar(element, type));
  }
  const single: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value;
  return Array.isArray(single) ? single : fitScalar(single, type);
}

function fitScalar(value: unknown, type: string | null): unknown {
  switch (type) {
    case 'boolean':
      return typeof value === 'string' ? (booleans.get(value.toLowerCase()) ?? value) : value;
    case 'integer':
    case 'number':
      return typeof value === 'string' && decimal.test(value) ? fitNumber(value) : value;
    case 'string':
      return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
    default:
      return value;
  }
}

const booleans: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
]);
const decimal = /^-?\d{1,15}(?:\.\d{1,10})?$/;

/** Only where the number says the same: `007` is a text. */
function fitNumber(text: string): unknown {
  const number = Number(text);
  return String(number) === text ? number : text;
}
