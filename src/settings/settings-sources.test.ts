// Which files and variables make the settings, in which order, and that a mistake names the one it stands in.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Fault } from '../errors.ts';
import { connectionNamed, loadSettings, type Settings } from './settings.ts';

const base = 'appsettings.agent.json';
const required = {
  ApplicationId: '00000000-1111-4222-8333-444444444444',
  ApplicationKey: 'key~of~base',
  TenantId: 'aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb',
};

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'syncline-sources-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Writes files of these names into the directory. */
function write(files: Readonly<Record<string, object | string>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(inDirectory(name)), { recursive: true });
    writeFileSync(inDirectory(name), typeof content === 'string' ? content : JSON.stringify(content));
  }
}

function inDirectory(name: string): string {
  return join(directory, name);
}

function load(environment: Readonly<Record<string, string>> = {}, name = base, isDefault = false): Settings {
  return loadSettings(
    { path: inDirectory(name), isDefault, dataDirectory: inDirectory('data') },
    environment,
  );
}

function contoso(settings: object): object {
  return { Connections: { Contoso: settings } };
}

function keyOf(settings: Settings): string | undefined {
  const [credential] = connectionNamed(settings, 'Contoso').entra.credentials;
  return credential?.kind === 'secret' ? credential.secret : undefined;
}

function refusal(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof Fault) return error.message;
    throw error;
  }
  throw new Error('not refused');
}

describe('a later one wins', () => {
  const variable = { Connections__Contoso__ApplicationKey: 'key~of~variable' };
  const ordered = [
    'appsettings.json',
    'appsettings.Production.json',
    base,
    'appsettings.agent.Production.json',
    join('data', 'Work', 'appsettings.connection.json'),
    join('data', 'Work', 'appsettings.connection.Production.json'),
  ];

  test('from appsettings.json to the connections of the work folder, and variables over all', () => {
    write({ [base]: contoso(required) });
    for (const [index, name] of ordered.entries()) {
      if (name !== base) write({ [name]: contoso({ ApplicationKey: `key~${index}` }) });
      const expected = index < ordered.indexOf(base) ? required.ApplicationKey : `key~${index}`;
      if (name !== base) expect(keyOf(load())).toBe(expected);
    }
    expect(keyOf(load(variable))).toBe('key~of~variable');
    expect(load(variable).sources).toEqual([
      ...ordered.map(inDirectory),
      'The environment variable Connections__Contoso__ApplicationKey',
    ]);
    expect(load(variable).overrides.map(({ path, losers }) => [path.join(), losers.length])).toEqual([
      ['Connections,Contoso,ApplicationKey', ordered.length],
    ]);
  });

  test('in the environment that ASPNETCORE_ENVIRONMENT names', () => {
    write({
      [base]: contoso(required),
      'appsettings.agent.Production.json': contoso({ ApplicationKey: 'key~of~production' }),
      'appsettings.agent.Test.json': contoso({ ApplicationKey: 'key~of~test' }),
    });
    expect(keyOf(load())).toBe('key~of~production');
    expect(keyOf(load({ ASPNETCORE_ENVIRONMENT: '' }))).toBe('key~of~production');
    expect(keyOf(load({ ASPNETCORE_ENVIRONMENT: 'Test' }))).toBe('key~of~test');
    expect(keyOf(load({ ASPNETCORE_ENVIRONMENT: 'Other' }))).toBe('key~of~base');
    expect(refusal(() => load({ ASPNETCORE_ENVIRONMENT: '../x' }))).toBe(
      'ASPNETCORE_ENVIRONMENT is "../x", which cannot be a part of a file name: write a name such as Production.',
    );
  });

  test('beside a settings file of any name', () => {
    write({
      'contoso.json': contoso(required),
      'contoso.Production.json': contoso({ ApplicationKey: 'key~of~variant' }),
      'appsettings.agent.json': contoso({ ApplicationKey: 'key~of~other' }),
    });
    expect(keyOf(load({}, 'contoso.json'))).toBe('key~of~variant');
  });

  test('of an agent that is part of the server, whose one file is read once', () => {
    write({ 'appsettings.json': contoso(required) });
    expect(load({}, 'appsettings.json').sources).toEqual([inDirectory('appsettings.json')]);
  });

  test('with a work folder that a file names, where it begins at the settings file', () => {
    write({
      [base]: contoso(required),
      'appsettings.json': { WorkFolderPath: 'mine' },
      'mine/appsettings.connection.json': contoso({ ApplicationKey: 'key~of~screens' }),
    });
    expect(keyOf(load())).toBe('key~of~screens');
  });
});

test('what one file takes from another is told, as far as Syncline reads it', () => {
  write({
    [base]: { ...contoso(required), Serilog: { MinimumLevel: 'Error' } },
    'appsettings.agent.Production.json': {
      ...contoso({ TenantId: 'b.com' }),
      Serilog: { MinimumLevel: 'Debug' },
    },
  });
  const winner = inDirectory('appsettings.agent.Production.json');
  expect(load().overrides).toEqual([
    { path: ['Connections', 'Contoso', 'TenantId'], winner, losers: [inDirectory(base)] },
  ]);
});

describe('environment variables', () => {
  test('are settings in upper or lower case, and entries of lists by their numbers', () => {
    write({ [base]: contoso({ ...required, C0: 'user', Attributes: ['displayName', 'mail'] }) });
    const { columns, entra } = connectionNamed(
      load({
        CONNECTIONS__CONTOSO__TENANTID: 'contoso.com',
        Connections__Contoso__Attributes__1: 'department',
        connections__contoso__attributes__2: 'city',
      }),
      'Contoso',
    );
    expect(entra.tenantId).toBe('contoso.com');
    expect(columns).toEqual(['id', 'displayName', 'department', 'city']);
  });

  test('make a connection without any file', () => {
    const settings = load(
      Object.fromEntries(
        Object.entries(required).map(([name, value]) => [`Connections__Contoso__${name}`, value]),
      ),
      base,
      true,
    );
    expect(settings.isFound).toBe(true);
    expect(keyOf(settings)).toBe('key~of~base');
  });

  test('are left alone when they are empty, or no settings', () => {
    write({ [base]: contoso(required) });
    const settings = load({
      Connections__Contoso__ApplicationKey: '',
      Connections____ApplicationKey: 'x',
      Connections: 'x',
      Serilog__MinimumLevel: 'x',
      JOBS: '2',
      PATH: '/bin',
    });
    expect(keyOf(settings)).toBe('key~of~base');
    expect(settings.sources).toEqual([inDirectory(base)]);
  });

  test('are refused when two of them are one setting', () => {
    write({ [base]: contoso(required) });
    expect(
      refusal(() => load({ Connections__Contoso__Cloud: 'China', CONNECTIONS__CONTOSO__CLOUD: 'Global' })),
    ).toBe(
      'The environment variables Connections__Contoso__Cloud and CONNECTIONS__CONTOSO__CLOUD are the same setting, as case does not count: unset one.',
    );
  });
});

describe('a mistake names what it stands in', () => {
  const production = 'appsettings.agent.Production.json';
  const mistake = (settings: Settings) => refusal(() => connectionNamed(settings, 'Contoso'));

  test('be it a file or a variable', () => {
    write({ [base]: contoso(required), [production]: contoso({ TenantId: 'x' }) });
    expect(mistake(load())).toMatch(`${inDirectory(production)}: Connections > Contoso > TenantId is "x"`);
    write({ [production]: {} });
    expect(mistake(load({ Connections__Contoso__TenantId: 'y' }))).toMatch(
      'The environment variable Connections__Contoso__TenantId: Connections > Contoso > TenantId is "y"',
    );
  });

  test('and what is missing, the file that begins the section', () => {
    write({
      [base]: contoso({ ApplicationId: required.ApplicationId }),
      [production]: contoso({ TenantId: 'x.com' }),
    });
    expect(mistake(load())).toMatch(
      `${inDirectory(base)}: Connections > Contoso > ApplicationKey is missing`,
    );
  });

  test('an entry of a list, and a profile', () => {
    const named = {
      TenantId: required.TenantId,
      ApplicationId: required.ApplicationId,
      CredentialProfile: 'r',
    };
    write({
      [base]: { ...contoso(named), CredentialProfiles: { r: { Credentials: [{ Secret: 'a~b' }] } } },
      [production]: { CredentialProfiles: { R: { Credentials: [{}, { Sekret: 'x' }] } } },
    });
    expect(mistake(load())).toMatch(
      `${inDirectory(production)}: CredentialProfiles > r > Credentials > entry 2 > Sekret is no setting that belongs here`,
    );
  });

  test('the JSON of a file', () => {
    write({ [base]: contoso(required), 'appsettings.json': '{ "Jobs": }' });
    expect(refusal(() => load())).toMatch(`${inDirectory('appsettings.json')}, line 1, column 11: `);
    write({ 'appsettings.json': '[]' });
    expect(refusal(() => load())).toMatch(`${inDirectory('appsettings.json')} holds no settings`);
  });
});

describe('names of connections', () => {
  test('are the same in all files whatever the case, so that one of them adds to another', () => {
    write({
      [base]: contoso(required),
      'appsettings.agent.Production.json': {
        Connections: { CONTOSO: { ApplicationKey: 'key~of~production' } },
      },
    });
    const settings = load();
    expect([...settings.connections.keys()]).toEqual(['Contoso']);
    expect(keyOf(settings)).toBe('key~of~production');
  });

  test('are refused when they are there twice in one of the files', () => {
    write({
      [base]: contoso(required),
      'appsettings.agent.Production.json': '{"Connections": {"Contoso": {}, "CONTOSO": {}}}',
    });
    expect(refusal(() => load())).toMatch(
      `${inDirectory('appsettings.agent.Production.json')}, line 1, column 33: the name "CONTOSO" is there twice`,
    );
  });

  test.each([
    ['1Contoso', 'begins with a digit'],
    ['Contoso_Export', 'has "_" in it'],
    ['Contoso?', 'has "?" in it'],
    ['C'.repeat(443), 'is longer than 442 characters'],
  ])('are refused with the rule and the file that brings them: %s', (name, rule) => {
    write({
      [base]: contoso(required),
      'data/Work/appsettings.connection.json': { Connections: { [name]: required } },
    });
    const settings = load();
    expect(settings.refused.get(name)?.message).toBe(
      `${inDirectory('data/Work/appsettings.connection.json')}: Connections > ${name} has a name that ${rule}: rename it.`,
    );
    expect(keyOf(settings)).toBe('key~of~base');
  });

  test.each(['A', 'Contoso.Export-2', 'C'.repeat(442)])('are accepted: %s', (name) => {
    write({ [base]: { Connections: { [name]: required } } });
    expect([...load().connections.keys()]).toEqual([name]);
  });
});
