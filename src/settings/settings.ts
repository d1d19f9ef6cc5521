/**
 * The settings: connections, credential profiles and what concerns all of them, in the format of Identity Manager's
 * `appsettings.agent.json` and the files beside it. What one connection has wrong keeps no other from being used.
 */
import { dirname } from 'node:path';
import type { Environment } from '../config.ts';
import { Fault } from '../errors.ts';
import {
  type ApplicationSettings,
  checkVaults,
  type Folders,
  readApplication,
  readFolders,
} from './application-settings.ts';
import { findMember, isJsonObject, isSameName, type Json } from './commented-json.ts';
import { type ConnectionSettings, isEntraSection, readConnection } from './connection-settings.ts';
import { type Layer, type LayeredSettings, layerSettings, type Override } from './layered-settings.ts';
import { type OpenIdSettings, readOpenId } from './open-id-settings.ts';
import { faultAt, type SourceOf } from './section.ts';
import {
  isRead,
  readConnectionLayers,
  readFileLayers,
  readVariableLayers,
  type SettingsFile,
} from './settings-sources.ts';

export type Settings = Readonly<{
  /** The settings file, as it was named. */
  path: string;
  /** False where nobody named a file, there is none of the default names, and no variable is a setting. */
  isFound: boolean;
  /** The files that were read and the variables, in the order in which a later one wins. */
  sources: readonly string[];
  /** The settings that several of them say something of, as far as Syncline reads them. */
  overrides: readonly Override[];
  /** What is there and not used, as sentences for whoever runs Syncline. */
  warnings: readonly string[];
  sourceOf: SourceOf;
  /** The connections to Entra that can be used, by name, in the order of the files. */
  connections: ReadonlyMap<string, ConnectionSettings>;
  /** Those that cannot, each with what is wrong. */
  refused: ReadonlyMap<string, Fault>;
  /** Names of connections to other systems, which are left alone. */
  others: readonly string[];
  /** The section `OpenId`, or what is wrong with it; undefined where there is none. */
  openId: OpenIdSettings | Fault | undefined;
  application: ApplicationSettings;
  folders: Folders;
}>;

/**
 * Reads the file and what belongs to it; `environment` is where `${NAME}`, variables named like settings and the proxy of the
 * machine come from. Throws a `Fault` with code `invalid-setting` when the settings as a whole cannot be used.
 */
export function loadSettings(file: SettingsFile, environment: Environment): Settings {
  const { folders, layers } = readLayers(file, environment);
  const layered = layerSettings(file.path, layers);
  const { root, sourceOf, overrides } = layered;
  const warnings = checkVaults(layered, file, environment);
  const application = readApplication(layered, environment);
  const sections = readConnectionSections(layered);
  const profiles = findMember(root, 'CredentialProfiles')?.[1];
  const openId = findMember(root, 'OpenId')?.[1] ?? null;
  const context = { sourceOf, directory: dirname(file.path), environment, profiles };
  const entra = sections.filter(([, section]) => isEntraSection(section));
  const results = entra.map(
    ([name, section]) => [name, attempt(() => readConnection(name, section, context))] as const,
  );
  return {
    path: file.path,
    isFound: layers.length > 0,
    sources: layers.map(({ source }) => source),
    overrides: overrides.filter(({ path: [name = ''] }) => isRead(name)),
    warnings,
    sourceOf,
    connections: new Map(
      results.flatMap(([name, result]) => (result instanceof Fault ? [] : [[name, result] as const])),
    ),
    refused: new Map(
      results.flatMap(([name, result]) => (result instanceof Fault ? [[name, result] as const] : [])),
    ),
    others: sections.filter(([, section]) => !isEntraSection(section)).map(([name]) => name),
    openId: openId === null ? undefined : attempt(() => readOpenId(openId, sourceOf, environment)),
    application,
    folders,
  };
}

/** Everything that says something, the work folder's file included, which the other files lead to. */
function readLayers(
  file: SettingsFile,
  environment: Environment,
): { folders: Folders; layers: readonly Layer[] } {
  const files = readFileLayers(file, environment);
  const variables = readVariableLayers(environment);
  const folders = readFolders(layerSettings(file.path, [...files, ...variables]), file, environment);
  return { folders, layers: [...files, ...readConnectionLayers(folders.work, environment), ...variables] };
}

/**
 * The connection of this name in any case. Throws a `Fault`: `invalid-setting` with what is wrong with it, or
 * `unknown-connection`.
 */
export function connectionNamed(settings: Settings, name: string): ConnectionSettings {
  const find = <T>(entries: ReadonlyMap<string, T>): T | undefined =>
    entries.entries().find(([written]) => isSameName(written, name))?.[1];
  const found = find(settings.connections) ?? find(settings.refused);
  if (found instanceof Fault) throw found;
  if (found !== undefined) return found;
  const other = settings.others.find((written) => isSameName(written, name));
  if (other !== undefined) {
    throw faultAt(
      { sourceOf: settings.sourceOf, path: ['Connections', other] },
      'is no connection to Entra: give it ApplicationId, ApplicationKey and TenantId',
    );
  }
  throw new Fault(
    'unknown-connection',
    `There is no connection ${JSON.stringify(name)}: ${advise(settings)}.`,
  );
}

/** All connections to Entra. Throws the `Fault` of the first one that cannot be used. */
export function allConnections({ connections, refused }: Settings): readonly ConnectionSettings[] {
  for (const fault of refused.values()) throw fault;
  return [...connections.values()];
}

function advise({ path, isFound, connections, refused }: Settings): string {
  if (!isFound) return `write it into ${path}, which is not there yet, or name another file with --settings`;
  const names = [...connections.keys(), ...refused.keys()];
  return names.length === 0
    ? `${path} has no connection to Entra; add it there, or name another file with --settings`
    : `${path} has ${names.join(', ')}; choose one of them, or name another file with --settings`;
}

function readConnectionSections({ root, sourceOf }: LayeredSettings): readonly (readonly [string, Json])[] {
  const connections = findMember(root, 'Connections')?.[1] ?? null;
  if (connections === null) return [];
  if (isJsonObject(connections)) return [...connections];
  throw faultAt({ sourceOf, path: ['Connections'] }, 'is no section: write { "NAME": { … } }');
}

/** What it gives, or the fault that it throws. */
function attempt<T>(action: () => T): T | Fault {
  try {
    return action();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
}
