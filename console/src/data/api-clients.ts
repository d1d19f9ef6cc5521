/** Programs that use the API. */
import { queryOptions } from '@tanstack/react-query';
import type {
  ApiClientList,
  ApiClientWithSecret,
  NewApiClient,
} from '../../../src/http/schemas/api-clients.ts';
import type { RoleMatrix } from '../../../src/http/schemas/users.ts';
import { api } from './api.ts';
import { queryClient } from './query-client.ts';

/** The clients that are not revoked. */
export const apiClientsQuery = queryOptions({
  queryKey: ['users', 'api-clients'],
  queryFn: ({ signal }) => api.get<ApiClientList>('/api/clients', { signal }),
});

/** Every permission with its meaning. */
export const permissionsQuery = queryOptions({
  queryKey: ['users', 'permissions'],
  queryFn: ({ signal }) => api.get<RoleMatrix>('/api/roles', { signal }),
  staleTime: Number.POSITIVE_INFINITY,
});

/** Makes a client; its secret is in this answer only. */
export async function addApiClient(client: NewApiClient): Promise<ApiClientWithSecret> {
  const added = await api.post<ApiClientWithSecret>('/api/clients', client);
  await refresh();
  return added;
}

/** Gives a client another secret, which is in this answer only. */
export async function exchangeSecret(identifier: string, overlapHours: number): Promise<ApiClientWithSecret> {
  const path = `/api/clients/${encodeURIComponent(identifier)}/secret`;
  const exchanged = await api.post<ApiClientWithSecret>(path, { overlapHours });
  await refresh();
  return exchanged;
}

/** Ends a client for good. */
export async function revokeApiClient(identifier: string): Promise<void> {
  await api.delete(`/api/clients/${encodeURIComponent(identifier)}`);
  await refresh();
}

function refresh(): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: apiClientsQuery.queryKey });
}
