// Certificates as Node reads them back.
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { SocketAddress } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { certificatePem, writeCertificate } from './x509-certificate.ts';

const keyPairs = [
  generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  generateKeyPairSync('rsa', { modulusLength: 2048 }),
];

describe('a certificate', () => {
  test('says what it was written with, whatever the key, names and dates', async () => {
    const seconds = fc.date({
      min: new Date('1990-01-01'),
      max: new Date('2120-01-01'),
      noInvalidDate: true,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...keyPairs),
        fc
          .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
          .filter((text) => /^[\p{L}\p{N} ]+$/u.test(text)),
        fc.array(fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6()), { minLength: 1, maxLength: 40 }),
        fc.tuple(seconds, seconds),
        async (keys, subject, names, [startAt, endAt]) => {
          const issuer = { subject, ...keys };
          const der = await writeCertificate({ ...issuer, issuer, purpose: 'server', names, startAt, endAt });
          const certificate = new X509Certificate(certificatePem(der));
          const wholeSeconds = (date: Date): number => Math.floor(date.getTime() / 1_000);
          expect(certificate.verify(keys.publicKey)).toBe(true);
          expect(certificate.subject).toContain('CN=');
          expect(wholeSeconds(certificate.validFromDate)).toBe(wholeSeconds(startAt));
          expect(wholeSeconds(certificate.validToDate)).toBe(wholeSeconds(endAt));
          for (const name of names) {
            const isAddress = SocketAddress.parse(name.includes(':') ? `[${name}]` : name) !== undefined;
            expect(isAddress ? certificate.checkIP(name) : certificate.checkHost(name)).toBeDefined();
          }
        },
      ),
    );
  });

  test('of an authority may sign, any other may not', async () => {
    const [keys] = keyPairs;
    if (keys === undefined) throw new Error('There is a key pair.');
    const issuer = { subject: 'Issuer', ...keys };
    const validity = { startAt: new Date(), endAt: new Date(Date.now() + 1_000) };
    const isAuthority = async (purpose: 'authority' | 'server' | 'signing'): Promise<boolean> =>
      new X509Certificate(await writeCertificate({ ...issuer, issuer, purpose, ...validity })).ca;
    expect(await isAuthority('authority')).toBe(true);
    expect(await isAuthority('server')).toBe(false);
    expect(await isAuthority('signing')).toBe(false);
  });
});
