// Takes a JSON Web Token apart without believing it.
import { decodeJwt, decodeProtectedHeader, type JWTPayload, type ProtectedHeaderParameters } from 'jose';

export interface UnverifiedToken {
  readonly header: ProtectedHeaderParameters;
  readonly claims: JWTPayload;
}

/** Header and claims of a signed token, undefined when the text is none. */
export function readToken(text: string): UnverifiedToken | undefined {
  try {
    return { header: decodeProtectedHeader(text), claims: decodeJwt(text) };
  } catch {
    return undefined;
  }
}

/** The audiences of a token, which may be one or a list. */
export function audiencesOf(claims: JWTPayload): readonly string[] {
  return typeof claims.aud === 'string' ? [claims.aud] : (claims.aud ?? []);
}
