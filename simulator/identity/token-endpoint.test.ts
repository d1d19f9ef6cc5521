// The token endpoints as a client sees them: what is granted, and every refusal as data.
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import type { HttpRequest } from '../http.ts';
import { aadstsErrors } from './aadsts.ts';
import {
  appId,
  createTestTenant,
  disabledAppId,
  expiredSecret,
  type Form,
  futureSecret,
  graphScope,
  nowMs,
  plainAppId,
  secret,
  secretForm,
  servicePrincipalId,
  type TestTenant,
  tenantId,
} from './test-tenant.ts';

let tenant: TestTenant;

beforeAll(async () => {
  tenant = await createTestTenant();
});

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const path = (segment: string): Partial<HttpRequest> => ({ path: `/${segment}/oauth2/v2.0/token` });
const basic = (id: string, value: string): Partial<HttpRequest> => {
  const pair = [id, value].map((text) => encodeURIComponent(text).replaceAll('%20', '+')).join(':');
  return { headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } };
};

describe('a token', () => {
  test('has the version 2 answer, in one part', async () => {
    const { status, headers, body, document } = await tenant.requestToken(secretForm);
    expect(status).toBe(200);
    expect(document).toEqual({
      token_type: 'Bearer',
      expires_in: 3599,
      ext_expires_in: 3599,
      access_token: expect.stringMatching(/^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+$/),
    });
    expect(body).toHaveLength(1);
    expect(headers).toMatchObject({
      'Content-Type': 'application/json; charset=utf-8',
      'Cache-Control': 'no-store, no-cache',
      Pragma: 'no-cache',
      P3P: expect.any(String),
      'x-ms-request-id': expect.stringMatching(guid),
      'x-ms-ests-server': expect.stringMatching(/^2\.1\./),
      'client-request-id': expect.stringMatching(guid),
    });
  });

  test('has the version 1 answer with numbers as strings', async () => {
    const { scope: _, ...form } = secretForm;
    const { status, document } = await tenant.requestToken(
      { ...form, resource: 'https://graph.microsoft.com' },
      { path: `/${tenantId}/oauth2/token` },
    );
    expect(status).toBe(200);
    expect(document).toEqual({
      token_type: 'Bearer',
      expires_in: '3599',
      ext_expires_in: '3599',
      expires_on: String(nowMs / 1_000 + 3599),
      not_before: String(nowMs / 1_000),
      resource: 'https://graph.microsoft.com',
      access_token: expect.any(String),
    });
    expect(tenant.platform.authenticate(String(document.access_token)).kind).toBe('caller');
  });

  test('says who the application is and what it may do', async () => {
    const token = await tenant.getToken();
    const issuer = `https://sts.windows.net/${tenantId}/`;
    expect(decodeJwt(token)).toEqual({
      aud: 'https://graph.microsoft.com',
      iss: issuer,
      idp: issuer,
      iat: nowMs / 1_000,
      nbf: nowMs / 1_000,
      exp: nowMs / 1_000 + 3599,
      aio: expect.any(String),
      rh: expect.any(String),
      uti: expect.any(String),
      app_displayname: 'Sync',
      appid: appId,
      appidacr: '1',
      idtyp: 'app',
      oid: servicePrincipalId,
      sub: servicePrincipalId,
      roles: ['User.Read.All', 'Group.ReadWrite.All'],
      tenant_region_scope: 'EU',
      tid: tenantId,
      ver: '1.0',
      wids: ['88d8e3e3-8f55-4a1e-953a-9b9898b8876b', '0997a1d0-0d1d-4acb-b408-d5ca73121e90'],
      xms_tcdt: expect.any(Number),
    });
    const header = decodeProtectedHeader(token);
    expect(header).toEqual({
      typ: 'JWT',
      alg: 'RS256',
      nonce: expect.any(String),
      kid: header.kid,
      x5t: header.kid,
    });
  });

  test.each(['v2.0/', ''])('is signed by a key of the published set (%s)', async (version) => {
    const { document } = await tenant.send({ path: `/${tenantId}/discovery/${version}keys` });
    const keys = createLocalJWKSet(document as unknown as JSONWebKeySet);
    const { payload } = await jwtVerify(await tenant.getToken(), keys, {
      currentDate: new Date(nowMs),
      audience: 'https://graph.microsoft.com',
      issuer: `https://sts.windows.net/${tenantId}/`,
    });
    expect(payload.appid).toBe(appId);
  });

  test('has no roles when the application has none', async () => {
    const { document } = await tenant.requestToken({ ...secretForm, client_id: plainAppId });
    const claims = decodeJwt(String(document.access_token));
    expect(claims).not.toHaveProperty('roles');
    expect(claims.wids).toEqual(['0997a1d0-0d1d-4acb-b408-d5ca73121e90']);
  });

  test('lives as long as the platform was told', async () => {
    const short = await createTestTenant({ accessTokenSeconds: 5 });
    expect((await short.requestToken(secretForm)).document.expires_in).toBe(5);
  });

  test('lives a day and is to be refreshed when the client takes part in access evaluation', async () => {
    const { document } = await tenant.requestToken({
      ...secretForm,
      claims: '{"access_token":{"xms_cc":{"values":["cp1"]}}}',
    });
    expect(document).toMatchObject({ expires_in: 86399, ext_expires_in: 86399, refresh_in: 43199 });
    expect(decodeJwt(String(document.access_token))).toMatchObject({
      xms_cc: ['cp1'],
      exp: nowMs / 1_000 + 86399,
    });
  });
});

describe('a token is granted', () => {
  const cases: readonly [string, Form, Partial<HttpRequest>?][] = [
    ['to a secret in the body', {}],
    [
      'to a secret in the Basic header',
      { client_id: undefined, client_secret: undefined },
      basic(appId, secret),
    ],
    ['with the tenant named by a domain', {}, path('contoso.com')],
    ['with the tenant named by another domain, in any case', {}, path('CONTOSO.onmicrosoft.com')],
    ['with the tenant id in capitals', {}, path(tenantId.toUpperCase())],
    ['with the path in capitals', {}, { path: `/${tenantId}/OAuth2/V2.0/Token` }],
    ['with a slash at the end of the path', {}, { path: `/${tenantId}/oauth2/v2.0/token/` }],
    ['with the client id in capitals', { client_id: appId.toUpperCase() }],
    ['with OpenID scopes beside the resource', { scope: `${graphScope} openid profile offline_access` }],
    [
      'with parameters that the platform does not know',
      {
        client_info: '1',
        'x-client-SKU': 'msal.js.node',
        'x-client-VER': '2.15.0',
        'x-client-OS': 'linux',
        'x-client-CPU': 'x64',
        'x-ms-lib-capability': 'retry-after, h429',
        'x-client-current-telemetry': '5|771,0,,,|,',
        'x-client-last-telemetry': '5|0|||0,0',
      },
    ],
    ['with an unreadable claims request', { claims: '{' }],
    ['with a claims request for nothing', { claims: '{"access_token":null}' }],
    ['through a regional login host', {}, { origin: 'https://westeurope.login.microsoft.com' }],
    ['through an address of its own', {}, { origin: 'https://localhost:8443' }],
  ];
  test.each(cases)('%s', async (_, form, request = {}) => {
    const { status, document } = await tenant.requestToken({ ...secretForm, ...form }, request);
    expect(document).not.toHaveProperty('error');
    expect(status).toBe(200);
  });
});

describe('the audience is the resource as it was named', () => {
  const custom = { origin: 'https://sim.example.test:8443' };
  const cases: readonly [string, string, Partial<HttpRequest>?][] = [
    ['https://graph.microsoft.com/.default', 'https://graph.microsoft.com'],
    ['https://graph.microsoft.com//.default', 'https://graph.microsoft.com/'],
    ['00000003-0000-0000-c000-000000000000/.default', '00000003-0000-0000-c000-000000000000'],
    ['https://graph.microsoft.us/.default', 'https://graph.microsoft.us'],
    ['https://dod-graph.microsoft.us/.default', 'https://dod-graph.microsoft.us'],
    ['https://microsoftgraph.chinacloudapi.cn/.default', 'https://microsoftgraph.chinacloudapi.cn'],
    ['https://graph.microsoft.de/.default', 'https://graph.microsoft.de'],
    ['https://sim.example.test:8443/.default', 'https://sim.example.test:8443', custom],
    ['https://localhost:8443/.default', 'https://localhost:8443'],
    ['https://[::1]:8443/.default', 'https://[::1]:8443'],
  ];
  test.each(cases)('%s → %s', async (scope, audience, request = {}) => {
    const { document } = await tenant.requestToken({ ...secretForm, scope }, request);
    const caller = tenant.platform.authenticate(`Bearer ${document.access_token}`);
    expect(caller).toMatchObject({
      kind: 'caller',
      claims: { aud: audience, roles: ['User.Read.All', 'Group.ReadWrite.All'] },
    });
  });

  test.each([
    'https://management.azure.com/.default',
    'https://management.core.windows.net//.default',
    'https://graph.windows.net/.default',
    '00000002-0000-0000-c000-000000000000/.default',
  ])('%s is a token without Graph permissions, that Graph refuses', async (scope) => {
    const token = await tenant.getToken(scope);
    expect(decodeJwt(token)).not.toHaveProperty('roles');
    expect(tenant.platform.authenticate(token)).toMatchObject({
      kind: 'refused',
      message: 'Access token validation failure. Invalid audience.',
    });
  });
});

const notFound =
  "Tenant '{}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.";

interface Refused {
  readonly when: string;
  readonly form?: Form;
  readonly request?: Partial<HttpRequest>;
  readonly status: number;
  readonly error: string;
  readonly code: number;
  readonly text: string;
}

const refusals: readonly Refused[] = [
  {
    when: 'the secret is wrong',
    form: { client_secret: 'guess' },
    status: 401,
    error: 'invalid_client',
    code: 7000215,
    text: `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${appId}'.`,
  },
  {
    when: 'the secret in the Basic header is wrong',
    form: { client_id: undefined, client_secret: undefined },
    request: basic(appId, 'guess'),
    status: 401,
    error: 'invalid_client',
    code: 7000215,
    text: 'Invalid client secret provided.',
  },
  {
    when: 'the secret does not hold yet',
    form: { client_secret: futureSecret },
    status: 401,
    error: 'invalid_client',
    code: 7000215,
    text: 'Invalid client secret provided.',
  },
  {
    when: 'the secret is expired',
    form: { client_secret: expiredSecret },
    status: 401,
    error: 'invalid_client',
    code: 7000222,
    text: `The provided client secret keys for app '${appId}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.`,
  },
  {
    when: 'there is no credential',
    form: { client_secret: undefined },
    status: 401,
    error: 'invalid_client',
    code: 7000216,
    text: "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
  },
  {
    when: 'the secret is empty',
    form: { client_secret: '' },
    status: 401,
    error: 'invalid_client',
    code: 7000216,
    text: "'client_assertion', 'client_secret' or 'request' is required",
  },
  {
    when: 'the assertion has no type',
    form: { client_secret: undefined, client_assertion: 'a.b.c' },
    status: 401,
    error: 'invalid_client',
    code: 7000216,
    text: "'client_assertion', 'client_secret' or 'request' is required",
  },
  {
    when: 'another grant has no credential',
    form: { grant_type: 'password', client_secret: undefined },
    status: 401,
    error: 'invalid_client',
    code: 7000218,
    text: "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
  },
  {
    when: 'the application is not known',
    form: { client_id: 'dddddddd-0000-4000-8000-000000000009' },
    status: 400,
    error: 'unauthorized_client',
    code: 700016,
    text: "Application with identifier 'dddddddd-0000-4000-8000-000000000009' was not found in the directory 'Contoso'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.",
  },
  {
    when: 'the application is disabled',
    form: { client_id: disabledAppId },
    status: 401,
    error: 'unauthorized_client',
    code: 7000112,
    text: `Application '${disabledAppId}'(Former sync) is disabled.`,
  },
  {
    when: 'the tenant is another GUID',
    request: path('11111111-2222-4333-8444-555555555555'),
    status: 400,
    error: 'invalid_request',
    code: 90002,
    text: notFound.replace('{}', '11111111-2222-4333-8444-555555555555'),
  },
  {
    when: 'the tenant is a domain of nobody',
    request: path('fabrikam.com'),
    status: 400,
    error: 'invalid_request',
    code: 90002,
    text: notFound.replace('{}', 'fabrikam.com'),
  },
  ...['contoso', 'not%20a%20tenant', '-.com'].map((segment) => ({
    when: `the tenant is called ${segment}`,
    request: path(segment),
    status: 400,
    error: 'invalid_request',
    code: 900023,
    text: `Specified tenant identifier '${decodeURIComponent(segment)}' is neither a valid DNS name, nor a valid external domain.`,
  })),
  ...['common', 'organizations', 'consumers'].map((segment) => ({
    when: `the tenant is ${segment}`,
    request: path(segment),
    status: 400,
    error: 'invalid_request',
    code: 50059,
    text: 'No tenant-identifying information found in either the request or implied by any provided credentials.',
  })),
  ...(['grant_type', 'client_id', 'scope'] as const).map((parameter) => ({
    when: `${parameter} is missing`,
    form: { [parameter]: undefined },
    status: 400,
    error: 'invalid_request',
    code: 900144,
    text: `The request body must contain the following parameter: '${parameter}'.`,
  })),
  {
    when: 'resource is missing in version 1',
    request: { path: `/${tenantId}/oauth2/token` },
    status: 400,
    error: 'invalid_request',
    code: 900144,
    text: "The request body must contain the following parameter: 'resource'.",
  },
  {
    when: 'the body is no form',
    request: { body: Buffer.from(JSON.stringify(secretForm)) },
    status: 400,
    error: 'invalid_request',
    code: 900144,
    text: "The request body must contain the following parameter: 'grant_type'.",
  },
  {
    when: 'the grant type is not known',
    form: { grant_type: 'magic' },
    status: 400,
    error: 'unsupported_grant_type',
    code: 70003,
    text: "The app requested an unsupported grant type 'magic'.",
  },
  ...['https://graph.microsoft.com/User.Read.All', 'openid', 'https://graph.microsoft.com'].map((scope) => ({
    when: `the scope is ${scope}`,
    form: { scope },
    status: 400,
    error: 'invalid_scope',
    code: 1002012,
    text: `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
  })),
  ...['/.default', `${graphScope} https://management.azure.com/.default`].map((scope) => ({
    when: `the scope is ${scope}`,
    form: { scope },
    status: 400,
    error: 'invalid_scope',
    code: 70011,
    text: `The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope ${scope} is not valid.`,
  })),
  ...['https://vault.azure.net', 'api://contoso', 'https://graph.microsoft.com/v1.0', 'http://localhost'].map(
    (resource) => ({
      when: `the resource is ${resource}`,
      form: { scope: `${resource}/.default` },
      status: 400,
      error: 'invalid_resource',
      code: 500011,
      text: `The resource principal named ${resource} was not found in the tenant named Contoso. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.`,
    }),
  ),
  {
    when: 'a user of another domain signs in',
    form: { grant_type: 'password', username: 'ada@fabrikam.com', password: 'x' },
    status: 400,
    error: 'invalid_grant',
    code: 50034,
    text: 'The user account ada@fabrikam.com does not exist in the Contoso directory. To sign into this application, the account must be added to the directory.',
  },
  {
    when: 'a user of the tenant signs in',
    form: { grant_type: 'password', username: 'ada@contoso.com', password: 'x' },
    status: 400,
    error: 'invalid_grant',
    code: 50126,
    text: 'Error validating credentials due to invalid username or password.',
  },
  {
    when: 'a user without a name signs in',
    form: { grant_type: 'password' },
    status: 400,
    error: 'invalid_request',
    code: 900144,
    text: "The request body must contain the following parameter: 'username'.",
  },
  {
    when: 'the method is GET',
    request: { method: 'GET' },
    status: 400,
    error: 'invalid_request',
    code: 900561,
    text: 'The endpoint only accepts POST requests. Received a GET request.',
  },
];

describe('a request is refused when', () => {
  test.each(refusals)('$when: $code', async ({ form = {}, request = {}, status, error, code, text }) => {
    const { issued } = tenant.platform;
    const reply = await tenant.requestToken({ ...secretForm, ...form }, request);
    expect(reply.document).toEqual({
      error,
      error_description: expect.stringMatching(
        /^AADSTS\d+: .* Trace ID: [-\w]{36} Correlation ID: [-\w]{36} Timestamp: 2026-11-20 10:11:12Z$/,
      ),
      error_codes: [code],
      timestamp: '2026-11-20 10:11:12Z',
      trace_id: expect.stringMatching(guid),
      correlation_id: expect.stringMatching(guid),
      error_uri: `https://login.microsoftonline.com/error?code=${code}`,
    });
    expect(reply.document.error_description).toContain(`AADSTS${code}: ${text}`);
    expect(reply.status).toBe(status);
    expect(reply.headers).toMatchObject({ 'Cache-Control': 'no-store, no-cache', Pragma: 'no-cache' });
    expect(tenant.platform.issued).toBe(issued);
  });

  test('the platform is told to', async () => {
    const cases = [
      { code: 53003, status: 400, error: 'interaction_required' },
      { code: 90055, status: 429, error: 'temporarily_unavailable' },
      { code: 50196, status: 400, error: 'invalid_grant' },
    ] as const;
    for (const { code, status, error } of cases) {
      tenant.platform.failTokenRequests({ code, retryAfterSeconds: 7 });
      const reply = await tenant.requestToken(secretForm);
      expect(reply).toMatchObject({
        status,
        headers: { 'Retry-After': '7' },
        document: { error, error_codes: [code] },
      });
      expect(reply.document.error_description).toContain(`AADSTS${code}: ${aadstsErrors[code].text}`);
      expect('claims' in reply.document).toBe(code === 53003);
    }
    tenant.platform.failTokenRequests();
    expect((await tenant.requestToken(secretForm)).status).toBe(200);
  });
});

describe('the correlation id', () => {
  const sent = '01234567-89ab-4cde-8f01-23456789abcd';
  const cases: readonly [string, Form, Partial<HttpRequest>][] = [
    ['header', {}, { headers: { 'client-request-id': sent } }],
    ['body', { 'client-request-id': sent }, {}],
  ];
  test.each(cases)('is the one of the request %s', async (_, form, request) => {
    const reply = await tenant.requestToken({ ...secretForm, client_secret: 'guess', ...form }, request);
    expect(reply.document.correlation_id).toBe(sent);
    expect(reply.document.error_description).toContain(`Correlation ID: ${sent}`);
    expect(reply.headers['client-request-id']).toBe(sent);
    const granted = await tenant.requestToken({ ...secretForm, ...form }, request);
    expect(granted.headers['client-request-id']).toBe(sent);
  });

  test('is a new one when the request has no proper one', async () => {
    const reply = await tenant.requestToken(
      { ...secretForm, client_secret: 'guess' },
      { headers: { 'client-request-id': 'x\r\ny' } },
    );
    expect(reply.document.correlation_id).toMatch(guid);
  });
});
