// The real identity libraries, unmodified, over TLS with the private authority.
import { once } from 'node:events';
import * as https from 'node:https';
import type { AddressInfo } from 'node:net';
import * as tls from 'node:tls';
import {
  AuthenticationRequiredError,
  ClientCertificateCredential,
  ClientSecretCredential,
  type TokenCredential,
} from '@azure/identity';
import {
  ConfidentialClientApplication,
  InteractionRequiredAuthError,
  type NodeAuthOptions,
  ServerError,
} from '@azure/msal-node';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCertificateAuthority } from '../certificate-authority.ts';
import { systemClock } from '../clock.ts';
import { loopbackHosts } from '../hosts.ts';
import {
  appId,
  createTestTenant,
  graphScope,
  rsaCertificate,
  secret,
  type TestTenant,
  tenantId,
  thumbprint,
} from './test-tenant.ts';

let tenant: TestTenant;
let server: https.Server;
let origin: string;
let paths: string[] = [];
const trusted = tls.getCACertificates();

beforeAll(async () => {
  const authority = await createCertificateAuthority();
  const { certPem, keyPem } = await authority.issue(loopbackHosts);
  tls.setDefaultCACertificates([...trusted, authority.caPem]);
  tenant = await createTestTenant({ clock: systemClock() });
  server = https.createServer({ cert: certPem, key: keyPem }, async (message, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk);
    const [path = '', query = ''] = (message.url ?? '').split('?');
    paths.push(path);
    const headers = Object.fromEntries(
      Object.entries(message.headers).map(([name, value]) => [name, String(value)]),
    );
    const reply = await tenant.platform.handle({
      method: message.method ?? '',
      origin: `https://${message.headers.host}`,
      host: new URL(`https://${message.headers.host}`).hostname,
      path,
      query,
      headers,
      body: Buffer.concat(chunks),
    });
    response.writeHead(reply?.status ?? 404, reply?.headers);
    for (const part of reply?.body ?? []) response.write(part);
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `https://localhost:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  tls.setDefaultCACertificates(trusted);
  server.closeAllConnections();
  server.close();
});

function roles(token: string): unknown {
  expect(tenant.platform.authenticate(`Bearer ${token}`).kind).toBe('caller');
  return decodeJwt(token).roles;
}

const granted = ['User.Read.All', 'Group.ReadWrite.All'];

describe('@azure/msal-node', () => {
  const application = (
    credential: Partial<NodeAuthOptions>,
    tenantName = tenantId,
  ): ConfidentialClientApplication =>
    new ConfidentialClientApplication({
      auth: {
        clientId: appId,
        authority: `${origin}/${tenantName}`,
        knownAuthorities: [new URL(origin).host],
        ...credential,
      },
    });
  const sha256 = {
    thumbprintSha256: thumbprint(rsaCertificate, 'sha256', 'hex'),
    privateKey: rsaCertificate.privateKeyPem,
  };

  test.each([
    ['a secret', { clientSecret: secret }, '1'],
    ['a certificate by SHA-256', { clientCertificate: sha256 }, '2'],
    ['a certificate with x5c', { clientCertificate: { ...sha256, x5c: rsaCertificate.pem } }, '2'],
    [
      'a certificate by SHA-1',
      {
        clientCertificate: {
          thumbprint: thumbprint(rsaCertificate, 'sha1', 'hex'),
          privateKey: rsaCertificate.privateKeyPem,
        },
      },
      '2',
    ],
  ])('gets a token with %s', async (_, credential, appidacr) => {
    paths = [];
    const result = await application(credential).acquireTokenByClientCredential({ scopes: [graphScope] });
    expect(roles(result?.accessToken ?? '')).toEqual(granted);
    expect(decodeJwt(result?.accessToken ?? '').appidacr).toBe(appidacr);
    expect(result?.expiresOn?.getTime()).toBeGreaterThan(Date.now() + 3_000_000);
    expect(paths).toEqual([
      `/${tenantId}/v2.0/.well-known/openid-configuration`,
      `/${tenantId}/oauth2/v2.0/token`,
    ]);
  });

  test('gets a token for the simulator’s own address, with the tenant named by a domain', async () => {
    const client = application({ clientSecret: secret }, 'contoso.com');
    const result = await client.acquireTokenByClientCredential({ scopes: [`${origin}/.default`] });
    expect(roles(result?.accessToken ?? '')).toEqual(granted);
  });

  test('gets a long-lived token when it declares the capability', async () => {
    const client = application({ clientSecret: secret, clientCapabilities: ['cp1'] });
    const result = await client.acquireTokenByClientCredential({ scopes: [graphScope] });
    expect(result?.expiresOn?.getTime()).toBeGreaterThan(Date.now() + 80_000_000);
    expect(result?.refreshOn).toBeInstanceOf(Date);
  });

  test('reports a wrong secret as its own error', async () => {
    const error = await application({ clientSecret: 'guess' })
      .acquireTokenByClientCredential({ scopes: [graphScope] })
      .catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(ServerError);
    expect(error).toMatchObject({
      errorCode: 'invalid_client',
      errorMessage: expect.stringContaining('AADSTS7000215: Invalid client secret provided.'),
    });
  });

  test('reports a policy as an error that asks for interaction', async () => {
    tenant.platform.failTokenRequests({ code: 53003 });
    const error = await application({ clientSecret: secret })
      .acquireTokenByClientCredential({ scopes: [graphScope] })
      .catch((cause: unknown) => cause);
    tenant.platform.failTokenRequests();
    expect(error).toBeInstanceOf(InteractionRequiredAuthError);
    expect(error).toMatchObject({ claims: expect.stringContaining('capolids') });
  });

  test('refuses to go on with an unknown tenant', async () => {
    await expect(
      application({ clientSecret: secret }, 'fabrikam.com').acquireTokenByClientCredential({
        scopes: [graphScope],
      }),
    ).rejects.toThrow();
  });
});

describe('@azure/identity', () => {
  const options = (): { authorityHost: string; disableInstanceDiscovery: boolean } => ({
    authorityHost: origin,
    disableInstanceDiscovery: true,
  });
  const certificate = `${rsaCertificate.privateKeyPem}${rsaCertificate.pem}`;

  const credentials: readonly [string, () => TokenCredential][] = [
    ['a secret', () => new ClientSecretCredential(tenantId, appId, secret, options())],
    ['a certificate', () => new ClientCertificateCredential(tenantId, appId, { certificate }, options())],
    [
      'a certificate chain',
      () =>
        new ClientCertificateCredential(
          tenantId,
          appId,
          { certificate },
          { ...options(), sendCertificateChain: true },
        ),
    ],
  ];

  test.each(credentials)('gets a token with %s', async (_, credential) => {
    const result = await credential().getToken(graphScope);
    expect(roles(result?.token ?? '')).toEqual(granted);
    expect(result?.expiresOnTimestamp).toBeGreaterThan(Date.now() + 3_000_000);
  });

  test('gets a long-lived token when access evaluation is on', async () => {
    const credential = new ClientSecretCredential(tenantId, appId, secret, options());
    const result = await credential.getToken(graphScope, { enableCae: true });
    expect(result.expiresOnTimestamp).toBeGreaterThan(Date.now() + 80_000_000);
  });

  test('reports a wrong secret as its own error', async () => {
    const credential = new ClientSecretCredential(tenantId, appId, 'guess', options());
    const error = await credential.getToken(graphScope).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(AuthenticationRequiredError);
    expect(error).toMatchObject({ message: expect.stringContaining('AADSTS7000215') });
  });
});
