/** Jobs, their runs and schedules: what is asked of the server, and what is sent to it. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type {
  Job,
  JobList,
  JobWithTasks,
  Launch,
  Launched,
  Resume,
  SchedulePreview,
  SchedulePreviewRequest,
  Timing,
} from '../../../src/http/schemas/jobs.ts';
import type { Block, BlockedPage, RunDetails, RunList, RunSummary } from '../../../src/http/schemas/runs.ts';
import type { Status } from '../kit/status-badge.tsx';
import { api, type Query } from './api.ts';
import { queryClient } from './query-client.ts';

const jobPath = (identifier: string) => `/api/jobs/${encodeURIComponent(identifier)}`;
const blockedPath = (connection: string) => `/api/connections/${encodeURIComponent(connection)}/blocked`;

/** A page of jobs. */
export const jobsQuery = (query: Query) =>
  queryOptions({
    queryKey: ['jobs', 'list', query],
    queryFn: ({ signal }) => api.get<JobList>('/api/jobs', { query, signal }),
    placeholderData: keepPreviousData,
  });

/** A job with its tasks and its next runs. */
export const jobQuery = (identifier: string) =>
  queryOptions({
    queryKey: ['jobs', 'one', identifier],
    queryFn: ({ signal }) => api.get<JobWithTasks>(jobPath(identifier), { signal }),
  });

/** A page of runs. */
export const runsQuery = (query: Query) =>
  queryOptions({
    queryKey: ['runs', 'list', query],
    queryFn: ({ signal }) => api.get<RunList>('/api/runs', { query, signal }),
    placeholderData: keepPreviousData,
  });

/** A run with its tasks. */
export const runQuery = (jobRunId: number) =>
  queryOptions({
    queryKey: ['runs', 'one', jobRunId],
    queryFn: ({ signal }) => api.get<RunDetails>(`/api/runs/${jobRunId}`, { signal }),
  });

/** What is held back of a connection, in numbers. */
export const blockedQuery = (connection: string) =>
  queryOptions({
    queryKey: ['runs', 'blocked', connection],
    queryFn: ({ signal }) => api.get<Block>(blockedPath(connection), { signal }),
  });

/** A page of what is held back; where the next one begins is a text, as the address has it. */
export const blockedChangesQuery = (connection: string, query: Query) =>
  queryOptions({
    queryKey: ['runs', 'blocked', connection, 'changes', query],
    queryFn: async ({ signal }) => {
      const { changes, next } = await api.get<BlockedPage>(`${blockedPath(connection)}/changes`, {
        query,
        signal,
      });
      return { items: changes, next: next === null ? null : String(next) };
    },
    placeholderData: keepPreviousData,
  });

/** Where the whole list is a file. */
export const blockedFile = (connection: string) => `${blockedPath(connection)}/changes.csv`;

/** A schedule as it is typed. */
export const previewQuery = (request: SchedulePreviewRequest) =>
  queryOptions({
    queryKey: ['schedule-preview', request],
    queryFn: ({ signal }) => api.post<SchedulePreview>('/api/schedules/preview', request, { signal }),
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  });

/** A name for a launch: sent again under it, because the answer was lost, it makes no second run. */
export function newLaunchKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}

const keyed = (key: string) => ({ headers: { 'Idempotency-Key': key } });

/** Launches a job; gives the number of the run. */
export async function launchJob(identifier: string, launch: Launch, key: string): Promise<number> {
  const { jobRunId } = await api.post<Launched>(`${jobPath(identifier)}/runs`, launch, keyed(key));
  await refresh();
  return jobRunId;
}

/** Asks for the end of a run. */
export async function cancelRun(jobRunId: number): Promise<void> {
  await api.post(`/api/runs/${jobRunId}/cancel`);
  await refresh();
}

/** Has what a run holds back applied, if it still is what was looked at; gives the number of the run that does it. */
export async function resumeRun(jobRunId: number, resume: Resume, key: string): Promise<number> {
  const launched = await api.post<Launched>(`/api/runs/${jobRunId}/resume`, resume, keyed(key));
  await refresh();
  return launched.jobRunId;
}

/** Drops what a run holds back. */
export async function discardRun(jobRunId: number): Promise<void> {
  await api.post(`/api/runs/${jobRunId}/discard`);
  await refresh();
}

/** Has a job run at other times. */
export async function changeTiming(
  identifier: string,
  timing: Timing,
  version: number | undefined,
): Promise<void> {
  await api.put(`${jobPath(identifier)}/schedule`, timing, { version });
  await queryClient.invalidateQueries({ queryKey: ['jobs'] });
}

/** Has a job run again as it is defined. */
export async function returnTiming(identifier: string, version: number): Promise<void> {
  await api.delete(`${jobPath(identifier)}/schedule`, undefined, { version });
  await queryClient.invalidateQueries({ queryKey: ['jobs'] });
}

async function refresh(): Promise<void> {
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: ['runs'] }),
    queryClient.invalidateQueries({ queryKey: ['jobs'] }),
  ]);
}

/** The word of the one vocabulary for the state of a run or a task. */
export function statusOf(state: RunSummary['state']): Status {
  return state === 'succeeded-with-warnings' ? 'warnings' : state;
}

/** Whether nothing more happens by itself. */
export function isOver(state: RunSummary['state']): boolean {
  return state !== 'queued' && state !== 'running';
}

/** Whether a job runs by a cron expression, by following, or only by hand. */
export function timingKindOf({ schedule, pace }: Pick<Job, 'schedule' | 'pace'>): 'cron' | 'follow' | 'hand' {
  if (pace !== null) return 'follow';
  return schedule === null ? 'hand' : 'cron';
}
