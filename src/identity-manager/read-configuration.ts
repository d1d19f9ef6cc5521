/** A directory of configuration files → the configuration, scaffoldings expanded, and mappings; or everything that is wrong with it. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { checkFile } from './check-elements.ts';
import { checkIdentifiers } from './check-identifiers.ts';
import { checkJobs } from './check-jobs.ts';
import { checkModel } from './check-model.ts';
import { checkReferences } from './check-references.ts';
import { type Configuration, nameElement, unchangedSecret } from './configuration.ts';
import { type TopDraft, toElement } from './draft.ts';
import { indexElements } from './element-index.ts';
import { jobIdentifierOf } from './expand-job-scaffolding.ts';
import { expandScaffoldings, isJobScaffolding, sortElements } from './expand-scaffoldings.ts';
import { decodeFile } from './file-text.ts';
import { checkMappingNames, isMappingFile, type MappingFile, readMappingFile } from './mapping-files.ts';
import {
  addMistake,
  addWarning,
  describeFindings,
  type Findings,
  noFindings,
  type Place,
} from './mistakes.ts';
import { readXml } from './xml-document.ts';

/** Where an element of the files stands, by `kind identifier`. */
export type ElementPlaces = Readonly<Record<string, Readonly<{ file: string; line: number }>>>;

export type ConfigurationReading =
  | Readonly<{
      kind: 'configuration';
      /** Scaffoldings expanded. */
      configuration: Configuration;
      mappings: readonly MappingFile[];
      places: ElementPlaces;
      /** Each `file:line:column: sentence.` */
      warnings: readonly string[];
    }>
  /** Each `file:line:column: sentence.`, in the order of the files. */
  | Readonly<{ kind: 'refused'; mistakes: readonly string[]; warnings: readonly string[] }>;

/** A file as it is to be read; the name is what people are told. */
export type ConfigurationFile = Readonly<{ name: string; content: Uint8Array | string }>;

const mebibyte = 2 ** 20;
/** A configuration of every element that Identity Manager has is a few mebibytes. */
const largestFileBytes = 64 * mebibyte;
const largestTotalBytes = 256 * mebibyte;
const mostFiles = 10_000;

/** Reads all `*.xml` files below a directory, whatever their names, and mappings. Total: what cannot be read is refused with a sentence. */
export function readConfigurationDirectory(path: string): ConfigurationReading {
  const listing = listFiles(path);
  if (typeof listing === 'string') return { kind: 'refused', mistakes: [listing], warnings: [] };
  const files: ConfigurationFile[] = [];
  let totalBytes = 0;
  for (const { name, file } of listing) {
    try {
      const bytes = statSync(file).size;
      totalBytes += bytes;
      if (bytes > largestFileBytes || totalBytes > largestTotalBytes) {
        return refuseAll(
          `${name} is too large: a file may have ${largestFileBytes / mebibyte} MiB and all together ${largestTotalBytes / mebibyte} MiB.`,
        );
      }
      files.push({ name, content: readFileSync(file) });
    } catch (error) {
      return refuseAll(`${name} cannot be read (${describeError(error)}): let Syncline read it.`);
    }
  }
  return readConfigurationFiles(files);
}

/**
 * Reads files that are there already, such as those of an upload; all that are JSON are mappings. `keptHashes` are the hashes that stand for `unchangedSecret`, by
 * client in lower case.
 */
export function readConfigurationFiles(
  files: readonly ConfigurationFile[],
  keptHashes: ReadonlyMap<string, string> = new Map(),
): ConfigurationReading {
  const findings = noFindings();
  const sorted = [...files].sort((a, b) => Number(a.name > b.name) - Number(a.name < b.name));
  const isJson = ({ name }: ConfigurationFile) => /\.json$/i.test(name);
  const mappings = sorted.filter(isJson).flatMap((file) => readMappingFile(file, findings) ?? []);
  checkMappingNames(mappings, findings);
  const drafts = sorted
    .filter((file) => !isJson(file))
    .flatMap((file) => readFile(file, findings))
    .map((draft) => keepHash(draft, keptHashes));
  const index = indexElements(drafts.map(toElement));
  checkReferences(drafts, index, 'elements', findings);
  checkModel(drafts, findings);
  const agents = drafts.filter(({ kind }) => kind === 'Agent').map(({ identifier }) => identifier);
  const named = drafts.map((draft) => nameTopDraft(draft, agents));
  checkIdentifiers(named, findings);
  const elements = named.map(toElement);
  const draftsByElement = new Map(elements.map((element, at) => [element, named[at]]));
  const expansion = expandScaffoldings({ elements: sortElements(elements) });
  for (const { element, isMistake, sentence, childIndex } of expansion.remarks) {
    const draft = draftsByElement.get(element);
    if (draft === undefined) continue;
    const place = childIndex === undefined ? draft.place : (draft.children[childIndex]?.place ?? draft.place);
    (isMistake ? addMistake : addWarning)(findings, place, sentence);
  }
  const tasks = indexElements(expansion.configuration.elements);
  checkReferences(named, tasks, 'tasks', findings);
  // Spelled as resolved now, so that the jobs of scaffoldings name the tasks that are added to them as those name themselves.
  const resolved = expandScaffoldings({ elements: sortElements(named.map(toElement)) });
  checkJobs(named, resolved.configuration, findings);
  const warnings = describeFindings(findings.warnings);
  if (findings.mistakes.length > 0) {
    return { kind: 'refused', mistakes: describeFindings(findings.mistakes), warnings };
  }
  const { configuration } = resolved;
  return { kind: 'configuration', configuration, mappings, places: placesOf(named), warnings };
}

function keepHash(draft: TopDraft, keptHashes: ReadonlyMap<string, string>): TopDraft {
  if (draft.kind !== 'OpenIdClient' || draft.attributes.HashedSecret !== unchangedSecret) return draft;
  const HashedSecret = keptHashes.get(draft.identifier.toLowerCase());
  return HashedSecret === undefined ? draft : { ...draft, attributes: { ...draft.attributes, HashedSecret } };
}

/** What identifies an element, as references spell it now; a scaffolding of a job is known by the job. */
function nameTopDraft(draft: TopDraft, agents: readonly string[]): TopDraft {
  const { Identifier, Profile } = draft.attributes;
  const identifier = isJobScaffolding(draft.kind)
    ? jobIdentifierOf(draft, agents)
    : (Identifier ?? Profile ?? draft.identifier);
  return { ...draft, identifier };
}

function placesOf(drafts: readonly TopDraft[]): ElementPlaces {
  return Object.fromEntries(
    drafts.map((draft) => {
      const { file, at, placeOf } = draft.place;
      return [nameElement(draft), { file, line: placeOf(at).line }];
    }),
  );
}

function readFile({ name, content }: ConfigurationFile, findings: Findings): readonly TopDraft[] {
  const start: Place = { file: name, at: 0, placeOf: () => ({ line: 1, column: 1 }) };
  const decoded =
    typeof content === 'string' ? { kind: 'text' as const, text: content } : decodeFile(content);
  if (decoded.kind === 'refused') {
    addMistake(findings, start, `the file ${decoded.reason}`);
    return [];
  }
  const reading = readXml(decoded.text);
  if (reading.kind === 'refused') {
    const { place, reason } = reading;
    addMistake(findings, { ...start, placeOf: () => place }, `the file ${reason}`);
    return [];
  }
  return checkFile(name, reading.root, reading.placeOf, findings);
}

function refuseAll(mistake: string): ConfigurationReading {
  return { kind: 'refused', mistakes: [mistake], warnings: [] };
}

type Listing = readonly Readonly<{ name: string; file: string }>[];

/** The files below a directory, or why there are none. */
function listFiles(path: string): Listing | string {
  try {
    const files = readdirSync(path, { recursive: true, withFileTypes: true })
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => ({ name: relative(path, file).replaceAll(sep, '/'), file }))
      .filter(({ name }) => /\.xml$/i.test(name) || isMappingFile(name))
      .filter(({ file }) => statSync(file).isFile());
    if (files.length === 0) {
      return `The directory ${path} holds no .xml file and no mapping: name the directory of the configuration, usually called Conf.`;
    }
    if (files.length > mostFiles) {
      return `The directory ${path} holds ${files.length} files, more than ${mostFiles}: name the directory of the configuration.`;
    }
    return files;
  } catch (error) {
    return `The directory ${path} cannot be read (${describeError(error)}): name a directory that Syncline may read.`;
  }
}

function describeError(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
