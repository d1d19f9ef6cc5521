// Writes X.509 certificates (RFC 5280) in DER: the simulator's authority, its server certificates, and the
// certificates around signing keys. Node's own crypto reads certificates and signs, but cannot write them.
import { createHash, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';

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
export function writeCertificate(content: CertificateContent): Buffer {
  const algorithm = signatureAlgorithm(content.issuer.privateKey);
  const body = sequence(
    tagged(0xa0, integer(Buffer.of(2))), // version 3
    integer(randomSerial()),
    algorithm,
    name(content.issuer.subject),
    sequence(time(content.startAt), time(content.endAt)),
    name(content.subject),
    publicKeyInfo(content.publicKey),
    tagged(0xa3, sequence(...extensions(content))),
  );
  return sequence(body, algorithm, bitString(sign('sha256', body, content.issuer.privateKey)));
}

/** The text form of a certificate. */
export function certificatePem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

function extensions(content: CertificateContent): Buffer[] {
  const identifier = (key: KeyObject): Buffer =>
    createHash('sha256').update(publicKeyInfo(key)).digest().subarray(0, 20);
  const isAuthority = content.purpose === 'authority';
  const always = [
    // An authority that may sign leaves only (path length 0), or no authority at all.
    extension('2.5.29.19', isAuthority ? sequence(boolean(true), integer(Buffer.of(0))) : sequence(), true),
    // keyCertSign and cRLSign for the authority, digitalSignature for all else.
    extension('2.5.29.15', isAuthority ? bits(0b0000_0110, 1) : bits(0b1000_0000, 7), true),
    extension('2.5.29.14', tagged(0x04, identifier(content.publicKey))),
    extension('2.5.29.35', sequence(tagged(0x80, identifier(content.issuer.publicKey)))),
  ];
  if (content.purpose !== 'server') return always;
  return [
    ...always,
    extension('2.5.29.37', sequence(objectIdentifier('1.3.6.1.5.5.7.3.1'))), // serverAuth
    extension('2.5.29.17', sequence(...(content.names ?? []).map(alternativeName))),
  ];
}

function extension(identifier: string, value: Buffer, isCritical = false): Buffer {
  const critical = isCritical ? [boolean(true)] : [];
  return sequence(objectIdentifier(identifier), ...critical, tagged(0x04, value));
}

function alternativeName(host: string): Buffer {
  if (isIP(host) === 0) return tagged(0x82, Buffer.from(host, 'ascii'));
  return tagged(0x87, isIP(host) === 4 ? Buffer.from(host.split('.').map(Number)) : ipv6Bytes(host));
}

function ipv6Bytes(address: string): Buffer {
  // The URL parser writes every form of an address in one: hexadecimal groups, at most one `::`.
  const { hostname } = new URL(`http://[${address}]`);
  const [head = '', tail = ''] = hostname.slice(1, -1).split('::');
  const groups = (text: string): string[] => text.split(':').filter((group) => group !== '');
  const zeros = Array<string>(8 - groups(head).length - groups(tail).length).fill('0');
  const all = [...groups(head), ...zeros, ...groups(tail)];
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
}

function signatureAlgorithm(key: KeyObject): Buffer {
  return key.asymmetricKeyType === 'rsa'
    ? sequence(objectIdentifier('1.2.840.113549.1.1.11'), tagged(0x05, Buffer.alloc(0)))
    : sequence(objectIdentifier('1.2.840.10045.4.3.2'));
}

function publicKeyInfo(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' });
}

function name(commonName: string): Buffer {
  const value = tagged(0x0c, Buffer.from(commonName, 'utf8'));
  return sequence(tagged(0x31, sequence(objectIdentifier('2.5.4.3'), value)));
}

/** Sixteen random bytes, positive and without a leading zero as DER wants. */
function randomSerial(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes;
}

/** UTCTime up to 2049, GeneralizedTime after, as RFC 5280 demands. */
function time(instant: Date): Buffer {
  const digits = `${instant.toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`;
  return instant.getUTCFullYear() < 2050
    ? tagged(0x17, Buffer.from(digits.slice(2)))
    : tagged(0x18, Buffer.from(digits));
}

function sequence(...parts: Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

function integer(bytes: Buffer): Buffer {
  return tagged(0x02, bytes);
}

function boolean(value: boolean): Buffer {
  return tagged(0x01, Buffer.of(value ? 0xff : 0x00));
}

function bitString(bytes: Buffer): Buffer {
  return tagged(0x03, Buffer.concat([Buffer.of(0), bytes]));
}

/** A short bit string: one byte of which the last `unused` bits do not count. */
function bits(byte: number, unused: number): Buffer {
  return tagged(0x03, Buffer.of(unused, byte));
}

function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const base128 = (value: number): number[] => {
    const digits = [value & 0x7f];
    for (let left = value >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80);
    return digits;
  };
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function tagged(tag: number, content: Buffer): Buffer {
  const size = content.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.of(tag, ...length), content]);
}
