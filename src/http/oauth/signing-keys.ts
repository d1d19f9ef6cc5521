/**
 * The keys behind access tokens: one signs for thirty days, and is published for a day more, so that whatever it signed can be
 * checked to its end. They are in the database, so that every server of it makes and takes the same tokens.
 */

import { randomUUID } from 'node:crypto';
import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import type { Sql } from 'postgres';
import { z } from 'zod';
import type { Sealing } from '../../model/sealing.ts';
import {
  readSigningKeys,
  rotateSigningKeys,
  type StoredSigningKey,
  sealSigningKey,
} from '../../store/signing-keys.ts';

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

/** A key as this process uses it. */
type SigningKey = Readonly<{ keyId: string; privateKey: z.infer<typeof jwkSchema>; createdAt: Date }>;

export function openSigningKeys(sql: Sql, sealing: Sealing, now: () => Date): SigningKeys {
  let keys: readonly SigningKey[] = [];
  let readAtMs = Number.NEGATIVE_INFINITY;
  const imported = new Map<string, Promise<CryptoKey>>();

  const current = async (maximumAgeMs: number): Promise<readonly SigningKey[]> => {
    const nowMs = now().getTime();
    if (nowMs - readAtMs >= maximumAgeMs || keys.length === 0) {
      keys = await openAll(sql, sealing, await readSigningKeys(sql));
      const [newest] = keys;
      if (!newest || ageDays(newest, nowMs) > signingDays) keys = await rotate(sql, sealing, nowMs);
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

async function rotate(sql: Sql, sealing: Sealing, nowMs: number): Promise<SigningKey[]> {
  const { privateKey } = await generateKeyPair(tokenAlgorithm, { extractable: true });
  const keyId = randomUUID();
  const sealedPrivateKey = sealing.seal(JSON.stringify(await exportJWK(privateKey)), purposeOf(keyId));
  const fresh = { keyId, sealedPrivateKey, createdAt: new Date(nowMs) };
  const stored = await rotateSigningKeys(sql, fresh, {
    dueAt: new Date(nowMs - signingDays * dayMs),
    goneAt: new Date(nowMs - (signingDays + overlapDays) * dayMs),
  });
  return await openAll(sql, sealing, stored);
}

const purposeOf = (keyId: string) => `signing key ${keyId}`;
const jwkSchema = z.looseObject({
  kty: z.string(),
  crv: z.string(),
  x: z.string(),
  y: z.string(),
  d: z.string(),
});

/** The keys in clear. What older versions wrote in clear, and what an older key sealed, is sealed anew on the way. */
async function openAll(
  sql: Sql,
  sealing: Sealing,
  stored: readonly StoredSigningKey[],
): Promise<SigningKey[]> {
  const opened: SigningKey[] = [];
  for (const { keyId, sealedPrivateKey, privateKey, createdAt } of stored) {
    const isSealed = sealedPrivateKey !== null;
    const text = isSealed ? sealing.unseal(sealedPrivateKey, purposeOf(keyId)) : JSON.stringify(privateKey);
    if (!isSealed || sealing.isStale(sealedPrivateKey)) {
      await sealSigningKey(sql, keyId, sealing.seal(text, purposeOf(keyId)));
    }
    opened.push({ keyId, privateKey: jwkSchema.parse(JSON.parse(text)), createdAt });
  }
  return opened;
}

function publicPart({ keyId, privateKey }: SigningKey): JWK {
  const { kty, crv, x, y } = privateKey;
  return { kty, crv, x, y, kid: keyId, use: 'sig', alg: tokenAlgorithm };
}

function ageDays({ createdAt }: SigningKey, nowMs: number): number {
  return (nowMs - createdAt.getTime()) / dayMs;
}

function requireKey(key: CryptoKey | Uint8Array): CryptoKey {
  if (key instanceof Uint8Array) throw new Error('A signing key in the database is a shared secret.');
  return key;
}
