/** The credentials of profiles: what is shown of each, and what is kept sealed. */
import type { ISql, TransactionSql } from 'postgres';

/** A credential without its secret. */
export type Credential = Readonly<{
  credentialId: number;
  label: string;
  userName: string | null;
  /** SHA-1 of the certificate in hexadecimal, as the app registration shows it. */
  thumbprint: string | null;
  subject: string | null;
  setAt: Date;
  setBy: string;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
  /** Why the last sign-in with it was refused; null where it was accepted, or there was none. */
  lastUsedRefusal: string | null;
  lastTestedAt: Date | null;
  lastTestOutcome: 'passed' | 'failed' | null;
  lastTestMessage: string | null;
}>;

/** What a sign-in needs of a credential. */
export type SealedCredential = Readonly<{
  credentialId: number;
  sealedSecret: string | null;
  certificate: string | null;
  userName: string | null;
}>;

/** The parts of a credential that a person sets, its secret apart. */
export type CredentialParts = Readonly<{
  label: string;
  userName: string | null;
  certificate: string | null;
  thumbprint: string | null;
  subject: string | null;
  expiresAt: Date | null;
}>;

/** The credentials of a profile in the order in which they are tried. */
export async function readCredentials(sql: ISql, profileId: number): Promise<Credential[]> {
  return await sql<Credential[]>`
    select credential_id, label, user_name, thumbprint, subject, set_at, set_by, expires_at, last_used_at,
      last_used_refusal, last_tested_at, last_test_outcome, last_test_message
    from credential where credential_profile_id = ${profileId}
    order by place`;
}

/** The same with their sealed secrets. */
export async function readSealedCredentials(sql: ISql, profileId: number): Promise<SealedCredential[]> {
  return await sql<SealedCredential[]>`
    select credential_id, sealed_secret, certificate, user_name
    from credential where credential_profile_id = ${profileId}
    order by place`;
}

/** The certificate of a credential, which is public; undefined where there is none. */
export async function readCertificate(
  sql: ISql,
  profileId: number,
  credentialId: number,
): Promise<Readonly<{ certificate: string; thumbprint: string }> | undefined> {
  const [found] = await sql<{ certificate: string; thumbprint: string }[]>`
    select certificate, thumbprint from credential
    where credential_profile_id = ${profileId} and credential_id = ${credentialId} and certificate is not null`;
  return found;
}

/**
 * Adds a credential behind the others. `seal` is given its number, so that its secret is sealed for this credential and no other;
 * null for one without a secret.
 */
export async function addCredential(
  sql: TransactionSql,
  profileId: number,
  { label, userName, certificate, thumbprint, subject, expiresAt }: CredentialParts,
  { seal, by }: Readonly<{ seal: (credentialId: number) => string | null; by: string }>,
): Promise<number> {
  const [added] = await sql<{ credentialId: number }[]>`
    insert into credential (credential_profile_id, place, label, user_name, certificate, thumbprint, subject, expires_at, set_by)
    select ${profileId}, coalesce(max(place), 0) + 1, ${label}, ${userName}, ${certificate}, ${thumbprint}, ${subject},
      ${expiresAt}::timestamptz, ${by}
    from credential where credential_profile_id = ${profileId}
    returning credential_id`;
  if (!added) throw new Error('An insert has returned no row.');
  const { credentialId } = added;
  await sql`update credential set sealed_secret = ${seal(credentialId)} where credential_id = ${credentialId}`;
  return credentialId;
}

/** Puts new parts and a new secret in the place of a credential. What was known of the old one is forgotten. */
export async function replaceCredential(
  sql: TransactionSql,
  credentialId: number,
  { label, userName, certificate, thumbprint, subject, expiresAt }: CredentialParts,
  { sealedSecret, by }: Readonly<{ sealedSecret: string | null; by: string }>,
): Promise<void> {
  await sql`
    update credential
    set label = ${label}, user_name = ${userName}, certificate = ${certificate}, thumbprint = ${thumbprint},
      subject = ${subject}, expires_at = ${expiresAt}, sealed_secret = ${sealedSecret}, set_at = now(), set_by = ${by},
      last_used_at = null, last_used_refusal = null, last_tested_at = null, last_test_outcome = null, last_test_message = null
    where credential_id = ${credentialId}`;
}

/** Changes what a credential is called, and when it ends as far as a person knows. */
export async function describeCredential(
  sql: TransactionSql,
  credentialId: number,
  { label, expiresAt }: Readonly<{ label: string; expiresAt: Date | null }>,
): Promise<void> {
  await sql`
    update credential set label = ${label}, expires_at = ${expiresAt} where credential_id = ${credentialId}`;
}

export async function deleteCredential(sql: TransactionSql, credentialId: number): Promise<void> {
  await sql`delete from credential where credential_id = ${credentialId}`;
}

/** Puts the credentials of a profile into this order. They are all of them. */
export async function orderCredentials(sql: TransactionSql, credentialIds: readonly number[]): Promise<void> {
  await sql`
    update credential set place = wanted.place
    from unnest(${credentialIds}::integer[]) with ordinality as wanted (credential_id, place)
    where credential.credential_id = wanted.credential_id`;
}

/** Keeps how a sign-in of a run ended: null where it was accepted, else why it was refused. */
export async function recordCredentialUse(
  sql: ISql,
  credentialId: number,
  refusal: string | null,
): Promise<void> {
  await sql`
    update credential set last_used_at = now(), last_used_refusal = ${refusal}
    where credential_id = ${credentialId}`;
}

/** Keeps how a test of a credential ended. */
export async function recordCredentialTest(
  sql: ISql,
  credentialId: number,
  { isSuccessful, message }: Readonly<{ isSuccessful: boolean; message: string }>,
): Promise<void> {
  await sql`
    update credential
    set last_tested_at = now(), last_test_outcome = ${isSuccessful ? 'passed' : 'failed'}, last_test_message = ${message}
    where credential_id = ${credentialId}`;
}
