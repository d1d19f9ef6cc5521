/** A credential profile as a sign-in takes it: opened, in the order in which its credentials are tried. */
import type { Sql } from 'postgres';
import type { EntraCredential, SignInEvent } from '../connectors/entra/entra-connection.ts';
import { Fault } from '../errors.ts';
import { credentialPurpose, type Sealing } from '../model/sealing.ts';
import { type CredentialProfile, findProfile } from '../store/credential-profiles.ts';
import { readSealedCredentials, recordCredentialUse, type SealedCredential } from '../store/credentials.ts';

export type ProfileForUse = Readonly<{
  profileId: number;
  name: string;
  /** The application; empty for the managed identity that the machine itself has. */
  clientId: string;
  credentials: readonly EntraCredential[];
  /** Keeps how a sign-in ended, for the list of profiles. */
  onSignIn: (event: SignInEvent) => void;
}>;

/**
 * Opens the credentials of a profile, or only the one of `credentialId`; undefined where there is no such profile. Throws a `Fault`
 * where there is no credential in it, or one cannot be opened. `onError` hears of outcomes that could not be kept.
 */
export async function readProfileForUse(
  sql: Sql,
  sealing: Sealing,
  profileId: number,
  {
    credentialId,
    onError = () => {},
  }: Readonly<{ credentialId?: number | undefined; onError?: (error: unknown) => void }> = {},
): Promise<ProfileForUse | undefined> {
  const profile = await findProfile(sql, profileId);
  if (profile === undefined) return undefined;
  const all = await readSealedCredentials(sql, profileId);
  const sealed = all.filter((each) => credentialId === undefined || each.credentialId === credentialId);
  if (sealed.length === 0) {
    throw new Fault(
      'invalid-setting',
      `The credential profile ${profile.name} has no credential: add one to it under Credential Profiles.`,
    );
  }
  return {
    profileId,
    name: profile.name,
    clientId: profile.clientId ?? '',
    credentials: sealed.map((credential) => open(sealing, profile, credential)),
    onSignIn({ index, refusal }) {
      const id = sealed[index]?.credentialId;
      if (id !== undefined) recordCredentialUse(sql, id, refusal ?? null).catch(onError);
    },
  };
}

function open(
  sealing: Sealing,
  { type, clientId }: CredentialProfile,
  { credentialId, sealedSecret, certificate, userName }: SealedCredential,
): EntraCredential {
  if (type === 'managed-identity') return { kind: 'managed-identity', clientId: clientId ?? undefined };
  if (sealedSecret === null) throw new Error(`The credential ${credentialId} has no secret.`);
  const secret = sealing.unseal(sealedSecret, credentialPurpose(credentialId));
  if (type === 'client-secret') return { kind: 'secret', secret };
  if (type === 'user-password') return { kind: 'user-password', userName: userName ?? '', password: secret };
  return { kind: 'certificate', certificatePem: certificate ?? '', privateKeyPem: secret };
}
