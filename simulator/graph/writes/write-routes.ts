// Every operation that changes the directory through the Graph door.
import { applyDynamicMembership } from '../../tenant/dynamic-membership.ts';
import type { Operation } from '../exchange.ts';
import type { Route } from '../route.ts';
import { applicationPartWrites } from './application-part-writes.ts';
import { applicationWrites } from './application-writes.ts';
import { assignmentWrites } from './assignment-writes.ts';
import { credentialWrites } from './credential-writes.ts';
import { deletedItemWrites } from './deleted-item-writes.ts';
import { deviceWrites } from './device-writes.ts';
import { groupWrites } from './group-writes.ts';
import { invitationWrites } from './invitation-writes.ts';
import { openExtensionRoutes } from './open-extension-routes.ts';
import { organizationWrites } from './organization-writes.ts';
import { referenceWrites } from './reference-writes.ts';
import { roleWrites } from './role-writes.ts';
import { unitWrites } from './unit-writes.ts';
import { userActions } from './user-actions.ts';
import { userWrites } from './user-writes.ts';

/**
 * Operations without a published permission row take the row of the nearest operation that has one, or the type's
 * ReadWrite permission.
 */
export const writeRoutes: readonly Route[] = [
  ...userWrites,
  ...userActions,
  ...invitationWrites,
  ...groupWrites,
  ...deviceWrites,
  ...unitWrites,
  ...roleWrites,
  ...referenceWrites,
  ...applicationWrites,
  ...applicationPartWrites,
  ...credentialWrites,
  ...assignmentWrites,
  ...deletedItemWrites,
  ...openExtensionRoutes,
  ...organizationWrites,
].map((route) => ({ ...route, run: thenApplyRules(route.run) }));

/** What an operation changed decides memberships by rule: at once here, within minutes in Entra ID. */
function thenApplyRules(run: Operation): Operation {
  return (request) => {
    const { directory } = request;
    const before = directory.tx;
    const reply = run(request);
    const changes = [...directory.log.between(before, directory.tx)];
    const changed = changes.filter(({ kind }) => kind !== 'linked' && kind !== 'unlinked');
    for (const object of new Set(changed.map((change) => change.object)))
      applyDynamicMembership(directory, object);
    return reply;
  };
}
