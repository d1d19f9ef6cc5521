/** Integrations: what is connected, by type, and how it is. */
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { readProfileNames } from '../../store/credential-profiles.ts';
import { readTenantOverviews, type TenantOverview } from '../../store/tenant-overviews.ts';
import { needs } from '../authentication.ts';
import { isGranted } from '../permissions.ts';
import type { ApiEnv } from '../request.ts';
import { integrationsSchema } from '../schemas/tenants.ts';
import { ok, problems, textOrNull } from './route-parts.ts';
import { type TenantRoutes, tenantTags } from './tenant-parts.ts';

export function addIntegrationRoutes(app: OpenAPIHono<ApiEnv>, { sql, door }: TenantRoutes): void {
  const overview = createRoute({
    ...needs(sql, '/Syncline/Integrations/Query'),
    method: 'get',
    path: '/api/integrations',
    tags: tenantTags,
    summary: 'Get what is connected, and how it is',
    responses: { 200: ok('The types of integrations with their items.', integrationsSchema), ...problems() },
  });
  app.openapi(overview, async (c) => {
    const maySeeProfiles = isGranted(c.get('caller').permissions, '/Syncline/CredentialProfiles/Query');
    const [tenants, profiles] = await Promise.all([
      readTenantOverviews(sql, door.readConfigured()),
      maySeeProfiles ? readProfileNames(sql) : [],
    ]);
    const types = [
      {
        type: 'entra-id' as const,
        count: tenants.length,
        unhealthy: tenants.filter(isUnhealthy).length,
        lastEventAt: textOrNull(latest(tenants.map((tenant) => tenant.lastSyncEnd ?? tenant.lastSyncStart))),
      },
      { type: 'credential-profile' as const, count: profiles.length, unhealthy: 0, lastEventAt: null },
    ];
    return c.json(
      {
        types: maySeeProfiles ? types : types.slice(0, 1),
        tenants: tenants.map(({ name, lastSyncStatus, isEnabled }) => ({
          name,
          status: lastSyncStatus,
          isEnabled,
        })),
        profiles: profiles.map(({ profileId, name }) => ({ profileId, name })),
      },
      200,
    );
  });
}

function isUnhealthy({ isEnabled, lastSyncStatus }: TenantOverview): boolean {
  return isEnabled && ['failed', 'blocked', 'interrupted'].includes(lastSyncStatus ?? '');
}

function latest(dates: readonly (Date | null)[]): Date | null {
  return dates.reduce((last, date) => (date !== null && (last === null || date > last) ? date : last), null);
}
