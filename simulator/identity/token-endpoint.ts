// The token endpoints, versions 2 and 1: an application's request, checked in the platform's order, becomes an
// access token or a refusal (Microsoft identity platform: OAuth 2.0 client credentials flow).
import { randomUUID } from 'node:crypto';
import type { JSONWebKeySet } from 'jose';
import type { Clock } from '../clock.ts';
import { bareHost, isLoginHost, loopbackHosts } from '../hosts.ts';
import { type HttpReply, type HttpRequest, jsonReply } from '../http.ts';
import {
  correlationIdOf,
  platformHeaders,
  type Refusal,
  refusalReply,
  refuse,
  uncachedHeaders,
} from './aadsts.ts';
import type { AccessTokens } from './access-token.ts';
import type { AppRegistry, RegisteredApp, RegisteredUser } from './app-registry.ts';
import { checkAssertion } from './client-assertion.ts';
import { findResource, type Resource } from './resource.ts';
import { findTenant } from './tenant-name.ts';
import { judgeUser, type UserAccounts } from './user-accounts.ts';

/** Refusals that the platform decides by itself, whatever the request: policy, too many requests, a loop. */
export interface TokenFault {
  readonly code: 53003 | 90055 | 50196;
  readonly retryAfterSeconds?: number;
}

export interface TokenEndpointParts {
  readonly registry: AppRegistry;
  readonly accounts: UserAccounts;
  readonly tokens: AccessTokens;
  readonly clock: Clock;
  /** The clock of the clients' machines, by which their assertions are dated. */
  readonly clientClock: Clock;
  readonly accessTokenSeconds: number;
  readonly federatedKeys: ReadonlyMap<string, JSONWebKeySet>;
}

export type EndpointVersion = 'v1' | 'v2';

interface IssuedToken {
  readonly kind: 'issued';
  readonly token: string;
  readonly resource: string;
  /** The delegated permissions of a user's token. */
  readonly scopes?: readonly string[];
  readonly issuedAtSeconds: number;
  readonly lifetimeSeconds: number;
}

/** Life of a token whose client can be told of its end at any time (continuous access evaluation). */
const evaluatedTokenSeconds = 86_399;
const openIdScopes = ['openid', 'profile', 'email', 'offline_access'];

/** Answers one token request to the tenant that the path names. */
export async function answerTokenRequest(
  parts: TokenEndpointParts,
  request: HttpRequest,
  tenantSegment: string,
  version: EndpointVersion,
  fault: TokenFault | undefined,
): Promise<HttpReply> {
  const form = new URLSearchParams(request.body.toString('utf8'));
  const correlationId = correlationIdOf(request, form);
  const outcome = await decide(parts, request, form, tenantSegment, version, fault);
  if (outcome.kind === 'refused') {
    const reply = refusalReply(outcome, request, parts.clock.now(), correlationId);
    if (fault?.retryAfterSeconds === undefined || outcome.code !== fault.code) return reply;
    return { ...reply, headers: { ...reply.headers, 'Retry-After': String(fault.retryAfterSeconds) } };
  }
  return jsonReply(200, version === 'v2' ? versionTwo(outcome) : versionOne(outcome), {
    ...platformHeaders(randomUUID(), correlationId),
    ...uncachedHeaders,
  });
}

async function decide(
  parts: TokenEndpointParts,
  request: HttpRequest,
  form: URLSearchParams,
  tenantSegment: string,
  version: EndpointVersion,
  fault: TokenFault | undefined,
): Promise<IssuedToken | Refusal> {
  const { registry } = parts;
  if (request.method !== 'POST') return refuse(900561, { method: request.method });
  const tenant = findTenant(registry, tenantSegment);
  if (tenant.kind === 'refused') return tenant;
  if (tenant.kind === 'many') return refuse(50059);
  if (fault !== undefined) return refuseByFault(fault);

  const grantType = form.get('grant_type');
  if (!grantType) return refuse(900144, { parameter: 'grant_type' });
  if (grantType !== 'client_credentials' && grantType !== 'password') return refuse(70003, { grantType });
  const { clientId, secret } = presentedClient(request, form);
  if (!clientId) return refuse(900144, { parameter: 'client_id' });
  const asked = version === 'v2' ? resourceOfScope(form.get('scope')) : resourceOf(form.get('resource'));
  if (asked.kind === 'refused') return asked;

  const app = registry.findApp(clientId.toLowerCase());
  if (app === undefined) return refuse(700016, { appId: clientId, tenant: registry.tenantName });
  if (!app.isEnabled) return refuse(7000112, { appId: app.appId, name: app.displayName });
  const proof = await checkProof(parts, request, form, app, secret);
  if (proof.kind === 'refused') return proof;

  const resource = findResource(asked.identifier, request.host);
  if (resource === undefined) {
    return refuse(500011, { resource: asked.identifier, tenant: registry.tenantName });
  }
  const granted = { identifier: asked.identifier, resource, provenBy: proof.kind } as const;
  if (grantType !== 'password') return issue(parts, form, app, granted);
  const user = judgeUser(parts, form, app, asked.identifier);
  return user.kind === 'refused' ? user : issue(parts, form, app, { ...granted, user });
}

function issue(
  { tokens, accessTokenSeconds }: TokenEndpointParts,
  form: URLSearchParams,
  app: RegisteredApp,
  granted: {
    identifier: string;
    resource: Resource;
    provenBy: 'secret' | 'assertion' | 'nothing';
    user?: { account: RegisteredUser; scopes: readonly string[] };
  },
): IssuedToken {
  const capabilities = declaredCapabilities(form.get('claims'));
  const lifetimeSeconds = capabilities.includes('cp1') ? evaluatedTokenSeconds : accessTokenSeconds;
  const { token, issuedAtSeconds } = tokens.issue({
    app,
    audience: granted.identifier,
    resource: granted.resource,
    provenBy: granted.provenBy,
    ...(granted.user === undefined ? {} : { user: granted.user }),
    lifetimeSeconds,
    capabilities,
  });
  const scopes = granted.user === undefined ? {} : { scopes: granted.user.scopes };
  return { kind: 'issued', token, resource: granted.identifier, ...scopes, issuedAtSeconds, lifetimeSeconds };
}

/** Client id and secret, from the Basic header (each form-encoded) or else the body. */
export function presentedClient(
  request: HttpRequest,
  form: URLSearchParams,
): { clientId: string | null; secret: string | null } {
  const [, basic] = /^basic\s+([\w+/=-]+)$/i.exec(request.headers.authorization ?? '') ?? [];
  if (basic === undefined) return { clientId: form.get('client_id'), secret: form.get('client_secret') };
  const [, id = '', secret = ''] =
    /^([^:]*):(.*)$/s.exec(Buffer.from(basic, 'base64').toString('utf8')) ?? [];
  return { clientId: formDecoded(id), secret: formDecoded(secret) };
}

function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

async function checkProof(
  parts: TokenEndpointParts,
  request: HttpRequest,
  form: URLSearchParams,
  app: RegisteredApp,
  secret: string | null,
): Promise<{ kind: 'secret' | 'assertion' | 'nothing' } | Refusal> {
  const assertion = form.get('client_assertion');
  const isAssertion =
    form.get('client_assertion_type') === 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
  if (assertion && isAssertion) {
    const proof = await checkAssertion(assertion, {
      app,
      nowMs: parts.clientClock.now(),
      isOwnAudience: (audience) => namesTokenEndpoint(audience, request, parts.registry),
      federatedKeys: parts.federatedKeys,
    });
    return proof.kind === 'refused' ? proof : { kind: 'assertion' };
  }
  if (secret) return checkSecret(app, secret, parts.clock.now());
  if (form.get('grant_type') === 'client_credentials') return refuse(7000216);
  return app.isPublicClient ? { kind: 'nothing' } : refuse(7000218);
}

function checkSecret(app: RegisteredApp, secret: string, nowMs: number): { kind: 'secret' } | Refusal {
  const known = app.secrets.filter(({ value, startMs }) => value === secret && startMs <= nowMs);
  if (known.length === 0) return refuse(7000215, { appId: app.appId });
  return known.some(({ endMs }) => nowMs < endMs)
    ? { kind: 'secret' }
    : refuse(7000222, { appId: app.appId });
}

/** Clients address an assertion to the token endpoint, the authority or the issuer, on any alias of the login host. */
function namesTokenEndpoint(audience: string, request: HttpRequest, registry: AppRegistry): boolean {
  if (!URL.canParse(audience)) return false;
  const { protocol, origin, hostname, pathname } = new URL(audience);
  const isOwnHost =
    origin === request.origin || loopbackHosts.includes(bareHost(hostname)) || isLoginHost(hostname);
  const [tenant = '', ...rest] = pathname.toLowerCase().split('/').filter(Boolean);
  return (
    protocol === 'https:' &&
    isOwnHost &&
    findTenant(registry, tenant).kind === 'tenant' &&
    ['', 'v2', 'v2.0', 'oauth2/token', 'oauth2/v2.0/token'].includes(rest.join('/'))
  );
}

type AskedResource = { readonly kind: 'resource'; readonly identifier: string };

/** Version 2: one resource with `/.default`; the OpenID scopes beside it mean nothing here and are passed over. */
function resourceOfScope(scope: string | null): AskedResource | Refusal {
  if (!scope?.trim()) return refuse(900144, { parameter: 'scope' });
  const asked = scope.trim().split(/\s+/);
  const resources = asked.filter((item) => item.endsWith('/.default'));
  if (resources.length === 0) return refuse(1002012, { scope });
  const identifier = resources[0]?.slice(0, -'/.default'.length) ?? '';
  const hasOthers = asked.some((item) => item !== resources[0] && !openIdScopes.includes(item));
  return identifier === '' || hasOthers ? refuse(70011, { scope }) : { kind: 'resource', identifier };
}

/** Version 1: the resource by itself. */
function resourceOf(resource: string | null): AskedResource | Refusal {
  return resource ? { kind: 'resource', identifier: resource } : refuse(900144, { parameter: 'resource' });
}

/** Values of `xms_cc` in the claims request; anything unreadable asks for nothing. */
function declaredCapabilities(claims: string | null): readonly string[] {
  try {
    const values: unknown = JSON.parse(claims ?? '{}')?.access_token?.xms_cc?.values;
    return Array.isArray(values) ? values.filter((value) => typeof value === 'string') : [];
  } catch {
    return [];
  }
}

function refuseByFault({ code }: TokenFault): Refusal {
  if (code !== 53003) return refuse(code);
  const claims = { access_token: { capolids: { essential: true, values: [randomUUID()] } } };
  return refuse(code, {}, { suberror: 'message_only', claims: JSON.stringify(claims) });
}

function versionTwo({ token, resource, scopes, lifetimeSeconds }: IssuedToken): Record<string, unknown> {
  return {
    token_type: 'Bearer',
    ...(scopes === undefined ? {} : { scope: scopes.map((scope) => `${resource}/${scope}`).join(' ') }),
    expires_in: lifetimeSeconds,
    ext_expires_in: lifetimeSeconds,
    ...(lifetimeSeconds === evaluatedTokenSeconds ? { refresh_in: Math.floor(lifetimeSeconds / 2) } : {}),
    access_token: token,
  };
}

/** Version 1 writes its numbers as strings. */
function versionOne({
  token,
  resource,
  issuedAtSeconds,
  lifetimeSeconds,
}: IssuedToken): Record<string, string> {
  return {
    token_type: 'Bearer',
    expires_in: String(lifetimeSeconds),
    ext_expires_in: String(lifetimeSeconds),
    expires_on: String(issuedAtSeconds + lifetimeSeconds),
    not_before: String(issuedAtSeconds),
    resource,
    access_token: token,
  };
}
