// Writes X.509 certificates (RFC 5280): the simulator's authority, its server certificates, and the certificates
// around signing keys. Node's own crypto reads certificates and signs, but cannot write them.
import 'reflect-metadata'; // The certificate library wants it loaded first.

import { type KeyObject, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

export interface CertificateContent {
  /** Common name of the subject. */
  readonly subject: string;
  readonly publicKey: KeyObject;
  /** Common name and key pair of the signer; of the certificate itself when it is self-signed. */
  readonly issuer: {
    readonly subject: string;
    readonly publicKey: KeyObject;
    readonly privateKey: KeyObject;
  };
  readonly purpose: 'authority' | 'server' | 'signing';
  /** Host names and IP addresses that a server certificate speaks for. */
  readonly names?: readonly string[];
  readonly startAt: Date;
  readonly endAt: Date;
}

/** A signed certificate in DER. Keys are RSA or elliptic curve; the signature is over SHA-256. */
export async function writeCertificate(content: CertificateContent): Promise<Buffer> {
  const { subject, publicKey, issuer, startAt, endAt } = content;
  const certificate = await X509CertificateGenerator.create({
    subject: commonName(subject),
    issuer: commonName(issuer.subject),
    publicKey: publicKeyInfo(publicKey),
    signingKey: issuer.privateKey.toCryptoKey(signatureAlgorithm(issuer.publicKey), false, ['sign']),
    notBefore: startAt,
    notAfter: endAt,
    extensions: await extensions(content),
  });
  return Buffer.from(certificate.rawData);
}

/** The text form of a certificate. */
export function certificatePem(der: Buffer): string {
  return new X509Certificate(der).toString();
}

async function extensions(content: CertificateContent): Promise<Extension[]> {
  const isAuthority = content.purpose === 'authority';
  const usages = isAuthority
    ? KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign
    : KeyUsageFlags.digitalSignature;
  const always = [
    // An authority that may sign leaves only (path length 0), or no authority at all.
    new BasicConstraintsExtension(isAuthority, isAuthority ? 0 : undefined, true),
    new KeyUsagesExtension(usages, true),
    await SubjectKeyIdentifierExtension.create(publicKeyInfo(content.publicKey)),
    await AuthorityKeyIdentifierExtension.create(publicKeyInfo(content.issuer.publicKey)),
  ];
  if (content.purpose !== 'server') return always;
  return [
    ...always,
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
    new SubjectAlternativeNameExtension((content.names ?? []).map(alternativeName)),
  ];
}

function commonName(text: string): Name {
  return new Name([{ CN: [{ utf8String: text }] }]);
}

function alternativeName(host: string): { type: 'dns' | 'ip'; value: string } {
  if (isIP(host) === 0) return { type: 'dns', value: host };
  // The URL parser writes every form of an IPv6 address in the one that the library reads: hexadecimal groups only.
  const value = isIP(host) === 4 ? host : new URL(`http://[${host}]`).hostname.slice(1, -1);
  return { type: 'ip', value };
}

function signatureAlgorithm(publicKey: KeyObject): { name: string; hash?: string; namedCurve?: string } {
  const { crv } = publicKey.export({ format: 'jwk' });
  return crv === undefined
    ? { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
    : { name: 'ECDSA', namedCurve: crv };
}

function publicKeyInfo(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' });
}
