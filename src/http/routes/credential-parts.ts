/** What a request says of a credential, held against the type of its profile: its public parts, and the secret to be sealed. */

import type { CertificatePair, PairReading } from '../../model/certificate-pair.ts';
import type { CredentialType } from '../../model/credential-profile.ts';
import type { CredentialParts } from '../../store/credentials.ts';
import { Refusal } from '../problem.ts';

/** What the server needs to know of certificates, which is known on the other side. */
export type Certificates = Readonly<{
  read: (certificate: string, privateKey: string, now: Date) => PairReading;
  generate: (commonName: string, now: Date) => Promise<CertificatePair>;
}>;

/** A credential as a request describes it, checked for its shape only. */
export type GivenCredential = Readonly<{
  label?: string | undefined;
  expiresAt?: string | null | undefined;
  secret?: string | undefined;
  certificate?: string | undefined;
  privateKey?: string | undefined;
  isGenerated: boolean;
  userName?: string | undefined;
  password?: string | undefined;
}>;

/** A credential that can be stored; `secret` is to be sealed first, and null for a managed identity. */
export type ReadyCredential = Readonly<{ parts: CredentialParts; secret: string | null }>;

type Part = keyof GivenCredential;

/** What a request may say of a credential of each type, besides its label. */
const partsOf: Readonly<Record<CredentialType, readonly Part[]>> = {
  'client-secret': ['secret', 'expiresAt'],
  certificate: ['certificate', 'privateKey', 'isGenerated'],
  'managed-identity': [],
  'user-password': ['userName', 'password', 'expiresAt'],
};

/** Whether the request brings a new secret, and not only another label or end. */
export function hasSecret(given: GivenCredential): boolean {
  const { secret, certificate, privateKey, isGenerated, userName, password } = given;
  return (
    isGenerated || [secret, certificate, privateKey, userName, password].some((part) => part !== undefined)
  );
}

/**
 * Makes a credential of what a request says. `place` is where it stands in the body. Throws a `Refusal` naming the field that is
 * missing, or that a credential of this type does not have.
 */
export async function readCredential(
  type: CredentialType,
  given: GivenCredential,
  {
    profileName,
    certificates,
    now,
    place = 'body',
  }: Readonly<{ profileName: string; certificates: Certificates; now: Date; place?: string }>,
): Promise<ReadyCredential> {
  const refuse = (part: Part, message: string) => refuseField(`${place}.${part}`, message);
  refuseStrangeParts(type, given, refuse);
  const { secret, password, userName } = given;
  const expiresAt = readEnd(given.expiresAt, now, refuse);
  const none = { userName: null, certificate: null, thumbprint: null, subject: null, expiresAt };
  if (type === 'managed-identity') {
    return { parts: { ...none, label: given.label ?? 'Managed identity' }, secret: null };
  }
  if (type === 'client-secret') {
    if (secret === undefined) throw refuse('secret', 'is missing: paste the value of the secret');
    refuseWrongSecret(secret, refuse);
    return { parts: { ...none, label: given.label ?? 'Client secret' }, secret };
  }
  if (type === 'user-password') {
    if (userName === undefined) throw refuse('userName', 'is missing: write the user name');
    if (password === undefined) throw refuse('password', 'is missing: write the password');
    return { parts: { ...none, userName, label: given.label ?? userName }, secret: password };
  }
  const pair = await readPair(given, { profileName, certificates, now, refuse });
  const { certificatePem, privateKeyPem, thumbprint, subject } = pair;
  return {
    parts: {
      ...none,
      label: given.label ?? 'Certificate',
      certificate: certificatePem,
      thumbprint,
      subject,
      expiresAt: pair.expiresAt,
    },
    secret: privateKeyPem,
  };
}

type Refuse = (part: Part, message: string) => Refusal;

/** The refusal for a field of the request; the message follows its name. */
export function refuseField(field: string, message: string): Refusal {
  return new Refusal('request-invalid', `The field ${field} ${message}.`, { field });
}

/** An end as a person typed it. Throws a `Refusal` for one that is over. */
export function readEnd(end: string | null | undefined, now: Date, refuse: Refuse): Date | null {
  if (end === undefined || end === null) return null;
  const date = new Date(end);
  if (date > now) return date;
  throw refuse('expiresAt', 'is in the past: give the day on which it ends, or leave it out');
}

function refuseStrangeParts(type: CredentialType, given: GivenCredential, refuse: Refuse): void {
  const known: readonly string[] = ['label', ...partsOf[type]];
  for (const part of Object.keys(given) as Part[]) {
    const isGiven = given[part] !== undefined && given[part] !== null && given[part] !== false;
    if (isGiven && !known.includes(part)) {
      throw refuse(part, `is not for a profile of type ${type}: leave it out`);
    }
  }
}

/** Throws a `Refusal` for a client secret that cannot be one. */
export function refuseWrongSecret(
  secret: string,
  refuse: (part: 'secret', message: string) => Refusal,
): void {
  if (/^\s|\s$/.test(secret)) throw refuse('secret', 'begins or ends with a space: copy the value alone');
  // Entra shows the id of a secret for ever and its value only once: so the id is what gets pasted.
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(secret)) {
    throw refuse(
      'secret',
      'looks like the ID of a secret: paste its value, which is shown once when it is made',
    );
  }
}

async function readPair(
  { certificate, privateKey, isGenerated }: GivenCredential,
  {
    profileName,
    certificates,
    now,
    refuse,
  }: Readonly<{ profileName: string; certificates: Certificates; now: Date; refuse: Refuse }>,
): Promise<CertificatePair> {
  if (isGenerated) {
    if (certificate !== undefined) throw refuse('certificate', 'is not needed where one is made here');
    if (privateKey !== undefined) throw refuse('privateKey', 'is not needed where one is made here');
    return await certificates.generate(`Syncline ${profileName}`.slice(0, 64), now);
  }
  if (certificate === undefined)
    throw refuse('certificate', 'is missing: paste a certificate, or have one made');
  const reading = certificates.read(certificate, privateKey ?? '', now);
  if (reading.kind === 'refused') throw refuse(reading.part, reading.message);
  return reading.pair;
}
