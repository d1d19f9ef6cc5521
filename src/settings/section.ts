/**
 * Sections of the settings: their names in any case, values out of environment variables, and one sentence for what
 * is wrong, which names the file or variable and the place.
 */
import { z } from 'zod';
import type { Environment } from '../config.ts';
import { Fault } from '../errors.ts';
import { editDistance } from '../model/edit-distance.ts';
import { isJsonObject, isSameName, type Json } from './commented-json.ts';

/** The file or environment variable that a place came from, or that the nearest section around it did, as a sentence begins with it. */
export type SourceOf = (path: readonly string[]) => string;

/** Where a section stands: the names that lead to it, and what they came from. */
export type Place = Readonly<{ sourceOf: SourceOf; path: readonly string[] }>;

/** A fault of one place, such as `appsettings.agent.json: Connections > Contoso > TenantId is empty: ….` */
export function faultAt({ sourceOf, path }: Place, what: string): Fault {
  const source = sourceOf(path);
  return new Fault('invalid-setting', `${source}: ${path.join(' > ')} ${what.replace(/(?<!\?)$/, '.')}`);
}

/** A section with these settings and no others, as far as `others` says so. */
export function section<Shape extends z.ZodRawShape>(
  shape: Shape,
  environment: Environment,
  others: 'refused' | 'left-alone' = 'refused',
) {
  const names = Object.keys(shape);
  const members = z.looseObject(shape, { error: 'is no section: write { … }' });
  const known = members.superRefine((values, context) => {
    for (const name of Object.keys(values).filter((name) => !names.includes(name))) {
      const meant = names.find((candidate) => isMisspelled(name, candidate));
      if (meant === undefined && others === 'left-alone') continue;
      const remedy = meant === undefined ? `choose from ${names.join(', ')}` : `did you mean ${meant}?`;
      context.addIssue({
        code: 'custom',
        path: [name],
        message: `is no setting that belongs here: ${remedy}`,
      });
    }
  });
  return z.preprocess((value) => membersOf(value as Json, names, environment), known);
}

/** A section whose names are free, with the same kind of value under each; `remedy` shows one. */
export function namedEntries<T>(value: z.ZodType<T>, environment: Environment, remedy: string) {
  const entries = z.record(z.string(), value, {
    error: ({ input }) => (input === undefined ? `is missing: ${remedy}` : `is no section: ${remedy}`),
  });
  return z
    .preprocess((input) => membersOf(input as Json, [], environment), entries)
    .transform((members): ReadonlyMap<string, T> => new Map(Object.entries(members)));
}

/** Members under the names that the program uses; a null counts as not there. Anything else than a section stays what it is. */
function membersOf(value: Json, names: readonly string[], environment: Environment): unknown {
  if (!isJsonObject(value)) return value;
  const members = [...value].filter(([, inner]) => inner !== null);
  return Object.fromEntries(
    members.map(([name, inner]) => [
      names.find((known) => isSameName(known, name)) ?? name,
      typeof inner === 'string' ? resolve(inner, environment) : inner,
    ]),
  );
}

/** A value that names an environment variable without a value. */
class UnsetVariable {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

function resolve(value: string, environment: Environment): string | UnsetVariable {
  const name = /^\$\{(\w+)\}$/.exec(value)?.[1];
  return name === undefined ? value : environment[name] || new UnsetVariable(name);
}

function unsetVariable(input: unknown): string | undefined {
  return input instanceof UnsetVariable
    ? `names the environment variable ${input.name}, which is not set: set it where Syncline runs`
    : undefined;
}

/** A text that is not empty; `remedy` follows a colon where there is none. */
export function text(remedy: string) {
  return z
    .string({
      error: ({ input }) => {
        if (input === undefined) return `is missing: ${remedy}`;
        return unsetVariable(input) ?? 'is no text: write it in double quotes';
      },
    })
    .refine((value) => value.trim() !== '', { error: `is empty: ${remedy}` });
}

/** A text whose value never appears in a sentence. */
export function secretText(remedy: string) {
  return text(remedy).refine((value) => value === value.trim(), {
    error: 'begins or ends with a space or a line end: remove it',
  });
}

/** A value for a sentence. One that looks like a client secret, and stands in the wrong place then, is not shown. */
export function show(value: string): string {
  return /^\s*[\w.-]*~[\w.~-]{20,}\s*$/.test(value)
    ? 'what looks like a client secret'
    : JSON.stringify(value);
}

/** A text, trimmed, that `isRight` accepts. `what` names what it is not. */
export function textThat(isRight: (value: string) => boolean, what: string, remedy: string) {
  return text(remedy).transform((value, context) => {
    const trimmed = value.trim();
    if (isRight(trimmed)) return trimmed;
    context.addIssue({ code: 'custom', message: `is ${show(value)}, which is ${what}: ${remedy}` });
    return z.NEVER;
  });
}

/** A whole number, as a number or, as environment variables have it, as a text. */
export function wholeNumber(from: number, to: number) {
  return z.unknown().transform((value, context) => {
    const number = typeof value === 'string' && /^\s*\d{1,15}\s*$/.test(value) ? Number(value) : value;
    if (typeof number === 'number' && Number.isInteger(number) && number >= from && number <= to) {
      return number;
    }
    const remedy = `write a whole number from ${from.toLocaleString('en-US')} to ${to.toLocaleString('en-US')}`;
    return refuse(value, 'no number', remedy, context);
  });
}

/** Yes or no: `true` or `false`, in quotes or not, in any case. */
export const truth = z.unknown().transform((value, context) => {
  const word = typeof value === 'string' ? value.trim().toLowerCase() : String(value);
  if (word === 'true' || word === 'false') return word === 'true';
  return refuse(value, 'neither true nor false', 'write one of the two', context);
});

function refuse(value: unknown, what: string, remedy: string, context: z.RefinementCtx): never {
  const shown = typeof value === 'string' ? show(value) : typeof value === 'number' ? value : what;
  context.addIssue({ code: 'custom', message: unsetVariable(value) ?? `is ${shown}: ${remedy}` });
  return z.NEVER;
}

/** What a schema makes of a section. Throws a `Fault` with the first mistake in words and the places of the others. */
export function readSection<T>(schema: z.ZodType<T>, value: Json, place: Place): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [first, ...others] = result.error.issues;
  const pathOf = (issue: z.core.$ZodIssue) => [...place.path, ...issue.path.map(nameOf)];
  const also = [...new Set(others.map((issue) => pathOf(issue).join(' > ')))];
  const fault = faultAt({ ...place, path: first ? pathOf(first) : place.path }, first?.message ?? '');
  if (also.length === 0) throw fault;
  throw new Fault(fault.code, `${fault.message} Also wrong: ${also.join(', ')}.`);
}

/** Places in a list count from 1, as people do. */
function nameOf(key: PropertyKey): string {
  return typeof key === 'number' ? `entry ${key + 1}` : String(key);
}

/** One or two letters wrong, missing, too many or swapped. */
function isMisspelled(name: string, candidate: string): boolean {
  return editDistance(name.toLowerCase(), candidate.toLowerCase()) <= (candidate.length < 6 ? 1 : 2);
}
