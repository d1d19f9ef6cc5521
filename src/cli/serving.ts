// The HTTP API of this process: its port, its log, its traces, and the app behind them.
import { readFileSync } from 'node:fs';
import pino from 'pino';
import type { Config } from '../config.ts';
import { Fault } from '../errors.ts';
import { type Listener, listen } from '../http/listener.ts';
import { openLog } from '../http/observability/log.ts';
import { openTracing } from '../http/observability/tracing.ts';
import { createServer, defaultRates } from '../http/server.ts';
import { publicUrlOf, type ServingSettings } from '../http/serving-settings.ts';
import { makeSetupLink } from '../http/sign-in/setup-link.ts';
import { openQueue } from '../jobs/queue.ts';
import { startRemovalKeeper } from '../jobs/removal-keeper.ts';
import { openSealing } from '../secrets/open-sealing.ts';
import type { Database } from '../store/database.ts';
import { discardBlocked } from '../sync/resumption.ts';
import { applicationDoor } from './application-door.ts';
import { hashesOfSettings, openConfiguration } from './configuration-door.ts';
import { deployedSides } from './deployed-sides.ts';
import { openEntityTypes } from './entity-types-door.ts';
import { factLines } from './facts.ts';
import { listConnections } from './known-connections.ts';
import { openMappingSides } from './mapping-sides.ts';
import { openCredentials } from './profile-tests.ts';
import { providerReach } from './provider-reach.ts';
import { openTenantDoor } from './tenant-door.ts';
import { readVersion } from './version.ts';

export type Serving = Readonly<{
  publicUrl: string;
  port: number;
  /** The link that makes the first administrator; undefined where there is one. Whoever has it, has Syncline. */
  setupUrl: string | undefined;
  /** Answers open requests and ends. */
  stop: () => Promise<void>;
}>;

/** How long open requests may take at the end. */
const graceMs = 10_000;
const pollMs = 1000;

/** Opens the port and begins to answer. Throws a `Fault` when the port, the certificate or the database cannot be used. */
export async function startServing(
  config: Config,
  database: Database,
  serving: ServingSettings,
): Promise<Serving> {
  const listener = await listen({ host: serving.host, port: serving.port, tls: readTls(serving) });
  const publicUrl = publicUrlOf(serving, listener.port);
  try {
    const stop = await open(config, database, listener, serving, publicUrl);
    const setupUrl = await makeSetupLink(database.sql, publicUrl, new Date());
    return { publicUrl, port: listener.port, setupUrl, stop };
  } catch (error) {
    await listener.drain(0);
    throw database.explain(error);
  }
}

/** Where things are, for people. */
export function describeServing({ publicUrl, setupUrl }: Serving): string[] {
  return [
    ...describeSetup(setupUrl),
    `The console is at ${publicUrl}`,
    `The API is at ${publicUrl}/api`,
    ...factLines([
      ['OpenAPI', `${publicUrl}/api/openapi.json`],
      ['Sign-in', `${publicUrl}/.well-known/openid-configuration`],
      ['Health', `${publicUrl}/health, ${publicUrl}/ready, ${publicUrl}/metrics`],
      ['A client', 'npx syncline api-client create NAME --role operator'],
    ]),
  ];
}

/** How the first administrator is made, where there is none. */
export function describeSetup(setupUrl: string | undefined): string[] {
  return setupUrl === undefined
    ? []
    : [
        `There is no administrator yet. Whoever opens this link within a day becomes the first one: ${setupUrl}`,
      ];
}

/** Puts the server together and begins to answer; gives what ends it. */
async function open(
  config: Config,
  { sql, explain }: Database,
  listener: Listener,
  serving: ServingSettings,
  publicUrl: string,
): Promise<() => Promise<void>> {
  const version = readVersion();
  const sealing = await openSealing(config, sql);
  const log = openLog(serving.logLevel, pino.destination({ dest: 2, sync: true }));
  const tracing = openTracing(serving.traces && { ...serving.traces, version });
  const queue = await openQueue(sql, {
    isWorker: false,
    onError: ({ message }) => log.warn({ reason: message }, 'the queue lost its connection'),
  });
  const removals = startRemovalKeeper({
    sql,
    onError: (error) => log.error({ reason: String(error) }, 'a connection could not be removed'),
  });
  const closing = new AbortController();
  const app = createServer({
    sql,
    queue,
    sealing,
    discard: (name, record) => discardBlocked({ sql, name }, record),
    entityTypes: openEntityTypes(config, { sql }),
    mappings: openMappingSides(config, { sql }),
    listConnections: () => listConnections(config, { sql }),
    configuration: openConfiguration(
      { sql },
      deployedSides(config, { sql }),
      () => hashesOfSettings(config),
      () => new Date(),
    ),
    credentials: openCredentials(config, sql, sealing),
    tenants: openTenantDoor({ config, sql, sealing, onRemovalRequested: removals.wake }),
    applications: applicationDoor,
    providerReach: providerReach(config),
    sessionLimits: serving.sessionLimits,
    environmentLabel: serving.environmentLabel,
    explain,
    publicUrl,
    isBehindProxy: serving.isBehindProxy,
    log,
    tracer: tracing.tracer,
    version,
    now: () => new Date(),
    rates: defaultRates,
    pollMs,
    closing: closing.signal,
  });
  listener.serve((request, bindings) => app.fetch(request, bindings));
  log.info({ url: publicUrl, version }, 'serving');
  return async () => {
    closing.abort();
    await listener.drain(graceMs);
    await removals.stop();
    await queue.close();
    await tracing.close();
    log.info('stopped');
  };
}

function readTls({ tls }: ServingSettings): Readonly<{ certificate: string; key: string }> | undefined {
  return (
    tls && {
      certificate: readPem('--tls-certificate', tls.certificateFile),
      key: readPem('--tls-key', tls.keyFile),
    }
  );
}

function readPem(flag: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Fault(
      'invalid-setting',
      `${flag} is ${path}, which cannot be read (${reason}): give a PEM file.`,
    );
  }
}
