// Files that settings name: texts in the encodings of .NET, and PEM certificates and keys. A file that cannot be used is a
// fault that says which and why.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** What became of reading a file; the reason follows "the file …". */
export type FileText =
  | Readonly<{ kind: 'text'; text: string }>
  | Readonly<{ kind: 'missing' }>
  | Readonly<{ kind: 'unusable'; reason: string }>;

/** A text file in UTF-8, or in UTF-16 with a byte order mark. */
export function readTextFile(path: string): FileText {
  try {
    const bytes = readFileSync(path);
    return { kind: 'text', text: new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'missing' };
    return { kind: 'unusable', reason: reasons[code ?? ''] ?? `cannot be read (${code ?? error.message})` };
  }
}

const reasons: Readonly<Record<string, string>> = {
  EISDIR: 'is a directory, name a file',
  EACCES: 'may not be read by the account that Syncline runs as, give that account the right to read it',
  EPERM: 'may not be read by the account that Syncline runs as, give that account the right to read it',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'is no UTF-8 text, save it as UTF-8',
};

function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return 'utf-8';
}

/** What a PEM text turned out to be; the reason follows "the file …". */
export type Pem = Readonly<{ kind: 'pem'; pem: string }> | Readonly<{ kind: 'unusable'; reason: string }>;

/** All certificates of a PEM text, and nothing else of it. */
export function readCertificates(text: string): Pem {
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  if (certificates.length === 0) {
    return {
      kind: 'unusable',
      reason: 'has no certificate in it, which begins with -----BEGIN CERTIFICATE-----',
    };
  }
  const damaged = certificates.findIndex((certificate) => !isCertificate(certificate));
  if (damaged >= 0) {
    return {
      kind: 'unusable',
      reason: `has a damaged certificate in it, the ${damaged + 1}. of ${certificates.length}`,
    };
  }
  return { kind: 'pem', pem: `${certificates.join('\n')}\n` };
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).serialNumber !== '';
  } catch {
    return false;
  }
}

/** The RSA private key of a PEM text, which is that of the certificate. */
export function readPrivateKey(text: string, certificatePem: string): Pem {
  const pem = /-----BEGIN ((?:RSA |EC |ENCRYPTED )?PRIVATE KEY)-----[\s\S]*?-----END \1-----/.exec(text)?.[0];
  if (pem === undefined) {
    return {
      kind: 'unusable',
      reason: 'has no private key in it, which begins with -----BEGIN PRIVATE KEY-----',
    };
  }
  if (/ENCRYPTED/.test(pem)) {
    return {
      kind: 'unusable',
      reason:
        'has an encrypted private key in it, store it decrypted (openssl pkey) where only Syncline may read it',
    };
  }
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType !== 'rsa') {
      return {
        kind: 'unusable',
        reason: 'has a key that is not RSA in it, which Microsoft Entra does not take',
      };
    }
    if (!new X509Certificate(certificatePem).checkPrivateKey(key)) {
      return { kind: 'unusable', reason: 'has a private key in it that is not the one of the certificate' };
    }
    return { kind: 'pem', pem: `${pem}\n` };
  } catch {
    return { kind: 'unusable', reason: 'has a damaged private key in it' };
  }
}
