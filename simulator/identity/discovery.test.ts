// The documents by which clients find their way, on Microsoft's hosts and on a host of one's own.
import { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { createTestTenant, nowMs, type TestTenant, tenantId } from './test-tenant.ts';

let tenant: TestTenant;

beforeAll(async () => {
  tenant = await createTestTenant();
});

const microsoft = 'https://login.microsoftonline.com';
const own = 'https://sim.example.test:8443';

describe('OpenID Connect discovery', () => {
  const cases = [
    { origin: microsoft, graph: 'graph.microsoft.com', sts: 'sts.windows.net', cloud: 'microsoftonline.com' },
    {
      origin: 'https://login.windows.net',
      graph: 'graph.microsoft.com',
      sts: 'sts.windows.net',
      cloud: 'microsoftonline.com',
    },
    {
      origin: 'https://login.microsoftonline.us',
      graph: 'graph.microsoft.us',
      sts: 'sts.windows.net',
      cloud: 'microsoftonline.us',
    },
    {
      origin: 'https://login.chinacloudapi.cn',
      graph: 'microsoftgraph.chinacloudapi.cn',
      sts: 'sts.chinacloudapi.cn',
      cloud: 'partner.microsoftonline.cn',
    },
    { origin: own, graph: 'sim.example.test:8443', sts: 'sts.windows.net', cloud: 'sim.example.test:8443' },
  ];

  test.each(cases)('of version 2 at $origin', async ({ origin, graph, cloud }) => {
    const reply = await tenant.send({ origin, path: `/${tenantId}/v2.0/.well-known/openid-configuration` });
    expect(reply).toMatchObject({
      status: 200,
      headers: { 'Cache-Control': 'max-age=86400, private', 'Access-Control-Allow-Origin': '*' },
      document: {
        token_endpoint: `${origin}/${tenantId}/oauth2/v2.0/token`,
        token_endpoint_auth_methods_supported: [
          'client_secret_post',
          'private_key_jwt',
          'client_secret_basic',
        ],
        jwks_uri: `${origin}/${tenantId}/discovery/v2.0/keys`,
        issuer: `${origin}/${tenantId}/v2.0`,
        authorization_endpoint: `${origin}/${tenantId}/oauth2/v2.0/authorize`,
        device_authorization_endpoint: `${origin}/${tenantId}/oauth2/v2.0/devicecode`,
        end_session_endpoint: `${origin}/${tenantId}/oauth2/v2.0/logout`,
        kerberos_endpoint: `${origin}/${tenantId}/kerberos`,
        userinfo_endpoint: `https://${graph}/oidc/userinfo`,
        tenant_region_scope: 'EU',
        cloud_instance_name: cloud,
        msgraph_host: graph,
      },
    });
  });

  test.each(cases)('of version 1 at $origin', async ({ origin, sts }) => {
    const { document } = await tenant.send({ origin, path: `/${tenantId}/.well-known/openid-configuration` });
    expect(document).toMatchObject({
      token_endpoint: `${origin}/${tenantId}/oauth2/token`,
      jwks_uri: `${origin}/${tenantId}/discovery/keys`,
      issuer: `https://${sts}/${tenantId}/`,
      authorization_endpoint: `${origin}/${tenantId}/oauth2/authorize`,
    });
  });

  test('of a domain leads to the tenant', async () => {
    const { document } = await tenant.send({ path: '/contoso.com/v2.0/.well-known/openid-configuration' });
    expect(document.token_endpoint).toBe(`${microsoft}/${tenantId}/oauth2/v2.0/token`);
  });

  test.each([
    ['common', '{tenantid}'],
    ['organizations', '{tenantid}'],
    ['consumers', '9188040d-6c67-4c5b-b112-36a304b66dad'],
  ])('of %s names no tenant of ours', async (word, issuerTenant) => {
    const { document } = await tenant.send({ path: `/${word}/v2.0/.well-known/openid-configuration` });
    expect(document).toMatchObject({
      issuer: `${microsoft}/${issuerTenant}/v2.0`,
      token_endpoint: `${microsoft}/${word}/oauth2/v2.0/token`,
      tenant_region_scope: null,
    });
  });

  test.each([
    ['fabrikam.com', 'invalid_tenant', 90002],
    ['11111111-2222-4333-8444-555555555555', 'invalid_tenant', 90002],
    ['no tenant', 'invalid_request', 900023],
  ])('of %s is refused', async (name, error, code) => {
    const path = `/${encodeURIComponent(name)}/v2.0/.well-known/openid-configuration`;
    const { status, document } = await tenant.send({ path });
    expect(status).toBe(400);
    expect(document).toMatchObject({ error, error_codes: [code] });
    expect(document.error_description).toContain(`'${name}'`);
  });
});

describe('the key set', () => {
  test.each([
    ['v2.0/', `${microsoft}/${tenantId}/v2.0`],
    ['', `https://sts.windows.net/${tenantId}/`],
  ])('of /discovery/%skeys holds the signing key and its certificate', async (version, issuer) => {
    const { document } = await tenant.send({ path: `/${tenantId}/discovery/${version}keys` });
    const [key] = document.keys as { kid: string; x5c: string[] }[];
    expect(key).toEqual({
      kty: 'RSA',
      use: 'sig',
      kid: expect.any(String),
      x5t: key?.kid,
      n: expect.stringMatching(/^[\w-]{342}$/),
      e: 'AQAB',
      x5c: [expect.any(String)],
      issuer,
    });
    const certificate = new X509Certificate(Buffer.from(key?.x5c[0] ?? '', 'base64'));
    const fingerprint = Buffer.from(key?.kid ?? '', 'base64url')
      .toString('hex')
      .toUpperCase();
    expect(certificate.fingerprint.replaceAll(':', '')).toBe(fingerprint);
    expect(certificate.validFromDate.getTime()).toBeLessThan(nowMs);
  });

  test('is published for all tenants at once', async () => {
    const { document } = await tenant.send({ path: '/common/discovery/v2.0/keys' });
    expect(document.keys).toMatchObject([{ issuer: `${microsoft}/{tenantid}/v2.0` }]);
  });

  test('of an unknown tenant is refused', async () => {
    const { document } = await tenant.send({ path: '/fabrikam.com/discovery/v2.0/keys' });
    expect(document.error_codes).toEqual([90002]);
  });
});

describe('instance discovery', () => {
  const ask = (endpoint: string, version = '1.1', origin = microsoft) =>
    tenant.send({
      origin,
      path: '/common/discovery/instance',
      query: new URLSearchParams({ 'api-version': version, authorization_endpoint: endpoint }).toString(),
    });

  test('knows the instances of all clouds', async () => {
    const { status, document } = await ask(`${microsoft}/${tenantId}/oauth2/v2.0/authorize`);
    expect(status).toBe(200);
    expect(document).toEqual({
      tenant_discovery_endpoint: `${microsoft}/${tenantId}/v2.0/.well-known/openid-configuration`,
      'api-version': '1.1',
      metadata: [
        {
          preferred_network: 'login.microsoftonline.com',
          preferred_cache: 'login.windows.net',
          aliases: [
            'login.microsoftonline.com',
            'login.windows.net',
            'login.microsoft.com',
            'sts.windows.net',
          ],
        },
        {
          preferred_network: 'login.microsoftonline.us',
          preferred_cache: 'login.microsoftonline.us',
          aliases: ['login.microsoftonline.us', 'login.usgovcloudapi.net'],
        },
        {
          preferred_network: 'login.partner.microsoftonline.cn',
          preferred_cache: 'login.partner.microsoftonline.cn',
          aliases: ['login.partner.microsoftonline.cn', 'login.chinacloudapi.cn'],
        },
        {
          preferred_network: 'login.microsoftonline.de',
          preferred_cache: 'login.microsoftonline.de',
          aliases: ['login.microsoftonline.de'],
        },
        {
          preferred_network: 'login-us.microsoftonline.com',
          preferred_cache: 'login-us.microsoftonline.com',
          aliases: ['login-us.microsoftonline.com'],
        },
      ],
    });
  });

  test('knows the host that is asked', async () => {
    const { document } = await ask(`${own}/${tenantId}/oauth2/v2.0/authorize`, '1.1', own);
    expect(document.tenant_discovery_endpoint).toBe(
      `${own}/${tenantId}/v2.0/.well-known/openid-configuration`,
    );
    expect(document.metadata).toContainEqual({
      preferred_network: 'sim.example.test:8443',
      preferred_cache: 'sim.example.test:8443',
      aliases: ['sim.example.test:8443'],
    });
  });

  test('leads from a version 1 endpoint to the version 1 document', async () => {
    const { document } = await ask(`${microsoft}/common/oauth2/authorize`);
    expect(document.tenant_discovery_endpoint).toBe(`${microsoft}/common/.well-known/openid-configuration`);
  });

  test('answers version 1.0 without the instances', async () => {
    const { document } = await ask(`${microsoft}/common/oauth2/authorize`, '1.0');
    expect(document).toEqual({
      tenant_discovery_endpoint: `${microsoft}/common/.well-known/openid-configuration`,
    });
  });

  test.each([
    `https://example.com/${tenantId}/oauth2/v2.0/authorize`,
    `${own}/common/oauth2/authorize`,
    'nowhere',
  ])('refuses %s', async (endpoint) => {
    const { status, document } = await ask(endpoint);
    expect(status).toBe(400);
    expect(document).toMatchObject({ error: 'invalid_instance', error_codes: [50049] });
    expect(document.error_description).toContain('AADSTS50049: Unknown or invalid instance.');
  });

  test.each(['api-version', 'authorization_endpoint'])('refuses a request without %s', async (name) => {
    const query = new URLSearchParams({ 'api-version': '1.1', authorization_endpoint: microsoft });
    query.delete(name);
    const path = '/common/discovery/instance';
    const { document } = await tenant.send({ path, query: query.toString() });
    expect(document.error_codes).toEqual([900144]);
    expect(document.error_description).toContain(`'${name}'`);
  });
});

describe('the endpoints of a cloud', () => {
  const ask = (origin: string) =>
    tenant.send({ origin, path: '/metadata/endpoints', query: 'api-version=2022-09-01' });

  test('are those of the cloud at its management host', async () => {
    const { status, document } = await ask('https://management.usgovcloudapi.net');
    expect(status).toBe(200);
    expect(document).toMatchObject({
      name: 'AzureUSGovernment',
      portal: 'https://portal.azure.us',
      authentication: {
        loginEndpoint: 'https://login.microsoftonline.us',
        audiences: ['https://management.core.usgovcloudapi.net/', 'https://management.usgovcloudapi.net/'],
        tenant: 'common',
        identityProvider: 'AAD',
      },
      microsoftGraphResourceId: 'https://graph.microsoft.us/',
      resourceManager: 'https://management.usgovcloudapi.net/',
      suffixes: expect.any(Object),
    });
  });

  test('are all the same address at a host of one’s own, which Graph tokens are issued for', async () => {
    const { document } = await ask(own);
    expect(document).toMatchObject({
      name: 'AzureCloud',
      authentication: { loginEndpoint: own, audiences: [`${own}/`, `${own}/`] },
      microsoftGraphResourceId: `${own}/`,
      graphAudience: `${own}/`,
      resourceManager: `${own}/`,
    });
  });
});

test.each([
  '/v1.0/users',
  '/',
  '',
  '/v1.0',
  '/common/userrealm/ada@contoso.com',
  `/${tenantId}/oauth2/v2.0/devicecode`,
])('the path %j is left to others', async (path) => {
  await expect(tenant.send({ path })).rejects.toThrow('no path of the identity platform');
});
