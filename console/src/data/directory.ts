/** The directory as the console asks for it: searches, resources with their links and history, and tags. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type {
  DirectoryPage,
  DirectoryTypes,
  HistoryPage,
  LinkPage,
  ResourceDetails,
  Tag,
  TagInput,
  TagList,
} from '../../../src/http/schemas/directory.ts';
import { api, type Query } from './api.ts';
import { queryClient } from './query-client.ts';

export type ResourceAddress = Readonly<{ connection: string; type: string; key: string }>;

const root = '/api/directory';
export const exportPath = `${root}/resources.csv`;

/** Which entity types there are, and how far the search has followed. */
export const directoryTypesQuery = queryOptions({
  queryKey: ['directory', 'types'],
  queryFn: ({ signal }) => api.get<DirectoryTypes>(`${root}/types`, { signal }),
});

/** A page of what is found. */
export const resourcesQuery = (query: Query) =>
  queryOptions({
    queryKey: ['directory', 'list', query],
    queryFn: ({ signal }) => findResources(query, signal),
    placeholderData: keepPreviousData,
  });

/** How often a search goes on by itself before a person has to say so. */
const mostEmptyPages = 25;

/** The server gives up a page when it has looked long enough; what has nothing in it is gone on from at once. */
async function findResources(query: Query, signal: AbortSignal): Promise<DirectoryPage> {
  let page = await api.get<DirectoryPage>(`${root}/resources`, { query, signal });
  for (let pages = 1; page.items.length === 0 && page.next !== null && pages < mostEmptyPages; pages++) {
    page = await api.get<DirectoryPage>(`${root}/resources`, {
      query: { ...query, after: page.next },
      signal,
    });
  }
  return page;
}

function pathOf({ connection, type, key }: ResourceAddress): string {
  return `${root}/resources/${[connection, type, key].map(encodeURIComponent).join('/')}`;
}

/** One resource. */
export const resourceQuery = (address: ResourceAddress) =>
  queryOptions({
    queryKey: ['directory', 'resource', address],
    queryFn: ({ signal }) => api.get<ResourceDetails>(pathOf(address), { signal }),
  });

export type LinkQuery = Readonly<{
  association: string;
  direction: 'from' | 'to';
  kind: 'direct' | 'indirect' | 'all';
  after: string;
}>;

/** A page of what a resource is linked to. */
export const linksQuery = (address: ResourceAddress, query: LinkQuery) =>
  queryOptions({
    queryKey: ['directory', 'links', address, query],
    queryFn: ({ signal }) => api.get<LinkPage>(`${pathOf(address)}/links`, { query, signal }),
    placeholderData: keepPreviousData,
  });

/** A page of what happened to a resource. */
export const historyQuery = (address: ResourceAddress, query: Query) =>
  queryOptions({
    queryKey: ['directory', 'history', address, query],
    queryFn: ({ signal }) => api.get<HistoryPage>(`${pathOf(address)}/history`, { query, signal }),
    placeholderData: keepPreviousData,
  });

/** All tags. */
export const tagsQuery = queryOptions({
  queryKey: ['directory', 'tags'],
  queryFn: ({ signal }) => api.get<TagList>(`${root}/tags`, { signal }),
});

export async function createTag(input: TagInput): Promise<Tag> {
  const tag = await api.post<Tag>(`${root}/tags`, input);
  await refresh();
  return tag;
}

export async function saveTag(tagId: number, input: TagInput, version: number | undefined): Promise<void> {
  await api.put(`${root}/tags/${tagId}`, input, { version });
  await refresh();
}

export async function deleteTag({ tagId, version }: Tag): Promise<void> {
  await api.delete(`${root}/tags/${tagId}`, undefined, { version });
  await refresh();
}

/** Gives a resource a tag, or takes it away. */
export async function setTag(address: ResourceAddress, tagId: number, isTagged: boolean): Promise<void> {
  const path = `${pathOf(address)}/tags/${tagId}`;
  await (isTagged ? api.put(path) : api.delete(path));
  await refresh();
}

async function refresh(): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: ['directory'] });
}
