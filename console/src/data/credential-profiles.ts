/** Credential profiles as the console asks for them and changes them. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { CheckReport, CheckTarget } from '../../../src/http/schemas/checks.ts';
import type {
  CredentialProfile,
  NewCredential,
  NewProfile,
  ProfileChange,
  ProfileList,
} from '../../../src/http/schemas/credential-profiles.ts';
import { addressOf, api, type Query } from './api.ts';
import { queryClient } from './query-client.ts';

const root = '/api/credential-profiles';

/** A page of profiles. */
export const profilesQuery = (query: Query) =>
  queryOptions({
    queryKey: ['profiles', 'list', query],
    queryFn: ({ signal }) => api.get<ProfileList>(root, { query, signal }),
    placeholderData: keepPreviousData,
  });

/** One profile with its credentials. */
export const profileQuery = (profileId: number) =>
  queryOptions({
    queryKey: ['profiles', 'one', profileId],
    queryFn: ({ signal }) => api.get<CredentialProfile>(`${root}/${profileId}`, { signal }),
  });

/** Adds a profile with its first credential. */
export async function createProfile(values: NewProfile): Promise<CredentialProfile> {
  return await told(api.post<CredentialProfile>(root, values));
}

export async function saveProfile(
  profileId: number,
  values: ProfileChange,
  version: number | undefined,
): Promise<CredentialProfile> {
  return await told(api.put<CredentialProfile>(`${root}/${profileId}`, values, { version }));
}

/** Deletes a profile. It is not asked for again on the page that still shows it. */
export async function deleteProfile({ profileId, version }: CredentialProfile): Promise<void> {
  await api.delete(`${root}/${profileId}`, undefined, { version });
  await queryClient.invalidateQueries({ queryKey: ['profiles', 'list'] });
}

export async function addCredential(
  { profileId, version }: CredentialProfile,
  credential: NewCredential,
): Promise<CredentialProfile> {
  return await told(api.post<CredentialProfile>(`${root}/${profileId}/credentials`, credential, { version }));
}

export async function changeCredential(
  { profileId, version }: CredentialProfile,
  credentialId: number,
  change: NewCredential,
): Promise<CredentialProfile> {
  const path = `${root}/${profileId}/credentials/${credentialId}`;
  return await told(api.put<CredentialProfile>(path, change, { version }));
}

export async function deleteCredential(
  { profileId, version }: CredentialProfile,
  credentialId: number,
): Promise<CredentialProfile> {
  const path = `${root}/${profileId}/credentials/${credentialId}`;
  return await told(api.delete<CredentialProfile>(path, undefined, { version }));
}

export async function orderCredentials(
  { profileId, version }: CredentialProfile,
  credentialIds: readonly number[],
): Promise<CredentialProfile> {
  const path = `${root}/${profileId}/credentials/order`;
  return await told(api.put<CredentialProfile>(path, { credentialIds }, { version }));
}

/** Where the public part of a credential is downloaded from. */
export function certificateAddress(profileId: number, credentialId: number): string {
  return addressOf(`${root}/${profileId}/credentials/${credentialId}/certificate`);
}

/** Signs in with a whole profile, or with one of its credentials. */
export async function testProfile(
  profileId: number,
  credentialId: number | undefined,
  target: CheckTarget,
): Promise<CheckReport> {
  const place = credentialId === undefined ? '' : `/credentials/${credentialId}`;
  try {
    return await api.post<CheckReport>(`${root}/${profileId}${place}/test`, target);
  } finally {
    await queryClient.invalidateQueries({ queryKey: ['profiles'] });
  }
}

/** Keeps what the server answered, and has the lists read again. */
async function told(answer: Promise<CredentialProfile>): Promise<CredentialProfile> {
  const profile = await answer;
  queryClient.setQueryData(profileQuery(profile.profileId).queryKey, profile);
  await queryClient.invalidateQueries({ queryKey: ['profiles', 'list'] });
  return profile;
}
