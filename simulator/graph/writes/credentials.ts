// Secrets and certificates of applications: how they are stored, and how a holder of one proves it.
import { constants, createHash, randomBytes, randomUUID, verify, X509Certificate } from 'node:crypto';
import { graphInstant } from '../../clock.ts';
import type { DirectoryObject, ObjectType, Values } from '../../tenant/directory-object.ts';
import { GraphError } from '../graph-error.ts';
import { invalidValue } from './write-errors.ts';

/** A secret is valid for two years when nobody says otherwise. */
const secretYears = 2;

/** A password credential as it is stored, with its secret, which no later answer shows. */
export function createPasswordCredential(type: ObjectType, given: Values, nowMs: number): Values {
  const bytes = randomBytes(30).toString('base64url');
  const secretText = `${bytes.slice(0, 3)}8Q~${bytes.slice(6)}`;
  const end = new Date(nowMs);
  end.setUTCFullYear(end.getUTCFullYear() + secretYears);
  const startDateTime = given.startDateTime ?? graphInstant(nowMs);
  const endDateTime = given.endDateTime ?? graphInstant(end.getTime());
  if (Date.parse(String(endDateTime)) <= Date.parse(String(startDateTime)))
    throw invalidValue(type, 'passwordCredentials');
  return {
    customKeyIdentifier: given.customKeyIdentifier ?? null,
    displayName: given.displayName ?? null,
    endDateTime,
    hint: secretText.slice(0, 3),
    keyId: randomUUID(),
    secretText,
    startDateTime,
  };
}

/**
 * Credentials of a create or update as they are stored. Certificates may come and go; secrets only go, because an
 * update has no answer that could tell a new one.
 */
export function storedCredentials(type: ObjectType, values: Values, before: Values | undefined): Values {
  const stored: Values = {};
  if (values.passwordCredentials !== undefined) {
    const known = credentialsIn(before?.passwordCredentials);
    stored.passwordCredentials = credentialsIn(values.passwordCredentials).map((given) => {
      const match = known.find((credential) => credential.keyId === given.keyId);
      if (!match) throw invalidValue(type, 'passwordCredentials');
      return match;
    });
  }
  if (values.keyCredentials !== undefined) {
    const known = credentialsIn(before?.keyCredentials);
    stored.keyCredentials = credentialsIn(values.keyCredentials).map((given) => {
      const match = known.find((credential) => credential.keyId === given.keyId);
      return match && !given.key ? { ...match, ...given, key: match.key } : createKeyCredential(type, given);
    });
  }
  return stored;
}

/** The stored credentials of an object; none when it never had any. */
export function credentialsIn(value: unknown): readonly Values[] {
  return Array.isArray(value) ? value : [];
}

/** A certificate as it is stored: its dates and thumbprint are its own unless given. */
export function createKeyCredential(type: ObjectType, given: Values): Values {
  const certificate = readCertificate(given.key);
  if (!certificate) throw invalidValue(type, 'keyCredentials');
  return {
    customKeyIdentifier: createHash('sha1').update(certificate.raw).digest('hex').toUpperCase(),
    displayName: certificate.subject.replaceAll('\n', ', '),
    endDateTime: graphInstant(Date.parse(certificate.validTo)),
    keyId: randomUUID(),
    startDateTime: graphInstant(Date.parse(certificate.validFrom)),
    type: 'AsymmetricX509Cert',
    usage: 'Verify',
    ...given,
    key: certificate.raw.toString('base64'),
  };
}

function readCertificate(key: unknown): X509Certificate | undefined {
  if (typeof key !== 'string') return undefined;
  try {
    return new X509Certificate(Buffer.from(key, 'base64'));
  } catch {
    return undefined;
  }
}

/** The audience of a proof of possession (Microsoft Graph, "Generate proof of possession tokens for rolling keys"). */
const proofAudience = '00000002-0000-0000-c000-000000000000';

/** Throws unless the proof is a live token of this object, signed with one of its current certificates. */
export function checkProof(object: DirectoryObject, proof: unknown, nowMs: number): void {
  const [header = '', payload = '', signature = ''] = String(proof).split('.');
  const algorithm = readPart(header).alg;
  const claims = readPart(payload);
  const isLive = Number(claims.exp) * 1000 > nowMs && Number(claims.nbf ?? 0) * 1000 <= nowMs + 300_000;
  const isOwn = String(claims.iss) === object.id && String(claims.aud) === proofAudience;
  const isSigned = credentialsIn(object.values.keyCredentials).some((credential) => {
    const certificate = readCertificate(credential.key);
    const isCurrent = Date.parse(String(credential.endDateTime)) > nowMs;
    if (!certificate || !isCurrent) return false;
    const padding = algorithm === 'PS256' ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;
    return verify(
      'sha256',
      Buffer.from(`${header}.${payload}`),
      { key: certificate.publicKey, padding },
      Buffer.from(signature, 'base64url'),
    );
  });
  if (!isLive || !isOwn || !isSigned)
    throw new GraphError(401, 'Authentication_MissingOrMalformed', 'Access Token missing or malformed.');
}

function readPart(text: string): Values {
  try {
    const part: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return typeof part === 'object' && part !== null ? (part as Values) : {};
  } catch {
    return {};
  }
}
