// Reads JSON that people wrote, and says in one sentence what is wrong with it.
import type { z } from 'zod';
import { UnusableInput } from '../unusable-input.ts';

/**
 * Reads a JSON document that fits the schema, or throws an `UnusableInput` about `source`. `fieldsAt` tells the fields
 * that the object at a path may have.
 */
export function readDocument<Output>(
  text: string,
  source: string,
  schema: z.ZodType<Output>,
  fieldsAt: (path: readonly PropertyKey[], value: unknown) => readonly string[] | undefined,
): Output {
  const document = parseJson(text, source);
  const result = schema.safeParse(document);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const place = placeOf(issue.path);
  const where = place === '' ? source : `${source}: ${place}`;
  const value = valueAt(document, issue.path);
  if (issue.code === 'unrecognized_keys') {
    const fields = fieldsAt(issue.path, value);
    throw new UnusableInput(
      `${where} has a field ${JSON.stringify(issue.keys[0])} that is not known there: ${fields ? `use ${listed(fields)}` : 'leave it out'}.`,
    );
  }
  const finding = value === undefined ? 'is missing' : `is ${shown(value)}`;
  throw new UnusableInput(`${where} ${finding}: it must ${requirementOf(issue)}.`);
}

function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    const place = error instanceof Error ? /\(line \d+ column \d+\)/.exec(error.message)?.[0] : undefined;
    throw new UnusableInput(
      place === undefined
        ? `${source} is empty, cut off or no JSON at all: give a complete JSON document.`
        : `${source} is not valid JSON ${place}: look there for a missing comma, quote or bracket.`,
    );
  }
}

/** What the value must do, as it goes on after "it must". */
function requirementOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `be ${typeNames[issue.expected] ?? issue.expected}`;
    case 'too_small':
      if (issue.origin === 'string') return 'not be empty';
      return `be ${issue.inclusive ? 'at least' : 'greater than'} ${issue.minimum}`;
    case 'too_big':
      return `be ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}`;
    case 'invalid_value':
      return `be ${listed(issue.values.map((value) => JSON.stringify(value)))}`;
    case 'invalid_union':
      if ('options' in issue && Array.isArray(issue.options))
        return `be one of ${listed(issue.options.map(String))}`;
      return `be ${listed(issue.errors.flat().map((branch) => requirementOf(branch).replace(/^be /, '')))}`;
    default:
      return issue.message;
  }
}

const typeNames: Readonly<Record<string, string>> = {
  object: 'an object',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
};

function placeOf(path: readonly PropertyKey[]): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '');
}

function valueAt(document: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, step) => (typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined),
    document,
  );
}

function listed(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} or ${items.at(-1)}`;
}

/** The value as written, cut where it is long. */
function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`;
}
