// Every connection that this installation knows, whoever says what it exports: the settings file, the console, or the deployed
// configuration.
import type { Config } from '../config.ts';
import type { KnownConnection } from '../http/routes/connectors.ts';
import type { EngineConfiguration } from '../identity-manager/engine-configuration.ts';
import { noGuards } from '../model/guard.ts';
import type { ConnectionSettings } from '../settings/connection-settings.ts';
import { loadSettings } from '../settings/settings.ts';
import { readTenantConnection } from '../settings/tenant-settings.ts';
import { readDeployment } from '../store/configuration.ts';
import type { Database } from '../store/database.ts';
import { readTenant, readTenants, type StoredTenant } from '../store/tenants.ts';
import { findSimulatedTenant, simulatedConnection, simulatedName } from './simulated-tenant-file.ts';

type Places = Pick<Config, 'settingsFile' | 'environment' | 'dataDirectory'>;

/** All of them, each name once. */
export async function listConnections(
  config: Places,
  { sql }: Pick<Database, 'sql'>,
): Promise<readonly KnownConnection[]> {
  const { connections, refused } = loadSettings(config.settingsFile, config.environment);
  const tenants = await readTenants(sql);
  const own: readonly KnownConnection[] = [
    ...[...connections.values()].map(ofSettings),
    ...[...refused].map(([name, fault]) => ({
      ...nothing,
      name,
      origin: 'settings' as const,
      problem: fault.message,
    })),
    ...tenants.map(ofTenant),
    ...simulated(config),
  ];
  const names = new Set<string>();
  const once = own.filter(({ name }) => {
    const isNew = !names.has(name.toLowerCase());
    names.add(name.toLowerCase());
    return isNew;
  });
  const engine = await deployedEngine(sql);
  const unknown = (engine?.connections ?? []).filter(({ name }) => !names.has(name.toLowerCase()));
  return [
    ...once,
    ...unknown.map(({ name }) => ({
      ...nothing,
      name,
      origin: 'configuration' as const,
      problem: `The configuration names the connection ${name}, which the settings file does not have: add it there.`,
    })),
  ].map((connection) => overlay(connection, engine));
}

/** The one of this name in any case, with the tenant of the console that it is, if it is one. */
export async function findKnown(
  config: Places,
  { sql }: Pick<Database, 'sql'>,
  name: string,
): Promise<Readonly<{ connection: KnownConnection; tenant?: StoredTenant }> | undefined> {
  const { connections, refused } = loadSettings(config.settingsFile, config.environment);
  const isMeant = (other: string) => other.toLowerCase() === name.toLowerCase();
  const configured = [...connections.values()].find((connection) => isMeant(connection.name));
  const engine = await deployedEngine(sql);
  if (configured !== undefined) return { connection: overlay(ofSettings(configured), engine) };
  const [, fault] = [...refused].find(([refusedName]) => isMeant(refusedName)) ?? [];
  if (fault !== undefined) throw fault;
  const tenant = await readTenant(sql, name);
  if (tenant !== undefined) return { connection: overlay(ofTenant(tenant), engine), tenant };
  const [running] = simulated(config).filter((connection) => isMeant(connection.name));
  return running && { connection: overlay(running, engine) };
}

const nothing = { connector: null, entityTypes: [], guards: noGuards } as const;

function ofSettings({ name, entityTypes, guards }: ConnectionSettings): KnownConnection {
  return { name, origin: 'settings', connector: null, problem: null, entityTypes, guards };
}

/** What is exported and what guards it depends on neither the cloud nor the credentials. */
function ofTenant(tenant: StoredTenant): KnownConnection {
  const guards = tenant.guards ?? (tenant.cloud === 'Simulated' ? 'Off' : null);
  const { entityTypes, guards: read } = readTenantConnection(
    tenant.name,
    { tenant: tenant.tenant, cloud: 'Global', endpoints: null },
    { ...tenant, guards },
    { identity: { clientId: '', credentials: [] }, reach: undefined, environment: {} },
  );
  return { name: tenant.name, origin: 'console', connector: null, problem: null, entityTypes, guards: read };
}

function simulated({ dataDirectory }: Places): readonly KnownConnection[] {
  const access = findSimulatedTenant(dataDirectory);
  return access === undefined ? [] : [{ ...ofSettings(simulatedConnection(access)), name: simulatedName }];
}

/** What is deployed for a connection counts instead of what stands elsewhere. */
function overlay(connection: KnownConnection, engine: EngineConfiguration | undefined): KnownConnection {
  const deployed = engine?.connections.find(
    ({ name }) => name.toLowerCase() === connection.name.toLowerCase(),
  );
  if (deployed === undefined) return connection;
  const { connector, entityTypes } = deployed;
  if (entityTypes.length === 0) return { ...connection, connector };
  const guards = engine?.guards[connector] ?? connection.guards;
  return { ...connection, origin: 'configuration', connector, entityTypes, guards };
}

async function deployedEngine(sql: Database['sql']): Promise<EngineConfiguration | undefined> {
  return (await readDeployment(sql))?.engine as EngineConfiguration | undefined;
}
