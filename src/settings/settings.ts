/**
 * The settings file: connections and credential profiles, in the format of Identity Manager's `appsettings.agent.json`.
 * What one connection has wrong keeps no other from being used.
 */
import { dirname } from 'node:path';
import type { Environment } from '../config.ts';
import { Fault } from '../errors.ts';
import {
  findMember,
  isJsonObject,
  isSameName,
  type Json,
  type JsonObject,
  readCommentedJson,
} from './commented-json.ts';
import { type ConnectionSettings, isEntraSection, readConnection } from './connection-settings.ts';
import { faultAt } from './section.ts';
import { readTextFile } from './settings-file.ts';

export type Settings = Readonly<{
  /** The file, as it was named. */
  path: string;
  /** False where nobody named a file and there is none of the default name. */
  isFound: boolean;
  /** The connections to Entra that can be used, by name, in the order of the file. */
  connections: ReadonlyMap<string, ConnectionSettings>;
  /** Those that cannot, each with what is wrong. */
  refused: ReadonlyMap<string, Fault>;
  /** Names of connections to other systems, which are left alone. */
  others: readonly string[];
}>;

export type SettingsFile = Readonly<{
  path: string;
  /** Whether nobody named the file, so that it need not be there. */
  isDefault: boolean;
}>;

/**
 * Reads the file; `environment` is where `${NAME}` and the proxy of the machine come from. Throws a `Fault` with code
 * `invalid-setting` when the file as a whole cannot be used.
 */
export function loadSettings(file: SettingsFile, environment: Environment): Settings {
  const root = readRoot(file);
  const sections = root === undefined ? [] : readConnectionSections(file, root);
  const profiles = root === undefined ? undefined : findMember(root, 'CredentialProfiles')?.[1];
  const context = { file: file.path, directory: dirname(file.path), environment, profiles };
  const entra = sections.filter(([, section]) => isEntraSection(section));
  const results = entra.map(
    ([name, section]) => [name, attempt(() => readConnection(name, section, context))] as const,
  );
  return {
    path: file.path,
    isFound: root !== undefined,
    connections: new Map(
      results.flatMap(([name, result]) => (result instanceof Fault ? [] : [[name, result] as const])),
    ),
    refused: new Map(
      results.flatMap(([name, result]) => (result instanceof Fault ? [[name, result] as const] : [])),
    ),
    others: sections.filter(([, section]) => !isEntraSection(section)).map(([name]) => name),
  };
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
      { file: settings.path, path: ['Connections', other] },
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

/** The members of the file; undefined when it is not there and need not be. */
function readRoot({ path, isDefault }: SettingsFile): JsonObject | undefined {
  const found = readTextFile(path);
  if (found.kind === 'missing') {
    if (isDefault) return undefined;
    throw new Fault(
      'invalid-setting',
      `There is no settings file ${path}: correct --settings or SYNCLINE_SETTINGS.`,
    );
  }
  if (found.kind === 'unusable') {
    throw new Fault('invalid-setting', `The settings file ${path} ${found.reason}.`);
  }
  const root = readCommentedJson(found.text, path);
  if (isJsonObject(root)) return root;
  throw new Fault('invalid-setting', `${path} holds no settings: write { "Connections": { … } }.`);
}

function readConnectionSections(
  { path }: SettingsFile,
  root: JsonObject,
): readonly (readonly [string, Json])[] {
  const connections = findMember(root, 'Connections')?.[1] ?? null;
  if (connections === null) return [];
  if (isJsonObject(connections)) return [...connections];
  throw faultAt({ file: path, path: ['Connections'] }, 'is no section: write { "NAME": { … } }');
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
