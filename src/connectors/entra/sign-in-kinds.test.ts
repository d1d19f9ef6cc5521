/** Signing in by a managed identity of the machine and by user name and password, and what each refusal tells a person. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type SimulatedMachine, type Simulator, startSimulator } from '../../../simulator/simulator.ts';
import { connectionTo } from '../../../test/fixtures/entra-on-simulator.ts';
import { registerApplication } from '../../../test/fixtures/graph-application.ts';
import { openClient, type SimulatorClient } from '../../../test/fixtures/simulator-client.ts';
import { type CheckResult, checkConnection } from './connection-check.ts';
import { mapAttributes } from './entity-types.ts';
import type { EntraConnection, EntraCredential, SignInEvent } from './entra-connection.ts';
import { type GraphAnswer, openGraphClient } from './graph-client.ts';

let simulator: Simulator;
let machine: SimulatedMachine;
let controls: SimulatorClient;
let clientId = '';
const upn = 'sync@nordlicht.example';
const password = 'Kq7-Vesuv.Brandung';

beforeAll(async () => {
  simulator = await startSimulator({ users: 5, hasManagedIdentities: true });
  if (!simulator.machine) throw new Error('The machine has no managed identities.');
  machine = simulator.machine;
  // What Azure App Service tells a program; asked for once in the life of a process.
  vi.stubEnv('IDENTITY_ENDPOINT', machine.endpoint);
  vi.stubEnv('IDENTITY_HEADER', machine.header);
  controls = await openClient(simulator);
  ({ clientId } = await registerApplication(controls, []));
  await send('POST /users', {
    accountEnabled: true,
    displayName: 'Sync',
    mailNickname: 'sync',
    userPrincipalName: upn,
    passwordProfile: { password },
  });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await controls.close();
  await simulator.stop();
});

async function send(line: string, body: object): Promise<void> {
  const { status, text } = await controls.send(line, body);
  if (status >= 300) throw new Error(`${line}: ${status} ${text}`);
}

async function ask(changes: Partial<EntraConnection>, events: SignInEvent[] = []): Promise<GraphAnswer> {
  const connection = connectionTo(simulator, { clientId, ...changes });
  const client = openGraphClient(connection, { onSignIn: (event) => events.push(event) });
  try {
    return await client.get('/users?$select=id', {
      signal: new AbortController().signal,
      cost: 1,
      onWait: () => {},
    });
  } finally {
    await client.close();
  }
}

async function refusal(changes: Partial<EntraConnection>): Promise<string> {
  const error = await ask(changes).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'credential-refused' });
  return error instanceof Error ? error.message : '';
}

async function check(changes: Partial<EntraConnection>): Promise<CheckResult[]> {
  const connection = connectionTo(simulator, { clientId, ...changes });
  const types = mapAttributes(['user', 'group'], ['displayName']);
  return await Array.fromAsync(checkConnection(connection, types, new AbortController().signal));
}

const secret = (text: string): EntraCredential => ({ kind: 'secret', secret: text });
const managed = (id?: string): EntraCredential => ({ kind: 'managed-identity', clientId: id });

describe('a managed identity', () => {
  test('of the machine itself, and one that is assigned to it, sign in without a secret', async () => {
    expect(await ask({ clientId: '', credentials: [managed()] })).toMatchObject({ kind: 'answer' });
    const assigned = machine.userAssigned;
    expect(await ask({ clientId: assigned, credentials: [managed(assigned)] })).toMatchObject({
      kind: 'answer',
    });
  });

  test('is tested step by step', async () => {
    const results = await check({ clientId: '', credentials: [managed()] });
    expect(results.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
    expect(results.find(({ step }) => step === 'secret')?.name).toBe(
      "Credential, this machine's managed identity",
    );
  });

  test('that is not on the machine is refused', async () => {
    const stranger = '11111111-2222-4333-8444-555555555555';
    expect(await refusal({ clientId: stranger, credentials: [managed(stranger)] })).toBe(
      `This machine does not give out the managed identity ${stranger} (${new URL(machine.endpoint).host} answers 400): assign it under Identity of the Azure resource, or correct the client id.`,
    );
  });

  test('of another tenant is refused', async () => {
    const other = '99999999-2222-4333-8444-555555555555';
    const message = await refusal({ clientId: '', tenantId: other, credentials: [managed()] });
    expect(message).toContain(`belongs to the tenant ${simulator.tenantId}, and not to ${other}`);
  });

  test('leaves it to the next credential', async () => {
    const events: SignInEvent[] = [];
    const credentials = [managed('11111111-2222-4333-8444-555555555555'), managed()];
    expect(await ask({ credentials }, events)).toMatchObject({ kind: 'answer' });
    expect(events).toEqual([
      { index: 0, refusal: expect.stringContaining('does not give out') },
      { index: 1, refusal: undefined },
    ]);
  });
});

describe('a user and a password', () => {
  const person = (userName = upn, text = password): EntraCredential => ({
    kind: 'user-password',
    userName,
    password: text,
  });

  beforeEach(() => set('nothing'));
  afterEach(() => send(`PATCH /users/${upn}`, { accountEnabled: true }));

  async function set(needs: string): Promise<void> {
    const accounts = [{ userPrincipalName: upn, password, needs }];
    expect((await controls.control('PUT /passwords', { accounts })).status).toBe(200);
  }

  async function allow(scope: string): Promise<void> {
    const { value } = await controls.page(`/servicePrincipals?$filter=appId eq '${clientId}'&$select=id`);
    const graph = await controls.page(
      "/servicePrincipals?$filter=displayName eq 'Microsoft Graph'&$select=id",
    );
    await send('POST /oauth2PermissionGrants', {
      clientId: value[0]?.id,
      consentType: 'AllPrincipals',
      resourceId: graph.value[0]?.id,
      scope,
    });
  }

  test('need an application that lets users sign in so', async () => {
    const message = await refusal({ credentials: [person()] });
    expect(message).toContain(`refuses the user ${upn} of application ${clientId}`);
    expect(message).toContain('AADSTS7000218): allow public client flows under Authentication');
    await send(`PATCH /applications(appId='${clientId}')`, { isFallbackPublicClient: true });
    expect(await refusal({ credentials: [person()] })).toMatch(
      /AADSTS65001.*delegated permission Directory.Read.All/,
    );
    await allow('User.Read Directory.Read.All');
    expect(await ask({ credentials: [person()] })).toMatchObject({ kind: 'answer' });
  });

  test('are tested step by step, with the permissions that were delegated', async () => {
    const results = await check({ credentials: [person()] });
    expect(results.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
    expect(results.find(({ step }) => step === 'secret')?.name).toBe(`Credential, the user ${upn}`);
    expect(JSON.stringify(results)).not.toContain(password);
  });

  test.each([
    [
      'a wrong password',
      person(upn, 'wrong'),
      'nothing',
      'AADSTS50126): correct the user name or the password',
    ],
    ['a stranger', person('nobody@elsewhere.example'), 'nothing', 'AADSTS50034): correct the user name'],
    [
      'a second factor',
      person(),
      'secondFactor',
      'AADSTS50076): the account needs a second factor and nobody is there',
    ],
    ['an old password', person(), 'newPassword', 'AADSTS50055): the password has expired'],
  ] as const)('%s is refused', async (_, credential, needs, words) => {
    await set(needs);
    const message = await refusal({ credentials: [credential] });
    expect(message).toContain(words);
    expect(message).not.toContain(password);
  });

  test('of a disabled account are refused', async () => {
    await send(`PATCH /users/${upn}`, { accountEnabled: false });
    expect(await refusal({ credentials: [person()] })).toContain('AADSTS50057): the account is disabled');
  });

  test('that are refused leave it to the next', async () => {
    const credentials = [person(upn, 'old'), person()];
    expect(await ask({ credentials })).toMatchObject({ kind: 'answer' });
    const { clientId: owner, clientSecret } = simulator;
    const mixed = [person(upn, 'old'), secret(clientSecret)];
    await send(`PATCH /applications(appId='${owner}')`, { isFallbackPublicClient: true });
    expect(await ask({ clientId: owner, credentials: mixed })).toMatchObject({ kind: 'answer' });
  });
});
