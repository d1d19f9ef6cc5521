// The simulated tenant of `syncline start` as a connection of the name `simulated`, and the file in the data directory
// through which commands in other terminals find it while it runs.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { defaultEntityTypes } from '../connectors/entra/entity-types.ts';
import { noGuards } from '../model/guard.ts';
import type { ConnectionSettings } from '../settings/connection-settings.ts';
import { defaultFollow } from '../settings/follow-settings.ts';
import { rethrowFileError } from '../store/data-directory.ts';
import type { TenantAccess } from './simulator-thread.ts';

export const simulatedName = 'simulated';

const accessSchema = z.object({
  processId: z.int(),
  graph: z.string(),
  authority: z.string(),
  tenantId: z.string(),
  clientId: z.string(),
  clientSecret: z.string(),
  caPem: z.string(),
  control: z.string(),
  controlKey: z.string(),
});

/** What it takes to reach a simulated tenant. */
export type SimulatedAccess = Omit<z.infer<typeof accessSchema>, 'processId'>;

/** The access of a tenant that this process runs. */
export function simulatedAccess(tenant: TenantAccess): SimulatedAccess {
  const { graph, authority, tenantId, clientId, clientSecret, ca, control, controlKey } = tenant;
  const caPem = readFileSync(ca, 'utf8');
  return { graph, authority, tenantId, clientId, clientSecret, caPem, control, controlKey };
}

/** The connection that leads to a simulated tenant, with everything that is exported where nobody says what. */
export function simulatedConnection(access: SimulatedAccess): ConnectionSettings {
  const { graph, authority, tenantId, clientId, clientSecret, caPem } = access;
  return {
    name: simulatedName,
    entra: {
      tenantId,
      clientId,
      credentials: [{ kind: 'secret', secret: clientSecret }],
      addresses: { authority, graph, scope: 'https://graph.microsoft.com/.default' },
      trustedCertificates: caPem,
    },
    entityTypes: defaultEntityTypes,
    columns: ['id', ...new Set(defaultEntityTypes.flatMap(({ attributes }) => attributes))],
    follow: defaultFollow,
    // It is there to be changed, and nobody's.
    guards: noGuards,
  };
}

/** Lets other commands find the tenant until what is returned is called. Throws a `Fault` when the file cannot be written. */
export function publishSimulatedTenant(dataDirectory: string, access: SimulatedAccess): () => void {
  const path = pathIn(dataDirectory);
  try {
    mkdirSync(dataDirectory, { recursive: true });
    // A file that is there already would keep its mode.
    rmSync(path, { force: true });
    const text = JSON.stringify({ processId: process.pid, ...access }, undefined, 2);
    writeFileSync(path, `${text}\n`, { mode: 0o600 });
  } catch (error) {
    rethrowFileError(error, dataDirectory);
  }
  return () => rmSync(path, { force: true });
}

/** The tenant that runs now; undefined when none does, or whoever ran it was killed. */
export function findSimulatedTenant(dataDirectory: string): SimulatedAccess | undefined {
  let text: string;
  try {
    text = readFileSync(pathIn(dataDirectory), 'utf8');
  } catch {
    return undefined;
  }
  const { processId, ...access } = accessSchema.parse(JSON.parse(text));
  return isRunning(processId) ? access : undefined;
}

function pathIn(dataDirectory: string): string {
  return join(dataDirectory, 'simulated-tenant.json');
}

function isRunning(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
