// The simulator's private certificate authority: made anew at every start, its key never leaves memory, so that
// trusting its certificate costs nothing once the simulator has stopped.
import { generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { certificatePem, writeCertificate } from './x509-certificate.ts';

export interface CertificateAuthority {
  /** The authority's certificate, for the trust store of clients. */
  readonly caPem: string;
  /** A server certificate and its key for host names (a leading `*.` allowed) and IP addresses. */
  issue(names: readonly string[]): Promise<{ certPem: string; keyPem: string }>;
}

const dayMs = 86_400_000;
const generateKeys = promisify(generateKeyPair);

/**
 * Makes an authority on the P-256 curve. Certificates begin a day ago, for clients whose clock is behind, and end
 * within the 398 days that the strictest clients accept.
 */
export async function createCertificateAuthority(): Promise<CertificateAuthority> {
  const keys = await generateKeys('ec', { namedCurve: 'P-256' });
  // A name of its own, so that clients that trust two simulators never confuse their authorities.
  const subject = `Syncline simulator ${randomBytes(4).toString('hex')}`;
  const issuer = { subject, ...keys };
  const validity = { startAt: new Date(Date.now() - dayMs), endAt: new Date(Date.now() + 396 * dayMs) };
  const certificate = await writeCertificate({ ...issuer, issuer, purpose: 'authority', ...validity });

  return {
    caPem: certificatePem(certificate),
    issue: async (names) => {
      const { publicKey, privateKey } = await generateKeys('ec', { namedCurve: 'P-256' });
      const leaf = await writeCertificate({
        subject: 'Syncline simulator',
        publicKey,
        issuer,
        purpose: 'server',
        names,
        ...validity,
      });
      return {
        certPem: certificatePem(leaf),
        keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      };
    },
  };
}
