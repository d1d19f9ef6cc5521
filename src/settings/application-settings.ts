/**
 * Settings of Syncline as a whole, under the names that Identity Manager has in `appsettings.json`: working folders, jobs, API
 * clients; and the ways of keeping secrets that Syncline cannot read, which are refused rather than passed over.
 */
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { Environment } from '../config.ts';
import { findMember, isJsonObject } from './commented-json.ts';
import type { LayeredSettings } from './layered-settings.ts';
import {
  faultAt,
  namedEntries,
  type Place,
  readSection,
  secretText,
  section,
  show,
  textThat,
  truth,
  wholeNumber,
} from './section.ts';
import { findUnreadable, type SettingsFile } from './settings-sources.ts';

/** Absolute paths; none of them need be there. */
export type Folders = Readonly<{
  /** Files that may be deleted while Syncline stands still. */
  temp: string;
  /** Files that have to stay. */
  work: string;
  /** The CSV files of exports. */
  exportOutput: string;
  /** The cookie files that belong to them. */
  exportCookies: string;
}>;

export type ApplicationSettings = Readonly<{
  /** Where the server is, without a slash at its end. */
  applicationUri: string | undefined;
  /** Whether jobs are started by their schedules. */
  isSchedulerEnabled: boolean;
  /** How many tasks of a batch run at most side by side. */
  maxTaskBatchSize: number;
  /** Base64 of the SHA-256 of a client's secret, by client, which is used instead of the one in the configuration. */
  hashedSecrets: ReadonlyMap<string, string>;
}>;

const serverAddress = textThat(
  (value) => /^https?:$/.test(URL.parse(value)?.protocol ?? ''),
  'no address of a server',
  'write it as https://host',
).transform((value) => (value.endsWith('/') ? value.slice(0, -1) : value));

const hashedSecret = secretText(
  'write the SHA-256 of the secret in base64, as "openssl dgst -sha256 -binary | base64" gives it',
).refine((value) => /^[A-Za-z0-9+/]{43}=$/.test(value), {
  error:
    'is no SHA-256 in base64, which has 44 signs: write what "openssl dgst -sha256 -binary | base64" makes of the secret',
});

/** Reads the working folders. Throws a `Fault` with code `invalid-setting`. */
export function readFolders(
  settings: LayeredSettings,
  file: SettingsFile,
  environment: Environment,
): Folders {
  const folder = textThat(
    (path) => !path.includes('\0'),
    'no path',
    'name a folder or leave it out',
  ).optional();
  const schema = section({ TempFolderPath: folder, WorkFolderPath: folder }, environment, 'left-alone');
  const { TempFolderPath, WorkFolderPath } = readSection(schema, settings.root, atRoot(settings));
  const beside = (path: string | undefined, usual: string) =>
    path === undefined ? join(file.dataDirectory, usual) : resolve(file.path, '..', path);
  const temp = beside(TempFolderPath, 'Temp');
  const work = beside(WorkFolderPath, 'Work');
  return {
    temp,
    work,
    exportOutput: join(temp, 'ExportOutput'),
    exportCookies: join(work, 'ExportCookies'),
  };
}

/** Reads the rest. Throws a `Fault` with code `invalid-setting`. */
export function readApplication(settings: LayeredSettings, environment: Environment): ApplicationSettings {
  const client = section({ HashedSecret: hashedSecret }, environment, 'left-alone');
  const schema = section(
    {
      ApplicationUri: serverAddress.optional(),
      Scheduler: section({ Enabled: truth.optional() }, environment, 'left-alone').optional(),
      Jobs: section(
        { MaxTaskBatchSize: wholeNumber(1, 1000).optional() },
        environment,
        'left-alone',
      ).optional(),
      OpenIdClients: namedEntries(
        client,
        environment,
        'write { "NAME": { "HashedSecret": "…" } }',
      ).optional(),
      // Read elsewhere; here so that a name that is nearly theirs is noticed.
      Connections: z.unknown().optional(),
      CredentialProfiles: z.unknown().optional(),
      OpenId: z.unknown().optional(),
    },
    environment,
    'left-alone',
  );
  const read = readSection(schema, settings.root, atRoot(settings));
  return {
    applicationUri: read.ApplicationUri,
    isSchedulerEnabled: read.Scheduler?.Enabled ?? true,
    maxTaskBatchSize: read.Jobs?.MaxTaskBatchSize ?? 5,
    hashedSecrets: new Map(
      [...(read.OpenIdClients ?? [])].map(([name, { HashedSecret }]) => [name, HashedSecret]),
    ),
  };
}

/**
 * What stands in files that nobody reads, as sentences. Throws a `Fault` with code `invalid-setting` when values are to come from
 * encrypted files or a vault, because whatever else would be used in their place is not what was meant.
 */
export function checkVaults(
  settings: LayeredSettings,
  file: SettingsFile,
  environment: Environment,
): readonly string[] {
  const remedy = 'write the values into a settings file, the secrets as ${NAME} out of environment variables';
  const schema = section(
    {
      EncryptionCertificate: section(
        { UseEncryptedAppsettings: truth.optional() },
        environment,
        'left-alone',
      ).optional(),
      CyberArk: section({ UseCyberArkSetting: truth.optional() }, environment, 'left-alone').optional(),
    },
    environment,
    'left-alone',
  );
  const { EncryptionCertificate, CyberArk } = readSection(schema, settings.root, atRoot(settings));
  const refuse = (what: string, ...path: string[]) =>
    faultAt({ ...atRoot(settings), path }, `${what}, which Syncline cannot read yet: ${remedy}`);
  if (EncryptionCertificate?.UseEncryptedAppsettings) {
    const path = ['EncryptionCertificate', 'UseEncryptedAppsettings'];
    throw refuse('asks for values out of appsettings.encrypted.agent.json', ...path);
  }
  if (CyberArk?.UseCyberArkSetting)
    throw refuse('asks for values out of CyberArk', 'CyberArk', 'UseCyberArkSetting');
  for (const [name, value] of settings.root) {
    // The documentation names the setting, but not the section that it stands in.
    const [written, vault] = (isJsonObject(value) ? findMember(value, 'Vault') : undefined) ?? [];
    if (written === undefined || typeof vault !== 'string' || !isHost(vault)) continue;
    throw refuse(`is ${show(vault)}, and asks for values out of an Azure Key Vault`, name, written);
  }
  return ['appsettings.encrypted.agent.json', 'appsettings.cyberArk.agent.json'].flatMap((name) =>
    findUnreadable(file.path, name, environment).map(
      (found) =>
        `${found} is not read, because Syncline has no use for encrypted settings and vaults yet: ${remedy}.`,
    ),
  );
}

/** A host, with https: before it or without; what else is called Vault, such as a database, is none of ours. */
function isHost(text: string): boolean {
  const host = /^\s*(?:https:\/\/)?([\w.-]+)\/?\s*$/i.exec(text)?.[1];
  return host?.includes('.') ?? false;
}

function atRoot({ sourceOf }: LayeredSettings): Place {
  return { sourceOf, path: [] };
}
