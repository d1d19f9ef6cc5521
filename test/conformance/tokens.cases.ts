// Tokens: the token endpoints of both versions, client secrets and assertions, discovery, and what a token opens.

import { absent, anyString, type Case, containing, guid, type Pattern, type Step } from './case.ts';
import { advanceClock, domain, nobody, refusal, type Scene, servicePrincipal, staged } from './stage.ts';

const v2 = 'OAuth 2.0 client credentials flow';
const v1 = 'OAuth 2.0 client credentials flow: v1.0 endpoint';
const certificates = 'Certificate credentials: client assertion';
const errors = 'Authentication and authorization error codes';
const discovery = 'OpenID Connect discovery';
const instances = 'Instance discovery';
const accessTokens = 'Access tokens: validation by Microsoft Graph';

const graphScope = 'https%3A%2F%2Fgraph.microsoft.com%2F.default';
const graphAppId = '00000003-0000-0000-c000-000000000000';
const wrongSecret = 'not~the.secret';
const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
const now = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/;

/** An application with its service principal and a secret, kept as `{appAppId}` and `{secret}`. */
function client(given: Parameters<Scene['steps']>[0]): readonly Step[] {
  return [
    given.application('app'),
    servicePrincipal('principal', 'app'),
    {
      method: 'POST',
      url: '/applications/{app}/addPassword',
      body: { passwordCredential: { displayName: 'first' } },
      status: 200,
      capture: { secret: 'secretText', key: 'keyId' },
    },
  ];
}

const post = (url: string, fields: Readonly<Record<string, string>>, rest: Partial<Step> = {}): Step => ({
  method: 'POST',
  url,
  as: 'none',
  headers: form,
  body: Object.entries(fields)
    .map(([name, value]) => `${name}=${value}`)
    .join('&'),
  ...rest,
});
const credentials = { client_id: '{appAppId}', client_secret: '{secret}' };
const v2Form = { grant_type: 'client_credentials', scope: graphScope };
const v2Url = '//tenant/oauth2/v2.0/token';
const v1Url = '//tenant/oauth2/token';

const failure = (
  status: number,
  error: string,
  code: number,
  text: RegExp | string = /./,
): Partial<Step> => ({
  status,
  reply: failureBody(error, code, text),
});
function failureBody(error: string, code: number, text: RegExp | string): Pattern {
  const described = typeof text === 'string' ? text.replace(/[.*+?^$()|[\]\\/]/g, '\\$&') : text.source;
  return {
    error,
    error_description: new RegExp(
      `^AADSTS${code}: [\\s\\S]*${described}[\\s\\S]*Trace ID: [0-9a-f-]{36}\\s+Correlation ID: [0-9a-f-]{36}\\s+Timestamp: `,
    ),
    error_codes: [code],
    timestamp: now,
    trace_id: guid,
    correlation_id: guid,
    error_uri: new RegExp(`/error\\?code=${code}$`),
  };
}

const issued: readonly Scene[] = [
  {
    section: v2,
    rule: 'a secret in the body is answered with a bearer token',
    steps: (given) => [
      ...client(given),
      post(
        v2Url,
        { ...v2Form, ...credentials },
        {
          status: 200,
          replyHeaders: {
            'Content-Type': /^application\/json/,
            'Cache-Control': /no-store/,
            Pragma: 'no-cache',
            'x-ms-request-id': /^[0-9a-f-]{36}$/,
            'x-ms-ests-server': /./,
          },
          reply: {
            token_type: 'Bearer',
            expires_in: 3599,
            ext_expires_in: 3599,
            access_token: /^[\w-]+\.[\w-]+\.[\w-]+$/,
            refresh_token: absent,
          },
        },
      ),
    ],
  },
  {
    section: v2,
    rule: 'the tenant may be named by a verified domain',
    steps: (given) => [
      ...client(given),
      post(`//${domain}/oauth2/v2.0/token`, { ...v2Form, ...credentials }, { status: 200 }),
      post(
        '//nordlicht.onmicrosoft.example/oauth2/v2.0/token',
        { ...v2Form, ...credentials },
        { status: 200 },
      ),
    ],
  },
  {
    section: v2,
    rule: 'what libraries tell about themselves in the body is ignored',
    steps: (given) => [
      ...client(given),
      post(
        v2Url,
        {
          ...v2Form,
          ...credentials,
          client_info: '1',
          'x-client-SKU': 'msal.js.node',
          'x-client-VER': '2.15.0',
          'x-ms-lib-capability': 'retry-after%2C+h429',
          'client-request-id': nobody,
        },
        { status: 200 },
      ),
    ],
  },
  {
    section: v2,
    rule: 'the resource may be named by its appId',
    steps: (given) => [
      ...client(given),
      post(v2Url, { ...v2Form, ...credentials, scope: `${graphAppId}%2F.default` }, { status: 200 }),
    ],
  },
  {
    section: v2,
    rule: 'scopes of OpenID Connect beside the resource are ignored',
    steps: (given) => [
      ...client(given),
      post(v2Url, { ...v2Form, ...credentials, scope: `${graphScope}%20openid%20profile` }, { status: 200 }),
    ],
  },
  {
    section: v2,
    rule: 'a token of an application without permissions opens nothing',
    steps: (given) => [
      ...client(given),
      post(v2Url, { ...v2Form, ...credentials }, { capture: { token: 'access_token' } }),
      {
        url: '/users',
        as: 'none',
        headers: { Authorization: 'Bearer {token}' },
        status: 403,
        reply: refusal('Authorization_RequestDenied'),
      },
    ],
  },
  {
    section: 'Application permissions',
    rule: 'a permission that is granted later comes with the next token',
    steps: (given) => [
      ...client(given),
      post(v2Url, { ...v2Form, ...credentials }, { capture: { old: 'access_token' } }),
      { url: `/servicePrincipals(appId='${graphAppId}')?$select=id`, capture: { graph: 'id' } },
      {
        method: 'POST',
        url: '/servicePrincipals/{principal}/appRoleAssignments',
        body: {
          principalId: '{principal}',
          resourceId: '{graph}',
          appRoleId: 'df021288-bdef-4463-88db-98f22de89214',
        },
        status: 201,
      },
      { url: '/users?$top=1', as: 'none', headers: { Authorization: 'Bearer {old}' }, status: 403 },
      post(v2Url, { ...v2Form, ...credentials }, { capture: { fresh: 'access_token' } }),
      { url: '/users?$top=1', as: 'none', headers: { Authorization: 'Bearer {fresh}' }, status: 200 },
    ],
  },
  {
    section: v1,
    rule: 'the older endpoint takes a resource and answers numbers as texts',
    steps: (given) => [
      ...client(given),
      post(
        v1Url,
        { grant_type: 'client_credentials', resource: 'https%3A%2F%2Fgraph.microsoft.com', ...credentials },
        {
          status: 200,
          reply: {
            token_type: 'Bearer',
            expires_in: '3599',
            ext_expires_in: '3599',
            expires_on: /^\d{10,}$/,
            not_before: /^\d{10,}$/,
            resource: 'https://graph.microsoft.com',
            access_token: anyString,
          },
        },
      ),
    ],
  },
  {
    section: v1,
    rule: 'the older endpoint refuses a wrong secret in the same words',
    steps: (given) => [
      ...client(given),
      post(
        v1Url,
        {
          grant_type: 'client_credentials',
          resource: 'https%3A%2F%2Fgraph.microsoft.com',
          client_id: '{appAppId}',
          client_secret: wrongSecret,
        },
        failure(401, 'invalid_client', 7000215, 'Invalid client secret provided.'),
      ),
    ],
  },
  {
    section: v1,
    rule: 'the older endpoint refuses an unknown resource',
    steps: (given) => [
      ...client(given),
      post(
        v1Url,
        { grant_type: 'client_credentials', resource: 'https%3A%2F%2Fnowhere.example', ...credentials },
        failure(
          400,
          'invalid_resource',
          500011,
          'The resource principal named https://nowhere.example was not found',
        ),
      ),
    ],
  },
];

const refusedClients: readonly Scene[] = [
  {
    section: errors,
    rule: 'a wrong secret is refused, and the body names every trace of the request',
    steps: (given) => [
      ...client(given),
      post(
        v2Url,
        { ...v2Form, client_id: '{appAppId}', client_secret: wrongSecret },
        failure(
          401,
          'invalid_client',
          7000215,
          "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{appAppId}'.",
        ),
      ),
    ],
  },
  {
    section: errors,
    rule: 'the id of a secret is not the secret',
    steps: (given) => [
      ...client(given),
      post(
        v2Url,
        { ...v2Form, client_id: '{appAppId}', client_secret: '{key}' },
        failure(401, 'invalid_client', 7000215),
      ),
    ],
  },
  {
    section: errors,
    rule: 'a removed secret is refused',
    steps: (given) => [
      ...client(given),
      { method: 'POST', url: '/applications/{app}/removePassword', body: { keyId: '{key}' }, status: 204 },
      post(v2Url, { ...v2Form, ...credentials }, failure(401, 'invalid_client', 7000215)),
    ],
  },
  {
    section: errors,
    rule: 'an application keeps two secrets while one takes the place of the other',
    steps: (given) => [
      ...client(given),
      {
        method: 'POST',
        url: '/applications/{app}/addPassword',
        body: { passwordCredential: { displayName: 'second' } },
        capture: { newSecret: 'secretText' },
      },
      post(v2Url, { ...v2Form, ...credentials }, { status: 200 }),
      post(v2Url, { ...v2Form, client_id: '{appAppId}', client_secret: '{newSecret}' }, { status: 200 }),
    ],
  },
  {
    section: errors,
    rule: 'the correlation id is the client-request-id of the request',
    steps: () => [
      post(
        v2Url,
        { ...v2Form, client_id: nobody, client_secret: wrongSecret },
        {
          headers: { ...form, 'client-request-id': '5e7d1b9c-3f2a-4c68-9d10-7a6b5c4d3e2f' },
          status: 400,
          reply: { correlation_id: '5e7d1b9c-3f2a-4c68-9d10-7a6b5c4d3e2f' },
        },
      ),
    ],
  },
  {
    section: errors,
    rule: 'a client that the tenant does not know is refused',
    steps: () => [
      post(
        v2Url,
        { ...v2Form, client_id: nobody, client_secret: wrongSecret },
        failure(
          400,
          'unauthorized_client',
          700016,
          `Application with identifier '${nobody}' was not found in the directory`,
        ),
      ),
    ],
  },
  {
    section: errors,
    rule: 'a client whose application is deleted is refused',
    steps: (given) => [
      ...client(given),
      { method: 'DELETE', url: '/applications/{app}', status: 204 },
      post(v2Url, { ...v2Form, ...credentials }, failure(400, 'unauthorized_client', 700016)),
    ],
  },
  {
    section: errors,
    rule: 'a client whose service principal is disabled is refused',
    steps: (given) => [
      ...client(given),
      {
        method: 'PATCH',
        url: '/servicePrincipals/{principal}',
        body: { accountEnabled: false },
        status: 204,
      },
      post(
        v2Url,
        { ...v2Form, ...credentials },
        failure(401, 'unauthorized_client', 7000112, "Application '{appAppId}'"),
      ),
    ],
  },
  {
    section: errors,
    rule: 'a request without any credential is refused',
    steps: (given) => [
      ...client(given),
      post(
        v2Url,
        { ...v2Form, client_id: '{appAppId}' },
        {
          status: 401,
          reply: { error: 'invalid_client', error_description: /^AADSTS(7000216|7000218): / },
        },
      ),
    ],
  },
  ...(['grant_type', 'client_id', 'scope'] as const).map(
    (field): Scene => ({
      section: errors,
      rule: `${field} is required`,
      steps: (given) => [
        ...client(given),
        post(
          v2Url,
          Object.fromEntries(
            Object.entries({ ...v2Form, ...credentials }).filter(([name]) => name !== field),
          ),
          failure(
            400,
            'invalid_request',
            900144,
            `The request body must contain the following parameter: '${field}'.`,
          ),
        ),
      ],
    }),
  ),
  {
    section: errors,
    rule: 'an unknown grant type is refused',
    steps: (given) => [
      ...client(given),
      post(
        v2Url,
        { ...v2Form, ...credentials, grant_type: 'goodwill' },
        failure(
          400,
          'unsupported_grant_type',
          70003,
          "The app requested an unsupported grant type 'goodwill'.",
        ),
      ),
    ],
  },
  {
    section: errors,
    rule: 'the scope of a client ends in /.default',
    steps: (given) => [
      ...client(given),
      post(
        v2Url,
        { ...v2Form, ...credentials, scope: 'https%3A%2F%2Fgraph.microsoft.com%2FUser.Read' },
        failure(
          400,
          'invalid_scope',
          1002012,
          'The provided value for scope https://graph.microsoft.com/User.Read is not valid.',
        ),
      ),
    ],
  },
  {
    section: errors,
    rule: 'a resource that the tenant does not know is refused',
    steps: (given) => [
      ...client(given),
      post(
        v2Url,
        { ...v2Form, ...credentials, scope: 'https%3A%2F%2Fnowhere.example%2F.default' },
        failure(
          400,
          'invalid_resource',
          500011,
          'The resource principal named https://nowhere.example was not found',
        ),
      ),
    ],
  },
  {
    section: errors,
    rule: 'a tenant that does not exist is refused',
    steps: (given) => [
      ...client(given),
      post(
        `//${nobody}/oauth2/v2.0/token`,
        { ...v2Form, ...credentials },
        failure(400, 'invalid_request', 90002, `Tenant '${nobody}' not found.`),
      ),
    ],
  },
  {
    section: errors,
    rule: 'a tenant is an id or a domain',
    steps: (given) => [
      ...client(given),
      post(
        '//not_a_tenant/oauth2/v2.0/token',
        { ...v2Form, ...credentials },
        failure(
          400,
          'invalid_request',
          900023,
          "Specified tenant identifier 'not_a_tenant' is neither a valid DNS name",
        ),
      ),
    ],
  },
];

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
/** A client assertion that nobody signed. */
const assertion = (header: object, claims: object): string =>
  `${encoded(header)}.${encoded(claims)}.c2lnbmF0dXJl`;
const claims = {
  aud: 'https://login.microsoftonline.com/nordlicht.example/oauth2/v2.0/token',
  iss: nobody,
  sub: nobody,
  nbf: 1_700_000_000,
  exp: 4_100_000_000,
  jti: nobody,
};
const header = { alg: 'RS256', typ: 'JWT', x5t: 'AAAAAAAAAAAAAAAAAAAAAAAAAAA' };
const asserted = (clientAssertion: string, rest: Partial<Step>): Step =>
  post(
    v2Url,
    {
      ...v2Form,
      client_id: '{appAppId}',
      client_assertion_type: 'urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer',
      client_assertion: clientAssertion,
    },
    rest,
  );

const assertions: readonly Scene[] = [
  ...(['iss', 'sub', 'aud', 'exp'] as const).map(
    (claim): Scene => ({
      section: certificates,
      rule: `an assertion needs ${claim}`,
      steps: (given) => [
        ...client(given),
        asserted(
          assertion(header, { ...claims, [claim]: undefined }),
          failure(
            400,
            'invalid_request',
            90014,
            `The required field '${claim}' is missing from the credential.`,
          ),
        ),
      ],
    }),
  ),
  {
    section: certificates,
    rule: 'an assertion is a JWT',
    steps: (given) => [
      ...client(given),
      asserted('not.a-jwt', failure(400, 'invalid_request', 50027, 'JWT token is invalid or malformed.')),
    ],
  },
  {
    section: certificates,
    rule: 'a shared secret does not sign an assertion',
    steps: (given) => [
      ...client(given),
      asserted(
        assertion({ ...header, alg: 'HS256' }, claims),
        failure(401, 'invalid_client', 5002738, "'HS256' is not a supported signature algorithm."),
      ),
    ],
  },
  {
    section: certificates,
    rule: 'an assertion names its certificate',
    steps: (given) => [
      ...client(given),
      asserted(
        assertion({ alg: 'RS256', typ: 'JWT' }, claims),
        failure(
          401,
          'invalid_client',
          5002723,
          'No certificate SHA-1 thumbprint, certificate SHA-256 thumbprint, nor keyId specified in token header.',
        ),
      ),
    ],
  },
  {
    section: certificates,
    rule: 'a certificate that the application does not have is refused',
    steps: (given) => [
      ...client(given),
      asserted(assertion(header, claims), failure(401, 'invalid_client', 700027, 'The key was not found.')),
    ],
  },
];

const described: readonly Scene[] = [
  {
    section: discovery,
    rule: 'the metadata of a tenant names its endpoints',
    steps: () => [
      {
        url: '//tenant/v2.0/.well-known/openid-configuration',
        as: 'none',
        status: 200,
        replyHeaders: {
          'Content-Type': /^application\/json/,
          'Access-Control-Allow-Origin': '*',
          'Cache-Control': /max-age=86400/,
        },
        reply: {
          token_endpoint: /\/{tenantId}\/oauth2\/v2\.0\/token$/,
          token_endpoint_auth_methods_supported: containing(
            'client_secret_post',
            'private_key_jwt',
            'client_secret_basic',
          ),
          jwks_uri: /\/{tenantId}\/discovery\/v2\.0\/keys$/,
          issuer: /\/{tenantId}\/v2\.0$/,
          authorization_endpoint: /\/{tenantId}\/oauth2\/v2\.0\/authorize$/,
          device_authorization_endpoint: /\/{tenantId}\/oauth2\/v2\.0\/devicecode$/,
          id_token_signing_alg_values_supported: ['RS256'],
          subject_types_supported: ['pairwise'],
          cloud_instance_name: anyString,
          msgraph_host: anyString,
        },
      },
    ],
  },
  {
    section: discovery,
    rule: 'the endpoints are on the host that was asked',
    steps: () => [
      {
        url: '//tenant/v2.0/.well-known/openid-configuration',
        as: 'none',
        reply: { token_endpoint: '{origin}/{tenantId}/oauth2/v2.0/token' },
      },
    ],
  },
  {
    section: discovery,
    rule: 'the metadata of a domain names the tenant by its id',
    steps: () => [
      {
        url: `//${domain}/v2.0/.well-known/openid-configuration`,
        as: 'none',
        reply: { token_endpoint: /\/{tenantId}\/oauth2\/v2\.0\/token$/ },
      },
    ],
  },
  {
    section: discovery,
    rule: 'the issuer of common is not yet a tenant',
    steps: () => [
      {
        url: '//common/v2.0/.well-known/openid-configuration',
        as: 'none',
        status: 200,
        reply: { issuer: /\/\{tenantid\}\/v2\.0$/ },
      },
    ],
  },
  {
    section: discovery,
    rule: 'the older metadata names endpoints without version',
    steps: () => [
      {
        url: '//tenant/.well-known/openid-configuration',
        as: 'none',
        status: 200,
        reply: {
          token_endpoint: /\/{tenantId}\/oauth2\/token$/,
          issuer: 'https://sts.windows.net/{tenantId}/',
        },
      },
    ],
  },
  {
    section: discovery,
    rule: 'the keys that sign tokens are published',
    steps: () => [
      {
        url: '//tenant/discovery/v2.0/keys',
        as: 'none',
        status: 200,
        reply: {
          keys: containing({
            kty: 'RSA',
            use: 'sig',
            kid: anyString,
            x5t: anyString,
            n: anyString,
            e: 'AQAB',
          }),
        },
      },
    ],
  },
  {
    section: discovery,
    rule: 'a tenant that does not exist has no metadata',
    steps: () => [
      {
        url: `//${nobody}/v2.0/.well-known/openid-configuration`,
        as: 'none',
        status: 400,
        reply: {
          error: 'invalid_tenant',
          error_description: new RegExp(`^AADSTS90002: Tenant '${nobody}' not found\\.`),
        },
      },
    ],
  },
  {
    section: instances,
    rule: 'a known host is told with its aliases',
    steps: () => [
      {
        url: `//common/discovery/instance?api-version=1.1&authorization_endpoint=https%3A%2F%2Flogin.microsoftonline.com%2F${domain}%2Foauth2%2Fv2.0%2Fauthorize`,
        as: 'none',
        status: 200,
        reply: {
          tenant_discovery_endpoint: new RegExp(`/${domain}/v2\\.0/\\.well-known/openid-configuration$`),
          'api-version': '1.1',
          metadata: containing(
            {
              preferred_network: 'login.microsoftonline.com',
              preferred_cache: 'login.windows.net',
              aliases: containing(
                'login.microsoftonline.com',
                'login.windows.net',
                'login.microsoft.com',
                'sts.windows.net',
              ),
            },
            { preferred_network: 'login.microsoftonline.us' },
          ),
        },
      },
    ],
  },
  {
    section: instances,
    rule: 'a host that is no cloud is refused',
    steps: () => [
      {
        url: `//common/discovery/instance?api-version=1.1&authorization_endpoint=https%3A%2F%2Flogin.nowhere.example%2F${domain}%2Foauth2%2Fv2.0%2Fauthorize`,
        as: 'none',
        status: 400,
        reply: { error: 'invalid_instance', error_codes: [50049] },
      },
    ],
  },
  {
    section: 'Azure Resource Manager: metadata of a cloud',
    rule: 'the endpoints of the cloud are told to tools of Azure',
    steps: () => [
      {
        url: '//metadata/endpoints?api-version=2022-09-01',
        as: 'none',
        status: 200,
        reply: {
          name: anyString,
          microsoftGraphResourceId: anyString,
          authentication: { loginEndpoint: anyString, identityProvider: anyString },
        },
      },
    ],
  },
];

const challenge =
  /^Bearer realm="", authorization_uri="https:\/\/[^"]+\/oauth2\/authorize", client_id="00000003-0000-0000-c000-000000000000"$/;
const unauthenticated = (message: string | RegExp): Partial<Step> => ({
  status: 401,
  replyHeaders: { 'WWW-Authenticate': challenge },
  reply: refusal('InvalidAuthenticationToken', message),
});

const opened: readonly Scene[] = [
  {
    section: accessTokens,
    rule: 'no token at all is refused, with a challenge',
    steps: () => [{ url: '/users', as: 'none', ...unauthenticated('Access token is empty.') }],
  },
  {
    section: accessTokens,
    rule: 'an empty token is refused',
    steps: () => [
      {
        url: '/users',
        as: 'none',
        headers: { Authorization: 'Bearer' },
        ...unauthenticated('Access token is empty.'),
      },
    ],
  },
  {
    section: accessTokens,
    rule: 'a text that is no JWT is refused',
    steps: () => [
      {
        url: '/users',
        as: 'none',
        headers: { Authorization: 'Bearer abcdef' },
        ...unauthenticated(/^(CompactToken parsing failed with error code: 80049217|IDX14100: )/),
      },
    ],
  },
  {
    section: accessTokens,
    rule: 'a token that nobody signed is refused',
    steps: () => [
      {
        url: '/users',
        as: 'none',
        headers: {
          Authorization: `Bearer ${assertion(
            { typ: 'JWT', alg: 'RS256', kid: 'unknown' },
            { aud: 'https://graph.microsoft.com', roles: ['User.Read.All'], exp: 4_100_000_000 },
          )}`,
        },
        ...unauthenticated(/./),
      },
    ],
  },
  {
    section: accessTokens,
    rule: 'a token for another resource is refused',
    steps: (given) => [
      ...client(given),
      post(
        v2Url,
        { ...v2Form, ...credentials, scope: 'https%3A%2F%2Fmanagement.azure.com%2F.default' },
        { capture: { token: 'access_token' } },
      ),
      {
        url: '/users',
        as: 'none',
        headers: { Authorization: 'Bearer {token}' },
        ...unauthenticated('Access token validation failure. Invalid audience.'),
      },
    ],
  },
  {
    section: accessTokens,
    rule: 'a token is spent after an hour',
    steps: (given) => [
      ...client(given),
      post(v2Url, { ...v2Form, ...credentials }, { capture: { token: 'access_token' } }),
      advanceClock(3_000),
      { url: '/users', as: 'none', headers: { Authorization: 'Bearer {token}' }, status: 403 },
      advanceClock(3_000),
      {
        url: '/users',
        as: 'none',
        headers: { Authorization: 'Bearer {token}' },
        ...unauthenticated(
          /^(Lifetime validation failed, the token is expired\.|Access token has expired or is not yet valid\.)$/,
        ),
      },
    ],
  },
  {
    section: accessTokens,
    rule: 'a token is accepted without the word Bearer',
    steps: (given) => [
      ...client(given),
      post(v2Url, { ...v2Form, ...credentials }, { capture: { token: 'access_token' } }),
      { url: '/users', as: 'none', headers: { Authorization: '{token}' }, status: 403 },
    ],
  },
  {
    section: accessTokens,
    rule: 'a token of a deleted service principal belongs to nobody',
    steps: (given) => [
      ...client(given),
      post(v2Url, { ...v2Form, ...credentials }, { capture: { token: 'access_token' } }),
      { method: 'DELETE', url: '/servicePrincipals/{principal}', status: 204 },
      {
        url: '/users',
        as: 'none',
        headers: { Authorization: 'Bearer {token}' },
        status: 401,
        reply: refusal(
          'Authorization_IdentityNotFound',
          'The identity of the calling application could not be established.',
        ),
      },
    ],
  },
  {
    section: 'OData metadata document',
    rule: 'the metadata of the service is told without a token',
    steps: () => [
      {
        url: '/$metadata',
        as: 'none',
        status: 200,
        replyHeaders: { 'Content-Type': /^application\/xml/ },
        reply: /^(?=[\s\S]*<EntityType Name="user")[\s\S]*<edmx:Edmx[\s\S]*<Schema[\s\S]*<Schema/,
      },
    ],
  },
];

// The clock of this tenant is far in the future afterwards: this scene is the last one.
const expired: readonly Scene[] = [
  {
    section: errors,
    rule: 'a secret is refused after its last day',
    steps: (given) => [
      given.application('app'),
      servicePrincipal('principal', 'app'),
      {
        method: 'POST',
        url: '/applications/{app}/addPassword',
        body: { passwordCredential: { displayName: 'first', endDateTime: '2100-01-01T00:00:00Z' } },
        status: 200,
        reply: { endDateTime: '2100-01-01T00:00:00Z' },
        capture: { secret: 'secretText' },
      },
      post(v2Url, { ...v2Form, ...credentials }, { status: 200 }),
      ...Array.from({ length: 8 }, () => advanceClock(10 * 365 * 86_400)),
      post(
        v2Url,
        { ...v2Form, ...credentials },
        failure(
          401,
          'invalid_client',
          7000222,
          "The provided client secret keys for app '{appAppId}' are expired.",
        ),
      ),
    ],
  },
];

export const cases: readonly Case[] = staged('t', [
  ...issued,
  ...refusedClients,
  ...assertions,
  ...described,
  ...opened,
  ...expired,
]);
