/** The workers that are alive, and how many they are. */
import { queryOptions } from '@tanstack/react-query';
import type { Worker } from '../../../src/http/schemas/workers.ts';
import { api } from './api.ts';

/** The number of workers that do what is queued; the server lists those that are alive. */
export const liveWorkersQuery = queryOptions({
  queryKey: ['workers', 'alive'],
  queryFn: async ({ signal }) => {
    const { workers } = await api.get<Readonly<{ workers: readonly unknown[] }>>('/api/workers', { signal });
    return workers.length;
  },
  refetchInterval: 30_000,
});

/** Those that are alive, as a list without pages. */
export const workersQuery = queryOptions({
  queryKey: ['workers', 'list'],
  queryFn: async ({ signal }) => {
    const { workers } = await api.get<Readonly<{ workers: readonly Worker[] }>>('/api/workers', { signal });
    return { items: workers };
  },
  refetchInterval: 10_000,
});
