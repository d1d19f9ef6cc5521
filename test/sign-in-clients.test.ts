/**
 * Microsoft's identity libraries, real and unmodified, on a simulated tenant: secrets, certificates that were registered
 * through Graph, their own errors, and the proxy for programs that have Microsoft's hosts built in.
 */
import { execFile } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as tls from 'node:tls';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { AuthenticationRequiredError, ClientCertificateCredential } from '@azure/identity';
import { ConfidentialClientApplication, type NodeAuthOptions, ServerError } from '@azure/msal-node';
import type { Client } from '@microsoft/microsoft-graph-client';
import type { KeyCredential, User } from '@microsoft/microsoft-graph-types';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { certificatePem, writeCertificate } from '../simulator/x509-certificate.ts';
import {
  askControl,
  authorityOptions,
  failureOf,
  graphScope,
  openClient,
  readAll,
  registerApplication,
  secretCredential,
} from './fixtures/graph-client.ts';
import { type Access, type Simulation, simulate } from './fixtures/simulate-command.ts';

const trusted = tls.getCACertificates();
let simulation: Simulation;
let access: Access;
let client: Client;

beforeAll(async () => {
  simulation = simulate(['--json', '--port', '0', '--users', '250', '--seed', '7', '--proxy', '0']);
  access = await simulation.access;
  tls.setDefaultCACertificates([...trusted, readFileSync(access.ca, 'utf8')]);
  client = openClient(access);
});

afterAll(async () => {
  tls.setDefaultCACertificates(trusted);
  await simulation.stop();
});

describe('signing in', () => {
  async function registerCertificate() {
    const { application, credential } = await registerApplication(client, ['User.Read.All']);
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const certificate = await writeCertificate({
      subject: 'Graph client',
      publicKey,
      issuer: { subject: 'Graph client', publicKey, privateKey },
      purpose: 'signing',
      startAt: new Date(Date.now() - 86_400_000),
      endAt: new Date(Date.now() + 86_400_000),
    });
    const keyCredentials: KeyCredential[] = [
      {
        type: 'AsymmetricX509Cert',
        usage: 'Verify',
        displayName: 'test',
        key: certificate.toString('base64'),
      },
    ];
    await client.api(`/applications/${application.id}`).patch({ keyCredentials });
    return {
      clientId: credential.clientId,
      privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      certificate: certificatePem(certificate),
      thumbprintSha256: createHash('sha256').update(certificate).digest('hex'),
    };
  }

  function msalApplication(auth: Omit<NodeAuthOptions, 'authority'>): ConfidentialClientApplication {
    const knownAuthorities = [new URL(access.authority).host];
    return new ConfidentialClientApplication({
      auth: { authority: access.authority, knownAuthorities, ...auth },
    });
  }

  const firstUsers = async (token: string | undefined): Promise<number> => {
    const headers = { Authorization: `Bearer ${token}` };
    return (await fetch(`${access.graph}/users?$top=3`, { headers })).status;
  };

  test('with a certificate that was registered through Graph', async () => {
    const { clientId, privateKey, certificate } = await registerCertificate();
    const credential = new ClientCertificateCredential(
      access.tenantId,
      clientId,
      { certificate: `${privateKey}${certificate}` },
      authorityOptions(access),
    );
    expect((await openClient(access, credential).api('/users').top(3).get()).value).toHaveLength(3);
  });

  test('with msal-node, by secret and by certificate', async () => {
    const { clientId, clientSecret } = access;
    const bySecret = msalApplication({ clientId, clientSecret });
    const secretResult = await bySecret.acquireTokenByClientCredential({ scopes: [graphScope] });
    expect(await firstUsers(secretResult?.accessToken)).toBe(200);

    const { privateKey, thumbprintSha256, ...own } = await registerCertificate();
    const clientCertificate = { privateKey, thumbprintSha256 };
    const byCertificate = msalApplication({ clientId: own.clientId, clientCertificate });
    const certificateResult = await byCertificate.acquireTokenByClientCredential({ scopes: [graphScope] });
    expect(await firstUsers(certificateResult?.accessToken)).toBe(200);
  });

  test('with a wrong secret fails in each library’s own way', async () => {
    const byIdentity = await failureOf(secretCredential(access, 'guess').getToken(graphScope));
    expect(byIdentity).toBeInstanceOf(AuthenticationRequiredError);
    expect(byIdentity).toMatchObject({ message: expect.stringContaining('AADSTS7000215') });

    const { clientId } = access;
    const application = msalApplication({ clientId, clientSecret: 'guess' });
    const byMsal = await failureOf(application.acquireTokenByClientCredential({ scopes: [graphScope] }));
    expect(byMsal).toBeInstanceOf(ServerError);
    expect(byMsal).toMatchObject({ errorCode: 'invalid_client' });
  });

  test('with a secret that is revoked meanwhile fails when the next token is due', async () => {
    await askControl(access, 'POST', '/faults', { kind: 'revokeSecret' });
    onTestFinished(() => askControl(access, 'DELETE', '/faults'));
    const error = await failureOf(openClient(access).api('/organization').get());
    expect(error).toMatchObject({ message: expect.stringContaining('AADSTS7000215') });
  });
});

describe('a program with Microsoft’s hosts built in', () => {
  const program = fileURLToPath(new URL('fixtures/graph-program.ts', import.meta.url));

  test('works through the proxy with two environment variables, and links carry the host it asked', async () => {
    const { tenantId, clientId, clientSecret, ca, proxy = '' } = access;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [program, tenantId, clientId, clientSecret],
      {
        env: { PATH: '/usr/bin:/bin', NODE_USE_ENV_PROXY: '1', HTTPS_PROXY: proxy, NODE_EXTRA_CA_CERTS: ca },
      },
    );
    const users = await readAll<User>(client, '/users?$top=999&$select=id');
    const result = JSON.parse(stdout);
    expect(result).toEqual({
      isSignedIn: true,
      users: users.items.length,
      hosts: ['graph.microsoft.com'],
      context: 'https://graph.microsoft.com/v1.0/$metadata#directoryObjects',
      members: 2,
      changed: ['Made by a program'],
      batched: 'Made by a program',
      refusal: 'Request_ResourceNotFound',
    });
  });
});
