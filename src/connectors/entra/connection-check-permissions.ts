// What an access token allows: whether an administrator has consented to anything, what each entity type needs, and what is
// more than that.
import type { EntityType } from '../../model/entity-type.ts';
import { findCatalogType } from './catalog.ts';
import type { CheckResult } from './connection-check.ts';

/** Show everything that is exported. */
const allTypes = ['Directory.Read.All', 'Directory.ReadWrite.All'] as const;

/** Besides the least permission of a type, these let its delta be read (Microsoft Graph permissions reference). */
const alternatives: Readonly<Record<string, readonly string[]>> = {
  user: ['User.ReadWrite.All'],
  group: ['GroupMember.Read.All', 'Group.ReadWrite.All'],
  application: ['Application.ReadWrite.All', 'Application.ReadWrite.OwnedBy'],
  servicePrincipal: ['Application.ReadWrite.All', 'Application.ReadWrite.OwnedBy'],
  device: ['Device.ReadWrite.All'],
  directoryRole: ['RoleManagement.ReadWrite.Directory'],
  administrativeUnit: ['AdministrativeUnit.ReadWrite.All'],
  oAuth2PermissionGrant: ['DelegatedPermissionGrant.ReadWrite.All'],
};

/** Useful to any connection: the tenant's name, and members of groups that hide them. */
const welcome: readonly string[] = ['Organization.Read.All', 'Member.Read.Hidden', 'GroupMember.Read.All'];

/** Everybody's, and of no use to an export. */
const personal: readonly string[] = ['openid', 'profile', 'email', 'offline_access', 'User.Read'];

/** What an access token allows. */
export type Grants = Readonly<{
  permissions: readonly string[];
  /** Whether it is a user who delegated them, to an application that acts in the user's name. */
  isDelegated: boolean;
}>;

/** The permissions in an access token; undefined when it cannot be looked into. */
export function readGrants(token: string): Grants | undefined {
  try {
    const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    if (typeof payload !== 'object' || payload === null) return undefined;
    const { roles = [], scp } = payload as { roles?: unknown; scp?: unknown };
    if (typeof scp === 'string') {
      const permissions = scp.split(' ').filter((name) => name !== '' && !personal.includes(name));
      return { permissions, isDelegated: true };
    }
    const permissions = Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : [];
    return { permissions, isDelegated: false };
  } catch {
    return undefined;
  }
}

/** Where a permission is granted. */
function wayToGrant({ isDelegated }: Grants): string {
  const kind = isDelegated ? 'delegated' : 'application';
  return `under API permissions of the app registration (Microsoft Graph, ${kind} permissions), and then choose Grant admin consent`;
}

/** Whether the token carries any permission at all. */
export function checkConsent(grants: Grants): CheckResult {
  const named = { step: 'consent', name: 'Consent of the tenant' } as const;
  const { permissions, isDelegated } = grants;
  if (permissions.length > 0) {
    const what = permissions.length === 1 ? 'one permission' : `${permissions.length} permissions`;
    return { ...named, outcome: 'ok', detail: `an administrator has granted ${what}` };
  }
  return {
    ...named,
    outcome: 'failed',
    detail: `the application has no ${isDelegated ? 'delegated' : 'application'} permission`,
    remedy: `add Directory.Read.All ${wayToGrant(grants)}; ${isDelegated ? 'application' : 'delegated'} permissions do not count`,
  };
}

/** Whether one of the permissions is there that show this type. */
export function checkPermission({ name }: EntityType, grants: Grants): CheckResult {
  const named = { step: 'permission', name: `Permission for ${name}` } as const;
  const type = findCatalogType(name);
  if (type === undefined)
    return { ...named, outcome: 'skipped', detail: 'Entra exports no such entity type' };
  const granted = acceptedFor(name).filter((permission) => grants.permissions.includes(permission));
  if (granted.length > 0) return { ...named, outcome: 'ok', detail: granted[0] ?? '' };
  const choice =
    type.permission === 'Directory.Read.All'
      ? type.permission
      : `${type.permission}, or Directory.Read.All for every type,`;
  return {
    ...named,
    outcome: 'failed',
    detail: `nothing lets the application see ${type.plural}`,
    remedy: `add ${choice} ${wayToGrant(grants)}`,
  };
}

/** The permissions beyond what these types need, where there are any. */
export function* remarkExcess(
  entityTypes: readonly EntityType[],
  { permissions }: Grants,
): Generator<CheckResult> {
  const reading = entityTypes.flatMap(({ name }) => findCatalogType(name)?.permission ?? []);
  const needed = new Set([...reading, ...welcome, 'Directory.Read.All']);
  const excess = permissions.filter((name) => !needed.has(name)).sort();
  if (excess.length === 0) return;
  const shown = excess.slice(0, mostShown).join(', ');
  const rest = excess.length > mostShown ? ` and ${excess.length - mostShown} others` : '';
  yield {
    step: 'permission',
    name: 'Permissions beyond reading',
    outcome: 'ok',
    detail: `also granted, which this connection does not need: ${shown}${rest}`,
  };
}

const mostShown = 5;

/** Those with the least power first. */
function acceptedFor(name: string): readonly string[] {
  const least = findCatalogType(name)?.permission;
  return [...(least === undefined ? [] : [least]), ...(alternatives[name] ?? []), ...allTypes];
}
