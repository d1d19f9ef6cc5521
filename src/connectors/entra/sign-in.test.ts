/** Signing in to a simulated identity platform: by secret and by certificate, again in time, and refused. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { manualClock } from '../../../simulator/clock.ts';
import { type Simulator, startSimulator } from '../../../simulator/simulator.ts';
import { certificatePem, writeCertificate } from '../../../simulator/x509-certificate.ts';
import { connectionTo, passingClock } from '../../../test/fixtures/entra-on-simulator.ts';
import { createClient, type SimulatorClient } from '../../../test/fixtures/simulator-client.ts';
import type { EntraConnection, EntraCredential } from './entra-connection.ts';
import { type GraphAnswer, type GraphWait, openGraphClient } from './graph-client.ts';

const tenantClock = manualClock(Date.now());
const clock = passingClock(tenantClock);
let simulator: Simulator;
let controls: SimulatorClient;
let certificate: Extract<EntraCredential, { kind: 'certificate' }>;

beforeAll(async () => {
  simulator = await startSimulator({ users: 3, clock: tenantClock });
  controls = createClient(simulator);
  controls.use(await controls.signIn());
  certificate = await createCertificate(generateKeyPairSync('rsa', { modulusLength: 2048 }));
  const key = certificate.certificatePem.replace(/-----.+?-----|\s/g, '');
  const keyCredentials = [{ type: 'AsymmetricX509Cert', usage: 'Verify', displayName: 'test', key }];
  const { status, text } = await controls.send(`PATCH /applications(appId='${simulator.clientId}')`, {
    keyCredentials,
  });
  if (status !== 204) throw new Error(text);
});
beforeEach(() => controls.control('DELETE /faults'));
afterAll(async () => {
  await controls.close();
  await simulator.stop();
});

async function createCertificate({ publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject }) {
  const der = await writeCertificate({
    subject: 'Sync',
    publicKey,
    issuer: { subject: 'Sync', publicKey, privateKey },
    purpose: 'signing',
    startAt: new Date(Date.now() - 86_400_000),
    endAt: new Date(Date.now() + 86_400_000),
  });
  return {
    kind: 'certificate',
    certificatePem: certificatePem(der),
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  } as const;
}

/** The answers to so many requests, one after the other; `between` them something may happen. */
async function ask(
  changes: Partial<EntraConnection> = {},
  { times = 1, between = () => {}, waits = [] as GraphWait[] } = {},
): Promise<GraphAnswer[]> {
  const client = openGraphClient(connectionTo(simulator, changes), { clock });
  const { signal } = new AbortController();
  const answers: GraphAnswer[] = [];
  try {
    for (let n = 0; n < times; n++) {
      if (n > 0) between();
      answers.push(
        await client.get('/users?$select=id', { signal, cost: 1, onWait: (wait) => waits.push(wait) }),
      );
    }
    return answers;
  } finally {
    await client.close();
  }
}

const secret = (text: string): EntraCredential => ({ kind: 'secret', secret: text });

async function statuses(count: number): Promise<number[]> {
  const { text } = await controls.control(`GET /requests?last=${count}`);
  return JSON.parse(text).requests.map(({ status }: { status: number }) => status);
}

describe('a credential', () => {
  test('can be a certificate', async () => {
    expect(await ask({ credentials: [certificate] })).toMatchObject([{ kind: 'answer' }]);
  });

  test('that is refused leaves it to the next', async () => {
    await controls.stage({ kind: 'revokeSecret' });
    const credentials = [secret(simulator.clientSecret), certificate];
    expect(await ask({ credentials })).toMatchObject([{ kind: 'answer' }]);
  });

  test('that was never right leaves it to the next, whatever its kind', async () => {
    const stranger = await createCertificate(generateKeyPairSync('rsa', { modulusLength: 2048 }));
    const credentials = [stranger, secret('wrong'), secret(simulator.clientSecret)];
    expect(await ask({ credentials })).toMatchObject([{ kind: 'answer' }]);
  });

  test.each([
    ['secret', () => secret('Tr0ub4dor&3'), 'AADSTS7000215', 'client secret'],
    [
      'certificate',
      () => createCertificate(generateKeyPairSync('rsa', { modulusLength: 2048 })),
      'AADSTS700027',
      'upload the certificate',
    ],
  ] as const)('that is refused and the last one is a fault: %s', async (kind, create, code, remedy) => {
    const credential = await create();
    const fault = await ask({ credentials: [credential] }).catch((error: Error) => error);
    expect(fault).toMatchObject({
      code: 'credential-refused',
      message: expect.stringMatching(
        new RegExp(`^localhost:\\d+ refuses the ${kind} of .*\\(${code}\\): .*${remedy}`),
      ),
    });
    expect(JSON.stringify([fault, String(fault), (fault as Error).stack])).not.toMatch(/Tr0ub4dor|BEGIN/);
  });

  test.each([
    [
      'the wrong key',
      'is not that of the certificate',
      async () => ({
        ...certificate,
        privateKeyPem: (await createCertificate(generateKeyPairSync('rsa', { modulusLength: 2048 })))
          .privateKeyPem,
      }),
    ],
    [
      'a key of another kind',
      'RSA',
      () => createCertificate(generateKeyPairSync('ec', { namedCurve: 'P-256' })),
    ],
    [
      'no certificate',
      'certificate cannot be read',
      async () => ({ ...certificate, certificatePem: 'mine' }),
    ],
    ['no key', 'private key cannot be read', async () => ({ ...certificate, privateKeyPem: 'hunter2' })],
  ])('with %s is refused before anything is sent', async (_, problem, create) => {
    await expect(ask({ credentials: [await create()] })).rejects.toMatchObject({
      code: 'invalid-setting',
      message: expect.stringContaining(problem),
    });
    await expect(ask({ credentials: [await create()] })).rejects.not.toThrow('hunter2');
  });
});

describe('what is refused is named', () => {
  test.each([
    [
      'a tenant that does not exist',
      'AADSTS90002',
      'tenant id',
      () => ({
        addresses: {
          ...connectionTo(simulator).addresses,
          authority: `${simulator.origin}/11111111-2222-4333-8444-555555555555`,
        },
      }),
    ],
    [
      'an application that is not there',
      'AADSTS700016',
      'client id',
      () => ({
        clientId: '11111111-2222-4333-8444-555555555555',
      }),
    ],
    [
      'a Graph of another cloud',
      'AADSTS500011',
      'addresses of Microsoft Graph',
      () => ({
        addresses: { ...connectionTo(simulator).addresses, scope: 'https://graph.example/.default' },
      }),
    ],
  ])('%s', async (_, code, remedy, changes) => {
    await expect(ask(changes())).rejects.toMatchObject({
      code: 'credential-refused',
      message: expect.stringMatching(new RegExp(`\\(${code}\\): .*${remedy}`)),
    });
  });

  test('an authority that is something else', async () => {
    const addresses = { ...connectionTo(simulator).addresses, authority: `${simulator.control}/tenant` };
    await expect(ask({ addresses })).rejects.toMatchObject({
      code: 'source-failed',
      message: expect.stringContaining('address of the authority'),
    });
  });
});

describe('a token', () => {
  test('is renewed before it ends: Graph never sees an expired one', async () => {
    const between = () => tenantClock.advance(1_800_000);
    expect(await ask({}, { times: 8, between })).toHaveLength(8);
    expect(await statuses(8)).toEqual(Array(8).fill(200));
  });

  test('that Graph refuses is replaced at once', async () => {
    await controls.stage({ kind: 'expireAccessToken', after: 1 });
    const startedAtMs = tenantClock.now();
    expect(await ask({}, { times: 2 })).toHaveLength(2);
    expect(await statuses(3)).toEqual([200, 401, 200]);
    expect(tenantClock.now()).toBe(startedAtMs);
  });

  test('that is refused over and over is a refusal', async () => {
    await controls.stage({ kind: 'expireAccessToken', times: 'always' });
    expect(await ask()).toMatchObject([{ kind: 'refusal', status: 401, code: 'InvalidAuthenticationToken' }]);
  });

  test('is waited for while the identity platform throttles or fails, even if its answers are cut', async () => {
    await controls.stage(
      { kind: 'throttle', retryAfterSeconds: 30, match: { path: 'token' } },
      { kind: 'unavailable', match: { path: 'token' } },
      { kind: 'truncateBody', match: { path: 'token' }, times: 3 },
    );
    const waits: GraphWait[] = [];
    const startedAtMs = tenantClock.now();
    expect(await ask({}, { waits })).toMatchObject([{ kind: 'answer' }]);
    expect(tenantClock.now() - startedAtMs).toBeGreaterThanOrEqual(30_000);
    expect(waits).toContainEqual({ reason: expect.stringContaining('429'), seconds: 30 });
  });

  test('that cannot be had ends in a fault', async () => {
    await controls.stage({ kind: 'unavailable', times: 'always', match: { path: 'token' } });
    await expect(ask()).rejects.toMatchObject({
      code: 'source-failed',
      message: expect.stringMatching(/^localhost:\d+ has failed for 300 seconds, .* 503/),
    });
  });
});
