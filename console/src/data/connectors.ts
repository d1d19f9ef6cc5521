/** Connections with what they are made of. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { ConnectorList } from '../../../src/http/schemas/connectors.ts';
import { api, type Query } from './api.ts';

/** A page of connections. */
export const connectorsQuery = (query: Query) =>
  queryOptions({
    queryKey: ['integrations', 'connectors', query],
    queryFn: ({ signal }) => api.get<ConnectorList>('/api/connectors', { query, signal }),
    placeholderData: keepPreviousData,
  });
