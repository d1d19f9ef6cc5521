/** What the routes of tenants have in common: finding one, rendering it, and the refusals. */
import { z } from '@hono/zod-openapi';
import type { ISql, Sql, TransactionSql } from 'postgres';
import { readConnectionOverviews } from '../../store/connection-overview.ts';
import { findProfile } from '../../store/credential-profiles.ts';
import { readFullScan } from '../../store/full-scans.ts';
import { findTenantOverview, type TenantOverview } from '../../store/tenant-overviews.ts';
import { readTenant, type StoredTenant } from '../../store/tenants.ts';
import { Refusal } from '../problem.ts';
import type { FullScan, Tenant, TenantSummary } from '../schemas/tenants.ts';
import type { TenantDoor } from '../tenant-door.ts';
import { nameInPath, text, textOrNull } from './route-parts.ts';

export const tenantTags = ['Tenants'];
export const tenantPath = '/api/integrations/entra-id';
export const tenantParams = z.object({ name: nameInPath('name', 'contoso.onmicrosoft.com') });

export type TenantRoutes = Readonly<{ sql: Sql; door: TenantDoor }>;

export function renderSummary({
  profileId,
  profileName,
  lastSyncStart,
  lastSyncEnd,
  nextRunAt,
  ...overview
}: TenantOverview): TenantSummary {
  return {
    ...overview,
    profile: profileName === null ? null : { profileId, name: profileName },
    lastSyncStart: textOrNull(lastSyncStart),
    lastSyncEnd: textOrNull(lastSyncEnd),
    nextRunAt: textOrNull(nextRunAt),
  };
}

/** A tenant with all that its page shows. Throws a `Refusal` where there is none of the name. */
export async function readWholeTenant(sql: Sql, door: TenantDoor, name: string): Promise<Tenant> {
  const overview = await findTenantOverview(sql, door.readConfigured(), name);
  if (!overview) throw unknownTenant(name);
  const [stored, [connection], fullScan] = await Promise.all([
    overview.origin === 'console' ? readTenant(sql, overview.name) : undefined,
    readConnectionOverviews(sql, overview.name),
    renderFullScan(sql, overview.name),
  ]);
  const readOnlyReason =
    overview.origin === 'console'
      ? null
      : 'It is a connection of the settings file, where it is changed and removed.';
  return {
    ...renderSummary(overview),
    fullScan,
    block: connection?.block
      ? {
          reasons: [...connection.block.reasons],
          blockedAt: new Date(connection.block.blockedAt).toISOString(),
        }
      : null,
    entityTypes: (connection?.entityTypes ?? []).map(({ readAt, ...entityType }) => ({
      ...entityType,
      readAt: readAt === null ? null : new Date(readAt).toISOString(),
    })),
    readOnlyReason,
    ...rowOf(stored),
  };
}

/** What only a tenant of the console has. */
function rowOf(stored: StoredTenant | undefined) {
  return {
    entraTenantId: stored?.entraTenantId ?? null,
    endpoints: stored?.endpoints ?? null,
    floorSeconds: stored?.floorSeconds ?? 0,
    ceilingSeconds: stored?.ceilingSeconds ?? 0,
    version: stored?.version ?? 0,
    createdAt: stored === undefined ? null : text(stored.createdAt),
    createdBy: stored?.createdBy ?? null,
    changedAt: stored === undefined ? null : text(stored.changedAt),
    changedBy: stored?.changedBy ?? null,
  };
}

export async function renderFullScan(sql: ISql, name: string): Promise<FullScan> {
  const { isNext, isNew, requested, reason } = await readFullScan(sql, name);
  return {
    isNext,
    isNew,
    requestedBy: requested?.by ?? null,
    requestedAt: textOrNull(requested?.at ?? null),
    reason,
  };
}

/** A tenant that can be changed here. Throws a `Refusal` for a connection of the settings file, and where there is none. */
export async function requireOwnTenant({ sql, door }: TenantRoutes, name: string): Promise<StoredTenant> {
  const tenant = await readTenant(sql, name);
  if (tenant) return tenant;
  if (door.readConfigured().some((one) => one.name.toLowerCase() === name.toLowerCase())) {
    throw new Refusal(
      'tenant-state',
      `${name} is a connection of the settings file: change or remove it there, in its section of Connections.`,
    );
  }
  throw unknownTenant(name);
}

export function unknownTenant(name: string): Refusal {
  return new Refusal('connection-unknown', `There is no tenant ${JSON.stringify(name)}.`);
}

/** The refusal of a value, with the field that it stands in. */
export function refuseValue(field: string, message: string): Refusal {
  return new Refusal('request-invalid', message, { field: `body.${field}` });
}

/** Throws a `Refusal` where there is no such profile. */
export async function requireProfile(transaction: TransactionSql, profileId: number): Promise<void> {
  if (await findProfile(transaction, profileId)) return;
  throw refuseValue(
    'profileId',
    'There is no such credential profile: choose one of the list, or create it.',
  );
}

export function refusePace(): Refusal {
  return refuseValue('floorSeconds', 'The shortest pause is longer than the longest one: make it shorter.');
}
