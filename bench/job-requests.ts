// What the pages of Job Execution ask of a server.
import type { ConsoleRequest } from './console-requests.ts';
import type { FilledJobs } from './job-filling.ts';

export function jobRequests(
  connection: string,
  { jobRunId, taskRunId }: FilledJobs,
): readonly ConsoleRequest[] {
  const log = `/api/runs/${jobRunId}/tasks/${taskRunId}/log`;
  const blocked = `/api/connections/${connection}/blocked`;
  return [
    { name: 'jobs: first page', path: '/api/jobs' },
    { name: 'jobs: all 200', path: '/api/jobs?pageSize=1000' },
    { name: 'jobs: search', path: '/api/jobs?q=department%2017' },
    { name: 'jobs: sorted by last run', path: '/api/jobs?sort=-lastRunAt' },
    { name: 'jobs: one', path: '/api/jobs/Synchronization_17' },
    { name: 'runs: first page', path: '/api/runs' },
    { name: 'runs: 1,000 rows', path: '/api/runs?pageSize=1000' },
    { name: 'runs: last page', path: '/api/runs?page=2000' },
    { name: 'runs: of a job', path: '/api/runs?job=synchronization_17' },
    { name: 'runs: under way', path: '/api/runs?isEnded=false' },
    { name: 'runs: failed', path: '/api/runs?state=failed' },
    { name: 'runs: search a message', path: '/api/runs?q=answered%20503' },
    { name: 'runs: search a display name', path: '/api/runs?q=department%2017' },
    { name: 'runs: search nothing', path: '/api/runs?q=nowhere' },
    {
      name: 'runs: of a week',
      path: `/api/runs?from=${new Date(Date.now() - 7 * 86_400_000).toISOString()}`,
    },
    ...['-endedAt', 'job', '-duration'].map((sort) => ({
      name: `runs: sorted by ${sort}`,
      path: `/api/runs?sort=${sort}`,
    })),
    { name: 'runs: one that is blocked', path: `/api/runs/${jobRunId}` },
    { name: 'log: first 1,000 of 100,000', path: `${log}?limit=1000` },
    { name: 'log: the end', path: `${log}?tail=true` },
    { name: 'log: first error', path: `${log}?level=error&limit=1` },
    { name: 'log: search', path: `${log}?q=page%2099999` },
    { name: 'blocked: in numbers', path: blocked },
    { name: 'blocked: first of 100,000', path: `${blocked}/changes` },
    { name: 'blocked: deletions', path: `${blocked}/changes?kind=delete` },
    { name: 'blocked: search', path: `${blocked}/changes?search=persona%2077` },
  ];
}
