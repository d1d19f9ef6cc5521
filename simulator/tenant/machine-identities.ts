// The managed identities of a simulated machine on Azure: one of its own, and one that is assigned to it. Both read the directory.
import type { Directory } from './directory.ts';
import { assignAppRole, type FirstObjects, servicePrincipalValues } from './first-objects.ts';
import { graphPermissions } from './graph-permissions.ts';
import type { Random } from './random.ts';

export interface MachineIdentities {
  /** Client ids. */
  readonly systemAssigned: string;
  readonly userAssigned: string;
}

const assignedAt = '2024-05-06T08:00:00Z';
const readingPermissions = ['Directory.Read.All', 'Organization.Read.All'];

/** Adds both to a tenant. Nothing of it is logged as a change. */
export function createMachineIdentities(
  directory: Directory,
  { graphServicePrincipal }: Pick<FirstObjects, 'graphServicePrincipal'>,
  from: Random,
): MachineIdentities {
  const random = from.stream('machine-identities');
  const create = (displayName: string): string => {
    const appId = random.guid();
    const values = servicePrincipalValues({
      appId,
      displayName,
      appOwnerOrganizationId: directory.tenantId,
      servicePrincipalType: 'ManagedIdentity',
      tags: [],
    });
    const principal = directory.insert('servicePrincipal', random.guid(), values);
    for (const name of readingPermissions) {
      const roleId = graphPermissions.get(name);
      if (roleId === undefined) throw new Error(`There is no permission ${name}.`);
      assignAppRole(directory, random, principal, graphServicePrincipal, roleId, assignedAt);
    }
    return appId;
  };
  const made = { systemAssigned: '', userAssigned: '' };
  directory.load(() => {
    made.systemAssigned = create('Simulated machine');
    made.userAssigned = create('Identity of the simulated machine');
  });
  return made;
}
