/** Applications: the catalog, listing them, making one from a template, and changing what people say of it. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Sql, TransactionSql } from 'postgres';
import { nextRun, readSchedule } from '../../schedule/schedule.ts';
import {
  applicationOrders,
  createApplication,
  findUnknownOwners,
  readApplicationPage,
  type StoredApplication,
  updateApplication,
} from '../../store/applications.ts';
import { pauseMappingJobs, resumeMappingJobs } from '../../store/mapping-jobs.ts';
import { transact } from '../../store/transaction.ts';
import { needs } from '../authentication.ts';
import { etagOf, ifMatchHeader, refuseChanged, requireVersion } from '../etag.ts';
import { Refusal } from '../problem.ts';
import { type ApiEnv, actorOf } from '../request.ts';
import {
  applicationChangeSchema,
  applicationListSchema,
  applicationSchema,
  applicationTemplatesSchema,
  newApplicationSchema,
} from '../schemas/applications.ts';
import { listQueryShape, orderOf } from '../schemas/list.ts';
import {
  type ApplicationRoutes,
  applicationParams,
  applicationPath,
  applicationTags,
  readWholeApplication,
  renderSummaries,
  requireTemplate,
  unknownApplication,
} from './application-parts.ts';
import { audit, ok, problems } from './route-parts.ts';

const query = '/Syncline/Applications/Query';
const update = '/Syncline/Applications/Update';

export function addApplicationRoutes(app: OpenAPIHono<ApiEnv>, routes: ApplicationRoutes): void {
  addReading(app, routes);
  addMaking(app, routes);
  addChanging(app, routes);
}

function addReading(app: OpenAPIHono<ApiEnv>, routes: ApplicationRoutes): void {
  const { sql, door } = routes;
  const templates = createRoute({
    ...needs(sql, query),
    method: 'get',
    path: '/api/application-templates',
    tags: applicationTags,
    summary: 'List the catalog: what applications can be made from',
    responses: { 200: ok('The templates.', applicationTemplatesSchema), ...problems() },
  });
  app.openapi(templates, (c) => {
    return c.json({ items: door.templates.map(({ draftMapping: _, ...template }) => template) }, 200);
  });

  const list = createRoute({
    ...needs(sql, query),
    method: 'get',
    path: applicationPath,
    tags: applicationTags,
    summary: 'List applications',
    request: { query: z.strictObject(listQueryShape(applicationOrders, 'name')) },
    responses: { 200: ok('A page of applications.', applicationListSchema), ...problems() },
  });
  app.openapi(list, async (c) => {
    const { page, pageSize, q, sort } = c.req.valid('query');
    const selection = { page, pageSize, search: q || undefined, ...orderOf(sort) };
    const { items, ...counted } = await readApplicationPage(sql, selection);
    return c.json({ items: await renderSummaries(routes, items), page, pageSize, ...counted }, 200);
  });

  const one = createRoute({
    ...needs(sql, query),
    method: 'get',
    path: `${applicationPath}/{applicationId}`,
    tags: applicationTags,
    summary: 'Get an application',
    request: { params: applicationParams },
    responses: { 200: ok('The application.', applicationSchema), ...problems(404) },
  });
  app.openapi(one, async (c) => {
    const application = await readWholeApplication(routes, c.req.valid('param').applicationId);
    return c.json(application, 200, { ETag: etagOf(application.version) });
  });
}

function addMaking(app: OpenAPIHono<ApiEnv>, routes: ApplicationRoutes): void {
  const { sql, door } = routes;
  const create = createRoute({
    ...needs(sql, update),
    method: 'post',
    path: applicationPath,
    tags: applicationTags,
    summary: 'Make an application from a template',
    request: { body: { required: true, content: { 'application/json': { schema: newApplicationSchema } } } },
    responses: {
      201: ok('The application, which is not connected yet.', applicationSchema),
      ...problems(409),
    },
  });
  app.openapi(create, async (c) => {
    const wanted = c.req.valid('json');
    const template = requireTemplate(door, wanted.template).id;
    await requireOwners(sql, wanted.owners);
    const applicationId = await transact(sql, async (transaction) => {
      const createdBy = actorOf(c.get('caller'));
      const made = await createApplication(transaction, { ...wanted, template, createdBy });
      if (made === undefined) throw refuseTaken(wanted.name);
      await audit(c, transaction, {
        action: 'application.create',
        subject: wanted.name,
        outcome: 'done',
        detail: { template, isAuthoritative: wanted.isAuthoritative, owners: wanted.owners },
      });
      return made;
    });
    const application = await readWholeApplication(routes, applicationId);
    return c.json(application, 201, {
      Location: `${applicationPath}/${applicationId}`,
      ETag: etagOf(application.version),
    });
  });
}

function addChanging(app: OpenAPIHono<ApiEnv>, routes: ApplicationRoutes): void {
  const { sql } = routes;
  const change = createRoute({
    ...needs(sql, update),
    method: 'put',
    path: `${applicationPath}/{applicationId}`,
    tags: applicationTags,
    summary: 'Change what an application is called, who owns it, and whether it is active',
    description:
      'Jobs of the mappings of an application that is not active rest, and their runs are ended. What a person had switched off stays so when it is active again.',
    request: {
      params: applicationParams,
      headers: ifMatchHeader,
      body: { required: true, content: { 'application/json': { schema: applicationChangeSchema } } },
    },
    responses: {
      200: ok('The application as it is now.', applicationSchema),
      ...problems(404, 409, 412, 428),
    },
  });
  app.openapi(change, async (c) => {
    const version = requireVersion(c);
    const { applicationId } = c.req.valid('param');
    const wanted = c.req.valid('json');
    const before = await readWholeApplication(routes, applicationId);
    const known = before.owners.map(({ key }) => key);
    await requireOwners(
      sql,
      wanted.owners.filter((key) => !known.includes(key)),
    );
    const changedBy = actorOf(c.get('caller'));
    await transact(sql, async (transaction) => {
      const outcome = await updateApplication(transaction, applicationId, version, { ...wanted, changedBy });
      if (outcome.kind === 'unknown') throw unknownApplication(applicationId);
      if (outcome.kind === 'name-taken') throw refuseTaken(wanted.name);
      if (outcome.kind === 'stale')
        throw refuseChanged(`The application ${before.name}`, outcome.application);
      const cancelledJobRunIds = await followActivity(transaction, routes, before, outcome.application);
      await audit(c, transaction, {
        action: 'application.update',
        subject: wanted.name,
        outcome: 'done',
        detail: {
          ...(before.name === wanted.name ? {} : { before: before.name }),
          isEnabled: wanted.isEnabled,
          isAuthoritative: wanted.isAuthoritative,
          owners: wanted.owners,
          ...(cancelledJobRunIds.length === 0 ? {} : { cancelledJobRunIds: cancelledJobRunIds.map(String) }),
        },
      });
    });
    const application = await readWholeApplication(routes, applicationId);
    return c.json(application, 200, { ETag: etagOf(application.version) });
  });
}

/** Has the jobs of the mappings rest, or run again. Gives the runs that are ended by it. */
async function followActivity(
  transaction: TransactionSql,
  { now }: ApplicationRoutes,
  before: Readonly<{ isEnabled: boolean }>,
  { isEnabled, mappings }: StoredApplication,
): Promise<readonly number[]> {
  if (before.isEnabled === isEnabled) return [];
  const names = mappings.map(({ name }) => name);
  if (!isEnabled) return await pauseMappingJobs(transaction, names);
  await resumeMappingJobs(transaction, names, ({ schedule, timeZone }) => {
    const reading = readSchedule(schedule, timeZone);
    return reading.kind === 'schedule' ? (nextRun(reading.schedule, now()) ?? null) : null;
  });
  return [];
}

async function requireOwners(sql: Sql, owners: readonly string[]): Promise<void> {
  const [unknown] = await findUnknownOwners(sql, owners);
  if (unknown === undefined) return;
  throw new Refusal(
    'request-invalid',
    `There is no identity ${JSON.stringify(unknown)} that could own the application: choose one of Identities.`,
    { field: 'body.owners' },
  );
}

function refuseTaken(name: string): Refusal {
  return new Refusal('application-exists', `There is an application ${name} already: choose another name.`, {
    field: 'body.name',
  });
}
