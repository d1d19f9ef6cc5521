/**
 * What Syncline asks OpenID Connect providers: where to send a person, and who it is that comes back. The code flow with PKCE, state
 * and nonce (OpenID Connect Core 1.0, section 3.1); the ID token is checked by the library.
 */
import type { LookupFunction } from 'node:net';
import {
  AuthorizationResponseError,
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type ClientAuth,
  ClientError,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  calculatePKCECodeChallenge,
  customFetch,
  discovery,
  fetchUserInfo,
  None,
  ResponseBodyError,
} from 'openid-client';
import { Agent, fetch as fetchWith } from 'undici';
import { createBoundedTable } from '../bounded-table.ts';

/** Where requests to providers may go. */
export type ProviderReach = Readonly<{
  /** What is wrong with an address, as words that follow "the address …"; undefined where requests may go there. */
  check: (address: string) => string | undefined;
  /** Looks hosts up, and fails for those that lead where no request may go. */
  lookUp: LookupFunction;
}>;

/** What is asked of a provider. */
export type ProviderAccess = Readonly<{
  /** The name that people know it by, for sentences. */
  name: string;
  issuer: string;
  clientId: string;
  clientSecret: string | null;
  scopes: readonly string[];
  /** What is different whenever the provider has been changed. */
  cacheKey: string;
}>;

/** What only the browser that began a sign-in can bring back. */
export type SignInChecks = Readonly<{ state: string; nonce: string; codeVerifier: string }>;

export type ProviderRefusal = Readonly<{
  kind: 'refused';
  /** For the person who signs in. */
  sentence: string;
  /** For the log and the audit. */
  reason: string;
}>;

export type Claims = Readonly<Record<string, unknown>>;

export type OpenIdClient = Readonly<{
  /** Where to send the person. */
  authorizationUrl: (
    provider: ProviderAccess,
    options: SignInChecks & Readonly<{ redirectUri: string }>,
  ) => Promise<Readonly<{ kind: 'url'; url: URL }> | ProviderRefusal>;
  /** Who has come back; with `roleClaim`, the provider is asked for it where the ID token does not have it. */
  redeem: (
    provider: ProviderAccess,
    options: SignInChecks & Readonly<{ currentUrl: URL; roleClaim: string | undefined }>,
  ) => Promise<Readonly<{ kind: 'claims'; subject: string; claims: Claims }> | ProviderRefusal>;
  /** Whether the provider answers as one. */
  check: (provider: ProviderAccess) => Promise<Readonly<{ kind: 'usable' }> | ProviderRefusal>;
  close: () => Promise<void>;
}>;

const timeoutSeconds = 10;
/** Documents and keys of a provider are small. */
const largestAnswerBytes = 1024 * 1024;
/** How long a provider's own description of itself is believed. */
const describedMs = 5 * 60_000;

type Described = Readonly<{ configuration: Configuration; atMs: number }>;

export function openOpenIdClient({ check, lookUp }: ProviderReach, nowMs: () => number): OpenIdClient {
  const dispatcher = new Agent({
    connect: { lookup: lookUp, timeout: timeoutSeconds * 1000 },
    maxResponseSize: largestAnswerBytes,
  });
  const described = createBoundedTable<Described>(100);

  const ask = async (url: string, options: object): Promise<Response> => {
    const objection = check(url);
    if (objection !== undefined) throw new UnusableAddress(`the address ${url} ${objection}`);
    const answer = await fetchWith(url, { ...options, dispatcher });
    const body = await answer.arrayBuffer();
    const { status } = answer;
    return new Response(body.byteLength === 0 ? null : body, { status, headers: [...answer.headers] });
  };
  const discover = async ({ issuer, clientId, clientSecret }: ProviderAccess): Promise<Configuration> => {
    const objection = check(issuer);
    if (objection !== undefined) throw new UnusableAddress(`the issuer ${issuer} ${objection}`);
    return await discovery(
      new URL(issuer),
      clientId,
      undefined,
      clientSecret === null ? None() : proveBySecret(clientSecret),
      {
        timeout: timeoutSeconds,
        [customFetch]: ask,
        // Only to this machine: `check` has seen to it, and does for every address that the provider names.
        execute: issuer.startsWith('http:') ? [allowInsecureRequests] : [],
      },
    );
  };
  const describe = async (provider: ProviderAccess): Promise<Configuration> => {
    const known = described.get(provider.cacheKey);
    if (known && nowMs() - known.atMs < describedMs) return known.configuration;
    const configuration = await discover(provider);
    described.set(provider.cacheKey, { configuration, atMs: nowMs() });
    return configuration;
  };

  return {
    async authorizationUrl(provider, { redirectUri, state, nonce, codeVerifier }) {
      try {
        const configuration = await describe(provider);
        const url = buildAuthorizationUrl(configuration, {
          redirect_uri: redirectUri,
          scope: [...new Set(['openid', ...provider.scopes])].join(' '),
          state,
          nonce,
          code_challenge: await calculatePKCECodeChallenge(codeVerifier),
          code_challenge_method: 'S256',
        });
        const objection = check(url.href.replace(/\?.*$/s, ''));
        if (objection !== undefined) throw new UnusableAddress(`its sign-in page ${objection}`);
        return { kind: 'url', url };
      } catch (error) {
        return explainRefusal(error, provider);
      }
    },
    async redeem(provider, { currentUrl, roleClaim, state, nonce, codeVerifier }) {
      try {
        const configuration = await describe(provider);
        const tokens = await authorizationCodeGrant(configuration, currentUrl, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: codeVerifier,
          idTokenExpected: true,
        });
        const claims = tokens.claims();
        if (claims === undefined) throw new Error('An ID token was checked and cannot be found.');
        const isMissing = roleClaim !== undefined && readClaim(claims, roleClaim) === undefined;
        const asked = isMissing && configuration.serverMetadata().userinfo_endpoint !== undefined;
        const more = asked ? await fetchUserInfo(configuration, tokens.access_token, claims.sub) : {};
        return { kind: 'claims', subject: claims.sub, claims: { ...more, ...claims } };
      } catch (error) {
        return explainRefusal(error, provider);
      }
    },
    async check(provider) {
      try {
        await discover(provider);
        return { kind: 'usable' };
      } catch (error) {
        return explainRefusal(error, provider);
      }
    },
    close: () => dispatcher.close(),
  };
}

/** A claim by its name, or by the path to it in claims that hold claims. */
export function readClaim(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  return name.split('.').reduce<unknown>((value, part) => {
    const isHolding = typeof value === 'object' && value !== null && Object.hasOwn(value, part);
    return isHolding ? Object.entries(value).find(([key]) => key === part)?.[1] : undefined;
  }, claims);
}

/** As the provider takes secrets: in the body where it says so, else as RFC 6749, section 2.3.1, has it for all. */
function proveBySecret(secret: string): ClientAuth {
  const [byBody, byHeader] = [ClientSecretPost(secret), ClientSecretBasic(secret)];
  return (server, ...request) => {
    const taken = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const isByHeader = taken.includes('client_secret_basic') && !taken.includes('client_secret_post');
    return (isByHeader ? byHeader : byBody)(server, ...request);
  };
}

class UnusableAddress extends Error {}

/** Why it did not work, for the person and for the log. Throws what is no answer and no failure of a provider. */
function explainRefusal(error: unknown, { name, issuer }: ProviderAccess): ProviderRefusal {
  const refused = (sentence: string, reason: string): ProviderRefusal => ({
    kind: 'refused',
    sentence,
    reason,
  });
  if (error instanceof AuthorizationResponseError) {
    const told = oneLine(error.error_description ?? '') || error.error;
    return refused(`${name} did not let you in: ${withoutStop(told)}.`, `${error.error}: ${told}`);
  }
  if (error instanceof ResponseBodyError) {
    const told = `${error.error}: ${oneLine(error.error_description ?? '')}`;
    if (error.error === 'invalid_client' || error.error === 'unauthorized_client') {
      return refused(
        `${name} does not accept this server: an administrator has to correct its client id or client secret under Sign-in Providers.`,
        told,
      );
    }
    return refused(`${name} has ended this sign-in (${error.error}): begin it again.`, told);
  }
  const cause = deepestCause(error);
  const reason = oneLine(cause instanceof Error ? cause.message : String(cause));
  if (cause instanceof UnusableAddress) {
    return refused(`${name} cannot be used: ${withoutStop(reason)}.`, reason);
  }
  const code = codeOf(error) ?? codeOf(cause);
  const isUntrusted = code !== undefined && untrusted.has(code);
  if (isUntrusted) {
    return refused(
      `What ${name} answered cannot be trusted (${reason}): begin again, and tell an administrator if it stays so.`,
      `${code}: ${reason}`,
    );
  }
  if (error instanceof ClientError || isTimeout(error) || isFetchFailure(error)) {
    return refused(
      `${name} cannot be reached at ${hostOf(issuer)} (${isTimeout(error) ? 'no answer in time' : reason}): try again later, or use a local account.`,
      reason,
    );
  }
  throw error;
}

/** What the library says of answers that are there and wrong. */
const untrusted: ReadonlySet<string> = new Set([
  'OAUTH_INVALID_RESPONSE',
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
  'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
  'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED',
  'OAUTH_KEY_SELECTION_FAILED',
  'OAUTH_PARSE_ERROR',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_INVALID_SERVER_METADATA',
  'OAUTH_MISSING_SERVER_METADATA',
  'OAUTH_UNSUPPORTED_OPERATION',
]);

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function isTimeout(error: unknown): boolean {
  return codeOf(error) === 'OAUTH_TIMEOUT' || (error instanceof Error && error.name === 'TimeoutError');
}

/** `fetch` says no more than that it failed, and why in the cause. */
function isFetchFailure(error: unknown): boolean {
  return error instanceof TypeError && error.cause instanceof Error;
}

function deepestCause(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Error ? deepestCause(error.cause) : error;
}

/** What a provider wrote, as far as it may stand in a sentence of ours. */
function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, 300);
}

function withoutStop(text: string): string {
  return text.replace(/\.+$/, '');
}

function hostOf(issuer: string): string {
  return URL.parse(issuer)?.host ?? issuer;
}
