/** Certificates for signing in: uploaded ones are looked at closely, new ones are made here. */
import 'reflect-metadata'; // The certificate library wants it loaded first.

import { createPrivateKey, generateKeyPair, type KeyObject, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { CertificatePair, PairReading } from '../model/certificate-pair.ts';

const generateKeys = promisify(generateKeyPair);
/** Microsoft Entra takes RSA keys only; smaller ones are not safe any more (NIST SP 800-57). */
const fewestKeyBits = 2048;
const newKeyBits = 3072;
const yearsOfLife = 2;

/** Reads an uploaded certificate and its private key, both in PEM. The key may be in the same text as the certificate. */
export function readCertificatePair(certificateText: string, privateKeyText: string, now: Date): PairReading {
  const certificate = attempt(() => new X509Certificate(blockOf(certificateText, 'CERTIFICATE') ?? ''));
  if (certificate === undefined) {
    return refuse(
      'certificate',
      'is no certificate in PEM: it begins with -----BEGIN CERTIFICATE-----, and openssl makes one of a .pfx or .cer file',
    );
  }
  const keyPem =
    blockOf(privateKeyText, '[A-Z ]*PRIVATE KEY') ?? blockOf(certificateText, '[A-Z ]*PRIVATE KEY');
  if (keyPem === undefined) {
    return refuse('privateKey', 'is no private key in PEM: it begins with -----BEGIN PRIVATE KEY-----');
  }
  if (/ENCRYPTED/.test(keyPem)) {
    return refuse(
      'privateKey',
      'is protected by a password: take it off with "openssl pkey", it is sealed here all the same',
    );
  }
  const key = attempt(() => createPrivateKey(keyPem));
  if (key === undefined) return refuse('privateKey', 'cannot be read: give it in PEM as it was made');
  const weakness = weaknessOf(key);
  if (weakness !== undefined) return refuse('privateKey', weakness);
  if (!certificate.checkPrivateKey(key)) {
    return refuse('privateKey', 'is not that of the certificate: give the two that belong together');
  }
  if (certificate.validToDate <= now) {
    const endedOn = certificate.validToDate.toISOString().slice(0, 10);
    return refuse('certificate', `has ended on ${endedOn}: give one that is still valid`);
  }
  return { kind: 'pair', pair: pairOf(certificate, key) };
}

/** Makes a key pair and a certificate signed by itself, good for two years. */
export async function generateCertificate(commonName: string, now: Date): Promise<CertificatePair> {
  const { publicKey, privateKey } = await generateKeys('rsa', { modulusLength: newKeyBits });
  const notAfter = new Date(now);
  notAfter.setUTCFullYear(notAfter.getUTCFullYear() + yearsOfLife);
  // Clocks differ a little, and Entra refuses what is not valid yet.
  const notBefore = new Date(now.getTime() - 5 * 60_000);
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const name = new Name([{ CN: [{ utf8String: commonName }] }]);
  const made = await X509CertificateGenerator.create({
    subject: name,
    issuer: name,
    publicKey: spki,
    signingKey: privateKey.toCryptoKey({ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, false, ['sign']),
    notBefore,
    notAfter,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth]),
      await SubjectKeyIdentifierExtension.create(spki),
    ],
  });
  return pairOf(new X509Certificate(Buffer.from(made.rawData)), privateKey);
}

function pairOf(certificate: X509Certificate, key: KeyObject): CertificatePair {
  return {
    certificatePem: certificate.toString(),
    privateKeyPem: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    thumbprint: certificate.fingerprint.replaceAll(':', ''),
    subject: certificate.subject.replaceAll('\n', ', '),
    expiresAt: certificate.validToDate,
  };
}

function weaknessOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string | undefined {
  if (asymmetricKeyType !== 'rsa') {
    return `is of type ${asymmetricKeyType}, and Microsoft Entra takes RSA only: make a certificate with an RSA key`;
  }
  const bits = asymmetricKeyDetails?.modulusLength ?? 0;
  return bits >= fewestKeyBits
    ? undefined
    : `has ${bits} bits, and fewer than ${fewestKeyBits} are not safe: make a larger one`;
}

/** The first block of this kind in a text. */
function blockOf(text: string, kind: string): string | undefined {
  return new RegExp(`-----BEGIN (${kind})-----[^-]+-----END \\1-----`).exec(text)?.[0];
}

function refuse(part: 'certificate' | 'privateKey', message: string): PairReading {
  return { kind: 'refused', part, message };
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
