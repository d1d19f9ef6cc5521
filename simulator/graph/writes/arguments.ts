// Arguments of actions: members of a body that are no properties of a stored object.
import { invalidValue, valueRequired } from './write-errors.ts';

/** The argument by its name in any case; undefined when it is absent. */
export function argumentOf(body: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.entries(body).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}

/** The text of an optional argument; null counts as absent. */
export function textArgument(body: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = argumentOf(body, name);
  return typeof value === 'string' ? value : undefined;
}

/** The text of an argument that must be there. `type` names the resource in the refusal. */
export function requiredText(body: Readonly<Record<string, unknown>>, type: string, name: string): string {
  const value = argumentOf(body, name) ?? null;
  if (value === null) throw valueRequired(type, name);
  if (typeof value !== 'string' || value === '') throw invalidValue(type, name);
  return value;
}
