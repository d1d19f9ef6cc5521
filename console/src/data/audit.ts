/** The audit log. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { AuditList } from '../../../src/http/schemas/audit.ts';
import { api, type Query } from './api.ts';

export const auditQuery = (query: Query) =>
  queryOptions({
    queryKey: ['audit', 'list', query],
    queryFn: ({ signal }) => api.get<AuditList>('/api/audit', { query, signal }),
    placeholderData: keepPreviousData,
  });
