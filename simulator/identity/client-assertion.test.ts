// Client assertions as the libraries and tools write them, and what is wrong with those that are refused.
import { createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { decodeJwt, type JWTHeaderParameters, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { manualClock } from '../clock.ts';
import {
  appId,
  createTestTenant,
  ecCertificate,
  expiredCertificate,
  federatedAudience,
  federatedIssuer,
  federatedKey,
  federatedSubject,
  futureCertificate,
  graphScope,
  nowMs,
  plainAppId,
  rsaCertificate,
  type TestReply,
  type TestTenant,
  tenantId,
  thumbprint,
  unknownCertificate,
} from './test-tenant.ts';

let tenant: TestTenant;

beforeAll(async () => {
  tenant = await createTestTenant();
});

const now = nowMs / 1_000;
const tokenUrl = `https://login.microsoftonline.com/${tenantId}/oauth2/v2.0/token`;
const own: JWTPayload = { aud: tokenUrl, iss: appId, sub: appId, nbf: now, exp: now + 600, jti: 'a' };
const sha1 = (encoding: 'base64' | 'base64url' | 'hex', certificate = rsaCertificate): string =>
  thumbprint(certificate, 'sha1', encoding);
const sha256 = (certificate = rsaCertificate): string => thumbprint(certificate, 'sha256', 'base64url');
const padded = (text: string): string => text.padEnd(Math.ceil(text.length / 4) * 4, '=');

const signed = (header: JWTHeaderParameters, claims: JWTPayload, key: KeyObject): Promise<string> =>
  new SignJWT(claims).setProtectedHeader(header).sign(key);

const present = (assertion: string, clientId = appId, to = tenant): Promise<TestReply> =>
  to.requestToken({
    grant_type: 'client_credentials',
    client_id: clientId,
    scope: graphScope,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  });

interface Variant {
  readonly by: string;
  readonly header: JWTHeaderParameters;
  readonly claims?: JWTPayload;
  readonly key?: KeyObject;
}

const sha256Header = { alg: 'PS256', typ: 'JWT', 'x5t#S256': sha256() };
const ecHeader = { alg: 'ES256', typ: 'JWT', kid: padded(sha1('base64url', ecCertificate)) };

const { nbf: _, ...withoutStart } = own;

const accepted: readonly Variant[] = [
  { by: 'msal-node with SHA-256', header: sha256Header, claims: { ...own, iat: now } },
  {
    by: 'msal-node with the certificate itself',
    header: { ...sha256Header, x5c: [rsaCertificate.der.toString('base64')] },
  },
  { by: 'msal-node with SHA-1', header: { alg: 'RS256', typ: 'JWT', x5t: sha1('base64url') } },
  {
    by: 'other MSALs, addressed to the issuer',
    header: sha256Header,
    claims: { ...own, aud: `https://login.microsoftonline.com/${tenantId}/v2.0` },
  },
  {
    by: 'other MSALs, addressed to an alias of the host',
    header: sha256Header,
    claims: { ...own, aud: `https://login.windows.net/${tenantId}/oauth2/v2.0/token` },
  },
  {
    by: 'AzureHound',
    header: { alg: 'RS256', typ: 'JWT', x5t: sha1('base64') },
    claims: { ...own, aud: [tokenUrl], exp: now + 60, iat: now },
  },
  {
    by: 'terraform with RSA',
    header: { alg: 'RS256', typ: 'JWT', kid: padded(sha1('base64url')) },
    claims: { ...own, exp: now + 3_600 },
  },
  { by: 'terraform with an elliptic curve', header: ecHeader, key: ecCertificate.privateKey },
  { by: 'a client with a hexadecimal kid', header: { alg: 'RS256', kid: sha1('hex').toUpperCase() } },
  { by: 'a client with both thumbprints', header: { ...sha256Header, x5t: 'other' } },
  { by: 'a client with RS512', header: { alg: 'RS512', x5t: sha1('base64url') } },
  { by: 'an ADAL client', header: sha256Header, claims: { ...own, aud: tokenUrl.replace('/v2.0', '') } },
  {
    by: 'a client that names the tenant by domain',
    header: sha256Header,
    claims: { ...own, aud: 'https://login.microsoftonline.com/contoso.com/oauth2/v2.0/token' },
  },
  {
    by: 'a client of the simulator under its own address',
    header: sha256Header,
    claims: { ...own, aud: `https://127.0.0.1:8443/${tenantId}/oauth2/v2.0/token` },
  },
  { by: 'a client without nbf', header: sha256Header, claims: withoutStart },
  {
    by: 'a client whose clock is four minutes off',
    header: sha256Header,
    claims: { ...own, nbf: now + 240, exp: now + 840 },
  },
  {
    by: 'a client whose assertion ended four minutes ago',
    header: sha256Header,
    claims: { ...own, nbf: now - 840, exp: now - 240 },
  },
];

describe('an assertion is accepted of', () => {
  test.each(accepted)('$by', async ({ header, claims = own, key = rsaCertificate.privateKey }) => {
    const { status, document } = await present(await signed(header, claims, key));
    expect(document).not.toHaveProperty('error');
    expect(status).toBe(200);
    expect(decodeJwt(String(document.access_token)).appidacr).toBe('2');
  });
});

interface Refused extends Variant {
  readonly status?: number;
  readonly error?: string;
  readonly code: number;
  readonly text: string;
}

const notRegistered =
  'The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found., Thumbprint of key used by client: ';
const invalidSignature = 'Client assertion contains an invalid signature. [Reason - ';

const refused: readonly Refused[] = [
  ...(['aud', 'iss', 'sub', 'exp'] as const).map((name) => ({
    by: `whoever leaves out ${name}`,
    header: sha256Header,
    claims: { ...own, [name]: undefined },
    status: 400,
    error: 'invalid_request',
    code: 90014,
    text: `The required field '${name}' is missing from the credential. Ensure that you have all the necessary parameters for the login request.`,
  })),
  {
    by: 'whoever signs with a shared secret',
    header: { ...sha256Header, alg: 'HS256' },
    key: createSecretKey(Buffer.alloc(32, 's')),
    code: 5002738,
    text: "Invalid JWT token. 'HS256' is not a supported signature algorithm. Supported signing algorithms are: 'RS256,RS384,RS512,",
  },
  {
    by: 'whoever names no key',
    header: { alg: 'RS256', typ: 'JWT' },
    code: 5002723,
    text: 'Invalid JWT token. No certificate SHA-1 thumbprint, certificate SHA-256 thumbprint, nor keyId specified in token header.',
  },
  {
    by: 'an unknown certificate',
    header: { alg: 'PS256', 'x5t#S256': sha256(unknownCertificate) },
    key: unknownCertificate.privateKey,
    code: 700027,
    text: `${notRegistered}'${thumbprint(unknownCertificate, 'sha256', 'hex').toUpperCase()}', Please visit the Azure Portal`,
  },
  {
    by: 'an unknown certificate, by kid',
    header: { alg: 'RS256', kid: sha1('base64url', unknownCertificate) },
    key: unknownCertificate.privateKey,
    code: 700027,
    text: `${notRegistered}'${sha1('hex', unknownCertificate).toUpperCase()}', `,
  },
  {
    by: 'another key than the certificate names',
    header: sha256Header,
    key: unknownCertificate.privateKey,
    code: 700027,
    text: `${invalidSignature}The provided signature value did not match the expected signature value., Thumbprint of key used by client: '${thumbprint(rsaCertificate, 'sha256', 'hex').toUpperCase()}', Found key 'Start=11/19/2026 10:11:12, End=11/21/2026 10:11:12', Please visit`,
  },
  {
    by: 'another algorithm than the key has',
    header: { ...ecHeader, kid: sha1('base64url') },
    key: ecCertificate.privateKey,
    code: 700027,
    text: invalidSignature,
  },
  {
    by: 'an expired certificate',
    header: { alg: 'RS256', x5t: sha1('base64url', expiredCertificate) },
    key: expiredCertificate.privateKey,
    code: 700027,
    text: `${invalidSignature}The key used is expired., `,
  },
  {
    by: 'a certificate that does not hold yet',
    header: { alg: 'RS256', x5t: sha1('base64url', futureCertificate) },
    key: futureCertificate.privateKey,
    code: 700027,
    text: `${invalidSignature}The key used is not yet valid., `,
  },
  {
    by: 'the past',
    header: sha256Header,
    claims: { ...own, nbf: now - 1_200, exp: now - 600 },
    code: 700024,
    text: 'Client assertion is not within its valid time range. Current time: 2026-11-20T10:11:12.0000000Z, assertion valid from 2026-11-20T09:51:12.0000000Z, expiry time of assertion 2026-11-20T10:01:12.0000000Z. Review the documentation at ',
  },
  {
    by: 'the future',
    header: sha256Header,
    claims: { ...own, nbf: now + 600, exp: now + 1_200 },
    code: 700024,
    text: 'Client assertion is not within its valid time range.',
  },
  ...(['iss', 'sub'] as const).map((name) => ({
    by: `whoever has another ${name}`,
    header: sha256Header,
    claims: { ...own, [name]: plainAppId },
    code: 700021,
    text: "Client assertion application identifier doesn't match 'client_id' parameter. Review",
  })),
  ...[
    'https://example.com/token',
    'https://login.microsoftonline.com/fabrikam.com/oauth2/v2.0/token',
    'https://login.microsoftonline.com/common/oauth2/v2.0/token',
    `https://login.microsoftonline.com/${tenantId}/saml2`,
    `http://login.microsoftonline.com/${tenantId}/v2.0`,
    'api://AzureADTokenExchange',
    'nowhere',
  ].map((aud) => ({
    by: `whoever addresses ${aud}`,
    header: sha256Header,
    claims: { ...own, aud },
    code: 700023,
    text: 'Client assertion audience claim does not match Realm issuer. Review',
  })),
];

describe('an assertion is refused of', () => {
  test.each(refused)('$by: $code', async (expected) => {
    const { header, claims = own, key = rsaCertificate.privateKey } = expected;
    const { status, document } = await present(await signed(header, claims, key));
    expect(document).toMatchObject({
      error: expected.error ?? 'invalid_client',
      error_codes: [expected.code],
    });
    expect(document.error_description).toContain(`AADSTS${expected.code}: ${expected.text}`);
    expect(status).toBe(expected.status ?? 401);
  });

  test.each(['nonsense', 'a.b.c', 'e30.e30', `${Buffer.from('[]').toString('base64url')}.e30.x`])(
    'whoever sends %s: 50027',
    async (assertion) => {
      const { status, document } = await present(assertion);
      expect(document).toMatchObject({ error: 'invalid_request', error_codes: [50027] });
      expect(document.error_description).toContain('AADSTS50027: JWT token is invalid or malformed.');
      expect(status).toBe(400);
    },
  );

  test('whoever signs not at all: 5002738', async () => {
    const { document } = await present(new UnsecuredJWT(own).encode());
    expect(document.error_description).toContain("'none' is not a supported signature algorithm");
  });
});

describe('an assertion of an outside issuer', () => {
  const claims = {
    iss: federatedIssuer,
    sub: federatedSubject,
    aud: federatedAudience,
    exp: now + 300,
  };
  const header = { alg: 'ES256', kid: 'outside' };

  test.each([
    ['with one audience', claims],
    ['with a list of audiences', { ...claims, aud: ['other', federatedAudience] }],
  ])('is accepted %s', async (_, payload) => {
    const { status } = await present(await signed(header, payload, federatedKey.privateKey));
    expect(status).toBe(200);
  });

  const cases: readonly [string, JWTPayload, number, string][] = [
    [
      'issuer',
      { ...claims, iss: 'https://other.example.com' },
      700211,
      "issuer 'https://other.example.com'. Check",
    ],
    ['subject', { ...claims, sub: 'repo:Contoso/sync' }, 700213, "subject 'repo:Contoso/sync'. Check"],
    ['audience', { ...claims, aud: 'api://other' }, 700212, "audience 'api://other'. Check"],
    ['time', { ...claims, exp: now - 600 }, 700024, 'not within its valid time range'],
  ];
  test.each(cases)('is refused with another %s', async (_, payload, code, text) => {
    const { status, document } = await present(await signed(header, payload, federatedKey.privateKey));
    expect(document).toMatchObject({ error: 'invalid_client', error_codes: [code] });
    expect(document.error_description).toContain(text);
    expect(status).toBe(401);
  });

  test('is refused with a signature of someone else', async () => {
    const strangerKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const { document } = await present(await signed(header, claims, strangerKey));
    expect(document.error_codes).toEqual([700027]);
  });

  test('is refused of an issuer whose keys are not known', async () => {
    const lonely = await createTestTenant({ federatedKeys: new Map() });
    const { document } = await present(await signed(header, claims, federatedKey.privateKey), appId, lonely);
    expect(document.error_codes).toEqual([700211]);
  });

  test('is refused of an application that trusts no issuer', async () => {
    const assertion = await signed(header, claims, federatedKey.privateKey);
    const { status, document } = await present(assertion, plainAppId);
    expect(document).toMatchObject({ error: 'invalid_request', error_codes: [70021] });
    expect(document.error_description).toContain(
      `No matching federated identity record found for presented assertion. Assertion Issuer: '${federatedIssuer}'. Assertion Subject: '${federatedSubject}'. Assertion Audience: '${federatedAudience}'.`,
    );
    expect(status).toBe(400);
  });
});

test('assertions are dated by the clock of the clients, where that is another', async () => {
  const clock = manualClock(nowMs);
  const moved = await createTestTenant({ clock, clientClock: manualClock(nowMs) });
  moved.apps.set(appId, {
    ...moved.apps.get(appId)!,
    certificates: [{ der: rsaCertificate.der, startMs: nowMs, endMs: nowMs + 90 * 86_400_000 }],
  });
  clock.advance(8 * 86_400_000);
  const { status } = await present(await signed(sha256Header, own, rsaCertificate.privateKey), appId, moved);
  expect(status).toBe(200);
});
