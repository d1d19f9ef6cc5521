/** What zod says of a mapping's shape, as sentences with places and suggestions. */
import type { z } from 'zod';
import { nearestName } from '../model/nearest-name.ts';
import { didYouMean, type MappingMistake, mistakeAt } from './mapping-mistake.ts';
import { namesByPlace } from './mapping-shape.ts';

type Issue = z.core.$ZodIssue;

/** One mistake for each issue; for names that nobody knows, one each. `json` is what was read. */
export function mistakesOfShape(issues: readonly Issue[], json: unknown): readonly MappingMistake[] {
  return issues.slice(0, mostMistakes).flatMap((issue) => mistakesOf(issue, json));
}

/** Whoever has more than these corrects these first. */
const mostMistakes = 100;

function mistakesOf(issue: Issue, json: unknown): readonly MappingMistake[] {
  const path = issue.path.map(String).join('/');
  const value = valueAt(json, issue.path);
  const subject = subjectOf(issue.path);
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = namesByPlace[placeOf(issue.path)] ?? [];
      return issue.keys.slice(0, mostMistakes).map((key) => {
        const suggestion = nearestName(key, known);
        const message = `A mapping has no "${excerpt(key)}" here.${didYouMean(suggestion)}`;
        return mistakeAt(path === '' ? key : `${path}/${key}`, message, { suggestion });
      });
    }
    case 'invalid_value':
      return [choiceMistake(path, subject, value, issue.values.map(String))];
    case 'invalid_union':
      return [unionMistake(path, subject, value)];
    case 'invalid_type':
      return [mistakeAt(path, wrongType(issue.expected, subject, value))];
    case 'too_small':
      return [
        mistakeAt(
          path,
          isBlank(value) ? `${subject} is empty.` : `${subject} has to be at least ${issue.minimum}.`,
        ),
      ];
    case 'too_big':
      return [mistakeAt(path, tooMuch(issue, subject))];
    default:
      return [mistakeAt(path, issue.message)];
  }
}

function tooMuch({ origin, maximum }: z.core.$ZodIssueTooBig, subject: string): string {
  if (origin === 'string') return `${subject} has more than ${maximum} characters: shorten it.`;
  if (origin === 'array') return `${subject} has more than ${maximum} entries: leave some out.`;
  return `${subject} has to be at most ${maximum}.`;
}

/** What a sentence is about: the last name of the path. */
function subjectOf(path: readonly PropertyKey[]): string {
  const last = path.at(-1);
  if (last === undefined) return 'The mapping';
  return typeof last === 'number' ? 'The entry' : `"${String(last)}"`;
}

function isBlank(value: unknown): boolean {
  return typeof value === 'string' && value.trim() === '';
}

function choiceMistake(
  path: string,
  subject: string,
  value: unknown,
  choices: readonly string[],
): MappingMistake {
  if (value === undefined) return mistakeAt(path, `${subject} is missing: choose ${inWords(choices)}.`);
  if (typeof value !== 'string') return mistakeAt(path, `${subject} has to be ${inWords(choices)}.`);
  const suggestion = nearestName(value, choices);
  return mistakeAt(
    path,
    `${subject} cannot be "${excerpt(value)}": choose ${inWords(choices)}.${didYouMean(suggestion)}`,
    { suggestion },
  );
}

const sourceKinds = ['attribute', 'constant', 'expression', 'reference'];

function unionMistake(path: string, subject: string, value: unknown): MappingMistake {
  if (!/^attributes\/\d+\/source(?:\/kind)?$/.test(path)) {
    return mistakeAt(
      path,
      `${subject} has to be the name of an attribute, or a group such as {"any": [...]} or {"all": [...]}.`,
    );
  }
  if (value === undefined) return mistakeAt(path, `${subject} is missing: say where the value comes from.`);
  const kind = typeof value === 'object' && value !== null ? (value as { kind?: unknown }).kind : value;
  return choiceMistake(path.endsWith('/kind') ? path : `${path}/kind`, '"kind"', kind, sourceKinds);
}

function wrongType(expected: string, subject: string, value: unknown): string {
  if (value === undefined) return `${subject} is missing.`;
  const wanted: Readonly<Record<string, string>> = {
    string: 'a text',
    boolean: 'true or false',
    number: 'a number',
    int: 'a whole number',
    array: 'a list',
    object: 'an object with members',
  };
  return `${subject} has to be ${wanted[expected] ?? expected}.`;
}

function inWords(choices: readonly string[]): string {
  return choices.length < 2 ? choices.join('') : `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`;
}

function excerpt(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** The path with `*` for places in lists. */
function placeOf(path: readonly PropertyKey[]): string {
  return path.map((segment) => (typeof segment === 'number' ? '*' : String(segment))).join('/');
}

function valueAt(json: unknown, path: readonly PropertyKey[]): unknown {
  let value = json;
  for (const segment of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) return undefined;
    value = (value as Readonly<Record<PropertyKey, unknown>>)[segment];
  }
  return value;
}
