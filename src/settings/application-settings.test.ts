// OpenId, working folders and what else concerns the whole of Syncline.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Fault } from '../errors.ts';
import { openIdClient } from './open-id-settings.ts';
import { loadSettings, type Settings } from './settings.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'syncline-application-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function write(name: string, content: object): string {
  const path = join(directory, name);
  writeFileSync(path, JSON.stringify(content));
  return path;
}

function load(
  agent: object,
  application: object = {},
  environment: Readonly<Record<string, string>> = {},
): Settings {
  write('appsettings.json', application);
  const path = write('appsettings.agent.json', agent);
  return loadSettings({ path, isDefault: false, dataDirectory: '/srv/syncline' }, environment);
}

function refusal(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof Fault && error.code === 'invalid-setting')
      return error.message.replace(`${directory}/`, '');
    throw error;
  }
  throw new Error('not refused');
}

describe('OpenId', () => {
  const OpenId = {
    AgentIdentifier: 'Local',
    OpenIdClients: { Job: 'clear~secret', Other: '${OTHER}' },
    DefaultOpenIdClient: 'job',
  };

  test('gives the default client, or the one that is named in any case', () => {
    const { openId } = load({ OpenId }, {}, { OTHER: 'another~secret' });
    expect(openId).toMatchObject({ agentIdentifier: 'Local', defaultClient: 'Job' });
    expect(openIdClient(openId, undefined)).toEqual({ clientId: 'Job', secret: 'clear~secret' });
    expect(openIdClient(openId, 'OTHER')).toEqual({ clientId: 'Other', secret: 'another~secret' });
    expect(refusal(() => openIdClient(openId, 'Nobody'))).toBe(
      'OpenId > OpenIdClients has no client "Nobody": add it there, or choose from Job, Other.',
    );
  });

  test('takes secrets out of variables that are named like them', () => {
    const { openId } = load({ OpenId }, {}, { OTHER: 'x', OPENID__OPENIDCLIENTS__JOB: 'from~there' });
    expect(openIdClient(openId, 'Job')?.secret).toBe('from~there');
  });

  test('need not be there', () => {
    expect(load({}).openId).toBeUndefined();
    expect(load({ OpenId: null }).openId).toBeUndefined();
    expect(openIdClient(undefined, 'Job')).toBeUndefined();
  });

  test.each<[object, string]>([
    [{ AgentIdentifier: undefined }, 'OpenId > AgentIdentifier is missing: give the Identifier of the Agent'],
    [
      { DefaultOpenIdClient: undefined },
      'OpenId > DefaultOpenIdClient is missing: name one of OpenIdClients.',
    ],
    [
      { DefaultOpenIdClient: 'Jobs' },
      'is "Jobs", which OpenIdClients has no entry of: add it there or choose from Job, Other.',
    ],
    [{ OpenIdClients: undefined }, 'OpenId > OpenIdClients is missing: write { "Job": "…" }.'],
    [{ OpenIdClients: {} }, 'OpenId > OpenIdClients is empty: write { "Job": "…" }.'],
    [{ OpenIdClients: ['clear~secret'] }, 'OpenId > OpenIdClients is no section: write { "Job": "…" }.'],
    [{ OpenIdClients: { Job: ' clear~secret' } }, 'OpenIdClients > Job begins or ends with a space'],
    [{ OpenIdClients: { Job: 7 } }, 'OpenIdClients > Job is no text'],
    [{ OpenIdClients: { Job: '${NONE}' } }, 'Job names the environment variable NONE, which is not set'],
    [{ AgentIdentifer: 'Local' }, 'did you mean AgentIdentifier?'],
  ])('is told of in a sentence without secrets, and connections can be used: %j', (changes, words) => {
    const { openId } = load({ OpenId: { ...OpenId, ...changes } }, {}, { OTHER: 'another~secret' });
    const message = refusal(() => openIdClient(openId, undefined));
    expect(message).toMatch(/^appsettings\.agent\.json: OpenId > .*[.?]$/);
    expect(message).toContain(words);
    expect(message).not.toContain('clear~secret');
  });
});

describe('the working folders', () => {
  test('are in the data directory', () => {
    expect(load({}).folders).toEqual({
      temp: '/srv/syncline/Temp',
      work: '/srv/syncline/Work',
      exportOutput: '/srv/syncline/Temp/ExportOutput',
      exportCookies: '/srv/syncline/Work/ExportCookies',
    });
  });

  test('are where appsettings.json says, from that file on', () => {
    const { folders } = load({}, { TempFolderPath: '../Temp', WorkFolderPath: '/var/work' });
    expect(folders.exportOutput).toBe(join(directory, '..', 'Temp', 'ExportOutput'));
    expect(folders.exportCookies).toBe('/var/work/ExportCookies');
    expect(load({}, {}, { TEMPFOLDERPATH: '/var/temp' }).folders.temp).toBe('/var/temp');
    expect(refusal(() => load({}, { TempFolderPath: '' }))).toBe(
      'appsettings.json: TempFolderPath is empty: name a folder or leave it out.',
    );
  });
});

describe('appsettings.json', () => {
  const HashedSecret = createHash('sha256').update('secret').digest('base64');

  test('is read as far as it matters, and everything else in it is left alone', () => {
    const { application } = load(
      {},
      {
        License: '{ "x": 1 }',
        ApplicationUri: 'https://sync.contoso.com/',
        Serilog: { MinimumLevel: 'Error' },
        Scheduler: { Enabled: false, MaxLockWatchTime: 1800 },
        Jobs: { MaxTaskBatchSize: 3 },
        OpenIdClients: { Job: { HashedSecret } },
        Authentication: { Enabled: true },
      },
    );
    expect(application).toEqual({
      applicationUri: 'https://sync.contoso.com',
      isSchedulerEnabled: false,
      maxTaskBatchSize: 3,
      hashedSecrets: new Map([['Job', HashedSecret]]),
    });
  });

  test('need not say anything', () => {
    expect(load({}).application).toEqual({
      applicationUri: undefined,
      isSchedulerEnabled: true,
      maxTaskBatchSize: 5,
      hashedSecrets: new Map(),
    });
  });

  test('has another hash for each environment', () => {
    const other = createHash('sha256').update('other').digest('base64');
    write('appsettings.Test.json', { OpenIdClients: { job: { HashedSecret: other } } });
    const application = { OpenIdClients: { Job: { HashedSecret } } };
    const secrets = (environment: Readonly<Record<string, string>>) =>
      load({}, application, environment).application.hashedSecrets.get('Job');
    expect(secrets({})).toBe(HashedSecret);
    expect(secrets({ ASPNETCORE_ENVIRONMENT: 'Test' })).toBe(other);
    expect(secrets({ OpenIdClients__Job__HashedSecret: other })).toBe(other);
  });

  test('takes yes, no and numbers out of variables', () => {
    const environment = { Scheduler__Enabled: 'False', JOBS__MAXTASKBATCHSIZE: '7' };
    expect(load({}, {}, environment).application).toMatchObject({
      isSchedulerEnabled: false,
      maxTaskBatchSize: 7,
    });
  });

  test.each<[object, string]>([
    [{ Scheduler: { Enabled: 'perhaps' } }, 'Scheduler > Enabled is "perhaps": write one of the two.'],
    [
      { Scheduler: { Enabld: true } },
      'Scheduler > Enabld is no setting that belongs here: did you mean Enabled?',
    ],
    [
      { Jobs: { MaxTaskBatchSize: 0 } },
      'Jobs > MaxTaskBatchSize is 0: write a whole number from 1 to 1,000.',
    ],
    [
      { ApplicationUri: 'sync' },
      'ApplicationUri is "sync", which is no address of a server: write it as https://host.',
    ],
    [
      { OpenIdClients: { Job: { HashedSecret: 'secret' } } },
      'OpenIdClients > Job > HashedSecret is no SHA-256 in base64, which has 44 signs: write what "openssl dgst -sha256 -binary | base64" makes of the secret.',
    ],
    [{ Connection: {} }, 'Connection is no setting that belongs here: did you mean Connections?'],
  ])('is refused: %j', (application, sentence) => {
    expect(refusal(() => load({}, application))).toBe(`appsettings.json: ${sentence}`);
  });
});

describe('secrets that cannot be read', () => {
  test.each<[object, string]>([
    [
      { EncryptionCertificate: { File: './x.pfx', UseEncryptedAppsettings: true } },
      'EncryptionCertificate > UseEncryptedAppsettings asks for values out of appsettings.encrypted.agent.json, which',
    ],
    [
      { CyberArk: { UseCyberArkSetting: true, SafeName: 's' } },
      'CyberArk > UseCyberArkSetting asks for values out of CyberArk, which',
    ],
    [
      { AzureKeyVault: { Vault: 'https://contoso.vault.azure.net/' } },
      'AzureKeyVault > Vault is "https://contoso.vault.azure.net/", and asks for values out of an Azure Key Vault, which',
    ],
  ])('are refused: %j', (application, words) => {
    expect(refusal(() => load({}, application))).toBe(
      `appsettings.json: ${words} Syncline cannot read yet: write the values into a settings file, the secrets as \${NAME} out of environment variables.`,
    );
  });

  test('do no harm where they are not asked for, and the files are told of', () => {
    write('appsettings.encrypted.agent.json', {});
    write('appsettings.cyberArk.agent.Production.json', {});
    const application = {
      Databases: { Vault: 'Server=db.contoso.com;Database=vault' },
      EncryptionCertificate: { UseEncryptedAppsettings: true, EncryptFile: false },
      CyberArk: { UseCyberArkSetting: false },
    };
    const { warnings } = load({}, application, { EncryptionCertificate__UseEncryptedAppsettings: 'false' });
    expect(warnings).toEqual(
      ['appsettings.encrypted.agent.json', 'appsettings.cyberArk.agent.Production.json'].map(
        (name) =>
          `${join(directory, name)} is not read, because Syncline has no use for encrypted settings and vaults yet: write the values into a settings file, the secrets as \${NAME} out of environment variables.`,
      ),
    );
  });
});
