// Changes to applications, service principals and what they were granted. What the tenant cannot be used without is left
// alone, and only applications that churn itself registered are deleted.
import { graphInstant } from '../clock.ts';
import type { Changes, ChurnContext } from './churn-context.ts';
import { type DirectoryObject, isLive, sourcesOf, targetsOf } from './directory-object.ts';
import { assignAppRole, createSecret, isFirstObject, passwordCredential } from './first-objects.ts';
import { type Application, insertApplication } from './generate-applications.ts';
import { applicationNames } from './names.ts';

export type ApplicationChangeKind =
  | 'applicationCreated'
  | 'applicationUpdated'
  | 'applicationDeleted'
  | 'secretAdded'
  | 'servicePrincipalSwitched'
  | 'roleAssigned'
  | 'roleUnassigned'
  | 'grantChanged';

const halfYearMs = 182 * 86_400_000;
const defaultAccess = '00000000-0000-0000-0000-000000000000';
const delegatedScopes = ['openid', 'profile', 'email', 'offline_access'];

export function applicationChanges(context: ChurnContext): Changes<ApplicationChangeKind> {
  const { directory, random, now, pick, nextNumber } = context;
  const registered: Application[] = [];
  const isOrdinary = (object: DirectoryObject) => !isFirstObject(object);

  return {
    applicationCreated() {
      const number = nextNumber('application');
      const made = insertApplication(directory, random, `${random.pick(applicationNames)} ${number}`, number);
      directory.update(made.application, { createdDateTime: now() });
      registered.push(made);
      return true;
    },
    applicationUpdated() {
      const application = pick('application', isOrdinary);
      return (
        application !== undefined &&
        directory.update(application, { notes: `Reviewed ${now()}, ticket ${random.below(100_000)}.` })
          .length > 0
      );
    },
    applicationDeleted() {
      const place = random.below(registered.length);
      const [made] = registered.splice(place, 1);
      if (!made || !isLive(made.application) || !isLive(made.servicePrincipal)) return false;
      directory.softDelete(made.servicePrincipal);
      directory.softDelete(made.application);
      return true;
    },
    secretAdded() {
      const application = pick('application', isOrdinary);
      if (!application) return false;
      const before = (application.values.passwordCredentials ?? []) as readonly unknown[];
      const endDateTime = graphInstant(directory.clock.now() + halfYearMs);
      const added = passwordCredential(random, createSecret(random), 'rotated', now(), endDateTime);
      // Two are kept: the one in use and its successor.
      directory.update(application, { passwordCredentials: [...before.slice(-1), added] });
      return true;
    },
    servicePrincipalSwitched() {
      const servicePrincipal = pick('servicePrincipal', isOrdinary);
      if (!servicePrincipal) return false;
      directory.update(servicePrincipal, { accountEnabled: servicePrincipal.values.accountEnabled !== true });
      return true;
    },
    roleAssigned() {
      const resource = pick('servicePrincipal', isOrdinary);
      const principal = random.chance(0.7)
        ? pick('user')
        : pick('group', ({ values }) => values.securityEnabled === true);
      if (!resource || !principal) return false;
      const roles = (resource.values.appRoles ?? []) as readonly { id: string }[];
      const appRoleId = roles.length > 0 ? random.pick(roles).id : defaultAccess;
      for (const { values } of targetsOf(principal, 'appRoleAssignments')) {
        if (values.resourceId === resource.id && values.appRoleId === appRoleId) return false;
      }
      assignAppRole(directory, random, principal, resource, appRoleId, now());
      return true;
    },
    roleUnassigned() {
      const assignment = pick('appRoleAssignment', (candidate) =>
        sourcesOf(candidate, 'appRoleAssignments').every(isOrdinary),
      );
      if (!assignment) return false;
      directory.purge(assignment);
      return true;
    },
    grantChanged() {
      const grant = pick('oAuth2PermissionGrant');
      if (!grant) return false;
      const scope = ['User.Read', ...delegatedScopes.filter(() => random.chance(0.5))].join(' ');
      return directory.update(grant, { scope }).length > 0;
    },
  };
}
