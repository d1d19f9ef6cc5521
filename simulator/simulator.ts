// A simulated Entra tenant from its options: directory, identity platform, Graph, faults, and the ports they are on.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCertificateAuthority } from './certificate-authority.ts';
import { type Clock, systemClock } from './clock.ts';
import { startConnectProxy } from './connect-proxy.ts';
import { createControl } from './control.ts';
import { disturb } from './disturbance.ts';
import type { Scenario } from './faults/fault.ts';
import { createFaultBoard } from './faults/fault-board.ts';
import { availableExtensionRoutes } from './graph/available-extensions.ts';
import { createDeltaReader } from './graph/delta.ts';
import { createGraphDoor } from './graph/graph-door.ts';
import { createListReader } from './graph/list.ts';
import { membershipRoutes } from './graph/membership.ts';
import { createTokenSeal } from './graph/page-token.ts';
import { readRoutes } from './graph/read-routes.ts';
import { roleManagementRoutes } from './graph/role-management.ts';
import { createRouteTable } from './graph/route.ts';
import { writeRoutes } from './graph/writes/write-routes.ts';
import { loopbackHosts, microsoftHosts } from './hosts.ts';
import { createIdentityPlatform } from './identity/identity-platform.ts';
import { createQuota, type QuotaSize } from './limits/quota.ts';
import { createAppRegistry } from './registered-apps.ts';
import { createRequestLog } from './request-log.ts';
import { listen } from './server.ts';
import { createChurn } from './tenant/churn.ts';
import { createDirectory, type Directory } from './tenant/directory.ts';
import { createFirstObjects, tenantIdOf } from './tenant/first-objects.ts';
import { generateTenant } from './tenant/generate.ts';
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
  stop(): Promise<void>;
}

const minuteMs = 60_000;

/** Starts a tenant on loopback. Throws one sentence for impossible options or a port that cannot be had. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { seed = 1, scheme = 'https', latencyMs = 0 } = options;
  const clock = options.clock ?? systemClock();
  const random = createRandom(seed);
  const directory = createDirectory(tenantIdOf(random), clock);
  const { clientId, clientSecret } = createFirstObjects(directory, { random });
  fillTenant(directory, options, seed);

  const faults = createFaultBoard({ clock, seed });
  if (options.scenario) faults.load(options.scenario);
  const quota = createQuota({ size: options.limits ?? 'off', clock, tenantId: directory.tenantId });
  const requests = createRequestLog();
  const identity = await createIdentityPlatform({
    registry: createAppRegistry(directory),
    clock,
    clientClock: systemClock(),
  });
  // Tokens of an earlier run with the same seed open, and are then known to be of another epoch.
  const seal = createTokenSeal(createHash('sha256').update(`page tokens of ${directory.tenantId}`).digest());
  const routes = createRouteTable([
    ...readRoutes({ lists: createListReader(seal), deltas: createDeltaReader(seal, randomUUID()) }),
    ...membershipRoutes(),
    ...roleManagementRoutes(),
    ...availableExtensionRoutes(),
    ...writeRoutes,
  ]);
  const churn = createChurn(directory, { seed });
  const controlKey = randomBytes(24).toString('base64url');
  const control = createControl({
    key: controlKey,
    clock,
    directory,
    faults,
    quota,
    requests,
    churn: (changes) => churn.change(changes),
  });
  const graph = createGraphDoor({ directory, identity, routes, quota, faults, requests, disturb });

  const authority = await createCertificateAuthority();
  const tls = scheme === 'https' ? await authority.issue([...loopbackHosts, ...microsoftHosts]) : undefined;
  const listener = await listen(
    { graph, identity, control, faults, latencyMs, nowMs: () => clock.now() },
    { port: options.port ?? 0, tls },
  );
  const proxy =
    options.proxyPort === undefined
      ? undefined
      : await startConnectProxy({
          port: options.proxyPort,
          target: { host: '127.0.0.1', port: listener.port },
          allowedHosts: microsoftHosts,
        }).catch(async (error: unknown) => {
          await listener.close();
          throw error;
        });
  const folder = await mkdtemp(join(tmpdir(), 'syncline-simulator-'));
  const ca = join(folder, 'ca.pem');
  await writeFile(ca, authority.caPem);
  const stopChurn = startChurn(options.churnPerMinute ?? 0, (changes) => churn.change(changes));

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
    proxy: proxy?.url,
    control: `${origin}/simulator`,
    controlKey,
    directory,
    async stop() {
      stopChurn();
      await proxy?.close();
      await listener.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
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
