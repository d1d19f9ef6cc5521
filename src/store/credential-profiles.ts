/** Credential profiles: their names and types, what uses them, and how soon their credentials end. */
import type { ISql, Sql, TransactionSql } from 'postgres';
import type { CredentialType, ProfileOrder } from '../model/credential-profile.ts';

export type CredentialProfile = Readonly<{
  profileId: number;
  name: string;
  description: string;
  type: CredentialType;
  /** The application (client) id; null for the managed identity that the machine itself has. */
  clientId: string | null;
  /** Counts changes of the profile and of its credentials. */
  version: number;
  createdAt: Date;
  createdBy: string;
  changedAt: Date;
  changedBy: string;
}>;

export type ProfileSummary = CredentialProfile &
  Readonly<{
    credentialCount: number;
    /** When the first of its credentials ends; null where none has an end that is known. */
    expiresAt: Date | null;
    /** Names of the tenants that use it. */
    tenants: readonly string[];
    lastUsedAt: Date | null;
    lastTestedAt: Date | null;
    /** How the last test of any of its credentials ended. */
    lastTestOutcome: 'passed' | 'failed' | null;
  }>;

export type ProfileQuery = Readonly<{
  /** A text in the name, the description, the client id or a user name. */
  q?: string | undefined;
  type?: CredentialType | undefined;
  sort: ProfileOrder;
  isDescending: boolean;
  limit: number;
  offset: number;
}>;

/** A page of profiles, and how many there are on all. */
export async function readProfiles(
  sql: Sql,
  { q, type, sort, isDescending, limit, offset }: ProfileQuery,
): Promise<{ items: ProfileSummary[]; total: number }> {
  const matching = sql`(${summaries(sql)}) as summary where ${matches(sql, { q, type })}`;
  const order: Readonly<Record<ProfileOrder, ReturnType<ISql>>> = {
    name: sql`lower(name)`,
    type: sql`type`,
    expiresAt: sql`expires_at`,
    lastUsedAt: sql`last_used_at`,
    lastTestedAt: sql`last_tested_at`,
    tenants: sql`jsonb_array_length(tenants)`,
  };
  const rows = await sql<(ProfileSummary & { total: number })[]>`
    select *, count(*) over ()::int as total
    from ${matching}
    order by ${order[sort]} ${isDescending ? sql`desc` : sql`asc`} nulls last, lower(name)
    limit ${limit} offset ${offset}`;
  const items = rows.map(({ total: _, ...summary }) => summary);
  if (rows[0] !== undefined || offset === 0) return { items, total: rows[0]?.total ?? 0 };
  // Behind the last page, too, a list has its number.
  const [row] = await sql<{ total: number }[]>`select count(*)::int as total from ${matching}`;
  return { items, total: row?.total ?? 0 };
}

/** The profile of this number with what a list shows of it. */
export async function readProfileSummary(sql: ISql, profileId: number): Promise<ProfileSummary | undefined> {
  const [summary] = await sql<ProfileSummary[]>`
    select * from (${summaries(sql)}) as summary where profile_id = ${profileId}`;
  return summary;
}

/** The profile of this number. */
export async function findProfile(sql: ISql, profileId: number): Promise<CredentialProfile | undefined> {
  const [profile] = await sql<CredentialProfile[]>`
    select ${columns(sql)} from credential_profile where credential_profile_id = ${profileId}`;
  return profile;
}

/** The profile of this number, which nobody else changes until the transaction ends. */
export async function lockProfile(
  sql: TransactionSql,
  profileId: number,
): Promise<CredentialProfile | undefined> {
  const [profile] = await sql<CredentialProfile[]>`
    select ${columns(sql)} from credential_profile where credential_profile_id = ${profileId} for update`;
  return profile;
}

/** What a choice among the profiles shows, by name. */
export async function readProfileNames(
  sql: ISql,
): Promise<Readonly<{ profileId: number; name: string; type: CredentialType }>[]> {
  return await sql<{ profileId: number; name: string; type: CredentialType }[]>`
    select credential_profile_id as profile_id, name, type from credential_profile order by lower(name)`;
}

export type NewProfile = Readonly<{
  name: string;
  description: string;
  type: CredentialType;
  clientId: string | null;
}>;

/** Adds a profile without credentials; undefined where there is one of this name. */
export async function createProfile(
  sql: TransactionSql,
  { name, description, type, clientId }: NewProfile,
  by: string,
): Promise<CredentialProfile | undefined> {
  const [created] = await sql<CredentialProfile[]>`
    insert into credential_profile (name, description, type, client_id, created_by, changed_by)
    values (${name}, ${description}, ${type}, ${clientId}, ${by}, ${by})
    on conflict (lower(name)) do nothing
    returning ${columns(sql)}`;
  return created;
}

/** Changes a profile; false where another one has the name. */
export async function updateProfile(
  sql: TransactionSql,
  profileId: number,
  { name, description, clientId }: Omit<NewProfile, 'type'>,
  by: string,
): Promise<boolean> {
  const [taken] = await sql`
    select from credential_profile
    where lower(name) = lower(${name}) and credential_profile_id <> ${profileId}`;
  if (taken) return false;
  await sql`
    update credential_profile set name = ${name}, description = ${description}, client_id = ${clientId}
    where credential_profile_id = ${profileId}`;
  await markProfileChanged(sql, profileId, by);
  return true;
}

/** Counts a change of the profile, or of what belongs to it. */
export async function markProfileChanged(sql: ISql, profileId: number, by: string): Promise<void> {
  await sql`
    update credential_profile set version = version + 1, changed_at = now(), changed_by = ${by}
    where credential_profile_id = ${profileId}`;
}

/** Deletes a profile with its credentials. Nothing may use it any more. */
export async function deleteProfile(sql: TransactionSql, profileId: number): Promise<void> {
  await sql`delete from credential_profile where credential_profile_id = ${profileId}`;
}

export type ExpiringCredential = Readonly<{
  profileId: number;
  profileName: string;
  type: CredentialType;
  credentialId: number;
  label: string;
  expiresAt: Date;
  /** Names of the tenants that use the profile. */
  tenants: readonly string[];
}>;

/** Credentials that end within so many days after `now`, or have ended, the soonest first. */
export async function expiringProfiles(sql: ISql, now: Date, days: number): Promise<ExpiringCredential[]> {
  return await sql<ExpiringCredential[]>`
    select credential_profile_id as profile_id, profile.name as profile_name, profile.type, credential_id, label, expires_at,
      ${tenantNames(sql)} as tenants
    from credential
    join credential_profile as profile using (credential_profile_id)
    where expires_at < ${now}::timestamptz + make_interval(days => ${days})
    order by expires_at, credential_id`;
}

function matches(sql: ISql, { q, type }: Pick<ProfileQuery, 'q' | 'type'>) {
  const has = (column: ReturnType<ISql>) => sql`position(lower(${q ?? ''}) in lower(${column})) > 0`;
  const isFound = sql`(${has(sql`name`)} or ${has(sql`description`)} or coalesce(${has(sql`client_id`)}, false)
    or exists (select from credential where credential_profile_id = profile_id and ${has(sql`user_name`)}))`;
  return sql`${q ? isFound : sql`true`} and ${type === undefined ? sql`true` : sql`type = ${type}`}`;
}

function columns(sql: ISql) {
  return sql`credential_profile_id as profile_id, name, description, type, client_id, version, created_at, created_by, changed_at,
    changed_by`;
}

/** Every profile with what a list shows of it. */
function summaries(sql: ISql) {
  return sql`
    select ${columns(sql)}, coalesce(credential_count, 0) as credential_count, expires_at, last_used_at,
      ${tenantNames(sql)} as tenants, last_tested_at, last_test_outcome
    from credential_profile as profile
    left join (
      select credential_profile_id, count(*)::int as credential_count, min(expires_at) as expires_at,
        max(last_used_at) as last_used_at, max(last_tested_at) as last_tested_at,
        (array_agg(last_test_outcome order by last_tested_at desc nulls last))[1] as last_test_outcome
      from credential
      group by credential_profile_id
    ) as own using (credential_profile_id)`;
}

function tenantNames(sql: ISql) {
  return sql`(
    select coalesce(jsonb_agg(tenant.name order by lower(tenant.name)), '[]')
    from tenant where tenant.credential_profile_id = profile.credential_profile_id)`;
}
