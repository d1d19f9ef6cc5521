/** People who may sign in, what roles allow, and the providers that people sign in with. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type {
  NewSignInProvider,
  SignInProvider,
  SignInProviderCheck,
} from '../../../src/http/schemas/sign-in.ts';
import type {
  ChangedUser,
  NewUser,
  RoleMatrix,
  User,
  UserList,
  UserWithSessions,
} from '../../../src/http/schemas/users.ts';
import { api, type Query } from './api.ts';
import { queryClient } from './query-client.ts';

export const usersQuery = (query: Query) =>
  queryOptions({
    queryKey: ['users', 'list', query],
    queryFn: ({ signal }) => api.get<UserList>('/api/users', { query, signal }),
    placeholderData: keepPreviousData,
  });

export const userQuery = (userId: number) =>
  queryOptions({
    queryKey: ['users', 'one', userId],
    queryFn: ({ signal }) => api.get<UserWithSessions>(`/api/users/${userId}`, { signal }),
  });

export const rolesQuery = queryOptions({
  queryKey: ['roles'],
  queryFn: ({ signal }) => api.get<RoleMatrix>('/api/roles', { signal }),
  staleTime: Number.POSITIVE_INFINITY,
});

export async function addUser(values: NewUser): Promise<User> {
  const user = await api.post<User>('/api/users', values);
  await refresh();
  return user;
}

export async function changeUser(
  userId: number,
  values: ChangedUser,
  version: number | undefined,
): Promise<void> {
  await api.put(`/api/users/${userId}`, values, { version });
  await refresh();
}

export async function deleteUser({ userId, version }: Pick<User, 'userId' | 'version'>): Promise<void> {
  await api.delete(`/api/users/${userId}`, undefined, { version });
  queryClient.removeQueries({ queryKey: ['users', 'one', userId] });
  await refresh();
}

export async function resetPassword(userId: number, password: string): Promise<void> {
  await api.post(`/api/users/${userId}/password`, { password });
  await refresh();
}

export async function endSessions(userId: number): Promise<number> {
  const { endedSessions } = await api.delete<{ endedSessions: number }>(`/api/users/${userId}/sessions`);
  await refresh();
  return endedSessions;
}

export const providersQuery = queryOptions({
  queryKey: ['users', 'providers'],
  queryFn: async ({ signal }) => {
    const { providers } = await api.get<{ providers: SignInProvider[] }>('/api/sign-in-providers', {
      signal,
    });
    return { items: providers };
  },
});

export const providerQuery = (providerId: number) =>
  queryOptions({
    queryKey: ['users', 'providers', providerId],
    queryFn: ({ signal }) => api.get<SignInProvider>(`/api/sign-in-providers/${providerId}`, { signal }),
  });

/** Adds a provider, or changes the one that is named. */
export async function saveProvider(
  providerId: number | undefined,
  values: NewSignInProvider,
  version: number | undefined,
): Promise<SignInProvider> {
  const saved =
    providerId === undefined
      ? await api.post<SignInProvider>('/api/sign-in-providers', values)
      : await api.put<SignInProvider>(`/api/sign-in-providers/${providerId}`, values, { version });
  await refresh();
  return saved;
}

export async function deleteProvider({
  providerId,
  version,
}: Pick<SignInProvider, 'providerId' | 'version'>): Promise<void> {
  await api.delete(`/api/sign-in-providers/${providerId}`, undefined, { version });
  queryClient.removeQueries({ queryKey: ['users', 'providers', providerId] });
  await refresh();
}

export async function checkProvider(providerId: number): Promise<SignInProviderCheck> {
  return await api.post<SignInProviderCheck>(`/api/sign-in-providers/${providerId}/check`);
}

async function refresh(): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: ['users'] });
}
