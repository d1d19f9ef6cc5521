/** Whether the server can answer requests. */
import { queryOptions } from '@tanstack/react-query';

/** Open to everybody, and outside of the API's addresses. */
export const readyQuery = queryOptions({
  queryKey: ['workers', 'ready'],
  queryFn: async ({ signal }) => (await fetch('/ready', { signal })).ok,
  refetchInterval: 30_000,
});
