/** Tenants: listing them beside the connections of the settings file, changing them, and asking for full scans. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { TransactionSql } from 'postgres';
import { requestFullScan, withdrawFullScan } from '../../store/full-scans.ts';
import { pauseTenantJob, recordTenantJob, resumeTenantJob } from '../../store/tenant-jobs.ts';
import { readTenantPage, tenantOrders } from '../../store/tenant-overviews.ts';
import { type StoredTenant, updateTenant } from '../../store/tenants.ts';
import { transact } from '../../store/transaction.ts';
import { needs } from '../authentication.ts';
import { etagOf, ifMatchHeader, refuseChanged, requireVersion } from '../etag.ts';
import { type ApiEnv, actorOf } from '../request.ts';
import { listQueryShape, orderOf } from '../schemas/list.ts';
import {
  changedTenantSchema,
  fullScanSchema,
  syncStates,
  tenantChangeSchema,
  tenantListSchema,
  tenantSchema,
} from '../schemas/tenants.ts';
import { audit, ok, problems } from './route-parts.ts';
import {
  readWholeTenant,
  refusePace,
  renderFullScan,
  renderSummary,
  requireOwnTenant,
  requireProfile,
  type TenantRoutes,
  tenantParams,
  tenantPath,
  tenantTags,
  unknownTenant,
} from './tenant-parts.ts';

type ChangingRoutes = TenantRoutes & Readonly<{ now: () => Date }>;

export function addTenantRoutes(app: OpenAPIHono<ApiEnv>, routes: ChangingRoutes): void {
  addReading(app, routes);
  addChanging(app, routes);
}

function addReading(app: OpenAPIHono<ApiEnv>, { sql, door }: TenantRoutes): void {
  const list = createRoute({
    ...needs(sql, '/Syncline/Integrations/Query'),
    method: 'get',
    path: tenantPath,
    tags: tenantTags,
    summary: 'List tenants',
    request: {
      query: z.strictObject({
        ...listQueryShape(tenantOrders, 'name'),
        status: z.enum([...syncStates, 'never']).optional(),
        enabled: z.enum(['true', 'false']).optional(),
      }),
    },
    responses: { 200: ok('A page of tenants.', tenantListSchema), ...problems() },
  });
  app.openapi(list, async (c) => {
    const { page, pageSize, q, sort, status, enabled } = c.req.valid('query');
    const selection = {
      page,
      pageSize,
      search: q || undefined,
      status,
      isEnabled: enabled === undefined ? undefined : enabled === 'true',
      ...orderOf(sort),
    };
    const { items, ...counted } = await readTenantPage(sql, door.readConfigured(), selection);
    return c.json({ items: items.map(renderSummary), page, pageSize, ...counted }, 200);
  });

  const one = createRoute({
    ...needs(sql, '/Syncline/Integrations/Query'),
    method: 'get',
    path: `${tenantPath}/{name}`,
    tags: tenantTags,
    summary: 'Get a tenant',
    request: { params: tenantParams },
    responses: { 200: ok('The tenant.', tenantSchema), ...problems(404) },
  });
  app.openapi(one, async (c) => {
    const tenant = await readWholeTenant(sql, door, c.req.valid('param').name);
    return c.json(tenant, 200, { ETag: etagOf(tenant.version) });
  });
}

function addChanging(app: OpenAPIHono<ApiEnv>, routes: ChangingRoutes): void {
  const { sql, door } = routes;
  const change = createRoute({
    ...needs(sql, '/Syncline/Integrations/Update'),
    method: 'put',
    path: `${tenantPath}/{name}`,
    tags: tenantTags,
    summary: 'Change a tenant',
    request: {
      params: tenantParams,
      headers: ifMatchHeader,
      body: { required: true, content: { 'application/json': { schema: tenantChangeSchema } } },
    },
    responses: { 200: ok('The tenant as it is now.', changedTenantSchema), ...problems(404, 409, 412, 428) },
  });
  app.openapi(change, async (c) => {
    const version = requireVersion(c);
    const { isFullScanWanted, ...wanted } = c.req.valid('json');
    if (wanted.floorSeconds > wanted.ceilingSeconds) throw refusePace();
    const before = await requireOwnTenant(routes, c.req.valid('param').name);
    const { name } = before;
    const changedBy = actorOf(c.get('caller'));
    const cancelledJobRunId = await transact(sql, async (transaction) => {
      await requireProfile(transaction, wanted.profileId);
      const outcome = await updateTenant(transaction, name, version, { ...wanted, changedBy });
      if (outcome.kind === 'unknown') throw unknownTenant(name);
      if (outcome.kind === 'stale') throw refuseChanged(`The tenant ${name}`, outcome.tenant);
      const cancelled = await followChange(transaction, routes, before, outcome.tenant);
      if (isFullScanWanted !== undefined) await setFullScan(transaction, name, isFullScanWanted, changedBy);
      await audit(c, transaction, {
        action: 'tenant.update',
        subject: name,
        outcome: 'done',
        detail: {
          ...differences(before, outcome.tenant),
          ...(isFullScanWanted === undefined ? {} : { isFullScanWanted }),
          ...(cancelled === undefined ? {} : { cancelledJobRunId: cancelled }),
        },
      });
      return cancelled ?? null;
    });
    const tenant = await readWholeTenant(sql, door, name);
    return c.json({ ...tenant, cancelledJobRunId }, 200, { ETag: etagOf(tenant.version) });
  });

  const fullScan = createRoute({
    ...needs(sql, '/Syncline/Integrations/Update'),
    method: 'put',
    path: `${tenantPath}/{name}/full-scan`,
    tags: tenantTags,
    summary: 'Perform a full scan on next run, or not',
    request: {
      params: tenantParams,
      body: {
        required: true,
        content: { 'application/json': { schema: z.strictObject({ isWanted: z.boolean() }) } },
      },
    },
    responses: { 200: ok('What the next run reads.', fullScanSchema), ...problems(404) },
  });
  app.openapi(fullScan, async (c) => {
    const { isWanted } = c.req.valid('json');
    const { name } = await readWholeTenant(sql, door, c.req.valid('param').name);
    await transact(sql, async (transaction) => {
      await setFullScan(transaction, name, isWanted, actorOf(c.get('caller')));
      await audit(c, transaction, {
        action: 'tenant.full-scan',
        subject: name,
        outcome: 'done',
        detail: { isWanted },
      });
    });
    return c.json(await renderFullScan(sql, name), 200);
  });
}

/** Has the job of a tenant be what the tenant is by now. Gives the run that is ended by it. */
async function followChange(
  transaction: TransactionSql,
  { now }: ChangingRoutes,
  before: StoredTenant,
  { name, isEnabled, floorSeconds, ceilingSeconds, profile }: StoredTenant,
): Promise<number | undefined> {
  await recordTenantJob(transaction, name, { floorSeconds, ceilingSeconds }, now());
  if (!isEnabled) return await pauseTenantJob(transaction, name);
  // With other credentials one wants to know at once how it goes.
  const isAtOnce = !before.isEnabled || before.profile.profileId !== profile.profileId;
  if (isAtOnce) await resumeTenantJob(transaction, name, now());
  return undefined;
}

async function setFullScan(
  transaction: TransactionSql,
  name: string,
  isWanted: boolean,
  by: string,
): Promise<void> {
  await (isWanted ? requestFullScan(transaction, name, by) : withdrawFullScan(transaction, name));
}

/** What was changed, for the audit. */
function differences(before: StoredTenant, after: StoredTenant): Record<string, string | number | boolean> {
  const shown = ({ profile, isEnabled, floorSeconds, ceilingSeconds }: StoredTenant) => ({
    profile: profile.name,
    isEnabled,
    floorSeconds,
    ceilingSeconds,
  });
  const old = shown(before);
  return Object.fromEntries(
    Object.entries(shown(after)).filter(([name, value]) => old[name as keyof typeof old] !== value),
  );
}
