/** What the routes of applications have in common: finding one, how its connection stands, rendering it, and the refusals. */
import { z } from '@hono/zod-openapi';
import type { Sql } from 'postgres';
import { type ConnectionFacts, readConnectionFacts } from '../../store/application-connections.ts';
import { readApplication, type StoredApplication } from '../../store/applications.ts';
import { readMappings } from '../../store/mappings.ts';
import { readTenantOverviews, type TenantOverview } from '../../store/tenant-overviews.ts';
import type { ApplicationDoor, ApplicationTemplate } from '../application-door.ts';
import { Refusal } from '../problem.ts';
import type { Application, ApplicationSummary } from '../schemas/applications.ts';
import type { TenantDoor } from '../tenant-door.ts';
import type { EntityTypesDoor } from './entity-types.ts';
import { numberInPath, text, textOrNull } from './route-parts.ts';

export const applicationTags = ['Applications'];
export const applicationPath = '/api/applications';
export const applicationParams = z.object({ applicationId: numberInPath('applicationId') });

export type ApplicationRoutes = Readonly<{
  sql: Sql;
  door: ApplicationDoor;
  tenants: TenantDoor;
  entityTypes: EntityTypesDoor;
  now: () => Date;
}>;

/** Throws a `Refusal` where there is none. */
export async function requireApplication(sql: Sql, applicationId: number): Promise<StoredApplication> {
  const application = await readApplication(sql, applicationId);
  if (application) return application;
  throw unknownApplication(applicationId);
}

/** An application with all that its pages show. Throws a `Refusal` where there is none. */
export async function readWholeApplication(
  routes: ApplicationRoutes,
  applicationId: number,
): Promise<Application> {
  const stored = await requireApplication(routes.sql, applicationId);
  const [summary] = await renderSummaries(routes, [stored]);
  if (!summary) throw new Error('One application was rendered as none.');
  const { version, createdAt, createdBy, changedAt, changedBy } = stored;
  return {
    ...summary,
    missingAttributes: await findMissing(routes, stored),
    version,
    createdAt: text(createdAt),
    createdBy,
    changedAt: text(changedAt),
    changedBy,
  };
}

/** The same of several, as lists show them. */
export async function renderSummaries(
  { sql, door, tenants }: ApplicationRoutes,
  stored: readonly StoredApplication[],
): Promise<ApplicationSummary[]> {
  const names = stored.map(({ connectionName }) => connectionName ?? '');
  const [overviews, facts] = await Promise.all([
    names.some((name) => name !== '') ? readTenantOverviews(sql, tenants.readConfigured()) : [],
    readConnectionFacts(sql, names),
  ]);
  return stored.map((application, index): ApplicationSummary => {
    const { applicationId, name, description, isAuthoritative, isEnabled, owners, connectionName } =
      application;
    const overview = overviews.find((one) => one.name.toLowerCase() === connectionName?.toLowerCase());
    return {
      id: applicationId,
      name,
      template: { id: application.template, name: templateName(door, application.template) },
      description,
      isAuthoritative,
      isEnabled,
      owners: owners.map((owner) => ({ ...owner })),
      connection: renderConnection(application, overview, facts[index]),
      mappings: application.mappings.map(renderMapping),
    };
  });
}

function renderMapping({
  matches,
  last,
  source,
  target,
  ...mapping
}: StoredApplication['mappings'][number]): ApplicationSummary['mappings'][number] {
  return {
    ...mapping,
    source: { ...source },
    target: { ...target },
    oneToOnePercent:
      matches === null || matches.all === 0 ? null : Math.floor((1000 * matches.oneToOne) / matches.all) / 10,
    lastReconciliation: last && {
      ...last,
      startedAt: new Date(last.startedAt).toISOString(),
      endedAt: last.endedAt && new Date(last.endedAt).toISOString(),
    },
  };
}

function templateName({ templates }: ApplicationDoor, id: string): string {
  return templates.find((template) => template.id === id)?.name ?? id;
}

type Connection = ApplicationSummary['connection'];

function renderConnection(
  { connectionName, mappings }: StoredApplication,
  overview: TenantOverview | undefined,
  facts: ConnectionFacts | undefined,
): Connection {
  const readAt = readTimeOf(facts, mappings[0]?.source.type ?? 'user');
  const checks = [facts?.signedInAt, overview?.lastSyncEnd].flatMap((at) => at?.getTime() ?? []);
  return {
    name: connectionName,
    ...stateOf(connectionName, overview, readAt),
    lastCheckAt: checks.length === 0 ? null : text(new Date(Math.max(...checks))),
    readAt,
    tenant: overview?.tenant ?? null,
    cloud: overview?.cloud ?? null,
    clientId: facts?.profile?.clientId ?? null,
    profile: facts?.profile ? { profileId: facts.profile.profileId, name: facts.profile.name } : null,
    isOwn: overview?.origin === 'console',
    runningJobRunId: overview?.runningJobRunId ?? null,
  };
}

export function readTimeOf(facts: ConnectionFacts | undefined, type: string): string | null {
  const readAt = facts?.entityTypes.find(({ name }) => name === type)?.readAt ?? null;
  return textOrNull(readAt === null ? null : new Date(readAt));
}

/** How a connection stands, as far as its last run tells. */
function stateOf(
  name: string | null,
  overview: TenantOverview | undefined,
  readAt: string | null,
): Pick<Connection, 'state' | 'message'> {
  if (name === null) return { state: 'not-set-up', message: null };
  if (!overview) {
    const message = `There is no connection ${name} any more: connect the application again.`;
    return { state: 'failed', message };
  }
  if (!overview.isEnabled) {
    const message = `The tenant ${name} is switched off, so that nothing is read: enable it under Integrations.`;
    return { state: 'failed', message };
  }
  if (overview.lastSyncStatus === 'failed') return { state: 'failed', message: overview.lastSyncMessage };
  if (readAt === null) {
    return { state: 'reading', message: 'Its accounts are read for the first time.' };
  }
  return {
    state: 'connected',
    message: overview.lastSyncStatus === 'blocked' ? overview.lastSyncMessage : null,
  };
}

/** What mappings of the application read and the connection does not export. */
async function findMissing(
  { sql, door, entityTypes }: ApplicationRoutes,
  { applicationId, connectionName }: StoredApplication,
): Promise<Application['missingAttributes']> {
  if (connectionName === null) return [];
  const mapped = await entityTypes.read(connectionName).catch(() => undefined);
  if (mapped === undefined) return [];
  const missing = new Map<string, Application['missingAttributes'][number]>();
  for (const { definition } of await readMappings(sql, { applicationId })) {
    const { connection, type } = definition.source;
    if (connection.toLowerCase() !== connectionName.toLowerCase()) continue;
    const exported = mapped.entityTypes.find(({ name }) => name === type)?.attributes ?? [];
    for (const attribute of door.readsOf(definition).attributes) {
      const isKey = attribute === 'id' || exported.some((one) => one === attribute);
      if (!isKey) missing.set(`${type}/${attribute}`, { type, attribute });
    }
  }
  return [...missing.values()];
}

/** The entry of the catalog that an application was made from. Throws a `Refusal` where this version has none of the name. */
export function requireTemplate({ templates }: ApplicationDoor, id: string): ApplicationTemplate {
  const template = templates.find((one) => one.id === id);
  if (template) return template;
  const known = templates.map((one) => one.id).join(', ');
  throw new Refusal(
    'request-invalid',
    `The catalog has no template ${JSON.stringify(id)}: choose one of ${known}.`,
    { field: 'body.template' },
  );
}

export function unknownApplication(applicationId: number): Refusal {
  return new Refusal('application-unknown', `There is no application ${applicationId}.`);
}
