/**
 * The keys behind access tokens: one signs for thirty days, and is published for a day more, so that whatever it signed can be
 * checked to its end. They are in the database, so that every server of it makes and takes the same tokens.
 */

import { randomUUID } from 'node:crypto';
import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import type { Sql } from 'postgres';
import { readSigningKeys, rotateSigningKeys, type SigningKey } from '../../store/signing-keys.ts';

export const tokenAlgorithm = 'ES256';
const dayMs = 86_400_000;
const signingDays = 30;
/** Tokens last an hour; a day leaves room for clocks that disagree and for readers that keep the key set. */
const overlapDays = 1;
/** How long a server goes by what it read last. */
const freshMs = 60_000;
/** A token that names an unknown key may be of a key that another server made just now; strangers' tokens ask no more often. */
const lookAgainMs = 1000;

export type SigningKeys = Readonly<{
  /** The key that signs now; made where there is none or where the last one has had its time. */
  signing: () => Promise<Readonly<{ keyId: string; key: CryptoKey }>>;
  /** The key to check a signature with; undefined when it is not, or not any more, one of ours. */
  verifying: (keyId: string) => Promise<CryptoKey | undefined>;
  /** What everybody may know of the keys. */
  published: () => Promise<readonly JWK[]>;
}>;

export function openSigningKeys(sql: Sql, now: () => Date): SigningKeys {
  let keys: readonly SigningKey[] = [];
  let readAtMs = Number.NEGATIVE_INFINITY;
  const imported = new Map<string, Promise<CryptoKey>>();

  const current = async (maximumAgeMs: number): Promise<readonly SigningKey[]> => {
    const nowMs = now().getTime();
    if (nowMs - readAtMs >= maximumAgeMs || keys.length === 0) {
      keys = await readSigningKeys(sql);
      const [newest] = keys;
      if (!newest || ageDays(newest, nowMs) > signingDays) keys = await rotate(sql, nowMs);
      readAtMs = nowMs;
    }
    return keys.filter((key) => ageDays(key, nowMs) <= signingDays + overlapDays);
  };
  const importOnce = (jwk: JWK, name: string): Promise<CryptoKey> => {
    const known = imported.get(name) ?? importJWK(jwk, tokenAlgorithm).then(requireKey);
    imported.set(name, known);
    return known;
  };

  return {
    async signing() {
      const [newest] = await current(freshMs);
      if (!newest) throw new Error('A signing key was made and cannot be found.');
      return { keyId: newest.keyId, key: await importOnce(newest.privateKey, `${newest.keyId} private`) };
    },
    async verifying(keyId) {
      const isWanted = (key: SigningKey) => key.keyId === keyId;
      const key = (await current(freshMs)).find(isWanted) ?? (await current(lookAgainMs)).find(isWanted);
      return key && (await importOnce(publicPart(key), keyId));
    },
    published: async () => (await current(freshMs)).map(publicPart),
  };
}

async function rotate(sql: Sql, nowMs: number): Promise<SigningKey[]> {
  const { privateKey } = await generateKeyPair(tokenAlgorithm, { extractable: true });
  const fresh = {
    keyId: randomUUID(),
    privateKey: { ...(await exportJWK(privateKey)) },
    createdAt: new Date(nowMs),
  };
  return await rotateSigningKeys(sql, fresh, {
    dueAt: new Date(nowMs - signingDays * dayMs),
    goneAt: new Date(nowMs - (signingDays + overlapDays) * dayMs),
  });
}

function publicPart({ keyId, privateKey }: SigningKey): JWK {
  const { kty, crv, x, y }: JWK = privateKey;
  if (kty === undefined || crv === undefined || x === undefined || y === undefined) {
    throw new Error(`The signing key ${keyId} in the database is no key on an elliptic curve.`);
  }
  return { kty, crv, x, y, kid: keyId, use: 'sig', alg: tokenAlgorithm };
}

function ageDays({ createdAt }: SigningKey, nowMs: number): number {
  return (nowMs - createdAt.getTime()) / dayMs;
}

function requireKey(key: CryptoKey | Uint8Array): CryptoKey {
  if (key instanceof Uint8Array) throw new Error('A signing key in the database is a shared secret.');
  return key;
}
