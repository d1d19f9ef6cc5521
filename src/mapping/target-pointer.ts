/** Where in a target object an attribute mapping writes: the name of an attribute, or a path into one, such as `address/city`. */
import { ownValue, settleValue } from './attribute-values.ts';

export type TargetPointer = Readonly<{
  /** The attribute. */
  attribute: string;
  /** The way into its value; empty: the attribute itself. */
  path: readonly string[];
}>;

const deepestPath = 16;

/** Reads a JSON pointer whose first slash may be left out (`~0` and `~1` stand for ~ and /); undefined where it names nothing. */
export function readTargetPointer(text: string): TargetPointer | undefined {
  const segments = text
    .replace(/^\//, '')
    .split('/')
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
  const [attribute = '', ...path] = segments;
  if (segments.some((segment) => segment === '' || segment === '__proto__')) return undefined;
  return path.length > deepestPath ? undefined : { attribute, path };
}

/** The value at the pointer; undefined where there is none. */
export function readAt(
  object: Readonly<Record<string, unknown>>,
  { attribute, path }: TargetPointer,
): unknown {
  let value: unknown = ownValue(object, attribute);
  for (const segment of path) {
    if (!isPlainObject(value)) return undefined;
    value = ownValue(value, segment);
  }
  return value;
}

/**
 * The value of the attribute once `value` stands at the end of the path: what lies beside it is kept, and objects that are missing on
 * the way are made. Null takes the value away, and with it the objects that have nothing left.
 */
export function writeInto(current: unknown, path: readonly string[], value: unknown): unknown {
  const [segment, ...rest] = path;
  if (segment === undefined) return value;
  const before = isPlainObject(current) ? current : {};
  const inner = settleValue(writeInto(ownValue(before, segment), rest, value));
  if (inner !== null) return { ...before, [segment]: inner };
  if (!isPlainObject(current)) return current ?? null;
  const { [segment]: _old, ...others } = before;
  return Object.keys(others).length === 0 ? null : others;
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
