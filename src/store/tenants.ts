/** Tenants that were added in the console: what each row says, and changing it with the version that was seen. */
import type { ISql, JSONValue, TransactionSql } from 'postgres';
import type { TenantCloud, TenantEndpoints } from '../model/tenant.ts';

export type StoredTenant = Readonly<{
  /** Of the connection and of its job. */
  name: string;
  /** As it was typed, in small letters. */
  tenant: string;
  cloud: TenantCloud;
  /** What the sign-in named; null where it could not be asked. */
  entraTenantId: string | null;
  endpoints: TenantEndpoints | null;
  profile: Readonly<{ profileId: number; name: string }>;
  isEnabled: boolean;
  floorSeconds: number;
  ceilingSeconds: number;
  /** As the section `EntityTypes` of the settings file; null for the usual ones. */
  entityTypes: JSONValue;
  /** As the section `Guards` of the settings file; null for the usual ones. */
  guards: JSONValue;
  version: number;
  createdAt: Date;
  createdBy: string;
  changedAt: Date;
  changedBy: string;
}>;

export type NewTenant = Readonly<{
  name: string;
  tenant: string;
  cloud: TenantCloud;
  entraTenantId: string | null;
  endpoints: TenantEndpoints | null;
  profileId: number;
  isEnabled: boolean;
  floorSeconds: number;
  ceilingSeconds: number;
  createdBy: string;
}>;

/** What may be changed of a tenant once it is there. */
export type TenantChange = Readonly<{
  profileId: number;
  isEnabled: boolean;
  floorSeconds: number;
  ceilingSeconds: number;
  changedBy: string;
}>;

export type TenantUpdate =
  | Readonly<{ kind: 'updated'; tenant: StoredTenant }>
  /** Somebody else has changed it since; this is what it is now. */
  | Readonly<{ kind: 'stale'; tenant: StoredTenant }>
  | Readonly<{ kind: 'unknown' }>;

/** The tenant of this name, in any case. */
export async function readTenant(sql: ISql, name: string): Promise<StoredTenant | undefined> {
  const [tenant] = await selectTenants(sql, sql`lower(tenant.name) = lower(${name})`);
  return tenant;
}

/** All tenants, by name. */
export async function readTenants(sql: ISql): Promise<StoredTenant[]> {
  return await selectTenants(sql, sql`true`);
}

/** The tenant that has this id in Microsoft Entra already, under whatever name. */
export async function findTenantById(sql: ISql, entraTenantId: string): Promise<StoredTenant | undefined> {
  const [tenant] = await selectTenants(
    sql,
    sql`(tenant.entra_tenant_id = ${entraTenantId} or tenant.tenant = ${entraTenantId})`,
  );
  return tenant;
}

/** Adds a tenant; undefined where there is one of the name. */
export async function createTenant(
  sql: TransactionSql,
  tenant: NewTenant,
): Promise<StoredTenant | undefined> {
  const { endpoints } = tenant;
  const added = await sql`
    insert into tenant (name, tenant, cloud, entra_tenant_id, endpoints, credential_profile_id, is_enabled,
      floor_seconds, ceiling_seconds, created_by, changed_by)
    values (${tenant.name}, ${tenant.tenant}, ${tenant.cloud}, ${tenant.entraTenantId},
      ${endpoints === null ? null : sql.json(endpoints)}, ${tenant.profileId}, ${tenant.isEnabled},
      ${tenant.floorSeconds}, ${tenant.ceilingSeconds}, ${tenant.createdBy}, ${tenant.createdBy})
    on conflict do nothing`;
  return added.count === 1 ? await readTenant(sql, tenant.name) : undefined;
}

/** Changes a tenant, if it still has the version that was seen. */
export async function updateTenant(
  sql: TransactionSql,
  name: string,
  version: number,
  change: TenantChange,
): Promise<TenantUpdate> {
  const { profileId, isEnabled, floorSeconds, ceilingSeconds, changedBy } = change;
  const updated = await sql`
    update tenant
    set credential_profile_id = ${profileId}, is_enabled = ${isEnabled}, floor_seconds = ${floorSeconds},
        ceiling_seconds = ${ceilingSeconds}, version = version + 1, changed_at = now(), changed_by = ${changedBy}
    where lower(name) = lower(${name}) and version = ${version}`;
  return await outcomeOf(sql, name, updated.count === 1);
}

/**
 * The same of what is exported: a section as `EntityTypes` of the settings file, which the caller has checked, or null for the
 * usual ones. Running workers use it from their next run on.
 */
export async function updateTenantEntityTypes(
  sql: TransactionSql,
  name: string,
  version: number,
  entityTypes: JSONValue,
  changedBy: string,
): Promise<TenantUpdate> {
  const updated = await sql`
    update tenant
    set entity_types = ${entityTypes === null ? null : sql.json(entityTypes)}, version = version + 1, changed_at = now(),
        changed_by = ${changedBy}
    where lower(name) = lower(${name}) and version = ${version}`;
  return await outcomeOf(sql, name, updated.count === 1);
}

/** Deletes the row of a tenant that still has the version that was seen; what was read of the tenant stays. */
export async function deleteTenant(sql: TransactionSql, name: string, version: number): Promise<boolean> {
  const deleted = await sql`
    delete from tenant where lower(name) = lower(${name}) and version = ${version}`;
  return deleted.count === 1;
}

async function outcomeOf(sql: TransactionSql, name: string, isUpdated: boolean): Promise<TenantUpdate> {
  const tenant = await readTenant(sql, name);
  if (!tenant) return { kind: 'unknown' };
  return { kind: isUpdated ? 'updated' : 'stale', tenant };
}

async function selectTenants(sql: ISql, condition: ReturnType<ISql>): Promise<StoredTenant[]> {
  return await sql<StoredTenant[]>`
    select tenant.name, tenant.tenant, cloud, entra_tenant_id, endpoints,
      jsonb_build_object('profileId', credential_profile_id, 'name', credential_profile.name) as profile, is_enabled,
      floor_seconds, ceiling_seconds, entity_types, guards, tenant.version, tenant.created_at, tenant.created_by,
      tenant.changed_at, tenant.changed_by
    from tenant join credential_profile using (credential_profile_id)
    where ${condition} order by lower(tenant.name)`;
}
