/** The history of a tenant's synchronizations, and what else happened to it. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type {
  Activity,
  SyncHistoryDetails,
  SyncHistoryList,
} from '../../../src/http/schemas/sync-history.ts';
import { api, type Query } from './api.ts';

export function historyPath(name: string): string {
  return `/api/integrations/entra-id/${encodeURIComponent(name)}/sync-history`;
}

/** A page of the history. */
export const historyQuery = (name: string, query: Query) =>
  queryOptions({
    queryKey: ['integrations', 'history', name, query],
    queryFn: ({ signal }) => api.get<SyncHistoryList>(historyPath(name), { query, signal }),
    placeholderData: keepPreviousData,
  });

/** What stands behind a row. */
export const historyDetailsQuery = (name: string, runId: number, type: string) =>
  queryOptions({
    queryKey: ['integrations', 'history', name, 'details', runId, type],
    queryFn: ({ signal }) =>
      api.get<SyncHistoryDetails>(`${historyPath(name)}/${runId}/${encodeURIComponent(type)}`, { signal }),
  });

/** What happened to a tenant, the newest first, page by page. */
export const activityQuery = (name: string) =>
  infiniteQueryOptions({
    queryKey: ['integrations', 'activity', name],
    queryFn: ({ signal, pageParam }) =>
      api.get<Activity>(`/api/integrations/entra-id/${encodeURIComponent(name)}/activity`, {
        query: { before: pageParam },
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: ({ nextBefore }) => nextBefore,
  });
