// What the console asks of a server, by area: add a line for every list, search and page of details.

import { directoryRequests } from './directory-requests.ts';

export interface ConsoleRequest {
  readonly name: string;
  readonly path: string;
}

/** Requests about this connection. */
export function consoleRequests(connection: string, runId: number): readonly ConsoleRequest[] {
  const tenant = `/api/integrations/entra-id/${connection}`;
  const history = `${tenant}/sync-history`;
  return [
    { name: 'history: first page', path: history },
    { name: 'history: 1,000 rows', path: `${history}?pageSize=1000` },
    { name: 'history: last page', path: `${history}?page=2000` },
    { name: 'history: by type', path: `${history}?type=group` },
    { name: 'history: failed', path: `${history}?status=failed` },
    { name: 'history: full scans', path: `${history}?mode=full` },
    { name: 'history: search "computer"', path: `${history}?q=computer` },
    { name: 'history: search "failed group"', path: `${history}?q=failed%20group` },
    { name: 'history: search a message', path: `${history}?q=503` },
    { name: 'history: search nothing', path: `${history}?q=nowhere` },
    { name: 'history: search a day', path: `${history}?q=${dayOf(3)}&timeZone=Europe/Paris` },
    { name: 'history: search a time', path: `${history}?q=20:30&timeZone=Europe/Paris` },
    ...['endedAt', 'type', '-total', '-changed', '-deleted', 'filtered', 'status'].map((sort) => ({
      name: `history: sorted by ${sort}`,
      path: `${history}?sort=${sort}`,
    })),
    { name: 'history: sorted, last page', path: `${history}?sort=-changed&page=2000` },
    { name: 'history: new since', path: `${history}?upTo=${runId}&page=3` },
    { name: 'history: details', path: `${history}/${runId}/group` },
    { name: 'activity', path: `${tenant}/activity` },
    { name: 'dashboard', path: '/api/dashboard' },
    { name: 'dashboard: changes of a day', path: '/api/dashboard/changes' },
    {
      name: 'dashboard: changes of a month',
      path: `/api/dashboard/changes?from=${dayOf(30)}T00:00:00Z&to=${dayOf(0)}T00:00:00Z&bucket=day&timeZone=Europe/Paris`,
    },
    ...[
      '/api/integrations',
      '/api/integrations/entra-id',
      '/api/credential-profiles',
      '/api/connectors',
      '/api/jobs',
      '/api/runs',
      '/api/audit',
      '/api/users',
    ].map((path) => ({ name: `list: ${path}`, path })),
    ...directoryRequests(connection),
  ];
}

function dayOf(daysAgo: number): string {
  return new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 10);
}
