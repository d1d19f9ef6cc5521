/** Applications as the console asks for them and changes them. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type {
  Application,
  ApplicationChange,
  ApplicationConnect,
  ApplicationConnected,
  ApplicationData,
  ApplicationList,
  ApplicationObjectTypes,
  ApplicationRemoval,
  ApplicationTemplates,
  NewApplication,
} from '../../../src/http/schemas/applications.ts';
import type { CheckReport } from '../../../src/http/schemas/checks.ts';
import type { IdentityPage } from '../../../src/http/schemas/identities.ts';
import { api, type Query } from './api.ts';
import { queryClient } from './query-client.ts';

const root = '/api/applications';
const pathOf = (id: number) => `${root}/${id}`;

/** While something is being read for the first time, it is looked at so often. */
const readingMs = 1500;

/** The catalog. */
export const templatesQuery = queryOptions({
  queryKey: ['applications', 'templates'],
  queryFn: ({ signal }) => api.get<ApplicationTemplates>('/api/application-templates', { signal }),
  staleTime: Number.POSITIVE_INFINITY,
});

/** A page of applications. */
export const applicationsQuery = (query: Query) =>
  queryOptions({
    queryKey: ['applications', 'list', query],
    queryFn: ({ signal }) => api.get<ApplicationList>(root, { query, signal }),
    placeholderData: keepPreviousData,
  });

/** One application. */
export const applicationQuery = (id: number) =>
  queryOptions({
    queryKey: ['applications', 'one', id],
    queryFn: ({ signal }) => api.get<Application>(pathOf(id), { signal }),
    refetchInterval: ({ state }) => (state.data?.connection.state === 'reading' ? readingMs : false),
  });

/** The types of objects that an application has, with their properties. */
export const objectTypesQuery = (id: number) =>
  queryOptions({
    queryKey: ['applications', 'object-types', id],
    queryFn: ({ signal }) => api.get<ApplicationObjectTypes>(`${pathOf(id)}/object-types`, { signal }),
  });

/** A page of the accounts of an application; asked for again and again until there are some. */
export const dataQuery = (id: number, query: Query) =>
  queryOptions({
    queryKey: ['directory', 'application-data', id, query],
    queryFn: ({ signal }) => api.get<ApplicationData>(`${pathOf(id)}/data`, { query, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) =>
      state.data?.state === 'reading' || state.data?.state === 'waiting' ? readingMs : false,
  });

/** What would go with an application, and what would stay. */
export const removalQuery = (id: number) =>
  queryOptions({
    queryKey: ['applications', 'removal', id],
    queryFn: ({ signal }) => api.get<ApplicationRemoval>(`${pathOf(id)}/removal`, { signal }),
    staleTime: 0,
  });

export async function createApplication(values: NewApplication): Promise<Application> {
  const application = await api.post<Application>(root, values);
  await keep(application);
  return application;
}

export async function saveApplication(
  id: number,
  change: ApplicationChange,
  version: number | undefined,
): Promise<Application> {
  const application = await api.put<Application>(pathOf(id), change, { version });
  await keep(application);
  return application;
}

/** Connects an application, or says why it cannot be: then nothing is kept. */
export async function connectApplication(
  id: number,
  values: ApplicationConnect,
): Promise<ApplicationConnected> {
  const answer = await api.post<ApplicationConnected>(`${pathOf(id)}/connect`, values);
  await keep(answer.application);
  await queryClient.invalidateQueries({ queryKey: ['integrations'] });
  return answer;
}

export async function testApplication(id: number): Promise<CheckReport> {
  return await api.post<CheckReport>(`${pathOf(id)}/test`, {});
}

/** Has the connection read also what the mappings need and it does not read. */
export async function addMissingAttributes(id: number): Promise<Application> {
  const application = await api.post<Application>(`${pathOf(id)}/missing-attributes`, {});
  await keep(application);
  return application;
}

export async function deleteApplication(id: number, typedName: string, version: number): Promise<void> {
  await api.delete(pathOf(id), { name: typedName }, { version });
  queryClient.removeQueries({ queryKey: applicationQuery(id).queryKey });
  await queryClient.invalidateQueries({ queryKey: ['applications', 'list'] });
}

async function keep(application: Application): Promise<void> {
  queryClient.setQueryData(applicationQuery(application.id).queryKey, application);
  await queryClient.invalidateQueries({ queryKey: ['applications', 'list'] });
}

/** An identity that may own an application. */
export type OwnerCandidate = Readonly<{ key: string; name: string; hint: string | undefined }>;

const candidates = 20;

/** The first identities that match. */
export const ownerCandidatesQuery = (q: string) =>
  queryOptions({
    queryKey: ['directory', 'owner-candidates', q],
    queryFn: async ({ signal }): Promise<readonly OwnerCandidate[]> => {
      const query = { q, page: 1, pageSize: candidates };
      const { items } = await api.get<IdentityPage>('/api/identities/alpha_user', { query, signal });
      return items.map(({ key, name, attributes: { mail } }) => ({
        key,
        name,
        hint: typeof mail === 'string' ? mail : undefined,
      }));
    },
  });
