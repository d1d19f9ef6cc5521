/** What is done with tenants besides keeping them: finding out about one, trying one out, and deleting one. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { readTenantName, tenantClouds } from '../../model/tenant.ts';
import { findProfile } from '../../store/credential-profiles.ts';
import { dropTenantJob } from '../../store/tenant-jobs.ts';
import { findTenantOverview } from '../../store/tenant-overviews.ts';
import { readRemovalImpact, readRemovals, requestRemoval } from '../../store/tenant-removal.ts';
import { deleteTenant, readTenant } from '../../store/tenants.ts';
import { transact } from '../../store/transaction.ts';
import { needs } from '../authentication.ts';
import { ifMatchHeader, refuseChanged, requireVersion } from '../etag.ts';
import { Refusal } from '../problem.ts';
import { type ApiContext, type ApiEnv, actorOf } from '../request.ts';
import { checkReportSchema } from '../schemas/checks.ts';
import {
  cloudsSchema,
  discoverySchema,
  impactSchema,
  namedTestSchema,
  removalsSchema,
  type TenantDiscovery,
  tenantTestSchema,
} from '../schemas/tenants.ts';
import type { Discovery } from '../tenant-door.ts';
import { readPlace } from './new-tenants.ts';
import { audit, ok, problems, text } from './route-parts.ts';
import {
  refuseValue,
  requireOwnTenant,
  type TenantRoutes,
  tenantParams,
  tenantPath,
  tenantTags,
  unknownTenant,
} from './tenant-parts.ts';

export function addTenantActions(app: OpenAPIHono<ApiEnv>, routes: TenantRoutes): void {
  addDiscovery(app, routes);
  addTests(app, routes);
  addDeleting(app, routes);
}

/** Nobody waits longer while they fill a form in. */
const discoveryMs = 10_000;

function addDiscovery(app: OpenAPIHono<ApiEnv>, { sql, door }: TenantRoutes): void {
  const clouds = createRoute({
    ...needs(sql, '/Syncline/Integrations/Query'),
    method: 'get',
    path: `${tenantPath}/clouds`,
    tags: tenantTags,
    summary: 'List the clouds that a tenant may be in',
    responses: { 200: ok('The clouds.', cloudsSchema), ...problems() },
  });
  app.openapi(clouds, (c) => c.json({ clouds: [...door.readClouds()] }, 200));

  const discover = createRoute({
    ...needs(sql, '/Syncline/Integrations/Update'),
    method: 'get',
    path: `${tenantPath}/discovery`,
    tags: tenantTags,
    summary: 'Find out the id and the cloud of a tenant',
    request: {
      query: z.strictObject({
        tenant: z.string().min(1).max(300),
        cloud: z.enum(tenantClouds).optional(),
      }),
    },
    responses: { 200: ok('What the sign-in says.', discoverySchema), ...problems() },
  });
  app.openapi(discover, async (c) => {
    const { tenant: typed, cloud } = c.req.valid('query');
    const tenant = readTenantName(typed);
    if (tenant === undefined || cloud === 'Custom') {
      const [field, what] =
        tenant === undefined
          ? ['query.tenant', 'The tenant is neither a domain nor an id of one.']
          : ['query.cloud', 'Custom endpoints are tried out by a test.'];
      throw new Refusal('request-invalid', what, { field });
    }
    const signal = AbortSignal.any([c.req.raw.signal, AbortSignal.timeout(discoveryMs)]);
    return c.json(
      renderDiscovery(tenant, await door.discover({ tenant, cloud, endpoints: null }, signal)),
      200,
    );
  });

  const removals = createRoute({
    ...needs(sql, '/Syncline/Integrations/Query'),
    method: 'get',
    path: `${tenantPath}/removals`,
    tags: tenantTags,
    summary: 'List tenants whose data is being removed',
    responses: { 200: ok('What is being removed.', removalsSchema), ...problems() },
  });
  app.openapi(removals, async (c) => {
    const found = await readRemovals(sql);
    return c.json(
      {
        removals: found.map(({ connection: name, requestedAt, requestedBy, isWaiting, share }) => ({
          name,
          requestedAt: text(requestedAt),
          requestedBy,
          isWaiting,
          percent: Math.floor(share * 100),
        })),
      },
      200,
    );
  });
}

function renderDiscovery(tenant: string, found: Discovery): TenantDiscovery {
  if (found.kind !== 'found') {
    return { outcome: found.kind, tenantId: null, cloud: null, message: found.message };
  }
  const { tenantId, cloud } = found;
  const where = cloud === null ? '' : ` in the cloud ${cloud}`;
  const message = `${tenant} is the tenant ${tenantId ?? 'that was asked for'}${where}.`;
  return { outcome: 'found', tenantId, cloud, message };
}

function addTests(app: OpenAPIHono<ApiEnv>, routes: TenantRoutes): void {
  const { sql, door } = routes;
  const record = async (c: ApiContext, subject: string, isSuccessful: boolean) => {
    const outcome = isSuccessful ? 'done' : 'failed';
    await audit(c, sql, { action: 'tenant.test', subject, outcome, detail: {} });
  };
  const draft = createRoute({
    ...needs(sql, '/Syncline/Integrations/Update'),
    method: 'post',
    path: `${tenantPath}/test`,
    tags: tenantTags,
    summary: 'Try out a tenant that is not added yet',
    request: { body: { required: true, content: { 'application/json': { schema: tenantTestSchema } } } },
    responses: { 200: ok('What came of each step. Nothing is stored.', checkReportSchema), ...problems() },
  });
  app.openapi(draft, async (c) => {
    const wanted = c.req.valid('json');
    const place = readPlace(routes, wanted);
    if (!(await findProfile(sql, wanted.profileId))) {
      throw refuseValue('profileId', 'There is no such credential profile: choose one of the list.');
    }
    const report = await door.testPlace(place, wanted.profileId, c.req.raw.signal);
    await record(c, place.tenant, report.isSuccessful);
    return c.json(report, 200);
  });

  const named = createRoute({
    ...needs(sql, '/Syncline/Integrations/Update'),
    method: 'post',
    path: `${tenantPath}/{name}/test`,
    tags: tenantTags,
    summary: 'Try out a tenant, or what it would be with another profile',
    request: {
      params: tenantParams,
      body: { required: false, content: { 'application/json': { schema: namedTestSchema } } },
    },
    responses: { 200: ok('What came of each step.', checkReportSchema), ...problems(404) },
  });
  app.openapi(named, async (c) => {
    const overview = await findTenantOverview(sql, door.readConfigured(), c.req.valid('param').name);
    if (!overview) throw unknownTenant(c.req.valid('param').name);
    const { profileId } = c.req.valid('json');
    const tenant = profileId === undefined ? undefined : await readTenant(sql, overview.name);
    const report =
      profileId === undefined || tenant === undefined
        ? await door.testNamed(overview.name, c.req.raw.signal)
        : await door.testPlace(tenant, profileId, c.req.raw.signal);
    await record(c, overview.name, report.isSuccessful);
    return c.json(report, 200);
  });
}

function addDeleting(app: OpenAPIHono<ApiEnv>, routes: TenantRoutes): void {
  const { sql, door } = routes;
  const impact = createRoute({
    ...needs(sql, '/Syncline/Integrations/Update'),
    method: 'get',
    path: `${tenantPath}/{name}/impact`,
    tags: tenantTags,
    summary: 'Get what would be lost with a tenant',
    request: { params: tenantParams },
    responses: { 200: ok('What would be lost.', impactSchema), ...problems(404, 409) },
  });
  app.openapi(impact, async (c) => {
    const { name } = await requireOwnTenant(routes, c.req.valid('param').name);
    const [lost, overview] = await Promise.all([
      readRemovalImpact(sql, name),
      findTenantOverview(sql, door.readConfigured(), name),
    ]);
    const { jobIdentifier = null, runningJobRunId = null } = overview ?? {};
    return c.json({ ...lost, jobIdentifier, runningJobRunId }, 200);
  });

  const remove = createRoute({
    ...needs(sql, '/Syncline/Integrations/Update'),
    method: 'delete',
    path: `${tenantPath}/{name}`,
    tags: tenantTags,
    summary: 'Delete a tenant, with or without what was read of it',
    description:
      'Nothing is changed in Microsoft Entra. With purge, what was read goes out of sight at once, as soon as a run that is under way has ended, and is deleted in the background.',
    request: {
      params: tenantParams,
      headers: ifMatchHeader,
      query: z.strictObject({ data: z.enum(['keep', 'purge']) }),
      body: {
        required: true,
        content: {
          'application/json': {
            schema: z.strictObject({
              name: z.string().max(300).openapi({ description: 'The name once more, as it was typed.' }),
            }),
          },
        },
      },
    },
    responses: { 204: { description: 'It is deleted.' }, ...problems(404, 409, 412, 428) },
  });
  app.openapi(remove, async (c) => {
    const version = requireVersion(c);
    const { data } = c.req.valid('query');
    const { name } = await requireOwnTenant(routes, c.req.valid('param').name);
    if (c.req.valid('json').name.trim() !== name) {
      throw refuseValue('name', `That is not the name of the tenant: type ${name}.`);
    }
    const isInSettings = door.readConfigured().some((one) => one.name.toLowerCase() === name.toLowerCase());
    if (data === 'purge' && isInSettings) {
      throw new Refusal(
        'tenant-state',
        `The settings file has a connection ${name}, too, to which the data belongs: remove it there first, or keep the data.`,
      );
    }
    const actor = actorOf(c.get('caller'));
    await transact(sql, async (transaction) => {
      if (!(await deleteTenant(transaction, name, version))) {
        const now = await readTenant(transaction, name);
        throw now ? refuseChanged(`The tenant ${name}`, now) : unknownTenant(name);
      }
      const cancelled = await dropTenantJob(transaction, name);
      if (data === 'purge') await requestRemoval(transaction, name, actor);
      await audit(c, transaction, {
        action: 'tenant.delete',
        subject: name,
        outcome: 'done',
        detail: { data, ...(cancelled === undefined ? {} : { cancelledJobRunId: cancelled }) },
      });
    });
    door.onRemovalRequested();
    return c.body(null, 204);
  });
}
