/** Tenants as lists and pages show them: those of the console and the connections of the settings file, each with how its last synchronization went. */
import type { ISql, Sql } from 'postgres';
import type { RunState } from '../model/job.ts';
import type { ListPage, PageWindow } from './job-lists.ts';

/** A connection of the settings file, as far as it is shown. */
export type ConfiguredConnection = Readonly<{
  name: string;
  tenant: string;
  /** Null where its addresses are written out. */
  cloud: string | null;
  /** The entry of `CredentialProfiles` that it names; null where it has a key of its own. */
  profileName: string | null;
}>;

export type SyncState = RunState | 'interrupted';

export type TenantOverview = Readonly<{
  name: string;
  origin: 'console' | 'settings';
  tenant: string;
  cloud: string;
  isEnabled: boolean;
  profileId: number | null;
  profileName: string | null;
  lastSyncStart: Date | null;
  lastSyncStatus: SyncState | null;
  lastSyncMessage: string | null;
  lastSyncEnd: Date | null;
  nextRunAt: Date | null;
  objects: number;
  isFullScanNext: boolean;
  jobIdentifier: string | null;
  runningJobRunId: number | null;
}>;

export const tenantOrders = [
  'name',
  'enabled',
  'profile',
  'cloud',
  'lastSyncStart',
  'lastSyncStatus',
  'nextRunAt',
  'objects',
] as const;
export type TenantOrder = (typeof tenantOrders)[number];

export type TenantSelection = PageWindow &
  Readonly<{
    /** Plain text in the name, the tenant or the profile, in any case. */
    search?: string | undefined;
    /** `never` stands for those that were never synchronized. */
    status?: SyncState | 'never' | undefined;
    isEnabled?: boolean | undefined;
    orderBy: TenantOrder;
    isDescending: boolean;
  }>;

/** Those that match. What has no value in the order comes last, whatever the direction. */
export async function readTenantPage(
  sql: Sql,
  configured: readonly ConfiguredConnection[],
  { search, status, isEnabled, orderBy, isDescending, page, pageSize }: TenantSelection,
): Promise<ListPage<TenantOverview>> {
  const keys: Readonly<Record<TenantOrder, ReturnType<ISql>>> = {
    name: sql`lower(name)`,
    enabled: sql`is_enabled`,
    profile: sql`lower(profile_name)`,
    cloud: sql`cloud`,
    lastSyncStart: sql`last_sync_start`,
    lastSyncStatus: sql`last_sync_status`,
    nextRunAt: sql`next_run_at`,
    objects: sql`objects`,
  };
  const has = (column: ReturnType<ISql>) =>
    search === undefined ? sql`true` : sql`coalesce(strpos(lower(${column}), lower(${search})) > 0, false)`;
  const matching = sql`
    (${has(sql`name`)} or ${has(sql`tenant`)} or ${has(sql`profile_name`)})
    and ${status === undefined ? sql`true` : sql`coalesce(last_sync_status, 'never') = ${status}`}
    and ${isEnabled === undefined ? sql`true` : sql`is_enabled = ${isEnabled}`}`;
  const direction = isDescending ? sql`desc nulls last` : sql`asc nulls last`;
  const rows = await sql<(TenantOverview & { total: number })[]>`
    with overview as (${overviewsOf(sql, configured, sql`true`)}), matching as (select * from overview where ${matching})
    select page.*, counted.total
    from (select count(*)::int as total from matching) as counted
      left join (
        select * from matching order by ${keys[orderBy]} ${direction}, lower(name)
        limit ${pageSize} offset ${(page - 1) * pageSize}) as page on true
    order by ${keys[orderBy]} ${direction}, lower(name)`;
  const total = rows[0]?.total ?? 0;
  const items = rows.flatMap(({ total: _, ...row }) => (row.name === null ? [] : [row]));
  return { items, total, isTotalExact: true };
}

/** All of them, by name. */
export async function readTenantOverviews(
  sql: ISql,
  configured: readonly ConfiguredConnection[],
): Promise<TenantOverview[]> {
  return await sql<TenantOverview[]>`
    select * from (${overviewsOf(sql, configured, sql`true`)}) as overview order by lower(name)`;
}

/** The one of this name, in any case. */
export async function findTenantOverview(
  sql: ISql,
  configured: readonly ConfiguredConnection[],
  name: string,
): Promise<TenantOverview | undefined> {
  const [overview] = await sql<TenantOverview[]>`
    ${overviewsOf(sql, configured, sql`lower(named.name) = lower(${name})`)}`;
  return overview;
}

/**
 * The last synchronization is the last run of the job, which may have failed before it came to the tenant; or a run that a command or
 * another job made after it.
 */
function overviewsOf(
  sql: ISql,
  configured: readonly ConfiguredConnection[],
  condition: ReturnType<ISql>,
): ReturnType<ISql> {
  return sql`
    select named.*, job.identifier as job_identifier, case when job.is_enabled then job.next_run_at end as next_run_at,
      case when launched.state in ('queued', 'running') then launched.job_run_id end as running_job_run_id,
      coalesce(stored.objects, 0)::float8 as objects, coalesce(stored.is_full_next, true) as is_full_scan_next,
      last.started_at as last_sync_start, last.state as last_sync_status, last.message as last_sync_message,
      last.ended_at as last_sync_end
    from (
      select tenant.name, 'console' as origin, tenant.tenant, cloud::text, is_enabled, credential_profile_id as profile_id,
        credential_profile.name as profile_name
      from tenant join credential_profile using (credential_profile_id)
      union all
      select name, 'settings', tenant, coalesce(cloud, 'Custom'), true, null, "profileName"
      from jsonb_to_recordset(${JSON.stringify(configured)}::text::jsonb)
        as written (name text, tenant text, cloud text, "profileName" text)
      where not exists (select from tenant where lower(tenant.name) = lower(written.name))
        -- Not every simulated tenant that can be reached is followed under its own name.
        and (cloud is distinct from 'Simulated' or exists (select from job where lower(identifier) = lower(written.name)))
    ) as named
    left join job on lower(job.identifier) = lower(named.name)
    left join lateral (
      select job_run_id, state::text, coalesce(started_at, queued_at) as started_at, ended_at, message
      from job_run where job_run.job_id = job.job_id order by job_run_id desc limit 1) as launched on true
    left join connection on lower(connection.name) = lower(named.name)
    left join lateral (
      select state::text, started_at, ended_at, message
      from run where run.connection_id = connection.connection_id and kind <> 'verify' order by run_id desc limit 1) as ran on true
    left join lateral (
      select sum(resource_count) as objects, bool_and(cookie is null) or bool_or(full_reason is not null) as is_full_next
      from entity_type where entity_type.connection_id = connection.connection_id) as stored on true
    left join lateral (
      select launched.state, launched.started_at, launched.ended_at, launched.message
      where launched.job_run_id is not null and (ran.started_at is null or launched.ended_at is null or ran.started_at <= launched.ended_at)
      union all
      select ran.state, ran.started_at, ran.ended_at, ran.message
      where ran.started_at is not null and (launched.job_run_id is null or ran.started_at > launched.ended_at)) as last on true
    where ${condition}`;
}
