// The documents by which clients find the identity platform's endpoints and keys: OpenID Connect discovery, key
// sets, instance discovery, and Azure's list of endpoints. Each speaks of the host that was asked.
import { randomUUID } from 'node:crypto';
import { type Cloud, clouds, defaultCloud, findCloud } from '../hosts.ts';
import { type HttpReply, type HttpRequest, jsonReply } from '../http.ts';
import { correlationIdOf, platformHeaders, type Refusal, refuse } from './aadsts.ts';
import type { AppRegistry } from './app-registry.ts';
import type { SigningKey } from './signing-keys.ts';
import { findTenant, type NamedTenant } from './tenant-name.ts';
import type { EndpointVersion } from './token-endpoint.ts';

/** The tenant of personal accounts, that `consumers` stands for. */
const consumersTenantId = '9188040d-6c67-4c5b-b112-36a304b66dad';

/** OpenID Connect discovery. In versions 1 and 2, for a tenant or for `common` and its like. */
export function openIdConfiguration(
  registry: AppRegistry,
  request: HttpRequest,
  tenantSegment: string,
  version: EndpointVersion,
): HttpReply | Refusal {
  const tenant = findTenant(registry, tenantSegment);
  if (tenant.kind === 'refused') return { ...tenant, members: invalidTenant(tenant) };
  const { origin } = request;
  const cloud = namesOf(request);
  const base = `${origin}/${tenant.kind === 'tenant' ? tenant.tenantId : tenant.word}`;
  const oauth = `${base}/oauth2${version === 'v2' ? '/v2.0' : ''}`;
  const document = {
    token_endpoint: `${oauth}/token`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
    jwks_uri: `${base}/discovery${version === 'v2' ? '/v2.0' : ''}/keys`,
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    issuer: issuerOf(request, tenant, version),
    request_uri_parameter_supported: false,
    userinfo_endpoint: `https://${cloud.graphHost}/oidc/userinfo`,
    authorization_endpoint: `${oauth}/authorize`,
    device_authorization_endpoint: `${oauth}/devicecode`,
    http_logout_supported: true,
    frontchannel_logout_supported: true,
    end_session_endpoint: `${oauth}/logout`,
    claims_supported:
      'sub,iss,cloud_instance_name,cloud_instance_host_name,cloud_graph_host_name,msgraph_host,aud,exp,iat,auth_time,acr,nonce,preferred_username,name,tid,ver,at_hash,c_hash,email'.split(
        ',',
      ),
    kerberos_endpoint: `${base}/kerberos`,
    tenant_region_scope: tenant.kind === 'tenant' ? 'EU' : null,
    cloud_instance_name: cloud.instanceName,
    cloud_graph_host_name: cloud.directoryGraphHost,
    msgraph_host: cloud.graphHost,
    rbac_url: 'https://pas.windows.net',
  };
  return documentReply(document, request);
}

/** The public keys of access tokens, as JSON Web Key set. */
export function keySet(
  registry: AppRegistry,
  key: SigningKey,
  request: HttpRequest,
  tenantSegment: string,
  version: EndpointVersion,
): HttpReply | Refusal {
  const tenant = findTenant(registry, tenantSegment);
  if (tenant.kind === 'refused') return tenant;
  const issuer = issuerOf(request, tenant, version);
  return documentReply({ keys: [{ ...key.jwk, issuer }] }, request);
}

/**
 * Instance discovery: whether the host of an authority is one of the platform's, and which other names it has. Known
 * are Microsoft's login hosts and the host that is asked. Version 1.0 answers with the endpoint alone.
 */
export function instanceDiscovery(request: HttpRequest): HttpReply | Refusal {
  const query = new URLSearchParams(request.query);
  const version = query.get('api-version');
  if (!version) return refuse(900144, { parameter: 'api-version' });
  const endpoint = query.get('authorization_endpoint');
  if (!endpoint) return refuse(900144, { parameter: 'authorization_endpoint' });
  if (!URL.canParse(endpoint)) return refuse(50049);

  const { host, origin, pathname } = new URL(endpoint);
  const ownHost = new URL(request.origin).host;
  const metadata = [...(findCloud(request.host) ? [] : [instance([ownHost])]), ...microsoftInstances];
  if (!metadata.some(({ aliases }) => aliases.includes(host))) return refuse(50049);
  const tenant = pathname.split('/')[1] ?? '';
  const versionPath = /\/oauth2\/v2\.0\//i.test(pathname) ? '/v2.0' : '';
  return documentReply(
    {
      tenant_discovery_endpoint: `${origin}/${tenant}${versionPath}/.well-known/openid-configuration`,
      ...(version === '1.0' ? {} : { 'api-version': version, metadata }),
    },
    request,
  );
}

/** Azure Resource Manager's list of a cloud's endpoints. A host of no cloud stands for all of them itself. */
export function cloudEndpoints(request: HttpRequest): HttpReply {
  const cloud = namesOf(request);
  const address = (host: string): string => `https://${host}`;
  const document = {
    name: cloud.name,
    portal: address(cloud.portalHost),
    authentication: {
      loginEndpoint: address(cloud.loginHost),
      audiences: [`${address(cloud.managementAudienceHost)}/`, `${address(cloud.managementHost)}/`],
      tenant: 'common',
      identityProvider: 'AAD',
    },
    graph: `${address(cloud.directoryGraphHost)}/`,
    graphAudience: `${address(cloud.directoryGraphHost)}/`,
    microsoftGraphResourceId: `${address(cloud.graphHost)}/`,
    resourceManager: `${address(cloud.managementHost)}/`,
    suffixes: {
      acrLoginServer: 'azurecr.io',
      keyVaultDns: 'vault.azure.net',
      mhsmDns: 'managedhsm.azure.net',
      sqlServerHostname: 'database.windows.net',
      storage: 'core.windows.net',
    },
  };
  return documentReply(document, request);
}

interface HostNames extends Omit<Cloud, 'loginHosts' | 'otherLoginHosts' | 'graphHosts'> {
  readonly loginHost: string;
  readonly graphHost: string;
}

/** The names of the cloud whose host was asked; any other host is its own login, Graph and management host. */
function namesOf(request: HttpRequest): HostNames {
  const cloud = findCloud(request.host);
  if (cloud !== undefined)
    return { ...cloud, loginHost: cloud.loginHosts[0], graphHost: cloud.graphHosts[0] };
  const { host } = new URL(request.origin);
  return {
    ...defaultCloud,
    instanceName: host,
    loginHost: host,
    graphHost: host,
    directoryGraphHost: host,
    managementHost: host,
    managementAudienceHost: host,
    portalHost: host,
  };
}

/**
 * Version 2 issuers carry the host that was asked, which the libraries insist on. Version 1 issuers are names rather
 * than addresses: the cloud's, on every host, and the same as in access tokens.
 */
function issuerOf(request: HttpRequest, tenant: NamedTenant, version: EndpointVersion): string {
  const tenantId = issuerTenant(tenant);
  if (version === 'v2') return `${request.origin}/${tenantId}/v2.0`;
  return `https://${(findCloud(request.host) ?? defaultCloud).issuerHost}/${tenantId}/`;
}

function issuerTenant(tenant: NamedTenant): string {
  if (tenant.kind === 'tenant') return tenant.tenantId;
  return tenant.word === 'consumers' ? consumersTenantId : '{tenantid}';
}

/** Discovery calls an unknown tenant invalid, where the token endpoint calls the request so. */
function invalidTenant({ code }: Refusal): Readonly<Record<string, string>> {
  return code === 90002 ? { error: 'invalid_tenant' } : {};
}

interface Instance {
  readonly preferred_network: string;
  readonly preferred_cache: string;
  readonly aliases: readonly string[];
}

function instance(aliases: readonly [string, ...string[]], preferredCache = aliases[0]): Instance {
  return { preferred_network: aliases[0], preferred_cache: preferredCache, aliases };
}

/** The global cloud's tokens have always been cached under its older name. */
const microsoftInstances: readonly Instance[] = [
  ...clouds.map(({ loginHosts }) =>
    instance(loginHosts, loginHosts.includes('login.windows.net') ? 'login.windows.net' : loginHosts[0]),
  ),
  instance(['login-us.microsoftonline.com']),
];

function documentReply(document: unknown, request: HttpRequest): HttpReply {
  return jsonReply(200, document, {
    'Cache-Control': 'max-age=86400, private',
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Allow-Methods': 'GET, OPTIONS',
    ...platformHeaders(randomUUID(), correlationIdOf(request)),
  });
}
