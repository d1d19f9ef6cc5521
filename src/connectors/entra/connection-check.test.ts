import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../../simulator/simulator.ts';
import { certificatePem, writeCertificate } from '../../../simulator/x509-certificate.ts';
import { type GraphApplication, registerApplication } from '../../../test/fixtures/graph-application.ts';
import { openClient, type SimulatorClient } from '../../../test/fixtures/simulator-client.ts';
import { cloudAddresses } from './addresses.ts';
import { entityTypeNames } from './catalog.ts';
import type { Clock } from './clock.ts';
import { type CheckResult, type CheckStep, checkConnection } from './connection-check.ts';
import { mapAttributes } from './entity-types.ts';
import type { EntraConnection } from './entra-connection.ts';

let simulator: Simulator;
let client: SimulatorClient;
const unknownId = '11111111-2222-4333-8444-555555555555';

beforeAll(async () => {
  simulator = await startSimulator({ users: 20 });
  client = await openClient(simulator);
});

afterAll(async () => {
  await client.close();
  await simulator.stop();
});

function connect(change: Partial<EntraConnection> = {}): EntraConnection {
  const { tenantId, clientId, clientSecret, authority, graph, caPem } = simulator;
  return {
    tenantId,
    clientId,
    credentials: [{ kind: 'secret', secret: clientSecret }],
    addresses: { authority, graph, scope: 'https://graph.microsoft.com/.default' },
    trustedCertificates: caPem,
    ...change,
  };
}

function connectTo(addresses: Partial<EntraConnection['addresses']>): EntraConnection {
  return connect({ addresses: { ...connect().addresses, ...addresses } });
}

function connectAs({ clientId, secret }: GraphApplication): EntraConnection {
  return connect({ clientId, credentials: [{ kind: 'secret', secret }] });
}

/** A clock whose waits are over at once. */
function hurriedClock(): Clock & { readonly waitsMs: number[] } {
  const waitsMs: number[] = [];
  let nowMs = Date.now();
  return {
    waitsMs,
    now: () => nowMs,
    wait: async (milliseconds) => {
      waitsMs.push(milliseconds);
      nowMs += milliseconds;
    },
  };
}

const usersAndGroups = mapAttributes(['user', 'group'], ['displayName']);

async function check(
  connection: EntraConnection,
  { entityTypes = usersAndGroups, clock = hurriedClock() } = {},
): Promise<CheckResult[]> {
  const results = [];
  for await (const result of checkConnection(connection, entityTypes, new AbortController().signal, {
    clock,
  })) {
    results.push(result);
  }
  // Whatever it says, it never says the secret.
  for (const credential of connection.credentials) {
    if (credential.kind === 'secret') expect(JSON.stringify(results)).not.toContain(credential.secret);
  }
  return results;
}

/** `step outcome` of each result, repeated ones once. */
function course(results: readonly CheckResult[]): string[] {
  return [...new Set(results.map(({ step, outcome }) => `${step} ${outcome}`))];
}

function failureOf(results: readonly CheckResult[], step: CheckStep): CheckResult {
  const failures = results.filter(({ outcome }) => outcome === 'failed');
  expect(failures.map((failure) => failure.step)).toEqual([step]);
  const [failure] = failures;
  if (failure?.remedy === undefined) throw new Error('A failure has no remedy.');
  return failure;
}

test('everything is in order, for every entity type', async () => {
  const results = await check(connect(), { entityTypes: mapAttributes(entityTypeNames, ['displayName']) });
  expect(course(results)).toEqual([
    'dns ok',
    'tls ok',
    'authority ok',
    'secret ok',
    'consent ok',
    'permission ok',
    'graph ok',
  ]);
  expect(results.filter(({ step }) => step === 'graph').map(({ name }) => name)).toEqual([
    `Microsoft Graph at ${new URL(simulator.graph).host}`,
    ...entityTypeNames.map((name) => `Reading ${name}`),
  ]);
  expect(results.find(({ name }) => name.startsWith('Microsoft Graph'))?.detail).toMatch(/^the tenant is \w/);
  expect(results.find(({ name }) => name === 'Permissions beyond reading')?.detail).toContain('ReadWrite');
});

test("Microsoft's own hosts are reached through a proxy, which looks the names up", async () => {
  const tenant = await startSimulator({ users: 20, proxyPort: 0 });
  const { tenantId, clientId, clientSecret, caPem, proxy = '' } = tenant;
  const results = await check({
    tenantId,
    clientId,
    credentials: [{ kind: 'secret', secret: clientSecret }],
    addresses: cloudAddresses('USGovL4', tenantId),
    trustedCertificates: caPem,
    proxy,
  });
  await tenant.stop();
  expect(results.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
  expect(results[0]?.name).toMatch(/^Name of the proxy/);
  expect(results[1]?.name).toBe('Connection to login.microsoftonline.us');
});

test('a certificate signs in, and is told by its thumbprint', async () => {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const validity = { startAt: new Date(Date.now() - 86_400_000), endAt: new Date('2042-01-02') };
  const der = await writeCertificate({
    subject: 'Sync',
    ...keys,
    issuer: { subject: 'Sync', ...keys },
    purpose: 'signing',
    ...validity,
  });
  const certificatePemText = certificatePem(der);
  const privateKeyPem = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const credential = { kind: 'certificate', certificatePem: certificatePemText, privateKeyPem } as const;

  const { clientId } = await registerApplication(client, ['Directory.Read.All'], der.toString('base64'));
  const results = await check(connect({ clientId, credentials: [credential] }));
  expect(course(results)).toContain('graph ok');
  expect(results.find(({ step }) => step === 'secret')?.name).toMatch(
    /^Credential, the certificate [0-9A-F]{40}, valid until 2042-01-02$/,
  );

  const refused = failureOf(await check(connect({ credentials: [credential] })), 'secret');
  expect(refused.detail).toContain('AADSTS700027');
});

describe('what is wrong is named, and what hangs on it is not tried', () => {
  test('a wrong secret', async () => {
    const results = await check(connect({ credentials: [{ kind: 'secret', secret: 'not~the~secret' }] }));
    const { detail, remedy } = failureOf(results, 'secret');
    expect(detail).toContain('AADSTS7000215');
    expect(remedy).toContain('value of the secret and not its id');
    expect(course(results).slice(-3)).toEqual(['consent skipped', 'permission skipped', 'graph skipped']);
  });

  test("the secret's id instead of its value", async () => {
    const { clientId, secretId } = await registerApplication(client, []);
    const { detail } = failureOf(
      await check(connect({ clientId, credentials: [{ kind: 'secret', secret: secretId }] })),
      'secret',
    );
    expect(detail).toContain('looks like the id of a secret');
  });

  test('one of two credentials, while the other one works', async () => {
    const { clientSecret } = simulator;
    const results = await check(
      connect({
        credentials: [
          { kind: 'secret', secret: 'out~of~date' },
          { kind: 'secret', secret: clientSecret },
        ],
      }),
    );
    expect(failureOf(results, 'secret').name).toBe('Credential 1 of 2, a client secret');
    expect(course(results).at(-1)).toBe('graph ok');
  });

  test('a wrong tenant', async () => {
    const results = await check({
      ...connectTo({ authority: `${simulator.origin}/${unknownId}` }),
      tenantId: unknownId,
    });
    const { detail, remedy } = failureOf(results, 'authority');
    expect(detail).toContain('AADSTS90002');
    expect(remedy).toContain('TenantId');
    expect(course(results)).toContain('secret skipped');
  });

  test('a wrong client id', async () => {
    const { detail, remedy } = failureOf(await check(connect({ clientId: unknownId })), 'secret');
    expect(detail).toContain('AADSTS700016');
    expect(remedy).toContain('client id');
  });

  test('an application without any permission', async () => {
    const results = await check(connectAs(await registerApplication(client, [])));
    const { remedy } = failureOf(results, 'consent');
    expect(remedy).toContain('Directory.Read.All');
    expect(remedy).toContain('Grant admin consent');
    expect(course(results)).toContain('permission skipped');
  });

  test('an application that may see users only', async () => {
    const results = await check(connectAs(await registerApplication(client, ['User.Read.All'])));
    const failure = failureOf(results, 'permission');
    expect(failure.name).toBe('Permission for group');
    expect(failure.remedy).toContain('Group.Read.All, or Directory.Read.All for every type');
    const reading = results.filter(({ name }) => name.startsWith('Reading'));
    expect(reading.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
      'Reading user ok',
      'Reading group skipped',
    ]);
  });

  test('a certificate of an authority that is not trusted', async () => {
    const { trustedCertificates: _, ...connection } = connect();
    const results = await check(connection);
    expect(failureOf(results, 'tls').remedy).toContain('TrustedCertificatesFile');
    expect(course(results)).toContain('authority skipped');
  });

  test('a port on which nobody listens', async () => {
    const results = await check(connectTo({ graph: 'https://localhost:9/v1.0' }));
    expect(failureOf(results, 'tls').detail).toContain('ECONNREFUSED');
    expect(course(results)).toContain('secret ok');
    expect(course(results).at(-1)).toBe('graph skipped');
  });

  test('a port that does not speak TLS', async () => {
    const plain = await startSimulator({ scheme: 'http' });
    const results = await check(connectTo({ graph: plain.graph.replace('http:', 'https:') }));
    await plain.stop();
    expect(failureOf(results, 'tls').detail).toContain('does not speak TLS');
  });

  test('a name that leads nowhere', async () => {
    const results = await check(connectTo({ authority: `https://login.invalid/${simulator.tenantId}` }));
    expect(failureOf(results, 'dns').remedy).toContain('MicrosoftAuthorityPath');
    expect(course(results)).toContain('tls skipped');
  });

  test('a proxy that is not there', async () => {
    const results = await check(connect({ proxy: 'http://user:word@localhost:9' }));
    const { detail, remedy } = failureOf(results, 'tls');
    expect(detail).toContain('the proxy localhost:9 does not lead there');
    expect(remedy).toContain('Proxy');
  });

  test('a proxy that does not let the host pass', async () => {
    const plain = await startSimulator({ proxyPort: 0 });
    const results = await check(connect({ ...(plain.proxy ? { proxy: plain.proxy } : {}) }));
    await plain.stop();
    expect(failureOf(results, 'tls').detail).toMatch(/^the proxy [\w.]+:\d+ refuses with 4\d\d$/);
  });

  test('a Graph address of another service', async () => {
    const results = await check(connectTo({ graph: `${simulator.origin}/v3.0` }));
    expect(failureOf(results, 'graph').remedy).toContain('MicrosoftGraphPathApi');
  });

  test('an authority that is no sign-in', async () => {
    const results = await check(connectTo({ authority: `${simulator.origin}/v1.0` }));
    failureOf(results, 'authority');
  });
});

describe('certificates of hosts', () => {
  const servers: Server[] = [];
  afterAll(() => {
    for (const server of servers) server.close();
  });

  async function serve(names: readonly string[], endAt: Date): Promise<EntraConnection> {
    const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const startAt = new Date('2020-01-01');
    const issuer = { subject: 'Test authority', ...keys };
    const own = { subject: 'Test authority', publicKey: keys.publicKey, issuer };
    const authority = await writeCertificate({
      ...own,
      purpose: 'authority',
      startAt,
      endAt: new Date('2042-01-01'),
    });
    const leaf = await writeCertificate({
      ...own,
      subject: 'Host',
      purpose: 'server',
      names,
      startAt,
      endAt,
    });
    const key = keys.privateKey.export({ type: 'pkcs8', format: 'pem' });
    const server = createServer({ cert: certificatePem(leaf), key }, (_, response) => response.end());
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const pem = simulator.caPem + certificatePem(authority);
    return { ...connectTo({ graph: `https://localhost:${port}/v1.0` }), trustedCertificates: pem };
  }

  test('that are over', async () => {
    const results = await check(await serve(['localhost'], new Date('2021-01-01')));
    expect(failureOf(results, 'tls').detail).toContain('has expired');
  });

  test('that speak for another host', async () => {
    const results = await check(await serve(['graph.example.com'], new Date('2042-01-01')));
    expect(failureOf(results, 'tls').detail).toContain('is for another host');
  });
});

describe('throttling', () => {
  test('is waited out as asked, and told', async () => {
    await client.stage({ kind: 'throttle', retryAfterSeconds: 7, match: { path: 'token' } });
    const clock = hurriedClock();
    const results = await check(connect(), { clock });
    await client.stage();
    expect(clock.waitsMs).toEqual([7000]);
    expect(results.find(({ step }) => step === 'secret')?.detail).toBe('accepted, after 7 s of waiting');
    expect(course(results)).toContain('graph ok');
  });

  test('without an end is named', async () => {
    await client.stage({ kind: 'throttle', retryAfterSeconds: 7, match: { path: 'token' }, times: 'always' });
    const results = await check(connect());
    await client.stage();
    expect(failureOf(results, 'secret')).toMatchObject({
      detail: 'it is asked too often and answers 429, after 21 s of waiting',
      remedy: 'try again in 7 seconds',
    });
  });

  test('for an hour is not waited for', async () => {
    await client.stage({ kind: 'throttle', retryAfterSeconds: 3600, match: { path: '/organization' } });
    const clock = hurriedClock();
    const results = await check(connect(), { clock });
    await client.stage();
    expect(clock.waitsMs).toEqual([]);
    expect(failureOf(results, 'graph').remedy).toBe('try again in 3600 seconds');
  });
});

test('ends when it is told to', async () => {
  const controller = new AbortController();
  const steps = checkConnection(connect(), usersAndGroups, controller.signal);
  await steps.next();
  controller.abort();
  await expect(steps.next()).rejects.toThrow('aborted');
});
