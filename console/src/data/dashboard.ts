/** How everything is doing, and how much changed over time. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { ChangeSeries, Dashboard } from '../../../src/http/schemas/dashboard.ts';
import { api } from './api.ts';

/** What the dashboard shows. Lags grow by themselves, and not all that it counts is told of by the event stream. */
export const dashboardQuery = queryOptions({
  queryKey: ['integrations', 'dashboard'],
  queryFn: ({ signal }) => api.get<Dashboard>('/api/dashboard', { signal }),
  refetchInterval: 30_000,
});

export type Span = 'day' | 'week' | 'month';

const hourMs = 3_600_000;
const hoursOf: Readonly<Record<Span, number>> = { day: 24, week: 7 * 24, month: 30 * 24 };

/** The changes of a span that ends with this hour, of one tenant or of all; months by the days of a zone. */
export const changesQuery = (span: Span, connection: string, timeZone: string) => {
  const to = (Math.floor(Date.now() / hourMs) + 1) * hourMs;
  return queryOptions({
    queryKey: ['integrations', 'changes', span, connection, timeZone, to],
    queryFn: ({ signal }) =>
      api.get<ChangeSeries>('/api/dashboard/changes', {
        query: {
          from: new Date(to - hoursOf[span] * hourMs).toISOString(),
          to: new Date(to).toISOString(),
          bucket: span === 'month' ? 'day' : 'hour',
          connection,
          timeZone,
        },
        signal,
      }),
    placeholderData: keepPreviousData,
  });
};
