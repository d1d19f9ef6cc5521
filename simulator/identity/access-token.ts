// Access tokens: what an application is given, and how Graph judges what it is shown (Microsoft identity platform:
// access tokens, version 1.0, application-only).
import { randomBytes, sign, verify } from 'node:crypto';
import { createBoundedCache } from '../bounded-cache.ts';
import type { Clock } from '../clock.ts';
import { defaultCloud } from '../hosts.ts';
import type { AppRegistry, RegisteredApp, RegisteredUser } from './app-registry.ts';
import { readToken } from './json-web-token.ts';
import { findResource, type Resource } from './resource.ts';
import type { SigningKey } from './signing-keys.ts';

export interface AccessTokenClaims {
  /** The resource as the client named it. */
  readonly aud: string;
  readonly iss: string;
  /** Seconds since 1970, as are `nbf` and `exp`. */
  readonly iat: number;
  readonly nbf: number;
  readonly exp: number;
  readonly aio: string;
  readonly app_displayname: string;
  readonly appid: string;
  /** How the application proved itself: 1 by secret, 2 by assertion, 0 not at all. */
  readonly appidacr: '0' | '1' | '2';
  readonly idp: string;
  readonly idtyp: 'app' | 'user';
  /** Object id of the service principal, or of the user. */
  readonly oid: string;
  readonly rh: string;
  /** Application permissions on Graph; absent when there are none. */
  readonly roles?: readonly string[];
  /** Delegated permissions, separated by spaces: only of a user's token. */
  readonly scp?: string;
  readonly sub: string;
  readonly tenant_region_scope: string;
  readonly tid: string;
  readonly upn?: string;
  readonly uti: string;
  readonly ver: '1.0';
  readonly wids: readonly string[];
  /** Capabilities for continuous access evaluation, as the client declared them. */
  readonly xms_cc?: readonly string[];
  readonly xms_tcdt: number;
}

interface TokenGrant {
  readonly app: RegisteredApp;
  readonly audience: string;
  readonly resource: Resource;
  readonly provenBy: 'secret' | 'assertion' | 'nothing';
  /** For whom the application asks; itself when absent. */
  readonly user?: { readonly account: RegisteredUser; readonly scopes: readonly string[] };
  readonly lifetimeSeconds: number;
  readonly capabilities: readonly string[];
}

export type Caller =
  | { readonly kind: 'caller'; readonly claims: AccessTokenClaims }
  | {
      readonly kind: 'refused';
      readonly status: 401;
      readonly code: string;
      readonly message: string;
      /** For the WWW-Authenticate header. */
      readonly challenge: string;
    };

export type RefusedCaller = Extract<Caller, { readonly kind: 'refused' }>;

export interface AccessTokens {
  issue(grant: TokenGrant): { token: string; issuedAtSeconds: number };
  /** Judges an Authorization header; the word Bearer is optional. */
  authenticate(authorization: string | undefined): Caller;
  /** Ends the life of every token issued so far. */
  expireAll(): void;
  readonly issued: number;
}

/** Every token that an application gets for itself carries this mark instead of a user's directory role. */
const noUserRoleId = '0997a1d0-0d1d-4acb-b408-d5ca73121e90';
const proofs = { nothing: '0', secret: '1', assertion: '2' } as const;
const tenantCreatedAtSeconds = 1_612_345_678;
/** Clients hold few tokens and send them often: verified once, a token is only looked up. */
const verifiedTokenCapacity = 1_024;

const notWellFormed =
  "IDX14100: JWT is not well formed, there are no dots (.).\nThe token needs to be in JWS or JWE Compact Serialization Format. (JWS): 'EncodedHeader.EncodedPayload.EncodedSignature'. (JWE): 'EncodedProtectedHeader.EncodedEncryptedKey.EncodedInitializationVector.EncodedCiphertext.EncodedAuthenticationTag'.";

export function createAccessTokens(key: SigningKey, registry: AppRegistry, clock: Clock): AccessTokens {
  const verified = createBoundedCache<string, Caller & { kind: 'caller' }>(verifiedTokenCapacity);
  const issuer = `https://${defaultCloud.issuerHost}/${registry.tenantId}/`;
  let issued = 0;
  let generation = 0;

  /** What holds of a token for good: it is ours, and for Graph. */
  function verifyOnce(token: string): Caller {
    if (!token.includes('.')) return refused(notWellFormed);
    const { header, claims } = readToken(token) ?? {};
    if (header === undefined || claims === undefined) {
      return refused('CompactToken parsing failed with error code: 80049217');
    }
    if (header.kid !== key.keyId) return refused('Signing key is invalid.');
    if (header.x5t !== key.keyId) return refused('Invalid x5t claim.');
    if (!isSignedBy(key, header.alg, token)) return refused('Access token validation failure.');
    // The token is ours, so its claims are those of `issue`.
    const ours = claims as unknown as AccessTokenClaims;
    const resource = findResource(ours.aud, '');
    // Any other audience is an address of the simulator itself, which stands for Graph.
    if (resource !== undefined && resource !== 'graph') {
      return refused('Access token validation failure. Invalid audience.');
    }
    const caller = { kind: 'caller', claims: ours } as const;
    verified.set(token, caller);
    return caller;
  }

  /** What changes with time: its life, and that its application still exists. */
  function judgeNow(claims: AccessTokenClaims): Caller | undefined {
    const nowSeconds = clock.now() / 1_000;
    if (nowSeconds >= claims.exp || generationOf(claims.uti) < generation) {
      return tokenExpired;
    }
    if (nowSeconds < claims.nbf) return refused('Access token has expired or is not yet valid.');
    const app = registry.findApp(claims.appid);
    const isKnown =
      claims.upn === undefined
        ? app?.servicePrincipalId === claims.oid
        : app !== undefined && registry.findUser(claims.upn)?.id === claims.oid;
    if (!isKnown) {
      return refused(
        'The identity of the calling application could not be established.',
        'Authorization_IdentityNotFound',
      );
    }
    return undefined;
  }

  return {
    issue: ({ app, audience, resource, provenBy, user, lifetimeSeconds, capabilities }) => {
      const issuedAtSeconds = Math.floor(clock.now() / 1_000);
      const hasRoles = user === undefined && resource === 'graph' && app.roles.length > 0;
      const subject = user?.account.id ?? app.servicePrincipalId;
      const claims: AccessTokenClaims = {
        aud: audience,
        iss: issuer,
        iat: issuedAtSeconds,
        nbf: issuedAtSeconds,
        exp: issuedAtSeconds + lifetimeSeconds,
        aio: randomBytes(32).toString('base64url'),
        app_displayname: app.displayName,
        appid: app.appId,
        appidacr: proofs[provenBy],
        idp: issuer,
        idtyp: user === undefined ? 'app' : 'user',
        oid: subject,
        rh: `1.${randomBytes(24).toString('base64url')}.`,
        ...(hasRoles ? { roles: app.roles } : {}),
        ...(user === undefined ? {} : { scp: user.scopes.join(' '), upn: user.account.userPrincipalName }),
        sub: subject,
        tenant_region_scope: 'EU',
        tid: registry.tenantId,
        uti: newTokenId(generation),
        ver: '1.0',
        wids: user === undefined ? [...app.directoryRoleTemplateIds, noUserRoleId] : [],
        ...(capabilities.length > 0 ? { xms_cc: capabilities } : {}),
        xms_tcdt: tenantCreatedAtSeconds,
      };
      issued += 1;
      return { token: signToken(key, claims), issuedAtSeconds };
    },
    authenticate: (authorization) => {
      const token = (authorization ?? '').replace(/^bearer(\s+|$)/i, '').trim();
      if (token === '') return refused('Access token is empty.');
      const caller = verified.get(token) ?? verifyOnce(token);
      return caller.kind === 'refused' ? caller : (judgeNow(caller.claims) ?? caller);
    },
    expireAll: () => {
      generation += 1;
    },
    get issued() {
      return issued;
    },
  };
}

function signToken(key: SigningKey, claims: AccessTokenClaims): string {
  const header = {
    typ: 'JWT',
    nonce: randomBytes(32).toString('base64url'),
    alg: 'RS256',
    x5t: key.keyId,
    kid: key.keyId,
  };
  const content = [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${content}.${sign('sha256', Buffer.from(content), key.privateKey).toString('base64url')}`;
}

function isSignedBy(key: SigningKey, algorithm: string | undefined, token: string): boolean {
  const end = token.lastIndexOf('.');
  const signature = Buffer.from(token.slice(end + 1), 'base64url');
  return (
    algorithm === 'RS256' && verify('sha256', Buffer.from(token.slice(0, end)), key.publicKey, signature)
  );
}

/** A unique token id whose first four bytes number the generation that `expireAll` ends. */
function newTokenId(generation: number): string {
  const bytes = randomBytes(16);
  bytes.writeUInt32BE(generation);
  return bytes.toString('base64url');
}

function generationOf(tokenId: string): number {
  return Buffer.from(tokenId, 'base64url').readUInt32BE();
}

function refused(message: string, code = 'InvalidAuthenticationToken'): RefusedCaller {
  const challenge =
    'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000"';
  return { kind: 'refused', status: 401, code, message, challenge };
}

/** What the bearer of a token hears once it has expired. */
export const tokenExpired = refused('Lifetime validation failed, the token is expired.');
