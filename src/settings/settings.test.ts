import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { certificatePem, writeCertificate } from '../../simulator/x509-certificate.ts';
import { checkEntityTypes, defaultEntityTypes } from '../connectors/entra/entity-types.ts';
import { Fault } from '../errors.ts';
import { defaultGuards } from '../model/guard.ts';
import type { ConnectionSettings } from './connection-settings.ts';
import { allConnections, connectionNamed, loadSettings, type Settings } from './settings.ts';

const directory = mkdtempSync(join(tmpdir(), 'syncline-settings-'));
afterAll(() => rmSync(directory, { recursive: true }));
const path = join(directory, 'appsettings.agent.json');

const applicationId = '00000000-1111-4222-8333-444444444444';
const tenantId = 'aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb';
const required = { ApplicationId: applicationId, ApplicationKey: 'value~of~secret', TenantId: tenantId };

type Environment = Readonly<Record<string, string>>;

function load(content: object | string | Uint8Array, environment: Environment = {}): Settings {
  const isText = typeof content === 'string' || content instanceof Uint8Array;
  writeFileSync(path, isText ? content : JSON.stringify(content));
  return loadSettings({ path, isDefault: false, dataDirectory: directory }, environment);
}

/** The connection `Contoso` of a file with these settings in it, beside the required ones; undefined takes one away. */
function connection(
  settings: object,
  environment: Environment = {},
  others: object = {},
): ConnectionSettings {
  return connectionNamed(
    load({ Connections: { Contoso: { ...required, ...settings } }, ...others }, environment),
    'Contoso',
  );
}

function refusal(action: () => unknown): Fault {
  try {
    action();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error('not refused');
}

/** What is said of the connection `Contoso`, behind the file's name. */
function complaint(settings: object, environment: Environment = {}, others: object = {}): string {
  const { code, message } = refusal(() => connection(settings, environment, others));
  expect(code).toBe('invalid-setting');
  expect(message).not.toContain(required.ApplicationKey);
  expect(message.startsWith(`${path}: `)).toBe(true);
  return message.slice(path.length + 2);
}

async function makeCertificate(kind: 'rsa' | 'ec') {
  const keys =
    kind === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const validity = { startAt: new Date('2026-01-01'), endAt: new Date('2042-01-01') };
  const der = await writeCertificate({
    subject: 'Sync',
    ...keys,
    issuer: { subject: 'Sync', ...keys },
    purpose: 'signing',
    ...validity,
  });
  const key = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const locked = keys.privateKey
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
    .toString();
  return { certificate: certificatePem(der), key, locked };
}

describe('the format of Identity Manager', () => {
  test('is accepted as it is, with everything else that stands in such a file', () => {
    const settings = load(`\uFEFF{
      // The agent
      "OpenId": { "AgentIdentifier": "Local", "OpenIdClients": { "Job": "secret" }, },
      "Connections": {
        "ADExport": { "Servers": [ { "Server": "ad.contoso.com", "BaseDN": "DC=contoso,DC=com" } ], "Login": "CONTOSO\\\\sync" },
        "MicrosoftEntraIDExport": {
          "ApplicationId": "${applicationId}",
          "ApplicationKey": "value~of~secret", /* renew in May */
          "TenantId": "${tenantId}",
          "MicrosoftGraphPathApi": "https://graph.microsoft.com/v1.0/",
          "ResponseUri": "http://localhost",
        },
      },
    }`);
    const [only] = allConnections(settings);
    expect(only).toEqual({
      name: 'MicrosoftEntraIDExport',
      entra: {
        tenantId,
        clientId: applicationId,
        credentials: [{ kind: 'secret', secret: 'value~of~secret' }],
        addresses: {
          authority: `https://login.microsoftonline.com/${tenantId}`,
          graph: 'https://graph.microsoft.com/v1.0',
          scope: 'https://graph.microsoft.com/.default',
        },
      },
      entityTypes: defaultEntityTypes,
      columns: expect.arrayContaining(['id', 'displayName', 'userPrincipalName', 'groupTypes']),
      guards: defaultGuards,
      follow: { floorSeconds: 15, ceilingSeconds: 900 },
    });
    expect(settings.others).toEqual(['ADExport']);
  });

  test('knows no difference between upper and lower case in names', () => {
    const lower = Object.fromEntries(
      Object.entries(required).map(([name, value]) => [name.toLowerCase(), value]),
    );
    const settings = load({ CONNECTIONS: { Contoso: lower } });
    expect(connectionNamed(settings, 'cONTOSO').name).toBe('Contoso');
    const twice = refusal(() => load('{"Connections": {"Contoso": {},\n "CONTOSO": {}}}'));
    expect(twice.message).toContain('line 2, column 2: the name "CONTOSO" is there twice');
  });

  test.each(['utf8', 'utf16le'] as const)('may be in %s with a byte order mark', (encoding) => {
    const text = `\uFEFF${JSON.stringify({ Connections: { Contoso: required } })}`;
    expect(load(Buffer.from(text, encoding)).connections.size).toBe(1);
  });

  test('takes the entity types from C0 and the columns from one list for all', () => {
    const { entityTypes, columns } = connection({
      C0: 'user group',
      Attributes: ['@odata.type', 'accountEnabled', 'id', 'mail'],
    });
    expect(entityTypes).toEqual([
      { name: 'user', attributes: ['accountEnabled', 'mail'], links: [] },
      { name: 'group', attributes: ['mail'], links: ['members', 'owners'] },
    ]);
    expect(columns).toEqual(['accountEnabled', 'id', 'mail']);
  });
});

describe('addresses', () => {
  const global = connection({}).entra.addresses;
  test.each<[string, object, object]>([
    ['no setting', {}, global],
    [
      'a cloud',
      { Cloud: 'usgovl5' },
      { graph: 'https://dod-graph.microsoft.us/v1.0', scope: 'https://dod-graph.microsoft.us/.default' },
    ],
    [
      'the Graph of another cloud',
      { MicrosoftGraphPathApi: 'https://graph.microsoft.us/beta/' },
      { authority: `https://login.microsoftonline.us/${tenantId}`, graph: 'https://graph.microsoft.us/beta' },
    ],
    [
      'a pattern',
      { MicrosoftAuthorityPath: 'https://login.example.com/{0}' },
      { authority: `https://login.example.com/${tenantId}` },
    ],
    [
      'a pattern in words',
      { MicrosoftAuthorityPath: 'https://login.example.com/{TenantId}/v2.0/' },
      { authority: `https://login.example.com/${tenantId}` },
    ],
    [
      'a plain host',
      { MicrosoftAuthorityPath: 'https://login.example.com/' },
      { authority: `https://login.example.com/${tenantId}` },
    ],
    [
      'a whole authority',
      { MicrosoftAuthorityPath: `https://login.example.com/${tenantId}/` },
      { authority: `https://login.example.com/${tenantId}` },
    ],
    [
      'this machine, in clear',
      { MicrosoftGraphPathApi: 'http://localhost:8080/v1.0' },
      { graph: 'http://localhost:8080/v1.0' },
    ],
    [
      'a scope',
      { MicrosoftGraphPath: 'https://graph.example.com/.default' },
      { scope: 'https://graph.example.com/.default' },
    ],
  ])('follow from %s', (_, settings, addresses) => {
    expect(connection(settings).entra.addresses).toMatchObject(addresses);
  });

  test.each<[string, object, string]>([
    [
      'no URL',
      { MicrosoftGraphPathApi: 'graph.microsoft.com/v1.0' },
      'MicrosoftGraphPathApi is "graph.microsoft.com/v1.0", which is no URL',
    ],
    [
      'no version',
      { MicrosoftGraphPathApi: 'https://graph.microsoft.com' },
      'which does not end with the version of Microsoft Graph',
    ],
    ['a query', { MicrosoftGraphPathApi: 'https://graph.microsoft.com/v1.0?a=b' }, 'which has a ? in it'],
    ['in clear', { MicrosoftGraphPathApi: 'http://graph.microsoft.com/v1.0' }, 'which is not encrypted'],
    [
      'a metadata service',
      { MicrosoftAuthorityPath: 'https://169.254.169.254/{0}' },
      "cloud's metadata service",
    ],
    [
      'too much path',
      { MicrosoftAuthorityPath: 'https://login.example.com/{0}/oauth2/token' },
      'which has more than the tenant in its path',
    ],
    [
      'another tenant',
      { MicrosoftAuthorityPath: 'https://login.microsoftonline.com/organizations' },
      'MicrosoftAuthorityPath leads to the tenant "organizations" and not to TenantId: write {0} in its place.',
    ],
    [
      'no scope',
      { MicrosoftGraphPath: 'User.Read.All' },
      'which is no scope for an application: write https://graph.microsoft.com/.default',
    ],
    [
      'no cloud',
      { Cloud: 'Mars' },
      'Cloud is "Mars", which is no cloud: choose from Global, USGovL4, USGovL5, China.',
    ],
  ])('are refused: %s', (_, settings, words) => {
    expect(complaint(settings)).toContain(words);
  });
});

describe('credentials', () => {
  const inDirectory = (name: string, content: string) => {
    writeFileSync(join(directory, name), content);
    return name;
  };
  const withProfile = (...credentials: readonly object[]) =>
    [
      { ApplicationKey: undefined, CredentialProfile: 'reader' },
      {},
      { CredentialProfiles: { Reader: { Credentials: credentials } } },
    ] as const;

  test('of a profile are tried in their order', async () => {
    const { certificate, key } = await makeCertificate('rsa');
    const CertificateFile = inDirectory('both.pem', `Bag Attributes\n${key}\n${certificate}`);
    const { entra } = connection(...withProfile({ CertificateFile }, { Secret: 'second~secret' }));
    expect(entra.clientId).toBe(applicationId);
    expect(entra.credentials).toEqual([
      {
        kind: 'certificate',
        certificatePem: certificate.trimEnd().concat('\n'),
        privateKeyPem: key.trimEnd().concat('\n'),
      },
      { kind: 'secret', secret: 'second~secret' },
    ]);
  });

  test('of a profile bring its application id, unless the connection has its own', () => {
    const profiles = {
      CredentialProfiles: { r: { ApplicationId: tenantId, Credentials: [{ Secret: 's' }] } },
    };
    const named = { ApplicationKey: undefined, CredentialProfile: 'r' };
    expect(connection({ ...named, ApplicationId: undefined }, {}, profiles).entra.clientId).toBe(tenantId);
    expect(connection(named, {}, profiles).entra.clientId).toBe(applicationId);
  });

  test('of a profile may be managed identities, which need no application', () => {
    const assigned = '11111111-2222-4333-8444-555555555555';
    const identity = (...values: string[]) => {
      const [settings, environment, more] = withProfile(
        ...values.map((ManagedIdentity) => ({ ManagedIdentity })),
      );
      return connection({ ...settings, ApplicationId: undefined }, environment, more).entra;
    };
    expect(identity('system')).toMatchObject({
      clientId: '',
      credentials: [{ kind: 'managed-identity', clientId: undefined }],
    });
    expect(identity(assigned, 'system')).toMatchObject({
      clientId: assigned,
      credentials: [
        { kind: 'managed-identity', clientId: assigned },
        { kind: 'managed-identity', clientId: undefined },
      ],
    });
    expect(complaint(...withProfile({ ManagedIdentity: 'mine' }))).toContain(
      'ManagedIdentity is "mine", which is no managed identity: write "system", or the client id',
    );
  });

  test('of a profile may be users with their passwords', () => {
    const { entra } = connection(...withProfile({ UserName: 'ada@contoso.com', Password: 'p' }));
    expect(entra).toMatchObject({
      clientId: applicationId,
      credentials: [{ kind: 'user-password', userName: 'ada@contoso.com', password: 'p' }],
    });
    expect(complaint(...withProfile({ UserName: 'ada@contoso.com' }))).toContain(
      'entry 1 > Password is missing',
    );
    expect(complaint(...withProfile({ Password: 'p' }))).toContain('entry 1 > UserName is missing');
    expect(complaint(...withProfile({ Secret: 'a', Password: 'p' }))).toContain(
      'has several of them: make a credential of each',
    );
  });

  test('come out of environment variables', () => {
    const { entra } = connection({ ApplicationKey: '${CONTOSO_KEY}' }, { CONTOSO_KEY: 'from~there' });
    expect(entra.credentials).toEqual([{ kind: 'secret', secret: 'from~there' }]);
    expect(complaint({ ApplicationKey: '${CONTOSO_KEY}' })).toBe(
      'Connections > Contoso > ApplicationKey names the environment variable CONTOSO_KEY, which is not set: set it where Syncline runs.',
    );
  });

  test('are refused where they contradict each other or are not there', () => {
    expect(complaint({ ApplicationKey: undefined })).toContain('ApplicationKey is missing');
    expect(complaint({ ApplicationKey: '' })).toContain('ApplicationKey is empty');
    expect(complaint({ ApplicationKey: ' padded ' })).toContain('begins or ends with a space');
    expect(complaint({ ApplicationKey: 7 })).toContain(
      'ApplicationKey is no text: write it in double quotes',
    );
    expect(complaint({ CredentialProfile: 'r' })).toContain(
      'has both an ApplicationKey and a CredentialProfile',
    );
    expect(complaint({ ApplicationKey: undefined, CredentialProfile: 'r' })).toContain(
      'CredentialProfile is "r", which CredentialProfiles has no entry of',
    );
    expect(complaint(...withProfile())).toBe(
      'CredentialProfiles > Reader > Credentials is empty: list at least one credential, [{ "Secret": "…" }].',
    );
    expect(complaint(...withProfile({}))).toContain('Credentials > entry 1 names no credential');
    expect(complaint(...withProfile({ Secret: 'a', CertificateFile: 'b' }))).toContain(
      'entry 1 has both a Secret and a file',
    );
    expect(complaint(...withProfile({ Sekret: 'a~secret' }))).toBe(
      'CredentialProfiles > Reader > Credentials > entry 1 > Sekret is no setting that belongs here: did you mean Secret?',
    );
  });

  test('in the wrong place are not shown', () => {
    const secret = 'Yz18Q~4Fm0x_k-3p.ZL2sT9vW5bN7cH1dJ6gRaQe';
    expect(complaint({ ApplicationId: secret })).toContain(
      'ApplicationId is what looks like a client secret, which is no GUID',
    );
    for (const name of [
      'TenantId',
      'Cloud',
      'MicrosoftGraphPathApi',
      'MicrosoftGraphPath',
      'TrustedCertificatesFile',
    ]) {
      expect(complaint({ [name]: secret })).not.toContain(secret);
    }
    const unquoted = refusal(() => load(`{"Connections": {"Contoso": {"ApplicationKey": ${secret}}}}`));
    expect(unquoted.message).toBe(`${path}, line 1, column 48: "Y" stands where a value is due.`);
  });

  test('in files are refused when the files are not what they should be', async () => {
    const [rsa, other, ec] = [
      await makeCertificate('rsa'),
      await makeCertificate('rsa'),
      await makeCertificate('ec'),
    ];
    const files = (certificate: string, key: string) =>
      withProfile({
        CertificateFile: inDirectory('c.pem', certificate),
        PrivateKeyFile: inDirectory('k.pem', key),
      });
    expect(complaint(...withProfile({ CertificateFile: 'nowhere.pem' }))).toContain(
      `CertificateFile is "nowhere.pem", but there is no such file: correct it, paths begin at ${directory}`,
    );
    expect(complaint(...withProfile({ CertificateFile: '.' }))).toContain('is a directory');
    expect(complaint(...files('', rsa.key))).toContain('has no certificate in it');
    expect(complaint(...files(rsa.certificate.replace(/M/g, 'A'), rsa.key))).toContain(
      'has a damaged certificate in it',
    );
    expect(complaint(...files(rsa.certificate, rsa.certificate))).toContain('has no private key in it');
    expect(complaint(...files(rsa.certificate, rsa.locked))).toContain('has an encrypted private key in it');
    expect(complaint(...files(rsa.certificate, other.key))).toContain('not the one of the certificate');
    expect(complaint(...files(ec.certificate, ec.key))).toContain('has a key that is not RSA in it');
    expect(complaint({ TrustedCertificatesFile: inDirectory('x.pem', 'x') })).toContain(
      'TrustedCertificatesFile is "x.pem"',
    );
    expect(
      connection({
        TrustedCertificatesFile: inDirectory('t.pem', `# two\n${rsa.certificate}\n${ec.certificate}`),
      }).entra.trustedCertificates,
    ).toContain(ec.certificate.trim());
  });
});

test('the example of the documentation is as it says', async () => {
  const page = readFileSync(new URL('../../docs/settings.md', import.meta.url), 'utf8');
  const example = /```jsonc\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  const { certificate, key } = await makeCertificate('rsa');
  mkdirSync(join(directory, 'certificates'));
  for (const name of ['proxy.pem', 'fabrikam.pem'])
    writeFileSync(join(directory, 'certificates', name), certificate);
  writeFileSync(join(directory, 'certificates', 'fabrikam.key'), key);

  const [contoso, fabrikam] = allConnections(load(example, { CONTOSO_SECRET: 'c', FABRIKAM_SECRET: 'f' }));
  expect(contoso?.entra.credentials).toEqual([{ kind: 'secret', secret: 'c' }]);
  expect(fabrikam).toMatchObject({
    name: 'FabrikamGovernment',
    entra: {
      tenantId: 'fabrikam.us',
      clientId: '22222222-1111-4222-8333-444444444444',
      credentials: [{ kind: 'certificate' }, { kind: 'secret', secret: 'f' }],
      addresses: { graph: 'https://graph.microsoft.us/v1.0' },
      proxy: 'http://proxy.fabrikam.us:3128',
    },
    columns: [
      'id',
      'displayName',
      'userPrincipalName',
      'accountEnabled',
      'department',
      'description',
      'groupTypes',
    ],
  });
  expect([contoso, fabrikam].flatMap((one) => checkEntityTypes(one?.entityTypes ?? []))).toEqual([]);
});

describe('the proxy', () => {
  const proxyOf = (settings: object, environment: Environment = {}) =>
    connection(settings, environment).entra.proxy;

  test('is that of the connection, or else that of the environment, where NO_PROXY allows', () => {
    const HTTPS_PROXY = 'http://proxy.contoso.com:3128';
    expect(proxyOf({ Proxy: 'http://own:3128' }, { HTTPS_PROXY })).toBe('http://own:3128');
    expect(proxyOf({}, { HTTPS_PROXY })).toBe(HTTPS_PROXY);
    expect(proxyOf({}, { https_proxy: 'proxy.contoso.com:3128' })).toBe(HTTPS_PROXY);
    expect(proxyOf({}, { HTTPS_PROXY, NO_PROXY: 'contoso.com, example.org' })).toBe(HTTPS_PROXY);
    expect(proxyOf({}, { HTTPS_PROXY, NO_PROXY: '.microsoft.com,microsoftonline.com:443' })).toBeUndefined();
    expect(proxyOf({}, { HTTPS_PROXY, NO_PROXY: '*' })).toBeUndefined();
    const local = {
      MicrosoftAuthorityPath: 'https://localhost:8443',
      MicrosoftGraphPathApi: 'https://localhost:8443/v1.0',
    };
    expect(proxyOf(local, { HTTPS_PROXY })).toBeUndefined();
  });

  test('is refused where it cannot be meant so, without showing its password', () => {
    const HTTPS_PROXY = 'http://proxy.contoso.com:3128';
    expect(complaint({}, { HTTPS_PROXY, NO_PROXY: 'graph.microsoft.com' })).toContain(
      'NO_PROXY covers graph.microsoft.com but not login.microsoftonline.com',
    );
    expect(complaint({ Proxy: 'socks5://ada:pass~word@proxy:1080' })).toBe(
      'Connections > Contoso > Proxy is no address of a proxy: write http://HOST:PORT.',
    );
    expect(complaint({}, { HTTPS_PROXY: 'ftp://ada:pass~word@proxy' })).not.toContain('pass~word');
  });
});

describe('entity types', () => {
  test('are mapped one by one, and what is left out is the usual', () => {
    const { entityTypes, columns } = connection({
      EntityTypes: {
        USER: { Filter: 'accountEnabled eq true' },
        group: { Attributes: ['displayName', '@odata.type', 'id'], Links: ['members'] },
        device: {},
      },
    });
    const usual = defaultEntityTypes.find(({ name }) => name === 'user');
    expect(entityTypes).toEqual([
      { ...usual, filter: 'accountEnabled eq true' },
      { name: 'group', attributes: ['displayName'], links: ['members'] },
      { name: 'device', attributes: expect.arrayContaining(['displayName', 'accountEnabled']), links: [] },
    ]);
    expect(columns[0]).toBe('id');
    expect(new Set(columns).size).toBe(columns.length);
    expect(columns).toEqual(expect.arrayContaining(entityTypes.flatMap(({ attributes }) => attributes)));
  });

  test.each<[object, string]>([
    [{ EntityTypes: {} }, 'EntityTypes is empty'],
    [{ EntityTypes: ['user'] }, 'EntityTypes is no section'],
    [{ EntityTypes: { user: ['mail'] } }, 'EntityTypes > user is no section'],
    [{ EntityTypes: { user: { Attributes: [] } } }, 'EntityTypes > user > Attributes is empty'],
    [{ EntityTypes: { user: { Attributes: ['mail', 5] } } }, 'Attributes > entry 2 is no text'],
    [
      { EntityTypes: { user: { Atributes: ['mail'] } } },
      'Atributes is no setting that belongs here: did you mean Attributes?',
    ],
    [{ EntityTypes: { user: {} }, C0: 'user' }, 'has both EntityTypes and C0'],
    [{ EntityTypes: { user: {} }, Attributes: ['mail'] }, 'has both EntityTypes and Attributes'],
    [{ C0: ' ' }, 'C0 is empty'],
    [{ Attributes: 'mail' }, 'Attributes is no list'],
  ])('are refused: %j', (settings, words) => {
    expect(complaint(settings)).toContain(words);
  });
});

describe('one connection', () => {
  test('that is wrong is told with all its mistakes, and keeps no other from being used', () => {
    const settings = load({
      Connections: { Wrong: { ...required, ApplicationId: 'x', TenantId: 'common' }, Right: required },
    });
    expect(connectionNamed(settings, 'Right').name).toBe('Right');
    const words =
      'Connections > Wrong > ApplicationId is "x", which is no GUID: copy the Application (client) ID from the app registration\'s overview. Also wrong: Connections > Wrong > TenantId.';
    expect(refusal(() => connectionNamed(settings, 'wrong')).message).toBe(`${path}: ${words}`);
    expect(refusal(() => allConnections(settings)).message).toBe(`${path}: ${words}`);
  });

  test.each([
    '1st',
    'a_b',
    'a:b',
    'a/b',
    'a\\b',
    'a|b',
    'a?b',
    'a*b',
    'a<b',
    'a>b',
    'a"b',
    'a`b',
    ' a',
    '',
    'a'.repeat(443),
  ])('is not called %j', (name) => {
    const settings = load({ Connections: { [name]: required } });
    expect(refusal(() => allConnections(settings)).message).toMatch(/ has a name that .*: rename it\.$/);
  });

  test('is not misspelled', () => {
    expect(complaint({ Clod: 'China' })).toBe(
      'Connections > Contoso > Clod is no setting that belongs here: did you mean Cloud?',
    );
    expect(connection({ DisplayName: 'of another program' }).name).toBe('Contoso');
  });

  test('has to be there, and to be one to Entra', () => {
    const settings = load({ Connections: { HR: { Path: 'hr.csv' }, Contoso: required } });
    expect(refusal(() => connectionNamed(settings, 'hr')).message).toContain(
      'Connections > HR is no connection to Entra',
    );
    expect(refusal(() => connectionNamed(settings, 'Fabrikam'))).toMatchObject({
      code: 'unknown-connection',
      message: `There is no connection "Fabrikam": ${path} has Contoso; choose one of them, or name another file with --settings.`,
    });
  });
});

describe('the file', () => {
  test('need not be there under its default name', () => {
    const file = { path: join(directory, 'none.json'), isDefault: true, dataDirectory: directory };
    const settings = loadSettings(file, {});
    expect(settings).toMatchObject({ isFound: false, connections: new Map() });
    expect(refusal(() => connectionNamed(settings, 'A')).message).toContain('which is not there yet');
    expect(refusal(() => loadSettings({ ...file, isDefault: false }, {})).message).toContain(
      'There is no settings file',
    );
  });

  test.each<[string, string | Uint8Array, string]>([
    ['no JSON', '{\n  "Connections": {\n    "A": {}\n    "B": {}\n  }\n}', 'line 4, column 5'],
    ['no object', '[]', 'holds no settings'],
    ['other things', '{"Connections": [1]}', 'Connections is no section'],
    ['another encoding', Buffer.from('{"Connections": {"Zoë": {}}}', 'latin1'), 'is no UTF-8 text'],
  ])('is refused with %s in it', (_, content, words) => {
    expect(refusal(() => load(content)).message).toContain(words);
  });

  test('is refused when it is a directory', () => {
    const place = join(directory, 'folder.json');
    mkdirSync(place);
    expect(
      refusal(() => loadSettings({ path: place, isDefault: true, dataDirectory: directory }, {})).message,
    ).toContain('is a directory');
  });
});

/** The same value with no two names that differ in case only. */
function inLowerCase(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).toLowerCase());
}

test('whatever JSON stands in a connection, it is a connection or a fault, and no secret is told', () => {
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }).map(inLowerCase),
    fc.constantFrom('${X}', 'https://a/v1.0', ' ', tenantId),
  );
  const names = [
    'TenantId',
    'Cloud',
    'Proxy',
    'MicrosoftGraphPathApi',
    'MicrosoftAuthorityPath',
    'C0',
    'Attributes',
    'EntityTypes',
    'CredentialProfile',
    'TrustedCertificatesFile',
  ];
  fc.assert(
    fc.property(fc.constantFrom(...names), value, (name, json) => {
      const settings = load({ Connections: { Contoso: { ...required, [name]: json } } });
      const fault = settings.refused.get('Contoso');
      expect(settings.connections.has('Contoso')).toBe(fault === undefined);
      if (fault) expect(fault.message).not.toContain(required.ApplicationKey);
    }),
  );
});
