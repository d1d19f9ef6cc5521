// A simulated Entra tenant from its options: directory, identity platform, Graph, faults, and the ports they are on.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCertificateAuthority } from './certificate-authority.ts';
import { type Clock, systemClock } from './clock.ts';
import { startConnectProxy } from './connect-proxy.ts';
import { createControl } from './control.ts';
import { disturb, requireKnownGroups } from './disturbance.ts';
import type { Scenario } from './faults/fault.ts';
import { createFaultBoard } from './faults/fault-board.ts';
import { createDeltaReader } from './graph/deltas/delta.ts';
import type { AnyOperation } from './graph/exchange.ts';
import { createGraphDoor } from './graph/graph-door.ts';
import { createTokenSeal } from './graph/paging/page-token.ts';
import { availableExtensionRoutes } from './graph/reads/available-extensions.ts';
import { createListReader } from './graph/reads/list.ts';
import { membershipRoutes } from './graph/reads/membership.ts';
import { readRoutes } from './graph/reads/read-routes.ts';
import { roleManagementRoutes } from './graph/reads/role-management.ts';
import { createRouteTable, type Route } from './graph/route.ts';
import { writeRoutes } from './graph/writes/write-routes.ts';
import { loopbackHosts, microsoftHosts } from './hosts.ts';
import { createIdentityPlatform } from './identity/identity-platform.ts';
import { createUserAccounts } from './identity/user-accounts.ts';
import { createQuota, type QuotaSize } from './limits/quota.ts';
import {
  createNotifications,
  type NotificationOptions,
  type Notifications,
} from './notifications/notifications.ts';
import { createAppRegistry } from './registered-apps.ts';
import { createRequestLog } from './request-log.ts';
import { listen } from './server.ts';
import { type Churn, createChurn } from './tenant/churn.ts';
import { createDirectory, type Directory } from './tenant/directory.ts';
import { createFirstObjects, tenantIdOf } from './tenant/first-objects.ts';
import { generateTenant } from './tenant/generate.ts';
import { createMachineIdentities, type MachineIdentities } from './tenant/machine-identities.ts';
import { createRandom } from './tenant/random.ts';
import { UnusableInput } from './unusable-input.ts';

export interface SimulatorOptions {
  /** 0 (the default) takes any free port. */
  readonly port?: number;
  /** A CONNECT proxy for tools with Microsoft's hosts built in; 0 takes any free port, undefined starts none. */
  readonly proxyPort?: number;
  /** Generated users, with groups and everything else in proportion. 0 by default. */
  readonly users?: number;
  readonly groups?: number;
  readonly memberships?: number;
  /** One group has exactly this many members. */
  readonly largestGroup?: number;
  /** The same seed gives the same tenant. */
  readonly seed?: number;
  /** Changes a minute that happen by themselves. */
  readonly churnPerMinute?: number;
  /** `http` serves without TLS; the client libraries refuse to send their tokens there. */
  readonly scheme?: 'https' | 'http';
  readonly limits?: QuotaSize;
  /** Added to every answer, in milliseconds. */
  readonly latencyMs?: number;
  readonly scenario?: Scenario;
  /** The simulated machine is one on Azure: it has managed identities, and an endpoint that gives out their tokens. */
  readonly hasManagedIdentities?: boolean;
  readonly notifications?: NotificationOptions;
  readonly clock?: Clock;
}

export interface Simulator {
  readonly origin: string;
  readonly graph: string;
  readonly authority: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** File with the private authority's certificate, PEM. */
  readonly ca: string;
  readonly caPem: string;
  readonly proxy: string | undefined;
  readonly control: string;
  readonly controlKey: string;
  readonly directory: Directory;
  /** Only where there are managed identities: what Azure App Service tells a program, and the one that is assigned. */
  readonly machine: SimulatedMachine | undefined;
  stop(): Promise<void>;
}

export interface SimulatedMachine extends MachineIdentities {
  /** `IDENTITY_ENDPOINT` and `IDENTITY_HEADER`. */
  readonly endpoint: string;
  readonly header: string;
}

const minuteMs = 60_000;
/** How often what is over is removed: deleted items after 30 days, changes that no token can ask for. */
const housekeepingMs = 60 * minuteMs;

/** Starts a tenant on loopback. Throws an `UnusableInput` for impossible options or a port that cannot be had. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const scheme = options.scheme ?? 'https';
  if (scheme === 'http' && options.proxyPort !== undefined) {
    throw new UnusableInput(
      '--http and --proxy exclude each other, because the tools behind a proxy speak TLS: leave one of them out.',
    );
  }
  // Undone in reverse order, at the end or when a later step fails. The ports come before the tenant, which can take long.
  const opened = new AsyncDisposableStack();
  try {
    const authority = await createCertificateAuthority();
    const ca = await writeCertificate(authority.caPem, opened);
    const tls = scheme === 'https' ? await authority.issue([...loopbackHosts, ...microsoftHosts]) : undefined;
    const listener = await listen({ port: options.port ?? 0, tls });
    opened.defer(() => listener.close());
    const proxy = await startProxy(options.proxyPort, listener.port, opened);

    const tenant = createTenant(options);
    const { directory, churn, clientId, clientSecret } = tenant;
    const notifications = createNotifications(directory, authority.caPem, options.notifications ?? {});
    opened.defer(() => notifications.stop());
    const doors = await createDoors(tenant, notifications, options);
    listener.serve(doors);
    const housekeeping = setInterval(() => directory.expire(), housekeepingMs).unref();
    opened.defer(() => clearInterval(housekeeping));
    const stopChurn = startChurn(options.churnPerMinute ?? 0, (changes) => churn.change(changes));
    opened.defer(stopChurn);

    const origin = `${scheme}://localhost:${listener.port}`;
    return {
      origin,
      graph: `${origin}/v1.0`,
      authority: `${origin}/${directory.tenantId}`,
      tenantId: directory.tenantId,
      clientId,
      clientSecret,
      ca,
      caPem: authority.caPem,
      proxy,
      control: `${origin}/simulator`,
      controlKey: doors.controlKey,
      directory,
      machine: tenant.machine && {
        ...tenant.machine,
        endpoint: `${origin}/msi/token`,
        header: doors.identityHeader,
      },
      stop: () => opened.disposeAsync(),
    };
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
}

/** Writes the authority's certificate where clients can be pointed at it, and removes it in the end. */
async function writeCertificate(pem: string, opened: AsyncDisposableStack): Promise<string> {
  try {
    const folder = await mkdtemp(join(tmpdir(), 'syncline-simulator-'));
    opened.defer(() => rm(folder, { recursive: true, force: true }));
    const path = join(folder, 'ca.pem');
    await writeFile(path, pem);
    return path;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UnusableInput(
      `The folder for temporary files, ${tmpdir()}, cannot be written to (${code}): make room or set TMPDIR to another one.`,
      { cause: error },
    );
  }
}

async function startProxy(
  port: number | undefined,
  targetPort: number,
  opened: AsyncDisposableStack,
): Promise<string | undefined> {
  if (port === undefined) return undefined;
  const target = { host: '127.0.0.1', port: targetPort };
  const proxy = await startConnectProxy({ port, target, allowedHosts: microsoftHosts });
  opened.defer(() => proxy.close());
  return proxy.url;
}

interface Tenant {
  readonly directory: Directory;
  readonly churn: Churn;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly machine: MachineIdentities | undefined;
}

function createTenant(options: SimulatorOptions): Tenant {
  const { seed = 1, clock = systemClock() } = options;
  const random = createRandom(seed);
  const directory = createDirectory(tenantIdOf(random), clock);
  const firstObjects = createFirstObjects(directory, { random });
  const { clientId, clientSecret } = firstObjects;
  const machine = options.hasManagedIdentities
    ? createMachineIdentities(directory, firstObjects, random)
    : undefined;
  fillTenant(directory, options, seed);
  return { directory, churn: createChurn(directory, { seed }), clientId, clientSecret, machine };
}

/** Graph, the identity platform and the control endpoint of a tenant. */
async function createDoors(
  { directory, churn, machine }: Tenant,
  notifications: Notifications,
  options: SimulatorOptions,
) {
  const { clock, tenantId } = directory;
  const faults = createFaultBoard({ clock, seed: options.seed ?? 1 });
  if (options.scenario) {
    requireKnownGroups(options.scenario.faults, directory);
    faults.load(options.scenario);
  }
  const quota = createQuota({ size: options.limits ?? 'off', clock, tenantId });
  const requests = createRequestLog();
  const registry = createAppRegistry(directory, machine);
  const accounts = createUserAccounts();
  const identityHeader = randomUUID();
  const identity = await createIdentityPlatform({
    registry,
    accounts,
    clock,
    clientClock: systemClock(),
    ...(machine === undefined ? {} : { identityHeader }),
  });
  const routes = createRoutes(tenantId, notifications.routes);
  const controlKey = randomBytes(24).toString('base64url');
  return {
    graph: createGraphDoor({ directory, identity, routes, quota, faults, requests, disturb }),
    identity,
    control: createControl({
      key: controlKey,
      clock,
      directory,
      faults,
      quota,
      requests,
      churn: (changes) => churn.change(changes),
      requirePossible: (named) => requireKnownGroups(named, directory),
      more: { ...notifications.controls, ...accounts.controls },
    }),
    faults,
    controlKey,
    identityHeader,
    latencyMs: options.latencyMs ?? 0,
    nowMs: () => clock.now(),
  };
}

function createRoutes(tenantId: string, more: readonly Route<AnyOperation>[]) {
  // Tokens of an earlier run with the same seed open, and are then known to be of another epoch.
  const seal = createTokenSeal(createHash('sha256').update(`page tokens of ${tenantId}`).digest());
  return createRouteTable<AnyOperation>([
    ...readRoutes({ lists: createListReader(seal), deltas: createDeltaReader(seal, randomUUID()) }),
    ...membershipRoutes(),
    ...roleManagementRoutes(),
    ...availableExtensionRoutes(),
    ...writeRoutes,
    ...more,
  ]);
}

function fillTenant(directory: Directory, options: SimulatorOptions, seed: number): void {
  try {
    const now = new Date(directory.clock.now());
    generateTenant(directory, { users: 0, ...sizesOf(options), seed, now });
  } catch (error) {
    if (error instanceof RangeError) throw new UnusableInput(error.message, { cause: error });
    throw error;
  }
}

function sizesOf({ users, groups, memberships, largestGroup }: SimulatorOptions) {
  return {
    ...(users === undefined ? {} : { users }),
    ...(groups === undefined ? {} : { groups }),
    ...(memberships === undefined ? {} : { memberships }),
    ...(largestGroup === undefined ? {} : { largestGroup }),
  };
}

/** Spreads the changes over the minute, at most ten times a second. Returns how to stop. */
function startChurn(perMinute: number, change: (changes: number) => void): () => void {
  if (perMinute <= 0) return () => {};
  const intervalMs = Math.max(100, minuteMs / perMinute);
  let owed = 0;
  const timer = setInterval(() => {
    owed += (perMinute * intervalMs) / minuteMs;
    const due = Math.floor(owed);
    if (due > 0) change(due);
    owed -= due;
  }, intervalMs);
  return () => clearInterval(timer);
}
