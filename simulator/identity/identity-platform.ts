// The Microsoft identity platform of one tenant: which paths are its own, and the judgement of access tokens.
import type { JSONWebKeySet } from 'jose';
import type { Clock } from '../clock.ts';
import type { HttpReply, HttpRequest } from '../http.ts';
import { type Refusal, refusalReply } from './aadsts.ts';
import { type Caller, createAccessTokens } from './access-token.ts';
import type { AppRegistry } from './app-registry.ts';
import { cloudEndpoints, instanceDiscovery, keySet, openIdConfiguration } from './discovery.ts';
import { answerManagedIdentity } from './managed-identity.ts';
import { createSigningKey } from './signing-keys.ts';
import { answerTokenRequest, type TokenEndpointParts, type TokenFault } from './token-endpoint.ts';
import { createUserAccounts, type UserAccounts } from './user-accounts.ts';

export interface IdentityPlatform {
  /** Undefined when the path is none of the identity platform's. */
  handle(request: HttpRequest): Promise<HttpReply | undefined>;
  /** Judges an Authorization header, in which the word Bearer is optional; a refusal carries Graph's 401. */
  authenticate(authorization: string | undefined): Caller;
  /** From now on, every access token issued so far is expired. */
  expireAccessTokens(): void;
  /** From now on, every token request is refused so; without a fault, requests are judged again. */
  failTokenRequests(fault?: TokenFault): void;
  /** How many access tokens were issued. */
  readonly issued: number;
}

export interface IdentityPlatformOptions {
  readonly registry: AppRegistry;
  /** Users who have a password; nobody has one when absent. */
  readonly accounts?: UserAccounts;
  /** What the machine's identity endpoint wants in `X-IDENTITY-HEADER`; there is none when absent. */
  readonly identityHeader?: string;
  readonly clock: Clock;
  /**
   * The clock of the clients' machines, by which they date their assertions: pass one that is never moved where the
   * tenant's clock is. The tenant's, when absent.
   */
  readonly clientClock?: Clock;
  /** Life of ordinary access tokens. Microsoft: 3,599 to 5,399. */
  readonly accessTokenSeconds?: number;
  /** Published keys of the issuers of federated credentials, by issuer. */
  readonly federatedKeys?: ReadonlyMap<string, JSONWebKeySet>;
}

/** Makes the identity platform of a tenant, with a signing key of its own. */
export async function createIdentityPlatform(options: IdentityPlatformOptions): Promise<IdentityPlatform> {
  const { registry, clock, identityHeader } = options;
  const key = await createSigningKey(clock.now());
  const tokens = createAccessTokens(key, registry, clock);
  const endpoint: TokenEndpointParts = {
    registry,
    accounts: options.accounts ?? createUserAccounts(),
    tokens,
    clock,
    clientClock: options.clientClock ?? clock,
    accessTokenSeconds: options.accessTokenSeconds ?? 3_599,
    federatedKeys: options.federatedKeys ?? new Map(),
  };
  let fault: TokenFault | undefined;

  type Answer = (request: HttpRequest, tenant: string) => Promise<HttpReply> | HttpReply | Refusal;
  /** By what follows the first segment of the path. */
  const answers = new Map<string, Answer>([
    ['oauth2/v2.0/token', (request, tenant) => answerTokenRequest(endpoint, request, tenant, 'v2', fault)],
    ['oauth2/token', (request, tenant) => answerTokenRequest(endpoint, request, tenant, 'v1', fault)],
    [
      'v2.0/.well-known/openid-configuration',
      (request, tenant) => openIdConfiguration(registry, request, tenant, 'v2'),
    ],
    [
      '.well-known/openid-configuration',
      (request, tenant) => openIdConfiguration(registry, request, tenant, 'v1'),
    ],
    ['discovery/v2.0/keys', (request, tenant) => keySet(registry, key, request, tenant, 'v2')],
    ['discovery/keys', (request, tenant) => keySet(registry, key, request, tenant, 'v1')],
    ['discovery/instance', instanceDiscovery],
  ]);

  return {
    handle: async (request) => {
      const [, tenant = '', rest = ''] = /^\/+([^/]+)\/(.+?)\/?$/.exec(request.path) ?? [];
      const place = `${tenant}/${rest}`.toLowerCase();
      if (place === 'metadata/endpoints') return cloudEndpoints(request);
      if (place === 'msi/token' && identityHeader !== undefined) {
        return answerManagedIdentity({ ...endpoint, header: identityHeader }, request);
      }
      const answer = await answers.get(rest.toLowerCase())?.(request, decoded(tenant));
      if (answer === undefined) return undefined;
      return 'kind' in answer ? refusalReply(answer, request, clock.now()) : answer;
    },
    authenticate: tokens.authenticate,
    expireAccessTokens: tokens.expireAll,
    failTokenRequests: (next) => {
      fault = next;
    },
    get issued() {
      return tokens.issued;
    },
  };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
