/**
 * The HTTP server, put together: from ports to an app that answers requests. What a request passes stands here in its order, one
 * line a step; `listener.ts` gives the app a port.
 */
import { OpenAPIHono } from '@hono/zod-openapi';
import type { Tracer } from '@opentelemetry/api';
import { methodNotAllowed } from 'hono/method-not-allowed';
import type { Logger } from 'pino';
import type { Sql } from 'postgres';
import { Fault } from '../errors.ts';
import type { Queue } from '../jobs/queue.ts';
import type { Sealing } from '../model/sealing.ts';
import { changedTopics, readTopicMarks } from '../store/topic-marks.ts';
import type { SessionLimits } from '../store/user-sessions.ts';
import type { ApplicationDoor } from './application-door.ts';
import { authenticate, readCaller } from './authentication.ts';
import { addConsole, builtConsole, renderNowhere, wantsPage } from './console.ts';
import { describeApi, documentationRoutes } from './documentation/openapi.ts';
import { pagePolicy, renderPage } from './documentation/page.ts';
import { identify, limitAddress, limitCaller, limitSize, secureHeaders } from './entrance.ts';
import type { MappingDoor } from './mapping-door.ts';
import { addDiscovery } from './oauth/discovery.ts';
import { openSigningKeys } from './oauth/signing-keys.ts';
import { addTokenEndpoint } from './oauth/token-endpoint.ts';
import { createMetrics } from './observability/metrics.ts';
import { observe } from './observability/observation.ts';
import { addProbes } from './probes.ts';
import { Refusal, refusalOf, refuseInvalid, renderProblem } from './problem.ts';
import { createRateLimit, type Rate } from './rate-limit.ts';
import type { ApiContext, ApiEnv } from './request.ts';
import { addAccountLinkRoutes } from './routes/account-links.ts';
import { addActivityRoute } from './routes/activity.ts';
import { addApiClientRoutes } from './routes/api-clients.ts';
import { addApplicationAccounts } from './routes/application-accounts.ts';
import { addApplicationConnecting } from './routes/application-connecting.ts';
import { addApplicationRemoval } from './routes/application-removal.ts';
import { addApplicationRoutes } from './routes/applications.ts';
import { addAuditRoutes } from './routes/audit.ts';
import { addBlockedRoutes } from './routes/blocked.ts';
import { addConfigurationRoutes, type ConfigurationDoor } from './routes/configuration.ts';
import { addConnectionRoutes } from './routes/connections.ts';
import { addConnectorRoutes, type ListConnections } from './routes/connectors.ts';
import { addCredentialProfileRoutes } from './routes/credential-profiles.ts';
import { addCredentialTests, type TestRoutes } from './routes/credential-tests.ts';
import { addCredentialRoutes } from './routes/credentials.ts';
import { addDashboardRoutes } from './routes/dashboard.ts';
import { addDirectoryRoutes } from './routes/directory.ts';
import { addDiscarding, type Discard } from './routes/discarding.ts';
import { addEntityTypeRoutes, type EntityTypesDoor } from './routes/entity-types.ts';
import { addEntryResolving } from './routes/entry-resolving.ts';
import { addEvents } from './routes/events.ts';
import { addExpressionRoutes } from './routes/expressions.ts';
import { addFilterRoutes } from './routes/filters.ts';
import { addIdentityRoutes } from './routes/identities.ts';
import { addIntegrationRoutes } from './routes/integrations.ts';
import { addJobRoutes } from './routes/jobs.ts';
import { addLaunching } from './routes/launching.ts';
import { addLocalSignIn } from './routes/local-sign-in.ts';
import { addMappingChanges } from './routes/mapping-changes.ts';
import { addMappingEvaluation } from './routes/mapping-evaluation.ts';
import { addMappingImports } from './routes/mapping-imports.ts';
import { addMappingScheduleRoutes } from './routes/mapping-schedules.ts';
import { addMappingRoutes } from './routes/mappings.ts';
import { addNewTenants } from './routes/new-tenants.ts';
import { addNotifications } from './routes/notifications.ts';
import { addObjectSetRoutes } from './routes/object-sets.ts';
import { addProviderSignIn } from './routes/provider-sign-in.ts';
import { addReconciliationEntryRoutes } from './routes/reconciliation-entries.ts';
import { addReconciliationStart } from './routes/reconciliation-start.ts';
import { addReconciliationRoutes } from './routes/reconciliations.ts';
import { addRunEvents } from './routes/run-events.ts';
import { addRunLog } from './routes/run-log.ts';
import { addRunRoutes } from './routes/runs.ts';
import { addScheduleRoutes } from './routes/schedules.ts';
import { addSessionRoutes } from './routes/session.ts';
import { addSetup } from './routes/setup.ts';
import { addSignInProviderRoutes } from './routes/sign-in-providers.ts';
import { addSyncHistoryRoutes } from './routes/sync-history.ts';
import { addTagRoutes } from './routes/tags.ts';
import { addTenantActions } from './routes/tenant-actions.ts';
import { addTenantSchemaRoutes } from './routes/tenant-schemas.ts';
import { addTenantRoutes } from './routes/tenants.ts';
import { addUserRoutes } from './routes/users.ts';
import { addWorkerRoutes } from './routes/workers.ts';
import { openBrowserSessions } from './sign-in/browser-session.ts';
import { openOpenIdClient, type ProviderReach } from './sign-in/open-id.ts';
import type { TenantDoor } from './tenant-door.ts';
import { openTopicWatch } from './topic-watch.ts';

export type ServerOptions = Readonly<{
  sql: Sql;
  queue: Pick<Queue, 'launch' | 'resume' | 'enqueue'>;
  /** How secrets are kept in the database. */
  sealing: Sealing;
  /** Drops what guards hold back of a connection. */
  discard: Discard;
  configuration: ConfigurationDoor;
  entityTypes: EntityTypesDoor;
  listConnections: ListConnections;
  tenants: TenantDoor;
  applications: ApplicationDoor;
  mappings: MappingDoor;
  /** Certificates, and trying credentials out. */
  credentials: Pick<TestRoutes, 'certificates' | 'testProfile'>;
  /** Where requests to sign-in providers may go. */
  providerReach: ProviderReach;
  /** How long people stay signed in. */
  sessionLimits: SessionLimits;
  /** What tells this server from others of the same people, such as `Test`; undefined for nothing. */
  environmentLabel: string | undefined;
  /** The fault behind a failed query where the database is what failed, else the error as it is. */
  explain: (error: unknown) => unknown;
  /** Where clients reach the server, without a slash at the end; also the issuer of its tokens. */
  publicUrl: string;
  /** Whether a proxy stands before it, which writes `X-Forwarded-For`. */
  isBehindProxy: boolean;
  log: Logger;
  tracer: Tracer;
  version: string;
  now: () => Date;
  rates: Readonly<{ address: Rate; client: Rate }>;
  /** The console's files; where the build puts them, unless another directory is given. */
  consoleDirectory?: string;
  /** How often a followed run is looked at. */
  pollMs: number;
  /** Aborted when the server is to end: it is not ready any more, and streams end. */
  closing: AbortSignal;
}>;

/** What a person or a program sends in earnest, with room; a token costs more than most requests. */
export const defaultRates: ServerOptions['rates'] = {
  address: { burst: 200, perSecond: 20 },
  client: { burst: 400, perSecond: 40 },
};

/** Makes the app. */
export function createServer(options: ServerOptions): OpenAPIHono<ApiEnv> {
  const { sql, queue, publicUrl, isBehindProxy, log, tracer, now, rates, closing } = options;
  const app = new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid });
  const metrics = createMetrics(sql, now);
  const keys = openSigningKeys(sql, options.sealing, now);
  const nowMs = () => now().getTime();
  const sessions = openBrowserSessions({ sql, publicUrl, limits: options.sessionLimits, now });
  const authentication = { sql, keys, sessions, issuer: publicUrl, now };
  const surroundings = { version: options.version, environmentLabel: options.environmentLabel };
  const signingIn = { sql, sessions, surroundings, now };
  const openId = openOpenIdClient(options.providerReach, nowMs);
  closing.addEventListener('abort', () => void openId.close(), { once: true });
  const read = () => readTopicMarks(sql);
  const watch = openTopicWatch({ read, compare: changedTopics, pollMs: options.pollMs });

  app.use(identify(isBehindProxy));
  app.use(observe({ log, tracer, metrics }));
  app.use(secureHeaders(publicUrl.startsWith('https:')));
  // Microsoft Graph's, by measures of its own.
  addNotifications(app, { sql, metrics, now });
  addConsole(app, options.consoleDirectory ?? builtConsole);
  app.use(limitSize);
  app.use(limitAddress(createRateLimit(rates.address, nowMs)));
  app.use(methodNotAllowed({ app, onMethodNotAllowed: refuseMethod }));

  // Open to everybody.
  addProbes(app, { sql, authentication, metrics, isBehindProxy, closing });
  addDiscovery(app, publicUrl, keys);
  addTokenEndpoint(app, { ...authentication, log });
  addLocalSignIn(app, { ...signingIn, sealing: options.sealing, log });
  addSetup(app, signingIn);
  addProviderSignIn(app, { ...signingIn, sealing: options.sealing, openId, publicUrl, log });
  addDocumentation(app, options);

  // Only with a token or a session, whosever it is.
  app.use('/api/*', authenticate(authentication));
  app.use('/api/*', limitCaller(createRateLimit(rates.client, nowMs)));
  const recheck = (c: ApiContext) => readCaller(c, authentication);
  addSessionRoutes(app, signingIn);
  addUserRoutes(app, { sql, limits: options.sessionLimits, now });
  const providers = { sql, sealing: options.sealing, openId, reach: options.providerReach, publicUrl, now };
  addSignInProviderRoutes(app, providers);
  addJobRoutes(app, sql, now);
  addScheduleRoutes(app, { sql, now });
  addLaunching(app, { sql, queue });
  addReconciliationStart(app, { sql, queue });
  addReconciliationRoutes(app, { sql, queue });
  addReconciliationEntryRoutes(app, sql);
  addEntryResolving(app, { sql, queue });
  addMappingScheduleRoutes(app, { sql, now });
  addRunRoutes(app, sql, now);
  addRunLog(app, sql);
  addRunEvents(app, { sql, recheck, pollMs: options.pollMs, closing });
  addConnectionRoutes(app, sql);
  addBlockedRoutes(app, sql);
  addDiscarding(app, sql, options.discard);
  addApiClientRoutes(app, sql, now);
  const credentials = { sql, sealing: options.sealing, now, ...options.credentials };
  addCredentialProfileRoutes(app, credentials);
  addCredentialRoutes(app, credentials);
  addCredentialTests(app, credentials);
  addConfigurationRoutes(app, sql, options.configuration);
  addConnectorRoutes(app, sql, options.listConnections);
  addEntityTypeRoutes(app, sql, options.entityTypes);
  addIntegrationRoutes(app, { sql, door: options.tenants });
  addTenantActions(app, { sql, door: options.tenants });
  addTenantRoutes(app, { sql, door: options.tenants, now });
  addNewTenants(app, { sql, queue, door: options.tenants, now });
  addTenantSchemaRoutes(app, sql, options.entityTypes);
  const { entityTypes, sealing } = options;
  const applications = { sql, door: options.applications, tenants: options.tenants, entityTypes, now };
  addApplicationRoutes(app, applications);
  addApplicationConnecting(app, { ...applications, sealing, queue });
  addApplicationAccounts(app, applications);
  addApplicationRemoval(app, applications);
  const mappings = { sql, door: options.mappings, now };
  addMappingEvaluation(app, mappings);
  addMappingRoutes(app, mappings);
  addMappingChanges(app, mappings);
  addMappingImports(app, mappings);
  addAccountLinkRoutes(app, mappings);
  addObjectSetRoutes(app, mappings);
  addExpressionRoutes(app, mappings);
  addFilterRoutes(app, mappings);
  addAuditRoutes(app, sql);
  addWorkerRoutes(app, sql);
  addDirectoryRoutes(app, sql);
  addTagRoutes(app, sql);
  addIdentityRoutes(app, { sql, now });
  addDashboardRoutes(app, { sql, door: options.tenants, now });
  addSyncHistoryRoutes(app, { sql, door: options.tenants });
  addActivityRoute(app, { sql, door: options.tenants, now });
  const pace = { recheckMs: 5 * options.pollMs, heartbeatMs: 15 * options.pollMs };
  addEvents(app, { watch, now, recheck, ...pace, closing });

  app.notFound((c) => {
    if (wantsPage(c)) return renderNowhere(c, options.consoleDirectory ?? builtConsole);
    const message = `There is nothing at ${c.req.path}: GET /api shows what there is.`;
    return renderProblem(c, new Refusal('not-found', message));
  });
  app.onError((error, c) => renderError(error, c, options));
  return app;
}

/** The document and the page are made when they are first asked for, when all routes are there. */
function addDocumentation(app: OpenAPIHono<ApiEnv>, { publicUrl, version }: ServerOptions): void {
  let made: Readonly<{ document: string; page: string }> | undefined;
  const make = () => {
    if (made) return made;
    const document = describeApi(app, publicUrl, version);
    made = { document: JSON.stringify(document), page: renderPage(document) };
    return made;
  };
  for (const route of documentationRoutes) app.openAPIRegistry.registerPath(route);
  app.get('/api/openapi.json', (c) => c.body(make().document, 200, { 'Content-Type': 'application/json' }));
  app.get('/api', (c) => c.html(make().page, 200, { 'Content-Security-Policy': pagePolicy }));
}

function refuseMethod(c: ApiContext, allowed: readonly string[]): Response {
  const headers = { Allow: allowed.join(', ') };
  const message = `${c.req.method} is not what ${c.req.path} takes: use ${allowed.join(' or ')}.`;
  return renderProblem(c, new Refusal('method-not-allowed', message, { headers }));
}

function renderError(error: Error, c: ApiContext, { explain, log }: ServerOptions): Response {
  const refusal = refusalOf(error);
  if (refusal) return renderProblem(c, refusal);
  const requestId = c.get('requestId');
  const explained = explain(error);
  if (explained instanceof Fault) {
    log.error({ requestId, code: explained.code, reason: explained.message }, 'the database failed');
    const headers = { 'Retry-After': '5' };
    return renderProblem(
      c,
      new Refusal('database-unavailable', 'The database cannot be used at the moment: try again later.', {
        headers,
      }),
    );
  }
  log.error({ requestId, stack: error.stack }, 'a request failed: this is a defect of Syncline');
  return renderProblem(
    c,
    new Refusal(
      'internal-error',
      'This is a defect of Syncline: the log has more under the id of the request.',
    ),
  );
}
