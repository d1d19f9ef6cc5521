/** Certificates as credentials: a pair that belongs together, and what becomes of one that somebody gives. */

/** A certificate with its private key, which belong together, and what tells it from others. */
export type CertificatePair = Readonly<{
  certificatePem: string;
  privateKeyPem: string;
  /** SHA-1 in hexadecimal, as the app registration shows it. */
  thumbprint: string;
  subject: string;
  expiresAt: Date;
}>;

export type PairReading =
  | Readonly<{ kind: 'pair'; pair: CertificatePair }>
  /** `message` follows the name of the part. */
  | Readonly<{ kind: 'refused'; part: 'certificate' | 'privateKey'; message: string }>;
