/**
 * Where settings come from: files beside the settings file and environment variables, in the order in which a later one wins
 * (Identity Manager, Agent configuration: appsettings.json, appsettings.agent.json, and their variants by environment).
 */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Environment } from '../config.ts';
import { Fault } from '../errors.ts';
import { isJsonObject, type Json, type JsonObject, readCommentedJson } from './commented-json.ts';
import type { Layer } from './layered-settings.ts';
import { readTextFile } from './settings-file.ts';

export type SettingsFile = Readonly<{
  path: string;
  /** Whether nobody named the file, so that it need not be there. */
  isDefault: boolean;
  /** Where the working folders are unless the settings say otherwise. */
  dataDirectory: string;
}>;

/**
 * The files beside the settings file and the file itself, as far as they are there, lowest first. Throws a `Fault` with code
 * `invalid-setting` when one cannot be read, and when a file that somebody named is not there.
 */
export function readFileLayers(
  { path, isDefault }: SettingsFile,
  environment: Environment,
): readonly Layer[] {
  const application = join(dirname(path), 'appsettings.json');
  // With an agent that is part of the server, everything is in the server's one file.
  const bases = application === path ? [path] : [application, path];
  const layers = bases.flatMap((base) => readVariants(base, environment));
  if (isDefault || layers.some(({ source }) => source === path)) return layers;
  throw new Fault(
    'invalid-setting',
    `There is no settings file ${path}: correct --settings or SYNCLINE_SETTINGS.`,
  );
}

/** What Identity Manager's screens write into the work folder. It wins over all other files. */
export function readConnectionLayers(workFolder: string, environment: Environment): readonly Layer[] {
  return readVariants(join(workFolder, 'appsettings.connection.json'), environment);
}

/** Files of these names beside the settings file, which hold settings that Syncline cannot read. */
export function findUnreadable(path: string, name: string, environment: Environment): readonly string[] {
  return variantsOf(join(dirname(path), name), environment).filter((file) => existsSync(file));
}

function readVariants(base: string, environment: Environment): readonly Layer[] {
  return variantsOf(base, environment).flatMap((file) => {
    const root = readRoot(file);
    return root === undefined ? [] : [{ kind: 'file', source: file, root } as const];
  });
}

/** A file, and what it is in this environment. */
function variantsOf(base: string, environment: Environment): readonly string[] {
  const stem = join(dirname(base), basename(base).replace(/\.json$/i, ''));
  return [base, `${stem}.${environmentName(environment)}.json`];
}

function environmentName({ ASPNETCORE_ENVIRONMENT: name }: Environment): string {
  if (!name) return 'Production';
  if (/^[\w-][\w.-]*$/.test(name)) return name;
  throw new Fault(
    'invalid-setting',
    `ASPNETCORE_ENVIRONMENT is ${JSON.stringify(name)}, which cannot be a part of a file name: write a name such as Production.`,
  );
}

/** The members of a file; undefined when it is not there. */
function readRoot(path: string): JsonObject | undefined {
  const found = readTextFile(path);
  if (found.kind === 'missing') return undefined;
  if (found.kind === 'unusable') {
    throw new Fault('invalid-setting', `The settings file ${path} ${found.reason}.`);
  }
  const root = readCommentedJson(found.text, path);
  if (isJsonObject(root)) return root;
  throw new Fault('invalid-setting', `${path} holds no settings: write { "Connections": { … } }.`);
}

/** Deeper than in any file. */
const deepestNesting = 64;

/** Sections that variables may reach into, and settings outside of all sections, in lower case. */
const sections = [
  'connections',
  'credentialprofiles',
  'openid',
  'openidclients',
  'scheduler',
  'jobs',
  'encryptioncertificate',
  'cyberark',
];
const singles = ['tempfolderpath', 'workfolderpath', 'applicationuri'];

/**
 * The environment variables that are named like a setting, the names on the way to it joined by `__`; upper and lower case are
 * the same. A variable without a value is none. Throws a `Fault` when two variables are one setting.
 */
export function readVariableLayers(environment: Environment): readonly Layer[] {
  const names = new Map<string, string>();
  for (const [name, value] of Object.entries(environment)) {
    if (!value || !isSetting(name)) continue;
    const known = names.get(name.toLowerCase());
    if (known !== undefined) {
      throw new Fault(
        'invalid-setting',
        `The environment variables ${known} and ${name} are the same setting, as case does not count: unset one.`,
      );
    }
    names.set(name.toLowerCase(), name);
  }
  return [...names.values()].sort().map((name) => ({
    kind: 'variable',
    source: `The environment variable ${name}`,
    root: nest(name.split('__'), environment[name] ?? ''),
  }));
}

/** Whether a section, or a setting outside of all sections, is one that Syncline reads. */
export function isRead(name: string): boolean {
  return [...sections, ...singles].includes(name.toLowerCase());
}

function isSetting(variable: string): boolean {
  const [first = '', ...rest] = variable.toLowerCase().split('__');
  if (rest.length === 0) return singles.includes(first);
  return sections.includes(first) && rest.length < deepestNesting && rest.every((name) => name !== '');
}

function nest([name = '', ...rest]: readonly string[], value: string): JsonObject {
  const inner: Json = rest.length === 0 ? value : nest(rest, value);
  return new Map([[name, inner]]);
}
