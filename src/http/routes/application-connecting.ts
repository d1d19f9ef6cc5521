/** Connecting applications: trying a tenant out, keeping it only where that went well, and the mapping that comes with it. */
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import type { TransactionSql } from 'postgres';
import type { MappingDefinition } from '../../model/mapping.ts';
import { connectApplication, type StoredApplication } from '../../store/applications.ts';
import { ensureMappingJobs, pauseMappingJobs } from '../../store/mapping-jobs.ts';
import { countLinks, createMapping, readMappings, updateMapping } from '../../store/mappings.ts';
import { transact } from '../../store/transaction.ts';
import { needs, requireGranted } from '../authentication.ts';
import { etagOf } from '../etag.ts';
import { Refusal } from '../problem.ts';
import { type ApiContext, type ApiEnv, actorOf } from '../request.ts';
import { applicationSchema, connectedSchema, connectSchema } from '../schemas/applications.ts';
import { checkReportSchema } from '../schemas/checks.ts';
import {
  applicationParams,
  applicationPath,
  applicationTags,
  readWholeApplication,
  requireApplication,
  requireTemplate,
} from './application-parts.ts';
import { type ConnectingRoutes, type ConnectionPlan, planNamed, planTyped } from './connection-plan.ts';
import { requireMapped } from './entity-types.ts';
import { audit, ok, problems } from './route-parts.ts';

const update = '/Syncline/Applications/Update';

export function addApplicationConnecting(app: OpenAPIHono<ApiEnv>, routes: ConnectingRoutes): void {
  addConnecting(app, routes);
  addTesting(app, routes);
  addMissingAttributes(app, routes);
}

function addConnecting(app: OpenAPIHono<ApiEnv>, routes: ConnectingRoutes): void {
  const { sql } = routes;
  const connect = createRoute({
    ...needs(sql, update),
    method: 'post',
    path: `${applicationPath}/{applicationId}/connect`,
    tags: applicationTags,
    summary: 'Connect an application to a tenant',
    description:
      'The tenant and the credentials are tried out first, and nothing is kept where that fails. Else there are a credential profile and a tenant of it afterwards, the mapping of the template, and its jobs; the first synchronization begins by itself. A tenant that is there already is used as it is. With credentials this needs /Syncline/Integrations/Update and /Syncline/CredentialProfiles/Update, too.',
    request: {
      params: applicationParams,
      body: { required: true, content: { 'application/json': { schema: connectSchema } } },
    },
    responses: { 200: ok('What came of it.', connectedSchema), ...problems(404, 409) },
  });
  app.openapi(connect, async (c) => {
    const { applicationId } = c.req.valid('param');
    const application = await requireApplication(sql, applicationId);
    const plan = await planConnection(c, routes, c.req.valid('json'));
    await refuseOtherSource(routes, application, plan.name);
    const report = await plan.test(c.req.raw.signal);
    const { usedTenant } = plan;
    if (report.isSuccessful) await keep(c, routes, application, plan);
    else {
      await audit(c, sql, {
        action: 'application.connect',
        subject: application.name,
        outcome: 'failed',
        detail: { connection: plan.name },
      });
    }
    const whole = await readWholeApplication(routes, applicationId);
    const outcome = report.isSuccessful ? ('connected' as const) : ('refused' as const);
    return c.json({ outcome, report, usedTenant, application: whole }, 200, { ETag: etagOf(whole.version) });
  });
}

async function planConnection(
  c: ApiContext,
  routes: ConnectingRoutes,
  wanted: ReturnType<(typeof connectSchema)['parse']>,
): Promise<ConnectionPlan> {
  if ('connection' in wanted) return await planNamed(routes, wanted.connection);
  const caller = c.get('caller');
  requireGranted(caller, '/Syncline/Integrations/Update');
  requireGranted(caller, '/Syncline/CredentialProfiles/Update');
  const { clientId, clientSecret, ...place } = wanted;
  return await planTyped(routes, { ...place, clientId, clientSecret }, c.req.raw.signal);
}

/** Account links know resources by their keys, which mean nothing in another tenant. */
async function refuseOtherSource(
  { sql }: ConnectingRoutes,
  { applicationId, name, connectionName }: StoredApplication,
  wanted: string,
): Promise<void> {
  if (connectionName === null || connectionName.toLowerCase() === wanted.toLowerCase()) return;
  for (const mapping of await readMappings(sql, { applicationId })) {
    if ((await countLinks(sql, mapping.mappingId)) === 0) continue;
    throw new Refusal(
      'application-state',
      `The mapping ${mapping.name} has account links to ${connectionName}, so that ${name} cannot read ${wanted} instead: make another application for it.`,
    );
  }
}

async function keep(
  c: ApiContext,
  routes: ConnectingRoutes,
  application: StoredApplication,
  plan: ConnectionPlan,
): Promise<void> {
  const actor = actorOf(c.get('caller'));
  const { applicationId, name } = application;
  await transact(routes.sql, async (transaction) => {
    const made = await plan.keep(transaction, { application: name, actor });
    const connecting = { connectionName: plan.name, changedBy: actor };
    if (!(await connectApplication(transaction, applicationId, connecting))) {
      throw new Refusal('application-unknown', `The application ${name} was deleted meanwhile.`);
    }
    const mappings = await followConnection(transaction, routes, application, plan.name, actor);
    await audit(c, transaction, {
      action: 'application.connect',
      subject: name,
      outcome: 'done',
      detail: { connection: plan.name, ...made, mappings: [...mappings] },
    });
  });
}

/** Has the mappings of an application read its connection; makes the template's where there is none. Gives their names. */
async function followConnection(
  transaction: TransactionSql,
  { door }: ConnectingRoutes,
  application: StoredApplication,
  connection: string,
  actor: string,
): Promise<readonly string[]> {
  const { applicationId, connectionName, isEnabled } = application;
  const own = await readMappings(transaction, { applicationId });
  const definitions: MappingDefinition[] = [];
  for (const { name, version, definition } of own) {
    const { source } = definition;
    if (source.connection.toLowerCase() !== connectionName?.toLowerCase()) continue;
    const moved = { ...definition, source: { ...source, connection } };
    const update = await updateMapping(transaction, name, version, { definition: moved, changedBy: actor });
    if (update.kind !== 'updated') {
      throw new Refusal('application-state', `The mapping ${name} was changed meanwhile: connect again.`);
    }
    definitions.push(moved);
  }
  if (own.length === 0) {
    const draft = requireTemplate(door, application.template).draftMapping(application, connection);
    definitions.push(await makeMapping(transaction, draft, applicationId, actor));
  }
  const names = definitions.map(({ name }) => name);
  for (const definition of definitions) await requireJobs(transaction, definition);
  if (!isEnabled) await pauseMappingJobs(transaction, names);
  return names;
}

/** Makes the mapping, under a name that no other one has. */
async function makeMapping(
  transaction: TransactionSql,
  draft: MappingDefinition,
  applicationId: number,
  createdBy: string,
): Promise<MappingDefinition> {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? draft.name : `${draft.name} ${number}`;
    const definition = { ...draft, name, displayName: name };
    const mapping = { definition, applicationId, origin: 'console' as const, createdBy };
    if (await createMapping(transaction, mapping)) return definition;
  }
}

async function requireJobs(transaction: TransactionSql, definition: MappingDefinition): Promise<void> {
  const [taken] = await ensureMappingJobs(transaction, definition);
  if (taken === undefined) return;
  throw new Refusal(
    'application-state',
    `There is a job ${taken} already, which is not of this mapping: give that one another name.`,
  );
}

function addTesting(app: OpenAPIHono<ApiEnv>, routes: ConnectingRoutes): void {
  const { sql, tenants } = routes;
  const test = createRoute({
    ...needs(sql, update),
    method: 'post',
    path: `${applicationPath}/{applicationId}/test`,
    tags: applicationTags,
    summary: 'Try the connection of an application out',
    request: { params: applicationParams },
    responses: { 200: ok('What came of each step.', checkReportSchema), ...problems(404, 409) },
  });
  app.openapi(test, async (c) => {
    const { name, connectionName } = await requireApplication(sql, c.req.valid('param').applicationId);
    if (connectionName === null) throw refuseUnconnected(name);
    const report = await tenants.testNamed(connectionName, c.req.raw.signal);
    await audit(c, sql, {
      action: 'application.test',
      subject: name,
      outcome: report.isSuccessful ? 'done' : 'failed',
      detail: { connection: connectionName },
    });
    return c.json(report, 200);
  });
}

function addMissingAttributes(app: OpenAPIHono<ApiEnv>, routes: ConnectingRoutes): void {
  const { sql, entityTypes: door } = routes;
  const add = createRoute({
    ...needs(sql, update),
    method: 'post',
    path: `${applicationPath}/{applicationId}/missing-attributes`,
    tags: applicationTags,
    summary: 'Have the tenant export what the mappings read and it does not export',
    description:
      'What is exported otherwise than before is read in full next time. This needs /Connectors/Connector/Update, too.',
    request: { params: applicationParams },
    responses: { 200: ok('The application as it is now.', applicationSchema), ...problems(404, 409) },
  });
  app.openapi(add, async (c) => {
    const { applicationId } = c.req.valid('param');
    const { name, connection, missingAttributes } = await readWholeApplication(routes, applicationId);
    requireGranted(c.get('caller'), '/Connectors/Connector/Update');
    if (connection.name === null) throw refuseUnconnected(name);
    const mapped = await requireMapped(door, connection.name);
    const { version } = mapped;
    if (version === null) {
      throw new Refusal(
        'application-state',
        `What ${mapped.name} exports is not changed here but in ${mapped.origin === 'settings' ? 'the settings file' : 'the deployed configuration'}: add ${missingAttributes.map(({ attribute }) => attribute).join(', ')} there.`,
      );
    }
    const entityTypes = widen(mapped.entityTypes, missingAttributes);
    const [mistake] = door.findMistakes(entityTypes);
    if (mistake) throw new Refusal('application-state', mistake.message);
    const changedBy = actorOf(c.get('caller'));
    await transact(sql, async (transaction) => {
      const outcome = await door.save(transaction, { name: mapped.name, version, entityTypes, changedBy });
      if (outcome.kind !== 'updated') {
        throw new Refusal('application-state', `${mapped.name} was changed meanwhile: try again.`);
      }
      await audit(c, transaction, {
        action: 'entity-types.change',
        subject: mapped.name,
        outcome: 'done',
        detail: { added: missingAttributes.map(({ type, attribute }) => `${type}.${attribute}`) },
      });
    });
    const application = await readWholeApplication(routes, applicationId);
    return c.json(application, 200, { ETag: etagOf(application.version) });
  });
}

type EntityTypes = Parameters<ConnectingRoutes['entityTypes']['findMistakes']>[0];

function widen(
  entityTypes: EntityTypes,
  missing: readonly Readonly<{ type: string; attribute: string }>[],
): EntityTypes {
  const added = (name: string) => missing.filter(({ type }) => type === name).map((one) => one.attribute);
  const known = entityTypes.map((entityType) => ({
    ...entityType,
    attributes: [...entityType.attributes, ...added(entityType.name)],
  }));
  const names = new Set(missing.map(({ type }) => type));
  for (const { name } of entityTypes) names.delete(name);
  return [...known, ...[...names].map((name) => ({ name, attributes: added(name), links: [] }))];
}

export function refuseUnconnected(name: string): Refusal {
  return new Refusal(
    'application-state',
    `The application ${name} is not connected yet: set up provisioning first.`,
  );
}
