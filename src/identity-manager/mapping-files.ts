/** Mappings as files of a configuration: `Mappings/*.json`, one a file, as docs/configuration.md tells it. Pure. */
import { readMapping, writeMapping } from '../mapping/mapping-document.ts';
import type { MappingMistake } from '../mapping/mapping-mistake.ts';
import type { MappingDefinition } from '../model/mapping.ts';
import { decodeFile } from './file-text.ts';
import { readJson } from './json-document.ts';
import { addMistake, describePlace, type Findings, type Place } from './mistakes.ts';
import type { WrittenFile } from './write-xml.ts';
import { placesOf } from './xml-document.ts';

/** A mapping that a file says. */
export type MappingFile = Readonly<{
  definition: MappingDefinition;
  /** Where in the file a mistake is. */
  placeOf: (mistake: Pick<MappingMistake, 'path' | 'position'>) => Place;
}>;

/** More than that no mapping has. */
const largestFileBytes = 4 * 2 ** 20;

/** Whether a file below a configuration's directory is a mapping: other JSON may lie there for other programs. */
export function isMappingFile(path: string): boolean {
  return /(?:^|\/)mappings\/[^/]+\.json$/i.test(path.replaceAll('\\', '/'));
}

/** Reads one file; undefined where it is no mapping, which `findings` tell then. */
export function readMappingFile(
  { name, content }: Readonly<{ name: string; content: Uint8Array | string }>,
  findings: Findings,
): MappingFile | undefined {
  const start: Place = { file: name, at: 0, placeOf: () => ({ line: 1, column: 1 }) };
  if (content.length > largestFileBytes) {
    addMistake(findings, start, `the file is larger than ${largestFileBytes / 2 ** 20} MiB`);
    return undefined;
  }
  const decoded =
    typeof content === 'string' ? { kind: 'text' as const, text: content } : decodeFile(content);
  if (decoded.kind === 'refused') {
    addMistake(findings, start, `the file ${decoded.reason}`);
    return undefined;
  }
  const placeOf = placesOf(decoded.text);
  const reading = readJson(decoded.text);
  if (reading.kind === 'refused') {
    addMistake(findings, { file: name, at: reading.at, placeOf }, `the file ${reading.reason}`);
    return undefined;
  }
  const { value, offsetOf } = reading.document;
  const place: MappingFile['placeOf'] = ({ path, position }) => ({
    file: name,
    at: offsetOf(path, position),
    placeOf,
  });
  const outcome = readMapping(value);
  if (outcome.kind === 'read') return { definition: outcome.definition, placeOf: place };
  for (const mistake of outcome.mistakes) addMistake(findings, place(mistake), mistake.message);
  return undefined;
}

/** Refuses mappings whose name an earlier file has already. */
export function checkMappingNames(mappings: readonly MappingFile[], findings: Findings): void {
  const first = new Map<string, MappingFile>();
  for (const mapping of mappings) {
    const { name } = mapping.definition;
    const place = mapping.placeOf({ path: 'name' });
    const earlier = first.get(name.toLowerCase());
    if (earlier === undefined) first.set(name.toLowerCase(), mapping);
    else {
      addMistake(
        findings,
        place,
        `the mapping ${JSON.stringify(name)} stands at ${describePlace(earlier.placeOf({ path: 'name' }))}, too: give one of them another name`,
      );
    }
  }
}

/** The files of mappings, in the order of their names. */
export function writeMappings(
  definitions: readonly MappingDefinition[],
): readonly (WrittenFile & Readonly<{ name: string }>)[] {
  const taken = new Set<string>();
  return [...definitions]
    .sort((a, b) => Number(a.name > b.name) - Number(a.name < b.name))
    .map((definition) => ({
      name: definition.name,
      path: fileOf(definition.name, taken),
      text: writeMapping(definition),
    }));
}

/** Names differ for file systems that do not tell upper from lower case, and hold no sign that one of them forbids. */
function fileOf(name: string, taken: Set<string>): string {
  const stem = name
    .replace(/[^\p{L}\p{N} ._-]/gu, '_')
    .replace(/[ .]+$/, '')
    .slice(0, 100);
  for (let number = 1; ; number += 1) {
    const path = `Mappings/${number === 1 ? stem : `${stem} (${number})`}.json`;
    if (taken.has(path.toLowerCase())) continue;
    taken.add(path.toLowerCase());
    return path;
  }
}
