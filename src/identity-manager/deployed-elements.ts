/** What is deployed, for people: elements and mappings searched and shown, and files to take away. Hashes of secrets are left out. */
import type { Sql } from 'postgres';
import { writeMapping } from '../mapping/mapping-document.ts';
import type { MappingDefinition } from '../model/mapping.ts';
import { readDeployed } from '../store/configuration.ts';
import { readMappings } from '../store/mappings.ts';
import { type ConfigurationElement, displayNameOf } from './configuration.ts';
import { deployedFrom } from './deployment.ts';
import { hideSecrets } from './hidden-secrets.ts';
import { mappingKind } from './mapping-elements.ts';
import { writeMappings } from './mapping-files.ts';
import { type WrittenFile, writeConfiguration, writeElements, writeOneElement } from './write-xml.ts';

export type ElementSearch = Readonly<{
  /** A text in the element, whatever the case. */
  q?: string | undefined;
  kind?: string | undefined;
  /** From 1 on. */
  page: number;
  pageSize: number;
}>;

export type DeployedElements = Readonly<{
  /** 0 where nothing is deployed. */
  revision: number;
  deployedAt: Date | null;
  deployedBy: string | null;
  /** All kinds that there are. */
  kinds: readonly Readonly<{ kind: string; count: number }>[];
  items: readonly ShownElement[];
  /** How many the search finds. */
  total: number;
}>;

export type ShownElement = Readonly<{
  kind: string;
  identifier: string;
  displayName: string;
  /** The scaffolding that made it; null where the files themselves have it. */
  origin: string | null;
  text: string;
}>;

/** A page of the elements that a search finds, in canonical order. */
export async function findDeployedElements(
  sql: Sql,
  { q, kind, page, pageSize }: ElementSearch,
): Promise<DeployedElements> {
  const { deployment, elements: rows } = await readDeployed(sql);
  const shown = [
    ...hideSecrets(deployedFrom(rows).elements).map(showElement),
    ...(await readDeployedMappings(sql)).map(showMapping),
  ];
  const counts = Map.groupBy(shown, (element) => element.kind);
  const wanted = q?.trim().toLowerCase() ?? '';
  const found = shown
    .filter((element) => kind === undefined || element.kind === kind)
    .filter(({ text }) => text.toLowerCase().includes(wanted));
  return {
    revision: deployment?.revision ?? 0,
    deployedAt: deployment?.deployedAt ?? null,
    deployedBy: deployment?.deployedBy ?? null,
    kinds: [...counts].map(([name, ones]) => ({ kind: name, count: ones.length })),
    items: found.slice((page - 1) * pageSize, page * pageSize),
    total: found.length,
  };
}

/** The files of what is deployed; mappings are a file each in any case. A console that they are deployed with again keeps the hashes of the clients that are there. */
export async function writeDeployedFiles(
  sql: Sql,
  isSingle: boolean,
): Promise<Readonly<{ revision: number; files: readonly WrittenFile[] }>> {
  const { deployment, elements } = await readDeployed(sql);
  const shown = hideSecrets(deployedFrom(elements).elements);
  const files = isSingle
    ? [{ path: 'configuration.xml', text: writeInOne(shown) }]
    : writeConfiguration({ elements: shown });
  const mappings = writeMappings(await readDeployedMappings(sql));
  return { revision: deployment?.revision ?? 0, files: [...(shown.length === 0 ? [] : files), ...mappings] };
}

/** The mappings that files have the say about, by name. */
export async function readDeployedMappings(sql: Sql): Promise<readonly MappingDefinition[]> {
  const mappings = await readMappings(sql);
  return mappings.flatMap(({ origin, definition }) => (origin === 'configuration' ? definition : []));
}

/** Scaffoldings stand for what they generate. */
function writeInOne(elements: readonly ConfigurationElement[]): string {
  return writeElements(elements.filter(({ origin }) => origin === undefined));
}

function showElement(element: ConfigurationElement): ShownElement {
  const { kind, identifier, origin = null } = element;
  return { kind, identifier, displayName: displayNameOf(element), origin, text: writeOneElement(element) };
}

function showMapping(definition: MappingDefinition): ShownElement {
  const { name, displayName } = definition;
  return { kind: mappingKind, identifier: name, displayName, origin: null, text: writeMapping(definition) };
}
