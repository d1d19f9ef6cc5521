/** Tenants as the console asks for them and changes them. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { CheckReport } from '../../../src/http/schemas/checks.ts';
import type { RunWithTasks } from '../../../src/http/schemas/runs.ts';
import type {
  ChangedTenant,
  Clouds,
  FullScan,
  Integrations,
  NewTenant,
  Removals,
  Tenant,
  TenantChange,
  TenantDiscovery,
  TenantImpact,
  TenantList,
  TenantTest,
} from '../../../src/http/schemas/tenants.ts';
import { api, type Query } from './api.ts';
import { queryClient } from './query-client.ts';

const root = '/api/integrations/entra-id';
const pathOf = (name: string) => `${root}/${encodeURIComponent(name)}`;

/** What is connected, by type, with the names of all of it. */
export const integrationsQuery = queryOptions({
  queryKey: ['integrations', 'overview'],
  queryFn: ({ signal }) => api.get<Integrations>('/api/integrations', { signal }),
});

/** A page of tenants. */
export const tenantsQuery = (query: Query) =>
  queryOptions({
    queryKey: ['integrations', 'list', query],
    queryFn: ({ signal }) => api.get<TenantList>(root, { query, signal }),
    placeholderData: keepPreviousData,
  });

/** One tenant. */
export const tenantQuery = (name: string) =>
  queryOptions({
    queryKey: ['integrations', 'one', name],
    queryFn: ({ signal }) => api.get<Tenant>(pathOf(name), { signal }),
  });

/** The clouds that may be chosen. */
export const cloudsQuery = queryOptions({
  queryKey: ['integrations', 'clouds'],
  queryFn: ({ signal }) => api.get<Clouds>(`${root}/clouds`, { signal }),
});

/** What would be lost with a tenant. */
export const impactQuery = (name: string) =>
  queryOptions({
    queryKey: ['integrations', 'impact', name],
    queryFn: ({ signal }) => api.get<TenantImpact>(`${pathOf(name)}/impact`, { signal }),
  });

/** The run of a tenant that is under way, looked at every second. */
export const underWayQuery = (jobRunId: number) =>
  queryOptions({
    queryKey: ['runs', 'under-way', jobRunId],
    queryFn: ({ signal }) => api.get<RunWithTasks>(`/api/runs/${jobRunId}`, { signal }),
    refetchInterval: 1000,
  });

/** What is being removed; asked for again and again until it is gone. */
export const removalsQuery = queryOptions({
  queryKey: ['integrations', 'removals'],
  queryFn: ({ signal }) => api.get<Removals>(`${root}/removals`, { signal }),
  refetchInterval: ({ state }) => ((state.data?.removals.length ?? 0) > 0 ? 1000 : false),
});

/** What the sign-in says of a tenant, before any credential is sent. */
export const discoveryQuery = (tenant: string) =>
  queryOptions({
    queryKey: ['discovery', tenant],
    queryFn: ({ signal }) => api.get<TenantDiscovery>(`${root}/discovery`, { query: { tenant }, signal }),
    staleTime: 300_000,
    retry: false,
  });

export async function addTenant(values: NewTenant): Promise<Tenant> {
  const tenant = await api.post<Tenant>(root, values);
  await refresh();
  return tenant;
}

export async function saveTenant(
  name: string,
  change: TenantChange,
  version: number | undefined,
): Promise<ChangedTenant> {
  const { cancelledJobRunId, ...tenant } = await api.put<ChangedTenant>(pathOf(name), change, { version });
  queryClient.setQueryData(tenantQuery(name).queryKey, tenant);
  await refresh();
  return { ...tenant, cancelledJobRunId };
}

/** Perform a full scan on next run, or not. */
export async function setFullScan(name: string, isWanted: boolean): Promise<FullScan> {
  const fullScan = await api.put<FullScan>(`${pathOf(name)}/full-scan`, { isWanted });
  await refresh();
  return fullScan;
}

/** Has a tenant run or rest, whatever else of it is. */
export async function switchTenant(name: string, isEnabled: boolean): Promise<ChangedTenant> {
  const { profile, floorSeconds, ceilingSeconds, version } = await api.get<Tenant>(pathOf(name));
  const change = { profileId: profile?.profileId ?? 0, isEnabled, floorSeconds, ceilingSeconds };
  return await saveTenant(name, change, version);
}

/** Tries out what is typed, or a tenant that is there. Nothing is stored. */
export async function testTenant(values: TenantTest): Promise<CheckReport> {
  return await api.post<CheckReport>(`${root}/test`, values);
}

export async function testNamedTenant(name: string, profileId?: number): Promise<CheckReport> {
  return await api.post<CheckReport>(`${pathOf(name)}/test`, profileId === undefined ? {} : { profileId });
}

/** Begins a run of the job of a tenant; gives its number. */
export async function syncNow(jobIdentifier: string): Promise<number> {
  const path = `/api/jobs/${encodeURIComponent(jobIdentifier)}/runs`;
  const { jobRunId } = await api.post<{ jobRunId: number }>(path, {});
  await refresh();
  return jobRunId;
}

export async function deleteTenant(
  name: string,
  data: 'keep' | 'purge',
  typedName: string,
  version: number,
): Promise<void> {
  await api.delete(pathOf(name), { name: typedName }, { version, query: { data } });
  queryClient.removeQueries({ queryKey: tenantQuery(name).queryKey });
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: ['integrations', 'list'] }),
    queryClient.invalidateQueries({ queryKey: ['integrations', 'overview'] }),
    queryClient.invalidateQueries({ queryKey: ['integrations', 'removals'] }),
  ]);
}

async function refresh(): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: ['integrations'] });
}
