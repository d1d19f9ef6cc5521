// What is wrong with a mapping, for people at the command line: each mistake with its place, and carets below the characters.
import { Fault } from '../errors.ts';
import type { MappingMistake } from '../mapping/mapping-mistake.ts';
import type { MappingDefinition } from '../model/mapping.ts';
import { caretLines } from './caret-lines.ts';

/** The fault of a mapping that has mistakes. */
export function refuseMapping(definition: MappingDefinition, mistakes: readonly MappingMistake[]): Fault {
  const { name } = definition;
  const [what, pronoun] =
    mistakes.length === 1 ? ['a mistake', 'it'] : [`${mistakes.length} mistakes`, 'them'];
  return new Fault(
    'mapping-refused',
    [
      `The mapping ${name} has ${what}: correct ${pronoun} first.`,
      ...mistakes.flatMap((mistake) => mistakeLines(definition, mistake)),
    ].join('\n'),
  );
}

function mistakeLines(
  definition: MappingDefinition,
  { path, message, position, length }: MappingMistake,
): string[] {
  const text = path === '' ? undefined : valueAt(definition, path.split('/'));
  const carets = typeof text === 'string' && position !== undefined ? caretLines(text, position, length) : [];
  return [`${path === '' ? '' : `${path}: `}${message}`, ...carets];
}

function valueAt(json: unknown, [name, ...rest]: readonly string[]): unknown {
  if (name === undefined) return json;
  if (typeof json !== 'object' || json === null || !Object.hasOwn(json, name)) return undefined;
  return valueAt((json as Readonly<Record<string, unknown>>)[name], rest);
}
