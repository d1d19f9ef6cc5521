// Client assertions: signed statements by which an application proves itself, with a certificate registered on it
// or through an issuer that it trusts (Microsoft identity platform: application authentication certificate
// credentials, workload identity federation).
import { createHash, X509Certificate } from 'node:crypto';
import { type CryptoKey, compactVerify, createLocalJWKSet, type JSONWebKeySet, type KeyObject } from 'jose';
import { type Refusal, refuse } from './aadsts.ts';
import type { RegisteredApp } from './app-registry.ts';
import { audiencesOf, readToken, type UnverifiedToken } from './json-web-token.ts';

export interface AssertionContext {
  readonly app: RegisteredApp;
  readonly nowMs: number;
  /** Whether an audience is the token endpoint that was asked, under any of its names. */
  readonly isOwnAudience: (audience: string) => boolean;
  /** Published keys of federated issuers, by issuer: nothing is fetched from them. */
  readonly federatedKeys: ReadonlyMap<string, JSONWebKeySet>;
}

type Proof = { readonly kind: 'proven' } | Refusal;

const supportedAlgorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512'];
/** How far a client's clock may be off. */
const skewMs = 300_000;

/** Whether the assertion proves the application, in the order in which the platform checks. */
export async function checkAssertion(assertion: string, context: AssertionContext): Promise<Proof> {
  const token = readToken(assertion);
  if (token === undefined) return refuse(50027);
  const missing = (['aud', 'iss', 'sub', 'exp'] as const).find((name) => token.claims[name] === undefined);
  if (missing !== undefined) return refuse(90014, { field: missing });
  const algorithm = token.header.alg ?? 'none';
  if (!supportedAlgorithms.includes(algorithm)) {
    return refuse(5002738, { algorithm, supported: supportedAlgorithms.join(',') });
  }
  // An application signs as itself; an outside issuer is known by its address.
  return /^https:\/\//i.test(token.claims.iss ?? '')
    ? checkFederated(assertion, token, context)
    : checkOwn(assertion, token, context);
}

async function checkOwn(
  assertion: string,
  token: UnverifiedToken,
  context: AssertionContext,
): Promise<Proof> {
  const { app, nowMs } = context;
  const thumbprint = presentedThumbprint(token);
  if (thumbprint === undefined) return refuse(5002723);
  const certificate = app.certificates.find(({ der }) =>
    createHash(thumbprint.hash).update(der).digest().equals(thumbprint.digest),
  );
  const refuseKey = (finding: string, reason: string): Refusal =>
    refuse(700027, {
      finding,
      reason,
      thumbprint: thumbprint.digest.toString('hex').toUpperCase(),
      found: certificate
        ? `Found key 'Start=${usInstant(certificate.startMs)}, End=${usInstant(certificate.endMs)}', `
        : '',
      appId: app.appId,
    });

  if (certificate === undefined) {
    const finding =
      'The certificate with identifier used to sign the client assertion is not registered on application.';
    return refuseKey(finding, 'The key was not found.');
  }
  const invalid = 'Client assertion contains an invalid signature.';
  const { publicKey } = new X509Certificate(certificate.der);
  if (!(await isSigned(assertion, publicKey))) {
    return refuseKey(invalid, 'The provided signature value did not match the expected signature value.');
  }
  if (nowMs >= certificate.endMs) return refuseKey(invalid, 'The key used is expired.');
  if (nowMs < certificate.startMs) return refuseKey(invalid, 'The key used is not yet valid.');

  const untimely = checkTime(token, nowMs);
  if (untimely !== undefined) return untimely;
  const { iss, sub } = token.claims;
  const isClient = (name: string | undefined): boolean => name?.toLowerCase() === app.appId.toLowerCase();
  if (!isClient(iss) || !isClient(sub)) return refuse(700021);
  return audiencesOf(token.claims).some(context.isOwnAudience) ? { kind: 'proven' } : refuse(700023);
}

/**
 * An assertion of an outside issuer must match one federated credential in issuer, subject and audience, letter by
 * letter, and carry a signature of the issuer. The keys of an issuer cannot be fetched here, so an issuer whose keys
 * were not given is treated as one that nobody trusts.
 */
async function checkFederated(
  assertion: string,
  token: UnverifiedToken,
  { app, nowMs, federatedKeys }: AssertionContext,
): Promise<Proof> {
  const { iss: issuer = '', sub: subject = '' } = token.claims;
  const audiences = audiencesOf(token.claims);
  const details = { issuer, subject, audience: audiences.join(',') };
  if (app.federated.length === 0) return refuse(70021, details);
  const keys = federatedKeys.get(issuer);
  const byIssuer = app.federated.filter((credential) => credential.issuer === issuer);
  if (byIssuer.length === 0 || keys === undefined) return refuse(700211, details);
  const bySubject = byIssuer.filter((credential) => credential.subject === subject);
  if (bySubject.length === 0) return refuse(700213, details);
  if (!bySubject.some((credential) => credential.audiences.some((name) => audiences.includes(name)))) {
    return refuse(700212, details);
  }
  if (!(await isSigned(assertion, createLocalJWKSet(keys)))) {
    return refuse(700027, {
      finding: 'Client assertion contains an invalid signature.',
      reason: 'The provided signature value did not match the expected signature value.',
      thumbprint: token.header.kid ?? '',
      appId: app.appId,
    });
  }
  return checkTime(token, nowMs) ?? { kind: 'proven' };
}

async function isSigned(
  assertion: string,
  key: KeyObject | CryptoKey | ReturnType<typeof createLocalJWKSet>,
): Promise<boolean> {
  const options = { algorithms: supportedAlgorithms };
  const verification =
    typeof key === 'function'
      ? compactVerify(assertion, key, options)
      : compactVerify(assertion, key, options);
  return verification.then(
    () => true,
    () => false,
  );
}

function checkTime({ claims }: UnverifiedToken, nowMs: number): Refusal | undefined {
  const startMs = (claims.nbf ?? 0) * 1_000;
  const endMs = (claims.exp ?? 0) * 1_000;
  if (nowMs + skewMs >= startMs && nowMs - skewMs < endMs) return undefined;
  return refuse(700024, { now: instant(nowMs), start: instant(startMs), end: instant(endMs) });
}

/**
 * The certificate's thumbprint as the client names it: `x5t#S256`, else `x5t`, else `kid` (SHA-1). Clients write it
 * in base64url or standard base64, with and without padding, and in `kid` also in hexadecimal.
 */
function presentedThumbprint({
  header,
}: UnverifiedToken): { hash: 'sha1' | 'sha256'; digest: Buffer } | undefined {
  const sha256 = header['x5t#S256'];
  if (typeof sha256 === 'string') return { hash: 'sha256', digest: Buffer.from(sha256, 'base64') };
  const sha1 = header.x5t ?? header.kid;
  if (typeof sha1 !== 'string') return undefined;
  return { hash: 'sha1', digest: Buffer.from(sha1, /^[0-9a-f]{40}$/i.test(sha1) ? 'hex' : 'base64') };
}

/** `2026-11-20T10:11:12.0000000Z` */
function instant(timeMs: number): string {
  return new Date(timeMs).toISOString().replace('Z', '0000Z');
}

/** `11/20/2026 10:11:12` */
function usInstant(timeMs: number): string {
  const [date = '', time = ''] = new Date(timeMs).toISOString().split(/[T.]/);
  const [year, month, day] = date.split('-');
  return `${month}/${day}/${year} ${time}`;
}
