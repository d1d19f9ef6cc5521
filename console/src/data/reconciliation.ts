/** Reconciliations of a mapping: what is asked of the server, and what is sent to it. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type {
  MappingSchedule,
  MappingTiming,
  ReconciliationPosition,
  ScheduleKind,
  SituationRules,
} from '../../../src/http/schemas/mapping-schedules.ts';
import type {
  Reconciliation,
  ReconciliationCauses,
  ReconciliationEntryDetails,
  ReconciliationEntryList,
  ReconciliationList,
  ReconciliationResolution,
  ReconciliationResolved,
  ReconciliationRetry,
  ReconciliationStart,
  ReconciliationStarted,
} from '../../../src/http/schemas/reconciliations.ts';
import type { Status } from '../kit/status-badge.tsx';
import { api, type Query } from './api.ts';
import { newLaunchKey } from './jobs.ts';
import { queryClient } from './query-client.ts';

const mappingPath = (mapping: string) => `/api/mappings/${encodeURIComponent(mapping)}`;
const runPath = (reconciliationId: number) => `/api/reconciliations/${reconciliationId}`;

/** A page of the runs of a mapping, the newest first. */
export const reconciliationsQuery = (mapping: string, query: Query = {}) =>
  queryOptions({
    queryKey: ['reconciliations', 'list', mapping, query],
    queryFn: ({ signal }) =>
      api.get<ReconciliationList>(`${mappingPath(mapping)}/reconciliations`, { query, signal }),
    placeholderData: keepPreviousData,
  });

/** The reconciliation of a run of a job; nothing in the list where it has none. */
export const reconciliationOfRunQuery = (jobRunId: number) =>
  queryOptions({
    queryKey: ['reconciliations', 'of-run', jobRunId],
    queryFn: ({ signal }) =>
      api.get<ReconciliationList>('/api/reconciliations', { query: { jobRunId }, signal }),
  });

/** The newest runs of all mappings. */
export const latestReconciliationsQuery = (pageSize: number) =>
  queryOptions({
    queryKey: ['reconciliations', 'latest', pageSize],
    queryFn: ({ signal }) =>
      api.get<ReconciliationList>('/api/reconciliations', { query: { pageSize, isTelling: true }, signal }),
  });

export const reconciliationQuery = (reconciliationId: number) =>
  queryOptions({
    queryKey: ['reconciliations', 'one', reconciliationId],
    queryFn: ({ signal }) => api.get<Reconciliation>(runPath(reconciliationId), { signal }),
  });

/** A page of what a run found. */
export const entriesQuery = (reconciliationId: number, query: Query) =>
  queryOptions({
    queryKey: ['reconciliations', 'entries', reconciliationId, query],
    queryFn: ({ signal }) =>
      api.get<ReconciliationEntryList>(`${runPath(reconciliationId)}/entries`, { query, signal }),
    placeholderData: keepPreviousData,
  });

/** Where all of them are a file. */
export const entriesFile = (reconciliationId: number) => `${runPath(reconciliationId)}/entries.csv`;

export const entryQuery = (reconciliationId: number, entryId: string) =>
  queryOptions({
    queryKey: ['reconciliations', 'entry', reconciliationId, entryId],
    queryFn: ({ signal }) =>
      api.get<ReconciliationEntryDetails>(
        `${runPath(reconciliationId)}/entries/${encodeURIComponent(entryId)}`,
        { signal },
      ),
  });

/** The failed entries of a run by their sentences. */
export const causesQuery = (reconciliationId: number) =>
  queryOptions({
    queryKey: ['reconciliations', 'causes', reconciliationId],
    queryFn: ({ signal }) => api.get<ReconciliationCauses>(`${runPath(reconciliationId)}/causes`, { signal }),
  });

/** What each situation usually comes to, and the presets. */
export const situationRulesQuery = queryOptions({
  queryKey: ['situation-rules'],
  queryFn: ({ signal }) => api.get<SituationRules>('/api/situation-rules', { signal }),
  staleTime: Number.POSITIVE_INFINITY,
});

export const positionQuery = (mapping: string) =>
  queryOptions({
    queryKey: ['reconciliations', 'position', mapping],
    queryFn: ({ signal }) => api.get<ReconciliationPosition>(`${mappingPath(mapping)}/position`, { signal }),
  });

export const mappingScheduleQuery = (mapping: string, kind: ScheduleKind) =>
  queryOptions({
    queryKey: ['reconciliations', 'schedule', mapping, kind],
    queryFn: ({ signal }) =>
      api.get<MappingSchedule>(`${mappingPath(mapping)}/schedules/${kind}`, { signal }),
  });

/** Begins a run; gives that of its job. */
export async function startReconciliation(
  mapping: string,
  start: ReconciliationStart,
  key: string = newLaunchKey(),
): Promise<ReconciliationStarted> {
  const started = await api.post<ReconciliationStarted>(`${mappingPath(mapping)}/reconciliations`, start, {
    headers: { 'Idempotency-Key': key },
  });
  await refresh();
  return started;
}

export async function cancelReconciliation(reconciliationId: number): Promise<void> {
  await api.post(`${runPath(reconciliationId)}/cancel`);
  await refresh();
}

/** Has a blocked run do what it found; gives the run of the job that does it. */
export async function resumeReconciliation(reconciliationId: number, reason?: string): Promise<number> {
  const { jobRunId } = await api.post<ReconciliationStarted>(
    `${runPath(reconciliationId)}/resume`,
    reason === undefined || reason === '' ? {} : { reason },
    { headers: { 'Idempotency-Key': newLaunchKey() } },
  );
  await refresh();
  return jobRunId;
}

export async function discardReconciliation(reconciliationId: number): Promise<void> {
  await api.post(`${runPath(reconciliationId)}/discard`);
  await refresh();
}

export async function resolveEntry(
  reconciliationId: number,
  entryId: string,
  resolution: ReconciliationResolution,
): Promise<ReconciliationResolved> {
  const resolved = await api.post<ReconciliationResolved>(
    `${runPath(reconciliationId)}/entries/${encodeURIComponent(entryId)}/resolve`,
    resolution,
  );
  await refresh();
  return resolved;
}

/** Has failed entries looked at again: some, or all that failed with one sentence, or all. */
export async function retryEntries(
  reconciliationId: number,
  retry: ReconciliationRetry,
): Promise<ReconciliationStarted> {
  const started = await api.post<ReconciliationStarted>(`${runPath(reconciliationId)}/entries/retry`, retry);
  await refresh();
  return started;
}

export async function changeMappingTiming(
  mapping: string,
  kind: ScheduleKind,
  timing: MappingTiming,
  version: number | undefined,
): Promise<void> {
  await api.put(`${mappingPath(mapping)}/schedules/${kind}`, timing, { version });
  await refresh();
}

/** Has the next incremental run look at everything. */
export async function resetPosition(mapping: string): Promise<void> {
  await api.post(`${mappingPath(mapping)}/position/reset`);
  await queryClient.invalidateQueries({ queryKey: ['reconciliations'] });
}

async function refresh(): Promise<void> {
  await Promise.all(
    ['reconciliations', 'runs', 'jobs'].map((topic) => queryClient.invalidateQueries({ queryKey: [topic] })),
  );
}

const statuses: Readonly<Record<Reconciliation['state'], Status>> = {
  running: 'running',
  succeeded: 'succeeded',
  'succeeded-with-failures': 'warnings',
  failed: 'failed',
  blocked: 'blocked',
  cancelled: 'cancelled',
  interrupted: 'waiting',
};

/** The word of the one vocabulary for the state of a reconciliation. */
export function statusOfReconciliation(state: Reconciliation['state']): Status {
  return statuses[state];
}

/** Whether something still goes on: also where its process has died and another one is to take it. */
export function isUnderWay(state: Reconciliation['state']): boolean {
  return state === 'running' || state === 'interrupted';
}
