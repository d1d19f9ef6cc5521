// The key that signs access tokens, made anew at every start, and the documents by which others verify it.
import { createHash, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { writeCertificate } from '../x509-certificate.ts';

export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** SHA-1 thumbprint of the key's certificate in base64url: `kid` and `x5t` of tokens. */
  readonly keyId: string;
  /** The public key as JSON Web Key, without the issuer that each endpoint adds. */
  readonly jwk: Readonly<Record<string, unknown>>;
}

/** Makes an RSA key of 2048 bits with a self-signed certificate that starts a day before `nowMs`. */
export async function createSigningKey(nowMs: number): Promise<SigningKey> {
  const keys = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const issuer = { subject: 'accounts.accesscontrol.windows.net', ...keys };
  const dayMs = 86_400_000;
  const certificate = await writeCertificate({
    ...issuer,
    issuer,
    purpose: 'signing',
    startAt: new Date(nowMs - dayMs),
    endAt: new Date(nowMs + 5 * 365 * dayMs),
  });
  const keyId = createHash('sha1').update(certificate).digest('base64url');
  const { n, e } = keys.publicKey.export({ format: 'jwk' });
  return {
    ...keys,
    keyId,
    jwk: { kty: 'RSA', use: 'sig', kid: keyId, x5t: keyId, n, e, x5c: [certificate.toString('base64')] },
  };
}
