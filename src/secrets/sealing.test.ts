import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Fault } from '../errors.ts';
import { createSealing, keyBytes } from './sealing.ts';

const older = randomBytes(keyBytes);
const newer = randomBytes(keyBytes);
const sealing = createSealing([older], '/data/sealing.key');

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof Fault && error.code === 'sealing-key-unusable') return error.message;
    throw error;
  }
  throw new Error('not refused');
}

describe('a sealed text', () => {
  test('opens again, whatever was in it and whatever it is for', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (secret, purpose) => {
        expect(sealing.unseal(sealing.seal(secret, purpose), purpose)).toBe(secret);
      }),
    );
  });

  test('tells nothing: it differs each time, and has nothing of the secret in it', () => {
    const texts = Array.from({ length: 50 }, () => sealing.seal('Passw0rd!', 'a'));
    expect(new Set(texts).size).toBe(50);
    for (const text of texts) {
      expect(text).toMatch(/^v1\.[0-9a-f]{8}\.[\w-]+$/);
      expect(Buffer.from(text.split('.')[2] ?? '', 'base64url').toString('latin1')).not.toContain('Passw0rd');
    }
  });

  test('stays shut for another purpose', () => {
    const sealed = sealing.seal('secret', 'credential 1');
    expect(refusal(() => sealing.unseal(sealed, 'credential 2'))).toContain('credential 2');
  });

  test('stays shut when any character of it is changed, and is never garbled', () => {
    const sealed = sealing.seal('secret', 'a');
    fc.assert(
      fc.property(fc.nat(sealed.length - 1), fc.constantFrom('0', 'A', 'z', '_', '.'), (index, character) => {
        const changed = sealed.slice(0, index) + character + sealed.slice(index + 1);
        if (changed !== sealed) refusal(() => sealing.unseal(changed, 'a'));
      }),
    );
    for (const length of [0, 3, 12, 40, sealed.length - 1]) {
      refusal(() => sealing.unseal(sealed.slice(0, length), 'a'));
    }
  });
});

describe('several keys', () => {
  test('all open, and the first seals', () => {
    const both = createSealing([newer, older], '/data/sealing.key');
    const old = sealing.seal('secret', 'a');
    expect(both.unseal(old, 'a')).toBe('secret');
    expect(both.isStale(old)).toBe(true);
    const fresh = both.seal('secret', 'a');
    expect(both.isStale(fresh)).toBe(false);
    expect(createSealing([newer], 'x').unseal(fresh, 'a')).toBe('secret');
  });

  test('a missing one is named, with the file that should have it', () => {
    const keyId = sealing.seal('', 'a').split('.')[1];
    const message = refusal(() =>
      createSealing([newer], '/data/sealing.key').unseal(
        sealing.seal('secret', 'client secret of Contoso'),
        'x',
      ),
    );
    expect(message).toBe(
      `The key ${keyId}, which seals the x, is not in /data/sealing.key: add its line there again.`,
    );
  });
});
