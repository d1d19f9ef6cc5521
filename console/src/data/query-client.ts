/** The cache of what the server told. Keys begin with a topic of the event stream, which says when they are out of date. */
import { QueryClient } from '@tanstack/react-query';
import { Problem } from './problem.ts';

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      // Without an answer it is tried again; what was refused would be refused again.
      retry: (count, error) => count < 2 && error instanceof Problem && isPassing(error.status),
      retryDelay: (count) => 500 * 2 ** count,
      networkMode: 'always',
    },
    mutations: { retry: false, networkMode: 'always' },
  },
});

function isPassing(status: number): boolean {
  return status === 0 || status === 503;
}
