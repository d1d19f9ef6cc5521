/**
 * Mappings of OpenIDM and PingIDM (`sync.json`, or one `mapping` document) as mappings of this product, with a report line by line. What
 * has no equivalent never makes a mapping do more than it did: then it comes disabled. Source: reconciliation reference, A.
 */
import { identitiesConnection, identityTypes } from '../model/identity-schema.ts';
import type { MappingDefinition } from '../model/mapping.ts';
import { isNestedDeeper } from './json-nesting.ts';
import { readMapping } from './mapping-document.ts';
import { renamingOf } from './sync-json-filters.ts';
import { importMember } from './sync-json-members.ts';
import {
  type ImportLine,
  type ImportReport,
  isObject,
  type Json,
  leftOutRestriction,
  type ObjectSetTranslation,
  shown,
  translated,
} from './sync-json-report.ts';

export type ImportedMapping = Readonly<{
  /** Where it stands in the document. */
  path: string;
  definition: MappingDefinition;
  /** The parts without which it would do more than it did: why it is disabled. Empty where it is not. */
  missing: readonly string[];
}>;

export type SyncImport = Readonly<{
  mappings: readonly ImportedMapping[];
  report: readonly ImportLine[];
}>;

/** The managed objects of PingOne Advanced Identity Cloud that there are here, too. */
export const managedObjectSets: Readonly<Record<string, ObjectSetTranslation>> = Object.fromEntries(
  identityTypes.map((type) => [`managed/${type}`, { objectSet: { connection: identitiesConnection, type } }]),
);

const mostMappings = 500;

/** Imports a document. `translations` says what `system/Entra/User` and the like are here. Never throws, whatever the JSON. */
export function importSyncJson(
  json: unknown,
  translations: Readonly<Record<string, ObjectSetTranslation>>,
): SyncImport {
  if (isNestedDeeper(json)) return nothing('The document is nested too deep.');
  const found = mappingsIn(json);
  if (found === undefined) {
    return nothing('This is neither a sync.json with mappings nor a mapping with source and target.');
  }
  const imports = found
    .slice(0, mostMappings)
    .map(({ path, mapping }) => importMapping(mapping, path, translations));
  const rest: readonly ImportLine[] =
    found.length > mostMappings
      ? [
          line(
            'mappings',
            `Only the first ${mostMappings} mappings are imported.`,
            'Import the others on their own.',
          ),
        ]
      : [];
  return {
    mappings: imports.flatMap(({ imported }) => imported ?? []),
    report: [...imports.flatMap(({ lines }) => lines), ...rest],
  };
}

function nothing(message: string): SyncImport {
  return { mappings: [], report: [line('', message, 'Give the file that the other product exports.')] };
}

function line(path: string, message: string, remedy: string): ImportLine {
  return { path, outcome: 'left-out', message, remedy };
}

type Found = Readonly<{ path: string; mapping: unknown }>;

function mappingsIn(json: unknown): readonly Found[] | undefined {
  if (Array.isArray(json)) return json.map((mapping: unknown, index) => ({ path: `${index}`, mapping }));
  if (!isObject(json)) return undefined;
  if (Array.isArray(json.mappings)) {
    return json.mappings.map((mapping: unknown, index) => ({ path: `mappings/${index}`, mapping }));
  }
  return json.source !== undefined && json.target !== undefined ? [{ path: '', mapping: json }] : undefined;
}

type Outcome = Readonly<{ imported?: ImportedMapping; lines: readonly ImportLine[] }>;

function importMapping(
  mapping: unknown,
  path: string,
  translations: Readonly<Record<string, ObjectSetTranslation>>,
): Outcome {
  if (!isObject(mapping)) return { lines: [line(path, 'This is no mapping.', 'Look at the file.')] };
  const [source, target] = [mapping.source, mapping.target].map((name) =>
    typeof name === 'string' && Object.hasOwn(translations, name) ? translations[name] : undefined,
  );
  if (source === undefined || target === undefined) {
    const unknown = source === undefined ? mapping.source : mapping.target;
    const place = join(path, source === undefined ? 'source' : 'target');
    return {
      lines: [
        line(
          place,
          `The mapping is left out, because nobody has said what ${shown(unknown)} is here.`,
          `Name the connection and the entity type that ${shown(unknown)} stands for.`,
        ),
      ],
    };
  }
  const report: ImportReport = { lines: [], missing: [] };
  const renamings = { source: renamingOf(source), target: renamingOf(target) };
  const parts = Object.entries(mapping).map(([name, value]) =>
    importMember(name, value, { mapping, path: join(path, name), renamings, report }),
  );
  const raw = Object.assign({}, ...parts) as Json;
  const settings = Object.assign({}, ...parts.map((part) => part.settings ?? {})) as Json;
  const correlation = matchable(raw, path, report);
  const read = readMapping({
    ...raw,
    correlation,
    settings,
    name: nameOf(mapping, path, report),
    description: descriptionOf(report.missing),
    source: source.objectSet,
    target: target.objectSet,
    isEnabled: report.missing.length === 0,
  });
  if (read.kind === 'mistakes') {
    const mistakes = read.mistakes.map((mistake) =>
      line(
        join(path, mistake.path),
        `The mapping is left out: ${mistake.message}`,
        'Correct it in the file.',
      ),
    );
    return { lines: [...report.lines, ...mistakes] };
  }
  return { imported: { path, definition: read.definition, missing: report.missing }, lines: report.lines };
}

/** The rules whose attributes are still mapped: without their rows there is nothing to match on. */
function matchable(raw: Json, path: string, report: ImportReport): readonly unknown[] {
  const rules: readonly unknown[] = Array.isArray(raw.correlation) ? raw.correlation : [];
  const attributes: readonly unknown[] = Array.isArray(raw.attributes) ? raw.attributes : [];
  const mapped = new Set(attributes.map((attribute) => (isObject(attribute) ? attribute.target : undefined)));
  return rules.filter((rule) => {
    const unmapped = isObject(rule) ? namesIn(rule.match).find((name) => !mapped.has(name)) : undefined;
    if (unmapped === undefined) return true;
    leftOutRestriction(
      report,
      join(path, 'correlationQuery'),
      `The rule that matches on ${unmapped} is left out, because nothing is mapped to that.`,
      `Map ${unmapped}, and add the rule again.`,
    );
    return false;
  });
}

function namesIn(tree: unknown): readonly string[] {
  if (typeof tree === 'string') return [tree];
  return isObject(tree) ? Object.values(tree).flat().flatMap(namesIn) : [];
}

function descriptionOf(missing: readonly string[]): string {
  if (missing.length === 0) return 'Imported.';
  return `Imported, and disabled, because parts that restricted it have no equivalent: ${missing.join(', ')}.`;
}

function join(path: string, name: string): string {
  return [path, name].filter((part) => part !== '').join('/');
}

function nameOf(mapping: Json, path: string, report: ImportReport): string {
  const id = typeof mapping._id === 'string' ? mapping._id.replace(/^.*\//, '') : '';
  const given = typeof mapping.name === 'string' && mapping.name.trim() !== '' ? mapping.name : id;
  const name = (given === '' ? `${shown(mapping.source)} to ${shown(mapping.target)}` : given)
    .replace(/[/\\\p{Cc}\p{Surrogate}]/gu, '_')
    .slice(0, 200);
  if (name !== mapping.name) translated(report, join(path, 'name'), `It is called ${name} here.`);
  return name;
}
