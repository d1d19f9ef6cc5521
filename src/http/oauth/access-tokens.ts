/** Access tokens: JSON Web Tokens of an hour (RFC 9068). They say who asks; what it may do is looked up with each request. */
import { randomUUID } from 'node:crypto';
import { decodeProtectedHeader, errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { type SigningKeys, tokenAlgorithm } from './signing-keys.ts';

export const tokenSeconds = 3600;
/** The scopes that are taken; the first is Identity Manager's name for the same. */
export const scopes = ['usercube_api', 'syncline_api'] as const;

const audience = 'syncline_api';
const tokenType = 'at+jwt';
/** How far the clocks of two servers of one database may be apart. */
const clockToleranceSeconds = 5;

export type TokenSubject = Readonly<{ apiClientId: number; identifier: string; scope: string }>;

/** Makes a token that lasts from `now` on. */
export async function signAccessToken(
  { apiClientId, identifier, scope }: TokenSubject,
  { keys, issuer, now }: Readonly<{ keys: SigningKeys; issuer: string; now: Date }>,
): Promise<string> {
  const { keyId, key } = await keys.signing();
  const seconds = Math.floor(now.getTime() / 1000);
  return await new SignJWT({ client_id: identifier, client_number: apiClientId, scope })
    .setProtectedHeader({ alg: tokenAlgorithm, typ: tokenType, kid: keyId })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(identifier)
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + tokenSeconds)
    .setJti(randomUUID())
    .sign(key);
}

export type VerifiedToken =
  | Readonly<{ kind: 'valid'; apiClientId: number; expiresAt: Date }>
  | Readonly<{ kind: 'expired' }>
  | Readonly<{ kind: 'invalid' }>;

const claimsSchema = z.object({ client_number: z.int(), exp: z.int() });

/** Checks a token's signature, issuer, audience and time. */
export async function verifyAccessToken(
  token: string,
  { keys, issuer, now }: Readonly<{ keys: SigningKeys; issuer: string; now: Date }>,
): Promise<VerifiedToken> {
  const keyId = keyIdOf(token);
  const key = keyId === undefined ? undefined : await keys.verifying(keyId);
  if (key === undefined) return { kind: 'invalid' };
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: [tokenAlgorithm],
      typ: tokenType,
      issuer,
      audience,
      currentDate: now,
      clockTolerance: clockToleranceSeconds,
    });
    const claims = claimsSchema.safeParse(payload);
    if (!claims.success) return { kind: 'invalid' };
    return {
      kind: 'valid',
      apiClientId: claims.data.client_number,
      expiresAt: new Date(claims.data.exp * 1000),
    };
  } catch (error) {
    if (error instanceof errors.JWTExpired) return { kind: 'expired' };
    if (error instanceof errors.JOSEError) return { kind: 'invalid' };
    throw error;
  }
}

function keyIdOf(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).kid;
  } catch {
    return undefined;
  }
}
