// A small tenant for the tests of the identity platform: applications with every kind of credential, and requests.
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { manualClock } from '../clock.ts';
import type { HttpReply, HttpRequest } from '../http.ts';
import { certificatePem, writeCertificate } from '../x509-certificate.ts';
import type { RegisteredApp, RegisteredUser } from './app-registry.ts';
import {
  createIdentityPlatform,
  type IdentityPlatform,
  type IdentityPlatformOptions,
} from './identity-platform.ts';

const dayMs = 86_400_000;

export const nowMs = Date.parse('2026-11-20T10:11:12Z');
export const tenantId = 'c0ffee00-1111-4222-8333-444455556666';
export const appId = 'aaaaaaaa-0000-4000-8000-000000000001';
export const disabledAppId = 'aaaaaaaa-0000-4000-8000-000000000002';
/** An application without permissions and federated credentials. */
export const plainAppId = 'aaaaaaaa-0000-4000-8000-000000000003';
export const servicePrincipalId = 'bbbbbbbb-0000-4000-8000-000000000001';
export const secret = 'T~8Q+plus%and&more=: é';
export const expiredSecret = 'old~secret';
export const futureSecret = 'next~secret';
export const graphScope = 'https://graph.microsoft.com/.default';
export const federatedIssuer = 'https://token.actions.example.com';
export const federatedSubject = 'repo:contoso/sync:ref:refs/heads/main';
export const federatedAudience = 'api://AzureADTokenExchange';

export interface TestCertificate {
  readonly privateKey: KeyObject;
  readonly der: Buffer;
  readonly pem: string;
  readonly privateKeyPem: string;
}

/** A key pair with a self-signed certificate around it. */
async function createCertificate(kind: 'rsa' | 'ec'): Promise<TestCertificate> {
  const keys =
    kind === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = { subject: 'Sync', ...keys };
  const validity = { startAt: new Date(nowMs - dayMs), endAt: new Date(nowMs + 365 * dayMs) };
  const der = await writeCertificate({ ...issuer, issuer, purpose: 'signing', ...validity });
  const privateKeyPem = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { privateKey: keys.privateKey, der, pem: certificatePem(der), privateKeyPem };
}

export const rsaCertificate = await createCertificate('rsa');
export const ecCertificate = await createCertificate('ec');
export const expiredCertificate = await createCertificate('rsa');
export const futureCertificate = await createCertificate('rsa');
export const unknownCertificate = await createCertificate('rsa');
export const federatedKey = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** The thumbprint of a certificate, as clients write it in the header of an assertion. */
export function thumbprint(
  certificate: TestCertificate,
  hash: 'sha1' | 'sha256',
  encoding: 'base64' | 'base64url' | 'hex',
): string {
  return createHash(hash).update(certificate.der).digest(encoding);
}

export type Form = Readonly<Record<string, string | undefined>>;

export interface TestReply {
  readonly status: number;
  readonly headers: HttpReply['headers'];
  readonly body: HttpReply['body'];
  readonly document: Record<string, unknown>;
}

export interface TestTenant {
  readonly platform: IdentityPlatform;
  /** By application id; tests may change them. */
  readonly apps: Map<string, RegisteredApp>;
  send(request: Partial<HttpRequest>): Promise<TestReply>;
  /** Posts a form to version 2 of the token endpoint; an undefined parameter is left out. */
  requestToken(form: Form, request?: Partial<HttpRequest>): Promise<TestReply>;
  /** An access token got by secret. */
  getToken(scope?: string): Promise<string>;
}

/** A user of the tenant, who has no password until a test gives one. */
export const ada: RegisteredUser = {
  id: 'dddddddd-0000-4000-8000-000000000004',
  userPrincipalName: 'ada@contoso.com',
  displayName: 'Ada',
  isEnabled: true,
};

/** The platform of a tenant; its clock stands still unless another is given. */
export async function createTestTenant(options: Partial<IdentityPlatformOptions> = {}): Promise<TestTenant> {
  const clock = options.clock ?? manualClock(nowMs);
  const apps = new Map(testApps(clock.now()).map((app) => [app.appId, app]));
  const outside = createPublicKey(federatedKey.privateKey).export({ format: 'jwk' });
  const platform = await createIdentityPlatform({
    registry: {
      tenantId,
      tenantName: 'Contoso',
      domains: () => ['contoso.com', 'Contoso.onmicrosoft.com'],
      findApp: (id) => apps.get(id),
      findMachineIdentity: () => undefined,
      findUser: (name) => (name.toLowerCase() === ada.userPrincipalName ? ada : undefined),
    },
    clock,
    federatedKeys: new Map([[federatedIssuer, { keys: [{ ...outside, kty: 'EC', kid: 'outside' }] }]]),
    ...options,
  });

  const send = async (request: Partial<HttpRequest>): Promise<TestReply> => {
    const origin = request.origin ?? 'https://login.microsoftonline.com';
    const reply = await platform.handle({
      method: 'GET',
      origin,
      host: new URL(origin).hostname,
      path: '/',
      query: '',
      headers: {},
      body: Buffer.alloc(0),
      ...request,
    });
    if (reply === undefined) throw new Error(`${request.path} is no path of the identity platform.`);
    const text = reply.body.map(String).join('');
    return { status: reply.status, headers: reply.headers, body: reply.body, document: JSON.parse(text) };
  };
  const requestToken = (form: Form, request: Partial<HttpRequest> = {}): Promise<TestReply> => {
    const sent = Object.entries(form).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const body = Buffer.from(new URLSearchParams(sent).toString());
    return send({ method: 'POST', path: `/${tenantId}/oauth2/v2.0/token`, body, ...request });
  };
  return {
    platform,
    apps,
    send,
    requestToken,
    getToken: async (scope = graphScope) =>
      String((await requestToken({ ...secretForm, scope })).document.access_token),
  };
}

/** What an application sends that has a secret. */
export const secretForm: Form = {
  grant_type: 'client_credentials',
  client_id: appId,
  client_secret: secret,
  scope: graphScope,
};

function testApps(now: number): RegisteredApp[] {
  const holds = { startMs: now - dayMs, endMs: now + dayMs };
  const isOver = { startMs: now - 2 * dayMs, endMs: now - dayMs };
  const isToCome = { startMs: now + dayMs, endMs: now + 2 * dayMs };
  const sync: RegisteredApp = {
    appId,
    displayName: 'Sync',
    servicePrincipalId,
    isEnabled: true,
    secrets: [
      { value: secret, ...holds },
      { value: expiredSecret, ...isOver },
      { value: futureSecret, ...isToCome },
    ],
    certificates: [
      { der: rsaCertificate.der, ...holds },
      { der: ecCertificate.der, ...holds },
      { der: expiredCertificate.der, ...isOver },
      { der: futureCertificate.der, ...isToCome },
    ],
    federated: [{ issuer: federatedIssuer, subject: federatedSubject, audiences: [federatedAudience] }],
    roles: ['User.Read.All', 'Group.ReadWrite.All'],
    directoryRoleTemplateIds: ['88d8e3e3-8f55-4a1e-953a-9b9898b8876b'],
    isPublicClient: false,
    delegated: [{ userId: undefined, scopes: ['User.Read', 'Directory.Read.All'] }],
  };
  const plain = { servicePrincipalId: 'bbbbbbbb-0000-4000-8000-000000000002', roles: [], federated: [] };
  return [
    sync,
    { ...sync, appId: disabledAppId, displayName: 'Former sync', isEnabled: false },
    { ...sync, ...plain, appId: plainAppId, directoryRoleTemplateIds: [] },
  ];
}
