/** Identities as the console asks for them and changes them. Their keys begin with `directory`: they follow the same changes. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type {
  ChangedIdentity,
  IdentityDetails,
  IdentityPage,
  IdentityRemoval,
  IdentityTypeDetails,
  IdentityTypeInput,
  IdentityTypes,
  LinkChangeInput,
  LinkChangeResult,
} from '../../../src/http/schemas/identities.ts';
import { api, type Query } from './api.ts';
import { Problem } from './problem.ts';
import { queryClient } from './query-client.ts';

export const identitiesConnection = 'Identities';

export type IdentityAddress = Readonly<{ type: IdentityTypeDetails['name']; key: string }>;
export type IdentityAttributes = Readonly<Record<string, unknown>>;

const root = '/api/identities';

/** The file with all identities of a type that match. */
export function identitiesCsv(type: string): string {
  return `${root}/types/${type}/identities.csv`;
}

function pathOf({ type, key }: IdentityAddress): string {
  return `${root}/${type}/${encodeURIComponent(key)}`;
}

/** What identities are made of. */
export const identityTypesQuery = queryOptions({
  queryKey: ['directory', 'identity-types'],
  queryFn: ({ signal }) => api.get<IdentityTypes>(`${root}/types`, { signal }),
});

/** A page of identities of a type. */
export const identitiesQuery = (type: string, query: Query) =>
  queryOptions({
    queryKey: ['directory', 'identities', type, query],
    queryFn: ({ signal }) => findIdentities(type, query, signal),
    placeholderData: keepPreviousData,
  });

/** How often a search goes on by itself before a person has to say so. */
const mostEmptyPages = 25;

/** What has nothing of the wanted status in it is gone on from at once. */
async function findIdentities(type: string, query: Query, signal: AbortSignal): Promise<IdentityPage> {
  const find = (after: unknown) =>
    api.get<IdentityPage>(`${root}/${type}`, { query: { ...query, after: String(after ?? '') }, signal });
  let page = await find(query.after);
  for (let pages = 1; page.items.length === 0 && page.next !== null && pages < mostEmptyPages; pages++) {
    page = await find(page.next);
  }
  return page;
}

/** One identity. */
export const identityQuery = (address: IdentityAddress) =>
  queryOptions({
    queryKey: ['directory', 'identity', address],
    queryFn: ({ signal }) => api.get<IdentityDetails>(pathOf(address), { signal }),
  });

/** What hangs on an identity. */
export const identityRemovalQuery = (address: IdentityAddress) =>
  queryOptions({
    queryKey: ['directory', 'identity-removal', address],
    queryFn: ({ signal }) => api.get<IdentityRemoval>(`${pathOf(address)}/removal`, { signal }),
    staleTime: 0,
  });

export async function createIdentity(
  type: IdentityAddress['type'],
  attributes: IdentityAttributes,
): Promise<ChangedIdentity> {
  return await changing(() => api.post<ChangedIdentity>(`${root}/${type}`, { attributes }));
}

export async function changeIdentity(
  address: IdentityAddress,
  attributes: IdentityAttributes,
  version: number | undefined,
): Promise<ChangedIdentity> {
  return await changing(() => api.patch<ChangedIdentity>(pathOf(address), { attributes }, { version }));
}

export async function deleteIdentity(address: IdentityAddress, version: number | undefined): Promise<void> {
  await changing(() => api.delete(pathOf(address), undefined, { version }));
}

/** Adds and removes what an identity is linked to, such as members of a group. */
export async function changeLinks(
  address: IdentityAddress,
  link: string,
  change: LinkChangeInput,
): Promise<LinkChangeResult> {
  return await changing(() => api.post<LinkChangeResult>(`${pathOf(address)}/links/${link}`, change));
}

export async function saveIdentityType(
  type: string,
  input: IdentityTypeInput,
  version: number,
): Promise<void> {
  await changing(() => api.put(`${root}/types/${type}`, input, { version }));
}

/** Does it and asks anew for what is shown; a refusal that names an attribute names the field of the form. */
async function changing<Answer>(send: () => Promise<Answer>): Promise<Answer> {
  try {
    const answer = await send();
    await queryClient.invalidateQueries({ queryKey: ['directory'] });
    return answer;
  } catch (error) {
    if (!(error instanceof Problem) || error.body.field === undefined) throw error;
    throw new Problem({ ...error.body, field: error.body.field.replace('attributes.', '') });
  }
}
