/** Secrets of API clients: making, hashing and comparing them. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A new secret: 32 random bytes in the alphabet of URLs. Nobody can guess one, so that a fast hash is enough. */
export function makeSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** Base64 of the SHA-256 of the UTF-8, as `OpenIdClient` has it in `HashedSecret`. */
export function hashSecret(secret: string): string {
  return digest(secret).toString('base64');
}

/** Whether a secret has this hash; takes the same time whatever they are, and also where there is no hash. */
export function isSecretOf(secret: string, hashedSecret: string | undefined): boolean {
  const known = Buffer.from(hashedSecret ?? '', 'base64');
  const isComparable = known.length === 32;
  return timingSafeEqual(digest(secret), isComparable ? known : unreachable) && isComparable;
}

const unreachable = randomBytes(32);

function digest(secret: string): Buffer {
  return createHash('sha256').update(secret, 'utf8').digest();
}
