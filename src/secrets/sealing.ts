/**
 * Sealing: AES-256-GCM with a random nonce for each text and its purpose as additional data. A sealed text says which key opens it:
 * `v1.<key id>.<nonce, ciphertext and tag in base64url>`.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { Fault } from '../errors.ts';
import type { Sealing } from '../model/sealing.ts';

/** Bytes of a key, of a nonce (NIST SP 800-38D, 8.2.2) and of a tag. */
export const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

/** Seals with the first key, and opens with all. There is at least one; `place` says in messages where they come from. */
export function createSealing(keys: readonly [Buffer, ...Buffer[]], place: string): Sealing {
  const [first] = keys;
  const firstId = keyIdOf(first);
  const known = new Map(keys.map((key) => [keyIdOf(key), key]));
  return {
    seal(secret, purpose) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', first, nonce).setAAD(aboutOf(firstId, purpose));
      const parts = [nonce, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()];
      return `v1.${firstId}.${Buffer.concat(parts).toString('base64url')}`;
    },
    unseal(sealed, purpose) {
      const keyId = sealingKeyIdOf(sealed);
      const key = known.get(keyId);
      if (key === undefined) {
        throw new Fault(
          'sealing-key-unusable',
          `The key ${keyId}, which seals the ${purpose}, is not in ${place}: add its line there again.`,
        );
      }
      const written = sealed.slice(sealed.lastIndexOf('.') + 1);
      const bytes = Buffer.from(written, 'base64url');
      try {
        if (bytes.toString('base64url') !== written)
          throw new Error('Not the only way to write these bytes.');
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), {
          authTagLength: tagBytes,
        })
          .setAAD(aboutOf(keyId, purpose))
          .setAuthTag(bytes.subarray(-tagBytes));
        const plain = decipher.update(bytes.subarray(nonceBytes, -tagBytes));
        return Buffer.concat([plain, decipher.final()]).toString('utf8');
      } catch (error) {
        throw new Fault(
          'sealing-key-unusable',
          `What the database keeps for the ${purpose} was changed or moved since it was sealed: set it anew.`,
          { cause: error },
        );
      }
    },
    isStale: (sealed) => sealingKeyIdOf(sealed) !== firstId,
  };
}

/** The id of the key that a text was sealed with. Throws a `Fault` for what is no sealed text. */
export function sealingKeyIdOf(sealed: string): string {
  const [, keyId] = /^v1\.([0-9a-f]{8})\.[\w-]{38,}$/.exec(sealed) ?? [];
  if (keyId !== undefined) return keyId;
  throw new Fault(
    'sealing-key-unusable',
    'The database has a text in the place of a sealed secret which no Syncline of this version has written: restore it from a backup, or set the secret anew.',
  );
}

/** Names a key without telling of it. */
function keyIdOf(key: Buffer): string {
  return createHash('sha256').update('syncline sealing key ').update(key).digest('hex').slice(0, 8);
}

function aboutOf(keyId: string, purpose: string): Buffer {
  return Buffer.from(`v1.${keyId}.${purpose}`, 'utf8');
}
