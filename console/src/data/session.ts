/** Who is signed in, and what they may do. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import type { Session, SignInOptions } from '../../../src/http/schemas/sign-in.ts';
import { api, setCsrfToken } from './api.ts';
import { takePreferences } from './preferences.ts';
import { queryClient } from './query-client.ts';

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ signal }) => {
    const session = await api.get<Session>('/api/session', { signal });
    keepSession(session);
    return session;
  },
  staleTime: 60_000,
  retry: false,
});

/** How one may sign in, and whether there is anybody who can. */
export const signInOptionsQuery = (refused?: string) =>
  queryOptions({
    queryKey: ['sign-in-options', refused ?? ''],
    queryFn: ({ signal }) => api.get<SignInOptions>('/auth/options', { query: { refused }, signal }),
    staleTime: 0,
  });

/** Takes what signing in gave as the session from now on. */
export function beginSession(session: Session): void {
  queryClient.clear();
  keepSession(session);
  queryClient.setQueryData(sessionQuery.queryKey, session);
}

function keepSession(session: Session): void {
  setCsrfToken(session.csrfToken);
  takePreferences(session.preferences);
}

/** The session of a page that only a signed-in person sees. */
export function useSession(): Session {
  const { data } = useQuery(sessionQuery);
  if (!data) throw new Error('Nobody is signed in on this page.');
  return data;
}

/** Whether the signed-in person may do what a permission stands for; without one everybody may. */
export function useMay(permission: string | undefined): boolean {
  const { data } = useQuery({ ...sessionQuery, enabled: false });
  return permission === undefined || isGranted(data?.permissions ?? [], permission);
}

/** Whether one of the granted paths is the needed one or stands above it, whatever the case. */
export function isGranted(granted: readonly string[], needed: string): boolean {
  const wanted = needed.toLowerCase();
  return granted.some((path) => {
    const above = path.toLowerCase();
    return wanted === above || wanted.startsWith(`${above}/`);
  });
}

/** Ends the session, here and on the server. */
export async function signOut(): Promise<void> {
  await api.post('/auth/sign-out');
  queryClient.clear();
}
