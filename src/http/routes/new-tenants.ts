/** Adding tenants: where one is, as it was typed and as its sign-in says, and the job that follows it from then on. */
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import type { TransactionSql } from 'postgres';
import type { Queue } from '../../jobs/queue.ts';
import { connectionNameOf, readTenantName, type TenantPlace } from '../../model/tenant.ts';
import { pauseTenantJob, recordTenantJob } from '../../store/tenant-jobs.ts';
import { isBeingRemoved } from '../../store/tenant-removal.ts';
import { createTenant, findTenantById, type StoredTenant } from '../../store/tenants.ts';
import { transact } from '../../store/transaction.ts';
import { needs } from '../authentication.ts';
import { etagOf } from '../etag.ts';
import { Refusal } from '../problem.ts';
import { type ApiEnv, actorOf } from '../request.ts';
import { newTenantSchema, tenantSchema } from '../schemas/tenants.ts';
import { audit, ok, problems } from './route-parts.ts';
import {
  readWholeTenant,
  refusePace,
  refuseValue,
  requireProfile,
  type TenantRoutes,
  tenantPath,
  tenantTags,
} from './tenant-parts.ts';

type AddingRoutes = TenantRoutes & Readonly<{ queue: Pick<Queue, 'enqueue'>; now: () => Date }>;

export function addNewTenants(app: OpenAPIHono<ApiEnv>, routes: AddingRoutes): void {
  const { sql, door } = routes;
  const add = createRoute({
    ...needs(sql, '/Syncline/Integrations/Update'),
    method: 'post',
    path: tenantPath,
    tags: tenantTags,
    summary: 'Add a tenant',
    request: { body: { required: true, content: { 'application/json': { schema: newTenantSchema } } } },
    responses: { 201: ok('The tenant; its first run is queued.', tenantSchema), ...problems(409) },
  });
  app.openapi(add, async (c) => {
    const wanted = c.req.valid('json');
    const place = readPlace(routes, wanted);
    if (wanted.floorSeconds > wanted.ceilingSeconds) throw refusePace();
    const name = connectionNameOf(place.tenant);
    if (door.readConfigured().some((one) => one.name.toLowerCase() === name)) {
      throw new Refusal('tenant-exists', `The settings file has a connection ${name} already.`);
    }
    const entraTenantId = await findTenantId(routes, place, c.req.raw.signal);
    const actor = actorOf(c.get('caller'));
    await transact(sql, async (transaction) => {
      if (await isBeingRemoved(transaction, name)) {
        throw new Refusal('tenant-state', `${name} is being removed: add it again when that is done.`);
      }
      await requireProfile(transaction, wanted.profileId);
      const same = entraTenantId === null ? undefined : await findTenantById(transaction, entraTenantId);
      if (same) throw alreadyThere(place.tenant, same);
      const { profileId, isEnabled, floorSeconds, ceilingSeconds } = wanted;
      const row = { name, ...place, entraTenantId, profileId, isEnabled, floorSeconds, ceilingSeconds };
      const tenant = await createTenant(transaction, { ...row, createdBy: actor });
      if (!tenant) throw new Refusal('tenant-exists', `The tenant ${name} is there already.`);
      await startFollowing(transaction, routes, tenant, actor);
      await audit(c, transaction, {
        action: 'tenant.create',
        subject: name,
        outcome: 'done',
        detail: { tenant: place.tenant, cloud: place.cloud, profile: tenant.profile.name, isEnabled },
      });
    });
    const created = await readWholeTenant(sql, door, name);
    return c.json(created, 201, {
      Location: `${tenantPath}/${encodeURIComponent(name)}`,
      ETag: etagOf(created.version),
    });
  });
}

/** The place of a body as it is kept. Throws a `Refusal` that names the field. */
export function readPlace(
  { door }: Pick<TenantRoutes, 'door'>,
  {
    tenant: typed,
    cloud,
    endpoints,
  }: Readonly<Omit<TenantPlace, 'endpoints'>> & {
    readonly endpoints?: NonNullable<TenantPlace['endpoints']> | undefined;
  },
): TenantPlace {
  const tenant = readTenantName(typed);
  if (tenant === undefined) {
    throw refuseValue(
      'tenant',
      `${JSON.stringify(typed)} is neither a domain nor the id of a tenant: write one such as contoso.onmicrosoft.com.`,
    );
  }
  if (cloud === 'Custom' && endpoints === undefined) {
    throw refuseValue(
      'endpoints',
      'Custom endpoints need the addresses of the sign-in and of Microsoft Graph.',
    );
  }
  if (cloud !== 'Custom' && endpoints !== undefined) {
    throw refuseValue('endpoints', `Addresses belong to the cloud Custom: leave them out for ${cloud}.`);
  }
  const place = { tenant, cloud, endpoints: endpoints ?? null };
  const mistake = door.checkPlace(place);
  if (mistake) throw refuseValue(mistake.field, mistake.message);
  return place;
}

/** Nobody waits longer for what may be left open. */
const discoveryMs = 10_000;

/**
 * The id of the tenant; null where the sign-in cannot be asked from here. A tenant and its cloud cannot be changed later, so that what is
 * known to be wrong is refused.
 */
export async function findTenantId(
  { door }: Pick<TenantRoutes, 'door'>,
  place: TenantPlace,
  signal: AbortSignal,
): Promise<string | null> {
  const found = await door.discover(place, AbortSignal.any([signal, AbortSignal.timeout(discoveryMs)]));
  if (found.kind === 'unknown') throw refuseValue('tenant', found.message);
  if (found.kind === 'unanswered') return null;
  const isElsewhere = found.cloud !== null && place.cloud !== 'Custom' && found.cloud !== place.cloud;
  if (isElsewhere) {
    throw refuseValue(
      'cloud',
      `The tenant ${place.tenant} is in the cloud ${found.cloud} and not in ${place.cloud}.`,
    );
  }
  return found.tenantId;
}

/** Makes the job of a new tenant. Its first run is queued at once, or it rests. */
export async function startFollowing(
  transaction: TransactionSql,
  { queue, now }: Pick<AddingRoutes, 'queue' | 'now'>,
  { name, isEnabled, floorSeconds, ceilingSeconds }: StoredTenant,
  actor: string,
): Promise<void> {
  // In case its run never comes to an end that would say when the next one is.
  const nextRunAt = new Date(now().getTime() + ceilingSeconds * 1000);
  const isMade = await recordTenantJob(transaction, name, { floorSeconds, ceilingSeconds }, nextRunAt);
  if (!isMade) {
    throw new Refusal(
      'tenant-exists',
      `There is a job ${name} already, which is not of this tenant: give that one another name.`,
    );
  }
  if (isEnabled)
    await queue.enqueue(transaction, { jobIdentifier: name, trigger: 'console', startedBy: actor });
  else await pauseTenantJob(transaction, name);
}

function alreadyThere(tenant: string, { name }: StoredTenant): Refusal {
  return new Refusal('tenant-exists', `${tenant} is the tenant ${name}, which is there already.`);
}
